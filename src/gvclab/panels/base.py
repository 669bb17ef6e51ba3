"""What all panels share: state -> model -> figure, driven by controls on a page or by `set` from Python."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakSet

from gvclab.content import message, text

from ..charts import View, apply
from .controls import Control

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


class Shared:
    """One frozen state that several panels show and move: `Shared(Params())`."""

    def __init__(self, state: Any) -> None:
        self.state = state
        self._panels: WeakSet[Panel] = WeakSet()

    def join(self, panel: Panel) -> None:
        self._panels.add(panel)

    def move(self, origin: Panel, values: dict[str, Any], at_once: bool = True) -> None:
        """Put values into the state and redraw the displayed panels that depend on those which changed.

        The panel that asks solves first: if its model refuses the values, nothing has changed.
        """
        state = replace(self.state, **values)
        origin.try_state(state)
        changed = {name for name in values if getattr(state, name) != getattr(self.state, name)}
        self.state = state
        for panel in self._panels:
            if panel is origin or changed & panel.reads:
                panel.redraw(at_once)


class Panel:
    """A state, the model that answers to it, and the figure that shows the answer.

    A subclass gives

    - `key`: where its words are in the message catalogue (`title`, `controls.<name>.label | unit | help`, `groups`);
    - `State`: a frozen dataclass whose defaults are the start;
    - `controls`: what can be moved, each named after a field of the state;
    - `reads`: the fields its solution depends on, when they are more than those with a control;
    - `frame() -> Figure`, the looks; `solve(state) -> Solution`, the model; `view(state, solution) -> View`;
    - `refine(state, solution) -> Solution`, if part of the answer takes long: it is shown later, once nothing newer waits.

    `Panel()` has a state of its own, `Panel(shared)` one in common with other panels, `Panel(w=.3)` another start.
    """

    key: ClassVar[str] = ""
    State: ClassVar[type]
    controls: ClassVar[tuple[Control, ...]] = ()
    badge: ClassVar[str] = "illustrative"  # or "calibrated": to the world table
    reads: frozenset[str] = frozenset()

    def __init__(self, shared: Shared | None = None, **values: Any) -> None:
        self._shared = Shared(self.State()) if shared is None else shared
        self.reads = frozenset(self.reads) | {control.name for control in self.controls}
        if shared is None:
            self.reads |= {field.name for field in fields(self.State)}
        self._solved: tuple[tuple, Any] | None = None  # what it was solved for, the quick solution
        self._refined: tuple[tuple, Any] | None = None
        self._widget = None
        self._shared.join(self)
        if values:
            self.set(**values)
        self._start = self.state

    # What a subclass gives.

    def frame(self) -> go.Figure:
        """The figure without its values."""
        raise NotImplementedError

    def solve(self, state: Any) -> Any:
        """The model's answer, or the quick part of it. May raise ValueError: the state is then kept as it was."""
        raise NotImplementedError

    def refine(self, state: Any, solution: Any) -> Any:
        """The full answer, where `solve` gives the quick part of it."""
        return solution

    def view(self, state: Any, solution: Any) -> View:
        """What the figure shows of an answer."""
        raise NotImplementedError

    # What it gives back.

    def set(self, **values: Any) -> None:
        """Move controls: `panel.set(w=.3)`. Raises ValueError with the control, the value and its domain."""
        self._shared.move(self, self.checked(values))

    def reset(self) -> None:
        """Put the controls of this panel back to where they were when it was made."""
        self._shared.move(self, {control.name: getattr(self._start, control.name) for control in self.controls})

    @property
    def state(self) -> Any:
        """Where the controls stand."""
        return self._shared.state

    @property
    def solution(self) -> Any:
        """The model's full answer to the state."""
        return self._answer(self.state, refined=True)

    @property
    def shown(self) -> View:
        """What the figure shows once all is computed."""
        return self.view(self.state, self.solution)

    @property
    def sentence(self) -> str:
        """What is to be seen, in words."""
        return self.shown.sentence

    @property
    def table(self) -> pd.DataFrame | None:
        """The numbers behind the figure."""
        return self.shown.table

    @property
    def figure(self) -> go.Figure:
        """The figure as it is shown now, as a plain plotly figure."""
        return apply(self.frame(), self.shown)

    @property
    def title(self) -> str:
        return self.text("title")

    def text(self, path: str, **values: Any) -> str:
        """One of the panel's messages with its placeholders filled."""
        return text(f"{self.key}.{path}", **values)

    def checked(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values as the state holds them. Raises ValueError for an unknown name or a value outside its domain."""
        known = {control.name: control for control in self.controls}
        for name in values:
            if name not in known:
                raise ValueError(text("controls.unknown", name=name, known=", ".join(known)))
        return {name: known[name].check(value) for name, value in values.items()}

    def try_state(self, state: Any) -> None:
        """Solve for a state that is not yet the panel's. Raises what the model raises."""
        self._answer(state, refined=False)

    def _answer(self, state: Any, refined: bool) -> Any:
        """The quick or the full answer to a state, remembered until another state is asked for."""
        point = tuple(getattr(state, name) for name in sorted(self.reads))
        if self._solved is None or self._solved[0] != point:
            self._solved = point, self.solve(state)
        if not refined:
            return self._solved[1]
        if self._refined is None or self._refined[0] != point:
            self._refined = point, self.refine(state, self._solved[1])
        return self._refined[1]

    def redraw(self, at_once: bool = True) -> None:
        """Show the state on the page, if the panel is on one."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self.sentence}"
