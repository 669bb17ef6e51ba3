"""`gvclab doctor`: what is broken in a student's notebook, and the notebook with that mended which can be.

`examine` is a pure function of a file's bytes. It reads and compiles, and never runs anything. Mending puts
every cell of the release back where it belongs, takes the answers from the student's, and keeps whatever else
stands in the file as cells of the student's own: no line of source is dropped.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from gvclab.content import Listed, Message, render, resource
from gvclab.exercises import bank, variants
from gvclab.exercises.plain import short
from gvclab.grading import mending, personal, salvage
from gvclab.grading.bundle import RELEASED
from gvclab.grading.reading import defines, needs_file, open_parts, sets, stopped
from gvclab.grading.salvage import grade_id

FILE_BYTES = 100_000_000  # what is read; what is handed in may have
HANDED_IN_BYTES = 20_000_000
OUTPUT_BYTES = 1_000_000  # of one cell


class Trouble(NamedTuple):
    """One thing that is wrong: its name, the values that are told of it, and whether `--fix` mends it."""

    name: str
    values: Mapping[str, Any] = MappingProxyType({})
    mends: bool = False

    @property
    def words(self) -> str:
        """What is wrong."""
        return render(Message(f"doctor.{self.name}.found", self.values))

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return render(Message(f"doctor.{self.name}.remedy", self.values))

    def __str__(self) -> str:
        return f"{self.words}\n    {self.remedy}"


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with a file, and the file as `--fix` writes it: None where there is nothing to mend."""

    troubles: tuple[Trouble, ...]
    mended: bytes | None = None


def _trouble(kind: str, /, **values) -> Trouble:
    return Trouble(kind, values)


def _mendable(kind: str, /, **values) -> Trouble:
    return Trouble(kind, values, mends=True)


# -------------------------------------------------------------------------------------------------- the file


def visit(path: Path) -> Diagnosis:
    """Examine a file, which stays as it is."""
    try:
        data = _bytes(path)
    except _Unreadable as problem:
        return Diagnosis((problem.trouble,))
    released = assignments()
    name = _which(path.stem, data, released)
    who, troubles = _who(path)
    found = examine(data, released[name], bank.load(name.partition("-")[0]), who, _beside(path))
    troubles += found.troubles
    if path.stem != name and not {"empty", "nothing"} & {trouble.name for trouble in found.troubles}:
        troubles += (_trouble("renamed", name=f"{name}.ipynb"),)
    return Diagnosis(troubles, found.mended)


def _beside(path: Path) -> list[str]:
    """The files beside the notebook, as far as the system tells: a grader has none of them."""
    try:
        return sorted(entry.name for entry in path.parent.iterdir() if entry.name != variants.STUDENT_FILE)
    except OSError:
        return []


def mend(path: Path, found: Diagnosis) -> Path:
    """Write the mended file in the place of the old one; the old one's new path is returned."""
    kept = _free(path)
    kept.write_bytes(path.read_bytes())
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_bytes(found.mended)
    shutil.copymode(path, fresh)
    fresh.replace(path)
    return kept


def _free(path: Path) -> Path:
    """A name beside the file that nothing has: `x.ipynb.bak`, then `x.ipynb.bak2`."""
    names = (path.with_name(f"{path.name}.bak{n if n > 1 else ''}") for n in itertools.count(1))
    return next(name for name in names if not os.path.lexists(name))


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.3g}"


class _Unreadable(Exception):
    def __init__(self, kind: str, /, **values):
        self.trouble = _trouble(kind, **values)


def _bytes(path: Path) -> bytes:
    try:
        kind = path.lstat()
        if not stat.S_ISREG(kind.st_mode):
            raise _Unreadable("link", file=path)
        if kind.st_size > FILE_BYTES:
            raise _Unreadable("huge", size=_megabytes(kind.st_size), limit=_megabytes(HANDED_IN_BYTES))
        return path.read_bytes()
    except OSError as error:
        raise _Unreadable("missing", file=path, problem=error.strerror) from error


def _who(path: Path) -> tuple[variants.Identity | None, tuple[Trouble, ...]]:
    """Whose numbers the prompts show; None where they are everybody's."""
    file = variants.student_file(path.resolve().parent)
    try:
        return file and variants.read_student(file), ()
    except ValueError:
        return None, (_trouble("student", file=file),)


def assignments() -> dict[str, dict]:
    """The students' notebooks as released, by name: those that the library carries, or those of the
    repository's content.
    """
    carried = resource("content") / RELEASED
    if carried.is_dir():
        made = {path.stem: path.read_text(encoding="utf-8") for path in carried.rglob("*.ipynb")}
    else:
        from gvclab.build import targets

        books = targets(resource("content").parent)
        made = {Path(name).stem: text for name, text in books.items() if name.startswith("exercises/")}
    return {name: _released(text) for name, text in sorted(made.items())}


def _released(text: str) -> dict:
    book = json.loads(text)
    return book | {"cells": salvage.read(text.encode()).cells}


def _which(stem: str, data: bytes, released: Mapping[str, dict]) -> str:
    """The assignment that a file is a copy of: by its name, else by the names of its cells or what they say."""
    named = [name for name in released if name in stem]
    if named:
        return max(named, key=len)
    text = data.decode("utf-8", "replace")

    def hits(name: str) -> int:
        words = ((f'"{grade_id(cell)}"', json.dumps(cell["source"])[1:-1]) for cell in released[name]["cells"])
        return sum(any(one in text for one in both) for both in words)

    return max(released, key=hits)


# ---------------------------------------------------------------------------------------------- the diagnosis


def examine(
    data: bytes,
    released: dict,
    items: Iterable[bank.Item],
    who: variants.Identity | None = None,
    beside: Iterable[str] = (),
) -> Diagnosis:
    """What is wrong with a notebook file that began as `released` and has files `beside` it."""
    items, student = list(items), ()
    if who:
        try:
            released = personal.notebook(released, items, who)
        except ValueError as problem:  # the student's file names numbers that nobody has
            student = (_trouble("numbers", problem=str(problem)),)
    read = salvage.read(data)
    if "empty" in read.wrong:
        return Diagnosis((_trouble("empty"),), None)
    if not read.cells:  # mending would put a blank notebook in the place of what may be an essay in another format
        return Diagnosis((*student, _trouble("nothing")), None)
    troubles = [_mendable(name) for name in dict.fromkeys(read.wrong)]
    labels = _labels(released["cells"], items)
    sorted_ = mending.sort(read.cells, released["cells"])
    known = any(sorted_.found.values())  # a lesson may use the names of answers, but has none of the cells
    troubles += [] if known else [_mendable("stranger")]
    troubles += _adopted(sorted_, items, labels)
    troubles += _misplaced(read.cells, released["cells"], sorted_, labels) if known else []
    troubles += _kernel(read.metadata, released["metadata"])
    code = [cell["source"] for cell in read.cells if cell["cell_type"] == "code"]
    given = {_name(item) for item in items if item.answer and any(defines(source, item.answer) for source in code)}
    cells = mending.rebuilt(released["cells"], sorted_, given)
    troubles += _stripped(cells, read.metadata, labels)
    mended = mending.text(released, read.metadata, cells) if any(t.mends for t in troubles) else None
    if len(mended or data) > HANDED_IN_BYTES:
        size, limit = map(_megabytes, (len(mended or data), HANDED_IN_BYTES))
        troubles.append(_trouble("huge", size=size, limit=limit))
    troubles += _unfinished(cells, released["cells"], items, labels)
    if needed := [name for name in beside if needs_file("\n".join(code), name)]:
        troubles.append(_trouble("beside", files=Listed(needed, "comma")))
    return Diagnosis((*student, *troubles), mended)


def _labels(released: list[dict], items: list[bank.Item]) -> dict[str, Message]:
    """What a student calls each cell of the release."""
    labels = {grade_id(cell): Message("doctor.cell.other", {"name": grade_id(cell)}) for cell in released}
    for item in items:
        name = _name(item)
        labels |= {
            name: Message("doctor.cell.answer", {"id": item.id}),
            f"{name}-prompt": Message("doctor.cell.prompt", {"id": item.id}),
            f"{name}-show": Message("doctor.cell.show", {"id": item.id}),
            f"{name}-check": Message("doctor.cell.check", {"id": item.id}),
        }
    return labels


def _name(item: bank.Item) -> str:
    """The grade id of an item's answer. (`build.exercise.grade_id` says the same, two seconds later.)"""
    return item.id.replace(".", "-")


def _adopted(sorted_: mending.Sorted, items: list[bank.Item], labels: Mapping[str, Message]) -> Iterable[Trouble]:
    """Answers whose cell is gone, while an own cell sets the answer's name: that one is taken for it."""
    for item in items:
        name = _name(item)
        if name not in labels or sorted_.found[name] or not item.answer:
            continue
        for cells in reversed(sorted_.own.values()):
            cell = next((one for one in reversed(cells) if defines(one["source"], item.answer)), None)
            if cell and cell["cell_type"] == "code":
                cells.remove(cell)
                sorted_.found[name].append(cell)
                yield _mendable("found", cell=labels[name], name=item.answer)
                break


def _misplaced(
    cells: list[dict], released: list[dict], sorted_: mending.Sorted, labels: Mapping[str, Message]
) -> Iterable[Trouble]:
    """Cells deleted, copied, retyped, edited, or out of their order."""
    wrong: dict[str, list[str | Message]] = {"deleted": [], "edited": [], "marks": []}
    for cell in released:
        name, found = grade_id(cell), sorted_.found[grade_id(cell)]
        label = labels[name]
        if not found:
            wrong["deleted"].append(label)
        if (count := sorted_.order.count(name)) > 1:
            yield _mendable("copied", cell=label, count=count)
        if any(one["cell_type"] != cell["cell_type"] for one in found):
            yield _mendable("retyped", cell=label, kind=Message(f"doctor.kind.{cell['cell_type']}"))
        if not mending.is_answer(cell) and any(mending.differ(one, cell) for one in found):
            wrong["edited"].append(label)
        if any(_treatment(one) != _treatment(cell) for one in found):
            wrong["marks"].append(label)
    yield from (_mendable(kind, cells=Listed(these, "comma")) for kind, these in wrong.items() if these)
    known = set(sorted_.order)
    if list(dict.fromkeys(sorted_.order)) != [n for n in map(grade_id, released) if n in known]:
        yield _mendable("moved")


def _treatment(cell: dict) -> list:
    """What the metadata tell nbgrader and nbclient to do with the cell."""
    grading, tags = cell["metadata"].get("nbgrader"), cell["metadata"].get("tags")
    grading = grading if isinstance(grading, dict) else {}
    marks = [grading.get(mark) for mark in ("grade_id", "grade", "solution", "locked", "points", "task")]
    return [*marks, "skip-execution" in tags if isinstance(tags, (list, str)) else False]


def _kernel(metadata: dict, released: dict) -> Iterable[Trouble]:
    spec = metadata.get("kernelspec")
    name = spec.get("name") if isinstance(spec, dict) else None
    if name != released["kernelspec"]["name"]:
        yield _mendable("kernel", name=name or "?", wanted=released["kernelspec"]["display_name"])


def _stripped(cells: list[dict], metadata: dict, labels: Mapping[str, Message]) -> Iterable[Trouble]:
    """Outputs too large to hand in, which are taken away."""
    for n, cell in enumerate(cells, 1):
        size = len(json.dumps(cell.get("outputs", [])))
        if size > OUTPUT_BYTES:
            cell["outputs"], cell["execution_count"] = [], None
            yield _mendable("output", cell=_label(cell, n, labels), size=_megabytes(size))
    size = len(json.dumps(metadata.pop("widgets", {})))
    if size > OUTPUT_BYTES:
        yield _mendable("output", cell=Message("doctor.cell.widgets"), size=_megabytes(size))


def _label(cell: dict, n: int, labels: Mapping[str, Message]) -> Message:
    return labels.get(grade_id(cell)) or Message("doctor.cell.own", {"n": n})


# ----------------------------------------------------------------------------------- what only students can do


def _unfinished(
    cells: list[dict], released: list[dict], items: list[bank.Item], labels: Mapping[str, Message]
) -> Iterable[Trouble]:
    """Answers left out, that do not compile, were not run, or stopped with an error."""
    by_name = {grade_id(cell): cell for cell in cells if grade_id(cell)}
    stubs = {grade_id(cell): cell["source"].strip() for cell in released}
    set_anywhere = {name for cell in cells if cell["cell_type"] == "code" for name in sets(cell["source"])}
    wrong: dict[str, list[str | Message]] = {"unanswered": [], "half": [], "unrun": []}
    for item in items:
        name = _name(item)
        if name not in by_name:
            continue
        answer, is_code = by_name[name], by_name[name]["cell_type"] == "code"
        source, label = answer["source"], labels[name]
        said = open_parts(source, item.answer) if is_code else ""
        is_blank = not source.strip() and item.answer not in set_anywhere
        if source.strip() == stubs[name] or is_blank or said == "all":
            wrong["unanswered"].append(item.id)
        elif is_code and (problem := stopped(source)):
            yield _trouble("syntax", cell=label, problem=problem)
        elif is_code and item.answer not in set_anywhere and "*" not in set_anywhere:
            yield _trouble("name", cell=label, name=item.answer)
        else:
            wrong["half"] += [item.id] if said else []
            wrong["unrun"] += [label] if is_code and answer["execution_count"] is None else []
    yield from (_trouble(kind, cells=Listed(these, "comma")) for kind, these in wrong.items() if these)
    for n, cell in enumerate(cells, 1):
        errors = [output for output in cell.get("outputs", ()) if output["output_type"] == "error"]
        if errors and not stopped(cell["source"]):
            yield _trouble("error", cell=_label(cell, n, labels), error=short(errors[0]["ename"]))
    counts = [cell["execution_count"] for cell in cells if cell.get("execution_count") is not None]
    if counts != sorted(set(counts)):
        yield _trouble("order")
