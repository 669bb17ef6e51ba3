"""Trade war lab: a US tariff on goods from China, answered or not."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.content import sentences
from gvclab.models import gravity, iotable

from ...charts import View, axis, bars, frame, line, points, theme
from ...charts.labels import legend_at
from ..base import Panel
from ..controls import Checkbox, Choice, Slider
from .params import THETA, Params
from .worlds import Arena, arena

HIGHEST = 0.6
RATES = np.linspace(0, HIGHEST, 13)
DASHES = {"usa": "solid", "china": "dash", "usa_answered": "dot", "china_answered": "longdashdot"}
NOTHING = 5e-4  # per cent: a change below this is none


class WarBalances(NamedTuple):
    """Of the United States, in the money shown: with China and with all others, gross and in value added."""

    china: float
    china_added: float
    overall: float
    overall_added: float


class TradeWarSolution(NamedTuple):
    """Welfare in per cent of what it was: of all places now, and of the two along RATES, unanswered and answered.

    curves: rows are the United States and China unanswered, the same answered; none while still computed.
    """

    arena: Arena
    welfare: np.ndarray
    before: WarBalances
    after: WarBalances
    curves: np.ndarray | None = None


@lru_cache(maxsize=64)
def curves(kind: str, theta: float) -> np.ndarray:
    """(4, rates) welfare of the United States and China, unanswered, then answered; each rate from the last."""
    place = arena(kind, theta)
    rows = []
    for answered in (False, True):
        near, found = None, []
        for rate in RATES:
            near = gravity.solve(place.world, tariffs=place.tariffs(rate, answered), start=near)
            found.append(near.welfare[[place.usa, place.china]])
        rows.extend(100 * (np.array(found).T - 1))
    return np.array(rows)


def us_balances(place: Arena, world: gravity.World) -> WarBalances:
    """The balances of the United States in a world with the places of the arena."""
    found = iotable.balances(gravity.as_table(world))
    parts = ((part[place.usa, place.china], part[place.usa].sum()) for part in (found.gross, found.value_added))
    (china, overall), (china_added, overall_added) = parts
    return WarBalances(*(float(x) / place.unit for x in (china, china_added, overall, overall_added)))


@lru_cache(maxsize=64)
def _before(kind: str, theta: float) -> WarBalances:
    place = arena(kind, theta)
    return us_balances(place, place.world)


class TradeWarLab(Panel):
    """Who pays for a tariff on goods from China, and which balance does it move?"""

    key = "developed_countries.war"
    badge = "either"
    State = Params
    controls = (
        Slider("tariff", min=0.0, max=HIGHEST, step=0.05),
        Checkbox("retaliation"),
        THETA,
        Choice("world", options=("table", "stylised")),
    )
    presets: ClassVar = {
        "small": {"tariff": 0.05, "retaliation": False},
        "unanswered": {"tariff": 0.2, "retaliation": False},
        "answered": {"tariff": 0.2, "retaliation": True},
    }

    def frame(self):
        right = {"xaxis": "x2", "yaxis": "y2", "orientation": "h", "showlegend": False, "offsetgroup": "third"}
        below = {"xaxis": "x3", "yaxis": "y3", "orientation": "h", "legend": "legend2"}
        zero = {"zeroline": True, "zerolinecolor": theme.GREY}
        rows = {"autorange": "reversed", "showline": False, "ticks": "", "ticklabelstandoff": 6}
        number = {"textposition": "outside", "textangle": 0, "constraintext": "none", "cliponaxis": False}
        number |= {"hoverinfo": "skip"}
        usa, china = theme.style("USA"), theme.style("CHN")
        sides = [(usa if name.startswith("usa") else china, dash, name) for name, dash in DASHES.items()]
        return frame(
            (
                axis(self.text("axes.tariff"), domain=[0, 0.4], tickformat=".0%", range=[-0.01, HIGHEST + 0.01]),
                axis(self.text("axes.welfare"), domain=[0.47, 1], **zero),
            ),
            (
                axis(self.text("axes.others"), domain=[0.75, 1], **zero),
                axis("", domain=[0.47, 1], **rows),
            ),
            (
                axis("", domain=[0, 1], **zero),
                axis("", domain=[0, 0.27], **rows),
            ),
            traces=[
                *(line(style._replace(dash=dash), name=self.text(f"traces.{name}")) for style, dash, name in sides),
                points("chosen", size=15, name=self.text("traces.now"), hoverinfo="skip"),
                bars("gains", name=self.text("traces.gains"), **right),
                bars("loses", name=self.text("traces.loses"), **right),
                bars("before", name=self.text("traces.before"), **below, **number),
                bars("chosen", name=self.text("traces.after"), **below, **number),
            ],
            height=680,
            barmode="group",
            legend={"traceorder": "normal"},
            legend2=legend_at(0.3),
        )

    def solve(self, state: Params) -> TradeWarSolution:
        place = arena(state.world, state.theta)
        after = gravity.solve(place.world, tariffs=place.tariffs(state.tariff, state.retaliation))
        moved = us_balances(place, gravity.rebase(place.world, after))
        return TradeWarSolution(place, 100 * (after.welfare - 1), _before(state.world, state.theta), moved)

    def refine(self, state: Params, solution: TradeWarSolution) -> TradeWarSolution:
        return solution._replace(curves=curves(state.world, state.theta))

    def view(self, state: Params, solution: TradeWarSolution) -> View:
        place, welfare = solution.arena, solution.welfare
        two = welfare[[place.usa, place.china]]
        names, others = self._others(solution)
        kinds = [self.text(f"balances.{kind}") for kind in WarBalances._fields]
        amounts = [list(solution.before), list(solution.after)]
        amount_range = [
            1.15 * min(map(min, amounts)),
            max(0.3 * max(map(abs, solution.before)), 1.3 * max(map(max, amounts))),
        ]
        most = 1.1 * max(0.12, float(np.abs(others).max()))
        known = solution.curves is not None
        traces = (
            *({"x": RATES, "y": row} for row in (solution.curves if known else ())),
            *([{}] * (0 if known else 4)),
            {"x": [state.tariff] * 2, "y": two},
            {"y": names, "x": others.clip(min=0)},
            {"y": names, "x": others.clip(max=0)},
            *(
                {"y": kinds, "x": row, "text": [self.text(f"amount.{state.world}", x=x) for x in row]}
                for row in amounts
            ),
        )
        layout = {
            "xaxis2": {"range": [-most, most]},
            "xaxis3": {"range": amount_range, "title": {"text": self.text(f"axes.balance_{state.world}")}},
        }
        return View(traces, layout, self._sentence(state, solution), self._table(state, solution))

    @staticmethod
    def _others(solution: TradeWarSolution) -> tuple[list[str], np.ndarray]:
        """The third countries, those that gain most first."""
        place, welfare = solution.arena, solution.welfare
        third = [k for k in np.argsort(-welfare, kind="stable") if k not in (place.usa, place.china)]
        return [place.names[k] for k in third], welfare[third]

    def _sentence(self, state: Params, solution: TradeWarSolution) -> str:
        place, welfare = solution.arena, solution.welfare
        names, others = self._others(solution)
        words = {
            "rate": state.tariff,
            "unit": self.text(f"unit.{state.world}"),
            "usa_gain": welfare[place.usa],
            "china_gain": welfare[place.china],
            "third": names[0],
            "third_gain": others[0],
            **{kind: self._amount(state, value) for kind, value in solution.after._asdict().items()},
            **{f"{kind}_before": self._amount(state, value) for kind, value in solution.before._asdict().items()},
        }
        said = [self.text(f"sentence.world_{state.world}")]
        if not state.tariff:
            return sentences([*said, self.text("sentence.nothing", **words)])
        said.append(self.text(f"sentence.{'answered' if state.retaliation else 'unanswered'}", **words))
        if others[0] > NOTHING:
            said.append(self.text("sentence.third", **words))
        said.append(self.text("sentence.balance", **words))
        if solution.curves is not None:
            said.append(self._best(solution.curves[0]))
            said.append(self._reply(solution, state))
        return sentences([part for part in said if part])

    def _amount(self, state: Params, balance: float) -> str:
        side = "deficit" if balance < 0 else "surplus"
        return self.text(f"sentence.{side}", amount=self.text(f"amount.{state.world}", x=abs(balance)))

    def _best(self, unanswered: np.ndarray) -> str:
        """Which of the rates drawn suits the United States best, if nobody answers."""
        best = int(unanswered.argmax())
        words = {"rate": RATES[best], "gain": unanswered[best]}
        return self.text("sentence.best" if unanswered[best] > NOTHING else "sentence.no_best", **words)

    def _reply(self, solution: TradeWarSolution, state: Params) -> str:
        """Whether the answer at this rate pays for China itself."""
        quiet, loud = (float(np.interp(state.tariff, RATES, solution.curves[row])) for row in (1, 3))
        if abs(loud - quiet) < NOTHING:
            return ""
        kind = "pays" if loud > quiet else "costs"
        return self.text(f"sentence.reply_{kind}", rate=state.tariff, by=abs(loud - quiet))

    def _table(self, state: Params, solution: TradeWarSolution):
        import pandas as pd

        place = solution.arena
        tables = {
            self.text("table.welfare"): pd.DataFrame(
                {self.text("axes.welfare"): solution.welfare},
                index=pd.Index(place.names, name=self.text("table.place")),
            ),
            self.text(f"axes.balance_{state.world}"): pd.DataFrame(
                {self.text("traces.before"): solution.before, self.text("traces.after"): solution.after},
                index=[self.text(f"balances.{kind}") for kind in WarBalances._fields],
            ),
        }
        if solution.curves is not None:
            heads = [self.text(f"traces.{name}") for name in DASHES]
            rates = pd.Index(RATES.round(2), name=self.text("axes.tariff"))
            tables[self.text("axes.welfare")] = pd.DataFrame(solution.curves.T, columns=heads, index=rates)
        return tables
