"""How datasets are made of the publishers' own files.

A recipe is a function of the folder that holds the originals. Inter-country tables are read and aggregated by
pymrio, everything else by pandas' readers.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from gvclab.content import text
from gvclab.data import icio
from gvclab.data.errors import DataError
from gvclab.data.tables import load


class Recipe(NamedTuple):
    """`build`: folder of originals -> the dataset; `originals`: file name -> the publisher's address.

    Where a library of the field downloads the files, `fetch` does it and `originals` is empty.
    """

    build: Callable[[Path], pd.DataFrame | dict[str, np.ndarray]]
    originals: dict[str, str]
    fetch: Callable[[Path], None] | None = None


# -- supply pressure, risk


def supply_pressure(originals: Path) -> pd.DataFrame:
    """The NY Fed's workbook: a header row, some empty rows, then one row a month.

    In spite of its name it has been an old .xls inside; pandas looks at the content and takes xlrd or openpyxl.
    """
    sheet = pd.read_excel(originals / "gscpi_data.xlsx", sheet_name="GSCPI Monthly Data")
    kept = sheet[["Date", "GSCPI"]].dropna()
    months = pd.to_datetime(kept["Date"]).dt.strftime("%Y-%m")
    return pd.DataFrame({"date": months, "gscpi": kept["GSCPI"].astype(float).round(3)})


def geopolitical_risk(originals: Path) -> pd.DataFrame:
    """The authors' Stata file: a column `month`, the world index `GPR`, a column `GPRC_XXX` per country."""
    risk = pd.read_stata(originals / "data_gpr_export.dta").dropna(subset=["GPR"])
    columns = {"GPR": "world", "GPRC_CHN": "china", "GPRC_TWN": "taiwan", "GPRC_USA": "united_states"}
    table = risk[list(columns)].astype(float).round(2).rename(columns=columns)
    table.insert(0, "date", pd.to_datetime(risk["month"]).dt.strftime("%Y-%m"))
    return table


# -- tariffs


def us_tariff(originals: Path) -> pd.DataFrame:
    """Monthly means of the tracker's daily series, without months that end after its last recorded change."""
    daily = pd.read_csv(originals / "daily-tariff-latest-data.csv", parse_dates=["date"])
    rate = daily.set_index("date")["import_weighted_avg_tariff"].sort_index()
    last_change = rate.index[rate.diff().ne(0)][-1]
    monthly = rate.resample("ME").mean()
    monthly = monthly[monthly.index <= last_change]
    return pd.DataFrame({"date": monthly.index.strftime("%Y-%m"), "tariff": monthly.round(4).to_numpy()})


PARTNERS = {
    "CANADA": "CAN",
    "CHINA": "CHN",
    "EUROPEAN UNION": "EUU",
    "JAPAN": "JPN",
    "KOREA, SOUTH": "KOR",
    "MALAYSIA": "MYS",
    "MEXICO": "MEX",
    "TAIWAN": "TWN",
    "VIETNAM": "VNM",
}
# The first action, the peak of April 2025 and the pause after it, the schedule of August and the deals of
# November 2025, the ruling of the Supreme Court; the recipe adds the last date of the source.
ACTIONS = ("2025-02-04", "2025-04-09", "2025-05-12", "2025-08-07", "2025-11-14", "2026-02-20")


def us_tariff_by_origin(originals: Path) -> pd.DataFrame:
    """Nine partners of the tracker's table of actions, at the dates that a lesson shows."""
    actions = pd.read_csv(originals / "country-by-time.csv")
    dates = [*ACTIONS, actions["date"].max()]
    kept = actions[actions["country_name"].isin(PARTNERS) & actions["date"].isin(dates)]
    before, added = kept["2024 tariff"].round(3), kept["effective tariff"].round(3)
    table = pd.DataFrame(
        {
            "date": kept["date"],
            "origin": kept["country_name"].map(PARTNERS),
            "tariff_2024": before,
            "added": added,
            "tariff": (before + added).round(3),
        }
    )
    return table.sort_values(["date", "origin"])


# -- economy panel

INDICATORS = {
    "gdp": "NY.GDP.MKTP.CD",
    "gdp_per_head": "NY.GDP.PCAP.KD",
    "manufacturing": "NV.IND.MANF.CD",
    "rd_share": "GB.XPD.RSDV.GD.ZS",
    "patents": "IP.PAT.RESD",
    "high_tech_exports": "TX.VAL.TECH.CD",
    "high_tech_share": "TX.VAL.TECH.MF.ZS",
    "royalties_received": "BX.GSR.ROYL.CD",
    "royalties_paid": "BM.GSR.ROYL.CD",
    "exports_share": "NE.EXP.GNFS.ZS",
    "imports_share": "NE.IMP.GNFS.ZS",
}
_BILLIONS = ("gdp", "manufacturing", "high_tech_exports", "royalties_received", "royalties_paid")
FIRST_YEAR = 1990
PANEL = (
    *(
        "AUS",
        "BEL",
        "BGD",
        "BRA",
        "CAN",
        "CHN",
        "CZE",
        "DEU",
        "ESP",
        "EUU",
        "FRA",
        "GBR",
        "HKG",
        "HUN",
        "IDN",
    ),
    *(
        "IND",
        "IRL",
        "ITA",
        "JPN",
        "KHM",
        "KOR",
        "MEX",
        "MYS",
        "NLD",
        "PHL",
        "POL",
        "ROU",
        "RUS",
        "SGP",
        "SVK",
    ),
    *("THA", "TUR", "USA", "VNM", "WLD", "ZAF"),
)


def economy_panel(originals: Path) -> pd.DataFrame:
    """The answers of the World Bank's API, one JSON file per indicator: [page, [observation, ...]]."""
    observations = []
    for code in INDICATORS.values():
        _, rows = json.loads((originals / f"{code}.json").read_text(encoding="utf-8"))
        observations += [
            (code, row["countryiso3code"], int(row["date"]), row["value"])
            for row in rows
            if row["value"] is not None and int(row["date"]) >= FIRST_YEAR
        ]
    return panel(pd.DataFrame(observations, columns=["indicator", "iso3", "year", "value"]))


def panel(observations: pd.DataFrame) -> pd.DataFrame:
    """Observations by indicator as one row per year and economy, with the shares that lessons use."""
    kept = observations[observations["iso3"].isin(PANEL)]
    wide = kept.pivot(index=["year", "iso3"], columns="indicator", values="value")
    table = pd.DataFrame({name: wide[code] for name, code in INDICATORS.items()}).reset_index()
    table[list(_BILLIONS)] /= 1e9
    table["manufacturing_share"] = 100 * table["manufacturing"] / table["gdp"]
    table["openness"] = table["exports_share"] + table["imports_share"]
    table = table.round(3).rename(columns={"iso3": "economy"}).sort_values(["year", "economy"])
    table["patents"] = table["patents"].round(0)
    return table


def _world_bank(code: str) -> str:
    where = ";".join(PANEL)
    return f"https://api.worldbank.org/v2/country/{where}/indicator/{code}?format=json&per_page=20000"


# -- inter-country tables


def wiod(originals: Path) -> dict[str, np.ndarray]:
    """The workbooks of WIOD's 2013 release (WIOT95_*.xlsx), merged to the regions and sectors of the course.

    Cells are rounded to whole millions before they are merged.
    """
    import pymrio

    worlds = {}
    for workbook in _files(originals, "icio", "[Ww][Ii][Oo][Tt]*.xlsx"):  # the publisher writes the names both ways
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that the satellite accounts are not there
            world = pymrio.parse_wiod(workbook, names=("c_codes", "c_codes"))
        worlds[int(world.factor_inputs.year)] = pymrio.IOSystem(Z=world.Z.round(), Y=world.Y.round(), unit=world.unit)
    return _merged(worlds, "industries")


def oecd(originals: Path) -> dict[str, np.ndarray]:
    """The OECD's tables (ICIO2023_2018.csv and its like), merged to the regions and sectors of the course."""
    import pymrio

    worlds = {}
    for path in _files(originals, "icio_oecd", "ICIO20[0-9][0-9]_[12][0-9][0-9][0-9].csv"):
        world = pymrio.parse_oecd(path)
        worlds[int(path.stem[-4:])] = pymrio.IOSystem(Z=world.Z, Y=world.Y, unit=world.unit)
    return _merged(worlds, "industries_oecd", others="ROW")


def _files(originals: Path, name: str, pattern: str) -> list[Path]:
    """The files of this name, sorted; DataError says how they are to be named if there is none."""
    if found := sorted(originals.glob(pattern)):
        return found
    held = ", ".join(sorted(path.name for path in originals.iterdir())[:10]) or text("data.refresh.nothing")
    wanted = text(f"data.refresh.named.{name}")
    raise DataError(text("data.refresh.no_table", path=originals, name=name, wanted=wanted, found=held))


def _merged(worlds: dict, industries: str, others: str | None = None) -> dict[str, np.ndarray]:
    """pymrio's tables by year, added up to regions and sectors and rounded to whole millions.

    Output is the sum of a row's cells, and value added what output leaves after intermediate purchases: so all
    identities hold exactly. `others` is the region of economies that have none of their own; without it, an
    unknown economy raises KeyError.
    """
    economies, codes = load("economies").dropna(subset="region"), load(industries)
    regions = dict(zip(economies["economy"], economies["region"], strict=True))
    sectors = dict(zip(codes["industry"], codes["sector"], strict=True))
    tables = {}
    for year, world in worlds.items():
        names = [str(name).upper() for name in world.get_regions()]  # WIOD writes RoW
        world.aggregate(
            region_agg=[regions.get(name, others) if others else regions[name] for name in names],
            sector_agg=[sectors[name] for name in world.get_sectors()],
        )
        held = set(world.get_regions())
        order = [r for r in dict.fromkeys(regions.values()) if r in held]
        rows = pd.MultiIndex.from_product([order, dict.fromkeys(sectors.values())])
        Z = world.Z.loc[rows, rows].round().to_numpy()
        F = world.Y.T.groupby(level="region").sum().T.loc[rows, order].round().to_numpy()
        x = Z.sum(1) + F.sum(1)
        tables[year] = icio.Flows(Z, F, x, x - Z.sum(0))
    return icio.pack(tables, order, list(dict.fromkeys(sectors.values())))


def _fetch_wiod(originals: Path) -> None:
    import pymrio

    pymrio.download_wiod2013(originals, satellite_urls=[])


def _fetch_oecd(originals: Path) -> None:
    import pymrio

    pymrio.download_oecd(originals, version="v2023", years=["2011-2015", "2016-2020"])


# -- the recipes

_TRACKER = "https://raw.githubusercontent.com/tradewartracker/trade-war-redux-2025/main/"

RECIPES = {
    "economy_panel": Recipe(economy_panel, {f"{code}.json": _world_bank(code) for code in INDICATORS.values()}),
    "geopolitical_risk": Recipe(
        geopolitical_risk,
        {"data_gpr_export.dta": "https://www.matteoiacoviello.com/gpr_files/data_gpr_export.dta"},
    ),
    "icio": Recipe(wiod, {}, _fetch_wiod),
    "icio_oecd": Recipe(oecd, {}, _fetch_oecd),
    "supply_pressure": Recipe(
        supply_pressure,
        {
            "gscpi_data.xlsx": "https://www.newyorkfed.org/medialibrary/research/interactives/gscpi/downloads/gscpi_data.xlsx"
        },
    ),
    "us_tariff": Recipe(us_tariff, {"daily-tariff-latest-data.csv": _TRACKER + "daily-tariff-latest-data.csv"}),
    "us_tariff_by_origin": Recipe(us_tariff_by_origin, {"country-by-time.csv": _TRACKER + "country-by-time.csv"}),
}
