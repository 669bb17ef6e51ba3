"""Block A: does the whole chain work? Stages in series, suppliers in parallel, and networks of both."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..domain import flags, number, together, within

MOST_STAGES = 1_000_000  # stages, suppliers or tiers


def chain_reliability(n, m, p, q=0.0, same_place=True):
    """How likely is it that a chain of n essential stages, each with m suppliers, works?

    Formula: R = (1 - f)^n, where a stage fails with probability
    f = q + (1 - q) p^m if its suppliers share one place, f = (q + (1 - q) p)^m if each has its own.

    Parameters
    ----------
    n, m : whole numbers from 1 to a million (n = 0 is the empty chain, which works); stages, suppliers of each
        stage.
    p, q : probabilities; a supplier's own failure, a shock to its whole place. All failures are independent.
    same_place : True or False.

    All arguments may be arrays, which are broadcast. Returns a probability, a float or an array.
    Raises ValueError naming a value outside its domain.
    Source: elementary probability (verified by simulation).
    """
    n, m = within("n", n, 0, MOST_STAGES, whole=True), within("m", m, 1, MOST_STAGES, whole=True)
    p, q = within("p", p, 0, 1), within("q", q, 0, 1)
    same_place = flags("same_place", same_place)
    together(n=n, m=m, p=p, q=q, same_place=same_place)
    one_place = q + (1 - q) * np.power(p, m)
    own_places = np.power(q + (1 - q) * p, m)
    return _plain((1 - np.where(same_place, one_place, own_places)) ** n)


def egl_map(r, x, n, m):
    """How reliable is a firm whose suppliers are reliable with probability r?

    Formula: (1 - (1 - x r)^m)^n: n essential inputs, each from m suppliers, over links that work with
    probability x.

    Parameters: r, x in [0, 1]; n, m whole numbers from 1 to a million. Arrays are broadcast.
    Returns a probability, a float or an array. Raises ValueError naming a value outside its domain.
    Source: Elliott, Golub and Leduc 2022, American Economic Review (read).
    """
    r, x = within("r", r, 0, 1), within("x", x, 0, 1)
    n, m = within("n", n, 1, MOST_STAGES, whole=True), within("m", m, 1, MOST_STAGES, whole=True)
    together(r=r, x=x, n=n, m=m)
    return _plain(_firm(np.asarray(x * r), n, m))


def _firm(y, n, m):
    """The reliability of a firm each of whose suppliers delivers with probability y."""
    return (1 - (1 - y) ** m) ** n


class Critical(NamedTuple):
    """The edge of the cliff: no positive reliability exists for links weaker than `x_c`."""

    x_c: float  # critical reliability of a link
    r_c: float  # reliability of a firm at x_c: the height of the fall
    y_c: float  # x_c r_c, the chance that one given supplier delivers


def egl_critical(n: int, m: int) -> Critical:
    """At which link reliability does a deep supply network collapse, and from which height?

    Formula: with y = x r, h(y) = (1 - (1 - y)^m)^n / y; x_c = 1 / max h, at the root y_c of
    n m y (1 - y)^(m - 1) = 1 - (1 - y)^m; r_c = y_c h(y_c). For n = 1: x_c = 1/m and no jump (r_c = 0).
    For m = 1 any imperfect link is fatal: x_c = 1. Example: n = m = 2 gives 27/32, 64/81, 2/3.

    Raises ValueError unless n, m are whole numbers from 1 to a million.
    Source: Elliott, Golub and Leduc 2022 (read); closed cases derived.
    """
    n, m = number("n", n, 1, MOST_STAGES, whole=True), number("m", m, 1, MOST_STAGES, whole=True)
    if m == 1:
        return Critical(1.0, 1.0, 1.0)
    if n == 1:
        return Critical(1 / m, 0.0, 0.0)
    y = float(_bisect(lambda y: n * m * y * (1 - y) ** (m - 1) - (1 - (1 - y) ** m), np.zeros(()), 1.0))
    r = _firm(y, n, m)
    return Critical(y / r, r, y)


def egl_fixed_point(x, n: int, m: int, depth: int | None = None):
    """How reliable is a firm whose suppliers need suppliers, who need suppliers …?

    Formula: the largest r with r = (1 - (1 - x r)^m)^n (`depth=None`, an endlessly deep network), or the
    value after `depth` tiers, starting from basic producers that never fail (r = 1).

    Parameters: x, link reliability in [0, 1], a number or an array; n inputs; m suppliers of each; n, m and
    depth are whole numbers up to a million, n and m from 1, depth from 0.
    Returns a probability of the shape of x; 0 below `egl_critical(n, m).x_c`.
    Raises ValueError naming a value outside its domain.
    Source: Elliott, Golub and Leduc 2022 (read).
    """
    x = np.asarray(within("x", x, 0, 1))
    n, m = number("n", n, 1, MOST_STAGES, whole=True), number("m", m, 1, MOST_STAGES, whole=True)
    if depth is not None:
        r = np.ones(x.shape)
        for _ in range(number("depth", depth, 0, MOST_STAGES, whole=True)):
            last, r = r, _firm(x * r, n, m)
            if (r == last).all():  # deeper tiers change nothing
                break
        return _plain(r)
    critical = egl_critical(n, m)
    alive = x > critical.x_c if critical.r_c == 0 else x >= critical.x_c * (1 - 1e-14)
    if m == 1:
        return _plain(np.where(alive, 1.0, 0.0))
    # Iteration crawls near the cliff. On [y_c, 1], y - x (1 - (1 - y)^m)^n changes sign once: bisect.
    link = np.where(alive, x, 1.0)
    y = _bisect(lambda y: link * _firm(y, n, m) - y, np.full(x.shape, critical.y_c), 1.0)
    return _plain(np.where(alive, y / link, 0.0))


def _bisect(f, low, high):
    """The point where f turns from >= 0 to < 0, elementwise, to the last bit."""
    high = np.full(low.shape, high)
    for _ in range(60):
        middle = (low + high) / 2
        positive = f(middle) >= 0
        low, high = np.where(positive, middle, low), np.where(positive, high, middle)
    return low


def _plain(value):
    """A float for a single number, else the array."""
    return float(value) if np.ndim(value) == 0 else value
