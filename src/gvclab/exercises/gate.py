"""Predict first: a panel or a figure that is shown only when the prediction about it was made.

    after("2.3-p1", chain)      the last line of a cell, below `predict("2.3-p1")`

Until then a quiet card holds its place; its button shows the thing without a prediction, for as long as the kernel
runs. Where no widget can run the thing itself is shown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ipywidgets
from IPython.display import display
from IPython.utils.capture import capture_output
from traitlets import Dict

from gvclab.charts.page import lives
from gvclab.charts.widget import Widget, script
from gvclab.content import text

from . import predictions
from .items import Item

_HERE = Path(__file__).parent


class After:
    """Things that are displayed only after a prediction; see `after`."""

    def __init__(self, item: Item, shown: tuple[Any, ...]) -> None:
        self._item, self._shown = item, shown

    def _ipython_display_(self) -> None:
        if lives() and not predictions.kept(self._item):
            display(Gate(self._item, self._shown))
            return
        if lives():
            predictions.see(self._item)
        display(*self._shown)


def after(item_id: str, *shown: Any) -> After:
    """Show something only when a prediction was made: panels, figures, diagrams, tables, whatever can be displayed.

    It opens by itself when the prediction is made, and is open at once where it was made in an earlier kernel.
    From then on the prediction stays as it is. KeyError for an unknown item, ValueError for one that is no prediction.
    """
    return After(predictions.question(item_id), shown)


class Placeholder(Widget):
    """What stands in the place of something that is not shown yet."""

    _esm = script(_HERE / "gate.js")
    _css = _HERE / "widgets.css"
    words = Dict().tag(sync=True)


class Gate(ipywidgets.VBox):
    """A placeholder, and below it, once it is open, what it held back."""

    def __init__(self, item: Item, shown: tuple[Any, ...]) -> None:
        self._item, self._shown = item, shown
        self._placeholder = Placeholder(words=_words("closed"))
        self._placeholder.on_msg(lambda *_: predictions.see(item))
        self._open = False
        super().__init__([self._placeholder])
        self.add_class("gvclab-after")
        predictions.wait(item, self)
        self.refresh()

    def refresh(self) -> None:
        """Open or close, by whether there is a prediction and whether the reader asked to see without."""
        kept = predictions.kept(self._item) is not None
        if not kept and not predictions.seen(self._item):
            self._placeholder.words = _words("closed")
            self.children = [self._placeholder]
            self._open = False
        elif not self._open:
            opened = ipywidgets.Output(outputs=_outputs(self._shown))
            if kept:
                self.children = [opened]
            else:
                self._placeholder.words = _words("skipped")
                self.children = [self._placeholder, opened]
            self._open = True
            predictions.see(self._item)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        # The words are for where widgets cannot be drawn, such as a saved notebook.
        static = text("widgets.gate.static", call=f'predict("{self._item.id}", "A")')
        return {**super()._repr_mimebundle_(**kwargs), "text/markdown": static, "text/plain": static}


def _words(state: str) -> dict[str, str]:
    return {"said": text(f"widgets.gate.{state}"), "button": text("widgets.gate.show") if state == "closed" else ""}


def _outputs(shown: tuple[Any, ...]) -> tuple[dict[str, Any], ...]:
    """What displaying some things puts out, as an output of a cell."""
    with capture_output(stdout=False, stderr=False) as held:
        display(*shown)
    return tuple({"output_type": "display_data", "data": each.data, "metadata": each.metadata} for each in held.outputs)
