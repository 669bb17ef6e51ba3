"""The plane of cost and tail risk with the frontier in it, as the frontier lab and the wedge draw it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from gvclab.content import Message
from gvclab.models.sourcing import Frontier, Portfolio

from ...charts import Plot, axis, theme
from ...charts.labels import sides
from .problem import ROOM, in_words

CHOSEN = theme.style("chosen")
LEGEND = {"traceorder": "normal"}  # plotly reverses it where traces are stacked
PLOT = Plot("plane", axis("cost", tickformat=".2f"), axis("risk"))
# The marks that every plane has: what lies inside the frontier, and the frontier.
MARKS = {
    "inside": {
        "mode": "lines",
        "line": {"width": 0},
        "fill": "toself",
        "fillcolor": "rgba(127,127,127,0.16)",
        "hoverinfo": "skip",
    },
    "frontier": {
        "mode": "lines+markers",
        "line": {"color": theme.GREY, "width": 3, "shape": "hv"},
        "marker": {"color": theme.GREY, "size": 8},
        "hovertemplate": "%{text}<extra></extra>",
    },
}


class FrontierPlane(NamedTuple):
    """The part of the plane that is shown, and the frontier in it."""

    steps: Frontier
    cost: tuple[float, float]
    risk: tuple[float, float]

    @property
    def drawn(self) -> dict[str, Any]:
        """Values for `PLOT` and `MARKS`. Inside is all that is dearer and riskier than a portfolio of the frontier."""
        steps = self.steps
        (_, right), (_, top) = self.cost, self.risk
        said = [
            Message(f"{ROOM}.step", {"start": w, "shares": in_words(x, b)})
            for w, x, b in zip(steps.w, steps.x, steps.b, strict=True)
        ]
        return {
            "plane": {"x": {"range": list(self.cost)}, "y": {"range": list(self.risk)}},
            "inside": {
                "x": np.concatenate([np.repeat(steps.cost, 2), [right, right]]),
                "y": np.concatenate([[top], np.repeat(steps.cvar, 2), [top]]),
            },
            "frontier": {"x": steps.cost, "y": steps.cvar, "text": said},
        }

    def sides(self, portfolios: Sequence[Portfolio], names: Sequence[str], chosen: Portfolio) -> list[str]:
        """Where the names of portfolios stand: clear of the chosen one and of the stairs."""
        steps = self.steps
        stairs = [
            (cost, risk)
            for cost, above, below in zip(steps.cost[1:], steps.cvar[:-1], steps.cvar[1:], strict=True)
            for risk in np.linspace(above, below, 9)
        ]
        x, y = self._at(chosen.cost, chosen.cvar)
        star = [(x + 0.02 * i, y + 0.04 * j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        avoid = [*star, *(self._at(*at) for at in stairs)]
        return sides([self._at(each.cost, each.cvar) for each in portfolios], names, avoid)

    def _at(self, cost: float, risk: float) -> tuple[float, float]:
        (left, right), (bottom, top) = self.cost, self.risk
        return (cost - left) / (right - left), (risk - bottom) / (top - bottom)


def plane_of(steps: Frontier, portfolios: Sequence[Portfolio]) -> FrontierPlane:
    """Room for the frontier and the portfolios, in ranges that small changes leave alone."""
    cost = np.append(steps.cost, [each.cost for each in portfolios])
    risk = max(steps.cvar.max(), *(each.cvar for each in portfolios))
    left, right = np.floor(cost.min() * 20 - 0.5) / 20, np.ceil(cost.max() * 20 + 0.5) / 20
    top = np.ceil(risk * 10 + 0.5) / 10
    return FrontierPlane(steps, (float(left), float(right)), (-0.03 * float(top), float(top)))
