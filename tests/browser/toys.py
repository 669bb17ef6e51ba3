"""Two small panels for the tests of what all panels share. The tests put this file into a notebook's first cell."""

import time
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from gvclab.charts import View, bars, frame, line, points
from gvclab.panels import Checkbox, Choice, Panel, Slider, Strip


@dataclass(frozen=True)
class State:
    power: float = 1.0
    size: int = 50
    upside_down: bool = False
    unit: str = "share"
    marks: tuple = (3,)
    other: float = 0.5


class Power(Panel):
    title = "Power lab"
    State = State
    controls = (
        Slider("power", min=0.2, max=5.0, step=0.1, label="power a", unit="times", help="How steep the curve is."),
        Slider("size", min=2, max=200, step=1, log=True, label="points n", group="grid"),
        Checkbox("upside_down", label="upside down", help="One minus the curve."),
        Choice("unit", options=("share", "percent"), label="unit of y"),
        Strip("marks", min=0, max=9, label="marks", unit="tenths", advanced=True),
    )
    presets: ClassVar = {"steep": {"power": 4.0}}

    def text(self, path, **values):
        return {"groups.grid": "Grid", "presets.steep": "Steep"}[path]

    def frame(self):
        return frame(
            ("x (share of the way)", "y (share)"),
            ("mark (tenths)", "height (share)"),
            traces=[
                {"name": "curve", **line(0)},
                {"name": "straight", **line(1)},
                {"name": "marks", **points(2)},
                {"name": "heights", "xaxis": "x2", "yaxis": "y2", **bars(3)},
            ],
            widths=(3, 2),
        )

    def curve(self, state, x):
        y = x**state.power
        return (1 - y if state.upside_down else y) * (100 if state.unit == "percent" else 1)

    def solve(self, state):
        x = np.linspace(0, 1, state.size)
        return x, self.curve(state, x), np.array(state.marks) / 10

    def view(self, state, solution):
        x, y, marks = solution
        heights = self.curve(state, marks)
        table = pd.DataFrame({"x": x, "y": y})
        sentence = f"With the power {state.power:.1f} the middle is at {self.curve(state, 0.5):.3f}."
        return View(
            (
                {"x": x, "y": y},
                {"x": [0, 1], "y": [0, 1]},
                {"x": marks, "y": heights},
                {"x": marks * 10, "y": heights},
            ),
            {"shapes": [{"type": "line", "x0": 0.5, "x1": 0.5, "y0": 0, "y1": 1, "line": {"dash": "dot"}}]},
            sentence,
            table,
        )


class Slow(Panel):
    """Shows a coarse answer at once and a fine one later."""

    title = "Slow lab"
    State = State
    controls = (
        Slider("power", min=0.2, max=5.0, step=0.1, label="power a"),
        Slider("other", min=0.0, max=1.0, step=0.05, label="other b"),
    )
    badge = "calibrated"

    def frame(self):
        return frame(("x (share of the way)", "y (share)"), traces=[{"name": "power", **line(0)}])

    def solve(self, state):
        return np.linspace(0, 1, 5)

    def refine(self, state, x):
        time.sleep(0.5)
        return np.linspace(0, 1, 101)

    def view(self, state, x):
        return View(({"x": x, "y": state.other * x**state.power},), {}, f"{len(x)} points at b = {state.other:.2f}.")
