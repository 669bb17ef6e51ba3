"""A pandemic in the world of the real table: from the state to the model."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gvclab.models.iotable import Pandemic, pandemic

from . import places
from .params import Params

POINTS = 100  # log points in a logarithm
SAME = 0.005  # log points: less is not to be seen


class LockdownSolution(NamedTuple):
    """Who takes part, and what the lockdowns cost each place, open and closed (log changes, below 0)."""

    places: places.Places
    pandemic: Pandemic

    @property
    def loss(self) -> np.ndarray:
        """(G,) what each place loses with trade, log points."""
        return -POINTS * self.pandemic.loss

    @property
    def lockdown(self) -> np.ndarray:
        """(G,) what it does to itself, and would lose behind a closed border, log points."""
        return -POINTS * self.pandemic.closed

    @property
    def gain(self) -> np.ndarray:
        """(G,) what a closed border would spare it in the pandemic, log points."""
        return self.loss - self.lockdown

    @property
    def felt(self) -> np.ndarray:
        """(G, G) whose lockdown costs the buyer in the row how much, log points."""
        return -POINTS * self.pandemic.matrix * self.pandemic.closed

    def mean(self, values: np.ndarray) -> float:
        """Weighted with income."""
        return float(self.places.weight @ values)


def solve(state: Params) -> LockdownSolution:
    """The lockdowns of the state in the world of the real table."""
    world = places.real(state.detail)
    return LockdownSolution(world, pandemic(world.opened(state.openness), state.beta, -world.spread(state.lockdowns)))
