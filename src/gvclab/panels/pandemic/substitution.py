"""Substitution lab: what a closed border costs in every other year, and the part of trade elasticity."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.models import gravity

from ...charts import View, axis, bars, frame, theme
from ..base import Panel
from ..controls import Slider
from . import places
from .lockdown import POINTS
from .params import LOCKDOWNS, Params


class SubstitutionSolution(NamedTuple):
    """Real consumption as a ratio to that of the open world without a pandemic, by region."""

    open: np.ndarray  # in the pandemic, with trade
    closed: np.ndarray  # behind a closed border, without a pandemic
    both: np.ndarray  # behind a closed border, in the pandemic

    @property
    def gain(self) -> np.ndarray:
        """What the closed border spares a region of the pandemic, log points."""
        return POINTS * (np.log(self.both / self.closed) - np.log(self.open))


@lru_cache(maxsize=200)
def _closed(theta: float) -> gravity.Equilibrium:
    """The stylised world without any trade."""
    own = np.eye(len(places.stylised().names), dtype=bool)[:, :, None]
    return gravity.solve(_world(theta), khat=np.where(own, 1, np.inf))


@lru_cache(maxsize=200)
def _world(theta: float) -> gravity.World:
    world = places.balanced()
    return replace(world, theta=np.full(len(world.theta), theta))


class SubstitutionLab(Panel):
    """What does a border closed for good cost and save, when foreign goods can be replaced more or less easily?"""

    key = "pandemic.substitution"
    State = Params
    controls = (*LOCKDOWNS, Slider("theta", min=0.1, max=8.0, step=0.1))
    presets: ClassVar = {"short_run": {"theta": 0.2}, "long_run": {"theta": 5.0}}

    def frame(self):
        rows = {"autorange": "reversed", "showline": False, "ticks": "", "ticklabelstandoff": 6}
        left = {"orientation": "h"}
        right = {"xaxis": "x2", "yaxis": "y2", "showlegend": False, "orientation": "h"}
        return frame(
            (axis(self.text("axes.loss"), rangemode="tozero"), axis("", **rows)),
            (
                axis(self.text("axes.gain"), zeroline=True, zerolinecolor=theme.GREY),
                axis("", showticklabels=False, **rows),
            ),
            traces=[
                bars("open", name=self.text("traces.open"), offsetgroup="open", **left),
                bars("loses", name=self.text("traces.closing"), offsetgroup="closed", **left),
                bars("lockdown", name=self.text("traces.lockdown"), offsetgroup="closed", **left),
                bars("gains", name=self.text("traces.helps"), offsetgroup="gain", **right),
                bars("loses", name=self.text("traces.hurts"), offsetgroup="gain", **right),
            ],
            widths=(2, 1),
            height=500,
            barmode="group",
        )

    def solve(self, state: Params) -> SubstitutionSolution:
        labour = np.exp(-places.stylised().spread(state.lockdowns))
        closed = _closed(state.theta).welfare
        opened = gravity.solve(_world(state.theta), Lhat=labour).welfare
        # Behind a closed border a region consumes what its own labour makes, in proportion to it.
        return SubstitutionSolution(opened, closed, closed * labour)

    def view(self, state: Params, solution: SubstitutionSolution) -> View:
        names, gain = places.stylised().names, solution.gain
        loss, closing, both = (100 * (1 - ratio) for ratio in solution)
        traces = (
            {"y": names, "x": loss},
            {"y": names, "x": closing},
            {"y": names, "x": both - closing, "base": closing},
            {"y": names, "x": gain.clip(min=0)},
            {"y": names, "x": gain.clip(max=0)},
        )
        reach = max(1.0, 1.05 * np.abs(gain).max())
        layout = {"xaxis2": {"range": [-reach, reach]}}
        return View(traces, layout, self._sentence(state, solution), self._table(solution))

    def _sentence(self, state: Params, solution: SubstitutionSolution) -> str:
        names, gain = places.stylised().names, solution.gain
        weight = places.stylised().weight
        most = gain.argmax()
        spared = "spared" if gain[most] >= 0.005 else "nobody"
        said = self.text(
            f"sentence.{spared}",
            theta=state.theta,
            most=names[most],
            gain=gain[most],
            cost=100 * (1 - solution.closed[most]),
        )
        means = (100 * (1 - float(weight @ each)) for each in (solution.open, solution.both))
        return f"{said} " + self.text("sentence.means", **dict(zip(("open", "both"), means, strict=True)))

    def _table(self, solution: SubstitutionSolution):
        import pandas as pd

        columns = [100 * (1 - ratio) for ratio in solution] + [solution.gain]
        heads = [self.text(f"table.{name}") for name in ("open", "closed", "both", "gain")]
        table = pd.DataFrame(dict(zip(heads, columns, strict=True)), index=places.stylised().names)
        return table.rename_axis(self.text("table.place"))
