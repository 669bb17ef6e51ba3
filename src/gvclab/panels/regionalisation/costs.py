"""Cost lab: all borders cheaper, and far ones or near ones more or less than others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from ...charts import Picture, Plot, axis, bars, row, theme
from ..controls import checkbox, choice, slider
from ..panel import Panel, Table
from .worlds import WORLDS, Outcome, outcome, setting, traded

SAME = 0.005  # per cent of income: less is not to be seen
BAR = {"showlegend": False, "hoverinfo": "skip", "textposition": "outside", "cliponaxis": False}
# The names stand on the right, where no other plot is.
NAMES = {"autorange": "reversed", "showline": False, "ticks": "", "ticklabelstandoff": 6, "side": "right"}


class CostSolution(NamedTuple):
    """The world after the change, its share within poles before, and its places."""

    now: Outcome
    before: float
    names: list[str]

    @property
    def income(self) -> np.ndarray:
        """(N,) per cent by which the real spending of each place changes."""
        return 100 * (self.now.welfare - 1)


@dataclass(frozen=True)
class Borders:
    """What borders cost, as multiples of before, and the world they are in."""

    all_borders: float = slider(0.9, 0.7, 1.1, 0.01)
    far_borders: float = slider(1.0, 0.9, 1.4, 0.01)
    near_borders: float = slider(1.0, 0.8, 1.2, 0.01)
    world: str = choice("stylised", *WORLDS)
    free: bool = checkbox(False)
    theta: float = slider(1.0, 0.5, 2.0, 0.05, unit="calibration")


class CostLab(Panel):
    """What do costs of near and far borders do to all trade, to the share within poles, and to incomes?"""

    key = "regionalisation.costs"
    badge = "either"
    State = Borders
    shows = ("all_borders", "far_borders", "near_borders", "world")
    folds = ("free", "theta")
    presets: ClassVar = {
        "undone": {"far_borders": 1.11},
        "tariffs": {"all_borders": 1.0, "free": True},
        "agreements": {"all_borders": 1.0, "near_borders": 0.9},
    }
    picture = Picture(
        row(
            Plot("trade", axis("", showline=False, ticks=""), axis("trade")),
            Plot("share", axis("", showline=False, ticks=""), axis("share", tickformat=".0%")),
            Plot("income", axis("income", zeroline=True, zerolinecolor=theme.GREY), axis("", **NAMES)),
            widths=(19, 19, 44),
            gap=0.1,
        ),
        marks={
            "trade.before": bars("reference", plot="trade", name="", **BAR),
            "trade.now": bars("chosen", plot="trade", name="", **BAR),
            "share.before": bars("reference", plot="share", name="", **BAR),
            "share.now": bars("chosen", plot="share", name="", **BAR),
            "gains": bars("gains", plot="income", name="", orientation="h", **BAR),
            "loses": bars("loses", plot="income", name="", orientation="h", **BAR),
        },
        barmode="overlay",
        margin={"t": 12},
    )

    def solve(self, state: Borders) -> CostSolution:
        asked = setting(state.world)
        now = outcome(
            state.world,
            state.theta,
            state.all_borders * state.near_borders,
            state.all_borders * state.far_borders,
            state.free,
        )
        return CostSolution(now, traded(asked.world.flows, asked)[0], asked.names)

    def draw(self, state: Borders, solution: CostSolution):
        now, before, names = solution
        income, trade = solution.income, 100 * now.trade
        was, is_ = self.text("marks.before"), self.text("marks.now")
        # The scales stand still until the values need more: what is small looks small.
        low, high = min(-2.5, 1.4 * float(income.min())), max(2.5, 1.3 * float(income.max()))
        return {
            "trade": {"y": {"range": [0, max(170.0, 1.15 * trade)]}},
            "share": {"y": {"range": [0, max(0.7, 1.15 * now.share)]}},
            "income": {"x": {"range": [low, high]}},
            "trade.before": {"x": [was], "y": [100.0], "text": ["100"]},
            "trade.now": {"x": [is_], "y": [trade], "text": [f"{trade:.0f}"]},
            "share.before": {"x": [was], "y": [before], "text": [f"{before:.1%}"]},
            "share.now": {"x": [is_], "y": [now.share], "text": [f"{now.share:.1%}"]},
            "gains": _bars(names, income, income > 0),
            "loses": _bars(names, income, income <= 0),
        }

    def say(self, state: Borders, solution: CostSolution):
        now, before, names = solution
        income, trade = solution.income, round(now.trade - 1, 3)
        moved = round(now.share, 3) - round(before, 3)
        yield "same" if moved == 0 else "up" if moved > 0 else "down", {"before": before, "share": now.share}
        yield "trade_up" if trade > 0 else "trade_down" if trade < 0 else "trade_same", {"by": abs(trade)}
        most, least = int(income.argmax()), int(income.argmin())
        ends = {"most": names[most], "gain": income[most], "least": names[least], "loss": income[least]}
        yield _incomes(income[most], income[least]), ends
        if state.free and state.world == "real":
            yield "no_tariffs", {}

    def tables(self, state: Borders, solution: CostSolution):
        now, before, names = solution
        rows = [self.message("table.share_within"), self.message("table.all_trade")]
        columns = {"before": [100 * before, 100.0], "now": [100 * now.share, 100 * now.trade]}
        yield Table("", rows, columns, title="world")
        yield Table("place", names, {"income": solution.income}, title="places")


def _incomes(highest: float, lowest: float) -> str:
    """Which sentence is true of incomes: a change that rounds to nothing is none."""
    if highest >= SAME and lowest <= -SAME:
        return "some"
    if highest >= SAME:
        return "all" if lowest >= SAME else "rises"
    if lowest <= -SAME:
        return "none" if highest <= -SAME else "falls"
    return "nobody"


def _bars(names: list[str], income: np.ndarray, shown: np.ndarray) -> dict[str, list]:
    """A bar with its number for each place that is shown; the others keep their place in the order."""
    # Rounded, so that the noise of a solution gives a nought no side.
    values = [round(float(each), 6) + 0.0 if mine else None for each, mine in zip(income, shown, strict=True)]
    return {"y": names, "x": values, "text": ["" if each is None else _signed(each) for each in values]}


def _signed(value: float) -> str:
    """A change with its sign; what rounds to nothing has none."""
    return f"{value:+.2f}" if round(value, 2) else "0.00"
