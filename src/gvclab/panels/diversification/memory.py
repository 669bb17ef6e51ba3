"""Memory lab: a crisis makes firms fear the next one; fear fades, what it moved may stay."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.models.sourcing import belief_path, calm_belief, return_time, wave

from ...charts import View, axis, frame, line, points, theme
from ..base import Panel
from ..controls import Slider, Strip
from .params import YEARS, Params

THRESHOLD = 0.05  # fear below this is called gone
HORIZON = 400  # years in which the return of calm is looked for
STAYS = 0.0005  # a share of firms that is shown as a scar


class Solution(NamedTuple):
    """Perceived risk and the share of firms abroad by year, and what is left of it when fear has gone."""

    beliefs: np.ndarray  # (YEARS + 1,)
    abroad: np.ndarray  # (YEARS + 1,)
    calm: float  # belief after a long calm
    settled: float  # share abroad once the belief is back at `calm`
    years: float  # from the last crisis to the first year below THRESHOLD; inf if it never comes


class MemoryLab(Panel):
    """Does a fear that passes leave anything behind?"""

    key = "diversification.memory"
    State = Params
    controls = (
        Strip("crises", min=1, max=YEARS),
        Slider("delta", min=0.5, max=1.0, step=0.01),
        Slider("salience", min=1.0, max=6.0, step=0.1),
        Slider("k", min=0.0, max=0.25, step=0.002),
    )
    presets: ClassVar = {
        "scar": {"crises": (5,), "delta": 0.9, "salience": 3.0, "k": 0.092},
        "nobody_moves": {"crises": (5,), "delta": 0.9, "salience": 3.0, "k": 0.2},
    }

    def frame(self):
        below = {"xaxis": "x2", "yaxis": "y2"}
        return frame(
            (
                axis("", domain=[0, 1], range=[-0.5, YEARS + 0.5], showticklabels=False),
                axis(self.text("axes.belief"), domain=[0.56, 1], tickformat=".0%", rangemode="tozero"),
            ),
            (
                axis(self.text("axes.year"), domain=[0, 1], range=[-0.5, YEARS + 0.5], matches="x"),
                axis(self.text("axes.abroad"), domain=[0, 0.46], range=[0, 1.03], tickformat=".0%"),
            ),
            traces=[
                line(1, name=self.text("traces.belief")),
                {
                    **points(theme.SERIES[1], size=11, name=self.text("traces.crisis")),
                    "marker": {"color": theme.VERMILLION, "symbol": "star", "size": 14},
                },
                line(theme.REFERENCE, name=self.text("traces.threshold", threshold=THRESHOLD)),
                points(
                    theme.Style(theme.GREY, "solid", "circle-open", ""),
                    size=12,
                    name=self.text("traces.returned", years=0, threshold=THRESHOLD),
                    mode="markers+text",
                    textposition="top right",
                    showlegend=False,
                ),
                line(0, name=self.text("traces.abroad"), **below),
                line(4, name=self.text("traces.settled"), **below),
                line(theme.Style(theme.GREY, "solid", "", ""), name=self.text("traces.before"), **below),
            ],
            height=480,
        )

    def solve(self, state: Params) -> Solution:
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
        return Solution(beliefs, wave(beliefs, state.k), calm, float(settled), float(years))

    def view(self, state: Params, solution: Solution) -> View:
        beliefs, abroad, _, settled, years = solution
        time = np.arange(YEARS + 1)
        crises = np.array(state.crises, dtype=int)
        # The year of the crisis itself is the first. A fear that never passed the threshold has no way back.
        back = max(state.crises, default=0) + years - 1
        on_page = years > 1 and back <= YEARS
        traces = (
            {"x": time, "y": beliefs},
            {"x": crises, "y": beliefs[crises]},
            {"x": time[[0, -1]], "y": np.full(2, THRESHOLD)},
            {
                "x": [back] if on_page else [],
                "y": [beliefs[int(back)]] if on_page else [],
                "text": [self.text("traces.returned", years=years, threshold=THRESHOLD)] if on_page else [],
            },
            {"x": time, "y": abroad},
            {"x": time[[0, -1]], "y": np.full(2, settled)},
            {"x": time[[0, -1]], "y": np.full(2, abroad[0])},
        )
        return View(traces, {}, self._sentence(state, solution), self._table(state, solution))

    def _sentence(self, state: Params, solution: Solution) -> str:
        beliefs, abroad, _, settled, years = solution
        numbers = {
            "calm": beliefs[0],
            "peak": beliefs.max(),
            "listed": self._listed(state.crises),
            "threshold": THRESHOLD,
            "years": years,
            "before": abroad[0],
            "low": abroad.min(),
            "settled": settled,
            "lost": 100 * (abroad[0] - settled),
        }
        if not state.crises:
            return self.text("sentence.calm", **numbers)
        if abroad[0] - abroad.min() < STAYS:
            end = "unmoved"
        else:
            end = "returned" if abroad[0] - settled < STAYS else "scarred"
        fades = "low" if years == 1 else "fades" if np.isfinite(years) else "stays"
        rise = "one" if len(state.crises) == 1 else "many"
        return " ".join(self.text(f"sentence.{part}", **numbers) for part in (rise, fades, end))

    def _listed(self, crises) -> str:
        *head, last = map(str, crises or ("",))
        return self.text("sentence.and", head=", ".join(head), last=last) if head else last

    def _table(self, state: Params, solution: Solution):
        import pandas as pd

        time = np.arange(YEARS + 1)
        crisis = [self.text("table.yes") if year in state.crises else "" for year in time]
        columns = [crisis, solution.beliefs, solution.abroad]
        names = [self.text(f"table.{name}") for name in ("crisis", "belief", "abroad")]
        table = pd.DataFrame(dict(zip(names, columns, strict=True)), index=time)
        return table.rename_axis(self.text("table.year"))
