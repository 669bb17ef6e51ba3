"""Two small panels for the tests of what all panels share. The tests put this file into a notebook's first cell."""

import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from gvclab import content
from gvclab.charts import Picture, Plot, axis, bars, line, points, row
from gvclab.panels.controls import checkbox, choice, slider, strip
from gvclab.panels.panel import Panel, Table

WORDS = """
controls:
  power: {label: power a, help: How steep the curve is.}
  size: {label: points n, help: ""}
  upside_down: {label: upside down, help: One minus the curve.}
  unit: {label: unit of y, help: "", options: {share: share, percent: percent}}
  tenths: {label: marks, help: ""}
  other: {label: other b, help: ""}
axes:
  x: x (share of the way)
  y: y (share)
  tenth: mark (tenths)
  height: height (share)
  long: how much of the way is left (share of the whole of the way)
marks: {curve: curve, straight: straight, marks: marks, heights: heights}
table: {x: x, y: y}
power:
  title: Power lab
  groups: {grid: Grid}
  presets: {steep: Steep}
  sentence: {now: "With the power {power:.1f} the middle is at {middle:.3f}."}
slow:
  title: Slow lab
  sentence: {now: "{points} points at b = {other:.2f}."}
"""
_messages, _folder = content.resource("content") / "messages", Path(tempfile.mkdtemp())
shutil.copytree(_messages, _folder / "messages")
(_folder / "messages/panels/toys.yml").write_text(WORDS, encoding="utf-8")
content.resource = lambda name: _folder


@dataclass(frozen=True)
class State:
    power: float = slider(1.0, 0.2, 5.0, 0.1, unit="weeks")
    size: int = slider(50, 2, 200, log=True, group="grid")
    upside_down: bool = checkbox(False)
    unit: str = choice("share", "share", "percent")
    tenths: tuple = strip((3,), 0, 10)
    other: float = slider(0.5, 0.0, 1.0, 0.05)


class Power(Panel):
    key = "toys.power"
    State = State
    shows = ("power", "grid", "upside_down", "unit")
    folds = ("tenths",)
    presets: ClassVar = {"steep": {"power": 4.0}}
    picture = Picture(
        row(Plot("main", axis("x"), axis("y")), Plot("side", axis("tenth"), axis("height")), widths=(3, 2)),
        marks={"curve": line(0), "straight": line(1), "marks": points(2), "heights": bars(3, plot="side")},
    )

    def curve(self, state, x):
        y = x**state.power
        return (1 - y if state.upside_down else y) * (100 if state.unit == "percent" else 1)

    def solve(self, state):
        x = np.linspace(0, 1, state.size)
        return x, self.curve(state, x)

    def draw(self, state, solution):
        x, y = solution
        tenths = np.array(state.tenths)
        heights = self.curve(state, tenths / 10)
        return {
            "curve": {"x": x, "y": y},
            "straight": {"x": [0, 1], "y": [0, 1]},
            "marks": {"x": tenths / 10, "y": heights},
            "heights": {"x": tenths, "y": heights},
        }

    def say(self, state, solution):
        yield "now", {"power": state.power, "middle": self.curve(state, 0.5)}

    def tables(self, state, solution):
        x, y = solution
        yield Table("", range(len(x)), {"x": x, "y": y})


class Slow(Panel):
    """Shows a coarse answer at once and a fine one later."""

    key = "toys.slow"
    State = State
    shows = ("power", "other")
    badge = "calibrated"
    picture = Picture(Plot("main", axis("x"), axis("y")), marks={"curve": line(0)})

    def curve(self, state, x):
        return x, state.other * x**state.power

    def solve(self, state):
        return self.curve(state, np.linspace(0, 1, 5))

    def refine(self, state, solution):
        time.sleep(0.5)
        return self.curve(state, np.linspace(0, 1, 101))

    def draw(self, state, solution):
        x, y = solution
        return {"curve": {"x": x, "y": y}}

    def say(self, state, solution):
        yield "now", {"points": len(solution[0]), "other": state.other}

    def tables(self, state, solution):
        x, y = solution
        yield Table("", range(len(x)), {"x": x, "y": y})
