"""Files of claims, verdicts and works: what is wrong in them is said with the file and the line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gvclab.claims import bibliography, claims, verdicts
from gvclab.language import misfit
from gvclab.sources import Fault

WORKS = """# Works.
abel-2001:
  authors: ["Abel, Ann"]
  year: 2001
  title: One *small* thing
  venue: A Journal 1(2)
  doi: 10.1000/(a)1
  checked: abstract
  finding: It holds.
baker-cole-2002:
  authors: ["Baker, Bo", "Cole, Cy"]
  year: 2002
  title: 'Two "things"'
  venue: B Journal
  url: https://example.org/b
  checked: record
  finding: It does not.
"""
CLAIMS = """C1.1-1:
  claim: It is so.
  type: [E]
  verdict: mixed
  line: Seen once, in {cite}`abel-2001`.
  evidence:
    - As {cite}`abel-2001` says.
    - Not so, says {cite}`baker-cole-2002`.
  change: A second look that shows nothing.
  rests_on: [C1.1-2]
C1.1-2:
  claim: It may be so.
  type: [C]
  position: true
  verdict: position
  line: Nobody knows.
  evidence: Nothing.
  change: Anything.
"""
VERDICTS = "supported:\n  label: supported\n  symbol: x\n  rank: 1\n  meaning: It stands.\n"


@pytest.fixture
def content(tmp_path) -> Path:
    files = {"bibliography.yml": WORKS, "claims/1.1.yml": CLAIMS, "verdicts.yml": VERDICTS}
    for name, text in files.items():
        path = tmp_path / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "content"


def read(content: Path) -> dict[str, claims.Claim]:
    verdicts.read(content)
    return claims.read(content, bibliography.read(content))


def test_a_claim_is_read_with_its_citations_as_links(content):
    first, second = read(content).values()
    link = '[Abel 2001](https://doi.org/10.1000/%28a%291 "One *small* thing. A Journal 1(2)")'
    assert first.line == f"Seen once, in {link}."
    assert (
        first.evidence[1] == r'Not so, says [Baker and Cole 2002](https://example.org/b "Two \"things\". B Journal").'
    )
    assert first.cites == ("abel-2001", "baker-cole-2002")
    assert second.evidence == ("Nothing.",) and second.position and second.section == "1.1"


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "said"),
    [
        ("bibliography.yml", "  venue: B Journal\n", "", 10, "baker-cole-2002 lacks venue"),
        ("bibliography.yml", "  doi: 10.1000/(a)1\n", "", 2, "abel-2001 needs a doi or a url"),
        ("bibliography.yml", "https://example.org/b", "example.org", 10, "needs a doi or a url"),
        ("bibliography.yml", "checked: record", "checked: yes-really", 16, "abstract, record or page"),
        ("bibliography.yml", "year: 2002", "year: soon", 12, "soon"),
        ("bibliography.yml", "abel-2001", "Abel 2001", 2, "Abel 2001"),
        ("bibliography.yml", "  finding: It holds", "  status: seen\n  finding: It holds", 9, "unknown field status"),
        ("claims/1.1.yml", "verdict: mixed", "verdict: maybe", 4, "not a verdict: maybe; there are supported"),
        ("claims/1.1.yml", "type: [E]", "type: [E, X]", 3, "X"),
        ("claims/1.1.yml", "{cite}`baker-cole-2002`", "{cite}`baker-2002`", 8, "baker-2002 is not in content/bibl"),
        ("claims/1.1.yml", "{cite}`abel-2001`.", "{cite}`abel`.", 5, "abel is not in"),
        ("claims/1.1.yml", "  change: A second look that shows nothing.\n", "", 1, "C1.1-1 lacks change"),
        ("claims/1.1.yml", "  claim: It is so.", "  claim: It is so.\n  sure: true", 3, "unknown field sure"),
        ("claims/1.1.yml", "  position: true\n", "", 14, "needs `position: true`"),
        ("claims/1.1.yml", "[C1.1-2]", "[C1.1-3]", 10, "C1.1-3 is not in content/claims/"),
        (
            "claims/1.1.yml",
            "  evidence: Nothing.",
            "  rests_on: [C1.1-1]\n  evidence: Nothing.",
            10,
            "C1.1-2 on C1.1-1",
        ),
        ("verdicts.yml", "  meaning: It stands.\n", "", 1, "supported lacks meaning"),
        ("verdicts.yml", "rank: 1", "order: 1", 4, "unknown field order"),
    ],
)
def test_an_error_names_file_and_line(content, file, old, new, line, said):
    path = content / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Fault) as error:
        read(content)
    assert str(error.value).startswith(f"content/{file}:{line}: ")
    assert said in str(error.value)


def test_a_folder_without_a_bibliography_has_no_works(content):
    (content / "bibliography.yml").unlink()
    assert bibliography.read(content) == {}


def test_works_that_would_be_cited_alike_get_letters(content):
    path = content / "bibliography.yml"
    again = WORKS.split("baker-cole-2002:")[0].replace("abel-2001:", "abel-2001-other:").replace("# Works.\n", "")
    path.write_text(WORKS + again, encoding="utf-8")
    assert [work.label for work in bibliography.read(content).values()] == [
        "Abel 2001a", "Baker and Cole 2002", "Abel 2001b",
    ]  # fmt: skip


def test_three_authors_and_an_institution_are_cited_short():
    assert bibliography.cite("boehm-flaaen-pandalai-nayar-2019").startswith("[Boehm et al. 2019](https://")
    assert bibliography.cite("ustr-301-2018").startswith("[USTR 2018](")
    assert bibliography.cite("world-bank-2020").startswith("[World Bank 2020](")


def test_a_reference_is_a_line_with_all_authors_and_a_link():
    (line,) = bibliography.references(["jain-girotra-netessine-2022"])
    assert line.startswith("Jain, Nitish, Karan Girotra and Serguei Netessine 2022: *")
    assert re.search(r"\[[^\]]+\]\(https://[^\s()]+\)$", line) and "\n" not in line


def test_references_stand_in_the_order_of_the_names_they_are_cited_by():
    """Not of first names, nor of capitals and accents; an institution by what it is called in the text."""
    ordered = ["al-jazeera-2014", "antras-2020", "artuc-bastos-rijkers-2023", "barrett-baumann-pauly-2019"]
    ordered += ["chor-manova-yu-2021", "de-souza-etal-2025", "ustr-301-2018", "world-bank-2020", "wto-2021"]
    begins = [
        "Al Jazeera ",
        "Antràs, ",
        "Artuc, ",
        "Barrett, Paul M.",
        "Chor, Davin",
        "De Souza, ",
        "USTR (Office",
        "World Bank ",
    ]
    lines = bibliography.references([*reversed(ordered), *ordered])
    assert len(lines) == len(ordered)
    for line, begin in zip(lines, [*begins, "WTO (World Trade Organization)"], strict=True):
        assert line.startswith(begin)


def test_an_unknown_work_is_named():
    for call in (bibliography.work, bibliography.cite, lambda key: bibliography.references([key])):
        with pytest.raises(KeyError, match="nobody-1900"):
            call("nobody-1900")
    with pytest.raises(KeyError, match="nobody-1900"):
        bibliography.linked("As {cite}`nobody-1900` says.")
    with pytest.raises(KeyError, match=r"C9\.9-9"):
        claims.claim("C9.9-9")


def test_citations_in_a_text_become_links():
    said = bibliography.linked("As {cite}`stigler-1951` and {cite}`novy-2013` say, `{cite}` is a mark.")
    assert said.count("](http") == 2 and said.endswith("`{cite}` is a mark.")


def test_a_translation_keeps_its_citations():
    english = "As {cite}`stigler-1951` says."
    assert misfit(english, "{cite}`stigler-1951` 说。", "claims/1.1") == set()
    assert misfit(english, "{cite}`novy-2013` 说。", "claims/1.1") == {"{cite}`stigler-1951`", "{cite}`novy-2013`"}
