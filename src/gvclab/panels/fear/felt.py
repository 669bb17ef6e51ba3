"""Felt risk lab: how high a crisis lifts the risk that people feel, and how long it takes to fade."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gvclab.content import Listed
from gvclab.models.sourcing import calm_belief

from ...charts import Picture, Plot, axis, line, points, theme
from ..panel import Panel, Table
from .state import SPAN, THRESHOLD, TIME, YEARS, Remembered, felt

NAMED = points(theme.Style(theme.GREY, "", "circle-open", ""), size=12, name="", showlegend=False) | {
    "mode": "markers+text",
    "textposition": "top right",
    "cliponaxis": False,
}

EMPTY_LINE = "<br> "  # below a name: it then stands a line higher


class FeltSolution(NamedTuple):
    """The felt risk by year, when nothing happens for long, and the years in which the last scare fades."""

    beliefs: np.ndarray  # (YEARS + 1,)
    calm: float
    half: int | None  # the year in which half of the last rise is gone; None if later than is looked for
    below: int | None  # the first year below THRESHOLD after the last crisis


class FeltRiskLab(Panel):
    """How long does a scare last?"""

    key = "fear.felt"
    State = Remembered
    shows = ("crises", "salience", "delta")
    picture = Picture(
        Plot("fear", axis("year", **SPAN), axis("belief", tickformat=".0%", rangemode="tozero")),
        marks={
            "threshold": line("reference", name="", showlegend=False),
            "belief": line("belief", name="", showlegend=False),
            "crisis": points("crisis", size=14, name="", showlegend=False)
            | {"mode": "markers+text", "textposition": "top center", "cliponaxis": False},
            "half": NAMED,
            "below": NAMED,
            "level": {"mode": "text", "textposition": "top right", **theme.SILENT},
        },
        height=310,
    )

    def solve(self, state: Remembered) -> FeltSolution:
        path, calm = felt(state), calm_belief(delta=state.delta)
        if not state.crises:
            return FeltSolution(path[: YEARS + 1], calm, None, None)
        last = max(state.crises)
        after = path[last:]
        return FeltSolution(
            path[: YEARS + 1],
            calm,
            _first(after <= calm + (after[0] - calm) / 2, last),
            _first(after < THRESHOLD, last),
        )

    def draw(self, state: Remembered, solution: FeltSolution):
        beliefs, _, half, below = solution
        crises = np.array(state.crises, dtype=int)
        top = max(0.06, float(beliefs.max()))
        return {
            "fear": {"y": {"range": [0, 1.25 * top]}},
            "threshold": {"x": TIME[[0, -1]], "y": np.full(2, THRESHOLD)},
            "belief": {"x": TIME, "y": beliefs},
            "crisis": {"x": crises, "y": beliefs[crises], "text": [self.message("marks.crisis")] * len(crises)},
            "half": self._point(
                beliefs, half, "half", up=half is not None and below is not None and abs(half - below) < 9
            ),
            "below": self._point(beliefs, below if below != max(state.crises, default=0) else None, "below"),
            "level": {"x": [0], "y": [THRESHOLD], "text": [self.message("marks.threshold", threshold=THRESHOLD)]},
        }

    def _point(self, beliefs: np.ndarray, year: int | None, name: str, up: bool = False):
        """A year on the line with its name, on the side where there is room; `up`, a line higher than usual."""
        if year is None or year > YEARS:
            return None
        side = "top left" if year > YEARS * 0.7 else "top right"
        said = self.text(f"marks.{name}", year=year, threshold=THRESHOLD) + (EMPTY_LINE if up else "")
        return {"x": [year], "y": [beliefs[year]], "text": [said], "textposition": side}

    def say(self, state: Remembered, solution: FeltSolution):
        beliefs, _, half, below = solution
        if not state.crises:
            yield "calm", {"calm": beliefs[0]}
            return
        kind = "one" if len(state.crises) == 1 else "many"
        listed = Listed([str(year) for year in state.crises])
        first, last = min(state.crises), max(state.crises)
        yield kind, {"start": beliefs[first - 1], "peak": beliefs[first:].max(), "listed": listed}
        fading = "half" if kind == "one" else "half_many"
        yield (fading if half is not None else "half_never"), {"after": (half or last) - last}
        fate = "stays" if below is None else "low" if below == last else "below"
        yield fate, {"year": below, "threshold": THRESHOLD}

    def tables(self, state: Remembered, solution: FeltSolution):
        crisis = [self.text("table.yes") if year in state.crises else "" for year in TIME]
        yield Table("year", TIME, {"crisis": crisis, "belief": solution.beliefs})


def _first(holds: np.ndarray, start: int) -> int | None:
    """The first year, counted from `start`, in which something holds."""
    return start + int(np.argmax(holds)) if holds.any() else None
