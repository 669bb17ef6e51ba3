"""Closing lab: would a closed border have softened the blow, and whose?"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from gvclab.data import name

from ...charts import View, axis, bars, frame, points, theme
from ...charts.labels import sides
from ..base import Panel
from .lockdown import SAME, LockdownSolution, solve
from .params import LOCKDOWNS, POLES, PRESETS, WORLD, Params

LETTER, ROW = 0.035, 0.05  # of the width and the height of the left plot


class ClosingLab(Panel):
    """Own lockdown against loss, open and closed; whom does closing help?"""

    key = "pandemic.closing"
    badge = "calibrated"
    State = Params
    controls = (*LOCKDOWNS, *WORLD)
    presets: ClassVar = PRESETS

    def frame(self):
        right = {"xaxis": "x2", "yaxis": "y2", "orientation": "h", "showlegend": False}
        return frame(
            (axis(self.text("axes.lockdown"), domain=[0, 0.4]), axis(self.text("axes.loss"))),
            (  # room between the two for the names of the places
                axis(self.text("axes.gain"), domain=[0.7, 1], zeroline=True, zerolinecolor=theme.GREY),
                axis("", autorange="reversed", showline=False, ticks="", ticklabelstandoff=6),
            ),
            traces=[
                {
                    "name": self.text("traces.closed"),
                    "mode": "lines",
                    "line": {"color": theme.GREY, "dash": "dot", "width": 2},
                    "hoverinfo": "skip",
                },
                *(
                    points(pole, name=self.text("traces.open", pole=name(pole)), mode="markers+text")
                    | {"hovertemplate": "%{customdata}: %{x:.1f} → %{y:.1f}<extra></extra>"}
                    for pole in POLES
                ),
                bars("gains", name=self.text("traces.helps"), **right),
                bars("loses", name=self.text("traces.hurts"), **right),
            ],
            height=480,
            barmode="relative",
            legend={"traceorder": "normal"},
        )

    def solve(self, state: Params) -> LockdownSolution:
        return solve(state)

    def view(self, state: Params, solution: LockdownSolution) -> View:
        names, gain = solution.places.names, solution.gain
        low, high = self._range(solution)
        traces = (
            {"x": [low, high], "y": [low, high]},
            *self._points(solution, low, high),
            {"y": names, "x": gain.clip(min=0)},
            {"y": names, "x": gain.clip(max=0)},
        )
        # The bars keep their scale until they need more: what is small looks small.
        reach = max(1.0, 1.05 * np.abs(gain).max())
        ends = {"range": [low, high]}
        layout = {"xaxis": ends, "yaxis": ends, "xaxis2": {"range": [-reach, reach]}}
        return View(traces, layout, self._sentence(solution), self._table(solution))

    @staticmethod
    def _range(solution: LockdownSolution) -> tuple[float, float]:
        """Room for all points, in whole log points."""
        both = np.concatenate([solution.loss, solution.lockdown])
        return float(np.floor(both.min() - 0.6)), float(np.ceil(both.max() + 1.1))

    @staticmethod
    def _points(solution: LockdownSolution, low: float, high: float) -> list[dict]:
        """The places, pole by pole. Points crowd: named are the two that closing helps and hurts most."""
        at = np.column_stack([solution.lockdown, solution.loss])
        names, gain = solution.places.names, solution.gain
        told = np.abs(gain).max() >= SAME
        ends = np.array([gain.argmax(), gain.argmin()] if told else [], int)
        crowd = (np.vstack([at, np.linspace([low, low], [high, high], 60)]) - low) / (high - low)
        stand = dict(zip(ends, sides(crowd[ends], [names[k] for k in ends], crowd, LETTER, ROW), strict=True))
        poles = np.array(solution.places.poles)
        return [
            {
                "x": at[mine, 0],
                "y": at[mine, 1],
                "text": [names[k] if k in stand else "" for k in mine],
                "textposition": [stand.get(k, "middle right") for k in mine],
                "customdata": [names[k] for k in mine],
            }
            for mine in (np.flatnonzero(poles == pole) for pole in POLES)
        ]

    def _sentence(self, solution: LockdownSolution) -> str:
        gain, names = solution.gain, solution.places.names
        if np.abs(gain).max() < SAME:
            return self.text("sentence.same", mean=solution.mean(solution.loss))
        most, least = gain.argmax(), gain.argmin()
        return self.text(
            "sentence.now",
            count=int((gain >= SAME).sum()),
            all=len(names),
            most=names[most],
            gain=gain[most],
            least=names[least],
            cost=-gain[least],
            open=solution.mean(solution.loss),
            closed=solution.mean(solution.lockdown),
        )

    def _table(self, solution: LockdownSolution):
        import pandas as pd

        columns = (solution.lockdown, solution.loss, solution.gain)
        heads = [self.text(f"table.{name}") for name in ("closed", "open", "gain")]
        table = pd.DataFrame(dict(zip(heads, columns, strict=True)), index=solution.places.names)
        return table.rename_axis(self.text("table.place"))
