"""A panel on the page: controls beside the figure, the sentence under it, the table on demand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets
import traitlets

from gvclab.charts import View
from gvclab.charts.live import LiveFigure
from gvclab.content import message

if TYPE_CHECKING:
    from .base import Panel

_HERE = Path(__file__).parent


class Controls(anywidget.AnyWidget):
    """The panel's native inputs, in one widget. `asked` comes from the page, `values` and `done` go to it."""

    _esm = _HERE / "controls.js"
    _css = _HERE / "panel.css"
    specs = traitlets.List().tag(sync=True)
    texts = traitlets.Dict().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    asked = traitlets.Dict().tag(sync=True)
    done = traitlets.Int(0).tag(sync=True)


class Readout(anywidget.AnyWidget):
    """The sentence, read aloud when it changes, and the table, made only while it is open."""

    _esm = _HERE / "readout.js"
    sentence = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    table = traitlets.Unicode().tag(sync=True)
    open = traitlets.Bool(False).tag(sync=True)


class PanelWidget:
    """Joins a panel to its widgets. `box` is what is displayed."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        state, (_, _, view) = panel.state, panel._now()
        self.figure = LiveFigure(panel.frame(), view)
        self.controls = Controls(
            specs=panel._described(), texts=_texts(panel), values=self._values(state)
        )
        self.readout = Readout(sentence=view.sentence, label=message("controls.table"))
        self._view = view
        self.controls.observe(self._asked, "asked")
        self.readout.observe(self._opened, "open")
        right = ipywidgets.VBox([self.figure, self.readout]).add_class("gvclab-output")
        self.box = ipywidgets.Box([self.controls, right]).add_class("gvclab-panel")

    def show(self, state: Any, view: View) -> None:
        """Bring the page up to date."""
        self._view = view
        self.figure.show(view)
        self.readout.sentence = view.sentence
        if self.readout.open:
            self.readout.table = _html(view)
        self.controls.values = self._values(state)

    def _values(self, state: Any) -> dict:
        return {control.name: getattr(state, control.name) for control in self._panel.controls}

    def _asked(self, change: Any) -> None:
        """The reader has moved something. What the page asks is as unchecked as any other input."""
        request = change.new
        try:
            values = request.get("values", {})
            if "preset" in request:
                values = self._panel.preset(request["preset"])
            if request.get("reset"):
                self._panel.reset()
            else:
                self._panel.set(**values)
        except ValueError:
            self.controls.send_state("values")  # back to what holds
        finally:
            self.controls.done = int(request.get("n", 0))

    def _opened(self, change: Any) -> None:
        if change.new:
            self.readout.table = _html(self._view)


def _texts(panel: Panel) -> dict:
    shared = {name: message(f"controls.{name}") for name in ("reset", "reset_help", "busy", "none")}
    own = message(f"panels.{panel.key}")
    return shared | {
        "title": own["title"],
        "badge": message(f"controls.badge.{panel.badge}"),
        "groups": own.get("groups", {}),
        "presets": {name: own["presets"][name] for name in panel.presets},
    }


def _html(view: View) -> str:
    table = view.table
    return table.to_html(
        border=0, index=table.index.name is not None, na_rep="–", float_format="{:.4g}".format, classes="gvclab-table"
    )
