"""The notebooks of the pseudo-locale: all prose is translated, and nothing else differs from the English ones."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from gvclab.build import notebooks, targets
from gvclab.build.budget import is_references
from gvclab.build.notebooks import SPEAK
from gvclab.language.pseudo import CLOSE, OPEN, pseudo

from .ours import left

ROOT = Path(__file__).parents[2]
LINE = SPEAK.format(tag="qps")


@pytest.fixture(scope="module")
def pairs() -> dict:
    """The notebooks by their path: (English, in the pseudo-locale)."""
    english, others = targets(ROOT), targets(ROOT, "qps")
    found = {}
    for name, text in english.items():
        other = name.replace("course/", "course/qps/", 1) if name.startswith("course/") else f"course/qps/{name}"
        found[name] = notebooks.read(text), notebooks.read(others.pop(other))
    assert not others
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
    english, translated = pairs[name]
    assert [cell.cell_type for cell in english.cells] == [cell.cell_type for cell in translated.cells]
    for one, other in zip(english.cells, translated.cells, strict=True):
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
    """And but for words in code that are shown to be typed: terms, boxes, an item's title, the stub's comment."""
    codes = [[cell.source for cell in book.cells if cell.cell_type == "code"] for book in pairs[name]]
    codes[0][0] = f"{LINE}\n{codes[0][0]}"
    for one, other in zip(*codes, strict=True):
        for english, line in zip(one.split("\n"), other.split("\n"), strict=True):
            assert line == english or line == reworded(english, line)


def reworded(english: str, line: str) -> str:
    """The English line with the words that stand in brackets in the other in the pseudo-locale."""
    tokens = re.split(f"({OPEN}[^{CLOSE}]*{CLOSE})", line)
    found = re.fullmatch("".join("(.+)" if n % 2 else re.escape(token) for n, token in enumerate(tokens)), english)
    said = [pseudo(words) for words in found.groups()] if found else []
    return "".join(said.pop(0) if n % 2 and said else token for n, token in enumerate(tokens)) if said else english


def _spoken(source: str) -> str:
    """What of a cell has words to translate: names and titles of works, addresses and anchors have none."""
    works = re.compile(r"\[[^\]]*\]\((?:https?://[^\s)]*)(?: \"(?:[^\"\\\\]|\\\\.)*\")?\)")
    return "" if is_references(source) else re.sub(r"#[^\s)\"]+", " ", works.sub(" ", source))


@every_notebook
def test_every_paragraph_is_in_the_pseudo_locale(pairs, name):
    """Terms and claims from tables, options, hints and rubrics too."""
    _, translated = pairs[name]
    plain = {
        f"{cell.metadata.get('nbgrader', {}).get('grade_id', n)}": sorted(words)
        for n, cell in enumerate(translated.cells)
        if cell.cell_type == "markdown" and (words := left(_spoken(cell.source)))
    }
    assert not plain


def test_links_lead_to_notebooks_and_headings_of_the_same_language(pairs):
    lessons = {name.split("/")[-1]: book for name, (_, book) in pairs.items() if name.startswith("course/")}
    headings = {
        name: {line.lstrip("#").strip().replace(" ", "-") for cell in book.cells for line in cell.source.split("\n")}
        for name, book in lessons.items()
    }
    for name, book in lessons.items():
        headings[name] |= {anchor for cell in book.cells for anchor in re.findall(r'id="([^"]+)"', cell.source)}
        headings[name] |= {f"cell-id={cell.id}" for cell in book.cells}
    seen = set()
    for name, book in lessons.items():
        for cell in book.cells:
            for file, anchor in re.findall(r"\]\(([\w./-]*)(#[^\s)]+)?", cell.source):
                if file.endswith(".ipynb") and "/" in file:
                    assert f"{file.removeprefix('./')}" in pairs, file
                elif anchor:
                    assert unquote(anchor[1:]) in headings[file or name], (name, file, anchor)
                seen.add(bool(anchor))
    assert seen == {True, False}


@pytest.mark.slow
def test_nbgrader_takes_the_folder_of_a_language_as_a_course(pairs, tmp_path):
    """`nbgrader generate_assignment` releases the same bytes as the build."""
    for name, (_, book) in pairs.items():
        if not name.startswith("course/"):
            path = tmp_path / "course/qps" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(notebooks.text(book), encoding="utf-8")
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    folder = tmp_path / "course/qps"
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "section-1"]
    environment = {**os.environ, "GVCLAB_LANGUAGE": "qps"}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [*command, f"--CourseDirectory.root={folder}"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    released = sorted((folder / "release/section-1").glob("*.ipynb"))
    assert len(released) == 3
    for path in released:
        assert path.read_bytes() == (folder / "exercises/section-1" / path.name).read_bytes()
