"""The pseudo-locale: longer, marked, in brackets; code, links and placeholders as they are."""

from __future__ import annotations

import re
import string

import pytest

from gvclab.content import find, resource
from gvclab.language.catalogues import misfit
from gvclab.language.pseudo import CLOSE, OPEN, pseudo

MESSAGES = resource("content") / "messages"


def every_message():
    def inside(found):
        if isinstance(found, dict | list):
            for each in found.values() if isinstance(found, dict) else found:
                yield from inside(each)
        elif isinstance(found, str):
            yield found

    for path in MESSAGES.rglob("*.yml"):
        key = path.relative_to(MESSAGES).with_suffix("").as_posix().replace("/", ".")
        yield from inside(find(key)[1])


def test_a_text_is_a_third_longer_and_has_no_plain_letter():
    said = pseudo("Where should a firm buy at a given weight of security?")
    letters = sum(letter.isalpha() for letter in "Where should a firm buy at a given weight of security?")
    assert sum(letter.isalpha() for letter in said) == letters + letters // 3
    assert not set(said) & set(string.ascii_letters)
    assert said[0] == OPEN and said[-1] == CLOSE


@pytest.mark.parametrize(
    "kept",
    [
        "{R:.3f}",
        "{x!r}",
        "`code(x)`",
        "$R = (1-f)^n$",
        "{{ given }}",
        "[C2.3-1]",
        "&nbsp;",
        '<a href="{url}">',
        "**",
        "…",
    ],
)
def test_what_is_no_word_stays(kept):
    said = pseudo(f"before {kept} after")
    assert kept in said
    assert not set(said.replace(kept, "")) & set(string.ascii_letters)


def test_a_link_keeps_where_it_leads():
    assert pseudo("see [the lab](../course/2.3.ipynb)").count("](../course/2.3.ipynb)") == 1


@pytest.mark.parametrize(
    ("english", "shape"),
    [
        ("# Head\n\nOne\ntwo.\n\nThree.", "# x\n\nx\n\nx"),
        ("- one\n- two\n  more\n1. three", "- x\n- x\n1. x"),
        ("| a | b |\n|:--|:--|\n| c | 1 |", "| x | x |\n|:--|:--|\n| x | 1 |"),
        ("One\n\n```python\ncode = 1\n```\n\n$$\nx = y\n$$", "x\n\n```python\ncode = 1\n```\n\n$$\nx = y\n$$"),
        ("\n  indented\n", "\n  x\n"),
        ("{share:.0%} {place}", "{share:.0%} {place}"),
        ("–", "–"),
        ("", ""),
    ],
)
def test_paragraphs_are_wrapped_one_by_one(english, shape):
    assert re.sub(f"{OPEN}[^{CLOSE}]*{CLOSE}", "x", pseudo(english)) == shape


def test_every_message_keeps_its_placeholders():
    assert [words for words in every_message() if misfit(words, pseudo(words), "messages/any")] == []
