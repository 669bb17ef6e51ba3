"""A panel on the page: what the reader moves moves the figure, the sentence and the table; and one plotly serves all."""

import json

import pytest

pytestmark = pytest.mark.browser

# A panel as small as a panel can be, with texts of its own.
TOY = """
from dataclasses import dataclass
import numpy as np, pandas as pd
import gvclab.content
from gvclab.charts import View, frame, line
from gvclab.panels import Checkbox, Choice, Panel, Slider, Strip, link

gvclab.content._topic("en", "panels")["toy"] = {
    "title": "Toy", "controls": {
        "a": {"label": "Slope", "unit": "per x", "help": "How steep."}, "rate": "Rate", "up": "Upwards",
        "kind": {"label": "Form", "options": {"flat": "Flat", "round": "Round"}}, "years": "Years"},
    "groups": {"more": "More"}, "presets": {"steep": "Steep"}}

@dataclass(frozen=True)
class State:
    a: int = 1
    rate: float = 0.1
    up: bool = True
    kind: str = "flat"
    years: tuple = (2,)

class Toy(Panel):
    key, State = "toy", State
    controls = (Slider("a", low=0, high=5, step=1), Slider("rate", low=0.01, high=1, step=0.01, log=True),
                Checkbox("up"), Choice("kind", options=("flat", "round"), group="more"), Strip("years", low=1, high=9))
    presets = ("steep",)
    def preset(self, name): return {"a": 5}
    def frame(self):
        import plotly.graph_objects as go
        return frame([go.Scatter(name="y", mode="lines", line=line(0))], x="x (units)", y="y (units)")
    def solve(self, state): return state.a * np.linspace(0, 1, 50) * (1 if state.up else -1)
    def view(self, state, y):
        return View(({"x": np.linspace(0, 1, 50), "y": y},), f"The line ends at {y[-1]:.0f}.", pd.DataFrame({"y": y}))
toy, other = Toy(), Toy()
link([toy, other])
"""


def test_a_slider_moves_figure_sentence_and_table(notebook):
    book = notebook(TOY, "toy", "other", "for a in (2, 3, 4): toy.set(a=a)\ntoy.set(a=1)")
    book.run_all()
    book.wait_figures(2)
    page, graph = book.page, book.graph()
    before = graph.data()
    assert before[0]["y"][-1] == 1

    slider = page.get_by_label("Slope").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    after = graph.wait_change(before)
    assert after[0]["y"][-1] == 2
    first = page.locator(".gvclab-panel").first
    first.locator(".gvclab-sentence").get_by_text("The line ends at 2.").wait_for()
    assert page.get_by_role("img", name="The line ends at 2.").count() == 2

    # The linked panel has moved too, and the table opens on what is shown now.
    assert book.graph(1).data()[0]["y"][-1] == 2
    first.locator(".gvclab-readout summary").click()
    first.locator("td").last.get_by_text("2", exact=True).wait_for()

    first.get_by_role("button", name="Steep").click()
    first.locator(".gvclab-sentence").get_by_text("The line ends at 5.").wait_for()
    first.get_by_role("checkbox", name="Upwards").uncheck()
    first.locator(".gvclab-sentence").get_by_text("The line ends at -5.").wait_for()
    first.locator("input[type=number]").first.fill("3")
    page.keyboard.press("Enter")
    first.locator(".gvclab-sentence").get_by_text("The line ends at -3.").wait_for()
    first.get_by_role("button", name="Reset").click()
    first.locator(".gvclab-sentence").get_by_text("The line ends at 1.").wait_for()


def test_every_input_has_a_name(notebook):
    book = notebook(TOY, "toy")
    book.run_all()
    book.wait_figures(1)
    nameless = book.page.evaluate(
        """() => [...document.querySelectorAll('.gvclab-panel :is(input, select)')]
            .filter((input) => !(input.labels?.length || input.getAttribute('aria-labelledby')))
            .map((input) => input.outerHTML)"""
    )
    assert nameless == []
    assert book.page.get_by_role("group", name="Years").count() == 1


def test_a_page_that_opens_later_shows_the_present_state(notebook):
    book = notebook(TOY, "toy", "toy.set(a=4)", "toy")
    book.run_all()
    book.wait_figures(2)
    assert [book.graph(i).data()[0]["y"][-1] for i in (0, 1)] == [4, 4]


def test_plotly_comes_once(notebook):
    sent = []
    book = notebook(TOY, "toy", "other", "Toy()", "Toy()")
    book.page.on(
        "websocket", lambda socket: socket.on("framereceived", lambda frame: sent.append(len(frame)))
    )
    book.page.reload()
    book.page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.content?.widgets?.length")
    book.page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.sessionContext?.session?.kernel?.status === 'idle'"
    )
    book.run_all()
    book.wait_figures(4)
    assert len(sent) > 0
    assert 4.5e6 < sum(sent) < 7e6, json.dumps(sorted(sent)[-8:])
