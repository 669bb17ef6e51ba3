"""Panels on one state in a real browser: what is carried over from one is named in the other, and can be put back."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

# Two panels of one room, on one state; the second shows how crises are remembered and has no controls for it.
CELLS = [
    "from gvclab.panels.fear import FeltRiskLab, MemoryLab\n"
    "from gvclab.panels.fear.memory import Moving\n"
    "from gvclab.panels.shared import share\n\n"
    "class Felt(FeltRiskLab):\n    State = Moving\n\n"
    "class Moved(MemoryLab):\n    folds = ()\n\n"
    "felt, moved = share((Felt, Moved))\n"
    "felt",
    "moved",
]


def test_a_setting_carried_over_is_named_above_the_picture_until_it_is_reset(open_notebook):
    notebook = open_notebook(CELLS)
    notebook.run_all()
    felt, moved = (notebook.page.locator(".gvclab-panel").nth(k) for k in (0, 1))
    for panel in (felt, moved):
        panel.locator(".gvclab-plot .main-svg").first.wait_for()
    start, strip = moved.locator(".gvclab-sentence").inner_text(), moved.locator(".gvclab-above p")
    assert strip.count() == 0

    felt.locator("input[type=range]").first.press("End")  # vividness
    strip.filter(has_text="vividness of a crisis κ = 6").wait_for()
    assert "Felt risk lab" in strip.inner_text() and moved.locator(".gvclab-sentence").inner_text() != start
    assert strip.bounding_box()["y"] < moved.locator(".gvclab-plot").bounding_box()["y"]

    moved.get_by_role("button", name="Reset", exact=True).click()
    strip.wait_for(state="detached")
    assert moved.locator(".gvclab-sentence").inner_text() == start
    assert notebook.ask_kernel("print(felt.state.salience)") == "3.0"
