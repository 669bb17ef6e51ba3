"""`gvclab report`: a class's results as one page of HTML that needs no network and runs no script.

    page(results, names=False) -> HTML

Without `names` nothing on the page tells who anybody is: students are only counted. All that comes from outside
(names, notes, items) is escaped by the template.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gvclab.content import language, render
from gvclab.content import text as say
from gvclab.exercises.cards import rich

from . import statistics
from .record import identified, identity, nameless
from .results import Results, hint_place, hint_words

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
        "outdated": int((students["submitted"] & students["outdated"]).sum()),
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
    """How often each hint was met: item, hint (its words), n (submissions), share of the answers read.

    The commonest first, those met equally often in the order in which they stand in the exercises.
    """
    met = results.read[["item", "hints"]].explode("hints").dropna().rename(columns={"hints": "hint"})
    counts = met.groupby(["item", "hint"]).size().rename("n").reset_index()
    answers = results.read["item"].value_counts()
    counts["share"] = counts["n"] / answers.reindex(counts["item"]).to_numpy()
    order = list(results.items.index)
    rows = counts.to_dict("records")
    rows.sort(key=lambda row: (-row["n"], order.index(row["item"]), hint_place(row["item"], row["hint"])))
    words = [{**row, "hint": hint_words(row["item"], row["hint"])} for row in rows]
    return pd.DataFrame(words, columns=["item", "hint", "n", "share"])


def _scores(scores: np.ndarray) -> dict[str, Any]:
    counts, spread = statistics.histogram(scores, BINS), statistics.summary(scores)
    bins = [
        {
            "low": 100 * k // BINS,
            "high": 100 * (k + 1) // BINS,
            "n": int(count),
            "height": count / counts.max(),
            "share": count / spread.n,
        }
        for k, count in enumerate(counts)
        if spread.n
    ]
    words = {name: percent(value) for name, value in spread._asdict().items() if name != "n"}
    which = "many" if spread.n > 1 else "one" if spread.n else "none"
    sentence = say(f"report.scores.sentence.{which}", n=spread.n, **words)
    return {"bins": bins, "summary": spread, "sentence": sentence}


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
    said = [identity(note if names else nameless(note)) for note in results.notes["note"]]
    notes = results.notes.assign(note=said).drop_duplicates()
    groups = list(notes.groupby(["note", "refused"])["student"])
    groups.sort(key=lambda group: (not group[0][1], -len(group[1]), group[0][0]))
    return [
        {
            "note": render(identified(note)),
            "refused": refused,
            "n": len(who),
            "who": [_name(results, one) for one in who],
        }
        for (note, refused), who in groups
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
