"""Distribution lab: the nation gains from a rival's progress; do its workers?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from gvclab.content import Listed
from gvclab.models import gravity, world

from ...charts import Picture, Plot, axis, bars, line, points, row, theme
from ...charts.labels import spread
from ..controls import slider
from ..panel import Panel, Table

LOOKS = {"nation": "nation", "rest": "others", "tech": "tech", "factory": "factory"}  # what is shown -> concept
GROUPS = ("factory", "tech", "rest")  # in the order of the model
PROGRESS = ("LOW", "HIGH")  # where China's technology improves
LEAST, MOST = 1.2, 20.0
HIGHEST = 20  # points
MOBILITIES = np.geomspace(LEAST, MOST, 16)
EVEN = 0.005  # per cent: a change that is written as 0.00
LOW, HIGH = -2.2, 1.6  # per cent; one scale for all shocks, so that a small one looks small
GAP = 0.26  # of it, from one name to the next
NUMBER = {"textposition": "outside", "textangle": 0, "cliponaxis": False, "constraintext": "none"}
INCOME = {"range": [LOW, HIGH], "zeroline": True, "zerolinecolor": theme.GREY}


class Change(NamedTuple):
    """Per cent of real income in the United States: of the nation, and per head of each group.

    The nation has tariff revenue and a trade deficit besides what its groups earn.
    """

    nation: float
    rest: float
    tech: float
    factory: float


class DistributionSolution(NamedTuple):
    """At the chosen mobility, and at all of MOBILITIES (none while they are still computed)."""

    now: Change
    along: tuple[Change, ...] = ()


@lru_cache(maxsize=2000)
def change(kappa: float, technology: float, tariff: float = 0) -> Change:
    """What China's progress in light and high-tech industry brings to the United States of the stylised world.

    tariff: points that the United States add to all goods, not services, from China.
    """
    made = world.make()
    usa, china = made.country("USA"), made.country("CHN")
    progress = np.ones(made.alpha.shape)
    progress[china, [made.sectors.index(sector) for sector in PROGRESS]] = technology
    taxed = made.tariff + tariff / 100 * made.border("USA", "CHN", world.GOODS)
    after = gravity.solve(made, That=progress, tariffs=taxed, closure=gravity.roy(made, kappa, world.us_groups()))
    groups = dict(zip(GROUPS, (100 * (after.group_income[usa] - 1)).tolist(), strict=True))
    return Change(100 * float(after.welfare[usa] - 1), **groups)


def more_output(technology: float) -> tuple[float, ...]:
    """By which fraction the sectors of PROGRESS make more from the same inputs, which grows with the θ-th root of T."""
    made = world.make()
    return tuple(technology ** (1 / float(made.theta[made.sectors.index(sector)])) - 1 for sector in PROGRESS)


@dataclass(frozen=True)
class Progress:
    """How easily workers change sector, T, the technology of China's industry beside what it was, and a US tariff."""

    kappa: float = slider(1.5, LEAST, MOST, 0.1, log=True)
    technology: float = slider(2.0, 1.0, 3.0, 0.25, unit="before")
    tariff: int = slider(0, 0, HIGHEST, unit="points")


class DistributionLab(Panel):
    """Who gains and who loses in the United States by progress in China's industry, and by a tariff on its goods?"""

    key = "developed_countries.distribution"
    State = Progress
    shows = ("kappa", "technology", "tariff")
    picture = Picture(
        row(
            Plot("now", axis("", showline=False, ticks=""), axis("income", **INCOME)),
            Plot(
                "along",
                axis("kappa", type="log", range=np.log10([0.38, 23]).tolist(), tickvals=[1.2, 2, 3, 5, 10, 20]),
                axis("", **INCOME),
            ),
            widths=(37, 56),
            gap=0.07,
        ),
        marks={
            **{f"bar.{who}": bars(look, **theme.SILENT, **NUMBER) for who, look in LOOKS.items()},
            **{f"line.{who}": line(look, plot="along", **theme.SILENT) for who, look in LOOKS.items()},
            "chosen": points("chosen", size=13, plot="along", **theme.SILENT),
            "names": {"plot": "along", "mode": "text", "textposition": "middle left", **theme.SILENT},
        },
        height=350,
        barmode="overlay",
        margin={"l": 60, "r": 12, "t": 16, "b": 48},
    )

    def solve(self, state: Progress) -> DistributionSolution:
        return DistributionSolution(change(state.kappa, state.technology, state.tariff))

    def refine(self, state: Progress, solution: DistributionSolution) -> DistributionSolution:
        along = tuple(change(float(kappa), state.technology, state.tariff) for kappa in MOBILITIES)
        return DistributionSolution(solution.now, along)

    def draw(self, state: Progress, solution: DistributionSolution):
        now, along = solution
        names = [self.message(f"groups_of.{who}") for who in LOOKS]
        curves = dict(zip(LOOKS, np.array(along).T, strict=True)) if along else {}
        starts = spread([curve[0] for curve in curves.values()], GAP, LOW, HIGH)
        return {
            **{
                f"bar.{who}": {"x": [self.message(f"below.{who}")], "y": [value], "text": [_written(value)]}
                for who, value in now._asdict().items()
            },
            **{f"line.{who}": {"x": MOBILITIES, "y": curves[who]} if along else {} for who in LOOKS},
            "chosen": {"x": [state.kappa] * len(now), "y": list(now)},
            "names": {"x": [0.91 * LEAST] * len(now), "y": starts, "text": names} if along else {},
        }

    def say(self, state: Progress, solution: DistributionSolution):
        now = solution.now
        if max(map(abs, now)) < EVEN:
            yield "nothing", {}
            return
        for who, value in (("nation", now.nation), ("towns", now.factory)):
            yield f"{who}_{_moves(value)}", {who: abs(value)}
        losers = [self.message(f"groups_of.{who}") for who in GROUPS if getattr(now, who) <= -EVEN]
        if losers:
            yield "losers", {"listed": Listed(losers)}
        else:
            yield "no_losers", {}
        yield "besides", {}
        if state.technology > 1:
            yield "progress", dict(zip(("light", "high"), more_output(state.technology), strict=True))

    def tables(self, state: Progress, solution: DistributionSolution):
        now, along = solution
        yield Table("", [self.message("table.now")], {who: [getattr(now, who)] for who in LOOKS}, title="here")
        rows = {who: [getattr(each, who) for each in along] for who in LOOKS}
        yield Table("kappa", MOBILITIES[: len(along)].round(2), rows, title="along")


def _moves(value: float) -> str:
    return "even" if abs(value) < EVEN else "gain" if value > 0 else "lose"


def _written(value: float) -> str:
    """Per cent with its sign; what is nearly nothing has none."""
    return "0.00" if abs(value) < EVEN else f"{value:+.2f}"
