"""How finely is work divided, and where do its stages go?

| model | question | function |
|---|---|---|
| team | how many specialists share a task? | `team` |
| spider | where are parts made that meet in one assembly? | `spider` |
| snake | where is each stage of a fixed sequence made? | `snake`, `middle_block` |
| chain | which country does which stages, and earns what? | `cvw`, `chain_output` |
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from .domain import array, computed, number, within


class Team(NamedTuple):
    """The best division of a task."""

    n: float  # number of specialists
    y: float  # net output of each
    binding: Literal["market", "transaction cost"]  # what keeps the division from going further


def team(B=1.0, theta=0.3, lam=0.02, beta=1.2, N=np.inf) -> Team:
    """How many specialists should share a task?

    Formula: net output per worker y(n) = B n^theta - lam n^beta is greatest at
    n* = (theta B / (beta lam))^(1/(beta - theta)), or at the nearest end of [1, N].
    Elasticities: -1/(beta - theta) of n* and -theta/(beta - theta) of y* with respect to lam.
    A security premium s on each transaction is lam (1 + s).

    Parameters: B > 0, productivity; theta > 0, gain from specialisation; lam > 0, cost of coordination;
    beta > theta, its growth with the team; N >= 1, extent of the market, the largest team there is work for.
    Raises ValueError naming a value outside its domain, or values whose best team is beyond all numbers (beta
    close to theta and no limit N).
    Source: after Becker and Murphy 1992, Quarterly Journal of Economics (not verified).
    """
    B, lam = number("B", B, 0, open_low=True), number("lam", lam, 0, open_low=True)
    theta = number("theta", theta, 0, open_low=True)
    beta = number("beta", beta, 0, open_low=True)
    if beta <= theta:
        raise ValueError(f"beta = {beta} must be above theta = {theta}")
    N = number("N", N, 1, np.inf)
    with np.errstate(over="ignore", invalid="ignore"):
        log_best = (np.log(theta) + np.log(B) - np.log(beta) - np.log(lam)) / np.float64(beta - theta)
        n = min(max(np.exp(log_best), 1.0), N)
        y = B * np.power(n, theta) - lam * np.power(n, beta)
    computed("the best team", [n, y], B=B, theta=theta, lam=lam, beta=beta, N=N)
    return Team(float(n), float(y), "market" if log_best > np.log(N) else "transaction cost")


class Spider(NamedTuple):
    """Where the assembler and its parts are."""

    abroad: bool  # is the assembler abroad?
    share: float  # share of parts made abroad
    gain: float  # what assembling abroad costs more than at home; negative when it moves


def spider(t, alpha=1.0, bA=0.8, Theta=1.0, mu=0.0, delta=0.4, shock=0.0) -> Spider:
    """Where are parts made that are shipped to one assembly, when friction between places falls?

    Formula: cost abroad is bA (assembly) and b = 1 + U[mu - delta, mu + delta] (parts) times that at home. A
    part is made abroad iff b + t < 1 while the assembler is at home, iff b < 1 + t once it is abroad. It
    moves iff G = alpha (bA - 1) + Theta t + E[clip(b - 1, -t, t)] < 0. For mu = 0 that is below
    t* = alpha (1 - bA) / Theta, where the share jumps from 1/2 - t*/(2 delta) to 1/2 + t*/(2 delta), to fall
    back to 1/2 as t -> 0.

    Parameters
    ----------
    t : >= 0, cost of moving a part between places, per unit of its cost at home.
    alpha : >= 0, cost of assembly at home, where all parts together cost 1.
    bA : >= 0, relative cost of assembly abroad.
    Theta : >= 0, cost of shipping the final good home, in units of t.
    mu, delta : mean and half-width of the parts' relative cost abroad, less 1; delta >= 1e-6.
    shock : a security premium, added to the relative cost abroad of the assembly and of every part.

    Raises ValueError naming a value outside its domain.
    Source: after Baldwin and Venables 2013, Journal of International Economics (abstract read).
    """
    t, alpha, Theta = number("t", t, 0), number("alpha", alpha, 0), number("Theta", Theta, 0)
    bA, mu, shock = number("bA", bA, 0), number("mu", mu), number("shock", shock)
    delta = number("delta", delta, 1e-6)
    low, high = mu + shock - delta, mu + shock + delta

    def area(u: float) -> float:
        """The integral of clip(., -t, t) from 0 to u."""
        return u * u / 2 if abs(u) <= t else t * abs(u) - t * t / 2

    gain = alpha * (bA + shock - 1) + Theta * t + (area(high) - area(low)) / (2 * delta)
    computed("the cost", gain, t=t, alpha=alpha, bA=bA, Theta=Theta, mu=mu, delta=delta, shock=shock)
    abroad = gain < 0
    return Spider(abroad, parts_cheaper_than(1 + t if abroad else 1 - t, mu, delta, shock), gain)


def parts_cheaper_than(b: float, mu: float = 0.0, delta: float = 0.4, shock: float = 0.0) -> float:
    """Which share of the spider's parts costs less than `b` times as much abroad as at home?

    With an assembler at home it makes the parts abroad that cost less than 1 - t there, with one abroad those that
    cost less than 1 + t. Parameters and errors as for `spider`.
    """
    b, mu, shock = number("b", b), number("mu", mu), number("shock", shock)
    delta = number("delta", delta, 1e-6)
    return min(1.0, max(0.0, (b - (1 + mu + shock - delta)) / (2 * delta)))


class Snake(NamedTuple):
    """The cheapest way of a good through its stages."""

    path: tuple[int, ...]  # the place of each stage
    cost: float
    crossings: int  # borders crossed, delivery included


def snake(c, t, market: int = 0) -> Snake:
    """Where is each stage of a fixed sequence made, when every border crossing costs?

    Formula: minimise over paths the sum of c[k, path_k] + t[path_k, path_{k+1}], where the last stage
    delivers to `market`; by dynamic programming (the shortest path through the layers). In a common t the
    cost is nondecreasing, concave and piecewise linear, its slope the number of crossings, which never
    rises with t. An interior block of L stages with advantage a each leaves home iff a L > 2 t, if the
    stages outside are dearer abroad.

    Parameters: c (K, J), cost of each stage in each place; t, a number (the same for all borders) or (J, J)
    with zeros on the diagonal, >= 0; market, the place of the buyer.
    Among equally cheap paths the one with fewest crossings is taken, then the first, read from its end.
    Raises ValueError naming a value outside its domain, or t of a wrong shape.
    Source: dynamic programming (textbook); the snake of Baldwin and Venables 2013 (abstract read).
    """
    c = array("c", c, (None, None))
    places = c.shape[1]
    t = within("t", t, 0)
    t = t * (1 - np.eye(places)) if np.ndim(t) == 0 else t
    if t.shape != (places, places) or np.diag(t).any():
        raise ValueError(f"t must be a number or {places} x {places} with zeros on its diagonal")
    market = number("market", market, 0, places - 1, whole=True)
    with np.errstate(over="ignore"):
        computed("the cost", np.abs(c).sum() + t.sum(), c=c, t=t)
    border = 1 - np.eye(places, dtype=int)
    # Costs equal but for rounding are ties: the number of crossings decides.
    tie = 1e-12 * (np.abs(c).sum() + t.max(initial=0) + 1)

    cost, crossings, origins = c[0], np.zeros(places, dtype=int), []
    for stage in [*c[1:], None]:
        total, crossed = cost[:, None] + t, crossings[:, None] + border
        crossed = np.where(total <= total.min(axis=0) + tie, crossed, np.iinfo(int).max)
        origin = crossed.argmin(axis=0)
        origins.append(origin)
        here = np.arange(places)
        cost, crossings = total[origin, here], crossed[origin, here]
        if stage is not None:
            cost = cost + stage
    path = [market]
    for origin in reversed(origins):
        path.append(int(origin[path[-1]]))
    return Snake(tuple(path[:0:-1]), float(cost[market]), int(crossings[market]))


def middle_block(length, advantage) -> np.ndarray:
    """What do the stages cost at home and abroad, if a block in the middle of the chain is cheaper abroad?

    Formula: c (length + 2, 2) for `snake`, places home and abroad; every stage costs 1 at home. Abroad a stage of the
    block costs 1 - advantage, and the first and the last stage of the chain, design and sale, cost 2.

    Parameters: length in [1, 1000], stages of the block, whole; advantage in [0, 1].
    Raises ValueError naming a value outside its domain.
    """
    length = number("length", length, 1, 1000, whole=True)
    cost = np.ones((int(length) + 2, 2))
    cost[1:-1, 1] -= number("advantage", advantage, 0, 1)
    cost[[0, -1], 1] += 1
    return cost


class Chain(NamedTuple):
    """Who does what in a sequential chain, and what it earns; countries from the worst to the best."""

    N: np.ndarray  # (C,) stages of each country
    S: np.ndarray  # (C,) last stage of each country
    Q: np.ndarray  # (C,) output that leaves each country
    w: np.ndarray  # (C,) wages
    p: np.ndarray  # (C,) price of what leaves each country; of the final good 1
    output: float  # of the final good


def cvw(lam=(0.6, 0.4, 0.2), L=(1.0, 1.0, 1.0), S=1.0) -> Chain:
    """Which country performs which stages of a chain, if mistakes destroy what earlier stages made?

    Formula: a stage of length ds loses the fraction lam_c ds of what it gets and takes one unit of labour
    per unit of intermediate. Country c performs (S_{c-1}, S_c], N_c = S_c - S_{c-1} = -ln(1 - lam_c L_c /
    Q_{c-1}) / lam_c, with Q_c = Q_{c-1} - lam_c L_c and Q_0 such that the N_c add up to S. Prices p_0 = 0,
    p_c = e^(lam_c N_c) p_{c-1} + (e^(lam_c N_c) - 1) w_c / lam_c, wages w_{c+1} = w_c + (lam_c - lam_{c+1})
    p_c, scaled so that the final good costs 1. Income equals output: sum of w_c L_c = Q_C.

    Parameters: lam (C,) in [1e-9, 1e9], mistake rates, strictly falling (the worst country first); L (C,) in
    [1e-9, 1e9], labour; S > 0, complexity: the length of the chain, at most 500 / lam (nothing measurable would
    be left).
    Raises ValueError naming a value outside its domain, or rates that do not fall.
    Source: Costinot, Vogel and Wang 2013, Review of Economic Studies (abstract read).
    """
    lam, L, S = _chain_domain(lam, L, S)
    if (np.diff(lam) >= 0).any():
        raise ValueError(f"lam = {lam.tolist()} must fall strictly, the country with most mistakes first")
    output, N, after = _stages(lam, L, S)
    price, wage, prices, wages = 0.0, 1.0, [], []
    for (rate, better), n in zip(pairwise([*lam, lam[-1]]), N, strict=True):
        wages.append(wage)
        price = np.exp(rate * n) * price + np.expm1(rate * n) * wage / rate
        prices.append(price)
        wage += (rate - better) * price
    return Chain(N, np.cumsum(N), output + after, np.array(wages) / price, np.array(prices) / price, output)


def chain_output(lam, L=(1.0, 1.0, 1.0), S=1.0) -> float:
    """How much of the final good comes out of a chain whose countries take their turns in a given order?

    Formula: that of `cvw` for N_c and Q_c; the output is the Q of the last country. Everybody works, but nobody
    chooses: the order is given, and the country with most mistakes may come last.

    Parameters: lam (C,) in [1e-9, 1e9], mistake rates in the order of the chain; L (C,) in [1e-9, 1e9], labour; S > 0,
    complexity, at most 500 / lam.
    Raises ValueError naming a value outside its domain.
    Source: as `cvw`.
    """
    output, _, _ = _stages(*_chain_domain(lam, L, S))
    return output


def _chain_domain(lam, L, S) -> tuple[np.ndarray, np.ndarray, float]:
    """The arguments of a chain as arrays, checked."""
    lam = array("lam", np.atleast_1d(within("lam", lam, 0, open_low=True)), (None,), 1e-9, 1e9)
    L = array("L", np.atleast_1d(within("L", L, 0, open_low=True)), (None,), 1e-9, 1e9)
    S = number("S", S, 0, 500 / lam.max(), open_low=True)
    if lam.shape != L.shape:
        raise ValueError(f"lam and L have shapes {lam.shape} and {L.shape}; they must be of one length")
    return lam, L, S


def _stages(lam: np.ndarray, L: np.ndarray, S: float) -> tuple[float, np.ndarray, np.ndarray]:
    """What comes out of a chain, the stages of each country, and what those further down lose of what leaves it."""
    from scipy.optimize import brentq  # here, because its import is slow

    lost = lam * L
    after = np.append(np.cumsum(lost[:0:-1])[::-1], 0.0)

    def stages(output: float) -> np.ndarray:
        """Stages of each country when so much of the final good is left."""
        return np.log1p(lost / (output + after)) / lam

    # The more is left, the fewer the stages. If the last country did all, there would be too many of them; if
    # nothing were lost, too few.
    last = lam[-1] * S
    log_output = brentq(
        lambda u: stages(np.exp(u)).sum() - S,
        np.log(lost[-1]) - last - np.log(-np.expm1(-last)) - 1e-6,
        np.log(L.sum() / S) + 1e-6,
        xtol=1e-14,
        rtol=1e-14,
    )
    output = float(np.exp(log_output))
    return output, stages(output), after
