"""What is kept beside a graded submission: `gvclab-grade.json`, which says why it earned what it earned.

    text = written(record)                 the file's text, the same for the same record
    record = read(text)                    and back; ValueError for what is none

A record holds no sentence. What was said is kept as messages: their ids in the catalogue, or the path of a text of the
item, with the values they quote. So a report in another language, or after a hint was reworded, says the same.

The file has a version. Those of version 1 held sentences: they are read as messages that quote them (`quoted`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gvclab.content import Listed, Message
from gvclab.exercises import Verdict

FILE = "gvclab-grade.json"
VERSION = 2
_QUOTED = "exercises.as_it_is"
_NAMED, _NAMELESS = "grade.named.", "grade.nameless."


@dataclass(frozen=True)
class ItemRecord:
    """What an item earned: the grade id of its check, points out of `points`, and the verdict."""

    cell: str
    score: float
    points: float
    verdict: Verdict


@dataclass(frozen=True)
class SheetRecord:
    """A notebook of the submission: items by id, what was odd; with a `reason` it is missing or could not be read."""

    items: Mapping[str, ItemRecord]
    notes: tuple[Message, ...] = ()
    reason: Message | None = None


@dataclass(frozen=True)
class Record:
    """A graded submission: whose, by which grader, from which files (`digest`), when handed in; notebooks by name."""

    student: str
    grader: str
    digest: str
    timestamp: str | None
    notebooks: Mapping[str, SheetRecord]
    notes: tuple[Message, ...] = ()
    version: int = VERSION  # of the file that it was read from

    @property
    def items(self) -> dict[str, ItemRecord]:
        """All items, whichever notebook they are in."""
        return {name: item for sheet in self.notebooks.values() for name, item in sheet.items.items()}

    @property
    def all_notes(self) -> tuple[Message, ...]:
        """What was odd about the submission or a notebook of it, each once."""
        return distinct([*self.notes, *(note for sheet in self.notebooks.values() for note in sheet.notes)])

    @property
    def unread(self) -> dict[str, Message]:
        """The notebooks that are missing or could not be read, and why."""
        return {name: sheet.reason for name, sheet in self.notebooks.items() if sheet.reason}


# ---------------------------------------------------------------------------------------------------- messages


def quoted(words: str) -> Message:
    """Words that are somebody else's, or were written by an earlier version: shown as they are."""
    return Message(_QUOTED, {"words": words})


def named_student(name: str) -> Message:
    """A student's id or name as the value of a message: `nameless` leaves it out."""
    return Message(f"{_NAMED}student", {"name": name})


def named_file(name: str) -> Message:
    """What a student calls a file, as the value of a message: `nameless` leaves it out."""
    return Message(f"{_NAMED}file", {"name": name})


def nameless(message: Message) -> Message:
    """The message without the names of people and of their files, and without words that may hold some."""
    if message.id.startswith(_NAMED):
        return Message(message.id.replace(_NAMED, _NAMELESS))
    if message.id == _QUOTED:
        return Message(f"{_NAMELESS}words")
    return Message(message.id, {name: _nameless_value(value) for name, value in message.values.items()})


def _nameless_value(value: Any) -> Any:
    if isinstance(value, Message):
        return nameless(value)
    if isinstance(value, Listed):
        return Listed(list(map(_nameless_value, value.parts)), value.kind)
    return list(map(_nameless_value, value)) if isinstance(value, list | tuple) else value


def identity(message: Message) -> str:
    """A text that two messages share if they say the same: to count and to sort by, in any language."""
    return json.dumps(_plain(message), ensure_ascii=False, sort_keys=True)


def identified(key: str) -> Message:
    """The message that has this identity."""
    return _message(json.loads(key))


def distinct(messages: Iterable[Message]) -> tuple[Message, ...]:
    """Each message once, in their order."""
    return tuple({identity(message): message for message in messages}.values())


def _plain(value: Any) -> Any:
    """A message, or a value of one, as JSON has it."""
    if isinstance(value, Message):
        return {"id": value.id, "values": {name: _plain(each) for name, each in value.values.items()}}
    if isinstance(value, Listed):
        return {"listed": [_plain(each) for each in value.parts], "kind": value.kind}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    # Dates, paths and the numbers of other libraries are shown, and so kept, as their text.
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)


def _value(data: Any) -> Any:
    match data:
        case {"id": str()}:
            return _message(data)
        case {"listed": list(parts), "kind": str(kind)}:
            return Listed([_value(part) for part in parts], kind)
        case list():
            return [_value(each) for each in data]
        case None | str() | bool() | int() | float():
            return data
    raise ValueError(f"{data!r:.60} is no value of a message")


def _message(data: Any) -> Message:
    match data:
        case {"id": str(name), "values": dict(values)}:
            return Message(name, {key: _value(value) for key, value in values.items()})
    raise ValueError(f"{data!r:.60} is no message")


# --------------------------------------------------------------------------------------------------- the file


def written(record: Record) -> str:
    """The record as the text of its file, always in the present version."""
    return json.dumps(to_json(record), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read(text: str) -> Record:
    """The record in a file's text, of this version or the one before. ValueError for what is none."""
    try:
        return from_json(json.loads(text))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"no record of a graded submission: {error}") from error


def to_json(record: Record) -> dict:
    """The record as JSON's data."""
    notebooks = {
        name: {
            "reason": sheet.reason and _plain(sheet.reason),
            "notes": _plain(sheet.notes),
            "items": {
                item: {"cell": one.cell, "score": one.score, "points": one.points, **_verdict_data(one.verdict)}
                for item, one in sheet.items.items()
            },
        }
        for name, sheet in record.notebooks.items()
    }
    return {
        "format": VERSION,
        "student": record.student,
        "grader": record.grader,
        "digest": record.digest,
        "timestamp": record.timestamp,
        "notes": _plain(record.notes),
        "notebooks": notebooks,
    }


def from_json(data: dict) -> Record:
    """The record in JSON's data, of this version or the one before."""
    version = data.get("format", 1)
    if version not in (1, VERSION):
        raise ValueError(f"the version is {version!r}, and not one of 1, {VERSION}")
    said = _message if version == VERSION else _sentence
    verdict = _verdict if version == VERSION else _verdict_of_version_1
    notebooks = {
        name: SheetRecord(
            {
                item: ItemRecord(one["cell"], _number(one["score"]), _number(one["points"]), verdict(one))
                for item, one in sheet["items"].items()
            },
            tuple(map(said, sheet["notes"])),
            said(sheet["reason"]) if sheet["reason"] else None,
        )
        for name, sheet in data["notebooks"].items()
    }
    about = (data.get(name) for name in ("student", "grader", "digest", "timestamp"))
    return Record(*about, notebooks, tuple(map(said, data["notes"])), version)


def _number(data: Any) -> float:
    if isinstance(data, bool) or not isinstance(data, int | float):
        raise TypeError(f"{data!r:.60} is no number")
    return data


def _verdict_data(verdict: Verdict) -> dict:
    parts = [{"part": part, **_verdict_data(each)} for part, each in verdict.parts]
    # Six digits, as a score has: more would tell nothing, and a number of many digits looks like somebody's.
    said = {"status": verdict.status, "share": round(verdict.score, 6), "said": _plain(verdict.said)}
    return {**said, **({"parts": parts} if parts else {})}


def _verdict(data: dict) -> Verdict:
    parts = tuple((str(part["part"]), _verdict(part)) for part in data.get("parts", ()))
    return Verdict(_number(data["share"]), str(data["status"]), tuple(map(_message, data["said"])), parts)


# -------------------------------------------------------------------------------------------------- version 1


def _sentence(words: Any) -> Message:
    if not isinstance(words, str):
        raise TypeError(f"{words!r:.60} is no text")
    return quoted(words)


def _verdict_of_version_1(data: dict) -> Verdict:
    """A verdict whose parts go by their labels; of their scores only what is right was told."""
    parts = tuple((str(part["label"]), _verdict_of_version_1(part)) for part in data.get("parts", ()))
    share = data["score"] / data["points"] if data.get("points") else float(data["status"] == "right")
    return Verdict(share, str(data["status"]), (_sentence(data["message"]),), parts)
