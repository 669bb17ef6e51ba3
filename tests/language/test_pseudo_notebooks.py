"""The notebooks of the pseudo-locale: all prose is translated, and nothing else differs from the English ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gvclab.build import notebooks, targets
from gvclab.build.notebooks import SPEAK
from gvclab.content import find

from .ours import left

ROOT = Path(__file__).parents[2]
LINE = SPEAK.format(tag="qps")
PAIRS = {}  # filled once: the path of each notebook -> (English, pseudo)


@pytest.fixture(scope="module")
def pairs() -> dict:
    english, pseudo = targets(ROOT), targets(ROOT, "qps")
    found = {}
    for name, text in english.items():
        other = name.replace("course/", "course/qps/", 1) if name.startswith("course/") else f"course/qps/{name}"
        found[name] = notebooks.read(text), notebooks.read(pseudo.pop(other))
    assert not pseudo
    return found


NAMES = sorted(
    [f"course/{path.stem}.ipynb" for path in (ROOT / "content/lessons").glob("*.md")]
    + [
        f"{folder}/section-{path.stem[0]}/{path.stem}.ipynb"
        for path in (ROOT / "content/exercises").glob("*.md")
        for folder in ("exercises", "solutions")
    ]
)
every_notebook = pytest.mark.parametrize("name", NAMES)


@every_notebook
def test_cells_grade_ids_points_and_letters_are_the_same(pairs, name):
    english, pseudo = pairs[name]
    assert [cell.cell_type for cell in english.cells] == [cell.cell_type for cell in pseudo.cells]
    for one, other in zip(english.cells, pseudo.cells, strict=True):
        mine, theirs = (dict(cell.metadata.get("nbgrader", {})) for cell in (one, other))
        for grading in (mine, theirs):
            grading.pop("checksum", None)
        assert mine == theirs
        if mine:
            assert one.id == other.id
        letters = [re.findall(r"^- \*\*([A-Z])\.\*\*", cell.source, re.M) for cell in (one, other)]
        assert letters[0] == letters[1]


@every_notebook
def test_code_is_the_same_but_for_the_line_that_sets_the_language(pairs, name):
    codes = [[cell.source for cell in book.cells if cell.cell_type == "code"] for book in pairs[name]]
    stub = find("build.stub.code")[1]
    assert codes[1][0].split("\n") == [LINE, *codes[0][0].split("\n")]
    for one, other in zip(codes[0][1:], codes[1][1:], strict=True):
        lines = [
            [line for line in source.split("\n") if not line.startswith("# ") or stub not in one]
            for source in (one, other)
        ]
        assert lines[0] == lines[1]


@every_notebook
def test_every_paragraph_is_in_the_pseudo_locale(pairs, name):
    """Terms and claims from tables, options, hints and rubrics too."""
    _, pseudo = pairs[name]
    plain = {
        f"{cell.metadata.get('nbgrader', {}).get('grade_id', n)}": sorted(words)
        for n, cell in enumerate(pseudo.cells)
        if cell.cell_type == "markdown" and (words := left(cell.source))
    }
    assert not plain


def test_links_lead_to_notebooks_and_headings_of_the_same_language(pairs):
    lessons = {name.split("/")[-1]: book for name, (_, book) in pairs.items() if name.startswith("course/")}
    headings = {
        name: {line.lstrip("#").strip().replace(" ", "-") for cell in book.cells for line in cell.source.split("\n")}
        for name, book in lessons.items()
    }
    seen = set()
    for name, book in lessons.items():
        for cell in book.cells:
            for file, anchor in re.findall(r"\]\(([\w./-]*)(#[^\s)]+)?", cell.source):
                if file.endswith(".ipynb") and "/" in file:
                    assert f"{file.removeprefix('./')}" in pairs, file
                elif anchor:
                    assert anchor[1:] in headings[file or name], (name, file, anchor)
                seen.add(bool(anchor))
    assert seen == {True, False}
