"""Read datasets: `load` gives a table that is known to satisfy its manifest.

A file is read only when its sha256 is the one that its manifest was sealed with. A seal is set only after the
file has passed the pandera schema (or the accounting identities) of that manifest, so a file that matches its
seal *has been* validated, byte for byte, and need not be validated again in every kernel. Where the seal does
not cover what the manifest declares today, the checks run at once.
"""

from __future__ import annotations

import hashlib
import io
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from gvclab.content import text
from gvclab.data import codes, icio
from gvclab.data.about import Source
from gvclab.data.errors import DataError
from gvclab.data.manifest import Manifest, folder, read

if TYPE_CHECKING:
    import pandas as pd

    from gvclab.models.iotable import ICIO

_DATES = {"yearmonth": "%Y-%m", "date": "%Y-%m-%d"}


def load(name: str, **wanted) -> pd.DataFrame | ICIO | dict[int, ICIO]:
    """The dataset `name` as a validated, typed table.

    load("us_import_origin")                                   the whole table
    load("us_import_origin", origin="CHN")                     rows where a column has a value,
    load("us_import_origin", origin=["CHN", "VNM"])            one of several,
    load("supply_pressure", date="2021")                       of a date in part all that it means: twelve months
    load("supply_pressure", date=slice("2020-01", "2022-12"))  or lies between two, ends included whole
    load("icio", year=2005)                                    one year's `models.iotable.ICIO`
    load("icio", year=[1995, 2005])                            several by year, as a slice gives too
    load("icio")                                               all of them, by year
    load("icio_oecd", year=2018)                               a later year, once `gvclab data refresh` has made it

    A table's `attrs` hold name, title, source, licence, url, and units (by column). What is returned is the
    caller's to change (an ICIO is immutable).

    Raises DataError, naming the remedy: no such dataset, one that is not shipped, a file that is missing,
    truncated or altered, a column or a value that is not there, a slice without rows or with a step.
    """
    where = folder()
    manifest = read(name, where)
    if manifest.arrays:
        return _tables(manifest, **wanted)
    from gvclab.data.select import select  # brings pandas

    # Under copy-on-write a shallow copy protects the cached table and costs nothing.
    return select(_table(name, where).copy(deep=False), name, **wanted)


def derived(table: pd.DataFrame, name: str, **units: str) -> pd.DataFrame:
    """A table computed from the dataset `name`, which then names its source, with units by column.

    `derived(balances, "icio", balance="billion US$")` can be drawn by `charts.series`. Raises DataError for
    an unknown dataset.
    """
    found = table.copy(deep=False)
    found.attrs = _origin(read(name, folder())) | {"units": units}
    return found


def since(table: pd.DataFrame, y: str, start: int, by: str = "economy", x: str = "year") -> pd.DataFrame:
    """The column y as its change since `start`, a value of x, for each member of `by`; the source stays named.

    The change has no unit of its own: whoever shows it says what it is. Raises DataError where nobody has a value at
    `start`; members without one are left out.
    """
    base = table[table[x] == start].set_index(by)[y].dropna()
    if base.empty:
        raise DataError(text("data.error.no_start", column=y, start=start))
    found = table[table[by].isin(base.index)].copy()
    found[y] -= found[by].map(base)
    units = {name: unit for name, unit in table.attrs.get("units", {}).items() if name != y}
    found.attrs = table.attrs | {"units": units}
    return found


def pole_by_region(rest: bool = True) -> dict[str, str]:
    """The pole of each region of `icio`, by code; without `rest` only of those in one of the three poles."""
    listed = load("economies").dropna(subset="region")
    if not rest:
        listed = listed[listed.pole != "RST"]
    return dict(zip(listed.region, listed.pole, strict=True))


def spelled(table: pd.DataFrame) -> pd.DataFrame:
    """A table to be read: the codes of places and sectors in its rows and columns are spelled out."""
    return table.rename(index=codes.name, columns=codes.name)


def sealed_bytes(manifest: Manifest) -> bytes:
    """The file's bytes, when they are the ones its manifest was sealed with."""
    if manifest.seal is None:
        absent = manifest.refresh and not manifest.path.is_file()
        raise DataError(text("data.error.absent" if absent else "data.error.unsealed", name=manifest.name))
    if not manifest.path.is_file():
        raise _damaged("missing", manifest)
    content = manifest.path.read_bytes()
    got = hashlib.sha256(content).hexdigest()
    if got != manifest.seal.sha256:
        how = "truncated" if len(content) < manifest.seal.bytes else "altered"
        raise _damaged(how, manifest, bytes=len(content), got=got)
    return content


def _damaged(how: str, manifest: Manifest, **found) -> DataError:
    """Which file is wrong, how, and what brings it back: where the catalogue sits decides that."""
    carried = manifest.folder.name == "_data"
    remedy = text("data.remedy.installed" if carried else "data.remedy.checkout", path=manifest.path)
    if manifest.refresh:
        remedy += text("data.remedy.refresh", name=manifest.name)
    seal = {"expected_bytes": manifest.seal.bytes, "expected": manifest.seal.sha256}
    facts = {"name": manifest.name, "path": manifest.path, "remedy": remedy}
    return DataError(text(f"data.error.{how}", **facts, **seal, **found))


def parse(manifest: Manifest, content: bytes) -> pd.DataFrame:
    """A CSV as the manifest types it: no guessing of types, and an empty cell is the only missing value."""
    import pandas as pd

    from gvclab.data.checks import DTYPES

    types = {column: declared["type"] for column, declared in manifest.columns.items()}
    dated = {column: fmt for column, t in types.items() if (fmt := _DATES.get(t))}
    try:
        table = pd.read_csv(
            io.BytesIO(content),
            dtype={c: "str" if c in dated else DTYPES[t] for c, t in types.items()},
            keep_default_na=False,
            na_values=[""],
        )
        for column, fmt in dated.items():
            table[column] = pd.to_datetime(table[column], format=fmt).astype(DTYPES[types[column]])
    except (ValueError, KeyError) as error:
        case = str(error).strip()
        raise DataError(text("data.error.invalid", name=manifest.name, file=manifest.path, cases=case)) from error
    return table


@lru_cache(maxsize=32)
def _table(name: str, where: Path) -> pd.DataFrame:
    manifest = read(name, where)
    table = parse(manifest, sealed_bytes(manifest))
    if manifest.seal.schema != manifest.schema:
        from gvclab.data.checks import validate

        validate(manifest, table)
    table.attrs = _origin(manifest)
    table.attrs["units"] = {column: declared.get("unit", "") for column, declared in manifest.columns.items()}
    return table


def _origin(manifest: Manifest) -> dict[str, str]:
    """Where figures are from, as a table's `attrs` hold it."""
    return {
        "name": manifest.name,
        "title": manifest.title,
        "source": str(Source((manifest,))),
        "licence": manifest.licence,
        "url": manifest.url,
    }


@lru_cache(maxsize=4)
def _stored(name: str, where: Path) -> dict:
    """The open npz: its members are unpacked when asked for."""
    import numpy as np

    manifest = read(name, where)
    stored = np.load(io.BytesIO(sealed_bytes(manifest)), allow_pickle=False)
    if manifest.seal.schema != manifest.schema:
        from gvclab.data.checks import validate_arrays

        validate_arrays(manifest, stored)
    return stored


def _tables(manifest: Manifest, **wanted) -> ICIO | dict[int, ICIO]:
    stored = _stored(manifest.name, manifest.folder)
    years = icio.years(stored)
    if not wanted:
        return {year: icio.table(stored, year) for year in years}
    year = wanted.get("year")
    if type(year) is not int or len(wanted) > 1 or year not in years:
        import pandas as pd

        from gvclab.data.select import select, single

        years = select(pd.DataFrame({"year": years}), manifest.name, **wanted)["year"].tolist()
        if not single(year):
            return {each: icio.table(stored, each) for each in years}
        year = years[0]
    return icio.table(stored, year)
