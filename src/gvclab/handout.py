"""A notebook as an HTML page that loads nothing and can be printed: figures as pictures, formulas as MathML.

    gvclab handout 2.3a         runs the notebook of lesson 2.3a and writes 2.3a-suppliers.html

In a JupyterLab that `gvclab open` has started *Print* and *Save and Export as HTML* make such a page of what is shown,
and `jupyter nbconvert --to html --execute` in its terminals does what `gvclab handout` does: the two configuration
files in `jupyter/` call `configure`.
"""

from __future__ import annotations

import html
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets.config import Config

_HERE = Path(__file__).parent
_FIGURE = "application/vnd.plotly.v1+json"
_WIDGET = "application/vnd.jupyter.widget-view+json"
_WIDTH = 820  # pixels: of the column in which a notebook stands
_HEIGHT = 400  # of a figure that does not say its own


def configure(config: Config) -> None:
    """Let nbconvert's HTML exporter make such pages."""
    config.HTMLExporter.template_name = "gvclab"
    config.HTMLExporter.extra_template_basedirs = [str(_HERE / "jupyter/nbconvert/templates")]
    config.HTMLExporter.preprocessors = [Pictures]
    config.HTMLExporter.filters = {"markdown2html": markdown2html}
    config.SlidesExporter.template_name = "reveal"  # an HTML exporter, too, and its template is another


class Pictures(Preprocessor):
    """Puts pictures in the place of figures, and takes out widgets, which no kernel moves any more."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        nb.metadata.pop("widgets", None)
        drawn = 0
        for output in (output for cell in nb.cells for output in cell.get("outputs", [])):
            data = output.get("data", {})
            data.pop(_WIDGET, None)
            if _FIGURE in data:
                drawn += 1
                library = _library() if drawn == 1 else ""
                data["text/html"] = library + _picture(drawn, data.pop(_FIGURE), data.get("text/plain", ""))
        resources["gvclab_css"] = (_HERE / "handout.css").read_text(encoding="utf-8")
        return nb, resources


def _library() -> str:
    """plotly.js and what we do with it."""
    plotly = (files("plotly") / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
    return f"<script>{plotly}</script><script>{(_HERE / 'handout.js').read_text(encoding='utf-8')}</script>"


def _picture(number: int, figure: dict[str, Any], words: str) -> str:
    height = figure["layout"].get("height", _HEIGHT)
    place = f'<div id="gvclab-picture-{number}" style="width:{_WIDTH}px;height:{height}px"></div>'
    # In JSON "<" stands in texts alone; escaped, no text can end the script.
    given = ", ".join(json.dumps(part).replace("<", "\\u003c") for part in (f"gvclab-picture-{number}", figure, words))
    return f'<figure class="gvclab-picture">{place}</figure><script>gvclabDraw({given})</script>'


def markdown2html(source: str) -> str:
    """Markdown as HTML, with TeX as MathML."""
    return MarkdownWithMath(renderer=_Renderer(escape=False)).render(source)


class _Renderer(IPythonRenderer):
    def inline_math(self, body: str) -> str:
        return _mathml(body, "inline")

    def block_math(self, body: str) -> str:
        return f'<div class="math block">{_mathml(body, "block")}</div>'

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")


def _mathml(tex: str, display: str) -> str:
    """TeX as MathML; as it was typed where the converter cannot read it."""
    try:
        return convert(tex.strip(), display=display)
    except Exception:  # a student's TeX may be anything; the converter has an error class for each mistake
        return f"<code>{html.escape(tex)}</code>"
