"""The panels of lesson 1.3: where a lockdown is felt, and whom a closed border would have helped."""

from __future__ import annotations

from .closing import ClosingLab
from .exposure import ExposureLab

__all__ = ["ClosingLab", "ExposureLab"]
