"""Small panels for the tests of what all panels share, with words of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gvclab.charts import Picture, Plot, axis, line, points
from gvclab.panels.controls import checkbox, choice, slider, strip
from gvclab.panels.panel import Panel, Table

WORDS = """
axes: {x: "way", y: "height"}
controls:
  power: {label: power a, help: How steep.}
  size: {label: points n, help: How many.}
  shown: {label: point shown, help: Whether.}
  far: {label: far, help: Whether it looks far.}
  mode: {label: mode, help: How., options: {near: near, wide: wide}}
  years: {label: years, help: When.}
  other: {label: other b, help: What else.}
marks: {curve: the curve, point: the point}
table: {rows: row}
power:
  title: Power
  groups: {grid: Grid}
  presets: {steep: Steep}
  axes: {y: "height of the power"}
  marks: {point: "the point at {at:.1f}"}
  sentence: {now: "The power is {power:.1f}.", far: "It is {word}.", word: far}
reader:
  title: Reader
  sentence: {now: "It reads {value:.1f}."}
slow:
  title: Slow
  sentence: {now: "{how} at {other:.2f}"}
"""


@dataclass(frozen=True)
class State:
    power: float = slider(1.0, 0.2, 5.0, 0.1, unit="weeks")
    size: int = slider(5, 2, 200, log=True, group="grid")
    shown: bool = checkbox(True, group="grid")
    far: bool = checkbox(False)
    mode: str = choice("near", "near", "wide")
    years: tuple[int, ...] = strip((3,), 0, 9)
    other: float = slider(0.5, 0.0, 1.0, 0.05)
    fixed: float = 2.0

    @property
    def height(self) -> float:
        return self.power * self.fixed


class Power(Panel):
    key = "toys.power"
    State = State
    shows = ("power", "shown")
    folds = ("grid",)
    presets: ClassVar = {"steep": {"power": 4.0}}
    picture = Picture(Plot("main", axis("x"), axis("y")), marks={"curve": line(0), "point": points(1)})
    solved = 0

    def solve(self, state):
        self.solved += 1
        if state.power == 4.9:
            raise ValueError("the model has no answer for power = 4.9")
        return state.power

    def draw(self, state, solution):
        at = {"x": [state.size], "y": [solution], "name": self.message("marks.point", at=solution)}
        return {"curve": {"x": [0, 1], "y": [0, solution]}, "point": at if state.shown else None}

    def say(self, state, solution):
        yield "now", {"power": solution}
        if solution > 3:
            yield "far", {"word": self.message("sentence.word")}

    def tables(self, state, solution):
        yield Table("rows", [self.message("title")], {"curve": [solution]})


class Every(Power):
    """A control of each kind."""

    shows = ("power", "size", "shown", "mode", "years")
    folds = ()
    presets: ClassVar = {}


class Reader(Panel):
    """Reads `power` only while it looks far, and `years` only in one place each: what it says, or its table."""

    key = "toys.reader"
    State = State
    shows = ("far", "mode", "years")
    picture = Picture(Plot("main", axis("x"), axis("y")), marks={"point": points(1)})
    solved = 0

    def solve(self, state):
        self.solved += 1
        return state.height if state.far else 0.0

    def draw(self, state, solution):
        return {"point": {"x": [0], "y": [solution]}}

    def say(self, state, solution):
        yield "now", {"value": solution + (state.size if state.mode == "wide" else 0)}

    def tables(self, state, solution):
        yield Table("rows", state.years, {"point": [solution + state.shown for _ in state.years]})


class Slow(Panel):
    """Reads `power` without a control for it, and has a slow part."""

    key = "toys.slow"
    State = State
    shows = ("other",)
    badge = "calibrated"
    picture = Picture(Plot("main", axis("x"), axis("y")), marks={"point": points(1)})
    refined = 0

    def solve(self, state):
        return "quick"

    def refine(self, state, solution):
        self.refined += 1
        return f"{solution} and slow"

    def draw(self, state, solution):
        return {"point": {"x": [state.other], "y": [state.power]}}

    def say(self, state, solution):
        yield "now", {"how": solution, "other": state.other}

    def tables(self, state, solution):
        yield Table("rows", [1], {"point": [state.power]})
