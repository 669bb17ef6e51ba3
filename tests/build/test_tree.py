"""The notebooks of a repository: written, compared, and their edits brought home."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from gvclab.build import build, check, from_notebooks, targets

LESSON = """---
section: "1.1"
title: First
question: Why?
minutes: 10
objectives: [do one thing]
prerequisites: [nothing]
---

## The argument

A sentence [C1.1-1].

```{code-cell} ipython3
x = 1
```
"""
CLAIMS = """
C1.1-1: {claim: It is so., type: [E], evidence: None., verdict: mixed, line: So it is., change: Anything.}
"""
EXERCISES = """---
section: "1.1"
title: First
objectives: [compute]
---

An introduction.

```{setup}
from gvclab.exercises import check, given
```

## 1.1-1 Half of it

```{item}
type: num
bloom: apply
points: 2
minutes: 4
why: One of two equal parts.
answer: half
given:
  n: {default: 20}
parts:
  - {name: half, atol: 0.1, wrong: [{id: all, value: "n", hint: All of it.}]}
```

What is half of {{ given }}? {{ tolerance }}

```{show}
print("a panel")
```

```{stub}
half = ...
```

```{solution}
half = given("1.1-1").n / 2
```

## 1.1-2 Which one

```{item}
type: choice
bloom: remember
points: 1
minutes: 3
why: It is this one.
answer: which
options:
  - {id: that, text: That., hint: Not that.}
  - {id: this, text: This., right: true}
```

Which?

{{ options }}

## 1.1-3 In words

```{item}
type: essay
bloom: create
points: 3
minutes: 12
rubric: [{id: says, text: Says it, points: 3}]
```

Say it.

{{ rubric }}
"""
COURSE = "course/1.1-first.ipynb"
SOLUTIONS = "solutions/section-1/1.1-first.ipynb"
STUDENTS = "exercises/section-1/1.1-first.ipynb"
LESSON_FILE, EXERCISE_FILE = "content/lessons/1.1-first.md", "content/exercises/1.1-first.md"


@pytest.fixture(scope="module")
def built(tmp_path_factory, root) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    for name, text in {
        LESSON_FILE: LESSON,
        EXERCISE_FILE: EXERCISES,
        "content/claims/9.9.yml": CLAIMS,
        "content/glossary/9.9.yml": "",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    shutil.copy(root / "nbgrader_config.py", folder)
    assert build(folder).ok
    return folder


@pytest.fixture
def repository(built, tmp_path) -> Path:
    """A course that has just been built, to be changed at will."""
    return Path(shutil.copytree(built, tmp_path / "repository"))


def read(repository: Path, name: str) -> str:
    return (repository / name).read_text(encoding="utf-8")


def edit(repository: Path, name: str, old: str, new: str) -> None:
    """Replace text in a content file, or in a cell of a notebook as JupyterLab saves it."""
    path = repository / name
    if not name.endswith(".ipynb"):
        assert old in path.read_text(encoding="utf-8")
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        return
    book = nbformat.read(path, as_version=4)
    found = [cell for cell in book.cells if old in cell.source]
    assert found, old
    found[0].source = found[0].source.replace(old, new)
    save(book, path)


def save(book, path: Path) -> None:
    """As JupyterLab saves a notebook that was run: outputs, run counts, another metadata."""
    for count, cell in enumerate(c for c in book.cells if c.cell_type == "code"):
        cell.execution_count = count + 1
        cell.outputs = [nbformat.v4.new_output("stream", text="ran\n")]
        cell.metadata["execution"] = {"iopub.status.busy": "now"}
        cell.metadata["collapsed"] = True
    book.metadata["language_info"] = {"name": "python", "version": "3.11.7"}
    nbformat.write(book, path)


def test_a_lesson_an_assignment_in_two_versions_and_the_glossary_are_made(built):
    made = {COURSE, SOLUTIONS, STUDENTS, "course/glossary.ipynb"}
    assert set(targets(built)) == made
    assert {p.relative_to(built).as_posix() for p in built.rglob("*.ipynb")} == made


def test_every_build_writes_the_same_bytes(repository):
    before = {name: (repository / name).read_bytes() for name in (*targets(repository), "notebooks.lock")}
    assert not any(b"\r" in data for data in before.values())
    for name in before:
        (repository / name).unlink()
    assert build(repository).ok
    assert {name: (repository / name).read_bytes() for name in before} == before
    assert "up to date" in build(repository).lines[0]


def test_students_get_stubs_and_no_key(built):
    instructor, student = read(built, SOLUTIONS), read(built, STUDENTS)
    for secret in ('.n / 2"', "All of it.", "Not that.", "BEGIN SOLUTION", "HIDDEN", '\\"B\\"'):
        assert secret not in student
    for shown in (
        "About 19 minutes, 6 points",
        "half = ...",
        'which = \\"...\\"  # write one letter',
        "about 4 minutes",
        'quotation marks: `which = \\"X\\"`',
        "Half of it",
        'check(\\"1.1-1\\", half)',
        "`n` = 20",
    ):
        assert shown in student
    assert "All of it." in instructor


def test_check_is_silent_about_a_fresh_build(built):
    assert check(built).ok


def test_check_shows_what_differs(repository):
    edit(repository, LESSON_FILE, "A sentence", "Another sentence")
    report = check(repository)
    assert not report.ok
    assert '-    "A sentence' in report.problems[0]
    assert '+    "Another sentence' in report.problems[0]


def test_check_names_outputs_as_such(repository):
    edit(repository, COURSE, "x = 1", "x = 1")
    assert check(repository).problems == [f"{COURSE}: only outputs and run counts differ"]


def test_check_notices_notebooks_that_nothing_makes(repository):
    shutil.copy(repository / COURSE, repository / "course/9.9-stray.ipynb")
    assert "9.9-stray" in check(repository).problems[0]


def test_build_strips_outputs(repository):
    edit(repository, COURSE, "x = 1", "x = 1")
    assert build(repository).ok
    assert check(repository).ok


def test_build_does_not_overwrite_an_edit(repository):
    edit(repository, COURSE, "x = 1", "x = 2")
    report = build(repository)
    assert not report.ok
    assert COURSE in report.problems[0]
    assert "--from-notebooks" in report.problems[0]
    assert "x = 2" in read(repository, COURSE)


def test_build_does_not_overwrite_an_edit_when_content_changed_too(repository):
    edit(repository, COURSE, "x = 1", "x = 2")
    edit(repository, LESSON_FILE, "A sentence", "Another sentence")
    assert not build(repository).ok
    assert "x = 2" in read(repository, COURSE)
    report = from_notebooks(repository)
    assert "content/ has changed as well" in report.problems[0]


def test_build_rewrites_after_a_change_of_content(repository):
    edit(repository, LESSON_FILE, "A sentence", "Another sentence")
    assert build(repository).lines == [f"wrote {COURSE}"]
    assert "Another sentence" in read(repository, COURSE)


def test_force_throws_the_edit_away(repository):
    edit(repository, COURSE, "x = 1", "x = 2")
    assert build(repository, force=True).ok
    assert check(repository).ok


def test_a_file_that_is_no_notebook_counts_as_edited(repository):
    (repository / COURSE).write_text("<<<<<<< ours", encoding="utf-8")
    assert not build(repository).ok
    assert "not a notebook" in from_notebooks(repository).problems[0]


def test_a_notebook_whose_content_is_gone_is_removed_unless_it_was_edited(repository):
    edit(repository, STUDENTS, "half = ...", "half = 10")
    (repository / EXERCISE_FILE).unlink()
    report = build(repository)
    assert not (repository / SOLUTIONS).exists()
    assert STUDENTS in report.problems[0]
    assert "half = 10" in read(repository, STUDENTS)


def test_errors_name_the_content_file(repository):
    edit(repository, LESSON_FILE, "[C1.1-1]", "[C1.1-7]")
    with pytest.raises(ValueError, match=r"content/lessons/1\.1-first\.md:12: \[C1\.1-7\]"):
        build(repository)


def test_what_an_item_shows_stands_between_prompt_and_answer_and_graders_skip_it(repository):
    for name in (SOLUTIONS, STUDENTS):
        cells = nbformat.reads(read(repository, name), as_version=4).cells
        ids = [cell.id for cell in cells]
        assert ids[2:6] == ["1-1-1-prompt", "1-1-1-show", "1-1-1", "1-1-1-check"]
        shown = cells[3]
        assert shown.source == 'print("a panel")' and shown.metadata.tags == ["skip-execution"]
        assert shown.metadata.nbgrader.locked and not shown.metadata.nbgrader.solution


def test_an_exercise_file_is_linked_to_its_own_lesson_or_to_that_of_its_section(repository):
    def linked(name: str) -> str:
        (repository / EXERCISE_FILE).rename(repository / f"content/exercises/{name}.md")
        made = targets(repository)[f"solutions/section-1/{name}.ipynb"]
        (repository / f"content/exercises/{name}.md").rename(repository / EXERCISE_FILE)
        return made

    assert "course/1.1-first.ipynb" in linked("1.1-first")
    assert "course/1.1-first.ipynb" in linked("1.1b-second-part")
    shutil.copy(repository / LESSON_FILE, repository / "content/lessons/1.1b-second-part.md")
    assert "course/1.1b-second-part.ipynb" in linked("1.1b-second-part")


def test_nothing_to_bring_home(repository):
    report = from_notebooks(repository)
    assert report.ok
    assert "nothing to bring home" in report.lines[0]


@pytest.mark.parametrize(
    ("notebook", "file", "old", "new"),
    [
        (COURSE, LESSON_FILE, "x = 1", "x = 2"),
        (COURSE, LESSON_FILE, "A sentence", "A better sentence"),
        (SOLUTIONS, EXERCISE_FILE, "half = ...", "half = None"),
        (SOLUTIONS, EXERCISE_FILE, "a panel", "another panel"),
        (SOLUTIONS, EXERCISE_FILE, ".n / 2", ".n * 0.5"),
        (SOLUTIONS, EXERCISE_FILE, "What is half of", "What is one half of"),
        (SOLUTIONS, EXERCISE_FILE, "Which?", "Which one?"),
        (SOLUTIONS, EXERCISE_FILE, "## 1.1-2 Which one", "## 1.1-2 Which of the two"),
    ],
)
def test_an_edit_comes_home(repository, notebook, file, old, new):
    before = read(repository, file)
    edit(repository, notebook, old, new)
    report = from_notebooks(repository)
    assert report.ok, report.problems
    assert read(repository, file) == before.replace(old, new)
    assert check(repository).ok


@pytest.mark.parametrize(
    ("notebook", "old", "new", "reason"),
    [
        (COURSE, "do one thing", "do two things", "front matter"),
        (SOLUTIONS, "An introduction", "A welcome", "front matter"),
        (SOLUTIONS, "`n` = 20", "`n` = 30", "the item's table"),
        (SOLUTIONS, "*2 points, about", "*9 points, about", "the item's table"),
        (SOLUTIONS, 'which = "B', 'which = "A', "no solution block"),
        (SOLUTIONS, "letter of your option", "name of your option", "the item's table"),
        (SOLUTIONS, 'check("1.1-1", half)', 'check("1.1-1", 10)', "checks and keys"),
        (SOLUTIONS, "### END SOLUTION", "", "needs its lines"),
        (STUDENTS, "half = ...", "half = 10", "students' copy"),
    ],
)
def test_an_edit_without_a_place_is_refused_and_kept(repository, notebook, old, new, reason):
    content = {name: read(repository, name) for name in (LESSON_FILE, EXERCISE_FILE)}
    edit(repository, notebook, old, new)
    edited = (repository / notebook).read_bytes()
    report = from_notebooks(repository)
    assert not report.ok
    assert reason in report.problems[0]
    assert notebook in report.problems[0]
    assert (repository / notebook).read_bytes() == edited
    assert {name: read(repository, name) for name in content} == content


def test_cells_cannot_be_added_to_an_assignment(repository):
    book = nbformat.read(repository / SOLUTIONS, as_version=4)
    book.cells.append(nbformat.v4.new_code_cell("1"))
    save(book, repository / SOLUTIONS)
    assert "added, removed or moved" in from_notebooks(repository).problems[0]


def test_one_refusal_does_not_keep_the_others_from_home(repository):
    edit(repository, COURSE, "x = 1", "x = 2")
    edit(repository, STUDENTS, "half = ...", "half = 10")
    report = from_notebooks(repository)
    assert "x = 2" in read(repository, LESSON_FILE)
    assert len(report.problems) == 1
    assert "half = 10" in read(repository, STUDENTS)
