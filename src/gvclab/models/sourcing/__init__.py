"""Efficiency against security: six small models of section 2.3, on diversification.

| block | question | functions |
|---|---|---|
| A reliability | does the whole chain work? | `chain_reliability`, `egl_fixed_point`, `egl_critical` |
| B portfolio | where to buy, how much to stock? | `create_sourcing`, `frontier`, `staircase`, `optimise` |
| C choke | what does a missing input cost? | `ces_output` |
| D beliefs | how does fear rise and fade? | `belief_path`, `calm_belief`, `belief_after`, `return_time` |
| E wave | who comes home, and stays? | `wave`, `scar` |
| F secure | what to secure with a budget? | `secure` |
"""

from .beliefs import belief_after, belief_path, calm_belief, return_time
from .choke import ces_output
from .portfolio import (
    Portfolio,
    Scenarios,
    Shock,
    cvar,
    effective,
    evaluate,
    optimise,
    scenarios,
    shortage,
)
from .problem import (
    COSTS,
    SHOCKS,
    WEEKS,
    WEIGHTS,
    Frontier,
    Sourcing,
    Wedge,
    create_sourcing,
    frontier,
    staircase,
)
from .reliability import Critical, chain_reliability, egl_critical, egl_fixed_point, egl_map
from .secure import Secured, secure
from .wave import scar, wave

__all__ = [
    "COSTS",
    "SHOCKS",
    "WEEKS",
    "WEIGHTS",
    "Critical",
    "Frontier",
    "Portfolio",
    "Scenarios",
    "Secured",
    "Shock",
    "Sourcing",
    "Wedge",
    "belief_after",
    "belief_path",
    "calm_belief",
    "ces_output",
    "chain_reliability",
    "create_sourcing",
    "cvar",
    "effective",
    "egl_critical",
    "egl_fixed_point",
    "egl_map",
    "evaluate",
    "frontier",
    "optimise",
    "return_time",
    "scar",
    "scenarios",
    "secure",
    "shortage",
    "staircase",
    "wave",
]
