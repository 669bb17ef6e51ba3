"""Frontier lab: where to buy when places can fail, at what cost, and with what risk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.models.sourcing import Frontier, Portfolio, Sourcing, staircase

from ...charts import View, area, axis, bars, frame, points, theme
from ...charts.labels import legend_at
from ..base import Panel
from ..controls import Checkbox, Slider
from . import plane
from .params import SUBSTITUTABILITY, VALUE, Params
from .problem import PLACES, PROBLEM, compared, embargo_chance, in_words, place_names, problem

ABROAD = [PLACES.index("Far-A"), PLACES.index("Far-B")]
MOST_WEIGHT = 0.99
VISIBLE = 0.005  # shares that differ by less are written alike
BEATEN = 1e-9  # a portfolio is cheaper or safer than another if it is by more than this

PRICES = {"group": "prices", "advanced": True}
SHOCKS = {"group": "shocks", "advanced": True}
CONTROLS = (
    Slider("w", min=0.0, max=MOST_WEIGHT, step=0.01),
    SUBSTITUTABILITY,
    Slider("inventory", min=0, max=26, step=1),
    VALUE,
    Slider("q_home", min=0.0, max=0.3, step=0.01),
    Slider("embargo", min=0.0, max=0.3, step=0.01),
    *(Slider(name, min=0.4, max=1.4, step=0.01, **PRICES) for name in ("c_home", "c_region", "c_far_a", "c_far_b")),
    Slider("kappa", min=0.0, max=0.05, step=0.005, **PRICES),
    Slider("alpha", min=0.8, max=0.99, step=0.01, **PRICES),
    *(
        Slider(name, min=0.0, max=0.3, step=0.01, **SHOCKS)
        for name in ("q_region", "q_far_a", "q_far_b", "q_home_region", "q_world")
    ),
    Slider("bloc", min=0.0, max=0.2, step=0.01, **SHOCKS),
    Slider("severity", min=4, max=52, step=1, **SHOCKS),
    Slider("embargo_weeks", min=4, max=52, step=1, **SHOCKS),
    Checkbox("from_memory", **SHOCKS),
)
# A preset is a whole setting: what it does not name is as at the start.
START = {control.name: getattr(Params(), control.name) for control in CONTROLS}


class Solution(NamedTuple):
    """The best portfolio at the chosen weight, at all other weights, and what the debate proposes instead."""

    problem: Sourcing
    chosen: Portfolio
    steps: Frontier  # portfolio i is best from steps.w[i] to steps.w[i + 1]
    strategies: Mapping[str, Portfolio]


class FrontierLab(Panel):
    """Where should a firm buy at a given weight of security, and how do other strategies compare?"""

    key = "diversification.frontier"
    State = Params
    controls = CONTROLS
    reads = PROBLEM
    presets: ClassVar = {
        "risky_home": START | {"q_home": 0.25, "phi": 0.5, "w": 0.3},
        "no_substitutes": START | {"phi": 0.0, "w": 0.1},
        "short_shocks": START | {"severity": 4, "embargo_weeks": 4, "inventory": 26, "w": 0.1},
    }

    def frame(self):
        on_bar = {
            "orientation": "h",
            "textposition": "inside",
            "insidetextanchor": "middle",
            "textangle": 0,
            "constraintext": "none",
        }
        on_bar |= {"xaxis": "x2", "yaxis": "y2", "showlegend": False, "hoverinfo": "skip"}
        by_weight = {"xaxis": "x3", "yaxis": "y3", "legend": "legend2", "line": {"width": 0, "shape": "hv"}}
        by_weight |= {"stackgroup": "shares", "hovertemplate": "w = %{x:.3f}: %{y:.0%}"}
        styled = list(zip(place_names(), theme.SERIES, strict=False))
        return frame(
            plane.cell(0.52),
            (
                axis("", domain=[0, 1], range=[0, 1], visible=False),
                axis("", domain=[0.295, 0.355], showline=False, ticks="", ticklabelstandoff=6),
            ),
            (
                axis(self.text("axes.w"), domain=[0, 1], range=[0, MOST_WEIGHT]),
                axis(self.text("axes.share"), domain=[0, 0.22], range=[0, 1], tickformat=".0%", dtick=0.5),
            ),
            traces=[
                *plane.looks(),
                {
                    "name": self.text("traces.strategies"),
                    "mode": "markers+text",
                    "marker": {
                        "color": theme.GREY,
                        "symbol": "diamond-open",
                        "size": 11,
                        "line": {"width": 2},
                    },
                    "hovertemplate": "%{text}: %{x:.3f}, %{y:.3f}<extra></extra>",
                },
                points(
                    plane.CHOSEN,
                    size=18,
                    name=self.text("traces.chosen"),
                    hovertemplate="%{x:.3f}, %{y:.3f}",
                ),
                *(bars(style, name=name, **on_bar) for name, style in styled),
                *(area(style, name=name, **by_weight) for name, style in styled),
                {
                    "name": self.text("traces.weight"),
                    "mode": "lines+markers",
                    "line": {"color": "#FFFFFF", "width": 4},
                    "marker": {"color": theme.PURPLE, "symbol": "star", "size": [0, 18], "opacity": 1},
                    "xaxis": "x3",
                    "yaxis": "y3",
                    "cliponaxis": False,
                    "hoverinfo": "skip",
                    "showlegend": False,
                },
            ],
            height=640,
            barmode="stack",
            legend=plane.LEGEND,
            legend2=legend_at(0.365),
        )

    def solve(self, state: Params) -> Solution:
        # The frontier is one solve for all weights; the model remembers it while shocks and costs stand.
        asked = problem(state)
        return Solution(asked, asked.optimise(state.w), staircase(asked), asked.strategies)

    def view(self, state: Params, solution: Solution) -> View:
        _, chosen, steps, strategies = solution
        named = list(strategies.values())
        shown = plane.plane_of(steps, [*named, chosen])
        names = [self.text(f"strategies.{name}") for name in strategies]
        bar = {"y": [self.text("axes.chosen", w=state.w)]}
        traces = (
            *shown.traces,
            {
                "x": [each.cost for each in named],
                "y": [each.cvar for each in named],
                "text": names,
                "textposition": shown.sides(named, names, chosen),
            },
            {"x": [chosen.cost], "y": [chosen.cvar]},
            *({**bar, "x": [share], "text": [f"{share:.0%}" if share > 0.05 else ""]} for share in chosen.x),
            *({"x": [*steps.w, MOST_WEIGHT], "y": [*shares, shares[-1]]} for shares in steps.x.T),
            {"x": [state.w, state.w], "y": [0.0, 1.0]},
        )
        return View(traces, shown.layout, self._sentence(state, solution), self._table(solution))

    def _sentence(self, state: Params, solution: Solution) -> str:
        _, chosen, steps, strategies = solution
        home, two = strategies["all-Home"], strategies["China+1"]
        said = [
            self.text(
                "sentence.chosen",
                w=state.w,
                shares=in_words(chosen.x, chosen.b),
                cost=chosen.cost,
                cvar=chosen.cvar,
                tail=1 - state.alpha,
            )
        ]
        if state.from_memory:
            said.append(self.text("sentence.fear", embargo=embargo_chance(state)))
        if state.w > 0:
            said.append(self._moved(steps.x[0], chosen.x))
        said.append(self._home(chosen, steps, home))
        verdict = "cheaper" if two.cost < home.cost else "dearer"
        verdict += "_safer" if two.cvar < home.cvar else "_riskier"
        two_and_home = {"cost": two.cost, "cvar": two.cvar, "home_cost": home.cost, "home_cvar": home.cvar}
        said.append(self.text(f"sentence.two_{verdict}", **two_and_home))
        return " ".join(said)

    def _moved(self, before: np.ndarray, after: np.ndarray) -> str:
        """What the weight of security has moved."""
        numbers = {
            "far_before": before[ABROAD].sum(),
            "far": after[ABROAD].sum(),
            "home_before": before[0],
            "home": after[0],
        }
        gone = abs(numbers["far"] - numbers["far_before"]) + abs(numbers["home"] - numbers["home_before"])
        return self.text("sentence.moved" if gone > VISIBLE else "sentence.unmoved", **numbers)

    def _home(self, chosen: Portfolio, steps: Frontier, home: Portfolio) -> str:
        """Where all-Home lies: on the frontier or inside it."""
        if chosen.x[0] == 1 and chosen.b == 0:
            return self.text("sentence.home_is_chosen")
        where = {"home_cost": home.cost, "home_cvar": home.cvar}
        if home.cost > chosen.cost + BEATEN and home.cvar > chosen.cvar + BEATEN:
            return self.text("sentence.home_worse", more=home.cost / chosen.cost - 1, **where)
        beats = (steps.cost < home.cost - BEATEN) & (steps.cvar < home.cvar - BEATEN)
        if not beats.any():
            return self.text("sentence.home_on", **where)
        i = int(np.argmax(beats))
        step = {"w": steps.w[i], "cost": steps.cost[i], "cvar": steps.cvar[i]}
        return self.text("sentence.home_inside", **step, **where)

    def _table(self, solution: Solution):
        asked, chosen, _, strategies = solution
        named = {self.text(f"strategies.{name}"): each for name, each in strategies.items()}
        losses = asked.losses(chosen)[["shortage", "probability", *PLACES]]
        losses.columns = [
            *map(self.text, ("table.shortage", "table.chance")),
            *(self.text("table.survives", place=place) for place in place_names()),
        ]
        return {
            self.text("table.portfolios"): compared(asked, {self.text("traces.chosen"): chosen} | named),
            self.text("table.scenarios", count=len(losses)): losses,
        }
