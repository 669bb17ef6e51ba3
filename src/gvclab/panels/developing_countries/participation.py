"""Participation map: where real economies stand in value chains, year by year."""

from __future__ import annotations

from functools import cache
from typing import ClassVar, NamedTuple

import numpy as np
import pandas as pd

from gvclab.content import sentences
from gvclab.data import load, name

from ...charts import View, axis, frame, line, points, theme
from ..base import Panel
from ..controls import Choice, Slider
from ..world import FIRST, LAST, pole_by_economy
from .params import Params

POLES = ("ASI", "NAM", "EUR", "RST")
ECONOMIES = (
    "CHN",
    "IND",
    "IDN",
    "KOR",
    "TWN",
    "JPN",
    "MEX",
    "USA",
    "BRA",
    "RUS",
    "TUR",
    "POL",
    "HUN",
    "DEU",
    "ROW",
)
COLUMNS = ("participation", "fva_share", "forward_share", "upstreamness", "vax_ratio")
WIDEST = 36  # diameter, in pixels, of the economy that exports most


class ParticipationSolution(NamedTuple):
    """All economies in one year, the chosen one in all years, and the world in all years."""

    year: pd.DataFrame  # by economy: pole, gross_exports and COLUMNS
    one: pd.DataFrame  # by year: COLUMNS of the chosen economy
    world: pd.DataFrame  # by year: COLUMNS, mean over economies weighted by exports
    rank: int  # of the chosen economy by participation, 1 the highest


@cache
def figures() -> pd.DataFrame:
    """The indicators of every economy and year, with the pole of each."""
    table = load("gvc_indicators")
    return table.assign(pole=table.economy.map(pole_by_economy()))


@cache
def _by(column: str) -> dict:
    """The figures of each year, by economy, or of each economy, by year."""
    other = {"year": "economy", "economy": "year"}[column]
    return {key: part.set_index(other) for key, part in figures().groupby(column)}


@cache
def world() -> pd.DataFrame:
    """The world by year: each indicator weighted by gross exports."""
    table = figures()
    weighted = table[list(COLUMNS)].mul(table.gross_exports, axis=0).groupby(table.year).sum()
    return weighted.div(table.groupby("year").gross_exports.sum(), axis=0)


class ParticipationLab(Panel):
    """Who takes part in value chains, as a buyer of foreign inputs or as a seller of inputs to others' exports?"""

    key = "developing_countries.participation"
    badge = "data"
    sources = ("gvc_indicators",)
    State = Params
    controls = (Slider("year", min=FIRST, max=LAST, step=1), Choice("economy", options=ECONOMIES))
    presets: ClassVar = {
        "assembler": {"year": 2011, "economy": "MEX"},
        "upstream": {"year": 2011, "economy": "RUS"},
        "peak": {"year": 2005, "economy": "CHN"},
    }

    def frame(self):
        right = {"xaxis": "x2", "yaxis": "y2"}
        chosen = points("chosen", size=20, mode="markers+text", name=self.text("traces.chosen"), showlegend=False)
        chosen["marker"]["line"] = {"width": 1.5, "color": "white"}
        bubbles = [
            points(pole, name=name(pole), mode="markers") | {"hovertemplate": "%{text}<extra></extra>"}
            for pole in POLES
        ]
        for bubble in bubbles:
            color = bubble["marker"]["color"]
            inside = "rgba({},{},{},0.5)".format(*bytes.fromhex(color[1:]))  # larger bubbles do not hide smaller ones
            bubble["marker"] |= {"color": inside, "line": {"width": 1.5, "color": color}}
        most = float(figures()[["fva_share", "forward_share"]].max().max())
        top = np.ceil(most * 10) / 10
        return frame(
            (
                axis(self.text("axes.backward"), range=[0, top], tickformat=".0%"),
                axis(self.text("axes.forward"), range=[0, top], tickformat=".0%"),
            ),
            (
                axis("", range=[FIRST - 0.5, LAST + 0.5]),
                axis(self.text("axes.share"), rangemode="tozero", tickformat=".0%"),
            ),
            traces=[
                *bubbles,
                line("chosen", name=self.text("traces.trail"), showlegend=False, hoverinfo="skip"),
                {**chosen, "textposition": "top right", "textfont": {"size": 15}, "hoverinfo": "skip"},
                line("abroad", name=self.text("traces.backward"), **right),
                line("home", name=self.text("traces.forward"), **right),
                line("reference", name=self.text("traces.world"), **right),
                {"mode": "lines", "line": {"color": theme.GREY, "width": 1.5}, "hoverinfo": "skip"}
                | {"name": self.text("traces.year"), "showlegend": False, **right},
            ],
            widths=(5, 4),
            height=460,
        )

    def solve(self, state: Params) -> ParticipationSolution:
        year, one = _by("year")[state.year], _by("economy")[state.economy]
        rank = int((year.participation > year.participation[state.economy]).sum()) + 1
        return ParticipationSolution(year, one, world(), rank)

    def view(self, state: Params, solution: ParticipationSolution) -> View:
        year, one, everyone, _ = solution
        largest = figures().gross_exports.max()
        trail = one.loc[: state.year]
        traces = (
            *(self._bubbles(year[year.pole == pole], largest) for pole in POLES),
            {"x": trail.fva_share.to_numpy(), "y": trail.forward_share.to_numpy()},
            {
                "x": [one.fva_share[state.year]],
                "y": [one.forward_share[state.year]],
                "text": [name(state.economy)],
            },
            {"x": one.index.to_numpy(), "y": one.fva_share.to_numpy()},
            {"x": one.index.to_numpy(), "y": one.forward_share.to_numpy()},
            {"x": everyone.index.to_numpy(), "y": everyone.fva_share.to_numpy()},
            {"x": [state.year, state.year], "y": [0, float(one[["fva_share", "forward_share"]].max().max())]},
        )
        return View(traces, {}, self._sentence(state, solution), self._table(year))

    @staticmethod
    def _bubbles(part: pd.DataFrame, largest: float) -> dict:
        return {
            "x": part.fva_share.to_numpy(),
            "y": part.forward_share.to_numpy(),
            "text": [name(code) for code in part.index],
            "marker": {"size": np.maximum(6, WIDEST * np.sqrt(part.gross_exports.to_numpy() / largest))},
        }

    def _sentence(self, state: Params, solution: ParticipationSolution) -> str:
        year, one, everyone, rank = solution
        now = one.loc[state.year]
        side = "buyer" if now.fva_share > now.forward_share else "seller"
        numbers = {
            "name": name(state.economy),
            "year": state.year,
            "first": FIRST,
            "participation": now.participation,
            "rank": rank,
            "count": len(year),
            "backward": now.fva_share,
            "forward": now.forward_share,
            "upstreamness": now.upstreamness,
            "world": everyone.participation[state.year],
            "world_up": everyone.upstreamness[state.year],
            "change": 100 * (now.participation - one.participation[FIRST]),
        }
        parts = ["now", side, "position"] + ["change"] * (state.year > FIRST)
        said = sentences([self.text(f"sentence.{part}", **numbers) for part in parts])
        return said[0].upper() + said[1:]

    def _table(self, year: pd.DataFrame):
        table = year[list(COLUMNS)].sort_values("participation", ascending=False)
        table = table.rename(index=name, columns={c: self.text(f"table.{c}") for c in COLUMNS})
        return table.rename_axis(self.text("table.economy"))
