"""A submission put back into the shape of its release, before nbgrader grades it.

People delete, copy, split and retype cells, and nbgrader then loses the marks or stops the whole batch.
So every cell of the release is taken from the release, except that the answers' sources come from the
submission.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from .mending import counting, is_answer


class RestoreCells(NbGraderPreprocessor):
    """The first of `nbgrader autograde`'s sanitising steps."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        names, folders = resources["nbgrader"], self.parent.parent.coursedir
        folder = folders.format_path(folders.release_directory, ".", names["assignment"])
        path = Path(folder) / f"{names['notebook']}.ipynb"
        if path.is_file():
            nb = restore(nb, nbformat.read(path, as_version=4))
        else:
            self.log.warning("%s is not there: the submission is graded as it is", path)
        return nb, resources


def restore(submitted: NotebookNode, released: NotebookNode) -> NotebookNode:
    """The release with the submission's answers, and with the student's own cells where they stood.

    What was written into code that is not the student's (an import, an answer merged with its check) becomes a cell of
    the student's own below it. Of an answer cell that occurs several times (copied or split) one counts
    (`mending.counting`); the others become cells of the student's own where they stand. Where one is gone stands an
    empty cell: the stub would take from its name what another cell has given it.
    """
    answers, own = _sort(submitted, {_name(cell): cell for cell in released.cells})
    cells = list(own[None])
    for cell in released.cells:
        cell, name = nbformat.from_dict(cell), _name(cell)
        if is_answer(cell) and (name in answers or cell.cell_type == "code"):
            cell.source = answers.get(name, "")
        cells += [cell, *own[name]]
    restored = nbformat.from_dict(released)
    restored.cells = cells
    return restored


def _sort(submitted: NotebookNode, known: dict[str, NotebookNode]) -> tuple[dict, dict]:
    """The answers' sources by name, and the student's own cells by the released cell that they follow."""
    by_id = {cell.get("id"): name for name, cell in known.items()}
    names = [_name(cell) if _name(cell) in known else by_id.get(cell.get("id")) for cell in submitted.cells]
    pairs = zip(submitted.cells, names, strict=True)
    own_words = [name is None or is_own(cell.source, known[name]) for cell, name in pairs]
    counts = counting(names, lambda n: own_words[n] and is_answer(known[names[n]]))
    answers, own, last = {}, defaultdict(list), None
    for n, (cell, name) in enumerate(zip(submitted.cells, names, strict=True)):
        if counts.get(name) == n:
            last = name
        if counts.get(name) == n and is_answer(known[name]):
            answers[name] = known[name].source if _says_same(cell.source, known[name]) else cell.source
        elif own_words[n] and (name is None or _may_add(cell, known[name])):
            own[last].append(_own(cell))
    return answers, own


def _may_add(cell: NotebookNode, released: NotebookNode) -> bool:
    """Whether what was written into a copy of an answer, or into a cell that is not the student's, may be needed."""
    return is_answer(released) or cell.cell_type == released.cell_type == "code"


def is_own(source: str, released: NotebookNode) -> bool:
    """Whether an answer says something, and not what the released cell says; comments in code say nothing."""
    return bool(_said(source, released.cell_type)) and not _says_same(source, released)


def _says_same(source: str, released: NotebookNode) -> bool:
    return _said(source, released.cell_type) == _said(released.source, released.cell_type)


def _said(source: str, kind: str) -> list[str]:
    lines = [line.rstrip() for line in source.splitlines() if line.strip()]
    return [line for line in lines if kind != "code" or not line.lstrip().startswith("#")]


def _own(cell: NotebookNode) -> NotebookNode:
    """A cell of the student's own: its source and nothing that could tell nbgrader how to treat it."""
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    return make.get(cell.cell_type, nbformat.v4.new_raw_cell)(cell.source)


def _name(cell: NotebookNode) -> str | None:
    return cell.metadata.get("nbgrader", {}).get("grade_id")
