"""Views written into figures, and what of them is sent to a page."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from gvclab.charts import View, apply, frame, line
from gvclab.charts.live import LiveFigure, changed, pack
from gvclab.charts.table import to_html
from gvclab.charts.view import UNSEEN, flatten, follow

X = np.array([0.0, 1.0, 2.0])


def figure():
    return frame(("stages n", "chance R"), traces=[{"name": "a", **line(0)}, {"name": "b", **line(1)}])


def view(y=X, **layout) -> View:
    return View(
        ({"x": X, "y": y}, {"line": {"width": 3}}), layout, f"The end is at {y[-1]:.1f}.", pd.DataFrame({"y": y})
    )


def test_apply_writes_values_and_leaves_looks_alone():
    shown = apply(figure(), view(X**2, xaxis={"range": [0, 5]}, shapes=[{"type": "line", "x0": 1}]))
    assert list(shown.data[0].y) == [0, 1, 4]
    assert shown.data[0].line.dash == "solid"
    assert shown.data[1].line.width == 3
    assert shown.data[1].line.color == figure().data[1].line.color
    assert tuple(shown.layout.xaxis.range) == (0, 5)
    assert shown.layout.xaxis.title.text == "stages n"
    # A list is a whole: the shapes of an older view do not linger.
    assert len(apply(shown, view(shapes=[])).layout.shapes) == 0


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        (View(({},)), "1 traces, its figure 2"),
        (View(({"no_such_property": 1}, {})), "no_such_property"),
        (View(({}, {}), {"no_such_property": 1}), "no_such_property"),
    ],
)
def test_apply_names_what_does_not_fit(bad, named):
    with pytest.raises(ValueError, match=named):
        apply(figure(), bad)


def test_flatten():
    assert flatten({"marker": {"line": {"width": 1}}, "x": [1]}) == {"marker.line.width": 1, "x": [1]}


def test_only_what_changed():
    old = {"x": X, "y": X, "visible": True, "marker": {"size": 3, "color": "red"}, "text": ["a"]}
    assert changed(old, old | {"x": X.copy(), "text": ["a"]}, {}) == {}
    assert changed(old, old | {"marker": {"size": 4, "color": "red"}}, {}) == {"marker.size": 4}
    assert list(changed(old, old | {"y": X + 1}, {})) == ["y"]
    assert list(changed(old, old | {"y": X[:2]}, {})) == ["y"]
    assert changed({"y": np.array([1.0, np.nan])}, {"y": np.array([1.0, np.nan])}, {}) == {}
    assert changed({"visible": 1}, {"visible": True}, {}) == {"visible": True}


def test_what_a_view_no_longer_gives_is_as_in_the_frame():
    looks = {"marker": {"color": "blue"}, "line": {"width": 1}}
    old = {"visible": False, "marker": {"color": "red", "size": 9}}
    assert changed(old, {}, looks) == {"visible": None, "marker.color": "blue", "marker.size": None}


def test_what_is_still_computed_is_not_seen_beside_what_is_new():
    known, waiting = View(({"x": X, "y": X}, {"y": X})), View(({"x": X, "y": X * 2}, {}), sentence="new")
    between = follow(known, waiting)
    assert between.sentence == "new" and between.traces[0] == waiting.traces[0]
    assert between.traces[1] == {"y": X, **UNSEEN}
    assert follow(between, waiting).traces[1] == between.traces[1]
    assert changed(between.traces[1], {"y": X}, {}) == dict.fromkeys(UNSEEN)
    # What a view never gave is drawn from the frame alone.
    assert follow(View(({},)), View(({},))).traces == ({},)


@given(
    arrays(
        st.sampled_from([np.float64, np.float32, np.int64, np.int8, np.uint16]),
        array_shapes(max_dims=2, max_side=5),
    )
)
def test_numbers_travel_as_float64(values):
    content, buffers = pack({"traces": {0: {"y": values}}})
    sent = content["traces"][0]["y"]
    back = np.frombuffer(buffers[sent["buffer"]]).reshape(sent["shape"])
    np.testing.assert_array_equal(back, values.astype(float))


def test_all_else_travels_as_json():
    dates = np.array(["2011-03-11", "2020-01-23"], dtype="datetime64[D]")
    content, buffers = pack({"a": (1, np.float64(2), np.nan, True, None), "text": np.array(["x"]), "dates": dates})
    assert content == {"a": [1, 2.0, None, True, None], "text": ["x"], "dates": ["2011-03-11", "2020-01-23"]}
    assert buffers == []


@pytest.fixture
def live(monkeypatch):
    """A live figure and what it sends."""
    shown = LiveFigure(figure(), view())
    sent = []
    monkeypatch.setattr(shown, "send", lambda content, buffers=None: sent.append((content, buffers)))
    return shown, sent


def test_a_live_figure_sends_changes_and_tells_a_new_page_all(live):
    shown, sent = live
    assert "The end is at 2.0." in shown.get_state()["now"]["sentence"]
    shown.show(view(X**2, shapes=[{"type": "line"}]))
    ((content, buffers),) = sent
    assert list(content["traces"]) == [0]
    assert list(content["traces"][0]) == ["y"]
    np.testing.assert_array_equal(np.frombuffer(buffers[0]), X**2)
    assert content["layout"] == {"shapes": [{"type": "line"}]}
    assert content["sentence"] == "The end is at 4.0."
    assert "table" not in content

    now = shown.get_state()["now"]
    assert now["sentence"] == "The end is at 4.0."
    assert '"shapes":[{"type":"line"}]' in now["figure"]

    shown.show(view(X**2, shapes=[{"type": "line"}]))
    assert len(sent) == 1
    with pytest.raises(ValueError, match="1 traces, its figure 2"):
        shown.show(View(({},)))


def test_lines_above_the_picture_come_and_go(live):
    shown, sent = live
    shown.show(replace(view(), above=("carried over",)))
    assert sent[-1][0] == {"above": ["carried over"]}
    assert shown.get_state()["now"]["above"] == ["carried over"]
    shown.show(view())
    assert sent[-1][0] == {"above": []}


def test_the_slow_part_of_a_live_figure_is_out_of_sight_until_it_is_there(live):
    shown, sent = live
    waiting = View((view().traces[0], {}), sentence="The quick part.")
    shown.show(waiting)
    assert sent[-1][0]["traces"] == {1: UNSEEN} and sent[-1][0]["sentence"] == "The quick part."
    assert '"opacity":0' in shown.get_state()["now"]["figure"]
    shown.show(view())
    assert sent[-1][0]["traces"] == {1: dict.fromkeys(UNSEEN)}


def test_the_table_is_made_only_while_it_is_open(live):
    shown, sent = live
    shown._asked(shown, {"table": True}, [])
    assert "<td>2</td>" in sent[-1][0]["table"]
    shown.show(view(X * 3))
    assert "<td>6</td>" in sent[-1][0]["table"]
    shown._asked(shown, {"table": False}, [])
    shown.show(view())
    assert "table" not in sent[-1][0]


def test_one_library_for_all_figures(live):
    from gvclab.charts.live import Loader

    first = Loader._only
    LiveFigure(figure(), view())
    assert Loader._only is first
    assert len(first.source) < 2_000_000


def test_tables_as_html():
    table = pd.DataFrame({"place": ["<b>"], "share": [0.123456], "loss": [np.nan], "dollars": [1234567.0]})
    html = to_html(table)
    assert "&lt;b&gt;" in html
    assert "0.1235" in html
    assert "1,234,567" in html
    assert "–" in html
    assert "<th>0</th>" not in html
    assert "<th>Home</th>" in to_html(table.set_index(pd.Index(["Home"], name="place")))
    both = to_html({"portfolios": table, "shocks & odds": table})
    assert both.count("<table") == 2
    assert "shocks &amp; odds" in both
    assert to_html(None) == ""
