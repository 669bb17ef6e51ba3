"""What a lesson takes of its reader: each count on a small notebook, and the lessons that have to keep the budget."""

from __future__ import annotations

from pathlib import Path

import pytest

from gvclab.build import budgets, notebooks
from gvclab.build.budget import MOST, Budget, beyond, budget

ROOT = Path(__file__).parents[2]


def counted(*cells: str | tuple[str, str], source: str = "") -> Budget:
    """The counts of a notebook: a string is a cell of text, ("code", …) one of code."""
    made = [notebooks.cell("markdown", each) if isinstance(each, str) else notebooks.cell(*each) for each in cells]
    return budget(notebooks.notebook(made), source, 10)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# A title\n\nFour words, and more.", 6),
        ("Don't count state-of-the-art or 1,200.5 twice.", 6),
        ("See [the glossary](glossary.ipynb#a-b-c) and ![picture](x.png).", 5),
        ("<details>\n<summary>Folded parts</summary>\n\ncount too\n</details>", 4),
        ("Before $$x = y + z$$ after, with $f_a$ inside.", 5),
        ("一二三 is one", 3),
        (
            "## References\n\n- A. Author 1999: *Title*. [doi](https://doi.org/1)\n- B. Other 2001: *More*. [x](http://y)",
            0,
        ),
        ("## Task\n\n- one\n- two", 3),
    ],
)
def test_words_are_those_that_are_read(text, words):
    assert counted(text).words == words


@pytest.mark.parametrize(
    "picture",
    [
        'diagram("chain")',
        "x = 1\nchange(table, by='buyer', x='year', y='y')",
        "from gvclab.panels.fear import MemoryLab\n\nMemoryLab()",
        'from gvclab.panels.fear import MemoryLab\n\nafter("2.3-p5", MemoryLab())',
    ],
)
def test_words_before_the_first_picture(picture):
    """Those of the folded line under the title do not count, nor do cells that show nothing."""
    opening = "# Two words\n\n<details>\n<summary>What you need</summary>\n\n- much\n</details>"
    found = counted(opening, ("code", "x = 1"), "Three more words.", ("code", picture), "After it.")
    assert found.before == 5


def test_panels_equations_lines_and_tables():
    room = "from gvclab.panels.fear import FeltRiskLab, MemoryLab as Memory"
    found = counted(
        "Inline $x$, and\n\n$$\nx = 1\n$$\n\n$$y$$",
        ("code", f"{room}\n\nFeltRiskLab()\nafter('2.3-p5', Memory(k=0.1))"),
        ("code", "a = 1\n\nb = 2\n# a comment is read as well\nspelled(a)\ntable(b, 'Title')"),
        "| a | b |\n|:--|--:|\n| 1 | 2 |\n\n| c |\n|---|\n| 3 |",
    )
    assert (found.panels, found.equations, found.lines, found.tables) == (2, 2, 5, 4)


def test_a_panel_that_is_only_imported_is_not_shown():
    assert counted(("code", "from gvclab.panels.fear import MemoryLab")).panels == 0


@pytest.mark.parametrize(
    ("code", "nested"),
    [
        ("f([x for x in y])", 1),
        ("f(x for x in y)", 1),
        ("f(z=[g(x) for x in {a for a in b}])", 1),
        ("squares = [g(x) for x in y]", 0),
        ("f(g([x for x in y]), {k: 1 for k in y})", 2),
    ],
)
def test_comprehensions_that_stand_in_a_call(code, nested):
    assert counted(("code", code)).nested == nested


def test_claims_that_are_discussed_and_minutes():
    source = "```{claim} C1.1-1 C1.1-2\n```\n\nOnce more [C1.1-3].\n\n```{claim} C1.1-4\n```\n"
    found = counted("Text.", source=source)
    assert (found.claims, found.minutes) == (3, 10)


def test_what_is_beyond_the_budget_is_named_with_both_numbers():
    assert beyond(MOST) == {}
    assert beyond(MOST._replace(words=2001, nested=1)) == {"words": (2001, 2000), "nested": (1, 0)}


@pytest.fixture(scope="module")
def found() -> dict[str, Budget]:
    return budgets(ROOT)


LESSONS = sorted(path.stem for path in (ROOT / "content/lessons").glob("*.md"))


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_keeps_its_budget(name, found):
    assert beyond(found[name]) == {}
