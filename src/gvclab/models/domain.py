"""Domains of parameters: the functions of `models` refuse a value outside its domain, by name."""

from __future__ import annotations

import numpy as np


def within(
    name: str,
    value,
    low: float | None = None,
    high: float | None = None,
    *,
    open_low: bool = False,
    open_high: bool = False,
    whole: bool = False,
):
    """The value itself, a number or an array, if all of it lies in the domain.

    Parameters: `low`, `high` are the ends, which belong to the domain unless `open_low`, `open_high`; without
    an end any finite number will do. `whole` asks for whole numbers. NaN lies in no domain.

    Returns a float (an int if `whole`) for a number, else a float array.
    Raises ValueError with the name, the first offending value and the domain.
    """
    open_low, open_high = open_low or low is None, open_high or high is None
    low, high = -np.inf if low is None else low, np.inf if high is None else high
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        array = np.asarray(np.nan)
    good = (array > low if open_low else array >= low) & (array < high if open_high else array <= high)
    if whole:
        good &= array == np.floor(array)
    if not good.all():
        bad = array[~good].flat[0] if array.ndim else value
        ends = f"{'(' if open_low else '['}{low:g}, {high:g}{')' if open_high else ']'}"
        raise ValueError(f"{name} = {bad} must be a {'whole ' if whole else ''}number in {ends}")
    if array.ndim:
        return array
    return int(array) if whole else float(array)
