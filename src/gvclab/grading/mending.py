"""A student's notebook put back into the shape of its release, with all that the student wrote.

Like `submission.restore`, which does the same for a grader, except that outputs and run counts stay, and that
what was written where it does not count becomes a cell of the student's own.
"""

from __future__ import annotations

import copy
import itertools
import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from gvclab.grading.salvage import grade_id


class Sorted(NamedTuple):
    """The cells of a submission by the released cell they are, and the own ones by the one they follow."""

    found: dict[str, list[dict]]
    own: dict[str | None, list[dict]]
    order: list[str]


def sort(cells: list[dict], released: list[dict]) -> Sorted:
    """Which released cell each of a student's cells is, by its name, else its id, else what it says."""
    known = {grade_id(cell): cell for cell in released}
    by_id = {cell["id"]: grade_id(cell) for cell in released}
    names = [grade_id(cell) if grade_id(cell) in known else by_id.get(cell["id"]) for cell in cells]
    # Who has lost name and id is known by what it says, if nobody else has the name.
    lost = {cell["source"]: grade_id(cell) for cell in released if grade_id(cell) not in names and not is_answer(cell)}
    names = [name or lost.pop(cell["source"], None) for cell, name in zip(cells, names, strict=True)]

    def worked_on(n: int) -> bool:
        released = known[names[n]]
        return is_answer(released) and differ(cells[n], released) and bool(cells[n]["source"].strip())

    result, counts, last = Sorted(defaultdict(list), defaultdict(list), []), counting(names, worked_on), None
    for n, (cell, name) in enumerate(zip(cells, names, strict=True)):
        if name is None:
            result.own[last].append(own_cell(cell))
            continue
        result.order.append(name)
        if counts[name] == n or known[name]["cell_type"] == "markdown" or not worked_on(n):
            result.found[name].append(cell)
        elif differ(cell, cells[counts[name]]):
            result.own[last].append(own_cell(cell))
        last = name if counts[name] == n else last
    return result


def counting(names: list[str | None], worked_on: Callable[[int], bool]) -> dict[str, int]:
    """Which cell of each name counts, if there are copies: the first, but of an answer the last that was worked on
    above its check. Below it stands what was only tried.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for n, name in enumerate(names):
        if name is not None:
            places[name].append(n)
    counts = {}
    for name, found in places.items():
        mine = [n for n in found if worked_on(n)]
        check = places.get(f"{name}-check", [len(names)])[-1]
        counts[name] = ([n for n in mine if n < check] or mine or found[:1])[-1]
    return counts


def own_cell(cell: dict) -> dict:
    """A cell of the student's own: nothing on it tells nbgrader how to treat it."""
    return {**cell, "metadata": {}}


def is_answer(cell: dict) -> bool:
    """Whether the release leaves the cell to the student."""
    return bool(cell["metadata"].get("nbgrader", {}).get("solution"))


def differ(one: dict, other: dict) -> bool:
    return one["source"].rstrip() != other["source"].rstrip()


def rebuilt(released: list[dict], sorted_: Sorted, elsewhere: Collection[str] = ()) -> list[dict]:
    """The release with the student's answers, outputs and own cells.

    Of an answer cell that occurs several times one counts (`counting`); the others are own cells where they stand, so
    that what was split still runs in its order. Parts of a written answer are put together. Where one is gone and was
    given `elsewhere`, an empty cell is put back: the stub would undo it.
    """
    cells = [*sorted_.own[None]]
    for cell in released:
        cell, found = copy.deepcopy(cell), sorted_.found[grade_id(cell)]
        worked = _without_copies(one for one in found if differ(one, cell))
        same = [one for one in found if not differ(one, cell)]
        after: list[dict] = []
        if is_answer(cell) and cell["cell_type"] == "markdown" and worked:
            cell["source"] = "\n\n".join(one["source"] for one in worked)
        elif is_answer(cell) and worked:
            cell["source"] = worked[-1]["source"]
            _keep_outputs(cell, worked[-1])
        elif not found and grade_id(cell) in elsewhere:
            cell["source"] = ""
        else:
            after = [_addition(one, cell) for one in worked]
            _keep_outputs(cell, same[0] if same else {})
        cells += [cell, *after, *sorted_.own[grade_id(cell)]]
    return _with_ids(cells)


def _without_copies(cells: Iterable[dict]) -> list[dict]:
    """Of equal cells in a row the last."""
    rows = itertools.groupby(cells, key=lambda one: (one["cell_type"], one["source"].rstrip()))
    return [list(row)[-1] for _, row in rows]


def _keep_outputs(cell: dict, ran: dict) -> None:
    if cell["cell_type"] == ran.get("cell_type") == "code":
        cell["outputs"], cell["execution_count"] = ran["outputs"], ran["execution_count"]


def _addition(edited: dict, cell: dict) -> dict:
    """What a student wrote into a cell that is not the student's: all of a code cell, as it may be needed to
    run; of a text the new lines.
    """
    own = own_cell(edited)
    if cell["cell_type"] == "markdown":
        known = set(cell["source"].splitlines())
        own["source"] = "\n".join(line for line in edited["source"].splitlines() if line not in known)
    return own


def _with_ids(cells: list[dict]) -> list[dict]:
    """Released cells have the release's ids; another cell of the same id gets a new one."""
    taken = {cell["id"] for cell in cells if grade_id(cell)}
    counts: dict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))  # of ids that begin alike
    for cell in cells:
        if not grade_id(cell):
            start = cell["id"][:50]
            others = (f"{start}-own{n}" for n in counts[start])
            cell["id"] = next(name for name in itertools.chain([cell["id"]], others) if name not in taken)
            taken.add(cell["id"])
    return [cell for cell in cells if grade_id(cell) or cell["source"].strip() or cell.get("outputs")]


def text(released: dict, metadata: dict, cells: list[dict]) -> bytes:
    """The notebook file as JupyterLab writes it."""
    book = {
        "cells": [cell | {"source": cell["source"].splitlines(keepends=True)} for cell in cells],
        "metadata": metadata | released["metadata"],
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    written = json.dumps(book, ensure_ascii=False, indent=1, sort_keys=True)
    return re.sub("[\ud800-\udfff]", "\ufffd", written).encode() + b"\n"
