"""The panels of lesson 1.2: who loses where a nation gains, whose work is in a deficit, whether a tariff pays."""

from __future__ import annotations

from .balance import BalanceLab
from .distribution import DistributionLab
from .war import TradeWarLab

__all__ = ["BalanceLab", "DistributionLab", "TradeWarLab"]
