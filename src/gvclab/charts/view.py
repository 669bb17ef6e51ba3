"""What a figure shows now, apart from how it looks: a frame holds the looks, a view the values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


UNSEEN = {"opacity": 0, "hoverinfo": "skip"}


@dataclass(frozen=True)
class View:
    """What a figure shows now.

    Fields: `traces` has one mapping per trace of the frame, in its order, with values only, such as
    `{"x": array, "y": array, "visible": True, "marker": {"color": …}}`; what a view does not give is as in the frame,
    whatever an older view gave. `{}` is a trace that is still being computed. `layout` has values of the layout
    (`shapes`, `annotations`, `xaxis.range`); `sentence` says in words what is to be seen and is the figure's text
    alternative; `table` has the numbers behind it, one table or several by their headings; `above` are lines that
    stand above the picture.
    """

    traces: tuple[Mapping[str, Any], ...]
    layout: Mapping[str, Any] = field(default_factory=dict)
    sentence: str = ""
    table: pd.DataFrame | Mapping[str, pd.DataFrame] | None = None
    above: tuple[str, ...] = ()


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


def follow(old: View, new: View) -> View:
    """The new view after the old one: a trace that is still being computed keeps its place, but is not seen.

    So nothing new stands beside anything that is no longer true, and no axis jumps.
    """
    pairs = zip(old.traces, new.traces, strict=True)
    return replace(new, traces=tuple(given or (before and {**before, **UNSEEN}) for before, given in pairs))


def flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested values with dotted names: `{"marker": {"size": 3}}` is `{"marker.size": 3}`."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat
