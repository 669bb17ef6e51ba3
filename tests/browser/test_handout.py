"""A notebook as an HTML page in a browser: pictures, words and open tables, on the screen and on paper, offline."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from gvclab import lab
from gvclab.exercises import bank

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELLS = [
    "from gvclab.charts import diagram, series\n"
    "from gvclab.data import load\n"
    "from gvclab.exercises import after, predict, quiz, recall\n"
    "from gvclab.panels.suppliers import ChainLab",
    'predict("2.3-p1")',
    'after("2.3-p1", ChainLab())',
    'series(load("supply_pressure"), x="date", y="gscpi")',
    'diagram("series-and-parallel")',
    'quiz("2.3-b")',
    'recall("2.3-p1")',
]
# The marks and the size of each picture: its drawing is in its address.
PICTURES = """() => [...document.querySelectorAll('.gvclab-picture')].map((figure) => {
    const picture = figure.querySelector('img');
    if (!picture?.complete) return null;
    const drawing = new DOMParser().parseFromString(decodeURIComponent(picture.src.split(',')[1]), 'image/svg+xml');
    const box = picture.getBoundingClientRect();
    return [drawing.querySelectorAll('.trace path').length, box.width, box.height, picture.alt];
})"""
# What is wider than the page.
TOO_WIDE = """() => [...document.querySelectorAll('main *')]
    .filter((node) => node.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .filter((node) => !node.closest('pre, .gvclab-numbers, svg'))
    .map((node) => node.outerHTML.slice(0, 100))"""


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """The page that `gvclab handout` makes of the cells above, for somebody who has predicted nothing."""
    folder = tmp_path_factory.mktemp("handout")
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    made.cells.insert(0, nbformat.v4.new_markdown_cell("A chain works with $R = (1 - f)^n$."))
    nbformat.write(made, folder / "small.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_DATA_DIR", str(folder / "data"))
        assert lab.handout(Path(), str(folder / "small.ipynb"), folder) == 0
    assert nbformat.read(folder / "small.ipynb", 4).cells[-1].outputs == []  # the notebook itself stays as it was
    return folder / "small.html"


@pytest.fixture
def page(browser, written):
    """The page, open; nothing may be asked of the net, and nothing go wrong."""
    shown, wrong = browser.new_page(), []
    shown.set_viewport_size({"width": 1000, "height": 900})
    shown.on("request", lambda request: wrong.append(request.url) if not _own(request.url, written) else None)
    shown.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    shown.on("pageerror", lambda problem: wrong.append(str(problem)))
    shown.goto(written.as_uri())
    shown.wait_for_function(f"() => ({PICTURES})().every(Boolean)")
    yield shown
    shown.close()
    assert wrong == []


def _own(url: str, written: Path) -> bool:
    return url.startswith("data:") or url == written.as_uri()


@pytest.mark.parametrize("media", ["screen", "print"])
def test_pictures_and_tables_are_there(page, media):
    page.emulate_media(media=media)
    if media == "print":
        page.set_viewport_size({"width": 700, "height": 1000})  # A4 with margins
    pictures = page.evaluate(PICTURES)
    assert len(pictures) == 2
    for marks, width, height, alternative in pictures:
        assert marks > 0 and height > 200 and 500 < width <= 820
        assert len(alternative) > 40
    assert page.evaluate(TOO_WIDE) == []
    diagrams = [one.bounding_box() for one in page.locator(".gvclab-diagrams svg").all() if one.is_visible()]
    assert len(diagrams) == 1 and diagrams[0]["height"] > 100
    tables = page.locator("details:has(.gvclab-numbers)")
    assert tables.count() == 2 and tables.evaluate_all("all => all.every((one) => one.open)")
    rows = page.locator(".gvclab-long tbody tr")
    assert sum(row.is_visible() for row in rows.all()) == (40 if media == "print" else rows.count())
    assert page.locator(".gvclab-abridged").is_visible() == (media == "print")
    assert page.locator("math").first.bounding_box()["height"] > 10


def test_questions_say_how_to_answer(page):
    words = page.locator("main").inner_text()
    for name, call in (("2.3-p1", 'predict("2.3-p1", "A")'), ("2.3-b", 'check("2.3-b", "A")')):
        item = bank.item(name)
        assert item.title in words and call in words
        assert all(option.text.replace("`", "") in words for option in item.options)
    assert "You have not made a prediction." in words
    assert "Error" not in words and page.locator(".jp-RenderedText[data-mime-type*=stderr]").count() == 0


def test_the_figures_reach_the_printer(page, tmp_path):
    printed = tmp_path / "small.pdf"
    page.pdf(path=printed, format="A4")
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes())) <= 6
