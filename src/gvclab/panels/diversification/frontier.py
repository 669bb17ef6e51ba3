"""Frontier lab: where to buy when places can fail, at what cost, and with what risk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.models.sourcing import Frontier, Portfolio, Sourcing, staircase

from ...charts import Picture, Plot, area, axis, bars, points, row, theme
from ..kit import Lab, Table
from . import plane
from .params import MOST_WEIGHT, Params
from .problem import PLACES, compared, embargo_chance, in_words, problem

ABROAD = [PLACES.index("Far-A"), PLACES.index("Far-B")]
VISIBLE = 0.005  # shares that differ by less are written alike
BEATEN = 1e-9  # a portfolio is cheaper or safer than another if it is by more than this
BOUGHT = {
    "plot": "bought",
    "orientation": "h",
    "textposition": "inside",
    "insidetextanchor": "middle",
    "textangle": 0,
    "constraintext": "none",
    "showlegend": False,
    "hoverinfo": "skip",
}
BY_WEIGHT = {
    "plot": "weights",
    "line": {"width": 0, "shape": "hv"},
    "stackgroup": "shares",
    "hovertemplate": "w = %{x:.3f}: %{y:.0%}",
}
NAMES = {"showline": False, "ticks": "", "ticklabelstandoff": 6}
STYLES = dict(zip(PLACES, map(theme.style, ("home", "region", "far_a", "far_b")), strict=True))


class FrontierSolution(NamedTuple):
    """The best portfolio at the chosen weight, at all other weights, and what the debate proposes instead."""

    problem: Sourcing
    chosen: Portfolio
    steps: Frontier  # portfolio i is best from steps.w[i] to steps.w[i + 1]
    strategies: Mapping[str, Portfolio]


class FrontierLab(Lab):
    """Where should a firm buy at a given weight of security, and how do other strategies compare?"""

    key = "diversification.frontier"
    State = Params
    shows = ("w", "phi", "inventory", "V", "q_home", "embargo")
    folds = ("prices", "shocks")
    presets: ClassVar = {
        "risky_home": {"q_home": 0.25, "phi": 0.5, "w": 0.3},
        "no_substitutes": {"phi": 0.0, "w": 0.1},
        "short_shocks": {"severity": 4, "embargo_weeks": 4, "inventory": 26, "w": 0.1},
    }
    picture = Picture(
        row(plane.PLOT, height=48),
        row(
            Plot("bought", axis("", range=[0, 1], visible=False), axis("", **NAMES)),
            height=6,
            above=0.165,
        ),
        row(
            Plot(
                "weights",
                axis("w", range=[0, MOST_WEIGHT]),
                axis("share", range=[0, 1], tickformat=".0%", dtick=0.5),
                legend=0.145,
            ),
            height=22,
            above=0.075,
        ),
        marks={
            **plane.MARKS,
            "strategies": {
                "mode": "markers+text",
                "marker": {"color": theme.GREY, "symbol": "diamond-open", "size": 11, "line": {"width": 2}},
                "hovertemplate": "%{text}: %{x:.3f}, %{y:.3f}<extra></extra>",
            },
            "chosen": points(plane.CHOSEN, size=18, hovertemplate="%{x:.3f}, %{y:.3f}"),
            **{f"bought.{place}": bars(style, name=f"places.{place}", **BOUGHT) for place, style in STYLES.items()},
            **{f"share.{place}": area(style, name=f"places.{place}", **BY_WEIGHT) for place, style in STYLES.items()},
            "weight": {
                "plot": "weights",
                "mode": "lines+markers",
                "line": {"color": "#FFFFFF", "width": 4},
                "marker": {"color": plane.CHOSEN.color, "symbol": "star", "size": [0, 18], "opacity": 1},
                "cliponaxis": False,
                "hoverinfo": "skip",
                "showlegend": False,
            },
        },
        height=640,
        barmode="stack",
        legend=plane.LEGEND,
    )

    def solve(self, state: Params) -> FrontierSolution:
        # The frontier is one solve for all weights; the model remembers it while shocks and costs stand.
        asked = problem(state)
        return FrontierSolution(asked, asked.optimise(state.w), staircase(asked), asked.strategies)

    def draw(self, state: Params, solution: FrontierSolution):
        _, chosen, steps, strategies = solution
        named = list(strategies.values())
        shown = plane.plane_of(steps, [*named, chosen])
        names = [self.text(f"strategies.{name}") for name in strategies]
        bar = {"y": [self.message("axes.chosen", w=state.w)]}
        return {
            **shown.drawn,
            "strategies": {
                "x": [each.cost for each in named],
                "y": [each.cvar for each in named],
                "text": names,
                "textposition": shown.sides(named, names, chosen),
            },
            "chosen": {"x": [chosen.cost], "y": [chosen.cvar]},
            **{
                f"bought.{place}": {**bar, "x": [share], "text": [f"{share:.0%}" if share > 0.05 else ""]}
                for place, share in zip(PLACES, chosen.x, strict=True)
            },
            **{
                f"share.{place}": {"x": [*steps.w, MOST_WEIGHT], "y": [*shares, shares[-1]]}
                for place, shares in zip(PLACES, steps.x.T, strict=True)
            },
            "weight": {"x": [state.w, state.w], "y": [0.0, 1.0]},
        }

    def say(self, state: Params, solution: FrontierSolution):
        _, chosen, steps, strategies = solution
        home, two = strategies["all-Home"], strategies["China+1"]
        shares = in_words(chosen.x, chosen.b)
        yield "chosen", {"w": state.w, "shares": shares, "tail": 1 - state.alpha, **_at(chosen)}
        if state.from_memory:
            yield "fear", {"embargo": embargo_chance(state)}
        if state.w > 0:
            yield self._moved(steps.x[0], chosen.x)
        yield self._home(chosen, steps, home)
        verdict = "cheaper" if two.cost < home.cost else "dearer"
        verdict += "_safer" if two.cvar < home.cvar else "_riskier"
        yield f"two_{verdict}", {**_at(two), **_at(home, "home_")}

    @staticmethod
    def _moved(before: np.ndarray, after: np.ndarray):
        """What the weight of security has moved."""
        numbers = {
            "far_before": before[ABROAD].sum(),
            "far": after[ABROAD].sum(),
            "home_before": before[0],
            "home": after[0],
        }
        gone = abs(numbers["far"] - numbers["far_before"]) + abs(numbers["home"] - numbers["home_before"])
        return "moved" if gone > VISIBLE else "unmoved", numbers

    @staticmethod
    def _home(chosen: Portfolio, steps: Frontier, home: Portfolio):
        """Where all-Home lies: on the frontier or inside it."""
        if chosen.x[0] == 1 and chosen.b == 0:
            return "home_is_chosen", {}
        where = _at(home, "home_")
        if home.cost > chosen.cost + BEATEN and home.cvar > chosen.cvar + BEATEN:
            return "home_worse", {"more": home.cost / chosen.cost - 1, **where}
        beats = (steps.cost < home.cost - BEATEN) & (steps.cvar < home.cvar - BEATEN)
        if not beats.any():
            return "home_on", where
        i = int(np.argmax(beats))
        return "home_inside", {"w": steps.w[i], "cost": steps.cost[i], "cvar": steps.cvar[i], **where}

    def tables(self, state: Params, solution: FrontierSolution):
        asked, chosen, _, strategies = solution
        names = [self.message("marks.chosen"), *(self.message(f"strategies.{name}") for name in strategies)]
        yield Table("portfolio", names, compared([chosen, *strategies.values()]), title="portfolios")
        losses = asked.losses(chosen)
        left = [
            (self.message("table.survives", place=self.message(f"places.{place}")), losses[place]) for place in PLACES
        ]
        columns = [("shortage", losses["shortage"]), ("chance", losses["probability"]), *left]
        yield Table("", losses.index, columns, title="scenarios", values={"count": len(losses)})


def _at(portfolio: Portfolio, prefix: str = "") -> dict[str, float]:
    """Where a portfolio lies in the plane."""
    return {f"{prefix}cost": portfolio.cost, f"{prefix}cvar": portfolio.cvar}
