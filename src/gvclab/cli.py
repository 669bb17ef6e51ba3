"""The command line. Each command imports what it needs when it runs."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from gvclab.content import ENGLISH, resource, tag
from gvclab.content import text as say

if TYPE_CHECKING:
    from gvclab.build import BuildReport

# Commands that other packages add: by whom, and the line of help. Only the one that is called is imported.
_ELSEWHERE = {
    "data": ("gvclab.data.cli:add_parser", "data.cli.help"),
    "doctor": ("gvclab.grading.release_cli:add_doctor", "doctor.cli.help"),
    "release": ("gvclab.grading.release_cli:add_release", "release.cli.help"),
    "grade": ("gvclab.grading.cli:add_parser", "grade.cli.help"),
    "report": ("gvclab.grading.report_cli:add_report", "report.cli.report"),
    "export": ("gvclab.grading.report_cli:add_export", "report.cli.export"),
}


def main(argv: list[str] | None = None) -> int:
    """Run a command; exit status 0 when all went well, 1 when not, 2 for a senseless command, 130 when stopped."""
    argv = sys.argv[1:] if argv is None else argv
    options = _parser(argv).parse_args(argv)
    try:
        return options.run(options)
    except (ValueError, OSError) as problem:
        where = getattr(problem, "filename", None) and getattr(problem, "strerror", None)
        words = f"{problem.filename}: {problem.strerror}" if where else problem
        print(say("cli.problem", problem=words), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(say("cli.stopped"), file=sys.stderr)
        return 130


def _parser(argv: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gvclab", description=say("cli.about"))
    commands = parser.add_subparsers(required=True, metavar=say("cli.command"))

    start = commands.add_parser("open", help=say("cli.open.help"), description=say("cli.open.help"))
    start.add_argument("lesson", nargs="?", help=say("cli.open.lesson"))
    start.add_argument("--no-browser", action="store_true", help=say("cli.open.no_browser"))
    start.add_argument("--instructor", action="store_true", help=say("cli.open.instructor"))
    start.add_argument("--port", type=_port, help=say("cli.open.port"))
    start.set_defaults(run=_open)

    page = commands.add_parser("handout", help=say("cli.handout.help"), description=say("cli.handout.help"))
    page.add_argument("lesson", help=say("cli.handout.lesson"))
    page.add_argument("--folder", type=Path, default=Path(), metavar="FOLDER", help=say("cli.handout.folder"))
    page.set_defaults(run=_handout)

    build = commands.add_parser("build", help=say("cli.build.help"), description=say("cli.build.help"))
    way = build.add_mutually_exclusive_group()
    way.add_argument("--check", action="store_true", help=say("cli.build.check"))
    way.add_argument("--from-notebooks", action="store_true", help=say("cli.build.from_notebooks"))
    way.add_argument("--force", action="store_true", help=say("cli.build.force"))
    build.add_argument("--language", type=_language, default=ENGLISH, metavar="LL", help=say("cli.build.language"))
    build.set_defaults(run=_build)

    check = commands.add_parser("check", help=say("cli.check.help"), description=say("cli.check.help"))
    check.set_defaults(run=_check)

    translate = commands.add_parser("translate", help=say("translate.help"), description=say("translate.help"))
    translate.add_argument("language", nargs="?", type=_language, metavar="LL", help=say("translate.language"))
    how = translate.add_mutually_exclusive_group()
    how.add_argument("--status", action="store_true", help=say("translate.status"))
    how.add_argument("--check", action="store_true", help=say("translate.check"))
    translate.set_defaults(run=_translate)

    new = commands.add_parser("new", help=say("new.help"), description=say("new.help"))
    kinds = new.add_subparsers(required=True, metavar=say("cli.kind"), dest="kind")
    for kind in ("lesson", "item"):
        made = kinds.add_parser(kind, help=say(f"new.{kind}"), description=say(f"new.{kind}"))
        made.add_argument("name", metavar="NAME" if kind == "lesson" else "ID", help=say(f"new.{kind}"))
    new.set_defaults(run=_new)

    for name, (adder, about) in _ELSEWHERE.items():
        if argv[:1] == [name]:
            module, _, function = adder.partition(":")
            getattr(import_module(module), function)(commands)
        else:
            commands.add_parser(name, help=say(about))
    return parser


def _port(words: str) -> int:
    if not words.isdecimal() or int(words) > 65535:
        raise argparse.ArgumentTypeError(say("cli.open.no_port", port=words))
    return int(words)


def _language(words: str) -> str:
    name = tag(words)
    if name == ENGLISH and words != ENGLISH:
        raise argparse.ArgumentTypeError(say("cli.build.no_language", name=words))
    return name


def _root() -> Path:
    """The repository's folder. ValueError where only the library is installed."""
    root = resource("content").parent
    if not (root / "course").is_dir():
        raise ValueError(say("cli.no_checkout"))
    return root


def _course() -> Path:
    """The folder with lessons and exercises: the repository, or a class's bundle around the working directory."""
    places = [resource("content").parent, Path.cwd(), *Path.cwd().parents]
    found = next((place for place in places if (place / "course").is_dir() and (place / "exercises").is_dir()), None)
    return found or _root()


def _open(options: argparse.Namespace) -> int:
    from gvclab import lab

    where = {"browser": not options.no_browser, "port": options.port}
    return lab.start(_course(), options.lesson, **where, instructor=options.instructor)


def _handout(options: argparse.Namespace) -> int:
    from gvclab import lab

    return lab.handout(_course(), options.lesson, options.folder.resolve())


def _build(options: argparse.Namespace) -> int:
    from gvclab import build

    if options.check:
        report = build.check(_root(), options.language)
    elif options.from_notebooks and options.language != ENGLISH:
        raise ValueError(say("build.home.translation", language=options.language))
    elif options.from_notebooks:
        report = build.from_notebooks(_root())
    else:
        report = build.build(_root(), options.force, options.language)
    return _printed(report)


def _check(_options: argparse.Namespace) -> int:
    from gvclab.build import check, counted

    return max(_printed(counted(_root())), _printed(check(_root())))


def _translate(options: argparse.Namespace) -> int:
    from gvclab.build import translation

    name = options.language
    if options.check:
        return _printed(translation.check(_root(), name))
    return _printed(
        translation.update(_root(), name) if name and not options.status else translation.status(_root(), name)
    )


def _new(options: argparse.Namespace) -> int:
    from gvclab.build import skeleton

    make = {"lesson": skeleton.lesson, "item": skeleton.item}[options.kind]
    return _printed(make(_root(), options.name))


def _printed(report: BuildReport) -> int:
    for line in report.problems:
        print(line, file=sys.stderr)
    for line in report.lines:
        print(line)
    return 0 if report.ok else 1
