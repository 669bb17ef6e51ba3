"""Widgets that a busy page begins late: nothing is lost, whether the reader or the kernel spoke first.

anywidget gives a widget two seconds to begin. Here it gives none, so that every widget is late, on any machine.
"""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NO_PATIENCE = "const patience = AbortSignal.timeout.bind(AbortSignal); AbortSignal.timeout = () => patience(0);"
NOT_LATE = "no widget was late: anywidget waits in another way, and this test shows nothing"
CELLS = [
    "from gvclab.exercises import predict, quiz, recall\nfrom gvclab.panels.suppliers import ChainLab",
    'predict("2.3-p1")',
    "panel = ChainLab()\npanel",
    "panel.set(n=30)",
    'quiz("2.3-b")',
    'recall("2.3-p1", "what the model says")',
]


@pytest.fixture
def notebook(open_notebook):
    """The cells above, run on a page that gives widgets no time."""
    found = open_notebook(CELLS, script=NO_PATIENCE)
    found.run_all()
    yield found
    assert found.late, NOT_LATE


def test_a_late_widget_answers(notebook):
    page = notebook.page
    prediction, question = page.locator("form.gvclab-exercise").all()
    for form in (prediction, question):
        form.locator("input[type=radio]").first.check()
        form.locator("button").click()
        form.locator(".gvclab-feedback .gvclab-check").wait_for()
    option = prediction.locator("label").first.inner_text().split("\n")[-1].removeprefix("A").strip()
    page.locator(".jp-OutputArea-output").last.get_by_text(option).wait_for()


def test_a_late_figure_shows_what_the_kernel_said_before(notebook):
    """The panel was moved before its page had begun."""
    panel = notebook.page.locator(".gvclab-panel")
    panel.get_by_text("260 of 1,000 years").first.wait_for()
    panel.locator("input[type=range]").first.press("End")
    panel.get_by_text("331 of 1,000 years").first.wait_for()


def test_what_a_late_prediction_opens(open_notebook):
    """The question, the card below it and the panel behind the card are all late."""
    cells = [
        "from gvclab.exercises import after, forget, predict\nfrom gvclab.panels.suppliers import ChainLab",
        'forget()\npredict("2.3-p1")',
        'after("2.3-p1", ChainLab())',
    ]
    found = open_notebook(cells, script=NO_PATIENCE)
    found.run_all()
    page = found.page
    page.get_by_text("First say what you expect").wait_for()
    page.locator("form.gvclab-exercise input[type=radio]").first.check()
    page.locator("form.gvclab-exercise button").click()
    page.locator(".gvclab-panel .gvclab-plot .points path").first.wait_for()
    page.locator(".gvclab-panel input[type=range]").first.press("End")
    page.locator(".gvclab-panel").get_by_text("331 of 1,000 years").first.wait_for()
    page.locator("form.gvclab-exercise").get_by_role("button", name="Start again").click()
    page.get_by_text("First say what you expect").wait_for()
    page.get_by_role("button", name="Show me without predicting").click()
    page.locator(".gvclab-panel .gvclab-plot .points path").first.wait_for()
    found.ask_kernel("forget()")
    assert found.late, NOT_LATE
