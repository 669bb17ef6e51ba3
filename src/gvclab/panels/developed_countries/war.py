"""Trade war lab: a US tariff on goods from China, answered or not, in the real table of 2011."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.data import name
from gvclab.models import gravity

from ...charts import Picture, Plot, axis, bars, line, points, row, theme
from ...charts.labels import spread
from ..controls import checkbox, slider
from ..panel import Panel, Table
from ..world import GOODS, calibrated

HIGHEST = 40  # points
RATES = np.array([0, 2.5, 5, 7.5, 10, 15, 20, 25, 30, HIGHEST])  # closer where the line turns
SIDES = {"usa": "USA", "china": "CHN"}
ANSWERS = {"quiet": "solid", "answered": "dash"}  # whether China answers -> how it is drawn
BILLION = 1e3  # of the table's million
GAP = 0.11  # of the height of a plot, from one name to the next
NOTHING = 5e-4  # per cent: a change that is written as 0.000
INCOME = {"zeroline": True, "zerolinecolor": theme.GREY}
RATE = {"range": [-1, HIGHEST * 1.48], "tickvals": [0, 10, 20, 30, HIGHEST]}
NAMES = {"showline": False, "ticks": "", "ticklabelstandoff": 6, "autorange": "reversed"}
BAR = {"orientation": "h", "textposition": "outside", "textangle": 0, "constraintext": "none", "cliponaxis": False}
BAR |= {"hoverinfo": "skip"}
NAME = {"mode": "text", "textposition": "middle right", **theme.SILENT}


class Trade(NamedTuple):
    """China's share of US goods imports (per cent), and the US deficit with all (billion dollars)."""

    share: float
    deficit: float


class TradeWarSolution(NamedTuple):
    """Real income of all places in per cent of what it was, and US trade before and after.

    along: (2, 2, rates) of the United States and China, unanswered and answered; none while it is still computed.
    """

    places: tuple[str, ...]
    income: np.ndarray
    before: Trade
    after: Trade
    along: np.ndarray | None = None

    def of(self, code: str) -> float:
        """Change of real income in a place, per cent."""
        return float(self.income[self.places.index(code)])

    @property
    def bystander(self) -> tuple[str, float]:
        """The place that gains most among those that neither put up a tariff nor meet one, and its gain."""
        third = [(code, self.of(code)) for code in self.places if code not in SIDES.values()]
        return max(third, key=lambda each: each[1])


@lru_cache(maxsize=32)
def world_of(theta: float) -> gravity.World:
    """The table of 2011 with one trade elasticity for all sectors."""
    return replace(calibrated(), theta=np.full(len(calibrated().sectors), theta))


def tariffs(world: gravity.World, points: float, answered: bool) -> np.ndarray:
    """(N, N, S) the tariffs when the United States put `points` on all goods from China, which may do the same."""
    hit = world.border("USA", "CHN", GOODS)
    if answered:
        hit = hit | world.border("CHN", "USA", GOODS)
    return world.tariff + points / 100 * hit


def trade(world: gravity.World, flows: np.ndarray) -> Trade:
    """What the panel shows of US trade, in flows [buyer, seller, sector] before duty."""
    goods, from_china = world.border("USA", None, GOODS), world.border("USA", "CHN", GOODS)
    deficit = flows[world.border("USA")].sum() - flows[world.border(None, "USA")].sum()
    return Trade(100 * float(flows[from_china].sum() / flows[goods].sum()), float(deficit) / BILLION)


@lru_cache(maxsize=32)
def along(theta: float) -> np.ndarray:
    """(2, 2, rates) real income of the United States and China at all RATES, unanswered and answered."""
    world = world_of(theta)
    sides = [world.country(code) for code in SIDES.values()]
    found = np.empty((len(SIDES), len(ANSWERS), len(RATES)))
    for a, answered in enumerate((False, True)):
        near = None
        for r, points_on in enumerate(RATES):
            near = gravity.solve(world, tariffs=tariffs(world, points_on, answered), start=near)
            found[:, a, r] = 100 * (near.welfare[sides] - 1)
    return found


@dataclass(frozen=True)
class War:
    """A US tariff on goods from China, whether China answers, and how easily buyers switch."""

    tariff: int = slider(10, 0, HIGHEST, unit="points")
    retaliation: bool = checkbox(False)
    theta: float = slider(5.0, 2.0, 10.0, 0.5)


def _income(side: str) -> Plot:
    return Plot(side, axis("tariff", **RATE), axis(side, **INCOME))


def _bars(plot: str, most: float) -> Plot:
    return Plot(plot, axis(plot, range=[0, most]), axis("", **NAMES))


class TradeWarLab(Panel):
    """Does a tariff on goods from China pay, for whom, and what does it move?"""

    key = "developed_countries.war"
    badge = "calibrated"
    State = War
    shows = ("tariff", "retaliation", "theta")
    presets: ClassVar = {
        "start": {},
        "twenty": {"tariff": 20},
        "answered": {"tariff": 20, "retaliation": True},
    }
    picture = Picture(
        row(_income("usa"), _income("china"), gap=0.12, height=62),
        row(_bars("share", 25), _bars("deficit", 800), gap=0.12, height=16, above=0.22),
        marks={
            **{
                f"{side}.{answer}": line(theme.style(code)._replace(dash=dash), plot=side, **theme.SILENT)
                for side, code in SIDES.items()
                for answer, dash in ANSWERS.items()
            },
            **{f"{side}.names": {**NAME, "plot": side} for side in SIDES},
            **{f"{side}.now": points("chosen", size=14, plot=side, **theme.SILENT) for side in SIDES},
            **{
                f"{plot}.{when}": bars(look, name=when, plot=plot, showlegend=False, **BAR)
                for plot in Trade._fields
                for when, look in (("before", "before"), ("after", "chosen"))
            },
        },
        height=365,
        barmode="overlay",
    )

    def solve(self, state: War) -> TradeWarSolution:
        world = world_of(state.theta)
        after = gravity.solve(world, tariffs=tariffs(world, state.tariff, state.retaliation))
        before, moved = (trade(world, each.flows) for each in (world, after))
        return TradeWarSolution(world.countries, 100 * (after.welfare - 1), before, moved)

    def refine(self, state: War, solution: TradeWarSolution) -> TradeWarSolution:
        return solution._replace(along=along(state.theta))

    def draw(self, state: War, solution: TradeWarSolution):
        curves, drawn = solution.along, {}
        rows = {when: self.message(f"marks.{when}") for when in ("before", "after")}
        for s, (side, code) in enumerate(SIDES.items()):
            drawn[f"{side}.now"] = {"x": [state.tariff], "y": [solution.of(code)]}
            for a, answer in enumerate(ANSWERS):
                drawn[f"{side}.{answer}"] = {} if curves is None else {"x": RATES, "y": curves[s, a]}
            drawn[f"{side}.names"] = {} if curves is None else self._names(curves[s])
        for plot in Trade._fields:
            for when, message in rows.items():
                value = getattr(getattr(solution, when), plot)
                drawn[f"{plot}.{when}"] = {"y": [message], "x": [value], "text": [f"{value:.1f}"]}
        return drawn

    def _names(self, curves: np.ndarray) -> dict[str, list]:
        """The names at the ends of the two lines of a side, clear of each other."""
        low, high = min(0.0, curves.min()), max(0.0, curves.max())
        ends = spread(curves[:, -1].tolist(), GAP * (high - low), low, high)
        return {
            "x": [1.05 * HIGHEST] * len(ends),
            "y": ends,
            "text": [self.message(f"marks.{each}") for each in ANSWERS],
        }

    def say(self, state: War, solution: TradeWarSolution):
        if not state.tariff:
            yield "nothing", {}
            return
        usa, china = solution.of("USA"), solution.of("CHN")
        side = "even" if abs(usa) < NOTHING else "gain" if usa > 0 else "lose"
        yield f"usa_{side}", {"usa": abs(usa), "china": -china}
        code, gain = solution.bystander
        yield "bystander", {"place": name(code), "gain": gain}
        yield "trade", {}

    def tables(self, state: War, solution: TradeWarSolution):
        yield Table("place", [name(code) for code in solution.places], {"income": solution.income}, title="income")
        rows = [self.message(f"marks.{when}") for when in ("before", "after")]
        both = solution.before, solution.after
        yield Table("", rows, {plot: [getattr(each, plot) for each in both] for plot in Trade._fields}, title="trade")
        if solution.along is not None:
            columns = [
                (self.message(f"table.{side}.{answer}"), solution.along[s, a])
                for s, side in enumerate(SIDES)
                for a, answer in enumerate(ANSWERS)
            ]
            yield Table("tariff", RATES, columns, title="along")
