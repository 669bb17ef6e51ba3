"""Balance lab: the US balance with a partner and with all, gross and in value added, in the real table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.data import load, name
from gvclab.models import iotable

from ...charts import Picture, Plot, axis, bars, row, theme
from ..controls import choice, slider
from ..panel import Panel, Table
from ..world import FIRST, LAST

HOME = "USA"
PARTNERS = ("CHN", "CAN", "MEX", "JPN", "KOR", "TWN", "IIN", "DEU", "EUW", "EUE", "ROW")
KINDS = ("gross", "value_added")
BILLION = 1e3  # of the table's million
SMALL = 0.05  # billion: less is written as nothing
TWICE = 2.0  # from here on a larger balance is said in multiples
ROOM = 0.35  # of the longest bar, for the number at its end
NAMES = {"showline": False, "ticks": "", "ticklabelstandoff": 6, "autorange": "reversed"}
ZERO = {"zeroline": True, "zerolinecolor": theme.GREY}
BAR = {"orientation": "h", "textposition": "outside", "textangle": 0, "constraintext": "none", "cliponaxis": False}
BAR |= {"hoverinfo": "skip"}


class BalanceSolution(NamedTuple):
    """The US balances of a year, billion dollars, in the order of PARTNERS."""

    gross: np.ndarray
    value_added: np.ndarray

    @property
    def moved(self) -> np.ndarray:
        """What the balance with each partner gains by counting work; the sum is 0."""
        return self.value_added - self.gross

    def overall(self, kind: str) -> float:
        """With all partners together."""
        return float(getattr(self, kind).sum())


@cache
def balances(year: int) -> BalanceSolution:
    """The US balances in the table of a year."""
    table = load("icio", year=year)
    both, usa = iotable.balances(table), table.country(HOME)
    order = [table.country(partner) for partner in PARTNERS]
    return BalanceSolution(*(part[usa, order] / BILLION for part in both))


@dataclass(frozen=True)
class Pair:
    """A partner of the United States, and a year of the table."""

    partner: str = choice("CHN", *PARTNERS)
    year: int = slider(LAST, FIRST, LAST)


class BalanceLab(Panel):
    """With whom have the United States a deficit, counted gross and counted in value added?"""

    key = "developed_countries.balance"
    badge = "data"
    State = Pair
    places = ("partner",)
    shows = ("partner", "year")
    presets: ClassVar = {"china_2011": {}, "china_2004": {"year": 2004}}
    picture = Picture(
        row(
            Plot("pair", axis("balance", **ZERO), axis("", **NAMES)),
            Plot("moved", axis("moved", **ZERO), axis("", **NAMES)),
            widths=(42, 40),
            gap=0.25,
        ),
        marks={
            **{kind: bars(kind, **BAR) for kind in KINDS},
            "others": bars("data", plot="moved", offsetgroup="moved", name="", showlegend=False, **BAR),
            "chosen": bars("chosen", plot="moved", offsetgroup="moved", name="", showlegend=False, **BAR),
        },
        height=380,
        barmode="group",
        legend={"traceorder": "normal"},
    )

    def solve(self, state: Pair) -> BalanceSolution:
        return balances(state.year)

    def draw(self, state: Pair, solution: BalanceSolution):
        at, moved = PARTNERS.index(state.partner), solution.moved
        names = [name(partner) for partner in PARTNERS]
        order = np.argsort(-moved, kind="stable")
        rows = [self.message("marks.pair", partner=names[at]), self.message("marks.all")]
        shown = {kind: [float(getattr(solution, kind)[at]), solution.overall(kind)] for kind in KINDS}
        ends = [value for pair in shown.values() for value in pair]
        others = [k for k in order if k != at]
        return {
            "pair": {"x": {"range": _span(ends)}},
            "moved": {"x": {"range": _span(moved)}, "y": {"categoryarray": [names[k] for k in order]}},
            **{kind: {"y": rows, "x": pair, "text": _written(pair)} for kind, pair in shown.items()},
            "others": {"y": [names[k] for k in others], "x": moved[others], "text": _written(moved[others])},
            "chosen": {"y": [names[at]], "x": [moved[at]], "text": _written([moved[at]])},
        }

    def say(self, state: Pair, solution: BalanceSolution):
        at = PARTNERS.index(state.partner)
        gross, added = float(solution.gross[at]), float(solution.value_added[at])
        words = {"partner": name(state.partner), "year": state.year}
        side = "deficit" if gross < 0 else "surplus"
        if gross * added < 0:
            yield f"{side}_turns", words
        elif abs(added - gross) < SMALL:
            yield f"{side}_same", words
        elif (times := added / gross) < 1:
            yield f"{side}_smaller", {**words, "less": 1 - times}
        elif times < TWICE:
            yield f"{side}_larger", {**words, "more": times - 1}
        else:
            yield f"{side}_times", {**words, "times": times}
        yield "overall", {}

    def tables(self, state: Pair, solution: BalanceSolution):
        columns = {kind: [*getattr(solution, kind), solution.overall(kind)] for kind in KINDS}
        columns["moved"] = [*solution.moved, 0.0]  # whatever the machine makes of the sum
        names = [*(name(partner) for partner in PARTNERS), self.message("table.all")]
        yield Table("partner", names, columns, title="now", values={"year": state.year})


def _span(values) -> list[float]:
    """From the lowest to the highest bar, zero among them, with room for numbers at both ends."""
    low, high = min(0.0, *values), max(0.0, *values)
    room = ROOM * (high - low)
    return [low - room * (low < 0), high + room * (high > 0)]


def _written(values) -> list[str]:
    """Billions with their sign."""
    return ["0.0" if abs(value) < SMALL else f"{value:+,.1f}" for value in values]
