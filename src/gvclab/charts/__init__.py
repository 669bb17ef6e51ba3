"""Figures with words and numbers: each shows a picture, a sentence that says what is to be seen, and its table.

frame(("stages n", "chance R"), traces=[{"name": "one supplier", **line(0)}])   the looks, empty
View(traces=({"x": n, "y": R},), sentence="…", table=numbers)                   the values
LiveFigure(frame, view).show(view)                                              on a page, updated in place
apply(frame, view)                                                              in a plain plotly figure
series(table, x="year", y="share", by="origin", label="…")                      real figures over time
change(table, by="buyer", x="year", y="suppliers", label="…")                   real figures of two years
table(numbers, "Exports by sector", {"x": "exports (billion US$)"})             numbers to be read, under a title
diagram("series-and-parallel")                                                  a mechanism, from content/diagrams

Picture(Plot("main", axis("n"), axis("R")), marks={"one": line(0)}) gives frame and view by the names of its marks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import theme
from .change import Change, change
from .diagram import diagram
from .picture import Picture, Plot, note, row, shape
from .series import Series, series
from .table import Table, table
from .theme import area, axis, bars, frame, line, points
from .view import View, apply

if TYPE_CHECKING:
    from .live import LiveFigure

__all__ = [
    "Change",
    "LiveFigure",
    "Picture",
    "Plot",
    "Series",
    "Table",
    "View",
    "apply",
    "area",
    "axis",
    "bars",
    "change",
    "diagram",
    "frame",
    "line",
    "note",
    "points",
    "row",
    "series",
    "shape",
    "table",
    "theme",
]


def __getattr__(name: str) -> Any:
    # Widgets take half a second to import: only where one is shown.
    if name == "LiveFigure":
        from .live import LiveFigure

        return LiveFigure
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
