"""Catalogues of a language: made from the content, kept up to date, counted, checked; and notebooks made by them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from urllib.parse import quote

import pytest

from gvclab.build import build, check, notebooks, translation
from gvclab.exercises import bank

LESSON = """---
section: "1.1"
title: First
question: Why?
minutes: 10
objectives:
  - do one thing
---

## The argument

A sentence [C1.1-1].

- one point
- another point

| head | other |
| :-- | :-- |
| in it | 3 |

```{code-cell} ipython3
# no heading
series(derived(table, "icio", y="billion US$"), x="year", label="exports", marks={"crisis": 2008})
table(found, "Made abroad", {"share": "foreign share"}, rows="place")
```

### The argument

Below [C1.1-2], with its {term}`weight`.

## Round 1

```{claim} C1.1-1
```

## Other claims

```{code-cell} ipython3
other_claims("C1.1-2")
```
"""
FILES = {
    "content/lessons/1.1-first.md": LESSON,
    "content/claims/1.1.yml": (
        "C1.1-1: {claim: It is so., type: [E], verdict: mixed, line: Seen., evidence: [None., One.], change: All.}\n"
        "C1.1-2: {claim: It was so., type: [E], verdict: mixed, line: Told., evidence: [Two.], change: Any.}\n"
    ),
    "content/glossary/1.1.yml": 'weight: {zh: 重, is: "What counts."}\n',
    "content/messages/panels/room.yml": 'lab:\n  title: A lab\n  now: "It is {x:.3f}."\n  unit: ""\n  in: [one, two]\n',
    "content/diagrams/loop.yml": "sentence: A row.\nparts:\n- id: one\n  layout: row\n  boxes: {a: first, b: then}\n",
    "content/messages/build.yml": "budget: {words: words}\n",
}


@pytest.fixture
def root(tmp_path, root) -> Path:
    """A small repository."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    shutil.copy(root / "nbgrader_config.py", tmp_path)
    return tmp_path


def edit(root: Path, name: str, *pairs: tuple[str, str]) -> None:
    path = root / name
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def translate(root: Path, file: str, **words: str) -> None:
    """What a translator writes: the text for a piece of English (underscores for spaces)."""
    path = root / f"locale/zh/{file}.po"
    edit(root, f"locale/zh/{file}.po", *(
        (f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{chinese}"')
        for english, chinese in ((name.replace("_", " "), said) for name, said in words.items())
    ))  # fmt: skip
    assert path.is_file()


def catalogue(root: Path, file: str):
    return translation.read(root / f"locale/zh/{file}.po", "zh")


def lesson_in_chinese(root: Path):
    return notebooks.read((root / "course/zh/1.1-first.ipynb").read_text(encoding="utf-8"))


def spoken(root: Path) -> str:
    """All that the lesson in Chinese has in its cells."""
    return "\n".join(cell.source for cell in lesson_in_chinese(root).cells)


LESSON_FILE, LESSON_PO = "content/lessons/1.1-first.md", "lessons/1.1-first"


def test_every_text_is_extracted_with_its_place_and_line(root):
    found = {
        (file, entry.context): (entry.english, entry.lines[0][1])
        for file, entries in translation.extract(root).items()
        for entry in entries
        if entry.context
    }
    assert found == {
        ("claims/1.1", "C1.1-1.claim"): ("It is so.", 1),
        ("claims/1.1", "C1.1-1.line"): ("Seen.", 1),
        ("claims/1.1", "C1.1-1.evidence.0"): ("None.", 1),
        ("claims/1.1", "C1.1-1.evidence.1"): ("One.", 1),
        ("claims/1.1", "C1.1-1.change"): ("All.", 1),
        ("claims/1.1", "C1.1-2.claim"): ("It was so.", 2),
        ("claims/1.1", "C1.1-2.line"): ("Told.", 2),
        ("claims/1.1", "C1.1-2.evidence.0"): ("Two.", 2),
        ("claims/1.1", "C1.1-2.change"): ("Any.", 2),
        ("glossary/1.1", "weight"): ("weight", 1),
        ("glossary/1.1", "weight.is"): ("What counts.", 1),
        ("messages/build", "build.budget.words"): ("words", 1),
        ("messages/panels/room", "panels.room.lab.title"): ("A lab", 2),
        ("messages/panels/room", "panels.room.lab.now"): ("It is {x:.3f}.", 3),
        ("messages/panels/room", "panels.room.lab.in.0"): ("one", 5),
        ("messages/panels/room", "panels.room.lab.in.1"): ("two", 5),
        ("diagrams/loop", "sentence"): ("A row.", 1),
        ("diagrams/loop", "box.a"): ("first", 5),
        ("diagrams/loop", "box.b"): ("then", 5),
        (LESSON_PO, "title"): ("First", 3),
        (LESSON_PO, "question"): ("Why?", 4),
        (LESSON_PO, "objectives.0"): ("do one thing", 7),
        (LESSON_PO, "the-argument"): ("The argument", 10),
        (LESSON_PO, "the-argument 1"): ("A sentence [C1.1-1].", 12),
        (LESSON_PO, "the-argument 2"): ("one point", 14),
        (LESSON_PO, "the-argument 3"): ("another point", 15),
        (LESSON_PO, "the-argument 4"): ("head", 17),
        (LESSON_PO, "the-argument 5"): ("other", 17),
        (LESSON_PO, "the-argument 6"): ("in it", 19),
        (LESSON_PO, "the-argument-2"): ("The argument", 27),
        (LESSON_PO, "the-argument-2 1"): ("Below [C1.1-2], with its {term}`weight`.", 29),
        (LESSON_PO, "round-1"): ("Round 1", 31),
        (LESSON_PO, "other-claims"): ("Other claims", 36),
    }
    words = {entry.english for entry in translation.extract(root)["words"]}
    assert words == {"exports", "year", "crisis", "billion US$", "Made abroad", "foreign share", "place"}


def test_catalogues_are_made_and_made_again_the_same(root):
    report = translation.update(root, "zh")
    assert len(report.lines) == 7
    before = {path: path.read_bytes() for path in (root / "locale").rglob("*.po")}
    assert "up to date" in translation.update(root, "zh").lines[0]
    assert {path: path.read_bytes() for path in before} == before
    assert translation.check(root).ok
    assert "#: content/lessons/1.1-first.md:12" in (root / f"locale/zh/{LESSON_PO}.po").read_text(encoding="utf-8")


def test_how_much_is_done_is_told(root):
    assert "no language has catalogues" in translation.status(root).lines[0]
    translation.update(root, "zh")
    translate(root, "messages/panels/room", A_lab="实验室")
    counts = translation.counted(root, "zh")
    assert (counts["messages/panels/room"].done, counts["messages/panels/room"].total) == (1, 4)
    assert [line.split()[:5] for line in translation.status(root).lines] == [["zh,", "all", "1", "of", "40"]]
    assert len(translation.status(root, "zh").lines) == 8


def test_what_changed_in_english_is_fuzzy_until_somebody_looks(root):
    translation.update(root, "zh")
    translate(root, LESSON_PO, one_point="第一", another_point="第二", First="首")
    edit(root, LESSON_FILE, ("one point", "one good point"))
    assert not translation.check(root).ok
    translation.update(root, "zh")
    changed = catalogue(root, LESSON_PO).get("one good point", "the-argument 2")
    assert (changed.string, changed.fuzzy, changed.previous_id) == ("第一", True, ["one point"])
    assert not catalogue(root, LESSON_PO).get("another point", "the-argument 3").fuzzy
    count = translation.counted(root, "zh")[LESSON_PO]
    assert (count.done, count.fuzzy) == (2, 1)
    translation.update(root, "zh")
    assert catalogue(root, LESSON_PO).get("one good point", "the-argument 2").previous_id == ["one point"]


def test_what_only_moved_is_still_translated(root):
    translation.update(root, "zh")
    translate(root, LESSON_PO, one_point="第一", another_point="第二")
    edit(root, LESSON_FILE, ("- one point", "A new paragraph.\n\n- one point"))
    translation.update(root, "zh")
    found = catalogue(root, LESSON_PO)
    assert found.get("one point", "the-argument 3").string == "第一"
    assert not found.get("one point", "the-argument 3").fuzzy
    assert found.get("another point", "the-argument 4").string == "第二"
    assert not found.get("A new paragraph.", "the-argument 2").string


def test_what_is_gone_is_kept_aside_and_comes_back(root):
    translation.update(root, "zh")
    translate(root, LESSON_PO, one_point="第一")
    edit(root, LESSON_FILE, ("- one point\n- another point\n\n", ""))
    translation.update(root, "zh")
    assert '#~ msgstr "第一"' in (root / f"locale/zh/{LESSON_PO}.po").read_text(encoding="utf-8")
    edit(root, LESSON_FILE, ("| head", "- one point\n- another point\n\n| head"))
    translation.update(root, "zh")
    assert catalogue(root, LESSON_PO).get("one point", "the-argument 2").string == "第一"
    assert "#~" not in (root / f"locale/zh/{LESSON_PO}.po").read_text(encoding="utf-8")


def test_a_translation_without_the_placeholders_is_named(root):
    translation.update(root, "zh")
    edit(root, "locale/zh/messages/panels/room.po", ('"It is {x:.3f}."\nmsgstr ""', '"It is {x:.3f}."\nmsgstr "是。"'))
    edit(root, f"locale/zh/{LESSON_PO}.po", ('[C1.1-1]."\nmsgstr ""', '[C1.1-1]."\nmsgstr "句子。"'))
    report = translation.check(root, "zh")
    assert [line.split(":")[0] for line in report.problems] == [
        "locale/zh/lessons/1.1-first.po",
        "locale/zh/messages/panels/room.po",
    ]
    assert "{x}" in report.problems[1] and "[C1.1-1]" in report.problems[0]
    assert translation.counted(root, "zh")["messages/panels/room"].done == 0


def test_a_heading_and_the_links_that_lead_to_it_are_called_alike(root):
    """A claim that is only listed is linked to the heading over the list."""
    translation.update(root, "zh")
    translate(root, LESSON_PO, Other_claims="其他")
    assert translation.check(root).ok
    build(root, tag="zh")
    words = spoken(root)
    assert "## 其他" in words and f'[C1.1-2](#{quote("其他")} "It was so.")' in words


@pytest.mark.parametrize(
    ("name", "said"), [("en", "source"), ("qps", "source"), ("xx", "no language"), ("../x", "no language")]
)
def test_a_language_that_has_no_catalogues_is_refused(root, name, said):
    with pytest.raises(ValueError, match=said):
        translation.update(root, name)
    assert not (root / "locale").exists()


def test_a_file_that_is_no_catalogue_is_named_with_its_line(root):
    translation.update(root, "zh")
    path = root / "locale/zh/words.po"
    path.write_text(path.read_text(encoding="utf-8") + "msgid no quotes\n", encoding="utf-8")
    line = path.read_text(encoding="utf-8").count("\n")
    with pytest.raises(ValueError, match=rf"words\.po:{line}: .*catalogue"):
        translation.update(root, "zh")


def test_a_language_is_built_in_a_folder_of_its_own(root):
    build(root)
    english = {path: path.read_bytes() for path in root.rglob("*.ipynb")}
    translation.update(root, "zh")
    translate(root, LESSON_PO, one_point="第一", head="头", First="首", do_one_thing="做", **{"Why?": "为何？"})
    translate(root, "claims/1.1", **{"It_is_so.": "如此。"})
    translate(root, "glossary/1.1", weight="重量")
    assert build(root, tag="zh").lines == ["wrote course/zh/1.1-first.ipynb", "wrote course/zh/glossary.ipynb"]
    words = spoken(root)
    for said in (
        "# 1.1 首\n\n**为何？**",
        "- 做",
        '[重量](glossary.ipynb#cell-id=weight "重: What counts.")',
        "- 第一\n- another point",
        "| 头 | other |",
        '[C1.1-1](#C1.1-1 "如此。")',
        '> <a id="C1.1-1"></a>**Claim C1.1-1.** 如此。',
    ):
        assert said in words
    code = [cell.source for cell in lesson_in_chinese(root).cells if cell.cell_type == "code"]
    assert code[0].startswith('from gvclab.content import speak; speak("zh")\n# no heading\n')
    assert {path: path.read_bytes() for path in english} == english
    assert check(root).ok and check(root, "zh").ok


def test_an_edit_of_a_translated_notebook_is_not_overwritten(root):
    translation.update(root, "zh")
    build(root, tag="zh")
    edit(root, "course/zh/1.1-first.ipynb", ("one point", "another thing"))
    report = build(root, tag="zh")
    assert "locale/zh/" in report.problems[0]
    assert build(root, force=True, tag="zh").ok and check(root, "zh").ok


def test_a_class_gets_no_hints_in_another_language_either(root):
    whole = next((Path(__file__).parents[2] / "content/exercises").glob("2.3a-*.md"))
    path = root / "content/exercises" / whole.name
    path.parent.mkdir()
    shutil.copy(whole, path)
    translation.update(root, "zh")
    catalogue_file = root / f"locale/zh/exercises/{path.stem}.po"
    words = catalogue_file.read_text(encoding="utf-8").split("\n\n", 1)
    words[1] = words[1].replace('msgstr ""\n\n', 'msgstr "译"\n\n')
    catalogue_file.write_text("\n\n".join(words), encoding="utf-8")
    before = translation.read(catalogue_file, "zh")
    path.write_text(bank.public_text(path.read_text(encoding="utf-8")), encoding="utf-8")
    catalogue_file.write_text(translation.public_text(catalogue_file, root), encoding="utf-8")
    after = {entry.context for entry in translation.read(catalogue_file, "zh") if entry.id}
    secret = {entry.context for entry in before if entry.id and re.search(r"\.(hint|wrong)\b", entry.context)}
    assert secret and after and not secret & after
    assert any(context.endswith(" prompt.1") for context in after)
