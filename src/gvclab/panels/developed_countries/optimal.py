"""Optimal tariff lab: what suits one country alone, and what is left when the other does the same."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.content import sentences
from gvclab.models import gravity, world

from ...charts import View, axis, frame, line, points, theme
from ..base import Panel
from ..controls import Slider
from .params import THETA, Params

HIGHEST = 0.8
RATES = np.linspace(0, HIGHEST, 17)
ANSWERS = np.linspace(0, HIGHEST, 6)  # rates of the other to which the best reply is computed


class Replies(NamedTuple):
    """Best replies to ANSWERS, Home's best rate while Foreign has none, and the war; welfare in per cent."""

    home: np.ndarray
    foreign: np.ndarray
    alone: float
    alone_welfare: np.ndarray
    foreign_at_home: float  # at this rate, the share of its own goods in Foreign's spending
    war: np.ndarray
    war_welfare: np.ndarray


class OptimalTariffSolution(NamedTuple):
    """Welfare in per cent of free trade: at the two rates, along Home's rate at Foreign's, and the replies."""

    now: np.ndarray
    home: np.ndarray
    foreign: np.ndarray
    replies: Replies | None = None


@lru_cache(maxsize=256)
def two(imports: float, size: float, theta: float) -> gravity.World:
    """The world of the panel."""
    return world.two_countries(imports, size, theta)


def tariffs(made: gravity.World, home: float, foreign: float) -> np.ndarray:
    """(2, 2, 1) with these rates."""
    return home * made.border("Home") + foreign * made.border("Foreign")


@lru_cache(maxsize=256)
def replies(imports: float, size: float, theta: float) -> Replies:
    """What each would choose, whatever the other does."""
    made = two(imports, size, theta)

    def best(country: str, other: float) -> float:
        given = tariffs(made, other, other)  # a country's own rate is the one that is searched
        return float(gravity.optimal_tariff(made, country, tariffs=given).tariff[0])

    alone, war = gravity.optimal_tariff(made, "Home"), gravity.nash_tariffs(made, ("Home", "Foreign"))
    return Replies(
        home=np.array([best("Home", rate) for rate in ANSWERS]),
        foreign=np.array([best("Foreign", rate) for rate in ANSWERS]),
        alone=float(alone.tariff[0]),
        alone_welfare=100 * (alone.equilibrium.welfare - 1),
        foreign_at_home=float(alone.equilibrium.pi[1, 1, 0]),
        war=war.tariff,
        war_welfare=100 * (war.equilibrium.welfare - 1),
    )


class OptimalTariffLab(Panel):
    """Which tariff suits a country best, and what if the other answers?"""

    key = "developed_countries.optimal"
    State = Params
    controls = (
        Slider("home_tariff", min=0.0, max=HIGHEST, step=0.01),
        Slider("foreign_tariff", min=0.0, max=HIGHEST, step=0.01),
        THETA,
        Slider("imports", min=0.05, max=0.6, step=0.05),
        Slider("size", min=0.4, max=20.0, step=0.1, log=True),
    )
    presets: ClassVar = {
        "free": {"home_tariff": 0.0, "foreign_tariff": 0.0, "theta": 5.0, "imports": 0.3, "size": 1.0},
        "small": {"home_tariff": 0.2, "foreign_tariff": 0.0, "theta": 5.0, "imports": 0.3, "size": 20.0},
        "giant": {"home_tariff": 0.0, "foreign_tariff": 0.0, "theta": 5.0, "imports": 0.6, "size": 0.4},
    }

    def frame(self):
        right = {"xaxis": "x2", "yaxis": "y2"}
        zero = {"zeroline": True, "zerolinecolor": theme.GREY}
        rates = {"range": [-0.02, HIGHEST + 0.02], "tickformat": ".0%"}
        return frame(
            (axis(self.text("axes.home"), **rates), axis(self.text("axes.welfare"), **zero)),
            (axis(self.text("axes.home"), **rates), axis(self.text("axes.foreign"), **rates)),
            traces=[
                line("home", name=self.text("traces.home")),
                line("abroad", name=self.text("traces.foreign")),
                points("chosen", size=15, name=self.text("traces.now"), hoverinfo="skip"),
                line("home", name=self.text("traces.home_reply"), showlegend=False, **right),
                line("abroad", name=self.text("traces.foreign_reply"), showlegend=False, **right),
                points("alone", size=12, name=self.text("traces.alone"), **right),
                points("war", size=12, name=self.text("traces.war"), **right),
                points("chosen", size=15, name=self.text("traces.now"), showlegend=False, hoverinfo="skip", **right),
            ],
            height=430,
        )

    def solve(self, state: Params) -> OptimalTariffSolution:
        made = two(state.imports, state.size, state.theta)
        near, along = None, []
        for rate in RATES:
            near = gravity.solve(made, tariffs=tariffs(made, rate, state.foreign_tariff), start=near)
            along.append(near.welfare)
        now = gravity.solve(made, tariffs=tariffs(made, state.home_tariff, state.foreign_tariff)).welfare
        home, foreign = 100 * (np.array(along).T - 1)
        return OptimalTariffSolution(100 * (now - 1), home, foreign)

    def refine(self, state: Params, solution: OptimalTariffSolution) -> OptimalTariffSolution:
        return solution._replace(replies=replies(state.imports, state.size, state.theta))

    def view(self, state: Params, solution: OptimalTariffSolution) -> View:
        known = solution.replies
        rest = ({},) * 4
        if known is not None:
            rest = (
                {"x": known.home, "y": ANSWERS},
                {"x": ANSWERS, "y": known.foreign},
                {"x": [known.alone], "y": [0.0]},
                {"x": known.war[:1], "y": known.war[1:]},
            )
        traces = (
            {"x": RATES, "y": solution.home},
            {"x": RATES, "y": solution.foreign},
            {"x": [state.home_tariff] * 2, "y": solution.now},
            *rest,
            {"x": [state.home_tariff], "y": [state.foreign_tariff]},
        )
        return View(traces, {}, self._sentence(state, solution), self._table(solution))

    def _sentence(self, state: Params, solution: OptimalTariffSolution) -> str:
        words = {
            "home_rate": state.home_tariff,
            "foreign_rate": state.foreign_tariff,
            "home": solution.now[0],
            "foreign": solution.now[1],
        }
        free = not state.home_tariff and not state.foreign_tariff
        said = [self.text("sentence.free" if free else "sentence.now", **words)]
        if solution.replies is not None:
            said += self._outlook(state, solution.replies)
        return sentences(said)

    def _outlook(self, state: Params, known: Replies) -> list[str]:
        words = {
            "theta": state.theta,
            "share": known.foreign_at_home,
            "alone": known.alone,
            "formula": gravity.optimal_tariff_formula(state.theta, known.foreign_at_home),
            "gain": known.alone_welfare[0],
            "loss": known.alone_welfare[1],
            "war_home": known.war[0],
            "war_foreign": known.war[1],
            "war_gain": known.war_welfare[0],
            "war_loss": known.war_welfare[1],
        }
        ends = "both_lose" if (known.war_welfare < 0).all() else "one_wins"
        return [self.text(f"sentence.{part}", **words) for part in ("alone", "war", ends)]

    def _table(self, solution: OptimalTariffSolution):
        import pandas as pd

        rates = pd.Index(RATES.round(2), name=self.text("axes.home"))
        heads = [self.text("traces.home"), self.text("traces.foreign")]
        tables = {
            self.text("axes.welfare"): pd.DataFrame(
                dict(zip(heads, (solution.home, solution.foreign), strict=True)), index=rates
            )
        }
        if (known := solution.replies) is not None:
            rows = [[known.alone, 0.0, *known.alone_welfare], [*known.war, *known.war_welfare]]
            columns = [self.text("axes.home"), self.text("axes.foreign"), *heads]
            index = [self.text("traces.alone"), self.text("traces.war")]
            tables[self.text("table.replies")] = pd.DataFrame(rows, columns=columns, index=index)
        return tables
