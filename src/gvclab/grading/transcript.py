"""The instructor's copy of a graded notebook, as it goes to `autograded/`: what formgrader and feedback show.

It is the release with the student's sources. Beside answers stands, as text, what they printed; a check shows
the score as a number, which is what nbgrader reads, and the card with the hint. No hidden test and no key are
in it, and nothing that a browser would run: outputs are made here, and a text that holds more than plain
Markdown is shown as it was written.
"""

from __future__ import annotations

import html
import re

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from gvclab.build.exercise import SKIP
from gvclab.content import render
from gvclab.exercises import Score, bank

from .engine import Done, Mark, Step
from .feedback import UNSAFE_TEX, clean_html
from .intake import Notebook, cell_name, clean


def steps(notebook: Notebook, book: NotebookNode) -> tuple[Step, ...]:
    """The page as the engine takes it: code to run, and checks."""
    made = []
    for number, cell in enumerate(book.cells):
        name = cell_name(cell)
        if cell.cell_type != "code" or SKIP in cell.metadata.get("tags", ()):
            continue
        if name in notebook.checks:
            made.append(Step(number, None, notebook.checks[name].id))
        elif cell.source.strip():
            answered = notebook.answers.get(name)
            made.append(Step(number, cell.source, answered.id if answered else ""))
    return tuple(made)


def transcript(notebook: Notebook, book: NotebookNode, done: Done) -> NotebookNode:
    """The copy of `book` with what was printed, scores and hints."""
    copy = nbformat.from_dict(book)
    left = dict(_MARKS)
    for number, cell in enumerate(copy.cells):
        item = notebook.checks.get(cell_name(cell))
        if cell.cell_type == "raw":
            cell = copy.cells[number] = new_markdown_cell(_literal(cell.source), id=cell.id)
        elif cell.cell_type == "markdown" and cell.source not in notebook.texts:
            rest = {mark: most - cell.source.count(mark) for mark, most in left.items()}
            small = len(cell.source) <= _MARKDOWN and min(rest.values()) >= 0
            cell.source, left = (harmless(cell.source), rest) if small else (_literal(cell.source), left)
        elif item:
            cell.outputs = [_shown(done.marks[item.id])]
        elif shown := _printed(done, number):
            cell.outputs = [_output("stream", name="stdout", text=clean(shown).rstrip("\n") + "\n")]
    return copy


def _printed(done: Done, cell: int) -> str:
    """What a cell printed, and below it what stopped it."""
    stopped = [render(done.stopped[cell])] if cell in done.stopped else []
    return "\n".join(filter(None, [done.printed.get(cell, "").rstrip("\n"), *stopped]))


def _shown(mark: Mark) -> NotebookNode:
    score = Score(mark.verdict, bank.item(mark.item))
    data = {"text/plain": f"{mark.score:.6g}", "text/html": clean(score._repr_html_())}
    return _output("execute_result", data=data, metadata={}, execution_count=None)


def _output(kind: str, **fields) -> NotebookNode:
    return nbformat.from_dict({"output_type": kind, **fields})


# What is looked at as Markdown: characters of a cell, and of a page the marks that may each take as long as all the
# others before it. The rest is shown as it was written.
_MARKDOWN = 20_000
_MARKS = {"<": 400, "$": 2_000, "\\": 2_000, ">": 4_000}
_SCHEME = re.compile(r"(javascript|vbscript|data):", re.I)


def harmless(source: str) -> str:
    """Markdown that runs nothing: as it is if it is plain, with its tags spelled out, or else literally.

    A picture becomes a link to it, since nothing is fetched to show a page, and one that was pasted is not kept.
    """
    source = source.replace("![", "[")
    if _is_plain(source):
        return source
    spelled = re.sub(r"<(?=[A-Za-z/!?])", "< ", source)
    return spelled if _is_plain(spelled) else _literal(source)


def _is_plain(source: str) -> bool:
    """Whether cleaning takes nothing away, and no address or formula could run code, however it is written."""
    bare = source
    for _ in range(3):
        bare = html.unescape(bare)
    squeezed = re.sub(r"[\s\\\x00-\x20\xad\u200b-\u200f\ufeff]", "", bare)
    if _SCHEME.search(squeezed) or UNSAFE_TEX.search(source) or UNSAFE_TEX.search(bare):
        return False
    return html.unescape(clean_html(source)) == html.unescape(source)


def _literal(source: str) -> str:
    """The text in a fence that it cannot close."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", source)), default=0))
    return f"{fence}text\n{source}\n{fence}"
