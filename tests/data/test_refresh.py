"""Datasets rebuilt from small files in the publishers' layouts."""

import json
import urllib.error
import urllib.request

import numpy as np
import pandas as pd
import pytest

from gvclab import data
from gvclab.data import icio, recipes, refresh
from gvclab.data.manifest import read


def _tracker(folder, days="2030-03-20"):
    """The tariff tracker's daily file: an unnamed index column, a step function, its last value repeated."""
    dates = pd.date_range("2030-01-01", days)
    rate = np.where(dates < "2030-01-16", 2.0, np.where(dates < "2030-03-10", 10.0, 12.0))
    table = pd.DataFrame({"date": dates.strftime("%Y-%m-%d"), "import_weighted_avg_tariff": rate})
    table.to_csv(folder / "daily-tariff-latest-data.csv")


def test_monthly_tariffs_stop_at_the_last_recorded_change(tmp_path):
    _tracker(tmp_path, days="2030-04-30")
    built = recipes.us_tariff(tmp_path)
    assert built["date"].tolist() == ["2030-01", "2030-02"]
    assert built["tariff"].tolist() == pytest.approx([(15 * 2 + 16 * 10) / 31, 10], abs=1e-4)


def test_tariffs_by_origin_add_increase_to_level(tmp_path):
    rows = [
        ("2025-02-04", "CHINA", 20.0, 1e9, 10.9),
        ("2025-03-01", "CHINA", 25.0, 1e9, 10.9),
        ("2025-04-09", "EUROPEAN UNION", 12.0, 1e9, 1.2),
        ("2025-04-09", "PERU", 10.0, 1e9, 0.1),
        ("2031-01-01", "VIETNAM", 14.0, 1e9, 3.8),
    ]
    columns = ["date", "country_name", "effective tariff", "total imports", "2024 tariff"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "country-by-time.csv", index=False)
    built = recipes.us_tariff_by_origin(tmp_path)
    assert list(zip(built["date"], built["origin"], built["tariff"], strict=True)) == [
        ("2025-02-04", "CHN", 30.9),
        ("2025-04-09", "EUU", 13.2),
        ("2031-01-01", "VNM", 17.8),
    ]


def test_geopolitical_risk_reads_the_authors_stata_file(tmp_path):
    source = pd.DataFrame(
        {
            "month": pd.to_datetime(["1899-12-01", "1985-01-01", "1985-02-01"]),
            "GPR": [np.nan, 102.1734, 117.102],
            "GPRC_CHN": [0.1, 0.2849, 0.1756],
            "GPRC_TWN": [0.0, 0.0259, 0.0092],
            "GPRC_USA": [1.0, 2.5725, 2.5701],
            "GPRC_XXX": [1.0, 2.0, 3.0],
        }
    )
    source.to_stata(tmp_path / "data_gpr_export.dta", write_index=False)
    built = recipes.geopolitical_risk(tmp_path)
    assert built.to_dict("list") == {
        "date": ["1985-01", "1985-02"],
        "world": [102.17, 117.1],
        "china": [0.28, 0.18],
        "taiwan": [0.03, 0.01],
        "united_states": [2.57, 2.57],
    }


def test_supply_pressure_reads_the_workbook(tmp_path):
    pytest.importorskip("openpyxl", reason="the workbook needs openpyxl: pip install 'gvclab[refresh]'")
    rows = [(None, None)] * 3 + [("31-Jan-1998", -1.08551), ("28-Feb-1998", -0.43861)]
    sheet = pd.DataFrame(rows, columns=["Date", "GSCPI"])
    with pd.ExcelWriter(tmp_path / "gscpi_data.xlsx") as book:
        pd.DataFrame({"about": ["this file"]}).to_excel(book, sheet_name="ReadMe", index=False)
        sheet.to_excel(book, sheet_name="GSCPI Monthly Data", index=False)
    built = recipes.supply_pressure(tmp_path)
    assert built.to_dict("list") == {"date": ["1998-01", "1998-02"], "gscpi": [-1.086, -0.439]}


def _world_bank(folder):
    """The World Bank API's answers: [page, [observation, ...]], youngest first, null for no value."""
    values = {"NY.GDP.MKTP.CD": 2e12, "NV.IND.MANF.CD": 5e11, "NE.EXP.GNFS.ZS": 20.0, "NE.IMP.GNFS.ZS": 17.5}
    for code in recipes.INDICATORS.values():
        rows = [
            {"indicator": {"id": code}, "countryiso3code": where, "date": year, "value": value}
            for where, year, value in (
                ("USA", "2021", 1.5),
                ("CHN", "2020", values.get(code)),
                ("CHN", "1980", 1.0),
                ("AFE", "2020", 1.0),
            )
        ]
        (folder / f"{code}.json").write_text(json.dumps([{"page": 1, "pages": 1}, rows]))


def test_the_panel_is_made_of_the_world_banks_answers(tmp_path):
    _world_bank(tmp_path)
    built = recipes.economy_panel(tmp_path)
    row = built.to_dict("records")[0]
    assert built["year"].tolist() == [2020, 2021]
    assert list(built.columns) == list(read("economy_panel").columns)
    assert (row["year"], row["economy"], row["gdp"]) == (2020, "CHN", 2000)
    assert (row["manufacturing_share"], row["openness"]) == (25, 37.5)
    assert np.isnan(row["rd_share"])


def _wiod_workbook(path, Z, F, countries):
    """A table as WIOD's 2013 release lays it out: four header rows and columns, c1-c35, uses, totals."""
    openpyxl = pytest.importorskip("openpyxl")
    industries = [f"c{i}" for i in range(1, 36)]
    uses = ["c37", "c38", "c39", "c41", "c42"]
    rows = [(f"code {i}", f"industry {i}", c, i) for c in countries for i in industries]
    columns = rows + [(u, f"use {u}", c, u) for c in countries for u in uses] + [("GO", "Output", "TOT", "c43")]
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("WIOT_2011")
    sheet.append(["Intercountry Input-Output Table 2011"] + [None] * (3 + len(columns)))
    sheet.append([None] * (4 + len(columns)))
    about = ["(industry-by-industry)", "(millions of US$)", None, None]
    for k in range(4):
        sheet.append([about[k], None, None, None, *(column[k] for column in columns)])
    output = Z.sum(1) + F.sum(1)
    for label, *cells in zip(rows, Z, F, output, strict=True):
        sheet.append([*label, *cells[0].tolist(), *cells[1].tolist(), float(cells[2])])
    total = [*(Z.sum(0) + 1).tolist(), *F.sum(0).tolist(), 0]
    for code, name in (("r60", "Total"), ("r64", "Value added at basic prices"), ("r69", "Output")):
        sheet.append([code, name, "TOT", code, *total])
    book.save(path)


def test_the_inter_country_table_is_read_and_merged_by_pymrio(tmp_path):
    pytest.importorskip("pymrio", reason="WIOD's workbooks need pymrio: pip install 'gvclab[refresh]'")
    countries = ["AUT", "BEL", "CHN", "ROM", "RoW", "USA"]
    rng = np.random.default_rng(1)
    Z = rng.uniform(0, 50, (210, 210))
    F = rng.uniform(-5, 90, (210, 30))
    _wiod_workbook(tmp_path / "wiot11_row_sep12.xlsx", Z, F, countries)
    stored = recipes.wiod(tmp_path)

    assert stored["countries"].tolist() == ["CHN", "USA", "EUW", "EUE", "ROW"]
    assert icio.years(stored) == [2011]
    flows = icio.flows(stored, 2011)
    assert flows.Z.shape == (55, 55)
    Zr, Fr = Z.round(), F.round()
    # Austria and Belgium are EUW; electrical equipment (ELE) is c14 alone, the sixth of eleven sectors
    c14 = [13, 35 + 13]
    assert flows.Z[2 * 11 + 5, 2 * 11 + 5] == Zr[np.ix_(c14, c14)].sum()
    assert flows.F[2 * 11 + 5, 3] == Fr[c14, 3 * 5 : 4 * 5].sum()
    assert flows.Z.sum() == Zr.sum()
    assert flows.F.sum() == Fr.sum()
    assert np.array_equal(flows.x, flows.Z.sum(1) + flows.F.sum(1))
    assert np.array_equal(flows.va, flows.x - flows.Z.sum(0))


# -- the procedure


def test_a_refresh_replaces_the_dataset_and_seals_it(folder, tmp_path):
    _tracker(tmp_path)
    said = refresh.refresh("us_tariff", tmp_path)
    assert "2 rows, 2030–2030" in said
    assert "was 19 rows, 2025–2026" in said
    assert data.load("us_tariff")["date"].dt.strftime("%Y-%m").tolist() == ["2030-01", "2030-02"]
    assert "unchanged" in refresh.refresh("us_tariff", tmp_path)


def test_a_result_that_breaks_the_manifest_leaves_the_old_dataset(folder, tmp_path):
    _tracker(tmp_path)
    path = tmp_path / "daily-tariff-latest-data.csv"
    path.write_text(path.read_text().replace(",2.0", ",-200"))
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    with pytest.raises(data.DataError, match=r"column tariff: -91.* fails greater_than_or_equal_to\(0\)"):
        refresh.refresh("us_tariff", tmp_path)
    path.write_text("something else")
    with pytest.raises(data.DataError, match=r"not laid out as expected.*manifest of us_tariff"):
        refresh.refresh("us_tariff", tmp_path)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_what_is_missing_is_fetched(folder, tmp_path, monkeypatch):
    served = tmp_path / "served"
    served.mkdir()
    _tracker(served)
    asked = []

    def answer(url, timeout):
        asked.append(url)
        return (served / url.rpartition("/")[2]).open("rb")

    monkeypatch.setattr(urllib.request, "urlopen", answer)
    assert "2 rows" in refresh.refresh("us_tariff", tmp_path / "kept")
    assert asked == list(recipes.RECIPES["us_tariff"].originals.values())
    refresh.refresh("us_tariff", tmp_path / "kept")
    assert len(asked) == 1


def test_without_a_network_the_way_by_hand_is_told(folder, monkeypatch):
    def unreachable(url, timeout):
        raise urllib.error.URLError("no route")

    monkeypatch.setattr(urllib.request, "urlopen", unreachable)
    with pytest.raises(data.DataError, match=r"no route.*save the publisher's file as .*--originals"):
        refresh.refresh("us_tariff")


def test_a_missing_reader_is_named(folder, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pymrio", None)
    (tmp_path / "wiot11_row_sep12.xlsx").write_bytes(b"")
    with pytest.raises(data.DataError, match=r"read by pymrio.*gvclab\[refresh\]"):
        refresh.refresh("icio", tmp_path)


def test_what_cannot_be_rebuilt_says_so(folder):
    with pytest.raises(data.DataError, match=r"electronics cannot be rebuilt by a command. These can: .*icio"):
        refresh.refresh("electronics")


def test_manifests_and_recipes_name_the_same_datasets():
    assert {name for name in data.names() if read(name).refresh} == recipes.RECIPES.keys()
    assert all(read(name).refresh == name for name in recipes.RECIPES)
