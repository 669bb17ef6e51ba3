"""One stylised world of 8 regions x 4 sectors, made up, for tests and for exercises that need round numbers.

Nothing here is a measurement: say so wherever it is shown. Units: per cent of world GDP.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from .domain import array, instance, number
from .gravity import World, as_table, ras, sector_shares
from .gravity.economy import LEAST_THETA, MOST_THETA, balanced, spending
from .iotable import ICIO, from_arrays

REGIONS = ("USA", "NAM", "DEU", "REU", "CHN", "JKR", "SEA", "ROW")
SECTORS = ("PRI", "LOW", "HIGH", "SVC")
GOODS = SECTORS[:3]
POLES = {
    "USA": "North America",
    "NAM": "North America",
    "DEU": "Europe",
    "REU": "Europe",
    "CHN": "Asia",
    "JKR": "Asia",
    "SEA": "Asia",
    "ROW": "Rest",
}
GDP = (24.4, 3.4, 4.4, 19.0, 16.3, 7.8, 4.3, 20.4)
POPULATION = (330, 165, 83, 455, 1400, 178, 690, 4400)  # millions, rounded

DEFICIT = (0.70, 0, -0.25, -0.05, -0.20, -0.05, -0.10, -0.05)
MOST_DEFICIT = 3.0  # per cent of world GDP; the smallest region earns 3.4
_ALPHA = (0.05, 0.13, 0.12, 0.70)
THETA = (8, 5, 4, 5)
_INPUTS = (
    (0.14, 0.12, 0.03, 0.01),
    (0.10, 0.26, 0.10, 0.06),
    (0.06, 0.08, 0.34, 0.05),
    (0.18, 0.18, 0.19, 0.26),
)
_HUB_INPUTS = {
    "CHN": (0.03, 0.08, 0.50, 0.12),
    "SEA": (0.03, 0.08, 0.52, 0.12),
    "NAM": (0.03, 0.08, 0.48, 0.13),
}
_ADVANTAGE = (
    (1.0, 0.6, 1.4, 1.3),
    (1.6, 0.9, 0.8, 0.7),
    (0.3, 0.8, 2.0, 0.9),
    (0.6, 0.9, 1.1, 1.1),
    (0.6, 2.4, 1.0, 0.6),
    (0.2, 0.7, 2.2, 0.8),
    (1.0, 1.5, 1.2, 0.6),
    (2.8, 0.9, 0.25, 0.7),
)
_FREENESS_NEAR, _FREENESS_FAR = (0.12, 0.015), (0.028, 0.0065)  # goods, services
_TARIFF_NEAR, _TARIFF_FAR = 0.02, 0.05  # on goods


def make(theta: Sequence[float] = THETA, deficit: Sequence[float] = DEFICIT) -> World:
    """The stylised world: π_nis ∝ A_i B_is φ_nis (1+t_nis)^(-θ_s), with A_i such that labour income is the
    GDP above.

    theta: (S,) trade elasticities, from 1e-9 to 1e3; deficit: (N,), sum 0, within 3 (`(0,) * 8` balances trade). The
    shares of another theta differ a little, since tariffs act through it; to keep them,
    `dataclasses.replace(make(), theta=...)`. Raises ValueError naming a value outside its domain.
    """
    theta = array("theta", theta, (len(SECTORS),), LEAST_THETA, MOST_THETA)
    deficit = array("deficit", deficit, (len(REGIONS),), -MOST_DEFICIT, MOST_DEFICIT)
    balanced("deficit", deficit, 1e-3)  # finer than a world asks: incomes are met to 1e-13
    return _made(tuple(theta.tolist()), tuple(deficit.tolist()))


@cache
def _made(theta: tuple[float, ...], deficit: tuple[float, ...]) -> World:
    pole = [POLES[region] for region in REGIONS]
    near = np.array([[a == b != "Rest" for b in pole] for a in pole])[:, :, None]
    own = np.eye(len(REGIONS), dtype=bool)[:, :, None]
    goods = np.isin(SECTORS, GOODS)
    freeness = np.where(near, np.where(goods, *_FREENESS_NEAR), np.where(goods, *_FREENESS_FAR))
    freeness = np.where(own, 1.0, freeness)
    tariff = np.where(~own & goods, np.where(near, _TARIFF_NEAR, _TARIFF_FAR), 0.0)
    theta, gdp, D = (np.array(values, dtype=float) for values in (theta, GDP, deficit))
    gamma = np.repeat(np.array(_INPUTS)[None], len(REGIONS), axis=0)
    for region, column in _HUB_INPUTS.items():
        gamma[REGIONS.index(region), :, SECTORS.index("HIGH")] = column
    alpha = np.tile(_ALPHA, (len(REGIONS), 1))
    va = 1 - gamma.sum(axis=1)
    pull = np.array(_ADVANTAGE) * freeness * (1 + tariff) ** -theta
    A = np.ones(len(REGIONS))
    for _ in range(10_000):
        pi = A[:, None] * pull
        pi /= pi.sum(axis=1, keepdims=True)
        labour = (va * spending(pi, tariff, gamma, alpha, gdp + D).Y).sum(axis=1)
        if np.abs(gdp / labour - 1).max() < 1e-13:
            break
        A = A * np.sqrt(gdp / labour)
    else:
        raise ValueError(f"theta = {theta.tolist()}, deficit = {D.tolist()}: no world with these has the GDP above")
    return World(REGIONS, SECTORS, pi, tariff, gamma, alpha, theta, gdp, D)


def icio(world: World | None = None) -> ICIO:
    """The stylised world (or another) as an inter-country table, net of tariffs: its GDP exceeds labour
    income by the duties on inputs.
    """
    return as_table(make() if world is None else world)


def us_groups(world: World | None = None) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Factory towns, tech hubs and the rest of the United States, as `gravity.roy` takes them: income shares
    and sector shares.
    """
    world = make() if world is None else instance("world", world, World)
    if "USA" not in world.countries or world.sectors != SECTORS:
        raise ValueError(f"world has the sectors {world.sectors}; it must have the USA and the sectors {SECTORS}")
    income = np.array([0.12, 0.15, 0.73])
    seed = income[:, None] * [[0.10, 0.45, 0.15, 0.30], [0.02, 0.05, 0.40, 0.53], [0.05, 0.03, 0.05, 0.87]]
    fitted = ras(seed, income, sector_shares(world)[world.country("USA")])
    return {"USA": (income, fitted / income[:, None])}


def two_countries(imports: float = 0.3, size: float = 1.0, theta: float = 5.0) -> World:
    """Home and Foreign with one sector, no inputs and free, balanced trade: for tariffs that one can follow.

    imports: what Home spends on foreign goods per unit that it spends on its own, from 0; size: Foreign's
    income, Home's is 1; theta: trade elasticity, from 1e-9 to 1e3. Raises ValueError where Home's imports exceed
    that income.
    """
    imports, size = number("imports", imports, 0, 1e9), number("size", size, 1e-9, 1e9)
    theta = number("theta", theta, LEAST_THETA, MOST_THETA)
    traded = imports / (1 + imports)
    abroad = number("imports over size, the share of imports in Foreign's spending,", traded / size, 0, 1)
    pi = np.array([[1 - traded, traded], [abroad, 1 - abroad]])[:, :, None]
    nothing = np.zeros((2, 1, 1))
    return World(
        ("Home", "Foreign"), ("goods",), pi, np.zeros((2, 2, 1)), nothing, np.ones((2, 1)), (theta,), (1, size), (0, 0)
    )


def triangle(parts: float = 60, design: float = 20, assembly: float = 20) -> ICIO:
    """A phone: Japan sells parts to China, the United States a design, China the phone to the United States.

    Its price is the sum of the three, each the value that its country adds; all from 0 to 1e9.
    """
    parts, design, assembly = (
        number(name, value, 0, 1e9) for name, value in (("parts", parts), ("design", design), ("assembly", assembly))
    )
    Z, F = np.zeros((3, 3)), np.zeros((3, 3))
    usa, chn, jpn = range(3)
    Z[jpn, chn], Z[usa, chn], F[chn, usa] = parts, design, parts + design + assembly
    return from_arrays(Z, F, ("USA", "CHN", "JPN"), ("all",))
