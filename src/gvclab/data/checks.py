"""What a dataset must satisfy as its manifest declares it: a pandera schema, or the identities of an ICIO.

pandera takes a third of a second to import, so it is imported only when a check runs: when a dataset is
sealed, when the tests run, and when a manifest declares something that its seal does not cover.
"""

from __future__ import annotations

import numpy as np

from gvclab.content import text
from gvclab.data import icio
from gvclab.data.errors import DataError
from gvclab.data.manifest import Manifest

# Frictionless field type -> pandas dtype
DTYPES = {
    "string": "str",
    "integer": "int64",
    "number": "float64",
    "year": "int64",
    "yearmonth": "datetime64[us]",
    "date": "datetime64[us]",
}


def schema(manifest: Manifest):
    """The pandera schema of a table: columns in order, dtypes, bounds, allowed values, a unique key."""
    import pandera.pandas as pa

    def column(declared: dict):
        limits = declared.get("constraints", {})
        checks = {
            "minimum": lambda low: pa.Check.ge(low),
            "maximum": lambda high: pa.Check.le(high),
            "enum": lambda values: pa.Check.isin(values),
            "pattern": lambda regex: pa.Check.str_matches(f"^(?:{regex})$"),
        }
        return pa.Column(
            DTYPES[declared["type"]],
            checks=[make(limits[name]) for name, make in checks.items() if name in limits],
            nullable=not limits.get("required", True),
        )

    columns = {name: column(declared) for name, declared in manifest.columns.items()}
    return pa.DataFrameSchema(columns, unique=list(manifest.key), strict=True, ordered=True)


def validate(manifest: Manifest, table) -> None:
    """Raise DataError with the first offending values when a table breaks its declared schema."""
    import pandera.errors

    try:
        schema(manifest).validate(table, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases.head(3)
        bad = "; ".join(
            text("data.error.case", column=c.column, check=c.check, value=c.failure_case) for c in cases.itertuples()
        )
        raise DataError(text("data.error.invalid", name=manifest.name, file=manifest.path, cases=bad)) from error


def validate_arrays(manifest: Manifest, stored) -> None:
    """Raise DataError when a stored ICIO has another shape than declared or breaks an accounting identity.

    The cells are whole numbers, so the identities hold exactly or not at all: Z 1 + F 1 = x and x - 1'Z = va.
    """

    def refuse(key: str, **values):
        case = text(key, **values)
        raise DataError(text("data.error.invalid", name=manifest.name, file=manifest.path, cases=case))

    for year in icio.years(stored):
        flows = icio.flows(stored, year)
        for part, array in flows._asdict().items():
            if list(array.shape) != manifest.arrays[part]["shape"] or array.dtype.kind != "i":
                expected = manifest.arrays[part]["shape"]
                refuse("data.error.shape", array=part, year=year, got=array.shape, expected=expected)
        Z, F, x, va = (array.astype(np.int64) for array in flows)
        rows, columns = np.abs(Z.sum(1) + F.sum(1) - x).max(), np.abs(x - Z.sum(0) - va).max()
        if rows or columns:
            refuse("data.error.identity", year=year, rows=rows, columns=columns)
