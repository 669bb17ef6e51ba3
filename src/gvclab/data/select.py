"""Rows of a table by the values of a column."""

from __future__ import annotations

import datetime as dt
import numbers

import numpy as np
import pandas as pd

from gvclab.content import Listed, text
from gvclab.data.errors import DataError


def select(table: pd.DataFrame, name: str, **wanted) -> pd.DataFrame:
    """The rows where each named column has a value, one of several, or lies in a slice (ends included).

    A date may be given in part and then means all of it: "2021" (or 2021) the twelve months, "2021-12" the
    month; as the end of a slice it is included whole. Years may be text. A slice may reach beyond the table, but
    not past it.

    Raises DataError for a column or a value that table `name` does not have, for a slice without rows, one with
    a step, and no value at all.
    """
    for column, values in wanted.items():
        if column not in table:
            raise DataError(
                text("data.error.column", name=name, column=column, known=Listed([*table.columns], "comma"))
            )
        table = table[_kept(table[column], name, values)]
    return table.reset_index(drop=True) if wanted else table


def _kept(column: pd.Series, name: str, values) -> pd.Series:
    if isinstance(values, slice):
        if values.step is not None:
            raise DataError(text("data.error.step", name=name, column=column.name, step=values.step))
        keep = pd.Series(True, index=column.index)
        if values.start is not None:
            keep &= column >= _span(column, name, values.start)[0]
        if values.stop is not None:
            keep &= column <= _span(column, name, values.stop)[1]
        if not keep.any():
            raise _no_rows(column, name, f"{values.start}…{values.stop}")
        return keep
    if not (listed := _listed(values)):
        raise _no_rows(column, name, values)
    keep = pd.Series(False, index=column.index)
    for value in listed:
        first, last = _span(column, name, value)
        found = (column >= first) & (column <= last)
        if not found.any():
            raise _no_rows(column, name, value)
        keep |= found
    return keep


def single(values) -> bool:
    """One value, neither a slice nor several."""
    if isinstance(values, (str, slice)):
        return isinstance(values, str)
    return np.ndim(values) == 0 if isinstance(values, np.ndarray) else not hasattr(values, "__iter__")


def _listed(values) -> list:
    if single(values):
        return [values[()] if isinstance(values, np.ndarray) else values]
    return list(values)


def _span(column: pd.Series, name: str, value) -> tuple:
    """The first and the last value that are meant by one given: of a date in part there are several."""
    try:
        if pd.api.types.is_datetime64_dtype(column):
            if (period := _period(value)) is pd.NaT:
                raise ValueError(value)
            return period.start_time, period.end_time
        if pd.api.types.is_numeric_dtype(column):
            number = _number(column, value)
            return number, number
        if isinstance(value, str):
            return value, value
    except (ValueError, TypeError, OverflowError):
        pass
    raise _no_rows(column, name, value)


def _period(value) -> pd.Period:
    """A year, a month, a day or an instant."""
    if isinstance(value, pd.Period):
        return value
    if isinstance(value, numbers.Integral) and not isinstance(value, bool):
        return pd.Period(year=int(value), freq="Y")
    if isinstance(value, np.datetime64):
        return pd.Period(str(value))
    if isinstance(value, (str, dt.date)):  # a datetime and a Timestamp are dates too
        return pd.Period(str(value))
    raise TypeError(value)


def _number(column: pd.Series, value) -> float:
    """The number; text is one where the column has whole numbers, as years."""
    if isinstance(value, str) and pd.api.types.is_integer_dtype(column):
        return int(value)
    if isinstance(value, (numbers.Real, np.number)) and not isinstance(value, (bool, np.bool_)):
        return value
    raise TypeError(value)


def _no_rows(column: pd.Series, name: str, value) -> DataError:
    dated = pd.api.types.is_datetime64_dtype(column)
    distinct = column.drop_duplicates().sort_values()
    if pd.api.types.is_integer_dtype(column) and len(distinct) == np.ptp(distinct) + 1:
        known = f"{distinct.iloc[0]}-{distinct.iloc[-1]}"
        return DataError(text("data.error.value", name=name, column=column.name, value=value, known=known))
    held = [f"{v:%Y-%m-%d}" if dated else str(v) for v in distinct]
    shown = held if len(held) <= 40 else [*held[:10], "…", *held[-3:]]
    return DataError(
        text("data.error.value", name=name, column=column.name, value=value, known=Listed([*shown], "comma"))
    )
