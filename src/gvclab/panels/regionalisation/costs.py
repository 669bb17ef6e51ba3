"""Technology and institutions lab: cheaper borders everywhere, dearer ones between poles."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.content import sentences

from ...charts import View, axis, bars, frame, line, points, theme
from ..base import Panel
from ..controls import Checkbox, Choice, Slider
from .params import Params
from .worlds import INST, TECH, WORLDS, CostPlane, Outcome, outcome, plane, setting, traded

START = {"tech": 1.0, "inst": 1.0, "rta": 1.0, "free": False, "theta": 1.0, "world": "stylised"}
FINE_TECH, FINE_INST = np.linspace(0.7, 1.1, 33), np.linspace(0.9, 1.4, 41)
STEPS = np.array([0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50])  # between lines of equal trade
LINES = 8  # of equal trade at most
ENDS = (TECH[0], TECH[-1])  # of technology, for the two curves of comparison
SAME = 0.0005  # less is not to be seen


class CostSolution(NamedTuple):
    """The world after the change, its share within poles before, and the answers around it once they are found."""

    now: Outcome
    before: float
    around: CostPlane | None


class CostLab(Panel):
    """What do cheaper technology and adverse institutions do to trade within poles, to all trade, and to welfare?"""

    key = "regionalisation.costs"
    badge = "either"
    State = Params
    controls = (
        Slider("tech", min=0.7, max=1.1, step=0.01),
        Slider("inst", min=0.9, max=1.4, step=0.01),
        Slider("rta", min=0.8, max=1.0, step=0.01),
        Checkbox("free"),
        Slider("theta", min=0.5, max=2.0, step=0.05),
        Choice("world", options=WORLDS),
    )
    presets: ClassVar = {
        "technology": START | {"tech": 0.9},
        "undone": START | {"tech": 0.9, "inst": 1.11},
        "agreements": START | {"rta": 0.9, "inst": 1.1},
        "tariffs": START | {"free": True},
    }

    def frame(self):
        right, below = {"xaxis": "x2", "yaxis": "y2"}, {"xaxis": "x3", "yaxis": "y3", "orientation": "h"}
        quiet = {"hoverinfo": "skip", "showlegend": False}
        level = {"type": "contour", "showscale": False, "hoverinfo": "skip", **right}
        upper = [0.53, 1]
        now = points("chosen", size=16, name=self.text("traces.now"), cliponaxis=False)
        return frame(
            (
                axis(self.text("axes.inst"), domain=[0, 0.4], range=[INST[0], INST[-1]]),
                axis(self.text("axes.share"), domain=upper, tickformat=".0%"),
            ),
            (
                axis(self.text("axes.tech"), domain=[0.6, 1], range=[TECH[0], TECH[-1]]),
                axis(self.text("axes.inst"), domain=upper, range=[INST[0], INST[-1]]),
            ),
            (
                axis(self.text("axes.welfare"), domain=[0, 1], zeroline=True, zerolinecolor=theme.GREY),
                axis("", domain=[0, 0.38], autorange="reversed", showline=False, ticks="", ticklabelstandoff=6),
            ),
            traces=[
                line("least", name=self.text("traces.tech", tech=ENDS[0])),
                line("most", name=self.text("traces.tech", tech=ENDS[1])),
                line("chosen", name=self.text("traces.chosen")),
                line("reference", name=self.text("traces.before"), hoverinfo="skip"),
                now,
                *[
                    level
                    | {
                        "line": {"color": theme.GREY, "width": 1},
                        "contours": {"coloring": "none", "showlabels": True, "labelformat": "+.0%"},
                        "showlegend": False,
                        "name": "",
                    }
                ]
                * 2,
                level
                | {
                    "line": {"color": theme.style("even").color, "width": 3},
                    "contours": {"coloring": "none", "start": 0, "end": 0, "size": 1},
                    "showlegend": True,
                    "name": self.text("traces.same"),
                },
                line("undone", name=self.text("traces.cancel"), **right) | {"hoverinfo": "skip"},
                points("before", size=11, name="", **quiet, **right),
                now | {"showlegend": False, **right},
                bars("gains", name=self.text("traces.gains"), showlegend=False, **below),
                bars("loses", name=self.text("traces.loses"), showlegend=False, **below),
            ],
            height=660,
            barmode="relative",
            legend={"traceorder": "normal"},
        )

    def solve(self, state: Params) -> CostSolution:
        asked = setting(state.world)
        now = outcome(state.world, state.theta, state.tech * state.rta, state.tech * state.inst, state.free)
        return CostSolution(now, traded(asked.world.flows, asked)[0], None)

    def refine(self, state: Params, solution: CostSolution) -> CostSolution:
        # The whole plane is remembered for technology and institutions; other controls ask for a new one.
        return solution._replace(around=plane(state.world, state.theta, state.rta, state.free))

    def view(self, state: Params, solution: CostSolution) -> View:
        names, change = setting(state.world).names, 100 * (solution.now.welfare - 1)
        at = {"x": [state.tech], "y": [state.inst]}
        traces = (
            *self._curves(state, solution),
            {"x": [INST[0], INST[-1]], "y": [solution.before] * 2},
            {"x": [state.inst], "y": [solution.now.share]},
            *self._levels(solution.around),
            {"x": FINE_TECH, "y": 1 / FINE_TECH},
            {"x": [1.0], "y": [1.0]},
            at,
            {"y": names, "x": change.clip(min=0)},
            {"y": names, "x": change.clip(max=0)},
        )
        # The bars keep their scale until they need more: what is small looks small.
        reach = max(2.0, 1.05 * np.abs(change).max())
        low = -reach if change.min() < -1 else -2.0
        layout = {"xaxis3": {"range": [low, reach]}}
        return View(traces, layout, self._sentence(state, solution), self._table(state, solution))

    @staticmethod
    def _curves(state: Params, solution: CostSolution) -> list[dict]:
        """The share against institutions at both ends of technology and at the chosen one."""
        if solution.around is None:
            return [{}, {}, {}]
        return [{"x": FINE_INST, "y": solution.around.share(t, FINE_INST)[0]} for t in (*ENDS, state.tech)]

    @staticmethod
    def _levels(around: CostPlane | None) -> list[dict]:
        """Lines of equal trade: less than before, more, as much."""
        if around is None:
            return [{}, {}, {}]
        z = np.expm1(around.trade(FINE_TECH, FINE_INST).T)
        step = float(STEPS[np.argmax(np.ptp(z) / STEPS < LINES)])
        low, high = float(np.ceil(z.min() / step) * step), float(np.floor(z.max() / step) * step)
        place = {"x": FINE_TECH, "y": FINE_INST, "z": z}
        less = {"contours": {"start": low, "end": -step, "size": step}}
        more = {"contours": {"start": step, "end": high, "size": step}}
        return [place | less, place | more, place]

    def _sentence(self, state: Params, solution: CostSolution) -> str:
        now, before, _ = solution
        names, change = setting(state.world).names, 100 * (now.welfare - 1)
        most, least = int(change.argmax()), int(change.argmin())
        numbers = {
            "near": state.tech * state.rta,
            "far": state.tech * state.inst,
            "relative": state.inst / state.rta,
            "share": now.share,
            "before": before,
            "trade": now.trade - 1,
            "most": names[most],
            "gain": change[most],
            "least": names[least],
            "loss": change[least],
        }
        moved = "same" if abs(now.share - before) < SAME else "up" if now.share > before else "down"
        kind = "all" if change[least] > 0 else "none" if change[most] < 0 else "some"
        if np.abs(change).max() < SAME:
            kind = "nobody"
        parts = [f"world_{state.world}", "costs", moved, "trade", kind]
        if state.free:
            parts.insert(2, "free" if state.world == "stylised" else "free_real")
        return sentences([self.text(f"sentence.{part}", **numbers) for part in parts])

    def _table(self, state: Params, solution: CostSolution):
        import pandas as pd

        asked, now = setting(state.world), solution.now
        world = pd.DataFrame(
            {
                self.text("table.before"): [solution.before, 0.0],
                self.text("table.now"): [now.share, 100 * (now.trade - 1)],
            },
            index=[self.text("table.share"), self.text("table.trade")],
        )
        welfare = pd.DataFrame({self.text("axes.welfare"): 100 * (now.welfare - 1)}, index=asked.names)
        return {
            self.text("table.world"): world,
            self.text("table.regions"): welfare.rename_axis(self.text("table.region")),
        }
