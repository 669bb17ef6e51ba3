"""Where in the chain? Distance to final use, and dependence on suppliers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..domain import choice, instance
from .table import ICIO


def upstreamness(table: ICIO) -> np.ndarray:
    """How many stages before final use? (GN,), U = (I - Δ)⁻¹ 1 with Δ_ij = Z_ij/x_i; 1 or more, 1 where
    nothing is produced.

    Since Δ = x̂⁻¹ A x̂, U = (L x)/x: the factors of I - A serve again.
    Source: Antràs, Chor, Fally and Hillberry 2012, AER Papers and Proceedings 102(3) (*read*: abstract).
    """
    instance("table", table, ICIO)
    return np.divide(table.leontief(table.x), table.x, out=np.ones_like(table.x), where=table.x > 0)


def downstreamness(table: ICIO) -> np.ndarray:
    """How many stages of work lie behind a unit of output? (GN,), D = L'1, 1 or more."""
    instance("table", table, ICIO)
    return table.leontief_left(np.ones(table.x.size))


class Reliance(NamedTuple):
    """Shares of a user's inputs by country of origin; columns sum to 1 (0 where a user buys no inputs)."""

    face_value: np.ndarray
    look_through: np.ndarray


def reliance(table: ICIO, by: str = "sector") -> Reliance:
    """On whom does a user of inputs depend, at face value and through its suppliers' suppliers?

    Face value of country r in user j: Σ_{i∈r} A_ij / Σ_i A_ij; look-through: the same with T = L - I. Arrays
    are (G, GN) by sector, (G, G) by "country" (users weighted with their output). Source: Baldwin, Freeman
    and Theodorakopoulos 2023, Brookings Papers (*read*: abstract).
    """
    instance("table", table, ICIO)
    choice("by", by, ("sector", "country"))
    origin = table.home.T.astype(float)
    face, through = origin @ table.A, table.leontief_left(origin) - origin
    if by == "country":
        face, through = (table.by_country((uses * table.x).T).T for uses in (face, through))
    return Reliance(column_shares(face), column_shares(through))


def column_shares(uses: np.ndarray) -> np.ndarray:
    """Each column over its sum; an empty column stays 0 (round-off of a column sum counts as empty)."""
    total = uses.sum(axis=0)
    return np.divide(uses, total, out=np.zeros_like(uses), where=total > 1e-12 * max(total.max(), 1e-300))
