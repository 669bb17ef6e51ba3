"""An author's files: read so that an error names the file and the line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from gvclab.content import Listed
from gvclab.content import text as say


class Fault(ValueError):
    """Something wrong in an author's text: what, in which line of it, and in which file once that is known."""

    def __init__(self, problem: str, line: int | None = None, file: str = "") -> None:
        self.problem, self.line, self.file = problem, line, file
        super().__init__(problem)

    def __str__(self) -> str:
        place = ":".join(map(str, filter(None, [self.file, self.line])))
        return say("build.error.where", file=place, problem=self.problem) if place else self.problem


@contextmanager
def naming(path: Path, root: Path) -> Iterator[None]:
    """Name the file in whatever is wrong with it."""
    file = path.relative_to(root).as_posix()
    try:
        yield
    except Fault as fault:
        fault.file = fault.file or file
        raise
    except ValueError as error:
        raise Fault(str(error), file=file) from error


@contextmanager
def at(line: int) -> Iterator[None]:
    """Name the line in whatever is wrong with it."""
    try:
        yield
    except Fault as fault:
        fault.line = fault.line or line
        raise
    except ValueError as error:
        raise Fault(str(error), line) from error


class Table(dict):
    """A mapping read from YAML that knows the line of each of its names."""

    lines: dict[str, int]

    def line(self, name: str) -> int:
        """The line that a name stands in."""
        return self.lines[name]


class List(list):
    """A list read from YAML that knows the line of each of its entries."""

    lines: list[int]


# libyaml, where it was built in, reads the bibliography in a tenth of the time.
_Fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Fast):
    """YAML as `safe_load` reads it, with the lines of names and entries; a name that stands twice is refused."""

    first = 1


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Iterator[Table]:
    found = Table()
    found.lines = {}
    yield found
    own: dict[str, int] = {}
    for name_node, _ in node.value:
        name, line = name_node.value, name_node.start_mark.line + loader.first
        if name in own:
            raise Fault(say("build.error.repeated", name=name, line=own[name]), line)
        own[name] = line
    loader.flatten_mapping(node)  # what `<<: *other` brings along stands before what is said here, and gives way to it
    for name_node, value_node in node.value:
        name = loader.construct_object(name_node, deep=True)
        found[name] = loader.construct_object(value_node, deep=True)
        found.lines[name] = name_node.start_mark.line + loader.first


def _sequence(loader: _Loader, node: yaml.SequenceNode) -> Iterator[List]:
    found = List()
    found.lines = [entry.start_mark.line + loader.first for entry in node.value]
    yield found
    found.extend(loader.construct_sequence(node, deep=True))


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:seq", _sequence)


def table(source: str, first: int = 1) -> Table:
    """The mapping in a YAML text whose first line has the number `first`; empty for an empty text.

    Raises Fault, with the line, for what is no YAML, no mapping, or names one thing twice.
    """
    loader = _Loader(source)
    loader.first = first
    try:
        found = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = say("build.error.yaml", problem=error.problem or error.context)
        raise Fault(problem, mark and mark.line + first) from error
    except yaml.YAMLError as error:
        raise Fault(say("build.error.yaml", problem=error), first) from error
    finally:
        loader.dispose()
    if found is None:
        found = Table()
        found.lines = {}
    if not isinstance(found, Table):
        raise Fault(say("build.error.no_table"), first)
    return found


def read(path: Path, root: Path) -> Table:
    """The mapping in a YAML file of the repository `root`; Fault names the file and the line."""
    with naming(path, root):
        return table(path.read_text(encoding="utf-8"))


def needed(entry: Table, names: tuple[str, ...], what: str, line: int) -> None:
    """Fault unless the entry is a table with all these names."""
    lacking = [name for name in names if not isinstance(entry, Table) or entry.get(name) in (None, "")]
    if lacking:
        raise Fault(say("build.error.lacking", what=what, names=Listed([*lacking], "comma")), line)


def leaves(found: Any, place: str = "", line: int = 1) -> Iterator[tuple[str, str, int]]:
    """Each text in a table: its place, itself, its line."""
    if isinstance(found, Table):
        for name, value in found.items():
            yield from leaves(value, f"{place}.{name}" if place else str(name), found.line(name))
    elif isinstance(found, List):
        for n, value in enumerate(found):
            yield from leaves(value, f"{place}.{n}", found.lines[n])
    elif isinstance(found, str):
        yield place, found, line
