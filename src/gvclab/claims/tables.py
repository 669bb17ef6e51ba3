"""A folder of `content/` whose files are tables of named entries: claims, and the glossary."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from gvclab import sources
from gvclab.content import text as say
from gvclab.content import translator
from gvclab.sources import Fault


class Entry(NamedTuple):
    """One entry of a file: its name, what is written under it, and where."""

    name: str
    table: sources.Table
    line: int
    path: Path
    translate: Callable[[str, str], str]


def entries(content: Path, folder: str) -> list[Entry]:
    """All entries of a folder's files, with what translates each. Fault for a name that stands in two files."""
    found: dict[str, Entry] = {}
    for path in sorted((content / folder).glob("*.yml")):
        translate = translator(f"{folder}/{path.stem}", content.parent / "locale")
        written = sources.read(path, content.parent)
        with sources.naming(path, content.parent):
            for name, table in written.items():
                if name in found:
                    raise Fault(say("build.error.twice", names=name), written.line(name))
                found[name] = Entry(name, table, written.line(name), path, translate)
    return list(found.values())


def merged(content: Path, folder: str, made: Callable[[Entry], Any]) -> dict[str, Any]:
    """What `made` makes of each entry of a folder, by its name; a Fault of its own gets the file's name."""
    return {entry.name: checked(content, entry, made) for entry in entries(content, folder)}


def checked(content: Path, entry: Entry, made: Callable[[Entry], Any]) -> Any:
    """What `made` makes of an entry, with the file named in whatever is wrong with it."""
    with sources.naming(entry.path, content.parent):
        return made(entry)


def known(table: sources.Table, names: set[str], what: str) -> None:
    """Fault, with the line, for a field that is none of these."""
    for name in table:
        if name not in names:
            raise Fault(say("claims.error.field", what=what, name=name), table.line(name))
