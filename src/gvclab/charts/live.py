"""A figure on the page that is updated in place: one plotly.js a page, thin figures, only what changed is sent."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import anywidget
import numpy as np
import traitlets

from gvclab.content import text

from .view import View, changes, merged

if TYPE_CHECKING:
    import plotly.graph_objects as go

_HERE = Path(__file__).parent


class _Loader(anywidget.AnyWidget):
    """Carries plotly.js to the page, once for all figures of a kernel."""

    _esm = _HERE / "loader.js"
    source = traitlets.Unicode().tag(sync=True)


@cache
def _loader() -> _Loader:
    return _Loader(source=(files("plotly") / "package_data" / "plotly.min.js").read_text(encoding="utf-8"))


class LiveFigure(anywidget.AnyWidget):
    """A figure that shows one `View` after another: `LiveFigure(frame, view)`, then `show(view)`.

    The front end gets the whole figure when it first needs it, then only the values that differ from what it has.
    """

    _esm = _HERE / "figure.js"
    spec = traitlets.Unicode().tag(sync=True)
    patch = traitlets.Dict().tag(sync=True)
    alt = traitlets.Unicode().tag(sync=True)
    waiting = traitlets.Unicode().tag(sync=True)

    def __init__(self, frame: go.Figure, view: View) -> None:
        _loader()  # first, so that it is under way before the figure asks for it
        self._revision = 0
        self._now = merged(frame.to_plotly_json(), changes(view))
        super().__init__(spec=self._json(), alt=view.sentence, waiting=text("charts.waiting"))
        self.on_msg(self._resend)

    def show(self, view: View) -> None:
        """Show another view of the same frame."""
        new = changes(view)
        difference = {
            "data": [_difference(old, trace) for old, trace in zip(self._now["data"], new["data"], strict=True)],
            "layout": _difference(self._now["layout"], new["layout"]),
        }
        self._now = merged(self._now, new)
        self.alt = view.sentence
        if any(difference["data"]) or difference["layout"]:
            self._revision += 1
            self.patch = {"revision": self._revision} | _packed(difference)

    def get_state(self, key=None, drop_defaults=False):
        """A page that opens later gets the figure as it is now."""
        state = super().get_state(key, drop_defaults)
        if "spec" in state and hasattr(self, "_now"):
            state["spec"] = self._json()
        return state

    def _resend(self, _widget, content, _buffers) -> None:
        if content.get("want") == "spec":
            self.spec = self._json()

    def _json(self) -> str:
        return json.dumps({"revision": self._revision} | _listed(self._now))


def _difference(old: dict, new: dict) -> dict:
    """The entries of `new` that `old` does not have already."""
    return {key: value for key, value in new.items() if not _same(old.get(key), value)}


def _same(old, new) -> bool:
    if isinstance(old, np.ndarray) or isinstance(new, np.ndarray):
        return old is not None and np.array_equal(old, new)
    if isinstance(new, dict):
        return isinstance(old, dict) and all(k in old and _same(old[k], v) for k, v in new.items())
    if isinstance(new, list | tuple) and isinstance(old, list | tuple):
        return len(old) == len(new) and all(map(_same, old, new))
    return type(old) is type(new) and old == new


def _packed(value):
    """Plain data for the wire: arrays of numbers as bytes, which travel as binary buffers."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
        return {"shape": list(value.shape), "bytes": np.ascontiguousarray(value, dtype=np.float64).tobytes()}
    if isinstance(value, dict):
        return {key: _packed(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_packed(entry) for entry in value]
    return _listed(value)


def _listed(value):
    """Plain data for JSON: arrays as lists, NaN as null (a gap in a line)."""
    if isinstance(value, np.ndarray):
        return _listed(value.tolist())
    if isinstance(value, np.generic):
        return _listed(value.item())
    if isinstance(value, dict):
        return {key: _listed(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_listed(entry) for entry in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
