"""The problem of block B as one immutable object: places, shocks, prices, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from ..domain import array, instance, mapping, names, number, within
from .portfolio import (
    MOST_MONEY,
    MOST_PHI,
    MOST_PLACES,
    MOST_WEIGHT,
    TIE,
    Candidates,
    Portfolio,
    Scenarios,
    Shock,
    assess,
    best,
    caps,
    checked,
    choose,
    effective,
    efficient,
    scenarios,
    shortage,
)

WEEKS = 52  # a year: severities and stocks are in years, people think in weeks

# The illustrative default calibration: unit costs, and what can happen in a year.
COSTS = MappingProxyType({"Home": 1.0, "Region": 0.92, "Far-A": 0.70, "Far-B": 0.78})
SHOCKS = (
    Shock("Home", 0.06, ("Home",), 26 / WEEKS),
    Shock("Region", 0.06, ("Region",), 26 / WEEKS),
    Shock("Far-A", 0.06, ("Far-A",), 26 / WEEKS),
    Shock("Far-B", 0.08, ("Far-B",), 26 / WEEKS),
    Shock("Home+Region", 0.02, ("Home", "Region"), 26 / WEEKS),
    Shock("world", 0.01, tuple(COSTS), 13 / WEEKS),
    Shock("embargo", 0.05, ("Far-A",), 52 / WEEKS),
    Shock("bloc", 0.0, ("Far-A", "Far-B"), 52 / WEEKS),
)
WEIGHTS = (0.0, 0.02, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 0.99)


class Frontier(NamedTuple):
    """Optimal portfolios by weight: the weights `w` (W,) and the fields of `Portfolio`, stacked."""

    w: np.ndarray
    x: np.ndarray  # (W, K)
    b: np.ndarray
    cost: np.ndarray
    cvar: np.ndarray
    expected: np.ndarray
    objective: np.ndarray


class Wedge(NamedTuple):
    """What a firm chooses that bears only a part of the loss, beside what it would choose if it bore all."""

    private: Portfolio  # the firm's choice; its objective is at the whole loss V
    social: Portfolio  # the best choice at V
    gap: float  # what the wedge costs: private.objective - social.objective >= 0


@dataclass(frozen=True)
class Sourcing:
    """Where to buy when places can fail: block B with its parameters. `create_sourcing` builds it.

    `dataclasses.replace(problem, phi=0)` gives a changed copy; every copy is validated. The fields are those
    of `optimise`; costs and xmax follow the order of places, and the first place is home.
    """

    places: tuple[str, ...]
    costs: tuple[float, ...]
    shocks: tuple[Shock, ...]
    alpha: float = 0.95
    phi: float = 1.0
    h: float = 0.25
    kappa: float = 0.01
    V: float = 4.0
    bmax: float = 0.0
    xmax: tuple[float, ...] | float = 1.0
    lam: float = 0.0

    def __post_init__(self) -> None:
        places = names("places", self.places)
        if len(places) > MOST_PLACES:
            raise ValueError(f"places = {places} must be one to {MOST_PLACES} different names")
        fields = {
            "places": places,
            "costs": tuple(array("costs", self.costs, (len(places),), 0, MOST_MONEY, given="places").tolist()),
            "shocks": checked(self.shocks, places),
            "alpha": number("alpha", self.alpha, 0, 1, open_high=True),
            "phi": number("phi", self.phi, 0, MOST_PHI),
            **{name: number(name, getattr(self, name), 0, MOST_MONEY) for name in ("h", "kappa", "V", "lam")},
            "bmax": number("bmax", self.bmax, 0, 1),
            "xmax": tuple(caps(self.xmax, len(places)).tolist()),
        }
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    @property
    def scenarios(self) -> Scenarios:
        """All that can happen: probabilities p (S,) and surviving fractions z (S, K)."""
        return _scenarios(self.shocks, self.places)

    def optimise(self, w: float) -> Portfolio:
        """The best portfolio at weight w in [0, 0.99]; see the function `optimise`.

        The frontier is found once for all weights and remembered, whatever w, V and kappa are asked for.
        """
        w = number("w", w, 0, MOST_WEIGHT)
        if self.lam == 0:
            return choose(w, self._candidates, self.kappa, self.V)
        return best(w, bmax=self.bmax, xmax=np.array(self.xmax), lam=self.lam, **self._given)

    def evaluate(self, x, b: float = 0.0, w: float = 0.0) -> Portfolio:
        """What given shares x (K,), adding up to 1, and a stock b in [0, 1] years cost and risk."""
        x = np.asarray(within("x", x, 0, 1))
        if x.shape != (len(self.places),) or abs(x.sum() - 1) > 1e-6:
            raise ValueError(f"x = {x} must be {len(self.places)} shares that add up to 1")
        b, w = number("b", b, 0, 1), number("w", w, 0, MOST_WEIGHT)
        return assess(x, b=b, w=w, lam=self.lam, **self._given)

    def wedge(self, w: float, chi: float) -> Wedge:
        """What does it cost that a firm bears only the part chi of the loss?

        The firm optimises with chi V, society with V; chi > 1 is a firm that is blamed for more than the loss
        is worth. chi V lies in [0, 1e6].
        """
        chi = number("chi", chi, 0, MOST_MONEY / max(self.V, 1.0))
        social = self.optimise(w)
        private = replace(self, V=chi * self.V).optimise(w)
        private = self.evaluate(private.x, private.b, w)
        return Wedge(private, social, private.objective - social.objective)

    @property
    def strategies(self) -> Mapping[str, Portfolio]:
        """Five strategies the debate names, none of them with a stock.

        *Home+Region* are the first two places, *two cheapest* the cheapest place and the next; all in equal shares.
        """
        order = [int(k) for k in np.argsort(self.costs, kind="stable")]
        sets = {
            "all-Home": [0],
            "Home+Region": [0, 1],
            "cheapest": order[:1],
            "two cheapest": order[:2],
            "all four": order,
        }
        rows = np.eye(len(self.places))
        return {name: self.evaluate(rows[at[: len(rows)]].mean(0)) for name, at in sets.items()}

    @property
    def table(self):
        """The calibration, a pandas.DataFrame: for each place its unit cost and what each shock takes."""
        import pandas as pd

        columns = {("unit cost", ""): self.costs}
        for shock in self.shocks:
            lost = [shock.severity if place in shock.places else 0.0 for place in self.places]
            columns[shock.name, f"{shock.probability:.0%}"] = lost
        table = pd.DataFrame(columns, index=pd.Index(self.places, name="place"))
        table.columns.names = ["shock", "chance in a year"]
        return table

    def compare(self, portfolios: Mapping[str, Portfolio]):
        """Portfolios side by side, a pandas.DataFrame: a row each; shares, stock in weeks, cost and risk."""
        import pandas as pd

        for each in mapping("portfolios", portfolios).values():
            self._mine("portfolios", each)
        rows = {
            name: [*each.x, each.b * WEEKS, each.cost, each.cvar, each.expected] for name, each in portfolios.items()
        }
        columns = [*self.places, "weeks of stock", "cost", "CVaR", "mean shortage"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns)

    def losses(self, portfolio: Portfolio):
        """What can happen to a portfolio, a pandas.DataFrame from the worst scenario to the best.

        Columns: probability, what survives of each place, the shortage as a fraction of a year's need.
        """
        import pandas as pd

        self._mine("portfolio", portfolio)
        p, z = self.scenarios
        table = pd.DataFrame(z, columns=list(self.places))
        table.insert(0, "probability", p)
        table["shortage"] = shortage(effective(z, self.phi), portfolio.x, portfolio.b)
        order = ["shortage", "probability"]
        return table.sort_values(order, ascending=False, kind="stable").reset_index(drop=True)

    def _mine(self, name: str, portfolio: Portfolio) -> None:
        """ValueError for a portfolio of other places."""
        if len(instance(name, portfolio, Portfolio).x) != len(self.places):
            raise ValueError(f"{name} has {len(portfolio.x)} shares; there are {len(self.places)} places")

    @property
    def _given(self) -> dict:
        p, z = self.scenarios
        given = {"alpha": self.alpha, "phi": self.phi, "h": self.h, "kappa": self.kappa, "V": self.V}
        return {"c": np.array(self.costs), "p": p, "z": z, **given}

    @property
    def _candidates(self) -> Candidates:
        return _efficient(self.shocks, self.places, self.costs, self.alpha, self.phi, self.h, self.bmax, self.xmax)


def create_sourcing(
    costs: Mapping[str, float] | None = None,
    shocks: Iterable[Shock] | None = None,
    probabilities: Mapping[str, float] | None = None,
    severities: float | Mapping[str, float] | None = None,
    **parameters,
) -> Sourcing:
    """The default calibration, or what you make of it.

    Parameters
    ----------
    costs : unit cost by place; places that are not named keep their default. With `shocks` of your own it
        lists all places, home first.
    shocks : all shocks, if not the eight of the default.
    probabilities : chance in a year by name of the shock: {"Home": 0.25}.
    severities : fraction of a year's supply lost, weeks / 52; one number for all shocks, or by name.
    parameters : alpha, phi, h, kappa, V, bmax, xmax, lam as in `optimise`.

    Raises ValueError naming the bad value and its domain.
    """
    costs = COSTS if costs is None else mapping("costs", costs)
    if shocks is None:
        _known("costs: place", costs, COSTS)
        costs = {**COSTS, **costs}
    costs = {place: number(f"costs of {place}", cost, 0, MOST_MONEY) for place, cost in costs.items()}
    shocks = {shock.name: shock for shock in checked(SHOCKS if shocks is None else shocks, tuple(costs))}
    if severities is not None and not hasattr(severities, "keys"):
        severities = dict.fromkeys(shocks, number("severities", severities, 0, 1))
    given = ("probability", "probabilities", probabilities), ("severity", "severities", severities)
    for field, argument, values in given:
        values = {} if values is None else mapping(argument, values)
        _known(f"{argument}: shock", values, shocks)
        for name, value in values.items():
            shocks[name] = shocks[name]._replace(**{field: value})
    _known("parameter", parameters, ("alpha", "phi", "h", "kappa", "V", "bmax", "xmax", "lam"))
    return Sourcing(tuple(costs), tuple(costs.values()), tuple(shocks.values()), **parameters)


def frontier(problem: Sourcing, weights: Sequence[float] = WEIGHTS) -> Frontier:
    """How do the best portfolio, its cost and its risk change with the weight of security?

    Along w the cost never falls and CVaR never rises (exchange argument; for lam = 0).
    Returns the optimal portfolios at the given weights, each in [0, 0.99].
    """
    instance("problem", problem, Sourcing)
    weights = array("weights", weights, (None,), 0, MOST_WEIGHT).tolist()
    return _stack(weights, [problem.optimise(w) for w in weights])


def staircase(problem: Sourcing) -> Frontier:
    """At exactly which weights does the best portfolio change, and to which?

    Formula: the objective of each efficient portfolio is linear in w, so the optimum is the lower envelope of
    lines; from the portfolio held, the next is the one whose line is crossed first.
    Returns the steps: portfolio i is best from w[i] to w[i + 1] (the last one up to 0.99).
    Raises ValueError if problem.lam > 0: the efficient portfolios are then not known beforehand.
    """
    if instance("problem", problem, Sourcing).lam:
        raise ValueError(f"lam = {problem.lam} must be 0 for a staircase")
    _, _, spend, tail, _, places = problem._candidates
    cost, risk = spend + problem.kappa * places, problem.V * tail
    held, weights = problem.optimise(0.0), [0.0]
    steps = [held]
    while True:
        dearer, safer = cost - held.cost, problem.V * held.cvar - risk
        better = (safer > TIE) & (dearer > 0)
        crossing = np.divide(dearer, dearer + safer, out=np.full(len(cost), np.inf), where=better)
        w = crossing.min()
        if not w <= MOST_WEIGHT:
            return _stack(weights, steps)
        # Of the lines that cross there, the steepest is the lowest beyond: `choose` prefers the lowest CVaR.
        held = problem.optimise(w)
        weights.append(float(w))
        steps.append(held)


def _stack(weights, portfolios) -> Frontier:
    return Frontier(np.array(weights), *map(np.array, zip(*portfolios, strict=True)))


def _known(what: str, names: Iterable[str], known: Iterable[str]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"{what} {name!r} is unknown; there is {', '.join(known)}")


@lru_cache(maxsize=64)
def _scenarios(shocks, places) -> Scenarios:
    found = scenarios(shocks, places)
    for part in found:
        part.flags.writeable = False
    return found


@lru_cache(maxsize=64)
def _efficient(shocks, places, costs, alpha, phi, h, bmax, xmax) -> Candidates:
    return efficient(np.array(costs), *_scenarios(shocks, places), alpha, phi, h, bmax, np.array(xmax))
