"""Chain lab: stages in series, suppliers in parallel, and what one shared place does to both."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.models.sourcing import chain_reliability

from ...charts import View, axis, frame, line, points, theme
from ..base import Panel
from ..controls import Checkbox, Slider
from .params import Params

STAGES = np.arange(1, 41)
SUPPLIERS = np.array([1, 2, 3, 4])


class Solution(NamedTuple):
    """Chance that a chain works, when the suppliers of a stage share one place, and when each has its own."""

    together: np.ndarray  # (suppliers, stages)
    apart: np.ndarray  # (suppliers, stages)


class ChainLab(Panel):
    """How likely is it that a chain of n stages with m suppliers each works?"""

    key = "diversification.chain"
    State = Params
    controls = (
        Slider("n", min=1, max=40, step=1),
        Slider("m", min=1, max=4, step=1),
        Slider("p", min=0.0, max=0.1, step=0.002),
        Slider("q", min=0.0, max=0.2, step=0.005),
        Checkbox("same_place"),
    )
    presets: ClassVar = {
        "one_city": {"n": 20, "m": 2, "p": 0.01, "q": 0.02, "same_place": True},
    }

    def frame(self):
        named = [self.text("traces.one"), *(self.text("traces.many", m=m) for m in SUPPLIERS[1:])]
        return frame(
            (axis(self.text("axes.x"), range=[0, 41]), axis(self.text("axes.y"), range=[0, 1.03])),
            traces=[
                *({"name": name, **line(k)} for k, name in enumerate(named)),
                line(theme.REFERENCE, name=self.text("traces.one")),
                points(0, name=self.text("traces.chosen"), cliponaxis=False, showlegend=False),
            ],
            height=400,
        )

    def solve(self, state: Params) -> Solution:
        return Solution(
            *(chain_reliability(STAGES, SUPPLIERS[:, None], state.p, state.q, place) for place in (True, False))
        )

    def view(self, state: Params, solution: Solution) -> View:
        now, other = solution if state.same_place else solution[::-1]
        mine, stage = state.m - 1, state.n - 1
        R = now[mine, stage]
        differs = state.q > 0 and state.m > 1
        curves = [
            {
                "x": STAGES,
                "y": row,
                "line": {"width": 4 if k == mine else 2},
                "opacity": 1 if k == mine else 0.6,
            }
            for k, row in enumerate(now)
        ]
        elsewhere = {
            "x": STAGES,
            "y": other[mine],
            "name": self.text("traces.apart" if state.same_place else "traces.together", m=state.m),
            "visible": differs,
        }
        style = theme.SERIES[mine]
        marker = {"color": style.color, "symbol": style.symbol, "size": 14}
        chosen = {"x": [state.n], "y": [R], "marker": marker}
        # Short chains hardly ever fail: this corner is free.
        corner = {"x": 0.02, "y": 0.03, "xref": "paper", "yref": "paper", "xanchor": "left"}
        number = {"text": self.text("traces.number", R=R), "font": {"size": 26}, "showarrow": False}
        layout = {"annotations": [corner | number]}
        sentence, table = self._sentence(state, solution), self._table(state, solution)
        return View((*curves, elsewhere, chosen), layout, sentence, table)

    def _sentence(self, state: Params, solution: Solution) -> str:
        together, apart = solution.together[:, state.n - 1], solution.apart[:, state.n - 1]
        R = (together if state.same_place else apart)[state.m - 1]
        suppliers = self.text("suppliers.one" if state.m == 1 else "suppliers.many", m=state.m)
        stages = self.text("stages.one" if state.n == 1 else "stages.many", n=state.n)
        said = [self.text("sentence.now", stages=stages, suppliers=suppliers, R=R, stops=1000 * (1 - R))]
        if state.m > 1:
            said.append(self.text("sentence.single", one=together[0]))
            if state.q > 0:
                place = "apart" if state.same_place else "together"
                said.append(self.text(f"sentence.{place}", together=together[state.m - 1], apart=apart[state.m - 1]))
        elif state.q > 0:
            said.append(self.text("sentence.second_place", together=together[1], apart=apart[1]))
        else:
            said.append(self.text("sentence.second", two=together[1]))
        return " ".join(said)

    def _table(self, state: Params, solution: Solution):
        import pandas as pd

        stage = state.n - 1
        columns = [
            solution.together[:, 0],
            solution.together[:, stage],
            solution.apart[:, 0],
            solution.apart[:, stage],
        ]
        names = [
            self.text(f"table.{name}", n=state.n) for name in ("stage_together", "together", "stage_apart", "apart")
        ]
        table = pd.DataFrame(dict(zip(names, columns, strict=True)), index=SUPPLIERS)
        return table.rename_axis(self.text("table.m"))
