"""`gvclab grade ASSIGNMENT`, and the arguments that it shares with `release`, `report` and `export`."""

from __future__ import annotations

import argparse
import itertools
import os
import sys
from pathlib import Path

from gvclab.content import render
from gvclab.content import text as say


def add_parser(commands: argparse._SubParsersAction) -> argparse.ArgumentParser:
    """Add `grade` to the command line; it leaves its function in `run` (options -> exit status)."""
    grade = commands.add_parser("grade", help=say("grade.cli.help"), description=say("grade.cli.help"))
    add_assignment(grade)
    grade.add_argument("--jobs", action=_Jobs, default=cores(), metavar="N", help=say("grade.cli.jobs"))
    grade.add_argument("--students", default="*", metavar="GLOB", help=say("grade.cli.students"))
    again = grade.add_mutually_exclusive_group()
    again.add_argument("--resume", action="store_true", help=say("grade.cli.resume"))
    again.add_argument("--force", action="store_true", help=say("grade.cli.force"))
    grade.add_argument("--dry-run", action="store_true", help=say("grade.cli.dry_run"))
    grade.add_argument("--scheduler", default="", metavar="ADDRESS", help=say("grade.cli.scheduler"))
    grade.add_argument("--no-sandbox", action="store_true", help=say("grade.cli.no_sandbox"))
    add_course_dir(grade)
    grade.add_argument("--course-id", default="", metavar="NAME", help=say("grade.cli.course_id"))
    grade.set_defaults(run=_grade)
    return grade


def add_assignment(parser: argparse.ArgumentParser, nargs: str | None = None) -> None:
    """The assignment, by one name in every command."""
    parser.add_argument("assignment", nargs=nargs, type=assignment_name, help=say("grade.cli.assignment"))


def add_course_dir(parser: argparse.ArgumentParser) -> None:
    """Where the course is."""
    parser.add_argument("--course-dir", type=Path, default=Path(), metavar="FOLDER", help=say("grade.cli.course_dir"))


def assignment_name(words: str) -> str:
    """An assignment as it was typed, or as a shell completed its folder."""
    return words.rstrip("/")


class _Jobs(argparse.Action):
    """A number of jobs, of at most one a processor core: more would only wait for each other."""

    def __call__(self, parser: argparse.ArgumentParser, options: argparse.Namespace, words: str, _=None) -> None:
        if not words.isdecimal() or int(words) < 1:
            parser.error(say("grade.cli.positive", number=words))
        options.jobs = min(int(words), cores())
        if int(words) > options.jobs:
            print(say("grade.cli.capped", asked=words, cores=options.jobs), file=sys.stderr)


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _grade(options: argparse.Namespace) -> int:
    from .run import Plan, run

    plan = Plan(
        course=options.course_dir.resolve(),
        name=options.assignment,
        jobs=options.jobs,
        students=options.students,
        force=options.force,
        dry_run=options.dry_run,
        scheduler=options.scheduler,
        sandboxed=not options.no_sandbox,
        course_id=options.course_id,
    )
    if options.no_sandbox:
        print(say("grade.cli.unprotected"), file=sys.stderr)
    progress = _Progress(options.dry_run)
    try:
        report = run(plan, progress)
    except KeyboardInterrupt:
        progress.close()
        print(say(f"grade.cli.stopped{'_force' if plan.force else ''}"), file=sys.stderr)
        return 130
    finally:
        progress.close()
    print(summary(report, plan))
    return 0 if report.ok else 1


class _Progress:
    """A bar on a terminal, and above it a line for each problem."""

    def __init__(self, dry: bool):
        self._dry, self._bar = dry, sys.stderr.isatty()

    def __call__(self, line, done: int, total: int) -> None:
        said = [] if line is None else [render(message) for message in (*line.reasons, *line.notes)]
        if self._dry and line and not said:
            said = [say("grade.cli.due")]
        for words in said:
            self._wipe()
            print(say("grade.cli.line", student=_shown(line.student), words=_shown(words, 200)))
        if self._bar:
            width = 30 * done // max(total, 1)
            print(f"\r[{'#' * width}{'.' * (30 - width)}] {done}/{total}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        self._wipe()

    def _wipe(self) -> None:
        if self._bar:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _shown(words: str, length: int = 40) -> str:
    """Text of a student's making on one line of a terminal."""
    from gvclab.exercises.plain import short

    return short(words, length)


def summary(report, plan) -> str:
    """What was done, what was not, and what comes next."""
    from .record import identified, identity

    refused = [line for line in report.graded if line.reasons]
    rows = [("graded" if not plan.dry_run else "due", len(report.graded)), ("refused", len(refused))]
    rows += [
        ("skipped", len(report.skipped)),
        ("missing", len(report.missing)),
        ("failed", len(report.failed)),
    ]
    lines = [say(f"grade.summary.{key}", n=f"{n:5}") for key, n in rows if n or key in ("graded", "due")]
    graded = [line for line in report.graded if not line.reasons]
    if graded and not plan.dry_run:
        mean = sum(line.score for line in graded) / len(graded)
        lines.append(say("grade.summary.mean", mean=f"{mean:.1f}", points=f"{graded[0].points:g}"))
        each = report.seconds / len(report.graded)
        lines.append(say("grade.summary.time", seconds=f"{report.seconds:.1f}", each=f"{each:.2f}"))
    problems = {student: identity(problem) for student, problem in report.failed.items()}
    for problem, students in itertools.groupby(sorted(problems, key=problems.get), problems.get):
        who = _shown(", ".join(map(_shown, students)), 200)
        lines.append(say("grade.summary.failure", student=who, problem=_shown(render(identified(problem)), 200)))
    if report.graded and not plan.dry_run:
        lines.append(say("grade.summary.next", name=plan.name))
    return "\n".join(lines)
