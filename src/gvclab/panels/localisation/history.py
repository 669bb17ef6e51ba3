"""History lab: friction falls for a generation; then friction rises again, or a security premium does."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.content import sentences
from gvclab.models.division import snake

from ...charts import View, axis, frame, line, points, theme
from ..base import Panel
from ..controls import Checkbox, Choice, Slider
from .params import FIRST, LAST, LEAST_FRICTION, MOST_FRICTION, TURN, Params
from .snake import CROSSINGS, HOME, stage_costs
from .spider import choice, pinned

YEARS = np.arange(FIRST, LAST + 1)
RISES = ("friction", "premium")
PACE = (MOST_FRICTION - LEAST_FRICTION) / (TURN - FIRST)  # a year, down and up again
# Friction until the turn, and what has been added since.
FALL = MOST_FRICTION - PACE * (np.minimum(YEARS, TURN) - FIRST)
RISE = PACE * (np.maximum(YEARS, TURN) - TURN)
TURNED = TURN - FIRST


class Course(NamedTuple):
    """What happens year by year."""

    t: np.ndarray  # friction
    premium: np.ndarray
    abroad: np.ndarray  # is the assembler abroad?
    share: np.ndarray  # of the parts made abroad
    crossings: np.ndarray  # borders that the snake crosses


class HistorySolution(NamedTuple):
    """The course chosen and the other one."""

    chosen: Course
    other: Course


@lru_cache(maxsize=64)
def course(state: Params, rises: str) -> Course:
    """The course of the years when friction, or the premium, rises after the turn. Only costs of `state` count."""
    t, premium = (FALL + RISE, 0 * RISE) if rises == "friction" else (FALL, RISE)
    at = list(zip(t.tolist(), premium.tolist(), strict=True))
    found = [choice(state, *each) for each in at]
    abroad = np.array([each.abroad for each in found])
    share = np.array([each.share for each in found])
    if state.sunk and abroad[TURNED]:
        abroad[TURNED:] = True
        share[TURNED:] = [pinned(state, *each, abroad=True) for each in at[TURNED:]]
    crossings = np.array([snake(stage_costs(state, s), t, HOME).crossings for t, s in at])
    return Course(t, premium, abroad, share, crossings)


class HistoryLab(Panel):
    """Does a chain come home the way it went?"""

    key = "localisation.history"
    State = Params
    controls = (
        Slider("year", min=FIRST, max=LAST, step=1),
        Choice("after", options=RISES),
        Checkbox("sunk"),
    )
    reads = frozenset({"bA", "Theta", "mu", "delta"})
    presets: ClassVar = {
        "friction": {"year": 2020, "after": "friction", "sunk": False},
        "premium": {"year": 2020, "after": "premium", "sunk": False},
        "sunk": {"year": 2030, "after": "friction", "sunk": True},
    }

    def frame(self):
        below, last = {"xaxis": "x2", "yaxis": "y2"}, {"xaxis": "x3", "yaxis": "y3"}
        time = {"range": [FIRST - 1, LAST + 1], "domain": [0, 1]}
        hidden = {"showticklabels": False, "matches": "x", **time}
        dot = {"size": 13, "name": self.text("traces.year"), "cliponaxis": False}
        other = {"color": theme.GREY, "width": 2.5, "dash": "dot"}
        return frame(
            (
                axis("", **time | {"showticklabels": False}),
                axis(self.text("axes.price"), domain=[0.74, 1], range=[-0.02, 0.55]),
            ),
            (
                axis("", **hidden),
                axis(self.text("axes.share"), domain=[0.33, 0.68], range=[-0.03, 1.05], tickformat=".0%"),
            ),
            (
                axis(self.text("axes.year"), **hidden | {"showticklabels": True}),
                axis(self.text("axes.crossings"), domain=[0, 0.27], range=CROSSINGS, dtick=1),
            ),
            traces=[
                line("friction", name=self.text("traces.friction")),
                line("premium", name=self.text("traces.premium")),
                {"name": "", "mode": "lines", "line": other, **below},
                {
                    "name": self.text("traces.share"),
                    "mode": "lines",
                    "line": {"color": theme.style("abroad").color, "width": 3},
                    **below,
                },
                points("chosen", **dot, **below),
                {"name": "", "mode": "lines", "line": other | {"shape": "hv"}, "showlegend": False, **last},
                {
                    "name": self.text("traces.crossings"),
                    "mode": "lines",
                    "line": {"color": theme.style("border").color, "width": 3, "shape": "hv", "dash": "dash"},
                    **last,
                },
                points("chosen", **dot, showlegend=False, **last),
            ],
            height=620,
            shapes=[
                {
                    "type": "line",
                    "x0": TURN,
                    "x1": TURN,
                    "yref": "paper",
                    "y0": 0,
                    "y1": 1,
                    "line": {"color": theme.GREY, "dash": "dot", "width": 1.5},
                }
            ],
        )

    def solve(self, state: Params) -> HistorySolution:
        costs = {name: getattr(state, name) for name in (*sorted(self.reads), "sunk")}
        other = RISES[1 - RISES.index(state.after)]
        return HistorySolution(*(course(Params(**costs), rises) for rises in (state.after, other)))

    def view(self, state: Params, solution: HistorySolution) -> View:
        chosen, other = solution
        now = state.year - FIRST
        if_other = self.text(f"traces.if_{RISES[1 - RISES.index(state.after)]}")
        later = slice(TURNED, None)
        traces = (
            {"x": YEARS, "y": chosen.t},
            {"x": YEARS, "y": chosen.premium},
            {"x": YEARS[later], "y": other.share[later], "name": if_other},
            {"x": YEARS, "y": chosen.share},
            {"x": [state.year], "y": [chosen.share[now]]},
            {"x": YEARS[later], "y": other.crossings[later], "name": if_other},
            {"x": YEARS, "y": chosen.crossings},
            {"x": [state.year], "y": [chosen.crossings[now]]},
        )
        return View(traces, {}, self._sentence(state, solution), self._table(solution))

    def _sentence(self, state: Params, solution: HistorySolution) -> str:
        chosen, now = solution.chosen, state.year - FIRST
        place = "abroad" if chosen.abroad[now] else "home"
        said = [
            self.text(
                "sentence.now",
                year=state.year,
                t=chosen.t[now],
                premium=chosen.premium[now],
                place=self.text(f"sentence.{place}"),
                share=chosen.share[now],
                crossings=chosen.crossings[now],
            )
        ]
        moves = np.flatnonzero(np.diff(chosen.abroad))
        for k in moves:
            way = "back" if chosen.abroad[k] else "left"
            said.append(
                self.text(f"sentence.{way}", year=YEARS[k + 1], before=chosen.share[k], after=chosen.share[k + 1])
            )
        # From the turn to the year before the assembler comes home, or to the end.
        end = next((k for k in moves if k >= TURNED), len(YEARS) - 1)
        if end > TURNED:
            change = chosen.share[end] - chosen.share[TURNED]
            kind = "more" if change > 0.0005 else "fewer" if change < -0.0005 else "same"
            rises = self.text(f"sentence.{state.after}")
            numbers = {"rises": rises, "turn": TURN, "year": YEARS[end]}
            said.append(self.text(f"sentence.{kind}", **numbers, before=chosen.share[TURNED], after=chosen.share[end]))
        return sentences(said)

    def _table(self, solution: HistorySolution):
        import pandas as pd

        steps = np.arange(0, len(YEARS), 5)
        chosen = solution.chosen
        places = [self.text(f"table.{'abroad' if chosen.abroad[k] else 'home'}") for k in steps]
        columns = {
            "t": chosen.t[steps],
            "premium": chosen.premium[steps],
            "assembler": places,
            "share": chosen.share[steps],
            "crossings": chosen.crossings[steps],
        }
        table = pd.DataFrame(columns, index=YEARS[steps])
        table.columns = [self.text(f"table.{name}") for name in columns]
        return table.rename_axis(self.text("table.year"))
