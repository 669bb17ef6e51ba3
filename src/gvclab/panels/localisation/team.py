"""Team lab: specialisation pays, coordination costs, and a security premium makes it cost more."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.content import sentences
from gvclab.models.division import Team, team

from ...charts import View, axis, frame, line, points
from ..base import Panel
from ..controls import Slider
from .params import Params

B, BETA = 1.0, 1.2  # productivity, and how coordination cost grows with the team
COSTS = np.geomspace(0.002, 0.6, 61)  # of a transaction: from the cheapest to the dearest with the largest premium
ENDS = np.outer(10.0 ** np.arange(5), [1, 2, 5]).ravel()  # where the axis of team sizes may end


class TeamSolution(NamedTuple):
    """The best team without and with the premium, and what teams of other sizes would give."""

    calm: Team
    wary: Team
    n: np.ndarray  # sizes of a team
    gain: np.ndarray  # of specialisation, at `n`
    cost: np.ndarray  # of coordination with the premium, at `n`
    cost_calm: np.ndarray  # without it
    best: np.ndarray  # size of the best team at COSTS


class TeamLab(Panel):
    """How many specialists share a task, and what does a security premium do to their number?"""

    key = "localisation.team"
    State = Params
    controls = (
        Slider("lam", min=0.002, max=0.2, step=0.001, log=True),
        Slider("theta", min=0.1, max=0.6, step=0.01),
        Slider("s", min=0.0, max=2.0, step=0.1),
    )
    presets: ClassVar = {
        "ict": {"lam": 0.01, "theta": 0.3, "s": 0.0},
        "premium": {"lam": 0.02, "theta": 0.3, "s": 1.0},
    }

    def frame(self):
        right = {"xaxis": "x2", "yaxis": "y2"}
        logs = {"type": "log", "dtick": 1, "exponentformat": "none"}
        return frame(
            (axis(self.text("axes.n")), axis(self.text("axes.y"))),
            (
                axis(self.text("axes.cost"), range=[-2.75, -0.2], **logs),
                axis(self.text("axes.best"), **logs),
            ),
            traces=[
                line("benefit", name=self.text("traces.gain")),
                line("cost", name=self.text("traces.cost")),
                line("net", name=self.text("traces.net")),
                line("reference", name=self.text("traces.net_calm")),
                points("before", size=13, name=self.text("traces.calm")),
                points("chosen", size=13, name=self.text("traces.wary")),
                line("model", name=self.text("traces.best"), **right),
                points(
                    "before",
                    size=13,
                    name=self.text("traces.calm"),
                    showlegend=False,
                    **right,
                ),
                points("chosen", size=13, name=self.text("traces.wary"), showlegend=False, **right),
            ],
            widths=(3, 2),
            height=420,
        )

    def solve(self, state: Params) -> TeamSolution:
        def best(cost: float) -> Team:
            return team(B, state.theta, cost, BETA)

        calm, wary = best(state.lam), best(state.lam * (1 + state.s))
        n = np.linspace(1, ENDS[np.searchsorted(ENDS, 2.5 * calm.n)], 241)
        cost = state.lam * n**BETA
        return TeamSolution(
            calm,
            wary,
            n,
            B * n**state.theta,
            (1 + state.s) * cost,
            cost,
            np.array([best(each).n for each in COSTS]),
        )

    def view(self, state: Params, solution: TeamSolution) -> View:
        calm, wary, n, gain, cost, cost_calm, best = solution
        traces = (
            {"x": n, "y": gain},
            {"x": n, "y": cost},
            {"x": n, "y": gain - cost},
            {"x": n, "y": gain - cost_calm, "visible": state.s > 0},
            {"x": [calm.n], "y": [calm.y], "visible": state.s > 0},
            {"x": [wary.n], "y": [wary.y]},
            {"x": COSTS, "y": best},
            {"x": [state.lam], "y": [calm.n], "visible": state.s > 0},
            {"x": [state.lam * (1 + state.s)], "y": [wary.n]},
        )
        layout = {
            "xaxis": {"range": [0.0, n[-1]]},
            # The cost may leave at the top: what counts is where the net is highest.
            "yaxis": {"range": [0.0, 1.1 * gain[-1]]},
            "yaxis2": {"range": [-0.1, np.log10(best[0]) + 0.15]},
        }
        return View(traces, layout, self._sentence(state, solution), self._table(state, solution))

    def _sentence(self, state: Params, solution: TeamSolution) -> str:
        calm, wary = solution.calm, solution.wary
        numbers = {
            "lam": state.lam,
            "theta": state.theta,
            "n": calm.n,
            "y": calm.y,
            "premium": state.s,
            "n_wary": wary.n,
            "y_wary": wary.y,
            "fewer": 1 - wary.n / calm.n,
            "less": 1 - wary.y / calm.y,
            "elasticity": 1 / (BETA - state.theta),
            "elasticity_y": state.theta / (BETA - state.theta),
        }
        alone = calm.n == 1
        parts = ["alone" if alone else "team"]
        if state.s > 0 and not alone:
            parts.append("premium")
        if wary.n > 1:
            parts.append("elasticity")
        return sentences([self.text(f"sentence.{part}", **numbers) for part in parts])

    def _table(self, state: Params, solution: TeamSolution):
        import pandas as pd

        rows = []
        for found, cost in ((solution.calm, state.lam), (solution.wary, state.lam * (1 + state.s))):
            rows.append([cost, found.n, B * found.n**state.theta, cost * found.n**BETA, found.y])
        columns = [self.text(f"table.{name}") for name in ("cost", "n", "gain", "coordination", "y")]
        index = [self.text("table.calm"), self.text("table.wary", premium=state.s)]
        return pd.DataFrame(rows, index, columns).rename_axis(self.text("table.team"))
