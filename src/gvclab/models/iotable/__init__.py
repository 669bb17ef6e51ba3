"""Who adds value for whom, and who depends on whom? Inter-country input-output analysis.

`from_arrays` makes a validated table (`ICIO`) of any size, from one sector in three countries to the full
WIOD; `exports` sums the questions up country by country. All functions are pure; arrays are country-major
(all sectors of the first country, then the next), rows sell and columns buy, money is in the table's unit.
"""

from .poles import Linkage, Reach, Recount, introversion, linkage, reach, reach_by_year, recount
from .position import Reliance, downstreamness, reliance, upstreamness
from .scenarios import (
    Extraction,
    Pandemic,
    Routes,
    SourcingShares,
    extract,
    influence,
    pandemic,
    pandemic_matrix,
    pandemic_routes,
    relocate,
    sourcing_shares,
)
from .suppliers import equal_suppliers, equal_suppliers_by_year, foreign_inputs
from .table import ICIO, aggregate, collapse_uses, from_arrays
from .trade import (
    Balances,
    Decomposition,
    balances,
    bilateral,
    decompose,
    exports,
    foreign_part,
    foreign_part_by_year,
    va_in,
    va_in_exports,
    va_trade,
    vax,
)

__all__ = [
    "ICIO",
    "Balances",
    "Decomposition",
    "Extraction",
    "Linkage",
    "Pandemic",
    "Reach",
    "Recount",
    "Reliance",
    "Routes",
    "SourcingShares",
    "aggregate",
    "balances",
    "bilateral",
    "collapse_uses",
    "decompose",
    "downstreamness",
    "equal_suppliers",
    "equal_suppliers_by_year",
    "exports",
    "extract",
    "foreign_inputs",
    "foreign_part",
    "foreign_part_by_year",
    "from_arrays",
    "influence",
    "introversion",
    "linkage",
    "pandemic",
    "pandemic_matrix",
    "pandemic_routes",
    "reach",
    "reach_by_year",
    "recount",
    "reliance",
    "relocate",
    "sourcing_shares",
    "upstreamness",
    "va_in",
    "va_in_exports",
    "va_trade",
    "vax",
]
