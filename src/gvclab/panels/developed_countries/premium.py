"""Premium lab: machines, schools or trade? The parts of a change in the skill premium."""

from __future__ import annotations

import math
from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.content import sentences
from gvclab.models.gravity import SkillPremium, skill_premium

from ...charts import View, axis, bars, frame, line, points, theme
from ..base import Panel
from ..controls import Slider
from .params import Params

SIGMA = 1.41  # substitution between skilled and unskilled work, Katz and Murphy 1992 (not verified)
LEGIBLE = 6  # log points: a bar that has room for its number
TREND = 0.033  # what skill-biased technology adds to the log premium in a year, by the same estimate
MOST = 0.5
SAME = 0.05  # log points: what is written alike
SUPPLY = np.linspace(0, MOST, 11)
PARTS = ("technology", "trade", "supply")
STYLES = {"technology": "technology", "trade": "trade", "supply": "schooling"}


class PremiumSolution(NamedTuple):
    """Changes of the log premium: in parts as it is set, and along SUPPLY with all parts and with one left out."""

    parts: SkillPremium
    along: np.ndarray
    no_trade: np.ndarray
    no_technology: np.ndarray


def premium(years: float, skilled: float, offshored: float) -> SkillPremium:
    """The change of the log premium: technology enters by its trend, so that dlnA = TREND years σ/(σ - 1)."""
    return skill_premium(TREND * years * SIGMA / (SIGMA - 1), skilled, offshored, SIGMA)


class PremiumLab(Panel):
    """How much of the change in the skill premium is technology, how much schooling, how much trade?"""

    key = "developed_countries.premium"
    State = Params
    controls = (
        Slider("years", min=0, max=20, step=1),
        Slider("offshored", min=0.0, max=0.2, step=0.01),
        Slider("skilled", min=0.0, max=MOST, step=0.05),
    )
    presets: ClassVar = {
        "schools": {"years": 10, "offshored": 0.05, "skilled": 0.5},
        "no_schools": {"years": 10, "offshored": 0.05, "skilled": 0.0},
        "trade": {"years": 2, "offshored": 0.2, "skilled": 0.0},
    }

    def frame(self):
        right = {"xaxis": "x2", "yaxis": "y2"}
        zero = {"zeroline": True, "zerolinecolor": theme.GREY}
        number = {"textposition": "inside", "textangle": 0, "constraintext": "none"}
        number |= {"insidetextanchor": "middle", "hoverinfo": "skip"}
        sums = [("along", "model"), ("no_trade", STYLES["trade"]), ("no_technology", STYLES["technology"])]
        return frame(
            (axis("", showline=False, ticks=""), axis(self.text("axes.premium"), range=[-60, 90], **zero)),
            (axis(self.text("axes.skilled")), axis(self.text("axes.premium"), range=[-60, 90], **zero)),
            traces=[
                *(bars(STYLES[part], name=self.text(f"traces.{part}"), **number) for part in PARTS),
                points("chosen", size=17, name=self.text("traces.total"), hoverinfo="skip", mode="markers+text")
                | {"textposition": "top center", "textfont": {"size": 14}},
                *(line(style, name=self.text(f"traces.{name}"), **right) for name, style in sums),
                points("chosen", size=15, name=self.text("traces.total"), showlegend=False, hoverinfo="skip", **right),
            ],
            widths=(4, 6),
            height=420,
            barmode="relative",
            legend={"traceorder": "normal"},
        )

    def solve(self, state: Params) -> PremiumSolution:
        years, offshored = state.years, state.offshored
        return PremiumSolution(
            premium(years, state.skilled, offshored),
            *(
                np.array([premium(*case).total for case in cases])
                for cases in (
                    [(years, supply, offshored) for supply in SUPPLY],
                    [(years, supply, 0.0) for supply in SUPPLY],
                    [(0, supply, offshored) for supply in SUPPLY],
                )
            ),
        )

    def view(self, state: Params, solution: PremiumSolution) -> View:
        parts = {part: 100 * getattr(solution.parts, part) + 0.0 for part in PARTS}  # no -0
        total = 100 * solution.parts.total
        where = [self.text("axes.parts"), self.text("axes.total")]
        traces = (
            *({"x": where[:1], "y": [x], "text": [f"{x:+.1f}" if abs(x) > LEGIBLE else ""]} for x in parts.values()),
            {"x": where[1:], "y": [total], "text": [f"{total:+.1f}"]},
            *({"x": SUPPLY, "y": 100 * sums} for sums in solution[1:]),
            {"x": [state.skilled], "y": [total]},
        )
        return View(traces, {}, self._sentence(state, parts, total), self._table(parts, total, solution))

    def _sentence(self, state: Params, parts: dict[str, float], total: float) -> str:
        rises = parts["technology"] + parts["trade"]
        numbers = {**parts, "total": total, "percent": math.expm1(total / 100)}
        said = [self.text("sentence.now", **numbers)]
        if rises > 0 and not parts["trade"]:
            said.append(self.text("sentence.no_trade"))
        elif rises > 0:
            numbers["of_rises"] = parts["trade"] / rises
            numbers["of_total"] = parts["trade"] / max(total, SAME)
            said.append(self.text("sentence.of_rises", **numbers))
            if total < SAME:
                kind = "no_total"
            elif total > rises - SAME:
                kind = "same_total"
            else:
                kind = "of_total" if parts["trade"] <= total else "over_total"
            said.append(self.text(f"sentence.{kind}", **numbers))
        return sentences(said)

    def _table(self, parts: dict[str, float], total: float, solution: PremiumSolution):
        import pandas as pd

        heads = [*(self.text(f"traces.{part}") for part in PARTS), self.text("traces.total")]
        now = pd.DataFrame([[*parts.values(), total]], columns=heads, index=[self.text("table.points")])
        sums = {self.text(f"traces.{name}"): 100 * getattr(solution, name) for name in PremiumSolution._fields[1:]}
        supply = pd.Index(SUPPLY.round(2), name=self.text("axes.skilled"))
        return {self.text("table.parts"): now, self.text("table.along"): pd.DataFrame(sums, index=supply)}
