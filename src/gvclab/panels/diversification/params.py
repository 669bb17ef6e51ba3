"""The state that the five panels of section 2.3 share, and the controls that frontier and wedge have both."""

from __future__ import annotations

from dataclasses import dataclass

from ..controls import Slider

WEEKS = 52  # a year; severities and stocks are fractions of it
YEARS = 40  # what the memory lab shows
VALUE = Slider("V", min=1.0, max=20.0, step=0.5)
SUBSTITUTABILITY = Slider("phi", min=0.0, max=3.0, step=0.05)


@dataclass(frozen=True)
class Params:
    """Everything a slider of the section can move, with the defaults of its calibration.

    A panel draws from the fields it has controls for; the frontier lab and the wedge share costs and shocks,
    so that a setting made in one is there in the other. Domains are those of the controls.
    """

    # Chain lab: stages in series, suppliers of a stage in parallel.
    n: int = 20
    m: int = 1
    p: float = 0.01
    q: float = 0.0
    same_place: bool = True

    # Fragility lab: a firm, its suppliers, their suppliers …
    x: float = 0.9
    inputs: int = 2
    suppliers: int = 2
    depth: int = 50

    # Frontier lab: weight, technology of insurance, …
    w: float = 0.0
    phi: float = 1.0
    alpha: float = 0.95
    V: float = 4.0
    kappa: float = 0.01
    inventory: float = 0.0  # largest stock, weeks
    # … unit costs, …
    c_home: float = 1.0
    c_region: float = 0.92
    c_far_a: float = 0.7
    c_far_b: float = 0.78
    # … and shocks: chances in a year, lengths in weeks. A world-wide shock takes half as long as a local one.
    q_home: float = 0.06
    q_region: float = 0.06
    q_far_a: float = 0.06
    q_far_b: float = 0.08
    q_home_region: float = 0.02
    q_world: float = 0.01
    embargo: float = 0.05
    bloc: float = 0.0
    severity: float = 26.0
    embargo_weeks: float = 52.0
    from_memory: bool = False  # the chance of an embargo is the fear of the memory lab

    # Memory lab: crisis years, how slowly they fade, how vivid they are, what moving costs.
    crises: tuple[int, ...] = (5,)
    delta: float = 0.9
    salience: float = 3.0
    k: float = 0.0

    # Wedge: the part of the loss that the firm itself bears.
    chi: float = 1.0
