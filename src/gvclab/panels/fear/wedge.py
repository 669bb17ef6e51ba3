"""Wedge: a firm that bears only a part of what its failure costs, and who bears the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gvclab.models.sourcing import Portfolio, staircase

from ...charts import Picture, Plot, axis, bars, points, row, theme
from ..controls import slider
from ..panel import Panel, Table
from ..sourcing import Market, compared, problem, used

# A unit of money lost counts as much as one spent. So a firm that bears the part chi of the loss chooses like
# one that bears all of it with the weight w = chi / (1 + chi).
EVEN = 0.5
LEAST_BORNE, MOST_BORNE = 0.05, 1.5
ROOM = 0.2  # the least part of the longest bar in which a number can be read
SAME = 1e-9  # two choices whose totals differ by less are the same
BILL = {
    "plot": "bill",
    "orientation": "h",
    "textposition": "inside",
    "insidetextanchor": "middle",
    "textangle": 0,
    "constraintext": "none",
    "hoverinfo": "skip",
}


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


class WedgeSolution(NamedTuple):
    """The choice of the firm, the choice that is best for all, and what lies between them."""

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


@dataclass(frozen=True)
class Borne(Market):
    """A market, and the part of the loss that the firm itself bears."""

    chi: float = slider(0.15, LEAST_BORNE, MOST_BORNE, 0.01)


class WedgeLab(Panel):
    """What does it cost that a firm bears only a part of the loss, and who pays?"""

    key = "fear.wedge"
    beside = "sourcing"
    State = Borne
    shows = ("chi", "V", "phi")
    picture = Picture(
        row(
            Plot(
                "bill",
                axis("bill", rangemode="tozero"),
                axis("", showline=False, ticks="", ticklabelstandoff=6),
                legend=0.02,
            ),
            height=40,
        ),
        row(Plot("parts", axis("chi", range=[0, MOST_BORNE]), axis("gap", rangemode="tozero")), height=36, above=0.22),
        marks={
            "cost": bars("sourcing", **BILL),
            "own": bars("borne", **BILL),
            "others": bars("passed_on", **BILL),
            "gap": {
                "plot": "parts",
                "mode": "lines",
                "line": {"color": theme.GREY, "width": 2.5, "shape": "hv"},
                "showlegend": False,
            },
            "lost": points("chosen", size=15, name="private", plot="parts", cliponaxis=False, showlegend=False),
        },
        height=365,
        barmode="relative",
    )

    def solve(self, state: Borne) -> WedgeSolution:
        asked = problem(state)
        steps = staircase(asked)
        private, social, _ = asked.wedge(EVEN, state.chi)
        totals = steps.cost + state.V * steps.cvar
        changes = steps.w / (1 - steps.w)  # the chi at which a firm goes from one step to the next
        chi = np.concatenate([[LEAST_BORNE], changes[(changes > LEAST_BORNE) & (changes < MOST_BORNE)], [MOST_BORNE]])
        held = np.searchsorted(changes, chi, side="right") - 1
        best = int(np.searchsorted(changes, 1.0, side="right")) - 1
        ends = np.append(changes, np.inf)[[best, best + 1]].clip(LEAST_BORNE, MOST_BORNE)
        return WedgeSolution(
            private,
            social,
            bill(private, state.V, state.chi),
            bill(social, state.V, state.chi),
            chi,
            totals[held] - totals[best],
            tuple(ends.tolist()),
        )

    def draw(self, state: Borne, solution: WedgeSolution):
        _, _, firm, everyone, chi, gap, _ = solution
        rows = [self.message("axes.social"), self.message("axes.private")]
        least = ROOM * max(everyone.total, firm.total)
        parts = {part: [getattr(everyone, part), getattr(firm, part)] for part in Bill._fields}
        return {
            **{
                part: {"y": rows, "x": pair, "text": [f"{x:.3f}" if abs(x) > least else "" for x in pair]}
                for part, pair in parts.items()
            },
            "gap": {"x": chi, "y": gap},
            "lost": {"x": [state.chi], "y": [max(0.0, firm.total - everyone.total)]},
        }

    def say(self, state: Borne, solution: WedgeSolution):
        private, social, firm, everyone, _, _, (low, high) = solution
        lost = firm.total - everyone.total
        if lost <= SAME:
            yield "same", {"places": used(private.x), "low": low, "high": high}
            return
        yield ("too_risky" if private.cvar > social.cvar else "too_safe"), {"lost": lost}
        chosen, best = used(private.x), used(social.x)
        yield ("differs" if chosen != best else "other_parts"), {"private": chosen, "social": best}

    def tables(self, state: Borne, solution: WedgeSolution):
        bills = (solution.firm, solution.everyone)
        columns = compared([solution.private, solution.social])
        columns += [(part, [getattr(each, part) for each in bills]) for part in (*Bill._fields, "total")]
        yield Table("portfolio", [self.message("marks.private"), self.message("marks.social")], columns)
