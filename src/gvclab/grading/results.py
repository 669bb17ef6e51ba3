"""What a class earned: nbgrader's gradebook, and what our grader noted beside it, as tidy tables.

The gradebook says what counts: points, late penalties, what a person has still to read. The
`gvclab-grade.json` beside each graded submission says why: the verdict on each item, its hints, what was odd
about the files. A submission graded by `nbgrader autograde` has no such file; its points are all that is known
of it.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import numpy as np
import pandas as pd

from gvclab.build.exercise import grade_id
from gvclab.content import entry
from gvclab.content import text as say
from gvclab.exercises import bank

GRADEBOOK = "gradebook.db"
# Of the sentences on a function those that blame no single property.
_WHOLE = ("nothing", "returned_nothing", "library", "exit", "crashed", "slow", "no_time", "memory", "recursion")


class ItemResult(NamedTuple):
    """One item of one submission; `score` is nan while a person has still to read it for the first time, `hints` are
    those met, `read` is False where its notebook is missing or could not be read.
    """

    student: str
    item: str
    score: float
    points: float
    status: str
    message: str
    hints: tuple[str, ...] = ()
    read: bool = True


@dataclass(frozen=True, eq=False)
class Results:
    """An assignment's results.

    items       by id, in the order of the page: title, points
    students    by id, everybody in the gradebook: first_name, last_name, email, lms_user_id, submitted, raw (points),
                penalty (for being late), score (what counts), possible (the points graded so far), refused (a notebook
                is missing or could not be read), explained (there are verdicts)
    marks       a row per submission and item: the fields of `ItemResult`
    notes       a row per oddity of a submission: student, note, refused (whether it is why something was not read)
    """

    assignment: str
    items: pd.DataFrame
    students: pd.DataFrame
    marks: pd.DataFrame
    notes: pd.DataFrame

    @property
    def points(self) -> float:
        """What the assignment is worth."""
        return float(self.items["points"].sum())

    @property
    def read(self) -> pd.DataFrame:
        """The marks that say something of the items: those in notebooks that could be read."""
        return self.marks[self.marks["read"].astype(bool)]

    @property
    def readable(self) -> pd.Index:
        """Who handed in something that could be read."""
        return self.students.index[self.students["submitted"] & self.students.index.isin(self.read["student"])]

    @property
    def complete(self) -> pd.Index:
        """Who handed in, readably, every notebook that anybody did: those who can be compared by their totals."""
        held = self.read.groupby("student")["item"].nunique()
        return held.index[held == self.read["item"].nunique()]

    def matrix(self) -> pd.DataFrame:
        """Points by readable submission (rows) and item (columns), nan where a grade or the notebook is missing."""
        wide = self.read.pivot(index="student", columns="item", values="score").astype(float)
        return wide.reindex(index=self.readable, columns=self.items.index)


def load(root: Path, assignment: str, gradebook: Path | None = None) -> Results:
    """The results of an assignment of the course in `root`; the gradebook is only read.

    ValueError: no gradebook, no such assignment in it, or a broken file of the grader's.
    """
    with _reading(gradebook or root / GRADEBOOK) as session:
        cells, roster, handed_in, grades = _queried(session, assignment)
    items = _item_table(cells)
    told = {student: _told(root, student, assignment) for student in handed_in.index}
    marks = [
        _mark(student, name, score if by_hand or not waiting else np.nan, waiting, worth, told[student])._replace(
            read=notebook not in told[student].unread
        )
        for student, notebook, cell, score, waiting, by_hand in grades
        for name in [_item_id(notebook, cell)]
        for worth in [float(items.at[name, "points"])]
    ]
    marks.sort(key=lambda mark: (mark.student, items.index.get_loc(mark.item)))
    marks = pd.DataFrame(marks, columns=list(ItemResult._fields))
    students = _student_table(roster.join(handed_in), marks, told)
    notes = [
        (student, note, refused)
        for student, one in told.items()
        for refused, some in ((True, one.reasons), (False, one.notes))
        for note in some
    ]
    return Results(assignment, items, students, marks, pd.DataFrame(notes, columns=["student", "note", "refused"]))


def _item_table(cells: list[tuple[str, str, float]]) -> pd.DataFrame:
    known = _items()
    order = {name: place for place, name in enumerate(known)}
    rows = [(_item_id(notebook, cell), points) for notebook, cell, points in cells]
    rows.sort(key=lambda row: (order.get(row[0], len(order)), row[0]))
    titled = [(name, known[name].title if name in known else "", points) for name, points in rows]
    return pd.DataFrame(titled, columns=["item", "title", "points"]).set_index("item")


def _student_table(students: pd.DataFrame, marks: pd.DataFrame, told: dict[str, _Told]) -> pd.DataFrame:
    nothing = _Told({})
    possible = marks[marks["score"].notna()].groupby("student")["points"].sum()
    raw, penalty = students["raw"].fillna(0.0), students["penalty"].fillna(0.0)
    return students.assign(
        submitted=students["raw"].notna(),
        raw=raw,
        penalty=penalty,
        score=(raw - penalty).clip(lower=0.0),  # as nbgrader's own export
        possible=possible.reindex(students.index, fill_value=0.0),
        refused=[bool(told.get(student, nothing).reasons) for student in students.index],
        explained=[bool(told.get(student, nothing).verdicts) for student in students.index],
    )


def _item_id(notebook: str, cell: str) -> str:
    """The item that a graded cell belongs to; of a cell that is no item of ours its place."""
    return _cells().get(cell, f"{notebook}/{cell}")


@cache
def _cells() -> dict[str, str]:
    """Items by the grade ids of their cells."""
    return {cell: name for name in _items() for cell in (grade_id(name), grade_id(name, "check"))}


@cache
def _items() -> dict[str, bank.Item]:
    """All the items of the course by id, in order."""
    return {item.id: item for section in bank.sections() for item in bank.load(section)}


# --------------------------------------------------------------------------------------------- the gradebook


@contextmanager
def _reading(path: Path) -> Iterator[Any]:
    """A session that cannot write: nbgrader's own would make a missing file, and a course in it."""
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session

    if not path.is_file():
        raise ValueError(say("report.error.gradebook", path=path.resolve()))
    address = f"file:{quote(str(path.resolve()))}?mode=ro"
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(address, uri=True))
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()


def _queried(session: Any, assignment: str) -> tuple[list, pd.DataFrame, pd.DataFrame, list]:
    """Graded cells (notebook, cell, points), roster, submissions, and grades, all by nbgrader's own definitions."""
    from nbgrader import api
    from sqlalchemy.exc import DatabaseError

    try:
        names = sorted(name for (name,) in session.query(api.Assignment.name))
    except DatabaseError as error:
        raise ValueError(say("report.error.broken", problem=str(error.orig))) from error
    if assignment not in names:
        raise ValueError(say("report.error.assignment", name=assignment, known=", ".join(names) or "–"))
    cells = [
        (notebook, cell, float(points or 0))
        for kind in (api.GradeCell, api.TaskCell)
        for notebook, cell, points in session.query(api.Notebook.name, kind.name, kind.max_score)
        .select_from(kind)
        .join(api.Notebook, kind.notebook_id == api.Notebook.id)
        .join(api.Assignment)
        .filter(api.Assignment.name == assignment)
    ]
    person = ["id", "first_name", "last_name", "email", "lms_user_id"]
    roster = pd.DataFrame(session.query(*(getattr(api.Student, name) for name in person)).all(), columns=person)
    submitted = api.SubmittedAssignment
    rows = (
        session.query(submitted.student_id, submitted.score, submitted.late_submission_penalty)
        .join(api.Assignment)
        .filter(api.Assignment.name == assignment)
    )
    handed_in = pd.DataFrame(rows.all(), columns=["id", "raw", "penalty"])
    told = (submitted.student_id, api.Notebook.name, api.BaseCell.name, api.Grade.score)
    told += (api.Grade.needs_manual_grade, api.Grade.manual_score.is_not(None))
    grades = (
        session.query(*told)
        .select_from(api.Grade)
        .join(api.SubmittedNotebook, api.Grade.notebook_id == api.SubmittedNotebook.id)
        .join(api.Notebook, api.SubmittedNotebook.notebook_id == api.Notebook.id)
        .join(submitted, api.SubmittedNotebook.assignment_id == submitted.id)
        .join(api.Assignment, submitted.assignment_id == api.Assignment.id)
        .join(api.BaseCell, api.Grade.cell_id == api.BaseCell.id)
        .filter(api.Assignment.name == assignment)
    ).all()
    text = roster.fillna("").astype(str).set_index("id").sort_index()
    return cells, text, handed_in.set_index("id").astype(float), grades


# ----------------------------------------------------------------------------------------- beside the grades


class _Told(NamedTuple):
    """What the grader noted of a submission: verdicts by item, what was odd, and which notebooks are missing or could
    not be read, and why.
    """

    verdicts: dict[str, dict]
    notes: tuple[str, ...] = ()
    unread: frozenset[str] = frozenset()
    reasons: tuple[str, ...] = ()


def _told(root: Path, student: str, assignment: str) -> _Told:
    from .gradebook import SIDECAR  # and with it nbgrader, which takes seconds

    path = root / "autograded" / student / assignment / SIDECAR
    if not path.is_file():
        return _Told({})
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        sheets = list(record["notebooks"].values())
        verdicts = {item: told for sheet in sheets for item, told in sheet["items"].items()}
        if not all(isinstance(told["status"] + told["message"], str) for told in verdicts.values()):
            raise TypeError("a verdict is no text")
        notes = dict.fromkeys([*record["notes"], *(note for sheet in sheets for note in sheet["notes"])])
        refused = {name: sheet["reason"] for name, sheet in record["notebooks"].items() if sheet["reason"]}
        return _Told(verdicts, tuple(notes), frozenset(refused), tuple(dict.fromkeys(refused.values())))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(say("report.error.sidecar", path=path, student=student)) from error


def _mark(student: str, name: str, score: float, waiting: bool, worth: float, told: _Told) -> ItemResult:
    if waiting:
        return ItemResult(student, name, score, worth, "manual", "")
    verdict = told.verdicts.get(name)
    if verdict is None or name not in _items():
        status = "right" if score >= worth else "partial" if score > 0 else "none"
        return ItemResult(student, name, score, worth, status, "")
    hints = tuple(dict.fromkeys(_hints(name, verdict)))
    return ItemResult(student, name, score, worth, verdict["status"], verdict["message"], hints)


def _hints(name: str, verdict: dict, label: str = "") -> Iterator[str]:
    """The hints in a verdict and its parts. Only sentences of ours: a message may quote the student."""
    parts = verdict.get("parts", ())
    for part in parts:
        yield from _hints(name, part, part["label"])
    before = f"{label}: " if label else ""
    if verdict["status"] in ("misconception", "close", "partial") and not parts:
        yield from (before + hint for hint in _known(name) if hint in verdict["message"])
    elif label and verdict["status"] == "wrong" and _items()[name].type == "code":
        stopped = next((words for pattern, words in _stops() if pattern.fullmatch(verdict["message"])), "")
        yield stopped or before + say("exercises.code.fails")


@cache
def _stops() -> tuple[tuple[re.Pattern, str], ...]:
    """What is said of a function that gave no value to judge: patterns, and the words without what they quote."""
    said = [entry("exercises.code")[key] for key in _WHOLE]
    field = re.compile(r"\{\w+\}")
    return tuple(
        (re.compile(".*".join(map(re.escape, field.split(words))), re.S), field.sub("…", words)) for words in said
    )


@cache
def _known(name: str) -> tuple[str, ...]:
    """All the hints that an item can give."""
    item = _items()[name]
    arrows = [(a.name, b.name) for a in item.nodes for b in item.nodes if a is not b]
    hints = [
        *(wrong.hint for part in item.parts for wrong in part.wrong),
        *(option.hint for option in item.options),
        *(hint for _, _, hint in item.wrong_pairs),
        *(edge.hint for edge in item.forbidden),
        *(say(f"exercises.graph.{kind}", source=a, target=b) for a, b in arrows for kind in ("turned", "sign")),
        *(say(f"exercises.close.{kind}") for kind in entry("exercises.close")),
        say("exercises.order"),
    ]
    return tuple(dict.fromkeys(filter(None, hints)))
