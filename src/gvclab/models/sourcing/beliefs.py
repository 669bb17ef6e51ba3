"""Block D: how the perceived probability of a crisis rises after one, and fades."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from ..domain import number, within

# Prior counts of crises and of calm years; memory; weight of a crisis in memory (salience).
A0, B0, DELTA, KAPPA = 1.0, 19.0, 0.9, 3.0
MOST_COUNTS = 1e9  # observations
MOST_YEARS = 100_000


def calm_belief(a0=A0, b0=B0, delta=DELTA) -> float:
    """What probability of a crisis does a firm believe in after a very long calm?

    Formula: a0 / (a0 + b0 + 1/(1 - delta)). With delta = 1 nothing is ever forgotten and there is no such
    state; the prior a0 / (a0 + b0) takes its place, here and in the other functions of this block.

    Parameters: a0, b0 in (0, 1e9], prior counts; delta in [0, 1], the part of experience that is kept each year.
    Raises ValueError naming a value outside its domain.
    Source: discounted Beta-Bernoulli learning (derived).
    """
    a, b = _calm_counts(a0, b0, delta)
    return a / (a + b)


def belief_path(crises: Iterable[int], years: int = 40, a0=A0, b0=B0, delta=DELTA, kappa=KAPPA) -> np.ndarray:
    """How does the perceived probability move through calm years and crises?

    Formula: A' = a0 + delta (A - a0) + kappa d, B' = b0 + delta (B - b0) + (1 - d), p = A / (A + B),
    where d = 1 in a crisis year, else 0. It starts from a long calm (`calm_belief`).

    Parameters
    ----------
    crises : the years, from 1 to `years` (at most 100,000), in which there is a crisis; none for calm.
    kappa : in [0, 1e9], how many ordinary observations one crisis counts for; others as in `calm_belief`.

    Returns an array of years + 1 probabilities: entry 0 is the calm start, entry t the belief after year t.
    Raises ValueError naming a value outside its domain.
    Source: as `calm_belief`; salience after availability (Tversky and Kahneman 1973, not verified).
    """
    years = number("years", years, 0, MOST_YEARS, whole=True)
    if not np.ndim(within("crises", list(crises) if isinstance(crises, (set, frozenset, range)) else crises)):
        raise ValueError(f"crises = {crises} must be a sequence of years")
    crises = {number("crises", year, 1, MOST_YEARS, whole=True) for year in crises}
    if crises and max(crises) > years:
        raise ValueError(f"crises = {max(crises)} must lie within years = {years}")
    kappa = number("kappa", kappa, 0, MOST_COUNTS)
    a, b = _calm_counts(a0, b0, delta)
    path = [a / (a + b)]
    for year in range(1, years + 1):
        crisis = year in crises
        a = a0 + delta * (a - a0) + kappa * crisis
        b = b0 + delta * (b - b0) + (not crisis)
        path.append(a / (a + b))
    return np.array(path)


def belief_after(t, a0=A0, b0=B0, delta=DELTA, kappa=KAPPA):
    """What does a firm believe t years after a single crisis? At t = 1 the crisis has just been counted.

    Formula: with e = delta^(t-1), p_t = (a0 + kappa e) / (a0 + kappa e + B - e), B = b0 + 1/(1 - delta);
    for delta = 1 the calm count B - e is b0 + t - 1.

    Parameters: t, whole number from 1 to 100,000, or an array of them; others as in `belief_path`.
    Returns a probability, a float or an array. Raises ValueError naming a value outside its domain.
    Source: closed form of `belief_path` (derived).
    """
    t = within("t", t, 1, MOST_YEARS, whole=True)
    kappa = number("kappa", kappa, 0, MOST_COUNTS)
    _, calm = _calm_counts(a0, b0, delta)
    faded = np.power(float(delta), np.asarray(t) - 1.0)
    a = a0 + kappa * faded
    b = calm - faded if delta < 1 else calm + np.asarray(t) - 1.0
    p = a / (a + b)
    return float(p) if np.ndim(p) == 0 else p


def return_time(pbar, a0=A0, b0=B0, delta=DELTA, kappa=KAPPA) -> float:
    """After how many years does a crisis fade, so that the perceived probability is below pbar again?

    Formula: the first whole t >= 1 with t > 1 + ln[(o B - a0) / (kappa + o)] / ln(delta), where
    o = pbar / (1 - pbar) and B = b0 + 1/(1 - delta); for delta = 1, with t > 1 + (a0 + kappa)/o - b0.
    Infinite when the calm belief itself is not below pbar.

    Parameters: pbar in [1e-9, 1); others as in `belief_path`.
    Returns years, a whole number as a float, or inf. Raises ValueError naming a value outside its domain.
    Source: derived from `belief_after`.
    """
    pbar, kappa = number("pbar", pbar, 1e-9, 1, open_high=True), number("kappa", kappa, 0, MOST_COUNTS)
    a0, calm = _calm_counts(a0, b0, delta)
    odds = pbar / (1 - pbar)
    if delta == 1:
        bound = 1 + (a0 + kappa) / odds - calm
    elif odds * calm <= a0:
        return math.inf
    elif delta == 0:
        bound = 1.0 if belief_after(1, a0, b0, delta, kappa) >= pbar else 0.0
    else:
        bound = 1 + math.log((odds * calm - a0) / (kappa + odds)) / math.log(delta)
    return float(max(1, math.floor(bound) + 1))


def _calm_counts(a0, b0, delta) -> tuple[float, float]:
    """Counts of crises and of calm years in memory after a long calm."""
    a0 = number("a0", a0, 0, MOST_COUNTS, open_low=True)
    b0 = number("b0", b0, 0, MOST_COUNTS, open_low=True)
    delta = number("delta", delta, 0, 1)
    return a0, b0 if delta == 1 else b0 + 1 / (1 - delta)
