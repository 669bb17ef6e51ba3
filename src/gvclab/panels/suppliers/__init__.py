"""The panels of lesson 2.3a: what a second supplier changes, and what makes somebody one.

The fragility lab belongs to its exercises.
"""

from __future__ import annotations

from .chain import ChainLab
from .fragility import FragilityLab
from .frontier import FrontierLab
from .substitutes import SubstitutesLab

__all__ = ["ChainLab", "FragilityLab", "FrontierLab", "SubstitutesLab"]
