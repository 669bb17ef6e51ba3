"""The glossary as a page of the course: each term with its Chinese, what it means here, and who uses it."""

from __future__ import annotations

from collections.abc import Mapping

from nbformat import NotebookNode

from gvclab.build import marks, notebooks
from gvclab.content import Listed
from gvclab.content import render as said
from gvclab.content import text as say

PAGE = "glossary.ipynb"


def render(glossary: Mapping[str, Mapping], lessons: Mapping[str, str]) -> NotebookNode:
    """The notebook. lessons : the lesson files' texts by their names, so that a term links to those that explain it."""
    used = {stem: set(marks.terms_explained(source)) for stem, source in lessons.items()}
    entries = sorted(glossary.items(), key=lambda entry: entry[1].get("term", entry[0]).casefold())
    cells = [notebooks.cell("markdown", f"# {say('build.glossary.title')}\n\n{say('build.glossary.about')}")]
    for name, known in entries:
        places = [f"[{stem.partition('-')[0]}]({stem}.ipynb)" for stem, terms in used.items() if name in terms]
        where = f"\n\n{say('build.glossary.used', lessons=said(Listed(places)))}" if places else ""
        source = f"## {known.get('term', name)}\n\n{known['zh']}. {known['is']}{where}"
        cells.append(notebooks.cell("markdown", source, name=notebooks.as_id(name)))
    return notebooks.notebook(cells)


def address(name: str) -> str:
    """Where a term stands, as a link has it: a cell by its id.

    JupyterLab finds a heading only in a notebook that is open and drawn already, and a cell in one that it first has
    to open, too. The id is made of the English name, so that it is the same in every language.
    """
    return f"{PAGE}#cell-id={notebooks.as_id(name)}"
