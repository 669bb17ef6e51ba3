"""The command line: `gvclab open | build | check | data`. Each command imports what it needs when it runs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gvclab.content import resource
from gvclab.content import text as say


def main(argv: list[str] | None = None) -> int:
    """Run a command; exit status 0 when all went well, 1 when not, 2 for a senseless command."""
    argv = sys.argv[1:] if argv is None else argv
    options = _parser(argv).parse_args(argv)
    try:
        return options.run(options)
    except (ValueError, OSError) as problem:
        print(say("cli.problem", problem=problem), file=sys.stderr)
        return 1


def _parser(argv: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gvclab", description=say("cli.about"))
    commands = parser.add_subparsers(required=True, metavar=say("cli.command"))

    start = commands.add_parser("open", help=say("cli.open.help"), description=say("cli.open.help"))
    start.add_argument("lesson", nargs="?", help=say("cli.open.lesson"))
    start.add_argument("--no-browser", action="store_true", help=say("cli.open.no_browser"))
    start.add_argument("--port", type=int, help=say("cli.open.port"))
    start.set_defaults(run=_open)

    build = commands.add_parser("build", help=say("cli.build.help"), description=say("cli.build.help"))
    way = build.add_mutually_exclusive_group()
    way.add_argument("--check", action="store_true", help=say("cli.build.check"))
    way.add_argument("--from-notebooks", action="store_true", help=say("cli.build.from_notebooks"))
    way.add_argument("--force", action="store_true", help=say("cli.build.force"))
    build.set_defaults(run=_build)

    check = commands.add_parser("check", help=say("cli.check.help"), description=say("cli.check.help"))
    check.set_defaults(run=_build, check=True, from_notebooks=False, force=False)

    if argv[:1] == ["data"]:
        from gvclab.data import cli  # numpy and pandas, which no other command need wait for

        cli.add_parser(commands)
    else:
        commands.add_parser("data", help=say("data.cli.help"))
    return parser


def _root() -> Path:
    """The repository's folder. ValueError where only the library is installed."""
    root = resource("content").parent
    if not (root / "course").is_dir():
        raise ValueError(say("cli.no_checkout"))
    return root


def _open(options: argparse.Namespace) -> int:
    from gvclab import lab

    return lab.start(_root(), options.lesson, browser=not options.no_browser, port=options.port)


def _build(options: argparse.Namespace) -> int:
    from gvclab import build

    if options.check:
        report = build.check(_root())
    elif options.from_notebooks:
        report = build.from_notebooks(_root())
    else:
        report = build.build(_root(), force=options.force)
    for line in report.problems:
        print(line, file=sys.stderr)
    for line in report.lines:
        print(line)
    return 0 if report.ok else 1
