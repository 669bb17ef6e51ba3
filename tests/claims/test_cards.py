"""Cards of claims: what they say, to whom, in which colours, and how a prediction comes back."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from IPython.display import HTML

from gvclab.claims import all_claims, cards, chip, chips, claim, other_claims, verdict, works
from gvclab.content import speaking, text
from gvclab.exercises import bank, predict, predictions

from ..language.ours import left

CLAIMS = all_claims()


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Predictions are kept in a folder of the test's own."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(predictions, "_made", {})


class Outline(HTMLParser):
    """The words of a page, those that are seen before anything is unfolded, and whether its tags close."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.seen, self.all = [], []
        self.feed(page)
        self.close()
        assert not self.stack

    def handle_starttag(self, tag, attrs):
        if tag not in ("br", "img"):
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        if "style" in self.stack:
            return
        self.all.append(data)
        if "details" not in self.stack or "summary" in self.stack:
            self.seen.append(data)


def shown(page: str) -> tuple[str, str]:
    """The words that are seen at once, and all words."""
    outline = Outline(page)
    return " ".join("".join(outline.seen).split()), " ".join("".join(outline.all).split())


def plainly(markdown: str) -> str:
    """Markdown as a reader sees it."""
    return " ".join(shown(cards._rich(markdown))[1].split())


def test_a_card_shows_claim_chip_and_line_and_folds_the_rest():
    one = claim("C2.3-5")
    seen, everything = shown(verdict("C2.3-5")._repr_html_())
    for words in (one.id, plainly(one.claim), chip(one.verdict).label, plainly(one.line), plainly(one.model)):
        assert words in seen
    for words in (*map(plainly, one.evidence), plainly(one.change), chip(one.verdict).meaning):
        assert words in everything and words not in seen


@pytest.mark.parametrize("claim_id", CLAIMS)
def test_every_claim_has_a_card_and_a_line_whose_links_lead_to_works(claim_id):
    for page in (verdict(claim_id)._repr_html_(), other_claims(claim_id)._repr_html_()):
        shown(page)
        links = {unescape(link) for link in re.findall(r'href="([^"]*)"', page)}
        assert links == {unescape(works()[key].link) for key in CLAIMS[claim_id].cites}
        assert page.count("<a ") == page.count('target="_blank" rel="noopener noreferrer"')


def test_other_claims_show_a_sentence_and_a_chip_each():
    seen, everything = shown(other_claims("C2.3-2", "C2.3-9")._repr_html_())
    for one in (claim("C2.3-2"), claim("C2.3-9")):
        assert plainly(one.claim) in seen and chip(one.verdict).label in seen
        assert plainly(one.line) in everything and plainly(one.line) not in seen
        assert plainly(one.change) in everything


def test_a_position_is_attributed_once():
    attributed = text("claims.card.position")
    assert attributed in shown(cards.card(claim("C1.1-4")))[0]  # contested, and a position
    assert attributed not in shown(cards.card(claim("C2.3-14")))[0]  # its chip says so
    assert attributed not in shown(cards.card(claim("C2.3-5")))[0]


def test_a_verdict_is_never_said_by_colour_alone():
    for each in chips().values():
        page = cards.badge(each.id)
        assert each.symbol in page and each.label in page and f"title='{each.meaning}" in unescape(page)


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("verdict_id", chips())
def test_a_chips_word_stands_out_from_its_ground(verdict_id):
    """The chip brings its ground along, so that the contrast is the same in light and in dark."""
    css = cards.STYLE.read_text(encoding="utf-8")
    ink = re.search(r"\.gvclab-chip \{[^}]*?[ ;]color: (#[0-9a-f]{3,6});", css)[1]
    ink = "#" + "".join(2 * digit for digit in ink[1:]) if len(ink) == 4 else ink
    grounds = re.findall(rf"gvclab-is-{verdict_id}\b[^{{]*\{{ background: (#[0-9a-f]{{6}}); \}}", css)
    assert len(grounds) == 1
    high, low = sorted((luminance(ink), luminance(grounds[0])), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_a_prediction_comes_back_above_the_cards():
    item = bank.item("2.3-p2")
    page = verdict("C2.3-5", "C2.3-1", prediction="2.3-p2")
    before, _ = shown(page.html)
    assert item.title in before
    assert page.html.index("<details") < page.html.index(claim("C2.3-1").line[:20])  # folded: it gives nothing away
    assert not any(plainly(option.text) in before for option in item.options)
    predict("2.3-p2", "A")
    after, _ = shown(page.html)
    assert f"{text('claims.prediction.mine')}{plainly(item.options[0].text)}" in after
    assert text("claims.prediction.model") in after
    assert after.index(text("claims.prediction.mine")) < after.index("C2.3-5")
    assert verdict("C2.3-5", prediction="2.3-p2").html.count(text("claims.prediction.mine")) == 1


def test_what_was_predicted_right_is_told_from_what_was_not():
    said = set()
    for n in range(len(bank.item("2.3-p2").options)):
        predict("2.3-p2", n + 1)
        page = shown(verdict("C2.3-5", prediction="2.3-p2").html)[0]
        said |= {key for key in ("same", "other") if text(f"claims.prediction.{key}") in page}
    assert said == {"same", "other"}


def test_a_front_end_without_widgets_gets_the_same_page():
    data, _ = verdict("C2.3-5", prediction="2.3-p2")._repr_mimebundle_()
    assert shown(data["text/html"]) == shown(verdict("C2.3-5", prediction="2.3-p2").html)
    assert data["text/plain"].startswith("C2.3-5 ") and "<" not in data["text/plain"]


def test_a_page_without_widgets_has_the_prediction_and_the_cards(monkeypatch):
    monkeypatch.setenv("GVCLAB_STATIC", "1")
    asked = verdict("C2.3-5", prediction="2.3-p2")
    assert 'predict("2.3-p2", "A")' in shown(HTML(asked._repr_html_()).data)[0]
    predict("2.3-p2", "A")
    seen = shown(verdict("C2.3-5", prediction="2.3-p2")._repr_html_())[0]
    assert text("claims.prediction.mine") in seen and plainly(claim("C2.3-5").line) in seen


def test_a_card_as_text_is_a_line():
    assert repr(verdict("C2.3-5", "C2.3-6")).count("\n") == 1
    assert repr(other_claims("C2.3-6")).endswith("● supported")


def test_what_is_wrong_in_a_call_is_said():
    with pytest.raises(KeyError, match=r"C9\.9-9 is not in content/claims/"):
        verdict("C9.9-9")
    with pytest.raises(ValueError, match="at least one claim"):
        verdict()
    with pytest.raises(ValueError, match=r"2\.3-b is no prediction"):
        verdict("C2.3-5", prediction="2.3-b")


@pytest.mark.parametrize("section", sorted({one.section for one in CLAIMS.values()}))
def test_no_english_is_left_on_a_card(section):
    """Names of authors, titles and venues are no words of ours; they stand in links alone."""
    claims = [name for name, one in CLAIMS.items() if one.section == section]
    with speaking("qps"):
        predict("2.3-p2", "A")
        pages = [
            verdict(*claims)._repr_html_(),
            other_claims(*claims)._repr_html_(),
            verdict(claims[0], prediction="2.3-p2").html,
        ]
        words = [left(shown(re.sub(r"<a .*?</a>", " ", page))[1]) for page in pages]
        tips = left(" ".join(re.findall(r"gvclab-chip[^>]* title='([^']*)'", "".join(pages))))
    assert words == [set()] * 3 and tips == set()
