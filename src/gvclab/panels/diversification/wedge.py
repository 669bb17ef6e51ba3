"""Wedge: a firm that bears only a part of what its failure costs, and who bears the rest."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.models.sourcing import Frontier, Portfolio, Sourcing, staircase

from ...charts import View, axis, bars, frame, points, theme
from ...charts.labels import legend_at
from ..base import Panel
from ..controls import Slider
from . import plane
from .params import SUBSTITUTABILITY, VALUE, Params
from .problem import PROBLEM, compared, in_words, problem

# A unit of money lost counts as much as one spent. So a firm that bears the part chi of the loss chooses like
# one that bears all of it with the weight w = chi / (1 + chi).
EVEN = 0.5
LEAST, MOST = 0.05, 1.5
ROOM = 0.2  # the least part of the longest bar in which a number can be read
SAME = 1e-9  # two choices whose totals differ by less are the same


class Bill(NamedTuple):
    """What a portfolio costs, and whom: in units of procurement cost per unit of need."""

    cost: float  # sourcing, paid by the firm
    own: float  # tail loss that the firm bears: chi V CVaR
    others: float  # tail loss that others bear: (1 - chi) V CVaR; below 0, the firm pays them

    @property
    def firm(self) -> float:
        return self.cost + self.own

    @property
    def total(self) -> float:
        return self.cost + self.own + self.others


class Solution(NamedTuple):
    """The choice of the firm, the choice that is best for all, and what lies between them."""

    problem: Sourcing
    steps: Frontier  # along the weight of security, at the whole loss
    private: Portfolio
    social: Portfolio
    firm: Bill  # of the private choice
    everyone: Bill  # of the social choice
    chi: np.ndarray  # where the private choice changes, and the two ends of the slider
    gap: np.ndarray  # what all together lose by it, from each chi on
    harmless: tuple[float, float]  # from which chi to which the firm chooses what is best for all


def bill(portfolio: Portfolio, V: float, chi: float) -> Bill:
    """Who pays what for a portfolio, when the firm bears the part chi of the tail loss."""
    loss = V * portfolio.cvar
    return Bill(portfolio.cost, chi * loss, (1 - chi) * loss)


class Wedge(Panel):
    """What does it cost that a firm bears only a part of the loss, and who pays?"""

    key = "diversification.wedge"
    State = Params
    controls = (
        Slider("chi", min=LEAST, max=MOST, step=0.05),
        VALUE,
        SUBSTITUTABILITY,
    )
    reads = PROBLEM
    presets: ClassVar = {
        "limited_liability": {"chi": 0.15, "V": 4.0, "phi": 1.0},
        "blamed": {"chi": 1.5, "V": 1.0, "phi": 1.0},
    }

    def frame(self):
        social = theme.Style(theme.GREEN, "solid", "triangle-down", "")
        below = {"xaxis": "x2", "yaxis": "y2", "legend": "legend2", "orientation": "h"}
        below |= {
            "textposition": "inside",
            "insidetextanchor": "middle",
            "textangle": 0,
            "constraintext": "none",
            "hoverinfo": "skip",
        }
        right = {"xaxis": "x3", "yaxis": "y3", "showlegend": False}
        return frame(
            plane.cell(0.5),
            (
                axis(self.text("axes.bill"), domain=[0, 0.48], rangemode="tozero"),
                axis("", domain=[0, 0.27], showline=False, ticks="", ticklabelstandoff=6),
            ),
            (
                axis(self.text("axes.chi"), domain=[0.64, 1], range=[0, MOST]),
                axis(self.text("axes.gap"), domain=[0, 0.27], rangemode="tozero"),
            ),
            traces=[
                *plane.looks(),
                points(social, size=17, name=self.text("traces.social")),
                points(plane.CHOSEN, size=17, name=self.text("traces.private")),
                bars(0, name=self.text("traces.cost"), **below),
                bars(1, name=self.text("traces.own"), **below),
                bars(3, name=self.text("traces.others"), **below),
                {
                    "mode": "lines",
                    "line": {"color": theme.GREY, "width": 2.5, "shape": "hv"},
                    "name": self.text("traces.gap"),
                    **right,
                },
                points(plane.CHOSEN, size=15, name=self.text("traces.private"), cliponaxis=False, **right),
            ],
            height=640,
            barmode="relative",
            legend=plane.LEGEND,
            legend2=legend_at(0.29),
        )

    def solve(self, state: Params) -> Solution:
        asked = problem(state)
        steps = staircase(asked)
        private, social, _ = asked.wedge(EVEN, state.chi)
        totals = steps.cost + state.V * steps.cvar
        changes = steps.w / (1 - steps.w)  # the chi at which a firm goes from one step to the next
        chi = np.concatenate([[LEAST], changes[(changes > LEAST) & (changes < MOST)], [MOST]])
        held = np.searchsorted(changes, chi, side="right") - 1
        best = int(np.searchsorted(changes, 1.0, side="right")) - 1
        ends = np.append(changes, np.inf)[[best, best + 1]].clip(LEAST, MOST)
        return Solution(
            asked,
            steps,
            private,
            social,
            bill(private, state.V, state.chi),
            bill(social, state.V, state.chi),
            chi,
            totals[held] - totals[best],
            tuple(ends.tolist()),
        )

    def view(self, state: Params, solution: Solution) -> View:
        _, steps, private, social, firm, everyone, chi, gap, _ = solution
        shown = plane.plane_of(steps, [private, social])
        rows = [self.text("axes.social"), self.text("axes.private")]
        parts = list(zip(everyone, firm, strict=True))
        least = ROOM * max(everyone.total, firm.total)
        traces = (
            *shown.traces,
            {"x": [social.cost], "y": [social.cvar]},
            {"x": [private.cost], "y": [private.cvar]},
            *({"y": rows, "x": part, "text": [f"{x:.3f}" if abs(x) > least else "" for x in part]} for part in parts),
            {"x": chi, "y": gap},
            {"x": [state.chi], "y": [max(0.0, firm.total - everyone.total)]},
        )
        return View(traces, shown.layout, self._sentence(state, solution), self._table(solution))

    def _sentence(self, state: Params, solution: Solution) -> str:
        _, _, private, social, firm, everyone, _, _, (low, high) = solution
        lost = firm.total - everyone.total
        numbers = {
            "chi": state.chi,
            "private": in_words(private.x, private.b),
            "social": in_words(social.x, social.b),
            "cost": private.cost,
            "cvar": private.cvar,
            "social_cost": social.cost,
            "social_cvar": social.cvar,
            "saved": everyone.firm - firm.firm,
            "others": firm.others - everyone.others,
            "lost": lost,
            "low": low,
            "high": high,
        }
        if lost <= SAME:
            return self.text("sentence.same", **numbers)
        return " ".join(
            self.text(f"sentence.{part}", **numbers)
            for part in ("differs", "too_risky" if private.cvar > social.cvar else "too_safe")
        )

    def _table(self, solution: Solution):
        names = [self.text(f"traces.{name}") for name in ("private", "social")]
        table = compared(solution.problem, dict(zip(names, (solution.private, solution.social), strict=True)))
        for part in Bill._fields:
            table[self.text(f"traces.{part}")] = [getattr(each, part) for each in (solution.firm, solution.everyone)]
        table[self.text("table.total")] = [solution.firm.total, solution.everyone.total]
        return table
