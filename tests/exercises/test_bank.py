"""The content file is read into items, and its faults are named."""

import re
from collections import Counter
from dataclasses import replace

import pytest

from gvclab.exercises import bank
from gvclab.exercises.bank import load, parse, parse_item, public, public_text
from gvclab.exercises.prompts import prompt
from gvclab.sources import Fault

SECTION = replace(load("2.3a"), items=(*load("2.3a"), *load("2.3b")))  # both parts
SOURCES = {part: next(bank._folder().glob(f"{part}-*.md")).read_text(encoding="utf-8") for part in ("2.3a", "2.3b")}


def test_ids_are_unique_over_all_sections():
    ids = [item.id for section in bank.sections() for item in load(section)]
    assert len(ids) == len(set(ids))


def test_the_assignment():
    exercises = SECTION.used("exercise")
    assert [item.id for item in exercises] == [f"2.3-{i}" for i in range(1, 11)]
    assert [item.points for item in exercises] == [2, 1, 2, 5, 3, 2, 4, 1, 3, 8]
    assert SECTION.points == 31
    assert [item.id for item in SECTION.used("lesson")] == [
        *(f"2.3-{name}" for name in ("p1", "p2", "p3", "a", "b", "c")),
        *(f"2.3-{name}" for name in ("p4", "p5", "p6", "d", "e", "f")),
    ]


@pytest.mark.parametrize("item", [i for i in SECTION if i.type in ("num", "interpret")], ids=lambda i: i.id)
def test_a_prompt_says_the_tolerance_the_checker_uses(item):
    for part in item.parts:
        if part.is_number:
            assert f"{part.atol or part.rtol:g}" in prompt(item)
    assert bank.tolerance_line(item) in prompt(item)


@pytest.mark.parametrize("item", SECTION.items, ids=lambda i: i.id)
def test_a_prompt_shows_what_its_checker_knows(item):
    assert "{{" not in prompt(item)
    for i, option in enumerate(item.options):
        assert f"**{bank.letter(i)}.** {option.text}" in prompt(item)
    for node in item.nodes:
        assert f"`{node.text}`" in prompt(item)
    for line in item.rubric:
        assert line.text in prompt(item)
    for given in item.given:
        assert f"`{given.name}` = {given.default}" in prompt(item)
    assert sum(line.points for line in item.rubric) == (item.points if item.rubric else 0)
    assert item.has_key


def test_the_letters_of_right_options_are_spread():
    """Options stand in the order of the file, and authors tend to write the right one first."""
    choices = [item for section in bank.sections() for item in load(section) if item.type == "choice"]
    letters = Counter(next(i for i, option in enumerate(item.options) if option.right) for item in choices)
    assert len(letters) == 4 and max(letters.values()) <= 0.4 * len(choices)


def test_options_do_not_give_themselves_away():
    """The right option stands at different places, and is not always the longest."""
    choices = [item for item in SECTION if item.type == "choice"]
    places = {next(i for i, o in enumerate(item.options) if o.right) for item in choices}
    assert len(places) > 1
    longest = [max(item.options, key=lambda option: len(option.text)) for item in choices]
    assert sum(option.right for option in longest) <= len(choices) / 2
    for item in choices:
        assert all(option.hint for option in item.options if not option.right)
        assert sum(option.right for option in item.options) == 1


SECRETS = re.compile(r"\{solution\}|\{tests\}|\b(right|hint|wrong|forbidden|model|misconception|why|next):")


@pytest.mark.parametrize("part", SOURCES)
def test_public_text_has_no_answers(part):
    bundle, items = public_text(SOURCES[part]), load(part)
    assert not SECRETS.search(bundle)
    assert SECRETS.search(SOURCES[part])
    for item in items:
        for option in item.options:
            assert not option.hint or option.hint[:40] not in " ".join(bundle.split())
    parsed = parse(bundle)
    assert [(i.id, prompt(i), i.stub, i.points, i.given) for i in parsed] == [
        (i.id, prompt(i), i.stub, i.points, i.given) for i in items
    ]
    assert not any(item.has_key for item in parsed if item.type != "essay")
    assert public_text(bundle) == bundle


def test_public_item():
    item = public(SECTION["2.3-9"])
    assert not (item.solution or item.tests or item.forbidden or item.optional)
    assert [node.text for node in item.nodes] == [node.text for node in SECTION["2.3-9"].nodes]
    assert any(node.optional for node in SECTION["2.3-9"].nodes)
    assert not any(part.wrong for part in public(SECTION["2.3-1"]).parts)
    assert not any(option.right or option.hint for option in public(SECTION["2.3-2"]).options)


GOOD = """## 9-1 Title
```{item}
type: num
bloom: apply
points: 1
minutes: 3
why: It is so.
answer: x
parts: [{name: x, atol: 0.1}]
```
Say {{ tolerance }}
```{solution}
x = 1
```
"""


def test_a_small_item():
    item = parse_item(GOOD)
    assert (item.id, item.title, item.solution, item.stub) == ("9-1", "Title", "x = 1", "x = ...")
    assert prompt(item) == "Say An answer within 0.1 of the exact value counts as right."


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("## 9-1 Title", "# 9-1", 4, "begins with"),
        ("type: num", "type: numb", 6, "numb.*not one of num"),
        ("bloom: apply", "bloom: do", 7, "bloom.*'do'"),
        ("answer: x", "answer: a b", 4, "'a b'"),
        ("answer: x", "answer: x\nanswers: y", 12, "unknown key 'answers'"),
        ("answer: x", "answer: [x", None, "YAML"),
        ("atol: 0.1", "rtol: 0", 12, "tolerance"),
        ("atol: 0.1", "tol: 0.1", 12, "unknown keys tol"),
        ("atol: 0.1", "atol: 0.1, wrong: [{value: 2}]", 12, "'id'"),
        ("{{ tolerance }}", "", 4, "must show.*tolerance"),
        ("{{ tolerance }}", "{{ tolerance }} {{ toll }}", 4, "unknown slots: toll"),
        ("answer: x", "answer: x\ngiven: {n: 3}", 4, "must show.*given"),
        ("```{item}", "```{items}", 4, "no ```{item} block"),
    ],
)
def test_a_fault_in_an_item_is_named_with_its_line(old, new, line, says):
    with pytest.raises(Fault, match=says) as fault:
        parse_item(GOOD.replace(old, new), line=4)
    assert fault.value.line == line or line is None


def test_a_fault_in_a_file_names_the_file(tmp_path, monkeypatch):
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "9-nine.md").write_text('---\nsection: "9"\n---\n' + GOOD.replace("apply", "do"))
    monkeypatch.setattr(bank, "resource", lambda _: tmp_path)
    with pytest.raises(Fault, match=r"exercises/9-nine\.md:7: .*'do'"):
        load("9")


def test_an_item_is_found_in_the_part_that_has_it(tmp_path, monkeypatch):
    (tmp_path / "exercises").mkdir()
    for name, numbers in {"9a-first": (1, 3), "9b-second": (2,), "19-other": ()}.items():
        items = "".join(GOOD.replace("9-1", f"9-{n}") for n in numbers)
        meta = f'section: "{name.partition("-")[0]}"\ntitle: T\nobjectives: []\nminutes: 1\n'
        head = f'---\n{meta}---\n```{{setup}}\npart = "{name}"\n```\n'
        (tmp_path / "exercises" / f"{name}.md").write_text(head + items)
    monkeypatch.setattr(bank, "resource", lambda _: tmp_path)
    assert [bank.home(f"9-{n}").section for n in (1, 2, 3)] == ["9a", "9b", "9a"]
    assert bank.item("9-2").setup == 'part = "9b-second"'
    assert bank.ids_beside("9-7") == ["9-1", "9-3", "9-2"] and bank.ids_beside("19-1") == []


def test_faults_in_a_file_are_named():
    front = '---\nsection: "9"\n---\n'
    assert len(parse(front + GOOD)) == 1
    with pytest.raises(ValueError, match="18: the item id 9-1 is used twice"):
        parse(front + GOOD + GOOD)
    assert len(parse(front.replace('"9"', '"9a"') + GOOD)) == 1
    with pytest.raises(ValueError, match=r"4: item 8-1 does not belong to section 9"):
        parse(front + GOOD.replace("9-1", "8-1"))
    with pytest.raises(ValueError, match="front matter"):
        parse(GOOD)


def test_what_is_not_there_is_named_with_what_is():
    with pytest.raises(KeyError, match=r"2\.3-99.*2\.3-1"):
        bank.item("2.3-99")
    with pytest.raises(KeyError, match=r"2\.3-99.*2\.3-10"):  # in whichever part
        bank.item("2.3-99")
    for unknown in ("7.7", "2.3"):
        with pytest.raises(KeyError, match=rf"{unknown}.*2\.3a"):
            load(unknown)
    with pytest.raises(KeyError, match=r"7\.7.*2\.3a"):
        bank.item("7.7-1")
