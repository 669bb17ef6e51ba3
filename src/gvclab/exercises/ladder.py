"""What a checker says: a verdict, and the rungs a verdict can stand on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gvclab.content import Message

# From the foot of the ladder up. `formed` and `noted` stand beside it: nothing was judged.
LADDER = ("unanswered", "kind", "misconception", "wrong", "close", "partial", "right")
BESIDE = ("formed", "manual", "noted", "broken")


def saying(path: str, /, **values: Any) -> Message:
    """A message of `content/messages/exercises.yml`."""
    return Message(f"exercises.{path}", values)


@dataclass(frozen=True)
class Verdict:
    """How good (0 to 1), on which rung, and what to tell the student; `parts` are pairs (id, verdict).

    It holds no sentence: `rendering` makes one of it, in the reader's language.
    """

    score: float
    status: str
    said: tuple[Message, ...] = ()  # none: what is usually said on this rung
    parts: tuple[tuple[str, Verdict], ...] = ()

    @property
    def messages(self) -> tuple[Message, ...]:
        """What to tell the student, in this order."""
        return self.said or (saying(f"status.{self.status}"),)


def verdict(status: str, *said: Message, score: float | None = None, parts: tuple = ()) -> Verdict:
    """A verdict; by default only `right` scores, and each status has a sentence of its own."""
    return Verdict(float(status == "right") if score is None else score, status, said, tuple(parts))


def together(parts: list[tuple[str, Verdict]], weights: list[float] | None = None) -> Verdict:
    """The verdict on an answer of several parts, each counting equally unless weights are given."""
    weights = weights or [1.0] * len(parts)
    score = sum(w * v.score for w, (_, v) in zip(weights, parts, strict=True)) / sum(weights)
    statuses = [v.status for _, v in parts]
    if len(parts) == 1:
        return parts[0][1]
    if len(set(statuses)) == 1:
        return verdict(statuses[0], score=score, parts=parts)
    if score > 0:
        counted = saying("parts", right=statuses.count("right"), total=len(parts))
        return verdict("partial", counted, score=score, parts=parts)
    # Nothing right yet: of what was answered, the lowest rung is what to mend first.
    answered = [status for status in statuses if status != "unanswered"]
    return verdict(min(answered, key=(*LADDER, *BESIDE).index), score=score, parts=parts)
