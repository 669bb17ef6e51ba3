"""The world after the shock: exact hat algebra, solved by Newton's method with the exact Jacobian."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..domain import within
from .closures import Mobile, Roy
from .economy import World, balanced, received, spending_matrix

_MOBILE = Mobile()


class Equilibrium(NamedTuple):
    """After the shock. Hats are ratios to the base; the unit of money leaves world labour income unchanged.

    welfare: (N,) real final spending Ŵ. wage: (N,) labour income per head ŵ. price: (N, S) P̂.
    group_income: (N, G) real income per head of each group (all of a country is one group if mobile).
    pi, tariff: (N, N, S) new shares and rates. X, Y: (N, S) spending and output.
    labour, R, D: (N,) labour income, tariff revenue, deficit.
    residual: largest log excess demand for labour. rounds: Newton steps. unknown: log wages.
    """

    welfare: np.ndarray
    wage: np.ndarray
    price: np.ndarray
    group_income: np.ndarray
    pi: np.ndarray
    tariff: np.ndarray
    X: np.ndarray
    Y: np.ndarray
    labour: np.ndarray
    R: np.ndarray
    D: np.ndarray
    residual: float
    rounds: int
    unknown: np.ndarray

    @property
    def flows(self) -> np.ndarray:
        """(N, N, S) trade net of tariffs, flows[n, i, s] from i to n."""
        return self.pi * self.X[:, None, :] / (1 + self.tariff)


class _Shock(NamedTuple):
    """What changes, in the form the equations use."""

    B: np.ndarray  # (S, N, N) π T̂ τ̂^(-θ) by sector, buyer, seller
    net_of_tariff: np.ndarray  # (N, N, S) 1/(1 + t')
    Lhat: np.ndarray
    D: np.ndarray


class _State(NamedTuple):
    """Everything that log wages imply, and how far labour markets are from clearing."""

    unknown: np.ndarray
    lnP: np.ndarray
    pi: np.ndarray
    net: np.ndarray
    X: np.ndarray
    Y: np.ndarray
    supply: object
    demand: np.ndarray
    excess: np.ndarray


def solve(
    world: World,
    khat: ArrayLike = 1.0,
    tariffs: ArrayLike | None = None,
    That: ArrayLike = 1.0,
    Lhat: ArrayLike = 1.0,
    deficits: ArrayLike | None = None,
    closure: Mobile | Roy = _MOBILE,
    start: Equilibrium | None = None,
    tol: float = 1e-10,
) -> Equilibrium:
    """What do trade costs, tariffs, productivity and labour do to everyone?

    khat: change of iceberg cost κ̂ [importer, exporter, sector], home included; inf forbids a flow.
    tariffs: the new ad valorem rates, same shape (as before if not given); a country's own goods pay none.
    That: change of productivity T̂ (N, S). Lhat: change of labour (N,). deficits: the new D (N,), sum 0.
    All of them broadcast. closure: `Mobile()` or `roy(...)`. start: an equilibrium nearby, to start from.

    Solves, with τ̂ = κ̂(1+t')/(1+t),
        ĉ_ns = ŵ_ns^va Π_k P̂_nk^γ
        P̂_ns = [Σ_i π_nis T̂_is (τ̂_nis ĉ_is)^(-θ_s)]^(-1/θ_s)
        π'_nis = π_nis T̂_is (τ̂_nis ĉ_is/P̂_ns)^(-θ_s)
    spending as in `accounts`, and labour demand = supply; then Ŵ_n = Î_n/Π_s P̂_ns^α_ns.

    Raises ValueError for a shock outside its domain, RuntimeError where labour markets do not clear to `tol`
    (in logs). Source: Caliendo and Parro 2015 (*read*: abstract and results); the algorithm is ours.
    """
    shock, tariff = _shock(world, khat, tariffs, That, Lhat, deficits)
    unknown = np.zeros(closure.unknowns(world))
    lnP = np.zeros(world.alpha.shape)
    if start is not None:
        if start.unknown.shape != unknown.shape:
            raise ValueError("start is an equilibrium of another world or closure")
        unknown, lnP = start.unknown, np.log(start.price)
    state = _evaluate(world, shock, closure, unknown, lnP)
    rounds = 0
    while (residual := np.abs(state.excess).max()) > tol:
        rounds += 1
        better = _newton(world, shock, closure, state)
        if better is None or rounds > 50:
            raise RuntimeError(
                f"no equilibrium found: labour markets miss by {residual:.2g}. Where borders nearly close, "
                "deficits cannot be paid for with goods: set deficits=0 or choose a smaller shock"
            )
        state = better
    return _equilibrium(world, shock, closure, state, tariff, residual, rounds)


def rebase(world: World, eq: Equilibrium) -> World:
    """The world in which `eq` is the base: for shocks on top of shocks (a closed world, then a pandemic)."""
    return replace(world, pi=eq.pi, tariff=eq.tariff, wL=eq.labour, D=eq.D)


def _shock(world, khat, tariffs, That, Lhat, deficits) -> tuple[_Shock, np.ndarray]:
    N, S = world.alpha.shape
    khat = _fit("khat", within("khat", khat, 0, np.inf, open_low=True), (N, N, S))
    tariff = world.tariff if tariffs is None else tariffs
    tariff = _fit("tariffs", within("tariffs", tariff, -1, open_low=True), (N, N, S))
    tariff = np.where(np.eye(N, dtype=bool)[:, :, None], 0.0, tariff)
    That = _fit("That", within("That", That, 0, open_low=True), (N, S))
    Lhat = _fit("Lhat", within("Lhat", Lhat, 0, open_low=True), (N,))
    D = _fit("deficits", world.D if deficits is None else deficits, (N,))
    balanced("deficits", D, world.wL.sum())
    barrier = khat * (1 + tariff) / (1 + world.tariff)
    B = world.pi * That * barrier**-world.theta
    if (empty := B.sum(axis=1) == 0).any():
        n, s = np.argwhere(empty)[0]
        raise ValueError(f"khat leaves {world.countries[n]} without a supplier of {world.sectors[s]}")
    return _Shock(B.transpose(2, 0, 1).copy(), 1 / (1 + tariff), Lhat, D), tariff


def _fit(name: str, value: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    try:
        return np.broadcast_to(np.asarray(value, dtype=float), shape)
    except ValueError:
        raise ValueError(f"{name} has shape {np.shape(value)}; it must fit {shape}") from None


def _prices(world: World, shock: _Shock, wages: np.ndarray, lnP: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log prices and π' for given log wages: a contraction, because every sector uses some labour."""
    theta, own = world.theta, world.va * wages
    settled = 1e-13 + 1e-15 / theta.min()  # the logarithm of a sum near 1, divided by a small θ, is not sharper
    for _ in range(5000):
        power = np.exp(-theta * (own + (lnP[:, None, :] @ world.gamma)[:, 0, :]))  # ĉ^(-θ), (N, S)
        total = (shock.B @ power.T[:, :, None])[..., 0].T
        last, lnP = lnP, -np.log(total) / theta
        if np.abs(lnP - last).max() < settled:
            break
    return lnP, shock.B.transpose(1, 2, 0) * power / total[:, None, :]


def _evaluate(world: World, shock: _Shock, closure, unknown: np.ndarray, lnP: np.ndarray) -> _State:
    # Supply is homogeneous in wages, so the numeraire (world labour income unchanged) can always be met.
    total = closure.supply(world, unknown, shock.Lhat).by_country.sum()
    unknown = unknown - np.log(total / world.wL.sum())
    supply = closure.supply(world, unknown, shock.Lhat)
    lnP, pi = _prices(world, shock, closure.wages(world, unknown), lnP)
    net = received(pi * shock.net_of_tariff)
    earned = world.alpha * (supply.by_country + shock.D)[:, None]
    X = np.linalg.solve(spending_matrix(net, world.gamma, world.alpha), earned.ravel())
    Y = X @ net
    demand = closure.collapse(world, world.va.ravel() * Y)
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = np.log(demand) - np.log(supply.offered)
    excess = np.where(supply.offered > 0, excess, unknown)  # a market without workers is idle: its wage stays
    return _State(unknown, lnP, pi, net, X, Y, supply, demand, excess)


def _jacobian(world: World, shock: _Shock, closure, state: _State) -> tuple[np.ndarray, np.ndarray]:
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
    # By Walras's law one market is redundant: the numeraire takes the place of the largest.
    jacobian[offered.argmax()] = state.supply.country_slope.sum(axis=0) / state.supply.by_country.sum()
    return jacobian, dlnP


def _newton(world: World, shock: _Shock, closure, state: _State) -> _State | None:
    """A Newton step, shortened until it helps; None where no length does."""
    jacobian, dlnP = _jacobian(world, shock, closure, state)
    target = -state.excess
    target[state.supply.offered.argmax()] = 0  # the numeraire's row
    step = np.linalg.solve(jacobian, target)
    step /= max(1.0, np.abs(step).max())  # no wage changes by more than a factor e at once
    now = np.linalg.norm(state.excess)
    for _ in range(30):
        lnP = state.lnP + (dlnP @ step).reshape(state.lnP.shape)
        trial = _evaluate(world, shock, closure, state.unknown + step, lnP)
        if np.linalg.norm(trial.excess) < now:
            return trial
        step = step / 2
    return None


def _equilibrium(world, shock, closure, state, tariff, residual, rounds) -> Equilibrium:
    X, Y = state.X.reshape(world.alpha.shape), state.Y.reshape(world.alpha.shape)
    labour = state.supply.by_country
    R = (X * (1 - state.net.sum(axis=1).reshape(X.shape))).sum(axis=1)
    index = np.exp((world.alpha * state.lnP).sum(axis=1))
    return Equilibrium(
        welfare=(labour + R + shock.D) / world.income / index,
        wage=labour / (world.wL * shock.Lhat),
        price=np.exp(state.lnP),
        group_income=closure.group_income(world, state.unknown) / index[:, None],
        pi=state.pi,
        tariff=tariff,
        X=X,
        Y=Y,
        labour=labour,
        R=R,
        D=shock.D,
        residual=float(residual),
        rounds=rounds,
        unknown=state.unknown,
    )
