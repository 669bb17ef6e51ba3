"""The course's own notebooks: up to date, without answers for students, running without complaint."""

from __future__ import annotations

import importlib
import os
import re
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

from gvclab.build import check, notebooks, targets, translation
from gvclab.build.translation import languages
from gvclab.exercises import bank
from gvclab.exercises.prompts import form_line, prompt

ROOT = Path(__file__).parents[2]
LESSONS = sorted(path.stem for path in (ROOT / "content/lessons").glob("*.md"))
EXERCISES = sorted(path.stem for path in (ROOT / "content/exercises").glob("*.md"))


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return targets(ROOT)


def committed() -> list[str]:
    folders = ("course", "exercises", "solutions")
    found = [p for f in folders for p in (ROOT / f).rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts]
    translated = [lock.parent for lock in (ROOT / "course").glob("*/notebooks.lock")]
    return sorted(
        p.relative_to(ROOT).as_posix() for p in found if not any(p.is_relative_to(folder) for folder in translated)
    )


def test_the_notebooks_are_those_that_content_makes(made):
    assert committed() == sorted(made)


@pytest.mark.parametrize("name", committed())
def test_a_committed_notebook_is_what_content_makes(name, made):
    untouched_or_skip(name, made)
    assert (ROOT / name).read_bytes() == made[name].encode(), "run `gvclab build`"


def untouched_or_skip(name: str, made: dict[str, str]) -> None:
    """A lesson may have been run in this clone; what is committed must be clean."""
    if not os.environ.get("CI") and (ROOT / name).read_bytes() != made[name].encode():
        now, then = (notebooks.read(text) for text in ((ROOT / name).read_text(encoding="utf-8"), made[name]))
        if notebooks.body(now) == notebooks.body(then):
            pytest.skip("the notebook holds outputs of a run; `gvclab build` takes them out")


def test_catalogues_and_notebooks_of_other_languages_are_up_to_date():
    assert translation.check(ROOT).problems == []
    for tag in languages(ROOT):
        assert not (ROOT / "course" / tag).exists() or check(ROOT, tag).problems == []


@pytest.mark.parametrize("name", committed())
def test_a_notebook_is_valid_clean_and_minimal(name, made):
    untouched_or_skip(name, made)
    book = nbformat.read(ROOT / name, as_version=4)
    nbformat.validate(book)
    assert set(book.metadata) == {"kernelspec", "language_info"}
    assert book.metadata.kernelspec.name == "python3"
    for cell in book.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_file_is_written_the_way_jupytext_writes_it(name):
    """So that bringing an edit home touches only the lines that were edited."""
    source = (ROOT / f"content/lessons/{name}.md").read_text(encoding="utf-8")
    body = re.sub(r"\A---\n.*?\n---\n+", "", source, flags=re.S)
    book = jupytext.reads(body, fmt="md:myst")
    book.metadata = {"jupytext": {"default_lexer": "ipython3"}}
    again = jupytext.writes(book, fmt="md:myst")
    assert re.sub(r"\A---\n.*?\n---\n+", "", again, flags=re.S) == body


# ------------------------------------------------------------------------------------------ leaks


def lines_of(*blocks: str) -> set[str]:
    """The lines that say something."""
    return {line.strip() for block in blocks for line in block.splitlines() if len(line.strip()) > 12}


@pytest.mark.parametrize("name", EXERCISES)
def test_nothing_of_an_answer_is_in_a_students_notebook(name):
    items = bank.parse((ROOT / f"content/exercises/{name}.md").read_text(encoding="utf-8"))
    path = next((ROOT / "exercises").rglob(f"{name}.ipynb"))
    page = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
    assert "SOLUTION" not in page
    assert "HIDDEN" not in page
    for item in items.used("exercise"):
        secret = lines_of(item.shown_solution, item.tests) - lines_of(item.shown_stub, prompt(item), items.setup)
        # The example of how to type a letter is always an A, whatever the key.
        told = page.replace(form_line(item), "")
        assert not {line for line in secret if line in told}, item.id
        hints = [option.hint for option in item.options] + [w.hint for part in item.parts for w in part.wrong]
        hints += [edge.hint for edge in item.forbidden] + [pair.hint for pair in item.wrong_pairs]
        assert not [hint for hint in filter(None, hints) if hint in page], item.id


def test_the_leak_test_would_notice(made):
    """The instructor's notebook holds what the students' must not."""
    instructor = next(text for name, text in made.items() if name.startswith("solutions/"))
    assert "BEGIN SOLUTION" in instructor
    assert "hint: " in instructor


# ------------------------------------------------------------------------------------------ running


def run(name: str, tmp_path: Path) -> nbformat.NotebookNode:
    """The notebook after a run in a fresh kernel of this environment, with no way to the network."""
    book = nbformat.read(ROOT / name, as_version=4)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GVCLAB", "NBGRADER"))}
    env |= {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    client = NotebookClient(book, timeout=60, allow_errors=True, resources={"metadata": {"path": str(tmp_path)}})
    client.create_kernel_manager()
    client.km.kernel_spec.argv[0] = sys.executable
    client.execute(env=env)
    return book


@pytest.mark.parametrize("name", LESSONS)
def test_what_a_lesson_says_of_its_panels_can_be_typed(name):
    """`panel.set(w=0.3)` in the prose names a panel of the lesson and one of its controls."""
    source = (ROOT / f"content/lessons/{name}.md").read_text(encoding="utf-8")
    taken = re.search(r"from (gvclab\.panels\.\w+) import linked\n\n(.+) = linked\(\)", source)
    assert taken, "a lesson takes its panels by `from gvclab.panels.<room> import linked` and `one, two = linked()`"
    module, names = taken.groups()
    shown = dict(zip(names.split(", "), importlib.import_module(module).linked(), strict=True))
    calls = re.findall(r"`(\w+)\.set\((\w+)=([\d.]+)\)`", source)
    assert calls, "a lesson says once at least how to set a panel: `panel.set(w=0.3)`"
    for panel, control, value in calls:
        shown[panel].set(**{control: float(value)})


@pytest.mark.parametrize("name", EXERCISES)
def test_the_panel_that_an_assignment_offers_exists(name):
    source = (ROOT / f"content/exercises/{name}.md").read_text(encoding="utf-8")
    setup = re.search(r"^from (gvclab\.panels\.\w+) import (.+)$", source, re.M)
    if setup:
        module, names = setup.groups()
        assert all(hasattr(importlib.import_module(module), panel) for panel in names.split(", "))
        assert "```{show}" in source, "panels that are imported are shown"
        return
    offered = re.search(r"`from (gvclab\.panels\.\w+) import (\w+)` and then `(\w+)\(\)`", source)
    assert offered, "an assignment says how to bring a panel, or shows its panels"
    module, panel, called = offered.groups()
    assert called == panel and getattr(importlib.import_module(module), panel)().sentence


def complaints(book) -> list[str]:
    return [
        f"{output.get('text') or output.get('evalue')} <- {cell.source}"
        for cell in book.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error" or output.get("name") == "stderr"
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_runs_top_to_bottom_and_quietly(name, tmp_path):
    book = run(f"course/{name}.ipynb", tmp_path)
    assert not complaints(book), "\n".join(complaints(book))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", EXERCISES)
def test_the_solutions_earn_every_point(name, tmp_path):
    path = next((ROOT / "solutions").rglob(f"{name}.ipynb")).relative_to(ROOT)
    book = run(path.as_posix(), tmp_path)
    assert not complaints(book), "\n".join(complaints(book))
    earned = {c.id: (c.outputs[-1].data["text/plain"], c.metadata.nbgrader.points) for c in graded(book)}
    assert {k: float(got) for k, (got, _) in earned.items()} == {k: points for k, (_, points) in earned.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", EXERCISES)
def test_the_students_notebook_runs_unsolved_and_earns_nothing(name, tmp_path):
    path = next((ROOT / "exercises").rglob(f"{name}.ipynb")).relative_to(ROOT)
    book = run(path.as_posix(), tmp_path)
    assert not complaints(book), "\n".join(complaints(book))
    assert {float(cell.outputs[-1].data["text/plain"]) for cell in graded(book)} == {0.0}


def graded(book) -> list:
    return [c for c in book.cells if c.cell_type == "code" and c.metadata.get("nbgrader", {}).get("grade")]
