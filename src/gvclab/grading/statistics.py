"""What a class's points say of the items: classical item analysis, as pure functions.

`scores` is a matrix throughout: a row for each submission, a column for each item, in points; nan where a
grade is still missing. None of the functions depends on the order of the rows. What cannot be told is nan: no
warning, no zero in its place.

Totals are sums over the *settled* items, those graded in every row: an essay that half of the class has back
would otherwise rank people by how far the reading has come.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

GROUP = 0.27  # Kelley (1939): the share in each of two extreme groups that tells items apart best (not verified)
FEWEST = 3  # a correlation of two points is 1 or −1 whatever they are


class Summary(NamedTuple):
    """A distribution in few numbers."""

    n: int
    mean: float
    low: float
    q1: float
    median: float
    q3: float
    high: float


def summary(values: np.ndarray) -> Summary:
    """How are the values spread: number, mean, smallest, quartiles (linear interpolation), largest?"""
    values = np.asarray(values, dtype=float)
    if not values.size:
        return Summary(0, *[np.nan] * 6)
    return Summary(values.size, float(values.mean()), *map(float, np.quantile(values, [0, 0.25, 0.5, 0.75, 1])))


def histogram(shares: np.ndarray, bins: int = 10) -> np.ndarray:
    """How many shares lie in each of `bins` equal parts of [0, 1]?

    A share on a boundary counts in the part above it, 1 in the last; what lies beyond (extra credit) in the
    outermost.
    """
    # In hundredths of a thousandth, so that .6 computed as .1 × 6 and .6 stand in one bin.
    places = np.floor(np.round(np.asarray(shares, dtype=float) * bins, 5)).astype(int)
    return np.bincount(np.clip(places, 0, bins - 1), minlength=bins)


def difficulty(scores: np.ndarray, points: np.ndarray) -> np.ndarray:
    """How easy is each item: the mean share of its points that was earned?

    Known as the difficulty index p although it grows with easiness. `points`: what each item is worth. Shape
    (items,); nan for an item that nobody has a grade for or that is worth nothing.
    """
    scores, points = np.asarray(scores, dtype=float), np.asarray(points, dtype=float)
    graded = ~np.isnan(scores)
    count = graded.sum(axis=0)
    sums = np.where(graded, scores, 0.0).sum(axis=0)
    return _ratio(sums, count * points)


def item_rest(scores: np.ndarray) -> np.ndarray:
    """Does an item agree with the rest: the correlation of its points with the sum of the other settled items?

    Pearson's r, each item against a total without itself, so that it does not correlate with itself. Shape
    (items,); nan with fewer than three submissions, or where the item or the rest is the same for everybody.
    """
    scores = np.asarray(scores, dtype=float)
    settled = ~np.isnan(scores).any(axis=0)
    total = scores[:, settled].sum(axis=1)
    found = np.full(scores.shape[1], np.nan)
    for item, column in enumerate(scores.T):
        rows = ~np.isnan(column)
        rest = total - column if settled[item] else total
        found[item] = _correlation(column[rows], rest[rows])
    return found


def upper_lower(scores: np.ndarray, points: np.ndarray, group: float = GROUP) -> np.ndarray:
    """Does an item tell strong from weak: its mean share of points in the upper group minus that in the lower?

    The groups are the `group` of submissions with the highest and the lowest totals, at least one each. Who ties
    at a group's edge belongs to it in part, in equal parts. Shape (items,), from −1 to 1 without extra credit;
    nan where all have the same total.
    """
    scores, points = np.asarray(scores, dtype=float), np.asarray(points, dtype=float)
    settled = ~np.isnan(scores).any(axis=0)
    total = np.round(scores[:, settled].sum(axis=1), 6)
    found = np.full(scores.shape[1], np.nan)
    for item, column in enumerate(scores.T):
        rows = ~np.isnan(column)
        graded, rank = column[rows], total[rows]
        if rank.size < 2 or np.ptp(rank) == 0 or not points[item] > 0:
            continue
        size = max(1.0, group * rank.size)
        upper, lower = _weights(rank, size), _weights(-rank, size)
        found[item] = (graded @ upper - graded @ lower) / (size * points[item])
    return found


def _weights(rank: np.ndarray, size: float) -> np.ndarray:
    """How far each belongs to the `size` highest: 1 above the edge, an equal part of what is left on it."""
    weights, left = np.zeros(rank.size), size
    for value in np.unique(rank)[::-1]:
        tied = rank == value
        weights[tied] = min(1.0, left / tied.sum())
        left -= weights[tied].sum()
        if left <= 0:
            break
    return weights


def _correlation(x: np.ndarray, y: np.ndarray) -> float:
    if x.size < FEWEST:
        return np.nan
    dx, dy = x - x.mean(), y - y.mean()
    # Sums of decimals that are equal on paper differ in the last bit: that is no spread.
    if np.abs(dx).max() < 1e-9 or np.abs(dy).max() < 1e-9:
        return np.nan
    dx, dy = dx / np.abs(dx).max(), dy / np.abs(dy).max()
    return float(np.clip(dx @ dy / np.sqrt((dx @ dx) * (dy @ dy)), -1, 1))


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)
