"""The corners of the cost-risk frontier, exactly, for every weight at once.

For a fixed set of places, minimising (1 - w) cost + w V CVaR is a linear program (Rockafellar and Uryasev
2000, not verified). As w grows, its solution walks along edges of one polyhedron, from the cheapest portfolio
to the safest. `corners` follows that walk, as Markowitz's critical line does for the variance: all weights
for the price of one solve. It is a parametric simplex method on active sets, in the few variables that matter
(shares, stock, value at risk); the textbook program's one variable per scenario is eliminated.
"""

from __future__ import annotations

import numpy as np

# Ties between scenarios are broken by moving every constraint a little, each by another amount; each corner
# is then solved for with the constraints as they were. Where the data differ by as little as that, the walk
# may get lost between them: then it starts again with the next size.
_NUDGES = (1e-9, 1e-7, 1e-5)
_ZERO = 1e-11


def corners(supply, cost, cap, booked, p, alpha) -> np.ndarray:
    """Which portfolios are optimal for some weight, from the cheapest to the safest?

    Formula: min over x of mu cost'x + CVaR_alpha(max(0, 1 - supply x)), for every mu from infinity down to 0,
    with 0 <= x <= cap and the sum of x over `booked` equal to 1; the CVaR is the minimum over eta >= 0 of
    eta + E[(shortage - eta)_+] / (1 - alpha).

    Parameters: supply (S, N), what a unit of each column yields in each scenario; cost, cap (N,); booked (N,)
    bool, the columns that add up to 1 (a stock does not); p (S,) probabilities; alpha in [0, 1). Scenarios
    that never run short may be left out. The caps of the booked columns must add up to at least 1.

    Returns an array (corners, N) in the order of the walk.
    """
    n_scenarios, n = supply.shape
    unit = np.eye(n + 1)
    # The unknown is v = (x, eta). A row is a constraint g v >= r. Scenarios may lie beyond theirs (g v < r),
    # at a price of `weight` per unit; bounds may not; the last row, the sum of the bookings, is an equation.
    bounded = np.flatnonzero(cap < np.where(booked, 1, np.inf))
    bookings = np.append(booked, 0.0)
    g = np.vstack([np.column_stack([supply, np.ones(n_scenarios)]), unit, -unit[bounded], bookings])
    r = np.concatenate([np.ones(n_scenarios), np.zeros(n + 1), -cap[bounded], [1.0]])
    weight = np.full(len(r), np.inf)
    weight[:n_scenarios] = p / (1 - alpha)
    full = n_scenarios + n + 1 + np.searchsorted(bounded, np.arange(n))
    pinned = [len(r) - 1, *_cheapest(cost, cap, booked, n_scenarios + np.arange(n), full)]
    nudge = 0.5 + np.random.default_rng(0).random(len(r))
    nudge[n_scenarios:] *= -1  # bounds give way, so that the nudged problem has solutions too
    nudge[-1] = 0.0
    for size in _NUDGES:
        nudged = r + size * nudge
        try:
            visited = _walk(g, nudged, weight, np.append(cost, 0.0), *_at_risk(g, nudged, weight, pinned))
            exact = np.linalg.solve(g[visited], r[visited][..., None])[..., :n, 0]
        except (np.linalg.LinAlgError, ArithmeticError):
            continue
        # A corner that exists only in the nudged problem is out of bounds in the true one.
        exact = exact[((exact >= -_NUDGES[0]) & (exact <= cap + _NUDGES[0])).all(axis=1)]
        exact = np.clip(np.where(np.abs(exact) < 1e-12, 0.0, exact), 0.0, cap)
        new = np.append(True, (np.abs(np.diff(exact, axis=0)) > 1e-10).any(axis=1))
        return exact[new]
    raise ArithmeticError(f"the frontier of {n} columns and {n_scenarios} scenarios cannot be followed")


def _cheapest(cost, cap, booked, empty, full) -> list[int]:
    """The bounds that hold when the cheapest columns are booked, up to their caps, and nothing is stocked.

    `empty`, `full`: the rows of the bounds of each column. One column, which takes the rest, has none.
    """
    rows, left = [], 1.0
    for k in np.argsort(cost, kind="stable"):
        if not booked[k] or left <= 0:
            rows.append(empty[k])
        elif left <= cap[k] + _ZERO:
            left = 0.0
        else:
            rows.append(full[k])
            left -= cap[k]
    return rows


def _at_risk(g, r, weight, rows) -> tuple[np.ndarray, np.ndarray]:
    """The corner where `rows` hold and eta is the value at risk: its active rows, and v."""
    n, n_scenarios = g.shape[1] - 1, np.count_nonzero(np.isfinite(weight))
    v = np.linalg.solve(np.vstack([g[rows], np.eye(n + 1)[n]]), np.append(r[rows], 0.0))
    short = (r - g @ v)[:n_scenarios]
    worst_first = np.argsort(-short, kind="stable")
    quantile = np.searchsorted(np.cumsum(weight[worst_first]), 1 - _ZERO)
    at = worst_first[quantile] if quantile < n_scenarios else None
    if at is None or short[at] <= 0:
        return np.array([*rows, n_scenarios + n]), v  # eta = 0
    v[n] = short[at]
    return np.array([*rows, at]), v


def _walk(g, r, weight, slope_cost, active, v) -> list[np.ndarray]:
    """The active rows of each corner, from the given one on. Row 0 of them is the equation."""
    n = len(v) - 1
    side = np.where(g @ v < r, -1.0, 1.0)
    side[np.isinf(weight)] = 1.0
    side[active] = 1.0
    beyond = side < 0
    slope_risk = np.eye(n + 1)[n] - weight[beyond] @ g[beyond]
    visited = [active.copy()]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # quotients by 0, which are then left out
        for _ in range(100 * len(r)):
            # The price of each active row, mu * price_cost + price_risk, must stay within [0, weight].
            # Which of them leaves that range first as mu falls?
            inverse = np.linalg.inv(g[active])
            price_cost, price_risk = slope_cost @ inverse, slope_risk @ inverse
            slope = np.concatenate([price_cost[1:], -price_cost[1:]])
            gap = np.concatenate([price_risk[1:], weight[active[1:]] - price_risk[1:]])
            leaves_at = np.where(slope > _ZERO, -gap / slope, -np.inf)
            leaves_at[(np.abs(slope) <= _ZERO) & (gap < -_ZERO)] = np.inf
            first = int(leaves_at.argmax())
            if leaves_at[first] <= _ZERO:
                return visited
            leaver, direction = first % n + 1, -1.0 if first >= n else 1.0
            row = active[leaver]
            # Move away from it along the edge, to the first other row that is met.
            room = np.maximum(0.0, side * (g @ (inverse @ r[active]) - r))
            closing = side * (g @ inverse[:, leaver]) * -direction
            distance = np.where(closing > _ZERO, room / closing, np.inf)
            distance[active] = np.inf
            met = int(distance.argmin())
            if direction < 0:
                slope_risk = slope_risk - weight[row] * g[row]
            if side[met] < 0:
                slope_risk = slope_risk + weight[met] * g[met]
            side[row], side[met] = direction, 1.0
            active[leaver] = met
            visited.append(active.copy())
    raise ArithmeticError("the walk has no end")
