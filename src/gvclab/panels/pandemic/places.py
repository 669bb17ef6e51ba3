"""Who takes part: the places of a table, their poles, whom they buy from and how much they weigh."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import numpy as np

from gvclab.content import cached_by_language
from gvclab.data import load
from gvclab.models import iotable, world

from ..world import LAST, POLES, named, pole_by_region, stylised_poles


class Places(NamedTuple):
    """Places in the order in which they are shown, pole by pole.

    names: as the reader sees them; poles: the pole of each; Pi: (G, G) spending shares, rows = buyer; weight:
    (G,) shares in world income.
    """

    names: list[str]
    poles: tuple[str, ...]
    Pi: np.ndarray
    weight: np.ndarray

    def opened(self, times: float) -> np.ndarray:
        """Spending shares when `times` as much goes to other places as the table shows, the rest at home."""
        abroad = self.Pi * ~np.eye(len(self.Pi), dtype=bool) * times
        return abroad + np.diag(1 - abroad.sum(axis=1))

    def spread(self, lockdowns: Mapping[str, float]) -> np.ndarray:
        """(G,) the lockdown of each place: that of its pole."""
        return np.array([lockdowns[pole] for pole in self.poles])


@cached_by_language
def real(detail: str) -> Places:
    """The inter-country table of 2011, by region or with each pole as one place."""
    table, pole_of = load("icio", year=LAST), pole_by_region()
    if detail == "poles":
        table = iotable.aggregate(table, countries=pole_of)
        pole_of = dict(zip(POLES, POLES, strict=True))
    return _places(
        table.countries,
        [pole_of[code] for code in table.countries],
        named(table.countries),
        iotable.sourcing_shares(table).Pi,
        table.gdp,
    )


@cached_by_language
def stylised() -> Places:
    """The stylised world of eight regions with balanced trade."""
    made = balanced()
    return _places(
        made.countries,
        stylised_poles(made.countries),
        named(made.countries, stylised=True),
        iotable.sourcing_shares(world.icio(made)).Pi,
        made.wL,
    )


@cache
def balanced():
    """The stylised world, its regions in the order in which they are shown, no region with a deficit."""
    return world.make(deficit=(0,) * len(world.REGIONS))


def _places(codes, poles, names, Pi, income) -> Places:
    order = sorted(range(len(codes)), key=lambda k: POLES.index(poles[k]))
    return Places(
        [names[k] for k in order],
        tuple(poles[k] for k in order),
        Pi[np.ix_(order, order)],
        income[order] / income.sum(),
    )
