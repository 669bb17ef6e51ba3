"""Whose numbers? In self-study everybody gets an item's defaults; in a class each student draws their own.

A draw depends on three texts only: the course's salt, the student's id and the item's id (and the parameter's
name), through SHA-256, so that it is the same on every machine and under every version of every library.

The salt stays with the instructor. A student's machine is told the numbers, not how to draw them: they stand
in the file `gvclab-student.json` of the class bundle, in the notebook's folder or above it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import namedtuple
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from gvclab.content import Listed, text

from . import bank

STUDENT_FILE = "gvclab-student.json"
Drawn = Mapping[str, Mapping[str, float | int | str]]  # item id -> parameter -> value


@dataclass(frozen=True)
class Identity:
    """Who is asked. Without a salt (no class) everybody is the same person.

    Where the numbers were drawn elsewhere, `drawn` holds them and nothing is drawn here.
    """

    student: str = ""
    salt: str = ""
    drawn: Drawn | None = field(default=None, hash=False)


def identity() -> Identity:
    """From `GVCLAB_SALT` and `GVCLAB_STUDENT`; while nbgrader autogrades, its folder says which student.

    Only where there is neither, on a student's machine, the file of the class bundle is asked: a file that a
    submission brings along must not choose its own numbers.
    """
    salt = os.environ.get("GVCLAB_SALT", "")
    if os.environ.get("NBGRADER_EXECUTION") == "autograde":
        parts = Path.cwd().parts
        if "autograded" in parts[:-1]:
            last = len(parts) - 1 - parts[::-1].index("autograded")
            if last + 1 < len(parts):
                return Identity(parts[last + 1], salt)
    elif not salt and (path := student_file()):
        return read_student(path)
    return Identity(os.environ.get("GVCLAB_STUDENT", ""), salt)


def student_file(folder: Path | None = None) -> Path | None:
    """The class bundle's file in a folder (default: the working folder) or the nearest above it."""
    try:
        folder = folder or Path.cwd()
        places = (place / STUDENT_FILE for place in (folder, *folder.parents))
        return next((path for path in places if path.is_file()), None)
    except OSError:  # the working folder is gone, or may not be looked into
        return None


def read_student(path: Path) -> Identity:
    """Whom a class bundle was made for. ValueError, naming the file, when it does not say."""
    try:
        entry = json.loads(path.read_text(encoding="utf-8"))
        student, drawn = str(entry["student"]), entry["numbers"]
        if not all(isinstance(own, dict) for own in [drawn, *drawn.values()]):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(text("release.student.unreadable", file=path)) from error
    return Identity(student, drawn=drawn)


def numbers(item: bank.Item, who: Identity) -> tuple:
    """The parameters of `item` for `who`: a named tuple whose repr is the line a student reads."""
    return _numbers_type(item)(*(_draw(item.id, given, who) for given in item.given))


def drawn(items: Iterable[bank.Item], who: Identity) -> dict[str, dict]:
    """The numbers of `who` in every item that has some to draw: plain data, for a bundle or a sandbox."""
    return {item.id: numbers(item, who)._asdict() for item in items if any(given.draw for given in item.given)}


def _draw(item_id: str, given: bank.Given, who: Identity):
    if not given.draw:
        return given.default
    if who.drawn is not None:
        own = who.drawn.get(item_id, {}).get(given.name)
        if own not in given.draw:
            raise ValueError(text("release.student.changed", id=item_id, name=given.name, value=own))
        return given.draw[given.draw.index(own)]  # 20, where the file says 20.0
    if not who.salt:
        return given.default
    digest = hashlib.sha256("\0".join((who.salt, who.student, item_id, given.name)).encode()).digest()
    return given.draw[int.from_bytes(digest[:8], "big") % len(given.draw)]


@cache
def _numbers_type(item: bank.Item) -> type:
    class Numbers(namedtuple("Numbers", [given.name for given in item.given])):
        __slots__ = ()

        def __repr__(self) -> str:
            pairs = zip(item.given, self, strict=True)
            return text(
                "exercises.given", listed=Listed([f"{g.name} = {v} {g.unit}".strip() for g, v in pairs], "comma")
            )

    return Numbers


def given(item_id: str) -> tuple:
    """The parameters of an item for the one who asks: `n, p = given("2.3-1")`; printed, a line of text.

    KeyError for an unknown item; an item that has no parameters gives an empty tuple.
    """
    return numbers(bank.item(item_id), identity())
