"""Ties within and between poles: do regions trade, and add value, with themselves more than with others?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..domain import choice, instance, mapping, number, sequence, square
from .position import column_shares
from .table import ICIO, LARGEST_CELL, position_of, rows_of
from .trade import bilateral, va_in

if TYPE_CHECKING:
    import pandas as pd


class Linkage(NamedTuple):
    """Purchases between P poles: flows (P, P), sellers in rows; share: each buyer's column sums to 1 (0 where it
    buys nothing); introversion: share over what the sellers' weight in world exports would give (1 = no
    preference; not a number where a pole has nothing to sell to the buyer)."""

    poles: tuple[str, ...]
    flows: np.ndarray
    share: np.ndarray
    introversion: np.ndarray


def linkage(table: ICIO, poles: Mapping[str, str], kind: str = "input") -> Linkage:
    """Do poles buy from themselves, and more than their size explains? Own-country purchases do not count.

    `poles` sends each country to its pole; `kind` is "input", "final" or "total". Backward linkage of a pole
    is its column, forward its row.
    """
    instance("table", table, ICIO)
    poles = mapping("poles", poles)
    if missing := [country for country in table.countries if country not in poles]:
        raise ValueError(f"poles says nothing about {', '.join(missing)}")
    return introversion(bilateral(table, kind), [poles[country] for country in table.countries])


def introversion(flows: ArrayLike, poles: Sequence[str]) -> Linkage:
    """Does a pole trade with itself more than its size explains? `flows` (G, G), sellers in rows; `poles`
    names each country's.

    The diagonal is ignored. Index of seller pole q for buyer pole p: share of q in p's foreign purchases over
    the share that q has in world exports outside the buyer, Σ_{b∈p} m_b (Σ_{s∈q,s≠b} E_s)/(Σ_{s≠b} E_s) /
    Σ_{b∈p} m_b, with exports E and imports m. It is 1 where every buyer takes from each seller in proportion
    to its exports, whatever the units. Raises ValueError for flows below 0 or poles of another number.
    """
    flows, poles = _by_pole("flows", flows, poles, 0)
    flows = np.where(np.eye(len(poles), dtype=bool), 0.0, flows)
    names = tuple(dict.fromkeys(poles))
    member = np.array([[pole == name for pole in poles] for name in names], dtype=float)
    E, m = flows.sum(axis=1), flows.sum(axis=0)
    others = np.where(np.eye(len(poles), dtype=bool), 0.0, E[:, None])  # [seller, buyer]
    weight = member @ column_shares(others)
    bought = member @ flows @ member.T
    share, expected = column_shares(bought), column_shares((weight * m) @ member.T)
    index = np.divide(share, expected, out=np.full(share.shape, np.nan), where=expected > 0)
    return Linkage(names, bought, share, index)


class Recount(NamedTuple):
    """The same trade with other members: flows (G', G'), sellers in rows, home purchases on the diagonal; poles:
    each new member's."""

    flows: np.ndarray
    poles: tuple[str, ...]


def recount(flows: ArrayLike, poles: Sequence[str], pole: str, parts: int) -> Recount:
    """What would the same trade look like if a pole's members were counted otherwise, with nothing else changed?

    flows: (G, G), sellers in rows, home purchases on the diagonal; poles: each country's. parts: into how many
    equal parts each member of `pole` is split (1 leaves all as it is; 100 at most), 0 to merge them into one. The
    parts of a member sell and buy alike, from one another too, so that 1 - 1/parts of its home purchases become
    trade within the pole; between merged members all trade becomes home purchases.

    Raises ValueError for flows below 0, poles of another number, a pole without members or parts that are no
    whole number from 0 to 100.
    """
    flows, poles = _by_pole("flows", flows, poles, 0)
    choice("pole", pole, dict.fromkeys(poles))
    parts = number("parts", parts, 0, 100, whole=True)
    inside = [each == pole for each in poles]
    if parts == 0:
        first = inside.index(True)
        into = [first if mine else k for k, mine in enumerate(inside)]
        kept = list(dict.fromkeys(into))
        member = np.equal.outer(kept, into).astype(float)
        return Recount(member @ flows @ member.T, tuple(poles[k] for k in kept))
    copies = np.where(inside, parts, 1)
    of = np.repeat(np.arange(len(poles)), copies)
    part = 1 / copies[of]
    return Recount(flows[np.ix_(of, of)] * np.outer(part, part), tuple(poles[k] for k in of))


class Reach(NamedTuple):
    """Where the value of each country's products was added, as shares of it (G,): at home, in the other countries
    of its pole, beyond. The three sum to 1 (all are 0 where there are no products)."""

    home: np.ndarray
    region: np.ndarray
    beyond: np.ndarray


def reach(origin: ArrayLike, poles: Sequence[str]) -> Reach:
    """Was the value of a product added at home, in the neighbourhood, or beyond?

    origin: (G, G) value added of s in products of r, as `va_in_exports` or `va_in` give it; poles: each country's.
    Raises ValueError for poles of another number, or value that sums to less than 0.
    Source: Los, Timmer and de Vries 2015, J. Regional Science 55(1) (*read*), who ask this of final manufactures.
    """
    origin, poles = _by_pole("origin", origin, poles, None)
    if (total := origin.sum(axis=0)).min() < 0:
        raise ValueError(f"origin has a column that sums to {total.min():g}; the value of products must be 0 or more")
    share = column_shares(origin)
    own = np.eye(len(poles), dtype=bool)
    near = np.equal.outer(poles, poles) & ~own
    home, region = (np.where(mask, share, 0.0).sum(axis=0) for mask in (own, near))
    return Reach(home, region, share.sum(axis=0) - home - region)


def reach_by_year(
    tables: Mapping[int, ICIO],
    poles: Mapping[str, str],
    sectors: Collection[str] | None = None,
    earned_in: Collection[str] | None = None,
) -> pd.DataFrame:
    """`reach` of the final products of some sectors, the mean over all places in a pole: two lines for each year.

    Columns year, where ("REGION" and "BEYOND"), percent of the products' value; places are weighted with the value of
    their products. tables : by year, as `load("icio")` gives them. poles : the pole of each place; what a place in none
    adds is added beyond, and its own products do not count. sectors : whose products count, earned_in : where value
    that counts is added; all without them.
    Raises ValueError as `va_in`, and for an unknown place or sector.
    """
    import pandas as pd

    poles = mapping("poles", poles)
    found = []
    for year, table in instance("tables", tables, Mapping).items():
        at = [position_of("country", place, table.countries, "poles") for place in poles]
        rows_of(table, earned_in, "earned_in")  # refuses under this name
        origin = va_in(table, rows_of(table, sectors) * table.F.sum(axis=1), earned_in)
        # A place in no pole is a pole of its own.
        parts, value = reach(origin, [poles.get(place, place) for place in table.countries]), origin.sum(axis=0)[at]
        for where in ("REGION", "BEYOND"):
            found.append((year, where, 100 * float(np.average(getattr(parts, where.lower())[at], weights=value))))
    return pd.DataFrame(found, columns=["year", "where", "percent"])


def _by_pole(name: str, matrix: ArrayLike, poles: Sequence[str], low: float | None) -> tuple[np.ndarray, tuple]:
    """A matrix of countries, and the pole of each."""
    matrix, poles = square(name, matrix, low, LARGEST_CELL), sequence("poles", poles, str)
    if len(matrix) != len(poles):
        raise ValueError(f"{name} has shape {matrix.shape}; {len(poles)} poles ask for {(len(poles),) * 2}")
    return matrix, poles
