"""The tables are what the gradebook and the grader's records say, and reading them changes nothing."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing

import numpy as np
import pytest

from gvclab.content import text as say
from gvclab.grading import results


def load(classroom, course):
    return results.load(classroom.root, course.assignment)


def test_points_status_and_hints(classroom, course):
    parts = ((course.label, "misconception", course.hint), ("the other", "right", "Right."))
    verdicts = {course.number: (0.5, "partial", "1 of 2 parts right.", parts)}
    classroom.submit("ada", verdicts, essay=3, first_name="Ada", last_name="Byron", email="ada@uni.example")
    found = load(classroom, course)
    marks = found.marks.set_index("item")
    assert list(found.items.index) == list(course.items)
    assert marks.at[course.number, "score"] == course.items[course.number].points / 2
    assert marks.at[course.number, "hints"] == (f"{course.label}: {course.hint}",)
    assert marks.at[course.choice, "status"] == "right"
    assert marks.at[course.essay, "score"] == 3
    assert found.points == course.points
    ada = found.students.loc["ada"]
    assert (ada["first_name"], ada["email"], ada["lms_user_id"]) == ("Ada", "ada@uni.example", "")
    assert ada["score"] == marks["score"].sum()


def test_a_hint_is_never_the_students_own_words(classroom, course):
    message = f"{course.option} <b>There is no box “my name is Bob”.</b>"
    classroom.submit("ada", {course.choice: (0, "misconception", message)})
    (hints,) = load(classroom, course).marks.query("item == @course.choice")["hints"]
    assert hints == (course.option,)


def test_a_property_that_a_function_has_not_is_a_hint_by_its_name(classroom, course):
    parts = (
        ("never exceeds 1", "wrong", "Your function stopped with Bob: words"),
        ("grows", "right", "That is it."),
    )
    classroom.submit("ada", {course.code: (0.5, "partial", "1 of 2", parts)})
    (hints,) = load(classroom, course).marks.query("item == @course.code")["hints"]
    assert hints == ("never exceeds 1: Does not hold.",)


def test_penalty_is_taken_off_but_not_below_nothing(classroom, course):
    classroom.submit("ada", essay=0, penalty=3)
    classroom.submit("bob", {name: (0, "wrong", "") for name in course.items if name != course.essay}, penalty=3)
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
    nothing = {name: (0, "unanswered", "damaged") for name in course.items if name != course.essay}
    classroom.submit("ada", nothing, essay=0, reason="the file is damaged")
    classroom.submit("bob", notes=("2.3-1: the answer cell was missing",))
    found = load(classroom, course)
    assert list(found.readable) == ["bob"]
    assert list(found.matrix().index) == ["bob"]
    assert set(found.notes.itertuples(index=False, name=None)) == {
        ("ada", "the file is damaged", True),
        ("bob", "2.3-1: the answer cell was missing", False),
    }


def test_without_verdicts_points_are_what_is_known(classroom, course):
    verdicts = {course.number: (0.5, "", ""), course.choice: (0, "", "")}
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


@pytest.mark.parametrize("record", [[], {}, {"notes": [], "notebooks": {"a": {"items": {"b": 3}}}}])
def test_a_broken_record_names_file_and_remedy(record, classroom, course):
    classroom.submit("ada")
    classroom.record("ada", record)
    with pytest.raises(ValueError, match=r"gvclab-grade\.json is broken.*--student ada --force"):
        load(classroom, course)


def test_a_function_that_never_ends_lacks_no_property(classroom, course):
    message = say("exercises.code.slow", seconds=2)
    parts = (("never exceeds 1", "wrong", message), ("grows", "wrong", message))
    classroom.submit("ada", {course.code: (0, "wrong", "", parts)})
    (hints,) = load(classroom, course).marks.query("item == @course.code")["hints"]
    assert hints == (message.replace("2 s", "… s"),)


def test_a_missing_notebook_hides_no_other(classroom, course):
    classroom.add_cell("other", "quiz", 2)
    classroom.submit("ada", reason="the notebook was not handed in")
    classroom.submit("bob")
    found = load(classroom, course)
    assert list(found.readable) == ["ada", "bob"] and list(found.complete) == ["bob"]
    assert list(found.read.query("student == 'ada'")["item"]) == ["other/quiz"]
    assert found.students.at["ada", "refused"] and not found.students.at["bob", "refused"]
