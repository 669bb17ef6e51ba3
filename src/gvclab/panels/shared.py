"""One state that several panels show and move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from .controls import domains

if TYPE_CHECKING:
    from .panel import Panel


class Shared:
    """A frozen state, and the panels that follow it: `shared = Shared(Market())`, then `FrontierLab(shared)`."""

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


def share(kinds: Sequence[type[Panel]], state: Any = None) -> tuple[Any, ...]:
    """Panels on one state, in the order given: what is set in one is kept in the others.

    ValueError for kinds with states of different classes, or a value outside its domain.
    """
    states = {kind.State for kind in kinds}
    if len(states) > 1:
        raise ValueError(f"panels share one state; these have {', '.join(sorted(each.__name__ for each in states))}")
    shared = Shared(kinds[0].State() if state is None else state)
    for name, control in domains(shared.state).items():
        control.check(getattr(shared.state, name))
    return tuple(kind(shared) for kind in kinds)
