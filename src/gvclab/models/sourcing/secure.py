"""Block F: which of several critical inputs to secure with a limited budget."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from ..domain import choice, number, within

MOST_ITEMS = 15  # items: every one of the 2^15 sets is looked at
MOST_COST = 1e9  # sums are compared to twelve decimals


class Secured(NamedTuple):
    """The best set of items to secure and what it achieves."""

    items: tuple[int, ...]  # positions of the secured items
    spent: float  # what they cost
    averted: float  # expected loss averted: sum of probability x loss over the set
    worst: float  # greatest loss among the items left open; 0 if none is


def secure(loss, prob, cost, budget, mode: Literal["independent", "weakest"] = "independent") -> Secured:
    """Which inputs should be secured, if they are cut off one by one, or all at once?

    Formula: `independent` maximises sum of prob_j loss_j over the secured set; `weakest` (all embargoes come
    together and the worst open gap decides) minimises max loss_j over the items left open. Both subject to
    sum of cost_j <= budget. Exact: every set is compared. Among equally good sets the cheapest is taken,
    among those the one with the earliest items.

    Parameters: loss in [0, 1e9], prob in [0, 1], cost in [0, 1e9]: sequences of one length, at most 15 (nothing is
    secured of none); budget in [0, 1e9].
    Raises ValueError naming a value outside its domain, unequal lengths, or an unknown mode.
    Source: 0/1 knapsack and bottleneck selection (textbook).
    """
    loss, prob, cost = (
        np.atleast_1d(within(name, value, 0, high))
        for name, value, high in (("loss", loss, MOST_COST), ("prob", prob, 1), ("cost", cost, MOST_COST))
    )
    budget = number("budget", budget, 0, MOST_COST)
    if not loss.ndim == prob.ndim == cost.ndim == 1:
        raise ValueError(
            f"loss, prob, cost have shapes {loss.shape}, {prob.shape}, {cost.shape}; they must be sequences"
        )
    if not len(loss) == len(prob) == len(cost) <= MOST_ITEMS:
        raise ValueError(
            f"loss, prob, cost have {len(loss)}, {len(prob)}, {len(cost)} items; "
            f"they must be of one length, at most {MOST_ITEMS}"
        )
    choice("mode", mode, ("independent", "weakest"))
    # One row a set; the first item is the highest bit, so that later rows hold earlier items.
    bits = np.arange(len(loss))[::-1]
    sets = (np.arange(2 ** len(loss))[:, None] >> bits & 1).astype(bool)
    spent = sets @ cost
    averted = sets @ (prob * loss)
    worst = np.where(sets, 0.0, loss).max(axis=1, initial=0.0)
    harm = -averted if mode == "independent" else worst
    harm = np.where(spent <= budget * (1 + 1e-12), harm, np.inf)
    # Sums of the same numbers in another order may differ in the last bit: compare rounded.
    best = np.lexsort((-np.arange(len(sets)), spent.round(12), harm.round(12)))[0]
    items = tuple(np.flatnonzero(sets[best]).tolist())
    return Secured(items, float(spent[best]), float(averted[best]), float(worst[best]))
