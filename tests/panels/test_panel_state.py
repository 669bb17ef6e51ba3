"""What all panels share: a state that is checked, shared and put back, and what a page shows of it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from gvclab import data
from gvclab.charts import page
from gvclab.panels.controls import Slider
from gvclab.panels.shared import Shared
from gvclab.panels.widget import described

from .labs import Page, every_panel
from .toys import Every, Power, Slow, State

pytestmark = pytest.mark.usefixtures("words_of_toys")


def test_set_moves_all_that_can_be_read():
    panel = Every()
    panel.set(power=2, size=3, shown=False, mode="wide", years=[7, 2, 2])
    assert panel.state == State(2.0, 3, False, mode="wide", years=(2, 7))
    assert type(panel.state.power) is float
    assert type(panel.state.size) is int
    assert panel.solution == 2
    assert panel.sentence == "The power is 2.0."
    assert list(panel.table["the curve"]) == [2]
    assert list(panel.figure.data[0].y) == [0, 2]
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
        ({"shown": "no"}, "shown = 'no' is not possible: it must be True or False"),
        ({"mode": "high"}, "mode = 'high' is not possible: it must be one of 'near', 'wide'"),
        ({"years": [10]}, r"years = \[10\] is not possible: it must be a set of whole numbers from 0 to 9"),
        ({"years": 3}, "years = 3 is not possible"),
        ({"weight": 1}, "no control 'weight' in this panel; it has power, size, shown, mode, years"),
        ({"other": 1}, "no control 'other' in this panel"),
    ],
)
def test_a_value_outside_its_domain_is_named_and_changes_nothing(values, words):
    panel = Every()
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
    power, slow = Power(shared), Slow(shared)
    assert slow.sentence == "quick and slow at 0.50"
    power._widget, slow._widget = Page(), Page()
    power.set(size=7)
    assert (power._widget.shown, slow._widget.shown) == ([False], [])
    power.set(power=2)
    assert (len(power._widget.shown), len(slow._widget.shown)) == (2, 1)
    assert list(slow.figure.data[0].y) == [2.0]
    slow.set(other=0.25)
    assert (len(power._widget.shown), len(slow._widget.shown)) == (2, 2)
    assert power.state is slow.state
    # A reset puts back what one panel shows, and leaves the rest.
    slow.reset()
    assert shared.state == State(size=7)


def test_the_slow_part_is_there_for_programs_and_comes_later_on_a_page():
    panel = Slow()
    assert panel.sentence == "quick and slow at 0.50"
    panel.set(other=1)
    assert panel.sentence == "quick and slow at 1.00"
    panel._widget = Page()
    panel.move({"other": 0.25})
    assert panel._widget.shown == [True]
    assert panel.seen(full=False).sentence == "quick at 0.25"


@pytest.mark.parametrize("wait", [0.4, 0])
def test_the_page_shows_the_quick_part_then_the_slow_one_unless_something_newer_came(wait, monkeypatch):
    panel = Slow()
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
    panel.set(power=3, size=4, shown=False)
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
    assert picture["application/vnd.plotly.v1+json"]["data"][0]["name"] == "the curve"
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
    assert "<strong>Power</strong>" in shown[1]["text/html"]
    assert panel._widget is None


def test_real_numbers_are_displayed_with_their_source(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw=False: shown.append(bundle))
    Slow()._ipython_display_()
    assert data.source("icio").html == shown[-1].html and '<a href="https://' in shown[-1].html
    assert Power().source is None


@every_panel
def test_a_panel_says_how_real_it_is_and_where_from(kind):
    assert (kind().source is None) == (kind.badge == "illustrative")
    assert described(kind())["badge"]["help"]


def test_the_page_is_told_all_it_needs():
    spec = described(Every())
    kinds = [control["kind"] for control in spec["controls"]]
    assert kinds == ["slider", "slider", "checkbox", "choice", "strip"]
    power = {"min": 0.2, "max": 5.0, "step": 0.1, "digits": 1, "label": "power a", "unit": "weeks"}
    assert spec["controls"][0] | power == spec["controls"][0]
    assert spec["controls"][1]["digits"] == 0
    assert spec["controls"][3]["options"] == [["near", "near"], ["wide", "wide"]]
    assert spec["badge"]["label"] == "illustrative"
    assert described(Slow())["badge"]["label"] == "calibrated to WIOD 2011"


@pytest.mark.parametrize("bad", [{"min": 1.0, "max": 1.0}, {"step": 0}, {"log": True}])
def test_a_senseless_slider_is_refused(bad):
    with pytest.raises(ValueError, match="slider 'power'"):
        Slider("power", **bad)
