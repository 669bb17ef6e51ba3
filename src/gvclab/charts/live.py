"""A figure on the page, updated in place: one plotly.js a page, thin figures, and only what changed is sent."""

from __future__ import annotations

import gzip
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets

from gvclab.content import entry

from .table import to_html
from .view import View, apply, flatten, follow
from .widget import Widget, script

if TYPE_CHECKING:
    import plotly.graph_objects as go

_HERE = Path(__file__).parent


class Loader(anywidget.AnyWidget):
    """Carries plotly.js to the page, once for all figures of a kernel, packed to a third of its 5 MB."""

    _esm = _HERE / "loader.js"
    source = traitlets.Bytes().tag(sync=True)

    _only: Loader | None = None

    @classmethod
    def ensure(cls) -> Loader | None:
        """Send the library unless this kernel has done so (and nobody has closed all widgets since).

        Returns the loader if it is new: it then waits for a message before it evaluates the library.
        """
        if cls._only is not None and cls._only.comm is not None:
            return None
        script = (files("plotly") / "package_data" / "plotly.min.js").read_bytes()
        cls._only = cls(source=gzip.compress(script, compresslevel=4))
        return cls._only


class LiveFigure(Widget):
    """A figure with its sentence and its table: `LiveFigure(frame, view)`, then `show(view)` for each later view.

    A page that opens the figure gets it as it is now; pages that have it get the values that changed, numbers as
    binary buffers.
    """

    _esm = script(_HERE / "figure.js")
    _css = _HERE / "figure.css"
    # What a page needs to draw the figure from nothing: made when one asks, see `get_state`.
    now = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(self, frame: go.Figure, view: View) -> None:
        loader = Loader.ensure()
        self._frame = frame
        self._looks = frame.to_plotly_json()
        self._view = self._opened = view
        self._table_is_open = False
        super().__init__(words=entry("charts.page"))
        self.on_msg(self._asked)
        if loader is not None:
            self.send({})  # arrives when this figure has begun …
            loader.send({})  # … so that it can stand the wait, see loader.js

    def show(self, view: View) -> None:
        """Show another view of the same frame.

        Raises ValueError if it has another number of traces.
        """
        if len(view.traces) != len(self._frame.data):
            raise ValueError(f"the view has {len(view.traces)} traces, its figure {len(self._frame.data)}")
        old, self._view = self._view, follow(self._view, view)
        self._tell(old)

    def repeat(self) -> None:
        """Send what changed since the figure was opened."""
        self._tell(self._opened)

    def _tell(self, old: View) -> None:
        """Send what is not as in an older view."""
        view = self._view
        trios = enumerate(zip(old.traces, view.traces, self._looks["data"], strict=True))
        changes: dict[str, Any] = {
            "traces": {k: new for k, trio in trios if (new := changed(*trio))},
            "layout": changed(old.layout, view.layout, self._looks["layout"]),
            "sentence": view.sentence if view.sentence != old.sentence else None,
            "table": to_html(view.table) if self._table_is_open else None,
        }
        changes = {name: value for name, value in changes.items() if value}
        if view.above != old.above:
            changes["above"] = view.above
        if changes:
            self.send(*pack(changes))

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """The state a page starts from, with the figure as it is shown now."""
        state = super().get_state(key, drop_defaults)
        if "now" in state:
            figure = apply(type(self._frame)(self._frame), self._view)
            words = {"sentence": self._view.sentence, "above": list(self._view.above)}
            state["now"] = {"figure": figure.to_json(), **words}
        return state

    def _asked(self, _widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        """A reader has opened or closed the table: only an open one is kept up to date."""
        self._table_is_open = bool(content.get("table"))
        if self._table_is_open:
            self.send({"table": to_html(self._view.table)})


def changed(old: Any, new: Any, looks: Any) -> dict[str, Any]:
    """The values of `new`, by dotted names, that differ from those of `old`; of what is no longer given, the looks."""
    before, after = flatten(old), flatten(new)
    news = {name: value for name, value in after.items() if name not in before or not _same(before[name], value)}
    gone = before.keys() - after.keys()
    if gone:
        looks = flatten(looks)
    return news | {name: looks.get(name) for name in gone}


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, np.ndarray) and isinstance(new, np.ndarray):
        return np.array_equal(old, new, equal_nan=old.dtype.kind == new.dtype.kind == "f")
    return type(old) is type(new) and bool(np.all(old == new))


def pack(value: Any) -> tuple[Any, list[bytes]]:
    """Plain data for a message and the buffers beside it.

    An array of numbers becomes `{"buffer": its number, "shape": …}` with its values as float64.
    """
    buffers: list[bytes] = []

    def plain(part: Any) -> Any:
        if isinstance(part, np.ndarray) and part.dtype.kind in "fiu":
            buffers.append(np.ascontiguousarray(part, dtype="<f8").tobytes())
            return {"buffer": len(buffers) - 1, "shape": list(part.shape)}
        if isinstance(part, np.ndarray | np.generic):
            return plain(np.datetime_as_string(part).tolist() if part.dtype.kind == "M" else part.tolist())
        if isinstance(part, dict):
            return {name: plain(each) for name, each in part.items()}
        if isinstance(part, list | tuple):
            return [plain(each) for each in part]
        # JSON has no NaN: a gap in a line is null.
        return None if isinstance(part, float) and not np.isfinite(part) else part

    return plain(value), buffers
