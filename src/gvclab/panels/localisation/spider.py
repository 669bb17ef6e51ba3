"""Spider lab: parts that meet in one assembly, the jump when it moves, and the way back of some of them."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.content import sentences
from gvclab.models.division import Spider, spider

from ...charts import View, axis, frame, line, points
from ..base import Panel
from ..controls import Slider
from . import params
from .params import MOST_FRICTION, Params

FRICTION = np.linspace(0, MOST_FRICTION, 51)
STEPS = FRICTION[::5]  # the rows of the table
HAIR = 1e-9  # friction just above or just below a jump


class Jump(NamedTuple):
    """A friction at which the assembler moves."""

    t: float
    below: Spider  # where all is when friction is a hair lower
    above: Spider


class Curves(NamedTuple):
    """Where the assembler and the parts are at every friction."""

    t: np.ndarray  # each jump twice: below and above
    share: np.ndarray  # of the parts made abroad, at `t`
    gain: np.ndarray  # what assembling abroad costs more, at `t`
    jumps: tuple[Jump, ...]  # from the lowest friction to the highest
    t_kept: np.ndarray  # STEPS, and where the shares that follow have a kink
    home: np.ndarray  # share abroad if the assembler could not leave, at `t_kept`
    abroad: np.ndarray  # if it could not come back


class SpiderSolution(NamedTuple):
    """Where all is now, and at every friction."""

    now: Spider
    curves: Curves


def choice(state: Params, t: float, premium: float) -> Spider:
    """Where assembler and parts are at a friction and a premium."""
    return spider(t, bA=state.bA, Theta=state.Theta, mu=state.mu, delta=state.delta, shock=premium)


def pinned(state: Params, t: float, premium: float, abroad: bool) -> float:
    """The share of parts abroad if the assembler had to stay where it is.

    Assembly that costs nothing abroad keeps it there, assembly at twice the cost keeps it at home, if assembly is
    nearly all of the cost.
    """
    kept = {"alpha": 1e6, "bA": 0.0 if abroad else 2.0}
    return spider(t, **kept, Theta=0, mu=state.mu + premium, delta=state.delta).share


@lru_cache(maxsize=64)
def curves(calm: Params, premium: float) -> Curves:
    """Where all is at every friction. `calm` has all but friction and premium, so that moving these costs nothing."""

    def at(t: float) -> Spider:
        return choice(calm, t, premium)

    found = [at(t) for t in FRICTION]
    jumps = []
    for k in np.flatnonzero(np.diff([each.abroad for each in found])):
        t = _root(lambda t: at(t).gain, FRICTION[k], FRICTION[k + 1])
        jumps.append(Jump(t, at(max(0.0, t - HAIR)), at(t + HAIR)))
    # Where no or all parts are abroad the share has a kink.
    kinks = np.abs(calm.mu + premium + calm.delta * np.array([-1, 1]))
    smooth = [(t, at(t)) for t in kinks if t < FRICTION[-1]]
    beside = [each for jump in jumps for each in ((jump.t - HAIR, jump.below), (jump.t + HAIR, jump.above))]
    order = sorted([*zip(FRICTION, found, strict=True), *smooth, *beside], key=lambda each: each[0])
    t_kept = np.union1d(STEPS, kinks[kinks < FRICTION[-1]])
    return Curves(
        np.array([t for t, _ in order]),
        np.array([each.share for _, each in order]),
        np.array([each.gain for _, each in order]),
        tuple(jumps),
        t_kept,
        np.array([pinned(calm, t, premium, abroad=False) for t in t_kept]),
        np.array([pinned(calm, t, premium, abroad=True) for t in t_kept]),
    )


class SpiderLab(Panel):
    """Where are parts made that meet in one assembly, and what does friction do to it?"""

    key = "localisation.spider"
    State = Params
    controls = (
        params.FRICTION,
        params.PREMIUM,
        Slider("bA", min=0.6, max=1.1, step=0.01),
        *params.GAPS,
        Slider("Theta", min=0.2, max=3.0, step=0.05),
    )
    presets: ClassVar = {
        name: {"bA": 0.8, "delta": 0.4, "mu": 0.0, "Theta": 1.0, "t": t, "s": s}
        for name, t, s in (
            ("before", 0.205, 0.0),
            ("after", 0.195, 0.0),
            ("deep", 0.05, 0.0),
            ("premium", 0.05, 0.14),
        )
    }

    def frame(self):
        right = {"xaxis": "x2", "yaxis": "y2", "showlegend": False}
        friction = {"range": [0, 0.505]}
        return frame(
            (
                axis(self.text("axes.t"), **friction),
                axis(self.text("axes.share"), range=[-0.02, 1.03], tickformat=".0%"),
            ),
            (axis(self.text("axes.t"), **friction), axis(self.text("axes.gain"), tickformat=".2f")),
            traces=[
                line("abroad", name=self.text("traces.abroad")),
                line("home", name=self.text("traces.home")),
                line("model", name=self.text("traces.share")),
                points("chosen", size=14, name=self.text("traces.now"), cliponaxis=False),
                line("model", name=self.text("traces.gain"), **right),
                line("reference", name=self.text("traces.even"), **right),
                points("chosen", size=14, name=self.text("traces.now"), cliponaxis=False, **right),
            ],
            widths=(3, 2),
            height=420,
        )

    def solve(self, state: Params) -> SpiderSolution:
        calm = Params(bA=state.bA, Theta=state.Theta, mu=state.mu, delta=state.delta)
        return SpiderSolution(choice(state, state.t, state.s), curves(calm, state.s))

    def view(self, state: Params, solution: SpiderSolution) -> View:
        now, drawn = solution
        traces = (
            {"x": drawn.t_kept, "y": drawn.abroad},
            {"x": drawn.t_kept, "y": drawn.home},
            {"x": drawn.t, "y": drawn.share, "line": {"width": 4}},
            {"x": [state.t], "y": [now.share]},
            {"x": drawn.t, "y": drawn.gain},
            {"x": FRICTION[[0, -1]], "y": np.zeros(2)},
            {"x": [state.t], "y": [now.gain]},
        )
        return View(traces, {}, self._sentence(state, solution), self._table(state, drawn))

    def _sentence(self, state: Params, solution: SpiderSolution) -> str:
        now, jumps, start = solution.now, solution.curves.jumps, solution.curves.share[0]
        said = [self.text(f"sentence.{_place(now)}", t=state.t, premium=state.s, share=now.share)]
        if not jumps:
            return sentences([*said, self.text(f"sentence.always_{_place(now)}")])
        for jump in jumps:
            numbers = {"t": jump.t, "below": jump.below.share, "above": jump.above.share}
            said.append(self.text(f"sentence.jump_{_place(jump.below)}", **numbers))
        last = jumps[0].below
        if last.abroad:
            # What falling friction does once the assembler has left: parts need its neighbourhood no more.
            numbers = {"jump": last.share, "end": start, "share": now.share}
            if now.abroad and state.t < jumps[0].t and last.share - now.share > 0.0005:
                said.append(self.text("sentence.back", **numbers, back=100 * (last.share - now.share)))
            elif last.share > start:
                said.append(self.text("sentence.will_come_back", **numbers))
        return sentences(said)

    def _table(self, state: Params, drawn: Curves):
        import pandas as pd

        found = [choice(state, t, state.s) for t in STEPS]
        kept = np.searchsorted(drawn.t_kept, STEPS)
        columns = {
            "assembler": [self.text(f"table.{_place(each)}") for each in found],
            "share": [each.share for each in found],
            "kept_home": drawn.home[kept],
            "kept_abroad": drawn.abroad[kept],
            "gain": [each.gain for each in found],
        }
        table = pd.DataFrame(columns, index=STEPS.round(3))
        table.columns = [self.text(f"table.{name}") for name in columns]
        return table.rename_axis(self.text("table.t"))


def _place(found: Spider) -> str:
    return "abroad" if found.abroad else "home"


def _root(f, low: float, high: float) -> float:
    from scipy.optimize import brentq

    return low if f(low) == 0 else high if f(high) == 0 else float(brentq(f, low, high, xtol=1e-13))
