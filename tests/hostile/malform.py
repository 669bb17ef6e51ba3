"""Files that are no notebook, or hardly one. Refused with a reason, or read as far as they can be."""

from __future__ import annotations

import json
import os
import socket
import tempfile
import zipfile
import zlib
from pathlib import Path

from gvclab.build.exercise import grade_id
from gvclab.exercises.ladder import verdict
from gvclab.grading import record

from .corpus import FULL, MINE, NOTEBOOK, RELEASED, Case, cell, code

NOTHING = dict.fromkeys(MINE, 0.0)
FILE = f"{NOTEBOOK}.ipynb"


def _bytes(name: str, does: str, data: bytes, reason: str = ".") -> Case:
    return Case("malform", name, does, edit=lambda book: data, reason=reason)


def _place(name: str, does: str, make, reason: str = ".", **more) -> Case:
    """Something else in the notebook's place."""
    return Case(
        "malform",
        name,
        does,
        edit=lambda book: None,
        files=lambda folder: make(folder / FILE) and None,
        reason=reason,
        **more,
    )


def _text(name: str, does: str, change, **more) -> Case:
    """The bytes of an honest notebook, changed."""
    return Case("malform", name, does, edit=lambda book: change(json.dumps(book, indent=1).encode()), **more)


def _json(name: str, does: str, change, **more) -> Case:
    return Case("malform", name, does, edit=lambda book: change(book) or book, **more)


def _conflict(data: bytes) -> bytes:
    line = next(x for x in data.splitlines(keepends=True) if b"quarter = 1" in x)
    return data.replace(
        line, b"<<<<<<< HEAD\n" + line + b"=======\n" + line.replace(b"/ 4", b"/ 5") + b">>>>>>> theirs\n"
    )


def _same_ids(book):
    """Ids that make a reader look for a free one again and again."""
    taken = [{"cell_type": "raw", "id": f"cell-{n}", "source": "", "metadata": {}} for n in range(20_000, 40_000)]
    book["cells"] += taken + [{"cell_type": "raw", "id": "x", "source": "", "metadata": {}}] * 20_000


def _full_marks() -> str:
    """A record of the grader's that nobody graded."""
    items = {
        name: record.ItemRecord(grade_id(name, "check"), FULL[name], FULL[name], verdict("right")) for name in MINE
    }
    return record.written(record.Record("x", "x", "", None, {NOTEBOOK: record.SheetRecord(items)}))


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("x.ipynb", bytes(10**7))


def _socket(path: Path) -> None:
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{short}/x")
        Path(short, "x").rename(path)


def _many_files(folder: Path) -> None:
    for n in range(300):
        (folder / f"{n}.ipynb").write_text("{}")


def _all(update: dict):
    def change(book):
        for one in book["cells"]:
            one.update(json.loads(json.dumps(update)))

    return change


CASES = [
    _bytes("empty", "An empty file.", b""),
    _bytes("zeros", "A disk's zeros.", bytes(4096)),
    _bytes("text", "A text.", b"I have done it on paper."),
    _bytes("html", "A page of a browser.", b"<!DOCTYPE html><html><body>Sign in</body></html>"),
    _bytes("image", "A picture.", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9),
    _bytes("list", "A list.", b"[1, 2, 3]"),
    _bytes("string", "A string.", b'"notebook"'),
    _bytes("null", "null.", b"null"),
    _bytes("number", "A number of a million digits.", b"9" * 10**6),
    _bytes("empty object", "A notebook without cells.", b"{}"),
    _bytes("cells are a number", "Cells that are a number.", b'{"cells": 7, "nbformat": 4}'),
    _bytes("brackets", "A million brackets.", b"[" * 10**6),
    _bytes("braces", "Objects within objects.", b'{"cells":' * 10**5),
    _bytes("quotes", "A million quotes.", b'"' * 10**6),
    _bytes(
        "commas",
        "Text that looks like sources and never ends.",
        b'{"cell_type": "code", "source": ["' + b'a", "' * 10**6,
    ),
    _bytes("cell types", "A hundred thousand beginnings of cells.", b'{"cell_type": "code", "source": ' * 10**5),
    _bytes("conflict marks", "Nothing but the marks of a merge.", b"<<<<<<< a\n=======\n>>>>>>> b\n" * 9999),
    _bytes("too large", "Thirty megabytes.", b" " * 30_000_000),
    _bytes("zip", "An archive under the notebook's name.", zlib.compress(bytes(10**6))),
    _place("link", "A link to a system file.", lambda path: path.symlink_to("/etc/passwd"), "link"),
    _place("dangling link", "A link to nowhere.", lambda path: path.symlink_to("nowhere"), "link"),
    _place("looping link", "A link to itself.", lambda path: path.symlink_to(path.name), "link"),
    _place("device link", "A link to an endless device.", lambda path: path.symlink_to("/dev/zero"), "link"),
    _place("pipe", "A pipe that nobody writes to.", lambda path: os.mkfifo(path), "pipe"),
    _place("folder", "A folder of that name.", lambda path: path.mkdir(), "folder"),
    _place(
        "folder with notebook",
        "A folder of that name that holds one.",
        lambda path: (path.mkdir(), (path / FILE).write_text(RELEASED[NOTEBOOK])),
        "folder",
    ),
    _place("socket", "A socket.", lambda path: _socket(path), "socket"),
    _place(
        "sparse",
        "A file of ten gigabytes, all holes.",
        lambda path: path.touch() or os.truncate(path, 10**10),
        "refused.large",
    ),
    _place("archive", "A zip that unpacks to much more.", lambda path: _zip(path)),
    _place("missing", "No file at all.", lambda path: None),
    Case(
        "malform",
        "many files",
        "Three hundred files that may be the notebook.",
        edit=lambda book: None,
        files=_many_files,
        reason=".",
    ),
    Case(
        "malform",
        "odd names",
        "Files whose names are not text, have newlines and dots.",
        files=lambda folder: (
            [
                (Path(os.fsdecode(os.fsencode(folder) + b"/" + name))).write_text("x")
                for name in (
                    b"\xff\xfe.ipynb",
                    b"a\nb.ipynb",
                    b"..ipynb",
                    b"-rf.ipynb",
                    b"x" * 240 + b".ipynb",
                    b"\x1b[31m.ipynb",
                )
            ]
            and None
        ),
    ),
    Case(
        "malform",
        "odd name alone",
        "Its only file has a name that is not text.",
        edit=lambda book: None,
        note="note.renamed",
        files=lambda folder: (
            Path(os.fsdecode(os.fsencode(folder) + b"/\xff\n\x1b[31m\xfe.ipynb")).write_text(json.dumps(_solved()))
            and None
        ),
    ),
    # Damaged, but what is there is there.
    _text(
        "truncated",
        "The end is missing.",
        lambda data: data[: data.index(b'"2-3-6-check"')],
        note=".",
        earns={i: 0.0 for i in MINE if i > "2.3-6"},
        at_most=True,
    ),
    _text("merge conflict", "A merge left its marks.", _conflict, note="wrong.conflict"),
    _text("utf-16", "Saved as UTF-16.", lambda data: data.decode().encode("utf-16")),
    _text(
        "utf-16 without mark",
        "Saved as UTF-16 without its mark.",
        lambda data: data.decode().encode("utf-16-le"),
        note="wrong.encoding",
    ),
    _text(
        "latin-1",
        "Saved as Latin-1.",
        lambda data: json.dumps(json.loads(data), ensure_ascii=False).encode("latin-1", "replace"),
    ),
    _text(
        "bytes that are no text",
        "Some bytes were lost.",
        lambda data: data.replace(b"Home", b"\xff\xfeome", 3),
        at_most=True,
    ),
    _text("zero bytes", "Zero bytes among the text.", lambda data: data.replace(b"\n", b"\n\0", 50), at_most=True),
    _text("trailing commas", "A comma too much.", lambda data: data.replace(b"\n ]", b",\n ]"), note="."),
    _text("twice", "The file holds itself twice.", lambda data: data + data, at_most=True),
    _text(
        "not a number",
        "NaN and Infinity where JSON has none.",
        lambda data: data.replace(b'"execution_count": null', b'"execution_count": NaN'),
    ),
    _text(
        "duplicate keys",
        "Every key twice.",
        lambda data: data.replace(b'"metadata": {', b'"metadata": {}, "metadata": {'),
    ),
    _text(
        "wrong sources first",
        "Sources twice, the wrong one first.",
        lambda data: data.replace(b'"source": ', b'"source": "1/0", "source": '),
    ),
    _json(
        "surrogates",
        "Lone surrogates and control characters in sources.",
        lambda book: cell(book, "2-3-10").update(source="\ud800\0\x1b[31m\udfff"),
    ),
    _json(
        "future",
        "A format of the future.",
        lambda book: book.update(nbformat=99, nbformat_minor=7, rooms=[{"cells": []}]),
    ),
    _json(
        "huge format", "A format of a thousand digits.", lambda book: book.update(nbformat=10**18, nbformat_minor=-1)
    ),
    _json(
        "format 3",
        "A format of the past.",
        lambda book: book.update(
            nbformat=3,
            nbformat_minor=0,
            worksheets=[
                {"cells": [{**c, "input": c["source"]} if c["cell_type"] == "code" else c for c in book.pop("cells")]}
            ],
        ),
    ),
    _json("metadata are lists", "Metadata of another kind.", _all({"metadata": [1, 2]})),
    _json("metadata are deep", "Metadata a thousand deep.", lambda book: _all({"metadata": {"x": _deep(800)}})(book)),
    _json("outputs are text", "Outputs of another kind.", _all({"outputs": "none", "execution_count": "x" * 99})),
    _json("kinds unknown", "Cells of unknown kinds.", _all({"cell_type": "cello"})),
    _json("kinds are lists", "Kinds that are lists.", _all({"cell_type": ["code"]})),
    _json(
        "cells that are none",
        "Numbers, texts and nulls among the cells.",
        lambda book: book["cells"].extend([1, None, "x = 1", [], {}, {"source": {}}, {"source": [1, [2]]}]),
    ),
    _text(
        "millions of cells",
        "Three million cells that say nothing before its own.",
        lambda data: b'{"cells": [' + b"{}," * 3_000_000 + json.dumps(json.loads(data)["cells"]).encode()[1:] + b"}",
        note="wrong.shape",
        earns=NOTHING,
    ),
    _json("large cell", "A cell of two megabytes.", lambda book: book["cells"].insert(0, code("#" * 2_000_000))),
    _json(
        "thousands of cells",
        "Ten thousand cells of its own.",
        lambda book: book["cells"].extend(code(f"x{n} = 1") for n in range(10_000)),
    ),
    _json(
        "thousands of copies",
        "Two thousand copies of an answer.",
        lambda book: book["cells"].extend([cell(book, "2-3-1")] * 2000),
    ),
    _json("same ids", "Forty thousand cells whose ids are not their own.", _same_ids),
    _json(
        "ids of others",
        "Ids that are the names of other cells.",
        lambda book: [c.update(id="setup") for c in book["cells"]] and None,
    ),
    _json(
        "large output",
        "Ten megabytes of outputs.",
        lambda book: cell(book, "2-3-1").update(
            outputs=[{"output_type": "stream", "name": "stdout", "text": "x" * 10**7}]
        ),
    ),
    # What lies beside.
    Case(
        "malform",
        "old timestamp",
        "Says that it was handed in before the deadline, before time began.",
        note="note.timestamp",
        files=lambda folder: (folder / "timestamp.txt").write_text("0000-00-00 00:00:00 UTC") and None,
    ),
    Case(
        "malform",
        "timestamp of a zone",
        "Names a file as the zone of its timestamp.",
        note="note.timestamp",
        files=lambda folder: (folder / "timestamp.txt").write_text("2031-01-01 00:00:00 ../../etc/passwd") and None,
    ),
    Case(
        "malform",
        "timestamp is a folder",
        "Has a folder in the timestamp's place.",
        note="note.timestamp",
        files=lambda folder: (folder / "timestamp.txt").mkdir(),
    ),
    Case(
        "malform",
        "timestamp is a pipe",
        "Has a pipe in the timestamp's place.",
        note="note.timestamp",
        files=lambda folder: os.mkfifo(folder / "timestamp.txt"),
    ),
    Case(
        "malform",
        "record of its own",
        "Brings the grader's record along, with full marks.",
        blank=True,
        files=lambda folder: (folder / record.FILE).write_text(_full_marks(), encoding="utf-8") and None,
    ),
    Case(
        "malform",
        "data linked",
        "Has a table that links to a system file.",
        files=lambda folder: (folder / "data.csv").symlink_to("/etc/passwd"),
    ),
    Case(
        "malform",
        "modules beside",
        "Has modules beside the notebook that it hopes are imported.",
        files=lambda folder: (
            [
                (folder / f"{name}.py").write_text("open('/tmp/gvclab-hostile-import', 'w')")
                for name in ("numpy", "gvclab", "sitecustomize")
            ]
            and None
        ),
    ),
]


def _deep(depth: int):
    data = 1
    for _ in range(depth):
        data = [data]
    return data


def _solved():
    from .corpus import solved

    return solved(NOTEBOOK)
