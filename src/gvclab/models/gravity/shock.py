"""What changes, in the form that the equations use."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..domain import fitted
from .economy import MOST_TARIFF, World, balanced

THAT, LHAT = (1e-12, 1e12), (1e-6, 1e6)  # smallest and largest changes
_LINK = 1e-12  # of a buyer's spending on a sector: less than that ties no wages together


class Changes(NamedTuple):
    """A shock. `blocks` labels the countries: those that trade with one another, directly or through others."""

    B: np.ndarray  # (S, N, N) π T̂ τ̂^(-θ) by sector, buyer, seller
    net_of_tariff: np.ndarray  # (N, N, S) 1/(1 + t')
    Lhat: np.ndarray  # (N,)
    D: np.ndarray  # (N,)
    blocks: np.ndarray  # (N,)


def changes(
    world: World,
    khat: ArrayLike,
    tariffs: ArrayLike | None,
    That: ArrayLike,
    Lhat: ArrayLike,
    deficits: ArrayLike | None,
) -> tuple[Changes, np.ndarray]:
    """The shock and the new tariffs (N, N, S). ValueError for values outside the domains of `solve`."""
    N, S = world.alpha.shape
    khat = fitted("khat", khat, (N, N, S), 0, np.inf, open_low=True)
    tariff = world.tariff if tariffs is None else tariffs
    tariff = fitted("tariffs", tariff, (N, N, S), -1, MOST_TARIFF, open_low=True)
    tariff = np.where(np.eye(N, dtype=bool)[:, :, None], 0.0, tariff)
    That = fitted("That", That, (N, S), *THAT)
    Lhat = fitted("Lhat", Lhat, (N,), *LHAT)
    D = fitted("deficits", world.D if deficits is None else deficits, (N,))
    balanced("deficits", D, world.wL.sum())
    barrier = khat * (1 + tariff) / (1 + world.tariff)
    with np.errstate(over="ignore", invalid="ignore"):  # 0 x inf, where nothing was traded, is seen below
        B = world.pi * That * barrier**-world.theta
    if not np.isfinite(B).all():
        n, i, s = np.argwhere(~np.isfinite(B))[0]
        raise ValueError(
            f"khat, tariffs and That make {world.sectors[s]} from {world.countries[i]} in {world.countries[n]} "
            "cheaper than can be computed; choose a smaller shock"
        )
    if (empty := B.sum(axis=1) == 0).any():
        n, s = np.argwhere(empty)[0]
        raise ValueError(f"khat leaves {world.countries[n]} without a supplier of {world.sectors[s]}")
    B = B.transpose(2, 0, 1).copy()
    return Changes(B, 1 / (1 + tariff), Lhat, D, _balanced_blocks(world, B, D)), tariff


def part_way(world: World, shock: Changes, s: float) -> Changes:
    """The part s of a shock, 0 (none) to 1 (all): trade costs, tariffs, productivity and labour in logarithms.

    A flow that the shock forbids fades as (1-s)⁴.
    """
    if s == 1:
        return shock
    before = world.pi.transpose(2, 0, 1)
    forbidden = (shock.B == 0) & (before > 0)
    B = np.where(forbidden, before * (1 - s) ** 4, before ** (1 - s) * shock.B**s)
    net = (1 + world.tariff) ** (s - 1) * shock.net_of_tariff**s
    return Changes(B, net, shock.Lhat**s, (1 - s) * world.D + s * shock.D, _blocks(B, 0.0))


def _balanced_blocks(world: World, B: np.ndarray, D: np.ndarray) -> np.ndarray:
    """The blocks of a shock. Countries that hardly trade count as apart where their deficits let them."""
    for least in (_LINK, 0.0):
        blocks = _blocks(B, least)
        owed = np.bincount(blocks, D)
        unpaid = np.abs(owed) > 1e-9 * world.wL.sum()
        if not unpaid.any():
            return blocks
    if (apart := np.unique(blocks)).size > 1:
        block = min(apart[unpaid[apart]], key=lambda each: (blocks == each).sum())
        members = ", ".join(np.array(world.countries)[blocks == block])
        raise ValueError(
            f"khat cuts {members} off from all others, while deficits there sum to {owed[block]:g}: without trade "
            "nobody can pay for or deliver what is lent, so there is no equilibrium; set deficits=0"
        )
    return blocks


def _blocks(B: np.ndarray, least: float) -> np.ndarray:
    """(N,) for each country the first one that it trades with, directly or through others."""
    linked = (least * B.sum(axis=2, keepdims=True) < B).any(axis=0)
    linked |= linked.T
    np.fill_diagonal(linked, True)
    while not linked.all() and ((wider := linked @ linked) != linked).any():
        linked = wider
    return linked.argmax(axis=1)
