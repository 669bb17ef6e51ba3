"""The panel kit: a state that carries its domains, marks by name, and words by id; all else is derived.

A panel is written in five pieces (see `Lab`); several on one state are made by `share`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from gvclab.content import Listed, Message, entry, find, render, sentences

from ..charts import Picture, View
from .base import Panel, Shared
from .controls import Checkbox, Choice, Control, Strip, domains
from .watching import Answer, read, watched

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

Heading = str | Message  # the id of a heading, or a message where a heading has values of its own


class Table(NamedTuple):
    """Numbers behind a figure, with ids for headings.

    Fields: `rows` heads the names of the rows ("" for none), which are numbers, texts or messages; `columns` by their
    headings, or pairs of heading and column; `title` where there are several tables; `values` fill all headings.
    """

    rows: Heading
    names: Sequence[Any]
    columns: Mapping[str, Sequence[Any]] | Iterable[tuple[Heading, Sequence[Any]]]
    title: Heading = ""
    values: Mapping[str, Any] = {}


class Carried(NamedTuple):
    """A setting that a panel shows and has no control for: its field, its value, and the panel where it was moved."""

    field: str
    value: Any
    kind: type[Panel]

    @property
    def message(self) -> Message:
        """The setting in words: how long a shock lasts = 4 weeks."""
        control = next(each for each in self.kind.controls if each.name == self.field)
        words = self.kind.words(control)
        said = {"label": words["label"], "value": _spelled(control, self.value, words), "unit": words["unit"]}
        return Message("controls.setting.unit" if words["unit"] else "controls.setting.plain", said)


class Lab(Panel):
    """A panel with its marks by name.

    A subclass gives

    - `key`, `State`, `badge` and `sources` as any panel; each field of the state is made by `slider`, `checkbox`,
      `choice` or `strip`, with its start, its domain, its unit and its group;
    - `shows`: which fields it has controls for, in their order. The name of a group stands for those of its fields
      that are not named themselves, under the heading `groups.<group>`. `folds`: the same, folded away;
    - `presets`: settings by name. Each is whole: a control that it does not name is where it is at the start;
    - `picture`: plots, and marks with their looks;
    - `solve(state)`, and `refine(state, solution)` where a part of the answer takes long;
    - `draw(state, solution)`: the values of each mark by its name, `None` where it is not to be seen, `{}` where it
      waits for `refine`; and of a plot's axes by the name of the plot where they change;
    - `say(state, solution)`: the sentences that hold, as pairs of an id below `sentence` and its values;
    - `tables(state, solution)`: the numbers, as `Table`s.

    What it depends on is found out by watching which fields of the state it reads; so all of this must be pure: no
    randomness, no other state. Its words are looked up below `panels.<key>`, then below the room of the panel, then
    below `panels.<beside>` where panels of several rooms share words: an axis in `axes`, a mark in `marks` (by its
    name, unless its looks name another heading), a heading of a table in `table`, then among the marks.
    """

    shows: ClassVar[tuple[str, ...]]
    folds: ClassVar[tuple[str, ...]] = ()
    beside: ClassVar[str] = ""
    picture: ClassVar[Picture]
    whole: ClassVar[bool] = True

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        cls.controls = tuple(_arranged(cls))
        known = {control.name: control for control in cls.controls}
        start = {name: getattr(cls.State(), name) for name in known}
        for name, given in cls.presets.items():
            if unknown := given.keys() - known.keys():
                raise ValueError(f"{cls.__name__}: preset {name!r} sets {', '.join(unknown)}, which has no control")
        cls.presets = {
            name: start | {field: known[field].check(value) for field, value in given.items()}
            for name, given in cls.presets.items()
        }

    # What a subclass gives.

    def draw(self, state: Any, solution: Any) -> Mapping[str, Mapping[str, Any] | None]:
        """The values of each mark, by its name."""
        raise NotImplementedError

    def say(self, state: Any, solution: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The sentences that hold now: ids and values."""
        raise NotImplementedError

    def tables(self, state: Any, solution: Any) -> Iterator[Table]:
        """The numbers behind the figure."""
        raise NotImplementedError

    # What the kit derives.

    def __init__(self, shared: Shared | None = None, **values: Any) -> None:
        self._watched: list[Any] = []  # the states that were read for what it showed last
        self._needs: frozenset[str] | None = None  # what its picture depended on when it was made
        super().__init__(shared, **values)

    @property
    def fields(self) -> frozenset[str]:
        """The fields of the state that it shows: those of its controls, and all that was read for its last look."""
        return frozenset(control.name for control in self.controls).union(*map(read, self._watched))

    @property
    def start(self) -> dict[str, Any]:
        """What a reset puts back: its controls, and all else that its picture depended on when it was made."""
        if self._needs is None:
            known, look = watched(self._start), watched(self._start)
            self.view(look, self.refine(known, self.solve(known)))
            self._needs = frozenset(read(known) | read(look) | {control.name for control in self.controls})
        return {name: getattr(self._start, name) for name in sorted(self._needs)}

    @property
    def carried(self) -> tuple[Carried, ...]:
        """Settings it shows, has no control for, and that are not as when it was made: moved in a linked panel."""
        self.seen()
        return self._carried()

    @property
    def drawn(self) -> Mapping[str, Mapping[str, Any] | None]:
        """The values of all marks, by name."""
        return self.draw(self.state, self.solution)

    @property
    def said(self) -> tuple[Message, ...]:
        """The sentences that hold now, as messages."""
        return self._messages(self.state, self.solution)

    def preset(self, name: str) -> None:
        """Choose a preset, as its button does: all else that the panel shows goes back to its start."""
        self.restart(self.presets[name])

    def frame(self) -> go.Figure:
        return self.picture.frame(lambda kind, name: entry(self._find(f"{kind}.{name}", name)))

    def view(self, state: Any, solution: Any) -> View:
        traces, layout = self.picture.arranged(self.draw(state, solution))
        made = [self._made(table) for table in self.tables(state, solution)]
        numbers = made[0][1] if len(made) == 1 else dict(made)
        return View(traces, layout, sentences(self._messages(state, solution)), numbers)

    def seen(self, full: bool = True) -> View:
        solution, look = self.answer(self.state, full), watched(self.state)
        view = self.view(look, solution)
        self._watched = [self._quick.state, *([self._full.state] if full else []), look]
        if full and self.state == self._start:
            self._needs = self.fields
        return replace(view, above=tuple(map(render, self._above())))

    def answer(self, state: Any, full: bool = True) -> Any:
        if self._quick is None or not self._quick.holds(state):
            known = watched(state)
            self._quick, self._full = Answer(known, self.solve(known)), None
        if not full:
            return self._quick.value
        if self._full is None or not self._full.holds(state):
            known = watched(state)
            self._full = Answer(known, self.refine(known, self._quick.value))
        return self._full.value

    def message(self, path: str, **values: Any) -> Message:
        """A message of this panel, or of its room: for values of marks and sentences, and for names of rows."""
        return Message(self._find(path), values)

    def text(self, path: str, **values: Any) -> str:
        return render(self.message(path, **values))

    @classmethod
    def words(cls, control: Control) -> dict[str, Any]:
        unit = entry(f"controls.units.{control.unit}") if control.unit else ""
        return {**entry(cls._find(f"controls.{control.name}")), "unit": unit}

    def _carried(self) -> tuple[Carried, ...]:
        own = {control.name for control in self.controls}
        owners: dict[str, type[Panel]] = {}
        for kind in self._shared.kinds:
            owners |= {control.name: kind for control in kind.controls if control.name not in owners}
        return tuple(
            Carried(name, getattr(self.state, name), owners[name])
            for name in owners
            if name in self.fields - own and getattr(self.state, name) != getattr(self._start, name)
        )

    def _above(self) -> list[Message]:
        """A line for each panel that settings are carried over from."""
        carried = self._carried()
        return [
            Message(
                "controls.carried",
                {
                    "panel": Message(f"panels.{kind.key}.title"),
                    "settings": Listed([each.message for each in carried if each.kind is kind], "comma"),
                },
            )
            for kind in dict.fromkeys(each.kind for each in carried)
        ]

    def _messages(self, state: Any, solution: Any) -> tuple[Message, ...]:
        return tuple(self.message(f"sentence.{name}", **values) for name, values in self.say(state, solution))

    def _made(self, table: Table) -> tuple[str, pd.DataFrame]:
        """The title of a table, and the table with its headings in words."""
        import pandas as pd

        def head(heading: Heading) -> str:
            if isinstance(heading, str) and heading:
                heading = Message(self._find(f"table.{heading}", f"marks.{heading}", heading), table.values)
            return render(heading) if heading else ""

        pairs = table.columns.items() if isinstance(table.columns, Mapping) else table.columns
        names = [render(name) if isinstance(name, Message) else name for name in table.names]
        frame = pd.DataFrame({head(heading): column for heading, column in pairs}, index=names)
        return head(table.title), frame.rename_axis(head(table.rows) or None)

    @classmethod
    def _find(cls, *paths: str) -> str:
        """The id of the first of some messages that the panel, or else its room, or what is beside it, has."""
        return _id(cls.key, cls.beside, paths)


def share(kinds: Sequence[type[Lab]], state: Any = None) -> tuple[Any, ...]:
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


@cache
def _id(key: str, beside: str, paths: tuple[str, ...]) -> str:
    places = filter(None, (key, key.partition(".")[0], beside))
    tried = [f"panels.{place}.{path}" for place in places for path in paths]
    for each in tried:
        try:
            find(each)
        except KeyError:
            continue
        return each
    return tried[0]  # shown as it is, and logged


def _arranged(kind: type[Lab]) -> Iterator[Control]:
    """The controls of a panel, in their order: fields by name, groups for those of their fields that are not named."""
    known = domains(kind.State)
    named = {*kind.shows, *kind.folds}
    for names, advanced in ((kind.shows, False), (kind.folds, True)):
        for name in names:
            members = [each for each in known.values() if each.group == name and each.name not in named]
            if name in known:
                yield replace(known[name], group="", advanced=advanced)
            elif members:
                yield from (replace(each, advanced=advanced) for each in members)
            else:
                raise ValueError(f"{kind.__name__} shows {name!r}, which is neither a field with a domain nor a group")


def _spelled(control: Control, value: Any, words: Mapping[str, Any]) -> Any:
    """A value as the reader of its control sees it."""
    if isinstance(control, Checkbox):
        return Message("controls.yes" if value else "controls.no")
    if isinstance(control, Choice):
        return words["options"][value]
    if isinstance(control, Strip):
        return Listed([str(number) for number in value]) if value else Message("controls.none")
    return f"{value:g}"
