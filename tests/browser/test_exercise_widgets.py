"""Questions, predictions and causal graphs in JupyterLab, by mouse and by keyboard alone."""

from __future__ import annotations

import ast

import pytest

from gvclab.exercises import bank

pytestmark = pytest.mark.browser

USE = "from gvclab.exercises.widgets import causal_graph, predict, quiz, recall"


def drawn(page) -> list:
    """The list that the page offers for the answer cell."""
    code = page.locator(".gvclab-graph pre code").inner_text()
    assert code.startswith("links = ")
    return ast.literal_eval(code.removeprefix("links = "))


def box(page, name: str):
    return page.locator(f".gvclab-graph [data-name='{name}']")


def cells(page) -> int:
    return page.locator(".jp-Notebook .jp-Cell").count()


def focused(page) -> str:
    """The name of what has the focus."""
    return page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.labels[0].firstChild.data")


def test_a_graph_by_mouse(open_notebook):
    book = open_notebook([f"{USE}\ngraph = causal_graph('2.3-9')\ngraph", "graph.edges"])
    page = book.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    book.run_all()
    told = page.locator(".gvclab-graph [role=status]")
    for name in ("crisis", "perceived risk", "perceived risk", "security weight", "home shock", "tail risk"):
        box(page, name).click()
    page.get_by_label("Effect of crisis on perceived risk").select_option("+")
    expected = [
        ("crisis", "perceived risk", "+"),
        ("perceived risk", "security weight"),
        ("home shock", "tail risk"),
    ]
    assert drawn(page) == expected
    assert told.inner_text() == "Added: home shock → tail risk."
    assert page.get_by_role("group", name="Diagram of 13 boxes and 3 arrows").count() == 1

    page.get_by_role("button", name="Copy", exact=True).click()
    told.get_by_text("Copied.").wait_for()
    assert ast.literal_eval(page.evaluate("navigator.clipboard.readText()").removeprefix("links = ")) == expected

    # What cannot be an arrow is refused in words.
    for name in ("crisis", "crisis"):
        box(page, name).click()
    assert "itself" in told.inner_text()
    for name in ("crisis", "perceived risk"):
        box(page, name).click()
    assert "already" in told.inner_text()

    # An arrow is marked by a first click and goes by a second act: by Delete, by its ✕, and by its row.
    arrows = page.locator(".gvclab-arrow")
    path = arrows.nth(1).locator(".hit")
    page.locator(".gvclab-graph svg").scroll_into_view_if_needed()
    x, y = path.evaluate(
        """path => {
            const { x, y } = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM());
            return [x, y];
        }"""
    )
    for _ in range(3):
        page.mouse.click(x, y)  # three times in the same place
        assert drawn(page) == expected
    assert page.locator(".gvclab-graph li[aria-current]").inner_text().startswith("perceived risk → security")
    page.keyboard.press("Delete")
    assert drawn(page) == [expected[0], expected[2]]
    page.keyboard.press("Control+z")
    assert drawn(page) == expected
    page.get_by_role("button", name="Remove all").click()
    assert drawn(page) == []
    page.get_by_role("button", name="Undo", exact=True).click()
    assert drawn(page) == expected
    arrows.nth(1).locator(".hit").dispatch_event("click")
    page.keyboard.press("Delete")
    assert drawn(page) == [expected[0], expected[2]]
    arrows.nth(1).locator(".hit").dispatch_event("click")
    arrows.nth(1).locator(".cross").click()
    assert drawn(page) == [expected[0]]
    box(page, "localisation").click()
    page.keyboard.press("Escape")
    box(page, "no risk").click()
    page.keyboard.press("Escape")
    assert drawn(page) == [expected[0]]

    # A box that is dragged moves, and starts no arrow.
    before = box(page, "no risk").bounding_box()
    page.mouse.move(before["x"] + 10, before["y"] + 10)
    page.mouse.down()
    page.mouse.move(before["x"] + 50, before["y"] + 60, steps=4)
    page.mouse.up()
    after = box(page, "no risk").bounding_box()
    assert after["x"] > before["x"] + 20 and after["y"] > before["y"] + 20
    assert box(page, "no risk").get_attribute("aria-pressed") == "false"
    page.get_by_role("button", name="Tidy up").click()
    page.wait_for_function(
        "([box, x]) => Math.abs(box.getBoundingClientRect().x - x) > 20",
        arg=[box(page, "no risk").element_handle(), after["x"]],
    )

    # The kernel has the same list.
    book.run(1)
    output = page.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea-output")
    assert ast.literal_eval(output.inner_text()) == [expected[0]]


def test_a_graph_by_keyboard_alone(open_notebook):
    book = open_notebook([f"{USE}\ncausal_graph('2.3-9')"])
    book.run_all()
    page = book.page
    number = cells(page)
    names = [node.text for node in bank.item("2.3-9").nodes]

    # By the lists: three choices, a button.
    page.get_by_role("combobox", name="from", exact=True).focus()
    for downs in (names.index("security weight") + 1, names.index("foreign share") + 1, 2):
        for _ in range(downs):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert drawn(page) == [("security weight", "foreign share", "-")]

    # In the diagram: one stop for Tab, arrow keys from box to box, Enter or the space bar to choose.
    stop = page.locator(".gvclab-box[tabindex='0']")
    assert stop.count() == 1
    stop.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    # The ring has the boxes clockwise from the top.
    assert drawn(page)[-1] == (names[0], names[2])

    # Shift and an arrow key move the box that has the focus; the kernel keeps its place.
    moved = page.locator(".gvclab-box[tabindex='0']")
    before = moved.bounding_box()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    after = moved.bounding_box()
    assert after["x"] < before["x"] - 20
    assert after["y"] > before["y"] + 5
    assert page.locator(".gvclab-graph pre").get_attribute("role") == "group"  # or it may have no name

    # Removing keeps the focus near: on the next row's button, at last on the first list.
    page.get_by_role("button", name=f"Remove the arrow from {names[0]} to foreign share").focus()
    page.keyboard.press("Enter")
    assert focused(page) == f"Remove the arrow from {names[0]} to {names[2]}"
    page.keyboard.press("Enter")
    assert drawn(page) == []
    assert focused(page) == "from"

    # Escape, where nothing is to be cancelled, gives the keys back to JupyterLab.
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.classList.contains('jp-Cell')")

    # No key has reached JupyterLab: `a`, `b`, `d d` and Enter edit notebooks in command mode.
    for key in ("a", "b", "d", "d", "m"):
        page.locator(".gvclab-box[tabindex='0']").press(key)
    assert cells(page) == number


def test_a_question_by_keyboard(open_notebook):
    book = open_notebook([f"{USE}\nquiz('2.3-b')", "quiz('2.3-a')"])
    book.run_all()
    page = book.page
    number = cells(page)
    form = page.locator("form.gvclab-exercise").first
    options = bank.item("2.3-b").options
    answer = next(i for i, option in enumerate(options) if option.right)
    wrong = 0 if answer else 1
    assert page.get_by_role("group", name=bank.item("2.3-b").title).count() == 1

    form.get_by_role("button").press("Enter")
    form.get_by_role("status").get_by_text("Choose one of the options first.").wait_for()
    radio = form.get_by_role("radio")
    radio.nth(wrong).press("Space")
    page.keyboard.press("Enter")
    form.get_by_role("status").get_by_text(options[wrong].hint).wait_for()
    for _ in range((answer - wrong) % len(options)):
        page.keyboard.press("ArrowDown")
    assert radio.nth(answer).is_checked()
    page.keyboard.press("Enter")
    form.locator(".gvclab-check.gvclab-right").wait_for()
    assert cells(page) == number

    same, apart = right_numbers()
    form = page.locator("form.gvclab-exercise").nth(1)
    form.get_by_label("both in one city").fill(f"{same:.4f}")
    form.get_by_label("in two cities").fill("0,5")
    page.keyboard.press("Enter")
    form.get_by_role("status").get_by_text("write a decimal point").wait_for()
    form.get_by_label("in two cities").fill(f"{apart:.5f}")
    form.get_by_role("button", name="Check again").click()
    form.locator(".gvclab-check.gvclab-right").wait_for()


def right_numbers() -> tuple[float, float]:
    item = bank.item("2.3-a")
    p, q = (given.default for given in item.given)
    return q + (1 - q) * p**2, (q + (1 - q) * p) ** 2


def test_a_prediction_comes_back(open_notebook):
    source = [f"{USE}\npredict('2.3-p1')", "recall('2.3-p1', 'The *model*.')"]
    book = open_notebook(source)
    book.run_all()
    page = book.page
    options = bank.item("2.3-p1").options
    page.get_by_role("radio").nth(2).check()
    page.get_by_role("button", name="prediction").click()
    recalled = page.locator(".gvclab-recall")
    recalled.get_by_text("You expected").wait_for()  # it was displayed before the prediction was made
    assert options[2].text in recalled.inner_text()

    book.restart()
    book.run_all()
    recalled.get_by_text("You expected").wait_for()
    assert page.get_by_role("radio").nth(2).is_checked()
    assert options[2].text in recalled.inner_text()


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_every_input_has_a_name_and_every_word_can_be_read(open_notebook, theme):
    book = open_notebook(
        [
            f"{USE}\npredict('2.3-p1', 'C')",
            "predict('2.3-p1')",
            "recall('2.3-p1')",
            "quiz('2.3-a')",
            "quiz('2.3-b')",
            "causal_graph('2.3-9', ['crisis -> persistence'])",
        ]
    )
    page = book.page
    page.evaluate(
        "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })",
        f"JupyterLab {theme}",
    )
    book.run_all()
    page.locator(".gvclab-graph svg").wait_for()
    page.locator("form.gvclab-exercise").nth(2).get_by_role("button").click()
    page.get_by_text("Choose one of the options first.").wait_for()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll(':is(input, select, button, pre, [role=button])')]
            .filter((input) => input.closest('.gvclab-exercise'))
            .filter((input) => !(input.labels?.length || input.ariaLabel
                || (input.tagName === 'BUTTON' && input.textContent.trim())))
            .map((input) => input.outerHTML)"""
    )
    assert nameless == []
    assert page.evaluate(CONTRAST) == []
    described = page.evaluate(
        """() => [...document.querySelectorAll('.gvclab-exercise [aria-describedby]')].map((group) => {
            const found = document.querySelectorAll(`#${group.getAttribute('aria-describedby')}`);
            return found.length === 1 && group.contains(found[0]);
        })"""
    )
    assert described == [True] * 3


# Words whose colour differs from what is behind them by less than 4.5 : 1 (WCAG 2.2, 1.4.3).
CONTRAST = """() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const mix = (top, under, i) => (top[i] * top[3] + under[i] * (255 - top[3])) / 255;
    const over = (top, under) => [0, 1, 2].map((i) => mix(top, under, i)).concat(255);
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const light = (colour) => {
        const [r, g, b] = colour.map((c) => linear(c / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (node) => {
        const layers = [];
        for (let at = node; at; at = at.parentElement) {
            const box = at.matches('.gvclab-box') ? getComputedStyle(at.querySelector('rect')).fill : null;
            layers.push(rgba(box ?? getComputedStyle(at).backgroundColor));
        }
        return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 255]);
    };
    const pale = [];
    for (const node of document.querySelectorAll('.gvclab-exercise *')) {
        const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
        if (!own || !node.getClientRects().length || node.tagName === 'OPTION') continue;
        const style = getComputedStyle(node);
        const under = behind(node);
        const ink = over(rgba(node instanceof SVGElement ? style.fill : style.color), under);
        const [a, b] = [light(ink), light(under)].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        if (ratio < 4.5) pale.push(`${node.tagName} ${node.textContent.slice(0, 30)}: ${ratio.toFixed(2)}`);
    }
    return pale;
}"""
