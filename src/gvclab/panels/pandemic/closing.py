"""Closing lab: whom would a closed border have helped in a pandemic, and what does it cost in every year?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.models.iotable import pandemic

from ...charts import Picture, Plot, axis, bars, line, points, row, theme
from ..controls import choice, slider
from ..panel import Panel, Table
from .places import SAME, Places, closing_cost, real

FIELDS = {"NAM": "north_america", "EUR": "europe", "ASI": "asia", "RST": "rest"}  # pole -> field of the state
MOST = 35  # log points
NAMES = {"showline": False, "ticks": "", "ticklabelstandoff": 6}


class ClosingSolution(NamedTuple):
    """What lockdowns cost each place (G,): log points of consumption, with trade and behind a closed border."""

    places: Places
    open: np.ndarray
    closed: np.ndarray
    cost: np.ndarray  # per cent of income that closing costs in every year

    @property
    def gain(self) -> np.ndarray:
        """(G,) what a closed border would spare each place in the pandemic, below 0 where it hurts."""
        return self.open - self.closed

    def mean(self, values: np.ndarray) -> float:
        """Weighted with income."""
        return float(self.places.weight @ values)


@dataclass(frozen=True)
class Lockdowns:
    """How deep the lockdown is in each pole, log points of labour, and whether places or poles are shown."""

    north_america: int = slider(2, 0, MOST, unit="log_points")
    europe: int = slider(2, 0, MOST, unit="log_points")
    asia: int = slider(30, 0, MOST, unit="log_points")
    rest: int = slider(2, 0, MOST, unit="log_points")
    detail: str = choice("regions", "regions", "poles")


class ClosingLab(Panel):
    """Loss with trade beside loss behind a closed border, and beside both the price of closing in every year."""

    key = "pandemic.closing"
    badge = "calibrated"
    State = Lockdowns
    shows = tuple(FIELDS.values())
    folds = ("detail",)
    presets: ClassVar = {
        "asia_first": {},
        "asia_spared": {"north_america": 20, "europe": 20, "asia": 2, "rest": 20},
        "same": dict.fromkeys(FIELDS.values(), 15),
    }
    picture = Picture(
        row(
            Plot("pandemic", axis("loss"), axis("", **NAMES)),
            Plot("price", axis("cost", rangemode="tozero"), axis("", showticklabels=False, **NAMES)),
            widths=(62, 26),
            gap=0.05,
        ),
        marks={
            "helps": line("gains") | {"line": {"color": theme.style("gains").color, "width": 5}},
            "hurts": line("loses") | {"line": {"color": theme.style("loses").color, "width": 5, "dash": "2px,2px"}},
            "open": points("open", size=8, hovertemplate="%{y}: %{x:.1f}"),
            "closed": points("lockdown", size=12, hovertemplate="%{y}: %{x:.1f}")
            | {
                "marker": {
                    "symbol": "circle-open",
                    "size": 12,
                    "color": theme.style("lockdown").color,
                    "line": {"width": 2.5},
                }
            },
            "cost": bars(
                "border",
                plot="price",
                orientation="h",
                textposition="outside",
                cliponaxis=False,
                **theme.SILENT,
            ),
        },
        height=380,
        legend={"traceorder": "normal"},
    )

    def solve(self, state: Lockdowns) -> ClosingSolution:
        world = real(state.detail)
        depth = {pole: getattr(state, field) for pole, field in FIELDS.items()}
        fall = pandemic(world.Pi, world.beta, [-depth[pole] for pole in world.poles])
        return ClosingSolution(world, -fall.loss, -fall.closed, closing_cost(state.detail))

    def draw(self, state: Lockdowns, solution: ClosingSolution):
        names, (_, trade, closed, cost) = solution.places.names, solution
        most = float(max(trade.max(), closed.max(), 1.0))
        # Dots and bars would leave different margins, and a bar would not stand beside its dot.
        rows = {"categoryarray": names, "range": [len(names) - 0.5, -0.5]}
        return {
            "pandemic": {"x": {"range": [-0.03 * most, 1.05 * most]}, "y": rows},
            "price": {"x": {"range": [0, 1.35 * float(cost.max())]}, "y": rows},
            "helps": _strokes(names, trade, closed, solution.gain >= SAME),
            "hurts": _strokes(names, trade, closed, solution.gain <= -SAME),
            "open": {"y": names, "x": trade},
            "closed": {"y": names, "x": closed},
            "cost": {"y": names, "x": cost, "text": [f"{each:.1f}" for each in cost]},
        }

    def say(self, state: Lockdowns, solution: ClosingSolution):
        _, trade, closed, _ = solution
        gain = solution.gain
        if np.abs(gain).max() < SAME:
            yield "same", {"mean": solution.mean(closed)}
            return
        helps, hurts = int((gain >= SAME).sum()), int((gain <= -SAME).sum())
        yield "now", {"helps": helps, "hurts": hurts, "all": len(gain)}
        yield "mean", {"open": solution.mean(trade), "closed": solution.mean(closed)}

    def tables(self, state: Lockdowns, solution: ClosingSolution):
        columns = {"open": solution.open, "closed": solution.closed, "gain": solution.gain, "cost": solution.cost}
        yield Table("place", solution.places.names, columns)


def _strokes(names: list[str], trade: np.ndarray, closed: np.ndarray, shown: np.ndarray) -> dict[str, list]:
    """A stroke from the loss with trade to that behind the border, for each place that is shown."""
    x, y = [], []
    for k in np.flatnonzero(shown):
        x += [float(trade[k]), float(closed[k]), None]
        y += [names[k], names[k], None]
    return {"x": x, "y": y}
