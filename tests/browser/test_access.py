"""What every reader needs of a panel: it fits a small laptop, and nothing covers what is used or read."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

TOYS = (Path(__file__).parent / "toys.py").read_text(encoding="utf-8")
LAPTOP = {"width": 1366, "height": 768}
# Four controls open and one folded, a preset, two plots and a legend.
FOUR = """
class Four(Power):
    title = "Four lab"
    shows = ("power", "size", "upside_down", "unit")
"""
# Long titles beside each other, a name at the end of a line, a note.
WORDY = """
from gvclab.charts import note

class Wordy(Power):
    title = "Wordy lab"
    picture = Picture(
        row(Plot("main", axis("long"), axis("long")), Plot("side", axis("long"), axis("long"))),
        marks={
            "curve": line(0),
            "straight": line(1),
            "marks": points(2, mode="markers+text", textposition="top right"),
            "heights": bars(3, plot="side"),
            "note": note(x=0, y=0.5, xref="paper", yref="paper", xanchor="left"),
        },
    )

    def draw(self, state, solution):
        end = {"x": [1.0], "y": [1.0], "text": ["below 5% after 23 years"]}
        words = self.text("axes.long")
        return super().draw(state, solution) | {"marks": end, "note": {"text": words + ", " + words}}
"""
# Words that the edge of the picture, or of their plot, cuts.
CUT = """figure => {
    const picture = figure.querySelector('.main-svg').getBoundingClientRect();
    return [...figure.querySelectorAll('.main-svg text')].filter((word) => {
        const area = word.closest('.plot[clip-path]')?.getScreenCTM().e ?? picture.left;
        const box = word.getBoundingClientRect();
        return box.width && (box.left < area - 1 || box.right > picture.right + 1);
    }).map((word) => word.textContent);
}"""
MEMORY = "from gvclab.panels.fear import MemoryLab\nMemoryLab()"
# The boxes of the toolbar's buttons, and of all words of the figure that one of them lies on.
UNDER_TOOLBAR = """figure => {
    const bar = [...figure.querySelectorAll('.modebar-btn')].map((button) => button.getBoundingClientRect());
    const words = [...figure.querySelectorAll('.main-svg text, .gvclab-sentence, summary')];
    if (!bar.length || !words.length) return ['no toolbar, or no words'];
    return words.filter((word) => {
        const box = word.getBoundingClientRect();
        return box.width && bar.some((one) => one.left < box.right && box.left < one.right
            && one.top < box.bottom && box.top < one.bottom);
    }).map((word) => word.textContent);
}"""
# Pairs of titles and of names in the legend that lie on each other.
OVERLAPS = """figure => {
    const names = ['xtitle', 'ytitle', 'x2title', 'y2title', 'legendtext'];
    const words = [...figure.querySelectorAll(names.map((name) => `.main-svg .${name}`).join())];
    const boxes = words.map((word) => word.getBoundingClientRect());
    const apart = (a, b) => !a.width || !b.width || a.left > b.right - 1 || b.left > a.right - 1
        || a.top > b.bottom - 1 || b.top > a.bottom - 1;
    return words.flatMap((word, i) => words.filter((_, j) => j > i && !apart(boxes[i], boxes[j]))
        .map((other) => [word.textContent, other.textContent]));
}"""
# The contrast of a colour of an element with the page behind it, after the formula of WCAG 2.
CONTRAST = """(element, edge) => {
    const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const light = (color) => {
        const [r, g, b] = numbers(color).map((c) => linear(c / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const painted = (place) => (numbers(getComputedStyle(place).backgroundColor)[3] ?? 1) > 0;
    let place = element.parentElement;
    while (place.parentElement && !painted(place)) place = place.parentElement;
    const pair = [getComputedStyle(element)[edge], getComputedStyle(place).backgroundColor].map(light);
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
}"""


def shown(page, title: str):
    """A panel that has been drawn, in view."""
    panel = page.locator(".gvclab-panel", has_text=title).first
    panel.locator(".main-svg").first.wait_for()
    panel.scroll_into_view_if_needed()
    return panel


def test_a_panel_fits_a_small_laptop_and_covers_nothing(open_notebook):
    book = open_notebook([TOYS + FOUR, "Four()"])
    page = book.page
    page.set_viewport_size(LAPTOP)
    book.run_all()
    panel = shown(page, "Four lab")
    page.wait_for_function("() => document.querySelector('.gvclab-plot')._fullLayout.width > 800")
    box = panel.bounding_box()
    assert box["width"] >= 900
    assert box["height"] <= 620, box
    places = [
        panel.locator(name).bounding_box()["y"] for name in (".gvclab-controls", ".gvclab-sentence", ".gvclab-plot")
    ]
    assert places == sorted(places)
    assert panel.evaluate(UNDER_TOOLBAR) == []
    assert panel.evaluate(OVERLAPS) == []

    # Help appears in room of its own: nothing moves, nothing is covered. Escape leaves the panel for its cell.
    number = panel.locator("[data-control='power'] input[type=number]")
    help_text = panel.locator(".gvclab-help", has_text="How steep")
    number.focus()
    help_text.wait_for(state="visible")
    assert panel.bounding_box() == box
    told = help_text.bounding_box()
    for other in panel.locator("input, button, select, summary, .gvclab-sentence").all():
        there = other.bounding_box()
        apart = there["y"] >= told["y"] + told["height"] or there["y"] + there["height"] <= told["y"]
        assert apart, other.evaluate("other => other.outerHTML")
    page.keyboard.press("Escape")
    help_text.wait_for(state="hidden")
    assert page.evaluate(
        "document.activeElement.closest('.jp-Cell') && !document.activeElement.closest('.gvclab-panel')"
    )
    page.keyboard.press("ArrowUp")  # JupyterLab has its keys again
    page.wait_for_function("() => window.jupyterapp.shell.currentWidget.content.activeCellIndex === 0")

    # What can be used has a border that can be seen, on a light page and on a dark one.
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
        page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=theme)
        for used in panel.locator("fieldset input[type=number], select, button:not(.modebar-btn)").all():
            if used.is_visible():
                assert used.evaluate(CONTRAST, "borderTopColor") >= 3, (theme, used.evaluate("used => used.outerHTML"))
        button = panel.locator(".modebar-btn").first
        page.keyboard.press("Tab")  # so that what has the focus shows it
        button.focus()
        assert button.evaluate(CONTRAST, "outlineColor") >= 3, theme


def test_home_and_end_stay_in_a_strip(open_notebook):
    book = open_notebook(["'a cell above'\n" * 60, MEMORY])
    page = book.page
    page.set_viewport_size(LAPTOP)
    book.run_all()
    panel = shown(page, "Memory lab")
    pressed = panel.locator(".gvclab-strip [aria-pressed='true']").first
    pressed.click()
    scroller = "() => document.querySelector('.jp-WindowedPanel-outer').scrollTop"
    before = page.evaluate(scroller)
    assert before > 200
    for key, name in (
        ("Home", "1"),
        ("Home", "1"),
        ("ArrowUp", "1"),
        ("ArrowRight", "2"),
        ("End", "21"),
        ("ArrowDown", "21"),
    ):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.textContent") == name
    assert abs(page.evaluate(scroller) - before) < 50


def test_words_stay_in_the_picture_at_every_width(open_notebook):
    book = open_notebook([TOYS + WORDY, "Wordy()"])
    page = book.page
    book.run_all()
    for width, height in ((1366, 768), (900, 768), (375, 800)):
        page.set_viewport_size({"width": width, "height": height})
        if width == 375:
            page.evaluate("window.jupyterapp.shell.collapseLeft()")
        panel = shown(page, "Wordy lab")
        page.wait_for_function(
            """() => {
                const plot = document.querySelector('.gvclab-plot');
                return plot._fullLayout?.width === Math.max(plot.clientWidth, 540);
            }"""
        )
        page.wait_for_function(f"figure => ({OVERLAPS})(figure).length === 0", arg=panel.element_handle())
        page.wait_for_function(f"figure => ({CUT})(figure).length === 0", arg=panel.element_handle())
        assert panel.evaluate(UNDER_TOOLBAR) == []

    # Colours that the reader's system forces are taken over at once.
    page.set_viewport_size(LAPTOP)
    color = "() => document.querySelector('.gvclab-plot')._fullLayout.font.color"
    before = page.evaluate(color)
    page.emulate_media(forced_colors="active", color_scheme="dark")
    page.wait_for_function(f"before => ({color})() !== before", arg=before)
    own = "() => getComputedStyle(document.querySelector('.gvclab-plot')).color"
    page.wait_for_function(f"() => ({color})() === ({own})()")


def test_a_control_and_the_picture_are_in_view_together_at_twice_the_size(open_notebook):
    book = open_notebook([TOYS + FOUR, "Four()"])
    page = book.page
    page.set_viewport_size({"width": 683, "height": 384})  # a small laptop at a zoom of 200 %
    page.evaluate("window.jupyterapp.shell.collapseLeft()")
    book.run_all()
    panel = shown(page, "Four lab")
    page.wait_for_function("() => document.querySelector('.gvclab-plot')._fullLayout?.height < 300")
    panel.locator("[data-control='power'] input[type=range]").focus()
    panel.locator(".gvclab-plot").evaluate(
        """plot => {
            const window = document.querySelector('.jp-WindowedPanel-outer');
            window.scrollTop += plot.getBoundingClientRect().top - window.getBoundingClientRect().top - 2;
        }"""
    )
    window = page.locator(".jp-WindowedPanel-outer").bounding_box()
    for part in ("[data-control='power'] input[type=range]", ".gvclab-plot .main-svg"):
        box = panel.locator(part).first.bounding_box()
        assert box["y"] >= window["y"] - 1, part
        assert box["y"] + box["height"] <= window["y"] + window["height"] + 1, part
        assert box["x"] < window["x"] + window["width"] / 2, part
