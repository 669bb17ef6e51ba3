"""The panels of section 2.1: how finely work is divided, and where its stages go.

team, spider, snake, history = linked()   what is set in one is kept in the others
SpiderLab(t=0.19)                         one alone
"""

from __future__ import annotations

from ..base import Shared
from .history import HistoryLab
from .params import Params
from .snake import SnakeLab
from .spider import SpiderLab
from .team import TeamLab

__all__ = ["HistoryLab", "Params", "SnakeLab", "SpiderLab", "TeamLab", "linked"]


def linked(params: Params | None = None) -> tuple[TeamLab, SpiderLab, SnakeLab, HistoryLab]:
    """The four panels on one shared state, in the order of the lesson."""
    shared = Shared(params or Params())
    return tuple(panel(shared) for panel in (TeamLab, SpiderLab, SnakeLab, HistoryLab))
