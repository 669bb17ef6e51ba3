"""Ties within and between poles: do regions trade with themselves more than their size explains?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .position import column_shares
from .table import ICIO
from .trade import bilateral


class Linkage(NamedTuple):
    """Purchases between P poles: flows (P, P), sellers in rows; share: each buyer's column sums to 1;
    introversion: share over what the sellers' weight in world exports would give (1 = no preference)."""

    poles: tuple[str, ...]
    flows: np.ndarray
    share: np.ndarray
    introversion: np.ndarray


def linkage(table: ICIO, poles: Mapping[str, str], kind: str = "input") -> Linkage:
    """Do poles buy from themselves, and more than their size explains? Own-country purchases do not count.

    `poles` sends each country to its pole; `kind` is "input", "final" or "total". Backward linkage of a pole
    is its column, forward its row.
    """
    if missing := [country for country in table.countries if country not in poles]:
        raise ValueError(f"poles says nothing about {', '.join(missing)}")
    return introversion(bilateral(table, kind), [poles[country] for country in table.countries])


def introversion(flows: ArrayLike, poles: Sequence[str]) -> Linkage:
    """Does a pole trade with itself more than its size explains? `flows` (G, G), sellers in rows; `poles`
    names each country's.

    The diagonal is ignored. Index of seller pole q for buyer pole p: share of q in p's foreign purchases over
    the share that q has in world exports outside the buyer, Σ_{b∈p} m_b (Σ_{s∈q,s≠b} E_s)/(Σ_{s≠b} E_s) /
    Σ_{b∈p} m_b, with exports E and imports m. It is 1 where every buyer takes from each seller in proportion
    to its exports, whatever the units.
    """
    flows = np.array(flows, dtype=float)
    if flows.ndim != 2 or flows.shape != (len(poles),) * 2:
        raise ValueError(f"flows has shape {flows.shape}; {len(poles)} poles ask for {(len(poles),) * 2}")
    np.fill_diagonal(flows, 0)
    names = tuple(dict.fromkeys(poles))
    member = np.array([[pole == name for pole in poles] for name in names], dtype=float)
    E, m = flows.sum(axis=1), flows.sum(axis=0)
    others = np.where(np.eye(len(poles), dtype=bool), 0.0, E[:, None])  # [seller, buyer]
    weight = member @ column_shares(others)
    bought = member @ flows @ member.T
    share, expected = column_shares(bought), column_shares((weight * m) @ member.T)
    index = np.divide(share, expected, out=np.full(share.shape, np.nan), where=expected > 0)
    return Linkage(names, bought, share, index)
