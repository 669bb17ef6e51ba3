"""The pages of a class in the pseudo-locale: no word of ours is left in English on the report or in feedback."""

from __future__ import annotations

import re
from html import unescape

import pytest

from gvclab.content import Message, speaking
from gvclab.exercises.ladder import verdict
from gvclab.grading import report, results
from gvclab.grading.record import named_file

from ..language.ours import left

# Names are nobody's words: of people, of files, of items.
PEOPLE = {"ada", "Quux", "cyd", "Cydsen", "uni", "example"}


def shown(source: str) -> str:
    """What a reader sees or hears of a page."""
    source = re.sub(r"<style.*?</style>|<code>.*?</code>", " ", source, flags=re.S)
    heard = re.findall(r'(?:aria-label|title|alt)="([^"]*)"', source)
    return unescape(" ".join([re.sub(r"<[^>]*>", " ", source), *heard]))


@pytest.fixture
def written(classroom, course):
    """A class of two: one with all right, one with a known misconception."""
    with speaking("qps"):
        classroom.submit("ada77", essay=8, last_name="Quux")
        parts = ((course.part, verdict("misconception", course.hint)), (course.other, verdict("right")))
        wrong = {
            course.number: verdict("partial", score=0.5, parts=parts),
            course.choice: verdict("misconception", course.option),
        }
        classroom.submit(
            "cyd77",
            wrong,
            last_name="Cydsen",
            notes=(Message("grade.note.unused", {"files": named_file("cyd.ipynb")}),),
        )
        found = results.load(classroom.root, course.assignment)
        return report.page(found, True)


def test_no_english_is_left_on_the_report(written):
    assert left(shown(written), {*PEOPLE, "ipynb", "section"}) == set()


def test_the_report_says_its_language(written):
    assert re.search(r'<html lang="qps"', written)


def test_the_search_finds_what_is_left(classroom, course):
    classroom.submit("ada77", essay=8)
    page = report.page(results.load(classroom.root, course.assignment), True)
    assert {"Items", "points"} <= left(shown(page))
