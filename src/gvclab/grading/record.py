"""The record beside a graded submission: what was graded, by which grader, with which verdicts. Typed, without prose.

    Record(…).to_json()          what is written as `gvclab-grade.json`
    Record.from_json(data)       what was written, by this version or the one before

A verdict, a note and the reason of a refusal are messages: ids with values. Sentences are made where somebody reads
them, so that a record means the same in every language and after every correction of a text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from gvclab.content import Listed, Message
from gvclab.exercises import Verdict
from gvclab.exercises.ladder import saying

NAME = "gvclab-grade.json"
VERSION = 2


def read(path: Path) -> Record:
    """The record in a file. OSError where there is none, ValueError where it is none."""
    return Record.from_json(json.loads(path.read_text(encoding="utf-8")))


def remark(path: str, /, **values: Any) -> Message:
    """A message of `content/messages/grade.yml`."""
    return Message(f"grade.{path}", values)


@dataclass(frozen=True)
class GradedItem:
    """The verdict on one item: points earned, out of `points`, by the check cell with this grade id."""

    cell: str
    score: float
    points: float
    verdict: Verdict


@dataclass(frozen=True)
class GradedNotebook:
    """The items of one notebook; with a `reason` it could not be read."""

    items: dict[str, GradedItem] = field(default_factory=dict)
    notes: tuple[Message, ...] = ()
    reason: Message | None = None


@dataclass(frozen=True)
class Record:
    """A graded submission. `grader` and `digest` are fingerprints of all that the scores come from."""

    grader: str
    digest: str
    student: str
    timestamp: datetime | None
    notes: tuple[Message, ...]
    notebooks: dict[str, GradedNotebook]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "format": VERSION,
            "grader": self.grader,
            "digest": self.digest,
            "student": self.student,
            "timestamp": self.timestamp and self.timestamp.isoformat(),
            "notes": [packed(note) for note in self.notes],
            "notebooks": {
                name: {
                    "reason": book.reason and packed(book.reason),
                    "notes": [packed(note) for note in book.notes],
                    "items": {
                        item: {"cell": one.cell, "score": one.score, "points": one.points, **_verdict(one.verdict)}
                        for item, one in book.items.items()
                    },
                }
                for name, book in self.notebooks.items()
            },
        }

    @classmethod
    def from_json(cls, data: Any) -> Record:
        """What `to_json` gave, of this version or the one before. ValueError for anything else."""
        try:
            read = {1: _Prose, VERSION: _Reader}[data["format"]]
            return cls(
                str(data["grader"]),
                str(data["digest"]),
                str(data["student"]),
                data["timestamp"] and datetime.fromisoformat(data["timestamp"]),
                tuple(read.message(note) for note in data["notes"]),
                {name: read.notebook(book) for name, book in data["notebooks"].items()},
            )
        except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
            raise ValueError(f"this is no record of a graded submission: {error!r}") from error


def _verdict(verdict: Verdict) -> dict[str, Any]:
    told: dict[str, Any] = {"status": verdict.status, "share": verdict.score}
    if verdict.said:
        told["said"] = [packed(message) for message in verdict.said]
    if verdict.parts:
        told["parts"] = [{"part": part, **_verdict(one)} for part, one in verdict.parts]
    return told


def packed(value: Any) -> Any:
    """A message, or one of its values, as plain data."""
    if isinstance(value, Message):
        return {"message": value.id, **{name: packed(each) for name, each in value.values.items()}}
    if isinstance(value, Listed):
        return {"list": value.kind, "of": [packed(part) for part in value.parts]}
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    return value


class _Reader:
    """What this version wrote."""

    @classmethod
    def message(cls, data: Any) -> Any:
        """A message, or one of its values."""
        match data:
            case {"message": str(name), **values}:
                return Message(name, {key: cls.message(each) for key, each in values.items()})
            case {"list": str(kind), "of": [*parts]}:
                return Listed([cls.message(part) for part in parts], kind)
            case {"time": str(when)}:
                return datetime.fromisoformat(when)
        return data

    @classmethod
    def notebook(cls, data: dict) -> GradedNotebook:
        items = {
            item: GradedItem(one["cell"], float(one["score"]), float(one["points"]), cls.verdict(one))
            for item, one in data["items"].items()
        }
        reason = data["reason"]
        return GradedNotebook(items, tuple(map(cls.message, data["notes"])), cls.message(reason) if reason else None)

    @classmethod
    def verdict(cls, data: dict) -> Verdict:
        parts = tuple((part["part"], cls.verdict(part)) for part in data.get("parts", ()))
        return Verdict(float(data["share"]), str(data["status"]), tuple(map(cls.message, data.get("said", ()))), parts)


class _Prose(_Reader):
    """What version 1 wrote: sentences, which are kept as they are, and parts by what they were called."""

    @classmethod
    def message(cls, data: Any) -> Message:
        if not isinstance(data, str):
            raise TypeError("a message of version 1 is a text")
        return saying("as_it_is", words=data)

    @classmethod
    def verdict(cls, data: dict) -> Verdict:
        parts = tuple((part["label"], cls.verdict(part)) for part in data.get("parts", ()))
        said = (cls.message(data["message"]),)
        if "points" in data:
            share = data["score"] / data["points"] if data["points"] else 0.0
        else:
            share = float(data["status"] == "right")
        return Verdict(float(share), str(data["status"]), said, parts)
