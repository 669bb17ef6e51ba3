"""The state that the six panels of section 1.2 share, and the control that two of them have."""

from __future__ import annotations

from dataclasses import dataclass

from ..controls import Slider

THETA = Slider("theta", min=2.0, max=10.0, step=0.5)


@dataclass(frozen=True)
class Params:
    """Everything a slider of the section can move, with the defaults of its calibration."""

    # Distribution lab: what workers can do, and what happens in China.
    kappa: float = 1.5  # mobility of workers between sectors (Roy)
    productivity: float = 2.0  # productivity of China's industry, times what it was

    # Premium lab, logs unless said otherwise.
    years: int = 10  # of skill-biased technology
    offshored: float = 0.05  # unskilled work done abroad, of that done at home
    skilled: float = 0.3  # growth of the relative supply of skills

    # Triangle: who puts how much into a phone of 100.
    parts: int = 60  # Japan
    design: int = 20  # United States
    assembly: int = 20  # China

    # Balance lab: the real table.
    economy: str = "USA"
    partner: str = "CHN"
    year: int = 2011

    # Trade war lab: the tariff comes on top of what is there.
    world: str = "table"
    tariff: float = 0.2
    retaliation: bool = False
    theta: float = 5.0  # trade elasticity; also of the optimal tariff lab

    # Optimal tariff lab: two countries.
    imports: float = 0.3  # of Home, per unit that it buys at home
    size: float = 1.0  # income of Foreign, times that of Home
    home_tariff: float = 0.0
    foreign_tariff: float = 0.0
