"""Claims and studies in a lesson: `studies` and `verdict` in a round, `other_claims` at the end of the page."""

from __future__ import annotations

from collections.abc import Callable

from gvclab.charts.page import static
from gvclab.content import entry, text
from gvclab.exercises import predictions, widgets
from gvclab.exercises.items import Item

from . import cards
from .bibliography import work
from .claims import Claim, claim

__all__ = ["Cards", "Waiting", "other_claims", "studies", "verdict"]

_STYLE = cards.STYLE.read_text(encoding="utf-8")


class Cards:
    """Cards as a notebook or a static page shows them."""

    def __init__(self, words: str, body: str, style: str = _STYLE) -> None:
        self._words, self._body, self._style = words, body, style

    def __repr__(self) -> str:
        return self._words

    def _repr_html_(self) -> str:
        return f"<style>{self._style}</style>{self._body}"


class Waiting(widgets.Card):
    """Cards below a prediction, made anew when it is made later."""

    _css = f"{widgets.STYLE.read_text(encoding='utf-8')}\n{_STYLE}"

    def __init__(self, item: Item, shown: list[Claim], made: Callable[[], str]) -> None:
        self._shown = shown
        super().__init__(item, made)

    @property
    def _words(self) -> str:
        return _words(self._shown)

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, "text/html": f"<style>{self._css}</style>{self.html}"}, metadata


def verdict(*claim_ids: str, prediction: str | None = None) -> Cards | Waiting:
    """What was found on one claim or several, a card each: `verdict("C2.3-5", "C2.3-1", prediction="2.3-p2")`.

    With a prediction, the id of one item for all the claims, what the reader predicted stands above the cards beside
    the answer; until something is predicted the cards are folded, so that they give nothing away. KeyError for an
    unknown id, ValueError for an item that is no prediction and for no claim at all.
    """
    shown = _claims(claim_ids)
    below = "".join(map(cards.card, shown))
    if prediction is None:
        return Cards(_words(shown), cards.page(below))
    item = predictions.question(prediction)

    def made(none: str) -> str:
        compared = widgets.compared(item, entry("claims.prediction"), none)
        waits = not static() and predictions.kept(item) is None and not predictions.seen(item)
        shown_below = cards.folded(text("claims.prediction.show"), below) if waits else below
        return cards.page(f"<div class='gvclab-exercise gvclab-recall'>{compared}</div>{shown_below}")

    if static():
        return Cards(_words(shown), made(text("claims.prediction.none_static", id=item.id)), Waiting._css)
    return Waiting(item, shown, lambda: made(text(f"claims.prediction.{widgets.none(item)}", title=item.title)))


def other_claims(*claim_ids: str) -> Cards:
    """The claims that a lesson does not discuss: a line each, with all that a card says folded behind it.

    KeyError for an unknown id, ValueError for no claim at all.
    """
    shown = _claims(claim_ids)
    return Cards(_words(shown), cards.page("".join(map(cards.line, shown))))


def studies(*keys: str) -> Cards:
    """What studies find, a card each, where no figure of the course can show it: `studies("miroudot-2020", "…")`.

    KeyError for a work that is not in the bibliography, ValueError for none at all.
    """
    if not keys:
        raise ValueError(text("claims.error.no_work"))
    shown = [work(key) for key in keys]
    words = "\n".join(f"{each.label}: {each.finding}" for each in shown)
    return Cards(words, cards.page("".join(map(cards.study, shown))))


def _claims(claim_ids: tuple[str, ...]) -> list[Claim]:
    if not claim_ids:
        raise ValueError(text("claims.error.none"))
    return [claim(claim_id) for claim_id in claim_ids]


def _words(shown: list[Claim]) -> str:
    """Claims where only text is shown."""
    return "\n".join(cards.plain(each) for each in shown)
