"""nbgrader's gradebook and `autograded/`, written by one process, a submission at a time.

First the folder `autograded/<student>/<assignment>/` is put in place by a rename, with the notebooks as
instructors see them and `gvclab-grade.json`, which remembers what was graded, by which grader, with which
verdicts. Then one transaction enters the scores. A submission counts as graded when both agree, so that a
grader killed at any moment leaves nothing that the next run would take for done.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Assignment as Row
from nbgrader.api import (
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveCells
from nbgrader.preprocessors.latesubmissions import AssignLatePenalties
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution
from sqlalchemy import event, text
from sqlalchemy.orm import scoped_session, sessionmaker
from traitlets.config import Config

from gvclab.content import text as say

from .intake import Assignment, cell_name

SIDECAR = "gvclab-grade.json"
_STAGING = ".gvclab"


@dataclass(frozen=True)
class Entry:
    """What is entered for a submission: per notebook the student's page, its copy to show, and its record."""

    student: str
    pages: dict[str, NotebookNode]
    copies: dict[str, NotebookNode]
    scores: dict[str, dict[str, float]]  # notebook -> grade id of a check -> points
    record: dict
    timestamp: datetime | None


class Ledger:
    """The course's gradebook and `autograded/`, open for writing."""

    def __init__(self, folders: CourseDirectory, config: Config, assigned: Assignment):
        self.folders, self.assigned = folders, assigned
        self._late = AssignLatePenalties(config=config)
        self._late.init_plugin()
        _create(folders)
        self._book = Gradebook(folders.db_url, folders.course_id)
        if self._book.engine.dialect.name == "sqlite":
            event.listen(self._book.engine, "connect", _patient)
            self._book.engine.dispose()
        self._prepare()

    def close(self) -> None:
        """Give the gradebook back as nbgrader keeps it, in one file."""
        if self._book.engine.dialect.name == "sqlite":
            self._book.db.remove()
            with contextlib.suppress(Exception), self._book.engine.connect() as connection:
                connection.execute(text("PRAGMA journal_mode=DELETE"))
        self._book.close()

    # ------------------------------------------------------------------------------------------- what is known

    def students(self) -> set[str]:
        """Everybody in the gradebook."""
        return {row.id for row in self._book.db.query(Student.id)}

    def recorded(self) -> dict[str, dict[tuple[str, str], float | None]]:
        """The automatic scores of all submissions, by student, notebook and cell."""
        rows = (
            self._book.db.query(SubmittedAssignment.student_id, Notebook.name, GradeCell.name, Grade.auto_score)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .join(GradeCell, GradeCell.id == Grade.cell_id)
            .join(Row, Row.id == SubmittedAssignment.assignment_id)
            .filter(Row.name == self.assigned.name)
        )
        found: dict[str, dict] = {}
        for student, notebook, cell, score in rows:
            found.setdefault(student, {})[notebook, cell] = score
        self._book.db.remove()
        return found

    def place(self, student: str) -> Path:
        """The submission's folder in `autograded/`."""
        folders = self.folders
        return Path(folders.format_path(folders.autograded_directory, student, self.assigned.name))

    def record(self, student: str) -> dict:
        """What was noted beside the copies when the submission was graded; empty when it was not."""
        try:
            found = json.loads((self.place(student) / SIDECAR).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    # ------------------------------------------------------------------------------------------------- writing

    def enter(self, entry: Entry) -> None:
        """Put the copies in place, then enter the scores."""
        self._put(entry)
        with self._transaction(), self._book.db.no_autoflush:
            self._enter(entry)

    def _put(self, entry: Entry) -> None:
        place, staging = self.place(entry.student), staging_folder(self.folders)
        new, old = staging / "new", staging / "old"
        for folder in (new, old):
            shutil.rmtree(folder, ignore_errors=True)
        new.mkdir(parents=True)
        for name, copy in entry.copies.items():
            nbformat.write(copy, new / f"{name}.ipynb")
        record = json.dumps(entry.record, ensure_ascii=False, indent=1, sort_keys=True)
        (new / SIDECAR).write_text(record + "\n", encoding="utf-8")
        if entry.timestamp:
            (new / "timestamp.txt").write_text(f"{entry.timestamp:%Y-%m-%d %H:%M:%S.%f} UTC\n")
        place.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(place):
            place.rename(old)
        new.rename(place)
        shutil.rmtree(old, ignore_errors=True)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """nbgrader's own methods commit at every step; here all steps are one."""
        own = self._book.db
        with self._book.engine.begin() as connection:
            self._book.db = scoped_session(
                sessionmaker(bind=connection, join_transaction_mode="rollback_only", expire_on_commit=False)
            )
            try:
                yield
            finally:
                self._book.db.remove()
                self._book.db = own

    def _enter(self, entry: Entry) -> None:
        book, name = self._book, self.assigned.name
        book.update_or_create_student(entry.student)
        submission = book.update_or_create_submission(name, entry.student, timestamp=entry.timestamp)
        for notebook in submission.notebooks:
            page, scores = entry.pages[notebook.name], entry.scores[notebook.name]
            cells = {cell_name(cell): cell for cell in page.cells}
            for grade in notebook.grades:
                cell = cells[grade.name]
                # A test that is no item of ours nobody has run: for a person to look at.
                by_hand = determine_grade(cell)[0] if is_solution(cell) else None
                grade.auto_score = scores.get(grade.name, by_hand)
                grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
            for comment in notebook.comments:
                cell = cells[comment.name]
                untouched = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
                comment.auto_comment = "No response." if untouched else None
        book.db.flush()
        for notebook in submission.notebooks:
            notebook.late_submission_penalty = None
            if submission.total_seconds_late > 0:
                book.db.refresh(notebook)
                penalty = self._late.plugin_inst.late_submission_penalty(
                    entry.student, notebook.score, submission.total_seconds_late
                )
                if penalty is not None:
                    notebook.late_submission_penalty = self._late._check_late_penalty(notebook, penalty)
        book.db.commit()

    def _prepare(self) -> None:
        """The assignment in the gradebook, as `nbgrader generate_assignment` enters it, if it is not there."""
        self._book.update_or_create_assignment(self.assigned.name)
        row = self._book.find_assignment(self.assigned.name)
        known = {notebook.name: {cell.name for cell in notebook.grade_cells} for notebook in row.notebooks}
        for notebook in self.assigned.notebooks:
            graded = {cell_name(cell) for cell in notebook.book.cells if is_grade(cell)}
            if notebook.name in known and known[notebook.name] != graded:
                raise ValueError(say("grade.error.cells", notebook=notebook.name, name=self.assigned.name))
            if notebook.name not in known:
                names = {"assignment": self.assigned.name, "notebook": notebook.name}
                resources = {"nbgrader": {**names, "db_url": self.folders.db_url}}
                SaveCells().preprocess(nbformat.from_dict(notebook.book), resources)
        strangers = known.keys() - {notebook.name for notebook in self.assigned.notebooks}
        if strangers:
            raise ValueError(
                say("grade.error.strangers", notebooks=", ".join(sorted(strangers)), name=self.assigned.name)
            )
        self._book.db.remove()


def staging_folder(folders: CourseDirectory) -> Path:
    """Where a run keeps its lock and what it is about to put in place: inside `autograded/`, on one disk."""
    return Path(folders.root) / folders.autograded_directory / _STAGING


def _create(folders: CourseDirectory) -> None:
    """A gradebook, if there is none: whole or not at all."""
    path = Path(folders.db_url.removeprefix("sqlite:///"))
    if not folders.db_url.startswith("sqlite:///") or path.exists():
        return
    new = staging_folder(folders) / path.name
    new.unlink(missing_ok=True)
    # nbgrader asks alembic's command for the version, which stands beside Python's.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    Gradebook(f"sqlite:///{new}", folders.course_id).close()
    new.rename(path)


def _patient(connection, _) -> None:
    """Readers do not wait for the grader, nor the grader for long for anybody else."""
    for pragma in ("busy_timeout=60000", "journal_mode=WAL", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}").close()
