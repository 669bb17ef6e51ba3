"""Block B: efficiency against security. Where to buy, and how much to stock, when places can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from ..domain import array, fitted, names, number, sequence, shares, within
from .frontier_walk import corners

# The greatest weight of security: at 1 the cost would not count at all.
MOST_WEIGHT = 0.99
# Money per unit of need: objectives are compared to ten decimals.
MOST_MONEY = 1e6
# Substitutability: with more, shares that matter are as small as those that do not count (`USED`).
MOST_PHI = 1e6
# Places: all 2^8 sets of them are looked at. Shocks: all 2^16 combinations.
MOST_PLACES, MOST_SHOCKS = 8, 16
# Shares below this are none: the place is not used and costs no kappa.
USED = 1e-9
# Supplies that differ by less, half a minute of a year's need, are the same.
SAME = 1e-6
# Objectives that differ by less are equal, and a rule decides between them.
TIE = 1e-10


class Shock(NamedTuple):
    """An event that takes away part of the supply of some places."""

    name: str
    probability: float  # chance in a year
    places: tuple[str, ...]  # the places it hits
    severity: float  # fraction of a year's supply lost there: weeks / 52


class Scenarios(NamedTuple):
    """All that can happen: `p` (S,) probabilities, `z` (S, K) fraction of each place that survives."""

    p: np.ndarray
    z: np.ndarray


class Portfolio(NamedTuple):
    """A way to source one year's need, and what it costs and risks."""

    x: np.ndarray  # (K,) shares booked in the places
    b: float  # stock, in years of need
    cost: float  # per unit of need: purchases, holding of the stock, kappa for each place used
    cvar: float  # mean shortage in the worst 1 - alpha of outcomes, fraction of a year's need
    expected: float  # mean shortage over all outcomes
    objective: float  # (1 - w) cost + w V cvar + lam V expected


def scenarios(shocks: Iterable[Shock], places: Sequence[str]) -> Scenarios:
    """What can happen, and how likely is it?

    Formula: shocks are independent; one that occurs multiplies what survives of each place it hits by
    1 - severity. All 2^J combinations are enumerated; those that leave the same, within 1e-6, are merged.

    Parameters: shocks, at most 16 with different names, probability and severity in [0, 1]; places, different
    names.
    Returns p (S,), adding up to 1, and z (S, K), in a fixed order.
    Raises ValueError naming the shock and its value outside the domain, or a place that is not there.
    """
    places = names("places", places)
    p, z = np.ones(1), np.ones((1, len(places)))
    for shock in checked(shocks, places):
        if shock.probability == 0 or shock.severity == 0:
            continue
        hit = z * np.where([place in shock.places for place in places], 1 - shock.severity, 1.0)
        # Merging as we go keeps the work proportional to what is distinct.
        z, p = np.vstack([z, hit]), np.concatenate([p * (1 - shock.probability), p * shock.probability])
        z, merged = np.unique(_snap(z), axis=0, return_inverse=True)
        p = np.bincount(merged.ravel(), p)
    return Scenarios(p[p > 0], z[p > 0])


def checked(shocks: Iterable[Shock], places: tuple[str, ...]) -> tuple[Shock, ...]:
    """The shocks, each with values in its domain, known places and a name of its own."""
    shocks = sequence("shocks", shocks, Shock)
    if len(shocks) > MOST_SHOCKS:
        raise ValueError(f"shocks has {len(shocks)} entries; at most {MOST_SHOCKS} can be combined")
    if shocks:
        names("shocks", (shock.name for shock in shocks))
    found = []
    for name, probability, hit, severity in shocks:
        hit = sequence(f"places of shock {name!r}", hit, str)
        if unknown := sorted(set(hit) - set(places)):
            raise ValueError(f"shocks: shock {name!r} hits {unknown}; the places are {list(places)}")
        probability = number(f"probability of shock {name!r}", probability, 0, 1)
        found.append(Shock(name, probability, hit, number(f"severity of shock {name!r}", severity, 0, 1)))
    return tuple(found)


def _snap(supply: np.ndarray) -> np.ndarray:
    """The supplies, with those of a place that are the same (`SAME`) made equal, to the greatest of them."""
    snapped = np.empty_like(supply)
    for k, column in enumerate(supply.T):
        values = np.unique(column)
        values = values[np.diff(values, append=np.inf) > SAME]
        snapped[:, k] = values[np.searchsorted(values, column)]
    return snapped


def effective(z, phi) -> np.ndarray:
    """What does a unit booked yield, when spared places can do more? a = z (1 + phi [z = 1]).

    Parameters: z (..., K) surviving fractions in [0, 1]; phi in [0, 1e6], substitutability: the fraction by
    which a place that was spared can raise its output. Returns an array of the shape of z.
    Raises ValueError naming a value outside its domain.
    """
    return _effective(np.asarray(within("z", z, 0, 1)), number("phi", phi, 0, MOST_PHI))


def _effective(z, phi) -> np.ndarray:
    return np.where(z == 1, z * (1 + phi), z)


def shortage(a, x, b=0.0) -> np.ndarray:
    """What fraction of a year's need is missing in each scenario? u = max(0, 1 - a x - b).

    Parameters: a (S, K) effective supply, 0 or more; x (..., K) shares in [0, 1]; b stock in years, in [0, 1],
    one or one for each x (...). Returns (..., S). Raises ValueError naming a value outside its domain.
    """
    a = array("a", a, (None, None), 0, 1 + MOST_PHI)
    x, b = within("x", x, 0, 1), within("b", b, 0, 1)
    if np.ndim(x) == 0 or x.shape[-1] != a.shape[1]:
        raise ValueError(f"x has shape {np.shape(x)}; a asks for {a.shape[1]} shares")
    fitted("b", b, x.shape[:-1])
    return _shortage(a, x, b)


def _shortage(a, x, b) -> np.ndarray:
    return np.maximum(0.0, 1 - np.asarray(x) @ np.asarray(a).T - np.asarray(b)[..., None])


def cvar(u, p, alpha):
    """How bad are the worst outcomes on average? The mean of u over the worst 1 - alpha of probability.

    Formula: sort from the worst; take each outcome with its probability until 1 - alpha is used up (the last
    one in part), and divide by 1 - alpha. alpha = 0 gives the mean.

    Parameters: u (..., S) losses, from -1e100 to 1e100; p (S,) probabilities that sum to 1; alpha in [0, 1).
    Returns a float or an array (...). Raises ValueError naming a value outside its domain.
    Source: Rockafellar and Uryasev 2000 (not verified).
    """
    alpha = number("alpha", alpha, 0, 1, open_high=True)
    u, p = np.asarray(within("u", u, -1e100, 1e100)), shares("p", p, (None,))
    if u.ndim == 0 or u.shape[-1] != len(p):
        raise ValueError(f"u has shape {u.shape}; p has {len(p)} probabilities")
    value = _cvar(u, p, alpha)
    return float(value) if value.ndim == 0 else value


def _cvar(u, p, alpha) -> np.ndarray:
    tail = 1 - alpha
    worst_first = np.argsort(-u, axis=-1, kind="stable")
    used = np.minimum(np.cumsum(p[worst_first], axis=-1), tail)
    mass = np.diff(used, axis=-1, prepend=0.0)
    return (np.take_along_axis(u, worst_first, -1) * mass).sum(-1) / tail


def evaluate(x, c, p, z, alpha=0.95, phi=1.0, h=0.25, kappa=0.01, V=4.0, b=0.0, w=0.0, lam=0.0) -> Portfolio:
    """What does a given portfolio cost and risk?

    Formulas: cost C = c x + h b + kappa #{x > 0}; risk: CVaR and mean of the `shortage` u;
    objective (1 - w) C + w V CVaR + lam V E[u].

    Parameters as in `optimise`; x (K,) shares in [0, 1], which need not be the best and may leave a part of the
    need unbooked, but sum to 1 at most; b stock in [0, 1] years.
    Raises ValueError naming a value outside its domain.
    """
    c, p, z, alpha, phi, h, kappa, V, lam = _parameters(c, p, z, alpha, phi, h, kappa, V, lam)
    x, b, w = array("x", x, c.shape, 0, 1), number("b", b, 0, 1), number("w", w, 0, MOST_WEIGHT)
    if x.sum() > 1 + 1e-6:
        raise ValueError(f"x = {x} must be shares that add up to 1 at most")
    return assess(x, c, p, z, alpha, phi, h, kappa, V, b, w, lam)


def assess(x, c, p, z, alpha, phi, h, kappa, V, b, w, lam) -> Portfolio:
    """`evaluate` for arguments that have been checked."""
    u = _shortage(_effective(z, phi), x, b)
    cost = float(np.dot(c, x) + h * b + kappa * np.count_nonzero(x > USED))
    tail, mean = float(_cvar(u, p, alpha)), float(np.dot(p, u))
    return Portfolio(x, float(b), cost, tail, mean, (1 - w) * cost + w * V * tail + lam * V * mean)


def optimise(w, c, p, z, alpha=0.95, phi=1.0, h=0.25, kappa=0.01, V=4.0, bmax=0.0, xmax=1.0, lam=0.0) -> Portfolio:
    """Where should a firm buy, and how much should it stock, at the weight w of security?

    Formula: min over shares x and stock b of (1 - w) C + w V CVaR_alpha(u) + lam V E[u], with
    C = c x + h b + kappa #{x > 0}, u = max(0, 1 - a x - b), sum x = 1, 0 <= x <= xmax, 0 <= b <= bmax. Exact.

    Parameters
    ----------
    w : in [0, 0.99], relative weight of security (at 1 the cost would be undetermined).
    c : (K,) unit costs of one to eight places. p : (S,), z : (S, K) as from `scenarios`.
    alpha : in [0, 1), CVaR looks at the worst 1 - alpha. phi : in [0, 1e6], substitutability.
    h : holding cost of a year's stock. kappa : cost of an active place.
    bmax : in [0, 1], largest stock, years of need.
    V : value of what is lost when a year's need is missing, in units of procurement cost.
    xmax : in [0, 1], largest share of one place, a number or (K,).
    lam : weight of the mean shortage (a risk-neutral firm has w = 0, lam = 1).

    c, h, kappa, V and lam lie in [0, 1e6].

    Ties: of portfolios with the same objective (to 1e-10) the one with the lowest CVaR, then with fewest
    places, then with the largest share in the place listed first (second …). The result never varies.
    Raises ValueError naming a value outside its domain, or if xmax leaves part of the need unbooked.
    Source: Rockafellar and Uryasev 2000 (not verified) for each set of places, all sets compared.
    """
    w = number("w", w, 0, MOST_WEIGHT)
    c, p, z, alpha, phi, h, kappa, V, lam = _parameters(c, p, z, alpha, phi, h, kappa, V, lam)
    bmax, xmax = number("bmax", bmax, 0, 1), caps(xmax, len(c))
    return best(w, c, p, z, alpha, phi, h, kappa, V, bmax, xmax, lam)


def best(w, c, p, z, alpha, phi, h, kappa, V, bmax, xmax, lam) -> Portfolio:
    """`optimise` for arguments that have been checked."""
    if lam == 0:
        candidates = efficient(c, p, z, alpha, phi, h, bmax, xmax)
    else:
        candidates = risk_neutral(w, c, p, z, alpha, phi, h, V, bmax, xmax, lam)
    return choose(w, candidates, kappa, V, lam)


def _parameters(c, p, z, alpha, phi, h, kappa, V, lam) -> tuple:
    """The parameters that `evaluate` and `optimise` share, checked."""
    c = array("c", c, (None,), 0, MOST_MONEY)
    if len(c) > MOST_PLACES:
        raise ValueError(f"c has {len(c)} places; at most {MOST_PLACES} can be compared")
    p = shares("p", p, (None,))
    return (
        c,
        p,
        array("z", z, (len(p), len(c)), 0, 1, given="p and c"),
        number("alpha", alpha, 0, 1, open_high=True),
        number("phi", phi, 0, MOST_PHI),
        *(number(name, value, 0, MOST_MONEY) for name, value in (("h", h), ("kappa", kappa), ("V", V), ("lam", lam))),
    )


def caps(xmax, n_places: int) -> np.ndarray:
    """The largest share of each place."""
    xmax = fitted("xmax", xmax, (n_places,), 0, 1)
    if xmax.sum() < 1 - USED:
        raise ValueError(f"xmax = {xmax.tolist()} must add up to at least 1, the whole need")
    return xmax


class Candidates(NamedTuple):
    """Portfolios one of which is optimal, whatever w, V and kappa: arrays with one row a portfolio."""

    x: np.ndarray  # (N, K)
    b: np.ndarray  # (N,)
    spend: np.ndarray  # (N,) cost without kappa
    cvar: np.ndarray
    expected: np.ndarray
    places: np.ndarray  # (N,) number of places used


def efficient(c, p, z, alpha, phi, h, bmax, xmax) -> Candidates:
    """The corners of the cost-risk frontiers of all 2^K - 1 sets of places.

    Arguments as in `optimise`, as arrays, and checked.
    """
    found = []
    for program in _programs(c, p, z, phi, h, bmax, xmax):
        walk = corners(program.supply, program.cost, program.cap, program.booked, program.p, alpha)
        found.append(program.spread(walk))
    return _candidates(np.vstack(found), c, p, z, alpha, phi, h)


def risk_neutral(w, c, p, z, alpha, phi, h, V, bmax, xmax, lam) -> Candidates:
    """The best portfolio of each set of places when the mean shortage counts too. Arguments as in `optimise`.

    One linear program (Rockafellar and Uryasev) a set, at the given w; variables x, b, eta, y_s, u_s.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # here, because its import is slow
    from scipy.sparse import block_array, eye_array

    found = []
    for supply, cost, cap, booked, mass, spread in _programs(c, p, z, phi, h, bmax, xmax):
        each = eye_array(len(mass))
        ones = np.ones((len(mass), 1))
        rows = block_array(
            [
                [booked[None].astype(float), None, None, None],
                [supply, None, None, each],  # a x + b + u >= 1
                [None, ones, each, -each],  # eta + y >= u
            ],
            format="csc",
        )
        solved = milp(
            np.concatenate([(1 - w) * cost, [w * V], w * V / (1 - alpha) * mass, lam * V * mass]),
            constraints=LinearConstraint(
                rows,
                np.concatenate([[1.0], np.ones(len(mass)), np.zeros(len(mass))]),
                np.concatenate([[1.0], np.full(2 * len(mass), np.inf)]),
            ),
            bounds=Bounds(0, np.concatenate([cap, np.full(1 + 2 * len(mass), np.inf)])),
        )
        found.append(spread(solved.x[None, : len(cost)]))
    return _candidates(np.vstack(found), c, p, z, alpha, phi, h)


class _Program(NamedTuple):
    """The problem of one set of places: one column a place, and one for the stock if there may be one."""

    supply: np.ndarray  # (S, N) what a unit of each column yields in each scenario that can run short
    cost: np.ndarray  # (N,)
    cap: np.ndarray  # (N,)
    booked: np.ndarray  # (N,) the columns that add up to 1: all but the stock
    p: np.ndarray  # (S,)
    spread: Callable[[np.ndarray], np.ndarray]  # (rows, N) -> (rows, K + 1): all shares and the stock


def _programs(c, p, z, phi, h, bmax, xmax) -> Iterator[_Program]:
    """The problems of all sets of places, largest first."""
    a, n_places = _snap(_effective(z, phi)), len(c)
    columns_supply = np.column_stack([a, np.ones(len(a))])
    columns_cost, columns_cap = np.append(c, h), np.append(xmax, bmax)
    # Scenarios that look the same from a set of places are merged, by a code of what each place yields.
    levels = [np.unique(column, return_inverse=True)[1] for column in a.T]
    for size in range(n_places, 0, -1):
        for support in map(list, combinations(range(n_places), size)):
            if xmax[support].sum() < 1 - USED:
                continue
            code = np.zeros(len(a), dtype=np.int64)
            for k in support:
                code = code * (levels[k].max() + 1) + levels[k]
            _, first, merged = np.unique(code, return_index=True, return_inverse=True)
            short = (a[np.ix_(first, support)] < 1).any(axis=1)  # elsewhere these places never run short
            columns = [*support, n_places] if bmax > 0 else support

            def spread(rows, columns=columns):
                portfolios = np.zeros((len(rows), n_places + 1))
                portfolios[:, columns] = rows
                return portfolios

            yield _Program(
                columns_supply[np.ix_(first[short], columns)],
                columns_cost[columns],
                columns_cap[columns],
                np.array(columns) < n_places,
                np.bincount(merged, p)[short],
                spread,
            )


def _candidates(portfolios, c, p, z, alpha, phi, h) -> Candidates:
    x, b = np.where(portfolios[:, :-1] < USED, 0.0, portfolios[:, :-1]), portfolios[:, -1]
    u = _shortage(_effective(z, phi), x, b)
    x.flags.writeable = False  # rows of it are handed out and kept
    return Candidates(x, b, x @ c + h * b, _cvar(u, p, alpha), u @ p, np.count_nonzero(x, axis=1))


def choose(w, candidates: Candidates, kappa, V, lam=0.0) -> Portfolio:
    """The best of the candidates at weight w, by the rule for ties given in `optimise`."""
    x, b, spend, tail, mean, places = candidates
    cost = spend + kappa * places
    objective = (1 - w) * cost + w * V * tail + lam * V * mean
    tied = np.flatnonzero(objective <= objective.min() + TIE)
    if len(tied) > 1:
        keys = [*(-x[tied].T[::-1].round(9)), places[tied], tail[tied].round(9)]
        tied = tied[np.lexsort(keys)]
    i = tied[0]
    return Portfolio(x[i], *map(float, (b[i], cost[i], tail[i], mean[i], objective[i])))
