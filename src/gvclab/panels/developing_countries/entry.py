"""Access lab: which stages leave home, for which country, and at which border cost none does."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.content import sentences
from gvclab.models.division import Snake

from ...charts import View, axis, frame, line, points, theme
from ..base import Panel
from ..controls import Slider
from . import route
from .params import Params

DEAREST, BEST = 0.3, 0.3  # the ends of the two sliders
ROWS = len(route.PLACES)
STYLES = ("home", "region", "far_a")  # of route.PLACES


class EntrySolution(NamedTuple):
    """The chain as it runs now, and how it would run at other border costs and advantages."""

    now: Snake
    borders: list[route.Stretch]
    advantages: list[route.Stretch]

    @property
    def most(self) -> float | None:
        """The border cost from which on the remote country is out; None if there is none."""
        return next((each.start for each in self.borders if not each.has_remote and each.start > 0), None)

    @property
    def least(self) -> float | None:
        """The advantage above which it is in, at the present border cost; None if there is none."""
        return next((each.start for each in self.advantages if each.has_remote), None)


class EntryLab(Panel):
    """Who is in the chain, and what keeps the others out?"""

    key = "developing_countries.entry"
    State = Params
    controls = (
        Slider("stages", min=4, max=12, step=1),
        Slider("border", min=0.0, max=DEAREST, step=0.01),
        Slider("advantage", min=0.0, max=BEST, step=0.01),
    )
    presets: ClassVar = {
        "just_in": {"stages": 8, "border": 0.13, "advantage": 0.1},
        "half_border": {"stages": 8, "border": 0.07, "advantage": 0.1},
        "longer": {"stages": 9, "border": 0.15, "advantage": 0.1},
    }

    def frame(self):
        rows = [self.text(f"places.{place}") for place in route.PLACES]
        below = {"xaxis": "x2", "yaxis": "y2"}
        stages = {"mode": "markers+text", "showlegend": False, "hoverinfo": "skip"}
        at_border = points("border", size=9, mode="markers+text", name=self.text("traces.crossing"))
        at_border["marker"]["line"] = {"width": 3, "color": theme.style("border").color}
        return frame(
            (
                axis(self.text("axes.stage"), domain=[0, 1], showgrid=False),
                axis(
                    "",
                    domain=[0.54, 1],
                    range=[ROWS - 0.5, -0.6],
                    tickvals=list(range(ROWS)),
                    ticktext=rows,
                    ticks="",
                    showline=False,
                ),
            ),
            (
                axis(self.text("axes.border"), domain=[0, 1], range=[0, DEAREST], tickformat=".2f"),
                axis(self.text("axes.share"), domain=[0, 0.34], range=[-0.03, 1.03], tickformat=".0%"),
            ),
            traces=[
                {
                    "mode": "lines",
                    "line": {"color": "rgba(127,127,127,0.45)", "width": 9},
                    "hoverinfo": "skip",
                }
                | {"name": self.text("traces.route"), "showlegend": False},
                {
                    **points("before", size=33),
                    "name": self.text("traces.key"),
                    "hoverinfo": "skip",
                },
                *(
                    points(
                        look,
                        size=24,
                        name=row,
                        textfont={"color": theme.ink(theme.style(look).color), "size": 13},
                        **stages,
                    )
                    for look, row in zip(STYLES, rows, strict=True)
                ),
                {**at_border, "textposition": "middle right", "hoverinfo": "skip"},
                points(theme.Style(theme.GREY, "", "star", ""), size=17, name=self.text("traces.buyer")),
                *(self._steps(k, row, below) for k, row in enumerate(rows)),
                {
                    "mode": "lines",
                    "line": {"color": theme.GREY, "dash": "dot", "width": 2},
                    "hoverinfo": "skip",
                }
                | {"name": self.text("traces.now"), "showlegend": False, **below},
                points("chosen", size=14, name=self.text("traces.now"), showlegend=False)
                | {"cliponaxis": False, **below},
            ],
            height=560,
        )

    def _steps(self, k: int, row: str, where: dict) -> dict:
        """The share of a place by border cost: a line of steps."""
        steps = line(STYLES[k], name=self.text("traces.share", place=row), **where)
        steps["line"] |= {"shape": "hv", "width": 4 if k == route.REMOTE else 2.5}
        return steps

    def solve(self, state: Params) -> EntrySolution:
        K, t, a = state.stages, state.border, state.advantage
        return EntrySolution(route.route(K, t, a), route.by_border(K, a, DEAREST), route.by_advantage(K, t, BEST))

    def view(self, state: Params, solution: EntrySolution) -> View:
        path = np.array(solution.now.path)
        stage, K = np.arange(1, state.stages + 1), state.stages
        whole = np.append(path, route.HOME)  # the buyer at the end
        left = np.flatnonzero(np.diff(whole))
        fees = np.array([0.0, route.HUB_BORDER, state.border])
        key = route.key_component(K)
        here = (path == route.REMOTE).mean()
        starts = np.array([each.start for each in solution.borders] + [DEAREST])
        shares = np.array([each.made for each in solution.borders]) / K
        traces = (
            {"x": np.arange(1, K + 2), "y": whole},
            {"x": [key], "y": [path[key - 1]]},
            *(
                {
                    "x": stage[path == place],
                    "y": path[path == place],
                    "text": [str(k) for k in stage[path == place]],
                }
                for place in range(ROWS)
            ),
            {
                "x": left + 1.5,
                "y": (whole[left] + whole[left + 1]) / 2,
                "text": [f"{fees[whole[k]] + fees[whole[k + 1]]:.2f}" for k in left],
            },
            {"x": [K + 1], "y": [route.HOME]},
            *({"x": starts, "y": share} for share in np.vstack([shares, shares[-1]]).T),
            {"x": [state.border, state.border], "y": [0, 1]},
            {"x": [state.border], "y": [here]},
        )
        layout = {"xaxis": {"range": [0.4, K + 1.6], "tickvals": stage}}
        return View(traces, layout, self._sentence(state, solution), self._table(solution))

    def _sentence(self, state: Params, solution: EntrySolution) -> str:
        path, most, least = np.array(solution.now.path), solution.most, solution.least
        made = {place: int((path == k).sum()) for k, place in enumerate(route.PLACES)}
        numbers = {
            **made,
            "stages": state.stages,
            "crossings": solution.now.crossings,
            "saved": state.stages - solution.now.cost,
            "least": least,
            "most": most,
            "dearest": DEAREST,
        }
        if made["remote"]:
            along = path[route.key_component(state.stages) - 1] == route.REMOTE
            said = [
                "in",
                "key_along" if along else "key_elsewhere",
                "stays_always" if most is None else "stays",
            ]
        else:
            said = ["out", "hub_has" if made["hub"] else "home_has"]
            said.append("enters_never" if most is None else "enters_border")
            said += ["enters_advantage"] if least is not None else []
        return sentences([self.text(f"sentence.{part}", **numbers) for part in said])

    def _table(self, solution: EntrySolution):
        """One row for each stretch of border costs in which the chain stays the same."""
        import pandas as pd

        names = [self.text("table.made", place=self.text(f"places.{place}")) for place in route.PLACES]
        starts = pd.Index([round(each.start, 6) for each in solution.borders], name=self.text("table.border"))
        return pd.DataFrame([each.made for each in solution.borders], columns=names, index=starts)
