"""The world after the shock: exact hat algebra."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..domain import instance, number
from .closures import Mobile, Roy
from .economy import World
from .newton import State, final_income, follow, revenue, search, without_income
from .shock import Changes, changes

_MOBILE = Mobile()


class Equilibrium(NamedTuple):
    """After the shock. Hats are ratios to the base; the unit of money leaves world labour income unchanged, or
    that of each block of countries where forbidden flows leave several.

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

    khat: change of iceberg cost κ̂ [importer, exporter, sector], above 0, home included; inf forbids a flow.
    tariffs: the new ad valorem rates, same shape, from above -1 (a subsidy) to 1e6 (as before if not given); a
    country's own goods pay none. That: change of productivity T̂ (N, S), from 1e-12 to 1e12. Lhat: change of
    labour (N,), from 1e-6 to 1e6. deficits: the new D (N,), sum 0. All of them broadcast. closure: `Mobile()` or
    `roy(...)`. start: an equilibrium nearby, to start from. tol: from 1e-13 to 1e-3.

    Solves, with τ̂ = κ̂(1+t')/(1+t),
        ĉ_ns = ŵ_ns^va Π_k P̂_nk^γ
        P̂_ns = [Σ_i π_nis T̂_is (τ̂_nis ĉ_is)^(-θ_s)]^(-1/θ_s)
        π'_nis = π_nis T̂_is (τ̂_nis ĉ_is/P̂_ns)^(-θ_s)
    spending as in `accounts`, and labour demand = supply; then Ŵ_n = Î_n/Π_s P̂_ns^α_ns.

    Where forbidden flows leave blocks of countries that do not trade with one another, each block keeps its
    labour income, and its deficits must sum to 0. A shock that is too large for one search is followed from the
    base on, by parts of it.

    Raises ValueError for a shock outside its domain, which includes subsidies and deficits that leave a country
    without income, and deficits across closed borders; RuntimeError where labour markets do not clear to `tol`
    (in logs). Source: Caliendo and Parro 2015 (*read*: abstract and results); the algorithm is ours.
    """
    instance("world", world, World)
    tol = number("tol", tol, 1e-13, 1e-3)
    _fits(world, instance("closure", closure, (Mobile, Roy)))
    shock, tariff = changes(world, khat, tariffs, That, Lhat, deficits)
    unknown = np.zeros(closure.unknowns(world))
    lnP = np.zeros(world.alpha.shape)
    if start is not None:
        instance("start", start, Equilibrium)
        if start.unknown.shape != unknown.shape or start.price.shape != lnP.shape:
            raise ValueError("start is an equilibrium of another world or closure")
        unknown, lnP = start.unknown, np.log(start.price)
    state, rounds = search(world, shock, closure, unknown, lnP, tol)
    if state is None or without_income(world, shock, state) is not None:
        state, steps = follow(world, shock, closure, tol)
        rounds += steps
    if state is None:
        raise RuntimeError(
            f"no equilibrium found: labour markets do not clear to {tol:g}. Where borders nearly close, "
            "deficits cannot be paid for with goods: set deficits=0 or choose a smaller shock"
        )
    if (n := without_income(world, shock, state)) is not None:
        raise ValueError(
            f"tariffs and deficits leave {world.countries[n]} without income to spend, so there is no equilibrium: "
            "subsidise less, or, where borders nearly close, set deficits=0"
        )
    return _equilibrium(world, shock, closure, state, tariff, rounds)


def rebase(world: World, eq: Equilibrium) -> World:
    """The world in which `eq` is the base: for shocks on top of shocks (a closed world, then a pandemic)."""
    instance("world", world, World)
    if instance("eq", eq, Equilibrium).pi.shape != world.pi.shape:
        raise ValueError(f"eq has {eq.pi.shape[0]} countries and {eq.pi.shape[2]} sectors: it is of another world")
    return replace(world, pi=eq.pi, tariff=eq.tariff, wL=eq.labour, D=eq.D)


def _fits(world: World, closure: Mobile | Roy) -> None:
    """ValueError for a Roy closure with the shapes of another world."""
    if isinstance(closure, Roy):
        N, S = world.alpha.shape
        if (len(closure.income), closure.sector.shape[2]) != (N, S):
            raise ValueError(f"closure has shape {closure.sector.shape}; the world has {N} countries and {S} sectors")


def _equilibrium(
    world: World, shock: Changes, closure: Mobile | Roy, state: State, tariff: np.ndarray, rounds: int
) -> Equilibrium:
    X, Y = state.X.reshape(world.alpha.shape), state.Y.reshape(world.alpha.shape)
    labour = state.supply.by_country
    index = np.exp((world.alpha * state.lnP).sum(axis=1))
    return Equilibrium(
        welfare=final_income(world, shock, state) / world.income / index,
        wage=labour / (world.wL * shock.Lhat),
        price=np.exp(state.lnP),
        group_income=closure.group_income(world, state.unknown) / index[:, None],
        pi=state.pi,
        tariff=tariff,
        X=X,
        Y=Y,
        labour=labour,
        R=revenue(world, state),
        D=shock.D,
        residual=state.residual,
        rounds=rounds,
        unknown=state.unknown,
    )
