"""Access lab: which stages of a chain a remote country gets, at which border cost and with which advantage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gvclab.models.division import Snake

from ...charts import Picture, Plot, axis, line, note, points, row, theme
from ...charts.labels import spread
from ..controls import slider
from ..panel import Panel, Table
from . import route

DEAREST, BEST = 0.3, 0.3  # the ends of two sliders
LONGEST = 12
ROOM = 0.4  # of the axis of border costs: the names of the lines stand behind its end
LOOKS = {"hub": "region", "home": "home", "remote": "far_a"}  # of route.PLACES, from the top row down
ROWS = [list(LOOKS).index(place) for place in route.PLACES]
CROSS = theme.style("border")._replace(symbol="x")
BARE = {"showgrid": False, "zeroline": False, "showline": False, "ticks": "", "fixedrange": True}


class AccessSolution(NamedTuple):
    """The chain as it runs now, and how it would run at other border costs."""

    now: Snake
    borders: list[route.Stretch]

    @property
    def last_in(self) -> route.Stretch | None:
        """The dearest borders at which the remote country makes a stage; None if it makes none at any."""
        return next((each for each in reversed(self.borders) if each.has_remote), None)


@dataclass(frozen=True)
class Access:
    """One chain and a remote country that offers to make its stages."""

    border: float = slider(0.15, 0.0, DEAREST, 0.01, unit="stage")
    advantage: float = slider(0.1, 0.0, BEST, 0.01, unit="stage")
    stages: int = slider(8, 4, LONGEST)


class AccessLab(Panel):
    """How many stages of a chain does a remote country get, and when?"""

    key = "developing_countries.access"
    State = Access
    shows = ("border", "advantage", "stages")
    picture = Picture(
        row(
            Plot(
                "chain",
                axis("stage", **BARE),
                axis("", range=[len(ROWS) - 0.5, -0.6], tickvals=ROWS, **BARE),
            ),
            height=50,
        ),
        row(
            Plot(
                "borders",
                axis("border", range=[0, ROOM], tickvals=[0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3], tickformat=".2f"),
                axis("number", dtick=2, showgrid=False),
            ),
            height=44,
            above=0.21,
        ),
        marks={
            "way": {"mode": "lines", "line": {"color": "rgba(127,127,127,0.45)", "width": 8}, **theme.SILENT},
            "badly": points("before", size=31, **theme.SILENT),
            **{f"at.{place}": points(look, size=22, **theme.SILENT) for place, look in LOOKS.items()},
            "buyer": points(theme.Style(theme.GREY, "", "pentagon", ""), size=16, **theme.SILENT),
            "crossing": points(CROSS, size=9, **theme.SILENT)
            | {"mode": "markers+text", "textposition": "middle right"},
            "above": note(x=0, y=1.02, xref="paper", yref="paper", xanchor="left", yanchor="bottom"),
            **{
                f"number.{place}": line(LOOKS[place], plot="borders", **theme.SILENT)
                | {"line": {**line(LOOKS[place])["line"], "shape": "hv"}}
                for place in ("hub", "remote")
            },
            "now": {
                "plot": "borders",
                "mode": "lines",
                "line": {"color": theme.style("chosen").color, "width": 2, "dash": "dot"},
                **theme.SILENT,
            },
            "chosen": points("chosen", size=14, plot="borders", **theme.SILENT) | {"cliponaxis": False},
            "names": {"plot": "borders", "mode": "text", "textposition": "middle right", **theme.SILENT},
        },
        height=380,
        margin={"l": 128, "r": 12, "t": 30, "b": 44},
    )

    def solve(self, state: Access) -> AccessSolution:
        K, t, a = state.stages, state.border, state.advantage
        return AccessSolution(route.route(K, t, a), route.by_border(K, a, DEAREST))

    def draw(self, state: Access, solution: AccessSolution):
        path, K = np.array(solution.now.path), state.stages
        badly = route.key_component(K)
        starts = np.array([each.start for each in solution.borders] + [DEAREST])
        made = np.array([each.made for each in solution.borders])
        made = np.vstack([made, made[-1]])
        ends = {place: float(made[-1, route.PLACES.index(place)]) for place in ("hub", "remote")}
        return {
            "chain": {
                "x": {"range": [0.4, K + 1.6], "tickvals": np.arange(1, K + 1)},
                "y": {"ticktext": [self.message(f"places.{place}") for place in route.PLACES]},
            },
            "borders": {"y": {"range": [-0.6, K - 1]}},
            "way": {"x": np.arange(1, K + 2), "y": _rows([*path, route.HOME])},
            "badly": {"x": [badly], "y": _rows([path[badly - 1]])},
            **{
                f"at.{place}": {"x": np.flatnonzero(path == k) + 1, "y": _rows(path[path == k])}
                for k, place in enumerate(route.PLACES)
            },
            "buyer": {"x": [K + 1], "y": _rows([route.HOME])},
            "crossing": _crossings(path, state.border),
            "above": {"text": self.message("marks.above")},
            **{f"number.{place}": {"x": starts, "y": made[:, route.PLACES.index(place)]} for place in ends},
            "now": {"x": [state.border] * 2, "y": [-0.6, K - 1]},
            "chosen": {"x": [state.border], "y": [int((path == route.REMOTE).sum())]},
            "names": {
                "x": [DEAREST + 0.012] * len(ends),  # clear of the chosen point at the end
                "y": spread(list(ends.values()), 0.16 * (K - 0.4), -0.3, K - 1.3),
                "text": [self.message(f"places.{place}") for place in ends],
            },
        }

    def say(self, state: Access, solution: AccessSolution):
        path = np.array(solution.now.path)
        here = path == route.REMOTE
        bound = solution.last_in
        if here.any():
            yield "in", {"made": int(here.sum()), "stages": state.stages}
            badly = route.key_component(state.stages) - 1
            if here[:badly].any() and not here[badly] and here[badly:].any():
                yield "elsewhere", {"crossings": solution.now.crossings}
            yield ("stays_always", {"dearest": DEAREST}) if bound.end == DEAREST else ("stays", {"most": bound.end})
            return
        # Where its block begins to pay is for the reader to find out.
        hub = int((path == route.HUB).sum())
        yield ("out", {"stages": state.stages, "hub": hub}) if hub else ("at_home", {"stages": state.stages})
        if bound is None:
            yield "enters_never", {}

    def tables(self, state: Access, solution: AccessSolution):
        made = np.array([each.made for each in solution.borders])
        columns = {f"made.{place}": made[:, k] for k, place in enumerate(route.PLACES)}
        yield Table("border", [round(each.start, 6) for each in solution.borders], columns)


def _rows(path) -> list[int]:
    """The rows of places, from the top down: home between the two abroad, so that no way passes a third place."""
    return [ROWS[place] for place in path]


def _crossings(path: np.ndarray, border: float) -> dict[str, list]:
    """Where the product crosses borders on its way, and what that costs; beside the row that it passes."""
    fees = np.array([0.0, route.HUB_BORDER, border])
    whole = np.append(path, route.HOME)  # the buyer at the end
    x, y, said = [], [], []
    for k in np.flatnonzero(np.diff(whole)):
        start, end = _rows(whole[k : k + 2])
        part = 0.5 if abs(end - start) == 1 else 0.3
        x.append(k + 1 + part)
        y.append(start + part * (end - start))
        said.append(f"{fees[whole[k]] + fees[whole[k + 1]]:.2f}")
    return {"x": x, "y": y, "text": said}
