"""Snake lab: stages in a fixed order, borders that cost, and where each stage is made."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.content import Listed, sentences
from gvclab.models.division import Snake, snake

from ...charts import View, axis, bars, frame, line, points, theme
from ..base import Panel
from . import params
from .params import MOST_FRICTION, Params

HOME = 0
PLACES = ("home", "a", "b")
STYLES = ("home", "far_a", "far_b")  # of PLACES
STAGES = ("design", "materials", "components", "modules", "assembly", "testing", "packing", "marketing")
# How much dearer (+) or cheaper (-) each stage is in A and in B than at Home, in units of the spread of costs.
# A is good at early stages, B at late ones; testing is cheaper at Home, between two stages that are cheaper in B.
GAPS = np.array(
    [
        (1.6, 1.6),
        (-0.4, -0.1),
        (-0.6, -0.3),
        (-0.2, -0.6),
        (-0.1, -0.7),
        (0.5, 0.3),
        (0.1, -0.6),
        (1.6, 1.6),
    ]
)
CROSSINGS = [-0.3, 6.3]  # the axis of borders crossed
SAME = 1e-9  # costs that differ by less are the same


class Piece(NamedTuple):
    """A range of frictions in which the same path is best."""

    start: float
    end: float
    path: tuple[int, ...]  # the place of each stage
    crossings: int


class SnakeSolution(NamedTuple):
    """The best path now, and at every friction."""

    now: Snake
    pieces: tuple[Piece, ...]  # from no friction to the most
    at: int  # the piece in which the friction lies


def stage_costs(state: Params, premium: float) -> np.ndarray:
    """(stages, places) cost of each stage in each place; 1 at Home."""
    abroad = 1 + state.mu + premium + state.delta * GAPS
    return np.column_stack([np.ones(len(GAPS)), abroad])


def pieces(c: np.ndarray, most: float = MOST_FRICTION) -> tuple[Piece, ...]:
    """The best path at every friction from 0 to `most`, exactly.

    The least cost is concave and piecewise linear in the friction, its slope the number of crossings. So where the
    lines through two points meet, the cost either lies on them and this is the only kink between, or a third line lies
    below, to be split off on both sides.
    """

    def kinks(left: tuple[float, Snake], right: tuple[float, Snake]) -> list[float]:
        (t0, first), (t1, last) = left, right
        slopes = first.crossings - last.crossings
        if slopes <= 0:
            return []
        t = (last.cost - last.crossings * t1 - first.cost + first.crossings * t0) / slopes
        found = snake(c, min(max(t, t0), t1), HOME)
        if found.cost > first.cost + first.crossings * (t - t0) - SAME:
            return [t]
        return [*kinks(left, (t, found)), *kinks((t, found), right)]

    inner = kinks((0.0, snake(c, 0.0, HOME)), (most, snake(c, most, HOME)))
    edges = [0.0, *(t for t in inner if SAME < t < most - SAME), most]
    middles = [(a, b, snake(c, (a + b) / 2, HOME)) for a, b in pairwise(edges)]
    return tuple(Piece(a, b, best.path, best.crossings) for a, b, best in middles)


class SnakeLab(Panel):
    """Where is each stage of a fixed sequence made, and how many borders does the good cross?"""

    key = "localisation.snake"
    State = Params
    controls = (params.FRICTION, params.PREMIUM, *params.GAPS)
    presets: ClassVar = {
        name: {"t": t, "s": s, "delta": 0.4, "mu": 0.0}
        for name, t, s in (
            ("block", 0.35, 0.0),
            ("two", 0.15, 0.0),
            ("fine", 0.02, 0.0),
            ("premium", 0.1, 0.1),
        )
    }

    def frame(self):
        stages, places = self._stages, [self.text(f"places.{place}") for place in PLACES]
        below, right = {"xaxis": "x2", "yaxis": "y2"}, {"xaxis": "x3", "yaxis": "y3"}
        friction = {"range": [0, MOST_FRICTION]}
        return frame(
            (
                # The way ends at the buyers.
                axis(
                    "",
                    domain=[0, 1],
                    type="category",
                    categoryarray=[*stages, self.text("axes.buyers")],
                    range=[-0.5, len(stages) + 0.5],
                ),
                axis(
                    "",
                    domain=[0.66, 1],
                    range=[-0.4, len(PLACES) - 0.6],
                    tickvals=list(range(len(PLACES))),
                    ticktext=places,
                ),
            ),
            (
                axis(self.text("axes.t"), domain=[0, 0.36], **friction),
                axis(self.text("axes.crossings"), domain=[0, 0.48], range=CROSSINGS, dtick=1),
            ),
            (
                axis(self.text("axes.t"), domain=[0.56, 1], **friction),
                axis("", domain=[0, 0.48], type="category", categoryarray=stages, autorange="reversed"),
            ),
            traces=[
                {
                    "name": self.text("traces.path"),
                    "mode": "lines",
                    "line": {"color": theme.GREY, "width": 6, "shape": "hvh"},
                    "hoverinfo": "skip",
                },
                *(points(k, size=17, name=name, showlegend=False) for k, name in zip(STYLES, places, strict=True)),
                {
                    "name": self.text("traces.crossings"),
                    "mode": "lines",
                    "line": {"color": theme.style("border").color, "width": 3, "shape": "hv"},
                    "showlegend": False,
                    **below,
                },
                points("chosen", size=14, name=self.text("traces.now"), showlegend=False, cliponaxis=False, **below),
                *(bars(k, name=name, orientation="h", **right) for k, name in zip(STYLES, places, strict=True)),
                line("chosen", name=self.text("traces.now"), showlegend=False, **right),
            ],
            height=620,
            barmode="overlay",
            bargap=0.12,
        )

    def solve(self, state: Params) -> SnakeSolution:
        c = stage_costs(state, state.s)
        found = pieces(c)
        at = sum(piece.end <= state.t for piece in found[:-1])
        return SnakeSolution(snake(c, state.t, HOME), found, at)

    def view(self, state: Params, solution: SnakeSolution) -> View:
        now, found = solution.now, solution.pieces
        stages = self._stages
        way = [*now.path, HOME]
        edges = np.array([found[0].start, *(piece.end for piece in found)])
        here = [[k for k, place in enumerate(now.path) if place == j] for j in range(len(PLACES))]
        # One bar for each stage and piece, in the row of the stage, from the start of the piece to its end.
        cells = [
            [(piece, stages[k]) for piece in found for k, place in enumerate(piece.path) if place == j]
            for j in range(len(PLACES))
        ]
        traces = (
            {"x": [*stages, self.text("axes.buyers")], "y": way},
            *({"x": [stages[k] for k in mine], "y": [j] * len(mine)} for j, mine in enumerate(here)),
            {"x": edges, "y": np.array([*(piece.crossings for piece in found), found[-1].crossings])},
            {"x": [state.t], "y": [now.crossings]},
            *(
                {
                    "y": [stage for _, stage in mine],
                    "x": np.array([piece.end - piece.start for piece, _ in mine]),
                    "base": np.array([piece.start for piece, _ in mine]),
                }
                for mine in cells
            ),
            {"x": [state.t, state.t], "y": [stages[0], stages[-1]]},
        )
        return View(traces, {}, self._sentence(state, solution), self._table(solution))

    @property
    def _stages(self) -> list[str]:
        return [self.text(f"stages.{stage}") for stage in STAGES]

    def _moves(self, before: tuple[int, ...], after: tuple[int, ...]) -> str:
        """Which stages move where, from one path to another: assembly and packing to B, testing to Home."""
        moves = []
        for j, place in enumerate(PLACES):
            moved = [name for name, a, b in zip(self._stages, before, after, strict=True) if a != b and b == j]
            if moved:
                *head, last = moved
                listed = self.text("sentence.and", head=Listed([*head], "comma"), last=last) if head else last
                moves.append(self.text("sentence.to", listed=listed, place=self.text(f"places.{place}")))
        return ", ".join(moves)

    def _sentence(self, state: Params, solution: SnakeSolution) -> str:
        now, found, at = solution
        here = found[at]
        away = sum(place != HOME for place in now.path)
        numbers = {
            "t": state.t,
            "premium": state.s,
            "away": away,
            "stages": len(STAGES),
            "crossings": now.crossings,
            "cost": now.cost,
            "home": float(len(STAGES)),
        }
        said = [self.text("sentence.away" if away else "sentence.home", **numbers)]
        if at > 0:
            moves = self._moves(here.path, found[at - 1].path)
            said.append(self.text("sentence.lower", t=here.start, moves=moves))
        if at < len(found) - 1:
            moves = self._moves(here.path, found[at + 1].path)
            said.append(self.text("sentence.higher", t=here.end, moves=moves))
        back = self._homecoming(found)
        if back:
            said.append(back)
        return sentences(said)

    def _homecoming(self, found: tuple[Piece, ...]) -> str:
        """The first stages that come home because friction falls, if there are any."""
        for wide, fine in pairwise(reversed(found)):
            names = zip(self._stages, wide.path, fine.path, strict=True)
            came = [name for name, before, after in names if before != HOME and after == HOME]
            if came:
                return self.text("sentence.homecoming", stage=came[0], t=wide.start)
        return ""

    def _table(self, solution: SnakeSolution):
        import pandas as pd

        marks = [self.text(f"marks.{place}") for place in PLACES]
        rows = [
            [
                piece.start,
                piece.end,
                piece.crossings,
                sum(place != HOME for place in piece.path),
                " ".join(marks[place] for place in piece.path),
            ]
            for piece in solution.pieces
        ]
        columns = [self.text(f"table.{name}") for name in ("start", "end", "crossings", "away", "path")]
        return pd.DataFrame(rows, columns=columns)
