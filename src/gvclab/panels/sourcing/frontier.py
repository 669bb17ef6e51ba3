"""Frontier lab: where to buy when places can fail, at what cost, and with what risk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from gvclab.models.sourcing import (
    COSTS,
    WEEKS,
    Frontier,
    Portfolio,
    Sourcing,
    belief_path,
    create_sourcing,
    staircase,
)

from ...charts import View, axis, bars, frame, line, points, theme
from ..base import Panel
from ..controls import Checkbox, Slider
from .labels import sides
from .params import YEARS, Params

PLACES = tuple(COSTS)
ABROAD = ("Far-A", "Far-B")
MOST_WEIGHT = 0.99
BEATEN = 1e-9  # a portfolio is cheaper or safer than another if it is by more than this

# Costs and shocks, which the wedge shares.
SHOCKS = (
    Slider("q_home", group="shocks", min=0.0, max=0.3, step=0.01),
    Slider("embargo", group="shocks", min=0.0, max=0.3, step=0.01),
    Slider("q_region", group="shocks", min=0.0, max=0.3, step=0.01),
    Slider("q_far_a", group="shocks", min=0.0, max=0.3, step=0.01),
    Slider("q_far_b", group="shocks", min=0.0, max=0.3, step=0.01),
    Slider("q_home_region", group="shocks", min=0.0, max=0.3, step=0.01),
    Slider("q_world", group="shocks", min=0.0, max=0.3, step=0.01),
    Slider("bloc", group="shocks", min=0.0, max=0.2, step=0.01),
    Slider("severity", group="shocks", min=4, max=52, step=1),
    Slider("embargo_weeks", group="shocks", min=4, max=52, step=1),
    Checkbox("from_memory", group="shocks"),
)
COST_SLIDERS = tuple(
    Slider(name, group="prices", min=0.4, max=1.4, step=0.01) for name in ("c_home", "c_region", "c_far_a", "c_far_b")
)


def embargo_chance(state: Params) -> float:
    """The chance of an embargo that the firm reckons with: its slider, or the peak of fear in the memory lab."""
    if not state.from_memory:
        return state.embargo
    return float(belief_path(state.crises, YEARS, delta=state.delta, kappa=state.salience).max())


def problem(state: Params) -> Sourcing:
    """The sourcing problem of the state; a world-wide shock takes half as long as a local one."""
    local, trade = state.severity / WEEKS, state.embargo_weeks / WEEKS
    return create_sourcing(
        costs=dict(zip(PLACES, (state.c_home, state.c_region, state.c_far_a, state.c_far_b), strict=True)),
        probabilities={
            "Home": state.q_home,
            "Region": state.q_region,
            "Far-A": state.q_far_a,
            "Far-B": state.q_far_b,
            "Home+Region": state.q_home_region,
            "world": state.q_world,
            "embargo": embargo_chance(state),
            "bloc": state.bloc,
        },
        severities=dict.fromkeys((*PLACES, "Home+Region"), local)
        | {"world": local / 2, "embargo": trade, "bloc": trade},
        alpha=state.alpha,
        phi=state.phi,
        kappa=state.kappa,
        V=state.V,
        bmax=state.inventory / WEEKS,
    )


class Solution(NamedTuple):
    """The best portfolio at the chosen weight, at all other weights, and what the debate proposes instead."""

    problem: Sourcing
    chosen: Portfolio
    steps: Frontier  # portfolio i is best from steps.w[i] to steps.w[i + 1]
    strategies: Mapping[str, Portfolio]


def solve(state: Params) -> Solution:
    """The whole frontier costs one solve, which the model remembers as long as shocks and prices stand."""
    asked = problem(state)
    return Solution(asked, asked.optimise(state.w), staircase(asked), asked.strategies)


class FrontierLab(Panel):
    """Where should a firm buy at a given weight of security, and how far off are the strategies of the debate?"""

    key = "sourcing.frontier"
    State = Params
    controls = (
        Slider("w", min=0.0, max=MOST_WEIGHT, step=0.01),
        Slider("phi", min=0.0, max=3.0, step=0.05),
        Slider("inventory", min=0, max=26, step=1),
        Slider("V", min=1.0, max=20.0, step=0.5),
        *COST_SLIDERS,
        Slider("kappa", group="prices", min=0.0, max=0.05, step=0.005),
        Slider("alpha", group="prices", min=0.8, max=0.99, step=0.01),
        *SHOCKS,
    )
    reads = frozenset({"crises", "delta", "salience"})
    presets = {
        "default": {control.name: getattr(Params(), control.name) for control in controls},
        "risky_home": {"q_home": 0.25, "phi": 0.5, "w": 0.3},
        "no_substitutes": {"phi": 0.0, "w": 0.1},
        "short_shocks": {"severity": 4, "embargo_weeks": 4, "inventory": 26, "w": 0.1},
    }

    def frame(self):
        chosen = theme.Style(theme.PURPLE, "solid", "star", "")
        on_bar = {"xaxis": "x2", "yaxis": "y2", "showlegend": False}
        by_weight = {"xaxis": "x3", "yaxis": "y3", "legend": "legend2"}
        names = [self.text(f"places.{place}") for place in PLACES]
        figure = frame(
            (axis(self.text("axes.cost"), tickformat=".2f"), axis(self.text("axes.risk"), domain=[0.52, 1])),
            (
                axis("", domain=[0, 1], range=[0, 1], tickformat=".0%", showgrid=False),
                axis("", domain=[0.31, 0.37], showline=False, ticks="", tickfont={"size": 13}),
            ),
            (
                axis(self.text("axes.w"), domain=[0, 1], range=[0, MOST_WEIGHT]),
                axis(self.text("axes.share"), domain=[0, 0.2], range=[0, 1], tickformat=".0%", dtick=0.5),
            ),
            traces=[
                {
                    "name": self.text("traces.inside"),
                    "mode": "lines",
                    "line": {"width": 0},
                    "fill": "toself",
                    "fillcolor": "rgba(127,127,127,0.16)",
                    "hoverinfo": "skip",
                },
                {
                    "name": self.text("traces.frontier"),
                    "mode": "lines+markers",
                    "line": {"color": theme.SKY, "width": 2.5, "shape": "hv"},
                    "marker": {"color": theme.SKY, "size": 8},
                    "hovertemplate": "%{text}<extra></extra>",
                },
                {
                    "name": self.text("traces.strategies"),
                    "mode": "markers+text",
                    "marker": {"color": theme.GREY, "size": 11, "symbol": "diamond-open", "line": {"width": 2}},
                    "hovertemplate": "%{text}: %{x:.3f}, %{y:.3f}<extra></extra>",
                },
                points(chosen, size=18, name=self.text("traces.chosen"), hovertemplate="%{x:.3f}, %{y:.3f}"),
                *(
                    bars(k, name=name, orientation="h", textposition="inside", insidetextanchor="middle", **on_bar)
                    for k, name in enumerate(names)
                ),
                *(
                    {
                        "name": name,
                        "mode": "lines",
                        "stackgroup": "shares",
                        "line": {"width": 0, "shape": "hv", "color": style.color},
                        "fillcolor": style.color,
                        "fillpattern": {"shape": style.pattern, "fgcolor": "rgba(255,255,255,0.55)", "size": 7},
                        "hovertemplate": "w = %{x:.3f}: %{y:.0%}",
                        **by_weight,
                    }
                    for name, style in zip(names, theme.SERIES, strict=False)
                ),
                {
                    "name": self.text("traces.weight"),
                    "mode": "lines",
                    "line": {"color": "#000000", "width": 3},
                    "showlegend": False,
                    **by_weight,
                },
            ],
            widths=(1, 1, 1),
            height=640,
            barmode="stack",
            legend2={"orientation": "h", "x": 0, "y": 0.24, "yanchor": "bottom", "font": {"size": 12}},
        )
        figure.layout.xaxis.domain = [0, 1]
        return figure

    def solve(self, state: Params) -> Solution:
        return solve(state)

    def view(self, state: Params, solution: Solution) -> View:
        _, chosen, steps, strategies = solution
        plane = plane_of([*strategies.values(), chosen], steps)
        ends = np.append(steps.w, MOST_WEIGHT)
        shares = np.vstack([steps.x, steps.x[-1:]])
        names = [self.text(f"strategies.{name}") for name in strategies]
        traces = (
            inside(steps, plane),
            {"x": steps.cost, "y": steps.cvar, "text": [self._step(steps, i) for i in range(len(steps.w))]},
            {
                "x": [each.cost for each in strategies.values()],
                "y": [each.cvar for each in strategies.values()],
                "text": names,
                "textposition": plane.sides(list(strategies.values()), names, [chosen]),
            },
            {"x": [chosen.cost], "y": [chosen.cvar]},
            *(
                {"x": [share], "y": [self.text("axes.chosen")], "text": [f"{share:.0%}" if share > 0.03 else ""]}
                for share in chosen.x
            ),
            *({"x": ends, "y": column} for column in shares.T),
            {"x": [state.w, state.w], "y": [0.0, 1.0]},
        )
        layout = {"xaxis": {"range": plane.cost}, "yaxis": {"range": plane.risk}}
        return View(traces, layout, self._sentence(state, solution), self._table(solution))

    def _step(self, steps: Frontier, i: int) -> str:
        return self.text("step", start=steps.w[i], shares=self._shares(steps.x[i], steps.b[i]))

    def _shares(self, x, b) -> str:
        """The portfolio in words: 33% in the Region, 67% in Far-B, 4.0 weeks of stock."""
        parts = [
            self.text("share", share=share, place=self.text(f"places.{place}"))
            for place, share in zip(PLACES, x, strict=True)
            if share > 0
        ]
        if b > 0:
            parts.append(self.text("stock", weeks=WEEKS * b))
        return ", ".join(parts)

    def _sentence(self, state: Params, solution: Solution) -> str:
        asked, chosen, steps, strategies = solution
        said = [
            self.text(
                "sentence.chosen",
                w=state.w,
                shares=self._shares(chosen.x, chosen.b),
                cost=chosen.cost,
                cvar=chosen.cvar,
                tail=1 - state.alpha,
            )
        ]
        if state.from_memory:
            said.append(self.text("sentence.fear", embargo=embargo_chance(state)))
        if state.w > 0:
            far = [PLACES.index(place) for place in ABROAD]
            before = asked.optimise(0.0).x
            said.append(
                self.text(
                    "sentence.moved",
                    far_before=before[far].sum(),
                    far=chosen.x[far].sum(),
                    home_before=before[0],
                    home=chosen.x[0],
                )
            )
        said.append(self._home(chosen, steps, strategies["all-Home"]))
        two, home = strategies["China+1"], strategies["all-Home"]
        verdict = ("cheaper" if two.cost < home.cost else "dearer") + ("_safer" if two.cvar < home.cvar else "_riskier")
        said.append(
            self.text(
                f"sentence.two_{verdict}",
                cost=two.cost,
                cvar=two.cvar,
                home_cost=home.cost,
                home_cvar=home.cvar,
            )
        )
        return " ".join(said)

    def _home(self, chosen: Portfolio, steps: Frontier, home: Portfolio) -> str:
        """Where all-Home lies: on the frontier or inside it."""
        if chosen.x[0] == 1 and chosen.b == 0:
            return self.text("sentence.home_is_chosen")
        if home.cost > chosen.cost + BEATEN and home.cvar > chosen.cvar + BEATEN:
            return self.text("sentence.home_worse", more=home.cost / chosen.cost - 1, home_cvar=home.cvar)
        beats = (steps.cost < home.cost - BEATEN) & (steps.cvar < home.cvar - BEATEN)
        where = {"home_cost": home.cost, "home_cvar": home.cvar}
        if not beats.any():
            return self.text("sentence.home_on", **where)
        first = int(np.argmax(beats))
        return self.text(
            "sentence.home_inside", w=steps.w[first], cost=steps.cost[first], cvar=steps.cvar[first], **where
        )

    def _table(self, solution: Solution):
        asked, chosen, _, strategies = solution
        named = {self.text(f"strategies.{name}"): each for name, each in strategies.items()}
        portfolios = asked.compare({self.text("traces.chosen"): chosen} | named)
        places = [self.text(f"places.{place}") for place in PLACES]
        heading = {name: self.text(f"table.{name}") for name in ("strategy", "stock", "cost", "cvar", "mean")}
        portfolios.columns = [*places, heading["stock"], heading["cost"], heading["cvar"], heading["mean"]]
        return portfolios.rename_axis(heading["strategy"])


class Plane(NamedTuple):
    """The part of the plane of cost and risk that is shown."""

    cost: list[float]
    risk: list[float]

    def sides(self, portfolios, names, avoid) -> list[str]:
        """Where the names of portfolios stand."""
        return sides([self._at(each) for each in portfolios], names, [self._at(each) for each in avoid])

    def _at(self, portfolio: Portfolio) -> tuple[float, float]:
        (left, right), (bottom, top) = self.cost, self.risk
        return (portfolio.cost - left) / (right - left), (portfolio.cvar - bottom) / (top - bottom)


def plane_of(portfolios, steps: Frontier) -> Plane:
    """Ranges of the axes in steps, so that the picture stands still while little moves."""
    cost = np.append(steps.cost, [each.cost for each in portfolios])
    risk = max(steps.cvar.max(), *(each.cvar for each in portfolios))
    return Plane(
        [float(np.floor(cost.min() * 20 - 0.5) / 20), float(np.ceil(cost.max() * 20 + 0.5) / 20)],
        [-0.03, float(np.ceil(risk * 10 + 0.5) / 10)],
    )


def inside(steps: Frontier, plane: Plane) -> dict[str, np.ndarray]:
    """All that is dearer and riskier than a portfolio of the frontier, as a polygon."""
    cost, risk = np.repeat(steps.cost, 2), np.repeat(steps.cvar, 2)
    right, top = plane.cost[1], plane.risk[1]
    return {
        "x": np.concatenate([cost, [right, right]]),
        "y": np.concatenate([[top], risk, [top]]),
    }
