"""The course's own notebooks: up to date, without answers for students, running without complaint."""

from __future__ import annotations

import importlib
import os
import re
import sys
from pathlib import Path
from urllib.parse import quote

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

from gvclab.build import check, lesson, marks, notebooks, targets, translation
from gvclab.build.translation import languages
from gvclab.exercises import bank
from gvclab.exercises.prompts import prompt

ROOT = Path(__file__).parents[2]
LESSONS = sorted(path.stem for path in (ROOT / "content/lessons").glob("*.md"))
EXERCISES = sorted(path.stem for path in (ROOT / "content/exercises").glob("*.md"))


def lesson_file(name: str) -> str:
    return (ROOT / f"content/lessons/{name}.md").read_text(encoding="utf-8")


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


# ------------------------------------------------------------------------------------------ links, claims, predictions


def anchors(book: nbformat.NotebookNode) -> set[str]:
    """Where links into a notebook may lead: cells, headings as JupyterLab names them, places it names itself."""
    found = {f"cell-id={cell.id}" for cell in book.cells}
    for cell in book.cells:
        if cell.cell_type == "markdown":
            found |= {*re.findall(r'<a id="([^"]+)">', cell.source)}
            headings = re.findall(r"^#{1,6} (.+)$", cell.source, re.M)
            found |= {quote(words.strip().replace(" ", "-")) for words in headings}
    return found


def links(book: nbformat.NotebookNode) -> list[tuple[str, str]]:
    """The links of a notebook that stay in the course: a path, "" for the notebook itself, and an anchor."""
    text = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    found = re.findall(r'\]\(([^\s()#]*)(?:#([^\s()]*))?(?: "(?:[^"\\]|\\.)*")?\)', text)
    return [(path, anchor) for path, anchor in found if not re.match(r"https?:|mailto:", path)]


@pytest.mark.parametrize("name", committed())
def test_every_link_to_a_notebook_or_a_place_in_one_arrives(name, made):
    books = {other: nbformat.reads(text, as_version=4) for other, text in made.items()}
    for path, anchor in links(books[name]):
        target = os.path.normpath(Path(name).parent / path) if path else name
        assert target in books or (ROOT / target).exists(), f"{name} links to {path}"
        if anchor:
            assert anchor in anchors(books[target]), f"{name} links to {target}#{anchor}"


def test_links_are_found_and_those_that_lead_nowhere_too():
    """What the test above stands on."""
    text = '# A title: of two\n\n<a id="C1"></a> [x](#C1 "a \\"tip\\"") [y](b.ipynb#z) [z](https://c.org/d#e)'
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    assert links(book) == [("", "C1"), ("b.ipynb", "z")]
    assert anchors(book) == {f"cell-id={book.cells[0].id}", "C1", quote("A-title:-of-two")}


def code(book: nbformat.NotebookNode) -> str:
    return "\n".join(cell.source for cell in book.cells if cell.cell_type == "code")


def called(name: str, text: str) -> list[list[str]]:
    """The texts that calls of a function are given, a list for each call, in order."""
    return [re.findall(r'"([^"]*)"', arguments) for arguments in re.findall(rf"\b{name}\(([^)]*)\)?", text)]


@pytest.mark.parametrize("name", LESSONS)
def test_each_claim_of_a_lesson_has_its_place_and_its_verdict(name, made):
    """One that is named is tested here, listed below, or linked to where it is; a tested one gets a verdict."""
    source, book = lesson_file(name), nbformat.reads(made[f"course/{name}.ipynb"], as_version=4)
    places = lesson.Tables.read(ROOT / "content").places
    shown = code(book)
    verdicts = [claim for claims in called("verdict", shown) for claim in claims if claim.startswith("C")]
    folded = [claim for claims in called("other_claims", shown) for claim in claims]
    assert sorted(verdicts) == sorted(marks.claims_tested(source)) and len({*verdicts}) == len(verdicts)
    assert not {*verdicts} & {*folded}
    for claim in marks.claims_named(source):
        page, anchor = places[claim]
        assert anchor in anchors(nbformat.reads(made[f"course/{page}.ipynb"], as_version=4))
        assert page != name or claim in {*verdicts, *folded}


@pytest.mark.parametrize("section", sorted(path.stem for path in (ROOT / "content/claims").glob("*.yml")))
def test_each_claim_of_a_section_is_in_one_of_its_lessons(section):
    claims = [name for name in lesson.Tables.read(ROOT / "content").claims if name.startswith(f"C{section}-")]
    sources = "\n".join(lesson_file(name) for name in LESSONS if name.startswith(section))
    found = marks.claims_tested(sources) + [c for each in called("other_claims", sources) for c in each]
    assert sorted(found) == sorted(claims)


@pytest.mark.parametrize("name", LESSONS)
def test_a_prediction_stands_above_what_it_hides_and_its_verdict_below(name):
    """predict, then after, then verdict, each once for each prediction; and each is an item that asks for one."""
    source = lesson_file(name)
    order = re.findall(r'\b(predict|after|verdict)\(.*?"([\d.]+-p\d*)"', source)
    ids = [item for call, item in order if call == "predict"]
    assert ids and order == [(call, item) for item in ids for call in ("predict", "after", "verdict")]
    assert all(bank.item(item).type == "predict" and bank.item(item).use == "lesson" for item in ids)


@pytest.mark.parametrize("name", LESSONS)
def test_a_panel_is_shown_only_after_its_prediction(name, made):
    """No cell of a lesson shows a panel otherwise."""
    book = nbformat.reads(made[f"course/{name}.ipynb"], as_version=4)
    shown = code(book)
    panels = re.findall(r"from gvclab\.panels\.\w+ import (.+)", shown)
    for panel in ", ".join(panels).split(", "):
        assert re.findall(rf".*\b{panel}\(.*", shown) == re.findall(rf'after\("[^"]+", {panel}\(.*', shown)


@pytest.mark.parametrize("name", LESSONS)
def test_the_questions_of_a_lesson_are_items_of_its_set(name):
    asked = [item for items in called("quiz", lesson_file(name)) for item in items]
    items = bank.parse((ROOT / f"content/exercises/{name}.md").read_text(encoding="utf-8"))
    predicted = [item for items in called("predict", lesson_file(name)) for item in items]
    assert len(asked) == 3 and sorted(asked + predicted) == sorted(item.id for item in items.used("lesson"))


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
        assert not {line for line in secret if line in page}, item.id
        hints = [option.hint for option in item.options] + [w.hint for part in item.parts for w in part.wrong]
        hints += [edge.hint for edge in item.forbidden] + [pair.hint for pair in item.wrong_pairs]
        assert not [hint for hint in filter(None, hints) if hint in page], item.id


def test_the_leak_test_would_notice(made):
    """The instructor's notebook holds what the students' must not."""
    instructor = next(text for name, text in made.items() if name.startswith("solutions/"))
    assert "BEGIN SOLUTION" in instructor
    assert "hint: " in instructor


# ------------------------------------------------------------------------------------------ running


def run(name: str, tmp_path: Path, **more: str) -> nbformat.NotebookNode:
    """The notebook after a run in a fresh kernel of this environment, with no way to the network."""
    book = nbformat.read(ROOT / name, as_version=4)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GVCLAB", "NBGRADER"))}
    env |= more
    env |= {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    client = NotebookClient(book, timeout=60, allow_errors=True, resources={"metadata": {"path": str(tmp_path)}})
    client.create_kernel_manager()
    client.km.kernel_spec.argv[0] = sys.executable
    client.execute(env=env)
    return book


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
def test_a_lesson_runs_top_to_bottom_and_quietly_and_predicts_nothing(name, tmp_path):
    """Who runs all cells has answered nothing: every panel waits, and nothing is kept."""
    folder, data = tmp_path / "run", tmp_path / "data"
    folder.mkdir()
    book = run(f"course/{name}.ipynb", folder, JUPYTER_DATA_DIR=str(data))
    assert not complaints(book), "\n".join(complaints(book))
    assert list(folder.iterdir()) == [] and not list(data.rglob("predictions.json"))
    waiting = [str(cell.outputs) for cell in book.cells if "after(" in cell.source]
    assert waiting and not any("plotly" in shown for shown in waiting)


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
