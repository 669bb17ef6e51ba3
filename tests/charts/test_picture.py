"""Plots and marks by name: a wrong name is an error, and no order matters."""

from __future__ import annotations

import pytest

from gvclab.charts import Picture, Plot, View, apply, area, axis, bars, line, note, points, row, shape
from gvclab.content import Message

PLOTS = (
    row(Plot("top", axis("rate"), axis("")), height=2),
    row(Plot("left", axis("", matches="top"), axis("")), Plot("right", axis(""), axis(""), legend=0.02), above=0.1),
)
MARKS = {
    "curve": line(0),
    "now": points(1, plot="left", name=""),
    "bars": bars(2, plot="right"),
    "quiet": area(3, plot="right", name="bars", showlegend=False),
    "number": note(plot="right", x=1, y=2),
    "edge": shape(type="line", x0=0, x1=1),
}
VALUES = {name: {"x": [1], "y": [2]} for name in ("curve", "now", "bars", "quiet")} | {"number": {}, "edge": {"y0": 3}}


def words(kind: str, name: str) -> str:
    return f"{kind}: {name}"


def picture(**more) -> Picture:
    return Picture(*PLOTS, marks=MARKS, **more)


def shown(values=VALUES):
    made = picture()
    traces, layout = made.arranged(values)
    return apply(made.frame(words), View(traces, layout))


def test_plots_stand_in_rows():
    layout = shown().layout
    assert layout.yaxis.domain == (0.4, 1.0)
    assert layout.yaxis2.domain == layout.yaxis3.domain == (0.0, 0.3)
    assert layout.xaxis.domain == (0.0, 1.0)
    assert (layout.xaxis2.domain, layout.xaxis3.domain) == ((0.0, 0.425), (0.575, 1.0))
    assert (layout.xaxis2.matches, layout.xaxis.title.text) == ("x", "axes: rate")
    assert (layout.legend2.x, layout.legend2.y) == (0.575, 0.32)


def test_marks_are_where_their_plots_are():
    curve, now, blocks, quiet = shown().data
    assert [each.xaxis for each in (curve, now, blocks, quiet)] == [None, "x2", "x3", "x3"]
    assert [each.name for each in (curve, now, blocks, quiet)] == ["marks: curve", "", "marks: bars", "marks: bars"]
    assert [each.legend for each in (curve, now, blocks, quiet)] == [None, None, "legend2", None]
    assert shown().layout.annotations[0].xref == "x3" and shown().layout.shapes[0].y0 == 3


def test_the_order_in_which_values_are_given_does_not_matter():
    values = {name: {"y": [k]} for k, name in enumerate(("curve", "now", "bars", "quiet"))} | {"number": {}, "edge": {}}
    assert picture().arranged(values) == picture().arranged(dict(reversed(values.items())))


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({name: VALUES[name] for name in VALUES if name != "bars"}, "without values: bars;"),
        ({name: VALUES[name] for name in VALUES if name != "number"}, "without values: number;"),
        ({**VALUES, "bar": {}}, "without a mark or plot: bar;"),
    ],
)
def test_a_missing_and_an_unknown_mark_are_named(values, named):
    with pytest.raises(KeyError, match=named):
        picture().arranged(values)


def test_none_hides_a_mark():
    figure = shown({**VALUES, "bars": None, "edge": None, "number": None})
    assert figure.data[2].visible is False and figure.data[0].visible is None
    assert figure.layout.shapes[0].visible is False and figure.layout.annotations[0].visible is False


def test_axes_change_by_the_name_of_their_plot():
    figure = shown({**VALUES, "right": {"x": {"range": [0, 5]}, "y": {"title": {"text": "gain"}}}})
    assert figure.layout.xaxis3.range == (0, 5) and figure.layout.yaxis3.title.text == "gain"


def test_messages_among_the_values_are_said():
    hello = Message("language.clauses")
    traces, layout = picture().arranged(
        {**VALUES, "curve": {"text": [hello, "b"], "name": hello}, "number": {"text": hello}}
    )
    assert traces[0] == {"text": ["; ", "b"], "name": "; "}
    assert layout["annotations"][0]["text"] == "; "


@pytest.mark.parametrize(
    ("marks", "named"),
    [
        ({"top": line(0)}, "given twice: top"),
        ({"curve": line(0, plot="bottom")}, "no plot bottom; there is top, left, right"),
    ],
)
def test_a_picture_that_does_not_hold_together_is_refused(marks, named):
    with pytest.raises(ValueError, match=named):
        Picture(*PLOTS, marks=marks)
    with pytest.raises(ValueError, match="no plot up"):
        Picture(Plot("main", axis("", matches="up"), axis("")), marks={})
