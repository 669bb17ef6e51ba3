"""Exercises in the pseudo-locale: the same verdicts on the same answers, and no word of ours left in English."""

from __future__ import annotations

import re
from contextlib import suppress
from html import unescape

import pytest

from gvclab.content import speaking
from gvclab.exercises import Identity, bank, check
from gvclab.exercises.items import letter
from gvclab.exercises.keys import namespace
from gvclab.exercises.prompts import prompt
from gvclab.exercises.variants import numbers
from gvclab.exercises.wording import wording

from .ours import left

ITEMS = [item.id for section in bank.sections() for item in bank.load(section)]
every_item = pytest.mark.parametrize("item_id", ITEMS)
TYPED = "zzz"
PYTHON = {"ZeroDivisionError", "division", "by", "zero"}  # says what went wrong in a student's function


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Predictions are kept and forgotten elsewhere than those of who runs the tests."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))


def answers(item) -> list:
    """What students type: nothing, the wrong kind of thing, each option, each known error, the right answer."""
    found = [None, ..., TYPED, 3, -1.5, float("nan"), "25 %", [1, 2, 3], {"a": 1}, [TYPED], {1, 2}]
    found += [letter(i) for i in range(len(item.options) + 1)]
    if item.solution and item.type not in ("essay", "predict"):
        names = namespace(item, numbers(item, Identity()))
        right = names[item.answer]
        found.append(right)
        if isinstance(right, tuple):
            found += [
                right[::-1],
                right[:-1],
                (*right[:-1], right[-1] * 100 if isinstance(right[-1], float) else TYPED),
            ]
        for i, part in enumerate(item.parts):
            for wrong in part.wrong:
                with suppress(NameError):  # of what a student's own cell would define
                    value = wrong.value if part.words else eval(wrong.value, dict(names))
                    found.append(_with(right, i, part.name, value))
    if item.type == "code":
        found += [lambda *_: 0, lambda *_: None, lambda *_: TYPED, lambda *_: 1 / 0]
    return found


def _with(right, i: int, name: str, value):
    """The right answer with one part replaced."""
    if isinstance(right, dict):
        return {**right, name: value}
    return tuple(value if k == i else each for k, each in enumerate(right)) if isinstance(right, tuple) else value


def judged(item_id: str, answer) -> tuple:
    score = check(item_id, answer)
    verdict = score.verdict
    return (repr(float(score)), verdict.status, [part.status for _, part in verdict.parts]), score


@every_item
def test_a_verdict_does_not_depend_on_the_language(item_id):
    for answer in answers(bank.item(item_id)):
        english, _ = judged(item_id, answer)
        with speaking("qps"):
            assert judged(item_id, answer)[0] == english, answer


@every_item
def test_no_english_is_left_on_a_card(item_id):
    item, found = bank.item(item_id), {}
    code = {TYPED, item.answer, "nan", *PYTHON, *(word for part in item.parts for word in part.name.split("_"))}
    for answer in answers(item):
        with speaking("qps"):
            score = judged(item_id, answer)[1]
            shown = unescape(re.sub(r"<code>.*?</code>", " ", score._repr_html_()))
        typed = set(re.findall("[A-Za-z]{2,}", repr(answer)))
        found |= {f"{answer!r:.40}": words} if (words := left(shown, code | typed)) else {}
    assert found == {}


@every_item
def test_an_item_is_in_the_language_with_the_same_letters(item_id):
    english = bank.item(item_id)
    with speaking("qps"):
        pseudo = bank.item(item_id)
        shown = [*wording(pseudo).values(), prompt(pseudo)]
    assert left("\n".join(shown), {given.name for given in english.given} | {"given"}) == set()
    assert wording(pseudo).keys() == wording(english).keys()
    assert kept(pseudo) == kept(english)


def kept(item) -> tuple:
    """What is the same in all languages."""
    options = [(option.id, option.right) for option in item.options]
    numbers = [(given.name, given.default, given.draw) for given in item.given]
    parts = [
        (part.name, part.atol, part.rtol, part.low, part.high, [w.value for w in part.wrong]) for part in item.parts
    ]
    named = [each.id for each in (*item.nodes, *item.terms, *item.classes)]
    wrong = [(pair.term, pair.cls) for pair in item.wrong_pairs]
    return item.id, item.type, item.points, item.answer, item.solution, options, numbers, parts, wrong, named
