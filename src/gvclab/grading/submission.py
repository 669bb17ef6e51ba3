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
    the student's own below it. An answer cell that occurs several times (copied or split) stands for all its
    occurrences in their order, without those that were left as released: the earlier ones become cells of the
    student's own.
    """
    answers, own = _sort(submitted, {_name(cell): cell for cell in released.cells})
    cells = list(own[None])
    for cell in released.cells:
        cell = nbformat.from_dict(cell)
        *earlier, last = answers[_name(cell)] or [cell]
        cells += [_own(copy) for copy in earlier]
        cell.source = last.source
        cells += [cell, *own[_name(cell)]]
    restored = nbformat.from_dict(released)
    restored.cells = cells
    return restored


def _sort(submitted: NotebookNode, known: dict[str, NotebookNode]) -> tuple[dict, dict]:
    """The answers by name, and the student's own cells by the released cell that they follow."""
    by_id = {cell.get("id"): name for name, cell in known.items()}
    answers, own, last = defaultdict(list), defaultdict(list), None
    for cell in submitted.cells:
        name = _name(cell) if _name(cell) in known else by_id.get(cell.get("id"))
        if name is None:
            own[last].append(_own(cell))
            continue
        last = name
        if not is_own(cell.source, known[name]):
            continue
        if known[name].metadata.get("nbgrader", {}).get("solution"):
            answers[name].append(cell)
        elif cell.cell_type == known[name].cell_type == "code":
            own[name].append(_own(cell))
    return answers, own


def is_own(source: str, released: NotebookNode) -> bool:
    """Whether an answer says something else than the released cell; blank lines and comments in code say nothing."""
    return _said(source, released.cell_type) != _said(released.source, released.cell_type)


def _said(source: str, kind: str) -> list[str]:
    lines = [line.rstrip() for line in source.splitlines() if line.strip()]
    return [line for line in lines if kind != "code" or not line.lstrip().startswith("#")]


def _own(cell: NotebookNode) -> NotebookNode:
    """A cell of the student's own: its source and nothing that could tell nbgrader how to treat it."""
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    return make.get(cell.cell_type, nbformat.v4.new_raw_cell)(cell.source)


def _name(cell: NotebookNode) -> str | None:
    return cell.metadata.get("nbgrader", {}).get("grade_id")
