"""The two worlds in which the trade war is fought: the table of 2011 and the stylised one."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from gvclab.content import cached_by_language
from gvclab.models import gravity, world

from ..world import GOODS, THETA, calibrated, named

BILLION = 1e3  # of the table's million


class Arena(NamedTuple):
    """A world in which the United States and China may put tariffs on each other's goods."""

    world: gravity.World
    goods: tuple[str, ...]
    names: tuple[str, ...]
    unit: float  # money of the world per unit of money shown

    @property
    def usa(self) -> int:
        return self.world.country("USA")

    @property
    def china(self) -> int:
        return self.world.country("CHN")

    def tariffs(self, rate: float, answered: bool) -> np.ndarray:
        """(N, N, S) the tariffs when the United States put `rate` on goods from China on top of what there is.

        Answered, China does the same to them.
        """
        hit = self.world.border("USA", "CHN", self.goods)
        if answered:
            hit = hit | self.world.border("CHN", "USA", self.goods)
        return self.world.tariff + rate * hit


@cached_by_language
def arena(kind: str, theta: float) -> Arena:
    """The world `table` with one elasticity, or `stylised` with its own times theta / THETA."""
    if kind == "stylised":
        made = replace(world.make(), theta=np.array(world.THETA) * theta / THETA)
        return Arena(made, world.GOODS, tuple(named(made.countries, stylised=True)), 1.0)
    made = replace(calibrated(), theta=np.full(len(calibrated().sectors), theta))
    return Arena(made, GOODS, tuple(named(made.countries)), BILLION)
