"""Real figures over time: what the sentence says at the edges, and lines that are told apart by name and look."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest

from gvclab.charts import series
from gvclab.charts.concepts import GREY, style
from gvclab.charts.labels import spread
from gvclab.charts.series import ROW
from gvclab.data import load


def table(**columns: list) -> pd.DataFrame:
    """Years from 2000, one column a series; melted as the data are."""
    wide = pd.DataFrame(columns).assign(year=range(2000, 2000 + len(next(iter(columns.values())))))
    long = wide.melt("year", var_name="economy", value_name="share")
    long.attrs["units"] = {"share": "per cent"}
    return long


def said(long: pd.DataFrame, by: str | None = "economy") -> str:
    return series(long, x="year", y="share", by=by, label="share of trade").sentence


def test_one_series_is_told_by_its_lowest_highest_and_last_figure():
    sentence = said(table(one=[3.0, 1.0, 4.24]), by=None)
    assert sentence == (
        "From 2000 to 2002, share of trade (per cent): lowest 1 in 2001, highest 4.24 in 2002, 4.24 at the end."
    )


def test_a_year_is_a_whole_number_where_the_table_holds_numbers_alone():
    """Its rows are then of one type, in which 2001 would be 2001.0."""
    alone = table(one=[3.0, 1.0])[["year", "share"]]
    alone.attrs["units"] = {}
    assert (
        said(alone, by=None) == "From 2000 to 2001, share of trade: lowest 1 in 2001, highest 3 in 2000, 1 at the end."
    )


def test_nothing_one_point_and_no_change_are_said_as_such():
    assert said(table(one=[np.nan, np.nan]), by=None) == "There are no figures: share of trade."
    assert said(table(one=[1.0]).iloc[:0]) == "There are no figures: share of trade."
    assert said(table(one=[np.nan, 2.5, np.nan]), by=None) == "In 2001, share of trade (per cent): 2.5."
    assert said(table(one=[0.0, 0.0]), by=None) == "From 2000 to 2001, share of trade (per cent): 0 all the time."


def test_all_numbers_of_a_sentence_have_the_decimals_of_the_largest():
    assert "Viet Nam 0.03 to 4.24" in said(table(VNM=[0.0272, 4.24], CHN=[3.0, 2.0]))
    assert "Viet Nam 0 to 4,240" in said(table(VNM=[0.27, 4240.0], CHN=[3000.0, 2000.0]))


def test_a_series_that_begins_later_says_so():
    sentence = said(table(CHN=[np.nan, 3.0, 2.0], USA=[5.0, 4.0, 3.0]))
    assert "China 3 in 2001 to 2 in 2002" in sentence
    assert "United States 5 to 3" in sentence


def test_many_series_are_told_by_two_numbers():
    sentence = said(table(CHN=[1.0, 9.0], USA=[5.0, 4.0], JPN=[3.0, 0.5], KOR=[1.0, 2.0], VNM=[0.0, 0.0]))
    assert sentence.endswith("5 series: largest rise China, +8; largest fall Japan, -2.5.")
    rising = said(table(CHN=[1.0, 9.0], USA=[3.0, 4.0], JPN=[0.5, 0.5], KOR=[1.0, 2.0]))
    assert rising.endswith("largest rise China, +8; none falls.")
    still = said(table(CHN=[1.0, 1.0], USA=[3.0, 3.0], JPN=[0.5, 0.5], KOR=[0.0, 0.0]))
    assert still.endswith("none rises; none falls.")
    late = said(table(CHN=[np.nan, 1.0, 9.0], USA=[3.0, 3.0, 4.0], JPN=[0.5, 0.0, 0.5], KOR=[1.0, 2.0, 2.0]))
    assert "China, +8 (from 2001 to 2002)" in late and "not all series cover" in late


def test_years_in_any_order_are_drawn_in_theirs():
    mixed = table(CHN=[1.0, 2.0, 4.0]).iloc[[2, 0, 1]]
    figure = series(mixed, x="year", y="share", by="economy", label="share")
    assert figure.figure.data[0].x.tolist() == [2000, 2001, 2002]
    assert "China 1 to 4" in figure.sentence


def test_no_two_origins_of_imports_look_alike():
    """Seven lines, six styles: Mexico and Malaysia were one."""
    figure = series(
        load("us_import_origin"), x="year", y="share", by="origin", label="share of US goods imports"
    ).figure
    assert len(figure.data) == 7
    for one, other in combinations(figure.data, 2):
        assert (one.line.dash, one.marker.symbol) != (other.line.dash, other.marker.symbol)
        assert one.line.color != other.line.color or one.line.color == GREY
    names = {each.text: each for each in figure.layout.annotations}
    assert set(names) == {trace.name for trace in figure.data}
    assert names["Mexico"].arrowcolor == style("MEX").color
    assert not any(trace.showlegend for trace in figure.data)


def test_gross_and_value_added_look_as_in_the_panels():
    long = table(**{"gross": [1.0, 2.0], "value added": [0.5, 1.0]})
    figure = series(long, x="year", y="share", by="economy", label="balance").figure
    assert {trace.name: trace.line.color for trace in figure.data} == {
        "gross": style("gross").color,
        "value added": style("value_added").color,
    }


@pytest.mark.parametrize("seed", range(20))
def test_names_at_the_ends_of_lines_keep_clear_of_each_other(seed):
    wanted = np.random.default_rng(seed).uniform(0, 200, 9).tolist()
    placed = spread(wanted, ROW, 8, 200)
    assert all(below - above >= ROW - 1e-9 for above, below in pairwise(sorted(placed)))
    assert min(placed) >= 8 and max(placed) <= 200
    assert sorted(range(9), key=wanted.__getitem__) == sorted(range(9), key=placed.__getitem__)


def test_names_that_are_clear_stay_where_they_are():
    assert spread([100.0, 20.0], 17, 8, 200) == [100.0, 20.0]


def test_no_sentence_shows_a_code():
    for long in (load("us_import_origin"), load("electronics").rename(columns={"economy": "origin"})):
        y = "share" if "share" in long else "fva_share"
        assert not re.search(r"\b[A-Z]{3}\b", series(long, x="year", y=y, by="origin", label="share").sentence)
