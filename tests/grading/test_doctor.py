"""`gvclab doctor`: each damage is found, named and mended, and nothing a student wrote is lost."""

from __future__ import annotations

import copy
import json
import os
import random
import re
import zlib
from pathlib import Path

import nbformat
import pytest

from gvclab.exercises import bank
from gvclab.exercises.variants import Identity, drawn
from gvclab.grading import doctor, release_cli, salvage
from gvclab.grading.submission import restore

NAME, WITH_ESSAY = "2.3a-suppliers", "2.3b-fear"
ITEMS, ESSAYS = (bank.load(name.partition("-")[0]).used("exercise") for name in (NAME, WITH_ESSAY))


@pytest.fixture(scope="module")
def released(root) -> dict:
    return read_released(root, NAME)


def read_released(root: Path, name: str) -> dict:
    return doctor._released((root / f"exercises/section-2/{name}.ipynb").read_text(encoding="utf-8"))


@pytest.fixture
def honest(released) -> dict:
    return answered(released, ITEMS)


def answered(released: dict, items) -> dict:
    """An assignment answered, run from top to bottom and saved, with three cells of the student's own."""
    book = copy.deepcopy(released)
    for n, item in enumerate(items):
        answer = "A second supplier.\n" if item.type == "essay" else item.solution
        cell_of(book, item.id)["source"] = f"{answer}\nmark_{n} = {n}"
    book["cells"].insert(3, own("code", "helper = 1\nmark_91 = 91"))
    book["cells"].append(own("markdown", "My advice.\n\nmark_90 = 90"))
    book["cells"].append(own("markdown", "A note.\n\nmark_92 = 92"))
    for count, cell in enumerate((c for c in book["cells"] if c["cell_type"] == "code"), 1):
        cell["execution_count"] = count
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["ran\n"]}]
    return book


def own(kind: str, source: str) -> dict:
    cell = {"cell_type": kind, "id": f"own{zlib.crc32(source.encode())}", "metadata": {}, "source": source}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def cell_of(book: dict, name: str) -> dict:
    return book["cells"][at(book, name)]


def at(book: dict, name: str) -> int:
    name = name.replace(".", "-")
    return next(n for n, cell in enumerate(book["cells"]) if doctor.grade_id(cell) == name)


def saved(book: dict) -> bytes:
    """As JupyterLab saves it."""
    cells = [
        cell | {"source": cell["source"].splitlines(keepends=True)} if isinstance(cell["source"], str) else cell
        for cell in book["cells"]
    ]
    return (json.dumps(book | {"cells": cells}, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def names(found: doctor.Diagnosis) -> set[str]:
    return {trouble.name for trouble in found.troubles}


def read(data: bytes):
    book = nbformat.reads(data.decode(), as_version=4)
    nbformat.validate(book)
    return book


def answers(data: bytes, released: dict) -> dict[str, str]:
    """What a grader takes from a file."""
    book = restore(read(data), nbformat.from_dict(released))
    solutions = [cell for cell in book.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in solutions}


def lines(data: bytes) -> list[str]:
    return [line for cell in json.loads(data)["cells"] for line in "".join(cell["source"]).splitlines()]


def test_an_honest_notebook_is_healthy(honest, released):
    assert doctor.examine(saved(honest), released, ITEMS) == doctor.Diagnosis(())


def test_a_fresh_notebook_is_only_unanswered(released):
    found = doctor.examine(saved(released), released, ITEMS)
    assert names(found) == {"unanswered"}
    assert found.mended is None
    assert all(item.id in found.troubles[0].words for item in ITEMS)


# ---------------------------------------------------------------------------------------------- the damages


def deleted_locked(book):
    for name in ("setup", "2.3-1-prompt", "2.3-4-check"):
        del book["cells"][at(book, name)]


def deleted_answer_kept_elsewhere(book):
    cell = cell_of(book, "2.3-3")
    cell["metadata"], cell["id"] = {}, "elsewhere"


def copied(book):
    for name in ("2.3-1", "2.3-2-check"):
        book["cells"].append(cell_of(book, name) | {"id": f"copy-{name.replace('.', '-')}"})


def copied_text(book):
    book["cells"].append(cell_of(book, "2.3-10") | {"id": "copy-2-3-10"})


def tried_below(book):
    tried = copy.deepcopy(cell_of(book, "2.3-1")) | {"id": "tried", "source": "reliability = 0"}
    book["cells"].insert(at(book, "2.3-1-check") + 1, tried)


def copied_as_released(book):
    stub = copy.deepcopy(cell_of(book, "2.3-1")) | {"id": "stub", "source": STUBS["2.3-1"]}
    book["cells"].insert(at(book, "2.3-1") + 1, stub)


def split(book):
    cell = cell_of(book, "2.3-3")
    first, last = cell["source"].rsplit("\ncritical", 1)
    second = copy.deepcopy(cell) | {"id": "second", "source": f"critical{last}"}
    cell["source"] = first
    book["cells"].insert(at(book, "2.3-3") + 1, second)


def retyped(book):
    for name, kind in (("2.3-1", "markdown"), ("2.3-3-check", "raw"), ("2.3-2-prompt", "code")):
        cell = cell_of(book, name)
        cell["cell_type"] = kind
        for key in ("outputs", "execution_count"):
            cell.pop(key, None)
        if kind == "code":
            cell |= {"outputs": [], "execution_count": 99}


def edited(book):
    cell_of(book, "setup")["source"] += "\nimport math\nmark_93 = 93"
    cell_of(book, "2.3-4-prompt")["source"] += "\nmark_94 = 94"


def marked(book):
    cell_of(book, "2.3-1-check")["metadata"]["nbgrader"]["points"] = 100
    cell_of(book, "2.3-3-check")["metadata"]["tags"] = ["skip-execution"]


def moved(book):
    cells = book["cells"]
    cells.insert(0, cells.pop(at(book, "2.3-5")))


def without_metadata(book):
    for cell in book["cells"]:
        cell["metadata"] = {}


def other_kernel(book):
    book["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}


def giant_output(book):
    cell_of(book, "2.3-4")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 2_000_000}]


def no_output(book):
    cell_of(book, "2.3-4")["outputs"] = [{"output_type": "nonsense"}, 7]


DAMAGES = [
    (deleted_locked, {"deleted"}, {}),
    (deleted_answer_kept_elsewhere, {"found"}, {}),
    (copied, {"copied"}, {"order"}),
    (tried_below, {"copied"}, {"order"}),
    (copied_as_released, {"copied"}, {}),
    (split, {"copied"}, {"order"}),
    (retyped, {"retyped"}, {"unrun"}),
    (edited, {"edited"}, {"order"}),
    (marked, {"marks"}, {}),
    (moved, {"moved"}, {}),
    (without_metadata, {"marks"}, {}),
    (other_kernel, {"kernel"}, {}),
    (giant_output, {"output"}, {"unrun"}),
    (no_output, set(), {}),
]
STUBS = {}


def test_a_text_that_was_copied_is_found_and_mended(root):
    released = read_released(root, WITH_ESSAY)
    honest = answered(released, ESSAYS)
    whole = answers(saved(honest), released)
    copied_text(honest)
    found = doctor.examine(saved(honest), released, ESSAYS)
    assert names(found) == {"copied"} and all(trouble.mends for trouble in found.troubles)
    assert doctor.examine(found.mended, released, ESSAYS) == doctor.Diagnosis(())
    assert answers(found.mended, released) == whole
    assert set(filter(MARK.search, lines(saved(honest)))) <= set(lines(found.mended))


@pytest.mark.parametrize(("damage", "expected", "left"), DAMAGES, ids=[d[0].__name__ for d in DAMAGES])
def test_a_damage_is_found_and_mended(damage, expected, left, honest, released):
    STUBS["2.3-1"] = cell_of(released, "2.3-1")["source"]
    whole = answers(saved(honest), released)
    damage(honest)
    found = doctor.examine(saved(honest), released, ITEMS)
    assert names(found) >= expected
    if not expected:
        assert found == doctor.Diagnosis(())
        return
    assert all(trouble.mends for trouble in found.troubles if trouble.name in expected)
    again = doctor.examine(found.mended, released, ITEMS)
    assert names(again) <= set(left)
    assert again.mended is None
    mended = answers(found.mended, released)
    if damage is split:
        assert "critical = (x, r)" in mended["2-3-3"]
        del mended["2-3-3"], whole["2-3-3"]
    assert mended == whole
    assert set(filter(MARK.search, lines(saved(honest)))) <= set(lines(found.mended))


BYTES = [
    ("bom", lambda data: b"\xef\xbb\xbf" + data),
    ("bom", lambda data: data.decode().encode("utf-16")),
    ("encoding", lambda data: data.replace("φ".encode(), b"\xe9")),
    ("json", lambda data: data[: data.index(b"mark_90") + 12]),
    ("json", lambda data: data.replace(b'"outputs": [', b'"outputs": [[', 1)),
    ("version", lambda data: data.replace(b'"nbformat": 4', b'"nbformat": 7')),
    ("shape", lambda data: data.replace(b'"cells": [', b'"cells": [1, null, ')),
    ("shape", lambda data: data.replace(b'"cells": [', b'"sheets": [')),
    ("conflict", lambda data: in_conflict(data)),
]


def in_conflict(data: bytes) -> bytes:
    """Two versions of answer 2.3-1, as git leaves them."""
    line = next(line for line in data.decode().splitlines() if "mark_0 = 0" in line)
    other = line.replace("mark_0 = 0", "mark_99 = 99")
    return data.replace(line.encode(), f"<<<<<<< HEAD\n{line}\n=======\n{other}\n>>>>>>> theirs".encode())


@pytest.mark.parametrize(("name", "damage"), BYTES, ids=[f"{name}-{n}" for n, (name, _) in enumerate(BYTES)])
def test_a_damaged_file_is_read_and_mended(name, damage, honest, released):
    data = saved(honest)
    whole = answers(data, released)
    broken = damage(data)
    found = doctor.examine(broken, released, ITEMS)
    assert name in names(found)
    mended = answers(found.mended, released)
    if name == "encoding":
        assert "é" in "".join(lines(found.mended))
        mended, whole = ({k: re.sub("[éφ]", "", v) for k, v in one.items()} for one in (mended, whole))
    if name == "conflict":
        assert "mark_99 = 99" in lines(found.mended)
    if name == "json":
        mended, whole = ({k: v.rstrip() for k, v in one.items()} for one in (mended, whole))
    assert mended == whole
    assert not {t.name for t in doctor.examine(found.mended, released, ITEMS).troubles if t.mends}


def test_an_empty_file_is_told_and_left(released):
    for data in (b"", b"\0\0\n"):
        found = doctor.examine(data, released, ITEMS)
        assert names(found) == {"empty"}
        assert found.mended is None


@pytest.mark.parametrize("data", [b"%PDF-1.7 ...", b"{}", b'{"cells": [], "nbformat": 4}', b"\xff\xfe\0\0" * 99])
def test_a_file_without_a_cell_is_not_replaced_by_a_blank_notebook(data, released):
    found = doctor.examine(data, released, ITEMS)
    assert [trouble.name for trouble in found.troubles] == ["nothing"] and found.mended is None


def test_a_notebook_without_names_and_ids_is_known_by_what_it_says(honest, released):
    cells = [{k: v for k, v in cell.items() if k != "id"} | {"metadata": {}} for cell in honest["cells"]]
    found = doctor.examine(json.dumps({**honest, "cells": cells}).encode(), released, ITEMS)
    assert {"found", "marks"} <= names(found) and "stranger" not in names(found)
    code = [cell.source for cell in read(found.mended).cells if cell.cell_type == "code"]
    assert code == [cell["source"] for cell in honest["cells"] if cell["cell_type"] == "code"]
    assert set(lines(saved(honest))) <= set(lines(found.mended))


def test_a_quotation_mark_at_the_end_of_a_torn_source_is_kept():
    for told in ('x = "A"', "x = 'A\\\\'", '"""doc"""'):
        torn = '{"cells": [{"cell_type": "code", "source": ' + json.dumps(["y = 1\n", told])
        assert [cell["source"] for cell in salvage.read(torn.encode()).cells] == ["y = 1\n" + told]


def test_answers_written_into_one_cell_are_not_undone(honest, released):
    names_ = ("2.3-1", "2.3-2", "2.3-3")
    together = "\n".join(cell_of(honest, name)["source"] for name in names_)
    honest["cells"] = [
        cell for cell in honest["cells"] if doctor.grade_id(cell) not in {n.replace(".", "-") for n in names_}
    ]
    own = {"cell_type": "code", "id": "mine", "metadata": {}, "outputs": [], "execution_count": 1, "source": together}
    honest["cells"].insert(at(honest, "2.3-1-prompt"), own)
    found = doctor.examine(saved(honest), released, ITEMS)
    assert {"found", "deleted"} <= names(found) and "unanswered" not in names(found)
    taken = answers(found.mended, released)
    assert [taken[name.replace(".", "-")] for name in names_] == [together, "", ""]


def test_another_notebook_is_not_taken_for_answers(released):
    book = {"cells": [own("code", "mark_1 = 1")], "metadata": released["metadata"], "nbformat": 4}
    found = doctor.examine(saved(book), released, ITEMS)
    assert "stranger" in names(found)
    assert "mark_1 = 1" in lines(found.mended)


# ------------------------------------------------------------------------------- what only a student can do


@pytest.mark.parametrize(
    ("source", "name", "word"),
    [
        ("reliability = (1, 2", "syntax", "line 1"),
        ("realiability = (1, 2)", "name", "`reliability`"),
        ("reliability = (..., ...)", "unanswered", "2.3-1"),
        ("reliability = (0.8, ...)", "half", "2.3-1"),
        ("", "unanswered", "2.3-1"),
    ],
)
def test_an_unfinished_answer_is_named(source, name, word, honest, released):
    cell_of(honest, "2.3-1")["source"] = source
    found = doctor.examine(saved(honest), released, ITEMS)
    assert [(t.name, t.mends) for t in found.troubles] == [(name, False)]
    assert word in found.troubles[0].words


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline\nreliability = 1, 2",
        "%%time\nreliability = 1, 2",
        "!ls\nfiles = !ls\nlen?\nreliability = 1, 2",
        "await_ = 1\nreliability = 1, 2",
        "for reliability in [(1, 2)]:\n    pass",
        "from x import y as reliability",
        "reliability = (7\n    % 5, 2)",
        "globals()['reliability'] = 1, 2",
        "\n    # pasted from a function\n    %time x = 1\n    if x:\n        reliability = x, 2",
    ],
)
def test_what_ipython_takes_is_no_mistake(source, honest, released):
    cell_of(honest, "2.3-1")["source"] = source
    assert not doctor.examine(saved(honest), released, ITEMS).troubles


def test_what_was_not_run_or_stopped_is_named(honest, released):
    cell_of(honest, "2.3-1")["execution_count"] = None
    cell_of(honest, "2.3-3")["outputs"] = [
        {"output_type": "error", "ename": "NameError", "evalue": "?", "traceback": []}
    ]
    cell_of(honest, "2.3-4")["execution_count"] = 1
    found = {t.name: t.words for t in doctor.examine(saved(honest), released, ITEMS).troubles}
    assert found.keys() == {"unrun", "error", "order"}
    assert "2.3-1" in found["unrun"]
    assert "NameError" in found["error"]


# -------------------------------------------------------------------------------------------- any damage


MARK = re.compile(r"mark_(\d+) = \1\b")


def mutated(book: dict, rng: random.Random) -> bytes:
    """A notebook after one to four accidents."""
    for _ in range(rng.randint(0, 3)):
        cells = book["cells"]
        n = rng.randrange(len(cells))
        match rng.randrange(9):
            case 0:
                del cells[n]
            case 1:
                cells.insert(rng.randrange(len(cells)), copy.deepcopy(cells[n]))
            case 2:
                cells[n]["cell_type"] = rng.choice(["code", "markdown", "raw", "heading", "x", None])
            case 3:
                rng.shuffle(cells)
            case 4:
                cells[n]["metadata"] = rng.choice([{}, None, [], {"nbgrader": 7}, {"nbgrader": {}}])
            case 5:
                cells[n]["source"] += rng.choice(["\nmark_95 = 95", "\ud800", "\r\n(", "\0", "\n" * 50])
            case 6:
                cells[n]["outputs"] = rng.choice([None, 1, [{}], [{"output_type": "stream"}], {}])
            case 7:
                cells[n]["id"] = rng.choice(["", None, 5, "setup", "ü" * 99])
            case 8:
                book["metadata"] = rng.choice([{}, None, [], {"kernelspec": 1}])
    data = json.dumps(saved_shape(book), indent=rng.choice([1, None]), sort_keys=rng.random() < 0.7)
    if rng.random() < 0.5:
        return data.encode()
    data = bytearray(data.encode())
    match rng.randrange(5):
        case 0:
            del data[rng.randrange(len(data)) :]
        case 1:
            at = rng.randrange(len(data))
            data[at : at + rng.randrange(40)] = b""
        case 2:
            for _ in range(rng.randrange(20)):
                data[rng.randrange(len(data))] = rng.randrange(256)
        case 3:
            at = rng.randrange(len(data))
            data[at:at] = rng.choice([b"<<<<<<< HEAD\n", b"\n=======\n>>>>>>> x\n", b"\0", b"[[[[", b'"'])
        case 4:
            data = bytearray(b"\xef\xbb\xbf") + data
    return bytes(data)


def saved_shape(book: dict) -> dict:
    return book | {"cells": [cell | {"source": cell["source"].splitlines(keepends=True)} for cell in book["cells"]]}


def test_no_accident_stops_the_doctor_or_loses_a_line(honest, released):
    for seed in range(200):
        data = mutated(copy.deepcopy(honest), random.Random(seed))
        found = doctor.examine(data, released, ITEMS)
        kept = "\n".join(lines(found.mended or data))
        told = data.decode("utf-8", "replace")
        lost = [mark.group() for mark in MARK.finditer(told) if mark.group() not in kept]
        assert not lost, (seed, lost, names(found))
        if found.mended:
            if seed % 5 == 0:
                read(found.mended)
            again = doctor.examine(found.mended, released, ITEMS)
            assert not [t for t in again.troubles if t.mends], seed


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000,
        b'{"cells": ' + b"[" * 5_000,
        b'{"cells": [' + b'{"cell_type": "code", "source": "' * 20_000,
        b'{"a":' * 50_000,
        b"<<<<<<< \n" * 50_000,
        b'{"cells": [{"cell_type": "code", "metadata": ' + b'{"a":' * 800 + b"1" + b"}" * 800 + b"}]}",
        b'{"cells": [{"cell_type": "code", "source": "' + b"-" * 90_000 + b'1"}]}',
        b'{"cells": [{"cell_type": "code", "source": "' + b"(" * 90_000 + b'"}]}',
        b'{"cells": [{"cell_type": "code", "execution_count": ' + b"9" * 9_000 + b"}]}",
        b'{"cells": [{"cell_type": "code", "source": {"a": [NaN, Infinity, "\\ud800"]}}]}',
        b'"text"',
        b"null",
        b"\xff\xfe\xff",
        bytes(range(256)) * 50,
    ],
    ids=range(14),
)
def test_a_file_made_to_break_the_doctor_does_not(data, released):
    found = doctor.examine(data, released, ITEMS)
    assert found.troubles
    if found.mended:
        read(found.mended)


def test_nothing_is_ever_run(honest, released, tmp_path):
    cell_of(honest, "2.3-1")["source"] = f"open({str(tmp_path / 'ran')!r}, 'w')\nreliability = 1, 2"
    doctor.examine(saved(honest), released, ITEMS)
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------------------------------------- the command


@pytest.fixture
def file(honest, released, tmp_path, monkeypatch) -> Path:
    """A broken notebook of the class, on disk."""
    monkeypatch.setattr(doctor, "assignments", lambda: {NAME: released})
    deleted_locked(honest)
    path = tmp_path / f"{NAME}.ipynb"
    path.write_bytes(saved(honest))
    return path


def run(*words: str) -> int:
    import argparse

    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    release_cli.add_doctor(commands)
    options = parser.parse_args(["doctor", *words])
    return options.run(options)


def test_it_tells_and_leaves_the_file_alone(file, capsys):
    before = file.read_bytes()
    assert run(str(file)) == 1
    shown = capsys.readouterr().out
    assert "Missing" in shown
    assert "the check of 2.3-4" in shown
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_fix_mends_and_keeps_the_old_file(file, capsys):
    before = file.read_bytes()
    assert run(str(file), "--fix") == 0
    assert file.with_name(f"{file.name}.bak").read_bytes() == before
    mended = file.read_bytes()
    assert run(str(file), "--fix") == 0
    assert "nothing is broken" in capsys.readouterr().out
    assert file.read_bytes() == mended
    assert len(list(file.parent.iterdir())) == 2


def test_an_older_backup_is_not_overwritten(file):
    file.with_name(f"{file.name}.bak").write_text("precious")
    run(str(file), "--fix")
    assert file.with_name(f"{file.name}.bak").read_text() == "precious"
    assert file.with_name(f"{file.name}.bak2").exists()


@pytest.mark.parametrize("kind", ["missing", "folder", "link", "pipe"])
def test_what_is_no_file_is_told(kind, file, tmp_path):
    path = tmp_path / "x.ipynb"
    match kind:
        case "folder":
            path.mkdir()
        case "link":
            path.symlink_to(file)
        case "pipe":
            os.mkfifo(path)
    assert names(doctor.visit(path)) == {"missing" if kind == "missing" else "link"}


def test_a_renamed_notebook_is_known_by_its_cells(file):
    other = file.rename(file.with_name("homework final.ipynb"))
    found = doctor.visit(other)
    assert names(found) == {"deleted", "renamed"}
    assert f"{NAME}.ipynb" in str(found.troubles[-1])


def test_a_renamed_notebook_without_names_and_ids_is_known_by_its_checks(file):
    book = json.loads(file.read_bytes())
    book["cells"] = [cell | {"metadata": {}, "id": f"x{n}"} for n, cell in enumerate(book["cells"])]
    other = file.with_name("homework final.ipynb")
    other.write_bytes(saved(book))
    assert f"{NAME}.ipynb" in str(doctor.visit(other).troubles[-1])


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        ("from helper import power", True),
        ("import numpy, helper as h", False),  # not found, but no false alarm
        ("%run helper.py", True),
        ("%%writefile helper.py\nx = 1", False),
        ("import helpers", False),
        ("pd.read_csv('mine.csv')", True),
        ("open('mine.csv').read()", True),
        ("table.to_csv('mine.csv')\npd.read_csv('mine.csv')", False),
        ("open('mine.csv', 'w')", False),
        ("print('mine.csv')", False),
    ],
)
def test_a_file_beside_that_is_needed_is_told(source, needed, file):
    (file.parent / "helper.py").write_text("power = pow")
    (file.parent / "mine.csv").write_text("1")
    book = json.loads(file.read_bytes())
    book["cells"].append({"cell_type": "code", "source": source, "metadata": {}})
    file.write_bytes(saved(book))
    assert ("beside" in names(doctor.visit(file))) == needed


def test_a_lesson_is_no_assignment(root):
    assert "stranger" in names(doctor.visit(root / "course/2.1-localisation.ipynb"))


def test_a_text_is_not_told_to_take_a_notebooks_name(root):
    assert names(doctor.visit(root / "README.md")) == {"nothing"}


def test_prompts_with_own_numbers_are_as_they_were_given(file, honest, released):
    who = Identity("ada", drawn=drawn(bank.load("2.3a"), Identity("ada", "salt")))
    book = doctor.personal.notebook(released, ITEMS, who)
    assert book != released
    (file.parent / "gvclab-student.json").write_text(
        json.dumps({"course": "c", "student": "ada", "numbers": who.drawn})
    )
    file.write_bytes(saved(book))
    assert names(doctor.visit(file)) == {"unanswered"}
    file.write_bytes(saved(released))
    assert "edited" in names(doctor.visit(file))
    (file.parent / "gvclab-student.json").write_text("{")
    assert "student" in names(doctor.visit(file))
