"""What an exercise is: items and their pieces, plain immutable records."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gvclab.content import text

TYPES = ("num", "choice", "match", "interpret", "code", "graph", "essay", "predict")
BLOOM = ("remember", "understand", "apply", "analyse", "evaluate", "create")
USES = ("exercise", "lesson")


@dataclass(frozen=True)
class Given:
    """One parameter of an item: the value for everybody, the values a class may draw from, and its unit."""

    name: str
    default: float | int | str
    draw: tuple = ()
    unit: str = ""


@dataclass(frozen=True)
class Wrong:
    """A known wrong value: an expression over the names of the solution, so it follows the parameters."""

    value: str
    hint: str


@dataclass(frozen=True)
class Part:
    """One part of an answer: a number (tolerance), a word out of `words`, or a setting (`low` to `high`)."""

    name: str
    label: str
    atol: float = 0.0
    rtol: float = 0.0
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    wrong: tuple[Wrong, ...] = ()

    @property
    def is_setting(self) -> bool:
        """A parameter the student chooses (type `interpret`), not a result."""
        return self.low is not None

    @property
    def is_number(self) -> bool:
        return not self.words and not self.is_setting


@dataclass(frozen=True)
class Option:
    """One option of a choice, in the order shown."""

    text: str
    right: bool = False
    hint: str = ""


@dataclass(frozen=True)
class Node:
    """One box of a graph item, with the other names it answers to."""

    name: str
    aliases: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Edge:
    """One arrow of a graph item that its solution does not hold: allowed, or forbidden with the reason."""

    source: str
    target: str
    hint: str = ""


@dataclass(frozen=True)
class Line:
    """One line of an essay's rubric."""

    text: str
    points: float


@dataclass(frozen=True, eq=False)
class Item:
    """One exercise. `solution`, `tests` and the hints are empty where the library carries no key."""

    id: str
    title: str
    type: str
    bloom: str
    points: float
    answer: str
    use: str
    prompt: str
    stub: str
    solution: str
    tests: str
    setup: str
    given: tuple[Given, ...] = ()
    parts: tuple[Part, ...] = ()
    options: tuple[Option, ...] = ()
    nodes: tuple[Node, ...] = ()
    optional: tuple[Edge, ...] = ()
    forbidden: tuple[Edge, ...] = ()
    feedback_allowed: bool = False
    terms: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    wrong_pairs: tuple[tuple[str, str, str], ...] = ()
    rubric: tuple[Line, ...] = ()
    model: str = ""
    source: str = ""

    @property
    def has_key(self) -> bool:
        return bool(self.solution) or self.type == "essay"

    @property
    def is_graded(self) -> bool:
        return self.use == "exercise" and self.type != "predict"


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
        raise KeyError(text("exercises.error.unknown", id=item_id, known=", ".join(i.id for i in self.items)))

    def used(self, use: str) -> tuple[Item, ...]:
        """The items of the assignment (`"exercise"`) or of the lesson (`"lesson"`), in order."""
        return tuple(item for item in self.items if item.use == use)

    @property
    def points(self) -> float:
        """The points of the assignment."""
        return sum(item.points for item in self.used("exercise"))


def letter(index: int) -> str:
    """The letter of the option at `index`: 0 is A."""
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[index]


def shuffle_key(item_id: str, option: str) -> str:
    """Sorted by this, options stand in an order that tells nothing and is the same in every build."""
    return hashlib.sha256(f"{item_id}|{option}".encode()).hexdigest()
