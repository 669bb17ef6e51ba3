"""`gvclab release` and `gvclab doctor`."""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

from gvclab.content import resource
from gvclab.content import text as say

from .cli import add_assignment


def add_release(commands: argparse._SubParsersAction) -> None:
    """Add `release` to the command line."""
    parser = commands.add_parser("release", help=say("release.cli.help"), description=say("release.cli.help"))
    add_assignment(parser, nargs="?")
    parser.add_argument("--course-id", metavar="NAME", help=say("release.cli.course"))
    parser.add_argument("--students", nargs="+", default=[], metavar="STUDENT", help=say("release.cli.students"))
    parser.add_argument("--out", type=Path, metavar="FOLDER", help=say("release.cli.out"))
    parser.add_argument("--check", nargs="+", type=Path, metavar="PATH", help=say("release.cli.check"))
    parser.set_defaults(run=_release)


def _release(options: argparse.Namespace) -> int:
    from gvclab.grading import release

    root = resource("content").parent
    if not (root / "solutions").is_dir():
        raise ValueError(say("cli.no_checkout"))
    if options.check:
        return _check(root, options.check)
    if not options.assignment:
        raise ValueError(say("release.cli.nothing"))
    if not options.course_id:
        raise ValueError(say("release.cli.course_missing"))
    done = release.release(root, options.assignment, options.course_id, options.students, options.out)
    for path in done.bundles:
        data = path.read_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        print(say("release.made.file", path=path, size=_size(len(data)), sha256=sha256))
    if done.new_salt:
        print(say("release.salt.made", course=options.course_id, file=done.new_salt))
    print(say(f"release.made.{'personal' if options.students else 'common'}", n=len(done.bundles)))
    print(say("release.made.clean", n=done.files))
    print(say("release.made.next", assignment=options.assignment, course=options.course_id))
    return 0


def _check(root: Path, paths: list[Path]) -> int:
    from gvclab.grading import release

    for path in paths:
        if not path.exists():
            raise ValueError(say("release.cli.missing", path=path))
    files, findings = release.check(root, paths)
    if not findings:
        print(say("release.cli.clean", n=files))
        return 0
    print(say("release.cli.found", n=len(findings)), file=sys.stderr)
    for one in findings:
        print(f"  {one}", file=sys.stderr)
    return 1


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def add_doctor(commands: argparse._SubParsersAction) -> None:
    """Add `doctor` to the command line."""
    parser = commands.add_parser("doctor", help=say("doctor.cli.help"), description=say("doctor.cli.help"))
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=say("doctor.cli.files"))
    parser.add_argument("--fix", action="store_true", help=say("doctor.cli.fix"))
    parser.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    healthy = [_visit(file, options.fix) for file in options.files]
    return 0 if all(healthy) else 1


def _visit(file: Path, fix: bool) -> bool:
    """Whether nothing is wrong, at the end."""
    from gvclab.grading import doctor

    found = doctor.visit(file)
    if fix and found.mended is not None:
        kept = doctor.mend(file, found)
        print(say("doctor.mended", file=file, backup=kept.name))
        found = doctor.visit(file)
    if not found.troubles:
        print(say("doctor.healthy", file=file))
        return True
    print(say("doctor.rest" if fix else "doctor.head", file=file))
    for trouble in found.troubles:
        print(f"  {'✚' if trouble.mends else '✘'} {trouble}")
    if found.mended is not None:
        print(say("doctor.mends", n=sum(trouble.mends for trouble in found.troubles)))
    return False
