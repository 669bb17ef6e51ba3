"""An assignment; and a gradebook and the grader's records of a made-up class, by nbgrader's own API."""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

import pytest

from gvclab.build.exercise import grade_id
from gvclab.content import Message
from gvclab.exercises import Verdict, bank
from gvclab.exercises.ladder import verdict
from gvclab.exercises.rendering import of_item
from gvclab.grading import intake
from gvclab.grading.record import FILE, ItemRecord, Record, SheetRecord, written

ASSIGNMENT, NOTEBOOK = "section-2", "2.3a-suppliers"
NOTEBOOKS = {  # both parts of section 2.3: what types of items there are, they have together
    name: {item.id: item for item in bank.load(name.partition("-")[0]).used("exercise")}
    for name in (NOTEBOOK, "2.3b-fear")
}
ITEMS = {name: item for items in NOTEBOOKS.values() for name, item in items.items()}
ESSAY = next(item.id for item in ITEMS.values() if item.type == "essay")


class Classroom:
    """A course's folder. `submit` enters a submission as `gvclab grade` does, `enrol` a student."""

    def __init__(self, root: Path):
        from nbgrader.api import Gradebook

        self.root = root
        self.gradebook = root / "gradebook.db"
        self._book = Gradebook(f"sqlite:///{self.gradebook}")

    def close(self) -> None:
        self._book.close()

    def enrol(self, student: str, **who: str) -> None:
        self._book.update_or_create_student(student, **who)

    def add_cell(self, notebook: str, cell: str, points: float) -> None:
        """A graded cell, in a notebook of its own, that is no item of the course."""
        self._book.add_notebook(notebook, ASSIGNMENT)
        self._book.add_grade_cell(cell, notebook, ASSIGNMENT, max_score=points, cell_type="code")

    def submit(
        self,
        student: str,
        verdicts: Mapping[str, Verdict] = MappingProxyType({}),
        *,
        essay: float | None = None,
        notes: tuple[Message, ...] = (),
        reason: Message | None = None,
        penalty: float | None = None,
        sidecar: bool = True,
        **who: str,
    ) -> None:
        """Verdicts by item; the other items are right."""
        judged = {name: verdicts.get(name, verdict("right")) for name in ITEMS if name != ESSAY}
        scores = {name: ITEMS[name].points * one.score for name, one in judged.items()}
        self._enter(student, scores, essay, penalty, who)
        if sidecar:
            sheets = {
                notebook: SheetRecord(
                    {
                        name: ItemRecord(grade_id(name, "check"), scores[name], items[name].points, one)
                        for name, one in judged.items()
                        if name in items
                    },
                    notes if notebook == NOTEBOOK else (),
                    reason,
                )
                for notebook, items in NOTEBOOKS.items()
            }
            self.record(student, written(Record(student, "", "", None, sheets)))

    def _enter(self, student: str, scores: dict[str, float], essay: float | None, penalty: float | None, who: dict):
        by_cell = {grade_id(ESSAY): essay} | {grade_id(name, "check"): score for name, score in scores.items()}
        self.enrol(student, **who)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SQLAlchemy's, at nbgrader
            submission = self._book.update_or_create_submission(ASSIGNMENT, student)
        for notebook in (one for one in submission.notebooks if one.name in NOTEBOOKS):
            notebook.late_submission_penalty = penalty if notebook.name == NOTEBOOK else None
            for grade in notebook.grades:
                grade.auto_score = by_cell[grade.name]
                grade.needs_manual_grade = by_cell[grade.name] is None
        self._book.db.commit()

    def record(self, student: str, text: str) -> None:
        """Write the grader's record of a submission."""
        folder = self.root / "autograded" / student / ASSIGNMENT
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def assigned(root, tmp_path_factory) -> intake.Assignment:
    """An assignment of one notebook."""
    folder = tmp_path_factory.mktemp("release")
    shutil.copy(root / f"exercises/{ASSIGNMENT}/{NOTEBOOK}.ipynb", folder)
    return intake.assignment(ASSIGNMENT, folder)


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
        for notebook, items in NOTEBOOKS.items():
            book.add_notebook(notebook, ASSIGNMENT)
            for name, item in items.items():
                cell = grade_id(name) if name == ESSAY else grade_id(name, "check")
                kind = "markdown" if name == ESSAY else "code"
                book.add_grade_cell(cell, notebook, ASSIGNMENT, max_score=item.points, cell_type=kind)
    return root


@pytest.fixture
def classroom(empty_course, tmp_path) -> Iterator[Classroom]:
    shutil.copy(empty_course / "gradebook.db", tmp_path)
    with closing(Classroom(tmp_path)) as room:
        yield room


@pytest.fixture
def course() -> SimpleNamespace:
    """What the made-up class has: its assignment, its items, and hints of items by the id of the mistake."""
    item = next(item for item in ITEMS.values() if any(part.wrong for part in item.parts))
    part = next(part for part in item.parts if part.wrong)
    choice = next(item for item in ITEMS.values() if item.type == "choice")
    option = next(option for option in choice.options if option.hint)
    code = next(item for item in ITEMS.values() if item.type == "code")
    return SimpleNamespace(
        assignment=ASSIGNMENT,
        notebook=NOTEBOOK,
        notebooks=NOTEBOOKS,
        items=ITEMS,
        judged=[name for name in ITEMS if name != ESSAY],
        essay=ESSAY,
        number=item.id,
        part=part.name,
        other=next(other.name for other in item.parts if other is not part),
        hint=of_item(item, f"parts.{part.name}.wrong.{part.wrong[0].id}"),
        choice=choice.id,
        option=of_item(choice, f"options.{option.id}.hint"),
        code=code.id,
        properties=list(code.properties),
        points=sum(item.points for item in ITEMS.values()),
    )


@pytest.fixture
def command() -> Callable[..., int]:
    """Run `gvclab report …` or `gvclab export …`; a problem is raised as it comes."""
    from gvclab.grading import report_cli

    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    report_cli.add_report(commands)
    report_cli.add_export(commands)

    def run(*words: object) -> int:
        options = parser.parse_args([str(word) for word in words])
        return options.run(options)

    return run
