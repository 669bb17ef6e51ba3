"""Distribution lab: the nation gains from a rival's progress; do its workers?"""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.content import sentences
from gvclab.models import gravity, world

from ...charts import View, axis, bars, frame, line, points, theme
from ..base import Panel
from ..controls import Slider
from .params import Params

GROUPS = ("factory", "tech", "rest")
STYLES = ("factory", "tech", "others")  # of GROUPS
LEAST, MOST = 1.2, 20.0
MOBILITIES = np.geomspace(LEAST, MOST, 16)
NOTHING = 1e-6  # per cent: a change below this is none


class Change(NamedTuple):
    """Per cent of real income in the United States: of each group per head, of all three, of the nation.

    The nation has tariff revenue and a trade deficit besides what its groups earn.
    """

    groups: np.ndarray
    workers: float
    nation: float


class DistributionSolution(NamedTuple):
    """At the chosen mobility, and at all of MOBILITIES (none while they are still computed)."""

    now: Change
    along: tuple[Change, ...] = ()


@lru_cache(maxsize=2000)
def change(kappa: float, productivity: float) -> Change:
    """What China's progress in light and high-tech industry brings to the United States of the stylised world."""
    made, groups = world.make(), world.us_groups()
    usa, china = made.country("USA"), made.country("CHN")
    progress = np.ones(made.alpha.shape)
    progress[china, [made.sectors.index(sector) for sector in ("LOW", "HIGH")]] = productivity
    after = gravity.solve(made, That=progress, closure=gravity.roy(made, kappa, groups))
    gained = 100 * (after.group_income[usa] - 1)
    return Change(gained, float(groups["USA"][0] @ gained), 100 * float(after.welfare[usa] - 1))


class DistributionLab(Panel):
    """Who gains and who loses in the United States when China's industry becomes more productive?"""

    key = "developed_countries.distribution"
    State = Params
    controls = (
        Slider("kappa", min=LEAST, max=MOST, step=0.1, log=True),
        Slider("productivity", min=1.0, max=3.0, step=0.25),
    )
    presets: ClassVar = {
        "stuck": {"kappa": 1.2, "productivity": 2.0},
        "start": {"kappa": 1.5, "productivity": 2.0},
        "mobile": {"kappa": 20.0, "productivity": 2.0},
    }

    def frame(self):
        right = {"xaxis": "x2", "yaxis": "y2", "showlegend": False}
        number = {"textposition": "auto", "textangle": 0, "hoverinfo": "skip", "cliponaxis": False}
        # One scale for all shocks: a small one looks small.
        income = {"range": [-2.2, 1.4], "zeroline": True, "zerolinecolor": theme.GREY}
        return frame(
            (
                axis("", showline=False, ticks=""),
                axis(self.text("axes.income"), **income),
            ),
            (
                axis(self.text("axes.kappa"), type="log", tickvals=[1.2, 2, 3, 5, 10, 20]),
                axis(self.text("axes.income"), **income),
            ),
            traces=[
                *(bars(k, name=self.text(f"groups_of.{g}"), **number) for k, g in zip(STYLES, GROUPS, strict=True)),
                line("nation", name=self.text("traces.nation"), hoverinfo="skip"),
                *(line(k, name=self.text(f"groups_of.{g}"), **right) for k, g in zip(STYLES, GROUPS, strict=True)),
                line("nation", name=self.text("traces.nation"), **right),
                points("chosen", size=15, name=self.text("traces.now"), hoverinfo="skip", **right),
            ],
            widths=(5, 6),
            height=430,
            barmode="overlay",
        )

    def solve(self, state: Params) -> DistributionSolution:
        return DistributionSolution(change(state.kappa, state.productivity))

    def refine(self, state: Params, solution: DistributionSolution) -> DistributionSolution:
        return DistributionSolution(
            solution.now, tuple(change(float(kappa), state.productivity) for kappa in MOBILITIES)
        )

    def view(self, state: Params, solution: DistributionSolution) -> View:
        now, along = solution
        names = [self.text(f"groups_of.{group}") for group in GROUPS]
        curves = np.array([[*each.groups, each.nation] for each in along]).T
        traces = (
            *({"x": [n], "y": [y], "text": [f"{y:+.2f}"]} for n, y in zip(names, now.groups, strict=True)),
            {"x": names, "y": [now.nation] * len(names)},
            *({"x": MOBILITIES, "y": curve} for curve in curves),
            *([{}] * (0 if along else len(GROUPS) + 1)),
            {"x": [state.kappa] * 4, "y": [*now.groups, now.nation]},
        )
        return View(traces, {}, self._sentence(state, now), self._table(now, along))

    def _sentence(self, state: Params, now: Change) -> str:
        numbers = {
            "kappa": state.kappa,
            "times": state.productivity,
            "nation": now.nation,
            "workers": now.workers,
            **dict(zip(GROUPS, now.groups, strict=True)),
        }
        if np.abs(now.groups).max() < NOTHING:
            return self.text("sentence.nothing", **numbers)
        losers = [self.text(f"groups_of.{g}") for g, gain in zip(GROUPS, now.groups, strict=True) if gain < -NOTHING]
        who = self.text(f"sentence.losers_{len(losers)}", listed=self.text("sentence.and").join(losers), **numbers)
        return sentences([self.text("sentence.now", **numbers), who, self.text("sentence.mean", **numbers)])

    def _table(self, now: Change, along: tuple[Change, ...]):
        import pandas as pd

        heads = [
            *(self.text(f"groups_of.{group}") for group in GROUPS),
            *map(self.text, ("table.workers", "table.nation")),
        ]

        def rows(changes):
            return [[*each.groups, each.workers, each.nation] for each in changes]

        here = pd.DataFrame(rows([now]), columns=heads, index=[self.text("table.now")])
        mobility = pd.Index(MOBILITIES[: len(along)].round(2), name=self.text("axes.kappa"))
        return {
            self.text("table.here"): here.rename_axis(self.text("table.change")),
            self.text("table.along"): pd.DataFrame(rows(along), columns=heads, index=mobility),
        }
