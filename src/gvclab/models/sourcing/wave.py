"""Block E: firms that come home in fear, and whether they leave again."""

from __future__ import annotations

import numpy as np

from ..domain import array, number, within
from .beliefs import A0, B0, DELTA, KAPPA, belief_after, calm_belief

# Loss when a crisis hits production abroad; median and log-sd of the cost advantage abroad across firms.
LOSS, MEDIAN, SPREAD = 2.0, 0.15, 0.6
MOST_LOSS = 1e9


def wave(beliefs, k, loss=LOSS, median=MEDIAN, sd=SPREAD) -> np.ndarray:
    """Which share of firms produces abroad while the perceived probability of a crisis moves?

    Formula: a firm with cost advantage D abroad perceives the loss r = p loss. It comes home iff r - D > k
    and goes abroad iff D - r > k. So the firms abroad are always those with D above one threshold T, which
    follows the fear only when pushed: T_t = clip(T_{t-1}, r_t - k, r_t + k), and the share is 1 - F(T_t).

    Parameters
    ----------
    beliefs : probabilities over time, as from `belief_path`; entry 0 is the belief at which all have settled.
    k : in [0, 1e9], cost of switching; loss in (0, 1e9]: both in units of cost per unit of output.
    median, sd : in (0, 1e9], [1e-6, 1e6], of the lognormal distribution F of cost advantages (sd of the
        logarithm).

    Returns an array of shares of the length of `beliefs`. Exact: no firms are simulated.
    Raises ValueError naming a value outside its domain.
    Source: option value of waiting in its simplest form (derived; verified with simulated firms).
    """
    fear = array("beliefs", beliefs, (None,), 0, 1) * number("loss", loss, 0, MOST_LOSS, open_low=True)
    k = number("k", k, 0, MOST_LOSS)
    threshold = fear[0]
    path = []
    for r in fear:
        threshold = min(max(threshold, r - k), r + k)
        path.append(threshold)
    return 1 - _advantage_below(np.array(path), median, sd)


def scar(k, loss=LOSS, median=MEDIAN, sd=SPREAD, a0=A0, b0=B0, delta=DELTA, kappa=KAPPA):
    """Which share of firms is lost abroad for good after one crisis, although the fear has passed?

    Formula: [F(min(p_peak loss - k, p_calm loss + k)) - F(p_calm loss)]_+. It is 0 at k = 0 (all return),
    greatest at k = (p_peak - p_calm) loss / 2, and 0 again once nobody moves.

    Parameters: k in [0, 1e9], a number or an array; others as in `wave` and `belief_path`.
    Returns a share of all firms, a float or an array. Raises ValueError naming a value outside its domain.
    Source: end state of `wave` (derived).
    """
    k = within("k", k, 0, MOST_LOSS)
    loss = number("loss", loss, 0, MOST_LOSS, open_low=True)
    calm = calm_belief(a0, b0, delta) * loss
    peak = belief_after(1, a0, b0, delta, kappa) * loss
    threshold = np.minimum(peak - k, calm + k)
    lost = np.maximum(0.0, _advantage_below(threshold, median, sd) - _advantage_below(calm, median, sd))
    return float(lost) if np.ndim(lost) == 0 else lost


def _advantage_below(x, median, sd):
    """The share of firms whose cost advantage abroad is below x: the lognormal cdf."""
    from scipy.special import ndtr  # here, so that importing the models does not wait for scipy

    median, sd = number("median", median, 0, MOST_LOSS, open_low=True), number("sd", sd, 1e-6, 1e6)
    positive = np.maximum(x, np.finfo(float).tiny)
    return ndtr((np.log(positive) - np.log(median)) / sd)
