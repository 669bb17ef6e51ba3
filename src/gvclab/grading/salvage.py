"""What can still be read of a notebook file, whatever happened to it.

`read` takes bytes and gives well-formed cells, every line of source that is still in the file, and the names
of what was wrong with it. It runs nothing and raises nothing.
"""

from __future__ import annotations

import codecs
import itertools
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

CELLS = 50_000  # that are looked at; a file may hold millions that say nothing, and each takes memory
DEPTH = 40  # of lists and dicts in outputs and metadata; JSON deeper than that was made to break something

_CELL = re.compile(r'(?<!\\)"cell_type"\s*:\s*"(\w+)')
_SOURCE = re.compile(r'(?<!\\)"(?:source|input)"\s*:')
_LIST = re.compile(r'(?<!\\)"([^"\\]{1,20})"\s*:\s*(?=\[\s*")')
_LISTS = {"text", "traceback", "tags", "text/plain", "text/html"}
_COMMA = re.compile(r'(?<!\\)"\s*,\s*"')
# A closing quote: before an opening one stands a blank, a comma or a bracket.
_END = re.compile(r'(?<![\\\s,\[])"\s*(?:\]\s*)?(?:\}|,\s*"(?:attachments|execution_count|id|metadata|outputs)"\s*:)')
_CLOSING = re.compile(r'(?<!\\)((?:\\\\)*)"\Z')  # but not a quotation mark of the text's own
_GRADE_ID = re.compile(r'"grade_id"\s*:\s*"([^"\\]*)"')
_KEYS = {
    "attachments",
    "cell_type",
    "execution_count",
    "id",
    "metadata",
    "outputs",
    "prompt_number",
    "language",
}
_SURROGATE = re.compile("[\ud800-\udfff]")
_BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


class Read(NamedTuple):
    """A well-formed notebook (format 4.5, sources as texts) and what was wrong with the file."""

    cells: list[dict]
    metadata: dict
    wrong: list[str]


def read(data: bytes) -> Read:
    """The notebook in a file's bytes. `wrong`: empty, bom, encoding, conflict, json, version, shape."""
    if not data.strip(b"\0 \t\r\n"):
        return Read([], {}, ["empty"])
    raw, wrong = _decoded(data)
    book = _parsed(raw)
    if book is None and re.search("^<{7}", raw, re.M):
        wrong.append("conflict")
        ours, theirs = (_parsed(side) or {"cells": _salvaged(side)} for side in _sides(raw))
        book = {**ours, "cells": _both(_cells(ours, []), _cells(theirs, []))}
    elif book is None:
        wrong.append("json")
        book = {"cells": _salvaged(raw)}
    elif not isinstance(book.get("cells"), list) and not book.get("worksheets"):
        book = {**book, "cells": _salvaged(raw)}
        wrong.append("shape")
    cells = _cells(book, wrong)
    metadata = book.get("metadata")
    return Read(cells, metadata if isinstance(metadata, dict) and _shallow(metadata) else {}, wrong)


# --------------------------------------------------------------------------------------------- bytes to JSON


def _decoded(data: bytes) -> tuple[str, list[str]]:
    for mark, name in _BOMS.items():
        if data.startswith(mark):
            return _clean(data[len(mark) :].decode(name, "replace")), ["bom"]
    if (name := json.detect_encoding(data)) != "utf-8":  # the mark may be missing
        return _clean(data.decode(name, "replace")), ["encoding"]
    try:
        return _clean(data.decode("utf-8")), []
    except UnicodeDecodeError:
        return _clean(data.decode("utf-8", "gvclab-western")), ["encoding"]


def _western(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8, as most editors of the West would have meant them."""
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("gvclab-western", _western)


def _clean(raw: str) -> str:
    return raw.replace("\r\n", "\n")


def _sides(raw: str) -> tuple[str, str]:
    """The two versions between the marks of a merge conflict."""
    sides, side = {"ours": [], "theirs": [], "base": []}, ""
    for line in raw.splitlines(keepends=True):
        if line.startswith("<<<<<<<"):
            side = "ours"
        elif side and line.startswith("|||||||"):
            side = "base"
        elif side and line.startswith("======="):
            side = "theirs"
        elif side and line.startswith(">>>>>>>"):
            side = ""
        else:
            for one in [side] if side else ["ours", "theirs"]:
                sides[one].append(line)
    return "".join(sides["ours"]), "".join(sides["theirs"])


def _parsed(raw: str) -> dict | None:
    try:
        book = json.loads(raw, parse_constant=lambda _: None, parse_int=_whole)
    except (ValueError, RecursionError):
        return None
    return book if isinstance(book, dict) else {"cells": book}


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) < 20 else None


# ----------------------------------------------------------------------------------------- well-formed cells


def _cells(book: dict, wrong: list[str]) -> list[dict]:
    """The cells of JSON that ought to be a notebook, each in the form of format 4.5."""
    found = book.get("cells")
    if book.get("worksheets"):
        wrong.append("version")
        sheets = book["worksheets"] if isinstance(book["worksheets"], list) else []
        found = [cell for sheet in sheets if isinstance(sheet, dict) for cell in _list(sheet.get("cells"))]
    elif "nbformat" in book and book["nbformat"] != 4:
        wrong.append("version")
    cells = [cell for entry in _list(found)[:CELLS] if (cell := _cell(entry))]
    if not isinstance(found, list) or len(cells) < len(found):
        wrong.append("shape")
    taken, seen = {cell["id"] for cell in cells}, set()
    fresh = (name for n in itertools.count(1) if (name := f"cell-{n}") not in taken)
    for cell in cells:
        if cell["id"] in seen or not re.fullmatch(r"[\w-]{1,64}", cell["id"], re.ASCII):
            cell["id"] = next(fresh)
        seen.add(cell["id"])
    return cells


def _list(data: Any) -> list:
    return data if isinstance(data, list) else []


def _cell(entry: Any) -> dict | None:
    if isinstance(entry, str):
        entry = {"cell_type": "raw", "source": entry}
    if not isinstance(entry, dict):
        return None
    kind, source = entry.get("cell_type"), _source(_source_of(entry))
    if kind == "heading":
        kind, source = "markdown", f"# {source}"
    metadata = entry.get("metadata")
    cell = {
        "cell_type": kind if kind in ("code", "markdown") else "raw",
        "id": entry["id"] if isinstance(entry.get("id"), str) else "",
        "metadata": metadata if isinstance(metadata, dict) and _shallow(metadata) else {},
        "source": source,
    }
    if kind == "code":
        count = entry.get("execution_count", entry.get("prompt_number"))
        cell["execution_count"] = count if type(count) is int and count >= 0 else None
        cell["outputs"] = [output for output in _list(entry.get("outputs")) if _is_output(output)]
    elif isinstance(entry.get("attachments"), dict) and _shallow(entry["attachments"]):
        cell["attachments"] = entry["attachments"]
    return cell


def _source_of(entry: dict) -> Any:
    """What stands where the source should; under a name that was damaged the texts that belong to none."""
    for key in ("source", "input"):
        if key in entry:
            return entry[key]
    strangers = (value for key, value in entry.items() if key not in _KEYS and isinstance(value, (str, list)))
    return next(strangers, "")


def _source(data: Any) -> str:
    if isinstance(data, list):
        lines = [line if isinstance(line, str) else f"{line}\n" for line in data]
        # Lines without their ends are another program's: Jupyter itself would write all of them into one.
        bare = not any(line.endswith("\n") for line in lines)
        data = ("\n" if bare else "").join(lines)
    text = data if isinstance(data, str) else "" if data is None else str(data)
    return _SURROGATE.sub("\ufffd", text.replace("\r\n", "\n"))


_OUTPUTS = {
    "stream": {"name": str, "text": (str, list)},
    "display_data": {"data": dict, "metadata": dict},
    "execute_result": {"data": dict, "metadata": dict},
    "error": {"ename": str, "evalue": str, "traceback": list},
}


def _is_output(output: Any) -> bool:
    if not isinstance(output, dict) or not isinstance(output.get("output_type"), str):
        return False
    wanted = _OUTPUTS.get(output["output_type"])
    return bool(wanted and all(isinstance(output.get(key), kind) for key, kind in wanted.items()) and _shallow(output))


def _shallow(data: Any) -> bool:
    """Whether JSON data are nested no deeper than a notebook's are."""
    level = [data]
    for _ in range(DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return True
    return False


# --------------------------------------------------------------------------------------------- broken JSON


def _salvaged(raw: str) -> list[dict]:
    """The cells of JSON that has a hole or lacks its end: whole where they are whole, else their sources."""
    return list(itertools.islice(_pieces(raw), CELLS))


def _pieces(raw: str) -> Iterator[dict]:
    kinds = [match.start() for match in _CELL.finditer(raw)]
    starts = [max(raw.rfind("{", max(0, at - 200), at), 0) or at for at in kinds]
    # nbgrader notes a cell's kind in its metadata too.
    starts = [at for at in starts if not raw[max(0, at - 40) : at].rstrip().endswith('"nbgrader":')]
    for start, end in zip(starts, [*starts, len(raw)][1:], strict=True):
        region = raw[start:end]
        cell, length = _whole_cell(region)
        if cell:
            yield cell
        yield from _torn_cells(region[length:])


def _whole_cell(region: str) -> tuple[dict | None, int]:
    """The cell at the beginning, and its length; (None, 0) where it is torn."""
    try:
        cell, end = json.JSONDecoder(parse_constant=lambda _: None, parse_int=_whole).raw_decode(region)
    except (ValueError, RecursionError):
        return None, 0
    return (cell, end) if isinstance(cell, dict) and ("source" in cell or "input" in cell) else (None, 0)


def _torn_cells(region: str) -> Iterator[dict]:
    """A cell for each source: where the line that tells a cell's kind is gone, two stand together."""
    sources = list(_SOURCE.finditer(region)) or [m for m in _LIST.finditer(region) if m.group(1) not in _LISTS]
    ends = [*(match.start() for match in sources), len(region)][1:]
    kind, before = _CELL.search(region), 0
    for match, end in zip(sources, ends, strict=True):
        names = _GRADE_ID.findall(region[before : match.start()]) or _GRADE_ID.findall(region[match.end() : end])
        before = match.end()
        yield {
            "cell_type": kind.group(1) if kind else "raw",
            "metadata": {"nbgrader": {"grade_id": names[-1]}} if names else {},
            "source": _joined(region[match.end() : end]),
        }
    if not sources and '\\n"' in region:
        yield {"cell_type": "raw", "metadata": {}, "source": _joined(region, whole=True)}


def _joined(torn: str, whole: bool = False) -> str:
    """The text of a source whose JSON is torn, as well as can be done, to its end or that of the text."""
    end = None if whole else _END.search(torn)
    torn = torn[: end.start()] if end else torn
    lines = _COMMA.split(torn.strip("[{}], \n"))
    return _unquoted(_CLOSING.sub(r"\1", "".join(lines).removeprefix('"')))


def _unquoted(body: str) -> str:
    try:
        return json.loads(f'"{body}"', strict=False)
    except ValueError:  # an escape was cut in two
        simple = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "/": "/", "r": "\r"}
        return re.sub(r"\\(.)", lambda escape: simple.get(escape.group(1), escape.group()), body)


def _both(ours: list[dict], theirs: list[dict]) -> list[dict]:
    """Our cells, and those of theirs that say something else: before the cell of the same name, if any, else
    where they stood.
    """
    names = {_called(cell) for cell in ours}
    known = {(cell["cell_type"], cell["source"]) for cell in ours}
    before, after, last = defaultdict(list), defaultdict(list), ""
    for cell in theirs:
        last = _called(cell) if _called(cell) in names else last
        if (cell["cell_type"], cell["source"]) not in known:
            (before if _called(cell) in names else after)[last].append(cell)
    cells = after[""]
    for cell in ours:
        cells += [*before.pop(_called(cell), ()), cell, *after.pop(_called(cell), ())]
    return cells


def _called(cell: dict) -> str:
    return grade_id(cell) or cell["id"]


def grade_id(cell: dict) -> str:
    """nbgrader's name of a cell, empty if it has none."""
    grading = cell["metadata"].get("nbgrader")
    name = grading.get("grade_id") if isinstance(grading, dict) else ""
    return name if isinstance(name, str) else ""
