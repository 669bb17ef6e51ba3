"""The sourcing problem of the frontier lab and the wedge: from the state to the model, and into words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gvclab.content import text
from gvclab.models.sourcing import (
    COSTS,
    WEEKS,
    Frontier,
    Portfolio,
    Sourcing,
    belief_path,
    create_sourcing,
)

from .params import YEARS, Params

if TYPE_CHECKING:
    import pandas as pd

PLACES = tuple(COSTS)
# The fields of the state that the problem depends on: costs and terms, shocks, and by way of fear, memory.
PROBLEM = frozenset(
    {
        *("c_home", "c_region", "c_far_a", "c_far_b", "phi", "V", "inventory", "kappa", "alpha"),
        *("q_home", "q_region", "q_far_a", "q_far_b", "q_home_region", "q_world", "embargo", "bloc"),
        *("severity", "embargo_weeks", "from_memory", "crises", "delta", "salience"),
    }
)


def embargo_chance(state: Params) -> float:
    """The chance of an embargo that the firm reckons with: as set, or the peak of fear in the memory lab."""
    if not state.from_memory:
        return state.embargo
    return float(belief_path(state.crises, YEARS, delta=state.delta, kappa=state.salience).max())


def problem(state: Params) -> Sourcing:
    """The sourcing problem of the state. A world-wide shock takes half as long as a local one."""
    local, trade = state.severity / WEEKS, state.embargo_weeks / WEEKS
    costs = (state.c_home, state.c_region, state.c_far_a, state.c_far_b)
    chances = (state.q_home, state.q_region, state.q_far_a, state.q_far_b)
    return create_sourcing(
        costs=dict(zip(PLACES, costs, strict=True)),
        probabilities={
            **dict(zip(PLACES, chances, strict=True)),
            "Home+Region": state.q_home_region,
            "world": state.q_world,
            "embargo": embargo_chance(state),
            "bloc": state.bloc,
        },
        severities={
            **dict.fromkeys((*PLACES, "Home+Region"), local),
            "world": local / 2,
            "embargo": trade,
            "bloc": trade,
        },
        alpha=state.alpha,
        phi=state.phi,
        kappa=state.kappa,
        V=state.V,
        bmax=state.inventory / WEEKS,
    )


def place_names() -> list[str]:
    """The names of the places, as the reader sees them."""
    return [text(f"panels.diversification.places.{place}") for place in PLACES]


def in_words(x, b: float) -> str:
    """A portfolio in words: 33% Region, 67% Far-B, 4.0 weeks of stock."""
    bought = [(share, place) for share, place in zip(x, place_names(), strict=True) if share > 0]
    parts = [text("panels.diversification.share", share=share, place=place) for share, place in bought]
    if b > 0:
        parts.append(text("panels.diversification.stock", weeks=WEEKS * b))
    return ", ".join(parts)


def steps_in_words(steps: Frontier) -> list[str]:
    """For each portfolio of the frontier: from which weight on it is best, and what it is."""
    rows = zip(steps.w, steps.x, steps.b, strict=True)
    return [text("panels.diversification.step", start=w, shares=in_words(x, b)) for w, x, b in rows]


def compared(asked: Sourcing, portfolios: Mapping[str, Portfolio]) -> pd.DataFrame:
    """Portfolios side by side, with the headings that the reader sees."""
    table = asked.compare(portfolios)
    numbers = [text(f"panels.diversification.table.{name}") for name in ("stock", "cost", "cvar", "mean")]
    table.columns = [*place_names(), *numbers]
    return table.rename_axis(text("panels.diversification.table.portfolio"))
