"""Each student's own: the class's salt, the ids of a roster, the numbers and the notebook made from them."""

from __future__ import annotations

import copy
import csv
import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from gvclab.content import Listed
from gvclab.content import text as say
from gvclab.exercises import bank
from gvclab.exercises.prompts import given_list
from gvclab.exercises.variants import Identity, drawn, numbers

_ID = re.compile(r"[\w@+-][\w.@+-]{0,63}")
_HEADING = re.compile(r"(^|[\W_])(id|name|e-?mail)$")  # of a column: nobody's id
_OWN = "gvclab"  # of a cell's metadata
_SALT = re.compile(r"[0-9a-f]{64}|")


# -------------------------------------------------------------------------------------------------- the salt


def salt_path(root: Path, course: str) -> Path:
    """Where a course's salt is kept: with the instructor, outside git. ValueError: no name for a file."""
    if not _ID.fullmatch(course):
        raise ValueError(say("release.course.id", id=course))
    return root / ".gvclab" / f"{course}.salt"


def salts(root: Path) -> list[Path]:
    """The salt files there are."""
    return sorted((root / ".gvclab").glob("*.salt"))


def read_salt(root: Path, course: str) -> str | None:
    """The course's salt; empty when everybody has the same numbers, None when nothing was released yet.

    What a grader asks: `Identity(student, read_salt(root, course) or "")`.
    """
    path = salt_path(root, course)
    try:
        salt = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        salt = "?"
    if not _SALT.fullmatch(salt):
        raise ValueError(say("release.salt.broken", file=path))
    return salt


def settle_salt(root: Path, course: str, personal: bool) -> tuple[str, bool]:
    """The course's salt, and whether it was made just now.

    The first release settles whether a course has numbers of one's own; the salt file, empty or not, is what
    remembers it and is never written again. ValueError when a later release asks for the other.
    """
    path = salt_path(root, course)
    salt = read_salt(root, course)
    if salt is None:
        salt = secrets.token_hex(32) if personal else ""
        path.parent.mkdir(mode=0o700, exist_ok=True)
        (path.parent / ".gitignore").write_text("*\n", encoding="ascii")
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(salt + "\n" if salt else "")
        return salt, True
    if personal != bool(salt):
        key = "release.salt.personal" if salt else "release.salt.common"
        raise ValueError(say(key, course=course, file=path))
    return salt, False


# ------------------------------------------------------------------------------------------------ the roster


def student_id(name: str) -> str:
    """The name, which may stand in a file name on any system. ValueError names one that may not."""
    if not _ID.fullmatch(name):
        raise ValueError(say("release.roster.id", id=name))
    return name


def roster(entries: Iterable[str]) -> tuple[str, ...]:
    """The students' ids: each entry is a table of them or an id; in their order, each once."""
    found = [one for entry in entries for one in (_table(Path(entry)) if _is_table(entry) else [entry])]
    ids = tuple(dict.fromkeys(map(student_id, found)))
    seen: dict[str, str] = {}
    for one in ids:
        if seen.setdefault(one.casefold(), one) != one:
            raise ValueError(say("release.roster.twice", first=seen[one.casefold()], second=one))
    return ids


def _is_table(entry: str) -> bool:
    """Whether it names a table. A slip in its name would else be a student's id."""
    there = Path(entry).is_file()
    if not there and re.search(r"\.(csv|tsv|txt|xlsx?|ods)$", entry, re.I):
        raise ValueError(say("release.roster.missing", file=entry))
    return there


def _table(path: Path) -> list[str]:
    """The column `id` of a table with a head, else the first column of a table without."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        first = lines[0] if lines else ""
        mark = max(",;\t", key=first.count)
        rows = [row for row in csv.reader(lines, delimiter=mark) if any(map(str.strip, row))]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(say("release.roster.unreadable", file=path, problem=error)) from error
    head = [name.strip().casefold() for name in rows[0]] if rows else []
    if "id" not in head and any(_HEADING.search(name) for name in head):
        raise ValueError(say("release.roster.columns", file=path, columns=Listed([*map(repr, rows[0])], "comma")))
    column, rows = (head.index("id"), rows[1:]) if "id" in head else (0, rows)
    ids = [row[column].strip() for row in rows if len(row) > column and row[column].strip()]
    if not ids:
        raise ValueError(say("release.roster.empty", file=path))
    return ids


# ------------------------------------------------------------------------------------- the student's machine


def student_file(course: str, who: Identity) -> str:
    """The text of `gvclab-student.json`: the numbers of every exercise there is, but not how they are drawn.

    All sections', so that a second bundle unpacked over the first takes nothing away.
    """
    items = [item for section in bank.sections() for item in bank.load(section)]
    entry = {"course": course, "student": who.student, "numbers": drawn(items, who)}
    return json.dumps(entry, ensure_ascii=False, indent=1) + "\n"


def notebook(released: dict, items: Iterable[bank.Item], who: Identity) -> dict:
    """The released notebook whose prompts show the student's own numbers, and have them in their metadata."""
    book = copy.deepcopy(released)
    # (`build.exercise.grade_id` says the same, two seconds later.)
    prompts = {f"{item.id.replace('.', '-')}-prompt": item for item in items if item.given}
    for cell in book["cells"]:
        item = prompts.get(cell["metadata"].get("nbgrader", {}).get("grade_id"))
        if item:
            cell["source"] = cell["source"].replace(bank.given_line(item), _given_line(item, who))
            cell["metadata"][_OWN] = {"numbers": numbers(item, who)._asdict()}
            _seal(cell)
    return book


def _given_line(item: bank.Item, who: Identity) -> str:
    return say("release.student.prompt", listed=given_list(item, numbers(item, who)), id=item.id)


def shown_numbers(metadata: dict) -> dict | None:
    """The own numbers that the prompt with this metadata shows; None where it shows everybody's."""
    own = metadata.get(_OWN)
    shown = own.get("numbers") if isinstance(own, dict) else None
    return shown if isinstance(shown, dict) else None


def shows_others(item: bank.Item, shown: dict | None, who: Identity) -> bool:
    """Whether a prompt shows somebody's own numbers, but not those of `who`."""
    return shown is not None and not (who.salt and shown == numbers(item, who)._asdict())


def _seal(cell: dict) -> None:
    """Renew nbgrader's checksum of a prompt, or it would count as edited."""
    grading = cell["metadata"]["nbgrader"]
    said = (cell["source"], cell["cell_type"], *(grading[mark] for mark in ("grade", "solution", "locked")))
    marked = "".join(map(str, (*said, grading["grade_id"])))
    grading["checksum"] = hashlib.md5(marked.encode(), usedforsecurity=False).hexdigest()
