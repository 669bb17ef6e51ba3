"""The page stands alone, names nobody unless asked, runs nothing, and says what the results say."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser

import pytest

from gvclab import content
from gvclab.content import Message
from gvclab.exercises.checkers_code import FAILS
from gvclab.exercises.ladder import saying, together, verdict
from gvclab.grading import report, results
from gvclab.grading.record import FILE, identity, named_file, quoted

VOID = {"meta", "br", "link", "img"}
EVIL = '<script>alert(1)</script><img src=x onerror=alert(1)>"><b>'


class Page(HTMLParser):
    """What a test asks of a page: tags, attributes, text, and that every tag is closed."""

    def __init__(self, source: str):
        super().__init__()
        self.source, self.open, self.tags, self.words, self.tables = source, [], [], [], 0
        self.feed(source)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, name: str) -> list[dict]:
        return [attributes for tag, attributes in self.tags if tag == name]


def load(classroom, course):
    return results.load(classroom.root, course.assignment)


def page(classroom, course, names=False) -> Page:
    return Page(report.page(load(classroom, course), names))


@pytest.fixture
def full(classroom, course):
    """Four who handed in, one of them unreadable and one late, and one who did not."""
    half = together([(course.part, verdict("misconception", course.hint)), (course.other, verdict("right"))])
    classroom.submit("ada77", essay=8, first_name="Adalbert", last_name="Quux", email="quux@uni.example")
    classroom.submit("bob77", {course.number: half}, penalty=1.5, last_name="Bobsen")
    wrong = dict.fromkeys(course.judged, verdict("wrong")) | {course.number: half}
    wrong[course.choice] = verdict("misconception", course.option)
    files = Message("grade.note.unused", {"files": named_file("Cyd O'Hara (2).ipynb, notes.ipynb")})
    notes = (Message("grade.note.renamed", {"file": named_file("Cyd O'Hara final.ipynb")}), files)
    classroom.submit("cyd77", wrong, notes=notes, last_name="Cydsen")
    lost = dict.fromkeys(course.judged, verdict("unanswered"))
    damaged = Message("grade.note.file", {"file": named_file("dee77.ipynb"), "words": Message("grade.refused.json")})
    classroom.submit("dee77", lost, essay=0, reason=damaged)
    classroom.enrol("eve77", first_name="Evelyn")
    return classroom


def test_it_stands_alone_and_runs_nothing(full, course):
    shown = page(full, course, names=True)
    assert "://" not in shown.source
    assert not [tag for tag, _ in shown.tags if tag in ("script", "link", "img", "iframe", "object", "form")]
    assert not [
        name
        for _, attributes in shown.tags
        for name in attributes
        if name in ("src", "srcset") or name.startswith("on")
    ]
    assert not re.search(r"url\(|@import", shown.source)
    policy = next(meta for meta in shown.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert policy["content"].startswith("default-src 'none'")
    assert len(shown.source) < 500_000


def test_nobody_is_named_unless_asked(full, course):
    secret = re.compile(r"\w77|Adalbert|Quux|Bobsen|Cydsen|O.Hara|Evelyn|uni.example")
    assert not secret.search(page(full, course).source)
    named = page(full, course, names=True).text
    for name in ("Bobsen (bob77)", "Cydsen (cyd77)", "dee77", "Evelyn (eve77)", "Cyd O'Hara final.ipynb"):
        assert name in named


def test_a_reader_without_eyes_or_mouse(full, course):
    shown = page(full, course)
    assert shown.all("html")[0]["lang"] == "en"
    levels = [int(tag[1]) for tag, _ in shown.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and set(levels[1:]) == {2}
    assert all(head.get("scope") in ("col", "row") for head in shown.all("th"))
    assert len(shown.all("caption")) == len(shown.all("table")) >= 6
    pictures = [attributes for _, attributes in shown.tags if attributes.get("role") == "img"]
    assert len(pictures) == 3 and all(len(picture["aria-label"]) > 20 for picture in pictures)
    ids = [attributes["id"] for _, attributes in shown.tags if "id" in attributes]
    assert {link["href"] for link in shown.all("a")} == {f"#{one}" for one in ids}
    assert "@media print" in shown.source and "prefers-color-scheme: dark" in shown.source


def test_what_students_call_themselves_is_text(classroom, course):
    nothing = dict.fromkeys(course.judged, verdict("unanswered", quoted(EVIL)))
    nothing[course.choice] = verdict("misconception", course.option, saying("graph.stranger", got=EVIL))
    notes = (Message("grade.note.renamed", {"file": named_file(EVIL)}), quoted(EVIL))
    classroom.submit("ada", nothing, essay=0, notes=notes, first_name=EVIL, last_name=EVIL, email=EVIL)
    shown = page(classroom, course, names=True)
    assert "script" not in {tag for tag, _ in shown.tags} and "img" not in {tag for tag, _ in shown.tags}
    assert html.escape(EVIL, quote=False)[:20] in shown.source


def test_numbers(full, course):
    shown = report.content(load(full, course))
    assert (shown["n"], shown["submitted"], shown["enrolled"]) == (3, 4, 5)
    assert (shown["refused"], shown["noted"], shown["answers_waiting"]) == (1, 1, 2)
    assert shown["late"] == {"n": 1, "points": 1.5}
    assert sum(one["n"] for one in shown["scores"]["bins"]) == 3
    item = next(row for row in shown["items"] if row["item"] == course.number)
    assert item["difficulty"] == pytest.approx(2 / 3)
    assert item["n"] == 3
    found = results.Hint(course.part, identity(course.hint))
    assert shown["hints"][0] == {
        "item": course.number,
        "hint": results.hint_words(course.number, found),
        "n": 2,
        "share": pytest.approx(2 / 3),
    }
    assert [row["student"] for row in shown["help"]["rows"]] == ["dee77", "Cydsen (cyd77)"]


def test_what_is_taught_again_costs_most_first(classroom, course):
    dear = max((i for i in course.items.values() if i.id != course.essay), key=lambda item: item.points)
    cheap = min(course.items.values(), key=lambda item: item.points)
    for student in "abc":
        missed = {dear.id: verdict("partial", score=0.55), cheap.id: verdict("unanswered")}
        classroom.submit(student, missed, essay=8)
    again = report.content(load(classroom, course))["again"]
    assert [(row["item"], row["unanswered"]) for row in again] == [(dear.id, 0), (cheap.id, 3)]
    assert again[0]["lost"] == pytest.approx(0.45 * dear.points)


def test_an_essay_is_taught_again_only_when_all_are_read(classroom, course):
    classroom.submit("ada", essay=0)
    classroom.submit("bob")
    shown = report.content(load(classroom, course))
    assert shown["again"] == []
    assert course.essay not in shown["items_sentence"]
    classroom.submit("bob", essay=1)
    assert [row["item"] for row in report.content(load(classroom, course))["again"]] == [course.essay]


def test_an_unread_essay_makes_nobody_weak(classroom, course):
    classroom.submit("ada")
    shown = report.content(load(classroom, course))
    assert shown["scores"]["summary"].median == 1
    assert shown["help"]["rows"] == []


def test_a_class_of_one(classroom, course):
    classroom.submit("ada", {course.number: verdict("wrong")}, essay=4)
    shown = page(classroom, course)
    assert "One submission" in shown.text
    assert "nan" not in re.findall(r"[a-z]+", shown.source)
    for row in report.content(load(classroom, course))["items"]:
        assert (report.coefficient(row["rest"]), report.coefficient(row["groups"])) == ("–", "–")


def test_a_class_without_a_fault(classroom, course):
    classroom.submit("ada", essay=course.items[course.essay].points)
    assert "In every item 100" in page(classroom, course).text


def test_a_class_that_handed_in_nothing(classroom, course):
    classroom.enrol("ada")
    shown = page(classroom, course)
    assert "0 of 1" in shown.text and "nothing to show yet" in shown.text
    assert not shown.all("table")


def test_nothing_that_could_be_read(classroom, course):
    damaged = Message("grade.refused.json")
    classroom.submit("ada", dict.fromkeys(course.judged, verdict("unanswered", damaged)), essay=0, reason=damaged)
    shown = page(classroom, course)
    assert "nothing to show yet" in shown.text
    assert content.render(damaged) in shown.text


def test_graded_by_nbgrader_alone(classroom, course):
    classroom.submit("ada", {course.number: verdict("wrong")}, sidecar=False)
    assert "nbgrader autograde keeps no verdicts: 1" in page(classroom, course).text


def test_the_same_results_give_the_same_page(full, course):
    assert page(full, course).source == page(full, course).source


def test_another_language_changes_words_alone(full, course):
    """The same counts, ids and order, whatever their alphabet."""
    first, second = course.properties[:2]
    fails = together([(first, verdict("wrong", FAILS)), (second, verdict("wrong", FAILS))])
    met = {course.code: fails, course.choice: verdict("misconception", course.option)}
    for student in ("fay77", "gus77"):
        full.submit(student, met, essay=1, notes=(Message("grade.note.timestamp"),))
    english = report.content(load(full, course), names=True)
    with content.speaking("qps"):
        found = load(full, course)
        pseudo = report.content(found, names=True)
        shown = Page(report.page(found))
    assert shown.all("html")[0]["lang"] == "qps"
    assert bare(pseudo) == bare(english)
    assert len(english["hints"]) == 4 and len(english["notes"]) == 4
    for there, here in zip(pseudo["hints"], english["hints"], strict=True):
        assert there["hint"] != here["hint"]
    for there, here in zip(pseudo["notes"], english["notes"], strict=True):
        assert there["note"] != here["note"]


WORDS = {"title", "hint", "note", "sentence", "items_sentence"}


def bare(shown):
    """What a page shows, without the sentences; numbers as they are printed, since nan is unequal to itself."""
    if isinstance(shown, dict):
        return {name: bare(value) for name, value in shown.items() if name not in WORDS}
    return list(map(bare, shown)) if isinstance(shown, list) else repr(shown)


def test_hints_of_an_earlier_version_are_told_to_be_missing(full, course):
    before = report.content(load(full, course))
    assert before["outdated"] == 0
    record = json.loads((full.root / "autograded/bob77" / course.assignment / FILE).read_text(encoding="utf-8"))
    for sheet in record["notebooks"].values():
        for item in sheet["items"].values():
            item["message"] = "Only approximate."
            item["parts"] = [{"label": "One", "status": "misconception", "message": "Only approximate."}]
    full.record("bob77", json.dumps(record | {"format": 1}))
    after = report.content(load(full, course))
    assert after["outdated"] == 1
    assert [row["n"] for row in after["hints"]] == [1, 1]
    assert page(full, course).text.count("graded by an earlier version") == 1


def test_the_command(full, course, command, capsys):
    assert command("report", course.assignment, "--course-dir", full.root) == 0
    path = full.root / "reports" / f"{course.assignment}.html"
    assert capsys.readouterr().out.strip() == str(path)
    assert "Bobsen" not in path.read_text(encoding="utf-8")
    out = full.root / "deep" / "named.html"
    command("report", course.assignment, "--names", "--course-dir", full.root, "--out", out)
    assert "Bobsen" in out.read_text(encoding="utf-8")


def test_a_gradebook_elsewhere(full, course, command, tmp_path):
    elsewhere = full.gradebook.rename(tmp_path / "grades 2031.db")
    names = ["--course-dir", full.root, "--gradebook", elsewhere]
    assert command("report", course.assignment, *names) == 0


@pytest.mark.parametrize(("value", "words"), [(0.6, "0.60"), (-0.25, "−0.25"), (-0.001, "0.00"), (float("nan"), "–")])
def test_coefficients_as_printed(value, words):
    assert report.coefficient(value) == words


@pytest.mark.parametrize(("value", "words"), [(2.0, "2"), (0.1 + 0.2, "0.3"), (-1.5, "−1.5"), (-1e-9, "0")])
def test_numbers_as_printed(value, words):
    assert report.number(value) == words
