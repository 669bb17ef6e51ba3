"""A panel: a state that carries its domains, a model, marks by name and words by id; all else is derived."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from gvclab.content import Listed, Message, entry, find, render, sentences, text
from gvclab.data import name as named
from gvclab.data import source

from ..charts import Picture, View, apply
from .controls import Control, arranged
from .shared import Shared
from .watching import Answer, read, watched

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from gvclab.data.about import Source

    from .widget import PanelWidget

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
        said = {"label": words["label"], "value": control.spelled(self.value, words), "unit": words["unit"]}
        return Message("controls.setting.unit" if words["unit"] else "controls.setting.plain", said)


class Panel:
    """A state, the model that answers to it, and the picture that shows the answer.

    A subclass gives

    - `key` of its words in the message catalogue: `panels.<key>` has `title`, `controls`, `groups`, `presets`;
    - `State`, a frozen dataclass; each field is made by `slider`, `checkbox`, `choice` or `strip`, with its start, its
      domain, its unit and its group;
    - `shows`: which fields it has controls for, in their order. The name of a group stands for those of its fields
      that are not named themselves, under the heading `groups.<group>`. `folds`: the same, folded away;
    - `places`: those of its fields whose options are places, which are called as everywhere;
    - `presets`: settings by name. Each is whole: a control that it does not name is where it is at the start;
    - `badge`: "illustrative", "calibrated" to the world table, "either" where the reader chooses, or "data" where
      no model stands between;
    - `sources`: the datasets behind its numbers, named beneath it; where it says nothing, `icio` unless the panel is
      illustrative;
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

    `Panel()` has a state of its own, `Panel(shared)` one in common with others (see `share`), `Panel(w=.3)` another
    start. Displayed in a notebook it is a live widget; where none can run, or with `GVCLAB_STATIC=1` in the
    environment, a plain figure with its sentence and table.
    """

    key: ClassVar[str] = ""
    State: ClassVar[type]
    shows: ClassVar[tuple[str, ...]]
    folds: ClassVar[tuple[str, ...]] = ()
    places: ClassVar[tuple[str, ...]] = ()
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    badge: ClassVar[str] = "illustrative"
    sources: ClassVar[tuple[str, ...]] = ()
    beside: ClassVar[str] = ""
    picture: ClassVar[Picture]

    # What a subclass gives.

    def solve(self, state: Any) -> Any:
        """The model's answer, or the quick part of it. ValueError if it has none: the panel then stays as it was."""
        raise NotImplementedError

    def refine(self, state: Any, solution: Any) -> Any:
        """The full answer, where `solve` gives the quick part of it."""
        return solution

    def draw(self, state: Any, solution: Any) -> Mapping[str, Mapping[str, Any] | None]:
        """The values of each mark, by its name."""
        raise NotImplementedError

    def say(self, state: Any, solution: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The sentences that hold now: ids and values."""
        raise NotImplementedError

    def tables(self, state: Any, solution: Any) -> Iterator[Table]:
        """The numbers behind the figure."""
        raise NotImplementedError

    # What is derived when it is written.

    controls: ClassVar[tuple[Control, ...]] = ()

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        try:
            cls.controls = tuple(arranged(cls.State, cls.shows, cls.folds))
        except ValueError as problem:
            raise ValueError(f"{cls.__name__}: {problem}") from None
        known = {control.name: control for control in cls.controls}
        start = {name: getattr(cls.State(), name) for name in known}
        for name, given in cls.presets.items():
            if unknown := given.keys() - known.keys():
                raise ValueError(f"{cls.__name__}: preset {name!r} sets {', '.join(unknown)}, which has no control")
        cls.presets = {
            name: start | {field: known[field].check(value) for field, value in given.items()}
            for name, given in cls.presets.items()
        }

    # Its state.

    def __init__(self, shared: Shared | None = None, **values: Any) -> None:
        self._shared = Shared(self.State()) if shared is None else shared
        self._quick: Answer | None = None
        self._full: Answer | None = None
        self._watched: list[Any] = []  # the states that were read for what it showed last
        self._needs: frozenset[str] | None = None  # what its picture depended on when it was made
        self._widget: PanelWidget | None = None
        self._shared.join(self)
        if values:
            self.set(**values)
        self._start = self.state

    def set(self, **values: Any) -> None:
        """Move controls: `panel.set(w=.3)`. ValueError names the control, the value and its domain."""
        self._shared.move(self, self._checked(values))

    def reset(self) -> None:
        """Put this panel back to where it was when it was made."""
        self.restart({})

    def preset(self, name: str) -> None:
        """Choose a preset, as its button does: all else that the panel shows goes back to its start."""
        self.restart(self.presets[name])

    @property
    def state(self) -> Any:
        """Where all controls stand, those of panels with the same state included."""
        return self._shared.state

    @property
    def positions(self) -> dict[str, Any]:
        """Where the controls of this panel stand."""
        return {control.name: getattr(self.state, control.name) for control in self.controls}

    @property
    def fields(self) -> frozenset[str]:
        """The fields of the state that it shows: those of its controls, and all that was read for its last look."""
        return frozenset(control.name for control in self.controls).union(*map(read, self._watched))

    @property
    def start(self) -> dict[str, Any]:
        """What a reset puts back: its controls, and all else that its picture depended on when it was made."""
        if self._needs is None:
            known, look = watched(self._start), watched(self._start)
            self._view(look, self.refine(known, self.solve(known)))
            self._needs = frozenset(read(known) | read(look) | {control.name for control in self.controls})
        return {name: getattr(self._start, name) for name in sorted(self._needs)}

    @property
    def carried(self) -> tuple[Carried, ...]:
        """Settings it shows, has no control for, and that are not as when it was made: moved in a linked panel."""
        self.seen()
        return self._carried()

    def _checked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values as the state holds them. ValueError for an unknown name or a value outside its domain."""
        known = {control.name: control for control in self.controls}
        for name in values:
            if name not in known:
                raise ValueError(text("controls.unknown", name=name, known=Listed([*known], "comma")))
        return {name: known[name].check(value) for name, value in values.items()}

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

    # Its answer, and how that is shown.

    @property
    def solution(self) -> Any:
        """The model's full answer."""
        return self.answer(self.state)

    @property
    def drawn(self) -> Mapping[str, Mapping[str, Any] | None]:
        """The values of all marks, by name."""
        return self.draw(self.state, self.solution)

    @property
    def said(self) -> tuple[Message, ...]:
        """The sentences that hold now, as messages."""
        return self._messages(self.state, self.solution)

    @property
    def sentence(self) -> str:
        """What is to be seen, in words."""
        return self.shown.sentence

    @property
    def table(self) -> pd.DataFrame | Mapping[str, pd.DataFrame]:
        """The numbers behind the figure."""
        return self.shown.table

    @property
    def shown(self) -> View:
        """What the figure shows once all is computed."""
        return self.seen()

    @property
    def figure(self) -> go.Figure:
        """What is shown now as a plain plotly figure."""
        return apply(self.frame(), self.shown)

    def frame(self) -> go.Figure:
        """The figure without its values."""
        return self.picture.frame(lambda kind, name: entry(self._find(f"{kind}.{name}", name)))

    def seen(self, full: bool = True) -> View:
        """What the figure shows of the full answer, or of the quick part of it."""
        solution, look = self.answer(self.state, full), watched(self.state)
        view = self._view(look, solution)
        self._watched = [self._quick.state, *([self._full.state] if full else []), look]
        if full and self.state == self._start:
            self._needs = self.fields
        return replace(view, above=tuple(map(render, self._above())))

    def answer(self, state: Any, full: bool = True) -> Any:
        """The full answer to a state, or the quick one, remembered while what it was computed from stays."""
        if self._quick is None or not self._quick.holds(state):
            known = watched(state)
            self._quick, self._full = Answer(known, self.solve(known)), None
        if not full:
            return self._quick.value
        if self._full is None or not self._full.holds(state):
            known = watched(state)
            self._full = Answer(known, self.refine(known, self._quick.value))
        return self._full.value

    @property
    def refines(self) -> bool:
        """Whether a part of its answer takes long."""
        return type(self).refine is not Panel.refine

    def _view(self, state: Any, solution: Any) -> View:
        traces, layout = self.picture.arranged(self.draw(state, solution))
        made = [self._made(table) for table in self.tables(state, solution)]
        numbers = made[0][1] if len(made) == 1 else dict(made)
        return View(traces, layout, sentences(self._messages(state, solution)), numbers)

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

    # Its words.

    @property
    def title(self) -> str:
        """The heading of the panel."""
        return self.text("title")

    @property
    def source(self) -> Source | None:
        """The line that says where real numbers are from, with a link; none where all are illustrative."""
        names = self.sources or (() if self.badge == "illustrative" else ("icio",))
        return source(*names) if names else None

    def message(self, path: str, **values: Any) -> Message:
        """A message of this panel, or of its room: for values of marks and sentences, and for names of rows."""
        return Message(self._find(path), values)

    def text(self, path: str, **values: Any) -> str:
        """A message of this panel, or of its room, in the language in use."""
        return render(self.message(path, **values))

    @classmethod
    def words(cls, control: Control) -> dict[str, Any]:
        """What is written at a control: `label`, `unit`, `help`, and the names of `options`."""
        unit = entry(f"controls.units.{control.unit}") if control.unit else ""
        found = {**entry(cls._find(f"controls.{control.name}")), "unit": unit}
        if control.name in cls.places:
            found["options"] = {code: named(code) for code in control.options}
        return found

    @classmethod
    def _find(cls, *paths: str) -> str:
        """The id of the first of some messages that the panel, or else its room, or what is beside it, has."""
        return _id(cls.key, cls.beside, paths)

    # On a page.

    def move(self, values: Mapping[str, Any]) -> None:
        """What the controls on the page do: as `set`, but the slow part of an answer may come later."""
        self._shared.move(self, self._checked(values), live=True)

    def restart(self, values: Mapping[str, Any], live: bool = False) -> None:
        """Put all that a reset puts back to its start, but for these values."""
        self._shared.move(self, self.start | self._checked(values), live)

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
