"""The card that shows a verdict: an icon and words, so that nothing is said by colour alone."""

from __future__ import annotations

import html
import re

from gvclab.content import text

from .items import Item
from .ladder import Verdict, saying
from .rendering import label_of, message_of

# Okabe-Ito.
_COLOUR = {"good": "#009E73", "half": "#E69F00", "bad": "#D55E00", "open": "#0072B2"}
_ICON = {"good": "✔", "half": "◐", "bad": "✘", "open": "○"}


def icon(verdict: Verdict) -> str:
    """✔ right, ◐ in part or nearly, ✘ wrong, ○ open."""
    return _ICON[_face(verdict)]


def card(item: Item | None, verdict: Verdict, headline: str) -> str:
    """The verdict as HTML, announced by assistive technology, every word of it escaped."""
    mark = "<span aria-hidden='true'>{}</span>".format
    parts = "".join(
        f"<li>{mark(icon(part))} {rich(label_of(item, name))}: "
        f"<strong>{rich(text(f'exercises.title.{part.status}'))}.</strong> {rich(_more(item, part, verdict))}</li>"
        for name, part in verdict.parts
    )
    listed = f"<ul style='list-style:none;margin:.3em 0 0;padding:0'>{parts}</ul>" if parts else ""
    style = f"border-left:.3em solid {_COLOUR[_face(verdict)]};padding:.3em .8em;max-width:48em"
    return (
        f"<div role='status' class='gvclab-check gvclab-{verdict.status}' style='{style}'>"
        f"<strong>{mark(icon(verdict))} {rich(headline)}</strong>"
        f"<div>{rich(message_of(item, verdict))}</div>{listed}</div>"
    )


def rich(words: str) -> str:
    """Text as HTML: everything escaped, `code` and *emphasis* kept.

    A backslash stands by itself, or MathJax would set TeX that a message quotes, and with it links that run.
    """
    escaped = html.escape(words).replace("\\", "<span>\\</span>")
    escaped = re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped)
    return re.sub(r"(?<!\w)\*([^*\s][^*]*)\*(?!\w)", r"<em>\1</em>", escaped)


def _more(item: Item, part: Verdict, whole: Verdict) -> str:
    """What a part's message says beyond its title and what is said of the whole."""
    known = part.messages in ((saying("status.right"),), (saying("status.wrong"),), whole.messages)
    return "" if known else message_of(item, part)


def _face(verdict: Verdict) -> str:
    if verdict.status == "right":
        return "good"
    if verdict.status in ("partial", "close") or verdict.score > 0:
        return "half"
    return "bad" if verdict.status in ("wrong", "misconception", "kind", "broken") else "open"
