"""`gvclab report` and `gvclab export`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gvclab.content import text as say

from .cli import add_assignment, add_course_dir
from .export import MOODLE_KEYS, SYSTEMS


def add_report(commands: argparse._SubParsersAction) -> None:
    """Add `report` to the command line."""
    parser = commands.add_parser("report", help=say("report.cli.report"), description=say("report.cli.report"))
    _common(parser)
    parser.add_argument("--names", action="store_true", help=say("report.cli.names"))
    parser.add_argument("--out", type=Path, metavar="FILE", help=say("report.cli.out_report"))
    parser.set_defaults(run=_report)


def add_export(commands: argparse._SubParsersAction) -> None:
    """Add `export` to the command line."""
    parser = commands.add_parser("export", help=say("report.cli.export"), description=say("report.cli.export"))
    _common(parser)
    parser.add_argument("--to", choices=SYSTEMS, required=True, help=say("report.cli.to"))
    parser.add_argument("--title", default="", metavar="NAME", help=say("report.cli.title"))
    parser.add_argument("--by", choices=MOODLE_KEYS, default="email", help=say("report.cli.by"))
    parser.add_argument("--submitted-only", action="store_true", help=say("report.cli.submitted_only"))
    parser.add_argument("--bom", action="store_true", help=say("report.cli.bom"))
    parser.add_argument("--out", type=Path, metavar="FILE", help=say("report.cli.out_export"))
    parser.set_defaults(run=_export)


def _common(parser: argparse.ArgumentParser) -> None:
    add_assignment(parser)
    add_course_dir(parser)
    parser.add_argument("--gradebook", type=Path, metavar="FILE", help=say("report.cli.gradebook"))


def _report(options: argparse.Namespace) -> int:
    from gvclab.grading import report, results

    found = results.load(options.course_dir, options.assignment, options.gradebook)
    path = options.out or options.course_dir / "reports" / f"{options.assignment}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report.page(found, options.names), encoding="utf-8", newline="\n")
    print(path)
    return 0


def _export(options: argparse.Namespace) -> int:
    from gvclab.grading import export, results

    found = results.load(options.course_dir, options.assignment, options.gradebook)
    more = {"submitted_only": options.submitted_only}
    if options.to == "moodle":
        sheet = export.moodle(found, options.title, by=options.by, **more)
    elif options.to == "canvas":
        sheet = export.canvas(found, options.title, **more)
    else:
        sheet = export.table(found)
    path = options.out or options.course_dir / "exports" / f"{options.assignment}-{options.to}.csv"
    export.write(sheet, path, options.bom)
    for line in sheet.warnings:
        print(line, file=sys.stderr)
    print(path)
    print(sheet.next)
    return 0
