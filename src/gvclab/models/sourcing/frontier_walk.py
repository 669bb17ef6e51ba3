"""The corners of the cost-risk frontier, exactly, for every weight at once.

For a fixed set of places, minimising (1 - w) cost + w V CVaR is a linear program (Rockafellar and Uryasev 2000,
not verified). As w grows, its solution walks along edges of one polyhedron, from the cheapest portfolio to the
safest. `corners` follows that walk, as Markowitz's critical line does for the variance: all weights for the
price of one solve. It is a parametric simplex method on active sets, in the few variables that matter (shares,
stock, value at risk); the textbook program's one variable per scenario is eliminated.
"""

from __future__ import annotations

import numpy as np

# Ties between scenarios are broken by moving every constraint a little, each by another amount; each corner is
# then solved for with the constraints as they were.
_NUDGE = 1e-9
_ZERO = 1e-11


def corners(supply, cost, cap, booked, p, alpha) -> np.ndarray:
    """Which portfolios are optimal for some weight, from the cheapest to the safest?

    Formula: min over x of mu cost'x + CVaR_alpha(max(0, 1 - supply x)), for every mu from infinity down to 0,
    with 0 <= x <= cap and the sum of x over `booked` equal to 1; the CVaR is the minimum over eta >= 0 of
    eta + E[(shortage - eta)_+] / (1 - alpha).

    Parameters: supply (S, N), what a unit of each column yields in each scenario; cost, cap (N,); booked (N,)
    bool, the columns that add up to 1 (a stock does not); p (S,) probabilities; alpha in [0, 1). Scenarios that
    never run short may be left out. The caps of the booked columns must add up to at least 1.

    Returns an array (corners, N) in the order of the walk.
    """
    n_scenarios, n = supply.shape
    unit = np.eye(n + 1)
    # The unknown is v = (x, eta). Rows g v >= r: a scenario beyond eta (g v < r) costs `weight` per unit;
    # bounds are hard; the last row, the sum of the bookings, holds with equality.
    bounded = np.flatnonzero(cap < np.where(booked, 1, np.inf))
    g = np.vstack(
        [np.column_stack([supply, np.ones(n_scenarios)]), unit, -unit[bounded], np.append(booked, 0.0)[None]]
    )
    r = np.concatenate([np.ones(n_scenarios), np.zeros(n + 1), -cap[bounded], [1.0]])
    total = len(r) - 1
    nudge = _NUDGE * (0.5 + np.random.default_rng(0).random(len(r)))
    nudge[n_scenarios:] *= -1
    nudge[total] = 0.0
    nudged = r + nudge
    weight = np.full(len(r), np.inf)
    weight[:n_scenarios] = p / (1 - alpha)

    # Start: the cheapest bookings, no stock, and eta at the value at risk.
    active, left = [total], 1.0
    for k in np.argsort(cost, kind="stable"):
        if booked[k] and 0 < left <= cap[k] + _ZERO:
            left = 0.0  # the place that takes the rest: neither empty nor full
        elif booked[k] and left > 0:
            left -= cap[k]
            active.append(n_scenarios + n + 1 + int(np.searchsorted(bounded, k)))
        else:
            active.append(n_scenarios + k)
    v = np.linalg.solve(np.vstack([g[active], unit[n]]), np.append(nudged[active], 0.0))
    shortage = nudged[:n_scenarios] - g[:n_scenarios] @ v
    worst_first = np.argsort(-shortage, kind="stable")
    quantile = int(np.searchsorted(np.cumsum(weight[worst_first]), 1 - _ZERO))
    if quantile < n_scenarios and shortage[worst_first[quantile]] > 0:
        active.append(int(worst_first[quantile]))
        v[n] = shortage[worst_first[quantile]]
    else:
        active.append(n_scenarios + n)
    beyond = np.zeros(len(r), dtype=bool)
    beyond[:n_scenarios] = shortage > v[n]
    beyond[active] = False
    active = np.array(active)

    slope_cost = np.append(cost, 0.0)
    slope_risk = unit[n] - weight[beyond] @ g[beyond]
    visited = [active.copy()]
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(100 * len(r)):
            # The price of each active constraint, mu * price_cost + price_risk, must stay within [0, weight].
            # Which of them leaves that range first as mu falls?
            inverse = np.linalg.inv(g[active])
            price_cost, price_risk = slope_cost @ inverse, slope_risk @ inverse
            slope = np.concatenate([price_cost[1:], -price_cost[1:]])
            gap = np.concatenate([price_risk[1:], weight[active[1:]] - price_risk[1:]])
            leaves_at = np.where(slope > _ZERO, -gap / slope, -np.inf)
            leaves_at[(np.abs(slope) <= _ZERO) & (gap < -_ZERO)] = np.inf
            first = int(np.argmax(leaves_at))
            if leaves_at[first] <= _ZERO:
                break
            # Move away from it along the edge, to the first other constraint that is met.
            over = first >= n
            leaver = first % n + 1
            step = -inverse[:, leaver] if over else inverse[:, leaver]
            side = np.where(beyond, 1.0, -1.0)
            rate = side * (g @ step)
            distance = np.maximum(0.0, side * (nudged - g @ v)) / rate
            distance[rate <= _ZERO] = np.inf
            distance[active] = np.inf
            met = int(np.argmin(distance))
            v = v + distance[met] * step
            if over:
                beyond[active[leaver]] = True
                slope_risk = slope_risk - weight[active[leaver]] * g[active[leaver]]
            if beyond[met]:
                beyond[met] = False
                slope_risk = slope_risk + weight[met] * g[met]
            active[leaver] = met
            visited.append(active.copy())
        else:
            raise ArithmeticError(f"the frontier of {n} columns and {n_scenarios} scenarios has no end")
    visited = np.array(visited)
    exact = np.linalg.solve(g[visited], r[visited][..., None])[..., :n, 0]
    exact = np.clip(np.where(np.abs(exact) < 1e-12, 0.0, exact), 0.0, cap)
    new = np.append(True, (np.abs(np.diff(exact, axis=0)) > 1e-10).any(axis=1))
    return exact[new]
