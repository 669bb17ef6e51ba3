"""A figure in a notebook: a living widget where a kernel runs, a plain figure elsewhere; always words and numbers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from gvclab.content import entry, text

from .table import to_html
from .view import View

if TYPE_CHECKING:
    import ipywidgets
    import pandas as pd
    import plotly.graph_objects as go


LONG = 40  # rows of a table from which on it is abridged on paper (handout.css)


def show(figure: go.Figure, view: View, widget: Callable[[], ipywidgets.Widget], title: str = "") -> None:
    """Display a figure. `title` is what the words begin with where no widget shows it.

    `widget` makes or finds the living one; it is not called where none can run, nor with `GVCLAB_STATIC` set.
    """
    from IPython.display import display

    living = widget() if lives() else None
    for bundle in bundles(figure, view, living, title):
        display(bundle, raw=True)


def bundles(
    figure: go.Figure, view: View, living: ipywidgets.Widget | None = None, title: str = ""
) -> list[dict[str, Any]]:
    """What is displayed, by MIME type: the widget or the figure, then words and numbers.

    A saved notebook keeps both. Beside a living widget the page hides the words and numbers (figure.css); they are
    there for readers whose page has neither kernel nor plotly, and for paper (`gvclab.handout`).
    """
    picture: dict[str, Any] = {
        "application/vnd.plotly.v1+json": json.loads(figure.to_json()),
        "text/plain": view.sentence,
    }
    lines = [f"<strong>{escape(title)}</strong>"] if title else []
    lines += map(escape, (*view.above, view.sentence))
    words = "".join(f"<p>{line}</p>" for line in lines) + _numbers(view)
    if living is not None:
        picture["application/vnd.jupyter.widget-view+json"] = {
            "version_major": 2,
            "version_minor": 0,
            "model_id": living.model_id,
        }
        words = f'<div class="gvclab-saved"><p><em>{entry("charts.page.saved")}</em></p>{words}</div>'
    return [picture, {"text/html": words, "text/plain": ""}]


def _numbers(view: View) -> str:
    """The tables, open, each in a box that scrolls where it is long."""
    tables = view.table if isinstance(view.table, Mapping) else {"": view.table}
    boxes = "".join(_box(heading, table) for heading, table in tables.items() if table is not None and len(table))
    return f"<details open><summary>{entry('charts.page.table')}</summary>{boxes}</details>" if boxes else ""


def _box(heading: str, table: pd.DataFrame) -> str:
    head = f"<p><strong>{escape(heading)}</strong></p>" if heading else ""
    kind = "gvclab-numbers"
    if len(table) > LONG:
        kind += " gvclab-long"
        head += f'<p class="gvclab-abridged" style="display:none">{text("charts.page.abridged", count=LONG // 2)}</p>'
    return f'{head}<div class="{kind}" style="max-height:340px;overflow:auto">{to_html(table)}</div>'


def lives() -> bool:
    """Whether a widget can run: there is a kernel, and somebody at its other end."""
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel") and not static()


def static() -> bool:
    """Widgets cannot run here, the environment says (`GVCLAB_STATIC=1`)."""
    return os.environ.get("GVCLAB_STATIC", "") not in ("", "0")
