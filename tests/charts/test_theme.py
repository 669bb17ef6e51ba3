"""The looks of all figures."""

from __future__ import annotations

import plotly.io as pio
import pytest

from gvclab.charts import area, axis, bars, frame, line, points, theme


def luminance(color: str) -> float:
    """Relative luminance as the web's accessibility guidelines define it."""
    parts = (int(color[k : k + 2], 16) / 255 for k in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_members_of_a_series_differ_in_colour_and_in_a_second_channel():
    for channel in ("color", "dash", "symbol", "pattern"):
        assert len({getattr(style, channel) for style in theme.SERIES}) == len(theme.SERIES)


@pytest.mark.parametrize("page", ["#ffffff", "#111111"])
def test_colours_stand_out_on_light_and_dark_pages(page):
    # Orange, purple and sky blue stay below 3 : 1 on white; that is what the second channel is for.
    strong = {theme.BLUE, theme.VERMILLION, theme.GREEN, theme.GREY}
    assert all(contrast(color, page) > 3 for color in strong)
    assert all(contrast(style.color, page) > 2 for style in theme.SERIES)


def test_a_frame_has_titles_with_units_outside_the_data_and_leaves_plotly_alone():
    before = pio.templates.default, set(pio.templates)
    shown = frame(
        ("stages n", axis("chance R", range=[0, 1])),
        ("cost (per unit)", "CVaR (part of a year's need)"),
        traces=[{"name": "a", **line(0)}, {"name": "b", "xaxis": "x2", "yaxis": "y2", **points(1)}, bars(2), area(3)],
        widths=(3, 1),
        height=300,
        barmode="stack",
    )
    assert (pio.templates.default, set(pio.templates)) == before
    assert shown.layout.title.text is None
    assert [shown.layout[name].title.text for name in ("xaxis", "yaxis2")] == [
        "stages n",
        "CVaR (part of a year's need)",
    ]
    assert tuple(shown.layout.yaxis.range) == (0, 1)
    first, second = shown.layout.xaxis.domain, shown.layout.xaxis2.domain
    assert first[0] == 0
    assert second[1] == 1
    assert first[1] < second[0]
    assert first[1] - first[0] == pytest.approx(3 * (second[1] - second[0]), abs=1e-3)
    assert shown.layout.template.layout.xaxis.automargin
    assert shown.layout.uirevision
    assert shown.layout.barmode == "stack"
    assert shown.layout.legend.yref == "container"
    assert shown.data[2].type == "bar"


def test_a_frame_names_widths_that_do_not_fit():
    with pytest.raises(ValueError, match="1 widths for 2 plots"):
        frame(("x", "y"), ("x", "y"), widths=(1,))
