"""Chain lab: stages in series, suppliers in parallel, and what one shared place does to both."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...charts import View
from ...models.sourcing import chain_reliability
from ..base import Panel
from ..controls import Checkbox, Slider
from .params import Params

STAGES = np.arange(1, 41)
SUPPLIERS = (1, 2, 3, 4)


class Solution(NamedTuple):
    """Reliability of chains, for suppliers in the arrangement chosen and in the other one."""

    curves: np.ndarray  # (suppliers, stages) where the suppliers stand now
    other: np.ndarray  # (stages,) the chosen number of suppliers, arranged the other way
    together: np.ndarray  # (suppliers,) chains of n stages, suppliers of a stage in one place
    apart: np.ndarray  # (suppliers,) the same, each in a place of its own
