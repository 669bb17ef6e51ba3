"""Where in the chain? Distance to final use, dependence on suppliers, ties within and between poles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .table import ICIO


def upstreamness(table: ICIO) -> np.ndarray:
    """How many stages before final use? (GN,), U = (I - Δ)⁻¹ 1 with Δ_ij = Z_ij/x_i; 1 or more, 1 where nothing is produced.

    Since Δ = x̂⁻¹ A x̂, U = (L x)/x: the factors of I - A serve again.
    Source: Antràs, Chor, Fally and Hillberry 2012, AER Papers and Proceedings 102(3) (*read*: abstract).
    """
    return np.divide(table.leontief(table.x), table.x, out=np.ones_like(table.x), where=table.x > 0)


def downstreamness(table: ICIO) -> np.ndarray:
    """How many stages of work lie behind a unit of output? (GN,), D = L'1, 1 or more."""
    return table.leontief_left(np.ones(table.x.size))


class Reliance(NamedTuple):
    """Shares of a user's inputs by country of origin; columns sum to 1 (0 where a user buys no inputs)."""

    face_value: np.ndarray
    look_through: np.ndarray


def reliance(table: ICIO, by: str = "sector") -> Reliance:
    """On whom does a user of inputs depend, at face value and through its suppliers' suppliers?

    Face value of country r in user j: Σ_{i∈r} A_ij / Σ_i A_ij; look-through: the same with T = L - I. Arrays are (G, GN) by sector, (G, G) by
    "country" (users weighted with their output). Source: Baldwin, Freeman and Theodorakopoulos 2023, Brookings Papers (*read*: abstract).
    """
    if by not in ("sector", "country"):
        raise ValueError(f'by is {by!r}; it must be "sector" or "country"')
    origin = table.home.T.astype(float)
    face, through = origin @ table.A, table.leontief_left(origin) - origin
    if by == "country":
        face, through = (table.by_country((uses * table.x).T).T for uses in (face, through))
    return Reliance(_columns(face), _columns(through))


def _columns(uses: np.ndarray) -> np.ndarray:
    total = uses.sum(axis=0)
    return np.divide(uses, total, out=np.zeros_like(uses), where=total > 1e-12 * max(total.max(), 1e-300))


class Linkage(NamedTuple):
    """Purchases between P poles: flows (P, P), sellers in rows; share: each buyer's column sums to 1;
    introversion: share over what the sellers' weight in world exports would give (1 = no preference)."""

    poles: tuple[str, ...]
    flows: np.ndarray
    share: np.ndarray
    introversion: np.ndarray


def linkage(table: ICIO, poles: Mapping[str, str], kind: str = "input") -> Linkage:
    """Do poles buy from themselves, and more than their size explains? Own-country purchases do not count.

    `poles` sends each country to its pole; `kind` is "input", "final" or "total". Backward linkage of a pole is its column, forward its row.
    """
    from .trade import bilateral  # trade imports this module for its summary

    if missing := [country for country in table.countries if country not in poles]:
        raise ValueError(f"poles says nothing about {', '.join(missing)}")
    return introversion(bilateral(table, kind), [poles[country] for country in table.countries])


def introversion(flows: ArrayLike, poles: Sequence[str]) -> Linkage:
    """Does a pole trade with itself more than its size explains? `flows` (G, G), sellers in rows; `poles` names each country's.

    The diagonal is ignored. Index of seller pole q for buyer pole p: share of q in p's foreign purchases over the share that q has in world exports
    outside the buyer, Σ_{b∈p} m_b (Σ_{s∈q,s≠b} E_s)/(Σ_{s≠b} E_s) / Σ_{b∈p} m_b, with exports E and imports m. It is 1 where every buyer takes
    from each seller in proportion to its exports, whatever the units.
    """
    flows = np.array(flows, dtype=float)
    if flows.ndim != 2 or flows.shape != (len(poles),) * 2:
        raise ValueError(f"flows has shape {flows.shape}; {len(poles)} poles ask for {(len(poles),) * 2}")
    np.fill_diagonal(flows, 0)
    names = tuple(dict.fromkeys(poles))
    member = np.array([[pole == name for pole in poles] for name in names], dtype=float)
    E, m = flows.sum(axis=1), flows.sum(axis=0)
    others = np.where(np.eye(len(poles), dtype=bool), 0.0, E[:, None])  # [seller, buyer]
    weight = member @ _columns(others)
    bought = member @ flows @ member.T
    share, expected = _columns(bought), _columns((weight * m) @ member.T)
    index = np.divide(share, expected, out=np.full(share.shape, np.nan), where=expected > 0)
    return Linkage(names, bought, share, index)
