"""Rows of a table by the values of a column."""

from __future__ import annotations

import pandas as pd

from gvclab.content import text
from gvclab.data.errors import DataError


def select(table: pd.DataFrame, name: str, **wanted) -> pd.DataFrame:
    """The rows where each named column has a value, one of several, or lies in a slice (ends included).

    Dates may be text: "2021-12". Raises DataError for a column or a value that table `name` does not have.
    """
    for column, values in wanted.items():
        if column not in table:
            raise DataError(text("data.error.column", name=name, column=column, known=", ".join(table.columns)))
        try:
            keep = _within(table[column], values)
        except (ValueError, TypeError) as error:  # a date that is none, text where numbers are
            raise _no_rows(table[column], name, values) from error
        if not isinstance(values, slice):
            for value in _listed(values):
                if not (table[column] == _as_held(table[column], value)).any():
                    raise _no_rows(table[column], name, value)
        table = table[keep]
    return table.reset_index(drop=True) if wanted else table


def _within(column: pd.Series, values) -> pd.Series:
    if not isinstance(values, slice):
        return column.isin([_as_held(column, value) for value in _listed(values)])
    keep = pd.Series(True, index=column.index)
    if values.start is not None:
        keep &= column >= _as_held(column, values.start)
    if values.stop is not None:
        keep &= column <= _as_held(column, values.stop)
    return keep


def _listed(values) -> list:
    return [values] if isinstance(values, str) or not hasattr(values, "__iter__") else list(values)


def _as_held(column: pd.Series, value):
    return pd.Timestamp(value) if pd.api.types.is_datetime64_dtype(column) else value


def _no_rows(column: pd.Series, name: str, value) -> DataError:
    dated = pd.api.types.is_datetime64_dtype(column)
    held = [f"{v:%Y-%m-%d}" if dated else str(v) for v in column.drop_duplicates().sort_values()]
    shown = held if len(held) <= 40 else [*held[:10], "…", *held[-3:]]
    return DataError(text("data.error.value", name=name, column=column.name, value=value, known=", ".join(shown)))
