"""What a figure shows now, apart from how it looks: a frame holds the looks, a view the values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


@dataclass(frozen=True)
class View:
    """What a figure shows now.

    Fields: `traces` has one mapping per trace of the frame, in its order, with new values only, such as
    `{"x": array, "y": array, "visible": True, "marker": {"color": …}}` (`{}` leaves a trace alone); `layout`
    has new values of the layout (`shapes`, `annotations`, `xaxis.range`); `sentence` says in words what is to
    be seen and is the figure's text alternative; `table` has the numbers behind it, one table or several by
    their headings. All views of a figure give the same properties, so that none keeps a value of an older one.
    """

    traces: tuple[Mapping[str, Any], ...]
    layout: Mapping[str, Any] = field(default_factory=dict)
    sentence: str = ""
    table: pd.DataFrame | Mapping[str, pd.DataFrame] | None = None


def apply(figure: go.Figure, view: View) -> go.Figure:
    """Write a view into an existing figure and return it.

    Raises ValueError if the view has another number of traces than the figure, or for a property that plotly
    does not know.
    """
    if len(view.traces) != len(figure.data):
        raise ValueError(f"the view has {len(view.traces)} traces, its figure {len(figure.data)}")
    for trace, values in zip(figure.data, view.traces, strict=True):
        for name, value in flatten(values).items():
            trace[name] = value
    for name, value in flatten(view.layout).items():
        figure.layout[name] = value
    return figure


def flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested values with dotted names: `{"marker": {"size": 3}}` is `{"marker.size": 3}`."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat
