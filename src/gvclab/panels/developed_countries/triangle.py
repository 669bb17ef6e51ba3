"""Triangle: a phone made in three countries, and who has a deficit with whom."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.data import name
from gvclab.models import iotable, world

from ...charts import View, axis, bars, frame, theme
from ..base import Panel
from ..controls import Slider
from .params import Params

KINDS = ("gross", "value_added")
ROWS = (("USA", "CHN"), ("USA", "JPN"), ("USA", None), ("CHN", "JPN"), ("CHN", None))  # None: with all others


class TriangleSolution(NamedTuple):
    """The price of the phone, and all bilateral balances."""

    phone: float
    countries: tuple[str, ...]
    balances: iotable.Balances

    def balance(self, kind: str, a: str, b: str | None) -> float:
        """The surplus of a with b, or with all others."""
        matrix, at = getattr(self.balances, kind), self.countries.index
        return float(matrix[at(a)].sum() if b is None else matrix[at(a), at(b)])


class TriangleLab(Panel):
    """With whom does the United States have a deficit, when its phones come from China and their parts from Japan?"""

    key = "developed_countries.triangle"
    State = Params
    controls = tuple(Slider(name, min=0, max=100, step=5) for name in ("parts", "design", "assembly"))
    presets: ClassVar = {
        "start": {"parts": 60, "design": 20, "assembly": 20},
        "assembly_only": {"parts": 90, "design": 5, "assembly": 5},
        "own_parts": {"parts": 0, "design": 20, "assembly": 80},
    }

    def frame(self):
        number = {"textposition": "outside", "textangle": 0, "hoverinfo": "skip"}
        number |= {"orientation": "h", "cliponaxis": False, "constraintext": "none"}
        rows = {"autorange": "reversed", "showline": False, "ticks": "", "ticklabelstandoff": 6}
        return frame(
            (axis(self.text("axes.balance"), zeroline=True, zerolinecolor=theme.GREY), axis("", **rows)),
            traces=[bars(kind, name=self.text(f"traces.{kind}"), **number) for kind in KINDS],
            height=400,
            barmode="group",
            legend={"traceorder": "normal"},
        )

    def solve(self, state: Params) -> TriangleSolution:
        table = world.triangle(state.parts, state.design, state.assembly)
        return TriangleSolution(float(table.F.sum()), table.countries, iotable.balances(table))

    def view(self, state: Params, solution: TriangleSolution) -> View:
        names, shown = self._rows(), self._shown(solution)
        reach = 1.18 * max(1.0, np.abs(shown).max())
        traces = tuple({"y": names, "x": row, "text": [f"{x:+.0f}" if x else "0" for x in row]} for row in shown)
        return View(traces, {"xaxis": {"range": [-reach, reach]}}, self._sentence(state, solution), self._table(shown))

    @staticmethod
    def _shown(solution: TriangleSolution) -> np.ndarray:
        return np.array([[solution.balance(kind, *row) for row in ROWS] for kind in KINDS])

    def _rows(self) -> list[str]:
        return [
            self.text("axes.all", a=name(a)) if b is None else self.text("axes.pair", a=name(a), b=name(b))
            for a, b in ROWS
        ]

    def _sentence(self, state: Params, solution: TriangleSolution) -> str:
        numbers = {
            "phone": solution.phone,
            "gross": -solution.balance("gross", "USA", "CHN"),
            "added": -solution.balance("value_added", "USA", "CHN") + 0.0,
            "japan": -solution.balance("value_added", "USA", "JPN") + 0.0,
            "total": -solution.balance("gross", "USA", None),
        }
        kind = "nothing" if not solution.phone else "now" if numbers["japan"] else "no_parts"
        return self.text(f"sentence.{kind}", **numbers)

    def _table(self, shown: np.ndarray):
        import pandas as pd

        heads = [self.text(f"traces.{kind}") for kind in KINDS]
        return pd.DataFrame(dict(zip(heads, shown, strict=True)), index=self._rows()).rename_axis(
            self.text("table.pair")
        )
