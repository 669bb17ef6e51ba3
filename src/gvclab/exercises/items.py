"""What an exercise is: items and their pieces, plain immutable records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gvclab.content import Listed, text

TYPES = ("num", "choice", "match", "interpret", "code", "graph", "essay", "predict")
BLOOM = ("remember", "understand", "apply", "analyse", "evaluate", "create")
USES = ("exercise", "lesson")
# What a number is measured in; `exercises.unit` has the words. `percent` and `fraction` decide how it is read.
UNITS = ("percent", "fraction", "log", "log_points", "ratio", "dollars", "stages", "weeks", "years")


@dataclass(frozen=True)
class Given:
    """One parameter of an item: the value for everybody, the values a class may draw from, and its unit."""

    name: str
    default: float | int | str
    draw: tuple = ()
    unit: str = ""


@dataclass(frozen=True)
class Wrong:
    """A known wrong value: an expression over the names of the solution, and so over the parameters; or a word's id."""

    id: str
    value: str
    hint: str


@dataclass(frozen=True)
class Named:
    """A word of an answer, a term, a class or a box of a graph: an id, the text for it, other texts that mean it."""

    id: str
    text: str
    also: tuple[str, ...] = ()
    optional: bool = False  # a box that an arrow may pass through


@dataclass(frozen=True)
class Part:
    """One part of an answer: a number (tolerance), a word out of `words`, or a setting (`low` to `high`)."""

    name: str
    label: str
    atol: float = 0.0
    rtol: float = 0.0
    words: tuple[Named, ...] = ()
    low: float | None = None
    high: float | None = None
    wrong: tuple[Wrong, ...] = ()
    unit: str = ""  # one of UNITS, or none
    next: str = ""  # what to do next after a wrong answer that no hint fits

    @property
    def is_setting(self) -> bool:
        """A parameter the student chooses (type `interpret`), not a result."""
        return self.low is not None

    @property
    def is_number(self) -> bool:
        return not self.words and not self.is_setting


@dataclass(frozen=True)
class Option:
    """One option of a choice, in the order shown, which is the order of the file; `also` are other texts for it."""

    id: str
    text: str
    right: bool = False
    hint: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class WrongPair:
    """A known wrong class for a term, both by id."""

    term: str
    cls: str
    hint: str


@dataclass(frozen=True)
class Edge:
    """One arrow of a graph item that its solution does not hold, between boxes by id: allowed, or forbidden with the
    reason.
    """

    source: str
    target: str
    hint: str = ""


@dataclass(frozen=True)
class RubricLine:
    """One line of an essay's rubric."""

    id: str
    text: str
    points: float


@dataclass(frozen=True, eq=False)
class Item:
    """One exercise. `solution`, `tests` and the hints are empty where the library carries no key.

    `template` is the prompt with its slots unfilled (`prompts.prompt` fills them). `show` is code that shows what the
    item speaks of, such as a panel.
    `stub` and `solution` name terms, classes, boxes and words by their ids, as answers are compared; a page shows
    `shown_stub` and `shown_solution`, with the texts. `properties` are what the tests say of themselves,
    by function, `failures` what they say of the student's, by id.
    `why` is said after a right answer, `next` after a wrong one that no hint fits, `form` before either: what to
    type; `next` and `form` follow from the type where an author has not written them (`prompts`).
    """

    id: str
    title: str
    type: str
    bloom: str
    points: float
    answer: str
    use: str
    template: str
    stub: str
    solution: str
    tests: str
    setup: str
    given: tuple[Given, ...] = ()
    parts: tuple[Part, ...] = ()
    options: tuple[Option, ...] = ()
    nodes: tuple[Named, ...] = ()
    optional: tuple[Edge, ...] = ()
    forbidden: tuple[Edge, ...] = ()
    feedback_allowed: bool = False
    signs: bool = False  # of arrows: they count
    terms: tuple[Named, ...] = ()
    classes: tuple[Named, ...] = ()
    wrong_pairs: tuple[WrongPair, ...] = ()
    rubric: tuple[RubricLine, ...] = ()
    model: str = ""
    show: str = ""
    minutes: int = 0
    why: str = ""
    next: str = ""
    form: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    @property
    def named(self) -> tuple[Named, ...]:
        """All that an answer names in words."""
        return (*self.nodes, *self.terms, *self.classes, *(word for part in self.parts for word in part.words))

    @property
    def shown_stub(self) -> str:
        """What the answer cell shows at first; of a choice, with how a letter is typed."""
        stub = _exchanged(self.stub, {each.id: each.text for each in self.named})
        return f"{stub}  # {text('exercises.form.stub')}" if self.stub == letter_stub(self.answer) else stub

    @property
    def shown_solution(self) -> str:
        """The answer cell filled in, as a person reads it."""
        return _exchanged(self.solution, {each.id: each.text for each in self.named})

    def by_ids(self, code: str) -> str:
        """Code of an answer cell as the content file has it: ids in the place of texts."""
        return _exchanged(code, {each.text: each.id for each in self.named})

    @property
    def has_key(self) -> bool:
        return bool(self.solution) or self.type == "essay"


@dataclass(frozen=True)
class ItemSet:
    """The items of a section: `meta` is the front matter, `setup` the notebook's first code cell."""

    section: str
    meta: Mapping[str, Any]
    intro: str
    setup: str
    items: tuple[Item, ...]

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, item_id: str) -> Item:
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(text("exercises.error.unknown", id=item_id, known=Listed([i.id for i in self.items], "comma")))

    def used(self, use: str) -> tuple[Item, ...]:
        """The items of the assignment (`"exercise"`) or of the lesson (`"lesson"`), in order."""
        return tuple(item for item in self.items if item.use == use)

    @property
    def points(self) -> float:
        """The points of the assignment."""
        return sum(item.points for item in self.used("exercise"))

    @property
    def minutes(self) -> int:
        """The minutes that the assignment takes a person who is new to it."""
        return sum(item.minutes for item in self.used("exercise"))


def letter_stub(answer: str) -> str:
    """The stub of a choice: the quotation marks stand there already, as a bare A would be a name."""
    return f'{answer} = "..."'


def letter(index: int) -> str:
    """The letter of the option at `index`: 0 is A."""
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[index]


_LITERAL = re.compile(r'"([^"\\\n]*)"')


def _exchanged(code: str, words: Mapping[str, str]) -> str:
    """Code in which the text literals that `words` knows are others."""
    return _LITERAL.sub(lambda found: f'"{words.get(found[1], found[1])}"', code)
