"""Exposure lab: whose lockdown does each place feel?"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from gvclab.data import name

from ...charts import View, axis, bars, frame, points, theme
from ..base import Panel
from .lockdown import LockdownSolution, solve
from .params import LOCKDOWNS, POLES, PRESETS, WORLD, Params


class ExposureLab(Panel):
    """How much of a loss is a place's own lockdown, and how much comes with what it buys, from which pole?"""

    key = "pandemic.exposure"
    badge = "calibrated"
    State = Params
    controls = (*LOCKDOWNS, *WORLD)
    presets: ClassVar = PRESETS

    def frame(self):
        closed = points("lockdown", size=20)
        closed["marker"]["line"] = {"width": 3, "color": theme.style("lockdown").color}
        return frame(
            (
                axis(self.text("axes.x"), rangemode="tozero"),
                axis("", autorange="reversed", showline=False, ticks="", ticklabelstandoff=6),
            ),
            traces=[
                bars("own", name=self.text("traces.own"), orientation="h"),
                *(bars(pole, name=self.text("traces.imported", pole=name(pole)), orientation="h") for pole in POLES),
                {"name": self.text("traces.closed"), **closed},
            ],
            height=480,
            barmode="stack",
            legend={"traceorder": "normal"},
        )

    def solve(self, state: Params) -> LockdownSolution:
        return solve(state)

    def view(self, state: Params, solution: LockdownSolution) -> View:
        own, imported = self._parts(solution)
        names = solution.places.names
        rows = [own, *imported, solution.lockdown]
        traces = tuple({"y": names, "x": row} for row in rows)
        return View(traces, {}, self._sentence(solution, imported.sum(axis=0)), self._table(solution, own, imported))

    @staticmethod
    def _parts(solution: LockdownSolution) -> tuple[np.ndarray, np.ndarray]:
        """(G,) the own part of each loss, and (poles, G) what is felt of the other places of each pole."""
        felt = solution.felt
        own = np.diag(felt)
        others = felt - np.diag(own)
        at = np.array(solution.places.poles)
        return own, np.array([others[:, at == pole].sum(axis=1) for pole in POLES])

    def _sentence(self, solution: LockdownSolution, imported: np.ndarray) -> str:
        loss = solution.loss
        if not loss.any():
            return self.text("sentence.nothing")
        if not imported.any():
            return self.text("sentence.alone", mean=solution.mean(loss))
        share = np.divide(imported, loss, out=np.zeros_like(loss), where=loss > 0)
        most, least = share.argmax(), share.argmin()
        names = solution.places.names
        return self.text(
            "sentence.now",
            mean=solution.mean(loss),
            share=solution.mean(imported) / solution.mean(loss),
            most=names[most],
            most_share=share[most],
            most_loss=loss[most],
            least=names[least],
            least_share=share[least],
            least_loss=loss[least],
        )

    def _table(self, solution: LockdownSolution, own: np.ndarray, imported: np.ndarray):
        import pandas as pd

        columns = {
            self.text("traces.own"): own,
            **{self.text("table.imported", pole=name(pole)): row for pole, row in zip(POLES, imported, strict=True)},
            self.text("table.loss"): solution.loss,
            self.text("traces.closed"): solution.lockdown,
        }
        return pd.DataFrame(columns, index=solution.places.names).rename_axis(self.text("table.place"))
