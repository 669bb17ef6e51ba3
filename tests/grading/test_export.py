"""The files that Canvas and Moodle import: their columns, nbgrader's points, nothing that a spreadsheet runs."""

from __future__ import annotations

import csv
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gvclab.exercises.ladder import verdict
from gvclab.grading import export, results
from gvclab.grading.record import quoted

quick = settings(max_examples=60, deadline=None, derandomize=True)
RUNS = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")


def load(classroom, course):
    return results.load(classroom.root, course.assignment)


def records(sheet) -> list[dict]:
    head, *rows = sheet.rows
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.fixture
def full(classroom, course):
    """One with everything, one late with an unread essay, one who handed in nothing."""
    who = {"first_name": "Ada", "last_name": "Byron", "email": "Ada.B@uni.example", "lms_user_id": "4711"}
    classroom.submit("ada", essay=7.125, **who)
    classroom.submit(
        "bob", {course.number: verdict("partial", score=0.5)}, penalty=2, email="bob@uni.example", lms_user_id="n-12"
    )
    classroom.enrol("cyd", first_name="Cyd", last_name="Zhou", email="cyd@uni.example")
    return classroom


def test_canvas(full, course):
    sheet = export.canvas(load(full, course), "Section 2 (99)")
    title = "Section 2 (99)"
    assert sheet.rows[0] == ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", title)
    possible, ada, bob, cyd = records(sheet)
    assert possible["Student"].strip() == "Points Possible"
    assert possible[title] == f"{course.points:g}"
    assert (ada["Student"], ada["ID"], ada["SIS User ID"], ada["SIS Login ID"]) == (
        "Byron, Ada",
        "4711",
        "",
        "ada",
    )
    assert (bob["Student"], bob["ID"], bob["SIS User ID"]) == ("bob", "", "n-12")
    essay, number = course.items[course.essay].points, course.items[course.number].points
    assert ada[title] == f"{course.points - essay + 7.125:.2f}"
    assert bob[title] == f"{course.points - essay - number / 2 - 2:g}"
    assert cyd[title] == "0"


def test_moodle(full, course):
    sheet = export.moodle(load(full, course))
    ada, bob, cyd = records(sheet)
    head = ("First name", "Last name", "Username", "ID number", "Email address")
    assert sheet.rows[0] == (*head, "section-2 (Real)", "section-2 (Feedback)")
    assert tuple(ada[name] for name in head) == ("Ada", "Byron", "ada", "4711", "Ada.B@uni.example")
    points = course.items[course.number].points
    assert f"{course.number}: {points / 2:g} of {points:g}" in bob["section-2 (Feedback)"]
    assert f"{course.essay}: not graded yet; Late: −2 points" in bob["section-2 (Feedback)"]
    assert cyd["section-2 (Feedback)"] == "Nothing was handed in"
    assert "'Email address'" in sheet.next and f"{course.points:g} points" in sheet.next


def test_moodle_gets_no_row_that_it_cannot_place(full, course):
    # It would abort the import, or give the grade to the student above.
    full.enrol("dan", email="")
    full.enrol("eve", email="bob@uni.example")
    sheet = export.moodle(load(full, course))
    assert [row["Username"] for row in records(sheet)] == ["ada", "cyd"]
    told = "\n".join(sheet.warnings)
    assert "Moodle could not tell who they are (1): dan" in told and "--email" in told
    assert "share their Email address" in told and "bob, eve" in told


def test_canvas_gets_no_number_twice(full, course):
    full.enrol("dan", lms_user_id="4711")
    sheet = export.canvas(load(full, course))
    assert [row["SIS Login ID"] for row in records(sheet)[1:]] == ["bob", "cyd"]
    assert "share their ID" in "\n".join(sheet.warnings)


def test_moodle_by_another_field(full, course):
    assert len(records(export.moodle(load(full, course), by="username"))) == 3
    assert [row["ID number"] for row in records(export.moodle(load(full, course), by="idnumber"))] == [
        "4711",
        "n-12",
    ]


def test_what_is_to_be_known_before_importing(full, course):
    told = "\n".join(export.canvas(load(full, course)).warnings)
    assert "still to read: 1" in told and "Handed in nothing, and get 0: 1" in told and "Late: 1" in told
    assert "Without a name in the gradebook (1): bob" in told


def test_only_those_who_handed_in(full, course):
    assert len(records(export.moodle(load(full, course), submitted_only=True))) == 2


@pytest.mark.parametrize("make", [export.canvas, export.moodle])
def test_nobody_handed_in(make, classroom, course):
    classroom.enrol("ada", email="ada@uni.example")
    assert "ada" not in str(make(load(classroom, course), submitted_only=True).rows)


def test_a_table_of_every_item(full, course):
    rows = records(export.table(load(full, course)))
    assert len(rows) == 2 * len(course.items)
    row = next(r for r in rows if r["student"] == "bob" and r["item"] == course.number)
    assert (row["score"], row["status"]) == (course.items[course.number].points / 2, "partial")
    assert row["late_penalty"] == 2
    assert next(r for r in rows if r["student"] == "bob" and r["item"] == course.essay)["score"] == ""


def test_nobody_to_export(classroom, course):
    with pytest.raises(ValueError, match="nbgrader db student import"):
        export.canvas(load(classroom, course))


FORMULA = '=HYPERLINK("http://evil.example","x")'


@pytest.mark.parametrize("evil", [FORMULA, "+1", "-1+1|cmd", "@SUM(A1)", "\t=1", "＝1", "x;=1+1"])
def test_no_cell_is_run(evil, classroom, course):
    verdicts = {course.choice: verdict("wrong", quoted(evil))}
    classroom.submit("ada", verdicts, first_name=evil, last_name=evil, email=evil, lms_user_id=evil)
    classroom.submit("+bob", first_name="Bob", last_name="B", email="bob@uni.example")
    found = load(classroom, course)
    for sheet in (export.canvas(found, evil), export.moodle(found, evil), export.table(found)):
        cells = {cell for row in sheet.rows for cell in row if isinstance(cell, str)}
        risky = {cell for cell in cells if RUNS.match(cell) or re.search(r";\s*=", cell)}
        # A plain "+bob" must stay as it is, or nobody would find him; there is nothing in it to run.
        assert risky <= {"+bob", "+1"}


@quick
@given(st.text())
def test_text_stays_itself_but_for_apostrophes(words):
    said = export.text(words)
    assert not RUNS.match(said)
    assert said.replace("'", "") == " ".join(words.split()).replace("'", "")


@quick
@given(st.text())
def test_an_identifier_is_unchanged_or_absent(words):
    assert export.identifier(words) in ("", words.strip())


@pytest.mark.parametrize("name", ["ada", "o'brien@uni.example", "x.y+z@uni.example", "-dash", "@handle"])
def test_ordinary_identifiers_stay(name):
    assert export.identifier(name) == name


def test_a_name_with_everything_comes_back_as_it_was(classroom, course, tmp_path):
    classroom.submit("ada", first_name='Ada "the, Great"; 伟', last_name="d'Äöü", email="ada@uni.example")
    path = tmp_path / "deep" / "grades.csv"
    export.write(export.moodle(load(classroom, course)), path)
    data = path.read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    row = next(csv.DictReader(data.decode("utf-8").splitlines()))
    assert (row["First name"], row["Last name"]) == ('Ada "the, Great"; 伟', "d'Äöü")


@pytest.mark.parametrize("system", ["canvas", "moodle", "csv"])
def test_the_command(system, full, course, command, capsys):
    words = ["export", course.assignment, "--to", system, "--course-dir", full.root]
    assert command(*words) == 0
    path = full.root / "exports" / f"{course.assignment}-{system}.csv"
    said = capsys.readouterr()
    assert str(path) in said.out
    assert "formgrader" in said.err
    assert command(*words, "--bom", "--out", full.root / "excel.csv") == 0
    assert (full.root / "excel.csv").read_bytes() == b"\xef\xbb\xbf" + path.read_bytes()


def test_a_title_of_the_systems_own(full, course, command):
    words = ["export", course.assignment, "--to", "canvas", "--title", "Section 2 (4711)"]
    assert command(*words, "--course-dir", full.root, "--submitted-only") == 0
    (path,) = (full.root / "exports").iterdir()
    head, *rows = csv.reader(path.read_text(encoding="utf-8").splitlines())
    assert head[-1] == "Section 2 (4711)"
    assert len(rows) == 3
