"""How all figures look: a palette that colour-blind readers can tell apart, always with a second channel.

What a colour means stands in `concepts`. Text and grid have no colour here: the live figure takes them from the page it
stands on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gvclab.content import ENGLISH, formatted, language

from .concepts import BLUE, GREEN, GREY, ORANGE, PURPLE, SERIES, SKY, VERMILLION, Style, ink, other, style

if TYPE_CHECKING:
    import plotly.graph_objects as go

# The palette and the styles are in `concepts`; they are at hand here too, where traces are made.
__all__ = [
    "BLUE",
    "GREEN",
    "GREY",
    "HEIGHT",
    "ORANGE",
    "PURPLE",
    "SERIES",
    "SILENT",
    "SKY",
    "TEMPLATE",
    "VERMILLION",
    "Style",
    "area",
    "axis",
    "bars",
    "frame",
    "ink",
    "line",
    "points",
    "style",
]

# Pixels: with four controls and two lines of words above it a panel then fits a small laptop, 900 × 620 px.
HEIGHT = 380

_AXIS = {
    "automargin": True,
    "showline": True,
    "linecolor": GREY,
    "gridcolor": "rgba(127,127,127,0.22)",
    "zeroline": False,
    "ticks": "outside",
    "ticklen": 4,
    "tickcolor": GREY,
    "title": {"standoff": 8, "font": {"size": 13}},
    "tickfont": {"size": 12},
}
# Above the axes, where it can cover no data: it wraps and takes its room from the margin.
_LEGEND = {
    "orientation": "h",
    "x": 0,
    "xanchor": "left",
    "yref": "container",
    "y": 1,
    "yanchor": "top",
    "font": {"size": 12},
    "bgcolor": "rgba(0,0,0,0)",
}
# A plain object, given to each figure: importing this module changes nothing for other figures in the notebook.
TEMPLATE = {
    "layout": {
        "colorway": [each.color for each in SERIES],
        "font": {
            "family": "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', Arial, sans-serif",
            "size": 13,
        },
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 56, "r": 16, "t": 16, "b": 48},
        "hovermode": "closest",
        "hoverlabel": {"font": {"size": 13}},
        "xaxis": _AXIS,
        "yaxis": _AXIS,
        "shapedefaults": {"line": {"color": GREY, "width": 1.5}},
        "annotationdefaults": {"arrowcolor": GREY, "arrowwidth": 1.5, "showarrow": False},
    }
}

# Properties of a mark that needs no name of its own: no entry in the legend, nothing under the pointer.
SILENT = {"name": "", "hoverinfo": "skip", "showlegend": False}


def line(look: Style | str | int, **more: Any) -> dict[str, Any]:
    """Properties of a line trace: a concept (`"home"`), a style, or the k-th of the series."""
    chosen = _style(look)
    return {"mode": "lines", "line": {"color": chosen.color, "dash": chosen.dash, "width": 2.5}, **more}


def points(look: Style | str | int, size: float = 10, **more: Any) -> dict[str, Any]:
    """Properties of a trace of points: a concept (`"home"`), a style, or the k-th of the series."""
    chosen = _style(look)
    return {
        "mode": "markers",
        "marker": {"color": chosen.color, "symbol": chosen.symbol, "size": size},
        **more,
    }


def bars(look: Style | str | int, **more: Any) -> dict[str, Any]:
    """Properties of a bar trace: a concept (`"home"`), a style, or the k-th of the series."""
    chosen = _style(look)
    looks = {
        "marker": {"color": chosen.color, "pattern": _pattern(chosen)},
        "insidetextfont": {"color": ink(chosen.color)},
    }
    return {"type": "bar", **looks, **more}


def area(look: Style | str | int, **more: Any) -> dict[str, Any]:
    """Properties of a filled area (with `stackgroup` or `fill`): a concept, a style, or the k-th of the series."""
    chosen = _style(look)
    return {
        "mode": "lines",
        "line": {"color": chosen.color, "width": 0},
        "fillcolor": chosen.color,
        "fillpattern": _pattern(chosen),
        **more,
    }


def axis(title: str, **more: Any) -> dict[str, Any]:
    """An axis: its title with the unit, and anything else that plotly's axes know (`range`, `type`, …)."""
    return {"title": {"text": title}, **more}


def frame(
    *cells: tuple[str | dict[str, Any], str | dict[str, Any]],
    traces: list[dict[str, Any]] | tuple = (),
    widths: tuple[float, ...] | None = None,
    height: int = HEIGHT,
    **layout: Any,
) -> go.Figure:
    """An empty figure in the course's style, to be filled by views.

    Parameters: one pair (x axis, y axis) for each plot, side by side, as titles or from `axis`; `traces` as plain
    mappings (`{"name": …, "xaxis": "x2", "yaxis": "y2", **line(0)}`); `widths` of the plots relative to each other;
    `height` in pixels; `layout` for all else.

    Raises ValueError if `widths` has another length than the plots, or for a property that plotly does not know.
    """
    import plotly.graph_objects as go

    widths = widths or (1.0,) * len(cells)
    if len(widths) != len(cells):
        raise ValueError(f"{len(widths)} widths for {len(cells)} plots")
    axes: dict[str, Any] = {}
    for k, (cell, domain) in enumerate(zip(cells, spans(widths, [0.15] * (len(cells) - 1)), strict=True), start=1):
        x, y = (axis(side) if isinstance(side, str) else side for side in cell)
        number = "" if k == 1 else k
        axes[f"xaxis{number}"] = {"domain": domain, "anchor": f"y{number}", **x}
        axes[f"yaxis{number}"] = {"anchor": f"x{number}", **y}
    data = [{"type": "scatter", **trace} for trace in traces]
    layout["legend"] = _LEGEND | layout.get("legend", {})
    if language() != ENGLISH:
        layout["separators"] = formatted(0.5, ".1f").strip("05") + formatted(1000, ",").strip("01")
    # One value for the life of the figure: a reader's zoom and hidden curves outlive every update.
    return go.Figure(data, {"template": TEMPLATE, "height": height, "uirevision": "kept", **axes, **layout})


def _style(look: Style | str | int) -> Style:
    if isinstance(look, str):
        return style(look)
    if isinstance(look, int):
        return SERIES[look] if look < len(SERIES) else other(look - len(SERIES))
    return look


def _pattern(chosen: Style) -> dict[str, Any]:
    """A large area in one colour, the style's pattern drawn thinly over it, so that words on it can be read."""
    return {
        "shape": chosen.pattern,
        "fillmode": "overlay",
        "fgcolor": "rgba(255,255,255,0.6)" if ink(chosen.color) == "#000000" else "rgba(0,0,0,0.4)",
        "size": 8,
        "solidity": 0.25,
    }


def spans(sizes: Sequence[float], gaps: Sequence[float]) -> list[list[float]]:
    """Where plots in a line begin and end, from 0 to 1.

    Parameters: their sizes relative to each other, and the gaps between one and the next as parts of the whole.
    Raises ValueError if there is not one gap fewer than sizes.
    """
    room = (1 - sum(gaps)) / sum(sizes)
    ends, start = [], 0.0
    for size, gap in zip(sizes, [*gaps, 0.0], strict=True):
        ends.append([round(start, 4), round(min(start + size * room, 1.0), 4)])
        start += size * room + gap
    return ends
