"""The glossary is a page: each term with its Chinese and its meaning, and every link to one of them arrives."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gvclab.build import glossary, lesson, marks, targets
from gvclab.build.notebooks import read
from gvclab.content import speaking

ROOT = Path(__file__).parents[2]
TERMS = {
    "weight": {"term": "weight", "zh": "重", "is": "What counts."},
    "CVaR": {"term": "CVaR", "zh": "值", "is": "A mean."},
    "Back-up": {"term": "back-up supplier", "zh": "替补", "is": "Who steps in."},
}
LESSONS = {"1.1-first": "All {term}`weight` and {term}`CVaR`.", "1.2-second": "Again {term}`weight`."}


def sources(lessons=LESSONS) -> list[str]:
    return [cell.source for cell in glossary.render(TERMS, lessons).cells]


def test_terms_stand_in_the_order_of_the_alphabet_with_chinese_and_meaning():
    first, *entries = sources()
    assert first.startswith("# Glossary")
    assert [entry.split("\n")[0] for entry in entries] == ["## back-up supplier", "## CVaR", "## weight"]
    assert "替补. Who steps in." in entries[0]


def test_a_term_links_to_the_lessons_that_explain_it():
    _, back_up, risk, weight = sources()
    assert "[1.1](1.1-first.ipynb)" in risk and "1.2" not in risk
    assert "[1.1](1.1-first.ipynb)" in weight and "[1.2](1.2-second.ipynb)" in weight
    assert "](" not in back_up


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return targets(ROOT)


def explained() -> list[tuple[str, str]]:
    paths = sorted((ROOT / "content/lessons").glob("*.md"))
    return [(p.stem, term) for p in paths for term in marks.terms_explained(p.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(("name", "term"), explained())
def test_a_term_that_a_lesson_marks_is_in_the_glossary_and_its_link_arrives(name, term, made):
    page = {cell.id: cell.source for cell in read(made["course/glossary.ipynb"]).cells}
    known = lesson.Tables.read(ROOT / "content").glossary[term]
    entry = page[term.replace(" ", "-")]
    assert entry.startswith(f"## {known['term']}\n") and known["zh"] in entry and f"]({name}.ipynb)" in entry
    text = "\n".join(cell.source for cell in read(made[f"course/{name}.ipynb"]).cells)
    assert f"](glossary.ipynb#cell-id={term.replace(' ', '-')} " in text


def test_links_arrive_where_the_words_are_others():
    """In another language a term has another heading, and links find it as before."""
    with speaking("qps"):
        found = targets(ROOT, "qps")
    cells = {f"cell-id={cell.id}" for cell in read(found["course/qps/glossary.ipynb"]).cells}
    text = "\n".join(cell.source for cell in read(found["course/qps/2.3a-suppliers.ipynb"]).cells)
    links = re.findall(r"\]\(glossary\.ipynb#(\S+) ", text)
    assert links and {*links} <= cells
