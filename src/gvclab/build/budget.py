"""How long and how hard is a lesson? What is counted, and what is the most of it (see CONTRIBUTING, *A lesson*)."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from nbformat import NotebookNode

from gvclab.build import marks

PICTURES = ("diagram", "series", "change", "after")  # calls that show a picture
TABLES = ("spelled", "DataFrame", "table")
_TAG = re.compile(r"<[^>]+>")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MATH = re.compile(r"\$\$.*?\$\$", re.S)
_RULE = re.compile(r"^\|[:\- |]+\|$", re.M)
_REFERENCES = re.compile(r"\A## .*\n\n(?:- .*\]\(http.*\n?)+\Z")


class Budget(NamedTuple):
    """What a lesson takes of its reader."""

    minutes: int
    words: int  # of prose, folded parts included; without equations, code and references
    before: int  # words before the first picture, the folded line under the title left out
    panels: int
    equations: int  # displayed
    lines: int  # of the longest visible code cell
    tables: int
    claims: int  # discussed; others are folded
    nested: int  # comprehensions that stand in a call


MOST = Budget(60, 2000, 120, 3, 3, 6, 2, 6, 0)


def budget(book: NotebookNode, source: str, minutes: int) -> Budget:
    """Count what a lesson's notebook, made from its file's text, takes of its reader."""
    text = [cell.source for cell in book.cells if cell.cell_type == "markdown"]
    code = [cell.source for cell in book.cells if cell.cell_type == "code"]
    trees = [ast.parse(each) for each in code]
    calls = [_called(tree) for tree in trees]
    panels = _imported(trees, "gvclab.panels")
    before = []
    for cell in book.cells:
        if cell.cell_type == "code":
            if {*PICTURES, *panels} & set(_called(ast.parse(cell.source))):
                break
        else:
            before.append(re.sub(r"<details>.*?</details>", "", cell.source, flags=re.S))
    return Budget(
        minutes=minutes,
        words=sum(map(_words, text)),
        before=sum(map(_words, before)),
        panels=sum(name in panels for names in calls for name in names),
        equations=sum(len(_MATH.findall(each)) for each in text),
        lines=max((len([line for line in each.splitlines() if line.strip()]) for each in code), default=0),
        tables=sum(len(_RULE.findall(each)) for each in text)
        + sum(name in TABLES for names in calls for name in names),
        claims=len(marks.claims_tested(source)),
        nested=sum(map(_nested, trees)),
    )


def beyond(found: Budget) -> dict[str, tuple[int, int]]:
    """What a lesson has more of than it may: (what it has, the most), by name."""
    return {name: (have, most) for name, have, most in zip(Budget._fields, found, MOST, strict=True) if have > most}


def is_references(text: str) -> bool:
    """Whether a cell is the list of the works that a lesson cites: names and titles, no prose."""
    return bool(_REFERENCES.match(text))


def _words(text: str) -> int:
    """The words of a cell that are read: without code, equations, tags and addresses; not those of references."""
    if is_references(text):
        return 0
    text = _LINK.sub(r"\1", _TAG.sub(" ", _MATH.sub(" ", text)))
    text = re.sub(r"\$[^$]*\$", " x ", text)
    return len(re.findall(r"[^\W_]+(?:[\'’.,:-][^\W_]+)*", text))


def _called(tree: ast.AST) -> list[str]:
    """The names of the functions that are called."""
    return [node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]


def _imported(trees: list[ast.Module], package: str) -> set[str]:
    return {
        alias.asname or alias.name
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(package)
        for alias in node.names
    }


def _nested(tree: ast.AST) -> int:
    comprehensions = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    return sum(
        isinstance(part, comprehensions)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for part in [*node.args, *(keyword.value for keyword in node.keywords)]
    )
