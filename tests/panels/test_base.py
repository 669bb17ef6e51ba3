"""What all panels share, without a page: state, checks, sharing, and what is displayed."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, dataclass

import numpy as np
import pandas as pd
import pytest

from gvclab import data
from gvclab.charts import View, frame, line, page
from gvclab.panels import Checkbox, Choice, Panel, Shared, Slider, Strip
from gvclab.panels.widget import described

from .labs import Page, every_panel


@dataclass(frozen=True)
class State:
    power: float = 1.0
    size: int = 5
    upside_down: bool = False
    unit: str = "share"
    marks: tuple = (3,)
    other: float = 0.5
    hidden: float = 0.0


class Power(Panel):
    title = "Power lab"
    State = State
    controls = (
        Slider("power", min=0.2, max=5.0, step=0.1, label="power a"),
        Slider("size", min=2, max=200, step=1, log=True, label="points n"),
        Checkbox("upside_down", label="upside down"),
        Choice("unit", options=("share", "percent"), label="unit of y"),
        Strip("marks", min=0, max=9, label="marks"),
    )
    solved = 0

    def frame(self):
        return frame(("x (share)", "y (share)"), traces=[{"name": "curve", **line(0)}])

    def solve(self, state):
        self.solved += 1
        if state.power == 4.9:
            raise ValueError("the model has no answer for power = 4.9")
        return np.linspace(0, 1, state.size) ** state.power

    def view(self, state, solution):
        table = pd.DataFrame({"y": solution})
        return View(
            ({"x": np.linspace(0, 1, state.size), "y": solution},), {}, f"The power is {state.power:.1f}.", table
        )


class Other(Panel):
    """Reads `power` without a control for it, and has a slow part."""

    title = "Other lab"
    State = State
    controls = (Slider("other", min=0.0, max=1.0, step=0.05, label="other b"),)
    reads = frozenset({"power"})
    badge = "calibrated"
    refined = 0

    def frame(self):
        return frame(("x (share)", "y (share)"), traces=[{"name": "point", **line(0)}])

    def solve(self, state):
        return "quick"

    def refine(self, state, solution):
        self.refined += 1
        return f"{solution} and slow"

    def view(self, state, solution):
        return View(({"x": [state.other], "y": [state.power]},), {}, f"{solution} at {state.other:.2f}")


def test_set_moves_all_that_can_be_read():
    panel = Power()
    panel.set(power=2, size=3, upside_down=True, unit="percent", marks=[7, 2, 2])
    assert panel.state == State(2.0, 3, True, "percent", (2, 7))
    assert type(panel.state.power) is float
    assert type(panel.state.size) is int
    np.testing.assert_allclose(panel.solution, [0, 0.25, 1])
    assert panel.sentence == "The power is 2.0."
    assert list(panel.table["y"]) == [0, 0.25, 1]
    assert list(panel.figure.data[0].y) == [0, 0.25, 1]
    assert panel.figure.data[0].line.dash == "solid"
    assert "The power is 2.0." in repr(panel)
    with pytest.raises(FrozenInstanceError):
        panel.state.power = 3
    panel.reset()
    assert panel.state == State()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"power": 7}, "power = 7 is not possible: it must be a number from 0.2 to 5"),
        ({"power": float("nan")}, "power = nan is not possible"),
        ({"power": "2"}, "power = '2' is not possible"),
        ({"power": None}, "power = None is not possible"),
        ({"power": True}, "power = True is not possible"),
        ({"size": 2.5}, "size = 2.5 is not possible: it must be a whole number from 2 to 200"),
        ({"upside_down": "no"}, "upside_down = 'no' is not possible: it must be True or False"),
        ({"unit": "euro"}, "unit = 'euro' is not possible: it must be one of 'share', 'percent'"),
        ({"marks": [10]}, r"marks = \[10\] is not possible: it must be a set of whole numbers from 0 to 9"),
        ({"marks": 3}, "marks = 3 is not possible"),
        ({"weight": 1}, "no control 'weight' in this panel; it has power, size, upside_down, unit, marks"),
        ({"other": 1}, "no control 'other' in this panel"),
    ],
)
def test_a_value_outside_its_domain_is_named_and_changes_nothing(values, words):
    panel = Power()
    with pytest.raises(ValueError, match=words):
        panel.set(**{"power": 2.0, **values})
    assert panel.state == State()


def test_numpy_numbers_are_numbers():
    panel = Power(power=np.float32(2), size=np.int64(4))
    assert panel.state == State(2.0, 4)


def test_where_the_model_has_no_answer_nothing_changes():
    panel = Power()
    with pytest.raises(ValueError, match=r"no answer for power = 4\.9"):
        panel.set(power=4.9)
    assert panel.state == State()
    assert panel.sentence == "The power is 1.0."


def test_a_solution_is_computed_once():
    panel = Power()
    panel.set(power=3)
    panel.sentence, panel.table, panel.figure  # noqa: B018
    assert panel.solved == 1


def test_another_start_is_what_reset_returns_to():
    panel = Power(power=3)
    panel.set(power=1, size=9)
    panel.reset()
    assert panel.state == State(power=3.0)


def test_panels_share_a_state_and_redraw_only_what_depends_on_the_change():
    shared = Shared(State())
    power, other = Power(shared), Other(shared)
    power._widget, other._widget = Page(), Page()
    power.set(size=7)
    assert (power._widget.shown, other._widget.shown) == ([False], [])
    power.set(power=2)
    assert (len(power._widget.shown), len(other._widget.shown)) == (2, 1)
    assert list(other.figure.data[0].y) == [2.0]
    other.set(other=0.25)
    assert (len(power._widget.shown), len(other._widget.shown)) == (2, 2)
    assert power.state is other.state
    # A reset puts back the controls of one panel only.
    other.reset()
    assert shared.state == State(power=2.0, size=7)


def test_the_slow_part_is_there_for_programs_and_comes_later_on_a_page():
    panel = Other()
    assert panel.sentence == "quick and slow at 0.50"
    panel.set(other=1)
    assert panel.refined == 2
    panel._widget = Page()
    panel.move({"other": 0.25})
    assert panel.refined == 2
    assert panel._widget.shown == [True]


@pytest.mark.parametrize("wait", [0.4, 0])
def test_the_page_shows_the_quick_part_then_the_slow_one_unless_something_newer_came(wait, monkeypatch):
    panel = Other()
    widget = panel.on_page()
    sentences, replies = [], []
    monkeypatch.setattr(widget._figure, "show", lambda view: sentences.append(view.sentence))
    monkeypatch.setattr(widget._controls, "send", lambda content: replies.append(content))

    async def drag():
        for turn, value in enumerate((0.1, 0.2)):
            widget._moved(None, {"turn": turn, "values": {"other": value}}, [])
            await asyncio.sleep(wait)
        await asyncio.sleep(0.4)

    with ThreadPoolExecutor(1) as pool:  # a browser test of the same session may run a loop in this thread
        pool.submit(asyncio.run, drag()).result()
    first = ["quick at 0.10", "quick and slow at 0.10"] if wait else ["quick at 0.10"]
    assert sentences == [*first, "quick at 0.20", "quick and slow at 0.20"]
    assert {"turn": 1, "refining": True} in replies
    assert replies[-1] == {"refined": True}


def test_what_a_page_sends_is_checked():
    panel = Power()
    widget = panel.on_page()
    replies = []
    widget._controls.send = replies.append
    widget._moved(None, {"turn": 1, "values": {"power": 99}}, [])
    assert panel.state == State()
    assert replies[0]["turn"] == 1
    assert "power = 99 is not possible" in replies[0]["problem"]


def test_what_the_page_asks_for_as_a_whole_puts_all_else_back():
    panel = Power(size=9)
    widget = panel.on_page()
    panel.set(power=3, size=4, upside_down=True)
    widget._moved(None, {"turn": 1, "values": {"power": 2.0}, "whole": True}, [])
    assert panel.state == State(power=2.0, size=9)


def test_closed_widgets_are_made_anew():
    panel = Power()
    first = panel.on_page()
    assert panel.on_page() is first
    first.box.close()
    assert panel.on_page() is not first


def test_what_is_displayed():
    panel = Power()
    picture, words = page.bundles(panel.figure, panel.shown, panel.on_page().box)
    assert picture["application/vnd.jupyter.widget-view+json"]["model_id"] == panel.on_page().box.model_id
    assert picture["application/vnd.plotly.v1+json"]["data"][0]["name"] == "curve"
    assert picture["text/plain"] == "The power is 1.0."
    assert "The power is 1.0." in words["text/html"]
    assert "<table" in words["text/html"]


def test_without_a_kernel_a_plain_figure_is_displayed(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    panel = Power()
    panel._ipython_display_()
    assert len(shown) == 2
    assert "application/vnd.jupyter.widget-view+json" not in shown[0]
    assert "<strong>Power lab</strong>" in shown[1]["text/html"]
    assert panel._widget is None


def test_real_numbers_are_displayed_with_their_source(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw=False: shown.append(bundle))
    Other()._ipython_display_()
    assert data.source("icio").html == shown[-1].html and '<a href="https://' in shown[-1].html
    assert Power().source is None


@every_panel
def test_a_panel_says_how_real_it_is_and_where_from(kind):
    assert (kind().source is None) == (kind.badge == "illustrative")
    assert described(kind())["badge"]["help"]


def test_the_page_is_told_all_it_needs():
    panel = Power()
    spec = described(panel)
    kinds = [control["kind"] for control in spec["controls"]]
    assert kinds == ["slider", "slider", "checkbox", "choice", "strip"]
    assert (
        spec["controls"][0] | {"min": 0.2, "max": 5.0, "step": 0.1, "digits": 1, "label": "power a"}
        == spec["controls"][0]
    )
    assert spec["controls"][1]["digits"] == 0
    assert spec["controls"][3]["options"] == [["share", "share"], ["percent", "percent"]]
    assert spec["badge"]["label"] == "illustrative"
    assert described(Other())["badge"]["label"] == "calibrated to WIOD 2011"
    assert spec["whole"] is False


@pytest.mark.parametrize("bad", [{"min": 1.0, "max": 1.0}, {"step": 0}, {"log": True}])
def test_a_senseless_slider_is_refused(bad):
    with pytest.raises(ValueError, match="slider 'power'"):
        Slider("power", **bad)
