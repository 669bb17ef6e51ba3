"""Read datasets: `load`, and what there is and where it is from: `catalogue`, `describe`, `source`.

A file is read only when its sha256 is the one that its manifest was sealed with. A seal is set only after the file has
passed the pandera schema (or the accounting identities) of that manifest, so a file that matches its seal *has been*
validated, byte for byte, and need not be validated again in every kernel. Where the seal does not cover what the
manifest declares today, the checks run at once.
"""

from __future__ import annotations

import hashlib
import html
import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from gvclab.content import text
from gvclab.data import icio
from gvclab.data.errors import DataError
from gvclab.data.manifest import Manifest, folder, names, read

if TYPE_CHECKING:
    import pandas as pd

    from gvclab.models.iotable import ICIO


def load(name: str, **wanted) -> pd.DataFrame | ICIO | dict[int, ICIO]:
    """The dataset `name` as a validated, typed table.

    load("us_import_origin")                                   the whole table
    load("us_import_origin", origin="CHN")                     rows where a column has a value,
    load("us_import_origin", origin=["CHN", "VNM"])            one of several,
    load("supply_pressure", date=slice("2020-01", "2022-12"))  or lies between two, ends included
    load("icio", year=2005)                                    one year's `models.iotable.ICIO`
    load("icio")                                               all of them, by year

    A table's `attrs` hold name, title, source, licence, url, and units (by column). What is returned is the caller's to
    change (an ICIO is immutable).

    Raises DataError, naming the remedy: no such dataset, a file that is missing, truncated or altered, a column or a value
    that is not there.
    """
    where = folder()
    manifest = read(name, where)
    if manifest.arrays:
        return _tables(manifest, **wanted)
    from gvclab.data.select import select

    # Under copy-on-write a shallow copy protects the cached table and costs nothing.
    return select(_table(name, where).copy(deep=False), name, **wanted)


def catalogue() -> pd.DataFrame:
    """What there is: one row per dataset with its title, years, rows, publisher and licence."""
    import pandas as pd

    rows = [
        {
            "name": m.name,
            "title": m.title,
            "years": text("data.years", first=m.seal.years[0], last=m.seal.years[1]),
            "rows": m.seal.rows,
            "publisher": "; ".join(s["publisher"] for s in m.sources),
            "licence": m.licence,
        }
        for m in map(read, names())
    ]
    return pd.DataFrame(rows).set_index("name")


def describe(name: str) -> str:
    """Everything the manifest says about `name`, to be read in a terminal."""
    m = read(name)
    kinds = m.columns or m.arrays
    entries = [
        text("data.show.head", name=name, title=m.title, description=m.description.strip()),
        *(text("data.show.source", **s, terms=s["licence"]["title"]) for s in m.sources),
        text("data.show.transformation", transformation=m.transformation.strip()),
        text("data.show.columns"),
        *(text("data.show.column", name=c, **{"unit": "-", **d}) for c, d in kinds.items()),
        text("data.show.limits"),
        *(text("data.show.limit", limit=limit) for limit in m.limits),
        text(
            "data.show.file",
            path=m.path,
            rows=m.seal.rows,
            first=m.seal.years[0],
            last=m.seal.years[1],
            bytes=m.seal.bytes,
            sha256=m.seal.sha256,
        ),
        text("data.show.refresh" if m.refresh else "data.show.by_hand", name=name),
    ]
    return "\n".join(entries)


@dataclass(frozen=True)
class Source:
    """The line beneath a figure that says where its numbers are from; in a notebook the title is a link."""

    manifests: tuple[Manifest, ...]

    def _lines(self, template: str, escape):
        for m in self.manifests:
            first, last = m.seal.years
            for s in m.sources:
                entry = {key: escape(s[key]) for key in ("publisher", "title", "url", "citation")}
                years = text("data.years", first=first, last=last)
                yield text(template, **entry, licence=escape(s["licence"]["title"]), years=years, name=m.name)

    def __str__(self) -> str:
        return "\n".join(self._lines("data.source.text", str))

    @property
    def html(self) -> str:
        """The same with each title linked to the publisher's page and the citation as its tooltip."""
        lines = dict.fromkeys(self._lines("data.source.html", html.escape))
        return f'<div class="gvclab-source">{"<br>".join(lines)}</div>'

    def _repr_html_(self) -> str:
        return self.html


def source(*wanted: str) -> Source:
    """The source line of one or more datasets, for use beneath a figure: `source("supply_pressure")`."""
    return Source(tuple(map(read, wanted)))


# ---------------------------------------------------------------------------------------------- reading a file


def sealed_bytes(manifest: Manifest) -> bytes:
    """The file's bytes, when they are the ones its manifest was sealed with."""
    facts = {"name": manifest.name, "path": manifest.path, "remedy": _remedy(manifest)}
    if manifest.seal is None:
        raise DataError(text("data.error.unsealed", **facts))
    if not manifest.path.is_file():
        raise DataError(text("data.error.missing", **facts))
    content = manifest.path.read_bytes()
    got = hashlib.sha256(content).hexdigest()
    if got != manifest.seal.sha256:
        short = len(content) < manifest.seal.bytes
        raise DataError(
            text(
                "data.error.truncated" if short else "data.error.altered",
                **facts,
                bytes=len(content),
                expected_bytes=manifest.seal.bytes,
                got=got,
                expected=manifest.seal.sha256,
            )
        )
    return content


def parse(manifest: Manifest, content: bytes) -> pd.DataFrame:
    """A CSV as the manifest types it: no guessing of types, and an empty cell is the only missing value."""
    import pandas as pd

    from gvclab.data.checks import DTYPES

    types = {column: declared["type"] for column, declared in manifest.columns.items()}
    dated = {column: fmt for column, t in types.items() if (fmt := DATE_FORMATS.get(t))}
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
        raise DataError(
            text("data.error.invalid", name=manifest.name, file=manifest.path, cases=case)
        ) from error
    return table


DATE_FORMATS = {"yearmonth": "%Y-%m", "date": "%Y-%m-%d"}


@lru_cache(maxsize=32)
def _table(name: str, where: Path) -> pd.DataFrame:
    manifest = read(name, where)
    table = parse(manifest, sealed_bytes(manifest))
    if manifest.seal.schema != manifest.schema:
        from gvclab.data.checks import validate

        validate(manifest, table)
    table.attrs = {
        "name": name,
        "title": manifest.title,
        "source": str(Source((manifest,))),
        "licence": manifest.licence,
        "url": manifest.url,
        "units": {column: declared.get("unit", "") for column, declared in manifest.columns.items()},
    }
    return table


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


def _tables(manifest: Manifest, year: int | None = None, **unknown) -> ICIO | dict[int, ICIO]:
    if unknown:
        raise DataError(
            text("data.error.column", name=manifest.name, column=next(iter(unknown)), known="year")
        )
    stored = _stored(manifest.name, manifest.folder)
    known = icio.years(stored)
    if year is None:
        return {each: icio.table(stored, each) for each in known}
    if year not in known:
        raise DataError(
            text(
                "data.error.value",
                name=manifest.name,
                column="year",
                value=year,
                known=f"{known[0]}-{known[-1]}",
            )
        )
    return icio.table(stored, int(year))


def _remedy(manifest: Manifest) -> str:
    """What brings a damaged file back: where the catalogue sits decides it."""
    carried = manifest.folder.name == "_data"
    remedy = text("data.remedy.installed" if carried else "data.remedy.checkout", path=manifest.path)
    return remedy + (text("data.remedy.refresh", name=manifest.name) if manifest.refresh else "")
