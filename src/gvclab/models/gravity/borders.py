"""What borders cost on average, within poles and between them, year by year."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import numpy as np

from ..domain import instance, mapping
from ..iotable import ICIO
from ..iotable.table import position_of, rows_of
from .formulas import head_ries

if TYPE_CHECKING:
    import pandas as pd


def border_costs(
    table: ICIO, poles: Mapping[str, str], sectors: Collection[str] | None = None, theta: float = 5.0
) -> tuple[float, float]:
    """What does a border cost, within poles and between poles? Geometric means of `head_ries` over pairs of places.

    poles : the pole of each place; one that is in none is left out. sectors : whose products count (all without it);
    theta : trade elasticity, above 0.
    Raises ValueError for an unknown place or sector, and where no border lies within a pole or none between two.
    """
    instance("table", table, ICIO)
    poles = mapping("poles", poles)
    at = [position_of("country", place, table.countries, "poles") for place in poles]
    sales = table.by_country(table.sales * rows_of(table, sectors)[:, None])
    cost = np.log(head_ries(sales[np.ix_(at, at)], theta))
    same = np.equal.outer(list(poles.values()), list(poles.values()))
    within, between = same & ~np.eye(len(at), dtype=bool), ~same
    if not within.any() or not between.any():
        raise ValueError(f"poles = {dict(poles)}: there must be two places in one pole, and two poles")
    return float(np.exp(cost[within].mean())), float(np.exp(cost[between].mean()))


def border_costs_by_year(
    tables: Mapping[int, ICIO], poles: Mapping[str, str], sectors: Collection[str] | None = None, theta: float = 5.0
) -> pd.DataFrame:
    """`border_costs` of several years: two lines for each (columns year, border, cost), borders "WITHIN" and "BETWEEN".

    tables : by year, as `load("icio")` gives them. Raises ValueError as `border_costs`.
    """
    import pandas as pd

    found = [
        (year, border, cost)
        for year, table in instance("tables", tables, Mapping).items()
        for border, cost in zip(("WITHIN", "BETWEEN"), border_costs(table, poles, sectors, theta), strict=True)
    ]
    return pd.DataFrame(found, columns=["year", "border", "cost"])
