"""Where to buy when places can fail: the state, the model and the words that panels of 2.3a and 2.3b share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gvclab.content import Listed, Message
from gvclab.models.sourcing import COSTS, WEEKS, Portfolio, Sourcing, create_sourcing

from ..charts import theme
from .controls import slider

WORDS = "panels.sourcing"
PLACES = tuple(COSTS)
STYLES = dict(zip(PLACES, map(theme.style, ("home", "region", "far_a", "far_b")), strict=True))
SOME = 0.005  # a share below this is not spoken of


@dataclass(frozen=True)
class Market:
    """Prices and shocks of four places, and what a firm can do about them. All figures are illustrative."""

    phi: float = slider(1.0, 0.0, 1.5, 0.01)
    V: float = slider(4.0, 1.0, 20.0, 0.5, unit="price")
    inventory: int = slider(0, 0, 26, unit="weeks")  # largest stock
    c_home: float = slider(1.0, 0.4, 1.4, unit="unit", group="prices")
    c_region: float = slider(0.92, 0.4, 1.4, unit="unit", group="prices")
    c_far_a: float = slider(0.7, 0.4, 1.4, unit="unit", group="prices")
    c_far_b: float = slider(0.78, 0.4, 1.4, unit="unit", group="prices")
    kappa: float = slider(0.01, 0.0, 0.05, 0.005, unit="unit", group="prices")
    alpha: float = slider(0.95, 0.8, 0.99, group="prices")
    # Chances in a year, lengths in weeks. A world-wide shock takes half as long as a local one.
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


def problem(state: Market) -> Sourcing:
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
            "embargo": state.embargo,
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


def place(name: str) -> Message:
    """A place in words: Far A."""
    return Message(f"{WORDS}.places.{name}")


def used(x: Sequence[float]) -> Listed:
    """The places that a portfolio buys from: Far A and Far B."""
    return Listed([place(name) for share, name in zip(x, PLACES, strict=True) if share > SOME])


def in_words(x: Sequence[float], b: float) -> Listed:
    """A portfolio in words: 33% Region, 67% Far B, 4.0 weeks of stock."""
    parts = [
        Message(f"{WORDS}.share", {"share": share, "place": place(name)})
        for share, name in zip(x, PLACES, strict=True)
        if share > SOME
    ]
    if b > 0:
        parts.append(Message(f"{WORDS}.stock", {"weeks": WEEKS * b}))
    return Listed(parts, "comma")


def compared(portfolios: Sequence[Portfolio]) -> list[tuple[Message, list[float]]]:
    """Columns of a table of portfolios, by their headings: shares, stock, cost and risk."""
    shares = zip(*(each.x for each in portfolios), strict=True)
    columns = [(place(name), list(column)) for name, column in zip(PLACES, shares, strict=True)]
    rest = {
        "stock": [WEEKS * each.b for each in portfolios],
        "cost": [each.cost for each in portfolios],
        "cvar": [each.cvar for each in portfolios],
        "mean": [each.expected for each in portfolios],
    }
    return columns + [(Message(f"{WORDS}.table.{name}"), column) for name, column in rest.items()]
