"""A message in the reader's language: joined, filled and formatted by it; never an error in front of a reader."""

from __future__ import annotations

import logging
import subprocess
import sys
from datetime import date

import numpy as np
import pytest

from gvclab import content
from gvclab.content import Listed, Message, entry, formatted, render, sentences, speaking, text

PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'


@pytest.fixture
def catalogue(tmp_path, monkeypatch):
    """`catalogue(file, text of entries)` writes one of Chinese."""
    real = content.resource
    monkeypatch.setattr(content, "resource", lambda name: tmp_path if name == "locale" else real(name))

    def write(file: str, entries: str) -> None:
        path = tmp_path / "zh" / f"{file}.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{PO}\n{entries}", encoding="utf-8")

    return write


@pytest.fixture
def log(messages_are_there, caplog):
    """What is logged, in place of a failure."""
    logger = logging.getLogger("gvclab")
    logger.removeHandler(messages_are_there)
    yield caplog
    logger.addHandler(messages_are_there)


def translated(key: str, words: str, flags: str = "") -> str:
    return f'{flags}msgctxt "{key}"\nmsgid "{content.find(key)[1]}"\nmsgstr "{words}"\n'


STOPPED = "cli.stopped"
HEADLINE = "exercises.headline"  # {title}: {score} of {points} points


def test_a_translation_is_said(catalogue):
    catalogue("messages/cli", translated(STOPPED, "停止"))
    with speaking("zh"):
        assert text(STOPPED) == "停止"
        assert entry("cli")["stopped"] == "停止"
        assert text("cli.command") == "command"  # has none yet
    assert text(STOPPED) == "gvclab: stopped"


def test_placeholders_may_stand_in_another_order(catalogue):
    catalogue("messages/exercises", translated(HEADLINE, "{points} 分中 {score} 分：{title}"))
    with speaking("zh"):
        assert text(HEADLINE, title="对", score=1, points=2) == "2 分中 1 分：对"


@pytest.mark.parametrize("words", ["{points} 分", "{title}{score}{points}{more}", "{title", "{0}"])
def test_a_translation_that_does_not_fit_is_not_said(catalogue, words):
    catalogue("messages/exercises", translated(HEADLINE, words))
    with speaking("zh"):
        assert text(HEADLINE, title="Right", score=1, points=2) == "Right: 1 of 2 points"


def test_a_translation_that_cannot_be_filled_gives_way_to_english(catalogue, log):
    catalogue("messages/exercises", translated(HEADLINE, "{title:.3f} {score} {points}"))
    with speaking("zh"):
        assert text(HEADLINE, title="Right", score=1, points=2) == "Right: 1 of 2 points"
    assert "exercises.headline" in log.text


def test_what_is_fuzzy_is_english(catalogue):
    catalogue("messages/cli", translated(STOPPED, "停止", "#, fuzzy\n"))
    with speaking("zh"):
        assert text(STOPPED) == "gvclab: stopped"


def test_a_catalogue_that_is_none_is_english(catalogue, log):
    catalogue("messages/cli", "msgid no quotes")
    with speaking("zh"):
        assert text(STOPPED) == "gvclab: stopped"
    assert "cli.po" in log.text


def test_a_dialect_has_the_words_of_its_language(catalogue):
    catalogue("messages/cli", translated(STOPPED, "停止"))
    with speaking("zh_TW"):
        assert text(STOPPED) == "停止"


def test_a_missing_message_shows_its_key_and_values(log):
    assert text("no.such.message", n=3) == "no.such.message n=3"
    assert text(STOPPED + ".more") == "cli.stopped.more"
    assert entry("panels.nowhere") == "panels.nowhere"
    assert text(HEADLINE, title="Right") == "exercises.headline title=Right"
    assert log.text.count("no message") == 3


def test_a_missing_message_fails_a_test():
    with pytest.raises(LookupError, match=r"no\.such\.message"):
        text("no.such.message")


def test_the_language_is_the_environments_unless_the_notebook_speaks(monkeypatch):
    monkeypatch.delenv("GVCLAB_LANGUAGE", raising=False)
    assert content.language() == "en"
    monkeypatch.setenv("GVCLAB_LANGUAGE", "pt-BR")
    assert content.language() == "pt_BR"
    content.speak("zh")
    assert content.language() == "zh"
    child = [sys.executable, "-c", "from gvclab.content import language; print(language())"]
    assert subprocess.run(child, capture_output=True, text=True, check=True).stdout == "zh\n"


@pytest.mark.parametrize("name", ["", "en", "en_GB", "../etc", "C.UTF-8", "zh/../..", "Klingon!"])
def test_what_is_no_other_language_is_english(monkeypatch, name):
    monkeypatch.setenv("GVCLAB_LANGUAGE", name)
    assert content.language() == "en"
    assert text(STOPPED) == "gvclab: stopped"


def test_english_does_not_import_babel():
    program = (
        "import sys; from gvclab.content import *; import datetime\n"
        "render(Message('exercises.headline', {'title': Listed(['a', 'b']), 'score': 1, 'points': 2}))\n"
        "formatted(datetime.date(2021, 12, 1), '%B %Y'), word('year')\n"
        "print([name for name in sys.modules if name.startswith(('babel', 'gvclab.language'))])"
    )
    program = program.replace("import *", "import Listed, Message, formatted, render, word")
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


ABC = ["a", "b", "c"]


@pytest.mark.parametrize(
    ("tag", "kind", "said"),
    [
        ("en", "and", "a, b and c"),
        ("en", "or", "a, b or c"),
        ("en", "comma", "a, b, c"),
        ("en", "clauses", "a; b; c"),
        ("en", "sentences", "a b c"),
        ("de", "and", "a, b und c"),
        ("zh", "and", "a、b和c"),
        ("zh", "or", "a、b或c"),
        ("zh", "comma", "a、b、c"),
    ],
)
def test_lists_are_joined_by_the_language(tag, kind, said):
    with speaking(tag):
        assert render(Listed(ABC, kind)) == said


def test_short_lists():
    assert [render(Listed(ABC[:n])) for n in range(3)] == ["", "a", "a and b"]
    with speaking("zh"):
        assert [render(Listed(ABC[:n])) for n in range(3)] == ["", "a", "a和b"]


def test_a_list_among_the_values_is_joined(catalogue):
    parts = [Message("exercises.title.right"), "x"]
    said = Message(HEADLINE, {"title": parts, "score": 1, "points": 2})
    assert render(said) == "Right and x: 1 of 2 points"
    assert render(Message(HEADLINE, {"title": (1, 2), "score": 1, "points": 2})) == "(1, 2): 1 of 2 points"
    catalogue("messages/exercises", translated("exercises.title.right", "对"))
    with speaking("zh"):
        assert render(said) == "对和x: 1 of 2 points"


def test_sentences_have_a_space_between_them_unless_the_stop_has_one():
    assert sentences(["One.", "Two…", "Three."]) == "One. Two… Three."
    assert sentences(["一。", "二。", "Three.", "四。"]) == "一。二。Three. 四。"


@pytest.mark.parametrize(
    ("value", "spec", "english", "german"),
    [
        (0.9512, ".3f", "0.951", "0,951"),
        (1234567.891, ",.1f", "1,234,567.9", "1.234.567,9"),
        (np.float64(0.125), ".1%", "12.5%", "12,5\N{NO-BREAK SPACE}%"),
        (-0.5, "+.2f", "-0.50", "-0,50"),
        (1e-7, ".1e", "1.0e-07", "1,0e-07"),
        (2011, "", "2011", "2011"),
        (0.5, "", "0.5", "0,5"),
        (True, "", "True", "True"),
        ("2.3-1", "", "2.3-1", "2.3-1"),
        (date(2021, 12, 3), "%B %Y", "December 2021", "Dezember 2021"),
        (date(2021, 12, 3), "%d %B %Y", "03 December 2021", "3. Dezember 2021"),
    ],
)
def test_numbers_and_dates_are_written_by_the_language(value, spec, english, german):
    assert formatted(value, spec) == english
    with speaking("de"):
        assert formatted(value, spec) == german


def test_the_order_of_a_date_is_the_languages():
    with speaking("zh"):
        assert formatted(date(2021, 12, 3), "%B %Y") == "2021年12月"


def test_numbers_in_a_message_are_written_by_the_language():
    share = Message("panels.sourcing.stock", {"weeks": 4.25})
    assert render(share) == "4.2 weeks of stock"
    with speaking("de"):
        assert render(share) == "4,2 weeks of stock"


def test_a_language_without_rules_has_those_of_english():
    with speaking("xx"):
        assert formatted(0.5, ".2f") == "0.50"
        assert render(Listed(ABC)) == "a, b and c"
