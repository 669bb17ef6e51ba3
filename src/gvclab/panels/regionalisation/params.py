"""The state that the three panels of section 2.2 share, and what more than one of them needs."""

from __future__ import annotations

from dataclasses import dataclass

from ..controls import Slider
from ..world import FIRST, LAST

POLES = ("ASI", "NAM", "EUR")  # the rest of the world is no pole
YEAR = Slider("year", min=FIRST, max=LAST, step=1)


@dataclass(frozen=True)
class Params:
    """Everything a slider of the section can move, with the defaults of its calibration.

    Costs are relative to the start: 0.9 is ten per cent cheaper.
    """

    # Technology and institutions.
    tech: float = 0.9  # cost of crossing any border
    inst: float = 1.11  # further cost between poles
    rta: float = 1.0  # further cost within poles, what agreements leave of it
    free: bool = False  # no tariffs within poles
    theta: float = 1.0  # times the trade elasticities of the calibration
    world: str = "stylised"

    year: int = LAST  # of the real table, in the two panels that follow

    # Pole matrix.
    kind: str = "input"
    side: str = "backward"
    index: str = "share"
    pole: str = "EUR"  # whose members are counted otherwise …
    counting: str = "table"  # … and how

    # Where value is added.
    place: str = "ALL"
    product: str = "final"
    primary: bool = True  # value added in agriculture and mining counts
    rest: float = 0.0  # part of the rest of the world that is taken to be Asian
