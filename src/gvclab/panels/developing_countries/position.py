"""Position lab: what better work, or more workers, of a late-comer do to three countries that share a chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from gvclab.models.division import Chain, cvw

from ...charts import Picture, Plot, axis, bars, note, row, theme
from ..controls import slider
from ..panel import Panel, Table

COUNTRIES = ("late_comer", "middle", "leader")
MIDDLE, LEADER = 0.4, 0.2  # mistakes of the two others
SAME = 5e-5  # changes below this are not worth a word
LEAST = 0.004  # half of the smallest span that a change is drawn on
BAR = {"orientation": "h", "textangle": 0, "constraintext": "none", **theme.SILENT}
ROW = {"showgrid": False, "showline": False, "ticks": "", "fixedrange": True}
ROWS = {**ROW, "autorange": "reversed", "tickvals": list(range(len(COUNTRIES)))}


def _faint(name: str) -> dict[str, Any]:
    """The marker of a bar with words on it: its pattern is faint."""
    marker = bars(name)["marker"]
    return marker | {"pattern": marker["pattern"] | {"fgopacity": 0.25}}


@dataclass(frozen=True)
class Abilities:
    """Three countries that share a chain, the one with most mistakes first."""

    lam_1: float = slider(0.6, 0.41, 0.8, 0.01)
    labour_1: float = slider(1.0, 0.5, 3.0, 0.25, unit="of_another")
    complexity: float = slider(1.0, 0.25, 4.0, 0.25, group="chain")


class PositionSolution(NamedTuple):
    """The chain as it is set and as it was at the start; arrays in the order of COUNTRIES."""

    now: Chain
    before: Chain
    moved: np.ndarray  # the middle of each country's stages, against the start; in lengths of the chain
    gained: np.ndarray  # its wage against the start, as a part of it


class PositionLab(Panel):
    """Who stands where in a chain, and what does that have to do with its wage?"""

    key = "developing_countries.position"
    State = Abilities
    shows = ("lam_1", "labour_1")
    folds = ("chain",)
    picture = Picture(
        row(
            Plot(
                "chain",
                axis("place", range=[0, 1], tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%"),
                axis("", showticklabels=False, **ROW),
            ),
            height=24,
        ),
        row(
            Plot("wage", axis("wage", tickformat="+.1%"), axis("", **ROWS)),
            Plot("move", axis("move", tickformat="+.1%"), axis("", showticklabels=False, **ROWS)),
            height=50,
            above=0.26,
            gap=0.08,
        ),
        marks={
            **{
                f"stages.{name}": bars(
                    name, **BAR, textposition="inside", insidetextanchor="middle", marker=_faint(name)
                )
                for name in COUNTRIES
            },
            **{
                f"{plot}.{name}": bars(name, plot=plot, **BAR, textposition="outside", cliponaxis=False)
                for plot in ("wage", "move")
                for name in COUNTRIES
            },
            "borders": {"mode": "lines", "line": {"color": theme.GREY, "width": 2}, **theme.SILENT},
            "above_chain": note(x=0, y=1.02, xref="paper", yref="paper", xanchor="left", yanchor="bottom"),
            "above_wage": note(x=0, y=0.51, xref="paper", yref="paper", xanchor="left", yanchor="bottom"),
            "above_move": note(x=0.54, y=0.51, xref="paper", yref="paper", xanchor="left", yanchor="bottom"),
        },
        height=360,
        barmode="overlay",
        bargap=0.35,
        margin={"l": 112, "r": 24, "t": 30, "b": 44},
    )

    def solve(self, state: Abilities) -> PositionSolution:
        start = Abilities()
        now, before = (
            cvw((each.lam_1, MIDDLE, LEADER), (each.labour_1, 1.0, 1.0), each.complexity) for each in (state, start)
        )
        return PositionSolution(now, before, _middle(now) - _middle(before), now.w / before.w - 1)

    def draw(self, state: Abilities, solution: PositionSolution):
        now = solution.now
        named = [self.text(f"countries.{name}") for name in COUNTRIES]
        begins, parts = (now.S - now.N) / now.S[-1], now.N / now.S[-1]
        drawn = {
            f"stages.{name}": {
                "y": [0],
                "x": [parts[k]],
                "base": [begins[k]],
                "text": [self.message("marks.stages", name=named[k], wage=now.w[k]) if parts[k] > 0.1 else ""],
            }
            for k, name in enumerate(COUNTRIES)
        }
        before = solution.before
        ends = before.S[:-1] / before.S[-1]  # a line for each border, with a gap between them
        drawn["borders"] = {"x": np.repeat(ends, 3), "y": [-0.5, 0.5, None] * len(ends)}
        changes = {"wage": solution.gained, "move": solution.moved}
        for plot, change in changes.items():
            most = max(LEAST, float(np.abs(change).max()))
            drawn[plot] = {"x": {"range": [-1.5 * most, 1.5 * most]}}
            for k, name in enumerate(COUNTRIES):
                said = self.message("marks.change", change=change[k])
                drawn[f"{plot}.{name}"] = {"y": [k], "x": [change[k]], "text": [said]}
        drawn["wage"]["y"] = {"ticktext": named}
        return drawn | {f"above_{name}": {"text": self.message(f"marks.{name}")} for name in ("chain", *changes)}

    def say(self, state: Abilities, solution: PositionSolution):
        now, _, moved, gained = solution
        if np.abs(gained).max() < SAME:
            yield "start", {}
        else:
            if min(abs(moved[1]), abs(gained[1])) > SAME:
                where, pay = "later" if moved[1] > 0 else "earlier", "more" if gained[1] > 0 else "less"
                yield f"{where}_{pay}", {"wage": gained[1]}
            yield "others", {"late_comer": gained[0], "leader": gained[2]}
        yield "ratio", {"ratio": now.w[2] / now.w[0]}

    def tables(self, state: Abilities, solution: PositionSolution):
        now, before = solution.now, solution.before
        columns = {
            "first": now.S - now.N,
            "last": now.S,
            "wage": now.w,
            "wage_before": before.w,
            "price": now.p,
        }
        yield Table("country", [self.message(f"countries.{name}") for name in COUNTRIES], columns)


def _middle(chain: Chain) -> np.ndarray:
    """The middle of each country's stages, as a part of the chain's length."""
    return (chain.S - chain.N / 2) / chain.S[-1]
