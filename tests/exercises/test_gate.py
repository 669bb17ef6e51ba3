"""What a prediction opens, and what becomes of a prediction once its answer was seen, without a browser."""

from __future__ import annotations

import json

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from gvclab.content import text
from gvclab.exercises import after, bank, forget, gate, predictions
from gvclab.exercises.gate import Gate
from gvclab.exercises.items import letter
from gvclab.exercises.widgets import predict, recall

ITEM = bank.item("2.3-p2")


class Shown:
    """Counts how often it is displayed."""

    def __init__(self):
        self.times = 0

    def _repr_html_(self):
        self.times += 1
        return "<b>the answer</b>"


@pytest.fixture(autouse=True)
def kernel(monkeypatch):
    """A kernel that has just started, with a page at its other end."""
    monkeypatch.setattr(gate, "lives", lambda: True)
    restart(monkeypatch)
    InteractiveShell.instance()  # nothing is displayed without
    yield
    InteractiveShell.clear_instance()


def restart(monkeypatch):
    monkeypatch.setattr(predictions, "_made", {})
    monkeypatch.setattr(predictions, "_seen", set())
    monkeypatch.setattr(predictions, "_waiting", {})


def displayed(thing) -> list[dict]:
    """The data that displaying something puts out, one dict for each output."""
    with capture_output() as held:
        thing._ipython_display_()
    return [output.data for output in held.outputs]


def is_open(found: Gate) -> bool:
    return bool(getattr(found.children[-1], "outputs", ()))


def test_nothing_is_shown_before_the_prediction():
    thing = Shown()
    (put_out,) = displayed(after("2.3-p2", thing))
    assert "application/vnd.jupyter.widget-view+json" in put_out
    assert "the answer" not in str(put_out) and thing.times == 0


def test_a_prediction_opens_what_was_held_back():
    thing = Shown()
    held = Gate(ITEM, (thing, "and a word"))
    assert not is_open(held) and thing.times == 0
    asked = predict("2.3-p2")
    asked.answer([""])
    assert not is_open(held)
    asked.answer(["B"])
    assert is_open(held)
    first, second = held.children[-1].outputs
    assert first["data"]["text/html"] == "<b>the answer</b>"
    assert "and a word" in second["data"]["text/plain"]
    assert text("widgets.predict.opened", letter="B", mine="").split("*")[-1].strip() in asked.feedback["html"]


def test_a_prediction_of_an_earlier_kernel_is_enough(monkeypatch):
    predict("2.3-p2", "B")
    restart(monkeypatch)
    (put_out,) = displayed(after("2.3-p2", Shown()))
    assert put_out["text/html"] == "<b>the answer</b>"
    assert "application/vnd.jupyter.widget-view+json" not in put_out


def test_where_no_widget_runs_the_thing_itself_is_shown(monkeypatch):
    monkeypatch.setattr(gate, "lives", lambda: False)
    (put_out,) = displayed(after("2.3-p2", Shown()))
    assert put_out["text/html"] == "<b>the answer</b>"
    assert not predictions.seen(ITEM)


def test_one_may_look_without_a_prediction_in_this_kernel(monkeypatch):
    held, again, card, asked = Gate(ITEM, (Shown(),)), Gate(ITEM, (Shown(),)), recall("2.3-p2"), predict("2.3-p2")
    held._placeholder._handle_custom_msg({"show": True}, [])
    assert is_open(held) and is_open(again)
    assert text("widgets.recall.skipped") in card.html
    # What is known is not predicted any more.
    assert asked.feedback["closed"]
    asked.answer(["A"])
    assert predictions.kept(ITEM) is None and text("widgets.recall.skipped") in card.html
    restart(monkeypatch)
    assert not is_open(Gate(ITEM, (Shown(),)))


def test_a_prediction_changes_until_its_answer_was_seen(monkeypatch):
    asked = predict("2.3-p2")
    asked.answer(["A"])
    asked.answer(["C"])
    assert predictions.kept(ITEM).index == 2 and not asked.feedback["closed"]
    held = Gate(ITEM, (Shown(),))
    assert is_open(held) and asked.feedback["closed"]
    for _ in range(2):
        assert letter(2) in predict("2.3-p2", "A").data
        asked.answer(["B"])
        assert predictions.kept(ITEM).index == 2
        restart(monkeypatch)  # and so for later kernels
    assert predict("2.3-p2").feedback["closed"]


def test_a_prediction_made_again_keeps_its_day():
    path = predictions.file()
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"2.3-p2": {"choice": ITEM.options[1].id, "date": "2026-01-01"}}))
    predict("2.3-p2", "B")
    assert predictions.kept(ITEM) == (1, "2026-01-01")


def test_a_fresh_start_closes_and_asks_again():
    held, asked, card = Gate(ITEM, (Shown(),)), predict("2.3-p2"), recall("2.3-p2")
    predictions.keep(bank.item("2.3-p2"), 1)
    others = json.loads(predictions.file().read_text())
    predictions.file().write_text(json.dumps(others | {"1.1-p": {"choice": "x", "date": "2026-01-01"}}))
    asked._handle_custom_msg({"afresh": True}, [])
    assert not is_open(held) and predictions.kept(ITEM) is None
    assert asked.feedback["chosen"] == "" and not asked.feedback["closed"]
    assert text("widgets.recall.mine") not in card.html
    assert json.loads(predictions.file().read_text()).keys() == {"1.1-p"}
    asked.answer(["D"])
    assert is_open(held) and predictions.kept(ITEM).index == 3
    forget()
    assert not is_open(held) and json.loads(predictions.file().read_text()) == {}


def test_only_a_prediction_can_open_something():
    with pytest.raises(ValueError, match=r"2\.3-b is no prediction"):
        after("2.3-b", "x")
    with pytest.raises(KeyError, match=r"2\.3-zzz"):
        after("2.3-zzz", "x")


def test_a_panel_and_a_series_open_as_they_would_by_themselves():
    from gvclab.charts import diagram
    from gvclab.panels.suppliers import ChainLab

    held = Gate(ITEM, (ChainLab(), diagram("series-and-parallel")))
    predict("2.3-p2", "A")
    kinds = [set(output["data"]) for output in held.children[-1].outputs]
    assert "application/vnd.plotly.v1+json" in kinds[0]  # no kernel here, so the plain figure
    assert "text/html" in kinds[-1]
