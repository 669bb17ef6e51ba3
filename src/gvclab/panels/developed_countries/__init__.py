"""The panels of section 1.2: who loses where a nation gains, what a tariff moves, what a balance says.

labs = linked()                      the six on one shared state, in the order of the lesson
TradeWarLab(retaliation=True)        one alone
"""

from __future__ import annotations

from ..base import Panel, Shared
from .balance import BalanceLab
from .distribution import DistributionLab
from .optimal import OptimalTariffLab
from .params import Params
from .premium import PremiumLab
from .triangle import TriangleLab
from .war import TradeWarLab

__all__ = [
    "BalanceLab",
    "DistributionLab",
    "OptimalTariffLab",
    "Params",
    "PremiumLab",
    "TradeWarLab",
    "TriangleLab",
    "linked",
]


def linked(params: Params | None = None) -> tuple[Panel, ...]:
    """The six panels on one shared state: distribution, premium, triangle, balance, trade war, optimal tariff."""
    shared = Shared(params or Params())
    panels = (DistributionLab, PremiumLab, TriangleLab, BalanceLab, TradeWarLab, OptimalTariffLab)
    return tuple(panel(shared) for panel in panels)
