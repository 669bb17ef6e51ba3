"""A lesson: MyST Markdown as jupytext reads it, and the notebook made from it.

Three things are made on the way from tables of `content/`, and taken back on the way home: the first
cell (from the front matter and the glossary), links to claims such as [C2.3-1], and the table of a
`{claims}` directive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from gvclab import sources
from gvclab.build import notebooks
from gvclab.build.pieces import HEADING, fenced, pieces
from gvclab.claims import bibliography, chip
from gvclab.claims.claims import read as read_claims
from gvclab.claims.tables import Entry, merged
from gvclab.content import Listed, entry
from gvclab.content import render as said
from gvclab.content import text as say
from gvclab.sources import Fault

_FRONT = re.compile(r"\A---\n(.*?)\n---\n+", re.S)
_CLAIM = r"C[\d.]+-\d+"
_MARK = re.compile(rf"(?<![\[\]])\[({_CLAIM})\](?![\[(:])")
_LINK = re.compile(rf'\[({_CLAIM})\]\([^\s()]* "(?:[^"\\]|\\.)*"\)')
_DIRECTIVE = re.compile(r"^```\{claims\} *(\S+) *\n```$", re.M)
NO_BREAK = "\N{NON-BREAKING HYPHEN}"
_WORDS = ("title", "subtitle", "objectives", "prerequisites")  # of the front matter, all that is translated


@dataclass(frozen=True)
class Tables:
    """The claims and the glossary that lessons refer to, and the lessons there are, by section."""

    claims: dict
    glossary: dict
    lessons: dict

    @classmethod
    def read(cls, content: Path) -> Tables:
        """The tables of a `content` folder in the language in use. Fault names the file and the line."""
        lessons = {path.stem.split("-", 1)[0]: path.stem for path in sorted((content / "lessons").glob("*.md"))}
        claims = {name: vars(claim) for name, claim in read_claims(content, bibliography.read(content)).items()}
        return cls(claims, merged(content, "glossary", _term), lessons)


def _term(found: Entry) -> dict:
    sources.needed(found.table, ("zh", "is"), found.name, found.line)
    words = {"term": (found.name, found.name), "is": (f"{found.name}.is", found.table["is"])}
    return found.table | {part: found.translate(*placed) for part, placed in words.items()}


def render(source: str, tables: Tables, translate: Callable[[str, str], str] | None = None) -> NotebookNode:
    """The lesson notebook made from a lesson file, by `translate` in another language.

    Raises Fault, with the line, for what it refers to and does not exist, and for a fence that is not closed.
    """
    meta, body = _checked(source, tables)
    if translate:
        meta = meta | {name: _reworded(meta[name], name, translate) for name in _WORDS if name in meta}
        body = _translated(body, translate)
    cells = [notebooks.cell("markdown", _opening(meta, tables))]
    for cell in _jupytext().reads(body, fmt="md:myst").cells:
        if cell.cell_type == "code":
            cells.append(notebooks.cell("code", cell.source, cell.metadata))
        else:
            chapters = [_fill(part, str(meta["section"]), tables) for part in _chapters(cell.source)]
            cells += [notebooks.cell("markdown", chapter, cell.metadata) for chapter in chapters]
    return notebooks.notebook(cells)


def words(source: str) -> Iterator[tuple[str, str, int]]:
    """All that is translated of a lesson file: place, English, line."""
    meta, body = _meta(source)
    for name in _WORDS:
        yield from sources.leaves(meta.get(name), name, meta.lines.get(name, 1))
    first = source[: len(source) - len(body)].count("\n") + 1
    yield from ((piece.context, piece.english, piece.line) for piece in pieces(body, first))


def _reworded(found, place: str, translate: Callable):
    if isinstance(found, list):
        return [translate(f"{place}.{n}", each) for n, each in enumerate(found)]
    return translate(place, found)


def _translated(body: str, translate: Callable) -> str:
    made, end = [], 0
    for piece in pieces(body):
        made += [body[end : piece.start], translate(piece.context, piece.english)]
        end = piece.stop
    return "".join([*made, body[end:]])


def _meta(source: str) -> tuple[sources.Table, str]:
    front, body = _split(source)
    meta = sources.table(front, first=2)
    sources.needed(meta, ("section", "title", "minutes"), say("build.error.front_matter"), 1)
    return meta, body


def _checked(source: str, tables: Tables) -> tuple[sources.Table, str]:
    """Front matter and body of a lesson whose references exist and whose fences close."""
    meta, body = _meta(source)
    for n, term in enumerate(meta.get("terms") or ()):
        if term not in tables.glossary:
            raise Fault(say("build.error.terms", terms=term), meta["terms"].lines[n])
    for n, line, inside in fenced(body, source[: len(source) - len(body)].count("\n") + 1):
        for mark in () if inside else _MARK.finditer(line):
            if mark.group(1) not in tables.claims:
                raise Fault(say("build.error.claim", claim=mark.group(1)), n)
        block = re.match(r"```+\{([^}]*)\}", line)
        if block and block.group(1) not in ("code-cell", "claims"):
            raise Fault(say("build.error.block", block=block.group(1)), n)
        directive = re.match(r"```\{claims\} *(\S*)", line)
        if directive and not _of_section(directive.group(1), tables):
            raise Fault(say("build.error.section", section=directive.group(1)), n)
    return meta, body


def bring_home(source: str, edited: NotebookNode, tables: Tables) -> str:
    """The lesson file that gives the edited notebook. ValueError says which edit has no place in the file."""
    front, body = _split(source)
    if not edited.cells or edited.cells[0].source != _opening(sources.table(front), tables):
        raise ValueError(say("build.home.opening"))
    cells: list[NotebookNode] = []
    for cell in tidy(edited, source, tables).cells[1:]:
        if cell.cell_type == "raw":
            raise ValueError(say("build.home.raw", start=cell.source[:40]))
        if cell.cell_type == "markdown":
            cell.source = _empty(cell.source, body, tables)
            if _follows_on(cells[-1:], cell):
                cells[-1].source += f"\n\n{cell.source}"
                continue
        cells.append(cell)
    book = notebooks.notebook(cells)
    book.metadata = {"jupytext": {"default_lexer": "ipython3"}}
    home = source[: len(source) - len(body)] + _split(_jupytext().writes(book, fmt="md:myst"))[1]
    if len(_DIRECTIVE.findall(home)) != len(_DIRECTIVE.findall(body)):
        raise ValueError(say("build.home.claims"))
    return home


def tidy(edited: NotebookNode, source: str, tables: Tables) -> NotebookNode:
    """An edited notebook as the build lays it out: cells begin at headings, claims are linked."""
    section = str(sources.table(_split(source)[0])["section"])
    cells = [notebooks.cell("markdown", cell.source) for cell in edited.cells[:1]]
    for cell in edited.cells[1:]:
        metadata = {k: v for k, v in cell.metadata.items() if k not in notebooks.VOLATILE}
        parts = _chapters(cell.source) if cell.cell_type == "markdown" else [cell.source.strip("\n")]
        for part in filter(None, parts):
            text = _fill(part, section, tables) if cell.cell_type == "markdown" else part
            cells.append(notebooks.cell(cell.cell_type, text, metadata))
    return notebooks.notebook(cells)


def _follows_on(before: list[NotebookNode], cell: NotebookNode) -> bool:
    """Whether a Markdown cell needs no mark between it and the Markdown before: its heading is the mark."""
    plain = [cell for cell in before if cell.cell_type == "markdown" and not cell.metadata]
    return bool(plain and not cell.metadata and HEADING.match(cell.source))


def _jupytext():
    import jupytext  # 0.3 s, which `gvclab --help` need not pay

    return jupytext


def _split(source: str) -> tuple[str, str]:
    front = _FRONT.match(source)
    if not front:
        raise Fault(say("build.error.front"), 1)
    return front.group(1), source[front.end() :]


def _chapters(source: str) -> list[str]:
    """Markdown cut before each heading, so that JupyterLab can fold it; a # inside a fence is no heading."""
    parts: list[list[str]] = [[]]
    for _, line, inside in fenced(source):
        if not inside and HEADING.match(line) and any(parts[-1]):
            parts.append([])
        parts[-1].append(line)
    return ["\n".join(part).strip("\n") for part in parts]


# ------------------------------------------------------------------ what is made from front matter and tables


def _opening(meta: dict, tables: Tables) -> str:
    """The first cell: title, time, objectives, prerequisites, terms."""
    terms = [(term, tables.glossary[term]) for term in meta.get("terms") or ()]
    rows = [(known.get("term", term), known["zh"], known["is"]) for term, known in terms]
    parts = [
        f"# {meta['section']} {meta['title']}",
        f"*{meta['subtitle']}*" if meta.get("subtitle") else "",
        say("build.opening.time", section=meta["section"], minutes=meta["minutes"]),
        _listed("build.opening.objectives", meta.get("objectives", ())),
        _listed("build.opening.prerequisites", meta.get("prerequisites", ())),
        say("build.opening.terms") + "\n\n" + _grid(entry("build.opening.columns"), rows) if rows else "",
    ]
    return "\n\n".join(filter(None, parts))


def _listed(key: str, entries) -> str:
    return "\n".join([say(key), "", *(f"- {cell}" for cell in entries)]) if entries else ""


def _grid(head: list[str], rows: list[tuple]) -> str:
    def line(values) -> str:
        return "| " + " | ".join(" ".join(str(value).split()).replace("|", "\\|") for value in values) + " |"

    return "\n".join([line(head), line([":--"] * len(head)), *map(line, rows)])


def _verdict(section: str, tables: Tables) -> str:
    """The verdict table of a section's claims."""
    chosen = _of_section(section, tables)
    if not chosen:
        raise ValueError(say("build.error.section", section=section))
    types = entry("claims.types")
    rows = [
        (
            f"**{name.replace('-', NO_BREAK)}**",
            claim["claim"] + (" " + say("build.verdict.position") if claim["position"] else ""),
            said(Listed([types[letter] for letter in claim["type"]], "comma")),
            " ".join([claim["line"], *claim["evidence"]]),
            chip(claim["verdict"]).label,
            claim["change"],
        )
        for name, claim in chosen.items()
    ]
    return _grid(entry("build.verdict.columns"), rows)


def _of_section(section: str, tables: Tables) -> dict:
    return {name: claim for name, claim in tables.claims.items() if name.rpartition("-")[0] == f"C{section}"}


def _link(name: str, section: str, tables: Tables) -> str:
    """The mark [C2.3-1] as a link to the verdicts of the claim's lesson; the claim itself is the tooltip."""
    if name not in tables.claims:
        raise ValueError(say("build.error.claim", claim=name))
    own = name[1:].rpartition("-")[0]
    page = "" if own == section else f"{tables.lessons.get(own, '')}.ipynb"
    tip = tables.claims[name]["claim"].strip().replace("\\", "\\\\").replace('"', '\\"')
    return f'[{name}]({page}#{say("build.verdict.anchor").replace(" ", "-")} "{tip}")'


def _fill(source: str, section: str, tables: Tables) -> str:
    source = _MARK.sub(lambda mark: _link(mark.group(1), section, tables), source)
    return _DIRECTIVE.sub(lambda directive: _verdict(directive.group(1), tables), source)


def _empty(source: str, original: str, tables: Tables) -> str:
    """The inverse of `_fill`: only a table that stands as it was made turns into its directive again."""
    for directive in _DIRECTIVE.finditer(original):
        source = source.replace(_verdict(directive.group(1), tables), directive.group(0))
    return _LINK.sub(r"[\1]", source)
