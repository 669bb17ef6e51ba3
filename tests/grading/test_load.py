"""The same work, the same score: on an idle machine, on a busy one, and with more jobs than cores."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from gvclab.exercises import bank
from gvclab.exercises.variants import Identity
from gvclab.grading import engine
from gvclab.grading.record import FILE, ItemRecord, read
from gvclab.grading.run import GradingReport, Plan, run
from gvclab.grading.sandbox import Limits

ASSIGNMENT, NOTEBOOK = "section-2", "2.3a-suppliers"
ITEMS = {item.id: item for item in bank.load("2.3a").used("exercise") if item.type != "essay"}
FULL = sum(item.points for item in ITEMS.values())
LIMITS = Limits(cell=0.5, total=20, call=0.5, calls=2, patience=16)
CODE = "2.3-4"

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sandbox")]


def costly(seconds: float) -> str:
    """A right function with a needless first line that takes so many seconds of processor time in all its calls."""
    each = seconds / len(engine._rehearsed(ITEMS[CODE], Identity()))
    began = time.process_time()
    sum(i * i for i in range(500_000))
    steps = int(500_000 * each / (time.process_time() - began))
    line = f"    sum(i * i for i in range({steps}))\n    u, p ="
    assert steps > 1000 and "    u, p =" in ITEMS[CODE].solution
    return ITEMS[CODE].solution.replace("    u, p =", line, 1)


def forever(item: str) -> str:
    return f"def {ITEMS[item].answer}(*a):\n    while True:\n        pass"


def handed_in() -> dict[str, dict[str, str]]:
    """What each student writes in the place of solutions."""
    some, most = costly(LIMITS.call / 3), costly(LIMITS.calls / 4)  # within one go, and one call at a time
    answers = {f"honest-{n}": {} for n in range(4)}
    answers |= {f"costly-{n}": {CODE: most} for n in range(3)}
    answers |= {"careful": {CODE: some}, "wrong": {"2.3-2": 'spreading = "?"'}}
    answers |= {"loops-in-a-function": {CODE: forever(CODE)}, "loops-in-a-cell": {"2.3-1": "while True:\n    pass"}}
    return answers | {"sleeps": {"2.3-1": "import time\ntime.sleep(999)", CODE: ""}}


@pytest.fixture(scope="module")
def classroom(root, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("load") / "course"
    released = (root / "exercises" / ASSIGNMENT / f"{NOTEBOOK}.ipynb").read_text(encoding="utf-8")
    (folder / "release" / ASSIGNMENT).mkdir(parents=True)
    (folder / f"release/{ASSIGNMENT}/{NOTEBOOK}.ipynb").write_text(released, encoding="utf-8")
    shutil.copy(root / "nbgrader_config.py", folder)
    for student, answers in handed_in().items():
        book = json.loads(released)
        for cell in book["cells"]:
            item = next((item for item in ITEMS.values() if cell["id"] == item.id.replace(".", "-")), None)
            if item:
                cell["source"] = answers.get(item.id, item.solution)
        place = folder / "submitted" / student / ASSIGNMENT
        place.mkdir(parents=True)
        (place / f"{NOTEBOOK}.ipynb").write_text(json.dumps(book), encoding="utf-8")
    return folder


@contextmanager
def idle() -> Iterator[None]:
    yield


@contextmanager
def busy() -> Iterator[None]:
    """Other work on every core, twice over."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def graded(classroom: Path, folder: Path, jobs: int) -> tuple[GradingReport, dict[str, str]]:
    """The report, and all that was written for instructor and student, by file."""
    shutil.copytree(classroom, folder)
    report = run(Plan(folder, ASSIGNMENT, jobs=jobs, limits=LIMITS))
    written = folder / "autograded"
    files = (path for path in sorted(written.rglob("*")) if path.is_file() and ".gvclab" not in path.parts)
    return report, {str(path.relative_to(written)): path.read_text(encoding="utf-8") for path in files}


@pytest.fixture(scope="module")
def quiet(classroom, tmp_path_factory) -> tuple[Path, GradingReport, dict[str, str]]:
    """The class graded while nothing else is going on, as far as that can be had."""
    folder = tmp_path_factory.mktemp("quiet") / "course"
    return folder, *graded(classroom, folder, jobs=2)


def items(written: dict[str, str], student: str) -> Mapping[str, ItemRecord]:
    return read(written[f"{student}/{ASSIGNMENT}/{FILE}"]).items


def said(item: ItemRecord) -> set[str]:
    """The ids of what an item's verdict and its parts say."""
    verdicts = [item.verdict, *(one for _, one in item.verdict.parts)]
    return {message.id for one in verdicts for message in one.said}


def test_each_gets_what_is_earned_and_is_told_why(quiet):
    _, report, written = quiet
    scores = {line.student: line.score for line in report.graded}
    assert {name: score for name, score in scores.items() if name.split("-")[0] in ("honest", "costly", "careful")} == (
        dict.fromkeys([f"honest-{n}" for n in range(4)] + [f"costly-{n}" for n in range(3)] + ["careful"], FULL)
    )
    lost = {"wrong": ["2.3-2"], "loops-in-a-function": [CODE], "loops-in-a-cell": ["2.3-1"]}
    for student, without in (lost | {"sleeps": ["2.3-1", CODE]}).items():
        assert [name for name, item in items(written, student).items() if item.score < item.points] == without
    assert "exercises.code.slow" in said(items(written, "loops-in-a-function")[CODE])
    assert "grade.reason.slow" in said(items(written, "loops-in-a-cell")["2.3-1"])
    slept = said(items(written, "sleeps")["2.3-1"])
    assert "grade.reason.waited" in slept and "grade.reason.slow" not in slept


def test_who_sleeps_is_noted_and_never_final(quiet):
    folder, report, _ = quiet
    assert report.ok and [line.student for line in report.graded if line.notes] == ["sleeps"]
    due = run(Plan(folder, ASSIGNMENT, dry_run=True, limits=LIMITS))
    assert [line.student for line in due.graded] == ["sleeps"]


@pytest.mark.parametrize(("load", "jobs"), [(busy, 2), (idle, 8)], ids=["busy", "eight jobs"])
def test_load_changes_nothing(load, jobs, classroom, quiet, tmp_path):
    with load():
        report, written = graded(classroom, tmp_path / "course", jobs)
    scores, before = ({line.student: line.score for line in one.graded} for one in (report, quiet[1]))
    assert scores == before
    assert written == quiet[2]
