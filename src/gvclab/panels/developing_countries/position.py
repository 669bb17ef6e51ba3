"""Position lab: who makes the early and who the late stages, and what that has to do with wages."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.content import Listed, sentences
from gvclab.models.division import cvw

from ...charts import View, axis, bars, frame, line, points, theme
from ..base import Panel
from ..controls import Slider
from .params import Params

COUNTRIES = ("late_comer", "middle", "leader")
SHORTEST, LONGEST = 0.25, 4.0
LENGTHS = np.linspace(SHORTEST, LONGEST, 31)
APART = 1e-9  # countries that make equally many mistakes are told apart by this, for the model asks for an order
SAME = 5e-5  # changes below this are not worth a word


class ThreeCountries(NamedTuple):
    """Where each country stands in the chain and what it earns; arrays in the order of COUNTRIES."""

    first: np.ndarray  # where its stages begin
    last: np.ndarray  # where they end
    wage: np.ndarray  # in units of the final good
    output: float

    @property
    def middle(self) -> np.ndarray:
        """The middle of each country's stages: its position."""
        return (self.first + self.last) / 2

    @property
    def ratio(self) -> float:
        """The highest wage over the lowest."""
        return float(self.wage.max() / self.wage.min())


class PositionSolution(NamedTuple):
    """The world as it is set, and with the mistakes and labour of the start in a chain of the same length."""

    now: ThreeCountries
    before: ThreeCountries
    ratio: np.ndarray  # top wage over bottom wage at LENGTHS, as it is set
    ratio_before: np.ndarray  # with the mistakes and labour of the start


def world(rates: tuple[float, ...], labour: tuple[float, ...], length: float) -> ThreeCountries:
    """The chain shared by countries in any order: the one with most mistakes comes first in it."""
    rates, labour = np.array(rates), np.array(labour)
    order = np.argsort(-rates, kind="stable")
    chain = cvw(rates[order] - APART * np.arange(len(rates)), labour[order], length)
    back = np.argsort(order)
    return ThreeCountries((chain.S - chain.N)[back], chain.S[back], chain.w[back], chain.output)


@lru_cache(maxsize=64)
def _ratios(rates: tuple[float, ...], labour: tuple[float, ...]) -> np.ndarray:
    """Top wage over bottom wage at LENGTHS."""
    return np.array([world(rates, labour, length).ratio for length in LENGTHS])


class PositionLab(Panel):
    """Who does which stages of a chain, and earns what?"""

    key = "developing_countries.position"
    State = Params
    controls = (
        Slider("complexity", min=SHORTEST, max=LONGEST, step=0.25),
        *(Slider(f"lam_{c}", min=0.05, max=1.2, step=0.05) for c in (1, 2, 3)),
        Slider("labour_1", min=0.5, max=3.0, step=0.25),
    )
    presets: ClassVar = {
        "rival": {"complexity": 1.0, "lam_1": 0.45, "lam_2": 0.4, "lam_3": 0.2, "labour_1": 1.0},
        "overtakes": {"complexity": 1.0, "lam_1": 0.3, "lam_2": 0.4, "lam_3": 0.2, "labour_1": 1.0},
        "standard": {"complexity": 1.0, "lam_1": 0.3, "lam_2": 0.2, "lam_3": 0.1, "labour_1": 1.0},
        "complex": {"complexity": 2.0, "lam_1": 0.6, "lam_2": 0.4, "lam_3": 0.2, "labour_1": 1.0},
    }

    def frame(self):
        names = self._names
        right, below = {"xaxis": "x2", "yaxis": "y2"}, {"xaxis": "x3", "yaxis": "y3"}
        rows = {"autorange": "reversed", "showline": False, "ticks": "", "ticklabelstandoff": 6}
        rows |= {"type": "category", "categoryorder": "array", "categoryarray": names}
        number = {
            "textposition": "inside",
            "insidetextanchor": "middle",
            "textangle": 0,
            "constraintext": "none",
        }
        number |= {"orientation": "h", "textfont": {"size": 13}, "hoverinfo": "skip"}
        tick = points(theme.Style(theme.GREY, "", "line-ns", ""), size=34, name=self.text("traces.before"))
        tick["marker"]["line"] = {"width": 3, "color": theme.GREY}
        return frame(
            (axis(self.text("axes.stages"), domain=[0, 0.55]), axis("", domain=[0.56, 1], **rows)),
            (
                axis(self.text("axes.wage"), domain=[0.64, 1], rangemode="tozero"),
                axis("", domain=[0.56, 1], showticklabels=False, **rows),
            ),
            (
                axis(self.text("axes.length"), domain=[0, 1], range=[0, LONGEST + 0.05]),
                axis(self.text("axes.ratio"), domain=[0, 0.36]),
            ),
            traces=[
                *(
                    bars(look, name=name, showlegend=False, **number)
                    for look, name in zip(COUNTRIES, names, strict=True)
                ),
                {**tick, "cliponaxis": False, "hoverinfo": "skip"},
                *(
                    bars(k, name=name, showlegend=False, **number, **right)
                    for k, name in zip(COUNTRIES, names, strict=True)
                ),
                {**tick, "showlegend": False, "cliponaxis": False, "hoverinfo": "skip", **right},
                line("reference", name=self.text("traces.ratio_before"), **below),
                line("model", name=self.text("traces.ratio"), **below),
                points("chosen", size=15, name=self.text("traces.now"), showlegend=False, **below),
            ],
            height=560,
            barmode="overlay",
        )

    @property
    def _names(self) -> list[str]:
        return [self.text(f"countries.{country}") for country in COUNTRIES]

    def solve(self, state: Params) -> PositionSolution:
        start = Params()
        now, before = (((each.lam_1, each.lam_2, each.lam_3), (each.labour_1, 1.0, 1.0)) for each in (state, start))
        return PositionSolution(
            world(*now, state.complexity),
            world(*before, state.complexity),
            _ratios(*now),
            _ratios(*before),
        )

    def view(self, state: Params, solution: PositionSolution) -> View:
        now, before = solution.now, solution.before
        names = self._names
        lengths = now.last - now.first
        shown = {"y": np.repeat(names, 2).tolist(), "x": np.column_stack([before.first, before.last]).ravel()}
        narrow = 0.15 * state.complexity  # too narrow for a number
        traces = (
            *(
                {
                    "y": [name],
                    "x": [lengths[k]],
                    "base": [now.first[k]],
                    "text": [f"{lengths[k]:.3f}" if lengths[k] > narrow else ""],
                }
                for k, name in enumerate(names)
            ),
            shown,
            *({"y": [name], "x": [now.wage[k]], "text": [f"{now.wage[k]:.3f}"]} for k, name in enumerate(names)),
            {"y": names, "x": before.wage},
            {"x": LENGTHS, "y": solution.ratio_before},
            {"x": LENGTHS, "y": solution.ratio},
            {"x": [state.complexity], "y": [now.ratio]},
        )
        layout = {"xaxis": {"range": [0, 1.02 * state.complexity]}}
        return View(traces, layout, self._sentence(state, solution), self._table(solution))

    def _sentence(self, state: Params, solution: PositionSolution) -> str:
        now, before = solution.now, solution.before
        names = self._names
        first, last = now.middle.argmin(), now.middle.argmax()
        said = [
            self.text(
                "sentence.now",
                first=names[first],
                cut=now.last[first],
                low=now.wage[first],
                last=names[last],
                high=now.wage[last],
                ratio=now.ratio,
            )
        ]
        moved, gained = now.middle - before.middle, now.wage / before.wage - 1
        if np.abs(moved).max() < SAME and np.abs(gained).max() < SAME:
            return sentences([*said, self.text("sentence.start")])
        changes = [
            self.text(
                "sentence.change",
                name=name,
                where=self.text(f"sentence.{self._direction(moved[k])}", by=abs(moved[k])),
                wage=gained[k],
            )
            for k, name in enumerate(names)
        ]
        said.append(self.text("sentence.changes", listed=Listed([*changes], "clauses")))
        up_and_out = [name for k, name in enumerate(names) if moved[k] > SAME and gained[k] < -SAME]
        if up_and_out:
            kind = "not_winning" if len(up_and_out) == 1 else "not_winning_many"
            said.append(self.text(f"sentence.{kind}", listed=self.text("sentence.and").join(up_and_out)))
        return sentences(said)

    @staticmethod
    def _direction(moved: float) -> str:
        return "same" if abs(moved) < SAME else "later" if moved > 0 else "earlier"

    def _table(self, solution: PositionSolution):
        import pandas as pd

        now, before = solution.now, solution.before
        columns = (now.first, now.last, before.first, before.last, now.wage, before.wage)
        heads = ("first", "last", "first_before", "last_before", "wage", "wage_before")
        named = dict(zip([self.text(f"table.{head}") for head in heads], columns, strict=True))
        return pd.DataFrame(named, index=pd.Index(self._names, name=self.text("table.country")))
