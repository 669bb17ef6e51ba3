"""What is taken of a submission, whatever lies in its folder."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import nbformat
import pytest

from gvclab.content import Message
from gvclab.exercises import bank
from gvclab.exercises.variants import Identity
from gvclab.grading import intake, personal
from gvclab.grading.record import named_file, named_student

NOTEBOOK = "2.3a-suppliers"
SOLVED = {item.id: item.solution for item in bank.load("2.3a").used("exercise")}


@pytest.fixture
def folder(tmp_path) -> Path:
    made = tmp_path / "ada/section-2"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def book(assigned) -> dict:
    """The notebook with all answers filled in, as JSON."""
    made = json.loads(nbformat.writes(assigned.notebooks[0].book))
    for cell in made["cells"]:
        item = assigned.notebooks[0].answers.get(cell["id"])
        if item and item.type != "essay":
            cell["source"] = item.solution.splitlines(keepends=True)
    return made


def taken(folder: Path, assigned, content=None) -> intake.Sheet:
    """The one sheet of a submission that holds `content`."""
    if content is not None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        (folder / f"{NOTEBOOK}.ipynb").write_bytes(data)
    (sheet,) = intake.take("ada", folder, assigned).sheets
    return sheet


def answers(sheet: intake.Sheet) -> dict[str, str]:
    """What counts as the answer of each item."""
    found = {sheet.notebook.answers.get(intake.cell_name(c)): c.source for c in sheet.book.cells}
    return {item.id: source for item, source in found.items() if item and item.type != "essay"}


def quoted(sheet: intake.Sheet) -> list[Message]:
    """What the notes say of the file as a whole."""
    return [note.values["words"] for note in sheet.notes if note.id == "grade.note.file"]


def renamed(file: str) -> Message:
    return Message("grade.note.renamed", {"file": named_file(file)})


def missing(name: str) -> Message:
    return Message("grade.refused.missing", {"file": f"{name}.ipynb"})


def cell(book: dict, name: str) -> dict:
    return next(c for c in book["cells"] if c["id"] == name)


def complete(sheet: intake.Sheet) -> bool:
    return not sheet.reason and all(answers(sheet)[i] == SOLVED[i] for i in answers(sheet))


def test_an_honest_notebook_is_taken_without_a_note(folder, assigned, book):
    sheet = taken(folder, assigned, book)
    assert complete(sheet) and len(answers(sheet)) == 6
    assert sheet.notes == ()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_costs_nothing(encoding, folder, assigned, book):
    sheet = taken(folder, assigned, json.dumps(book, ensure_ascii=False).encode(encoding))
    assert complete(sheet) and sheet.notes


def test_bytes_that_are_no_text_cost_only_themselves(folder, assigned, book):
    data = json.dumps(book, ensure_ascii=False).encode().replace("φ".encode(), b"\xff\xfe\xfa")
    assert complete(taken(folder, assigned, data))


def test_a_lone_surrogate_can_be_written(folder, assigned, book):
    book["cells"].append({"cell_type": "markdown", "source": "because \ud800 of \x00 it", "metadata": {}})
    sheet = taken(folder, assigned, book)
    assert complete(sheet)
    nbformat.writes(sheet.book).encode()


def test_a_merge_conflict_leaves_both_answers_and_the_upper_counts(folder, assigned, book):
    text = json.dumps(book, indent=1)
    line = next(x for x in text.splitlines(keepends=True) if "(1 - p) ** n" in x)
    conflict = f"<<<<<<< HEAD\n{line}=======\n{line.replace('** n', '* n')}>>>>>>> other\n"
    sheet = taken(folder, assigned, text.replace(line, conflict).encode())
    assert complete(sheet) and Message("grade.wrong.conflict") in quoted(sheet)


def test_of_a_torso_what_is_there_is_read(folder, assigned, book):
    text = json.dumps(book, indent=1)
    sheet = taken(folder, assigned, text[: text.index('"2-3-5-check"')].encode())
    got = answers(sheet)
    assert got["2.3-1"] == SOLVED["2.3-1"] and got["2.3-5"] == SOLVED["2.3-5"]
    assert not got["2.3-6"] and sheet.notes


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 50,
        b"not json",
        b"[1, 2]",
        b'"text"',
        b"{}",
        b'{"cells": 5}',
        b'{"cells": [1, null, []]}',
        b"[" * 100_000,
        b'{"cells": [{"source": ' + b"[" * 100_000,
        b'{"a": ' + b"9" * 100_000 + b"}",
        b"\x89PNG\r\n\x1a\n",
    ],
    ids=range(12),
)
def test_what_cannot_be_read_is_refused_with_a_reason(content, folder, assigned):
    sheet = taken(folder, assigned, content)
    assert sheet.reason or all("..." in source for source in answers(sheet).values())


@pytest.mark.parametrize("kind", ["link", "fifo", "folder", "device", "dangling"])
def test_only_a_regular_file_is_opened(kind, folder, assigned, tmp_path, book):
    path, secret = folder / f"{NOTEBOOK}.ipynb", tmp_path / "secret.ipynb"
    secret.write_text(json.dumps(book))
    if kind == "device" and os.geteuid():
        pytest.skip("only root makes devices")
    {
        "link": lambda: path.symlink_to(secret),
        "fifo": lambda: os.mkfifo(path),
        "folder": path.mkdir,
        "device": lambda: os.mknod(path, 0o020666, os.makedev(1, 5)),
        "dangling": lambda: path.symlink_to(tmp_path / "nowhere"),
    }[kind]()
    sheet = taken(folder, assigned)
    assert sheet.reason and all(source != SOLVED[i] for i, source in answers(sheet).items())


def test_a_linked_folder_is_refused(folder, assigned, tmp_path, book):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / f"{NOTEBOOK}.ipynb").write_text(json.dumps(book))
    folder.rmdir()
    folder.symlink_to(elsewhere)
    assert taken(folder, assigned).reason


def test_more_bytes_than_a_notebook_has_are_refused(folder, assigned, monkeypatch, book):
    monkeypatch.setattr(intake, "FILE_BYTES", 1000)
    monkeypatch.setattr(intake.read_file, "__defaults__", (1000,))
    assert taken(folder, assigned, book).reason.values["words"].id == "grade.refused.large"


def test_an_empty_folder_is_a_missing_notebook(folder, assigned):
    assert taken(folder, assigned).reason == missing(NOTEBOOK)


def test_lost_metadata_are_replaced_by_cell_ids(folder, assigned, book):
    for c in book["cells"]:
        c["metadata"] = {}
    assert complete(taken(folder, assigned, book))


def test_lost_metadata_and_ids_are_replaced_by_the_name_of_the_answer(folder, assigned, book):
    book["cells"] = [{"cell_type": c["cell_type"], "source": c["source"]} for c in book["cells"]]
    sheet = taken(folder, assigned, book)
    assert complete(sheet) and len(sheet.notes) >= 6


def test_the_answer_in_a_cell_of_ones_own_counts_when_the_answer_cell_is_gone(folder, assigned, book):
    mine = cell(book, "2-3-2")
    mine["metadata"], mine["id"] = {}, "mine"
    sheet = taken(folder, assigned, book)
    assert answers(sheet)["2.3-2"] == SOLVED["2.3-2"] and sheet.notes


@pytest.mark.parametrize("kind", ["markdown", "raw", "nonsense", None])
def test_a_retyped_answer_counts(kind, folder, assigned, book):
    cell(book, "2-3-1")["cell_type"] = kind
    assert complete(taken(folder, assigned, book))


def test_an_old_format_is_read(folder, assigned, book):
    old = [{**c, "input": c["source"]} for c in book["cells"]]
    for c in old:
        del c["source"]
    assert complete(taken(folder, assigned, {"nbformat": 3, "worksheets": [{"cells": old}]}))


def test_a_future_format_is_read(folder, assigned, book):
    assert complete(taken(folder, assigned, {**book, "nbformat": 99, "rooms": {}}))


def test_of_copies_the_last_that_differs_from_the_stub_counts(folder, assigned, book):
    stub = next(c for c in assigned.notebooks[0].book.cells if c.id == "2-3-1")
    first, last = dict(cell(book, "2-3-1"), source="reliability = 0"), dict(stub)
    book["cells"] = [first, *book["cells"], last]
    sheet = taken(folder, assigned, book)
    assert complete(sheet)
    assert "reliability = 0" in [c.source for c in sheet.book.cells]


def test_a_copy_below_the_check_was_only_tried(folder, assigned, book):
    tried = dict(cell(book, "2-3-1"), id="tried", source="reliability = 0")
    book["cells"].insert(book["cells"].index(cell(book, "2-3-1-check")) + 1, tried)
    sheet = taken(folder, assigned, book)
    assert complete(sheet)
    ids, sources = [c.id for c in sheet.book.cells], [c.source for c in sheet.book.cells]
    assert sources.index("reliability = 0") == ids.index("2-3-1-check") + 1


def test_an_answer_done_once_more_with_its_check_counts(folder, assigned, book):
    again = [dict(cell(book, name), id=f"again-{name}") for name in ("2-3-1", "2-3-1-check")]
    cell(book, "2-3-1")["source"] = "reliability = 0"
    book["cells"] += again
    assert complete(taken(folder, assigned, book))


def test_a_copy_that_became_something_else_stays_where_it_stood(folder, assigned, book):
    """Another answer needs it, and it needs what stands between."""
    helper = dict(cell(book, "2-3-1"), id="helper", source="weights = [critical]")
    book["cells"].insert(book["cells"].index(cell(book, "2-3-4")), helper)
    sheet = taken(folder, assigned, book)
    sources = [c.source for c in sheet.book.cells]
    assert complete(sheet) and sources[sources.index(SOLVED["2.3-4"]) - 1] == "weights = [critical]"


def test_locked_cells_come_from_the_release(folder, assigned, book):
    cell(book, "setup")["source"] = "check = lambda *_: 100"
    cell(book, "2-3-1-check")["source"] = "2.0"
    cell(book, "2-3-1-check")["metadata"]["tags"] = ["skip-execution"]
    sheet = taken(folder, assigned, book)
    kept = {c.id: c for c in sheet.book.cells}
    released = {c.id: c for c in assigned.notebooks[0].book.cells}
    assert all(kept[name] == released[name] for name in ("setup", "2-3-1-check"))


def test_numbers_of_somebody_else_are_noted(folder, assigned, book):
    items, salt = assigned.notebooks[0].items, "0" * 64
    own = personal.notebook(nbformat.reads(json.dumps(book), as_version=4), items, Identity("bob", salt))
    (folder / f"{NOTEBOOK}.ipynb").write_text(json.dumps(own))
    noted = {
        (student, known): [note for sheet in sheets for note in sheet.notes]
        for student, known in [("bob", salt), ("ada", salt), ("bob", "")]
        for sheets in [intake.take(student, folder, assigned, known).sheets]
    }
    assert not noted["bob", salt]
    for student, known in (("ada", salt), ("bob", "")):
        (note,) = noted[student, known]
        assert note.id == "grade.note.numbers"
        assert "2.3-1" in note.values["ids"].parts and note.values["student"] == named_student(student)


def test_a_renamed_notebook_is_found(folder, assigned, book):
    (folder / "my work (2).ipynb").write_text(json.dumps(book))
    (folder / "other.ipynb").write_text('{"cells": [{"cell_type": "code", "source": "1", "metadata": {}}]}')
    sheet = taken(folder, assigned)
    assert complete(sheet) and quoted(sheet) == [renamed("my work (2).ipynb")]


@pytest.mark.parametrize("lost", [{"metadata": {}}, {"metadata": {}, "id": "x"}], ids=["names", "names and ids"])
def test_renamed_notebooks_are_found_by_their_cells(lost, folder, root):
    whole = intake.assignment("section-2", root / "exercises/section-2")
    for number, notebook in enumerate(whole.notebooks[1:]):
        cells = [{**c, **lost} for c in json.loads(nbformat.writes(notebook.book))["cells"]]
        for c in cells:
            answered = notebook.answers.get(c["metadata"].get("nbgrader", {}).get("grade_id"))
            c["source"] = answered.solution if answered else c["source"]
        (folder / f"homework {number}.ipynb").write_text(json.dumps({"cells": cells}))
    first, *found = intake.take("ada", folder, whole).sheets
    assert first.reason == missing(first.notebook.name)
    assert [quoted(sheet)[0] for sheet in found] == [renamed(f"homework {n}.ipynb") for n in range(len(found))]


def test_notebooks_under_each_others_names_are_told_apart(folder, root, book):
    whole = intake.assignment("section-2", root / "exercises/section-2")
    first = whole.notebooks[0].name
    (folder / f"{first}.ipynb").write_text(json.dumps(book))
    shutil.copy(root / f"exercises/section-2/{first}.ipynb", folder / f"{NOTEBOOK}.ipynb")
    sheets = {sheet.notebook.name: sheet for sheet in intake.take("ada", folder, whole).sheets}
    assert complete(sheets[NOTEBOOK]) and quoted(sheets[NOTEBOOK]) == [renamed(f"{first}.ipynb")]
    assert sheets[first].file == f"{NOTEBOOK}.ipynb"


@pytest.mark.parametrize("left", ["", "# see below"])
def test_an_answer_that_was_moved_away_counts(left, folder, assigned, book):
    for name, place in {"2-3-2": "2-3-2-check", "2-3-3": "2-3-2"}.items():
        one = cell(book, name)
        moved = {"cell_type": "code", "id": f"moved-{name}", "source": one["source"], "metadata": {}}
        book["cells"].insert(book["cells"].index(cell(book, place)) + 1, moved)
        one["source"] = left
    assert complete(taken(folder, assigned, book))


def test_thousands_of_cells_are_bounded_and_the_answers_kept(folder, assigned, book):
    own = {"cell_type": "code", "source": "x = 1", "metadata": {}}
    book["cells"] = [own] * 4000 + book["cells"]
    sheet = taken(folder, assigned, book)
    assert complete(sheet) and len(sheet.book.cells) <= intake.CELLS + 100


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("2031-02-03 04:05:06.7 UTC", "2031-02-03 04:05:06.700000"),
        ("2031-02-03 04:05:06 +0100", "2031-02-03 03:05:06"),
        ("2031-02-03T04:05:06", "2031-02-03 04:05:06"),
        ("0001-01-01 00:00:00 UTC", None),
        ("9999-12-31 23:59:59 -1200", None),
        ("5", None),
        ("2031-02-03 04:05:06 /etc/localtime", None),
        ("2031-02-30 04:05:06 UTC", None),
        ("\0" * 900, None),
        ("x" * 5000, None),
    ],
)
def test_a_timestamp_is_read_with_care(words, expected, folder, assigned, book):
    (folder / "timestamp.txt").write_text(words)
    taken(folder, assigned, book)
    submission = intake.take("ada", folder, assigned)
    assert submission.timestamp is None if expected is None else str(submission.timestamp) == expected
    assert submission.notes  # either it cannot be read, or it lies in the future


def test_the_digest_follows_the_bytes(folder, assigned, book):
    taken(folder, assigned, book)
    first = intake.take("ada", folder, assigned).digest
    assert intake.take("ada", folder, assigned).digest == first
    cell(book, "2-3-6")["source"] += " "
    taken(folder, assigned, book)
    assert intake.take("ada", folder, assigned).digest != first


def test_without_keys_nothing_is_graded(root, tmp_path, monkeypatch):
    shutil.copy(root / f"exercises/section-2/{NOTEBOOK}.ipynb", tmp_path)
    source = next((root / "content/exercises").glob("2.3a-*.md")).read_text(encoding="utf-8")
    keyless = bank.parse(bank.public_text(source))
    monkeypatch.setattr(bank, "load", lambda section: keyless)
    with pytest.raises(ValueError, match="no keys"):
        intake.assignment("section-2", tmp_path)


def test_no_release_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="generate_assignment"):
        intake.assignment("section-9", tmp_path)
    shutil.rmtree(tmp_path)


def test_a_renamed_notebook_stands_for_itself_alone(root, folder, book):
    whole = intake.assignment("section-2", root / "exercises/section-2")
    (folder / f"{NOTEBOOK} (1).ipynb").write_text(json.dumps(book))
    sheets = {sheet.notebook.name: sheet for sheet in intake.take("ada", folder, whole).sheets}
    assert complete(sheets.pop(NOTEBOOK))
    assert all(sheet.reason == missing(name) for name, sheet in sheets.items())


def test_a_notebook_of_a_release_with_other_notebooks_is_taken_apart(folder, root):
    """Section 2.3 was one notebook once: what is still in such a file counts, and the instructor is told."""
    whole = intake.assignment("section-2", root / "exercises/section-2")
    parts = {notebook.name: notebook for notebook in whole.notebooks if notebook.name.startswith("2.3")}
    cells = [c for notebook in parts.values() for c in json.loads(nbformat.writes(notebook.book))["cells"]]
    items = {name: item for notebook in parts.values() for name, item in notebook.answers.items()}
    for c in cells:
        item = items.get(c["id"])
        c["source"] = item.solution if item and item.type != "essay" else c["source"]
    (folder / "2.3-diversification.ipynb").write_text(json.dumps({"cells": cells}))
    sheets = {sheet.notebook.name: sheet for sheet in intake.take("ada", folder, whole).sheets}
    for name in parts:
        sheet = sheets.pop(name)
        found = answers(sheet)
        assert found == {i: bank.item(i).solution for i in found} and found
        assert quoted(sheet) == [renamed("2.3-diversification.ipynb")]
    assert all(sheet.reason == missing(name) for name, sheet in sheets.items())


def test_a_release_of_an_earlier_version_has_the_items_of_its_cells(assigned, root, tmp_path):
    shutil.copy(root / f"exercises/section-2/{NOTEBOOK}.ipynb", tmp_path / "2.3-diversification.ipynb")
    (notebook,) = intake.assignment("section-2", tmp_path).notebooks
    assert notebook.items == assigned.notebooks[0].items and notebook.sections == ("2.3a",)


def test_a_release_none_of_whose_items_is_known_is_an_error(book, tmp_path):
    for c in book["cells"]:
        c["metadata"]["nbgrader"]["grade_id"] = c["metadata"]["nbgrader"]["grade_id"].replace("2-3", "9-9")
    (tmp_path / "9.9-gone.ipynb").write_text(json.dumps(book))
    with pytest.raises(ValueError, match=r"9\.9-gone\.ipynb has no exercise that this version"):
        intake.assignment("section-2", tmp_path)


def test_a_notebook_beside_is_named(folder, assigned, book):
    (folder / f"{NOTEBOOK}-Copy1.ipynb").write_text("{}")
    taken(folder, assigned, book)
    (note,) = intake.take("ada", folder, assigned).notes
    assert note == Message("grade.note.unused", {"files": named_file(f"{NOTEBOOK}-Copy1.ipynb")})
