"""A lesson's Markdown piece by piece: what is prose and so translated, and what stays as it is.

A piece is a heading, a paragraph, an entry of a list or a cell of a table. Code, mathematics on lines of its own and
directives are none. Its place, which a translation remembers it by, is the heading it stands under and a number.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from gvclab.content import text as say
from gvclab.sources import Fault

HEADING = re.compile(r"^#{1,6} ")
_FENCE = re.compile(r"^(`{3,}|~{3,}|\$\$)")
_OPENS = re.compile(r"^(`{3,}|~{3,})\s*\{")  # a directive begins, and so no fence ends
_ENTRY = re.compile(r"^\s*(?:[-*+]|\d+\.) +")
_FOLD = re.compile(r"^:::\{dropdown\} *")
_NONE = re.compile(r"^(?:\+\+\+|%|:::|\([\w-]+\)=)")  # breaks, comments, directives and targets of MyST
_CELL = re.compile(r"[^|\s](?:\\\||[^|])*?(?= *(?:\||$))")
_LETTER = re.compile(r"[^\W\d_]")


class Piece(NamedTuple):
    """A text to translate: its place, itself, where it stands in the Markdown, the number of its line, what it is."""

    context: str
    english: str
    start: int
    stop: int
    line: int
    heading: bool = False


def fenced(source: str, first: int = 1) -> Iterator[tuple[int, str, bool]]:
    """Each line with its number, and whether it belongs to a fence (the lines that open and close it too).

    Raises Fault, with the line, for a fence that is not closed.
    """
    fence, opened = "", 0
    for number, line in enumerate(source.split("\n"), start=first):
        mark = _FENCE.match(line)
        if fence:
            if _OPENS.match(line) and _OPENS.match(line).group(1) == fence:
                raise Fault(say("build.error.fence", fence=fence), opened)
            yield number, line, True
            # A fence closes with its own mark; `$$ … $$` on one line never opened one.
            fence = "" if line.rstrip().endswith(fence) else fence
        elif mark and not (mark.group(1) == "$$" and line.rstrip().endswith("$$") and len(line.rstrip()) > 2):
            fence, opened = mark.group(1), number
            yield number, line, True
        else:
            yield number, line, False
    if fence:
        raise Fault(say("build.error.fence", fence=fence), opened)


def pieces(body: str, first: int = 1) -> Iterator[Piece]:
    """The pieces of a Markdown text whose first line has the number `first`, in order."""
    under, seen, count = "start", Counter(), 0
    for start, stop, line in _spans(body, first):
        english = body[start:stop]
        if not _LETTER.search(english):
            continue
        if HEADING.match(body[body.rfind("\n", 0, start) + 1 : start]):
            under, count = re.sub(r"\W+", "-", english.lower()).strip("-"), 0
            seen[under] += 1
            under += f"-{seen[under]}" if seen[under] > 1 else ""
            yield Piece(under, english, start, stop, line, True)
        else:
            count += 1
            yield Piece(f"{under} {count}", english, start, stop, line)


def _spans(body: str, first: int) -> Iterator[tuple[int, int, int]]:
    """Where pieces begin and end, and on which line they begin."""
    at, open_ = 0, None  # a paragraph or entry that goes on: (start, line)
    for number, line, inside in fenced(body, first):
        row, heading, entry = (
            not inside and line.startswith("|"),
            not inside and HEADING.match(line),
            _ENTRY.match(line),
        )
        alone = inside or not line.strip() or row or heading or _NONE.match(line)
        if open_ and (alone or entry):
            yield open_[0], at - 1, open_[1]
            open_ = None
        if inside:
            pass
        elif fold := _FOLD.match(line):
            yield at + fold.end(), at + len(line), number
        elif heading:
            yield at + heading.end(), at + len(line), number
        elif row:
            yield from ((at + cell.start(), at + cell.end(), number) for cell in _CELL.finditer(line))
        elif not alone and not open_:
            open_ = (at + (entry.end() if entry else len(line) - len(line.lstrip())), number)
        at += len(line) + 1
    if open_:
        yield open_[0], len(body.rstrip("\n")), open_[1]


def code_words(source: str) -> Iterator[tuple[str, int]]:
    """The words that a lesson's code gives to figures and tables, with their lines.

    They are the labels, axes and marks of `series(…)`, the title and headings of `table(…)`, and the units of tables
    that it derives.
    """
    cell: list[str] | None = None
    for number, line, inside in fenced(source):
        if inside and line.startswith("```{code-cell}"):
            cell, begun = [], number + 1
        elif cell is not None and line.startswith("```"):
            yield from _in_code("\n".join(cell), begun)
            cell = None
        elif cell is not None:
            cell.append("" if line.startswith(":") else line)  # options of the cell


def _in_code(code: str, first: int) -> Iterator[tuple[str, int]]:
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        raise Fault(say("build.error.code", problem=error.msg), first + (error.lineno or 1) - 1) from error
    for node in ast.walk(tree):
        for said in _shown(node):
            if isinstance(said, ast.Constant) and isinstance(said.value, str):
                yield said.value, said.lineno + first - 1


def _shown(node: ast.AST) -> list[ast.expr]:
    """What of a piece of code is shown by a figure: see `code_words`."""
    if isinstance(node, ast.Dict):
        units = [value for key, value in zip(node.keys, node.values, strict=True) if _is(key, "units")]
        return [unit for each in units if isinstance(each, ast.Dict) for unit in each.values]
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return []
    given = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    if node.func.id == "derived":
        return list(given.values())
    if node.func.id == "table":
        columns = given.get("columns", node.args[2] if len(node.args) > 2 else None)
        titles = [given[name] for name in ("title", "rows") if name in given] + node.args[1:2]
        return titles + (columns.values if isinstance(columns, ast.Dict) else [])
    if node.func.id not in ("series", "change"):
        return []
    marks = given.get("marks")
    return [given[name] for name in ("label", "x", "y") if name in given] + (
        marks.keys if isinstance(marks, ast.Dict) else []
    )


def _is(node: ast.expr | None, value: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == value
