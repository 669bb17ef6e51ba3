"""Panels in JupyterLab in a real browser: what is moved there changes the figure, its sentence and its table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

TOYS = (Path(__file__).parent / "toys.py").read_text(encoding="utf-8")
# As JupyterLab changes the colours of its page; its own switching of themes is not ours to test.
DARK = """() => {
    document.body.style.setProperty("--jp-ui-font-color1", "rgb(240, 240, 240)");
    document.body.dataset.jpThemeLight = "false";
}"""
LIGHT = """() => {
    document.body.style.removeProperty("--jp-ui-font-color1");
    document.body.dataset.jpThemeLight = "true";
}"""
DRAWN = "[...document.querySelectorAll('.gvclab-plot')].filter((plot) => plot._fullData)"

# As wide as its place; plots side by side are no narrower than 540 px, and scroll.
FITS = "(plot) => plot._fullLayout.width === (plot.classList.contains('gvclab-wide') ? 540 : plot.clientWidth)"


@pytest.fixture
def toys(open_notebook):
    """A notebook with the two toy panels, run."""
    notebook = open_notebook([TOYS, "power = Power()\npower", "slow = Slow()\nslow"])
    notebook.run_all()
    await_figures(notebook, 2)
    return notebook


def await_figures(notebook, count: int) -> None:
    notebook.page.wait_for_function(f"() => {DRAWN}.length === {count}")


def panel(notebook, title: str):
    """The panel with this title; the first, if it is displayed twice."""
    return notebook.page.locator(".gvclab-panel", has_text=title).first


def slider(notebook, title: str, name: str):
    return panel(notebook, title).locator(f"[data-control='{name}'] input[type=range]")


def await_sentence(notebook, title: str, text: str) -> None:
    panel(notebook, title).locator(".gvclab-sentence", has_text=text).wait_for()


def await_y(notebook, plot: int, point: int, value: float) -> None:
    """Wait until a point of the first curve of a figure, in plotly's own data, has the value."""
    condition = f"() => Math.abs({DRAWN}[{plot}]?._fullData[0].y[{point}] - {value}) < 1e-9"
    notebook.page.wait_for_function(condition)


def test_a_key_moves_the_figure_its_sentence_and_its_table(toys):
    power = panel(toys, "Power lab")
    power.locator("summary", has_text="numbers behind").click()
    middle = power.locator(".gvclab-table tbody tr").nth(25).locator("td").last
    middle.wait_for()
    x = 25 / 49
    assert float(middle.inner_text()) == pytest.approx(x, abs=1e-4)

    slider(toys, "Power lab", "power").press("ArrowRight")
    await_y(toys, 0, 25, x**1.1)
    await_sentence(toys, "Power lab", "power 1.1 ")
    toys.page.wait_for_function(
        "value => document.querySelectorAll('.gvclab-table tbody tr')[25].lastElementChild.textContent === value",
        arg=f"{x**1.1:.4g}",
    )
    power.get_by_role("img", name=power.locator(".gvclab-sentence").inner_text(), exact=True).wait_for()
    assert toys.ask_kernel("print(power.state.power)") == "1.1"

    # What is set from Python moves the page, controls included.
    toys.ask_kernel("power.set(power=3, size=11, tenths=[0, 9])")
    await_y(toys, 0, 5, 0.5**3)
    assert slider(toys, "Power lab", "power").input_value() == "3"
    pressed = power.locator(".gvclab-strip [aria-pressed='true']")
    assert pressed.evaluate_all("buttons => buttons.map((button) => button.textContent)") == ["0", "9"]

    power.get_by_role("button", name="Steep", exact=True).click()
    await_sentence(toys, "Power lab", "power 4.0 ")
    power.get_by_role("button", name="Reset", exact=True).click()
    await_y(toys, 0, 25, x)


def test_every_input_has_a_name_and_its_help_shows_on_focus(toys):
    power = panel(toys, "Power lab")
    power.locator("summary", has_text="More controls").click()
    tree = power.aria_snapshot()
    inputs = re.findall(r"- (slider|spinbutton|checkbox|combobox|button)\b(.*)", tree)
    assert {role for role, _ in inputs} == {"slider", "spinbutton", "checkbox", "combobox", "button"}
    unnamed = [role for role, rest in inputs if not rest.startswith(' "')]
    assert not unnamed, tree
    assert '- img "With the power 1.0 the middle is at 0.500."' in tree

    help_text = power.locator(".gvclab-help", has_text="How steep")
    assert not help_text.is_visible()
    power.locator("[data-control='power'] input[type=number]").focus()
    help_text.wait_for(state="visible")
    described = slider(toys, "Power lab", "power").get_attribute("aria-describedby")
    assert described == help_text.get_attribute("id")


def test_one_plotly_for_all_figures(toys):
    assert sum(size > 500_000 for size in toys.received) == 1
    assert sum(toys.received) < 2_500_000


def test_a_value_outside_the_domain_is_refused_in_words(toys):
    power = panel(toys, "Power lab")
    number = power.locator("[data-control='power'] input[type=number]")
    number.fill("7")
    number.press("Enter")
    power.get_by_role("alert").filter(has_text="power = 7").wait_for()
    toys.page.wait_for_function("box => box.value === '1'", arg=number.element_handle())
    number.fill("2")
    number.press("Enter")
    await_sentence(toys, "Power lab", "power 2.0 ")
    assert power.get_by_role("alert").text_content() == ""


def test_a_fast_hand_makes_no_queue_and_the_slow_part_comes_last(toys):
    toys.ask_kernel("moves = []; move = power.move; power.move = lambda values: (moves.append(values), move(values))")
    slider(toys, "Power lab", "power").evaluate(
        """range => {
            for (let k = 0; k < 30; k++) {
                range.stepUp();
                range.dispatchEvent(new Event('input', { bubbles: true }));
            }
        }"""
    )
    await_sentence(toys, "Power lab", "power 4.0 ")
    assert toys.ask_kernel("print(len(moves), power.state.power)") == "2 4.0"

    busy = "value => document.querySelectorAll('.gvclab-panel')[1].getAttribute('aria-busy') === value"
    slider(toys, "Slow lab", "other").press("ArrowRight")
    await_sentence(toys, "Slow lab", "5 points at b = 0.55.")
    toys.page.wait_for_function(busy, arg="true")
    await_sentence(toys, "Slow lab", "101 points at b = 0.55.")
    toys.page.wait_for_function(busy, arg="false")


def test_figures_follow_theme_width_and_each_other(open_notebook):
    cells = [
        TOYS,
        "from gvclab.panels.shared import Shared\nshared = Shared(State())\npower = Power(shared)\npower",
        "slow = Slow(shared)\nslow",
        "power",
    ]
    notebook = open_notebook(cells)
    notebook.run_all()
    await_figures(notebook, 3)
    # The second panel shares the state, the third is the first once more.
    slider(notebook, "Power lab", "power").press("ArrowLeft")
    await_y(notebook, 0, 25, (25 / 49) ** 0.9)
    await_y(notebook, 1, 50, 0.5 * 0.5**0.9)
    await_y(notebook, 2, 25, (25 / 49) ** 0.9)
    # A field that the first panel does not read leaves it alone.
    notebook.ask_kernel(
        "shown = []; show = power._widget.show; power._widget.show = lambda live: (shown.append(1), show(live))"
    )
    slider(notebook, "Slow lab", "other").press("ArrowRight")
    await_sentence(notebook, "Slow lab", "101 points at b = 0.55.")
    assert notebook.ask_kernel("print(shown)") == "[]"

    page = notebook.page
    light = page.evaluate(f"() => {DRAWN}[0]._fullLayout.font.color")
    page.evaluate(DARK)
    page.wait_for_function(f"light => {DRAWN}[0]._fullLayout.font.color !== light", arg=light)
    page.evaluate(LIGHT)
    page.wait_for_function(f"light => {DRAWN}[0]._fullLayout.font.color === light", arg=light)

    def figure_is_beside_controls() -> bool:
        figure, controls = (
            panel(notebook, "Power lab").locator(name) for name in (".gvclab-figure", ".gvclab-controls")
        )
        return figure.bounding_box()["x"] > controls.bounding_box()["x"] + 200

    assert not figure_is_beside_controls()
    page.set_viewport_size({"width": 1700, "height": 1000})
    page.wait_for_function(f"() => {DRAWN}.every({FITS})")
    assert figure_is_beside_controls()
    page.set_viewport_size({"width": 800, "height": 1000})
    page.wait_for_function(f"() => {DRAWN}.every({FITS})")
    assert not figure_is_beside_controls()
    assert page.evaluate(
        f"""() => {DRAWN}.every((plot) => {{
            const legend = plot.querySelector('.legend')?.getBoundingClientRect();
            const axes = plot.getBoundingClientRect().top + plot._fullLayout._size.t;
            return !legend || legend.bottom <= axes + 1;
        }})"""
    ), "a legend covers data"


def test_a_page_loaded_again_a_kernel_started_again_and_a_saved_notebook(open_notebook):
    notebook = open_notebook([TOYS, "power = Power()\npower"])
    notebook.run_all()
    await_figures(notebook, 1)
    slider(notebook, "Power lab", "power").press("ArrowRight")
    await_y(notebook, 0, 25, (25 / 49) ** 1.1)
    notebook.save()

    # The kernel lives: the panel comes back as it was, and moves.
    notebook.open()
    await_figures(notebook, 1)
    await_y(notebook, 0, 25, (25 / 49) ** 1.1)
    slider(notebook, "Power lab", "power").press("ArrowRight")
    await_y(notebook, 0, 25, (25 / 49) ** 1.2)

    notebook.restart()
    notebook.run_all()
    await_y(notebook, 0, 25, 25 / 49)
    slider(notebook, "Power lab", "power").press("ArrowRight")
    await_y(notebook, 0, 25, (25 / 49) ** 1.1)

    # The kernel has gone: words and numbers remain.
    notebook.save()
    notebook.page.goto("about:blank")
    notebook.lab.end_sessions()
    notebook.open()
    saved = notebook.page.locator(".gvclab-saved")
    assert saved.locator("details").get_attribute("open") == ""
    saved.locator("p", has_text="With the power 1.0 the middle is at 0.500.").wait_for()
