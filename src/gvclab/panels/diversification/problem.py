"""The sourcing problem of the frontier lab and the wedge: from the state to the model, and into words."""

from __future__ import annotations

from collections.abc import Sequence

from gvclab.content import Listed, Message
from gvclab.models.sourcing import COSTS, WEEKS, Portfolio, Sourcing, belief_path, create_sourcing

from .params import YEARS, Params

ROOM = "panels.diversification"
PLACES = tuple(COSTS)


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


def in_words(x: Sequence[float], b: float) -> Listed:
    """A portfolio in words: 33% Region, 67% Far-B, 4.0 weeks of stock."""
    parts = [
        Message(f"{ROOM}.share", {"share": share, "place": Message(f"{ROOM}.places.{place}")})
        for share, place in zip(x, PLACES, strict=True)
        if share > 0
    ]
    if b > 0:
        parts.append(Message(f"{ROOM}.stock", {"weeks": WEEKS * b}))
    return Listed(parts, "comma")


def compared(portfolios: Sequence[Portfolio]) -> dict[str, list[float]]:
    """Columns of a table of portfolios, by their headings: shares, stock, cost and risk."""
    shares = zip(*(each.x for each in portfolios), strict=True)
    return {
        **{f"places.{place}": list(column) for place, column in zip(PLACES, shares, strict=True)},
        "stock": [WEEKS * each.b for each in portfolios],
        "unit_cost": [each.cost for each in portfolios],
        "cvar": [each.cvar for each in portfolios],
        "mean": [each.expected for each in portfolios],
    }
