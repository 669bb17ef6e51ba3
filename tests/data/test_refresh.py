"""Datasets rebuilt from small files in the publishers' layouts."""

import json
import urllib.error
import urllib.request
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pymrio
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
    countries = ["AUT", "BEL", "CHN", "ROM", "RoW", "USA"]
    rng = np.random.default_rng(1)
    Z = rng.uniform(0, 50, (210, 210))
    F = rng.uniform(-5, 90, (210, 30))
    _wiod_workbook(tmp_path / "WIOT11_ROW_Sep12.xlsx", Z, F, countries)
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


def test_the_shipped_table_is_the_full_one_merged(root):
    path = root.parent / "shared" / "data" / "wiod_full" / "wiod2013_2011.npz"
    if not path.is_file():
        pytest.skip("the full WIOD table is not beside the repository")
    with np.load(path) as full:
        countries = [code.replace("ROM", "ROU") for code in full["countries"]]  # as pymrio's reader does
        rows = pd.MultiIndex.from_product([countries, full["industries"]], names=["region", "sector"])
        uses = pd.MultiIndex.from_product([countries, full["final_uses"]], names=["region", "category"])
        Z, Y = pd.DataFrame(full["Z"], rows, rows, float), pd.DataFrame(full["F"], rows, uses, float)
    world = pymrio.IOSystem(Z=Z, Y=Y, unit=pd.DataFrame("M", rows, ["unit"]))
    merged, shipped = recipes._merged({2011: world}, "industries"), data.load("icio", year=2011)
    assert tuple(merged["countries"]) == shipped.countries and tuple(merged["sectors"]) == shipped.sectors
    for part in ("Z", "F", "x"):
        assert np.array_equal(merged[f"{part}_2011"], getattr(shipped, part))


FINAL = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")


def _oecd_file(path, countries, industries, rng):
    """A table as the OECD lays it out: rows and columns COUNTRY_INDUSTRY, uses, output, taxes and value added."""
    sells = [f"{c}_{i}" for c in countries for i in industries]
    uses = [f"{c}_{use}" for c in countries if len(c) == 3 and c[2].isalpha() for use in FINAL]
    Z = pd.DataFrame(rng.uniform(0, 50, (len(sells), len(sells))), sells, sells)
    F = pd.DataFrame(rng.uniform(-5, 90, (len(sells), len(uses))), sells, uses)
    output = Z.sum(axis=1) + F.sum(axis=1)
    taxes = pd.DataFrame(1.5, ["TLS"], [*sells, *uses])
    added = (output - Z.sum() - 1.5).to_frame("VA").T
    table = pd.concat([pd.concat([Z, F], axis=1).assign(OUT=output), taxes, added, output.to_frame("OUT").T])
    table.to_csv(path, index_label="V1")
    return Z, F


def _industries(edition):
    """The codes of an edition: where one splits an industry, the other has the whole."""
    codes = data.load("industries_oecd")["industry"].tolist()
    split = {"A01_02": ("A01", "A02"), "B05_06": ("B05", "B06"), "B07_08": ("B07", "B08")}
    split |= {"C24": ("C24A", "C24B"), "C30": ("C301", "C302T309")}
    left_out = set(split) if edition == 2025 else {part for parts in split.values() for part in parts}
    return [code for code in codes if code not in left_out]


@pytest.mark.parametrize(("edition", "count"), [(2023, 45), (2025, 50)])
def test_the_oecds_table_is_merged_to_the_same_regions_and_sectors(tmp_path, edition, count):
    industries = _industries(edition)
    assert len(industries) == count
    # In its extended form the table has Chinese processing firms (CN1, CN2) as rows and columns of their own.
    countries = ["AUT", "BEL", "CHE", "CHN", "CN1", "IDN", "ROW", "USA", "VNM"]
    Z, F = _oecd_file(tmp_path / f"ICIO{edition}_2018.csv", countries, industries, np.random.default_rng(3))
    stored = recipes.oecd(tmp_path)

    assert stored["countries"].tolist() == ["CHN", "IIN", "USA", "EUW", "ROW"]
    flows, N = icio.flows(stored, 2018), 11
    # The first sector is agriculture and mining, the sixth electronics: C26 and C27.
    mines = [i for i in industries if i[0] in "AB"]
    china, alps = ([f"{c}_{i}" for c in cs for i in mines] for cs in (["CHN", "CN1"], ["AUT", "BEL"]))
    chips = [f"{c}_{i}" for c in ("CHN", "CN1") for i in ("C26", "C27")]
    assert flows.Z[0, 5] == Z.loc[china, chips].to_numpy().sum().round()
    assert flows.Z[3 * N, 0] == Z.loc[alps, china].to_numpy().sum().round()
    # Switzerland and Viet Nam have no region of their own.
    rest = [f"{c}_{i}" for c in ("CHE", "ROW", "VNM") for i in mines]
    uses = [f"{c}_{use}" for c in ("CHE", "ROW", "VNM") for use in FINAL]
    assert flows.F[0, 4] == F.loc[china, uses].to_numpy().sum().round()
    assert flows.F[4 * N, 0] == F.loc[rest, [f"CHN_{u}" for u in FINAL]].to_numpy().sum().round()
    assert flows.Z.sum() == pytest.approx(Z.to_numpy().sum(), abs=0.5 * flows.Z.size)
    assert np.array_equal(flows.x, flows.Z.sum(1) + flows.F.sum(1))
    assert np.array_equal(flows.va, flows.x - flows.Z.sum(0))


def test_a_table_that_is_not_shipped_can_be_made_and_loaded(folder, tmp_path):
    assert data.catalogue().loc["icio_oecd", "rows"] == 0
    with pytest.raises(data.DataError, match=r"icio_oecd is not shipped .*`gvclab data refresh icio_oecd`"):
        data.load("icio_oecd", year=2018)
    economies, codes = data.load("economies").dropna(subset="region"), data.load("industries_oecd")
    countries = economies.drop_duplicates("region", keep="last")["economy"].tolist()
    industries = codes.drop_duplicates("sector")["industry"].tolist()
    for year in (2018, 2019):
        Z, _ = _oecd_file(tmp_path / f"ICIO2023_{year}.csv", countries, industries, np.random.default_rng(year))
    assert "2 rows, 2018–2019" in refresh.refresh("icio_oecd", tmp_path)

    later, shipped = data.load("icio_oecd", year=2019), data.load("icio", year=2011)
    assert (later.countries, later.sectors, later.year) == (shipped.countries, shipped.sectors, 2019)
    assert np.array_equal(later.Z, Z.round())
    assert '"icio-oecd"' in (folder / "datapackage.json").read_text()


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


@pytest.mark.parametrize("failure", [OSError("no route"), zipfile.BadZipFile("File is not a zip file")])
def test_what_a_library_cannot_fetch_is_to_be_saved_by_hand(folder, monkeypatch, failure):
    def fail(*_, **__):
        raise failure

    monkeypatch.setattr(pymrio, "download_oecd", fail)
    with pytest.raises(data.DataError, match=rf"{failure}.*www\.oecd\.org.*ICIO2023_YYYY\.csv.*--originals"):
        refresh.refresh("icio_oecd")


def test_a_folder_without_tables_is_refused_with_the_names_that_are_wanted(folder, tmp_path):
    (tmp_path / "2018_SML.csv").write_text("")
    for name, wanted in (("icio", "wiot95_row_apr12.xlsx"), ("icio_oecd", "ICIO2023_2018.csv")):
        with pytest.raises(data.DataError, match=rf"no table of {name}.*{wanted}.*There is 2018_SML.csv"):
            refresh.refresh(name, tmp_path)


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
