"""How all figures look: a palette that colour-blind readers can tell apart, always with a second channel.

Colours are those of Okabe and Ito (2008) without black and yellow, which vanish on a dark or on a white page. Text and
grid have no colour here: the live figure takes them from the page it stands on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import plotly.graph_objects as go

BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
ORANGE, PURPLE, SKY = "#E69F00", "#CC79A7", "#56B4E9"
GREY = "#7F7F7F"  # reference lines; 4 : 1 against white and against JupyterLab's dark page


class Style(NamedTuple):
    """One member of a series: a colour and what tells it apart without colour."""

    color: str
    dash: str
    symbol: str
    pattern: str


SERIES = (
    Style(BLUE, "solid", "circle", ""),
    Style(VERMILLION, "dash", "diamond", "/"),
    Style(GREEN, "dot", "square", "x"),
    Style(ORANGE, "dashdot", "triangle-up", "."),
    Style(PURPLE, "longdash", "x", "\\"),
    Style(SKY, "longdashdot", "triangle-down", "-"),
)
REFERENCE = Style(GREY, "dot", "line-ew", "|")

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
        "colorway": [style.color for style in SERIES],
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


def line(style: Style | int, **more: Any) -> dict[str, Any]:
    """Properties of a line trace in a style, or in the k-th of the series."""
    chosen = _style(style)
    return {"mode": "lines", "line": {"color": chosen.color, "dash": chosen.dash, "width": 2.5}, **more}


def points(style: Style | int, size: float = 10, **more: Any) -> dict[str, Any]:
    """Properties of a trace of points in a style, or in the k-th of the series."""
    chosen = _style(style)
    return {
        "mode": "markers",
        "marker": {"color": chosen.color, "symbol": chosen.symbol, "size": size},
        **more,
    }


def bars(style: Style | int, **more: Any) -> dict[str, Any]:
    """Properties of a bar trace in a style, or in the k-th of the series."""
    chosen = _style(style)
    return {"type": "bar", "marker": {"color": chosen.color, "pattern": _pattern(chosen)}, **more}


def area(style: Style | int, **more: Any) -> dict[str, Any]:
    """Properties of a filled area (with `stackgroup` or `fill`) in a style, or in the k-th of the series."""
    chosen = _style(style)
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
    height: int = 400,
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
    # One value for the life of the figure: a reader's zoom and hidden curves outlive every update.
    return go.Figure(data, {"template": TEMPLATE, "height": height, "uirevision": "kept", **axes, **layout})


def _style(style: Style | int) -> Style:
    return SERIES[style % len(SERIES)] if isinstance(style, int) else style


def _pattern(style: Style) -> dict[str, Any]:
    """A large area in one colour, with the style's pattern drawn thinly in white over it."""
    return {
        "shape": style.pattern,
        "fillmode": "overlay",
        "fgcolor": "rgba(255,255,255,0.6)",
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
