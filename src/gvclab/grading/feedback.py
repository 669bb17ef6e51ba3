"""Feedback pages that show a student's work, scores and hints, but no key, no script, and nothing fetched
from the net."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from xml.etree import ElementTree

import bleach
from bleach.css_sanitizer import ALLOWED_CSS_PROPERTIES, CSSSanitizer
from jinja2 import DictLoader
from latex2mathml.converter import convert
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import Bool, default

from gvclab.content import text as say

from .leaks import HOME
from .outgoing import demand_clean

_SECRET = re.compile(
    r"^[^\n]*BEGIN (HIDDEN TESTS|SOLUTION)[^\n]*\n(.*?)(?:^[^\n]*END \1[^\n]*(?:\n|\Z)|\Z)", re.M | re.S
)
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_TAGS = bleach.ALLOWED_TAGS | {
    "br",
    "caption",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "img",
    "p",
    "pre",
    "s",
    "small",
    "span",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
}
_ATTRIBUTES = {
    "*": ["aria-hidden", "class", "colspan", "id", "role", "rowspan", "style", "title"],
    "a": ["href"],
    "img": ["alt", "src"],
}
_STYLES = ALLOWED_CSS_PROPERTIES | {"border-left", "list-style", "margin", "max-width", "padding"}
_MATHML = "http://www.w3.org/1998/Math/MathML"
# The elements of a drawn formula, which have no way to run anything.
_DRAWN = re.compile(
    "m(ath|row|i|n|o|text|space|frac|sqrt|root|sub|sup|subsup|under|over|underover|table|tr|td|style|padded|phantom|"
    "multiscripts|prescripts)|menclose|none"
)
_AMPERSAND = re.compile(r"&(?!#?\w+;)")
_RUNS = re.compile("on|href|src|style|.*[:}]", re.I)  # attributes
ElementTree.register_namespace("", _MATHML)
# TeX that would write attributes of its own into the page.
UNSAFE_TEX = re.compile(r"\\(href|url|style|class|cssId|html\w*|data|mmlToken|require|(re)?new\w+|def|let)\b")


class Grades(GetGrades):
    """nbgrader's scores and comments; an answer that nobody has read yet says so, or its 0 would pass for a grade."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int) -> tuple[NotebookNode, dict]:
        cell, resources = super().preprocess_cell(cell, resources, index)
        if is_grade(cell) and is_solution(cell):
            grading = cell.metadata.nbgrader
            place = grading.grade_id, self.notebook_id, self.assignment_id, self.student_id
            grade = self.gradebook.find_grade(*place)
            if grade.needs_manual_grade and grade.manual_score is None:
                grading["comment"] = "\n\n".join(filter(None, [say("grading.unread"), grading.get("comment")]))
        return cell, resources


class CleanFeedback(NbGraderPreprocessor):
    """Takes hidden tests and solutions out of the cells, and what was printed of them out of the outputs.

    What is then in the page goes to the exporter as `resources["gvclab"]`.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        secret = {line for cell in nb.cells for line in _secret_lines(cell.source)}
        for cell in nb.cells:
            cell.source = _SECRET.sub("", cell.source).rstrip("\n")
        open_lines = {line.strip() for cell in nb.cells for line in cell.source.splitlines()}
        telling = {line for line in secret - open_lines if len(line) > 12}
        for cell in nb.cells:
            if cell.cell_type == "code":
                graded = cell.metadata.get("nbgrader", {}).get("grade")
                cell.outputs = [_explained(o) if graded else _scrubbed(o, telling) for o in cell.outputs]
        resources["gvclab"] = nb
        return nb, resources


def _secret_lines(source: str) -> list[str]:
    return [line.strip() for block in _SECRET.finditer(source) for line in block.group(2).splitlines()]


def _explained(output: NotebookNode) -> NotebookNode:
    """An error of a check cell in words: the traceback would show the key."""
    if output.output_type != "error":
        return output
    if output.ename == "NameError":
        return _printed(say("grading.check.missing", problem=_ANSI.sub("", output.evalue)))
    return _printed(say("grading.check.stopped", error=output.ename))


def _scrubbed(output: NotebookNode, telling: set[str]) -> NotebookNode:
    """The output of a student's own cell, unless it shows a line of a check (`print(In)` would); whose home folder
    this was done in is nobody's business.
    """
    shown = _ANSI.sub("", "\n".join(_texts(output)))
    if any(line in shown for line in telling):
        return _printed(say("grading.removed"))
    if output.output_type == "stream":
        output.text = HOME.sub("~/", output.text)
    elif output.output_type == "error":
        output.evalue, output.traceback = HOME.sub("~/", output.evalue), [HOME.sub("~/", s) for s in output.traceback]
    return output


def _texts(output: NotebookNode) -> list[str]:
    if output.output_type == "stream":
        return [output.text]
    if output.output_type == "error":
        return [output.evalue, *output.traceback]
    return [str(value) for value in output.get("data", {}).values()]


def _printed(words: str) -> NotebookNode:
    return new_output("stream", name="stdout", text=words + "\n")


class PlainOutputs(Preprocessor):
    """Takes from outputs their metadata: templates write a picture's width into the page as it is."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int) -> tuple[NotebookNode, dict]:
        for output in cell.get("outputs", []):
            if "metadata" in output:
                output.metadata = NotebookNode()
        return cell, resources


class FeedbackExporter(HTMLExporter):
    """nbgrader's feedback page without MathJax: formulas are MathML, which browsers draw themselves.

    A page goes out only when nothing in it tells what its student must not see (`outgoing`).
    """

    look_through = Bool(True, help="Withhold a page that tells a key, a hidden input, the salt or a classmate.").tag(
        config=True
    )

    def from_notebook_node(self, nb, resources=None, **kw):
        page, resources = super().from_notebook_node(nb, resources, **kw)
        if self.look_through:
            demand_clean(page, resources["gvclab"], resources["nbgrader"], Path(resources["metadata"]["path"]))
        return page, resources

    @default("extra_loaders")
    def _no_mathjax(self):
        return [DictLoader({"mathjax.html.j2": "{% macro mathjax() %}{% endmacro %}"})]


def clean_html(source: str) -> str:
    """HTML without scripts, forms and frames, and without addresses that run code."""
    css = CSSSanitizer(allowed_css_properties=_STYLES)
    return bleach.clean(str(source), tags=_TAGS, attributes=_ATTRIBUTES, css_sanitizer=css, strip=True)


def markdown2html(source: str) -> str:
    """Markdown as clean HTML, with TeX as MathML."""
    renderer = _Renderer(token=f"tex{hashlib.sha256(source.encode()).hexdigest()[:16]}x")
    page = clean_html(MarkdownWithMath(renderer=renderer).render(source))
    # Cleaning leaves no "<" within an attribute: a mark that is found here stands where an element may stand.
    mark = re.compile(rf'<span class="{renderer.token}(\d+)"></span>')
    return mark.sub(lambda found: renderer.formulas[int(found[1])], page)


class _Renderer(IPythonRenderer):
    """Puts a mark where a formula stands, so that cleaning does not meet MathML."""

    def __init__(self, token: str) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self.token, self.formulas = token, []

    def _formula(self, tex: str, display: str) -> str:
        self.formulas.append(_mathml(tex, display))
        return f'<span class="{self.token}{len(self.formulas) - 1}"></span>'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture as a link to it: pages fetch nothing, and pasted ones are not kept."""
        return bleach.clean(text, tags=set()) if url.startswith("attachment:") else self.link(text, url, title)

    def inline_math(self, body: str) -> str:
        return self._formula(body, "inline")

    def block_math(self, body: str) -> str:
        return f"<div>{self._formula(body, 'block')}</div>"

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")


def _mathml(tex: str, display: str) -> str:
    plain = f"<code>{bleach.clean(tex, tags=set())}</code>"
    if UNSAFE_TEX.search(tex):
        return plain
    try:
        # The converter writes the tags in a \text as they are: what is not made of its own is not shown as a formula.
        found = ElementTree.fromstring(_AMPERSAND.sub("&amp;", convert(tex.strip(), display=display)))
    except Exception:  # a student's TeX may be anything; the converter has an error class for each mistake
        return plain
    drawn = all(
        _DRAWN.fullmatch(one.tag.removeprefix(f"{{{_MATHML}}}")) and not any(map(_RUNS.match, one.attrib))
        for one in found.iter()
    )
    return ElementTree.tostring(found, "unicode") if drawn else plain
