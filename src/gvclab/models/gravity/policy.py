"""Tariffs as a choice: what suits one country, and what happens when everybody does it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from .economy import World
from .hat import Equilibrium, solve


class TariffChoice(NamedTuple):
    """tariff: the chosen rate of each player, in their order; equilibrium: the world under these rates."""

    tariff: np.ndarray
    equilibrium: Equilibrium


def optimal_tariff(
    world: World,
    country: str,
    against: str | Iterable[str] | None = None,
    sectors: str | Iterable[str] | None = None,
    highest: float = 2.0,
    tariffs: np.ndarray | None = None,
) -> TariffChoice:
    """The one rate on imports `against` these countries (all) and sectors (all) that suits `country` best
    while nobody answers.

    Searched between 0 and `highest` with the other tariffs as in `tariffs` (the world's own if not given).
    """
    from scipy.optimize import minimize_scalar  # here: only this search needs it

    border = world.border(country, against, sectors)
    given = world.tariff if tariffs is None else tariffs
    n = world.country(country)
    last: Equilibrium | None = None

    def loss(rate: float) -> float:
        nonlocal last  # the next rate is near: start from there
        last = solve(world, tariffs=np.where(border, rate, given), start=last, tol=1e-12)
        return -float(last.welfare[n])

    rate = minimize_scalar(loss, bounds=(0, highest), method="bounded", options={"xatol": 1e-7}).x
    return TariffChoice(np.array([rate]), solve(world, tariffs=np.where(border, rate, given), start=last))


def nash_tariffs(
    world: World, players: Iterable[str], sectors: str | Iterable[str] | None = None, tol: float = 1e-6
) -> TariffChoice:
    """The tariff war: each player's rate on all the others suits it best given theirs. Best responses in turn
    until none moves by `tol`.

    Raises RuntimeError where 100 rounds do not settle it.
    """
    players = tuple(players)
    sectors = sectors if sectors is None or isinstance(sectors, str) else tuple(sectors)
    tariffs, rates = world.tariff, np.zeros(len(players))
    for _ in range(100):
        before = rates.copy()
        for p, player in enumerate(players):
            others = [other for other in players if other != player]
            rates[p] = optimal_tariff(world, player, others, sectors, tariffs=tariffs).tariff[0]
            tariffs = np.where(world.border(player, others, sectors), rates[p], tariffs)
        if np.abs(rates - before).max() < tol:
            return TariffChoice(rates, solve(world, tariffs=tariffs))
    raise RuntimeError(f"best responses have not settled after 100 rounds; the rates are {np.round(rates, 4)}")
