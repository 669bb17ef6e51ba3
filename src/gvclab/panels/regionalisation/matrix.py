"""Pole matrix lab: who buys from whom between poles, in shares or relative to size, on the real table."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.content import sentences
from gvclab.data import load, name
from gvclab.models import iotable

from ...charts import View, axis, frame, line, theme
from ..base import Panel
from ..controls import Choice
from ..world import FIRST, LAST, REST, named, pole_by_region
from .params import POLES, YEAR, Params

KINDS, SIDES, INDICES = ("input", "final", "total"), ("backward", "forward"), ("share", "introversion")
PARTS = {"one": 0, "table": 1, "halves": 2, "quarters": 4}
ORDER = (*POLES, REST)
YEARS = np.arange(FIRST, LAST + 1)
TOP = {"share": 0.6, "introversion": 4.5}  # of the lines' scale, as long as they do not need more
FULL = {"share": 1.0, "introversion": 4.5}  # the value of the darkest cell
THIN, THICK = 2.0, 4.0  # lines, the latter of the pole that may be counted otherwise
# Shares from light to dark; the index from orange through white, at 1, to blue.
COLOURS = {
    "share": [[0, "#F4F8FB"], [1, theme.BLUE]],
    "introversion": [[0, theme.ORANGE], [1 / FULL["introversion"], "#FFFFFF"], [1, theme.BLUE]],
}


class Ties(NamedTuple):
    """Of one year: share and index (P, P), sellers in rows, poles in the order of ORDER."""

    share: np.ndarray
    introversion: np.ndarray

    def own(self, index: str) -> np.ndarray:
        """(P,) each pole with itself."""
        return np.diag(getattr(self, index))


class MatrixSolution(NamedTuple):
    """The ties of every year, counted as the state says and as the table does."""

    counted: tuple[Ties, ...]
    listed: tuple[Ties, ...]


@cache
def flows(year: int, kind: str) -> np.ndarray:
    """(G, G) deliveries between the regions of the table, home purchases on the diagonal."""
    table = load("icio", year=year)
    delivered = {"total": table.sales, "input": table.sales - table.F, "final": table.F}[kind]
    return table.by_country(delivered)


@cache
def _poles() -> tuple[str, ...]:
    return tuple(pole_by_region()[code] for code in load("icio", year=LAST).countries)


@lru_cache(maxsize=200)
def ties(kind: str, side: str, pole: str, parts: int) -> tuple[Ties, ...]:
    """Of every year, with the members of a pole merged (0 parts), as they are (1) or split."""
    return tuple(_ties(iotable.recount(flows(int(year), kind), _poles(), pole, parts), side) for year in YEARS)


def _ties(counted: iotable.Recount, side: str) -> Ties:
    """Backward: whom a pole buys from. Forward: whom it sells to, which is the same with the table turned over."""
    turned = counted.flows if side == "backward" else counted.flows.T
    found = iotable.introversion(turned, counted.poles)
    at = [found.poles.index(pole) for pole in ORDER]
    both = (each[np.ix_(at, at)] for each in (found.share, found.introversion))
    return Ties(*(each if side == "backward" else each.T for each in both))


class MatrixLab(Panel):
    """Do poles buy mostly from themselves, and more than their size explains? And does counting decide it?"""

    key = "regionalisation.matrix"
    badge = "data"
    State = Params
    controls = (
        YEAR,
        Choice("kind", options=KINDS),
        Choice("side", options=SIDES),
        Choice("index", options=INDICES),
        Choice("pole", options=POLES),
        Choice("counting", options=tuple(PARTS)),
    )
    presets: ClassVar = {
        "table": {"year": 2011, "counting": "table", "index": "share"},
        "size": {"year": 2011, "counting": "table", "index": "introversion"},
        "split": {"year": 2011, "pole": "EUR", "counting": "halves", "index": "share"},
        "one": {"year": 2011, "pole": "EUR", "counting": "one", "index": "share"},
    }

    def frame(self):
        right = {"xaxis": "x2", "yaxis": "y2"}
        return frame(
            (
                axis(self.text("axes.buyer"), showline=False, ticks="", domain=[0, 0.42], showgrid=False),
                axis(self.text("axes.seller"), showline=False, ticks="", autorange="reversed", showgrid=False),
            ),
            (
                axis("", range=[FIRST - 0.5, LAST + 0.5], domain=[0.62, 1]),
                axis(""),
            ),
            traces=[
                {
                    "type": "heatmap",
                    "showscale": False,
                    "xgap": 3,
                    "ygap": 3,
                    "texttemplate": "%{text}",
                    "textfont": {"size": 14},
                    "hoverinfo": "skip",
                    "name": "",
                },
                *(line(pole, name=name(pole), **right) for pole in POLES),
                line("reference", name=self.text("traces.listed", pole=""), **right),
                {"mode": "lines", "line": {"color": theme.GREY, "width": 1.5}, "hoverinfo": "skip"}
                | {"name": "", "showlegend": False, **right},
            ],
            height=440,
        )

    def solve(self, state: Params) -> MatrixSolution:
        asked = state.kind, state.side, state.pole
        return MatrixSolution(ties(*asked, PARTS[state.counting]), ties(*asked, 1))

    def view(self, state: Params, solution: MatrixSolution) -> View:
        index = state.index
        now = getattr(solution.counted[state.year - FIRST], index)
        own, listed = (np.array([each.own(index) for each in part]) for part in solution)
        most = np.nanmax([own[:, :3], listed[:, :3]])
        top = TOP[index] if most < TOP[index] else float(np.ceil(most))
        called = [self.text(f"short.{pole}") for pole in ORDER]
        form = "{:.0%}" if index == "share" else "{:.2f}"
        at = ORDER.index(state.pole)
        changed = state.counting != "table"
        traces = (
            {
                "x": called,
                "y": called,
                "z": now,
                "text": [["–" if np.isnan(v) else form.format(v) for v in row] for row in now],
                "colorscale": COLOURS[index],
                "zmin": 0.0,
                "zmax": FULL[index],
            },
            *(
                {"x": YEARS, "y": own[:, k], "line": {"width": THICK if pole == state.pole else THIN}}
                for k, pole in enumerate(POLES)
            ),
            {
                "x": YEARS,
                "y": listed[:, at],
                "visible": changed,
                "name": self.text("traces.listed", pole=name(state.pole)),
            },
            {"x": [state.year] * 2, "y": [0.0, top]},
        )
        layout = {
            "yaxis2": {
                "title": {"text": self.text(f"axes.{index}_{state.side}")},
                "range": [0.0, top],
                "tickformat": ".0%" if index == "share" else ".1f",
            }
        }
        return View(traces, layout, self._sentence(state, solution), self._table(state, solution))

    def _sentence(self, state: Params, solution: MatrixSolution) -> str:
        k = state.year - FIRST
        now, first, listed = solution.counted[k], solution.counted[0], solution.listed[k]
        own, then = now.own("share"), first.own("share")
        numbers = {
            "year": state.year,
            "first": FIRST,
            "kind": self.text(f"kinds.{state.kind}"),
            **dict(zip(("asia", "america", "europe"), own, strict=False)),
            **dict(zip(("asia_then", "america_then", "europe_then"), then, strict=False)),
        }
        parts = [state.side] + ["then"] * (state.year > FIRST)
        said = [self.text(f"sentence.{part}", **numbers) for part in parts]
        index = now.own("introversion")
        if state.counting != "one":  # one country has no index
            words = dict(zip(("asia", "america", "europe"), index, strict=False))
            said.append(self.text("sentence.index", year=state.year, **words))
        if state.counting != "table":
            at = ORDER.index(state.pole)
            kind = "merged" if state.counting == "one" else "split"
            said.append(
                self.text(
                    f"sentence.{kind}",
                    pole=name(state.pole),
                    parts=PARTS[state.counting],
                    share=own[at],
                    listed=listed.own("share")[at],
                    index=index[at],
                    listed_index=listed.own("introversion")[at],
                )
            )
        return sentences(said)

    def _table(self, state: Params, solution: MatrixSolution):
        import pandas as pd

        names = named(ORDER)
        now = solution.counted[state.year - FIRST]
        matrix = pd.DataFrame(getattr(now, state.index), index=names, columns=names)
        years = np.array([each.own(state.index)[:3] for each in solution.counted])
        time = pd.DataFrame(years, index=pd.Index(YEARS, name=self.text("table.year")), columns=names[:3])
        seller, buyer = self.text("axes.seller"), self.text("axes.buyer")
        return {
            self.text("table.matrix", year=state.year, seller=seller, buyer=buyer): matrix.rename_axis(seller),
            self.text("table.years"): time,
        }
