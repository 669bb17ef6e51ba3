"""`check`: the one call on the page, and the `Score` that it gives.

A `Score` is a float, the points earned: nbgrader reads its repr for partial credit, a person reads the card beside it.
"""

from __future__ import annotations

import html
import logging
import math
import os
import re
import warnings
from collections import OrderedDict

from gvclab.content import text

from . import keys
from .bank import Item, letter
from .checkers import chosen, judge
from .ladder import Verdict, verdict
from .plain import plain
from .service import Limits, serve
from .variants import identity, numbers

_log = logging.getLogger(__name__)

# What this kernel has seen: the distinct wrong options tried before the right one, and the predictions made.
_tried: dict[str, OrderedDict[int, None]] = {}
_settled: dict[str, float] = {}
_predicted: dict[str, int] = {}


class Score(float):
    """Points earned, out of `points`, with the `verdict` behind them."""

    points: float
    verdict: Verdict

    def __new__(cls, verdict: Verdict, points: float) -> Score:
        # An answer that nobody judged has no points; nbgrader, autograding, must not take that for full marks.
        unjudged = verdict.status in ("formed", "manual", "noted") and not _autograding()
        score = super().__new__(cls, math.nan if unjudged else verdict.score * points)
        score.points, score.verdict = points, verdict
        return score

    def __repr__(self) -> str:
        return self.verdict.message if math.isnan(self) else f"{float(self):.6g}"

    def __str__(self) -> str:
        lines = [f"{_icon(self.verdict)} {self._headline()}", self.verdict.message]
        lines += [f"  {_icon(part)} {label}: {part.message}" for label, part in self.verdict.parts]
        return "\n".join(lines)

    def __reduce__(self):
        return Score, (self.verdict, self.points)

    def _headline(self) -> str:
        title = text(f"exercises.title.{self.verdict.status}")
        if math.isnan(self):
            return title
        return text("exercises.headline", title=title, score=f"{float(self):.4g}", points=f"{self.points:g}")

    def _repr_html_(self) -> str:
        parts = "".join(
            f"<li><span aria-hidden='true'>{_icon(part)}</span> {_rich(label)}: "
            f"<strong>{_rich(text(f'exercises.title.{part.status}'))}.</strong> {_rich(part.message)}</li>"
            for label, part in self.verdict.parts
        )
        listed = f"<ul style='list-style:none;margin:.3em 0 0;padding:0'>{parts}</ul>" if parts else ""
        return (
            f"<div role='status' class='gvclab-check gvclab-{self.verdict.status}' style='border-left:.3em solid "
            f"{_COLOUR[_face(self.verdict)]};padding:.3em .8em;max-width:48em'>"
            f"<strong><span aria-hidden='true'>{_icon(self.verdict)}</span> {_rich(self._headline())}</strong>"
            f"<div>{_rich(self.verdict.message)}</div>{listed}</div>"
        )


# Okabe-Ito; the icon and the words say the same without colour.
_COLOUR = {"good": "#009E73", "half": "#E69F00", "bad": "#D55E00", "open": "#0072B2"}
_ICON = {"good": "✔", "half": "◐", "bad": "✘", "open": "○"}


def _face(verdict: Verdict) -> str:
    if verdict.status == "right":
        return "good"
    if verdict.status in ("partial", "close") or 0 < verdict.score < 1:
        return "half"
    return "bad" if verdict.status in ("wrong", "misconception", "kind", "broken") else "open"


def _icon(verdict: Verdict) -> str:
    return _ICON[_face(verdict)]


def _rich(words: str) -> str:
    """Text as HTML: everything escaped, `code` and *emphasis* kept."""
    escaped = html.escape(words)
    escaped = re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped)
    return re.sub(r"(?<!\w)\*([^*\s][^*]*)\*(?!\w)", r"<em>\1</em>", escaped)


def _autograding() -> bool:
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"


def check(item_id: str, answer=..., key: str | None = None, limits: Limits | None = None) -> Score:
    """Judge an answer: the points as a number, and beside it what to mend. Never raises, never shows the key.

    `key` is the text of a key (`bank.key_text`) where the library carries none; `limits` bound a function of the student's.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nbgrader takes a line on stderr for a failed test
            return _check(item_id, answer, key, limits)
    except Exception as error:
        # The traceback would show the key.
        _log.debug("checking %s failed: %s", item_id, type(error).__name__)
        return Score(verdict("broken"), 0)


def _check(item_id: str, answer, key: str | None, limits: Limits | None) -> Score:
    try:
        item = keys.find(item_id, key)
    except KeyError as error:
        return Score(verdict("broken", str(error.args[0])), 0)
    who = identity()
    if item.type == "code" and callable(answer):
        with serve(answer, limits) as remote:
            return Score(judge(item, remote, who), item.points)
    judged = judge(item, answer, who)
    if item.type == "predict" and judged.status == "noted":
        _predicted[item.id] = chosen(item, plain(answer))
    if item.type == "choice" and not _autograding():
        judged = _with_attempts(item, answer, judged)
    return Score(judged, item.points)


def _with_attempts(item: Item, answer, judged: Verdict) -> Verdict:
    """In practice the first answer earns all, the second half, later ones nothing; trying the same again costs nothing."""
    tried = _tried.setdefault(item.id, OrderedDict())
    if judged.status in ("misconception", "wrong"):
        tried[chosen(item, plain(answer))] = None
    if judged.status != "right":
        return judged
    share = _settled.setdefault(item.id, {0: 1.0, 1: 0.5}.get(len(tried), 0.0))
    if share == 1:
        return judged
    return verdict("right", text("exercises.attempts.second" if share else "exercises.attempts.later"), share)


def reveal(item_id: str) -> Score:
    """At the end of a lesson: what was predicted, and what the model says."""
    item = keys.find(item_id)
    predicted = _predicted.get(item.id)
    if predicted is None:
        return Score(verdict("unanswered", text("exercises.reveal.none")), 0)
    mine = item.options[predicted].text
    if not item.has_key:
        return Score(verdict("noted", text("exercises.reveal.mine", mine=mine)), 0)
    right = chosen(item, plain(keys.namespace(item, numbers(item, identity()))[item.answer]))
    key = "same" if right == predicted else "other"
    says = text(f"exercises.reveal.{key}", mine=mine, right=item.options[right].text, letter=letter(right))
    return Score(verdict("noted", says), 0)


def forget(item_id: str | None = None) -> None:
    """Forget attempts and predictions, of one item or of all: for a fresh start in the same kernel."""
    for memory in (_tried, _settled, _predicted):
        if item_id is None:
            memory.clear()
        else:
            memory.pop(item_id, None)

