"""The places of the real table: their poles, whom they buy from, how much they weigh, what closing costs them."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from gvclab.content import cached_by_language
from gvclab.data import load
from gvclab.models import gravity, iotable

from ..world import LAST, POLES, THETA, named, pole_by_region

# The regions of the table, pole by pole: the order in which they are shown.
REGIONS = ("USA", "CAN", "MEX", "DEU", "EUW", "EUE", "CHN", "JPN", "KOR", "TWN", "IIN", "ROW")
SAME = 0.005  # log points: less is not to be seen


class Places(NamedTuple):
    """Places in the order in which they are shown.

    names: as the reader sees them; poles: the pole of each; Pi: (G, G) spending shares, rows = buyer; beta: (G,)
    labour shares; weight: (G,) shares in world income.
    """

    names: list[str]
    poles: tuple[str, ...]
    Pi: np.ndarray
    beta: np.ndarray
    weight: np.ndarray

    def opened(self, times: float) -> np.ndarray:
        """Spending shares when `times` as much goes to other places as the table shows, the rest at home."""
        abroad = self.Pi * ~np.eye(len(self.Pi), dtype=bool) * times
        return abroad + np.diag(1 - abroad.sum(axis=1))


@cached_by_language
def real(detail: str) -> Places:
    """The inter-country table of its last year, by region or with each pole as one place."""
    table, order = _table(detail)
    shares, income = iotable.sourcing_shares(table), table.gdp[order]
    codes = [table.countries[k] for k in order]
    poles = codes if detail == "poles" else [pole_by_region()[code] for code in codes]
    Pi = shares.Pi[np.ix_(order, order)]
    return Places(named(codes), tuple(poles), Pi, shares.beta[order], income / income.sum())


@cache
def closing_cost(detail: str) -> np.ndarray:
    """(G,) per cent of its spending that each place loses in every year without trade, in the gravity model."""
    table, order = _table(detail)
    return 100 * gravity.closing_cost(gravity.calibrate(table, theta=THETA))[order]


def _table(detail: str):
    """The table, and where in it the places stand in the order in which they are shown."""
    table = load("icio", year=LAST)
    if detail == "poles":
        table = iotable.aggregate(table, countries=pole_by_region())
    return table, [table.countries.index(code) for code in (POLES if detail == "poles" else REGIONS)]
