"""Fragility lab: firms whose suppliers need suppliers, and the cliff that this makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.models.sourcing import Critical, egl_critical, egl_fixed_point, egl_map

from ...charts import Picture, Plot, axis, line, points, row, theme
from ..controls import slider
from ..panel import Panel, Table

MOST_SUPPLIERS = 5  # per input
LINKS = np.linspace(0.4, 1, 301)
CHANCES = np.linspace(0, 1, 101)
TIERS_DRAWN = 60  # more steps of the cobweb than this lie on top of each other
CHANCE = {"range": [0, 1.03]}
STEPS = {"mode": "lines", "line": {"color": theme.GREY, "dash": "dot", "width": 2}}


class FragilitySolution(NamedTuple):
    """A network of firms with n inputs from m suppliers each, endlessly deep and as deep as chosen."""

    critical: Critical
    links: np.ndarray  # link reliabilities, with the critical one twice: below the cliff and on it
    endless: np.ndarray  # reliability of a firm at `links`; NaN between the foot of the cliff and its edge
    finite: np.ndarray  # the same at LINKS for a network of the chosen depth
    r: float  # at the chosen link reliability, endlessly deep
    r_finite: float  # as deep as chosen
    tiers: np.ndarray  # reliability after 0, 1, 2 … tiers, as far as they are drawn


@dataclass(frozen=True)
class Network:
    """A firm, its suppliers, their suppliers and so on."""

    x: float = slider(0.9, 0.5, 1.0, 0.002)
    inputs: int = slider(2, 2, 6)
    suppliers: int = slider(2, 1, MOST_SUPPLIERS)
    depth: int = slider(50, 1, 200, log=True, unit="tiers")


class FragilityLab(Panel):
    """How reliable is a firm in a deep network, and where does the network collapse?"""

    key = "suppliers.fragility"
    State = Network
    shows = ("x", "inputs", "suppliers", "depth")
    presets: ClassVar = {"cliff": {"x": 0.846, "depth": 200}, "shallow": {"x": 0.84, "depth": 5}}
    picture = Picture(
        row(
            Plot("cliff", axis("x", range=[0.395, 1.01]), axis("y", **CHANCE)),
            Plot("tier", axis("before", **CHANCE), axis("after", **CHANCE)),
        ),
        marks={
            "endless": line("endless"),
            "finite": line("finite"),
            "jump": STEPS,
            "now": points("endless", size=13, showlegend=False),
            "now_finite": points("finite", size=13, name="now", showlegend=False),
            "map": line("tier", plot="tier"),
            "diagonal": {**STEPS, "showlegend": False, "plot": "tier"},
            "web": line("web", plot="tier"),
        },
    )

    def solve(self, state: Network) -> FragilitySolution:
        n, m = state.inputs, state.suppliers
        critical = egl_critical(n, m)
        before, after = np.split(LINKS, [np.searchsorted(LINKS, critical.x_c)])
        links = np.concatenate([before, [critical.x_c] * 3, after])
        endless = np.concatenate([0 * before, [0.0, np.nan, critical.r_c], egl_fixed_point(after, n, m)])
        tiers = [1.0]
        for _ in range(min(state.depth, TIERS_DRAWN)):
            tiers.append(egl_map(tiers[-1], state.x, n, m))
        return FragilitySolution(
            critical,
            links,
            endless,
            egl_fixed_point(LINKS, n, m, state.depth),
            egl_fixed_point(state.x, n, m),
            egl_fixed_point(state.x, n, m, state.depth),
            np.array(tiers),
        )

    def draw(self, state: Network, solution: FragilitySolution):
        x_c, r_c, _ = solution.critical
        # Each tier: from the diagonal up or down to the map, then across to the diagonal.
        corners = np.repeat(solution.tiers, 2)
        return {
            "endless": {"x": solution.links, "y": solution.endless},
            "finite": {"x": LINKS, "y": solution.finite, "name": self.message("marks.finite", depth=state.depth)},
            "jump": {"x": [x_c, x_c], "y": [0.0, r_c], "name": self.message("marks.jump", x_c=x_c)},
            "now": {"x": [state.x], "y": [solution.r]},
            "now_finite": {"x": [state.x], "y": [solution.r_finite]},
            "map": {"x": CHANCES, "y": egl_map(CHANCES, state.x, state.inputs, state.suppliers)},
            "diagonal": {"x": [0.0, 1.0], "y": [0.0, 1.0]},
            "web": {"x": corners[:-1], "y": corners[1:]},
        }

    def say(self, state: Network, solution: FragilitySolution):
        x_c, r_c, _ = solution.critical
        if state.suppliers == 1:
            yield ("perfect" if state.x == 1 else "single"), {}
        elif solution.r > 0:
            yield "above", {"x": state.x, "x_c": x_c, "r": solution.r}
            yield "cliff", {"slack": state.x - x_c, "r_c": r_c}
        else:
            yield "below", {"x": state.x, "x_c": x_c}
        yield ("tier" if state.depth == 1 else "tiers"), {"depth": state.depth, "r_d": solution.r_finite}

    def tables(self, state: Network, solution: FragilitySolution):
        suppliers = range(1, MOST_SUPPLIERS + 1)
        x_c, r_c, _ = zip(*(egl_critical(state.inputs, m) for m in suppliers), strict=True)
        columns = {
            "x_c": x_c,
            "r_c": r_c,
            "r": [egl_fixed_point(state.x, state.inputs, m) for m in suppliers],
            "finite": [egl_fixed_point(state.x, state.inputs, m, state.depth) for m in suppliers],
        }
        yield Table("m", suppliers, columns, values={"x": state.x, "depth": state.depth})
