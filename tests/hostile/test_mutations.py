"""Honest notebooks damaged at random: the grader never breaks, and damage never earns anything.

The bound: no item is worth more than in the undamaged notebook, in which it is either solved (so that there is no more to
earn) or untouched (so that damage would have to invent an answer). Every item has a mark and a word on it, and a file
of which nothing could be read has a reason.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gvclab.exercises import bank
from gvclab.exercises.rendering import message_of
from gvclab.grading.intake import assignment
from gvclab.grading.run import Result, grade_submission
from gvclab.grading.sandbox import Limits, Room

from .corpus import ASSIGNMENT, FULL, HONEST, MINE, NOTEBOOK, RELEASED, cell, released

pytestmark = pytest.mark.slow

ROOM = Room(limits=Limits(cell=2, total=20, call=0.5, calls=4, patience=10, megabytes=512))
NOTES = ["# a thought", "", "x = 1", "print('here')", "import math", "    ", "%time 1", "pass"]


@pytest.fixture(scope="module")
def grade(tmp_path_factory, sandbox) -> Callable[[bytes], Result]:
    """The grader, given the bytes of the file that was handed in."""
    folder = tmp_path_factory.mktemp("mutations")
    (folder / f"{NOTEBOOK}.ipynb").write_text(RELEASED[NOTEBOOK], encoding="utf-8")
    assigned = assignment(ASSIGNMENT, folder)

    def graded(data: bytes) -> Result:
        place = tmp_path_factory.mktemp("one") / ASSIGNMENT
        place.mkdir()
        (place / f"{NOTEBOOK}.ipynb").write_bytes(data)
        return grade_submission(place, assigned, "ada", room=ROOM)

    return graded


# ------------------------------------------------------------------------------------------------- the damage


def _swap(cells: list, draw: random.Random) -> None:
    a, b = draw.randrange(len(cells)), draw.randrange(len(cells))
    cells[a], cells[b] = cells[b], cells[a]


def _merge(cells: list, draw: random.Random) -> None:
    n = draw.randrange(len(cells) - 1)
    cells[n]["source"] += "\n" + cells.pop(n + 1)["source"]


def _split(cells: list, draw: random.Random) -> None:
    n = draw.randrange(len(cells))
    lines = cells[n]["source"].split("\n")
    at = draw.randrange(len(lines) + 1)
    cells[n]["source"] = "\n".join(lines[:at])
    cells.insert(n + 1, {**cells[n], "source": "\n".join(lines[at:])})


def _insert(cells: list, draw: random.Random) -> None:
    one = draw.choice(cells)
    lines = one["source"].split("\n")
    lines.insert(draw.randrange(len(lines) + 1), draw.choice(NOTES))
    one["source"] = "\n".join(lines)


def _drop(cells: list, draw: random.Random) -> None:
    one = draw.choice(cells)
    lines = one["source"].split("\n")
    del lines[draw.randrange(len(lines))]
    one["source"] = "\n".join(lines)


def _rename(cells: list, draw: random.Random) -> None:
    one, other = draw.choice(cells), draw.choice(cells)
    name = draw.choice([other.get("id"), "", None, 5, "x" * 300])
    one["metadata"] = {"nbgrader": {**one["metadata"].get("nbgrader", {}), "grade_id": name}}


CELLS = {
    "delete": lambda cells, draw: cells.pop(draw.randrange(len(cells))),
    "duplicate": lambda cells, draw: cells.insert(draw.randrange(len(cells)), {**draw.choice(cells)}),
    "swap": _swap,
    "retype": lambda cells, draw: draw.choice(cells).update(cell_type=draw.choice(["code", "markdown", "raw", "odd"])),
    "lose the id": lambda cells, draw: draw.choice(cells).pop("id", None),
    "another's id": lambda cells, draw: draw.choice(cells).update(id=draw.choice(cells).get("id")),
    "lose metadata": lambda cells, draw: draw.choice(cells).update(metadata=draw.choice([{}, None, [], "x"])),
    "another name": lambda cells, draw: _rename([c for c in cells if isinstance(c.get("metadata"), dict)], draw),
    "merge": _merge,
    "split": _split,
    "insert a line": _insert,
    "drop a line": _drop,
    "lose the source": lambda cells, draw: draw.choice(cells).update(source=draw.choice(["", None, [], 7])),
}
BYTES = {
    "cut": lambda data, draw: data[: draw.randrange(len(data))],
    "lose a piece": lambda data, draw: data[: (n := draw.randrange(len(data)))] + data[n + draw.randrange(400) :],
    "flip": lambda data, draw: bytes(
        byte ^ (1 << draw.randrange(8)) if draw.random() < 1e-4 else byte for byte in data
    ),
    "insert": lambda data, draw: data[: (n := draw.randrange(len(data)))] + draw.randbytes(20) + data[n:],
    "a line twice": lambda data, draw: data.replace(line := draw.choice(data.splitlines(True)), line * 2, 1),
    "a mark": lambda data, draw: draw.choice([b"\xef\xbb\xbf", b"\n", b" "]) + data,
    "a wrong mark": lambda data, draw: b"\xff\xfe" + data,
    "line ends": lambda data, draw: data.replace(b"\n", b"\r\n"),
    "none": lambda data, draw: data,
}


def damaged(book: dict, cells: list[str], bytes_: str, draw: random.Random) -> bytes:
    for name in cells:
        texts = [one for one in book["cells"] if isinstance(one.get("source"), str)]
        if (
            len(texts) > 2
            and len(texts) == len(book["cells"])
            and all(isinstance(c.get("metadata"), dict) for c in texts)
        ):
            CELLS[name](book["cells"], draw)
    return BYTES[bytes_](json.dumps(book, indent=1).encode(), draw)


# ---------------------------------------------------------------------------------------------------- the bound


@settings(
    deadline=None,
    max_examples=60,
    phases=(Phase.explicit, Phase.generate),
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(
    solved=st.sets(st.sampled_from(MINE)),
    cells=st.lists(st.sampled_from(sorted(CELLS)), max_size=6),
    bytes_=st.sampled_from(sorted(BYTES)),
    seed=st.integers(0, 2**32),
)
def test_damage_earns_nothing_and_breaks_nothing(grade, solved, cells, bytes_, seed):
    book = released(NOTEBOOK)
    for item in solved:
        cell(book, item.replace(".", "-"))["source"] = HONEST[item]
    result = grade(damaged(book, cells, bytes_, random.Random(seed)))
    assert not result.failure
    assert set(result.marks) == set(MINE)
    for item, mark in result.marks.items():
        assert 0 <= mark.score <= (FULL[item] if item in solved else 0)
        assert message_of(bank.item(item), mark.verdict)
    if not cells and bytes_ in ("none", "a mark", "line ends"):
        assert {item for item, mark in result.marks.items() if mark.score} == solved
