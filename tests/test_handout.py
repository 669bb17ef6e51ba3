"""What becomes of a notebook's outputs on a page that is printed or handed out (tests/browser/ looks at the page)."""

from __future__ import annotations

import json

import nbformat
import plotly.graph_objects as go
import pytest
from nbconvert.exporters import HTMLExporter, SlidesExporter
from traitlets.config import Config

from gvclab.charts import View, page
from gvclab.handout import Pictures, configure, markdown2html

WIDGET = "application/vnd.jupyter.widget-view+json"
HOSTILE = "</script><script>alert(1)</script>"


def notebook(*outputs: dict) -> nbformat.NotebookNode:
    """One code cell with these outputs, saved by a page with widgets."""
    shown = [nbformat.v4.new_output("display_data", data=data) for data in outputs]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1", outputs=shown)])
    made.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"a": {}}}}
    return made


def figure(name: str = "a line") -> dict:
    """A living figure as a notebook keeps it."""
    drawn = go.Figure(go.Scatter(x=[1, 2], y=[3, 4], name=name))
    return {
        "application/vnd.plotly.v1+json": json.loads(drawn.to_json()),
        WIDGET: {"model_id": "a"},
        "text/plain": "The line rises.",
    }


def outputs(made: nbformat.NotebookNode) -> list[dict]:
    return [output.data for output in Pictures().preprocess(made, {})[0].cells[0].outputs]


def test_figures_become_pictures_and_widgets_go():
    made = notebook(figure(), figure(), {WIDGET: {"model_id": "b"}, "text/markdown": "the question"})
    first, second, question = outputs(made)
    assert "widgets" not in made.metadata
    assert question == {"text/markdown": "the question"}
    assert not {WIDGET, "application/vnd.plotly.v1+json"} & {*first, *second}
    # The library comes once.
    assert len(first["text/html"]) > 1e6 > len(second["text/html"])
    assert 'id="gvclab-picture-1"' in first["text/html"] and 'id="gvclab-picture-2"' in second["text/html"]
    assert "The line rises." in second["text/html"]


def test_no_text_of_a_figure_ends_the_script():
    _, shown = outputs(notebook(figure(), figure(HOSTILE)))
    assert shown["text/html"].count("</script>") == 1


def test_formulas_are_mathml():
    page = markdown2html("With $x^2$ and\n\n$$\n\\sum_k a_k\n$$\n\n<details>kept</details>")
    assert page.count("<math") == 2 and 'display="block"' in page and "$" not in page
    assert "<details>kept</details>" in page
    assert r"<code>\left( &lt;</code>" in markdown2html(r"$\left( <$")


def test_the_exporter_loads_nothing_from_the_net():
    config = Config()
    configure(config)
    made = notebook({"text/html": "<b>words</b>"})
    made.cells.insert(0, nbformat.v4.new_markdown_cell("$x$"))
    html, _ = HTMLExporter(config=config).from_notebook_node(made)
    assert "cdnjs" not in html and "unpkg" not in html and "<math" in html and "@media print" in html
    assert SlidesExporter(config=config).template_name == "reveal"


@pytest.mark.parametrize(("rows", "abridged"), [(40, False), (41, True)])
def test_tables_are_open_and_long_ones_say_that_paper_has_less(rows, abridged):
    import pandas as pd

    view = View((), sentence="It rises.", table=pd.DataFrame({"x": range(rows)}))
    for living in (None, type("Living", (), {"model_id": "a"})):
        words = page.bundles(go.Figure(), view, living)[1]["text/html"]
        assert "<details open>" in words and "It rises." in words
        assert ("gvclab-long" in words) == ("first and the last 20" in words) == abridged
    assert "<details" not in page.bundles(go.Figure(), View((), sentence="It rises."))[1]["text/html"]


def test_each_of_several_tables_has_its_heading_and_its_box():
    import pandas as pd

    tables = {"few": pd.DataFrame({"x": [1]}), "many": pd.DataFrame({"x": range(50)}), "none": pd.DataFrame({"x": []})}
    words = page.bundles(go.Figure(), View((), table=tables))[1]["text/html"]
    assert words.count('class="gvclab-numbers"') == words.count('class="gvclab-numbers gvclab-long"') == 1
    assert "<strong>few</strong>" in words and "<strong>none</strong>" not in words
