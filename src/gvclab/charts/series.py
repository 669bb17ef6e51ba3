"""Real figures as a picture: one or several series over time, with a sentence, a table and a link to the source."""

from __future__ import annotations

import math
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from gvclab.content import Listed, Message, formatted, text, word
from gvclab.data import name

from . import theme
from .concepts import style, told_apart
from .labels import spread, wide
from .view import View, apply

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

HEIGHT = 360
PLOT = 285  # pixels of it that are left for the data
ROW = 17  # pixels from one name to the next
AWAY = 16  # pixels from the end of a line to its name
LETTERS = 13  # font size of the names
FEW = 3  # series whose first and last figures a sentence can hold


class End(NamedTuple):
    """The first and the last figure of a series, and where they are."""

    since: Any
    start: float
    until: Any
    end: float


class RealFigure:
    """A picture of real figures, as a notebook shows it: picture, sentence, table, and a link to the source.

    A subclass gives `frame` and `view`, and passes the table, whose `attrs` name its source.
    """

    frame: go.Figure
    view: View

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = table

    @property
    def figure(self) -> go.Figure:
        """The picture as a plain plotly figure."""
        return apply(self.frame, self.view)

    @property
    def sentence(self) -> str:
        """What is to be seen, in words."""
        return self.view.sentence

    @property
    def source_html(self) -> str:
        """Where the numbers are from, with a link."""
        known = self._table.attrs
        url, title = escape(known.get("url", "")), escape(known.get("title", ""))
        return text(
            "charts.source",
            link=f'<a href="{url}" target="_blank" rel="noopener">{title}</a>',
            licence=escape(known.get("licence", "")),
        )

    def _ipython_display_(self) -> None:
        from IPython.display import HTML, display

        from .live import LiveFigure
        from .page import show

        show(self.figure, self.view, lambda: LiveFigure(self.frame, self.view))
        display(HTML(f'<p class="gvclab-source">{self.source_html}</p>'))


class Series(RealFigure):
    """What do real figures look like over time? Displayed in a notebook: picture, sentence, table, source.

    table : from `gvclab.data.load`, whose `attrs` name source and units. x, y : columns. by : a column with the name of
    the series, one line for each value; codes of economies are spelled out. label : what y is, for axis and sentence.
    marks : dates or years to mark, by the words beside them.

    Raises KeyError for a column that the table does not have.
    """

    def __init__(
        self,
        table: pd.DataFrame,
        x: str,
        y: str,
        by: str | None = None,
        label: str = "",
        marks: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(table)
        self._x, self._y, self._by = x, y, by
        self._label = word(label or y)
        self._marks = marks or {}
        groups = [("", table)] if by is None else list(table.groupby(by, sort=False))
        groups = [(str(key), part.sort_values(x)) for key, part in groups if part[y].notna().any()]
        # The series that ends highest comes first, as the eye meets them at the right-hand side.
        self._groups = sorted(groups, key=lambda group: -self._ends(group[1]).end)

    def _ends(self, part: pd.DataFrame) -> End:
        known = part.dropna(subset=self._y)
        x, y = known[self._x], known[self._y]  # by column: in a row all would become one type, years too
        return End(x.iloc[0], float(y.iloc[0]), x.iloc[-1], float(y.iloc[-1]))

    @property
    def unit(self) -> str:
        """The unit of y, as the table's manifest has it."""
        return word(self._table.attrs.get("units", {}).get(self._y, ""))

    @cached_property
    def view(self) -> View:
        """The values, the sentence and the table."""
        traces = tuple({"x": part[self._x].to_numpy(), "y": part[self._y].to_numpy()} for _, part in self._groups)
        return View(traces, sentence=self._sentence(), table=self._wide())

    @property
    def frame(self) -> go.Figure:
        """The looks."""
        # No model stands beside one series alone, so that its line need not be dashed.
        looks = (
            [style("data")._replace(dash="solid")]
            if self._by is None
            else told_apart([code for code, _ in self._groups])
        )
        traces = [
            {"name": name(code), "showlegend": False, **theme.line(look, mode=_mode(part))}
            | {"marker": {"symbol": look.symbol, "size": 7, "color": look.color}}
            for look, (code, part) in zip(looks, self._groups, strict=False)
        ]
        lines = [
            {
                "type": "line",
                "x0": at,
                "x1": at,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"color": theme.GREY, "dash": "dot"},
            }
            for at in self._marks.values()
        ]
        words = [
            {
                "x": at,
                "y": 1,
                "yref": "paper",
                "text": word(said),
                "showarrow": False,
                "xanchor": "left",
                "yanchor": "top",
                "xshift": 4,
            }
            for said, at in self._marks.items()
        ]
        y = f"{self._label}<br>({self.unit})" if self.unit else self._label
        x = theme.axis("" if self._dated else word(self._x))
        more: dict[str, Any] = {"height": HEIGHT, "shapes": lines}
        if self._by is not None and self._groups:
            words += self._names([look.color for look in looks])
            x["range"] = self._span
            more["margin"] = {"r": AWAY + 8 + max(wide(name(code), LETTERS) for code, _ in self._groups)}
        return theme.frame((x, theme.axis(y, range=self._range)), traces=traces, annotations=words, **more)

    @property
    def _span(self) -> list[Any]:
        """Of x, no more than the data and a little room: the names stand outside."""
        known = self._table[self._x]
        room = (known.max() - known.min()) * 0.02
        ends = known.min() - room, known.max() + room
        return [f"{end:%Y-%m-%d}" for end in ends] if self._dated else [float(end) for end in ends]

    @property
    def _range(self) -> list[float] | None:
        """Of y, from zero where nothing is below it."""
        if not self._groups:
            return None
        low, high = float(self._table[self._y].min()), float(self._table[self._y].max())
        room = 0.06 * (high - min(low, 0.0) or 1.0)
        return [0.0 if low >= 0 else low - room, high + room]

    def _names(self, colors: list[str]) -> list[dict[str, Any]]:
        """The name of each series at the end of its line, clear of the others, with a stroke to the line."""
        low, high = self._range
        ends = [self._ends(part) for _, part in self._groups]
        wanted = [PLOT * (high - each.end) / (high - low) for each in ends]  # pixels from the top
        placed = spread(wanted, ROW, ROW / 2, PLOT - ROW / 2)
        return [
            {
                "x": f"{end.until:%Y-%m-%d}" if self._dated else end.until,
                "y": end.end,
                "text": name(code),
                "showarrow": True,
                "arrowhead": 0,
                "arrowwidth": 1,
                "arrowcolor": color,
                "standoff": 4,
                "ax": AWAY,
                "ay": there - here,
                "xanchor": "left",
                "align": "left",
            }
            for (code, _), end, color, here, there in zip(self._groups, ends, colors, wanted, placed, strict=True)
        ]

    @property
    def _dated(self) -> bool:
        return self._table[self._x].dtype.kind == "M"

    def _at(self, value: Any) -> str:
        return formatted(value, "%B %Y") if self._dated else str(value)

    def _sentence(self) -> str:
        words = {"label": self._label, "unit": text("charts.series.unit", unit=self.unit) if self.unit else ""}
        if not self._groups:
            return text("charts.series.none", **words)
        ends = {code: self._ends(part) for code, part in self._groups}
        span = min(end.since for end in ends.values()), max(end.until for end in ends.values())
        words |= {"first": self._at(span[0]), "last": self._at(span[1])}
        if self._by is None:
            return self._one(words)
        if len(ends) <= FEW:
            moves = [self._move(code, end, span) for code, end in ends.items()]
            return text("charts.series.many", moves=Listed(moves, "clauses"), **words)
        changes = {code: self._rounded(end.end - end.start) for code, end in ends.items()}
        most, least = max(changes, key=changes.get), min(changes, key=changes.get)
        told = []
        for kind, code in (("rise", most), ("fall", least)):
            if changes[code] * (1 if kind == "rise" else -1) > 0:
                own = (
                    text("charts.series.own", **self._years(ends[code]))
                    if (ends[code].since, ends[code].until) != span
                    else ""
                )
                told.append(Message(f"charts.series.{kind}", {"name": name(code), "by": changes[code], "own": own}))
            else:
                told.append(Message(f"charts.series.no_{kind}"))
        if any((end.since, end.until) != span for end in ends.values()):
            told.append(Message("charts.series.uneven"))
        return text("charts.series.changes", count=len(ends), changes=Listed(told, "clauses"), **words)

    def _one(self, words: dict[str, Any]) -> str:
        ((_, part),) = self._groups
        low, high = part[self._y].idxmin(), part[self._y].idxmax()
        numbers = {
            "low": self._rounded(part.at[low, self._y]),
            "low_at": self._at(part.at[low, self._x]),
            "high": self._rounded(part.at[high, self._y]),
            "high_at": self._at(part.at[high, self._x]),
            "end": self._rounded(self._ends(part).end),
        }
        if words["first"] == words["last"]:
            return text("charts.series.point", **words, **numbers)
        return text(
            "charts.series.flat" if numbers["low"] == numbers["high"] else "charts.series.one", **words, **numbers
        )

    def _move(self, code: str, end: End, span: tuple[Any, Any]) -> Message:
        """From where to where a series goes; with its own years where they are not those of the figure."""
        numbers = {"name": name(code), "start": self._rounded(end.start), "end": self._rounded(end.end)}
        if (end.since, end.until) == span:
            return Message("charts.series.move", numbers)
        return Message("charts.series.move_own", numbers | self._years(end))

    def _years(self, end: End) -> dict[str, str]:
        return {"since": self._at(end.since), "until": self._at(end.until)}

    def _rounded(self, value: float) -> float:
        """A number with as many decimals as give the largest of the figure three digits: beside 4.24, 0.03."""
        largest = float(self._table[self._y].abs().max())
        digits = 2 - math.floor(math.log10(largest)) if largest > 0 else 0
        return round(float(value), digits) + 0.0  # no -0

    def _wide(self) -> pd.DataFrame:
        if self._by is None:
            return self._table[[self._x, self._y]].rename(columns=word)
        wide = self._table.pivot(index=self._x, columns=self._by, values=self._y)
        return wide.rename(columns=name).rename_axis(index=word(self._x), columns=None)


def series(table: pd.DataFrame, x: str, y: str, **more: Any) -> Series:
    """A picture of real figures over time; see `Series`."""
    return Series(table, x, y, **more)


def _mode(part: pd.DataFrame) -> str:
    return "lines+markers" if len(part) <= 40 else "lines"
