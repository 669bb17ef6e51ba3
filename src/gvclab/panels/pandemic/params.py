"""The state that the three panels of section 1.3 share, and the controls that more than one of them has."""

from __future__ import annotations

from dataclasses import dataclass

from ..controls import Choice, Slider

POLES = {"NAM": "north_america", "EUR": "europe", "ASI": "asia", "RST": "rest"}  # pole -> field of the state
LOCKDOWNS = tuple(Slider(name, min=0.0, max=0.35, step=0.01, group="lockdowns") for name in POLES.values())
WORLD = (
    Slider("openness", min=0.0, max=2.0, step=0.1),
    Slider("beta", min=0.3, max=0.9, step=0.05),
    Choice("detail", options=("regions", "poles")),
)
PRESETS = {
    "asia_first": {"north_america": 0.02, "europe": 0.02, "asia": 0.3, "rest": 0.02},
    "asia_spared": {"north_america": 0.2, "europe": 0.2, "asia": 0.02, "rest": 0.2},
    "same": {"north_america": 0.15, "europe": 0.15, "asia": 0.15, "rest": 0.15},
}


@dataclass(frozen=True)
class Params:
    """Everything a slider of the section can move, with the defaults of its calibration.

    A lockdown is the fall of labour in logs: 0.15 is 15 log points, about 14 per cent.
    """

    north_america: float = 0.15
    europe: float = 0.13
    asia: float = 0.12
    rest: float = 0.14

    openness: float = 1.0  # times the spending on other places that the table shows
    beta: float = 0.5  # share of labour in costs
    detail: str = "regions"  # the table by region or by pole

    theta: float = 5.0  # trade elasticity, the same in all sectors

    @property
    def lockdowns(self) -> dict[str, float]:
        """The fall of labour by pole."""
        return {pole: getattr(self, name) for pole, name in POLES.items()}
