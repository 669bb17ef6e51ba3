"""What a class earned: nbgrader's gradebook, and what our grader noted beside it, as tidy tables.

The gradebook says what counts: points, late penalties, what a person has still to read. The
`gvclab-grade.json` beside each graded submission says why: the verdict on each item, its hints, what was odd
about the files. A submission graded by `nbgrader autograde` has no such file; its points are all that is known
of it.
"""

from __future__ import annotations

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
from gvclab.content import Message, language
from gvclab.content import text as say
from gvclab.exercises import Verdict, bank
from gvclab.exercises.checkers_code import FAILS
from gvclab.exercises.rendering import label_of, path_of, rendered
from gvclab.exercises.wording import wording

from . import record
from .record import Record

GRADEBOOK = "gradebook.db"
# What is said of a function and blames no single property.
_WHOLE = {
    f"exercises.code.{name}"
    for name in ("nothing", "returned_nothing", "library", "exit", "crashed", "slow", "waited", "no_time", "memory")
} | {"exercises.code.recursion"}
# What is a hint among all that is said, beside the texts of the item itself.
_HINTS = {
    f"exercises.{name}" for name in ("graph.turned", "graph.sign", "graph.same_sign", "graph.missing", "order", "sign")
} | {f"exercises.close.{name}" for name in ("times_100.percent", "times_100.fraction", "over_100", "rounding")}


class Hint(NamedTuple):
    """A known mistake that an answer met: in which part of it (none: in all), and what is said (`record.identity`)."""

    part: str
    said: str


class ItemResult(NamedTuple):
    """One item of one submission; `score` is nan while a person has still to read it for the first time, `verdict` is
    None where only the points are known, `hints` are those met, `read` is False where its notebook is missing or could
    not be read.
    """

    student: str
    item: str
    score: float
    points: float
    status: str
    verdict: Verdict | None = None
    hints: tuple[Hint, ...] = ()
    read: bool = True


@dataclass(frozen=True, eq=False)
class Results:
    """An assignment's results.

    items       by id, in the order of the page: title, points
    students    by id, everybody in the gradebook: first_name, last_name, email, lms_user_id, submitted, raw (points),
                penalty (for being late), score (what counts), possible (the points graded so far), refused (a notebook
                is missing or could not be read), explained (there are verdicts), outdated (these are of an earlier
                version, whose hints cannot be counted)
    marks       a row per submission and item: the fields of `ItemResult`
    notes       a row per oddity of a submission: student, note (a `Message`), refused (whether it is why something was
                not read)
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
    records = {student: _record(root, student, assignment) for student in handed_in.index}
    marks = [
        _mark(student, name, score if by_hand or not waiting else np.nan, waiting, worth, records[student])._replace(
            read=not records[student] or notebook not in records[student].unread
        )
        for student, notebook, cell, score, waiting, by_hand in grades
        for name in [_item_id(notebook, cell)]
        for worth in [float(items.at[name, "points"])]
    ]
    marks.sort(key=lambda mark: (mark.student, items.index.get_loc(mark.item)))
    marks = pd.DataFrame(marks, columns=list(ItemResult._fields))
    students = _student_table(roster.join(handed_in), marks, records)
    notes = [
        (student, note, refused)
        for student, one in records.items()
        if one
        for refused, some in ((True, record.distinct(one.unread.values())), (False, one.all_notes))
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


def _student_table(students: pd.DataFrame, marks: pd.DataFrame, records: dict[str, Record | None]) -> pd.DataFrame:
    kept = [records.get(student) for student in students.index]
    possible = marks[marks["score"].notna()].groupby("student")["points"].sum()
    raw, penalty = students["raw"].fillna(0.0), students["penalty"].fillna(0.0)
    return students.assign(
        submitted=students["raw"].notna(),
        raw=raw,
        penalty=penalty,
        score=(raw - penalty).clip(lower=0.0),  # as nbgrader's own export
        possible=possible.reindex(students.index, fill_value=0.0),
        refused=[bool(one and one.unread) for one in kept],
        explained=[bool(one and one.items) for one in kept],
        outdated=[bool(one and one.version < record.VERSION) for one in kept],
    )


def _item_id(notebook: str, cell: str) -> str:
    """The item that a graded cell belongs to; of a cell that is no item of ours its place."""
    return _cells().get(cell, f"{notebook}/{cell}")


@cache
def _cells() -> dict[str, str]:
    """Items by the grade ids of their cells."""
    return {cell: name for name in _items() for cell in (grade_id(name), grade_id(name, "check"))}


def _items() -> dict[str, bank.Item]:
    """All the items of the course by id, in order, in the reader's language."""
    return _items_in(language())


@cache
def _items_in(_language: str) -> dict[str, bank.Item]:
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
    asked = (submitted.student_id, api.Notebook.name, api.BaseCell.name, api.Grade.score)
    asked += (api.Grade.needs_manual_grade, api.Grade.manual_score.is_not(None))
    grades = (
        session.query(*asked)
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


def _record(root: Path, student: str, assignment: str) -> Record | None:
    """What the grader kept of a submission; None where nbgrader itself graded it."""
    path = root / "autograded" / student / assignment / record.FILE
    if not path.is_file():
        return None
    try:
        return record.read(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(say("report.error.sidecar", path=path, student=student)) from error


def _mark(student: str, name: str, score: float, waiting: bool, worth: float, kept: Record | None) -> ItemResult:
    if waiting:
        return ItemResult(student, name, score, worth, "manual")
    item = kept.items.get(name) if kept else None
    if item is None or name not in _items():
        status = "right" if score >= worth else "partial" if score > 0 else "none"
        return ItemResult(student, name, score, worth, status)
    # What was said in version 1 is known by its words alone.
    hints = tuple(dict.fromkeys(_hints(name, item.verdict))) if kept.version == record.VERSION else ()
    return ItemResult(student, name, score, worth, item.verdict.status, item.verdict, hints)


def _hints(name: str, verdict: Verdict, part: str = "") -> Iterator[Hint]:
    """The hints in a verdict and its parts: nothing that quotes the student."""
    for inner, each in verdict.parts:
        yield from _hints(name, each, inner)
    if verdict.status in ("misconception", "close", "partial") and not verdict.parts:
        known = (message for message in verdict.said if path_of(message) or message.id in _HINTS)
        yield from (Hint(part, record.identity(message)) for message in known)
    elif part and verdict.status == "wrong" and _items()[name].type == "code":
        stopped = next((message for message in verdict.said if message.id in _WHOLE), None)
        yield Hint("", record.identity(_bare(stopped))) if stopped else Hint(part, record.identity(FAILS))


def _bare(message: Message) -> Message:
    """The message without what it quotes."""
    return Message(message.id, dict.fromkeys(message.values, "…"))


def hint_words(name: str, hint: Hint) -> str:
    """The hint as a person reads it."""
    item, message = _items()[name], record.identified(hint.said)
    label = label_of(item, hint.part) if hint.part else ""
    said = rendered(item, message)
    return say("report.hints.of_part", part=label, hint=said) if label else said


def hint_place(name: str, hint: Hint) -> tuple:
    """What hints of an item are sorted by: the place of the part in the item (of the whole: last), then the hint's."""
    item = _items()[name]
    parts = [*(part.name for part in item.parts), *(term.id for term in item.terms), *item.properties]
    said = record.identified(hint.said)
    texts = [(item.id, path) for path in wording(item)]
    text = (item.id, path_of(said))
    return (
        parts.index(hint.part) if hint.part in parts else len(parts),
        texts.index(text) if text in texts else len(texts),
        hint.said,
    )
