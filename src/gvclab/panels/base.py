"""What all panels share: state -> model -> figure, driven by controls on a page or by `set` from Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakSet

from gvclab.content import Listed, entry, text
from gvclab.data import source

from ..charts import View, apply
from .controls import Control

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from gvclab.data.about import Source

    from .widget import PanelWidget


class Shared:
    """One frozen state that several panels show and move: `shared = Shared(Params())`, then `ChainLab(shared)`."""

    def __init__(self, state: Any) -> None:
        self.state = state
        self.kinds: list[type[Panel]] = []  # of all panels that ever followed the state, in their order
        self._panels: WeakSet[Panel] = WeakSet()

    def join(self, panel: Panel) -> None:
        """Let a panel follow the state."""
        self._panels.add(panel)
        if type(panel) not in self.kinds:
            self.kinds.append(type(panel))

    def move(self, origin: Panel, values: Mapping[str, Any], live: bool = False) -> None:
        """Put values into the state and redraw the displayed panels that read one of those which changed.

        The panel that asks solves first: where its model refuses the values, nothing changes.
        `live` shows the quick part of an answer now and the rest once nothing newer waits.
        """
        state = replace(self.state, **values)
        origin.answer(state, full=not live)
        changed = {name for name in values if getattr(state, name) != getattr(self.state, name)}
        self.state = state
        for panel in list(self._panels):
            if panel is origin or changed & panel.fields:
                panel.redraw(live)


class Panel:
    """A state, the model that answers to it, and the figure that shows the answer.

    A subclass gives

    - `key` of its words in the message catalogue: `panels.<key>` has `title`, `controls`, `groups`, `presets`;
    - `State`, a frozen dataclass whose defaults are the start;
    - `controls`: what can be moved, each named after a field of the state;
    - `presets`: values of some controls under a name, set by a button;
    - `reads`: where the state is shared, the fields without a control that its solution depends on;
    - `badge`: "illustrative", "calibrated" to the world table, "either" where the reader chooses, or "data" where
      no model stands between;
    - `sources`: the datasets behind its numbers, named beneath it; where it says nothing, `icio` unless the panel is
      illustrative;
    - `frame`, `solve` and `view`, and `refine` where a part of the answer takes long.

    A new panel is a `gvclab.panels.kit.Lab`, whose controls, presets and marks are derived or found by name. This class
    pairs frame and view by position; it stays until the last room has moved over.

    `Panel()` has a state of its own, `Panel(shared)` one in common with others, `Panel(w=.3)` another start.
    Displayed in a notebook it is a live widget; where none can run, or with `GVCLAB_STATIC=1` in the environment, a
    plain figure with its sentence and table.
    """

    key: ClassVar[str] = ""
    State: ClassVar[type]
    controls: ClassVar[tuple[Control, ...]] = ()
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    reads: ClassVar[frozenset[str]] = frozenset()
    whole: ClassVar[bool] = False  # whether a preset puts all that it does not name back to its start
    badge: ClassVar[str] = "illustrative"
    sources: ClassVar[tuple[str, ...]] = ()

    # What a subclass gives.

    def frame(self) -> go.Figure:
        """The figure without its values."""
        raise NotImplementedError

    def solve(self, state: Any) -> Any:
        """The model's answer, or the quick part of it. ValueError if it has none: the panel then stays as it was."""
        raise NotImplementedError

    def refine(self, state: Any, solution: Any) -> Any:
        """The full answer, where `solve` gives the quick part of it."""
        return solution

    def view(self, state: Any, solution: Any) -> View:
        """What the figure shows of an answer."""
        raise NotImplementedError

    # What every panel has.

    def __init__(self, shared: Shared | None = None, **values: Any) -> None:
        self._own = shared is None
        self._shared = Shared(self.State()) if self._own else shared
        self._quick: tuple[tuple, Any] | None = None  # the values of `fields` and the answer to them
        self._full: tuple[tuple, Any] | None = None
        self._widget: PanelWidget | None = None
        self._shared.join(self)
        if values:
            self.set(**values)
        self._start = self.state

    def set(self, **values: Any) -> None:
        """Move controls: `panel.set(w=.3)`. ValueError names the control, the value and its domain."""
        self._shared.move(self, self.checked(values))

    def reset(self) -> None:
        """Put this panel back to where it was when it was made."""
        self.restart({})

    @property
    def fields(self) -> frozenset[str]:
        """The fields of the state that it shows."""
        names = {field.name for field in fields(self.State)} if self._own else {c.name for c in self.controls}
        return frozenset(names) | self.reads

    @property
    def state(self) -> Any:
        """Where all controls stand, those of panels with the same state included."""
        return self._shared.state

    @property
    def start(self) -> dict[str, Any]:
        """What a reset puts back: where the controls of this panel stood when it was made."""
        return {control.name: getattr(self._start, control.name) for control in self.controls}

    @property
    def positions(self) -> dict[str, Any]:
        """Where the controls of this panel stand."""
        return {control.name: getattr(self.state, control.name) for control in self.controls}

    @property
    def solution(self) -> Any:
        """The model's full answer."""
        return self.answer(self.state)

    @property
    def shown(self) -> View:
        """What the figure shows once all is computed."""
        return self.seen()

    def seen(self, full: bool = True) -> View:
        """What the figure shows of the full answer, or of the quick part of it."""
        return self.view(self.state, self.answer(self.state, full))

    @property
    def sentence(self) -> str:
        """What is to be seen, in words."""
        return self.shown.sentence

    @property
    def table(self) -> pd.DataFrame | Mapping[str, pd.DataFrame] | None:
        """The numbers behind the figure."""
        return self.shown.table

    @property
    def figure(self) -> go.Figure:
        """What is shown now as a plain plotly figure."""
        return apply(self.frame(), self.shown)

    @property
    def source(self) -> Source | None:
        """The line that says where real numbers are from, with a link; none where all are illustrative."""
        names = self.sources or (() if self.badge == "illustrative" else ("icio",))
        return source(*names) if names else None

    @property
    def title(self) -> str:
        """The heading of the panel."""
        return self.text("title")

    def text(self, path: str, **values: Any) -> str:
        """A message of this panel with its placeholders filled."""
        return text(f"panels.{self.key}.{path}", **values)

    @classmethod
    def words(cls, control: Control) -> dict[str, Any]:
        """What is written at a control: `label`, `unit`, `help`, and the names of `options`."""
        if control.label:
            return {"label": control.label, "unit": control.unit, "help": control.help}
        return entry(f"panels.{cls.key}.controls.{control.name}")

    def checked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values as the state holds them. ValueError for an unknown name or a value outside its domain."""
        known = {control.name: control for control in self.controls}
        for name in values:
            if name not in known:
                raise ValueError(text("controls.unknown", name=name, known=Listed([*known], "comma")))
        return {name: known[name].check(value) for name, value in values.items()}

    def answer(self, state: Any, full: bool = True) -> Any:
        """The full answer to a state, or the quick one, remembered until it is asked for another state."""
        point = tuple(getattr(state, name) for name in sorted(self.fields))
        if self._quick is None or self._quick[0] != point:
            self._quick = point, self.solve(state)
        if not full:
            return self._quick[1]
        if self._full is None or self._full[0] != point:
            self._full = point, self.refine(state, self._quick[1])
        return self._full[1]

    @property
    def refines(self) -> bool:
        """Whether a part of its answer takes long."""
        return type(self).refine is not Panel.refine

    # On a page.

    def move(self, values: Mapping[str, Any]) -> None:
        """What the controls on the page do: as `set`, but the slow part of an answer may come later."""
        self._shared.move(self, self.checked(values), live=True)

    def restart(self, values: Mapping[str, Any], live: bool = False) -> None:
        """Put all that a reset puts back to its start, but for these values."""
        self._shared.move(self, self.start | self.checked(values), live)

    def redraw(self, live: bool = False) -> None:
        """Show the state on the page, if the panel is on one."""
        if self._widget is not None:
            self._widget.show(live)

    def on_page(self) -> PanelWidget:
        """The widget, made when it is first asked for."""
        if self._widget is None or self._widget.closed:
            from .widget import PanelWidget

            self._widget = PanelWidget(self)
        return self._widget

    def _ipython_display_(self) -> None:
        from IPython.display import display

        from ..charts import page

        page.show(self.figure, self.shown, lambda: self.on_page().box, self.title)
        if self.source is not None:
            display(self.source)

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self.sentence}"
