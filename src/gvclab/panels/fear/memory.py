"""Memory lab: a scare makes firms move; when it fades, some come back and some do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gvclab.models.sourcing import calm_belief, wave

from ...charts import Picture, Plot, axis, line, points, row, theme
from ..controls import slider
from ..panel import Panel, Table
from .state import SPAN, TIME, YEARS, Remembered, felt

SCAR = 0.005  # a share of firms below this is not spoken of


class MemorySolution(NamedTuple):
    """Felt risk and the share of firms abroad by year, and what is left when the fear has gone."""

    beliefs: np.ndarray  # (YEARS + 1,)
    abroad: np.ndarray  # (YEARS + 1,)
    settled: float  # share abroad once the felt risk is back where it was


@dataclass(frozen=True)
class Moving(Remembered):
    """What is remembered, and what moving costs."""

    k: float = slider(0.0, 0.0, 0.25, 0.002, unit="need")


class MemoryLab(Panel):
    """Does a fear that passes leave anything behind?"""

    key = "fear.memory"
    State = Moving
    shows = ("k", "crises")
    folds = ("memory",)
    picture = Picture(
        row(
            Plot(
                "fear",
                axis("", showticklabels=False, **SPAN),
                axis("belief", tickformat=".0%", rangemode="tozero", nticks=4),
            ),
            height=30,
        ),
        row(
            Plot(
                "firms",
                axis("year", matches="fear", **SPAN),
                axis("abroad", range=[0, 1.12], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1]),
            ),
            height=58,
            above=0.08,
        ),
        marks={
            "belief": line("belief", name="", showlegend=False),
            "crisis": points("crisis", size=13, name="", showlegend=False),
            "before": line(theme.Style(theme.GREY, "solid", "", ""), name="", plot="firms", showlegend=False),
            "settled": line("settled", name="", plot="firms", showlegend=False),
            "abroad": line("abroad", name="", plot="firms", showlegend=False),
            "names": {"plot": "firms", "mode": "text", **theme.SILENT},
        },
        height=330,
    )

    def solve(self, state: Moving) -> MemorySolution:
        beliefs = felt(state)[: YEARS + 1]
        # Once fear is back where it comes to rest, nothing moves firms any further.
        rest = np.append(beliefs, calm_belief(delta=state.delta))
        return MemorySolution(beliefs, wave(beliefs, state.k), float(wave(rest, state.k)[-1]))

    def draw(self, state: Moving, solution: MemorySolution):
        beliefs, abroad, settled = solution
        crises, ends = np.array(state.crises, dtype=int), TIME[[0, -1]]
        scar = abs(abroad[0] - settled) > 0.06  # apart enough for two names
        return {
            "belief": {"x": TIME, "y": beliefs},
            "crisis": {"x": crises, "y": beliefs[crises]},
            "before": {"x": ends, "y": np.full(2, abroad[0])},
            "settled": {"x": ends, "y": np.full(2, settled)},
            "abroad": {"x": TIME, "y": abroad},
            "names": {
                "x": [YEARS, YEARS],
                "y": [abroad[0], settled],
                "text": [
                    self.message("marks.before" if scar else "marks.before_and_settled"),
                    self.message("marks.settled") if scar else "",
                ],
                "textposition": ["top left", "top left"],
            },
        }

    def say(self, state: Moving, solution: MemorySolution):
        _, abroad, settled = solution
        before, low = abroad[0], abroad.min()
        lost = 100 * (before - settled)
        if not state.crises:
            yield "calm", {"before": before}
        elif before - low < SCAR:
            yield "unmoved", {"before": before}
        elif before - settled < SCAR:
            yield "returned", {"before": before, "low": low}
        else:
            yield "scarred", {"before": before, "settled": settled}
            yield "lost", {"lost": lost}

    def tables(self, state: Moving, solution: MemorySolution):
        crisis = [self.text("table.yes") if year in state.crises else "" for year in TIME]
        yield Table("year", TIME, {"crisis": crisis, "belief": solution.beliefs, "abroad": solution.abroad})
