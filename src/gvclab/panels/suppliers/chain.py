"""Chain lab: stages in series, suppliers in parallel, and what one shared place does to both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gvclab.models.sourcing import chain_reliability

from ...charts import Picture, Plot, axis, note, points, row, theme
from ..controls import checkbox, slider
from ..panel import Panel, Table

MOST_STAGES, MOST_SUPPLIERS = 40, 4
SUPPLIERS = np.arange(1, MOST_SUPPLIERS + 1)
YEARS, ROWS = 1000, 20  # years drawn, in so many rows
COLUMNS = YEARS // ROWS
HIDDEN_AXIS = {"visible": False, "fixedrange": True}
HALF = 0.36  # half the side of the box of a place, in stages


class ChainSolution(NamedTuple):
    """Chance that a chain works, with one to four suppliers a stage, which share one place or have their own."""

    together: np.ndarray  # (suppliers,)
    apart: np.ndarray  # (suppliers,)


@dataclass(frozen=True)
class Chain:
    """A chain of stages, its suppliers, and what can happen to them in a year."""

    n: int = slider(20, 1, MOST_STAGES)
    m: int = slider(1, 1, MOST_SUPPLIERS)
    q: float = slider(0.0, 0.0, 0.1, 0.005, unit="a_year")
    same_place: bool = checkbox(True)
    p: float = slider(0.01, 0.0, 0.1, 0.002, unit="a_year", group="own")


class ChainLab(Panel):
    """In how many of a thousand years does a chain of n stages with m suppliers each stand still?"""

    key = "suppliers.chain"
    State = Chain
    shows = ("n", "m", "q", "same_place")
    folds = ("own",)
    picture = Picture(
        row(
            Plot("chain", axis("", **HIDDEN_AXIS), axis("", range=[0.4, MOST_SUPPLIERS + 0.6], **HIDDEN_AXIS)),
            height=30,
        ),
        row(
            Plot(
                "years",
                axis("", range=[-0.7, COLUMNS - 0.3], **HIDDEN_AXIS),
                axis("", range=[ROWS - 0.3, -0.7], **HIDDEN_AXIS),
            ),
            height=58,
            above=0.12,
        ),
        marks={
            "series": {"mode": "lines", "line": {"color": theme.GREY, "width": 3}, **theme.SILENT},
            "places": {"mode": "lines", "line": {"color": theme.GREY, "width": 1.5, "dash": "dot"}, **theme.SILENT},
            "suppliers": points("works", **theme.SILENT),
            "stops": points("stops", size=8, plot="years", **theme.SILENT),
            "works": points("works", size=8, plot="years", **theme.SILENT),
            "above_chain": note(
                x=0, y=1.0, xref="paper", yref="paper", xanchor="left", yanchor="bottom", showarrow=False
            ),
            "above_years": note(
                x=0, y=0.6, xref="paper", yref="paper", xanchor="left", yanchor="bottom", showarrow=False
            ),
        },
        height=380,
        margin={"l": 12, "r": 12, "t": 34, "b": 8},
    )

    def solve(self, state: Chain) -> ChainSolution:
        return ChainSolution(
            *(chain_reliability(state.n, SUPPLIERS, state.p, state.q, place) for place in (True, False))
        )

    def draw(self, state: Chain, solution: ChainSolution):
        stage, supplier = np.meshgrid(np.arange(1, state.n + 1), np.arange(1, state.m + 1))
        middle = (1 + MOST_SUPPLIERS) / 2 - (1 + state.m) / 2  # the chain stands in the middle of its row
        stops = _years(1 - self._reliability(state, solution))
        year = np.arange(YEARS)
        x, y = year // ROWS, year % ROWS
        return {
            "chain": {"x": {"range": [0.3, state.n + 0.7]}},
            "series": {"x": [1, state.n], "y": [middle + (1 + state.m) / 2] * 2},
            "places": _boxes(state, middle) if state.q > 0 else None,
            "suppliers": {
                "x": stage.ravel(),
                "y": supplier.ravel() + middle,
                "marker": {"size": min(20.0, 500 / state.n)},
            },
            "stops": {"x": x[:stops], "y": y[:stops]},
            "works": {"x": x[stops:], "y": y[stops:]},
            "above_chain": {"text": self.message("marks.chain" if state.q == 0 else "marks.places")},
            "above_years": {"text": self.message("marks.years")},
        }

    def say(self, state: Chain, solution: ChainSolution):
        R = self._reliability(state, solution)
        stops = YEARS * (1 - R)
        yield ("never" if R == 1 else "seldom" if stops < 0.95 else "stops"), {"stops": stops, "R": R}
        if state.m > 1 and R < 1:
            yield "single", {"one": YEARS * (1 - solution.apart[0])}

    def tables(self, state: Chain, solution: ChainSolution):
        columns = {"together": YEARS * (1 - solution.together), "apart": YEARS * (1 - solution.apart)}
        yield Table("m", SUPPLIERS, columns, values={"n": state.n})

    @staticmethod
    def _reliability(state: Chain, solution: ChainSolution) -> float:
        return float((solution.together if state.same_place else solution.apart)[state.m - 1])


def _years(chance: float) -> int:
    """How many of the years drawn a chance is; a chance that is not quite 0 or 1 is not drawn as none or all."""
    return int(np.clip(round(YEARS * chance), chance > 1e-9, YEARS - (chance < 1)))


def _boxes(state: Chain, middle: float) -> dict[str, list]:
    """The outlines of places: one round all suppliers of a stage, or one round each."""
    spans = [(1, state.m)] if state.same_place else [(k, k) for k in range(1, state.m + 1)]
    x, y = [], []
    for stage in range(1, state.n + 1):
        for low, high in spans:
            left, right, bottom, top = stage - HALF, stage + HALF, middle + low - HALF, middle + high + HALF
            x += [left, right, right, left, left, None]
            y += [bottom, bottom, top, top, bottom, None]
    return {"x": x, "y": y}
