"""The panels of lesson 2.2: what makes trade regional, and how regional the world is by which count."""

from __future__ import annotations

from .costs import CostLab
from .matrix import MatrixLab

__all__ = ["CostLab", "MatrixLab"]
