"""The panels of section 2.3: five small laboratories that share one state.

chain, fragility, frontier, memory, wedge = linked()   what is set in one is kept in the others
FrontierLab(w=0.3)                                      one alone
"""

from __future__ import annotations

from functools import partial

from ..kit import share
from .chain import ChainLab
from .fragility import FragilityLab
from .frontier import FrontierLab
from .memory import MemoryLab
from .params import Params
from .wedge import WedgeLab

__all__ = ["ChainLab", "FragilityLab", "FrontierLab", "MemoryLab", "Params", "WedgeLab", "linked"]

linked = partial(share, (ChainLab, FragilityLab, FrontierLab, MemoryLab, WedgeLab))  # in the order of the lesson
