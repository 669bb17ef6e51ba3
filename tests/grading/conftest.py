"""A gradebook and the grader's records of a made-up class, by nbgrader's own API."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from gvclab.build.exercise import grade_id
from gvclab.exercises import bank

ASSIGNMENT, NOTEBOOK = "section-2", "2.3-diversification"
ITEMS = {item.id: item for item in bank.load("2.3").used("exercise")}
ESSAY = next(item.id for item in ITEMS.values() if item.type == "essay")


@dataclass
class Classroom:
    """A course's folder. `submit` enters a submission as `gvclab grade` does, `enrol` a student."""

    root: Path

    @property
    def gradebook(self) -> Path:
        return self.root / "gradebook.db"

    def enrol(self, student: str, **who: str) -> None:
        with self._open() as book:
            book.update_or_create_student(student, **who)

    def submit(
        self,
        student: str,
        verdicts: dict[str, tuple],
        *,
        essay: float | None = None,
        notes: tuple[str, ...] = (),
        reason: str = "",
        penalty: float | None = None,
        sidecar: bool = True,
        **who: str,
    ) -> None:
        """Verdicts by item: (share of points, status, message, parts); the others are right."""
        told = {name: verdicts.get(name, (1.0, "right", "Right.")) for name in ITEMS if name != ESSAY}
        cells = {
            grade_id(name, "check"): round(ITEMS[name].points * told[name][0], 4) for name in told
        } | {grade_id(ESSAY): essay}
        with self._open() as book:
            book.update_or_create_student(student, **who)
            submission = book.update_or_create_submission(ASSIGNMENT, student)
            (notebook,) = submission.notebooks
            notebook.late_submission_penalty = penalty
            for grade in notebook.grades:
                grade.auto_score = cells[grade.name]
                grade.needs_manual_grade = cells[grade.name] is None
            book.db.commit()
        if sidecar:
            items = {
                name: {
                    "cell": grade_id(name, "check"),
                    "score": cells[grade_id(name, "check")],
                    "points": ITEMS[name].points,
                    **verdict(*entry[1:]),
                }
                for name, entry in told.items()
            }
            sheet = {"reason": reason, "notes": list(notes), "items": items}
            self.record(student, {"notes": [], "notebooks": {NOTEBOOK: sheet}})

    def record(self, student: str, record: object) -> None:
        folder = self.root / "autograded" / student / ASSIGNMENT
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "gvclab-grade.json").write_text(json.dumps(record), encoding="utf-8")

    def _open(self):
        from nbgrader.api import Gradebook

        return Gradebook(f"sqlite:///{self.gradebook}")


def verdict(status: str, message: str = "", parts: tuple = ()) -> dict:
    """A verdict as the grader records it; parts are (label, status, message)."""
    told = [{"label": label, "status": s, "message": m} for label, s, m in parts]
    return {"status": status, "message": message, **({"parts": told} if told else {})}


@pytest.fixture(scope="session")
def empty_course(tmp_path_factory) -> Path:
    """A course with the assignment in its gradebook, and nobody in it."""
    from nbgrader.api import Gradebook

    root = tmp_path_factory.mktemp("course")
    # For a file without tables nbgrader starts alembic, which takes seconds, to ask for its version.
    with closing(sqlite3.connect(root / "gradebook.db")) as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        book.add_assignment(ASSIGNMENT)
        book.add_assignment("another")
        book.add_notebook(NOTEBOOK, ASSIGNMENT)
        for name, item in ITEMS.items():
            cell = grade_id(name) if name == ESSAY else grade_id(name, "check")
            kind = "markdown" if name == ESSAY else "code"
            book.add_grade_cell(cell, NOTEBOOK, ASSIGNMENT, max_score=item.points, cell_type=kind)
    return root


@pytest.fixture
def classroom(empty_course, tmp_path) -> Classroom:
    shutil.copy(empty_course / "gradebook.db", tmp_path)
    return Classroom(tmp_path)


@pytest.fixture(scope="session")
def item_hint():
    """(item, part label, hint) of a number with a known wrong value."""
    item = next(i for i in ITEMS.values() if any(part.wrong for part in i.parts))
    part = next(part for part in item.parts if part.wrong)
    return item.id, part.label, part.wrong[0].hint
