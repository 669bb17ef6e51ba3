"""A page of feedback goes out only when it tells nothing that its student must not see."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from gvclab.exercises import bank
from gvclab.exercises.keys import namespace
from gvclab.exercises.variants import Identity, numbers
from gvclab.grading import leaks
from gvclab.grading.feedback import FeedbackExporter
from gvclab.grading.outgoing import Withheld, demand_clean
from gvclab.grading.record import FILE
from gvclab.grading.run import Plan, run

ASSIGNMENT, NOTEBOOK, SALT = "section-2", "2.3a-suppliers", "5a" * 32
ITEMS = {item.id: item for item in bank.load("2.3a").used("exercise")}
STUDENTS = ("ada", "half", "blank", "printer", "torn")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def classroom(tmp_path_factory, root, sandbox) -> Path:
    """A graded class with numbers of its own."""
    folder = tmp_path_factory.mktemp("class")
    shutil.copy(root / "nbgrader_config.py", folder)
    (folder / ".gvclab").mkdir()
    (folder / ".gvclab/trade.salt").write_text(SALT, encoding="ascii")
    (folder / "release" / ASSIGNMENT).mkdir(parents=True)
    released = (root / "exercises" / ASSIGNMENT / f"{NOTEBOOK}.ipynb").read_text(encoding="utf-8")
    (folder / f"release/{ASSIGNMENT}/{NOTEBOOK}.ipynb").write_text(released, encoding="utf-8")
    for student in STUDENTS:
        place = folder / "submitted" / student / ASSIGNMENT
        place.mkdir(parents=True)
        book = json.loads(released)
        for cell in book["cells"]:
            item = next((one for one in ITEMS.values() if cell["id"] == one.id.replace(".", "-")), None)
            if item and item.type != "essay" and student != "blank":
                wrong = student == "half" and item.type == "num"
                cell["source"] = item.solution + (f"\n{item.answer} = (0.5, *{item.answer}[1:])" if wrong else "")
                cell["source"] += f"\nprint({item.answer})" if student == "printer" else ""
        told = "torn" if student == "torn" else json.dumps(book)
        (place / f"{NOTEBOOK}.ipynb").write_text(told, encoding="utf-8")
    assert run(Plan(folder, ASSIGNMENT)).ok
    return folder


def autograded(folder: Path, student: str) -> Path:
    return folder / "autograded" / student / ASSIGNMENT


def test_every_honest_page_goes_out_and_a_planted_leak_costs_one_page(classroom):
    """By nbgrader's own command, hints and what was printed included."""
    path = autograded(classroom, "blank") / f"{NOTEBOOK}.ipynb"
    book = nbformat.read(path, as_version=4)
    whole = nbformat.writes(book)
    leak = max(leaks.of_class(leaks.Secrets(), [ITEMS["2.3-4"]]).inputs, key=len)  # a number alone is no leak
    book.cells[-1].source = f"I was called with {leak}"
    book.cells[-1].metadata = {"nbgrader": {**book.cells[-1].metadata["nbgrader"], "locked": True}}
    nbformat.write(book, path)
    command = [sys.executable, "-m", "nbgrader", "generate_feedback", ASSIGNMENT]
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(command, cwd=classroom, env=os.environ | {"PATH": paths}, capture_output=True, text=True)
    path.write_text(whole, encoding="utf-8")
    assert done.returncode
    assert "No feedback page for blank" in done.stderr and "a hidden input of 2.3-4" in done.stderr
    pages = {page.parents[1].name for page in (classroom / "feedback").rglob("*.html")}
    assert pages == set(STUDENTS) - {"blank"}
    assert "is only approximate" not in (classroom / f"feedback/ada/{ASSIGNMENT}/{NOTEBOOK}.html").read_text("utf-8")


def looked_through(classroom: Path, student: str, page: str, comment: str = "", graded_by_us: bool = True) -> None:
    folder = autograded(classroom, student)
    book = nbformat.read(folder / f"{NOTEBOOK}.ipynb", as_version=4)
    book.cells[-1].metadata["nbgrader"]["comment"] = comment
    about = {"student": student, "assignment": ASSIGNMENT, "notebook": NOTEBOOK}
    about["db_url"] = f"sqlite:///{classroom}/gradebook.db"
    hidden = folder / "elsewhere.json"
    if not graded_by_us:
        (folder / FILE).rename(hidden)
    try:
        demand_clean(page, book, about, folder)
    finally:
        if not graded_by_us:
            hidden.rename(folder / FILE)


ITEM = ITEMS["2.3-1"]
KEY = namespace(ITEM, numbers(ITEM, Identity("blank", SALT)))[ITEM.answer]


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (f"<p>It is {KEY[1]!r}.</p>", "the key of 2.3-1"),
        (f"<p>{ITEM.parts[0].wrong[0].hint}</p>", "a hint or model answer of 2.3-1"),
        (f"<pre>{ITEMS['2.3-3'].solution}</pre>", "a line of the solution of 2.3-3"),
        (f"<p>{SALT}</p>", "the salt of the course"),
    ],
    ids=["key", "hint", "solution", "salt"],
)
def test_a_leak_is_named(told, kind, classroom):
    with pytest.raises(Withheld, match=kind):
        looked_through(classroom, "blank", f"<html>{told}</html>")


def test_what_the_instructor_writes_may_be_said(classroom):
    comment = f"You forgot the second part, {KEY[1]!r}."
    looked_through(classroom, "blank", f"<html><p>{comment}</p></html>", comment)


def test_where_the_students_process_held_the_keys_its_output_is_not_believed(classroom):
    leak = max(leaks.of_class(leaks.Secrets(), [ITEMS["2.3-4"]]).inputs, key=len)  # a number alone is no leak
    looked_through(classroom, "ada", f"<pre>{KEY[1]!r}</pre>", graded_by_us=False)  # as a right answer prints it
    for told, kind in ((leak, "a hidden input"), ("printer was here", "another student"), (SALT, "the salt")):
        with pytest.raises(Withheld, match=kind):
            looked_through(classroom, "ada", f"<pre>{told}</pre>", graded_by_us=False)


def test_an_instructor_can_let_it_go_out(classroom):
    """The message names the switch, which is the exporter's."""
    with pytest.raises(Withheld, match=r"FeedbackExporter\.look_through=False"):
        looked_through(classroom, "blank", f"<p>{SALT}</p>")
    assert FeedbackExporter(look_through=False).look_through is False
