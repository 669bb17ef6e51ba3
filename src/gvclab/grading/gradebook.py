"""nbgrader's gradebook and `autograded/`, written by one process, a submission at a time.

First the folder `autograded/<student>/<assignment>/` is put in place by a rename, with the notebooks as
instructors see them and `gvclab-grade.json`, which remembers what was graded, by which grader, with which
verdicts. Then one transaction enters the scores, and what they come from. A submission counts as graded when
folder and gradebook agree on that, so that a grader killed at any moment leaves nothing that the next run
would take for done.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode
from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveCells
from nbgrader.preprocessors.latesubmissions import AssignLatePenalties
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task
from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    String,
    Table,
    Update,
    bindparam,
    delete,
    event,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session
from traitlets.config import Config

from gvclab.content import Listed
from gvclab.content import text as say

from . import record
from .intake import Assignment, cell_name

_STAGING = ".gvclab"
_PATIENCE = 20_000  # milliseconds, with another program that writes


@dataclass(frozen=True)
class Entry:
    """What is entered for a submission: per notebook the student's page, its copy to show, its scores.

    `key` stands for all that the scores come from; empty when they should be computed once more.
    """

    student: str
    key: str
    pages: dict[str, NotebookNode]
    copies: dict[str, NotebookNode]
    scores: dict[str, dict[str, float]]  # notebook -> grade id of a check -> points
    record: record.Record
    timestamp: datetime | None


# A table of our own beside nbgrader's: written in the same transaction as the scores, it says where they come from.
_ENTERED = Table(
    "gvclab_entered",
    MetaData(),
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("key", String(128), nullable=False),
)


class Ledger:
    """The course's gradebook and `autograded/`, open for writing."""

    def __init__(self, folders: CourseDirectory, config: Config, assigned: Assignment):
        self.folders, self.assigned = folders, assigned
        try:
            self._late = AssignLatePenalties(config=config)
            self._late.init_plugin()
        except Exception as error:  # whatever a plugin of the course's own may raise
            raise ValueError(say("grade.error.late", problem=error)) from error
        _create(folders)
        self._book = Gradebook(folders.db_url, folders.course_id)
        if self._book.engine.dialect.name == "sqlite":
            event.listen(self._book.engine, "connect", _patient)
            self._book.engine.dispose()
        _ENTERED.create(self._book.engine, checkfirst=True)
        self._prepare()

    def close(self) -> None:
        """Give the gradebook back as nbgrader keeps it, in one file, unless somebody else has it open."""
        self._book.close()
        address = self._book.engine.url
        if address.get_backend_name() == "sqlite":
            with (
                contextlib.suppress(sqlite3.OperationalError),
                contextlib.closing(sqlite3.connect(address.database, timeout=1)) as connection,
            ):
                connection.execute("PRAGMA journal_mode=DELETE")

    # ------------------------------------------------------------------------------------------- what is known

    def students(self) -> set[str]:
        """Everybody in the gradebook."""
        return {row.id for row in self._book.db.query(Student.id)}

    def entered(self) -> dict[str, str]:
        """By student, what `Entry.key` their scores in the gradebook come from."""
        with self._book.engine.connect() as connection:
            mine = _ENTERED.c.assignment == self.assigned.name
            return dict(connection.execute(select(_ENTERED.c.student, _ENTERED.c.key).where(mine)).all())

    def place(self, student: str) -> Path:
        """The submission's folder in `autograded/`."""
        folders = self.folders
        return Path(folders.format_path(folders.autograded_directory, student, self.assigned.name))

    def record(self, student: str) -> record.Record | None:
        """What was kept beside the copies when the submission was graded; None when it was not, or is unreadable."""
        try:
            return record.read((self.place(student) / record.FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    # ------------------------------------------------------------------------------------------------- writing

    def enter(self, entry: Entry) -> None:
        """Put the copies in place, then enter the scores."""
        self._put(entry)
        with self._book.engine.begin() as connection:
            self._enter(connection, entry)

    def _put(self, entry: Entry) -> None:
        place, staging = self.place(entry.student), staging_folder(self.folders)
        new, old = staging / "new", staging / "old"
        for folder in (new, old):
            shutil.rmtree(folder, ignore_errors=True)
        new.mkdir(parents=True)
        for name, copy in entry.copies.items():
            # Not nbformat.write: what was made from the release need not be validated anew.
            (new / f"{name}.ipynb").write_text(nbformat.v4.writes(copy) + "\n", encoding="utf-8")
        (new / record.FILE).write_text(record.written(entry.record), encoding="utf-8")
        if entry.timestamp:
            (new / "timestamp.txt").write_text(f"{entry.timestamp:%Y-%m-%d %H:%M:%S.%f} UTC\n")
        place.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(place):
            place.rename(old)
        new.rename(place)
        shutil.rmtree(old, ignore_errors=True)

    def _enter(self, connection: Connection, entry: Entry) -> None:
        """A submission's rows, found by their keys: nbgrader's own look-ups would read the whole class's."""
        if connection.scalar(select(Student.id).where(Student.id == entry.student)) is None:
            connection.execute(insert(Student).values(id=entry.student))
        key = {"assignment_id": self._assignment, "student_id": entry.student}
        submission, _ = _row(connection, SubmittedAssignment, key)
        table = SubmittedAssignment.__table__
        connection.execute(update(table).where(table.c.id == submission).values(timestamp=entry.timestamp))
        for name, rows in self._rows.items():
            page, new = _row(connection, SubmittedNotebook, {"notebook_id": rows.id, "assignment_id": submission})
            if new:
                for kind, cells in ((Grade, rows.grades), (Comment, rows.comments)):
                    fresh = [{"cell_id": row, "notebook_id": page} for row in cells.values()]
                    connection.execute(insert(kind.__table__), fresh)
            cells, scores = {cell_name(cell): cell for cell in entry.pages[name].cells}, entry.scores[name]
            grades = [(row, scores[n] if n in scores else _by_hand(cells[n])) for n, row in rows.grades.items()]
            comments = [(row, _comment(cells[n])) for n, row in rows.comments.items()]
            for change, values in ((_GRADE, grades), (_COMMENT, comments)):
                connection.execute(change, [{"cell": row, "page": page, "new": value} for row, value in values])
        self._punish(connection, submission)
        mine = {"assignment": self.assigned.name, "student": entry.student}
        connection.execute(delete(_ENTERED).where(*(_ENTERED.c[name] == value for name, value in mine.items())))
        connection.execute(insert(_ENTERED).values(**mine, key=entry.key))

    def _punish(self, connection: Connection, submission: str) -> None:
        """The penalty for being late, by the plugin that the course's configuration names."""
        table = SubmittedNotebook.__table__
        connection.execute(
            update(table).where(table.c.assignment_id == submission).values(late_submission_penalty=None)
        )
        if not self._has_deadline:
            return
        with Session(connection, join_transaction_mode="rollback_only") as session:
            handed_in = session.get(SubmittedAssignment, submission)
            if handed_in.total_seconds_late > 0:
                for page in handed_in.notebooks:
                    penalty = self._late.plugin_inst.late_submission_penalty(
                        handed_in.student_id, page.score, handed_in.total_seconds_late
                    )
                    if penalty is not None:
                        page.late_submission_penalty = self._late._check_late_penalty(page, penalty)
                session.commit()

    def _prepare(self) -> None:
        """The assignment in the gradebook, as `nbgrader generate_assignment` enters it, if it is not there."""
        self._book.update_or_create_assignment(self.assigned.name)
        row = self._book.find_assignment(self.assigned.name)
        known = {notebook.name: notebook for notebook in row.notebooks}
        for notebook in self.assigned.notebooks:
            had, wanted = known.get(notebook.name), _points(notebook.book)
            if not had or not had.submissions:
                if not had or _listed(had) != _wanted(notebook.book):  # new, or cut short by the end of a grader
                    names = {"assignment": self.assigned.name, "notebook": notebook.name}
                    resources = {"nbgrader": {**names, "db_url": self.folders.db_url}}
                    SaveCells().preprocess(nbformat.from_dict(notebook.book), resources)
                continue
            worth = {cell.name: cell.max_score for cell in had.grade_cells}
            if worth.keys() != wanted.keys():
                raise ValueError(say("grade.error.cells", notebook=notebook.name, name=self.assigned.name))
            for name in wanted if worth != wanted else ():
                place = name, notebook.name, self.assigned.name
                self._book.update_or_create_grade_cell(*place, max_score=wanted[name])
        strangers = known.keys() - {notebook.name for notebook in self.assigned.notebooks}
        if strangers:
            raise ValueError(
                say("grade.error.strangers", notebooks=Listed(sorted(strangers), "comma"), name=self.assigned.name)
            )
        self._book.db.remove()  # and look afresh
        row = self._book.find_assignment(self.assigned.name)
        self._assignment, self._has_deadline = row.id, row.duedate is not None
        self._rows = {
            notebook.name: _Rows(
                notebook.id,
                {cell.name: cell.id for cell in (*notebook.grade_cells, *notebook.task_cells)},
                {cell.name: cell.id for cell in (*notebook.solution_cells, *notebook.task_cells)},
            )
            for notebook in row.notebooks
        }
        self._book.db.remove()


def _points(book: NotebookNode) -> dict[str, float]:
    """What each graded cell of the release is worth."""
    return {cell_name(cell): float(cell.metadata.nbgrader.points) for cell in book.cells if is_grade(cell)}


def _wanted(book: NotebookNode) -> tuple:
    """What the gradebook should know of a released notebook."""
    kept = [{cell_name(cell) for cell in book.cells if has(cell)} for has in (is_solution, is_task, cell_name)]
    return _points(book), *kept


def _listed(notebook: Notebook) -> tuple:
    """What it knows."""
    kept = [{cell.name for cell in cells} for cells in (notebook.solution_cells, notebook.task_cells)]
    worth = {cell.name: cell.max_score for cell in notebook.grade_cells}
    return worth, *kept, {cell.name for cell in notebook.source_cells}


class _Rows(NamedTuple):
    """A notebook's row, and by name the rows of the cells that have grades and comments."""

    id: str
    grades: dict[str, str]
    comments: dict[str, str]


def _change(table: Table, **values) -> Update:
    here = table.c.cell_id == bindparam("cell"), table.c.notebook_id == bindparam("page")
    return update(table).where(*here).values(**values)


_NEW = bindparam("new")
_GRADE = _change(
    Grade.__table__,
    auto_score=_NEW,
    # Also where a person has given a score, which is kept: is it still right?
    needs_manual_grade=or_(Grade.__table__.c.manual_score.is_not(None), _NEW.is_(None)),
)
_COMMENT = _change(Comment.__table__, auto_comment=_NEW)


def _row(connection: Connection, kind: type, key: dict[str, str]) -> tuple[str, bool]:
    """The id of the row with these foreign keys, and whether it was made just now."""
    table = kind.__table__
    found = connection.scalar(select(table.c.id).where(*(table.c[name] == value for name, value in key.items())))
    if found is not None:
        return found, False
    made = new_uuid()
    connection.execute(insert(table).values(id=made, **key))
    return made, True


def _by_hand(cell: NotebookNode) -> float | None:
    """0 for an answer that was not written; None, for a person to read, for all else that we have no score of."""
    return determine_grade(cell)[0] if is_solution(cell) else None


def _comment(cell: NotebookNode) -> str | None:
    untouched = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
    return "No response." if untouched and not is_task(cell) else None


def staging_folder(folders: CourseDirectory) -> Path:
    """Where a run keeps its lock and what it is about to put in place: inside `autograded/`, on one disk."""
    return Path(folders.root) / folders.autograded_directory / _STAGING


def _create(folders: CourseDirectory) -> None:
    """A gradebook, if there is none: whole or not at all."""
    path = Path(folders.db_url.removeprefix("sqlite:///"))
    if not folders.db_url.startswith("sqlite:///") or path.exists():
        return
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    # nbgrader asks alembic's command for the version, which stands beside Python's.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    Gradebook(f"sqlite:///{new}", folders.course_id).close()
    new.rename(path)


def _patient(connection, _) -> None:
    """Readers do not wait for the grader, nor the grader for long for anybody else."""
    for pragma in (f"busy_timeout={_PATIENCE}", "journal_mode=WAL", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}").close()
