"""`gvclab data list | show | refresh | seal`."""

from __future__ import annotations

import argparse
from pathlib import Path

from gvclab.content import text
from gvclab.data.manifest import Manifest, folder, names, read


def add_parser(commands: argparse._SubParsersAction) -> argparse.ArgumentParser:
    """Add `data` to the command line; each command leaves its function in `run` (options -> exit status)."""
    data = commands.add_parser("data", help=text("data.cli.help"), description=text("data.cli.help"))
    data.set_defaults(run=_list)
    actions = data.add_subparsers(metavar=text("data.cli.action"))

    listing = actions.add_parser("list", help=text("data.cli.list"), description=text("data.cli.list"))
    listing.set_defaults(run=_list)

    show = actions.add_parser("show", help=text("data.cli.show"), description=text("data.cli.show"))
    show.add_argument("name", help=text("data.cli.name"))
    show.set_defaults(run=_show)

    refresh = actions.add_parser("refresh", help=text("data.cli.refresh"), description=text("data.cli.refresh"))
    refresh.add_argument("names", nargs="*", metavar="name", help=text("data.cli.names"))
    refresh.add_argument("--originals", type=Path, metavar="FOLDER", help=text("data.cli.originals"))
    refresh.set_defaults(run=_refresh)

    seal = actions.add_parser("seal", help=text("data.cli.seal"), description=text("data.cli.seal"))
    seal.add_argument("names", nargs="+", metavar="name", help=text("data.cli.name"))
    seal.set_defaults(run=_seal)
    return data


def _list(options: argparse.Namespace) -> int:
    known = names()
    print(text("data.list.head", count=len(known), folder=folder()))
    for m in map(read, known):
        print(_row(m))
    return 0


def _show(options: argparse.Namespace) -> int:
    from gvclab.data.about import describe

    print(describe(options.name))
    return 0


def _refresh(options: argparse.Namespace) -> int:
    from gvclab.data.recipes import RECIPES
    from gvclab.data.refresh import refresh

    wanted = options.names or [name for name in RECIPES if read(name).seal]
    for name in wanted:
        place = options.originals and options.originals / name if len(wanted) > 1 else options.originals
        print(refresh(name, place))
    return 0


def _seal(options: argparse.Namespace) -> int:
    from gvclab.data.seal import seal

    for name in options.names:
        print(_row(seal(name)))
    return 0


def _row(m: Manifest) -> str:
    if m.seal is None:
        return text("data.list.absent", name=m.name, period=m.period, title=m.title)
    return text("data.list.row", name=m.name, period=m.period, rows=m.seal.rows, title=m.title)
