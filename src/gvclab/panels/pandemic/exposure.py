"""Exposure lab: one place locks down; who feels it, and whose goods bring it there?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gvclab.models.iotable import Routes, pandemic_routes

from ...charts import Picture, Plot, axis, bars, row, theme
from ..controls import choice, slider
from ..panel import Panel, Table
from .places import REGIONS, Places, real

REACH = 4.0  # log points: what the lower plot shows at least, so that small losses look small
ROUTES = {"direct": "lockdown", "home": "home", "third": "reference"}
BAR = {"orientation": "h", "hoverinfo": "skip"}
NAMES = {"showline": False, "ticks": "", "ticklabelstandoff": 6, "autorange": "reversed"}


class ExposureSolution(NamedTuple):
    """What a lockdown costs each place, by the goods that bring it (log points)."""

    places: Places
    at: int  # the place in lockdown
    routes: Routes

    @property
    def loss(self) -> np.ndarray:
        """(G,) what each place loses."""
        return sum(self.routes)

    @property
    def others(self) -> np.ndarray:
        """The places that do not lock down, those that lose most first."""
        order = np.argsort(-self.loss, kind="stable")
        return order[order != self.at]


@dataclass(frozen=True)
class Lockdown:
    """A lockdown in one place, and how closely the world is tied together."""

    place: str = choice("CHN", *REGIONS)
    depth: int = slider(30, 0, 50, unit="log_points")
    openness: float = slider(1.0, 0.0, 2.0, 0.1, unit="table")
    labour: float = slider(1.0, 0.5, 1.5, 0.1, unit="table")


class ExposureLab(Panel):
    """How much of a lockdown in one place is felt in all others, and by which way does it come?"""

    key = "pandemic.exposure"
    badge = "calibrated"
    State = Lockdown
    places = ("place",)
    shows = ("place", "depth", "openness", "labour")
    picture = Picture(
        row(Plot("own", axis("own", rangemode="tozero"), axis("", **NAMES)), height=10),
        row(Plot("abroad", axis("abroad"), axis("", **NAMES)), height=64, above=0.19),
        marks={
            "self": bars("lockdown", showlegend=False, **BAR),
            "spared": bars("open", **BAR) | {"marker": {"color": "rgba(127,127,127,0.25)"}},
            **{route: bars(look, plot="abroad", **BAR) for route, look in ROUTES.items()},
            "total": {"plot": "abroad", "mode": "text", "textposition": "middle right", **theme.SILENT},
        },
        height=380,
        barmode="stack",
        legend={"traceorder": "normal"},
    )

    def solve(self, state: Lockdown) -> ExposureSolution:
        world = real("regions")
        at = REGIONS.index(state.place)
        routes = pandemic_routes(world.opened(state.openness), state.labour * world.beta, at)
        return ExposureSolution(world, at, Routes(*(state.depth * part for part in routes)))

    def draw(self, state: Lockdown, solution: ExposureSolution):
        names, at, others, loss = solution.places.names, solution.at, solution.others, solution.loss
        rows = [names[k] for k in others]
        most = float(loss[others[0]])
        return {
            "own": {"x": {"range": [0, max(state.depth, 1) * 1.02]}},
            "abroad": {
                "x": {"range": [0, max(REACH, 1.12 * most)]},
                "y": {"categoryorder": "array", "categoryarray": rows},
            },
            "self": {"y": [names[at]], "x": [float(loss[at])]},
            "spared": {"y": [names[at]], "x": [float(state.depth - loss[at])]},
            **{
                route: {"y": rows, "x": part[others], "name": self.message(f"marks.{route}", place=names[at])}
                for route, part in solution.routes._asdict().items()
            },
            "total": {"y": rows, "x": loss[others], "text": [f"{each:.1f}" for each in loss[others]]},
        }

    def say(self, state: Lockdown, solution: ExposureSolution):
        loss, names, at = solution.loss, solution.places.names, solution.at
        most = solution.others[0]
        if state.depth == 0:
            yield "none", {}
        elif state.openness == 0:
            yield "alone", {"place": names[at], "depth": state.depth}
        else:
            yield "abroad", {"most": names[most], "loss": loss[most]}
            yield "self", {"place": names[at], "own": loss[at]}

    def tables(self, state: Lockdown, solution: ExposureSolution):
        order = [solution.at, *solution.others]
        columns = {route: part[order] for route, part in solution.routes._asdict().items()}
        columns["loss"] = solution.loss[order]
        names = [solution.places.names[k] for k in order]
        yield Table("place", names, columns, values={"place": names[0]})
