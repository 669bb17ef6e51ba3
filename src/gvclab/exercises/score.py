"""`check`: the one call on the page, and the `Score` that it gives.

A `Score` is a float, the points earned: nbgrader reads its repr for partial credit, a person reads the card.
"""

from __future__ import annotations

import logging
import math
import os
import warnings

from gvclab.content import Listed, Message, text

from . import bank, keys
from .cards import card, icon
from .checkers import judge
from .items import Item
from .ladder import Verdict, saying, verdict
from .rendering import label_of, message_of
from .service import CallLimits, serve
from .variants import identity

_log = logging.getLogger(__name__)


class Score(float):
    """Points earned, out of `points`, with the `verdict` behind them."""

    points: float
    verdict: Verdict
    item: Item | None  # None where there is no such item

    def __new__(cls, verdict: Verdict, item: Item | None = None) -> Score:
        points = item.points if item else 0
        # What nobody judged has no points; while autograding it has 0, as nbgrader takes nan for full marks.
        unjudged = verdict.status in ("formed", "manual", "noted") and not _autograding()
        score = super().__new__(cls, math.nan if unjudged else verdict.score * points)
        score.points, score.verdict, score.item = points, verdict, item
        return score

    def __repr__(self) -> str:
        return message_of(self.item, self.verdict) if math.isnan(self) else f"{float(self):.6g}"

    def __str__(self) -> str:
        lines = [f"{icon(self.verdict)} {self.headline}", message_of(self.item, self.verdict)]
        lines += [
            f"  {icon(part)} {label_of(self.item, name)}: {message_of(self.item, part)}"
            for name, part in self.verdict.parts
        ]
        return "\n".join(lines)

    @property
    def headline(self) -> str:
        """The rung of the ladder, and the points where there are any."""
        title = text(f"exercises.title.{self.verdict.status}")
        if math.isnan(self):
            return title
        return text("exercises.headline", title=title, score=shown(self, self.points), points=f"{self.points:g}")

    def _repr_html_(self) -> str:
        return card(self.item, self.verdict, self.headline)


def shown(score: float, points: float) -> str:
    """Points as a person reads them, to a tenth; what is not all of them or not none is never rounded to it."""
    tenths = round(10 * score)
    if 0 < score < points:
        tenths = min(max(tenths, 1), math.ceil(10 * points) - 1)
    return f"{tenths / 10:g}"


def _autograding() -> bool:
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"


def check(item_id: str, answer=..., key: str | None = None, limits: CallLimits | None = None) -> Score:
    """Judge an answer: the points as a number, and beside it what to mend. Never raises, never shows the key.

    `key` is the text of a key (`bank.key_text`) where the library carries none; `limits` bound a function of
    the student's.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nbgrader takes a line on stderr for a failed test
            return _check(item_id, answer, key, limits)
    except Exception as error:
        # The type alone: the traceback would show the key.
        _log.debug("checking %s failed: %s", item_id, type(error).__name__)
        return Score(verdict("broken"))


def _check(item_id: str, answer, key: str | None, limits: CallLimits | None) -> Score:
    try:
        item = keys.find(item_id, key)
    except KeyError:
        return Score(verdict("broken", _unknown(item_id)))
    who = identity()
    if item.type == "code" and callable(answer):
        with serve(answer, limits, discreet=_autograding()) as remote:
            return Score(judge(item, remote, who), item)
    return Score(judge(item, answer, who), item)


def _unknown(item_id: str) -> Message:
    """That there is no such item, and which there are."""
    known = bank.ids_beside(item_id)
    if not known:
        section = item_id.rpartition("-")[0]
        return saying("error.section", section=section, known=Listed(bank.sections(), "comma"))
    return saying("error.unknown", id=item_id, known=Listed(known, "comma"))
