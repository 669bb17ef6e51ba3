"""A lesson file becomes a notebook, and an edited notebook a lesson file."""

from __future__ import annotations

import nbformat
import pytest

from gvclab.build import lesson, notebooks

TABLES = lesson.Tables(
    claims={
        "C1.1-1": {
            "claim": 'A "quoted" claim | with a bar.',
            "cites": (),
        }
    },
    glossary={"weight": {"zh": "重", "is": "What counts."}},
    lessons={"1.1": "1.1-first", "1.2": "1.2-second"},
    places={"C1.1-1": ("1.1-first", "C1.1-1")},
)
SOURCE = """---
section: "1.1"
title: First
question: Why?
minutes: 10
objectives:
  - do one thing
prerequisites: [nothing]
---

## The argument

A sentence [C1.1-1] with a {term}`weight`, and another.
See [elsewhere](https://example.org).

```python
# no heading, only a comment
```

$$
# = 1
$$

### Below

One line $$x$$ of text.

```{code-cell} ipython3
x = 1
x
```

```{code-cell} ipython3
:tags: [hide-input]

y = 2
```

## Round 1

```{claim} C1.1-1
```

## Next

The end.
"""


@pytest.fixture
def book():
    return lesson.render(SOURCE, TABLES)


def sources(book) -> list[str]:
    return [cell.source for cell in book.cells]


def test_first_cell_is_made_from_the_front_matter(book):
    """Title and question are seen at once, the rest is folded."""
    seen, folded = book.cells[0].source.split("<details>")
    assert seen == "# 1.1 First\n\n**Why?**\n\n"
    assert folded.endswith("</details>")
    for part in ("Section 1.1", "10 minutes", "- do one thing", "- nothing"):
        assert part in folded


def test_a_term_links_to_the_glossary_and_shows_its_meaning(book):
    assert '[weight](glossary.ipynb#cell-id=weight "重: What counts.")' in book.cells[1].source


def test_cells_begin_at_headings_but_not_inside_fences(book):
    starts = [cell.source.split("\n")[0] for cell in book.cells[1:]]
    assert starts == ["## The argument", "### Below", "x = 1", "y = 2", "## Round 1", "## Next"]


def test_sentences_keep_their_lines(book):
    assert "another.\nSee [elsewhere](https://example.org)." in book.cells[1].source


def test_a_claim_links_to_its_round_and_shows_itself(book):
    assert '[C1.1-1](#C1.1-1 "A \\"quoted\\" claim | with a bar.")' in book.cells[1].source


def test_a_claim_of_another_lesson_links_there():
    elsewhere = SOURCE.replace('section: "1.1"', 'section: "1.2"')
    assert "(1.1-first.ipynb#C1.1-1 " in lesson.render(elsewhere, TABLES).cells[1].source


def test_a_round_states_its_claim_with_a_way_back_to_what_the_authors_say(book):
    stated = '> <a id="C1.1-1"></a>**Claim C1.1-1.** A "quoted" claim | with a bar.'
    assert book.cells[5].source == f"## Round 1\n\n{stated} [↩\N{NO-BREAK SPACE}what the authors say](#from-C1.1-1)"
    assert book.cells[1].source.count('<a id="from-C1.1-1"></a>[C1.1-1]') == 1


def test_a_claim_that_nobody_reported_has_no_way_back():
    book = lesson.render(SOURCE.replace("A sentence [C1.1-1]", "A sentence"), TABLES)
    assert book.cells[5].source.endswith("with a bar.")


def test_ids_are_unique_stable_and_follow_the_content(book):
    ids = [cell.id for cell in book.cells]
    assert len(set(ids)) == len(ids)
    longer = lesson.render(SOURCE.replace("## Next", "More.\n\n## Next"), TABLES)
    assert [a == b.id for a, b in zip(ids, longer.cells, strict=True)].count(False) == 1


def test_same_cells_twice_have_two_ids():
    again = SOURCE + "\n```{code-cell} ipython3\nx = 1\nx\n```\n"
    ids = [cell.id for cell in lesson.render(again, TABLES).cells]
    assert len(set(ids)) == len(ids)


def test_notebook_text_is_the_same_every_time(book):
    text = notebooks.text(book)
    assert text == notebooks.text(lesson.render(SOURCE, TABLES))
    assert text.endswith("}\n")
    assert "重" in text
    nbformat.validate(nbformat.reads(text, as_version=4))


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("[C1.1-1]", "[C1.1-9]", "C1.1-9"),
        ("{term}`weight`", "{term}`mass`", "mass"),
        ("{claim} C1.1-1", "{claim} C7.7-1", "C7.7-1"),
        ("{claim} C1.1-1", "{claims} 1.1", "blocks, not claims"),
        ("---\nsection", "section", "front matter"),
        ("question: Why?\n", "", "the front matter lacks question"),
    ],
)
def test_what_does_not_exist_is_named(old, new, named):
    with pytest.raises(ValueError, match=named):
        lesson.render(SOURCE.replace(old, new, 1), TABLES)


def test_an_unedited_notebook_comes_home_as_the_same_file(book):
    assert lesson.bring_home(SOURCE, book, TABLES) == SOURCE


def edit(book, old: str, new: str):
    for cell in book.cells:
        cell.source = cell.source.replace(old, new)
    return book


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A sentence", "A better sentence"),
        ("x = 1", "x = 3"),
        ("y = 2", "y = 2\n\n\ny"),
        ("### Below", "### Above"),
        ("The end.", "The end.\n\n```{note}\nA directive that nobody fills.\n```"),
    ],
)
def test_an_edit_comes_home_and_nothing_else_changes(book, old, new):
    assert lesson.bring_home(SOURCE, edit(book, old, new), TABLES) == SOURCE.replace(old, new)


def test_cells_added_moved_and_deleted_come_home(book):
    book.cells.insert(3, nbformat.v4.new_markdown_cell("Between.\n\nTwo paragraphs, with [C1.1-1]."))
    book.cells.append(nbformat.v4.new_code_cell("z = 3"))
    del book.cells[5]
    book.cells[-2:] = book.cells[-1], book.cells[-2]
    home = lesson.bring_home(SOURCE, book, TABLES)
    assert notebooks.body(lesson.render(home, TABLES)) == notebooks.body(lesson.tidy(book, SOURCE, TABLES))
    assert "+++\n\nBetween.\n\nTwo paragraphs, with [C1.1-1]." in home
    assert "y = 2" not in home


@pytest.mark.parametrize(
    ("cell", "old", "new", "reason"),
    [
        (0, "First", "Second", "front matter"),
        (0, "Why?", "What for?", "front matter"),
        (5, "quoted", "cited", "content/claims"),
        (5, "C1.1-1.**", "C1.1-2.**", "content/claims"),
        (5, "## Round 1", "## Another", None),
    ],
)
def test_what_is_made_from_tables_stays_in_the_tables(book, cell, old, new, reason):
    book.cells[cell].source = book.cells[cell].source.replace(old, new)
    if reason is None:
        assert lesson.bring_home(SOURCE, book, TABLES) == SOURCE.replace(old, new)
    else:
        with pytest.raises(ValueError, match=reason):
            lesson.bring_home(SOURCE, book, TABLES)


def test_a_block_is_added_and_deleted_in_the_lesson_file(book):
    without = notebooks.notebook([cell for n, cell in enumerate(book.cells) if n != 5])
    again = notebooks.notebook([*book.cells, notebooks.cell("markdown", "```{claim} C1.1-1\n```")])
    for edited in (without, again):
        with pytest.raises(ValueError, match="deleted in content/lessons/"):
            lesson.bring_home(SOURCE, edited, TABLES)


def test_headings_within_a_new_cell_and_empty_cells_are_put_right(book):
    book.cells[-1].source += "\n\n## Another\n\nIts text."
    book.cells.append(nbformat.v4.new_code_cell(""))
    assert lesson.bring_home(SOURCE, book, TABLES) == SOURCE + "\n## Another\n\nIts text.\n"


def test_raw_cells_are_refused(book):
    book.cells.append(nbformat.v4.new_raw_cell("raw"))
    with pytest.raises(ValueError, match="raw cell"):
        lesson.bring_home(SOURCE, book, TABLES)
