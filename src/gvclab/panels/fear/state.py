"""Crises, how they are remembered, and what moving costs: the state of the panels about fear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gvclab.models.sourcing import belief_path

from ..controls import slider, strip

YEARS = 40  # what is shown
LAST_CRISIS = 21  # the last year that a reader can put a crisis in
HORIZON = 400  # years in which the return of calm is looked for
THRESHOLD = 0.05  # fear below this is called gone
TIME = np.arange(YEARS + 1)
SPAN = {"range": [-0.5, YEARS + 0.5]}


@dataclass(frozen=True)
class Remembered:
    """Years with a crisis, how slowly they fade, and how vivid they are."""

    crises: tuple[int, ...] = strip((5,), 1, LAST_CRISIS)
    delta: float = slider(0.9, 0.5, 1.0, unit="kept", group="memory")
    salience: float = slider(3.0, 1.0, 6.0, 0.1, unit="calm_years", group="memory")


def felt(state: Remembered) -> np.ndarray:
    """The felt risk of a crisis in each year, as far as the horizon."""
    return belief_path(state.crises, HORIZON, delta=state.delta, kappa=state.salience)
