"""The problem of block B as one immutable object: places, shocks, prices, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..domain import within
from .portfolio import (
    Candidates,
    Frontier,
    Portfolio,
    Scenarios,
    Shock,
    choose,
    effective,
    efficient,
    evaluate,
    optimise,
    scenarios,
    shortage,
)

WEEKS = 52  # a year: severities and stocks are years, sliders are weeks

# The illustrative default calibration: unit costs, and what can happen in a year.
COSTS = {"Home": 1.0, "Region": 0.92, "Far-A": 0.70, "Far-B": 0.78}
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


class Wedge(NamedTuple):
    """What a firm chooses that bears only a part of the loss, beside what it would choose if it bore all."""

    private: Portfolio  # the firm's choice; objective at the whole loss V
    social: Portfolio  # the best choice at V
    gap: float  # what the wedge costs: private.objective - social.objective >= 0


@dataclass(frozen=True)
class Sourcing:
    """Where to buy when places can fail: parameters of block B. Build it with `create_sourcing`.

    `dataclasses.replace(problem, phi=0)` gives a changed copy; every copy is validated. Fields as in `optimise`;
    places, costs and xmax are in the same order, and the first place is home.
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
        checked = {
            "places": tuple(self.places),
            "costs": tuple(within(f"cost of {k}", c, 0) for k, c in zip(self.places, self.costs, strict=True)),
            "shocks": tuple(_checked(shock) for shock in self.shocks),
            "alpha": within("alpha", self.alpha, 0, 1, open_high=True),
            "phi": within("phi", self.phi, 0, high=1e6),
            "h": within("h", self.h, 0, 1e6),
            "kappa": within("kappa", self.kappa, 0, 1e6),
            "V": within("V", self.V, 0, 1e6),
            "bmax": within("bmax", self.bmax, 0, 1),
            "xmax": tuple(np.broadcast_to(within("xmax", self.xmax, 0, 1), len(self.places)).tolist()),
            "lam": within("lam", self.lam, 0, 1e6),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        if not 1 <= len(self.places) <= 8:
            raise ValueError(f"places = {self.places} must be one to eight: every set of them is compared")
        if len(self.shocks) > 12:
            raise ValueError(f"{len(self.shocks)} shocks are too many: all combinations of at most 12 are listed")
        if sum(self.xmax) < 1 - 1e-9:
            raise ValueError(f"xmax = {self.xmax} must add up to at least 1, the whole need")
        scenarios((), self.places) if not self.shocks else self.scenarios  # names unknown places

    @property
    def scenarios(self) -> Scenarios:
        """All that can happen: probabilities p (S,) and surviving fractions z (S, K)."""
        return _scenarios(self.shocks, self.places)

    def optimise(self, w: float) -> Portfolio:
        """The best portfolio at weight w of security; see `optimise`. Repeated calls are nearly free."""
        if self.lam:
            return optimise(w, self.costs, *self.scenarios, **self._prices(), bmax=self.bmax, xmax=self.xmax)
        return choose(within("w", w, 0, 0.99), _efficient(self), self.kappa, self.V)
