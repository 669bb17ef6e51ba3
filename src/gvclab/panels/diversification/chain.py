"""Chain lab: stages in series, suppliers in parallel, and what one shared place does to both."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.models.sourcing import chain_reliability

from ...charts import Picture, Plot, axis, line, note, points, theme
from ..kit import Lab, Table
from .params import Params

STAGES = np.arange(1, 41)
SUPPLIERS = np.array([1, 2, 3, 4])
CURVES = ("one", "two", "three", "four")


class ChainSolution(NamedTuple):
    """Chance that a chain works, when the suppliers of a stage share one place, and when each has its own."""

    together: np.ndarray  # (suppliers, stages)
    apart: np.ndarray  # (suppliers, stages)


class ChainLab(Lab):
    """How likely is it that a chain of n stages with m suppliers each works?"""

    key = "diversification.chain"
    State = Params
    shows = ("n", "m", "p", "q", "same_place")
    presets: ClassVar = {"one_city": {"m": 2, "q": 0.02}}
    picture = Picture(
        Plot("main", axis("x", range=[0, 41]), axis("y", range=[0, 1.03])),
        marks={
            **{name: line(name) for name in CURVES},
            "elsewhere": line("reference", name=""),
            "chosen": points("one", cliponaxis=False, showlegend=False),
            # Short chains hardly ever fail: this corner is free.
            "number": note(
                x=0.02, y=0.03, xref="paper", yref="paper", xanchor="left", font={"size": 26}, showarrow=False
            ),
        },
    )

    def solve(self, state: Params) -> ChainSolution:
        return ChainSolution(
            *(chain_reliability(STAGES, SUPPLIERS[:, None], state.p, state.q, place) for place in (True, False))
        )

    def draw(self, state: Params, solution: ChainSolution):
        now, other = solution if state.same_place else solution[::-1]
        mine, style = state.m - 1, theme.style(CURVES[state.m - 1])
        R = now[mine, state.n - 1]
        return {
            **{
                name: {
                    "x": STAGES,
                    "y": row,
                    "line": {"width": 4 if k == mine else 2},
                    "opacity": 1 if k == mine else 0.6,
                }
                for k, (name, row) in enumerate(zip(CURVES, now, strict=True))
            },
            "elsewhere": {
                "x": STAGES,
                "y": other[mine],
                "name": self.message("marks.apart" if state.same_place else "marks.together", m=state.m),
                "visible": state.q > 0 and state.m > 1,
            },
            "chosen": {
                "x": [state.n],
                "y": [R],
                "marker": {"color": style.color, "symbol": style.symbol, "size": 14},
            },
            "number": {"text": self.message("marks.number", R=R)},
        }

    def say(self, state: Params, solution: ChainSolution):
        together, apart = solution.together[:, state.n - 1], solution.apart[:, state.n - 1]
        R = (together if state.same_place else apart)[state.m - 1]
        suppliers = self.message("suppliers.one" if state.m == 1 else "suppliers.many", m=state.m)
        stages = self.message("stages.one" if state.n == 1 else "stages.many", n=state.n)
        yield "now", {"stages": stages, "suppliers": suppliers, "R": R, "stops": 1000 * (1 - R)}
        if state.m > 1:
            yield "single", {"one": together[0]}
            if state.q > 0:
                place = "apart" if state.same_place else "together"
                yield place, {"together": together[state.m - 1], "apart": apart[state.m - 1]}
        elif state.q > 0:
            yield "second_place", {"together": together[1], "apart": apart[1]}
        else:
            yield "second", {"two": together[1]}

    def tables(self, state: Params, solution: ChainSolution):
        columns = {
            "stage_together": solution.together[:, 0],
            "together": solution.together[:, state.n - 1],
            "stage_apart": solution.apart[:, 0],
            "apart": solution.apart[:, state.n - 1],
        }
        yield Table("m", SUPPLIERS, columns, values={"n": state.n})
