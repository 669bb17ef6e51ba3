"""`gvclab export`: a class's grades as the file that Canvas or Moodle imports, or as a table of every item.

    sheet = canvas(results)          rows, what to tell the instructor, and what comes next
    write(sheet, path)

Points are nbgrader's: the manual score where there is one, penalties for being late taken off, 0 for who handed in
nothing. Columns as *read* in the importers' own sources: Canvas `lib/gradebook_importer.rb` and
`gradebook_exporter.rb`, Moodle `grade/import/csv/classes/load_data.php`.

A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@`. Text that people chose (names, titles, messages) gets
an apostrophe in front; what a system finds students by must stay as it is, and is left out where it could be run.
"""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gvclab.content import text as say
from gvclab.exercises import bank
from gvclab.exercises.rendering import message_of

if TYPE_CHECKING:
    import pandas as pd

    from .results import Results

SYSTEMS = ("canvas", "moodle", "csv")
PLACES = 2  # decimals: Canvas compares and shows no more
MOODLE_DEFAULT = 100  # the highest grade that Moodle takes unless its settings allow more
_NAMED = 8  # students listed by name in a message

# What Moodle can find students by: our column, and Moodle's name for it.
MOODLE_KEYS = {
    "email": ("email", "Email address"),
    "username": ("username", "Username"),
    "idnumber": ("lms_user_id", "ID number"),
}
_FORMULA = re.compile(r"(^|[;,|])(\s*)(?=[=+@\-＝＋－＠])")
_HARMLESS = re.compile(r"[\w.@+-]+")


@dataclass(frozen=True)
class ExportTable:
    """A file's rows, the head first; what is missing in it, with the remedy; what to do next."""

    rows: tuple[tuple, ...]
    warnings: tuple[str, ...]
    next: str


def canvas(results: Results, title: str = "", submitted_only: bool = False) -> ExportTable:
    """The file for Canvas: Grades > Import.

    Canvas finds a student by ID (its own number), else by SIS User ID, SIS Login ID or name. `lms_user_id` is the ID
    when it is a number, else the SIS User ID; the student's id is the SIS Login ID. `title` with its number,
    "Section 2 (4711)", meets that assignment and no other.
    """
    people, warnings = _people(results, submitted_only)
    # "12ab" in the column ID would be read as 12, and be somebody else.
    number = people["lms_user_id"].str.fullmatch("[0-9]+")
    people = people.assign(
        name=[_sorted_name(person) for _, person in people.iterrows()],
        number=people["lms_user_id"].where(number, ""),
        sis=people["lms_user_id"].where(~number, ""),
        section="",
    )
    people = _distinct(people, "lms_user_id", "ID", warnings)
    keys = ["number", "sis", "username"]
    people = _identified(people, (people[keys] != "").any(axis=1), "canvas", warnings)
    head = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", text(title or results.assignment))
    possible = ("    Points Possible", "", "", "", "", _rounded(results.points))
    rows = people[["name", *keys, "section", "shown"]].itertuples(index=False, name=None)
    return ExportTable((head, possible, *rows), tuple(warnings), say("report.export.next.canvas"))


def moodle(results: Results, title: str = "", submitted_only: bool = False, by: str = "email") -> ExportTable:
    """The file for Moodle: Grades > Import > CSV file, with the heads of Moodle's own export.

    Moodle finds students `by` one column: "email", "username" (the student's id) or "idnumber" (`lms_user_id`). One
    that it cannot find stops its whole import, and a row without goes to the student above: such rows are left out.
    """
    column, field = MOODLE_KEYS[by]
    people, warnings = _people(results, submitted_only)
    people = _identified(people, people[column] != "", by, warnings)
    people = _distinct(people, column, field, warnings)
    if results.points > MOODLE_DEFAULT:
        warnings.append(say("report.export.above", points=_rounded(results.points)))
    comments, nothing = _feedback(results), say("report.export.feedback.none")
    people = people.assign(
        first=people["first_name"].map(text),
        last=people["last_name"].map(text),
        feedback=[comments.get(student, nothing) for student in people.index],
    )
    name = text(title or results.assignment)
    grade, feedback = f"{name} (Real)", f"{name} (Feedback)"
    head = ("First name", "Last name", "Username", "ID number", "Email address", grade, feedback)
    columns = ["first", "last", "username", "lms_user_id", "email", "shown", "feedback"]
    rows = people[columns].itertuples(index=False, name=None)
    points = _rounded(results.points)
    steps = say("report.export.next.moodle", field=field, points=points, grade=grade, feedback=feedback)
    return ExportTable((head, *rows), tuple(warnings), steps)


def table(results: Results) -> ExportTable:
    """A tidy table: a row per submission and item, with the verdict; no score where a person has still to read."""
    people, warnings = _people(results, submitted_only=True)
    head = (
        *("assignment", "student", "first_name", "last_name", "email", "item", "title", "points", "score"),
        *("status", "message", "late_penalty", "total", "total_points"),
    )
    rows, known, titles = [], people.to_dict("index"), results.items["title"].to_dict()
    for mark in results.marks.itertuples():
        person = known[mark.student]
        words = (results.assignment, mark.student, person["first_name"], person["last_name"], person["email"])
        words = map(text, (*words, mark.item, titles[mark.item]))
        score = "" if math.isnan(mark.score) else mark.score
        message = message_of(bank.item(mark.item), mark.verdict) if mark.verdict else ""
        totals = (person["raw"] - person["score"], person["score"], results.points)
        rows.append((*words, mark.points, score, mark.status, text(message), *totals))
    return ExportTable((head, *rows), tuple(warnings), say("report.export.next.csv"))


def write(sheet: ExportTable, path: Path, bom: bool = False) -> None:
    """Write the sheet as RFC 4180 CSV in UTF-8; `bom` for Excel, which otherwise takes it for another encoding."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as file:
        csv.writer(file).writerows(sheet.rows)


# ----------------------------------------------------------------------------------------------------- cells


def text(words: str) -> str:
    """Text in one line that no spreadsheet runs, also not one that takes other separators than commas."""
    return _FORMULA.sub(r"\1\2'", " ".join(str(words).split()))


def identifier(words: str) -> str:
    """What a system finds a student by, unchanged; empty if a spreadsheet could run it."""
    words = words.strip()
    risky = not words.isprintable() or _FORMULA.search(words)
    return "" if risky and not _HARMLESS.fullmatch(words) else words


def _rounded(points: float) -> str:
    return f"{points:.{PLACES}f}".rstrip("0").rstrip(".")


def _sorted_name(person: pd.Series) -> str:
    """ "Last, First", as Canvas writes names."""
    return text(", ".join(filter(None, (person["last_name"], person["first_name"]))) or person["username"])


# ---------------------------------------------------------------------------------------------------- people


def _people(results: Results, submitted_only: bool) -> tuple[pd.DataFrame, list[str]]:
    """The students as the systems know them, with their score as a cell; warnings about scores and names."""
    if results.students.empty:
        raise ValueError(say("report.export.none"))
    people = results.students
    if submitted_only:
        people = people[people["submitted"]]
    counts = {
        "waiting": (results.marks["status"] == "manual").sum(),
        "zero": (~people["submitted"]).sum(),
        "late": (people["penalty"] > 0).sum(),
    }
    warnings = [say(f"report.export.{key}", n=n) for key, n in counts.items() if n]
    nameless = people.index[(people["first_name"] == "") & (people["last_name"] == "")]
    if len(nameless):
        warnings.append(_warning("no_name", nameless))
    people = people.assign(
        username=[identifier(student) for student in people.index],
        email=people["email"].map(identifier),
        lms_user_id=people["lms_user_id"].map(identifier),
        shown=people["score"].map(_rounded),
    )
    return people, warnings


def _identified(people: pd.DataFrame, known: pd.Series, by: str, warnings: list[str]) -> pd.DataFrame:
    """Those whom the system can find; who is left out goes to the warnings, with the remedy."""
    if not known.all():
        system = "Canvas" if by == "canvas" else "Moodle"
        remedy = say(f"report.export.no_field.{by}")
        warnings.append(f"{_warning('left_out', people.index[~known], system=system)}. {remedy}")
    return people[known]


def _distinct(people: pd.DataFrame, column: str, name: str, warnings: list[str]) -> pd.DataFrame:
    """Those who share a key with nobody: else one would get the other's grade."""
    shared = people[column].str.casefold().duplicated(keep=False) & (people[column] != "")
    if shared.any():
        warnings.append(_warning("twice", people.index[shared], field=name))
    return people[~shared]


def _warning(key: str, students: pd.Index, **values: str) -> str:
    listed = ", ".join(students[:_NAMED]) + (", …" if len(students) > _NAMED else "")
    return say(f"report.export.{key}", n=len(students), who=listed, **values)


def _feedback(results: Results) -> dict[str, str]:
    """Points by item in a line per student: nothing that a student wrote, and no hint."""
    listed: dict[str, list[str]] = {}
    for mark in results.marks.itertuples():
        key = "waiting" if math.isnan(mark.score) else "item"
        values = {"item": mark.item, "score": _rounded(mark.score), "points": _rounded(mark.points)}
        listed.setdefault(mark.student, []).append(say(f"report.export.feedback.{key}", **values))
    for student, penalty in results.students["penalty"].items():
        if penalty > 0 and student in listed:
            listed[student].append(say("report.export.feedback.late", penalty=_rounded(penalty)))
    return {student: "; ".join(lines) for student, lines in listed.items()}
