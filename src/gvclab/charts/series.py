"""Real figures as a picture: one or several series over time, with a sentence, a table and a link to the source."""

from __future__ import annotations

from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from gvclab.content import text
from gvclab.data import name

from . import theme
from .view import View, apply

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


class Series:
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
        self._table, self._x, self._y, self._by = table, x, y, by
        self._label = label or y
        self._marks = marks or {}
        groups = [("", table)] if by is None else list(table.groupby(by, sort=False))
        # The series that ends highest comes first, as the eye meets them at the right-hand side.
        self._groups = sorted(groups, key=lambda group: -group[1][y].iloc[-1])

    @property
    def unit(self) -> str:
        """The unit of y, as the table's manifest has it."""
        return self._table.attrs.get("units", {}).get(self._y, "")

    @cached_property
    def view(self) -> View:
        """The values, the sentence and the table."""
        traces = tuple({"x": part[self._x].to_numpy(), "y": part[self._y].to_numpy()} for _, part in self._groups)
        return View(traces, sentence=self._sentence(), table=self._wide())

    @property
    def frame(self) -> go.Figure:
        """The looks."""
        names = [name(code) for code, _ in self._groups]
        traces = [
            {"name": called, "showlegend": self._by is not None, **theme.line(k, mode=_mode(part))}
            for k, (called, (_, part)) in enumerate(zip(names, self._groups, strict=True))
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
                "text": said,
                "showarrow": False,
                "xanchor": "left",
                "yanchor": "top",
                "xshift": 4,
            }
            for said, at in self._marks.items()
        ]
        y = f"{self._label}<br>({self.unit})" if self.unit else self._label
        x = theme.axis("" if self._dated else self._x)
        floor = "tozero" if self._table[self._y].min() >= 0 else "normal"
        return theme.frame(
            (x, theme.axis(y, rangemode=floor)), traces=traces, shapes=lines, annotations=words, height=360
        )

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

    @property
    def _opening(self) -> str:
        """The label at the beginning of a sentence."""
        return self._label[:1].upper() + self._label[1:]

    @property
    def _dated(self) -> bool:
        return self._table[self._x].dtype.kind == "M"

    def _at(self, value: Any) -> str:
        return f"{value:%B %Y}" if self._dated else str(value)

    def _sentence(self) -> str:
        span = {"first": self._at(self._table[self._x].min()), "last": self._at(self._table[self._x].max())}
        if self._by is None:
            ((_, part),) = self._groups
            low, high = part.loc[part[self._y].idxmin()], part.loc[part[self._y].idxmax()]
            return text(
                "charts.series.one", label=self._opening, unit=self.unit, **span,
                low=low[self._y], low_at=self._at(low[self._x]), high=high[self._y], high_at=self._at(high[self._x]),
                end=part[self._y].iloc[-1],
            )  # fmt: skip
        moves = "; ".join(
            text(
                "charts.series.move",
                name=name(code),
                start=part[self._y].iloc[0],
                end=part[self._y].iloc[-1],
            )
            for code, part in self._groups
        )
        return text("charts.series.many", label=self._opening, unit=self.unit, moves=moves, **span)

    def _wide(self) -> pd.DataFrame:
        if self._by is None:
            return self._table[[self._x, self._y]]
        wide = self._table.pivot(index=self._x, columns=self._by, values=self._y)
        return wide.rename(columns=name).rename_axis(columns=None)

    def _ipython_display_(self) -> None:
        from IPython.display import HTML, display

        from .live import LiveFigure
        from .page import show

        show(self.figure, self.view, lambda: LiveFigure(self.frame, self.view))
        display(HTML(f'<p class="gvclab-source">{self.source_html}</p>'))


def series(table: pd.DataFrame, x: str, y: str, **more: Any) -> Series:
    """A picture of real figures over time; see `Series`."""
    return Series(table, x, y, **more)


def _mode(part: pd.DataFrame) -> str:
    return "lines+markers" if len(part) <= 40 else "lines"
