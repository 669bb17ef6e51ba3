"""Substitutes lab: what a second supplier is worth when it can, or cannot, make up for the first."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from gvclab.models.sourcing import Frontier, Portfolio, Sourcing, cvar, effective, shortage, staircase

from ...charts import Picture, Plot, axis, line, points, row, theme
from ...charts.labels import spread
from ..panel import Panel, Table
from ..sourcing import Market, compared, problem
from .frontier import MOST_COST, MOST_RISK, RISKS

NAMED = ("all-Home", "Home+Region", "two cheapest", "all four")
GREY = theme.Style(theme.GREY, "dot", "diamond", "")
LOOKS = dict(zip(NAMED, ("home", "region", "far_a", GREY), strict=True))
PHI = np.linspace(0, 1.5, 31)
GAP = 0.085  # between two names, in units of the upright axis
CALLED, WIDE = 1.05, 1.3  # where the names stand, and where the plane ends
EQUAL = 1e-6
ROOM = 2.35  # to the right of the lines, for their names


class SubstitutesSolution(NamedTuple):
    """Four ways to buy at the chosen spare capacity, their risk at every other one, and the best there is."""

    problem: Sourcing
    now: dict[str, Portfolio]
    risk: dict[str, np.ndarray]  # (len(PHI),) by strategy
    steps: Frontier | None = None  # found after the rest


class SubstitutesLab(Panel):
    """How much safer is it to buy from two places, by how much each can make up for the other?"""

    key = "suppliers.substitutes"
    beside = "sourcing"
    State = Market
    shows = ("phi", "q_home")
    folds = ("shocks",)
    picture = Picture(
        row(
            Plot("plane", axis("cost", tickvals=[0.7, 0.8, 0.9, 1]), axis("risk", tickformat=".0%", tickvals=RISKS)),
            Plot(
                "phi",
                axis("phi", range=[0, ROOM], tickvals=[0, 0.5, 1, 1.5]),
                axis("risk", tickformat=".0%", tickvals=RISKS, matches="plane"),
            ),
            widths=(48, 42),
            gap=0.12,
        ),
        marks={
            "frontier": {"mode": "lines", "line": {"color": theme.GREY, "width": 2.5}, **theme.SILENT},
            **{
                f"at.{name}": points(look, size=14, name="", showlegend=False, hovertemplate="%{x:.3f}, %{y:.3f}")
                for name, look in LOOKS.items()
            },
            "leaders": {"mode": "lines", "line": {"color": theme.GREY, "width": 1}, **theme.SILENT},
            "called": {"mode": "text", "textposition": "middle right", **theme.SILENT},
            **{f"line.{name}": line(look, name="", plot="phi", showlegend=False) for name, look in LOOKS.items()},
            "now": {
                "plot": "phi",
                "mode": "lines",
                "line": {"color": theme.style("chosen").color, "width": 2, "dash": "dot"},
                **theme.SILENT,
            },
            "names": {"plot": "phi", "mode": "text", "textposition": "middle right", **theme.SILENT},
        },
        height=360,
    )

    def solve(self, state: Market) -> SubstitutesSolution:
        asked = problem(state)
        named = asked.strategies
        now = {name: named[name] for name in NAMED}
        return SubstitutesSolution(asked, now, _risk(replace(asked, phi=0.0)))

    def refine(self, state: Market, solution: SubstitutesSolution) -> SubstitutesSolution:
        return solution._replace(steps=staircase(solution.problem))

    def draw(self, state: Market, solution: SubstitutesSolution):
        _, now, risk, steps = solution
        said = [self.text(f"strategies.{name}") for name in NAMED]
        points_at = list(now.values())
        heights = spread([each.cvar for each in points_at], GAP, 0.0, MOST_RISK[1] - GAP)
        return {
            "plane": {"x": {"range": [MOST_COST[0], WIDE]}, "y": {"range": list(MOST_RISK)}},
            "frontier": {} if steps is None else {"x": steps.cost, "y": steps.cvar},
            **{f"at.{name}": {"x": [each.cost], "y": [each.cvar]} for name, each in now.items()},
            "leaders": {
                "x": [x for each in points_at for x in (each.cost, CALLED, None)],
                "y": [y for each, height in zip(points_at, heights, strict=True) for y in (each.cvar, height, None)],
            },
            "called": {"x": [CALLED] * len(NAMED), "y": heights, "text": said},
            **{f"line.{name}": {"x": PHI, "y": risk[name]} for name in NAMED},
            "now": {"x": [state.phi] * 2, "y": [0.0, MOST_RISK[1]]},
            "names": {
                "x": [PHI[-1] + 0.03] * len(NAMED),
                "y": spread([float(risk[name][-1]) for name in NAMED], GAP, 0.0, 1.05),
                "text": said,
            },
        }

    def say(self, state: Market, solution: SubstitutesSolution):
        home, two = solution.now["all-Home"], solution.now["two cheapest"]
        known = {"two": two.cvar, "home": home.cvar}
        level = round(two.cvar, 2) == round(home.cvar, 2)
        yield ("level" if level else "safer" if two.cvar < home.cvar else "riskier"), known
        steps = solution.steps
        if steps is None:
            return
        # The line joins what is best at some weight: whatever lies above it is best at none.
        line = np.interp(home.cost, steps.cost, steps.cvar, right=steps.cvar[-1] - 1)
        on = home.cvar <= line + EQUAL or bool(np.abs(steps.x[:, 0] - 1).min() < EQUAL)
        yield ("on_line" if on else "above"), {}

    def tables(self, state: Market, solution: SubstitutesSolution):
        names = [self.message(f"strategies.{name}") for name in NAMED]
        yield Table("portfolio", names, compared(list(solution.now.values())))


@lru_cache(maxsize=32)
def _risk(asked: Sourcing) -> dict[str, np.ndarray]:
    """What is missing in bad years with each way to buy, at each spare capacity in PHI."""
    named, (p, z) = asked.strategies, asked.scenarios
    x = np.array([named[name].x for name in NAMED])
    rows = [cvar(shortage(effective(z, phi), x), p, asked.alpha) for phi in PHI]
    return dict(zip(NAMED, np.transpose(rows), strict=True))
