"""Origin lab: was the foreign value in a place's products added in its own region, or beyond?"""

from __future__ import annotations

from functools import cache
from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.content import sentences
from gvclab.data import load, name
from gvclab.models import iotable

from ...charts import View, axis, bars, frame, line, theme
from ..base import Panel
from ..controls import Checkbox, Choice, Slider
from ..world import FIRST, LAST, MANUFACTURES, pole_by_region
from .params import YEAR, Params

PRIMARY = "AGM"
PRODUCTS = ("final", "exports")
ALL, OUTSIDE = "ALL", "ROW"  # all places together; the place that has no region
PLACES = ("CHN", "JPN", "KOR", "TWN", "IIN", "USA", "CAN", "MEX", "DEU", "EUW", "EUE")
YEARS = np.arange(FIRST, LAST + 1)
SAME = 0.05  # points: less is not to be seen


class Amounts(NamedTuple):
    """(years, places) value of the products of each place: added in the other members of its pole, beyond the pole,
    of the latter in the rest of the world; and all of it."""

    region: np.ndarray
    beyond: np.ndarray
    rest: np.ndarray
    value: np.ndarray


class OriginSolution(NamedTuple):
    """(years, places and their mean) per cent of the value of products: added in the region, beyond it, and of the
    latter in the rest of the world."""

    region: np.ndarray
    beyond: np.ndarray
    rest: np.ndarray


@cache
def amounts(product: str, primary: bool) -> Amounts:
    """Of every year. Without `primary`, only value that was not added in agriculture and mining."""
    return Amounts(*map(np.array, zip(*(_amounts(int(year), product, primary) for year in YEARS), strict=True)))


def _amounts(year: int, product: str, primary: bool) -> tuple[np.ndarray, ...]:
    table = load("icio", year=year)
    made = np.isin(np.tile(table.sectors, len(table.countries)), MANUFACTURES)
    delivered = made * (table.F if product == "final" else table.abroad).sum(axis=1)
    counted = None if primary else [sector for sector in table.sectors if sector != PRIMARY]
    origin = iotable.va_in(table, delivered, counted)
    found = iotable.reach(origin, [pole_by_region()[code] for code in table.countries])
    value = origin.sum(axis=0)
    parts = (found.region * value, found.beyond * value, origin[table.country(OUTSIDE)], value)
    at = [table.country(code) for code in PLACES]
    return tuple(part[at] for part in parts)


class OriginLab(Panel):
    """Have value chains become more regional, or more global?"""

    key = "regionalisation.origin"
    badge = "data"
    State = Params
    controls = (
        Choice("place", options=(ALL, *PLACES)),
        Choice("product", options=PRODUCTS),
        YEAR,
        Checkbox("primary"),
        Slider("rest", min=0.0, max=1.0, step=0.05),
    )
    presets: ClassVar = {
        "world": {"place": ALL, "product": "final", "year": 2011, "primary": True, "rest": 0.0},
        "europe": {"place": "EUE", "product": "final", "year": 2011, "primary": True, "rest": 0.0},
        "korea": {"place": "KOR", "product": "final", "year": 2011, "primary": False, "rest": 0.0},
        "rest": {"place": "CHN", "product": "final", "year": 2011, "primary": False, "rest": 0.5},
    }

    def frame(self):
        below = {"xaxis": "x2", "yaxis": "y2", "orientation": "h", "showlegend": False}
        return frame(
            (
                axis("", range=[FIRST - 0.5, LAST + 0.5], domain=[0, 1]),
                axis(self.text("axes.share"), domain=[0.66, 1]),
            ),
            (
                axis(self.text("axes.change"), domain=[0, 1], zeroline=True, zerolinecolor=theme.GREY),
                axis("", domain=[0, 0.56], autorange="reversed", showline=False, ticks="", ticklabelstandoff=6),
            ),
            traces=[
                line("region", name=self.text("traces.region"), mode="lines+markers"),
                line("abroad", name=self.text("traces.beyond"), mode="lines+markers"),
                {"mode": "lines", "line": {"color": theme.GREY, "width": 1.5}, "hoverinfo": "skip"}
                | {"name": "", "showlegend": False},
                bars("region", name=self.text("traces.region"), **below),
                bars("abroad", name=self.text("traces.beyond"), **below),
            ],
            height=680,
            barmode="group",
        )

    def solve(self, state: Params) -> OriginSolution:
        region, beyond, rest, value = amounts(state.product, state.primary)
        neighbour = state.rest * rest * [pole_by_region()[code] == "ASI" for code in PLACES]
        whole = _with_all(value)
        parts = (region + neighbour, beyond - neighbour, rest - neighbour)
        return OriginSolution(*(100 * _with_all(part) / whole for part in parts))

    def view(self, state: Params, solution: OriginSolution) -> View:
        at, now = self._at(state), state.year - FIRST
        region, beyond = solution.region[:, at], solution.beyond[:, at]
        names = [self._name(code) for code in (*PLACES, ALL)]
        change = [(part[now] - part[0])[[-1, *range(len(PLACES))]] for part in solution[:2]]
        shown = [names[-1], *names[:-1]]
        top = float(np.ceil(1.08 * max(region.max(), beyond.max()) / 5) * 5)
        reach = max(2.0, 1.08 * np.abs(change).max())
        low = min(-2.0, 1.1 * float(np.min(change)))
        traces = (
            {"x": YEARS, "y": region},
            {"x": YEARS, "y": beyond},
            {"x": [state.year] * 2, "y": [0.0, top]},
            {"y": shown, "x": change[0]},
            {"y": shown, "x": change[1]},
        )
        layout = {"yaxis": {"range": [0.0, top]}, "xaxis2": {"range": [low, reach]}}
        return View(traces, layout, self._sentence(state, solution), self._table(state, solution))

    @staticmethod
    def _at(state: Params) -> int:
        return (*PLACES, ALL).index(state.place)

    def _name(self, code: str) -> str:
        return self.text("places.all") if code == ALL else name(code)

    def _sentence(self, state: Params, solution: OriginSolution) -> str:
        at, now = self._at(state), state.year - FIRST
        region, beyond = solution.region[:, at], solution.beyond[:, at]
        grown, spread = region[now] - region[0], beyond[now] - beyond[0]
        moved = solution.region[now] - solution.region[0] < solution.beyond[now] - solution.beyond[0]
        numbers = {
            "year": state.year,
            "first": FIRST,
            "product": self.text(f"products.{state.product}"),
            "place": self._name(state.place),
            "region": region[now],
            "beyond": beyond[now],
            "region_then": region[0],
            "beyond_then": beyond[0],
            "grown": grown,
            "spread": spread,
            "count": int(moved[:-1].sum()),
            "all": len(PLACES),
            "rest": state.rest,
        }
        said = [self.text("sentence.now", **numbers)]
        if state.year > FIRST:
            lead = "same" if abs(spread - grown) < SAME else "beyond" if spread > grown else "region"
            said += [self.text(f"sentence.{part}", **numbers) for part in ("then", lead, "count")]
        if not state.primary:
            said.append(self.text("sentence.without", **numbers))
        if state.rest > 0:
            said.append(self.text("sentence.rest", **numbers))
        return sentences(said)

    def _table(self, state: Params, solution: OriginSolution):
        import pandas as pd

        now = state.year - FIRST
        columns = {
            self.text("table.region", year=FIRST): solution.region[0],
            self.text("table.region", year=state.year): solution.region[now],
            self.text("table.beyond", year=FIRST): solution.beyond[0],
            self.text("table.beyond", year=state.year): solution.beyond[now],
            self.text("table.rest", year=state.year): solution.rest[now],
        }
        index = [self._name(code) for code in (*PLACES, ALL)]
        return pd.DataFrame(columns, index=index).rename_axis(self.text("table.place"))


def _with_all(part: np.ndarray) -> np.ndarray:
    """With the sum over all places as the last column."""
    return np.column_stack([part, part.sum(axis=1)])
