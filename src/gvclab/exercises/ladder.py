"""What a checker says: a verdict, and the rungs a verdict can stand on."""

from __future__ import annotations

from dataclasses import dataclass

from gvclab.content import text

# From the foot of the ladder up. `formed` and `noted` stand beside it: nothing was judged.
LADDER = ("unanswered", "kind", "misconception", "wrong", "close", "partial", "right")
BESIDE = ("formed", "manual", "noted", "broken")


@dataclass(frozen=True)
class Verdict:
    """How good (0 to 1), on which rung, and what to tell the student; `parts` are pairs (label, verdict)."""

    score: float
    status: str
    message: str
    parts: tuple[tuple[str, Verdict], ...] = ()


def verdict(status: str, message: str = "", score: float | None = None, parts: tuple = ()) -> Verdict:
    """A verdict; by default only `right` scores, and each status has its own sentence."""
    full = float(status == "right")
    return Verdict(full if score is None else score, status, message or text(f"exercises.status.{status}"), parts)


def together(parts: list[tuple[str, Verdict]], weights: list[float] | None = None) -> Verdict:
    """The verdict on an answer of several parts, each counting equally unless weights are given."""
    weights = weights or [1.0] * len(parts)
    score = sum(w * v.score for w, (_, v) in zip(weights, parts, strict=True)) / sum(weights)
    statuses = [v.status for _, v in parts]
    if len(parts) == 1:
        return parts[0][1]
    if len(set(statuses)) == 1:
        return verdict(statuses[0], "", score, tuple(parts))
    if score > 0:
        right = statuses.count("right")
        return verdict("partial", text("exercises.parts", right=right, total=len(parts)), score, tuple(parts))
    # Nothing right yet: of what was answered, the lowest rung is what to mend first.
    answered = [status for status in statuses if status != "unanswered"]
    return verdict(min(answered, key=(*LADDER, *BESIDE).index), "", score, tuple(parts))
