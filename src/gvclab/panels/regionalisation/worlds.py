"""The worlds in which costs change: the stylised one, and the real table of 2011."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from gvclab.content import cached_by_language
from gvclab.models import gravity, world

from ..world import MANUFACTURES, REST, calibrated, named, pole_by_region, stylised_poles

WORLDS = ("stylised", "real")
# The eleven sectors of the real table are added up to three: a solve takes a tenth of the time, and the shares
# that the panel shows move by a few thousandths. All have one trade elasticity.
REAL_SECTORS = {"AGM": "AGM"} | dict.fromkeys(MANUFACTURES, "MAN") | dict.fromkeys(("UTC", "TTH", "BSV", "PSV"), "SVC")


class Setting(NamedTuple):
    """A world, how its places are called, and which borders are which.

    near, far: (N, N) borders within a pole and all others; goods: (S,) sectors that are goods.
    """

    world: gravity.World
    names: list[str]
    near: np.ndarray
    far: np.ndarray
    goods: np.ndarray


class Outcome(NamedTuple):
    """What a change of costs does: share of goods trade that stays within poles, goods trade, and welfare (N,), the
    last two as ratios to the world before."""

    share: float
    trade: float
    welfare: np.ndarray


@cached_by_language
def setting(name: str) -> Setting:
    """The stylised world of eight regions, or the table of 2011 with twelve and no tariffs."""
    if name == "stylised":
        made = world.make()
        return _setting(made, stylised_poles(made.countries), named(made.countries, stylised=True), world.GOODS)
    made = calibrated(tuple(REAL_SECTORS.items()))
    poles = [pole_by_region()[code] for code in made.countries]
    return _setting(made, poles, named(made.countries), ("AGM", "MAN"))


def _setting(made, poles, names, goods) -> Setting:
    own = np.eye(len(poles), dtype=bool)
    near = np.array([[a == b != REST for b in poles] for a in poles]) & ~own
    return Setting(made, names, near, ~near & ~own, np.isin(made.sectors, goods))


@lru_cache(maxsize=64)
def economy(name: str, theta: float) -> gravity.World:
    """The world with `theta` times its trade elasticities and the same trade."""
    made = setting(name).world
    return replace(made, theta=made.theta * theta)


def traded(flows: np.ndarray, asked: Setting) -> tuple[float, float]:
    """Share of goods trade within poles, and all goods trade, home sales left out."""
    goods = flows[:, :, asked.goods].sum(axis=2)
    near, far = goods[asked.near].sum(), goods[asked.far].sum()
    return float(near / (near + far)), float(near + far)


@lru_cache(maxsize=5000)
def outcome(name: str, theta: float, near: float, far: float, free: bool) -> Outcome:
    """The world after costs within poles were multiplied by `near`, between poles by `far`.

    free: tariffs within poles are gone as well.
    """
    asked, made = setting(name), economy(name, theta)
    khat = np.where(asked.near, near, np.where(asked.far, far, 1.0))[:, :, None]
    tariffs = np.where(asked.near[:, :, None], 0.0, made.tariff) if free else None
    after = gravity.solve(made, khat=khat, tariffs=tariffs)
    share, trade = traded(after.flows, asked)
    return Outcome(share, trade / traded(made.flows, asked)[1], after.welfare)
