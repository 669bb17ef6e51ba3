"""The numbers behind a figure as HTML, and tables of a lesson: `table(numbers, "Exports by sector", {"x": "…"})`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from gvclab.content import formatted, text, word
from gvclab.data import spelled

if TYPE_CHECKING:
    import pandas as pd

_HEAD = re.compile(r"<thead>.*?</thead>", re.S)
_EMPTY = "<th></th>"
_CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")
# In a notebook, whose own rules for tables have no caption and put the names of rows on the right-hand side.
_STYLE = (
    ".gvclab-lesson-table caption{caption-side:top;font-weight:600;padding:4px 0;text-align:left}"
    ".gvclab-lesson-table :is(th,td):first-child{text-align:left}"
    ".gvclab-lesson-table th{max-width:16em;white-space:normal}"
)


def to_html(table: pd.DataFrame | Mapping[str, pd.DataFrame] | None) -> str:
    """One table, or several under their headings, with four significant digits; "" for none."""
    if table is None:
        return ""
    if isinstance(table, Mapping):
        return "".join(f"<p><strong>{escape(name)}</strong></p>{to_html(part)}" for name, part in table.items())
    return _html(table, _number)


class Table:
    """A table of a lesson; see `table`."""

    def __init__(self, numbers: pd.DataFrame, title: str, decimals: int | None) -> None:
        self.numbers, self.title, self._decimals = numbers, title, decimals

    def _repr_html_(self) -> str:
        def written(value: float) -> str:
            return _number(value) if self._decimals is None else formatted(value, f",.{self._decimals}f")

        made = _html(self.numbers, written, f"<caption>{escape(self.title)}</caption>")
        return f'<style>{_STYLE}</style><div class="gvclab-lesson-table">{made}</div>'

    def __repr__(self) -> str:
        return f"{self.title}\n{self.numbers.to_string()}"


def table(
    numbers: pd.DataFrame | pd.Series,
    title: str,
    columns: Mapping[Any, str] | None = None,
    rows: str | None = None,
    decimals: int | None = None,
) -> Table:
    """Show numbers to be read: codes of places and sectors are spelled out, and the title stands above.

    columns : the columns that are shown, in this order, with their headings; without it all, under their own names.
    rows : the heading of the rows, where the table has none. decimals : of all numbers that are not whole; four
    significant digits without it.

    Raises KeyError for a column that is not there, ValueError for a heading that is a name of the library's, such as
    `fva_share`.
    """
    shown = numbers.to_frame() if numbers.ndim == 1 else numbers
    if columns is not None:
        shown = shown[list(columns)].rename(columns=dict(columns))
    for heading in shown.columns.to_flat_index():
        if isinstance(heading, str) and _CODE.fullmatch(heading):
            raise ValueError(text("charts.table.code", heading=heading))
    shown = spelled(shown).rename(columns=lambda heading: word(heading) if isinstance(heading, str) else heading)
    shown = shown.rename_axis(columns=None)
    return Table(shown if rows is None else shown.rename_axis(index=word(rows)), word(title), decimals)


def _html(table: pd.DataFrame, written: Any, caption: str = "") -> str:
    """One table with one row of headings: no heading is empty, and the heading of the rows stands among the others."""
    plain_index = table.index.name is None and table.index.dtype.kind in "iu"
    table = _with_months(table)
    names = [] if plain_index else [name or "" for name in table.index.names]
    made = table.to_html(
        border=0, index=not plain_index, index_names=False, float_format=written, na_rep="–", justify="unset"
    )

    def headed(head: re.Match[str]) -> str:
        before, row, last = head[0].rpartition("<tr>")
        for name in names:
            last = last.replace(_EMPTY, f"<th>{escape(str(name))}</th>" if name else "<td></td>", 1)
        return (before + row + last).replace(_EMPTY, "<td></td>")

    return _HEAD.sub(headed, made, count=1).replace("<thead>", f"{caption}<thead>", 1)


def _with_months(table: pd.DataFrame) -> pd.DataFrame:
    """Dates that are all first days of a month are months, and written as such."""
    table = table.copy(deep=False)
    if table.index.dtype.kind == "M" and (table.index.day == 1).all():
        table.index = table.index.map(_month)
    for place, kind in enumerate(table.dtypes):
        column = table.iloc[:, place]
        if kind.kind == "M" and (column.dt.day == 1).all():
            table.isetitem(place, column.map(_month))
    return table


def _month(date: Any) -> str:
    return formatted(date, "%B %Y")


def _number(value: float) -> str:
    return formatted(value, ",.0f" if abs(value) >= 1e4 else ".4g")
