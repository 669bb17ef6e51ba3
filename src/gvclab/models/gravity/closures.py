"""Two ways in which labour meets sectors: mobile within a country, or sorted by talent (Roy)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..domain import array, instance, mapping, number, shares
from .economy import LARGEST_INCOME, World

MOST_KAPPA = 1e4  # beyond, talent hardly differs and `Mobile` says the same


class Supply(NamedTuple):
    """Labour income offered at given wages, by equation of the labour market, and its derivative in the
    unknown log wages.

    offered: (K,), slope: (K, K); by_country: (N,), country_slope: (N, K).
    """

    offered: np.ndarray
    slope: np.ndarray
    by_country: np.ndarray
    country_slope: np.ndarray


class Mobile:
    """One wage per country: labour moves freely between sectors (K = N equations)."""

    def unknowns(self, world: World) -> int:
        return len(world.countries)

    def wages(self, world: World, unknown: np.ndarray) -> np.ndarray:
        """(N, S) log wages from the unknowns."""
        return np.repeat(unknown[:, None], len(world.sectors), axis=1)

    def collapse(self, world: World, rows: np.ndarray) -> np.ndarray:
        """Add up labour demand (NS, ...) to the markets that clear (K, ...)."""
        return rows.reshape(*world.alpha.shape, *rows.shape[1:]).sum(axis=1)

    def spread(self, world: World, by_sector: np.ndarray) -> np.ndarray:
        """(NS, K) derivative of by_sector (N, S) x log wage in the unknowns."""
        N, S = by_sector.shape
        matrix = np.zeros((N, S, N))
        matrix[np.arange(N), :, np.arange(N)] = by_sector
        return matrix.reshape(N * S, N)

    def supply(self, world: World, unknown: np.ndarray, Lhat: np.ndarray) -> Supply:
        income = world.wL * Lhat * np.exp(unknown)
        return Supply(income, np.diag(income), income, np.diag(income))

    def group_income(self, world: World, unknown: np.ndarray) -> np.ndarray:
        """(N, 1) change of income per head: everybody's is the wage."""
        return np.exp(unknown)[:, None]


@dataclass(frozen=True, eq=False)
class Roy:
    """Workers of G groups per country sort into sectors by Fréchet talent of shape κ (one equation per
    country and sector).

    Income per head of a group ŷ_g = (Σ_s q_gs ŵ_s^κ)^(1/κ); labour income offered in s is Σ_g m_g ŷ_g q_gs
    ŵ_s^κ/ŷ_g^κ. κ→∞ is `Mobile`, κ→1 specific factors. income: (N, G) income shares m; sector: (N, G, S) each
    group's sector shares q, given by `roy`, which checks that they are those of the world. Raises ValueError for
    shares that do not sum to 1 and for κ outside (1, 1e4]. Source: Galle, Rodríguez-Clare and Yi 2023, Review of
    Economic Studies 90(1) (*read*: abstract).
    """

    kappa: float
    income: np.ndarray
    sector: np.ndarray

    def __post_init__(self):
        object.__setattr__(self, "kappa", number("kappa", self.kappa, 1, MOST_KAPPA, open_low=True))
        income = shares("income", self.income, (None, None))
        object.__setattr__(self, "income", income)
        object.__setattr__(self, "sector", shares("sector", self.sector, (*income.shape, None), "the shares in income"))

    def unknowns(self, world: World) -> int:
        return world.alpha.size

    def wages(self, world: World, unknown: np.ndarray) -> np.ndarray:
        return unknown.reshape(world.alpha.shape)

    def collapse(self, world: World, rows: np.ndarray) -> np.ndarray:
        return rows

    def spread(self, world: World, by_sector: np.ndarray) -> np.ndarray:
        return np.diag(by_sector.ravel())

    def supply(self, world: World, unknown: np.ndarray, Lhat: np.ndarray) -> Supply:
        N, S = world.alpha.shape
        choice, log_income = self._sort(self.wages(world, unknown))
        scale = (world.wL * Lhat)[:, None] * self.income * np.exp(log_income)  # (N, G)
        offered = scale[:, :, None] * choice
        block = (1 - self.kappa) * np.einsum("ngs,ngr->nsr", offered, choice)
        s, n = np.arange(S), np.arange(N)
        block[:, s, s] += self.kappa * offered.sum(axis=1)
        slope = np.zeros((N, S, N, S))
        slope[n, :, n, :] = block
        slope = slope.reshape(N * S, N * S)
        by_sector = offered.sum(axis=1)
        return Supply(by_sector.ravel(), slope, by_sector.sum(axis=1), slope.reshape(N, S, N * S).sum(axis=1))

    def group_income(self, world: World, unknown: np.ndarray) -> np.ndarray:
        """(N, G) change of income per head of each group; 1 in places that no group fills."""
        return np.where(self.income > 0, np.exp(self._sort(self.wages(world, unknown))[1]), 1.0)

    def _sort(self, log_wage: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Sector shares after sorting (N, G, S) and log income per head (N, G), safe for large κ."""
        top = log_wage.max(axis=1)
        weight = self.sector * np.exp(self.kappa * (log_wage - top[:, None]))[:, None, :]
        total = weight.sum(axis=2)
        return weight / total[:, :, None], top[:, None] + np.log(total) / self.kappa


def roy(world: World, kappa: float, groups: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None) -> Roy:
    """The Roy closure for a world. groups: country -> (income shares (G,), sector shares (G, S)); a country
    without an entry is one group.

    Income shares sum to 1 and each group's sector shares too; together they must give the country's sector
    shares of labour income (`ras` makes them so). kappa: κ in (1, 1e4].
    Raises ValueError naming the country at fault, and for κ outside its domain.
    """
    labour = sector_shares(world)
    N, S = labour.shape
    given = {}
    for country, pair in ({} if groups is None else mapping("groups", groups)).items():
        world.country(country)
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise ValueError(f"groups of {country} must be a pair: income shares and sector shares")
        m = array(f"income shares of {country} in groups", pair[0], (None,))
        q = array(f"sector shares of {country} in groups", pair[1], (None, None))
        given[country] = m, q
    G = max((len(m) for m, _ in given.values()), default=1)
    income, sector = np.zeros((N, G)), np.repeat(labour[:, None, :], G, axis=1)
    income[:, 0] = 1
    for country, (m, q) in given.items():
        n = world.country(country)
        if q.shape != (m.size, S):
            raise ValueError(f"sector shares in groups of {country} have shape {q.shape}; they must be {(m.size, S)}")
        if m.min() <= 0 or q.min() < 0 or not np.allclose([m.sum(), *q.sum(axis=1)], 1, rtol=0, atol=1e-9):
            raise ValueError(f"the shares of {country} in groups must be 0 or more and sum to 1")
        if not np.allclose(m @ q, labour[n], rtol=0, atol=1e-9):
            raise ValueError(
                f"the groups of {country} give sector shares {np.round(m @ q, 6)}, "
                f"its labour income {np.round(labour[n], 6)}"
            )
        income[n] = 0
        income[n, : m.size], sector[n, : m.size] = m, q
    return Roy(kappa, income, sector)


def sector_shares(world: World) -> np.ndarray:
    """(N, S) each sector's share of a country's labour income."""
    return instance("world", world, World).va * world.base.Y / world.wL[:, None]


def ras(seed: ArrayLike, rows: ArrayLike, columns: ArrayLike, tol: float = 1e-12) -> np.ndarray:
    """The matrix closest in structure to `seed` with these row and column sums: scale rows, scale columns,
    repeat.

    seed: (R, C); rows: (R,); columns: (C,); all 0 or more. tol: largest miss of a row sum, as a share of the
    whole, above 0. A row or column of zeros stays zero and must have the sum 0.
    Raises ValueError where the margins do not agree or the zeros of the seed do not let them be met.
    """
    matrix = array("seed", seed, (None, None), 0, LARGEST_INCOME).copy()
    rows = array("rows", rows, matrix.shape[:1], 0, LARGEST_INCOME, given="the rows of seed")
    columns = array("columns", columns, matrix.shape[1:], 0, LARGEST_INCOME, given="the columns of seed")
    tol = number("tol", tol, 0, 1, open_low=True)
    for name, sums, entries in (("rows", rows, matrix.sum(axis=1)), ("columns", columns, matrix.sum(axis=0))):
        if (unmet := (entries == 0) & (sums > 0)).any():
            raise ValueError(f"{name} has a sum above 0 where the seed has only zeros (at {int(unmet.argmax())})")
    if not np.isclose(rows.sum(), columns.sum(), rtol=1e-9, atol=0):
        raise ValueError(f"rows add up to {rows.sum():g}, columns to {columns.sum():g}; they must agree")
    for _ in range(10_000):
        matrix *= _ratio(rows, matrix.sum(axis=1))[:, None]
        matrix *= _ratio(columns, matrix.sum(axis=0))
        if np.abs(matrix.sum(axis=1) - rows).max() <= tol * rows.sum():
            return matrix
    raise ValueError("the zeros of the seed do not let these sums of rows and columns be met")


def _ratio(wanted: np.ndarray, held: np.ndarray) -> np.ndarray:
    return np.divide(wanted, held, out=np.zeros_like(wanted), where=held > 0)
