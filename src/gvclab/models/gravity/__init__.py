"""What do tariffs, agreements, embargoes and labour shocks do to everyone? Caliendo-Parro hat algebra with
tariffs.

A `World` comes from a table (`calibrate`) or is the stylised one of `models.world`; `solve` takes it through
a shock. Labour is mobile or sorts as in Roy (`roy`). Arrays are [importer, exporter, sector]; all functions
are pure.
"""

from .borders import border_costs, border_costs_by_year
from .calibrate import as_table, calibrate
from .closures import Mobile, Roy, ras, roy, sector_shares
from .economy import Accounts, World, accounts
from .formulas import (
    SkillPremium,
    acr_welfare,
    autarky_loss,
    head_ries,
    optimal_tariff_formula,
    skill_premium,
)
from .hat import Equilibrium, rebase, solve
from .policy import TariffChoice, closing_cost, nash_tariffs, optimal_tariff

__all__ = [
    "Accounts",
    "Equilibrium",
    "Mobile",
    "Roy",
    "SkillPremium",
    "TariffChoice",
    "World",
    "accounts",
    "acr_welfare",
    "as_table",
    "autarky_loss",
    "border_costs",
    "border_costs_by_year",
    "calibrate",
    "closing_cost",
    "head_ries",
    "nash_tariffs",
    "optimal_tariff",
    "optimal_tariff_formula",
    "ras",
    "rebase",
    "roy",
    "sector_shares",
    "skill_premium",
    "solve",
]
