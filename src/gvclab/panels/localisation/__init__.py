"""The panels of lesson 2.1: where the division of labour stops, and when a part comes home."""

from __future__ import annotations

from .spider import SpiderLab
from .team import TeamLab

__all__ = ["SpiderLab", "TeamLab"]
