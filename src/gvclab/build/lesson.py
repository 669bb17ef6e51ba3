"""A lesson: MyST Markdown as jupytext reads it, and the notebook made from it.

Made on the way, and taken back on the way home: the first cell (from the front matter), and all that `marks` lists:
links to claims, works and terms, computed numbers, folded parts, claims and references.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from nbformat import NotebookNode

from gvclab import sources
from gvclab.build import glossary, marks, notebooks
from gvclab.build.marks import Marks
from gvclab.build.pieces import HEADING, fenced, pieces
from gvclab.claims import bibliography
from gvclab.claims.claims import read as read_claims
from gvclab.claims.tables import Entry, merged
from gvclab.content import text as say
from gvclab.content import translator
from gvclab.sources import Fault

_FRONT = re.compile(r"\A---\n(.*?)\n---\n+", re.S)
_CARDS = re.compile(r"\bstudies\(([^)]*)\)")
_FOLDED = re.compile(r"\bother_claims\(([^)]*)\)")
_WORDS = ("title", "question", "objectives", "prerequisites")  # of the front matter, all that is translated


@dataclass(frozen=True)
class Tables:
    """The claims and the glossary that lessons refer to, the lessons by section, and where each claim is tested."""

    claims: dict
    glossary: dict
    lessons: dict
    places: dict = field(default_factory=dict)  # (lesson, anchor) by claim

    @classmethod
    def read(cls, content: Path) -> Tables:
        """The tables of a `content` folder in the language in use. Fault names the file and the line."""
        paths = sorted((content / "lessons").glob("*.md"))
        lessons = {path.stem.split("-", 1)[0]: path.stem for path in paths}
        claims = {name: vars(claim) for name, claim in read_claims(content, bibliography.read(content)).items()}
        places: dict = {}
        for path in paths:
            translate = translator(f"lessons/{path.stem}", content.parent / "locale")
            with sources.naming(path, content.parent):
                for claim, anchor in _places(path.read_text(encoding="utf-8"), translate):
                    places[claim] = (path.stem, anchor)
        return cls(claims, merged(content, "glossary", _term), lessons, places)


def _places(source: str, translate: Callable) -> Iterator[tuple[str, str]]:
    """Where a lesson tests each of its claims: the anchor in its notebook, for a folded one the heading over it."""
    _, body = _split(source)
    first = _line_of(source, body)
    heading, headings = "", {piece.line: piece for piece in pieces(body, first) if piece.heading}
    for n, line, _ in fenced(body, first):
        if n in headings:
            heading = _anchor(translate(headings[n].context, headings[n].english))
        elif folded := _folded(line):
            yield from ((name, heading) for name in folded)
        elif line.startswith("```{claim} "):
            yield from ((name, name) for name in marks.ids(line))


def _folded(code: str) -> list[str]:
    """The claims that `other_claims` lists."""
    return [name for call in _FOLDED.findall(code) for name in marks.ids(call)]


def _anchor(heading: str) -> str:
    """What JupyterLab and nbconvert call a heading by in a link."""
    return quote(heading.replace(" ", "-"))


def _term(found: Entry) -> dict:
    sources.needed(found.table, ("zh", "is"), found.name, found.line)
    words = {"term": (found.name, found.name), "is": (f"{found.name}.is", found.table["is"])}
    return found.table | {part: found.translate(*placed) for part, placed in words.items()}


def render(source: str, tables: Tables, translate: Callable[[str, str], str] | None = None) -> NotebookNode:
    """The lesson notebook made from a lesson file, by `translate` in another language.

    Raises Fault, with the line, for what it refers to and does not exist, and for a fence that is not closed.
    """
    meta, body, known = _checked(source, tables)
    if translate:
        meta = meta | {name: _reworded(meta[name], name, translate) for name in _WORDS if name in meta}
        body = _translated(body, translate)
    cells = [notebooks.cell("markdown", _opening(meta))]
    for cell in _jupytext().reads(body, fmt="md:myst").cells:
        if cell.cell_type == "code":
            cells.append(notebooks.cell("code", cell.source, cell.metadata))
            continue
        for chapter in _chapters(cell.source):
            cells.append(notebooks.cell("markdown", marks.fill(chapter, known), cell.metadata))
            if marks.anchored(cells[-1].source):
                known = known._replace(report=False)  # what the authors say ends where the first claim is tested
    return notebooks.notebook(cells)


def minutes(source: str) -> int:
    """How long a lesson takes, as its front matter says."""
    return int(_meta(source)[0]["minutes"])


def words(source: str) -> Iterator[tuple[str, str, int]]:
    """All that is translated of a lesson file: place, English, line."""
    meta, body = _meta(source)
    for name in _WORDS:
        yield from sources.leaves(meta.get(name), name, meta.lines.get(name, 1))
    first = _line_of(source, body)
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


def _line_of(source: str, rest: str) -> int:
    """The line of the file that the rest of it begins on."""
    return source[: len(source) - len(rest)].count("\n") + 1


def _meta(source: str) -> tuple[sources.Table, str]:
    front, body = _split(source)
    meta = sources.table(front, first=2)
    sources.needed(meta, ("section", "title", "question", "minutes"), say("build.error.front_matter"), 1)
    return meta, body


def _checked(source: str, tables: Tables) -> tuple[sources.Table, str, Marks]:
    """Front matter, body and marks of a lesson whose references exist and whose fences close."""
    meta, body = _meta(source)
    known = _marks(source, meta, tables)
    for n, line, inside in fenced(body, _line_of(source, body)):
        with sources.at(n):
            if not inside:
                marks.fill(line, known)
                continue
            for name in _folded(line):
                _claimed(name, tables)
        block = re.match(r"```+\{([^}]*)\}", line)
        if block and block.group(1) not in ("code-cell", *marks.BLOCKS):
            raise Fault(say("build.error.block", block=block.group(1)), n)
        if block and block.group(1) in marks.BLOCKS:
            with sources.at(n):
                marks.fill(f"{line}\n```", known)
    return meta, body, known


def _marks(source: str, meta: dict, tables: Tables) -> Marks:
    """What the marks of a lesson stand for."""
    page = tables.lessons.get(str(meta["section"]), "")
    head = _FRONT.match(source).end()
    numbers, _ = marks.split_numbers(source[head:])
    reported = set(marks.claims_named(source))

    def claim(name: str, report: bool) -> str:
        link = _link(name, page, tables)
        return f'<a id="from-{name}"></a>{link}' if report and tables.places.get(name, ("",))[0] == page else link

    return Marks(
        claim=claim,
        stated=lambda names: _stated(names, tables, reported),
        references=lambda: _references(source, tables),
        cite=lambda key: _known_work(bibliography.cite, key),
        term=lambda name: _term_link(name, tables),
        numbers=marks.computed(numbers, source[:head].count("\n") + 1),
    )


def bring_home(source: str, edited: NotebookNode, tables: Tables) -> str:
    """The lesson file that gives the edited notebook. ValueError says which edit has no place in the file."""
    meta, body = _meta(source)
    if not edited.cells or edited.cells[0].source != _opening(meta):
        raise ValueError(say("build.home.opening"))
    known = _marks(source, meta, tables)
    cells: list[NotebookNode] = []
    for cell in tidy(edited, source, tables).cells[1:]:
        if cell.cell_type == "raw":
            raise ValueError(say("build.home.raw", start=cell.source[:40]))
        if cell.cell_type == "markdown":
            cell.source = marks.home(cell.source, body, known)
            if _follows_on(cells[-1:], cell):
                cells[-1].source += f"\n\n{cell.source}"
                continue
        cells.append(cell)
    book = notebooks.notebook(cells)
    book.metadata = {"jupytext": {"default_lexer": "ipython3"}}
    home = source[: len(source) - len(body)] + _split(_jupytext().writes(book, fmt="md:myst"))[1]
    if marks.blocks(home) != marks.blocks(body):
        raise ValueError(say("build.home.blocks"))
    return home


def tidy(edited: NotebookNode, source: str, tables: Tables) -> NotebookNode:
    """An edited notebook as the build lays it out: cells begin at headings, claims are linked."""
    known = _marks(source, _meta(source)[0], tables)
    cells = [notebooks.cell("markdown", cell.source) for cell in edited.cells[:1]]
    for cell in edited.cells[1:]:
        metadata = {k: v for k, v in cell.metadata.items() if k not in notebooks.VOLATILE}
        parts = _chapters(cell.source) if cell.cell_type == "markdown" else [cell.source.strip("\n")]
        for part in filter(None, parts):
            text = marks.fill(part, known) if cell.cell_type == "markdown" else part
            if marks.anchored(text):
                known = known._replace(report=False)
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
    return front.group(1), marks.split_numbers(source[front.end() :])[1]


def _chapters(source: str) -> list[str]:
    """Markdown cut before each heading, so that JupyterLab can fold it; a # inside a fence is no heading."""
    parts: list[list[str]] = [[]]
    for _, line, inside in fenced(source):
        if not inside and HEADING.match(line) and any(parts[-1]):
            parts.append([])
        parts[-1].append(line)
    return ["\n".join(part).strip("\n") for part in parts]


# ------------------------------------------------------------------ what is made from front matter and tables


def _opening(meta: dict) -> str:
    """The first cell: title and question; folded, the time it takes, what is learnt and what is needed."""
    told = {"section": str(meta["section"]).rstrip("abc"), "minutes": meta["minutes"]}
    parts = [
        f"# {meta['section']} {meta['title']}",
        f"**{meta['question']}**",
        f"<details>\n<summary>{say('build.opening.summary', **told)}</summary>",
        _listed("build.opening.objectives", meta.get("objectives", ())),
        _listed("build.opening.prerequisites", meta.get("prerequisites", ())),
        "</details>",
    ]
    return "\n\n".join(filter(None, parts))


def _listed(key: str, entries) -> str:
    return "\n".join([say(key), "", *(f"- {cell}" for cell in entries)]) if entries else ""


def _link(name: str, page: str, tables: Tables) -> str:
    """The mark [C2.3-1] as a link to where the claim is tested; the claim itself is the tooltip."""
    lesson, anchor = tables.places.get(name, (page, ""))
    target = "" if lesson == page else f"{lesson}.ipynb"
    return f'[{name}]({target}#{anchor} "{_tip(_claimed(name, tables))}")'


def _claimed(name: str, tables: Tables) -> str:
    """What a claim says. Fault for one that does not exist."""
    if name not in tables.claims:
        raise Fault(say("build.error.claim", claim=name))
    return tables.claims[name]["claim"]


def _tip(words: str) -> str:
    """Words as the tooltip of a link."""
    return " ".join(words.split()).replace("\\", "\\\\").replace('"', '\\"')


def _stated(names: list[str], tables: Tables, reported: set[str]) -> str:
    """Claims that a round tests: each with its id, and a way back to where the authors are reported."""
    lines = []
    for name in names:
        claimed = _claimed(name, tables)
        back = f" {say('build.claim.back', claim=name)}" if name in reported else ""
        stated = say("build.claim.stated", id=name, claim=claimed)
        lines.append(f'> <a id="{name}"></a>{stated}{back}')
    return "\n>\n".join(lines)


def _term_link(name: str, tables: Tables) -> str:
    """A term as a link to the glossary; what it means here is the tooltip."""
    if name not in tables.glossary:
        raise Fault(say("build.error.terms", terms=name))
    known = tables.glossary[name]
    words = known.get("term", name)
    tip = _tip(say("build.term.tip", zh=known["zh"], meaning=known["is"]))
    return f'[{words}]({glossary.address(name)} "{tip}")'


def _references(source: str, tables: Tables) -> str:
    """The works that a lesson cites: in its text, on its cards, and for its claims."""
    cards = [key for call in _CARDS.findall(source) for key in re.findall(r'"([^"]+)"', call)]
    tested = [key for name in (*marks.claims_tested(source), *_folded(source)) for key in tables.claims[name]["cites"]]
    keys = {*marks.cited(source), *cards, *tested}
    return "\n".join(f"- {line}" for line in _known_work(bibliography.references, keys))


def _known_work(made: Callable[[str], str], key: str) -> str:
    """What is made of a work. Fault for one that is not in the bibliography."""
    try:
        return made(key)
    except KeyError as problem:
        raise Fault(problem.args[0]) from problem
