"""In no panel do two things look alike without colour, and no colour means two things in one plot."""

from __future__ import annotations

from collections import defaultdict

from gvclab.charts.concepts import GREY

from .labs import busy, every_panel


def look(trace) -> tuple[str, str, tuple] | None:
    """The kind of a mark, its colour, and what tells it from others without colour; none for what is no series."""
    if trace.type == "bar":
        return "bar", trace.marker.color, (trace.marker.pattern.shape,)
    if trace.type != "scatter" or trace.fill:
        return None
    if "lines" in trace.mode:
        return "line", trace.line.color, (trace.line.dash, trace.line.width)
    return "points", trace.marker.color, (trace.marker.symbol,)


@every_panel
def test_marks_of_a_plot_are_told_apart_without_colour(kind):
    marks = defaultdict(dict)
    for trace in busy(kind).figure.data:
        if (found := look(trace)) and found[1] != GREY:
            shape, color, without = found
            same = marks[trace.xaxis or "x", shape].setdefault(without, color)
            assert same == color, (trace.name, without)
