"""A panel behind a prediction in JupyterLab: hidden by Run All, opened by the prediction, open after a restart."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

CELLS = [
    "from gvclab.charts import series\n"
    "from gvclab.data import load\n"
    "from gvclab.exercises import after, forget, predict, recall\n"
    "from gvclab.panels.suppliers import ChainLab\n"
    "pressure = series(load('supply_pressure'), x='date', y='gscpi')",
    'predict("2.3-p1")',
    'chain = ChainLab()\nafter("2.3-p1", chain, pressure)',
    'recall("2.3-p1")',
]
# Width and height of each figure's drawing, and how many lines and bars it has.
FIGURES = """() => [...document.querySelectorAll('.jp-OutputArea .gvclab-plot')].map((plot) => {
    const box = plot.querySelector('.main-svg')?.getBoundingClientRect() ?? { width: 0, height: 0 };
    return [box.width, box.height, plot.querySelectorAll('.trace').length];
})"""


@pytest.fixture
def book(open_notebook):
    """The cells above, run by a reader who has never predicted anything."""
    found = open_notebook(CELLS)
    found.ask_kernel("from gvclab.exercises import forget; forget()")
    found.run_all()
    yield found
    found.ask_kernel("forget()")


def await_figures(book) -> None:
    """Wait until both figures are drawn, as wide as the panel and the page let them be."""
    book.page.wait_for_function(
        f"() => {{ const all = ({FIGURES})();"
        " return all.length === 2 && all.every(([width, height, marks]) => width > 380 && height > 200 && marks > 0); }"
    )
    assert book.page.locator(".gvclab-gate:not(.gvclab-gone)").count() == 0
    # The words that a saved notebook keeps are not shown beside the living figures; the sources are.
    assert not any(saved.is_visible() for saved in book.page.locator(".gvclab-saved").all())
    assert book.page.locator(".gvclab-source").last.is_visible()


def test_a_prediction_opens_the_panel(book):
    page = book.page
    gate = page.locator(".gvclab-gate")
    gate.get_by_text("First say what you expect").wait_for()
    assert page.locator(".gvclab-panel").count() == 0
    assert page.locator("form.gvclab-exercise input:checked").count() == 0
    room = page.locator(".jp-Cell").nth(2).locator(".jp-OutputArea-output").first.bounding_box()["width"]
    assert gate.bounding_box()["width"] > 0.9 * room

    page.get_by_role("radio").nth(1).check()
    page.get_by_role("button", name="Save my prediction").click()
    await_figures(book)
    assert page.locator(".gvclab-panel").bounding_box()["width"] > 0.9 * room
    page.locator(".gvclab-recall").get_by_text("You expected").wait_for()
    assert page.get_by_role("radio").nth(2).is_disabled()
    # It lives: the slider moves the picture, its sentence and the state.
    page.locator(".gvclab-panel input[type=range]").first.press("End")
    page.locator(".gvclab-panel .gvclab-sentence", has_text="331 of 1,000 years").wait_for()
    assert book.ask_kernel("print(chain.state.n)") == "40"

    book.restart()
    book.run_all()
    await_figures(book)
    assert page.get_by_role("radio").nth(1).is_checked()
    page.locator(".gvclab-recall").get_by_text("You expected").wait_for()

    # A change of mind is a fresh start: nothing is overwritten.
    page.get_by_role("button", name="Start again").click()
    page.get_by_text("Forgotten: choose again.").wait_for()
    assert page.locator("form.gvclab-exercise input:checked").count() == 0
    book.run(2)
    gate.get_by_text("First say what you expect").wait_for()
    assert page.locator(".gvclab-panel").count() == 0
    page.get_by_role("radio").nth(0).check()
    page.get_by_role("button", name="Save my prediction").click()
    await_figures(book)


def test_one_may_look_without_a_prediction(book):
    page = book.page
    page.get_by_role("button", name="Show me without predicting").press("Enter")
    await_figures(book)
    page.get_by_text("Shown without a prediction.").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Shown without a prediction."
    page.locator(".gvclab-recall").get_by_text("You have seen the answer without a prediction.").wait_for()
    assert page.get_by_role("radio").first.is_disabled()

    # For this kernel only.
    book.restart()
    book.run_all()
    page.get_by_text("First say what you expect").wait_for()
    assert page.locator(".gvclab-panel").count() == 0


def test_an_open_panel_is_there_when_the_page_is_loaded_again(book):
    page = book.page
    page.get_by_role("radio").nth(1).check()
    page.get_by_role("button", name="Save my prediction").click()
    await_figures(book)
    book.save()
    book.open()
    await_figures(book)
