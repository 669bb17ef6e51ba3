"""Two years side by side: who has more, who has less, and what the sentence says of them."""

from __future__ import annotations

import pandas as pd
import pytest

from gvclab.charts import change
from gvclab.charts.theme import GREY


def table(**ends: tuple) -> pd.DataFrame:
    """A row for each economy and year; three years where three figures are given."""
    rows = [(code, year, y) for code, found in ends.items() for year, y in zip((1995, 2003, 2011), found, strict=False)]
    return pd.DataFrame(rows, columns=["buyer", "year", "worth"])


def shown(**ends: tuple):
    return change(table(**ends), by="buyer", x="year", y="worth", label="equal places")


def lines(found, trace: int) -> list[tuple[str, float, float]]:
    """The lines of a trace: name, start, end. A gap stands between two."""
    x, y = list(found.figure.data[trace].x), list(found.figure.data[trace].y)
    assert all(value is None for value in x[2::3])
    return [(y[k], x[k], x[k + 1]) for k in range(0, len(x), 3)]


def test_who_has_more_and_who_has_less_are_drawn_apart():
    found = shown(DEU=(2.3, 2.5, 3.3), JPN=(6.3, 6.0, 5.5), MEX=(1.9, 2.0, 3.6), KOR=(3.0, 2.0, 3.0))
    # The middle year is left out; who stayed the same did not fall.
    assert lines(found, 0) == [("Korea", 3.0, 3.0), ("Germany", 2.3, 3.3), ("Mexico", 1.9, 3.6)]
    assert lines(found, 1) == [("Japan", 6.3, 5.5)]
    rose, fell, first, last = found.figure.data
    assert rose.line.color != fell.line.color == GREY and rose.line.dash != fell.line.dash
    assert (first.name, last.name) == ("1995", "2011") and first.marker.symbol != last.marker.symbol
    assert list(last.x) == sorted(last.x) and list(last.y) == list(first.y)


def test_the_sentence_counts_and_names_the_greatest_change_each_way():
    sentence = shown(DEU=(2.3, 2.5, 3.3), JPN=(6.3, 6.0, 5.5), MEX=(1.9, 2.0, 3.6), FRA=(4.0, 4, 3.9)).sentence
    assert sentence.startswith("equal places, 1995 to 2011: ")
    assert (
        "2 of 4 rise, most of all Mexico (1.9 to 3.6)" in sentence
        and "2 of 4 fall, most of all Japan (6.3 to 5.5)" in sentence
    )


@pytest.mark.parametrize(
    ("ends", "said", "not_said"),
    [
        ({"DEU": (1, 1, 2), "JPN": (1, 1, 3)}, "all 2 rise, most of all Japan", "fall"),
        ({"DEU": (2, 1, 1), "JPN": (3, 1, 1)}, "all 2 fall, most of all Japan", "rise"),
        ({"DEU": (2, 1, 2), "JPN": (3, 1, 1)}, "1 of 2 fall", "rise"),
    ],
)
def test_a_direction_that_nobody_took_is_not_spoken_of(ends, said, not_said):
    sentence = shown(**ends).sentence
    assert said in sentence and not_said not in sentence


def test_the_table_has_names_and_both_years_longest_first():
    numbers = shown(DEU=(2.3, 2.5, 3.3), JPN=(6.3, 6.0, 5.5)).view.table
    assert list(numbers.index) == ["Japan", "Germany"] and list(numbers.columns) == [1995, 2011]
    assert numbers.loc["Germany"].tolist() == [2.3, 3.3]


@pytest.mark.parametrize("ends", [{"DEU": (1,)}, {"DEU": (1, 2, 3), "JPN": (1, 2)}, {"DEU": (1, 2, float("nan"))}])
def test_a_change_needs_two_years_of_each(ends):
    with pytest.raises(ValueError, match="two years of year and a value in both for each buyer"):
        shown(**ends)


def test_a_table_with_more_lines_is_higher():
    few, many = shown(DEU=(1, 1, 2), JPN=(1, 1, 2)), shown(**dict.fromkeys(("DEU", "JPN", "FRA", "MEX"), (1, 1, 2)))
    assert many.figure.layout.height > few.figure.layout.height


def test_what_a_model_says_stands_beside_the_last_year_in_a_style_of_its_own():
    found = change(table(DEU=(2, 3), JPN=(6, 5)), by="buyer", x="year", y="worth", model={"JPN": 4.5})
    last, model = found.figure.data[-2:]
    assert (list(model.x), list(model.y)) == ([4.5], ["Japan"])
    assert model.name == "what the model says" and model.marker.color != last.marker.color
    assert found.view.table.loc["Japan"].tolist() == [6, 5, 4.5] and found.view.table.loc["Germany"].isna().sum() == 1


def test_a_model_speaks_of_lines_that_are_there():
    with pytest.raises(KeyError, match="FRA"):
        change(table(DEU=(2, 3)), by="buyer", x="year", y="worth", model={"FRA": 1.0})
