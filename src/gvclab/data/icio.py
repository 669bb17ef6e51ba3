"""How inter-country tables are kept in an npz: an array per part and year, so that a reader unpacks one year.

Members: `Z_2005` (GN, GN), `F_2005` (GN, G), `x_2005`, `va_2005` (GN,) as int32, and `countries`, `sectors`.
Rows sell, columns buy, country-major.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from gvclab.models.iotable import ICIO


class Flows(NamedTuple):
    """One year's flows, whole millions of current US$."""

    Z: np.ndarray
    F: np.ndarray
    x: np.ndarray
    va: np.ndarray


def pack(tables: Mapping[int, Flows], countries: list[str], sectors: list[str]) -> dict[str, np.ndarray]:
    """The members of the npz."""
    members = {"countries": np.array(countries), "sectors": np.array(sectors)}
    for year, flows in sorted(tables.items()):
        members |= {f"{part}_{year}": array.astype(np.int32) for part, array in flows._asdict().items()}
    return members


def years(stored: Mapping[str, np.ndarray]) -> list[int]:
    """The years that the npz holds."""
    return sorted(int(member[2:]) for member in stored if member.startswith("x_"))


def flows(stored: Mapping[str, np.ndarray], year: int) -> Flows:
    """One year's flows as stored (integers)."""
    return Flows(*(stored[f"{part}_{year}"] for part in Flows._fields))


def table(stored: Mapping[str, np.ndarray], year: int) -> ICIO:
    """One year's table: immutable, and checked to balance by `models.iotable`."""
    from gvclab.models.iotable import ICIO  # brings scipy.linalg

    countries, sectors = (tuple(map(str, stored[labels])) for labels in ("countries", "sectors"))
    Z, F, x, _ = flows(stored, year)
    return ICIO(Z, F, x, countries, sectors, year)
