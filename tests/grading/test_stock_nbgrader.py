"""The assignment in nbgrader as it comes: release, a class of submissions, scores and feedback."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output
from traitlets.config import PyFileConfigLoader

from gvclab.build import exercise, targets
from gvclab.content import text as say
from gvclab.exercises import Identity, bank
from gvclab.exercises.prompts import prompt
from gvclab.exercises.variants import numbers
from gvclab.grading.feedback import markdown2html

from ..whole import ASSIGNMENT, PARTS, whole
from ..whole import NAME as NOTEBOOK

SALT = "a class of its own"
ITEMS = [item for name in PARTS for item in bank.load(name.partition("-")[0]).used("exercise")]
AUTOGRADED = [item for item in ITEMS if item.type != "essay"]
NUMERIC = [item.id for item in ITEMS if item.type == "num"]
CODE = [item.id for item in ITEMS if item.type == "code"]
CHOICE = next(item.id for item in ITEMS if item.type == "choice")
FULL = {item.id: float(item.points) for item in AUTOGRADED}

pytestmark = pytest.mark.slow


def answer(book, item_id: str):
    return cell(book, exercise.grade_id(item_id))


def cell(book, name: str):
    return next(c for c in book.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def own(book, kind: str, source: str, at: int | None = None) -> None:
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}[kind]
    book.cells.insert(len(book.cells) if at is None else at, make(source))


# -------------------------------------------------------------------------------- the submissions


def perfect(book) -> dict:
    for item in AUTOGRADED:
        answer(book, item.id).source = item.solution
    answer(book, "2.3-10").source = "A second supplier, because $\\varphi$ is large."
    return FULL


def released(book) -> dict:
    return dict.fromkeys(FULL, 0.0)


def half(book) -> dict:
    """Half of an answer, and a function that never returns."""
    perfect(book)
    answer(book, "2.3-1").source += "\nreliability = (1 - n * p, two)"
    name = bank.item(CODE[0]).answer
    answer(book, CODE[0]).source = f"def {name}(*args):\n    while True:\n        pass"
    return FULL | {"2.3-1": 1.0, CODE[0]: 0.0}


def deleted(book) -> dict:
    perfect(book)
    gone = {exercise.grade_id("2.3-1", "check"), exercise.grade_id(CHOICE), "setup", "2-3-3-prompt"}
    book.cells = [c for c in book.cells if c.metadata.nbgrader.grade_id not in gone]
    return FULL | {CHOICE: 0.0}


def retyped(book) -> dict:
    perfect(book)
    for name, kind in {"2-3-1": "markdown", "2-3-3-check": "raw", "2-3-2-prompt": "code"}.items():
        old = cell(book, name)
        new = getattr(nbformat.v4, f"new_{kind}_cell")(old.source, metadata=old.metadata, id=old.id)
        book.cells[book.cells.index(old)] = new
    return FULL


def duplicated(book) -> dict:
    blank = nbformat.from_dict(answer(book, "2.3-1"))
    perfect(book)
    for copy in (blank, cell(book, "2-3-2-check"), cell(book, "2-3-2-prompt"), answer(book, CHOICE)):
        copy = nbformat.from_dict(copy)
        copy.id = f"copy-{len(book.cells)}"
        book.cells.append(copy)
    return FULL


def split(book) -> dict:
    perfect(book)
    first = answer(book, "2.3-1")
    lines = first.source.split("\n")
    second = nbformat.from_dict(first)
    second.id, second.source, first.source = "half", "\n".join(lines[-2:]), "\n".join(lines[:-2])
    book.cells.insert(book.cells.index(first) + 1, second)
    return FULL


def broken(book) -> dict:
    """A cell that is no Python, and functions that raise."""
    perfect(book)
    answer(book, "2.3-1").source = "reliability = ("
    for item_id in CODE:
        answer(book, item_id).source = f"def {bank.item(item_id).answer}(*args):\n    raise OSError('no')"
    return FULL | {"2.3-1": 0.0} | dict.fromkeys(CODE, 0.0)


def warns(book) -> dict:
    """Numbers that are none, and a library that warns.

    That is not the student's fault, but nbgrader takes stderr for a failure.
    """
    perfect(book)
    for item_id in NUMERIC:
        item = bank.item(item_id)
        answer(book, item_id).source = f"{item.answer} = {len(item.parts)} * [np.nan]"
    source = answer(book, CODE[0]).source
    noisy = "\n    import sys, warnings; warnings.warn('old'); print('!', file=sys.stderr)\n    u, p = "
    assert "\n    u, p = " in source
    answer(book, CODE[0]).source = source.replace("\n    u, p = ", noisy, 1)
    return FULL | dict.fromkeys(NUMERIC, 0.0)


def skips(book) -> dict:
    """The tag by which nbclient would leave out a check."""
    for entry in book.cells:
        entry.metadata.tags = ["skip-execution"]
    return dict.fromkeys(FULL, 0.0)


def helpers(book) -> dict:
    """A helper in a cell of one's own, which the answer calls."""
    perfect(book)
    target = answer(book, "2.3-1")
    own(book, "code", "def both(n, p):\n    return (1 - p) ** n, (1 - p**2) ** n", book.cells.index(target))
    target.source = 'reliability = both(*given("2.3-1"))'
    return FULL


def neighbour(book) -> dict:
    """The numbers of somebody else: in a class with a salt each student has the own ones."""
    perfect(book)
    theirs, own_numbers = (numbers(bank.item("2.3-1"), Identity(name, SALT)) for name in ("perfect", "neighbour"))
    assert theirs != own_numbers
    n, p = theirs
    answer(book, "2.3-1").source = f"reliability = ({(1 - p) ** n!r}, 0)"
    return FULL | {"2.3-1": 0.0}


def mischief(book) -> dict:
    perfect(book)
    own(
        book,
        "markdown",
        "<script>alert('markdown')</script> [x](javascript:alert(1)) $\\href{javascript:1}{x}$",
    )
    own(
        book,
        "code",
        "from IPython.display import HTML\nHTML('<script>alert(2)</script><p onclick=3>text</p>')",
    )
    own(book, "code", "print(In)")
    return FULL


CLASS = {
    f.__name__: f
    for f in (
        *(
            perfect,
            released,
            half,
            deleted,
            retyped,
            duplicated,
            split,
            broken,
        ),
        *(warns, skips, helpers, neighbour, mischief),
    )
}


# -------------------------------------------------------------------------------- the course


@pytest.fixture(scope="module")
def course(tmp_path_factory, root) -> Path:
    """A course folder in which the whole class has been graded once, by nbgrader's own commands."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(root / "nbgrader_config.py", folder)
    made, place = targets(root), folder / "solutions" / ASSIGNMENT
    place.mkdir(parents=True)
    for name in PARTS:
        (place / f"{name}.ipynb").write_text(made[f"solutions/{ASSIGNMENT}/{name}.ipynb"], encoding="utf-8")
    (place / f"{NOTEBOOK}.ipynb").write_text(whole("solutions"), encoding="utf-8")
    (folder / f"solutions/{ASSIGNMENT}/notes.md").write_text("the answers", encoding="utf-8")
    nbgrader(folder, "generate_assignment")
    release = folder / f"release/{ASSIGNMENT}/{NOTEBOOK}.ipynb"
    for student, write in CLASS.items():
        book = nbformat.read(release, as_version=4)
        write(book)
        path = folder / f"submitted/{student}/{ASSIGNMENT}/{NOTEBOOK}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(book, path)
    nbgrader(folder, "autograde")
    nbgrader(folder, "generate_feedback")
    return folder


def nbgrader(folder: Path, step: str) -> None:
    environment = dict(os.environ)
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    environment["GVCLAB_SALT"] = SALT
    for name in ("GVCLAB_STUDENT", "PYTHONWARNINGS"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "nbgrader", step, ASSIGNMENT]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]


@pytest.fixture(scope="module")
def scores(course) -> dict[str, dict[str, float | None]]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        return {
            student: {g.name: g.auto_score for g in book.find_submission_notebook(NOTEBOOK, ASSIGNMENT, student).grades}
            for student in CLASS
        }


def feedback(course: Path, student: str) -> str:
    return (course / f"feedback/{student}/{ASSIGNMENT}/{NOTEBOOK}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PARTS)
def test_release_is_the_committed_student_notebook(name, course, root):
    made = (course / f"release/{ASSIGNMENT}/{name}.ipynb").read_bytes()
    assert made == targets(root)[f"exercises/{ASSIGNMENT}/{name}.ipynb"].encode()


def test_nothing_else_is_released(course):
    released = [path.name for path in (course / "release").rglob("*") if path.is_file()]
    assert sorted(released) == sorted(path.name for path in (course / "solutions" / ASSIGNMENT).glob("*.ipynb"))


@pytest.mark.parametrize("student", CLASS)
def test_scores_as_deserved(student, course, scores):
    expected = CLASS[student](nbformat.read(course / f"release/{ASSIGNMENT}/{NOTEBOOK}.ipynb", as_version=4))
    got = {item: scores[student][exercise.grade_id(item, "check")] for item in expected}
    assert got == pytest.approx(expected)


def test_an_essay_waits_for_a_person_unless_it_is_empty(scores):
    assert scores["perfect"]["2-3-10"] is None
    assert scores["released"]["2-3-10"] == 0


def test_feedback_shows_hints(course):
    assert "1 − np is only approximate" in feedback(course, "half")


def test_feedback_says_that_an_essay_is_still_to_be_read(course):
    assert say("grading.unread") in text_of(feedback(course, "perfect"))
    assert say("grading.unread") not in text_of(feedback(course, "released"))


def test_feedback_of_an_answer_that_does_not_run_says_so(course):
    page = text_of(feedback(course, "broken"))
    assert "The check could not be run: name 'reliability' is not defined" in page


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def telling(blocks) -> set[str]:
    """The lines of keys that say something."""
    return {line for block in blocks for line in map(str.strip, block.splitlines()) if len(line) > 12}


# What everybody may see: prompts, stubs, set-up.
OPEN = telling([*(item.shown_stub + prompt(item) for item in ITEMS), bank.load("2.3a").setup])
KEYS = telling(part for item in ITEMS for part in (item.solution, item.shown_solution)) - OPEN
TESTS = telling(item.tests for item in ITEMS) - OPEN - KEYS


@pytest.mark.parametrize("student", CLASS)
def test_feedback_holds_no_hidden_test(student, course):
    page = text_of(feedback(course, student))
    assert "HIDDEN TESTS" not in page
    assert "key=r" not in page
    assert not {line for line in TESTS if line in page}


@pytest.mark.parametrize("student", ["released", "skips"])
def test_feedback_of_an_empty_notebook_holds_no_solution(student, course):
    page = text_of(feedback(course, student))
    assert not {line for line in KEYS if line in page}


def test_feedback_runs_no_script_and_asks_nothing_of_the_net(course):
    for student in CLASS:
        page = feedback(course, student)
        assert "<script" not in page
        assert not re.search(r"""(href|src)=["']?javascript""", page)
        assert not re.search(r"<[^>]*onclick", page)
        assert not re.search(r"(src|href)=.https?://", page)


def test_formulas_are_drawn_without_mathjax(course):
    assert "<math" in feedback(course, "perfect")


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{<img/src=x/onerror=alert(1)>}",
        r"\text{<![CDATA[><img src=x onerror=alert(1)>]]>}",
        r"\mbox{<meta http-equiv='refresh' content='0;url=//evil.example'/>}",
        r'\text{<mtext onclick="alert(1)">x</mtext>}',
        r"\textbf{<!--><script>alert(1)</script>-->}",
    ],
)
def test_a_text_in_a_formula_is_no_tag(tex):
    page = markdown2html(f"${tex}$")
    assert not re.search(r"<(img|script|meta|!)|<[^>]*\son\w+=", page)


def test_formulas_with_signs_of_html_are_drawn():
    for tex in (r"a<b", r"x \text{ if } y<z", r"\text{R\&D}", r"\begin{cases}x & y<1\\z & y\ge 1\end{cases}"):
        assert "<math" in markdown2html(f"${tex}$"), tex


def test_what_formgrader_shows_of_a_picture_is_the_picture(root):
    """Its width and height, which a student's process may set, are written into the page without quotes."""
    picture = new_output("display_data", {"image/png": "aGk="}, metadata={"image/png": {"width": "1 onload=alert(1)"}})
    book = new_notebook(cells=[new_code_cell("1", outputs=[picture])])
    settings = PyFileConfigLoader(str(root / "nbgrader_config.py")).load_config()
    page, _ = HTMLExporter(config=settings).from_notebook_node(book)
    assert "data:image/png;base64,aGk=" in page and "onload" not in page


def test_a_picture_is_a_link_or_its_name():
    page = markdown2html("![a](https://example.org/a.png) ![b.png](attachment:b.png)")
    assert "<img" not in page and 'href="https://example.org/a.png"' in page and "b.png" in page


@pytest.mark.parametrize("secret", ["BEGIN", "HIDDEN", "SOLUTION", "key=", "wrong:", "right: true"])
def test_release_holds_no_mark_of_the_key(secret, course):
    assert secret not in (course / f"release/{ASSIGNMENT}/{NOTEBOOK}.ipynb").read_text(encoding="utf-8")
