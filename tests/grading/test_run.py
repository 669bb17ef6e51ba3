"""A class graded: gradebook, copies, resuming, and being killed at any moment."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import nbformat
import psutil
import pytest

from gvclab.content import Message
from gvclab.content import text as say
from gvclab.exercises import bank
from gvclab.grading import cli
from gvclab.grading.gradebook import Ledger
from gvclab.grading.intake import assignment
from gvclab.grading.record import FILE as SIDECAR
from gvclab.grading.record import named_student, read
from gvclab.grading.run import Plan, _entry, _is_graded, course, grade_submission, grader_id, run

ASSIGNMENT, NOTEBOOK, SECOND = "section-2", "2.3a-suppliers", "2.3b-fear"
SETS = [bank.load(name.partition("-")[0]) for name in (NOTEBOOK, SECOND)]
ITEMS = {item.id: item for items in SETS for item in items.used("exercise") if item.type != "essay"}
STUDENTS = ("ada", "-bob", "carl the 3rd", "dörte", "erna", "none")

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sandbox")]


@pytest.fixture(scope="module")
def classroom(tmp_path_factory, root) -> Path:
    """A course with submissions of all sorts, not yet graded."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(root / "nbgrader_config.py", folder)
    (folder / "release" / ASSIGNMENT).mkdir(parents=True)
    for name in (NOTEBOOK, SECOND):
        released = (root / "exercises" / ASSIGNMENT / f"{name}.ipynb").read_text(encoding="utf-8")
        (folder / f"release/{ASSIGNMENT}/{name}.ipynb").write_text(released, encoding="utf-8")
        for student in STUDENTS:
            place = folder / "submitted" / student / ASSIGNMENT
            place.mkdir(parents=True, exist_ok=True)
            if student != "none":
                (place / f"{name}.ipynb").write_text(json.dumps(_answered(json.loads(released), student)))
        (folder / f"submitted/erna/{ASSIGNMENT}/{name}.ipynb").write_text("torn")
    (folder / f"submitted/ada/{ASSIGNMENT}/timestamp.txt").write_text("2031-01-02 03:04:05 UTC")
    (folder / "submitted/zoe").symlink_to(folder / "submitted/ada")
    (folder / "submitted/readme.txt").write_text("hello")
    return folder


def _answered(book: dict, student: str) -> dict:
    for cell in book["cells"]:
        item = next((i for i in ITEMS.values() if cell["id"] == i.id.replace(".", "-")), None)
        if item and student in ("ada", "-bob"):
            cell["source"] = item.solution
        if cell["id"] == "2-3-10" and student == "ada":
            cell["source"] = "A second supplier. <script>alert(1)</script>"
    return book


@pytest.fixture(scope="module")
def graded(classroom, tmp_path_factory):
    """The course, graded once, and the report."""
    folder = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(classroom, folder, symlinks=True)
    return folder, run(Plan(folder, ASSIGNMENT, jobs=2))


class Here(Executor):
    """Grades in this thread, at once: spares most tests the start of a worker."""

    def __init__(self, *_, **__):
        pass

    def submit(self, function, *arguments):
        done = Future()
        done.set_result(function(*arguments))
        return done


@pytest.fixture
def own(graded, tmp_path, monkeypatch) -> Path:
    """A graded course of one's own."""
    monkeypatch.setattr("gvclab.grading.run.ProcessPoolExecutor", Here)
    folder = tmp_path / "course"
    shutil.copytree(graded[0], folder, symlinks=True)
    return folder


def state(folder: Path) -> tuple[dict, dict]:
    """What a run leaves: the scores in the gradebook, the bytes in `autograded/`."""
    query = """
        SELECT sa.student_id, bc.name, g.auto_score, g.manual_score, g.needs_manual_grade, sa.timestamp
        FROM grade g JOIN submitted_notebook sn ON g.notebook_id = sn.id
        JOIN submitted_assignment sa ON sn.assignment_id = sa.id JOIN base_cell bc ON g.cell_id = bc.id"""
    with closing(sqlite3.connect(folder / "gradebook.db")) as book:
        scores = {row[:2]: row[2:] for row in book.execute(query)}
        assert len(scores) == len(book.execute("SELECT id FROM grade").fetchall())
    copies = folder / "autograded"
    files = {str(p.relative_to(copies)): p.read_bytes() for p in copies.rglob("*") if p.is_file()}
    return scores, {name: data for name, data in files.items() if not name.startswith(".gvclab")}


def total(folder: Path, student: str) -> float:
    return sum(row[0] or 0 for (who, _), row in state(folder)[0].items() if who == student)


def test_everybody_gets_a_grade_and_a_reason(graded):
    folder, report = graded
    assert report.ok and len(report.graded) == 7
    assert {line.student for line in report.graded if line.reasons} == {"erna", "none", "zoe"}
    assert total(folder, "ada") == total(folder, "-bob") == sum(i.points for i in ITEMS.values())
    assert total(folder, "carl the 3rd") == total(folder, "zoe") == total(folder, "erna") == 0


def test_essays_wait_for_a_person_unless_they_are_empty(graded):
    scores, _ = state(graded[0])
    assert scores["ada", "2-3-10"][0] is None and scores["ada", "2-3-10"][2] == 1
    assert scores["-bob", "2-3-10"][0] == 0 and scores["-bob", "2-3-10"][2] == 0


def test_the_copy_is_safe_and_the_submission_as_it_was(graded, classroom):
    folder = graded[0]
    for notebook in (NOTEBOOK, SECOND):
        copy = folder / f"autograded/ada/{ASSIGNMENT}/{notebook}.ipynb"
        nbformat.validate(nbformat.read(copy, as_version=4))
        assert "<script" not in copy.read_text(encoding="utf-8")
        name = f"submitted/ada/{ASSIGNMENT}/{notebook}.ipynb"
        assert (folder / name).read_bytes() == (classroom / name).read_bytes()
    assert (copy.parent / "timestamp.txt").read_text().strip() == "2031-01-02 03:04:05.000000 UTC"


def test_the_record_tells_why(graded):
    record = read((graded[0] / f"autograded/erna/{ASSIGNMENT}/{SIDECAR}").read_text(encoding="utf-8"))
    assert (record.student, record.version) == ("erna", 2)
    assert set(record.items) == set(ITEMS)
    for name in (NOTEBOOK, SECOND):
        reason = record.notebooks[name].reason
        assert reason.values["words"].id == "grade.refused.json"
        assert all(item.verdict.said == (reason,) for item in record.notebooks[name].items.values())


def test_the_gradebook_is_one_file(graded):
    """Also for whoever opens it next: a write-ahead log would make two more."""
    with contextlib.closing(sqlite3.connect(graded[0] / "gradebook.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert sorted(p.name for p in graded[0].glob("gradebook*")) == ["gradebook.db"]
    with closing(sqlite3.connect(graded[0] / "gradebook.db")) as book:
        assert book.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_nothing_is_graded_twice(own):
    before = state(own)
    report = run(Plan(own, ASSIGNMENT))
    assert report.graded == [] and len(report.skipped) == 7
    assert state(own) == before


def test_what_has_changed_is_graded_again(own):
    path = own / f"submitted/-bob/{ASSIGNMENT}/{NOTEBOOK}.ipynb"
    path.write_text(path.read_text().replace("(1 - p) ** n", "(1 - p) * n"))
    report = run(Plan(own, ASSIGNMENT))
    assert [line.student for line in report.graded] == ["-bob"]
    assert total(own, "-bob") == sum(i.points for i in ITEMS.values()) - 1


def test_a_glob_chooses_students(own):
    report = run(Plan(own, ASSIGNMENT, students="[ad]*", force=True))
    assert sorted(line.student for line in report.graded) == ["ada", "dörte"]


def test_two_folders_are_never_one_student(own):
    for name in (rb"\udcff", b"\xff"):
        Path(own / "submitted", os.fsdecode(name), ASSIGNMENT).mkdir(parents=True)
    report = run(Plan(own, ASSIGNMENT, students="*udcff*", dry_run=True))
    assert [line.student for line in report.graded] == ["\\udcff", "\\udcff'"]


def test_a_score_given_by_hand_is_kept_and_looked_at_again(own):
    with closing(sqlite3.connect(own / "gradebook.db")) as book, book:
        book.execute("UPDATE grade SET manual_score = 5, needs_manual_grade = 0 WHERE auto_score IS NULL")
    run(Plan(own, ASSIGNMENT, force=True, students="ada"))
    assert state(own)[0]["ada", "2-3-10"][1:3] == (5, 1)


def test_a_dry_run_writes_nothing(classroom, tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(classroom, folder, symlinks=True)
    before = sorted(folder.rglob("*"))
    report = run(Plan(folder, ASSIGNMENT, dry_run=True))
    assert len(report.graded) == 7
    assert sorted(folder.rglob("*")) == before


def test_a_dry_run_does_not_wait_for_a_grader(own):
    import fcntl

    with (own / "autograded/.gvclab/lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert len(run(Plan(own, ASSIGNMENT, dry_run=True)).skipped) == 7


def test_somebody_who_handed_in_nothing_is_named(own):
    with closing(sqlite3.connect(own / "gradebook.db")) as book, book:
        book.execute("INSERT INTO student (id) VALUES ('fritz')")
    assert run(Plan(own, ASSIGNMENT)).missing == ["fritz"]


def test_somebody_new_is_named_when_others_are_known(own):
    with closing(sqlite3.connect(own / "gradebook.db")) as book, book:
        book.execute("PRAGMA foreign_keys = OFF")
        book.execute("DELETE FROM student WHERE id = 'ada'")
    (line,) = run(Plan(own, ASSIGNMENT, students="ada", force=True)).graded
    assert Message("grade.note.stranger", {"student": named_student("ada")}) in line.notes


def test_the_copy_shows_the_numbers_of_ones_own(own, monkeypatch):
    monkeypatch.setenv("GVCLAB_SALT", "0" * 64)
    run(Plan(own, ASSIGNMENT, students="ada", force=True))
    copy = (own / f"autograded/ada/{ASSIGNMENT}/{NOTEBOOK}.ipynb").read_text(encoding="utf-8")
    own_line = say("release.student.prompt", listed="", id="2.3-1").strip()
    assert json.dumps(own_line)[1:-1] in copy


def test_a_second_grader_is_sent_away(own):
    import fcntl

    with (own / "autograded/.gvclab/lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ValueError, match="another grader"):
            run(Plan(own, ASSIGNMENT))


def test_being_late_costs_what_the_configuration_says(own):
    with (own / "nbgrader_config.py").open("a") as config:
        config.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    with closing(sqlite3.connect(own / "gradebook.db")) as book, book:
        book.execute("UPDATE assignment SET duedate = '2030-01-01 00:00:00.000000'")
    run(Plan(own, ASSIGNMENT, force=True, students="[a-]*"))
    with closing(sqlite3.connect(own / "gradebook.db")) as book:
        query = """
            SELECT student_id, late_submission_penalty
            FROM submitted_notebook n JOIN submitted_assignment a ON n.assignment_id = a.id"""
        penalties = {}
        for student, penalty in book.execute(query):
            penalties[student] = penalties.get(student, 0) + (penalty or 0)
    assert penalties["ada"] == 23 and not penalties["-bob"]


def test_another_release_than_the_gradebooks_is_refused(own):
    path = own / f"release/{ASSIGNMENT}/{SECOND}.ipynb"
    book = json.loads(path.read_text())
    book["cells"] = [c for c in book["cells"] if not c["id"].startswith("2-3-9")]
    path.write_text(json.dumps(book))
    with pytest.raises(ValueError, match="generate_assignment"):
        run(Plan(own, ASSIGNMENT))


def test_a_record_of_the_assignment_cut_short_is_completed(own, graded):
    """A grader was killed while it entered the assignment."""
    with closing(sqlite3.connect(own / "gradebook.db")) as book, book:
        for table in ("gvclab_entered", "grade", "comment", "submitted_notebook", "submitted_assignment"):
            book.execute(f"DELETE FROM {table}")
        gone = "SELECT id FROM base_cell WHERE name >= '2-3-5'"
        book.execute(f"DELETE FROM grade_cells WHERE id IN ({gone})")
        book.execute(f"DELETE FROM solution_cells WHERE id IN ({gone})")
        book.execute("DELETE FROM base_cell WHERE name >= '2-3-5'")
        book.execute("DELETE FROM source_cell")
    assert run(Plan(own, ASSIGNMENT)).ok
    assert state(own)[0] == state(graded[0])[0]


def test_points_follow_the_release(own):
    with closing(sqlite3.connect(own / "gradebook.db")) as book, book:
        book.execute("UPDATE grade_cells SET max_score = 1")
    run(Plan(own, ASSIGNMENT))
    with closing(sqlite3.connect(own / "gradebook.db")) as book:
        assert book.execute("SELECT SUM(max_score) FROM grade_cells").fetchone() == (31,)
    path = own / f"release/{ASSIGNMENT}/{NOTEBOOK}.ipynb"
    path.write_text(path.read_text().replace('"points": 5', '"points": 6'))
    with pytest.raises(ValueError, match=r"2\.3-4 is worth 6 points"):
        run(Plan(own, ASSIGNMENT))


@pytest.mark.parametrize("spoil", ["junk", "folder", "locked"])
def test_a_gradebook_that_cannot_be_used_is_named(spoil, own, monkeypatch):
    monkeypatch.setattr("gvclab.grading.gradebook._PATIENCE", 100)
    book = own / "gradebook.db"
    with closing(sqlite3.connect(book, isolation_level=None)) as held:
        if spoil == "locked":
            held.execute("BEGIN IMMEDIATE")
        else:
            book.unlink()
            book.write_bytes(b"junk" * 999) if spoil == "junk" else book.mkdir()
        with pytest.raises(ValueError, match=f"gradebook {book} cannot be used"):
            run(Plan(own, ASSIGNMENT, force=True))


def test_a_plugin_beside_the_configuration_is_found_and_a_broken_one_named(own):
    with (own / "nbgrader_config.py").open("a") as config:
        config.write("\nc.AssignLatePenalties.plugin_class = 'gvclab_test_late.Late'\n")
    with pytest.raises(ValueError, match="plugin_class"):
        run(Plan(own, ASSIGNMENT))
    (own / "gvclab_test_late.py").write_text("from nbgrader.plugins import LateSubmissionPlugin as Late\n")
    assert run(Plan(own, ASSIGNMENT)).ok


def test_a_folder_in_other_capitals_is_found(own):
    (own / "submitted/ada" / ASSIGNMENT).rename(own / "submitted/ada" / ASSIGNMENT.title())
    report = run(Plan(own, ASSIGNMENT, students="ada"))
    assert report.skipped == ["ada"]


@pytest.mark.parametrize(
    ("name", "students", "told"),
    [("section-9", "*", "there are section-2"), ("../x", "*", "no assignment '../x'"), (ASSIGNMENT, "yves", "'yves'")],
)
def test_a_slip_in_the_command_is_named(name, students, told, own):
    with pytest.raises(ValueError, match=told):
        run(Plan(own, name, students=students))


def test_a_folder_that_is_no_course_is_named(own, tmp_path):
    with pytest.raises(ValueError, match="no folder"):
        run(Plan(tmp_path / "nowhere", ASSIGNMENT))
    (own / "nbgrader_config.py").write_text("import nothing_of_this_name")
    with pytest.raises(ValueError, match="nothing_of_this_name"):
        run(Plan(own, ASSIGNMENT))
    (own / "nbgrader_config.py").unlink()
    shutil.rmtree(own / "submitted")
    (own / "submitted").mkdir()
    with pytest.raises(ValueError, match="nobody has handed in"):
        run(Plan(own, ASSIGNMENT))


def test_a_cluster_gives_the_same_gradebook(classroom, graded, tmp_path):
    distributed = pytest.importorskip("distributed")
    folder = tmp_path / "course"
    shutil.copytree(classroom, folder, symlinks=True)
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        assert run(Plan(folder, ASSIGNMENT, scheduler=cluster.scheduler_address)).ok
    assert state(folder) == state(graded[0])


def test_a_scheduler_that_is_not_there_is_named(own, monkeypatch):
    monkeypatch.setattr("gvclab.grading.run._PATIENCE", "1s")
    pytest.importorskip("distributed")
    with pytest.raises(ValueError, match=r"127\.0\.0\.1:9 does not answer"):
        run(Plan(own, ASSIGNMENT, force=True, scheduler="tcp://127.0.0.1:9"))


def test_a_worker_that_dies_is_tried_again_and_then_told(own, monkeypatch):
    class Dying(Here):
        def submit(self, function, *arguments):
            done = Future()
            done.set_exception(BrokenProcessPool("gone"))
            return done

    monkeypatch.setattr("gvclab.grading.run.ProcessPoolExecutor", Dying)
    report = run(Plan(own, ASSIGNMENT, force=True, students="ada"))
    assert report.failed == {"ada": Message("grade.reason.grader", {"error": "BrokenProcessPool"})}
    assert total(own, "ada") == 0
    monkeypatch.setattr("gvclab.grading.run.ProcessPoolExecutor", Here)
    assert [line.student for line in run(Plan(own, ASSIGNMENT)).graded] == ["ada"]
    assert total(own, "ada") == sum(i.points for i in ITEMS.values())


def test_the_command(own, capsys):
    commands = argparse.ArgumentParser()
    cli.add_parser(commands.add_subparsers())
    options = commands.parse_args(["grade", ASSIGNMENT, "--course-dir", str(own)])
    assert options.run(options) == 0
    assert "7 graded before and not changed" in capsys.readouterr().out


@pytest.fixture
def parser() -> argparse.ArgumentParser:
    main = argparse.ArgumentParser()
    cli.add_parser(main.add_subparsers())
    return main


@pytest.mark.parametrize("words", ["0", "-1", "two", "1.5"])
def test_a_number_of_jobs_that_is_none_is_refused(words, parser, capsys):
    with pytest.raises(SystemExit):
        parser.parse_args(["grade", ASSIGNMENT, f"--jobs={words}"])
    assert capsys.readouterr().err.strip().endswith(f"error: --jobs must be a positive integer, got {words}")


def test_there_are_no_more_jobs_than_cores(parser, capsys, monkeypatch):
    assert parser.parse_args(["grade", ASSIGNMENT]).jobs == cli.cores()
    monkeypatch.setattr("gvclab.grading.cli.cores", lambda: 3)
    assert parser.parse_args(["grade", ASSIGNMENT, "--jobs", "2"]).jobs == 2
    assert capsys.readouterr().err == ""
    assert parser.parse_args(["grade", ASSIGNMENT, "--jobs", "8"]).jobs == 3
    assert "8" in (said := capsys.readouterr().err) and "3 at a time" in said


# ---------------------------------------------------------------------------------------------------- killed


def enter_all(folder: Path, results: list) -> None:
    """Enter what is not entered yet, as `run` does."""
    folders, config = course(folder)
    assigned = assignment(ASSIGNMENT, folder / "release" / ASSIGNMENT)
    with closing(Ledger(folders, config, assigned)) as ledger:
        entered = ledger.entered()
        for result in results:
            if not _is_graded(result.submission, ledger, entered.get(result.student, ""), result.grader):
                ledger.enter(_entry(result))


def test_a_killed_writer_leaves_nothing_half_done(classroom, tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(classroom, folder, symlinks=True)
    assigned = assignment(ASSIGNMENT, folder / "release" / ASSIGNMENT)
    results = [
        replace(grade_submission(folder / "submitted" / s / ASSIGNMENT, assigned, s), grader=grader_id(assigned, ""))
        for s in STUDENTS
    ]
    enter_all(folder, [])
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(folder, undisturbed, symlinks=True)
    began = time.monotonic()
    enter_all(undisturbed, results)
    took, expected = time.monotonic() - began, state(undisturbed)
    for point in range(12):
        place = tmp_path / f"killed-{point}"
        shutil.copytree(folder, place, symlinks=True)
        pid = os.fork()
        if not pid:
            try:
                enter_all(place, results)
            finally:
                os._exit(0)
        time.sleep(took * (point + 0.5) / 12)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        enter_all(place, results)
        assert state(place) == expected, f"killed at point {point}"
        shutil.rmtree(place)


def test_a_gradebook_half_made_is_made_anew(classroom, tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(classroom, folder, symlinks=True)
    torn = folder / ".gradebook.db.new"
    torn.write_text("torn")
    enter_all(folder, [])
    assert (folder / "gradebook.db").exists() and not torn.exists()


def test_a_killed_grader_leaves_no_process_and_resumes(classroom, graded, tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(classroom, folder, symlinks=True)
    source = (
        f"from gvclab.grading.run import *\nif __name__ == '__main__': run(Plan(Path({str(folder)!r}), {ASSIGNMENT!r}))"
    )
    script = tmp_path / "grade.py"
    script.write_text(source)
    process = subprocess.Popen([sys.executable, script], stderr=subprocess.DEVNULL)
    until = time.monotonic() + 600
    while not list(folder.rglob(SIDECAR)) and time.monotonic() < until:
        time.sleep(0.01)
    family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    gone, alive = psutil.wait_procs(family, timeout=120)
    assert gone and not alive
    assert run(Plan(folder, ASSIGNMENT)).ok
    assert state(folder) == state(graded[0])
