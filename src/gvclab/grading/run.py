"""`gvclab grade`: everything under `submitted/`, from the files to the gradebook.

    report = run(Plan(course, "section-2", jobs=2))          what the command does
    result = grade_submission(folder, assigned, "ada")        one folder, nothing written: for tests and tools

One process reads submissions and writes results; `jobs` others, or the workers of a Dask cluster, grade. At
most a few submissions are under way at a time, so that memory does not grow with the class.
"""

from __future__ import annotations

import contextlib
import fcntl
import fnmatch
import hashlib
import os
import sqlite3
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import quote

from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from traitlets.config import Config, PyFileConfigLoader

from gvclab.content import Listed, Message
from gvclab.content import text as say
from gvclab.exercises import bank
from gvclab.exercises.variants import Identity

from . import personal, pool
from .engine import Done, Mark, Work, grade_all, unjudged
from .gradebook import Entry, Ledger, staging_folder
from .intake import Assignment, Sheet, Submission, assignment, take
from .record import VERSION, ItemRecord, Record, SheetRecord, distinct, named_student, quoted
from .sandbox import Limits, Room, SandboxError
from .transcript import steps, transcript

_PATIENCE = "60s"  # with a scheduler that does not answer


@dataclass(frozen=True)
class Plan:
    """What to grade and how. `students` is a glob, `scheduler` the address of a Dask cluster."""

    course: Path
    name: str
    jobs: int = 1
    students: str = "*"
    force: bool = False
    dry_run: bool = False
    scheduler: str = ""
    sandboxed: bool = True
    course_id: str = ""
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Result:
    """A graded submission: marks by notebook and item, and what to tell instructor and student."""

    submission: Submission
    done: dict[str, Done]
    grader: str

    @property
    def student(self) -> str:
        return self.submission.student

    @property
    def marks(self) -> dict[str, Mark]:
        """All marks by item id; essays, which a person reads, have none."""
        return {item: mark for done in self.done.values() for item, mark in done.marks.items()}

    @property
    def score(self) -> float:
        return sum(mark.score for mark in self.marks.values())

    @property
    def points(self) -> float:
        return sum(mark.points for mark in self.marks.values())

    @property
    def reasons(self) -> tuple[Message, ...]:
        """Why something could not be graded."""
        return distinct(sheet.reason for sheet in self.submission.sheets if sheet.reason)

    @property
    def failure(self) -> Message | None:
        """Why the grader could not do it, in part at least."""
        return next((done.failure for done in self.done.values() if done.failure), None)

    @property
    def is_final(self) -> bool:
        """Whether there is no reason to grade these bytes again."""
        return not self.failure and not any(done.waited for done in self.done.values())

    @property
    def notes(self) -> tuple[Message, ...]:
        """What was put right, and what is odd."""
        notes = [note for sheet in self.submission.sheets for note in sheet.notes]
        return (*self.submission.notes, *notes, *(note for done in self.done.values() for note in done.notes))


@dataclass(frozen=True)
class SubmissionSummary:
    """What the summary says of a submission."""

    student: str
    score: float
    points: float
    reasons: tuple[Message, ...]
    notes: tuple[Message, ...]


@dataclass
class GradingReport:
    """What a run did. `failed`: whose submission could not be graded or entered, and why; it is due again."""

    graded: list[SubmissionSummary] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    failed: dict[str, Message] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return not self.failed


# ------------------------------------------------------------------------------------------- one submission


def grade_submission(
    folder: Path, assigned: Assignment, student: str, salt: str = "", room: Room | None = None
) -> Result:
    """Grade one folder in this process, in a sandbox that `room` describes. Writes nothing.

    `assigned` is what `intake.assignment(name, folder)` reads; the result's `marks`, `reasons` and `notes` are
    what would be entered. The warm parent is kept for the next call; `pool.discard()` ends it.
    """
    submission = take(student, folder, assigned, salt)
    works, done = _works(submission, salt)
    room = replace(room or Room(), sections=_sections(assigned))
    return Result(submission, done | grade_all(works, room), grader_id(assigned, salt))


def _sections(assigned: Assignment) -> tuple[str, ...]:
    return tuple(sorted({section for notebook in assigned.notebooks for section in notebook.sections}))


def grader_id(assigned: Assignment, salt: str) -> str:
    """A fingerprint of all that a score depends on beside the submission."""
    digest = hashlib.sha256(f"{VERSION}\0{version('gvclab')}\0{salt}\0".encode())
    for notebook in assigned.notebooks:
        for cell in notebook.book.cells:
            digest.update(f"{cell.cell_type}\0{cell.source}\0".encode())
        for item in notebook.items:
            digest.update(f"{item.points}\0{bank.key_text(item)}".encode())
    return digest.hexdigest()[:16]


def _works(submission: Submission, salt: str) -> tuple[dict[str, Work], dict[str, Done]]:
    """What there is to run, and what is settled without."""
    works, done = {}, {}
    for sheet in submission.sheets:
        notebook = sheet.notebook
        items = tuple(item.id for item in notebook.items)
        work = Work(items, steps(notebook, sheet.book), submission.student, salt)
        if sheet.reason:
            done[notebook.name] = Done(unjudged(work, sheet.reason))
        else:
            works[notebook.name] = work
    return works, done


def _entry(result: Result, salt: str = "") -> Entry:
    submission = result.submission
    who = Identity(submission.student, salt)
    pages, copies, scores, sheets = {}, {}, {}, {}
    for sheet in submission.sheets:
        name, done = sheet.notebook.name, result.done[sheet.notebook.name]
        pages[name] = sheet.book
        copy = transcript(sheet.notebook, sheet.book, done)
        # Who reads an answer, or the feedback on it, must see the numbers that it is about.
        copies[name] = personal.notebook(copy, sheet.notebook.items, who) if salt else copy
        scores[name] = {cell: done.marks[item.id].score for cell, item in sheet.notebook.checks.items()}
        sheets[name] = _sheet_record(sheet, done)
    timestamp = submission.timestamp.isoformat() if submission.timestamp else None
    record = Record(submission.student, result.grader, submission.digest, timestamp, sheets, submission.notes)
    key = _key(submission, result.grader) if result.is_final else ""
    return Entry(submission.student, key, pages, copies, scores, record, submission.timestamp)


def _sheet_record(sheet: Sheet, done: Done) -> SheetRecord:
    checks = {item.id: cell for cell, item in sheet.notebook.checks.items()}
    items = {name: ItemRecord(checks[name], mark.score, mark.points, mark.verdict) for name, mark in done.marks.items()}
    return SheetRecord(items, (*sheet.notes, *done.notes), sheet.reason)


# ---------------------------------------------------------------------------------------------- all of them


def run(
    plan: Plan, watch: Callable[[SubmissionSummary | None, int, int], None] = lambda line, done, total: None
) -> GradingReport:
    """Grade what has not been graded yet (or all, with `force`) and enter it.

    `watch` is told of each submission: its line (None when it had been graded before), how many are done, of
    how many. ValueError when there is nothing to grade or to grade by, no sandbox, another grader at work, or a
    gradebook that cannot be written.
    """
    try:
        return _run(plan, watch)
    except (SQLAlchemyError, sqlite3.Error) as error:
        book = course(plan.course)[0].db_url.removeprefix("sqlite:///")
        raise ValueError(say("grade.error.gradebook", file=book, problem=_problem(error))) from error


def _run(plan: Plan, watch: Callable[[SubmissionSummary | None, int, int], None]) -> GradingReport:
    began, report = time.monotonic(), GradingReport()
    folders, config = course(plan.course)
    assigned = assignment(plan.name, _release(folders, plan.name))
    salt = _salt(plan, Path(folders.root))
    room = Room(plan.sandboxed, plan.limits, _sections(assigned), folders.root)
    if not plan.dry_run:
        pool.probe(room)
    found = _submitted(folders, plan)
    with _ledger(plan, folders, config, assigned) as ledger:
        enrolled = ledger.students()
        if plan.students == "*":
            report.missing = sorted(enrolled - set(found))
        entered, grader = ledger.entered(), grader_id(assigned, salt)

        def due() -> Iterator[Submission]:
            for student, folder in found.items():
                submission = take(student, folder, assigned, salt)
                if plan.force or not _is_graded(submission, ledger, entered.get(student, ""), grader):
                    yield submission
                else:
                    report.skipped.append(student)
                    watch(None, _count(report), len(found))

        for submission, done in _through(plan, room, salt, due()):
            result = Result(submission, done, grader)
            new = enrolled and submission.student not in enrolled
            notes = (Message("grade.note.stranger", {"student": named_student(submission.student)}),) if new else ()
            line = SubmissionSummary(result.student, result.score, result.points, result.reasons, notes + result.notes)
            try:
                if not plan.dry_run:
                    ledger.enter(_entry(result, salt))
            except OperationalError:
                raise  # it is locked, or the disk is full: the next would fare no better
            except Exception as error:  # the others are entered all the same
                report.failed[result.student] = quoted(_problem(error))
            else:
                if result.failure:
                    report.failed[result.student] = result.failure
                else:
                    report.graded.append(line)
            watch(line, _count(report), len(found))
    report.seconds = time.monotonic() - began
    return report


def _problem(error: Exception) -> str:
    """An error in a line."""
    words = getattr(error, "orig", None) or getattr(error, "strerror", None) or error
    return f"{type(error).__name__}: {words}"


@contextlib.contextmanager
def _ledger(plan: Plan, folders: CourseDirectory, config: Config, assigned: Assignment) -> Iterator[Ledger]:
    """The gradebook; for a dry run a copy of it, so that nothing is written and nobody has to wait."""
    with contextlib.ExitStack() as stack:
        if plan.dry_run:
            copy = Path(stack.enter_context(tempfile.TemporaryDirectory()), "gradebook.db")
            book = Path(folders.db_url.removeprefix("sqlite:///"))
            if book.exists():
                with (
                    contextlib.closing(sqlite3.connect(f"file:{quote(str(book))}?mode=ro", uri=True)) as old,
                    contextlib.closing(sqlite3.connect(copy)) as new,
                ):
                    old.backup(new)
            folders.db_url = f"sqlite:///{copy}"
        else:
            stack.enter_context(_lock(folders))
        yield stack.enter_context(contextlib.closing(Ledger(folders, config, assigned)))


def _count(report: GradingReport) -> int:
    return len(report.graded) + len(report.skipped) + len(report.failed)


def course(root: Path) -> tuple[CourseDirectory, Config]:
    """Where the course keeps what, by its `nbgrader_config.py`, and all of that configuration."""
    if not root.is_dir():
        raise ValueError(say("grade.error.course", folder=root))
    if str(root) not in sys.path:
        sys.path.append(str(root))  # as nbgrader does: plugins lie beside the configuration
    config = Config()
    if (root / "nbgrader_config.py").is_file():
        try:
            config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
        except Exception as error:  # it is Python, and may raise anything
            file, problem = root / "nbgrader_config.py", f"{type(error).__name__}: {error}"
            raise ValueError(say("grade.error.config", file=file, problem=problem)) from error
    folders = CourseDirectory(config=config)
    if "root" not in config.CourseDirectory:
        folders.root = str(root.resolve())
    return folders, config


def _release(folders: CourseDirectory, name: str) -> Path:
    """The folder with the students' version: nbgrader's, or the repository's own."""
    released = Path(folders.format_path(folders.release_directory, ".", "*"))
    places = [released.parent, Path(folders.root, "exercises")]
    found = {path.parent.name: path.parent for place in reversed(places) for path in place.glob("*/*.ipynb")}
    if name in found:
        return found[name]
    key = "unknown" if found else "nowhere"
    raise ValueError(say(f"grade.error.{key}", name=name, folder=folders.root, known=Listed(sorted(found), "comma")))


def _salt(plan: Plan, root: Path) -> str:
    """The secret that the class's numbers were drawn with; empty when everybody has the same."""
    if salt := os.environ.get("GVCLAB_SALT"):
        return salt
    courses = [plan.course_id] if plan.course_id else [p.stem for p in sorted((root / ".gvclab").glob("*.salt"))]
    if len(courses) > 1:
        raise ValueError(say("grade.error.salts", courses=Listed([*courses], "comma")))
    salt = personal.read_salt(root, courses[0]) if courses else ""
    if salt is None:
        raise ValueError(say("grade.error.salt", course=courses[0], file=personal.salt_path(root, courses[0])))
    return salt


def _submitted(folders: CourseDirectory, plan: Plan) -> dict[str, Path]:
    """The folders handed in, by student."""
    root = Path(folders.root, folders.submitted_directory)
    if not root.is_dir():
        raise ValueError(say("grade.error.submitted", folder=root))
    found = {}
    for name in sorted(entry.name for entry in root.iterdir()):
        mode = os.lstat(root / name).st_mode
        folder = _spelled(root / name, plan.name) if stat.S_ISDIR(mode) else root / name / plan.name
        # A link or a pipe in a student's place is refused with a reason; a stray file is nobody's.
        handed_in = os.path.lexists(folder) if stat.S_ISDIR(mode) else not stat.S_ISREG(mode)
        student = name.encode("utf-8", "backslashreplace").decode()
        while student in found:  # the same letters, not the same bytes
            student += "'"
        if handed_in and not name.startswith(".") and fnmatch.fnmatchcase(student, plan.students):
            found[student] = folder
    if not found and plan.students == "*":
        raise ValueError(say("grade.error.nobody", name=plan.name, folder=root))
    if not found:
        raise ValueError(say("grade.error.student", name=plan.name, glob=plan.students, folder=root))
    return found


def _spelled(folder: Path, name: str) -> Path:
    """The path of that name in the folder, in other capitals if need be."""
    with contextlib.suppress(OSError):
        if not os.path.lexists(folder / name):
            return next((path for path in folder.iterdir() if path.name.casefold() == name.casefold()), folder / name)
    return folder / name


def _is_graded(submission: Submission, ledger: Ledger, key: str, grader: str) -> bool:
    """Whether these bytes were graded by this grader, and folder and gradebook have what came out."""
    record = ledger.record(submission.student)
    return record is not None and key == _key(submission, grader) == f"{record.grader} {record.digest}"


def _key(submission: Submission, grader: str) -> str:
    return f"{grader} {submission.digest}"


@contextlib.contextmanager
def _lock(folders: CourseDirectory) -> Iterator[None]:
    """One grader at a time. The system gives the lock back however the grader ends."""
    staging = staging_folder(folders)
    staging.mkdir(parents=True, exist_ok=True)
    with (staging / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise ValueError(say("grade.error.locked", process=file.read(20).strip() or "?")) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


# ------------------------------------------------------------------------------------------------ the workers


def _through(plan: Plan, room: Room, salt: str, submissions: Iterator[Submission]) -> Iterator[tuple]:
    """Each submission with what it earned, as they come; a few are under way at a time.

    What the wall clock has ended is tried again when all others are done, each alone.
    """
    aside: list[tuple] = []
    with contextlib.ExitStack() as stack:
        crew = stack.enter_context(_Crew(plan)) if not plan.dry_run else None
        waiting: dict[Future, tuple] = {}
        more = True
        while more or waiting:
            while more and len(waiting) < (crew.width if crew else 1):
                submission = next(submissions, None)
                more = submission is not None
                if submission is None:
                    break
                works, settled = _works(submission, salt)
                if works and crew:
                    waiting[crew.submit(works, room)] = submission, works, settled
                else:
                    yield submission, settled
            ready, _ = wait(waiting, return_when=FIRST_COMPLETED) if waiting else ((), None)
            for future in ready:
                submission, works, settled = waiting.pop(future)
                done = crew.outcome(future, works, room)
                if any(one.waited for one in done.values()):
                    aside.append((submission, works, settled))
                else:
                    yield submission, settled | done
        for submission, works, settled in aside:
            yield submission, settled | crew.outcome(crew.submit(works, room, alone=True), works, room, alone=True)


class _Crew:
    """Who grades: processes of this machine, or a Dask cluster; `width`: how many submissions keep it busy."""

    def __init__(self, plan: Plan):
        self._plan, self._client = plan, None
        self.width = 2 * plan.jobs
        self._executor = self._engaged()

    def _engaged(self) -> Executor:
        if self._plan.scheduler:
            try:
                from distributed import Client
            except ImportError as error:
                raise ValueError(say("grade.error.dask")) from error
            try:
                self._client = Client(self._plan.scheduler, timeout=_PATIENCE)
            except (OSError, ValueError) as error:
                raise ValueError(say("grade.error.scheduler", address=self._plan.scheduler)) from error
            self.width = 2 * max(1, sum(self._client.ncores().values()))
            return self._client.get_executor(pure=False)
        # Spawned, not forked: a worker has nothing of this process, not even its open files.
        context = get_context("spawn")
        return ProcessPoolExecutor(self._plan.jobs, mp_context=context, initializer=pool.end_with_parent)

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_) -> None:
        if self._client:
            self._executor.shutdown()
            self._client.close()
        else:
            self._executor.shutdown(cancel_futures=True)

    def submit(self, works: dict[str, Work], room: Room, alone: bool = False) -> Future:
        try:
            return self._executor.submit(grade_all, works, room, alone)
        except BrokenProcessPool:
            self._executor = self._engaged()
            return self._executor.submit(grade_all, works, room, alone)

    def outcome(self, future: Future, works: dict[str, Work], room: Room, alone: bool = False) -> dict[str, Done]:
        """What came out; if the worker died of it, what comes out when it is tried once more by itself."""
        try:
            return future.result()
        except SandboxError:
            raise
        except Exception:
            try:
                return self.submit(works, room, alone).result()
            except Exception as error:
                reason = Message("grade.reason.grader", {"error": type(error).__name__})
                return {name: Done(unjudged(work, reason), failure=reason) for name, work in works.items()}
