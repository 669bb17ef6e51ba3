"""The world before the shock: shares, technologies, incomes, checked to be an equilibrium."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ..domain import array, computed, fitted, names, within
from ..iotable.table import position_of

MOST_TARIFF = 1e6  # a rate
LARGEST_INCOME = 1e30  # of an income or a change
MOST_THETA, LEAST_THETA = 1e3, 1e-9
LEAST_VALUE_ADDED = 1e-6  # per unit of output


class Accounts(NamedTuple):
    """Who spends, produces and earns what: X (N, S) spending by buyer, Y (N, S) output net of tariffs, R (N,)
    tariff revenue.
    """

    X: np.ndarray
    Y: np.ndarray
    R: np.ndarray


@dataclass(frozen=True, eq=False)
class World:
    """A Caliendo-Parro world of N countries and S sectors in equilibrium.

    pi: (N, N, S) share of seller i in buyer n's spending on s, pi[n, i, s]; sums to 1 over i.
    tariff: (N, N, S) ad valorem rate that n puts on goods from i; none on a country's own.
    gamma: (N, S, S) input of k per unit of output of s, gamma[n, k, s]; value added is the rest, 1e-6 or more.
    alpha: (N, S) final spending shares; sum to 1. theta: (S,) trade elasticities, from 1e-9 to 1e3.
    wL: (N,) labour income, above 0; D: (N,) deficits, same unit; sum to 0.

    Raises ValueError naming the value at fault, also where shares and incomes are no equilibrium: labour
    demand must be wL.
    Source: Caliendo and Parro 2015, Review of Economic Studies 82(1) (*read*: abstract and results).
    """

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    pi: np.ndarray
    tariff: np.ndarray
    gamma: np.ndarray
    alpha: np.ndarray
    theta: np.ndarray
    wL: np.ndarray
    D: np.ndarray

    def __post_init__(self):
        object.__setattr__(self, "countries", names("countries", self.countries))
        object.__setattr__(self, "sectors", names("sectors", self.sectors))
        N, S = len(self.countries), len(self.sectors)
        shapes = {
            "pi": (N, N, S),
            "tariff": (N, N, S),
            "gamma": (N, S, S),
            "alpha": (N, S),
            "theta": (S,),
            "wL": (N,),
            "D": (N,),
        }
        for name, shape in shapes.items():
            value = array(
                name, getattr(self, name), shape, -LARGEST_INCOME, LARGEST_INCOME, given="countries and sectors"
            ).copy()
            value.setflags(write=False)
            object.__setattr__(self, name, value)
        within("pi", self.pi, 0)
        _is_one("the sum of pi over sellers", self.pi.sum(axis=1), 1e-9)
        within("tariff", self.tariff, -1, MOST_TARIFF, open_low=True)
        within("tariff on a country's own goods", self.tariff[range(N), range(N)], 0, 0)
        within("gamma", self.gamma, 0)
        within("value added per output, 1 less the sum of gamma,", self.va, LEAST_VALUE_ADDED)
        within("alpha", self.alpha, 0)
        _is_one("the sum of alpha over sectors", self.alpha.sum(axis=1), 1e-9)
        within("theta", self.theta, LEAST_THETA, MOST_THETA)
        within("wL", self.wL, 0, open_low=True)
        balanced("D", self.D, self.wL.sum())
        within("spending with these tariffs", self.base.X, -1e-12 * np.abs(self.base.X).max())
        within("income, the sum of wL, tariff revenue and D,", self.income, 0, open_low=True)
        _is_one("labour demand over wL", (self.va * self.base.Y).sum(axis=1) / self.wL, 1e-8)

    @cached_property
    def va(self) -> np.ndarray:
        """(N, S) value added per unit of output, 1 - Σ_k gamma."""
        return 1 - self.gamma.sum(axis=1)

    @cached_property
    def base(self) -> Accounts:
        """Spending, output and tariff revenue before the shock."""
        return spending(self.pi, self.tariff, self.gamma, self.alpha, self.wL + self.D)

    @property
    def income(self) -> np.ndarray:
        """(N,) final spending before the shock: labour income, tariff revenue and deficit."""
        return self.wL + self.base.R + self.D

    @property
    def flows(self) -> np.ndarray:
        """(N, N, S) base trade net of tariffs, flows[n, i, s] from i to n."""
        return self.pi * self.base.X[:, None, :] / (1 + self.tariff)

    def country(self, name: str) -> int:
        """Position of a country; ValueError lists the known ones."""
        return position_of("country", name, self.countries)

    def border(
        self,
        importers: str | Iterable[str] | None = None,
        exporters: str | Iterable[str] | None = None,
        sectors: str | Iterable[str] | None = None,
    ) -> np.ndarray:
        """(N, N, S) mask of the borders [importer, exporter, sector] with these names (all where none is
        given), never a country's own.

        `tariffs = np.where(world.border("USA", "CHN", ("LOW", "HIGH")), 0.2, world.tariff)`
        """
        buyer = chosen("country", importers, self.countries, "importers")
        seller = chosen("country", exporters, self.countries, "exporters")
        goods = chosen("sector", sectors, self.sectors, "sectors")
        foreign = ~np.eye(len(self.countries), dtype=bool)
        return (buyer[:, None] & seller & foreign)[:, :, None] & goods


def received(share: np.ndarray) -> np.ndarray:
    """Shares (N, N, S) as a matrix (NS, NS): rows are (buyer, sector), columns (seller, the same sector)."""
    N, _, S = share.shape
    matrix = np.zeros((N, S, N, S))
    s = np.arange(S)
    matrix[:, s, :, s] = share.transpose(2, 0, 1)
    return matrix.reshape(N * S, N * S)


def spending_matrix(net: np.ndarray, gamma: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """The matrix of X = matrix⁻¹ α (wL + D): spending net of what its own revenue and output bring back.

    net: (NS, NS), `received` of pi/(1 + tariff): the part of spending that reaches the seller.
    """
    N, S, _ = gamma.shape
    matrix = np.eye(N * S) - (gamma @ net.T.reshape(N, S, N * S)).reshape(N * S, N * S)
    revenue = 1 - net.sum(axis=1).reshape(N, 1, S)
    n = np.arange(N)
    matrix.reshape(N, S, N, S)[n, :, n, :] -= alpha[:, :, None] * revenue
    return matrix


def accounts(pi: np.ndarray, tariff: np.ndarray, gamma: np.ndarray, alpha: np.ndarray, earned: np.ndarray) -> Accounts:
    """World spending given labour income plus deficit `earned` (N,); linear in N·S unknowns.

    X_ns = Σ_k γ_n^{sk} Y_nk + α_ns (earned_n + R_n), Y_is = Σ_n π_nis X_ns/(1+t_nis), R_n = Σ t π X/(1+t).

    Shapes and domains as in `World`; shares may sum to less than 1. Raises ValueError naming a value outside its
    domain, and where spending returns as revenue and output without end.
    """
    pi = array("pi", pi, (None, None, None), 0, 1)
    N, _, S = pi.shape
    array("pi", pi, (N, N, S))
    tariff = fitted("tariff", tariff, (N, N, S), -1, MOST_TARIFF, open_low=True)
    gamma = array("gamma", gamma, (N, S, S), 0, 1)
    alpha = array("alpha", alpha, (N, S), 0, 1)
    earned = array("earned", earned, (N,), -LARGEST_INCOME, LARGEST_INCOME)
    return spending(pi, tariff, gamma, alpha, earned)


def spending(pi: np.ndarray, tariff: np.ndarray, gamma: np.ndarray, alpha: np.ndarray, earned: np.ndarray) -> Accounts:
    """`accounts` for arguments that have been checked."""
    net = received(pi / (1 + tariff))
    try:
        X = np.linalg.solve(spending_matrix(net, gamma, alpha), (alpha * earned[:, None]).ravel())
    except np.linalg.LinAlgError:
        raise ValueError("pi, tariff, gamma and alpha bring all spending back, so it has no finite level") from None
    computed("spending", X, pi=pi, tariff=tariff, gamma=gamma, alpha=alpha, earned=earned)
    R = (X * (1 - net.sum(axis=1))).reshape(alpha.shape).sum(axis=1)
    return Accounts(X.reshape(alpha.shape), (X @ net).reshape(alpha.shape), R)


def balanced(name: str, deficits: np.ndarray, scale: float) -> None:
    """ValueError unless the deficits are finite and sum to 0, on the scale of world income."""
    within(name, deficits)
    if abs(deficits.sum()) > 1e-9 * scale:
        raise ValueError(f"{name} sums to {deficits.sum():g}; it must sum to 0")


def _is_one(name: str, value: np.ndarray, tolerance: float) -> None:
    within(name, value, 1 - tolerance, 1 + tolerance)


def chosen(kind: str, wanted: str | Iterable[str] | None, known: tuple[str, ...], parameter: str) -> np.ndarray:
    """Mask of the names wanted: one, several, or all where none is given; ValueError for an unknown one."""
    if wanted is None:
        return np.ones(len(known), dtype=bool)
    mask = np.zeros(len(known), dtype=bool)
    for name in (wanted,) if isinstance(wanted, str) else names(parameter, wanted):
        mask[position_of(kind, name, known, parameter)] = True
    return mask
