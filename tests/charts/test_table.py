"""Tables as a reader sees them: one row of headings, none empty, none a code."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from gvclab.charts import table
from gvclab.charts.table import to_html
from gvclab.content import speaking

NUMBERS = pd.DataFrame(
    {"fva_share": [0.123456, 0.5], "year": [2011, 2012]}, index=pd.Index(["CHN", "MEX"], name="exporter")
)


def headings(html: str) -> list[list[str]]:
    """The cells of each row of headings, an empty one as it stands there."""
    head = re.search(r"<thead>(.*?)</thead>", html, re.S)[1]
    return [re.findall(r"<th[^>]*>(.+?)</th>|<td></td>", row) for row in head.split("</tr>")[:-1]]


def test_the_heading_of_the_rows_stands_among_the_others():
    assert headings(to_html(NUMBERS)) == [["exporter", "fva_share", "year"]]


@pytest.mark.parametrize(
    "frame",
    [
        NUMBERS.rename_axis(None),
        NUMBERS.rename_axis(index=None, columns="measure"),
        NUMBERS.reset_index(drop=True),
        NUMBERS.set_index([["a", "b"], ["c", "d"]]),
        pd.concat({"before": NUMBERS, "after": NUMBERS}, axis=1),
    ],
)
def test_no_heading_is_empty(frame):
    html = to_html(frame)
    assert "<th></th>" not in html
    assert html.count("<td>0.1235</td>") == html.count("<td>0.5</td>") >= 1


def test_a_heading_is_text_and_not_markup():
    assert "&lt;b&gt;" in to_html(NUMBERS.rename_axis("<b>"))


def test_first_days_of_months_are_months():
    dates = pd.to_datetime(["2020-03-01", "2020-04-01"])
    for frame in (pd.DataFrame({"x": [1, 2]}, index=dates), pd.DataFrame({"date": dates, "x": [1, 2]})):
        assert "March 2020" in to_html(frame)
        with speaking("de"):
            assert "März 2020" in to_html(frame)
    assert "2020-03-15" in to_html(pd.DataFrame({"date": pd.to_datetime(["2020-03-15", "2020-04-01"])}))


def test_a_table_of_a_lesson_has_a_title_and_names():
    shown = table(NUMBERS, "Made abroad", {"fva_share": "foreign value added (share)"}, decimals=2)
    html = shown._repr_html_()
    assert "<caption>Made abroad</caption>" in html
    assert headings(html) == [["exporter", "foreign value added (share)"]]
    assert "<th>China</th>" in html and "<td>0.12</td>" in html and "<td>0.50</td>" in html
    assert "2011" not in html
    assert list(NUMBERS.columns) == ["fva_share", "year"] and NUMBERS.index[0] == "CHN"


def test_a_series_is_a_table_of_one_column():
    html = table(NUMBERS["year"], "Years", rows="place")._repr_html_()
    assert headings(html) == [["place", "year"]] and "<td>2011</td>" in html


def test_a_code_is_no_heading():
    with pytest.raises(ValueError, match=r"'fva_share'.*columns=\{'fva_share'"):
        table(NUMBERS, "Made abroad")
    with pytest.raises(KeyError, match="nowhere"):
        table(NUMBERS, "Made abroad", {"nowhere": "nothing"})
