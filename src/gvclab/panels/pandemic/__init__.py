"""The panels of section 1.3: whose lockdown is felt where, and whether a closed border would help.

exposure, closing, substitution = linked()   what is set in one is kept in the others
ClosingLab(asia=0.3)                         one alone
"""

from __future__ import annotations

from ..base import Shared
from .closing import ClosingLab
from .exposure import ExposureLab
from .params import Params
from .substitution import SubstitutionLab

__all__ = ["ClosingLab", "ExposureLab", "Params", "SubstitutionLab", "linked"]


def linked(params: Params | None = None) -> tuple[ExposureLab, ClosingLab, SubstitutionLab]:
    """The three panels on one shared state, in the order of the lesson."""
    shared = Shared(params or Params())
    return tuple(panel(shared) for panel in (ExposureLab, ClosingLab, SubstitutionLab))
