"""A lesson: MyST Markdown as jupytext reads it, and the notebook made from it.

Three things are made on the way from tables of `content/`, and taken back on the way home: the first
cell (from the front matter and the glossary), links to claims such as [C2.3-1], and the table of a
`{claims}` directive.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml
from nbformat import NotebookNode

from gvclab.build import notebooks
from gvclab.content import entry
from gvclab.content import text as say

_FRONT = re.compile(r"\A---\n(.*?)\n---\n+", re.S)
_CLAIM = r"C[\d.]+-\d+"
_MARK = re.compile(rf"(?<![\[\]])\[({_CLAIM})\](?![\[(:])")
_LINK = re.compile(rf'\[({_CLAIM})\]\([^\s()]* "(?:[^"\\]|\\.)*"\)')
_DIRECTIVE = re.compile(r"^```\{claims\} *(\S+) *\n```$", re.M)
NO_BREAK = "\N{NON-BREAKING HYPHEN}"
_FENCE = re.compile(r"^(`{3,}|~{3,}|\$\$)")
_HEADING = re.compile(r"^#{1,6} ")


@dataclass(frozen=True)
class Tables:
    """The claims and the glossary that lessons refer to, and the lessons there are, by section."""

    claims: dict
    glossary: dict
    lessons: dict

    @classmethod
    def read(cls, content: Path) -> Tables:
        def table(folder: str) -> dict:
            """The entries of a folder's files, one file a section."""
            merged: dict = {}
            for path in sorted((content / folder).glob("*.yml")):
                entries = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
                if twice := merged.keys() & entries.keys():
                    raise ValueError(say("build.error.twice", file=path.name, names=", ".join(sorted(twice))))
                merged |= entries
            return merged

        lessons = {path.stem.split("-", 1)[0]: path.stem for path in sorted((content / "lessons").glob("*.md"))}
        return cls(table("claims"), table("glossary"), lessons)


def render(source: str, tables: Tables) -> NotebookNode:
    """The lesson notebook made from a lesson file. ValueError names what it refers to and does not exist."""
    front, body = _split(source)
    meta = yaml.safe_load(front)
    cells = [notebooks.cell("markdown", _opening(meta, tables))]
    for cell in _jupytext().reads(body, fmt="md:myst").cells:
        if cell.cell_type == "code":
            cells.append(notebooks.cell("code", cell.source, cell.metadata))
        else:
            chapters = [_fill(part, str(meta["section"]), tables) for part in _chapters(cell.source)]
            cells += [notebooks.cell("markdown", chapter, cell.metadata) for chapter in chapters]
    return notebooks.notebook(cells)


def bring_home(source: str, edited: NotebookNode, tables: Tables) -> str:
    """The lesson file that gives the edited notebook. ValueError says which edit has no place in the file."""
    front, body = _split(source)
    if not edited.cells or edited.cells[0].source != _opening(yaml.safe_load(front), tables):
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
    section = str(yaml.safe_load(_split(source)[0])["section"])
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
    return bool(plain and not cell.metadata and _HEADING.match(cell.source))


def _jupytext():
    import jupytext  # 0.3 s, which `gvclab --help` need not pay

    return jupytext


def _split(source: str) -> tuple[str, str]:
    front = _FRONT.match(source)
    if not front:
        raise ValueError(say("build.error.front"))
    return front.group(1), source[front.end() :]


def _chapters(source: str) -> list[str]:
    """Markdown cut before each heading, so that JupyterLab can fold it; a # inside a fence is no heading."""
    parts: list[list[str]] = [[]]
    fence = ""
    for line in source.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            # A fence closes with its own mark; `$$ … $$` on one line never opened one.
            fence = "" if line.rstrip().endswith(fence) else fence
        elif mark and not (mark.group(1) == "$$" and line.rstrip().endswith("$$") and len(line.rstrip()) > 2):
            fence = mark.group(1)
        elif _HEADING.match(line) and any(parts[-1]):
            parts.append([])
        parts[-1].append(line)
    return ["\n".join(part).strip("\n") for part in parts]


# ------------------------------------------------------------------ what is made from front matter and tables


def _opening(meta: dict, tables: Tables) -> str:
    """The first cell: title, time, objectives, prerequisites, terms."""
    unknown = [term for term in meta.get("terms", ()) if term not in tables.glossary]
    if unknown:
        raise ValueError(say("build.error.terms", terms=", ".join(unknown)))
    rows = [(term, tables.glossary[term]["zh"], tables.glossary[term]["is"]) for term in meta.get("terms", ())]
    parts = [
        f"# {meta['section']} {meta['title']}",
        f"*{meta['subtitle']}*" if meta.get("subtitle") else "",
        say("build.opening.time", section=meta["section"], minutes=meta["minutes"]),
        _listed("build.opening.objectives", meta.get("objectives", ())),
        _listed("build.opening.prerequisites", meta.get("prerequisites", ())),
        say("build.opening.terms") + "\n\n" + _table(entry("build.opening.columns"), rows) if rows else "",
    ]
    return "\n\n".join(filter(None, parts))


def _listed(key: str, entries) -> str:
    return "\n".join([say(key), "", *(f"- {cell}" for cell in entries)]) if entries else ""


def _table(head: list[str], rows: list[tuple]) -> str:
    def line(values) -> str:
        return "| " + " | ".join(" ".join(str(value).split()).replace("|", "\\|") for value in values) + " |"

    return "\n".join([line(head), line([":--"] * len(head)), *map(line, rows)])


def _verdict(section: str, tables: Tables) -> str:
    """The verdict table of a section's claims."""
    chosen = {k: v for k, v in tables.claims.items() if k.rpartition("-")[0] == f"C{section}"}
    if not chosen:
        raise ValueError(say("build.error.section", section=section))
    types, verdicts = entry("build.verdict.types"), entry("build.verdict.verdicts")
    rows = [
        (
            f"**{name.replace('-', NO_BREAK)}**",
            claim["claim"] + (" " + say("build.verdict.position") if claim.get("position") else ""),
            ", ".join(types[letter] for letter in claim["type"]),
            claim["evidence"],
            verdicts[claim["verdict"]],
            claim["change"],
        )
        for name, claim in chosen.items()
    ]
    return _table(entry("build.verdict.columns"), rows)


def _link(name: str, section: str, tables: Tables) -> str:
    """The mark [C2.3-1] as a link to the verdicts of the claim's lesson; the claim itself is the tooltip."""
    if name not in tables.claims:
        raise ValueError(say("build.error.claim", claim=name))
    own = name[1:].rpartition("-")[0]
    page = "" if own == section else f"{tables.lessons.get(own, '')}.ipynb"
    tip = tables.claims[name]["claim"].strip().replace("\\", "\\\\").replace('"', '\\"')
    return f'[{name}]({page}#{say("build.verdict.anchor")} "{tip}")'


def _fill(source: str, section: str, tables: Tables) -> str:
    source = _MARK.sub(lambda mark: _link(mark.group(1), section, tables), source)
    return _DIRECTIVE.sub(lambda directive: _verdict(directive.group(1), tables), source)


def _empty(source: str, original: str, tables: Tables) -> str:
    """The inverse of `_fill`: only a table that stands as it was made turns into its directive again."""
    for directive in _DIRECTIVE.finditer(original):
        source = source.replace(_verdict(directive.group(1), tables), directive.group(0))
    return _LINK.sub(r"[\1]", source)
