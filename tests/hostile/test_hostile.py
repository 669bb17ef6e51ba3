"""The corpus graded as one class, with bystanders: what each case says must happen, and what must happen to nobody.

Unearned points: 0. Leaks: 0. Files changed outside: 0. Processes left: 0. Graders crashed: 0.
"""

from __future__ import annotations

import json
import os
import pickle
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from gvclab.build.exercise import grade_id
from gvclab.exercises import bank, keys
from gvclab.exercises.plain import plain
from gvclab.exercises.rendering import message_of
from gvclab.exercises.variants import Identity, numbers
from gvclab.grading import engine, export, fingerprints, report, results
from gvclab.grading.record import FILE, Record, identity, read
from gvclab.grading.run import Plan, run
from gvclab.grading.sandbox import Limits, Room, places

from . import corpus, escape, exhaust, forge, honest, leak, malform, persist, steal
from .corpus import ASSIGNMENT, FULL, ITEMS, MINE, NOTEBOOK, RELEASED, ROOT, Case
from .steal import SALT, VICTIM

pytestmark = pytest.mark.slow

CASES = [case for module in (forge, steal, leak, escape, persist, exhaust, malform, honest) for case in module.CASES]
# Honest students whose ids are anything but; and those who sit between the hostile ones.
NAMES = (
    "=cmd|' !A0",
    "<img src=x onerror=alert(1)>",
    "a\nb",
    os.fsdecode(b"\xff\xfe"),
    "{student_id}",
    "%s%n",
    "-rf",
    "x" * 200,
)
BYSTANDERS = (VICTIM, "exhaust-m", "forge-m", "persist-zz", "zz-last", *NAMES)
CANARY = "CANARY-6f1d"
# Short, so that those who wait for their end are soon done; the number says whose processes are whose.
LIMITS = Limits(
    cell=1,
    total=5,
    call=0.5,
    calls=3,
    patience=4,
    megabytes=512,
    files=8,
    processes=16,
    printed=20_000 + os.getpid() % 997,
)
OUTSIDE = ("/tmp", "/var/tmp", "/dev/shm", "/run", str(Path.home()), str(Path(sys.prefix, "lib")))


def tree(*places: Path) -> dict[str, tuple]:
    """All files below, with size, time and kind."""
    found = {}
    for place in places:
        for path in place.rglob("*"):
            if "__pycache__" not in path.parts and ".pytest_cache" not in path.parts and "sessions" not in path.parts:
                stat = path.lstat()
                found[str(path)] = stat.st_mode, stat.st_size, stat.st_mtime_ns
    return found


def outside() -> dict:
    """What nobody may change: the repository with its environment, and traces that the cases try to leave."""
    traces = {
        str(p): 0
        for place in OUTSIDE
        for pattern in ("gvclab-hostile*", "*/gvclab-hostile*")
        for p in Path(place).glob(pattern)
    }
    repository = [ROOT / name for name in ("src", "content", "data", "exercises", "solutions", "course")]
    return traces | tree(*repository, Path(json.__file__).parent, Path(sys.prefix, "lib"))


def ours() -> list[str]:
    """Processes of this run's sandboxes that are alive."""
    marks = f'"printed": {LIMITS.printed}', "gvclab-hostile"
    lines = [" ".join(p.info["cmdline"] or ()) for p in psutil.process_iter(["cmdline"])]
    return [line[:200] for line in lines if any(mark in line for mark in marks) and "pytest" not in line]


@pytest.fixture(scope="module")
def classroom(tmp_path_factory) -> Path:
    """The course's folder with everything handed in."""
    folder = tmp_path_factory.mktemp("hostile") / "course"
    released = folder / "release" / ASSIGNMENT
    released.mkdir(parents=True)
    for name, text in RELEASED.items():
        (released / f"{name}.ipynb").write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    shutil.copytree(ROOT / "solutions" / ASSIGNMENT, folder / "solutions" / ASSIGNMENT)
    (folder / ".gvclab").mkdir()
    (folder / ".gvclab/trade.salt").write_text(SALT)
    (folder / "secret.txt").write_text(CANARY)
    for student in BYSTANDERS:
        Case("honest", "bystander", "", answers={"2.3-10": f"My advice. {CANARY}"}).write(
            folder / "submitted" / student / ASSIGNMENT
        )
    for case in CASES:
        case.write(folder / "submitted" / case.student / ASSIGNMENT)
    return folder


@pytest.fixture(scope="module")
def graded(classroom, sandbox) -> SimpleNamespace:
    """The class, graded once."""
    handed_in, before = tree(classroom / "submitted"), outside()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GVCLAB_CANARY", CANARY)
        told = run(Plan(classroom, ASSIGNMENT, jobs=3, limits=LIMITS))
    until = time.monotonic() + 60
    while (left := ours()) and time.monotonic() < until:  # what was killed takes a moment to end
        time.sleep(0.1)
    after = outside()
    changed = {p for p in before.keys() | after.keys() if before.get(p) != after.get(p)}
    if tree(classroom / "submitted") != handed_in:
        changed.add("submitted")
    return SimpleNamespace(folder=classroom, report=told, scores=_scores(classroom), left=left, changed=changed)


def _scores(folder: Path) -> dict[str, dict[str, float]]:
    """The points in the gradebook, by student and item."""
    query = """
        SELECT sa.student_id, bc.name, g.auto_score FROM grade g JOIN submitted_notebook sn ON g.notebook_id = sn.id
        JOIN submitted_assignment sa ON sn.assignment_id = sa.id JOIN base_cell bc ON g.cell_id = bc.id"""
    items, found = {grade_id(i, "check"): i for i in ITEMS}, {}
    with closing(sqlite3.connect(folder / "gradebook.db")) as book:
        for student, name, score in book.execute(query):
            if name in items:
                found.setdefault(student, {})[items[name]] = score
    return found


def record(graded: SimpleNamespace, student: str) -> Record:
    return read((graded.folder / "autograded" / student / ASSIGNMENT / FILE).read_text(encoding="utf-8"))


def copy(graded: SimpleNamespace, student: str, name: str = NOTEBOOK) -> str:
    return (graded.folder / "autograded" / student / ASSIGNMENT / f"{name}.ipynb").read_text(encoding="utf-8")


# ----------------------------------------------------------------------------------------------- each of them


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.student)
def test_what_must_happen(case, graded):
    got, expected = graded.scores[case.student], case.expected
    if case.at_most:
        assert all(0 <= got[item] <= expected[item] for item in ITEMS)
    else:
        assert got == expected
    kept = record(graded, case.student)
    sheet = kept.notebooks[NOTEBOOK]
    reason = identity(sheet.reason) if sheet.reason else ""
    assert bool(reason) == bool(case.reason) and re.search(case.reason, reason), sheet
    assert re.search(case.note, "\n".join(map(identity, [*kept.notes, *sheet.notes])))
    assert all(message_of(bank.item(name), item.verdict) for name, item in sheet.items.items())
    assert "ESC" + "APED" not in copy(graded, case.student) and "LEFT" + "OVER" not in copy(graded, case.student)


@pytest.mark.parametrize("student", BYSTANDERS, ids=ascii)
def test_bystanders_keep_every_mark(student, graded):
    name = student.encode("utf-8", "backslashreplace").decode()
    assert graded.scores[name] == FULL
    assert not any(sheet.reason or sheet.notes for sheet in record(graded, name).notebooks.values())


# ------------------------------------------------------------------------------------------------ all of them


def test_the_grader_came_through(graded):
    assert graded.report.failed == {} and graded.report.missing == []
    assert len(graded.report.graded) == len(CASES) + len(BYSTANDERS)


def test_nothing_was_changed_outside(graded):
    assert graded.changed == set()


def test_no_process_is_left(graded):
    assert graded.left == []


def test_what_comes_out_is_bounded(graded):
    sizes = {p: p.stat().st_size for p in (graded.folder / "autograded").rglob("*") if p.is_file()}
    assert max(sizes.values()) < 4_000_000, max(sizes, key=sizes.get)


def test_a_second_run_takes_up_those_alone_who_waited(graded):
    noted = [
        line.student for line in graded.report.graded if any(note.id == "grade.note.waited" for note in line.notes)
    ]
    again = run(Plan(graded.folder, ASSIGNMENT, dry_run=True, limits=LIMITS))
    assert sorted(line.student for line in again.graded) == sorted(noted)
    assert len(again.skipped) == len(CASES) + len(BYSTANDERS) - len(noted)
    assert "exhaust-sleep" in noted and not set(noted) & set(BYSTANDERS)


# ------------------------------------------------------------------------------------------------------ leaks


@pytest.fixture(scope="module")
def feedback(graded) -> Path:
    """Feedback pages of those whose code or text might have something to show."""
    for glob in ("leak-*", "escape-page*", "honest-picture*", VICTIM):
        command = ["-m", "nbgrader", "generate_feedback", ASSIGNMENT, "--student", glob]
        # What a leak tells may come out in either notebook; pages that run something are made in one.
        command += [] if glob == "leak-*" else ["--notebook", NOTEBOOK]
        environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        done = subprocess.run(
            [sys.executable, *command], cwd=graded.folder, capture_output=True, text=True, env=environment
        )
        assert done.returncode == 0, done.stderr[-3000:]
    return graded.folder / "feedback"


@pytest.fixture(scope="module")
def shown(graded, feedback) -> dict[str, str]:
    """All texts that come out, by the student whom they are of; those of the class under its file."""
    texts: dict[str, str] = {}
    for place in (graded.folder / "autograded", feedback):
        for path in sorted(p for p in place.glob("*/*/*") if p.is_file() and ".gvclab" not in p.parts):
            student = path.relative_to(place).parts[0]
            texts[student] = texts.get(student, "") + path.read_text(encoding="utf-8")
    told = results.load(graded.folder, ASSIGNMENT)
    texts["/report"] = report.page(told)
    texts["/report with names"] = report.page(told, names=True)
    for name, make in {"canvas": export.canvas, "moodle": export.moodle, "csv": export.table}.items():
        export.write(make(told), graded.folder / f"{name}.csv")
        texts[f"/{name}"] = (graded.folder / f"{name}.csv").read_text(encoding="utf-8")
    return texts


def numbers_in(text: str) -> set[str]:
    """The decimals in a text, to nine digits."""
    return {f"{float(number):.9g}" for number in re.findall(r"\d+\.\d{5,}", text)}


def test_no_hidden_input_comes_out(shown):
    inputs = [
        pickle.loads(call) for i in ITEMS.values() if i.type == "code" for call in engine._rehearsed(i, Identity())
    ]
    hidden = {f"{x:.9g}" for call in inputs for x in fingerprints.floats(plain(list(call))) if len(f"{x:.9g}") > 8}
    assert len(hidden) > 1000
    telling = {student: found for student, text in shown.items() if (found := numbers_in(text) & hidden)}
    assert telling == {}
    digit = "(zero|one|two|three|four|five|six|seven|eight|nine)"
    assert not re.search(rf"{digit} point {digit} {digit}", shown["leak-error-in-words"])


def test_no_secret_comes_out(shown):
    for student, text in shown.items():
        assert SALT[:20] not in text and "BEGIN HIDDEN" not in text and "BEGIN SOLUTION" not in text, student
        assert (
            CANARY not in text
            or student in (*BYSTANDERS, b"\xff\xfe".decode("utf-8", "surrogateescape"))
            or student.startswith("\\udc")
        ), student


def test_nothing_tells_whose_machine_it_is(graded, shown):
    private = places(Room(hidden=str(graded.folder)))
    assert str(ROOT) in private
    written = {case.student: f"{case.answers}{case.own}" for case in CASES}
    for student, text in shown.items():
        assert not [place for place in private if place in text and place not in written.get(student, "")], student
    told = shown["leak-whose-machine"]
    assert "NODE gvclab gvclab" in told and "…" in told
    assert not [place for place in os.environ["PATH"].split(":") if place in told and place not in os.defpath]


def test_no_key_comes_out(shown):
    """Neither lines of tests and solutions, nor the numbers of whoever had nothing right."""
    secret = {
        line.strip()
        for item in ITEMS.values()
        if item.id in MINE
        for line in (item.tests + "\n" + item.solution).splitlines()
        if len(line.strip()) > 20 and line not in item.stub and line.strip() not in RELEASED[NOTEBOOK]
    }
    copied = "\n".join([*corpus.HONEST.values(), *(str(case.answers) + str(case.own) for case in CASES)])
    secret = {json.dumps(line)[1:-1] for line in secret if line not in copied}
    for student, text in shown.items():
        assert not [line for line in secret if line in text], student
    for case in CASES:
        if case.blank and case.kind in ("forge", "steal"):
            mine = Identity(case.student, SALT)
            for item in ("2.3-1", "2.3-3", "2.3-6"):
                names = keys.namespace(bank.item(item), numbers(bank.item(item), mine))
                for value in fingerprints.floats(plain(names[bank.item(item).answer])):
                    found = [n for n in numbers_in(shown[case.student]) if f"{float(n):.6g}" == f"{value:.6g}"]
                    assert not found, (case.student, item)


def test_what_is_shown_runs_no_script(graded, feedback):
    from bleach._vendor import html5lib
    from nbconvert import HTMLExporter

    def pages(student):
        yield (feedback / student / ASSIGNMENT / f"{NOTEBOOK}.html").read_text(encoding="utf-8")
        import nbformat

        yield HTMLExporter().from_notebook_node(nbformat.reads(copy(graded, student), as_version=4))[0]  # as formgrader

    def dangers(page) -> set[str]:
        found = set()
        for one in html5lib.parse(page, namespaceHTMLElements=False).iter():
            tag = str(one.tag).rpartition("}")[2].lower()
            if tag in (
                "script",
                "style",
                "iframe",
                "object",
                "embed",
                "base",
                "meta",
                "link",
                "form",
                "button",
                "svg",
                "animate",
            ):
                found.add(f"{tag} {sorted(one.attrib.items())} {one.text}")
            for name, value in one.attrib.items():
                bare = re.sub(r"[\s\x00-\x20]", "", value).lower()
                if str(name).lower().startswith("on") or re.match("(javascript|vbscript|data):(?!image/png)", bare):
                    found.add(f"{tag} {name} {value}")
            if tag not in ("code", "pre", "span", "script", "style") and re.search(
                r"\\(href|mmlToken|def|let|newcommand|style|class|cssId|require|html)", (one.text or "")
            ):
                found.add(f"tex {one.text}")
        return found

    usual = [dangers(page) for page in pages(VICTIM)]
    for case in CASES:
        if case.student.startswith("escape-page"):
            for page, known in zip(pages(case.student), usual, strict=True):
                assert dangers(page) <= known, case.student


def test_a_table_runs_no_formula(graded, shown):
    import csv

    for name in ("canvas", "moodle", "csv"):
        for row in csv.reader(shown[f"/{name}"].splitlines()):
            for field in row:
                number = re.fullmatch(r"-?[\d.]+(e-?\d+)?", field)
                assert number or not re.match(r"[=+\-@\t\r]", field) or re.fullmatch(r"[\w.@+-]+", field), field
