"""The panels of lesson 1.1: who gets a place in a chain, and what decides what the work pays."""

from __future__ import annotations

from .access import AccessLab
from .position import PositionLab

__all__ = ["AccessLab", "PositionLab"]
