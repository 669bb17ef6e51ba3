"""Notebooks as deterministic text: same cells, same bytes, on every run and every system."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# What JupyterLab writes into a cell's metadata while somebody reads: not an edit.
VOLATILE = {"ExecuteTime", "collapsed", "execution", "jupyter", "scrolled", "trusted"}
# The language line of a translated notebook.
SPEAK = 'from gvclab.content import speak; speak("{tag}")'
_ID = re.compile(r"[^a-zA-Z0-9_-]")


def cell(kind: str, source: str, metadata: dict | None = None, name: str = "") -> NotebookNode:
    """A cell with the id that a link calls it by, or without one: then `notebook` gives it one."""
    make = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}[kind]
    made = make(source, metadata=metadata or {})
    del made["id"]
    if name:
        made["id"] = name
    return made


def as_id(words: str) -> str:
    """Words as the id of a cell."""
    return _ID.sub("-", words)[:64]


def notebook(cells: list[NotebookNode]) -> NotebookNode:
    """A notebook whose cell ids are their own, grade ids, or else hashes, so that no two builds differ."""
    seen: Counter[str] = Counter()
    for entry in cells:
        grade_id = entry.metadata.get("nbgrader", {}).get("grade_id") or entry.get("id")
        name = as_id(grade_id) if grade_id else _digest(entry.cell_type + "\n" + entry.source)[:12]
        seen[name] += 1
        entry["id"] = name if seen[name] == 1 else f"{name}-{seen[name]}"
    return new_notebook(cells=cells, metadata=METADATA)


def speaking(book: NotebookNode, tag: str) -> NotebookNode:
    """The notebook whose kernel speaks a language: one plain line more at the head of its first code cell.

    It is Python and no magic, so that it holds wherever the cell runs: in JupyterLab, nbconvert or `exec`. A notebook
    without code has nothing that speaks.
    """
    cells = [cell(each.cell_type, each.source, dict(each.metadata)) for each in book.cells]
    first = next((each for each in cells if each.cell_type == "code"), None)
    if first is None:
        return book
    first.source = f"{SPEAK.format(tag=tag)}\n{first.source}"
    return notebook(cells)


def text(book: NotebookNode) -> str:
    """The notebook file's text, as nbconvert (and so nbgrader) writes it."""
    return nbformat.writes(book, version=4).rstrip("\n") + "\n"


def read(source: str) -> NotebookNode:
    """The notebook in a file's text. ValueError when it is none."""
    try:
        return nbformat.reads(source, as_version=4)
    except Exception as error:  # nbformat raises a dozen kinds: not JSON, no such version, missing key
        raise ValueError(str(error).splitlines()[0]) from error


def body(book: NotebookNode) -> list[tuple[str, str, str]]:
    """What an author can edit: type, source and lasting metadata of each cell, no outputs or counts."""
    return [
        (
            entry.cell_type,
            entry.source,
            json.dumps({k: v for k, v in entry.metadata.items() if k not in VOLATILE}, sort_keys=True),
        )
        for entry in book.cells
    ]


def fingerprint(book: NotebookNode) -> str:
    """A hash of the notebook's body."""
    return _digest(json.dumps(body(book)))


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
