"""Set a dataset's seal and describe the folder: what an author runs after a table or manifest has changed."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

from gvclab.content import text
from gvclab.data import icio
from gvclab.data.checks import validate, validate_arrays
from gvclab.data.errors import DataError
from gvclab.data.manifest import Manifest, Seal, folder, names, read, write_seal
from gvclab.data.tables import parse


def measure(manifest: Manifest, path: Path | None = None) -> Seal:
    """The seal that the file (or the one at `path`) earns. DataError when it breaks its manifest."""
    content = (path or manifest.path).read_bytes()
    if manifest.arrays:
        import numpy as np

        stored = np.load(io.BytesIO(content), allow_pickle=False)
        validate_arrays(manifest, stored)
        years = icio.years(stored)
        rows = len(years)
    else:
        table = parse(manifest, content)
        validate(manifest, table)
        years, rows = _years(manifest, table), len(table)
    return Seal(
        bytes=len(content),
        rows=rows,
        years=(min(years), max(years)),
        sha256=hashlib.sha256(content).hexdigest(),
        schema=manifest.schema,
    )


def _years(manifest: Manifest, table) -> list[int]:
    """The years of the first column that tells time; a classification declares the years it is for."""
    if manifest.years:
        return list(manifest.years)
    for column, declared in manifest.columns.items():
        if declared["type"] == "year":
            return table[column].tolist()
        if declared["type"] in ("yearmonth", "date"):
            return table[column].dt.year.tolist()
    raise DataError(text("data.error.timeless", name=manifest.name))


def seal(name: str, where: Path | None = None) -> Manifest:
    """Check the file of `name` against its manifest, set the seal, bring `datapackage.json` up to date."""
    where = where or folder()
    manifest = read(name, where)
    write_seal(manifest, measure(manifest))
    (where / "datapackage.json").write_text(datapackage(where), encoding="utf-8", newline="\n")
    return read(name, where)


def datapackage(where: Path | None = None) -> str:
    """The text of `datapackage.json`: a Frictionless Data Package (v1), made from the manifests."""
    where = where or folder()
    resources = [_resource(manifest) for name in names(where) if (manifest := read(name, where)).seal]
    package = {
        "profile": "data-package",
        "name": "gvclab-data",
        "title": "Figures of the gvclab course",
        "homepage": "https://github.com/gvclab/gvclab",
        "licenses": _unique(licence for r in resources for licence in r["licenses"]),
        "resources": resources,
    }
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"


def _resource(m: Manifest) -> dict:
    tabular = {
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "schema": {
            "fields": [{"name": name, **declared} for name, declared in m.columns.items()],
            "primaryKey": list(m.key),
            "missingValues": [""],
        },
    }
    arrays = {
        "profile": "data-resource",
        "format": "npz",
        "mediatype": "application/x-npz",
        "arrays": m.arrays,
    }
    return {
        "name": m.name.replace("_", "-"),
        "title": m.title,
        "description": " ".join(m.description.split()),
        "path": m.file,
        **(arrays if m.arrays else tabular),
        "encoding": "utf-8",
        "bytes": m.seal.bytes,
        "hash": f"sha256:{m.seal.sha256}",
        "sources": [
            {"title": f"{s['publisher']}: {s['title']}", "path": s["url"], "citation": s["citation"]} for s in m.sources
        ],
        "licenses": _unique(s["licence"] for s in m.sources),
        "transformation": " ".join(m.transformation.split()),
        "limits": list(m.limits),
    }


def _unique(entries) -> list[dict]:
    return list({json.dumps(entry, sort_keys=True): entry for entry in entries}.values())
