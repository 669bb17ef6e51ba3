"""What a lesson says by a mark stands in the notebook, and comes home from an edited one as the mark."""

from __future__ import annotations

import pytest

from gvclab.build import lesson, marks, notebooks
from gvclab.build.marks import Marks
from gvclab.sources import Fault

NUMBERS = {"one": 0.8179, "two": 0.9980, "years": 1234567, "name": "Korea"}


def known(**more) -> Marks:
    """Marks that can be told in the text."""
    given = {
        "claim": lambda name, report: f'<a id="from-{name}"></a>' * report + f'[{name}](#{name} "the claim")',
        "stated": lambda names: "\n>\n".join(f'> <a id="{name}"></a>**{name}**' for name in names),
        "references": lambda: "- One work.\n- Another work.",
        "cite": lambda key: f"[{key.title()}](https://example.org/{key})",
        "term": lambda name: f'[{name}](glossary.ipynb#{name} "meaning")',
        "numbers": NUMBERS,
    }
    return Marks(**(given | more))


TEXT = """A chain works in {{one:.0%}} of years, with two suppliers in {{ two:.1%}}.
As {cite}`stigler-1951` says [C1.1-1], the {term}`weight` counts; {{name}} has {{years:,.0f}}.

:::{dropdown} What {{name}} should see
Nothing in `{{one}}` fences but this.
:::

```{claim} C1.1-1 C1.1-2
```

```python
{{one}} [C1.1-1] {cite}`stigler-1951`
```

```{claim} C1.1-3
```

```{references}
```"""


class TestFill:
    def test_numbers_are_written_as_their_format_says(self):
        assert marks.fill("{{one:.0%}} and {{ two:.3f }}", known()) == "82% and 0.998"
        assert marks.fill("{{years:,.0f}} {{name}}", known()) == "1,234,567 Korea"

    def test_citations_terms_and_claims_are_links(self):
        assert marks.fill("{cite}`stigler-1951`", known()) == "[Stigler-1951](https://example.org/stigler-1951)"
        assert marks.fill("{term}`weight`", known()) == '[weight](glossary.ipynb#weight "meaning")'
        assert marks.fill("[C1.1-1]", known()) == '<a id="from-C1.1-1"></a>[C1.1-1](#C1.1-1 "the claim")'
        assert marks.fill("[C1.1-1]", known(report=False)) == '[C1.1-1](#C1.1-1 "the claim")'

    @pytest.mark.parametrize("plain", ["[[C1.1-1]]", "[C1.1-1](#there)", "[C1.1-1]: there", "{one}", "{{ }}", ":::"])
    def test_what_only_looks_like_a_mark_stays(self, plain):
        assert marks.fill(plain, known()) == plain

    def test_a_folded_part_opens_with_its_title_and_closes(self):
        folded = marks.fill(":::{dropdown} More on {{name}}\nText.\n:::", known())
        assert folded == "<details>\n<summary>More on Korea</summary>\n\nText.\n\n</details>"

    def test_blocks_are_replaced_and_other_fences_are_left(self):
        filled = marks.fill(TEXT, known())
        for n in (1, 2, 3):
            assert filled.count(f'> <a id="C1.1-{n}"></a>') == 1
        assert "- One work.\n- Another work." in filled
        assert "```python\n{{one}} [C1.1-1] {cite}`stigler-1951`\n```" in filled
        assert "{claim" not in filled.replace("```python", "")

    @pytest.mark.parametrize(
        ("text", "named"),
        [
            ("{{three:.1f}}", r"{{three}} is not in the lesson's .* which has name, one, two, years"),
            ("{{one.real:.1f}}", r"{{one.real}} is not in the lesson's"),
            ("{{-one}}", r"{{-one}} is not in the lesson's"),
            ("{{name:.1f}}", "{{name}} cannot be written so"),
            ("{{one:.q}}", "{{one}} cannot be written so"),
        ],
    )
    def test_a_number_that_is_not_there_or_has_no_such_form_is_named(self, text, named):
        with pytest.raises(Fault, match=named.replace("{", r"\{").replace("}", r"\}")):
            marks.fill(text, known())


class TestHome:
    def test_what_nobody_edited_comes_home_as_it_was(self):
        assert marks.home(marks.fill(TEXT, known()), TEXT, known()) == TEXT

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("A chain works", "Such a chain works"),
            ("counts;", "matters;"),
            ("with two suppliers in", "with a second supplier for each stage in"),
            ("says [C1.1-1], the", "says, the"),
            ("should see", "could see"),
            (":::{dropdown} What", ":::{dropdown} Something that"),
            ("Nothing in", "Hardly anything in"),
        ],
    )
    def test_words_between_the_marks_may_be_edited(self, old, new):
        shown = lambda text: marks.fill(text, known())  # noqa: E731
        edited = shown(TEXT.replace(old, new))
        assert marks.home(edited, TEXT, known()) == TEXT.replace(old, new)

    def test_lines_may_be_added_moved_and_deleted(self):
        first, second, *rest = TEXT.split("\n")
        edited = "\n".join(["A new line.", second, first, *rest[:-2]])
        assert marks.home(marks.fill(edited, known()), TEXT, known()) == edited

    @pytest.mark.parametrize(
        ("old", "new", "lost"),
        [
            ("82%", "83%", "{{one:.0%}}"),
            ("Korea has", "Corea has", "{{name}}"),
            ("<summary>What Korea should", "<summary>What Japan should", "{{name}}"),
            ("[Stigler-1951](https://example.org/stigler-1951)", "Stigler", "{cite}`stigler-1951`"),
            ('[weight](glossary.ipynb#weight "meaning")', "weight", "{term}`weight`"),
        ],
    )
    def test_what_is_computed_cannot_be_written_by_hand(self, old, new, lost):
        edited = marks.fill(TEXT, known()).replace(old, new)
        with pytest.raises(ValueError, match="which is computed") as refused:
            marks.home(edited, TEXT, known())
        assert lost in str(refused.value)

    def test_a_number_that_stands_twice_in_an_edited_line_is_refused(self):
        """Which of the two is the computed one cannot be told."""
        source = "It works in {{one:.0%}} of years, as we saw."
        with pytest.raises(ValueError, match="which is computed"):
            marks.home("It works in 82% of years, 82% as we saw.", source, known())

    def test_a_line_that_resembles_none_of_the_file_is_taken_as_it_is(self):
        assert marks.home("Quite another thought, 82% new.", TEXT, known()) == "Quite another thought, 82% new."


# ----------------------------------------------------------------------------------------------- the {numbers} block

BLOCK = "```{numbers}\nimport math\n\nroot = math.sqrt(16)\n_hidden = 3\n```\n\n"


class TestNumbers:
    def test_the_block_at_the_head_is_split_off_and_run(self):
        block, rest = marks.split_numbers(BLOCK + "The text.\n")
        assert (block, rest) == (BLOCK, "The text.\n")
        values = marks.computed(block)
        assert values["root"] == 4 and "_hidden" not in values

    def test_a_lesson_without_one_has_no_numbers(self):
        assert marks.split_numbers("The text.\n") == ("", "The text.\n") and marks.computed("") == {}

    @pytest.mark.parametrize(
        ("code", "line", "problem"),
        [
            ("x = 1\ny = x / 0", 12, "ZeroDivisionError"),
            ("x = 1\ny = = 2", 12, "SyntaxError"),
            ("def f(x):\n    return x / 0\n\n\nf(1)", 12, "ZeroDivisionError"),
            ("import math\n\n\nmath.sqrt(-1)", 14, "ValueError"),
        ],
    )
    def test_what_does_not_run_is_said_with_its_line(self, code, line, problem):
        """The block begins on line 10 of the file; an error in a library is at the line that called it."""
        with pytest.raises(Fault, match=problem) as fault:
            marks.computed(f"```{{numbers}}\n{code}\n```\n", 10)
        assert fault.value.line == line


# ------------------------------------------------------------------------------------------------- in a whole lesson

TABLES = lesson.Tables(
    claims={name: {"claim": f"Claim {name}.", "cites": ()} for name in ("C1.1-1", "C1.1-2")},
    glossary={"weight": {"zh": "重", "is": "What counts."}},
    lessons={"1.1": "1.1-first"},
    places={"C1.1-1": ("1.1-first", "C1.1-1"), "C1.1-2": ("1.1-first", "Other-claims")},
)
LESSON = """---
section: "1.1"
title: First
question: Why?
minutes: 10
---

```{numbers}
works = 0.99**20
```

## A case

In {{works:.0%}} of years, says {cite}`stigler-1951`.

## What the authors say

All hangs on {term}`weight` [C1.1-1]; more [C1.1-2].

## Round 1

```{claim} C1.1-1
```

Back to [C1.1-1]: it works in {{works:.1%}}.

:::{dropdown} More
The third time, {{works:.2%}}.
:::

```{code-cell} ipython3
0.99**20
```

## References

```{references}
```
"""


def replaced(book, old: str, new: str):
    for cell in book.cells:
        cell.source = cell.source.replace(old, new)
    return book


class TestInALesson:
    def test_a_claim_is_reported_first_and_tested_below_with_a_way_back(self):
        book = lesson.render(LESSON, TABLES)
        text = "\n".join(cell.source for cell in book.cells)
        assert text.count('<a id="from-C1.1-1"></a>') == 1 and text.count('<a id="C1.1-1"></a>') == 1
        assert text.index('id="from-C1.1-1"') < text.index('id="C1.1-1"') < text.index("](#from-C1.1-1)")
        assert "82%" in text and "81.8%" in text and "81.79%" in text
        assert "Stigler" in book.cells[-1].source

    @pytest.mark.parametrize(
        ("old", "new"),
        [("In ", "Only in "), ("Back to ", "And back to "), ("More", "Still more"), ("0.99**20", "0.99**21")],
    )
    def test_an_edited_notebook_comes_home_line_by_line(self, old, new):
        book = lesson.render(LESSON, TABLES)
        for cell in book.cells[1:]:
            cell.source = cell.source.replace(old, new)
        home = lesson.bring_home(LESSON, book, TABLES)
        assert home == LESSON.replace("works = 0.99**20", "works = @").replace(old, new).replace("@", "0.99**20")
        assert notebooks.body(lesson.render(home, TABLES)) == notebooks.body(lesson.tidy(book, home, TABLES))

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("81.8%", "81.9%", "is computed"),
            ("**Claim C1.1-1.** Claim", "**Claim C1.1-1.** Another claim", "content/claims"),
            ("- Stigler, George J.", "- Stigler, G. J.", "is computed"),
        ],
    )
    def test_an_edit_of_what_is_made_is_refused(self, old, new, said):
        book = replaced(lesson.render(LESSON, TABLES), old, new)
        with pytest.raises(ValueError, match=said):
            lesson.bring_home(LESSON, book, TABLES)

    @pytest.mark.parametrize(
        ("old", "new", "line", "said"),
        [
            ("{{works:.0%}}", "{{wrks:.0%}}", 14, "wrks"),
            ("{{works:.1%}}", "{{works:.q}}", 25, "works"),
            ("{cite}`stigler-1951`", "{cite}`nobody-1900`", 14, "nobody-1900"),
            ("{term}`weight`", "{term}`mass`", 18, "mass"),
            ("more [C1.1-2]", "more [C1.1-9]", 18, "C1.1-9"),
            ("{claim} C1.1-1", "{claim} C1.1-8", 22, "C1.1-8"),
            ("works = 0.99**20", "works = 0.99**", 9, "SyntaxError"),
            ("{references}", "{reference}", 37, "claim and references blocks, not reference"),
            ("{claim} C1.1-1", "{claims} 1.1", 22, "claim and references blocks, not claims"),
        ],
    )
    def test_a_fault_says_what_and_on_which_line(self, old, new, line, said):
        assert LESSON.count(old) == 1
        with pytest.raises(Fault, match=said) as fault:
            lesson.render(LESSON.replace(old, new), TABLES)
        assert fault.value.line == line

    def test_what_a_lesson_uses_is_found_by_its_marks(self):
        assert marks.cited(LESSON) == ["stigler-1951"] and marks.terms_explained(LESSON) == ["weight"]
        assert marks.claims_named(LESSON) == ["C1.1-1", "C1.1-2"] and marks.claims_tested(LESSON) == ["C1.1-1"]
        assert marks.blocks(LESSON) == ["```{claim} C1.1-1", "```{references} ".strip()]
