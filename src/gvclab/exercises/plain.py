"""Answers are data: what a student hands over becomes numbers, text, lists, dicts before anybody looks at it.

`plain` calls no code of the student's: it goes by the object's real type (never `__class__`), uses the
methods of the built-in types themselves, and stops at fixed bounds of depth and size. What is not data comes
back as `Other`.
"""

from __future__ import annotations

import math
import re
import sys
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from gvclab.content import Message

DEPTH = 8
NODES = 20_000
TEXT = 20_000
TOO_LARGE, HUGE = "too_large", "huge"  # kinds of `Other`, and what the message catalogue calls them


@dataclass(frozen=True)
class Other:
    """Something that is not plain data, by the name of its type; or data beyond the bounds (`TOO_LARGE`, `HUGE`)."""

    kind: str


@dataclass(frozen=True)
class Bag:
    """A set: data without an order."""

    items: tuple


def plain(value):
    """None, `...`, bool, int, float, str, list, dict with text keys, `Bag`; else `Other`. Never raises."""
    try:
        return _plain(value, DEPTH, [NODES])
    except Exception:  # an object built to break this: it is not an answer
        return Other(type_name(type(value)))


def _plain(value, depth: int, budget: list[int]):
    kind = type(value)
    budget[0] -= 1
    if budget[0] < 0 or depth < 0:
        return Other(TOO_LARGE)
    if value is None or value is Ellipsis or kind is bool:
        return value
    if issubclass(kind, int):
        exact = int.__int__(value)
        return exact if exact.bit_length() < 1024 else Other(HUGE)
    if issubclass(kind, float):
        return float.__float__(value)
    if issubclass(kind, str):
        return str.__str__(value) if str.__len__(value) <= TEXT else Other(TOO_LARGE)
    if kind is Fraction:
        top, bottom = value._numerator, value._denominator
        return top / bottom if type(top) is type(bottom) is int else Other("Fraction")
    if kind is Decimal:
        return float(value) if not value.is_snan() else math.nan
    if issubclass(kind, np.generic):
        return float(value) if kind is np.longdouble else _plain(np.generic.item(value), depth - 1, budget)
    if issubclass(kind, np.ndarray):
        if np.ndarray.size.__get__(value) > budget[0]:
            return Other(TOO_LARGE)
        return _plain(np.ndarray.tolist(value), depth, budget)
    for container in (list, tuple):
        if issubclass(kind, container):
            if container.__len__(value) > budget[0]:
                return Other(TOO_LARGE)
            return [_plain(entry, depth - 1, budget) for entry in container.__iter__(value)]
    for container in (set, frozenset):
        if issubclass(kind, container):
            if container.__len__(value) > budget[0]:
                return Other(TOO_LARGE)
            return Bag(tuple(_plain(entry, depth - 1, budget) for entry in container.__iter__(value)))
    if issubclass(kind, dict):
        if dict.__len__(value) > budget[0]:
            return Other(TOO_LARGE)
        pairs = [(_key(key), _plain(entry, depth - 1, budget)) for key, entry in dict.items(value)]
        return {key: entry for key, entry in pairs if key is not None}
    pandas = sys.modules.get("pandas")
    if pandas is not None and (kind is pandas.Series or kind is pandas.Index):
        return _plain(value.to_numpy(), depth, budget)
    return Other(type_name(kind))


def _key(key) -> str | None:
    data = _plain(key, 0, [1])
    return str(data) if type(data) in (str, int, float, bool) else None


def type_name(kind: type) -> str:
    """A type's own name, whatever its metaclass says."""
    return type.__dict__["__name__"].__get__(kind)[:60]


def is_missing(data) -> bool:
    """Not answered: `...`, None, blank text, or nothing but those."""
    if data is None or data is Ellipsis or (isinstance(data, str) and not data.strip(" .…")):
        return True
    if isinstance(data, (list, dict)):
        entries = data.values() if isinstance(data, dict) else data
        return all(map(is_missing, entries))
    return isinstance(data, Bag) and not data.items


def describe(data) -> Message:
    """What was got, in words a student uses: `text "abc"`, `a list of 3`."""

    def message(name: str, /, **values) -> Message:
        return Message(f"exercises.kind.{name}", values)

    if isinstance(data, Other):
        return message("other", kind=message(data.kind) if data.kind in (TOO_LARGE, HUGE) else data.kind)
    if data is None or data is Ellipsis:
        return message("nothing")
    if isinstance(data, bool):
        return message("truth", value=data)
    if isinstance(data, (int, float)):
        return message("number", value=f"{data:.6g}")
    if isinstance(data, str):
        return message("text", value=short(data))
    names = {list: "list", dict: "dict", Bag: "set"}
    return message(names[type(data)], length=len(data.items) if isinstance(data, Bag) else len(data))


def short(words: str, length: int = 40) -> str:
    """One line of at most `length` printable characters."""
    line = "".join(c if c.isprintable() else " " for c in words[: 2 * length])
    return line if len(line) <= length else line[: length - 1] + "…"


def fold(words: str) -> str:
    """Text as it is compared: no case, marks of emphasis, or repeated blanks."""
    return " ".join(re.sub(r"[*_`\"'“”‘’]", "", unicodedata.normalize("NFKC", words)).casefold().split())


_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?")
_INFINITY = {"inf": math.inf, "+inf": math.inf, "-inf": -math.inf, "infinity": math.inf, "∞": math.inf}


def number(data) -> float | None:
    """The number that plain data stand for, or None: 12, 0.12, `"12 %"`, `"27/32"`, a list of one is none."""
    if isinstance(data, bool):
        return None
    if isinstance(data, (int, float)):
        return float(data)
    if not isinstance(data, str) or len(data) > 100:
        return None
    words = unicodedata.normalize("NFKC", data).casefold().replace("−", "-").replace("⁄", "/").strip()
    if words in _INFINITY:
        return _INFINITY[words]
    per_cent = words.endswith("%")
    pieces = [piece.strip() for piece in words.removesuffix("%").split("/")]
    if len(pieces) > 2 or not all(map(_NUMBER.fullmatch, pieces)):
        return None
    top, bottom = float(pieces[0]), float(pieces[-1]) if len(pieces) == 2 else 1.0
    return top / bottom / (100 if per_cent else 1) if bottom else None


def per_cent(data) -> bool:
    """Whether a number is written with a per cent sign."""
    return isinstance(data, str) and unicodedata.normalize("NFKC", data).rstrip().endswith("%")


# --------------------------------------------------------------------------------------------- over the pipe

_TAG = "\0gvclab"


def tag(data):
    """Plain data as JSON can carry them."""
    if data is Ellipsis:
        return {_TAG: "missing"}
    if isinstance(data, Other):
        return {_TAG: "other", "kind": data.kind}
    if isinstance(data, Bag):
        return {_TAG: "set", "items": [tag(entry) for entry in data.items]}
    if isinstance(data, list):
        return [tag(entry) for entry in data]
    return {key: tag(entry) for key, entry in data.items()} if isinstance(data, dict) else data


def untag(data):
    """Plain data back from JSON. What a student's process sent is bounded anew by `plain`."""
    return _untag(plain(data))


def _untag(data):
    if isinstance(data, list):
        return [_untag(entry) for entry in data]
    if not isinstance(data, dict):
        return data
    match data.get(_TAG):
        case "missing":
            return ...
        case "other":
            return Other(short(str(data.get("kind")), 60))
        case "set" if isinstance(data.get("items"), list):
            return Bag(tuple(_untag(entry) for entry in data["items"]))
    return {key: _untag(entry) for key, entry in data.items()}
