"""The panels of lesson 2.3b: how fear fades, what it leaves behind, and who pays for too little of it."""

from __future__ import annotations

from .felt import FeltRiskLab
from .memory import MemoryLab
from .wedge import WedgeLab

__all__ = ["FeltRiskLab", "MemoryLab", "WedgeLab"]
