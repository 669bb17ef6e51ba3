"""The lessons in JupyterLab as a student has it: run from top to bottom, every panel is there to be seen and moved."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
LESSONS = sorted(path.stem for path in (ROOT / "content/lessons").glob("*.md"))
# What is written in the panel and takes no room on the page.
UNSEEN = """panel => [...panel.querySelectorAll(
    ".gvclab-title, .gvclab-control label, .gvclab-control :is(input, select), .gvclab-plot text, .gvclab-sentence"
)].filter(part => (part.textContent || part.matches("input, select")) && !part.closest("details:not([open])")
    && !part.getBoundingClientRect().width).map(part => part.textContent || part.id)"""
SHOWN = """panel => JSON.stringify([panel.querySelector(".gvclab-sentence").textContent,
    panel.querySelector(".gvclab-plot")._fullData.map(({ x, y, z, marker }) => [x, y, z, marker?.color])])"""


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_shows_its_panels_and_each_answers_to_the_hand(name, open_notebook):
    path = ROOT / f"course/{name}.ipynb"
    lesson = open_notebook(path)
    lesson.run_all()
    lesson.show_all()
    panels = lesson.page.locator(".gvclab-panel").all()
    assert len(panels) == shown_by(path)
    for panel in panels:
        panel.scroll_into_view_if_needed()
        panel.locator(".gvclab-plot .main-svg").first.wait_for()
        assert not panel.evaluate(UNSEEN)
        move(panel)


def shown_by(path: Path) -> int:
    """How many panels a lesson shows: each as often as it is called."""
    source = path.read_text(encoding="utf-8")
    taken = re.findall(r"from gvclab\.panels\.\w+ import ([\w, ]+)", source)
    return len(re.findall(rf"\b(?:{'|'.join(', '.join(taken).split(', '))})\(", source))


def move(panel) -> None:
    """Move the first slider by a key, and wait until the panel shows something else."""
    before, slider = panel.evaluate(SHOWN), panel.locator("input[type=range]").first
    at_end = slider.evaluate("slider => slider.value === slider.max")
    slider.press("Home" if at_end else "End")
    panel.page.wait_for_function(
        f"([panel, before]) => ({SHOWN})(panel) !== before", arg=[panel.element_handle(), before]
    )
