"""A claim as a page shows it: the sentence, the verdict's chip and its line; evidence and what would change it, folded.

HTML without a front end's help: the same in a notebook, on a static page, and in print.
"""

from __future__ import annotations

import html
from pathlib import Path

from gvclab.content import text
from gvclab.exercises.cards import rich
from gvclab.exercises.markdown import inline

from .bibliography import Work
from .claims import Claim
from .verdicts import chip

STYLE = Path(__file__).with_name("claims.css")
_LINK, _NEW_PAGE = '<a href="http', '<a target="_blank" rel="noopener noreferrer" href="http'


def badge(verdict_id: str) -> str:
    """A verdict's chip: its symbol and its word, and the rule for giving it as a tooltip."""
    shown = chip(verdict_id)
    symbol = f"<span aria-hidden='true'>{html.escape(shown.symbol)}</span>"
    tip = html.escape(shown.meaning)
    return f"<span class='gvclab-chip gvclab-is-{shown.id}' title='{tip}'>{symbol} {rich(shown.label)}</span>"


def card(claim: Claim) -> str:
    """A claim that the page has discussed."""
    more = f"<details><summary>{rich(text('claims.card.more'))}</summary>{_details(claim)}</details>"
    found = f"<p>{badge(claim.verdict)} {_rich(claim.line)}</p>"
    said = f"<p>{_sentence(claim)}</p>{found}{_model(claim)}{more}"
    return f"<article class='gvclab-claim' id='verdict-{claim.id}'>{said}</article>"


def line(claim: Claim) -> str:
    """A claim that the page does not discuss: one line, and behind it all that a card says."""
    summary = f"<summary>{_sentence(claim)} {badge(claim.verdict)}</summary>"
    return (
        f"<details class='gvclab-claim' id='{claim.id}'>{summary}<p>{_rich(claim.line)}</p>{_model(claim)}"
        f"{_details(claim)}</details>"
    )


def study(work: Work) -> str:
    """What a work finds, in a line: it stands where no figure of the course bears on a claim."""
    link = f"<a target='_blank' rel='noopener noreferrer' href='{html.escape(work.link)}'>{rich(work.label)}</a>"
    return f"<article class='gvclab-claim gvclab-study'><p><strong>{link}</strong> {_rich(work.finding)}</p></article>"


def folded(summary: str, body: str) -> str:
    """Cards that show only when they are asked for."""
    return f"<details><summary>{rich(summary)}</summary>{body}</details>"


def page(body: str) -> str:
    """Cards in their frame."""
    return f"<section class='gvclab-claims'>{body}</section>"


def _sentence(claim: Claim) -> str:
    said = claim.position and claim.verdict != "position"  # the chip says it too
    position = f" <em>{rich(text('claims.card.position'))}</em>" if said else ""
    return f"<strong class='gvclab-id'>{claim.id}</strong> {_rich(claim.claim)}{position}"


def _model(claim: Claim) -> str:
    """What the model of the lesson says, where it says anything."""
    return f"<p class='gvclab-model'>{_rich(claim.model)}</p>" if claim.model else ""


def _details(claim: Claim) -> str:
    """What bears on a claim, what would change the verdict, and the rule of its chip."""
    shown = chip(claim.verdict)
    evidence = "".join(f"<li>{_rich(each)}</li>" for each in claim.evidence)
    rule = text("claims.card.rule", label=shown.label, meaning=shown.meaning)
    return (
        f"<h4>{rich(text('claims.card.evidence'))}</h4><ul>{evidence}</ul>"
        f"<h4>{rich(text('claims.card.change'))}</h4><p>{_rich(claim.change)}</p>"
        f"<p class='gvclab-rule'>{rich(rule)}</p>"
    )


def _rich(words: str) -> str:
    """Markdown as HTML; links to works open on a page of their own, so that the notebook stays."""
    return inline(words).replace(_LINK, _NEW_PAGE)


def plain(claim: Claim) -> str:
    """A claim with its verdict as text, for where no HTML is shown."""
    shown = chip(claim.verdict)
    return text("claims.card.plain", id=claim.id, claim=claim.claim, symbol=shown.symbol, label=shown.label)
