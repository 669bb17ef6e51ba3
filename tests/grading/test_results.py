"""The tables are what the gradebook and the grader's records say, and reading them changes nothing."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing

import numpy as np
import pytest

from gvclab import content
from gvclab.build.exercise import grade_id
from gvclab.content import Listed, Message
from gvclab.exercises.checkers_code import FAILS
from gvclab.exercises.ladder import saying, together, verdict
from gvclab.exercises.rendering import message_of
from gvclab.grading import results
from gvclab.grading.record import identified, identity

DAMAGED = Message("grade.refused.json")
HALF = verdict("partial", score=0.5)


def load(classroom, course):
    return results.load(classroom.root, course.assignment)


def hints(classroom, course, name) -> tuple[results.Hint, ...]:
    (found,) = load(classroom, course).marks.query("item == @name")["hints"]
    return found


def test_points_status_and_hints(classroom, course):
    parts = [(course.part, verdict("misconception", course.hint)), (course.other, verdict("right"))]
    verdicts = {course.number: together(parts)}
    classroom.submit("ada", verdicts, essay=3, first_name="Ada", last_name="Byron", email="ada@uni.example")
    found = load(classroom, course)
    marks = found.marks.set_index("item")
    assert list(found.items.index) == list(course.items)
    assert marks.at[course.number, "score"] == course.items[course.number].points / 2
    assert marks.at[course.number, "verdict"] == verdicts[course.number]
    assert marks.at[course.number, "hints"] == (results.Hint(course.part, identity(course.hint)),)
    assert marks.at[course.choice, "status"] == "right"
    assert marks.at[course.essay, "score"] == 3
    assert found.points == course.points
    ada = found.students.loc["ada"]
    assert (ada["first_name"], ada["email"], ada["lms_user_id"]) == ("Ada", "ada@uni.example", "")
    assert ada["score"] == marks["score"].sum()


def test_a_hint_is_never_the_students_own_words(classroom, course):
    stranger = saying("graph.stranger", got="my name is Bob")
    classroom.submit("ada", {course.choice: verdict("misconception", course.option, stranger)})
    assert hints(classroom, course, course.choice) == (results.Hint("", identity(course.option)),)


def test_a_property_that_a_function_has_not_is_a_hint_by_its_name(classroom, course):
    first, second = course.properties[:2]
    raised = saying("code.raised", kind="Bob", words="words")
    classroom.submit("ada", {course.code: together([(first, verdict("wrong", raised)), (second, verdict("right"))])})
    (hint,) = hints(classroom, course, course.code)
    assert hint == results.Hint(first, identity(FAILS))
    assert course.items[course.code].properties[first] in results.hint_words(course.code, hint)


@pytest.mark.parametrize("name", ["slow", "waited", "recursion"])
def test_a_function_that_gives_nothing_to_judge_lacks_no_property(name, classroom, course):
    parts = [(each, verdict("wrong", saying(f"code.{name}", seconds=2))) for each in course.properties[:2]]
    classroom.submit("ada", {course.code: together(parts)})
    (hint,) = hints(classroom, course, course.code)
    assert (hint.part, identified(hint.said).id) == ("", f"exercises.code.{name}")
    assert "2" not in hint.said


def test_penalty_is_taken_off_but_not_below_nothing(classroom, course):
    classroom.submit("ada", essay=0, penalty=3)
    classroom.submit("bob", dict.fromkeys(course.judged, verdict("wrong")), penalty=3)
    students = load(classroom, course).students
    assert students.at["ada", "score"] == students.at["ada", "raw"] - 3
    assert students.at["bob", "score"] == 0


def test_an_unread_essay_has_no_score_yet(classroom, course):
    classroom.submit("ada")
    found = load(classroom, course)
    mark = found.marks.set_index("item").loc[course.essay]
    assert np.isnan(mark["score"])
    assert mark["status"] == "manual"
    assert found.students.at["ada", "possible"] == course.points - course.items[course.essay].points


def test_an_essay_to_be_looked_at_again_keeps_its_points(classroom, course):
    classroom.submit("ada")
    with closing(sqlite3.connect(classroom.gradebook)) as book, book:
        book.execute("UPDATE grade SET manual_score = 5 WHERE needs_manual_grade")
    found = load(classroom, course)
    mark = found.marks.set_index("item").loc[course.essay]
    assert (mark["score"], mark["status"]) == (5, "manual")
    assert found.students.at["ada", "possible"] == course.points


def test_who_handed_in_nothing_is_there(classroom, course):
    classroom.submit("ada")
    classroom.enrol("bob")
    students = load(classroom, course).students
    assert list(students["submitted"]) == [True, False]
    assert students.at["bob", "score"] == 0


def test_what_could_not_be_read_says_nothing_of_the_items(classroom, course):
    lost = Message("grade.note.lost", {"ids": Listed(["2.3-1"], "comma")})
    classroom.submit("ada", dict.fromkeys(course.judged, verdict("unanswered", DAMAGED)), essay=0, reason=DAMAGED)
    classroom.submit("bob", notes=(lost,))
    found = load(classroom, course)
    assert list(found.readable) == ["bob"]
    assert list(found.matrix().index) == ["bob"]
    assert list(found.notes.itertuples(index=False, name=None)) == [("ada", DAMAGED, True), ("bob", lost, False)]


def test_without_verdicts_points_are_what_is_known(classroom, course):
    verdicts = {course.number: verdict("partial", score=0.5), course.choice: verdict("wrong")}
    classroom.submit("ada", verdicts, sidecar=False)
    found = load(classroom, course)
    statuses = found.marks.set_index("item")["status"]
    assert (statuses[course.number], statuses[course.choice], statuses[course.code]) == (
        "partial",
        "none",
        "right",
    )
    assert not found.students.at["ada", "explained"]


def test_cells_that_are_no_items_of_ours_count_too(classroom, course):
    classroom.add_cell("extra", "bonus", 2)
    classroom.submit("ada")
    found = load(classroom, course)
    assert found.items.index[-1] == "extra/bonus"
    assert found.points == course.points + 2
    assert found.marks.set_index("item").at["extra/bonus", "status"] == "manual"


def test_nobody_at_all(classroom, course):
    found = load(classroom, course)
    assert found.students.empty
    assert found.marks.empty
    assert found.matrix().shape == (0, len(course.items))


def test_reading_changes_nothing(classroom, course):
    classroom.submit("ada")
    before = hashlib.sha256(classroom.gradebook.read_bytes()).hexdigest()
    load(classroom, course)
    assert hashlib.sha256(classroom.gradebook.read_bytes()).hexdigest() == before


def test_no_gradebook_is_said_and_none_is_made(tmp_path, course):
    with pytest.raises(ValueError, match=r"there is no gradebook .*gvclab grade"):
        results.load(tmp_path, course.assignment)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_gradebook(tmp_path, course):
    (tmp_path / "gradebook.db").write_text("grades: A, B, C")
    with pytest.raises(ValueError, match="cannot be read"):
        results.load(tmp_path, course.assignment)


def test_an_unknown_assignment_names_the_known(classroom):
    with pytest.raises(ValueError, match=r"'section-9'.*another, section-2"):
        results.load(classroom.root, "section-9")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 2, "notes": [], "notebooks": {"a": {"items": {"b": 3}}}}']
)
def test_a_broken_record_names_file_and_remedy(text, classroom, course):
    classroom.submit("ada")
    classroom.record("ada", text)
    with pytest.raises(ValueError, match=r"gvclab-grade\.json is broken.*--students? ada --force"):
        load(classroom, course)


def test_hints_are_said_in_the_language_of_who_reads_them(classroom, course):
    classroom.submit("ada", {course.choice: verdict("misconception", course.option)})
    (english,) = hints(classroom, course, course.choice)
    with content.speaking("qps"):
        (other,) = hints(classroom, course, course.choice)
        said = results.hint_words(course.choice, other)
    assert other == english
    assert said != results.hint_words(course.choice, english)


# --------------------------------------------------------------------------------------- records of version 1


def of_version_1(course, *, reason: str = "") -> dict:
    """A record as version 1 wrote it: sentences, and parts by their labels."""
    half = {
        "cell": grade_id(course.number, "check"),
        "score": course.items[course.number].points / 2,
        "points": course.items[course.number].points,
        "status": "partial",
        "message": "1 of 2 parts right.",
        "parts": [
            {"label": "The first", "status": "misconception", "message": "Only approximate, as <b>Bob</b> says."},
            {"label": "The second", "status": "right", "message": "That is it."},
        ],
    }
    marks = {
        name: {"cell": grade_id(name, "check"), "score": 0, "points": 1, "status": "unanswered", "message": "No value."}
        for name in course.judged
    } | {course.number: half}
    return {
        "format": 1,
        "grader": "0123456789abcdef",
        "digest": "fe" * 32,
        "student": "ada",
        "timestamp": None,
        "notes": ["ada was not in the gradebook and is now"],
        "notebooks": {
            notebook: {
                "reason": reason,
                "notes": ["2.3-1: the answer cell was missing"] if notebook == course.notebook else [],
                "items": {name: marks[name] for name in items if name in marks},
            }
            for notebook, items in course.notebooks.items()
        },
    }


def test_a_record_of_version_1_is_read(classroom, course):
    classroom.submit("ada", dict.fromkeys(course.judged, verdict("unanswered")) | {course.number: HALF}, essay=3)
    classroom.submit("bob", {course.choice: verdict("misconception", course.option)})
    classroom.record("ada", json.dumps(of_version_1(course)))
    found = load(classroom, course)
    mark = found.marks.query("student == 'ada' and item == @course.number").iloc[0]
    assert (mark["status"], mark["score"]) == ("partial", course.items[course.number].points / 2)
    assert mark["verdict"].score == 0.5
    item = course.items[course.number]
    assert message_of(item, mark["verdict"]) == "1 of 2 parts right."
    assert [(part, message_of(item, one)) for part, one in mark["verdict"].parts] == [
        ("The first", "Only approximate, as <b>Bob</b> says."),
        ("The second", "That is it."),
    ]
    assert [content.render(note) for note in found.notes["note"]] == [
        "ada was not in the gradebook and is now",
        "2.3-1: the answer cell was missing",
    ]
    assert list(found.students["outdated"]) == [True, False]
    assert found.students["explained"].all() and not found.students["refused"].any()


def test_a_refusal_of_version_1_stays_one(classroom, course):
    classroom.submit("ada")
    classroom.record("ada", json.dumps(of_version_1(course, reason="the file of ada is damaged")))
    found = load(classroom, course)
    assert found.students.at["ada", "refused"] and list(found.readable) == []
    (refused,) = found.notes.query("refused")["note"]
    assert content.render(refused) == "the file of ada is damaged"


def test_a_missing_notebook_hides_no_other(classroom, course):
    classroom.add_cell("other", "quiz", 2)
    classroom.submit("ada", reason=DAMAGED)
    classroom.submit("bob")
    found = load(classroom, course)
    assert list(found.readable) == ["ada", "bob"] and list(found.complete) == ["bob"]
    assert list(found.read.query("student == 'ada'")["item"]) == ["other/quiz"]
    assert found.students.at["ada", "refused"] and not found.students.at["bob", "refused"]
