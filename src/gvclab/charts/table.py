"""The numbers behind a figure as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

from gvclab.content import formatted

if TYPE_CHECKING:
    import pandas as pd


def to_html(table: pd.DataFrame | Mapping[str, pd.DataFrame] | None) -> str:
    """One table, or several under their headings, with four significant digits; "" for none."""
    if table is None:
        return ""
    if isinstance(table, Mapping):
        return "".join(f"<p><strong>{escape(name)}</strong></p>{to_html(part)}" for name, part in table.items())
    plain_index = table.index.name is None and table.index.dtype.kind in "iu"
    return table.to_html(border=0, index=not plain_index, float_format=_number, na_rep="–", justify="unset")


def _number(value: float) -> str:
    return formatted(value, ",.0f" if abs(value) >= 1e4 else ".4g")
