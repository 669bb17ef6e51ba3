"""Wedge: a firm that bears only a part of what its failure costs, and who bears the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from gvclab.models.sourcing import Frontier, Portfolio, staircase

from ...charts import View, axis, bars, frame, points, theme
from ..base import Panel
from ..controls import Slider
from .frontier import PLACES, inside, plane_of, problem
from .params import WEEKS, Params

# A unit of money lost counts as much as one spent. So a firm that bears the part chi of the loss chooses like one that
# bears all of it with the weight w = chi / (1 + chi).
EVEN = 0.5
LEAST, MOST = 0.05, 1.5


class Bill(NamedTuple):
    """What a portfolio costs, and whom: in units of procurement cost per unit of need."""

    cost: float  # sourcing, paid by the firm
    own: float  # tail loss that the firm bears: chi V CVaR
    others: float  # tail loss that others bear: (1 - chi) V CVaR; below 0, the firm pays for more than the loss

    @property
    def firm(self) -> float:
        return self.cost + self.own

    @property
    def total(self) -> float:
        return self.cost + self.own + self.others


class Solution(NamedTuple):
    """The choice of the firm, the choice that is best for all, and what lies between them."""

    steps: Frontier  # along the weight of security, at the whole loss
    private: Portfolio
    social: Portfolio
    firm: Bill  # of the private choice
    all: Bill  # of the social choice
    chi: np.ndarray  # where the private choice changes, and the two ends of the slider
    gap: np.ndarray  # what all together lose by it, from each chi on


def solve(state: Params) -> Solution:
    """Private and social choice at the chosen chi, and the loss between them at every chi."""
    asked = problem(state)
    steps = staircase(asked)
    private, social, _ = asked.wedge(EVEN, state.chi)
    totals = steps.cost + state.V * steps.cvar
    # The private choice at chi is the step of the weight chi / (1 + chi).
    changes = steps.w / (1 - steps.w)
    inner = changes[(changes > LEAST) & (changes < MOST)]
    chi = np.concatenate([[LEAST], inner, [MOST]])
    held = np.searchsorted(changes, chi, side="right") - 1
    gap = totals[held] - (social.cost + state.V * social.cvar)
    bills = (bill(each, state.V, state.chi) for each in (private, social))
    return Solution(steps, private, social, *bills, chi, np.maximum(gap, 0.0))


def bill(portfolio: Portfolio, V: float, chi: float) -> Bill:
    """Who pays what for a portfolio, when the firm bears the part chi of the tail loss."""
    loss = V * portfolio.cvar
    return Bill(portfolio.cost, chi * loss, (1 - chi) * loss)


class Wedge(Panel):
    """What does it cost that a firm bears only a part of the loss, and who pays?"""

    key = "sourcing.wedge"
    State = Params
    controls = (
        Slider("chi", min=LEAST, max=MOST, step=0.05),
        Slider("V", min=1.0, max=20.0, step=0.5),
        Slider("phi", min=0.0, max=3.0, step=0.05),
    )
    reads = frozenset(
        "c_home c_region c_far_a c_far_b kappa alpha inventory q_home q_region q_far_a q_far_b q_home_region q_world "
        "embargo bloc severity embargo_weeks from_memory crises delta salience".split()
    )
    presets = {
        "default": {"chi": 1.0, "V": 4.0, "phi": 1.0},
        "limited_liability": {"chi": 0.15},
        "blamed": {"chi": 1.5},
    }

    def frame(self):
        private = theme.Style(theme.PURPLE, "solid", "star", "")
        social = theme.Style(theme.GREEN, "solid", "triangle-down", "")
        below = {"xaxis": "x2", "yaxis": "y2", "legend": "legend2", "orientation": "h"}
        right = {"xaxis": "x3", "yaxis": "y3", "showlegend": False}
        figure = frame(
            (axis(self.text("axes.cost"), tickformat=".2f"), axis(self.text("axes.risk"), domain=[0.52, 1])),
            (
                axis(self.text("axes.bill"), rangemode="tozero"),
                axis("", domain=[0, 0.26], showline=False, ticks="", tickfont={"size": 13}),
            ),
            (
                axis(self.text("axes.chi"), range=[0, MOST]),
                axis(self.text("axes.gap"), domain=[0, 0.26], rangemode="tozero"),
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
                },
                points(social, size=17, name=self.text("traces.social")),
                points(private, size=17, name=self.text("traces.private")),
                bars(0, name=self.text("traces.cost"), **below),
                bars(1, name=self.text("traces.own"), **below),
                bars(3, name=self.text("traces.others"), **below),
                {
                    "mode": "lines",
                    "line": {"color": theme.BLUE, "width": 2.5, "shape": "hv"},
                    "name": self.text("traces.gap"),
                    **right,
                },
                points(private, size=15, name=self.text("traces.private"), **right),
            ],
            widths=(1, 1, 1),
            height=640,
            barmode="relative",
            legend2={"orientation": "h", "x": 0, "y": 0.27, "yanchor": "bottom", "font": {"size": 12}},
        )
        figure.layout.xaxis.domain = [0, 1]
        figure.layout.xaxis2.domain = [0, 0.46]
        figure.layout.xaxis3.domain = [0.6, 1]
        return figure

    def solve(self, state: Params) -> Solution:
        return solve(state)

    def view(self, state: Params, solution: Solution) -> View:
        steps, private, social, firm, everyone, chi, gap = solution
        plane = plane_of([private, social], steps)
        rows = [self.text("axes.social"), self.text("axes.private")]
        traces = (
            inside(steps, plane),
            {"x": steps.cost, "y": steps.cvar},
            {"x": [social.cost], "y": [social.cvar]},
            {"x": [private.cost], "y": [private.cvar]},
            {"y": rows, "x": [everyone.cost, firm.cost]},
            {"y": rows, "x": [everyone.own, firm.own]},
            {"y": rows, "x": [everyone.others, firm.others]},
            {"x": chi, "y": gap},
            {"x": [state.chi], "y": [max(0.0, firm.total - everyone.total)]},
        )
        layout = {"xaxis": {"range": plane.cost}, "yaxis": {"range": plane.risk}}
        return View(traces, layout, self._sentence(state, solution), self._table(solution))

    def _sentence(self, state: Params, solution: Solution) -> str:
        _, private, social, firm, everyone, chi, gap = solution
        lost = firm.total - everyone.total
        numbers = {
            "chi": state.chi,
            "private": self._shares(private),
            "social": self._shares(social),
            "cost": private.cost,
            "cvar": private.cvar,
            "social_cost": social.cost,
            "social_cvar": social.cvar,
            "saved": everyone.firm - firm.firm,
            "others": firm.others - everyone.others,
            "lost": lost,
        }
        harmless = chi[:-1][gap[:-1] <= SAME]
        if lost <= SAME:
            following = chi[1:][gap[:-1] <= SAME]
            return self.text("sentence.same", low=harmless.min(), high=following.max(), **numbers)
        return " ".join(
            self.text(f"sentence.{part}", **numbers)
            for part in ("differs", "too_risky" if private.cvar > social.cvar else "too_safe")
        )
