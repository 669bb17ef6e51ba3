"""The state that the five panels of section 2.3 share."""

from __future__ import annotations

from dataclasses import dataclass

from ..controls import checkbox, slider, strip

YEARS = 40  # what the memory lab shows
MOST_WEIGHT = 0.99
MOST_SUPPLIERS = 5  # per input
LEAST_BORNE, MOST_BORNE = 0.05, 1.5


@dataclass(frozen=True)
class Params:
    """Everything a slider of the section can move: start, domain, unit and group.

    The frontier lab and the wedge share costs and shocks, so that a setting made in one is there in the other.
    """

    # Chain lab: stages in series, suppliers of a stage in parallel.
    n: int = slider(20, 1, 40)
    m: int = slider(1, 1, 4)
    p: float = slider(0.01, 0.0, 0.1, 0.002, unit="a_year")
    q: float = slider(0.0, 0.0, 0.2, 0.005, unit="a_year")
    same_place: bool = checkbox(True)

    # Fragility lab: a firm, its suppliers, their suppliers …
    x: float = slider(0.9, 0.5, 1.0, 0.002)
    inputs: int = slider(2, 2, 6)
    suppliers: int = slider(2, 1, MOST_SUPPLIERS)
    depth: int = slider(50, 1, 200, log=True, unit="tiers")

    # Frontier lab: weight, technology of insurance, …
    w: float = slider(0.0, 0.0, MOST_WEIGHT)
    phi: float = slider(1.0, 0.0, 3.0, 0.05)
    inventory: int = slider(0, 0, 26, unit="weeks")  # largest stock
    V: float = slider(4.0, 1.0, 20.0, 0.5, unit="price")
    # … unit costs, …
    c_home: float = slider(1.0, 0.4, 1.4, unit="unit", group="prices")
    c_region: float = slider(0.92, 0.4, 1.4, unit="unit", group="prices")
    c_far_a: float = slider(0.7, 0.4, 1.4, unit="unit", group="prices")
    c_far_b: float = slider(0.78, 0.4, 1.4, unit="unit", group="prices")
    kappa: float = slider(0.01, 0.0, 0.05, 0.005, unit="unit", group="prices")
    alpha: float = slider(0.95, 0.8, 0.99, group="prices")
    # … and shocks: chances in a year, lengths in weeks. A world-wide shock takes half as long as a local one.
    q_home: float = slider(0.06, 0.0, 0.3, unit="a_year", group="shocks")
    embargo: float = slider(0.05, 0.0, 0.3, unit="a_year", group="shocks")
    q_region: float = slider(0.06, 0.0, 0.3, unit="a_year", group="shocks")
    q_far_a: float = slider(0.06, 0.0, 0.3, unit="a_year", group="shocks")
    q_far_b: float = slider(0.08, 0.0, 0.3, unit="a_year", group="shocks")
    q_home_region: float = slider(0.02, 0.0, 0.3, unit="a_year", group="shocks")
    q_world: float = slider(0.01, 0.0, 0.3, unit="a_year", group="shocks")
    bloc: float = slider(0.0, 0.0, 0.2, unit="a_year", group="shocks")
    severity: int = slider(26, 4, 52, unit="weeks", group="shocks")
    embargo_weeks: int = slider(52, 4, 52, unit="weeks", group="shocks")
    from_memory: bool = checkbox(False, group="shocks")  # the chance of an embargo is the fear of the memory lab

    # Memory lab: crisis years, how slowly they fade, how vivid they are, what moving costs.
    crises: tuple[int, ...] = strip((5,), 1, YEARS)
    delta: float = slider(0.9, 0.5, 1.0, unit="kept")
    salience: float = slider(3.0, 1.0, 6.0, 0.1, unit="calm_years")
    k: float = slider(0.0, 0.0, 0.25, 0.002, unit="need")

    # Wedge: the part of the loss that the firm itself bears.
    chi: float = slider(1.0, LEAST_BORNE, MOST_BORNE, 0.05)
