"""Memory lab: a crisis makes firms fear the next one; fear fades, what it moved may stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.content import Listed
from gvclab.models.sourcing import belief_path, calm_belief, return_time, wave

from ...charts import Picture, Plot, axis, line, points, row, theme
from ..controls import slider, strip
from ..kit import Lab, Table

YEARS = 40  # what is shown
THRESHOLD = 0.05  # fear below this is called gone
HORIZON = 400  # years in which the return of calm is looked for
STAYS = 0.0005  # a share of firms that is shown as a scar
TIME = np.arange(YEARS + 1)
SPAN = {"range": [-0.5, YEARS + 0.5]}


class MemorySolution(NamedTuple):
    """Perceived risk and the share of firms abroad by year, and what is left of it when fear has gone."""

    beliefs: np.ndarray  # (YEARS + 1,)
    abroad: np.ndarray  # (YEARS + 1,)
    calm: float  # belief after a long calm
    settled: float  # share abroad once the belief is back at `calm`
    years: float  # from the last crisis to the first year below THRESHOLD; inf if it never comes


@dataclass(frozen=True)
class Fear:
    """Years with a crisis, how slowly they fade, how vivid they are, and what moving costs."""

    crises: tuple[int, ...] = strip((5,), 1, YEARS)
    delta: float = slider(0.9, 0.5, 1.0, unit="kept")
    salience: float = slider(3.0, 1.0, 6.0, 0.1, unit="calm_years")
    k: float = slider(0.0, 0.0, 0.25, 0.002, unit="need")


class MemoryLab(Lab):
    """Does a fear that passes leave anything behind?"""

    key = "fear.memory"
    State = Fear
    shows = ("crises", "delta", "salience", "k")
    presets: ClassVar = {"scar": {"k": 0.092}, "nobody_moves": {"k": 0.2}}
    picture = Picture(
        row(
            Plot("fear", axis("", showticklabels=False, **SPAN), axis("belief", tickformat=".0%", rangemode="tozero")),
            height=44,
        ),
        row(
            Plot("firms", axis("year", matches="fear", **SPAN), axis("abroad", range=[0, 1.03], tickformat=".0%")),
            height=46,
            above=0.1,
        ),
        marks={
            "belief": line("belief"),
            "crisis": points("crisis", size=14),
            "threshold": line("reference"),
            "returned": points(theme.Style(theme.GREY, "", "circle-open", ""), size=12, name="")
            | {"mode": "markers+text", "textposition": "top right", "showlegend": False},
            "abroad": line("abroad", plot="firms"),
            "settled": line("settled", plot="firms"),
            "before": line(theme.Style(theme.GREY, "solid", "", ""), plot="firms"),
        },
        height=480,
    )

    def solve(self, state: Fear) -> MemorySolution:
        memory = {"delta": state.delta, "kappa": state.salience}
        path = belief_path(state.crises, HORIZON, **memory)
        beliefs, calm = path[: YEARS + 1], calm_belief(delta=state.delta)
        if len(state.crises) == 1:
            years = return_time(THRESHOLD, **memory)
        else:
            below = path[max(state.crises, default=0) :] < THRESHOLD
            years = 1.0 + np.argmax(below) if below.any() else np.inf
        # Once fear is back where it started, nothing moves firms any further.
        settled = wave(np.append(beliefs, calm), state.k)[-1]
        return MemorySolution(beliefs, wave(beliefs, state.k), calm, float(settled), float(years))

    def draw(self, state: Fear, solution: MemorySolution):
        beliefs, abroad, _, settled, years = solution
        crises, ends = np.array(state.crises, dtype=int), TIME[[0, -1]]
        # The year of the crisis itself is the first. A fear that never passed the threshold has no way back.
        back = max(state.crises, default=0) + years - 1
        calm_again = [int(back)] if years > 1 and back <= YEARS else []
        told = self.message("marks.returned", years=years, threshold=THRESHOLD)
        return {
            "belief": {"x": TIME, "y": beliefs},
            "crisis": {"x": crises, "y": beliefs[crises]},
            "threshold": {
                "x": ends,
                "y": np.full(2, THRESHOLD),
                "name": self.message("marks.threshold", threshold=THRESHOLD),
            },
            "returned": {
                "x": calm_again,
                "y": [beliefs[year] for year in calm_again],
                "text": [told for _ in calm_again],
                "name": told if calm_again else "",
            },
            "abroad": {"x": TIME, "y": abroad},
            "settled": {"x": ends, "y": np.full(2, settled)},
            "before": {"x": ends, "y": np.full(2, abroad[0])},
        }

    def say(self, state: Fear, solution: MemorySolution):
        beliefs, abroad, _, settled, years = solution
        risk, before = {"calm": beliefs[0], "peak": beliefs.max()}, abroad[0]
        if not state.crises:
            yield "calm", {**risk, "before": before}
            return
        listed = Listed([str(year) for year in state.crises])
        yield ("one" if len(state.crises) == 1 else "many"), {**risk, "listed": listed}
        fades = "low" if years == 1 else "fades" if np.isfinite(years) else "stays"
        yield fades, {"years": years, "threshold": THRESHOLD}
        shares = {"before": before, "low": abroad.min(), "settled": settled, "lost": 100 * (before - settled)}
        if before - abroad.min() < STAYS:
            yield "unmoved", shares
        else:
            yield ("returned" if before - settled < STAYS else "scarred"), shares

    def tables(self, state: Fear, solution: MemorySolution):
        columns = {
            "crisis": [self.text("table.yes") if year in state.crises else "" for year in TIME],
            "belief": solution.beliefs,
            "abroad": solution.abroad,
        }
        yield Table("year", TIME, columns)
