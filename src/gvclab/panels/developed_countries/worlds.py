"""The two worlds in which the trade war is fought: the table of 2011 and the stylised one."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from gvclab.content import entry
from gvclab.data import load
from gvclab.models import gravity, world

YEAR = 2011  # the last one of the table
GOODS = ("AGM", "LTM", "RBM", "CHM", "MEQ", "ELE", "TRE")  # of the table: not utilities and services
USUAL = 5.0  # the elasticity of the table's world; the stylised one has its own around it
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


@lru_cache(maxsize=64)
def arena(kind: str, theta: float) -> Arena:
    """The world `table` with one elasticity, or `stylised` with its own times theta / 5."""
    if kind == "stylised":
        made = replace(world.make(), theta=np.array(world.THETA) * theta / USUAL)
        names = entry("panels.pandemic.regions")
        return Arena(made, world.GOODS, tuple(names[code] for code in made.countries), 1.0)
    made = replace(_calibrated(), theta=np.full(len(_calibrated().sectors), theta))
    names = entry("data.code")
    return Arena(made, GOODS, tuple(names[code] for code in made.countries), BILLION)


@cache
def _calibrated() -> gravity.World:
    """The table of 2011; what tariffs there were is in its flows, and so not in the rates."""
    return gravity.calibrate(load("icio", year=YEAR), theta=USUAL)
