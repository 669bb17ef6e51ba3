"""A submission as it comes in: only the sources of its cells are taken, everything else is the release's.

Whatever lies in the folder, `take` gives a `Submission`: per notebook of the assignment a `Sheet`, which is
the release with the student's answers and own cells, notes of what was put right, and, where nothing could be
read, the reason and the remedy. Nothing in here runs, renders or believes what a student wrote.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import dropwhile, islice, takewhile
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import parse_utc

from gvclab.build.exercise import grade_id
from gvclab.content import Listed, Message
from gvclab.content import text as say
from gvclab.exercises import bank
from gvclab.exercises.plain import short
from gvclab.exercises.variants import Identity

from . import salvage
from .personal import shown_numbers, shows_others
from .reading import defines
from .record import identity, named_file, named_student
from .submission import is_own, restore

FILE_BYTES = 20_000_000
CELLS = 1_000
CELL_CHARACTERS = 100_000
TOTAL_CHARACTERS = 1_000_000
_OTHERS = 10  # files looked at when a notebook is not there under its name
_LISTED = 1_000  # of a folder


class Refused(Exception):
    """The file is not taken; the message says why and what helps."""

    def __init__(self, name: str, /, **values: object) -> None:
        self.message = Message(f"grade.refused.{name}", values)
        super().__init__(self.message)


def _note(name: str, /, **values: object) -> Message:
    return Message(f"grade.note.{name}", values)


@dataclass(frozen=True, eq=False)
class Notebook:
    """A notebook of the assignment as released, and the items in it."""

    name: str
    book: NotebookNode
    items: tuple[bank.Item, ...]

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """The sections, or parts of one, that its items are of."""
        return tuple(sorted({bank.home(item.id).section for item in self.items}))

    @cached_property
    def answers(self) -> dict[str, bank.Item]:
        """The items by the grade id of their answer cells."""
        return {grade_id(item.id): item for item in self.items}

    @cached_property
    def checks(self) -> dict[str, bank.Item]:
        """The items by the grade id of their check cells."""
        return {grade_id(item.id, "check"): item for item in self.items if item.type != "essay"}

    @cached_property
    def texts(self) -> frozenset[str]:
        """What the release says in Markdown."""
        return frozenset(cell.source for cell in self.book.cells if cell.cell_type == "markdown")

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(filter(None, map(cell_name, self.book.cells)))


@dataclass(frozen=True, eq=False)
class Assignment:
    """What was released under a name: `section-2`."""

    name: str
    notebooks: tuple[Notebook, ...]


@dataclass(frozen=True, eq=False)
class Sheet:
    """One notebook of a submission, from `file`; with a `reason` it is the release, because nothing could be read."""

    notebook: Notebook
    book: NotebookNode
    notes: tuple[Message, ...] = ()
    reason: Message | None = None
    file: str = ""


@dataclass(frozen=True, eq=False)
class Submission:
    """A student's folder, read. `digest` changes when anything that was read does."""

    student: str
    sheets: tuple[Sheet, ...]
    notes: tuple[Message, ...]
    timestamp: datetime | None
    digest: str


def cell_name(cell: NotebookNode) -> str | None:
    """The grade id of a released cell."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def assignment(name: str, folder: Path) -> Assignment:
    """The assignment whose released notebooks lie in `folder`. ValueError when there are none, or no keys."""
    notebooks = []
    for path in sorted(folder.glob("*.ipynb")):
        try:
            book = nbformat.read(path, as_version=4)
        except (ValueError, OSError) as error:
            raise ValueError(say("grade.error.broken", file=path, name=name)) from error
        names = set(map(cell_name, book.cells))
        # By its cells, not by its name: a class may have fetched it when its section had other notebooks than today.
        items = tuple(i for section in bank.sections() for i in bank.load(section) if grade_id(i.id) in names)
        if not items:
            raise ValueError(say("grade.error.version", file=path, name=name))
        keyless = [item.id for item in items if not item.has_key]
        if keyless:
            raise ValueError(say("grade.error.keys", items=Listed([*keyless], "comma")))
        notebooks.append(Notebook(path.stem, book, items))
        _demand_points(notebooks[-1], name, folder)
    if not notebooks:
        raise ValueError(say("grade.error.release", name=name, folder=folder))
    return Assignment(name, tuple(notebooks))


def _demand_points(notebook: Notebook, name: str, folder: Path) -> None:
    """ValueError where the release gives an item other points than the library that grades it."""
    for cell in notebook.book.cells:
        item, points = notebook.checks.get(cell_name(cell)), cell.metadata.get("nbgrader", {}).get("points")
        if item and points != item.points:
            values = {"id": item.id, "released": points, "points": f"{item.points:g}"}
            raise ValueError(say("grade.error.points", name=name, folder=folder, **values))


def take(student: str, folder: Path, assigned: Assignment, salt: str = "") -> Submission:
    """What `folder` holds of the assignment, in a class with this `salt`. Never raises, whatever lies there."""
    who, digest, read, problem, beside = Identity(student, salt), hashlib.sha256(), {}, None, []
    try:
        present, others = _files(folder, assigned)
        for name in present:
            read[name] = _read(folder / name, digest)
        if not all(_worked_on(notebook, read.get(f"{notebook.name}.ipynb")) for notebook in assigned.notebooks):
            for name in others():
                read[name] = _read(folder / name, digest)
        with contextlib.suppress(OSError):
            beside = _notebooks(_entries(folder))
    except Refused as refusal:
        problem = refusal.message
        digest.update(identity(problem).encode())
    sheets = tuple(_sheet(notebook, read, assigned, problem, who) for notebook in assigned.notebooks)
    timestamp, note = (None, None) if problem else _timestamp(folder / "timestamp.txt")
    digest.update(str(timestamp).encode())
    unused = [name for name in beside if name not in {sheet.file for sheet in sheets}]
    listed = _note("unused", files=named_file(short(clean(", ".join(unused)), 200))) if unused else None
    return Submission(student, sheets, tuple(filter(None, [note, listed])), timestamp, digest.hexdigest())


def _read(path: Path, digest) -> Found | Refused:
    digest.update(f"{path.name}\0".encode("utf-8", "replace"))
    try:
        data = read_file(path)
        digest.update(hashlib.sha256(data).digest())
        return _cells(data)
    except Refused as refusal:
        digest.update(identity(refusal.message).encode())
        return refusal


# ---------------------------------------------------------------------------------------------------- files


_NOTEBOOK = re.compile(r"\.ipynb(\.(json|txt))?$", re.I)  # browsers add the second ending


def _files(folder: Path, assigned: Assignment) -> tuple[list[str], Callable[[], list[str]]]:
    """The assignment's notebooks in the folder; and, should one be missing or untouched, others that may be it."""
    expected = [f"{notebook.name}.ipynb" for notebook in assigned.notebooks]
    try:
        for place in (folder.parent, folder):
            mode = os.lstat(place).st_mode
            if not stat.S_ISDIR(mode):
                raise Refused("folder", kind=_kind(mode))
        present = [name for name in expected if os.path.lexists(folder / name)]
    except OSError as error:
        raise Refused("unreadable", problem=error.strerror) from error

    def others() -> list[str]:
        try:
            top = _entries(folder)
            # An archive that was unpacked leaves a folder in the folder.
            inner = [entry for entry in top if entry.is_dir(follow_symlinks=False) and entry.name[0] != "."][:_OTHERS]
            beside = [name for name in _notebooks(top) if name not in present]
            return (beside or [f"{i.name}/{name}" for i in inner for name in _notebooks(_entries(i))])[:_OTHERS]
        except OSError as error:
            raise Refused("unreadable", problem=error.strerror) from error

    return present, others


def _entries(folder: os.PathLike) -> list[os.DirEntry]:
    with os.scandir(folder) as entries:
        return sorted(islice(entries, _LISTED), key=lambda entry: entry.name)


def _notebooks(entries: list[os.DirEntry]) -> list[str]:
    return [entry.name for entry in entries if _NOTEBOOK.search(entry.name)]


def read_file(path: Path, limit: int = FILE_BYTES) -> bytes:
    """The bytes of a regular file. Refused: a link, a pipe, a device, a folder, or too much."""
    try:
        mode = os.lstat(path).st_mode
        if not stat.S_ISREG(mode):
            raise Refused("special", kind=_kind(mode))
        # Between the two looks it may have been exchanged: follow nothing, wait for nothing, look again.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Refused("special", kind=_kind(mode))
            data = file.read(limit + 1)
    except OSError as error:
        raise Refused("unreadable", problem=error.strerror) from error
    if len(data) > limit:
        raise Refused("large", megabytes=limit // 1_000_000)
    return data


def _kind(mode: int) -> Message:
    tests = {
        "link": stat.S_ISLNK,
        "folder": stat.S_ISDIR,
        "pipe": stat.S_ISFIFO,
        "socket": stat.S_ISSOCK,
        "file": stat.S_ISREG,
    }
    return Message("grade.kind." + next((kind for kind, test in tests.items() if test(mode)), "device"))


# As nbgrader writes it, and not more: a zone's name could be the name of a file.
_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?([A-Z]{1,5}|[+-]\d\d:?\d\d)?")


def _timestamp(path: Path) -> tuple[datetime | None, Message | None]:
    """When the submission says that it was handed in (UTC), and what is odd about that."""
    if not os.path.lexists(path):
        return None, None
    try:
        words = read_file(path, 1_000).decode("utf-8-sig").strip()
        read = _TIMESTAMP.fullmatch(words)
        zone = read and read.group(2)
        # nbgrader takes +0100 for a hundred seconds; the names of zones it knows best.
        when = read and parse_utc(
            datetime.fromisoformat("".join(read.groups(""))) if not zone or zone[0] in "+-" else words
        )
    except (Refused, ValueError, OverflowError):
        when = None
    if when is None or not 2000 <= when.year <= 2100:
        return None, _note("timestamp")
    late = when > datetime.now(UTC).replace(tzinfo=None)
    return when, _note("future", when=str(when)) if late else None


# ---------------------------------------------------------------------------------------------------- cells


class Found(NamedTuple):
    """A file's cells (kind, source, name, id, numbers shown), notes of what was wrong, and whether it is damaged."""

    cells: list[dict]
    notes: list[Message]
    damaged: bool


def _cells(data: bytes) -> Found:
    """What is in a notebook file's bytes."""
    found = salvage.read(data)
    cells = [
        {
            "kind": cell["cell_type"],
            "source": clean(cell["source"][:CELL_CHARACTERS]),
            "name": salvage.grade_id(cell) or None,
            "id": cell["id"],
            "numbers": shown_numbers(cell["metadata"]),
        }
        for cell in found.cells
    ]
    if not cells:
        raise Refused("empty" if "empty" in found.wrong else "json")
    notes = [Message(f"grade.wrong.{problem}") for problem in found.wrong]
    kept = _bounded(cells)
    if len(kept) < len(cells):
        notes.append(_note("many", n=len(cells), kept=len(kept), most=CELLS, characters=TOTAL_CHARACTERS))
    return Found(kept, notes, "json" in found.wrong)


def _bounded(cells: list[dict]) -> list[dict]:
    """No more cells and text than a notebook needs; those that have a name first, in their order."""
    taken, left = set(), TOTAL_CHARACTERS
    for number in sorted(range(len(cells)), key=lambda number: cells[number]["name"] is None):
        left -= len(cells[number]["source"])
        if left >= 0 and len(taken) < CELLS:
            taken.add(number)
    return [cell for number, cell in enumerate(cells) if number in taken]


def clean(words: str) -> str:
    """Text that can be written and shown: no lone surrogates, no control characters."""
    words = words.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", words)


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")  # a form feed is a blank of Python's


# ------------------------------------------------------------------------------------------------ one sheet


def _sheet(notebook: Notebook, read: dict, assigned: Assignment, problem: Message | None, who: Identity) -> Sheet:
    expected = file = f"{notebook.name}.ipynb"
    notes = []
    if not problem and not _worked_on(notebook, read.get(file)):
        other, held = _renamed(notebook, read, assigned), read.get(file)
        is_anothers = held and not isinstance(held, Refused) and not _hits(held, notebook)
        if other and (not held or _worked_on(notebook, read[other]) or (is_anothers and _hits(read[other], notebook))):
            file = other
            notes.append(_note("renamed", file=named_file(short(clean(file), 100))))
    found = read.get(file)
    if found is None or isinstance(found, Refused):
        reason = _note("file", file=expected, words=found.message) if found else None
        reason = problem or reason or Refused("missing", file=expected).message
        return Sheet(notebook, notebook.book, (), reason, file)
    cells, most = _named([dict(cell) for cell in found.cells], notebook)  # another notebook may look at them too
    if found.damaged and not any(cell["name"] for cell in cells):
        reason = _note("file", file=expected, words=Refused("json").message)
        return Sheet(notebook, notebook.book, (), reason, file)
    most += _strange(cells, notebook, who)
    book = restore(_book(cells), notebook.book)
    for number, cell in enumerate(book.cells):
        if cell_name(cell) is None:
            cell["id"] = f"own-{number}"  # nbformat's are random, and two runs would differ
    notes = [_note("file", file=expected, words=words) for words in notes + found.notes]
    return Sheet(notebook, book, tuple(notes + most), file=file)


def _worked_on(notebook: Notebook, found: Found | Refused | None) -> bool:
    """Whether an answer in what was read says something else than the release."""
    if found is None or isinstance(found, Refused):
        return False
    released = {cell_name(cell): cell for cell in notebook.book.cells if cell_name(cell) in notebook.answers}
    by_id = _by_id(notebook)
    named = [(cell["name"] or by_id.get(cell["id"]), cell["source"]) for cell in found.cells]
    own = any(name in released and is_own(source, released[name]) for name, source in named)
    mine = [cell for cell in found.cells if cell["name"] is None]
    return own or any(item.answer and _defining(item, mine, {}) for item in notebook.items)


def _by_id(notebook: Notebook) -> dict[str, str | None]:
    return {cell.id: cell_name(cell) for cell in notebook.book.cells if "id" in cell}


def _renamed(notebook: Notebook, read: dict, assigned: Assignment) -> str | None:
    """The file that is the notebook under another name: the one with most of its cells, or the only strange one.

    A file that has cells of the notebook it is named after is that one.
    """
    named = {f"{other.name}.ipynb": other for other in assigned.notebooks}
    right = {name for name, other in named.items() if _hits(read.get(name), other)}
    hits = {name: _hits(found, notebook) for name, found in read.items() if name not in right}
    best = max(hits, key=hits.get, default=None)
    if best and hits[best]:
        return best
    strange = [
        name for name in hits if name not in named and not any(_hits(read[name], other) for other in assigned.notebooks)
    ]
    return strange[0] if len(strange) == 1 else None


def _hits(found: Found | Refused | None, notebook: Notebook) -> int:
    """How many cells of the notebook's items were read, known by name, by id, or by what a prompt or a check says."""
    if found is None or isinstance(found, Refused):
        return 0
    by_id = _by_id(notebook)
    by_text = {cell.source: cell_name(cell) for cell in notebook.book.cells if cell_name(cell) not in notebook.answers}
    names = {name for c in found.cells for name in (c["name"], by_id.get(c["id"]), by_text.get(c["source"]))}
    return len(names & {f"{answer}{part}" for answer in notebook.answers for part in ("", "-prompt", "-check")})


def _named(cells: list[dict], notebook: Notebook) -> tuple[list[dict], list[Message]]:
    """The cells with the grade ids they have lost, and notes of copies, retyped, lost and misplaced answers."""
    released = {cell_name(cell): cell for cell in notebook.book.cells}
    _identify(cells, notebook)
    names, notes, added, lost = [cell["name"] for cell in cells], [], [], []
    for name, item in notebook.answers.items():
        mine = [cell for cell in cells if cell["name"] == name]
        if any(is_own(cell["source"], released[name]) for cell in mine):
            found = []
        elif item.answer:
            found = _defining(item, cells, released)
        else:
            found = _below(name, cells)
        if found and not found[0]["name"] and not (mine and item.answer):
            for cell in found:
                cell["name"] = name
            notes.append(_note("found", id=item.id))
        elif found:
            # The cell stays, because others may need it where it is; the stub would write dots over its value.
            added.append({**found[0], "name": name, "id": ""})
            notes.append(_note("elsewhere", id=item.id, name=item.answer))
        elif not mine:
            lost.append(item.id)
        elif names.count(name) > 1:
            notes.append(_note("copied", id=item.id, n=names.count(name)))
        if any(cell["name"] == name and cell["kind"] != released[name].cell_type for cell in cells):
            notes.append(_note("retyped", id=item.id))
    if lost:
        notes.append(_note("lost", ids=Listed(lost, "comma")))
    return cells + added, notes


def _identify(cells: list[dict], notebook: Notebook) -> None:
    """Give back the names that cells have lost: by their ids, and where nobody answers by what they say."""
    by_id = _by_id(notebook)
    for cell in cells:
        if cell["name"] not in notebook.names:
            cell["name"] = by_id.get(cell["id"])
    known = {cell["name"] for cell in cells}
    lost = {c.source: cell_name(c) for c in notebook.book.cells if cell_name(c) not in {*known, *notebook.answers}}
    for cell in cells:
        if cell["name"] is None:
            cell["name"] = lost.pop(cell["source"], None)


def _defining(item: bank.Item, cells: list[dict], released: dict[str, NotebookNode]) -> list[dict]:
    """The last of the student's own cells, or else of what was written into other cells, that gives the item's answer
    its value.
    """
    found = [cell for cell in cells if cell["kind"] == "code" and defines(cell["source"], item.answer)]
    own = [cell for cell in found if cell["name"] is None]
    return (own or [cell for cell in found if is_own(cell["source"], released[cell["name"]])])[-1:]


def _below(name: str, cells: list[dict]) -> list[dict]:
    """The student's own text between a prompt and the next cell of the release that is not its answer."""
    from_prompt = dropwhile(lambda cell: cell["name"] != f"{name}-prompt", cells)
    after = takewhile(lambda cell: cell["name"] in (None, name, f"{name}-show"), islice(from_prompt, 1, None))
    return [cell for cell in after if cell["name"] is None and cell["kind"] != "code" and cell["source"].strip()]


def _strange(cells: list[dict], notebook: Notebook, who: Identity) -> list[Message]:
    """A note if the prompts show numbers that the student was not given: no right answer to them can earn anything."""
    shown = {cell["name"]: cell["numbers"] for cell in cells}
    items = [item for item in notebook.items if item.given]
    strange = [i.id for i in items if shows_others(i, shown.get(grade_id(i.id, "prompt")), who)]
    return [_note("numbers", ids=Listed(strange, "comma"), student=named_student(who.student))] if strange else []


def _book(cells: list[dict]) -> NotebookNode:
    made = [
        {
            "cell_type": cell["kind"],
            "source": cell["source"],
            "metadata": {"nbgrader": {"grade_id": cell["name"]}} if cell["name"] else {},
        }
        for cell in cells
    ]
    return nbformat.from_dict({"cells": made})
