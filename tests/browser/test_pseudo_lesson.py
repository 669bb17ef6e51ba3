"""A lesson whose words are a third longer, on a small laptop: nothing is cut off, and nothing hangs over."""

from __future__ import annotations

from pathlib import Path

import pytest

from gvclab.build import targets

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
LAPTOP = {"width": 1366, "height": 768}
# The words of a panel that are wider than their place, or hang over the edge of the panel.
CUT = """panel => {
    const edge = panel.getBoundingClientRect();
    const found = [...panel.querySelectorAll(
        '.gvclab-title, .gvclab-badge, .gvclab-control label, .gvclab-control select, button, summary, .gvclab-sentence'
    )].filter(part => part.getBoundingClientRect().width && (
        part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display !== 'inline'
        || part.getBoundingClientRect().right > edge.right + 1 || part.getBoundingClientRect().left < edge.left - 1));
    if (panel.scrollWidth > panel.clientWidth + 1) found.push(panel);
    return found.map(part => part.className + ': ' + part.textContent.slice(0, 80));
}"""
# Titles of axes and words in the plot that leave the picture.
OUTSIDE = """panel => {
    const picture = panel.querySelector('.gvclab-plot .main-svg').getBoundingClientRect();
    return [...panel.querySelectorAll('.gvclab-plot text')].filter(text => {
        const box = text.getBoundingClientRect();
        return box.width && (box.right > picture.right + 2 || box.left < picture.left - 2
            || box.bottom > picture.bottom + 2 || box.top < picture.top - 2);
    }).map(text => text.textContent.slice(0, 80));
}"""


@pytest.fixture(scope="module")
def notebooks() -> dict[str, str]:
    return targets(ROOT, "qps")


@pytest.mark.parametrize("name", ["2.3a-suppliers"])
def test_no_layout_breaks_with_longer_words(name, notebooks, open_notebook, tmp_path):
    path = tmp_path / f"{name}.ipynb"
    path.write_text(notebooks[f"course/qps/{name}.ipynb"], encoding="utf-8")
    lesson = open_notebook(path)
    lesson.page.set_viewport_size(LAPTOP)
    lesson.run_all()
    lesson.show_all()
    broken = {}
    for panel in lesson.page.locator(".gvclab-panel").all():
        panel.scroll_into_view_if_needed()
        panel.locator(".gvclab-plot .main-svg").first.wait_for()
        for summary in panel.locator("details > summary").all():
            summary.click()
        title = panel.locator(".gvclab-title").inner_text()
        assert "⟦" in title
        panel.screenshot(path=tmp_path / f"{len(broken)}.png")
        broken[title] = [*panel.evaluate(CUT), *panel.evaluate(OUTSIDE)]
    assert len(broken) >= 3
    assert {title: parts for title, parts in broken.items() if parts} == {}
