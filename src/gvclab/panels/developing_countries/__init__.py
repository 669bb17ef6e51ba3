"""The panels of section 1.1: who is in the chain, at which place in it, and where real economies stand.

entry, position, participation = linked()   the three on one shared state
EntryLab(border=0.13)                        one alone
"""

from __future__ import annotations

from ..base import Shared
from .entry import EntryLab
from .params import Params
from .participation import ParticipationLab
from .position import PositionLab

__all__ = ["EntryLab", "Params", "ParticipationLab", "PositionLab", "linked"]


def linked(params: Params | None = None) -> tuple[EntryLab, PositionLab, ParticipationLab]:
    """The three panels on one shared state, in the order of the lesson."""
    shared = Shared(params or Params())
    return tuple(panel(shared) for panel in (EntryLab, PositionLab, ParticipationLab))
