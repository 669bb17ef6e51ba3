"""The inter-country input-output table as a value."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class ICIO(NamedTuple):
    """One year's inter-country input-output table: G countries, N sectors; rows sell, columns use.

    Row (and column of Z) g*N + i is sector i of country g. All arrays are float64 and read-only.

    Z   (GN, GN)  intermediate flows, million current US$, basic prices
    F   (GN, G)   final demand by buying country
    x   (GN,)     output, x = Z 1 + F 1
    va  (GN,)     value added including net product taxes and international transport margins, va = x - 1'Z
    """

    Z: np.ndarray
    F: np.ndarray
    x: np.ndarray
    va: np.ndarray
    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    year: int

    def __repr__(self) -> str:
        return f"ICIO({self.year}: {len(self.countries)} countries x {len(self.sectors)} sectors, million US$)"


def pack(tables: dict[int, ICIO]) -> dict[str, np.ndarray]:
    """The arrays of an npz that holds one member per year and array, so that a reader unpacks one year only."""
    first = next(iter(tables.values()))
    arrays = {"countries": np.array(first.countries), "sectors": np.array(first.sectors)}
    for year, table in sorted(tables.items()):
        arrays |= {f"{part}_{year}": getattr(table, part).astype(np.int32) for part in ("Z", "F", "x", "va")}
    return arrays


def years(stored) -> list[int]:
    """The years held by an npz written from `pack`."""
    return sorted(int(member[2:]) for member in stored if member.startswith("x_"))


def unpack(stored, year: int) -> ICIO:
    """One year's table out of the npz."""

    def frozen(part: str) -> np.ndarray:
        array = stored[f"{part}_{year}"].astype(float)
        array.flags.writeable = False
        return array

    return ICIO(
        *map(frozen, ("Z", "F", "x", "va")),
        countries=tuple(map(str, stored["countries"])),
        sectors=tuple(map(str, stored["sectors"])),
        year=year,
    )
