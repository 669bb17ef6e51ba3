"""The panels of section 2.2: what makes trade regional, how to measure it, and where value is added.

costs, matrix, origin = linked()   what is set in one is kept in the others
CostLab(tech=0.8)                  one alone
"""

from __future__ import annotations

from ..base import Shared
from .costs import CostLab
from .matrix import MatrixLab
from .origin import OriginLab
from .params import Params

__all__ = ["CostLab", "MatrixLab", "OriginLab", "Params", "linked"]


def linked(params: Params | None = None) -> tuple[CostLab, MatrixLab, OriginLab]:
    """The three panels on one shared state, in the order of the lesson."""
    shared = Shared(params or Params())
    return tuple(panel(shared) for panel in (CostLab, MatrixLab, OriginLab))
