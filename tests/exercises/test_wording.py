"""Ids decide and words are only shown: other words change no letter, score, status or id."""

import json
import os
import subprocess
import sys

import pytest

from gvclab.content import Listed, Message
from gvclab.exercises import bank, check, judge, load, predictions
from gvclab.exercises.keys import namespace
from gvclab.exercises.prompts import prompt
from gvclab.exercises.rendering import label_of, message_of
from gvclab.exercises.variants import Identity, numbers
from gvclab.exercises.wording import reworded, wording

ITEMS = [item for section in bank.sections() for item in load(section)]
GARBAGE = [..., None, "", 3, 0.25, "x", "A", "b", "(C)", 2, [1, 2], {"a": 1}, 1j, ["-> ->"], {3}]


def by_id(items):
    return pytest.mark.parametrize("item", items, ids=lambda item: item.id)


def longer(path, english):
    """Another wording, longer by a third; the slots of a prompt stay as they are."""
    extra = english.replace("{", "").replace("}", "")
    return f"⟦{english}{extra[: len(extra) // 3]}⟧"


def key(item):
    return namespace(item, numbers(item, Identity()))[item.answer]


def outline(verdict):
    """What a verdict holds of ids and numbers."""
    return (
        verdict.score,
        verdict.status,
        tuple(map(ids, verdict.said)),
        tuple((part, outline(v)) for part, v in verdict.parts),
    )


def ids(value):
    if isinstance(value, Message):
        values = {name: ids(each) for name, each in value.values.items()}
        return value.id, tuple(sorted(values.items(), key=lambda pair: pair[0]))
    if isinstance(value, Listed):
        return tuple(map(ids, value.parts))
    return value


def spelled(answer, words, terms=()):
    """The answer with other names in the place of ids."""
    if isinstance(answer, str):
        return words.get(answer, answer)
    if isinstance(answer, dict):
        # The names of parts stay; only those of terms are words.
        names = words if set(answer) <= {each.id for each in terms} else {}
        return {names.get(name, name): spelled(value, words) for name, value in answer.items()}
    return type(answer)(spelled(each, words) for each in answer) if isinstance(answer, list | tuple | set) else answer


def answers(item):
    """The right answer, each known wrong one, and what is no answer; all by id."""
    if item.type == "essay":
        return [*GARBAGE, "some words " * 50]
    right = key(item)
    made = [right, *GARBAGE, *(option.id for option in item.options)]
    made += [bank.letter(i) for i in range(len(item.options))]
    if item.type == "match":
        made += [{**right, pair.term: pair.cls} for pair in item.wrong_pairs]
    if item.type == "graph":
        turned = [(b, a, *sign) for a, b, *sign in right]
        made += [right[:2], turned, [*right, *turned], *([*right, (e.source, e.target)] for e in item.forbidden)]
    if item.parts:
        by_name = (
            right
            if isinstance(right, dict)
            else dict(
                zip(
                    (part.name for part in item.parts),
                    right if isinstance(right, tuple | list) else [right],
                    strict=True,
                )
            )
        )
        made += [{**by_name, part.name: wrong} for part in item.parts for wrong in wrong_values(item, part, by_name)]
    return made


def wrong_values(item, part, right):
    names = dict(namespace(item, numbers(item, Identity())))
    if item.model:
        names |= names[item.model](**{each.name: right[each.name] for each in item.parts if each.is_setting})
    return [wrong.value if part.words else eval(wrong.value, names) for wrong in part.wrong]


@by_id([item for item in ITEMS if item.type != "code"])
def test_other_words_are_judged_alike(item):
    other = reworded(item, longer)
    english = {each.id: each.text for each in item.named}
    shown = {each.id: each.text for each in other.named}
    for answer in answers(item):
        wanted = outline(judge(item, answer))
        assert outline(judge(other, answer)) == wanted
        if item.named:
            for words in (english, shown):
                said = judge(other, spelled(answer, words, item.terms))
                assert (said.score, said.status) == wanted[:2], answer


@by_id([item for item in ITEMS if item.options])
def test_an_option_is_chosen_by_its_letter_or_the_text_shown(item):
    other = reworded(item, longer)
    for i, option in enumerate(other.options):
        wanted = outline(judge(item, bank.letter(i)))
        assert outline(judge(other, bank.letter(i))) == outline(judge(other, option.text)) == wanted
        assert option.id == item.options[i].id


@by_id([item for item in ITEMS if item.type == "code"])
def test_other_words_judge_a_function_alike(item):
    other = reworded(item, longer)
    for function in (key(item), lambda *_: 1.0, lambda *_: None, lambda *_: "x", 3):
        assert outline(judge(other, function)) == outline(judge(item, function))


@by_id(ITEMS)
def test_every_text_shown_is_another(item):
    before, after = wording(item), wording(reworded(item, longer))
    assert list(before) == list(after)
    assert all(after[path] == longer(path, english) for path, english in before.items())
    assert prompt(item) != prompt(reworded(item, longer))


@by_id([item for item in ITEMS if any(option.hint for option in item.options)])
def test_a_hint_is_read_in_the_words_of_the_item_at_hand(item):
    other = reworded(item, longer)
    wrong = next(i for i, option in enumerate(item.options) if option.hint and not option.right)
    said = judge(item, bank.letter(wrong))
    assert message_of(item, said) == item.options[wrong].hint
    assert message_of(other, said) == other.options[wrong].hint


def test_the_parts_are_called_as_the_item_at_hand_calls_them():
    item = bank.item("2.3-1")
    assert label_of(item, "one") == item.parts[0].label
    assert label_of(reworded(item, longer), "one") == longer("", item.parts[0].label)


# ----------------------------------------------------------------------------------------------------- letters


def test_a_corrected_option_moves_no_letter():
    path = next(bank._folder().glob("2.3a-*.md"))
    source, before = path.read_text(encoding="utf-8"), load("2.3a")
    text = before["2.3-p2"].options[1].text
    assert source.count(text) == 1
    after = bank.parse(source.replace(text, "Aaa, everything at Home."))
    for item in before:
        assert [option.id for option in after[item.id].options] == [option.id for option in item.options]
    assert outline(judge(after["2.3-p2"], "B")) == outline(judge(before["2.3-p2"], "B"))


def test_the_right_letters_are_spread_over_the_course():
    places = [next(i for i, o in enumerate(item.options) if o.right) for item in ITEMS if item.type == "choice"]
    assert max(map(places.count, places)) <= len(places) / 2


@pytest.mark.parametrize("section", bank.sections())
def test_a_bundle_keeps_order_and_ids_without_answers(section):
    source = next(bank._folder().glob(f"{section}-*.md")).read_text(encoding="utf-8")
    public = bank.parse(bank.public_text(source))
    for item, open_item in zip(load(section), public, strict=True):
        for several in ("options", "terms", "classes", "nodes", "rubric"):
            kept = [each.id for each in getattr(open_item, several)]
            assert kept == [each.id for each in getattr(item, several)]
        assert not any(option.right or option.hint for option in open_item.options)
        assert not any(part.wrong for part in open_item.parts)
        assert not (open_item.wrong_pairs or open_item.forbidden or open_item.optional or open_item.failures)


# ----------------------------------------------------------------------------------------------------- circles

CIRCLE = """
from gvclab.exercises import check
print(check("2.3-9", [("crisis", "w"), ("w", "belief"), ("belief", "crisis"), ("phi", "CVaR"), ("CVaR", "phi")]))
"""


def test_a_circle_is_told_alike_whatever_the_hash_seed():
    told = {
        subprocess.run(
            [sys.executable, "-c", CIRCLE],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1
    verdict = check("2.3-9", [("crisis", "w"), ("w", "crisis")]).verdict
    assert [message.id for message in verdict.said] == ["exercises.graph.circle"]


# ------------------------------------------------------------------------------------------------- predictions


@pytest.fixture
def kept_file(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(predictions, "_made", {})
    path = predictions.file()
    path.parent.mkdir()
    return path


def test_a_prediction_kept_by_its_text_is_found(kept_file):
    item = bank.item("2.3-p2")
    for index, option in enumerate(item.options):
        kept_file.write_text(json.dumps({item.id: {"choice": option.text, "date": "2026-01-01"}}), encoding="utf-8")
        assert predictions.kept(item) == (index, "2026-01-01")


def test_a_prediction_is_kept_by_id(kept_file, monkeypatch):
    item = bank.item("2.3-p2")
    predictions.keep(item, 2)
    assert json.loads(kept_file.read_text(encoding="utf-8"))[item.id]["choice"] == item.options[2].id
    monkeypatch.setattr(predictions, "_made", {})
    assert predictions.kept(reworded(item, longer)).index == 2
