"""The course's claims, verdicts and bibliography: each stands by the rules that it states."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gvclab.claims import all_claims, chip, chips, cite, cited, claim, works
from gvclab.claims.claims import NEEDED

ROOT = Path(__file__).parents[2]
CONTENT = ROOT / "content"
CLAIMS = all_claims()
every_claim = pytest.mark.parametrize("claim_id", CLAIMS)
MARKS_OF_TRUST = re.compile(r"\((?:both |all )?(?:read|not verified)\b|, not verified\)|\(read: ")


def texts() -> dict[str, str]:
    """Whatever may cite a work: claims, lessons, items, what a command or a panel says, pages for instructors."""
    folders = ("claims", "lessons", "exercises", "messages", "glossary", "diagrams")
    paths = [path for folder in folders for path in (CONTENT / folder).rglob("*.*")] + [*ROOT.glob("instructor/*.md")]
    found = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in sorted(paths)}
    found["content/claims/2.3.yml"] = found["content/claims/2.3.yml"].replace("cited as {cite}`key`", "")  # its head
    return found


def test_there_are_the_eight_verdicts_of_the_course():
    assert list(chips()) == [
        "supported", "mixed", "contested", "open-forecast", "not-tested", "definition", "value", "position",
    ]  # fmt: skip
    ranks = {name: chip.rank for name, chip in chips().items() if chip.rank is not None}
    assert sorted(ranks, key=ranks.get) == ["supported", "mixed", "contested", "not-tested"]
    assert len({chip.symbol for chip in chips().values()}) == len(chips())


def test_every_section_so_far_has_its_claims():
    sections = [path.stem for path in sorted((CONTENT / "claims").glob("*.yml"))]
    assert {section: len(all_claims(section)) for section in sections} == {
        "1.1": 7, "1.2": 12, "1.3": 6, "2.1": 8, "2.2": 8, "2.3": 14,
    }  # fmt: skip


@every_claim
def test_a_claim_could_be_wrong(claim_id):
    """What would change its verdict is said, and is not the claim over again with a "not"."""
    one = claim(claim_id)
    said, change = set(words(one.claim)), words(one.change)
    assert len(change) >= 8
    assert len(said & set(change)) / len(said | set(change)) < 0.5, one.change


def words(sentence: str) -> list[str]:
    return re.findall(r"\w+", sentence.lower())


@every_claim
def test_supported_stands_on_data_or_on_two_works(claim_id):
    one = claim(claim_id)
    assert one.verdict != "supported" or one.data or len(one.cites) >= 2


@every_claim
def test_contested_and_mixed_stand_on_more_than_one_thing(claim_id):
    one = claim(claim_id)
    assert one.verdict not in ("contested", "mixed") or len(one.evidence) >= 2


@every_claim
def test_a_position_has_another_view_beside_it(claim_id):
    one = claim(claim_id)
    assert one.verdict != "position" or (one.position and len(one.evidence) >= 1)


@every_claim
def test_the_line_is_one_sentence_that_fits_beside_a_chip(claim_id):
    line = claim(claim_id).line
    assert len(line) <= 125 and line.endswith(".") and not re.search(r"[.!?] [A-Z]", line)


def test_every_citation_leads_to_a_work():
    lost = {(file, key) for file, text in texts().items() for key in cited(text) if key not in works()}
    assert not lost


def test_every_work_is_cited_or_waits_for_a_lesson():
    used = {key for text in texts().values() for key in cited(text)}
    assert [key for key, work in works().items() if key not in used and not work.lesson] == []
    assert [key for key, work in works().items() if key in used and work.lesson] == [], "cited by now: `for` may go"


def test_works_are_in_the_order_of_their_keys():
    assert list(works()) == sorted(works())


def test_no_page_speaks_of_what_was_read():
    spoken = {file: found for file, text in texts().items() if (found := MARKS_OF_TRUST.findall(text))}
    assert not spoken


@pytest.mark.parametrize("key", works())
def test_a_work_is_cited_by_a_link_with_its_title(key):
    link = cite(key)
    assert re.fullmatch(r'\[[^\]]+ \d{4}[a-z]?\]\(https?://[^\s()]+ "(?:[^"\\]|\\.)+"\)', link), link


@every_claim
def test_a_claim_has_all_its_parts_in_plain_text(claim_id):
    one = claim(claim_id)
    parts = [one.claim, one.line, one.model, one.change, *one.evidence]
    assert all(getattr(one, part) for part in NEEDED)
    assert not [part for part in parts if "{cite}" in part or "  " in part]


def test_what_the_readme_quotes_stands_in_the_course():
    """A verdict is shown there as a reader meets it. (A hint is not: the readme is in each student's bundle.)"""
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").replace("   > ", "").replace("> ", "").split())
    shown = claim("C2.3-8")
    assert f"**{chip(shown.verdict).symbol} {chip(shown.verdict).label}** {shown.line}" in readme
