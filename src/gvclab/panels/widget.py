"""A panel on a page: its controls beside its figure, or a plain figure where no widget can run."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from gvclab.content import entry

from ..charts import LiveFigure
from ..charts.widget import Widget, script
from .controls import Choice, Control, Slider

if TYPE_CHECKING:
    from .panel import Panel

_HERE = Path(__file__).parent
_PAUSE = 0.15  # seconds without a new value until the slow part of an answer is computed


class Controls(Widget):
    """All inputs of a panel. The page sends `{"turn": …, "values": …}` and, until it has its answer, nothing more.

    With `"whole": true` all that is not among the values goes back to its start.
    """

    _esm = script(_HERE / "controls.js")
    _css = _HERE / "panel.css"
    spec = traitlets.Dict().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)


class PanelWidget:
    """Joins a panel to its widgets; `box` is what is displayed."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        self._later: asyncio.TimerHandle | None = None
        self._figure = LiveFigure(panel.frame(), panel.shown)
        self._controls = Controls(spec=described(panel), values=panel.positions)
        self._controls.on_msg(self._moved)
        self.box = ipywidgets.Box([self._controls, self._figure]).add_class("gvclab-panel")

    @property
    def closed(self) -> bool:
        """Whether somebody has closed the widgets, so that new ones are needed."""
        return self.box.comm is None

    def show(self, live: bool) -> None:
        """Bring the page up to date; with `live` the slow part of the answer follows."""
        panel = self._panel
        if self._later is not None:
            self._later.cancel()
            self._later = None
        if live and panel.refines:
            self._figure.show(panel.seen(full=False))
            self._later = asyncio.get_running_loop().call_later(_PAUSE, self._refine)
        else:
            self._figure.show(panel.shown)
        self._controls.values = panel.positions

    def _refine(self) -> None:
        self._later = None
        try:
            self._figure.show(self._panel.shown)
        finally:
            self._controls.send({"refined": True})

    def _moved(self, _widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        """The reader has moved something. What a page sends is checked as what a program sets is."""
        reply: dict[str, Any] = {"turn": content.get("turn")}
        try:
            if content.get("whole"):
                self._panel.restart(content["values"], live=True)
            else:
                self._panel.move(content["values"])
        except ValueError as problem:
            reply["problem"] = str(problem)
        finally:
            reply["refining"] = self._later is not None
            self._controls.send(reply)


def described(panel: Panel) -> dict[str, Any]:
    """All that the page needs to draw the controls of a panel, words included."""
    badge = entry(f"controls.badge.{panel.badge}")
    return {
        "title": panel.title,
        "badge": badge,
        "words": entry("controls.page"),
        "controls": [_described(panel, control) for control in panel.controls],
        "groups": {name: panel.text(f"groups.{name}") for name in {c.group for c in panel.controls} - {""}},
        "presets": [[panel.text(f"presets.{name}"), values] for name, values in panel.presets.items()],
    }


def _described(panel: Panel, control: Control) -> dict[str, Any]:
    words = panel.words(control)
    spec = {"kind": type(control).__name__.lower(), **asdict(control), **words}
    if isinstance(control, Slider):
        spec["digits"] = 0 if control.whole else max(0, len(f"{control.step:.10f}".rstrip("0").partition(".")[2]))
    if isinstance(control, Choice):
        names = words.get("options", {})
        spec["options"] = [[value, names.get(value, value)] for value in control.options]
    return spec
