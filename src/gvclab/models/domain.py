"""Domains of parameters: the functions of `models` refuse, by name, what they cannot answer.

Each check returns the value in the form that the model computes with, or raises ValueError (TypeError for an
object of another kind) with the parameter's name, the offending value and the domain.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

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
    an end any finite number will do. `whole` asks for whole numbers. NaN lies in no domain, text is no number.

    Returns a float (an int if `whole`) for a number, else a float array.
    Raises ValueError with the name, the first offending value and the domain.
    """
    open_low, open_high = open_low or low is None, open_high or high is None
    low, high = -np.inf if low is None else low, np.inf if high is None else high
    array = _numeric(value)
    if array is not None:
        good = (array > low if open_low else array >= low) & (array < high if open_high else array <= high)
        if whole:
            good &= array == np.floor(array)
        if good.all():
            if array.ndim:
                return array
            return int(array) if whole else float(array)
    bad, where = _shown(value), ""
    if array is not None and array.ndim:
        position = tuple(np.argwhere(~good)[0].tolist())
        bad, where = array[position], f" (at {list(position)})"
    ends = f"{'(' if open_low else '['}{low:g}, {high:g}{')' if open_high else ']'}"
    raise ValueError(f"{name} = {bad} must be a {'whole ' if whole else ''}number in {ends}{where}")


def number(name: str, value, low: float | None = None, high: float | None = None, **ends):
    """One number in the domain, as in `within`; an array is refused."""
    found = within(name, value, low, high, **ends)
    if np.ndim(found):
        raise ValueError(f"{name} has shape {found.shape}; it must be one number")
    return found


def array(
    name: str,
    value,
    shape: tuple[int | None, ...],
    low: float | None = None,
    high: float | None = None,
    *,
    given: str = "",
    **ends,
) -> np.ndarray:
    """An array of numbers in the domain, as in `within`, of the given shape; None stands for any length from 1.

    `given` names the other arguments that ask for this shape.
    """
    found = np.asarray(within(name, value, low, high, **ends), dtype=float)
    if found.ndim != len(shape) or any(
        n == 0 if wanted is None else n != wanted for n, wanted in zip(found.shape, shape, strict=True)
    ):
        wanted = ", ".join("n" if n is None else str(n) for n in shape)
        wanted = f"({wanted}{',' if len(shape) == 1 else ''}){f', as {given} ask' if given else ''}"
        raise ValueError(f"{name} has shape {found.shape}; it must be {wanted}")
    return found


def square(name: str, value, low: float | None = None, high: float | None = None, **ends) -> np.ndarray:
    """A square array of numbers in the domain."""
    found = array(name, value, (None, None), low, high, **ends)
    if found.shape[0] != found.shape[1]:
        raise ValueError(f"{name} has shape {found.shape}; it must be square")
    return found


def fitted(name: str, value, shape: tuple[int, ...], low: float | None = None, high: float | None = None, **ends):
    """Numbers in the domain, broadcast to `shape` (read-only)."""
    found = within(name, value, low, high, **ends)
    try:
        return np.broadcast_to(found, shape)
    except ValueError:
        raise ValueError(f"{name} has shape {np.shape(found)}; it must fit {shape}") from None


def shares(name: str, value, shape: tuple[int | None, ...], given: str = "") -> np.ndarray:
    """An array of shares or probabilities: 0 or more, and their sum over the last axis is 1."""
    found = array(name, value, shape, 0, given=given)
    sums = found.sum(axis=-1)
    if not np.allclose(sums, 1, rtol=0, atol=1e-9):
        raise ValueError(f"{name} must be shares that sum to 1; they sum to {np.round(sums, 6)}")
    return found


def together(**values) -> tuple[int, ...]:
    """The common shape of numbers and arrays that are broadcast."""
    try:
        return np.broadcast_shapes(*map(np.shape, values.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {np.shape(value)}" for name, value in values.items())
        raise ValueError(f"these shapes do not fit one another: {shapes}") from None


def flags(name: str, value):
    """True or False, or an array of them."""
    if np.asarray(value, dtype=object if value is None else None).dtype != bool:
        raise ValueError(f"{name} = {_shown(value)} must be True or False")
    return value


def sequence(name: str, value, of: type) -> tuple:
    """The entries of a sequence, all of one type; a text is one entry, no sequence."""
    kind = "names" if of is str else of.__name__
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise ValueError(f"{name} = {_shown(value)} must be a sequence of {kind}")
    found = tuple(value)
    for entry in found:
        if not isinstance(entry, of):
            raise ValueError(f"{name} has the entry {_shown(entry)}; all must be {kind}")
    return found


def names(name: str, value) -> tuple[str, ...]:
    """One or more different names."""
    found = sequence(name, value, str)
    if not found or len(set(found)) < len(found):
        twice = sorted({each for each in found if found.count(each) > 1})
        raise ValueError(f"{name} must be one or more different names; repeated: {twice}")
    return found


def mapping(name: str, value) -> dict:
    """A dict of what is a mapping or, as a pandas Series, behaves as one."""
    if not (hasattr(value, "keys") and hasattr(value, "__getitem__")):
        raise ValueError(f"{name} = {_shown(value)} must be a mapping")
    return dict(value)


def choice(name: str, value, known: Collection[str]) -> str:
    """One of the known words."""
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{name} is {_shown(value)}; it must be one of {', '.join(known)}")
    return value


def instance(name: str, value, kind: type | tuple[type, ...]):
    """An object of this kind; TypeError for another."""
    if not isinstance(value, kind):
        wanted = " or ".join(each.__name__ for each in (kind if isinstance(kind, tuple) else (kind,)))
        raise TypeError(f"{name} = {_shown(value)} must be of type {wanted}")
    return value


def computed(what: str, result, **given):
    """The result, if it is finite: arguments that are valid one by one may leave the range of numbers together."""
    if not np.isfinite(result).all():
        values = ", ".join(f"{name} = {_shown(value)}" for name, value in given.items())
        raise ValueError(f"{values}: {what} is too large or too small to be computed; choose less extreme values")
    return result


def _numeric(value) -> np.ndarray | None:
    """The value as a float array; None where it is no number or array of numbers."""
    try:
        found = np.asarray(value)
        if found.dtype.kind == "f":
            return found
        if found.dtype.kind == "O" and any(isinstance(each, (str, bytes)) for each in found.flat):
            return None
        return found.astype(float) if found.dtype.kind in "biuO" else None
    except (TypeError, ValueError, OverflowError):
        return None


def _shown(value) -> str:
    """A value as a message shows it, in one short line."""
    shown = str(value) if isinstance(value, (int, float, np.number)) else repr(value)
    shown = " ".join(shown.split())
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
