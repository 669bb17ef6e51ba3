"""What a colour means, and that it can be told without colour."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest

from gvclab.charts import concepts, line, points, theme
from gvclab.charts.concepts import CONCEPTS, GROUPS, OTHERS, SERIES, style, told_apart

PAGES = {"light": "#ffffff", "JupyterLab's dark": "#111111"}
ALONE = ("home", "abroad", "CHN", "USA", "EUR", "gross", "value_added", "model", "data", "chosen")
# Machado, Oliveira and Fernandes (2009), whole loss of one kind of cone; on linear RGB.
SEEN_BY = {
    "all cones": np.eye(3),
    "no green cones": np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
    "no red cones": np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
}
TOGETHER = (
    ("home", "abroad"),
    ("gross", "value_added"),
    ("model", "data"),
    ("CHN", "USA"),
    ("USA", "EUR"),
    ("gains", "loses"),
)


def linear(color: str) -> np.ndarray:
    parts = np.array([int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """As the web's accessibility guidelines define it."""
    low, high = sorted(float(linear(color) @ [0.2126, 0.7152, 0.0722]) for color in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(light: np.ndarray) -> np.ndarray:
    """CIELAB of linear RGB."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ light.clip(0, 1) / [0.9505, 1, 1.0888]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("page", PAGES)
def test_every_colour_stands_out_on_the_page(page):
    for name, look in {**CONCEPTS, **dict(enumerate((*SERIES, *OTHERS)))}.items():
        assert contrast(look.color, PAGES[page]) >= 3, name


def test_ten_things_have_a_colour_of_their_own():
    assert len({style(name).color for name in ALONE} | {concepts.GREY}) == len(ALONE) + 1


@pytest.mark.parametrize("group", [*GROUPS, dict(enumerate(SERIES))], ids=lambda group: "-".join(map(str, group))[:30])
def test_what_stands_in_one_picture_differs_in_every_channel(group):
    for channel in concepts.Style._fields:
        assert len({getattr(look, channel) for look in group.values()}) == len(group), channel


@pytest.mark.parametrize("eyes", SEEN_BY)
def test_pairs_are_told_apart_by_readers_who_see_fewer_colours(eyes):
    for pair in TOGETHER:
        one, other = (lab(SEEN_BY[eyes] @ linear(style(name).color)) for name in pair)
        assert np.linalg.norm(one - other) > 15, pair


def test_no_name_is_in_two_groups():
    assert sum(map(len, GROUPS)) == len(set().union(*GROUPS))


def test_a_concept_is_asked_for_by_name():
    assert line("home")["line"] == {"color": style("home").color, "dash": style("home").dash, "width": 2.5}
    assert points("chosen")["marker"]["symbol"] == "star"
    with pytest.raises(KeyError, match="no concept 'hoem': the table has home"):
        line("hoem")


def test_series_have_the_colours_of_the_table_and_the_rest_is_grey():
    china, mexico, malaysia, vietnam = told_apart(["CHN", "MEX", "MYS", "VNM"])
    assert (china, mexico) == (style("CHN"), style("MEX"))
    assert malaysia.color == vietnam.color == concepts.GREY
    assert (malaysia.dash, malaysia.symbol) != (vietnam.dash, vietnam.symbol)
    assert told_apart(["gross", "value added"]) == [style("gross"), style("value_added")]


def test_no_colour_stands_for_two_series_of_a_figure():
    germany, union = told_apart(["DEU", "EUU"])
    assert germany == style("EUR")
    assert union.color == concepts.GREY
    plain = told_apart([f"member {k}" for k in range(18)])
    assert plain[:6] == list(SERIES)
    for one, other in combinations(plain, 2):
        assert one.color != other.color or one.color == concepts.GREY
        assert one.dash != other.dash
    assert theme.line(6)["line"]["color"] == concepts.GREY


@pytest.mark.parametrize("look", sorted({*CONCEPTS.values(), *SERIES, *OTHERS}), ids=str)
def test_words_on_an_area_can_be_read_over_its_pattern(look):
    made = theme.bars(look)
    text, pattern = made["insidetextfont"]["color"], made["marker"]["pattern"]["fgcolor"]
    *over, share = map(float, re.findall(r"[\d.]+", pattern))
    under = [int(look.color[k : k + 2], 16) for k in (1, 3, 5)]
    mixed = "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in zip(over, under, strict=True))
    assert contrast(text, look.color) >= 4.5
    assert contrast(text, mixed) >= 4.5
