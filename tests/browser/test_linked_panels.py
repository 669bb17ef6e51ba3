"""Panels on one state in a real browser: what is carried over from one is named in the other, and can be put back."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

CELLS = [
    "from gvclab.panels.diversification import linked\n_, _, frontier, _, wedge = linked()\nfrontier",
    "wedge",
]


def test_a_setting_carried_over_is_named_above_the_picture_until_it_is_reset(open_notebook):
    notebook = open_notebook(CELLS)
    notebook.run_all()
    frontier, wedge = (notebook.page.locator(".gvclab-panel").nth(k) for k in (0, 1))
    for panel in (frontier, wedge):
        panel.locator(".gvclab-plot .main-svg").first.wait_for()
    start, strip = wedge.locator(".gvclab-sentence").inner_text(), wedge.locator(".gvclab-above p")
    assert strip.count() == 0

    frontier.get_by_role("button", name="short shocks", exact=True).click()
    strip.filter(has_text="stock allowed = 26 weeks").wait_for()
    assert "Frontier lab" in strip.inner_text() and wedge.locator(".gvclab-sentence").inner_text() != start
    assert strip.bounding_box()["y"] < wedge.locator(".gvclab-plot").bounding_box()["y"]

    wedge.get_by_role("button", name="Reset", exact=True).click()
    strip.wait_for(state="detached")
    assert wedge.locator(".gvclab-sentence").inner_text() == start
    assert notebook.ask_kernel("print(frontier.state.severity, frontier.state.w)") == "26 0.1"
