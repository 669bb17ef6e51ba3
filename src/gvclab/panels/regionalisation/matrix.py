"""Pole matrix lab: who buys foreign inputs from whom, as shares or relative to size, by different counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import ClassVar, NamedTuple

import numpy as np

from gvclab.content import Message
from gvclab.data import load, name
from gvclab.models import iotable

from ...charts import Picture, Plot, axis, line, row, theme
from ...charts.labels import spread
from ..controls import choice, slider
from ..panel import Panel, Table
from ..world import FIRST, LAST, REST, named, pole_by_region

POLES = ("EUR", "NAM", "ASI")  # the rest of the world is no pole
ORDER = (*POLES, REST)
SIDES, MEASURES = ("backward", "forward"), ("share", "index")
PARTS = {"one": 0, "table": 1, "halves": 2, "quarters": 4}  # into how many each member is split; 0 merges them
YEARS = np.arange(FIRST, LAST + 1)
TOP = {"share": 0.6, "index": 4.5}  # of the lines' scale, as long as they do not need more
FULL = {"share": 1.0, "index": 4.5}  # the value of the darkest cell
THIN, THICK = 2.0, 4.0  # lines, the latter of the pole that is counted otherwise
GAP = 0.06  # between two names at the ends of lines, in heights of the plot
# Shares from light to dark; the index from orange through white, at 1, to blue.
COLOURS = {
    "share": [[0, "#F4F8FB"], [1, theme.BLUE]],
    "index": [[0, theme.ORANGE], [1 / FULL["index"], "#FFFFFF"], [1, theme.BLUE]],
}


class Ties(NamedTuple):
    """Of one year: share and index (P, P), sellers in rows, poles in the order of ORDER."""

    share: np.ndarray
    index: np.ndarray

    def own(self, measure: str) -> np.ndarray:
        """(P,) each pole with itself."""
        return np.diag(getattr(self, measure))


class MatrixSolution(NamedTuple):
    """The ties of every year, counted as the state says and as the table does."""

    counted: tuple[Ties, ...]
    listed: tuple[Ties, ...]


@dataclass(frozen=True)
class Counting:
    """How the members of a pole are counted, and what is shown of which year."""

    counting: str = choice("table", *PARTS)
    measure: str = choice("share", *MEASURES)
    year: int = slider(LAST, FIRST, LAST)
    pole: str = choice("EUR", *POLES)
    side: str = choice("backward", *SIDES)


@cache
def inputs(year: int) -> np.ndarray:
    """(G, G) deliveries of inputs between the regions of the table, home purchases on the diagonal."""
    table = load("icio", year=year)
    return table.by_country(table.sales - table.F)


@cache
def _poles() -> tuple[str, ...]:
    return tuple(pole_by_region()[code] for code in load("icio", year=LAST).countries)


@lru_cache(maxsize=64)
def ties(side: str, pole: str, parts: int) -> tuple[Ties, ...]:
    """Of every year, with the members of a pole merged (0 parts), as they are (1) or split."""
    return tuple(_ties(iotable.recount(inputs(int(year)), _poles(), pole, parts), side) for year in YEARS)


def _ties(counted: iotable.Recount, side: str) -> Ties:
    """Backward: whom a pole buys from. Forward: whom it sells to, which is the same with the table turned over."""
    turned = counted.flows if side == "backward" else counted.flows.T
    found = iotable.introversion(turned, counted.poles)
    at = [found.poles.index(pole) for pole in ORDER]
    both = (each[np.ix_(at, at)] for each in (found.share, found.introversion))
    return Ties(*(each if side == "backward" else each.T for each in both))


class MatrixLab(Panel):
    """Do poles buy mostly from themselves, and more than their size explains? And does the count decide it?"""

    key = "regionalisation.matrix"
    badge = "data"
    State = Counting
    places = ("pole",)
    shows = ("counting", "measure", "year")
    folds = ("pole", "side")
    presets: ClassVar = {
        "split": {"counting": "halves"},
        "one": {"counting": "one"},
        "size": {"measure": "index"},
        "split_size": {"counting": "halves", "measure": "index"},
    }
    picture = Picture(
        row(
            Plot(
                "matrix",
                axis("buyer", showline=False, ticks="", showgrid=False),
                axis("seller", showline=False, ticks="", autorange="reversed", showgrid=False),
            ),
            Plot("years", axis("", range=[FIRST - 0.5, LAST + 7.5], tickvals=[1995, 2000, 2005, 2011]), axis("own")),
            widths=(40, 46),
            gap=0.14,
        ),
        marks={
            "cells": {
                "type": "heatmap",
                "showscale": False,
                "xgap": 3,
                "ygap": 3,
                "texttemplate": "%{text}",
                "textfont": {"size": 14},
                **theme.SILENT,
            },
            "now": {
                "plot": "years",
                "mode": "lines",
                "line": {"color": theme.GREY, "width": 1.5},
                **theme.SILENT,
            },
            "listed": line("reference", plot="years", showlegend=False),
            **{pole: line(pole, plot="years", name="", showlegend=False) for pole in POLES},
            "names": {"plot": "years", "mode": "text", "textposition": "middle right", **theme.SILENT},
        },
        margin={"t": 12},
    )

    def solve(self, state: Counting) -> MatrixSolution:
        return MatrixSolution(*(ties(state.side, state.pole, parts) for parts in (PARTS[state.counting], 1)))

    def draw(self, state: Counting, solution: MatrixSolution):
        measure, at = state.measure, POLES.index(state.pole)
        now = getattr(solution.counted[state.year - FIRST], measure)
        own = np.array([each.own(measure)[:3] for each in solution.counted])
        listed = np.array([each.own(measure)[:3] for each in solution.listed])
        changed = state.counting != "table"
        top = _top(measure, own, listed[:, at])
        called = [self.text(f"short.{pole}") for pole in ORDER]
        written = "{:.0%}" if measure == "share" else "{:.1f}"
        text = [["–" if np.isnan(each) else written.format(each) for each in line] for line in now]
        text[-1][-1] = "–"  # the rest of the world is one place: what it trades with itself is trade at home
        ends = {name(pole): own[-1, k] for k, pole in enumerate(POLES) if not np.isnan(own[-1, k])}
        if changed:
            ends[self.text("marks.listed")] = listed[-1, at]
        return {
            "years": {
                "y": {
                    "title": {"text": self.text(f"axes.{measure}_{state.side}")},
                    "range": [0.0, top],
                    "tickformat": ".0%" if measure == "share" else ".1f",
                }
            },
            "cells": {
                "x": called,
                "y": called,
                "z": now,
                "text": text,
                "colorscale": COLOURS[measure],
                "zmin": 0.0,
                "zmax": FULL[measure],
            },
            "now": {"x": [state.year] * 2, "y": [0.0, top]},
            "listed": {"x": YEARS, "y": listed[:, at], "name": name(state.pole)} if changed else None,
            **{
                pole: {"x": YEARS, "y": own[:, k], "line": {"width": THICK if changed and k == at else THIN}}
                for k, pole in enumerate(POLES)
            },
            "names": {
                "x": [LAST + 0.3] * len(ends),
                "y": spread(list(ends.values()), GAP * top, 0.5 * GAP * top, top),
                "text": list(ends),
            },
        }

    def say(self, state: Counting, solution: MatrixSolution):
        k, at, measure = state.year - FIRST, POLES.index(state.pole), state.measure
        now, listed = (each[k].own(measure)[:3] for each in solution)
        place = {"pole": name(state.pole), "year": state.year, "now": now[at], "listed": listed[at]}
        if state.counting == "one":
            yield f"one_{measure}", place
        elif state.counting != "table":
            if measure == "share":
                yield f"split_{state.side}", place
                return  # all is said: a pole that is split buys and sells mostly within itself
            if f"{now[at]:.1f}" == f"{listed[at]:.1f}":
                other = int(np.abs(now - listed).argmax())
                yield "split_others", place | {"other": name(POLES[other]), "now": now[other], "listed": listed[other]}
            else:
                yield "split_index", place
        most = int(np.nanargmax(now))
        kind = "index" if measure == "index" else "none"
        yield f"{kind}_{state.side}", {"year": state.year, "pole": name(POLES[most]), "value": now[most]}

    def tables(self, state: Counting, solution: MatrixSolution):
        now = getattr(solution.counted[state.year - FIRST], state.measure)
        heads = [Message(f"world.name.{pole}") for pole in ORDER]
        columns = zip(heads, now.T, strict=True)
        yield Table("seller", named(ORDER), columns, title="matrix", values={"year": state.year})
        own = np.array([each.own(state.measure)[:3] for each in solution.counted])
        yield Table("year", YEARS, zip(heads[:3], own.T, strict=True), title="years")


def _top(measure: str, *lines: np.ndarray) -> float:
    """The end of the scale: always the same, until a line needs more."""
    most = max(float(np.nanmax(each)) for each in lines)
    return TOP[measure] if most < TOP[measure] else 1.0 if measure == "share" else float(np.ceil(most))
