"""What tells an answer is found wherever it stands; what everybody may see is not."""

from __future__ import annotations

import io
import itertools
import json
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from gvclab.content import resource
from gvclab.exercises import bank, check
from gvclab.exercises.keys import namespace
from gvclab.exercises.prompts import prompt
from gvclab.exercises.rendering import label_of, message_of
from gvclab.exercises.variants import Identity, numbers
from gvclab.grading import leaks, release

ITEMS = replace(bank.load("2.3a"), items=(*bank.load("2.3a"), *bank.load("2.3b")))  # both parts
SALT = "5a1t" * 16
ADA = Identity("ada", SALT)


@pytest.fixture(scope="module")
def secret(root) -> leaks.Secrets:
    return release.secrets(root, "section-2", [ADA], [SALT], ["ada", "bob", "chain", "Zoe Miller", "x"])


def kinds(found: list[leaks.Finding]) -> set[str]:
    return {one.kind for one in found}


def notebook(*sources: str) -> str:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells))


def test_nothing_that_is_released_leaks(root, secret):
    files, found = leaks.scan([root / "exercises", root / "course"], secret)
    assert files >= 2
    assert not found


@pytest.mark.parametrize("item", [item for item in ITEMS if item.solution], ids=lambda item: item.id)
def test_every_solution_is_found_in_the_instructors_notebook(item, secret):
    found = kinds(leaks.scan_text("x.ipynb", notebook(item.solution), secret))
    assert f"a line of the solution of {item.id}" in found


@pytest.mark.parametrize("item", [item for item in ITEMS if item.tests], ids=lambda item: item.id)
def test_every_hidden_test_is_found(item, secret):
    for test in item.tests.split("\n\n\n"):
        found = leaks.scan_text("page.html", f"<pre>{test.replace('<', '&lt;')}</pre>", secret)
        assert f"a line of the hidden tests of {item.id}" in kinds(found), test


@pytest.mark.parametrize("item", ITEMS.items, ids=lambda item: item.id)
def test_every_hint_is_found(item, secret):
    for hint in leaks.hints(item):
        if hint in prompt(item) or len(hint.split()) < 8:  # a rubric is shown
            continue
        page = f"<p>Look: <em>{hint.upper().replace(' ', '  ')}</em></p>"
        assert f"a hint or model answer of {item.id}" in kinds(leaks.scan_text("a.html", page, secret)), hint


@pytest.mark.parametrize("item", ITEMS.items, ids=lambda item: item.id)
def test_prompts_and_stubs_are_no_leak(item, secret):
    public = bank.public(item)
    assert not leaks.scan_text("a.ipynb", notebook(prompt(public), public.shown_stub, public.setup), secret)
    assert not leaks.scan_text("a.html", f"<div>{prompt(public)}</div><pre>{public.shown_stub}</pre>", secret)


def test_code_is_known_in_another_guise(secret):
    respaced = "def f( u,p , alpha ) :\n    tail=1-alpha\n    before  =  np.cumsum( p )-p  # so"
    assert "a line of the solution of 2.3-4" in kinds(leaks.scan_text("a.py", respaced, secret))
    solution = ITEMS["2.3-4"].solution
    for old, new in {"cvar": "risk", "worst_first": "k", "taken": "t", "tail": "z", "before": "b"}.items():
        solution = solution.replace(old, new)
    solution = solution.replace(" u", " losses").replace("(u", "(losses").replace("-u", "-losses")
    solution = solution.replace("u[", "losses[").replace("losses, p = np", "losses, p = np")
    assert "the solution or a hidden test of 2.3-4, re-written" in kinds(leaks.scan_text("a.py", solution, secret))


def test_a_key_is_known_by_its_digits(secret):
    one, two = namespace(ITEMS["2.3-1"], (20, 0.01))["reliability"]
    key = "the key of 2.3-1"
    for shown in (f"{one!r}", f"{one:.6f}", f"it is {one:.8g}.", f"({one:.3f}, {two:.4f})"):
        assert key in kinds(leaks.scan_text("a.html", shown, secret)), shown
    for shown in (f"{one:.3f}", f"{one:.3f}\n{two:.3f}", "1.0, 0.5, 0.01", "0.123456"):
        assert key not in kinds(leaks.scan_text("a.html", shown, secret)), shown


def test_a_students_own_key_is_known_too(secret):
    mine = namespace(ITEMS["2.3-1"], numbers(ITEMS["2.3-1"], ADA))["reliability"]
    assert mine != namespace(ITEMS["2.3-1"], (20, 0.01))["reliability"]
    assert "the key of 2.3-1" in kinds(leaks.scan_text("a.json", json.dumps(mine), secret))


def test_a_hidden_input_is_known(secret):
    inputs = sorted(secret.inputs)
    assert len(inputs) > 1000
    found = leaks.scan_text("a.html", f"<pre>AssertionError: f([{inputs[7]}])</pre>", secret)
    assert kinds(found) == {secret.inputs[inputs[7]]}


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (f"salt = '{SALT}'", "the salt of the course"),
        ("File /home/someone/x.py", "a path on this machine"),
        (r"C:\Users\someone\x.py", "a path on this machine"),
        (f"{resource('content')}/x", "a path on this machine"),
        ("### BEGIN HIDDEN TESTS", "a mark of the instructor's notebook"),
        ("as bob wrote", "another student's name"),
        ("says Zoe Miller.", "another student's name"),
    ],
)
def test_a_word_that_must_not_go_out_is_found(told, kind, secret):
    for name in ("page.html", "book.ipynb", "notes.md"):
        text = notebook(told) if name.endswith("ipynb") else told
        assert kind in kinds(leaks.scan_text(name, text, secret)), name


def test_a_name_that_is_a_word_of_the_course_is_not_looked_for(secret):
    assert secret.names == {"ada", "bob", "Zoe Miller"}
    assert not leaks.scan_text("a.html", "ada's chain x", secret, student="ada")


def test_what_a_student_has_is_no_leak(secret):
    item = ITEMS["2.3-1"]
    judged = check("2.3-1", (0.6, (1 - 0.01) ** 40))
    page = f"<pre>{item.solution}</pre>{judged._repr_html_()}<p>/home/ada/work/x.py</p>"
    written = [item.solution, "See /home/ada/work/x.py"]
    parts = [(label_of(item, part), message_of(item, one)) for part, one in judged.verdict.parts]
    said = [message_of(item, judged.verdict), *itertools.chain(*parts)]
    assert len(kinds(leaks.scan_text("ada.html", page, secret))) > 2
    assert not leaks.scan_feedback("ada.html", page, secret, "ada", [*written, *said])
    assert kinds(leaks.scan_feedback("ada.html", page, secret, "ada", written)) == {"a hint or model answer of 2.3-1"}
    more = f"{page}<pre>{ITEMS['2.3-3'].solution}</pre><p>{ITEMS['2.3-2'].options[1].hint}</p> as bob has"
    found = kinds(leaks.scan_feedback("ada.html", more, secret, "ada", [*written, *said]))
    assert {"a line of the solution of 2.3-3", "a hint or model answer of 2.3-2", "another student's name"} <= found


def test_an_answer_as_the_solution_has_it_is_the_students_own(secret):
    """Each cell by itself, since cells of text stand between."""
    solutions = [item.solution for item in ITEMS if item.type != "essay"]
    book = notebook(*solutions)
    assert len(leaks.scan_text("a.ipynb", book, secret)) > 20
    assert not leaks.scan_feedback("a.ipynb", book, secret, "ada", ["Some *text*.", *solutions])


def test_an_item_with_its_key_is_found_in_a_content_file(root, secret):
    path = root / "content/exercises/2.3a-suppliers.md"
    source = path.read_text(encoding="utf-8")
    assert not leaks.scan_text("items.md", bank.public_text(source), secret)
    found = leaks.scan_text("items.md", source, secret)
    assert "the item 2.3-2 with its key" in kinds(found)
    planted = bank.public_text(source).replace("  text: Higher", "  right: true\n  text: Higher", 1)
    planted = planted.replace("answer: spreading\n", "answer: spreading\nwhy: Because.\n")
    assert kinds(leaks.scan_text("items.md", planted, secret)) == {"the item 2.3-2 with its key"}


def test_archives_are_looked_into_and_named(tmp_path, secret):
    def packed(files: dict[str, bytes | str]) -> bytes:
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w") as zipped:
            for name, data in files.items():
                zipped.writestr(name, data)
        return sink.getvalue()

    inner = packed({"deep/a.py": "one = (1 - p) ** n\n"})
    (tmp_path / "b.zip").write_bytes(packed({"in/lib.whl": inner, "clean.txt": "hello"}))
    (tmp_path / "broken.zip").write_bytes(inner[:40])
    files, found = leaks.scan([tmp_path], secret)
    assert files == 2
    assert [(one.file, one.kind) for one in found] == [
        ("b.zip!in/lib.whl!deep/a.py", "a line of the solution of 2.3-1"),
        ("broken.zip", "it could not be looked into"),
    ]
    assert "line 1" in str(found[0])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.ipynb", b"{not json:\nreliability = (one, two)"),
        ("a.ipynb", b'{"cells": 7, "x": "reliability = (one, two)"}'),
        ("a.ipynb", b'{"cells": [7, {"source": ["reliability = ", "(one, two)\\n", "x"]}]}'),
        ("a.json", b'["reliability = (one, two)"]'),
        ("a.html", b"<div class=x><span>reliability</span> <b>=</b> (one, two)<br>"),
        ("a.txt", b"\xff\xfe\nreliability = (one, two)\n\xff"),
    ],
)
def test_a_broken_file_is_read_as_far_as_it_goes(name, data, secret):
    assert kinds(leaks.scan_bytes(name, data, secret)) >= {"a line of the solution of 2.3-1"}


def test_a_page_is_looked_through_fast(secret):
    page = "<p>" + "The chain works if every stage works, in a year 0.25. " * 5_000 + "</p>"
    start = time.perf_counter()
    assert not leaks.scan_text("a.html", page, secret)
    assert time.perf_counter() - start < 5


def test_tables_are_searched_for_words_only(secret):
    one = namespace(ITEMS["2.3-1"], (20, 0.01))["reliability"][0]
    assert not leaks.scan_bytes("a.csv", f"x\n{one!r}\n".encode(), secret)
    assert leaks.scan_bytes("a.csv", f"x\n{SALT}\n".encode(), secret)


def test_unusual_names():
    assert leaks.unusual(["bob", "al", "chain", "j.doe"], ["a chain", "j.doe."]) == {"bob"}


def test_a_folder_is_scanned_in_order(tmp_path: Path, secret):
    for name in ("b.py", "a.py"):
        (tmp_path / name).write_text("reliability = (one, two)\n")
    assert [one.file for one in leaks.scan([tmp_path], secret)[1]] == ["a.py", "b.py"]
