"""What is kept beside a graded submission comes back as it was, whatever was said."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gvclab.content import Listed, Message, render
from gvclab.exercises.ladder import Verdict, saying, together, verdict
from gvclab.grading.record import (
    ItemRecord,
    Record,
    SheetRecord,
    distinct,
    identified,
    identity,
    named_file,
    named_student,
    nameless,
    quoted,
    read,
    written,
)

quick = settings(max_examples=60, deadline=None, derandomize=True)

names = st.text("abcdef._", min_size=1, max_size=12)
plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
kinds = st.sampled_from(["and", "or", "comma", "clauses", "sentences"])


def _larger(values: st.SearchStrategy) -> st.SearchStrategy:
    lists = st.lists(values, max_size=3)
    return (
        st.builds(Message, names, st.dictionaries(names, values, max_size=3)) | lists | st.builds(Listed, lists, kinds)
    )


values = st.recursive(plain, _larger, max_leaves=8)
messages = st.builds(Message, names, st.dictionaries(names, values, max_size=3))
statuses = st.sampled_from(["right", "partial", "close", "misconception", "wrong", "kind", "unanswered", "broken"])
shares = st.floats(0, 1).map(lambda share: round(share, 6))  # as they are written
simple = st.builds(Verdict, shares, statuses, st.lists(messages, max_size=2).map(tuple))
parted = st.lists(st.tuples(names, simple), max_size=3).map(tuple)
verdicts = st.builds(Verdict, shares, statuses, st.lists(messages, max_size=2).map(tuple), parted)
items = st.builds(ItemRecord, names, st.floats(0, 10), st.integers(0, 10), verdicts)
notes = st.lists(messages, max_size=2).map(tuple)
sheets = st.builds(SheetRecord, st.dictionaries(names, items, max_size=2), notes, st.none() | messages)
stamps = st.none() | st.datetimes().map(datetime.isoformat)
records = st.builds(Record, st.text(), names, names, stamps, st.dictionaries(names, sheets, max_size=2), notes)


@quick
@given(records)
def test_a_record_comes_back_as_it_was(record):
    assert read(written(record)) == record
    assert written(read(written(record))) == written(record)


@quick
@given(messages)
def test_an_identity_is_the_message(message):
    assert identified(identity(message)) == message


@pytest.mark.parametrize(
    ("value", "kept"),
    [(datetime(2031, 1, 2, tzinfo=UTC), "2031-01-02 00:00:00+00:00"), (Path("a/b"), "a/b"), (("a", "b"), ["a", "b"])],
    ids=["date", "path", "tuple"],
)
def test_a_value_that_json_has_not_is_kept_as_its_text(value, kept):
    message = Message("grade.note.future", {"when": value})
    assert identified(identity(message)) == Message("grade.note.future", {"when": kept})


def test_what_is_said_of_a_message_that_was_kept_is_what_was_said(course):
    listed = Listed([saying("quoted", word="x"), "y"], "or")
    for message in (saying("wanted.word", got=listed, words=listed), Message("grade.note.lost", {"ids": listed})):
        assert render(identified(identity(message))) == render(message)


def test_each_message_is_there_once_in_their_order():
    first, second = quoted("b"), quoted("a")
    assert distinct([first, second, quoted("b")]) == (first, second)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "torn",
        "null",
        "3",
        "[]",
        "{}",
        "[" * 100_000,
        '{"format": 3, "notes": [], "notebooks": {}}',
        '{"format": 2, "notes": ["words"], "notebooks": {}}',
        '{"format": 2, "notes": [{"id": 5, "values": {}}], "notebooks": {}}',
        '{"format": 2, "notes": [{"id": "a", "values": {"b": {"c": 1}}}], "notebooks": {}}',
        '{"format": 1, "notes": [{"id": "a", "values": {}}], "notebooks": {}}',
        '{"format": 2, "notes": [], "notebooks": {"a": {"reason": null, "notes": [], "items": {"b": {"cell": "c"}}}}}',
    ],
    ids=range(13),
)
def test_what_is_no_record_is_refused(text):
    with pytest.raises(ValueError):
        read(text)


@pytest.mark.parametrize("score", ["1", True, None, []])
def test_a_score_that_is_no_number_is_refused(score):
    record = Record("ada", "", "", None, {"n": SheetRecord({"i": ItemRecord("i", 1, 1, verdict("right"))})})
    data = json.loads(written(record))
    data["notebooks"]["n"]["items"]["i"]["score"] = score
    with pytest.raises(ValueError, match="no number"):
        read(json.dumps(data))


def test_a_record_holds_no_sentence():
    """But what somebody else said: an error of a student's cell, a file's name."""
    parts = [("one", verdict("wrong")), ("two", verdict("misconception", saying("order")))]
    item = ItemRecord("i", 0, 2, together(parts))
    reason = Message("grade.refused.json")
    text = written(Record("ada", "", "", None, {"n": SheetRecord({"i": item}, (reason,), reason)}, (reason,)))
    for message in (reason, *item.verdict.messages, *(said for _, one in parts for said in one.messages)):
        assert render(message) not in text


# ------------------------------------------------------------------------------------------------------ names


NAMED = [
    Message("grade.note.stranger", {"student": named_student("Adalbert Quux")}),
    Message("grade.note.numbers", {"ids": Listed(["2.3-1"], "comma"), "student": named_student("Adalbert Quux")}),
    Message(
        "grade.note.file", {"file": "2.3.ipynb", "words": Message("grade.note.renamed", {"file": named_file("Quux")})}
    ),
    Message("grade.note.lost", {"ids": Listed([named_file("Quux"), [named_student("Quux")]], "comma")}),
    quoted("Quux was here"),
]


@pytest.mark.parametrize("message", NAMED, ids=range(len(NAMED)))
def test_a_message_loses_the_names_in_it_and_nothing_else(message):
    without = nameless(message)
    assert "Quux" in identity(message) and "Quux" not in identity(without)
    assert nameless(without) == without
    if "ids" in message.values and message.id == "grade.note.numbers":
        assert without.values["ids"] == message.values["ids"]


@quick
@given(messages)
def test_a_message_that_names_nobody_stays_itself(message):
    assert nameless(message) == message
