"""The world of the access lab: one chain, a buyer at home, a country near its borders and one far from them.

The first and the last stage, design and sale, are at home for good. In between each stage costs 1 at home and a
little less abroad, except that the remote country makes one of these stages badly, the key component. Crossing a
border costs the sum of what the two countries' borders cost, and nothing at home: so the chain decides which borders
are worth it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from gvclab.models.division import Snake, snake

HOME, HUB, REMOTE = range(3)
PLACES = ("home", "hub", "remote")
HUB_ADVANTAGE, HUB_BORDER = 0.03, 0.05
KEY_PENALTY = 0.15  # what the key component costs more in the remote country than at home
ENDS_PENALTY = 1.0  # the same for design and sale, in both countries abroad: enough to keep them at home
EXACT = 1e-9


def key_component(stages: int) -> int:
    """The number of the stage that makes the key component, just after the middle of the chain."""
    return (stages + 1) // 2 + 1


def route(stages: int, border: float, advantage: float) -> Snake:
    """Where is each stage made, at this border cost and this advantage of the remote country?"""
    cost = np.ones((stages, len(PLACES)))
    cost[1:-1, HUB] -= HUB_ADVANTAGE
    cost[1:-1, REMOTE] -= advantage
    cost[key_component(stages) - 1, REMOTE] = 1 + KEY_PENALTY
    cost[[0, -1], 1:] += ENDS_PENALTY
    fees = np.array([0.0, HUB_BORDER, border])
    return snake(cost, (fees[:, None] + fees) * (1 - np.eye(len(PLACES))), market=HOME)


class Stretch(NamedTuple):
    """The border costs between which the chain stays the same."""

    start: float
    end: float
    path: tuple[int, ...]  # the place of each stage

    @property
    def made(self) -> np.ndarray:
        """How many stages each place makes."""
        return np.bincount(self.path, minlength=len(PLACES))

    @property
    def has_remote(self) -> bool:
        return REMOTE in self.path


def by_border(stages: int, advantage: float, dearest: float) -> list[Stretch]:
    """How the chain runs at every border cost of the remote country from 0 to `dearest`."""

    def at(border: float) -> tuple[float, int, tuple[int, ...]]:
        best = route(stages, border, advantage)
        # Each time the product enters or leaves the remote country it pays the border cost once.
        inside = np.array([*best.path, HOME]) == REMOTE
        return best.cost, int(np.abs(np.diff(inside.astype(int))).sum()), best.path

    return _stretches(at, 0.0, dearest)


def _stretches(at, low: float, high: float) -> list[Stretch]:
    """The pieces of a cost that is concave and piecewise linear; `at` gives its value, its slope and the chain."""

    def corners(left: float, right: float) -> list[float]:
        (cost_l, slope_l, _), (cost_r, slope_r, _) = at(left), at(right)
        if slope_l == slope_r:
            return []
        where = (cost_r - slope_r * right - cost_l + slope_l * left) / (slope_l - slope_r)
        if at(where)[0] > cost_l + slope_l * (where - left) - EXACT:
            return [where]
        return [*corners(left, where), *corners(where, right)]

    inner = [where for where in corners(low, high) if low + EXACT < where < high - EXACT]
    return [Stretch(a, b, at((a + b) / 2)[2]) for a, b in pairwise([low, *inner, high])]
