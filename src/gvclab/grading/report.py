"""`gvclab report`: a class's results as one page of HTML that needs no network and runs no script.

    page(results, names=False) -> HTML

Without `names` nothing on the page tells who anybody is: students are only counted. All that comes from outside
(names, notes, items) is escaped by the template.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gvclab.content import Message, language, render
from gvclab.content import text as say
from gvclab.exercises.cards import rich

from . import statistics
from .results import Results

TEACH_AGAIN = 0.6  # share of points below which an item is taught again
NEEDS_HELP = 0.5  # share of points below which a student needs help
ENOUGH = 30  # submissions from which on a correlation is worth reading
BINS = 10
HINTS = 10  # shown at once; the others unfold
# In the order of the bars: from what was earned to what was not tried or not judged.
STATUSES = (
    *("right", "partial", "close", "misconception", "wrong", "kind", "none", "unanswered"),
    *("manual", "broken"),
)


def page(results: Results, names: bool = False) -> str:
    """The whole page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    room = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    room.globals.update(
        say=say,
        percent=percent,
        number=number,
        coefficient=coefficient,
        rich=lambda words: Markup(rich(words)),
    )
    return room.get_template("report.html.j2").render(lang=language(), **content(results, names))


def content(results: Results, names: bool = False) -> dict[str, Any]:
    """What the page shows: the template's variables, plain numbers and words."""
    matrix = results.matrix()
    items, hints = item_table(results, matrix), hint_table(results)
    students, marks = results.students, results.marks
    late = students[students["penalty"] > 0]
    return {
        "assignment": results.assignment,
        "points": results.points,
        "names": names,
        "n": len(matrix),
        "enrolled": len(students),
        "submitted": int(students["submitted"].sum()),
        "refused": int(students["refused"].sum()),
        "noted": results.notes.loc[~results.notes["refused"], "student"].nunique(),
        "late": {"n": len(late), "points": float((late["raw"] - late["score"]).sum())},
        "points_only": int((students["submitted"] & ~students["explained"]).sum()),
        "scores": _scores(shares(results)[results.readable].dropna().to_numpy()),
        "items": items.reset_index().to_dict("records"),
        "items_sentence": _items_sentence(items),
        "again": _again(items, hints, results.read),
        "statuses": _statuses(results),
        "hints": hints.to_dict("records"),
        "hints_shown": HINTS,
        "help": _help(results, matrix),
        "notes": _notes(results, names),
        "waiting": _waiting(results),
        "answers_waiting": int((marks["status"] == "manual").sum()),
        "below": TEACH_AGAIN,
        "needs_help": NEEDS_HELP,
        "group": statistics.GROUP,
        "enough": ENOUGH,
    }


# --------------------------------------------------------------------------------------------------- numbers


def percent(share: float) -> str:
    """A share in words: 0.62 is `62 %`, nan a dash."""
    if np.isnan(share):
        return say("report.page.number")
    return f"{share:.0%}".replace("%", "\N{NARROW NO-BREAK SPACE}%")


def number(value: float, places: int = 2) -> str:
    """A number with at most so many decimals and a true minus sign, nan a dash."""
    if np.isnan(value):
        return say("report.page.number")
    rounded = round(value, places) or 0.0  # no minus before a zero
    return np.format_float_positional(rounded, trim="-").replace("-", "−")


def coefficient(value: float) -> str:
    """A number from −1 to 1 with two decimals, nan a dash."""
    return number(value) if np.isnan(value) else f"{value:.2f}".replace("-", "−").replace("−0.00", "0.00")


def shares(results: Results) -> pd.Series:
    """Each student's share of the points graded so far; nan where none are."""
    possible = results.students["possible"]
    return results.students["score"] / possible.where(possible > 0)


def item_table(results: Results, matrix: pd.DataFrame) -> pd.DataFrame:
    """Per item: title, points, n (graded answers), difficulty, rest (item–rest), groups (upper–lower).

    The last three are nan while a person has still to read an answer: answers that nobody gave are graded first, as 0,
    and a mean of those would tell nothing.
    """
    points = results.items["points"].to_numpy()
    whole = matrix.loc[matrix.index.isin(results.complete)].to_numpy()
    waiting = results.read.loc[results.read["status"] == "manual", "item"]
    items = results.items.assign(
        n=matrix.notna().sum().to_numpy(),
        difficulty=statistics.difficulty(matrix.to_numpy(), points),
        rest=statistics.item_rest(whole),
        groups=statistics.upper_lower(whole, points),
    )
    items.loc[items.index.isin(waiting), ["difficulty", "rest", "groups"]] = np.nan
    return items


def hint_table(results: Results) -> pd.DataFrame:
    """How often each hint was met, the commonest first: item, id, hint (its words), n (submissions), share (of the answers
    that could be read).
    """
    met = [(mark.item, hint.id, hint) for mark in results.read.itertuples() for hint in mark.hints]
    known = {(item, name): hint.words(item) for item, name, hint in met}
    counts = pd.Series(Counter((item, name) for item, name, _ in met), dtype=int)
    rows = [(item, name, known[item, name], n) for (item, name), n in counts.items()]
    table = pd.DataFrame(rows, columns=["item", "id", "hint", "n"])
    answers = results.read["item"].value_counts()
    table["share"] = table["n"] / answers.reindex(table["item"]).to_numpy()
    return table.sort_values(["n", "item", "id"], ascending=[False, True, True], ignore_index=True)


def _scores(scores: np.ndarray) -> dict[str, Any]:
    counts, told = statistics.histogram(scores, BINS), statistics.summary(scores)
    bins = [
        {
            "low": 100 * k // BINS,
            "high": 100 * (k + 1) // BINS,
            "n": int(count),
            "height": count / counts.max(),
            "share": count / told.n,
        }
        for k, count in enumerate(counts)
        if told.n
    ]
    words = {name: percent(value) for name, value in told._asdict().items() if name != "n"}
    which = "many" if told.n > 1 else "one" if told.n else "none"
    sentence = say(f"report.scores.sentence.{which}", n=told.n, **words)
    return {"bins": bins, "summary": told, "sentence": sentence}


def _items_sentence(items: pd.DataFrame) -> str:
    ease = items["difficulty"].dropna()
    if ease.empty:
        return ""
    easy, hard = ease.idxmax(), ease.idxmin()
    if ease[easy] == ease[hard]:
        return say("report.items.alike", share=percent(ease[easy]))
    shares = {"easy_value": percent(ease[easy]), "hard_value": percent(ease[hard])}
    return say("report.items.sentence", easy=easy, hard=hard, **shares)


def _again(items: pd.DataFrame, hints: pd.DataFrame, marks: pd.DataFrame) -> list[dict]:
    """The items to teach again, those first that cost a submission most, with their commonest hint.

    Where no hint was met, how many gave no answer may be the reason.
    """
    low = items[items["difficulty"] < TEACH_AGAIN]
    low = low.assign(lost=(1 - low["difficulty"]) * low["points"])
    commonest = hints.drop_duplicates("item").set_index("item")["hint"]
    low["hint"] = [commonest.get(item, "") for item in low.index]
    skipped = marks.loc[marks["status"] == "unanswered", "item"].value_counts()
    low["unanswered"] = [int(skipped.get(item, 0)) for item in low.index]
    return low.sort_values("lost", ascending=False, kind="stable").reset_index().to_dict("records")


def _statuses(results: Results) -> dict[str, Any]:
    """Answers by item and status; only the statuses that occur."""
    marks = results.read
    counts = pd.crosstab(marks["item"], marks["status"])
    counts = counts.reindex(index=results.items.index, columns=list(STATUSES), fill_value=0)
    counts = counts.loc[:, counts.any()]
    rows = [
        {"item": item, "title": results.items.at[item, "title"], "counts": row.to_dict()}
        for item, row in counts.iterrows()
    ]
    total = counts.sum()
    sentence = say(
        "report.status.sentence",
        n=len(marks),
        right=total.get("right", 0),
        unanswered=total.get("unanswered", 0),
        hinted=int((marks["hints"].map(len) > 0).sum()),
    )
    return {"shown": list(counts), "sentence": sentence, "rows": rows}


# ---------------------------------------------------------------------------------------------------- people


def _name(results: Results, student: str) -> str:
    person = results.students.loc[student]
    full = f"{person['first_name']} {person['last_name']}".strip()
    return f"{full} ({student})" if full else student


def _help(results: Results, matrix: pd.DataFrame) -> dict[str, Any]:
    """Who is below half of the points, the weakest first, and who is not there at all."""
    students = results.students.assign(share=shares(results))
    weak = students[students["submitted"] & ((students["share"] < NEEDS_HELP) | students["refused"])]
    half = matrix.lt(NEEDS_HELP * results.items["points"])
    rows = [
        {
            "student": _name(results, student),
            "share": person["share"],
            "refused": person["refused"],
            "items": list(half.columns[half.loc[student]]) if student in half.index else [],
        }
        for student, person in weak.sort_values("share", kind="stable").iterrows()
    ]
    absent = [_name(results, student) for student in students.index[~students["submitted"]]]
    return {"rows": rows, "absent": absent}


def _notes(results: Results, names: bool) -> list[dict]:
    """Reasons of refusal, then notes, each with how many submissions have it."""
    rows: dict[tuple, list[str]] = {}
    clean = (lambda note: note) if names else _nameless(results.students)
    for student, note, refused in results.notes.itertuples(index=False, name=None):
        rows.setdefault((not refused, clean(note)), []).append(student)
    ordered = sorted(rows.items(), key=lambda row: (row[0][0], -len(row[1]), row[0][1].id))
    return [
        {"note": render(note), "refused": not noted, "n": len(who), "who": [_name(results, one) for one in who]}
        for (noted, note), who in ordered
    ]


def _waiting(results: Results) -> list[dict]:
    """The answers that a person has still to read, by item."""
    who = results.marks[results.marks["status"] == "manual"].groupby("item")["student"]
    return [
        {
            "item": item,
            "title": results.items.at[item, "title"],
            "n": len(students),
            "who": [_name(results, one) for one in students],
        }
        for item, students in who
    ]


_CHOSEN = frozenset({"file", "files"})  # values that students choose
_NAMED_BY_STUDENTS = frozenset({"grade.note.renamed", "grade.note.unused"})


def _nameless(students: pd.DataFrame) -> Callable[[Message], Message]:
    """A function that takes out of a note how students call their files, and anybody's name."""
    words = [word for column in ("first_name", "last_name") for name in students[column] for word in name.split()]
    known = {name for name in (*students.index, *words, *students["email"]) if len(name) > 2}
    listed = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    people = re.compile(rf"(?<!\w)(?:{listed})(?!\w)" if known else r"(?!)", re.I)

    def clean(note: Message) -> Message:
        return Message(note.id, {name: value_of(note, name, value) for name, value in note.values.items()})  # noqa: PD011

    def value_of(note: Message, name: str, value: Any) -> Any:
        if isinstance(value, Message):
            return clean(value)
        if name in _CHOSEN and note.id in _NAMED_BY_STUDENTS:
            return Message("report.notes.file")
        return people.sub(say("report.notes.someone"), value) if isinstance(value, str) else value

    return clean
