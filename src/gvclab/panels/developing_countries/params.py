"""The state that the three panels of section 1.1 share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Params:
    """Everything a slider of the section can move, with the defaults of its calibration."""

    # Access lab: one chain; costs in units of what a stage costs at home.
    stages: int = 8
    border: float = 0.15  # of the remote country
    advantage: float = 0.10  # of the remote country, per stage

    # Position lab: three countries that share a chain; which is which stands in `position.COUNTRIES`.
    complexity: float = 1.0
    lam_1: float = 0.6
    lam_2: float = 0.4
    lam_3: float = 0.2
    labour_1: float = 1.0

    # Participation map: real economies.
    year: int = 2011
    economy: str = "CHN"
