"""Balance lab: bilateral and overall balances of the real table, gross and in value added."""

from __future__ import annotations

from functools import cache
from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.content import sentences
from gvclab.data import load, name
from gvclab.models import iotable

from ...charts import View, axis, bars, frame, line, theme
from ..base import Panel
from ..controls import Choice, Slider
from ..world import FIRST, LAST
from .params import Params

REGIONS = ("USA", "CAN", "MEX", "CHN", "JPN", "KOR", "TWN", "IIN", "DEU", "EUW", "EUE", "ROW")
KINDS = ("gross", "value_added")
BILLION = 1e3  # of the table's million
SMALL = 0.05  # billion: less is written as nothing


@cache
def balances(year: int) -> iotable.Balances:
    """All bilateral balances of a year, billion dollars, in the order of REGIONS."""
    table = load("icio", year=year)
    order = [table.country(region) for region in REGIONS]
    return iotable.Balances(*(part[np.ix_(order, order)] / BILLION for part in iotable.balances(table)))


class BalanceSolution(NamedTuple):
    """Balances of the chosen place with each of the others in the year, and with the chosen one in all years."""

    partners: tuple[str, ...]
    now: iotable.Balances  # (partners,) each
    years: np.ndarray
    pair: iotable.Balances  # (years,) each

    @property
    def overall(self) -> iotable.Balances:
        """With all others together."""
        return iotable.Balances(*(float(part.sum()) for part in self.now))


class BalanceLab(Panel):
    """With whom does a place have a deficit, when trade is counted gross and when it is counted in value added?"""

    key = "developed_countries.balance"
    badge = "data"
    State = Params
    controls = (
        Choice("economy", options=REGIONS),
        Choice("partner", options=REGIONS),
        Slider("year", min=FIRST, max=LAST, step=1),
    )
    presets: ClassVar = {
        "peak": {"economy": "USA", "partner": "CHN", "year": 2004},
        "japan": {"economy": "USA", "partner": "JPN", "year": 2011},
        "hub": {"economy": "CHN", "partner": "TWN", "year": 2011},
        "korea": {"economy": "USA", "partner": "KOR", "year": 2010},
    }

    def frame(self):
        right = {"xaxis": "x2", "yaxis": "y2", "showlegend": False}
        zero = {"zeroline": True, "zerolinecolor": theme.GREY}
        rows = {"autorange": "reversed", "showline": False, "ticks": "", "ticklabelstandoff": 6}
        hover = {"hovertemplate": "%{y}: %{x:,.1f}<extra>%{fullData.name}</extra>"}
        return frame(
            (axis(self.text("axes.balance"), domain=[0, 0.42], **zero), axis("", **rows)),
            (
                axis("", domain=[0.6, 1], range=[FIRST - 0.5, LAST + 0.5]),
                axis(self.text("axes.pair"), anchor="x2", **zero),
            ),
            traces=[
                *(bars(kind, name=self.text(f"traces.{kind}"), orientation="h", **hover) for kind in KINDS),
                *(line(kind, name=self.text(f"traces.{kind}"), mode="lines+markers", **right) for kind in KINDS),
                {"mode": "lines", "line": {"color": theme.GREY, "width": 1.5}, "hoverinfo": "skip"}
                | {"name": self.text("traces.year"), **right},
            ],
            height=500,
            barmode="group",
            legend={"traceorder": "normal"},
        )

    def solve(self, state: Params) -> BalanceSolution:
        place, partner = REGIONS.index(state.economy), REGIONS.index(state.partner)
        others = np.arange(len(REGIONS)) != place
        years = np.arange(FIRST, LAST + 1)
        every = [balances(int(year)) for year in years]
        return BalanceSolution(
            tuple(region for region in REGIONS if region != state.economy),
            iotable.Balances(*(part[place, others] for part in balances(state.year))),
            years,
            iotable.Balances(
                *(np.array([part[place, partner] for part in parts]) for parts in zip(*every, strict=True))
            ),
        )

    def view(self, state: Params, solution: BalanceSolution) -> View:
        names = self._names(state, solution)
        rows = [[*part, total] for part, total in zip(solution.now, solution.overall, strict=True)]
        ends = [float(min(0, *map(np.min, solution.pair))), float(max(0, *map(np.max, solution.pair)))]
        traces = (
            *({"y": names, "x": row} for row in rows),
            *({"x": solution.years, "y": part} for part in solution.pair),
            {"x": [state.year, state.year], "y": ends},
        )
        title = self.text("axes.with", a=name(state.economy), b=name(state.partner))
        return View(
            traces,
            {"yaxis2": {"title": {"text": title}}},
            self._sentence(state, solution),
            self._table(state, solution),
        )

    def _names(self, state: Params, solution: BalanceSolution) -> list[str]:
        marked = [f"<b>{name(p)}</b>" if p == state.partner else name(p) for p in solution.partners]
        return [*marked, self.text("axes.all")]

    def _sentence(self, state: Params, solution: BalanceSolution) -> str:
        words = {"economy": name(state.economy), "partner": name(state.partner), "year": state.year}
        total = solution.overall.gross
        words |= {"total": abs(total), "side": self.text(f"sentence.{'deficit' if total < 0 else 'surplus'}")}
        overall = self.text("sentence.overall", **words)
        if state.partner == state.economy:
            return sentences([self.text("sentence.same", **words), overall])
        gross, added = (float(part[state.year - FIRST]) for part in solution.pair)
        words |= {"gross": self._amount(gross), "added": self._amount(added)}
        now = self.text("sentence.now", **words)
        said = [now[0].upper() + now[1:]]
        if gross * added < 0:
            said.append(self.text("sentence.turns"))
        elif abs(gross) > SMALL:
            times = added / gross
            kind = "smaller" if times < 1 else "larger" if times < 2 else "times"
            said.append(self.text(f"sentence.{kind}", less=abs(1 - times), times=times))
        return sentences([*said, overall])

    def _amount(self, balance: float) -> str:
        return self.text(f"sentence.amount_{'deficit' if balance < 0 else 'surplus'}", amount=abs(balance))

    def _table(self, state: Params, solution: BalanceSolution):
        import pandas as pd

        heads = [self.text(f"traces.{kind}") for kind in KINDS]
        now = {h: [*part, total] for h, part, total in zip(heads, solution.now, solution.overall, strict=True)}
        names = [*(name(partner) for partner in solution.partners), self.text("axes.all")]
        pair = pd.DataFrame(
            dict(zip(heads, solution.pair, strict=True)), index=pd.Index(solution.years, name=self.text("table.year"))
        )
        of = {"a": name(state.economy), "b": name(state.partner), "year": state.year}
        return {
            self.text("table.now", **of): pd.DataFrame(now, index=names).rename_axis(self.text("table.partner")),
            self.text("table.pair", **of): pair,
        }
