"""What `load` returns, and what it says when it cannot."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from gvclab import data
from gvclab.data.checks import DTYPES
from gvclab.data.manifest import read
from gvclab.data.tables import sealed_bytes

TABLES = [name for name in data.names() if read(name).columns]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_typed_as_declared_and_carries_its_source(name):
    table, manifest = data.load(name), read(name)
    assert {c: str(t) for c, t in table.dtypes.items()} == {c: DTYPES[d["type"]] for c, d in manifest.columns.items()}
    assert len(table) == manifest.seal.rows
    assert {"name", "title", "source", "licence", "url", "units"} <= table.attrs.keys()
    assert table.attrs["url"] in table.attrs["source"]


def test_select_by_value_values_and_interval():
    assert set(data.load("us_import_origin", origin="VNM")["origin"]) == {"VNM"}
    some = data.load("us_import_origin", origin=["CHN", "VNM"], year=range(2000, 2003))
    assert list(some["year"].unique()) == [2000, 2001, 2002]
    assert len(some) == 6
    assert list(some.index) == list(range(6))
    months = data.load("supply_pressure", date=slice("2021-11", "2022-01"))["date"]
    assert list(months.dt.strftime("%Y-%m")) == ["2021-11", "2021-12", "2022-01"]
    assert len(data.load("supply_pressure", date="2021-12")) == 1
    assert data.load("electronics", year=slice(2020, None))["year"].min() == 2020
    assert some.attrs["name"] == "us_import_origin"


def test_what_a_caller_changes_stays_with_the_caller():
    mine = data.load("supply_pressure")
    mine["gscpi"] = 0.0
    mine.loc[0, "date"] = pd.Timestamp("1900-01-01")
    again = data.load("supply_pressure")
    assert again["gscpi"].abs().max() > 4
    assert again["date"].min().year == 1998


@pytest.mark.parametrize(
    ("ask", "parts"),
    [
        (lambda: data.load("us_tarif"), ["'us_tarif'", "Did you mean us_tariff", "supply_pressure"]),
        (lambda: data.load("us_tariff", origin="CHN"), ["no column 'origin'", "date, tariff"]),
        (lambda: data.load("us_import_origin", origin="DEU"), ["origin = 'DEU'", "CHN, JPN"]),
        (lambda: data.load("us_import_origin", year=[1995, 1890]), ["year = 1890", "1995-2024"]),
        (lambda: data.load("icio", year=2012), ["year = 2012", "1995-2011"]),
        (lambda: data.load("icio", year=slice(2012, 2020)), ["year = '2012…2020'", "1995-2011"]),
        (lambda: data.load("icio", year=slice(1995, 2005, 5)), ["slice of year with a step (5)", "range"]),
        (lambda: data.load("icio", year=np.array([[2005]])), ["year = array([2005])", "1995-2011"]),
        (lambda: data.load("icio", year=None), ["year = None", "1995-2011"]),
        (lambda: data.load("supply_pressure", date=slice("1990", "1997")), ["date = '1990…1997'", "1998-01-01"]),
        (lambda: data.load("supply_pressure", date=slice("2022", "2021")), ["date = '2022…2021'", "1998-01-01"]),
        (lambda: data.load("supply_pressure", date=slice(2020, 2022, 2)), ["slice of date with a step (2)"]),
        (lambda: data.load("supply_pressure", date=[]), ["date = []", "1998-01-01"]),
        (lambda: data.load("supply_pressure", date=""), ["date = ''", "1998-01-01"]),
        (lambda: data.load("us_import_origin", origin=7), ["origin = 7", "CHN, JPN"]),
        (lambda: data.load("us_import_origin", share="7"), ["share = '7'"]),
        (lambda: data.load("icio", country="CHN"), ["no column 'country'", "year"]),
        (lambda: data.source("nothing"), ["'nothing'"]),
    ],
)
def test_a_wrong_question_names_the_bad_value_and_the_right_ones(ask, parts):
    with pytest.raises(data.DataError) as error:
        ask()
    for part in parts:
        assert part in str(error.value)


@pytest.mark.parametrize(
    "year", ["2021", 2021, np.int64(2021), np.datetime64("2021"), np.array([2021]), slice(2021, "2021")]
)
def test_a_year_of_a_monthly_table_is_twelve_months(year):
    months = data.load("supply_pressure", date=year)["date"].dt.strftime("%Y-%m")
    assert months.tolist() == [f"2021-{month:02}" for month in range(1, 13)]


@pytest.mark.parametrize("ends", [("2020", "2021"), (2020, 2021), ("2020-01", 2021), (np.int64(2020), "2021-12")])
def test_both_ends_of_a_slice_of_dates_are_included_whole(ends):
    months = data.load("supply_pressure", date=slice(*ends))["date"]
    assert (len(months), months.min(), months.max()) == (24, pd.Timestamp("2020-01-01"), pd.Timestamp("2021-12-01"))


def test_a_month_of_a_daily_table_is_all_its_days_and_a_day_is_one():
    rates = data.load("us_tariff_by_origin")["date"]
    day = rates.iloc[0]
    month = data.load("us_tariff_by_origin", date=f"{day:%Y-%m}")["date"]
    assert len(month) == (rates.dt.to_period("M") == day.to_period("M")).sum()
    for same in (day, day.to_pydatetime(), day.date(), f"{day:%Y-%m-%d}", day.to_numpy()):
        assert set(data.load("us_tariff_by_origin", date=same)["date"]) == {day}


@pytest.mark.parametrize(
    "years", [[2005, 2006], np.array([2005, 2006]), slice(2005, 2006), slice("2005", 2006), {2005, 2006}]
)
def test_several_years_mean_the_same_for_rows_and_for_tables(years):
    assert set(data.load("us_import_origin", year=years)["year"]) == {2005, 2006}
    tables = data.load("icio", year=years)
    assert {year: table.year for year, table in tables.items()} == {2005: 2005, 2006: 2006}


@pytest.mark.parametrize("year", [2005, "2005", np.int64(2005), np.array(2005)])
def test_one_year_is_one_table(year):
    assert data.load("icio", year=year).year == 2005


def test_an_open_slice_may_reach_beyond_the_table():
    assert data.load("us_import_origin", year=slice(2020, 2050))["year"].max() == 2024
    assert len(data.load("supply_pressure", date=slice(None))) == len(data.load("supply_pressure"))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("us_import_origin", ("valuation", "21.86", "13.78")),
        ("trade_agreements", ("242 in 2011", "309 in 2020", "99 in 1995")),
        ("economy_panel", ("three significant digits",)),
    ],
)
def test_limits_say_where_a_table_departs_from_its_source(name, words):
    assert all(word in data.describe(name) for word in words)
    table = data.load(name)
    if name == "us_import_origin":
        china = table[table["origin"] == "CHN"].set_index("year")["share"]
        assert china[[2017, 2024]].round(2).tolist() == [21.86, 13.78]
    elif name == "trade_agreements":
        assert table.set_index("year")["in_force"][[1995, 2011, 2020]].tolist() == [99, 241, 307]
    else:
        large = table["manufacturing"][table["manufacturing"] >= 100]
        assert large.map(lambda value: value == float(f"{value:.3g}")).all()


def test_a_date_that_is_none_is_refused():
    with pytest.raises(data.DataError, match="date = 'soon'"):
        data.load("supply_pressure", date="soon")


def test_the_catalogue_lists_every_dataset():
    listed = data.catalogue()
    assert list(listed.index) == data.names()
    assert listed.loc["icio", "years"] == "1995–2011"
    assert ((listed["rows"] > 0) == [read(name).seal is not None for name in listed.index]).all()


def test_a_figure_is_one_click_from_its_source():
    line = data.source("supply_pressure", "us_tariff")
    html = line._repr_html_()
    for url in (
        "https://www.newyorkfed.org/research/policy/gscpi",
        "https://github.com/tradewartracker/trade-war-redux-2025",
    ):
        assert f'<a href="{url}"' in html
        assert url in str(line)
    assert html.count("<br>") == 1


def test_source_text_cannot_break_the_page(folder):
    path = folder / "us_tariff.yml"
    path.write_text(path.read_text().replace("title: Trade War Redux 2025", "title: '<script>\"&'"))
    assert "<script>" not in data.source("us_tariff").html


def test_importing_the_catalogue_imports_no_heavy_library():
    assert not {"pandas", "pandera", "scipy", "yaml"} & _modules_after("import gvclab.data")


def test_a_sealed_table_loads_without_pandera():
    code = "import gvclab.data as d; d.load('supply_pressure'); d.load('icio', year=2011)"
    assert "pandera" not in _modules_after(code)


def _modules_after(code: str) -> set[str]:
    code += "; import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


# -- damaged files


def test_a_missing_file_says_how_to_get_it_back(folder):
    (folder / "supply_pressure.csv").unlink()
    with pytest.raises(data.DataError, match=r"missing: .*supply_pressure\.csv.*git checkout.*data refresh"):
        data.load("supply_pressure")


@pytest.mark.parametrize("name", ["us_import_origin", "icio"])
def test_a_truncated_file_is_told_from_an_altered_one(folder, name):
    path = read(name).path
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    with pytest.raises(data.DataError, match=rf"truncated: .*has {len(whole) - 40} of {len(whole)} bytes"):
        data.load(name)
    path.write_bytes(whole[:-1] + b"9")
    with pytest.raises(data.DataError, match=r"altered: .* has sha256 [0-9a-f]{64}, expected [0-9a-f]{64}"):
        data.load(name)


def test_the_remedy_of_an_installed_library_is_to_reinstall(folder):
    carried = folder.rename(folder.with_name("_data"))
    (carried / "us_import_origin.csv").unlink()
    with pytest.raises(data.DataError, match=r"pip install --force-reinstall") as error:
        sealed_bytes(read("us_import_origin", carried))
    assert "refresh" not in str(error.value)


def test_an_unreadable_manifest_is_named(folder):
    (folder / "us_tariff.yml").write_text("title: [unclosed")
    with pytest.raises(data.DataError, match=r"manifest .*us_tariff\.yml cannot be read"):
        data.load("us_tariff")
    (folder / "us_tariff.yml").write_text("title: only a title")
    with pytest.raises(data.DataError, match="missing 5 required"):
        data.load("us_tariff")


def test_a_table_without_seal_is_not_served(folder):
    path = folder / "us_tariff.yml"
    path.write_text(path.read_text().partition("\nseal:")[0] + "\n")
    with pytest.raises(data.DataError, match="gvclab data seal us_tariff"):
        data.load("us_tariff")


def test_a_schema_that_the_seal_does_not_cover_is_checked_at_once(folder):
    path = folder / "supply_pressure.yml"
    path.write_text(path.read_text().replace("maximum: 6", "maximum: 4"))
    with pytest.raises(data.DataError, match=r"column gscpi: 4\.\d+ fails less_than_or_equal_to\(4\)"):
        data.load("supply_pressure")


# -- what the figures must say


def test_supply_pressure_peaks_in_december_2021():
    table = data.load("supply_pressure")
    peak = table.loc[table["gscpi"].idxmax()]
    assert (peak["date"].strftime("%Y-%m"), round(peak["gscpi"], 2)) == ("2021-12", 4.49)


@pytest.mark.parametrize("year", range(1995, 2012))
def test_the_inter_country_table_balances_exactly(year):
    table = data.load("icio", year=year)
    assert table.Z.shape == (132, 132)
    assert table.F.shape == (132, 12)
    assert np.array_equal(table.Z.sum(1) + table.F.sum(1), table.x)
    stored = np.load(read("icio").path)
    assert np.array_equal(table.x - table.Z.sum(0), stored[f"va_{year}"])
    assert table.year == year
    with pytest.raises(ValueError, match="read-only"):
        table.Z[0, 0] = 1


def test_all_years_at_once():
    assert list(data.load("icio")) == list(range(1995, 2012))


def test_the_inter_country_table_has_the_order_of_its_classifications():
    table = data.load("icio", year=2005)
    economies, industries = data.load("economies"), data.load("industries")
    assert table.countries == tuple(economies["region"].dropna().unique())
    assert table.sectors == tuple(industries["sector"].unique())
    assert len(industries) == 35
    assert economies["region"].notna().sum() == 41


CODED = ("economy", "region", "pole", "sector", "origin", "exporter", "importer", "absorber")


@pytest.mark.parametrize("name", TABLES)
def test_every_code_has_a_name_to_show(name):
    table = data.load(name)
    for column in table.columns.intersection(CODED):
        assert all(data.name(code) != code for code in table[column].dropna().unique())


def test_tables_from_one_source_agree():
    """Sums that must meet although they were made on different ways from the full tables."""
    indicators = data.load("gvc_indicators")
    origins = data.load("va_in_exports").groupby(["year", "exporter"])["value"].sum()
    gross = indicators.set_index(["year", "economy"])["gross_exports"]
    assert (origins - gross.reindex(origins.index)).abs().max() <= 10
    table = data.load("icio", year=2011)
    china, abroad = table.rows("CHN"), [g for g in range(12) if table.countries[g] != "CHN"]
    assert table.sales[china][:, abroad].sum() == gross[2011, "CHN"]
    trade = data.load("pole_trade").pivot_table(
        index=["release", "year", "exporter", "importer"], columns="flow", values="value"
    )
    both = trade.dropna()
    assert (both["all"] >= both["intermediate"]).all()
    assert (both["all"] >= both["manufactures"]).all()
    assert (indicators["participation"] - indicators["fva_share"] - indicators["forward_share"]).abs().max() < 2e-5


def test_agreements_add_up():
    table = data.load("trade_agreements")
    assert ((table["entered"] - table["ended"]).cumsum() == table["in_force"]).all()
    assert list(table["year"]) == list(range(table["year"].min(), table["year"].max() + 1))


def test_tariffs_are_increase_plus_level_and_shares_are_shares():
    tariffs = data.load("us_tariff_by_origin")
    assert (tariffs["tariff_2024"] + tariffs["added"] - tariffs["tariff"]).abs().max() < 1e-9
    monthly = data.load("us_tariff").set_index("date")["tariff"]
    assert monthly.idxmax().strftime("%Y-%m") == "2025-04"
    shares = data.load("us_import_origin").groupby("year")
    assert (shares["share"].sum() < 100).all()
    assert (shares["total"].nunique() == 1).all()


def test_panel_shares_follow_from_its_columns():
    panel = data.load("economy_panel")
    share = 100 * panel["manufacturing"] / panel["gdp"]
    assert (share - panel["manufacturing_share"]).abs().max() < 0.02
    assert (panel["exports_share"] + panel["imports_share"] - panel["openness"]).abs().max() < 0.002


def test_changes_since_a_year():
    """Each member has its own start; the source stays named, and the unit of the level does not."""
    panel = data.load("economy_panel", economy=["KOR", "USA"])
    found = data.since(panel, "openness", 2019)
    level, moved = (table.pivot(index="year", columns="economy", values="openness") for table in (panel, found))
    assert (moved.loc[2019] == 0).all()
    np.testing.assert_allclose(moved.loc[2024], level.loc[2024] - level.loc[2019])
    assert found.attrs["source"] == panel.attrs["source"]
    assert "openness" not in found.attrs["units"] and "openness" in panel.attrs["units"]
    assert panel.equals(data.load("economy_panel", economy=["KOR", "USA"]))
    with pytest.raises(data.DataError, match="openness has no value at 1066"):
        data.since(panel, "openness", 1066)


def test_a_derived_table_names_its_source_and_its_own_units():
    computed = pd.DataFrame({"year": [2011], "balance": [1.0]})
    found = data.derived(computed, "icio", balance="billion US$")
    assert found.attrs["units"] == {"balance": "billion US$"} and found.attrs["name"] == "icio"
    assert found.attrs.keys() == data.load("supply_pressure").attrs.keys()
    assert found.attrs["url"].startswith("https://") and not computed.attrs
    with pytest.raises(data.DataError, match="icoi"):
        data.derived(computed, "icoi")


def test_a_table_to_be_read_has_names_for_codes():
    codes = pd.DataFrame({("all", "IIN"): [1.0, 2.0], ("all", "new"): [3.0, 4.0]}, index=["EUW", "2008"])
    found = data.spelled(codes)
    assert list(found.index) == ["western and southern EU", "2008"] and found.iloc[1, 0] == 2
    assert list(found.columns) == [("all", "India and Indonesia"), ("all", "new")]
    assert list(codes.index) == ["EUW", "2008"]
