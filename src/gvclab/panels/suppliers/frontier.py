"""Frontier lab: where a firm buys as it gives more weight to security, at what cost, and with what risk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gvclab.models.sourcing import WEEKS, Frontier, Portfolio, Sourcing, staircase

from ...charts import Picture, Plot, axis, bars, points, row, theme
from ..controls import slider
from ..panel import Panel, Table
from ..sourcing import PLACES, STYLES, Market, compared, in_words, place, problem, used

MOST_WEIGHT = 0.99
WORST = 12  # cases that the table lists
RISKS = [0, 0.25, 0.5, 0.75, 1]
VISIBLE = 0.005  # shares that differ by less are drawn alike
MOST_COST, MOST_RISK = (0.68, 1.04), (-0.04, 1.16)  # what the plane shows at the default prices


class FrontierSolution(NamedTuple):
    """The best portfolio at the chosen weight and at all others, and what can be compared with it."""

    problem: Sourcing
    chosen: Portfolio
    steps: Frontier  # portfolio i is best from steps.w[i] to steps.w[i + 1]


@dataclass(frozen=True)
class Weighed(Market):
    """A market, and the weight that a firm gives to security."""

    w: float = slider(0.0, 0.0, MOST_WEIGHT)


class FrontierLab(Panel):
    """Where does a firm buy at a given weight of security, and what does it pay and risk?"""

    key = "suppliers.frontier"
    beside = "sourcing"
    State = Weighed
    shows = ("w", "q_home", "bloc")
    folds = ("phi", "V", "inventory", "prices", "shocks")
    picture = Picture(
        row(
            Plot("plane", axis("cost", tickformat=".2f"), axis("risk", tickformat=".0%", tickvals=RISKS)),
            Plot(
                "bought",
                axis("share", range=[0, 1.16], tickformat=".0%", dtick=0.5),
                axis("", showline=False, ticks="", ticklabelstandoff=6, autorange="reversed"),
            ),
            widths=(54, 34),
            gap=0.12,
        ),
        marks={
            "frontier": {
                "name": "",
                "mode": "lines+markers",
                "line": {"color": theme.GREY, "width": 2.5},
                "marker": {"color": theme.GREY, "size": 7},
                "hovertemplate": "%{text}<extra></extra>",
                "showlegend": False,
            },
            "start": points("before", size=13, **theme.SILENT) | {"mode": "markers+text", "textposition": "top right"},
            "chosen": points("chosen", size=18, name="", showlegend=False, hovertemplate="%{x:.3f}, %{y:.3f}")
            | {"mode": "markers+text", "textposition": "top right"},
            **{
                f"bought.{name}": bars(
                    style,
                    plot="bought",
                    orientation="h",
                    textposition="outside",
                    cliponaxis=False,
                    **theme.SILENT,
                )
                for name, style in STYLES.items()
            },
        },
        height=360,
        barmode="overlay",
    )

    def solve(self, state: Weighed) -> FrontierSolution:
        # The frontier is one solve for all weights; the model remembers it while shocks and costs stand.
        asked = problem(state)
        return FrontierSolution(asked, asked.optimise(state.w), staircase(asked))

    def draw(self, state: Weighed, solution: FrontierSolution):
        _, chosen, steps = solution
        told = [
            self.message("step", w=w, shares=in_words(x, b)) for w, x, b in zip(steps.w, steps.x, steps.b, strict=True)
        ]
        moved = bool(np.abs(chosen.x - steps.x[0]).max() > VISIBLE or chosen.b != steps.b[0])
        return {
            "plane": {
                "x": {"range": _room(steps.cost, *MOST_COST)},
                "y": {"range": _room(steps.cvar, *MOST_RISK)},
            },
            "frontier": {"x": steps.cost, "y": steps.cvar, "text": told},
            "start": {
                "x": [steps.cost[0]],
                "y": [steps.cvar[0]],
                "text": [self.message("marks.start") if moved else ""],
            },
            "chosen": {"x": [chosen.cost], "y": [chosen.cvar], "text": [self.message("marks.chosen")]},
            **{
                f"bought.{name}": {"y": [place(name)], "x": [share], "text": [f"{share:.0%}"]}
                for name, share in zip(PLACES, chosen.x, strict=True)
            },
        }

    def say(self, state: Weighed, solution: FrontierSolution):
        _, chosen, steps = solution
        yield ("one" if np.count_nonzero(chosen.x > VISIBLE) == 1 else "several"), {"places": used(chosen.x)}
        yield "costs", {"cost": chosen.cost, "tail": 1 - state.alpha, "cvar": chosen.cvar}
        if chosen.b > 0:
            yield "stock", {"weeks": WEEKS * chosen.b}
        if state.w > 0 and chosen.b == steps.b[0] and np.abs(chosen.x - steps.x[0]).max() <= VISIBLE:
            yield "unmoved", {}

    def tables(self, state: Weighed, solution: FrontierSolution):
        asked, chosen, _ = solution
        named = asked.strategies
        names = [self.message("marks.chosen"), *(self.message(f"strategies.{name}") for name in named)]
        yield Table("portfolio", names, compared([chosen, *named.values()]), title="portfolios")
        every = asked.losses(chosen)
        losses = every.head(WORST)
        left = [(self.message("table.survives", place=place(name)), losses[name]) for name in PLACES]
        columns = [("shortage", losses["shortage"]), ("chance", losses["probability"]), *left]
        yield Table("", losses.index, columns, title="scenarios", values={"shown": len(losses), "count": len(every)})


def _room(values: np.ndarray, low: float, high: float) -> list[float]:
    """The range of an axis: the usual one, wider where a setting needs it."""
    return [min(low, float(values.min()) - 0.02), max(high, float(values.max()) + 0.04)]
