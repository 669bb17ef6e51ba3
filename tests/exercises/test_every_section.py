"""What holds for the items of every section: the solution earns everything, the stub nothing, an error less."""

import re
from itertools import combinations, permutations, product

import pytest

from gvclab.claims import chips, claim
from gvclab.content import text
from gvclab.exercises import Identity, bank, judge, load
from gvclab.exercises.items import letter
from gvclab.exercises.keys import namespace
from gvclab.exercises.plain import plain
from gvclab.exercises.rendering import message_of
from gvclab.exercises.variants import numbers

SETS = [load(section) for section in bank.sections()]
JUDGED = [item for items in SETS for item in items if item.type not in ("essay", "predict")]
PEOPLE = [Identity(), *(Identity(f"student{i}", "salt") for i in range(6))]


def by_id(items):
    return pytest.mark.parametrize("item", items, ids=lambda item: item.id)


@by_id(JUDGED)
def test_the_solution_earns_everything(item):
    for who in PEOPLE if item.given else PEOPLE[:1]:
        judged = judge(item, namespace(item, numbers(item, who))[item.answer], who)
        assert (judged.score, judged.status) == (1, "right"), who


@by_id(JUDGED)
def test_the_stub_earns_nothing(item):
    names = {}
    exec(item.setup, names)
    names["given"] = lambda _: numbers(item, Identity())
    exec(item.stub, names)
    assert judge(item, names[item.answer]).score == 0


@by_id([item for item in JUDGED if item.type == "graph"])
def test_the_order_of_the_boxes_tells_nothing(item):
    forward = list(combinations([node.id for node in item.nodes], 2))
    assert judge(item, forward).score == judge(item, [(b, a) for a, b in forward]).score == 0


def test_a_number_that_overflows_agrees_with_nothing():
    """A first stage as good as empty makes the income at its start infinite, within a millionth of which all is."""

    def chain(lam, L, S, what, c):
        cut = S if c == len(lam) - 1 else 1e-300 * (c + 1)
        return cut if what == "cut-off" else 1 + c * S

    lost = [name for name, part in judge(bank.item("1.1-4"), chain).parts if part.status != "right"]
    assert "test_income" in lost


def everybody(item):
    """One identity for each combination of numbers that the item can draw."""
    drawn = [given for given in item.given if given.draw]
    for values in product(*(given.draw for given in drawn)):
        yield Identity(drawn={item.id: dict(zip((given.name for given in drawn), values, strict=True))})


@by_id([item for item in JUDGED if any(given.draw for given in item.given)])
def test_a_neighbours_answer_is_wrong_for_me(item):
    keys = {who: namespace(item, numbers(item, who))[item.answer] for who in everybody(item)}
    pairs = permutations(keys, 2)
    copied = [(numbers(item, a), numbers(item, b)) for a, b in pairs if judge(item, keys[a], b).score == 1]
    assert not copied


@by_id([item for item in JUDGED if item.type == "match"])
def test_every_class_that_the_key_accepts_earns_everything(item):
    key = namespace(item, numbers(item, Identity()))[item.answer]
    assert {term.id for term in item.terms} == set(key)
    for term, right in key.items():
        accepted = right if isinstance(right, set) else [right]
        assert all(judge(item, {**key, term: one}).score == 1 for one in accepted)
        assert not any(pair.cls in accepted for pair in item.wrong_pairs if pair.term == term)


@by_id([item for item in JUDGED if item.options])
def test_each_wrong_option_has_a_hint_of_its_own(item):
    hints = [option.hint for option in item.options if not option.right]
    assert all(hints) and len(set(hints)) == len(hints)
    assert sum(option.right for option in item.options) == 1


@by_id([item for items in SETS for item in items if item.show])
def test_what_an_item_shows_can_be_shown(item, capsys):
    exec(item.setup, names := {})
    exec(item.show, names)


@pytest.mark.parametrize("items", SETS, ids=lambda items: items.section)
def test_a_lesson_has_predictions_and_three_questions(items):
    lesson = items.used("lesson")
    assert sum(item.type == "predict" for item in lesson) >= 2
    assert sum(item.type != "predict" for item in lesson) >= 3


@pytest.mark.parametrize("items", SETS, ids=lambda items: items.section)
def test_a_set_takes_about_an_hour(items):
    assert 45 <= items.minutes <= 75


def numbers_of(item, who):
    """The names of the solution, and pairs (part, right number)."""
    names = namespace(item, numbers(item, who))
    right = plain(names[item.answer])
    rights = right if isinstance(right, list) else [right]
    return names, [(p, r) for p, r in zip(item.parts, rights, strict=True) if p.is_number]


@by_id([item for item in JUDGED if item.type == "num"])
def test_no_draw_makes_a_known_mistake_right(item):
    for who in everybody(item):
        names, pairs = numbers_of(item, who)
        for part, right in pairs:
            width = max(part.atol, part.rtol * abs(right))
            for wrong in part.wrong:
                assert abs(eval(wrong.value, dict(names)) - right) > width, (wrong.id, numbers(item, who))


@by_id([item for item in JUDGED if item.parts])
def test_each_known_mistake_gets_its_own_hint(item):
    """Whatever the numbers drawn: no other hint, and no reading of a per cent, comes before it."""
    for who in everybody(item):
        names = dict(namespace(item, numbers(item, who)))
        key = plain(names[item.answer])
        if not isinstance(key, dict):
            parts = [part.name for part in item.parts]
            key = dict(zip(parts, key if isinstance(key, list) else [key], strict=True))
        if item.model:
            names |= names[item.model](**names["settings"])
        for part in item.parts:
            for wrong in part.wrong:
                value = wrong.value if part.words else eval(wrong.value, names)
                if value == key[part.name]:
                    continue
                judged = judge(item, {**key, part.name: value}, who)
                assert message_of(item, dict(judged.parts).get(part.name, judged)) == wrong.hint


@by_id([item for item in JUDGED if item.why])
def test_an_explanation_names_what_the_solution_has(item):
    for who in list(everybody(item))[:20]:
        judged = judge(item, namespace(item, numbers(item, who))[item.answer], who)
        said = message_of(item, judged)
        assert len(said) > 40 and not re.search(r"\bnan\b", said) and "{{" not in said


@by_id([item for item in JUDGED if item.type not in ("code", "graph")])
def test_not_right_yet_is_never_all(item):
    """Whatever is wrong, a next step is said: of the part, or of the whole."""
    right = namespace(item, numbers(item, Identity()))[item.answer]
    for answer in astray(item, plain(right)):
        judged = judge(item, answer)
        if judged.score < 1:
            assert message_of(item, judged) not in ("", text("exercises.status.wrong"))
            alone = [part for _, part in judged.parts if part.status == "wrong" and not part.said]
            assert not alone or len(judged.said) > 1


def astray(item, right):
    """Answers with something wrong that no hint was written for, as far as the item has such."""
    if item.options:
        return [letter(n) for n in range(len(item.options))]
    if item.type == "match":
        return [{**right, term.id: each.id} for term in item.terms for each in item.classes]
    if isinstance(right, dict):
        other = {
            p.name: [word.id for word in p.words] if p.words else [12345.6] for p in item.parts if not p.is_setting
        }
        return [{**right, name: each} for name, several in other.items() for each in several]
    parts = right if isinstance(right, list) else [right]
    other = [[word.id for word in p.words] if p.words else [12345.6] for p in item.parts]
    return [[*parts[:n], each, *parts[n + 1 :]] for n, several in enumerate(other) for each in several]


def test_the_statements_of_1_2_are_judged_by_the_cards_of_their_claims():
    """The key agrees with content/claims, and the words are those of the course's verdicts."""
    item = bank.item("1.2-2")
    key = namespace(item, ())[item.answer]
    assert key == {term.id: claim(f"C1.2-{term.id[1:]}").verdict for term in item.terms}
    assert {each.id: each.text for each in item.classes} == {name: each.label for name, each in chips().items()}
