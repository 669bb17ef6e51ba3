"""Fragility lab: firms whose suppliers need suppliers, and the cliff that this makes."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.models.sourcing import Critical, egl_critical, egl_fixed_point, egl_map

from ...charts import View, axis, frame, line, points, theme
from ..base import Panel
from ..controls import Slider
from .params import Params

LINKS = np.linspace(0.4, 1, 301)
CHANCES = np.linspace(0, 1, 101)
TIERS_DRAWN = 60  # more steps of the cobweb than this lie on top of each other
MOST_SUPPLIERS = 5


class Solution(NamedTuple):
    """A network of firms with n inputs from m suppliers each, endlessly deep and as deep as chosen."""

    critical: Critical
    links: np.ndarray  # link reliabilities, with the critical one twice: below the cliff and on it
    endless: np.ndarray  # reliability of a firm at `links`; NaN between the foot of the cliff and its edge
    finite: np.ndarray  # the same at LINKS for a network of the chosen depth
    r: float  # at the chosen link reliability, endlessly deep
    r_finite: float  # as deep as chosen
    tiers: np.ndarray  # reliability after 0, 1, 2 … tiers, as far as they are drawn


class FragilityLab(Panel):
    """How reliable is a firm in a deep network, and where does the network collapse?"""

    key = "diversification.fragility"
    State = Params
    controls = (
        Slider("x", min=0.5, max=1.0, step=0.002),
        Slider("inputs", min=2, max=6, step=1),
        Slider("suppliers", min=1, max=MOST_SUPPLIERS, step=1),
        Slider("depth", min=1, max=200, step=1, log=True),
    )
    presets: ClassVar = {
        "cliff": {"x": 0.846, "inputs": 2, "suppliers": 2, "depth": 200},
        "shallow": {"x": 0.84, "inputs": 2, "suppliers": 2, "depth": 5},
    }

    def frame(self):
        right = {"xaxis": "x2", "yaxis": "y2"}
        whole = {"range": [0, 1.03]}
        jump = {"mode": "lines", "line": {"color": theme.GREY, "dash": "dot", "width": 2}}
        return frame(
            (axis(self.text("axes.x"), range=[0.395, 1.01]), axis(self.text("axes.y"), **whole)),
            (axis(self.text("axes.before"), **whole), axis(self.text("axes.after"), **whole)),
            traces=[
                line(0, name=self.text("traces.endless")),
                line(1, name=self.text("traces.finite", depth="")),
                {**jump, "name": self.text("traces.jump", x_c=1)},
                points(theme.SERIES[0], size=13, name=self.text("traces.now"), showlegend=False),
                points(theme.SERIES[1], size=13, name=self.text("traces.now"), showlegend=False),
                line(2, name=self.text("traces.map"), **right),
                {**jump, "name": self.text("traces.diagonal"), "showlegend": False, **right},
                line(4, name=self.text("traces.web"), **right),
            ],
            height=400,
        )

    def solve(self, state: Params) -> Solution:
        n, m = state.inputs, state.suppliers
        critical = egl_critical(n, m)
        before, after = np.split(LINKS, [np.searchsorted(LINKS, critical.x_c)])
        links = np.concatenate([before, [critical.x_c] * 3, after])
        endless = np.concatenate([0 * before, [0.0, np.nan, critical.r_c], egl_fixed_point(after, n, m)])
        tiers = [1.0]
        for _ in range(min(state.depth, TIERS_DRAWN)):
            tiers.append(egl_map(tiers[-1], state.x, n, m))
        return Solution(
            critical,
            links,
            endless,
            egl_fixed_point(LINKS, n, m, state.depth),
            egl_fixed_point(state.x, n, m),
            egl_fixed_point(state.x, n, m, state.depth),
            np.array(tiers),
        )

    def view(self, state: Params, solution: Solution) -> View:
        critical = solution.critical
        # Each tier: from the diagonal up or down to the map, then across to the diagonal.
        corners = np.repeat(solution.tiers, 2)
        traces = (
            {"x": solution.links, "y": solution.endless},
            {"x": LINKS, "y": solution.finite, "name": self.text("traces.finite", depth=state.depth)},
            {
                "x": [critical.x_c, critical.x_c],
                "y": [0.0, critical.r_c],
                "name": self.text("traces.jump", x_c=critical.x_c),
            },
            {"x": [state.x], "y": [solution.r]},
            {"x": [state.x], "y": [solution.r_finite]},
            {"x": CHANCES, "y": egl_map(CHANCES, state.x, state.inputs, state.suppliers)},
            {"x": [0.0, 1.0], "y": [0.0, 1.0]},
            {"x": corners[:-1], "y": corners[1:]},
        )
        return View(traces, {}, self._sentence(state, solution), self._table(state))

    def _sentence(self, state: Params, solution: Solution) -> str:
        x_c, r_c, _ = solution.critical
        numbers = {
            "x": state.x, "x_c": x_c, "r_c": r_c, "r": solution.r, "slack": state.x - x_c,
            "depth": state.depth, "r_d": solution.r_finite,
        }  # fmt: skip
        if state.suppliers == 1:
            kinds = ["perfect" if state.x == 1 else "single"]
        elif solution.r > 0:
            kinds = ["above", "cliff"]
        else:
            kinds = ["below"]
        kinds.append("tier" if state.depth == 1 else "tiers")
        return " ".join(self.text(f"sentence.{kind}", **numbers) for kind in kinds)

    def _table(self, state: Params):
        import pandas as pd

        columns = ("x_c", "r_c", "r", "finite")
        rows = []
        for m in range(1, MOST_SUPPLIERS + 1):
            x_c, r_c, _ = egl_critical(state.inputs, m)
            deep = egl_fixed_point(state.x, state.inputs, m)
            rows.append([x_c, r_c, deep, egl_fixed_point(state.x, state.inputs, m, state.depth)])
        names = [self.text(f"table.{name}", x=state.x, depth=state.depth) for name in columns]
        table = pd.DataFrame(rows, index=range(1, MOST_SUPPLIERS + 1), columns=names)
        return table.rename_axis(self.text("table.m"))
