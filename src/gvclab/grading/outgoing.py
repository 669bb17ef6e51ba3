"""A page of feedback, looked through before it goes out: what it tells that its student does not have by right.

A submission that our grader graded shows what its cells printed before any hidden input came near, and our
verdicts; both are the student's own. One that `nbgrader autograde` ran was in the same process as keys and
hidden inputs: of its outputs nothing is taken for granted, except that a number it prints may equal a key,
as a right answer does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from nbformat import NotebookNode

from gvclab.content import text as say
from gvclab.exercises import Verdict, bank
from gvclab.exercises.rendering import label_of, message_of
from gvclab.exercises.variants import Identity

from . import leaks
from . import record as records
from .personal import salts


class Withheld(Exception):
    """A page that tells too much; nbgrader logs it, writes no page for this student and goes on."""


def demand_clean(page: str, book: NotebookNode, about: dict, folder: Path) -> None:
    """Let `page` go out, or raise `Withheld`, naming what it tells and where.

    `book`: the graded notebook with the instructor's comments, in `folder`, the student's of this assignment;
    `about`: nbgrader's resources, which name student, assignment and gradebook.
    """
    student, root = about["student"], folder.resolve().parents[2]
    secret = _secrets(about["assignment"])
    known = [os.environ.get("GVCLAB_SALT", ""), *(path.read_text("ascii", "replace").strip() for path in salts(root))]
    record = folder / records.FILE
    said, names = list(_said(record)), ()
    if not record.is_file():
        said, names = list(_hints(about["assignment"])), _others(about["db_url"], student)
    own = [*_written(book, outputs=record.is_file()), *said]
    people = [Identity(student, salt) for salt in known]
    secret = leaks.of_class(secret, _items(about["assignment"]), people, known, names)
    secret = secret if record.is_file() else replace(secret, values={})
    found = leaks.scan_feedback(f"{about['notebook']}.html", page, secret, student, own)
    if found:
        listed = "\n".join(f"  {one}" for one in found)
        raise Withheld(say("grading.withheld", student=student, notebook=about["notebook"], listed=listed))


@cache
def _items(assignment: str) -> tuple[bank.Item, ...]:
    part = assignment.removeprefix("section-")
    return tuple(item for section in bank.sections() if section.startswith(part) for item in bank.load(section))


@cache
def _secrets(assignment: str) -> leaks.Secrets:
    return leaks.secrets(_items(assignment), leaks.public())


def _written(book: NotebookNode, outputs: bool) -> Iterator[str]:
    """What the student wrote, with `outputs` what it printed, and what the instructor wrote beside it."""
    for cell in book.cells:
        grading = cell.metadata.get("nbgrader", {})
        yield grading.get("comment") or ""
        if not grading.get("locked"):
            yield cell.source
            if outputs:
                yield from (output.text for output in cell.get("outputs", []) if output.output_type == "stream")


def _said(path: Path) -> Iterator[str]:
    """What our verdicts say, from the record beside the graded submission."""
    if path.is_file():
        for name, kept in records.read(path.read_text(encoding="utf-8")).items.items():
            yield from _words(bank.item(name), kept.verdict)


def _words(item: bank.Item, verdict: Verdict) -> Iterator[str]:
    yield message_of(item, verdict)
    for part, each in verdict.parts:
        yield label_of(item, part)
        yield from _words(item, each)


def _hints(assignment: str) -> Iterator[str]:
    for item in _items(assignment):
        yield from leaks.hints(item)


def _others(gradebook: str, student: str) -> set[str]:
    """The other students, by id and by name, as far as these are no words of the page anyway."""
    import nbgrader
    from nbgrader.api import Gradebook

    with Gradebook(gradebook) as book:
        people = [(one.id, f"{one.first_name or ''} {one.last_name or ''}".strip()) for one in book.students]
    names = {name for person in people if person[0] != student for name in person if name}
    templates = Path(nbgrader.__file__).parent.glob("server_extensions/formgrader/templates/**/*.*")
    return leaks.unusual(names, (path.read_text(encoding="utf-8") for path in templates))
