"""What if? Losing a supplier, moving assembly, shocks that travel along the chain."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..domain import fitted, instance, number, shares, square
from .table import ICIO, position_of, solve_rounds

LEAST_LABOUR = 1e-6  # share of labour: with less, the sum over rounds of suppliers is lost in rounding
LARGEST_SHOCK = 100.0  # log change


class Extraction(NamedTuple):
    """What a country's disappearance takes away: change of GDP by country (G,), in the table's unit and as a
    share.
    """

    change: np.ndarray
    share: np.ndarray


def extract(table: ICIO, country: str) -> Extraction:
    """What is lost, at most, if a country stops delivering? Its rows, columns and final deliveries are set to
    zero.

    x' = (I - A')⁻¹ F'1 with coefficients unchanged elsewhere. This is accounting: nobody replaces the lost
    inputs and nobody buys less because of them, so it measures exposure, an upper bound, and is no forecast.
    """
    gone = instance("table", table, ICIO).rows(country)
    A, f = table.A.copy(), table.F.sum(axis=1)
    A[gone] = A[:, gone] = f[gone] = 0
    x = solve_rounds(A, f[:, None])[:, 0]
    change = table.by_country(table.v * (x - table.x))
    return Extraction(change, np.divide(change, table.gdp, out=np.zeros_like(change), where=table.gdp != 0))


def relocate(table: ICIO, origin: str, host: str, destination: str, sector: str, share: float) -> ICIO:
    """The table after a share of final assembly has moved: "China + 1".

    `share` (0 to 1) of what `sector` of `origin` delivers to final demand in `destination` comes from `host`
    instead; every sector keeps its inputs per unit of output, x' = L F'1. World final demand and world GDP do
    not change.
    """
    instance("table", table, ICIO)
    share = number("share", share, 0, 1)
    from_, by, to = (
        position_of("country", name, table.countries, parameter)
        for parameter, name in (("origin", origin), ("host", host), ("destination", destination))
    )
    good = position_of("sector", sector, table.sectors)
    old, new = (place * len(table.sectors) + good for place in (from_, by))
    if table.x[new] <= 0 and table.F[old, to] > 0 and share > 0:
        raise ValueError(f"{host} {sector} produces nothing, so the table does not say with what inputs it would")
    F = table.F.copy()
    moved = share * F[old, to]
    F[old, to] -= moved
    F[new, to] += moved
    x = table.x + table.leontief(F.sum(axis=1) - table.F.sum(axis=1))
    x = np.maximum(x, 0)  # round-off where an output moved away whole
    return ICIO(table.A * x, F, x, table.countries, table.sectors, table.year)


def influence(W: ArrayLike, labour_share: float) -> np.ndarray:
    """How much of a sector's shock reaches the aggregate? (n,), sums to 1.

    v = (a/n) (I - (1-a) W')⁻¹ 1 with W[i, j] the share of j among i's inputs (rows sum to 1) and a the labour
    share, from 1e-6 to 1. Independent shocks of standard deviation σ give the aggregate σ‖v‖₂: n^(-1/2) on a ring, not
    vanishing on a star. Source: Acemoglu, Carvalho, Ozdaglar and Tahbaz-Salehi 2012, Econometrica 80(5) (*not
    verified*).
    """
    W = _spending_shares("W", W)
    labour_share = number("labour_share", labour_share, LEAST_LABOUR, 1)
    n = len(W)
    return np.linalg.solve(np.eye(n) - (1 - labour_share) * W.T, np.full(n, labour_share / n))


def pandemic_matrix(Pi: ArrayLike, beta: ArrayLike) -> np.ndarray:
    """Whose lockdown do I feel? M (G, G) with dlnC = M dlnL, exact for shocks of any size; rows sum to 1.

    One-sector roundabout Cobb-Douglas world: Pi[n, i] is the share of i in n's spending (rows = buyer, sum to
    1), beta the labour share (1e-6 to 1, one number or one per country), M = Π (I - (1-β) Π)⁻¹ β. Nominal
    incomes are fixed, so wages move as 1/L_n, log prices are -Π (I - (1-β) Π)⁻¹ β lnL and real consumption
    their opposite. M(I) = I: a closed country feels its own shock only.
    """
    Pi = _spending_shares("Pi", Pi)
    beta = fitted("beta", beta, (len(Pi),), LEAST_LABOUR, 1)
    return Pi @ np.linalg.solve(np.eye(len(Pi)) - (1 - beta)[:, None] * Pi, np.diag(beta))


class Pandemic(NamedTuple):
    """Log changes of real consumption (G,): loss = own + imported; closed: the same shock in a world without
    trade.
    """

    matrix: np.ndarray
    loss: np.ndarray
    own: np.ndarray
    imported: np.ndarray
    closed: np.ndarray


def pandemic(Pi: ArrayLike, beta: ArrayLike, shock: ArrayLike) -> Pandemic:
    """What does a fall of labour cost with and without trade? See `pandemic_matrix`.

    shock: log changes of labour, one or (G,), below 0 for a fall, from -100 to 100.

    Closing the border (Π = I) gives dlnC = dlnL. It helps country n if and only if its own shock is milder
    than the M-weighted mean.
    """
    M = pandemic_matrix(Pi, beta)
    shock = fitted("shock", shock, (len(M),), -LARGEST_SHOCK, LARGEST_SHOCK)
    own = np.diag(M) * shock
    return Pandemic(M, M @ shock, own, M @ shock - own, shock)


class Routes(NamedTuple):
    """On which way the lockdown of one country reaches each buyer (G,), parts of that lockdown that add up to M.

    direct: goods that the buyer has from the country in lockdown; home: goods made in the buyer's own country from
    inputs that come, after however many stages, from there; third: goods from all other countries.
    """

    direct: np.ndarray
    home: np.ndarray
    third: np.ndarray


def pandemic_routes(Pi: ArrayLike, beta: ArrayLike, origin: int) -> Routes:
    """Whose goods bring the lockdown of `origin` (counted from 0) to a buyer? Column `origin` of M in three parts.

    The goods of j become dearer by P_j = β_j [j = origin] + (1-β_j) Σ_i Π_ji P_i for a lockdown of one; buyer n feels
    Π_nj P_j of it. To the country in lockdown its own goods count as direct, and none as made at home. Arguments as in
    `pandemic_matrix`.
    """
    Pi = _spending_shares("Pi", Pi)
    beta = fitted("beta", beta, (len(Pi),), LEAST_LABOUR, 1)
    origin = int(number("origin", origin, 0, len(Pi) - 1))
    unit = np.zeros(len(Pi))
    unit[origin] = beta[origin]
    dearer = np.linalg.solve(np.eye(len(Pi)) - (1 - beta)[:, None] * Pi, unit)
    felt = Pi * dearer
    direct, home = felt[:, origin].copy(), np.diag(felt).copy()
    home[origin] = 0
    felt[:, origin] = 0
    np.fill_diagonal(felt, 0)
    return Routes(direct, home, felt.sum(axis=1))


class SourcingShares(NamedTuple):
    """A table read as a one-sector roundabout world: Pi (G, G) spending shares by origin, rows = buyer; beta
    (G,) labour shares.
    """

    Pi: np.ndarray
    beta: np.ndarray


def sourcing_shares(table: ICIO) -> SourcingShares:
    """The arguments of `pandemic_matrix` from a table: all purchases by country of origin, value added over
    output. Raises ValueError for a table in which a country buys or produces nothing: it has no shares.
    """
    bought = instance("table", table, ICIO).by_country(table.sales).T
    spent, output = bought.sum(axis=1), table.by_country(table.x)
    for country, *amounts in zip(table.countries, spent, output, strict=True):
        if min(amounts) <= 0:
            raise ValueError(f"table: {country} buys {amounts[0]:g} and produces {amounts[1]:g}, so it has no shares")
    return SourcingShares(bought / spent[:, None], table.gdp / output)


def _spending_shares(name: str, matrix: ArrayLike) -> np.ndarray:
    return shares(f"rows of {name}", square(name, matrix), (None, None))
