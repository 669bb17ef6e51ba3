"""Over how many places does a country spread the inputs that it buys abroad?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..domain import instance, mapping
from ..domain import names as checked_names
from .table import ICIO, position_of

if TYPE_CHECKING:
    import pandas as pd


def foreign_inputs(table: ICIO, sectors: Sequence[str] | None = None) -> np.ndarray:
    """Inputs that each country buys abroad, by country of origin: (G buyers, G origins), the diagonal 0.

    sectors : those whose products count; all without it. In the unit of the table.
    Raises ValueError for a sector that the table does not have.
    """
    table = instance("table", table, ICIO)
    kept = table.sectors if sectors is None else checked_names("sectors", sectors)
    G, N = len(table.countries), len(table.sectors)
    sold = table.Z.reshape(G, N, G, N)[:, [position_of("sector", name, table.sectors, "sectors") for name in kept]]
    bought = sold.sum(axis=(1, 3)).T
    return bought * (1 - np.eye(G))


def equal_suppliers(table: ICIO, sectors: Sequence[str] | None = None) -> np.ndarray:
    """How many suppliers of equal size are a country's foreign inputs worth?

    Formula: 1 / Σ s², with s the shares of the places abroad in the inputs bought there (the inverse of the
    Herfindahl index). One: all from one place; G - 1: the same from each of the others.

    Parameters as for `foreign_inputs`. Returns (G,), by buyer.
    Raises ValueError for a country that buys no such inputs abroad.
    """
    bought = foreign_inputs(table, sectors)
    total = bought.sum(axis=1)
    if none := [country for country, amount in zip(table.countries, total, strict=True) if amount <= 0]:
        raise ValueError(f"table: {', '.join(none)} buys no such inputs abroad, so it has no suppliers to count")
    shares = bought / total[:, None]
    return 1 / (shares**2).sum(axis=1)


def equal_suppliers_by_year(tables: Mapping[int, ICIO], sectors: Sequence[str] | None = None) -> pd.DataFrame:
    """`equal_suppliers` of several years as a table: a line for each buyer and year (columns buyer, year, suppliers).

    tables : by year, as `load("icio")` gives them. Raises ValueError as `equal_suppliers`.
    """
    import pandas as pd

    return pd.DataFrame(
        [
            (buyer, year, worth)
            for year, table in mapping("tables", tables).items()
            for buyer, worth in zip(table.countries, equal_suppliers(table, sectors), strict=True)
        ],
        columns=["buyer", "year", "suppliers"],
    )
