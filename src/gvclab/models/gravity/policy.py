"""Tariffs as a choice: what suits one country, and what happens when everybody does it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from ..domain import fitted, instance, names, number
from ..iotable.table import position_of
from .economy import MOST_TARIFF, World, chosen
from .hat import Equilibrium, solve


class TariffChoice(NamedTuple):
    """tariff: the chosen rate of each player, in their order; equilibrium: the world under these rates."""

    tariff: np.ndarray
    equilibrium: Equilibrium


def closing_cost(world: World) -> np.ndarray:
    """(N,) What share of its real spending does each country lose in every year if no country trades any more?

    Trade is balanced before and after, since nobody can lend goods across a closed border.
    Raises ValueError and RuntimeError as `solve` does.
    """
    border = np.where(np.eye(len(instance("world", world, World).countries), dtype=bool)[:, :, None], 1.0, np.inf)
    closed = solve(world, khat=border, deficits=0.0)
    return 1 - closed.welfare / solve(world, deficits=0.0).welfare


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

    Searched between 0 and `highest`, which is above 0 and at most 100, with the other tariffs as in `tariffs` (the
    world's own if not given).
    Raises ValueError for a value outside its domain, where `country` buys nothing from them, and where welfare
    still rises at `highest`.
    """
    from scipy.optimize import minimize_scalar  # here: only this search needs it

    n = instance("world", world, World).country(country)
    sellers = chosen("country", against, world.countries, "against")
    border = world.border(country, None, sectors) & sellers[:, None]
    if not (world.pi * border).any():
        there = ", ".join(np.array(world.countries)[sellers])
        raise ValueError(f"against = {there}: {country} buys nothing there that a tariff could be put on")
    highest = number("highest", highest, 0, 100, open_low=True)
    given = world.tariff if tariffs is None else tariffs
    given = fitted("tariffs", given, border.shape, -1, MOST_TARIFF, open_low=True)
    last: Equilibrium | None = None

    def loss(rate: float) -> float:
        nonlocal last  # the next rate is near: start from there
        last = solve(world, tariffs=np.where(border, rate, given), start=last, tol=1e-12)
        return -float(last.welfare[n])

    rate = minimize_scalar(loss, bounds=(0, highest), method="bounded", options={"xatol": 1e-7}).x
    if rate > highest * (1 - 1e-6):
        raise ValueError(f"highest = {highest}: the welfare of {country} still rises there; set it higher")
    return TariffChoice(np.array([rate]), solve(world, tariffs=np.where(border, rate, given), start=last))


def nash_tariffs(
    world: World,
    players: Iterable[str],
    sectors: str | Iterable[str] | None = None,
    tol: float = 1e-6,
    highest: float = 2.0,
) -> TariffChoice:
    """The tariff war: each player's rate on all the others suits it best given theirs. Best responses in turn
    until none moves by `tol`, which lies in [1e-7, 1]. sectors, highest: as in `optimal_tariff`.

    Raises ValueError for fewer than two players, a repeated one, and as `optimal_tariff` does; RuntimeError where
    100 rounds do not settle it.
    """
    instance("world", world, World)
    players = names("players", players)
    if len(players) < 2:
        raise ValueError(f"players = {players}: a tariff war needs two or more")
    for player in players:
        position_of("country", player, world.countries, "players")
    tol = number("tol", tol, 1e-7, 1)
    if isinstance(sectors, Iterator):  # it is gone through more than once
        sectors = tuple(sectors)
    tariffs, rates = world.tariff, np.zeros(len(players))
    for _ in range(100):
        before = rates.copy()
        for p, player in enumerate(players):
            others = [other for other in players if other != player]
            rates[p] = optimal_tariff(world, player, others, sectors, highest, tariffs).tariff[0]
            tariffs = np.where(world.border(player, others, sectors), rates[p], tariffs)
        if np.abs(rates - before).max() < tol:
            return TariffChoice(rates, solve(world, tariffs=tariffs))
    raise RuntimeError(f"best responses have not settled after 100 rounds; the rates are {np.round(rates, 4)}")
