"""The wages at which labour markets clear: Newton's method with the exact Jacobian, and a way to start it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .economy import World, received, spending_matrix
from .shock import Changes, part_way

_ROUNDS = 50
_SHORTEST = 1 / 64  # part of the shock


class State(NamedTuple):
    """Everything that log wages imply, and how far labour markets are from clearing (in logs)."""

    unknown: np.ndarray
    lnP: np.ndarray
    pi: np.ndarray
    net: np.ndarray
    X: np.ndarray
    Y: np.ndarray
    supply: object
    demand: np.ndarray
    excess: np.ndarray

    @property
    def residual(self) -> float:
        return float(np.abs(self.excess).max())


def search(
    world: World, shock: Changes, closure, unknown: np.ndarray, lnP: np.ndarray, tol: float
) -> tuple[State | None, int]:
    """The state where all labour markets clear to `tol`, and the steps it took; None where they do not."""
    state, rounds = _evaluate(world, shock, closure, unknown, lnP), 0
    while state is not None and not state.residual <= tol:
        if rounds == _ROUNDS:
            return None, rounds
        state = _step(world, shock, closure, state)
        rounds += 1
    return state, rounds


def follow(world: World, shock: Changes, closure, tol: float) -> tuple[State | None, int]:
    """`search` for shocks that are too large for one search: from the base on, by parts of the shock.

    Stops early at a state that is none, see `without_income`.
    """
    unknown, lnP = np.zeros(closure.unknowns(world)), np.zeros(world.alpha.shape)
    done, part, state, rounds = 0.0, 0.5, None, 0
    while done < 1:
        s = min(1.0, done + part)
        trial = part_way(world, shock, s)
        found, steps = search(world, trial, closure, unknown, lnP, tol)
        rounds += steps
        if found is not None:
            state, done, part = found, s, 1.5 * part
            unknown, lnP = state.unknown, state.lnP
            if without_income(world, trial, state) is not None:
                return state, rounds
        elif (part := part / 2) < _SHORTEST:
            return None, rounds
    return state, rounds


def final_income(world: World, shock: Changes, state: State) -> np.ndarray:
    """(N,) labour income, tariff revenue and deficit."""
    return state.supply.by_country + revenue(world, state) + shock.D


def revenue(world: World, state: State) -> np.ndarray:
    """(N,) tariff revenue."""
    return (state.X * (1 - state.net.sum(axis=1))).reshape(world.alpha.shape).sum(axis=1)


def without_income(world: World, shock: Changes, state: State) -> int | None:
    """A country whose income or spending is not above 0, so that the state is no equilibrium."""
    least = np.minimum(state.X.reshape(world.alpha.shape).min(axis=1), 0) + 1e-12 * np.abs(state.X).max()
    bad = (final_income(world, shock, state) <= 0) | (least < 0)
    return int(bad.argmax()) if bad.any() else None


def _prices(world: World, shock: Changes, wages: np.ndarray, lnP: np.ndarray):
    """Log prices and π' for given log wages: a contraction, because every sector uses some labour.

    None where it does not settle.
    """
    theta, own = world.theta, world.va * wages
    settled = 1e-13 + 1e-15 / theta.min()  # the logarithm of a sum near 1, divided by a small θ, is not sharper
    for _ in range(5000):
        power = np.exp(-theta * (own + (lnP[:, None, :] @ world.gamma)[:, 0, :]))  # ĉ^(-θ), (N, S)
        total = (shock.B @ power.T[:, :, None])[..., 0].T
        last, lnP = lnP, -np.log(total) / theta
        change = np.abs(lnP - last).max()
        if change < settled:
            return lnP, shock.B.transpose(1, 2, 0) * power / total[:, None, :]
        if not np.isfinite(change):
            return None
    return None


def _evaluate(world: World, shock: Changes, closure, unknown: np.ndarray, lnP: np.ndarray) -> State | None:
    """The state at these log wages; None where they leave no prices, or a market that nobody demands."""
    # Wages far from the solution may take numbers out of range: what is not finite is refused at the end.
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        # Supply is homogeneous in wages, so the numeraire (labour income of each block unchanged) can be met.
        total = np.bincount(shock.blocks, closure.supply(world, unknown, shock.Lhat).by_country)
        before = np.bincount(shock.blocks, world.wL)
        shift = np.log(total[shock.blocks] / before[shock.blocks])
        unknown = unknown - np.repeat(shift, unknown.size // shift.size)
        supply = closure.supply(world, unknown, shock.Lhat)
        priced = _prices(world, shock, closure.wages(world, unknown), lnP)
        if priced is None:
            return None
        lnP, pi = priced
        net = received(pi * shock.net_of_tariff)
        earned = world.alpha * (supply.by_country + shock.D)[:, None]
        try:
            X = np.linalg.solve(spending_matrix(net, world.gamma, world.alpha), earned.ravel())
        except np.linalg.LinAlgError:
            return None
        Y = X @ net
        demand = closure.collapse(world, world.va.ravel() * Y)
        excess = np.log(demand) - np.log(supply.offered)
        excess = np.where(supply.offered > 0, excess, unknown)  # a market without workers is idle: its wage stays
    if not np.isfinite(excess).all():
        return None
    return State(unknown, lnP, pi, net, X, Y, supply, demand, excess)


def _numeraires(world: World, shock: Changes, state: State) -> list[tuple[int, np.ndarray]]:
    """One market of each block, the largest, and the block's countries.

    By Walras's law that market is redundant: the numeraire takes its place.
    """
    offered, label = state.supply.offered, np.repeat(shock.blocks, state.supply.offered.size // shock.blocks.size)
    return [
        (int(np.where(label == block, offered, -1).argmax()), shock.blocks == block)
        for block in np.flatnonzero(np.bincount(shock.blocks))
    ]


def _jacobian(world: World, shock: Changes, closure, state: State, numeraires) -> tuple[np.ndarray, np.ndarray]:
    """Derivatives of excess demand and of log prices in the unknowns, by the chain rule through prices,
    shares and spending.
    """
    N, S = world.alpha.shape
    size = N * S
    theta = np.tile(world.theta, N)[:, None]
    pi = received(state.pi)
    through_inputs = (world.gamma.transpose(0, 2, 1) @ pi.reshape(N, S, size)).reshape(size, size)
    dlnc = np.linalg.solve(np.eye(size) - through_inputs, closure.spread(world, world.va))
    dlnP = pi @ dlnc
    flows = state.net * state.X[:, None]
    dY = theta * (flows.T @ dlnP - state.Y[:, None] * dlnc)  # at given spending
    dnet = theta * (flows.sum(axis=1)[:, None] * dlnP - flows @ dlnc)  # what of it reaches sellers
    earned = state.supply.country_slope - dnet.reshape(N, S, -1).sum(axis=1)
    spent = world.gamma @ dY.reshape(N, S, -1) + world.alpha[:, :, None] * earned[:, None, :]
    matrix = spending_matrix(state.net, world.gamma, world.alpha)
    dY += state.net.T @ np.linalg.solve(matrix, spent.reshape(size, -1))
    demand_slope = closure.collapse(world, world.va.reshape(-1, 1) * dY)

    offered, idle = state.supply.offered, state.supply.offered <= 0
    safe = np.where(idle, 1, offered)
    jacobian = demand_slope / np.where(idle, 1, state.demand)[:, None] - state.supply.slope / safe[:, None]
    jacobian[idle] = np.eye(len(offered))[idle]
    for market, members in numeraires:
        jacobian[market] = state.supply.country_slope[members].sum(axis=0) / state.supply.by_country[members].sum()
    return jacobian, dlnP


def _step(world: World, shock: Changes, closure, state: State) -> State | None:
    """A Newton step, shortened until it helps; None where no length does."""
    numeraires = _numeraires(world, shock, state)
    target = -state.excess
    target[[market for market, _ in numeraires]] = 0
    try:
        jacobian, dlnP = _jacobian(world, shock, closure, state, numeraires)
        step = np.linalg.solve(jacobian, target)
    except np.linalg.LinAlgError:
        return None
    step /= max(1.0, np.abs(step).max())  # no wage changes by more than a factor e at once
    now = np.linalg.norm(state.excess)
    for _ in range(30):
        lnP = state.lnP + (dlnP @ step).reshape(state.lnP.shape)
        trial = _evaluate(world, shock, closure, state.unknown + step, lnP)
        if trial is not None and np.linalg.norm(trial.excess) < now:
            return trial
        step = step / 2
    return None
