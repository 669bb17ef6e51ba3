"""The table itself: an immutable inter-country input-output table, checked once, and what follows from it by
definition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import lu_factor, lu_solve

_BALANCE = 1e-6  # of a row's sales: what float arithmetic may lose, not what rounding to whole millions loses
_ROUNDING = 0.05  # of a row's sales: the most that `from_arrays` books as rounding


@dataclass(frozen=True, eq=False)
class ICIO:
    """An inter-country input-output table of G countries x N sectors that balances: Z 1 + F 1 = x.

    Z: (GN, GN) intermediate deliveries; F: (GN, G) final deliveries by destination; x: (GN,) gross output.
    Rows sell. Cells of F may be negative (inventories), cells of Z may not. The arrays are copied and made
    read-only. Raises ValueError naming the cell or row at fault. `from_arrays` makes one from published
    arrays.
    """

    Z: np.ndarray
    F: np.ndarray
    x: np.ndarray
    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    year: int | None = None

    def __post_init__(self):
        countries, sectors = _labels("countries", self.countries), _labels("sectors", self.sectors)
        G, size = len(countries), len(countries) * len(sectors)
        Z = _frozen("Z", self.Z, (size, size))
        F = _frozen("F", self.F, (size, G))
        x = _frozen("x", self.x, (size,))
        for field, value in (("Z", Z), ("F", F), ("x", x), ("countries", countries), ("sectors", sectors)):
            object.__setattr__(self, field, value)
        for name, array in (("Z", Z), ("x", x)):
            if array.size and array.min() < 0:
                row = np.unravel_index(array.argmin(), array.shape)[0]
                raise ValueError(f"{name} of {self.label(row)} has {array.min():g}; it must be 0 or more")
        sales = Z.sum(axis=1) + F.sum(axis=1)
        gap = np.abs(sales - x) - _BALANCE * (np.abs(F).sum(axis=1) + Z.sum(axis=1))
        if gap.max() > _BALANCE * x.mean():
            row = int(gap.argmax())
            raise ValueError(
                f"output of {self.label(row)} is {x[row]:g} but its sales sum to {sales[row]:g}; "
                "they must be equal (from_arrays books the rounding of a published table)"
            )

    def label(self, row: int) -> str:
        """The country and sector of a row: `"CHN ELE"`."""
        return f"{self.countries[row // len(self.sectors)]} {self.sectors[row % len(self.sectors)]}"

    def country(self, name: str) -> int:
        """Position of a country; ValueError lists the known ones."""
        return position_of("country", name, self.countries)

    def rows(self, country: str) -> slice:
        """The rows (and columns) of a country."""
        n = len(self.sectors)
        return slice(self.country(country) * n, (self.country(country) + 1) * n)

    def row(self, country: str, sector: str) -> int:
        """The row (and column) of a country's sector."""
        return self.rows(country).start + position_of("sector", sector, self.sectors)

    @property
    def shape(self) -> tuple[int, int]:
        """(G, N): numbers of countries and sectors."""
        return len(self.countries), len(self.sectors)

    @cached_property
    def A(self) -> np.ndarray:
        """(GN, GN) input coefficients Z x̂⁻¹; a sector without output has none."""
        return read_only(self.Z * np.divide(1.0, self.x, out=np.zeros_like(self.x), where=self.x > 0))

    @cached_property
    def v(self) -> np.ndarray:
        """(GN,) value added per unit of output, 1 - 1'A (1 where nothing is produced, so that v'L = 1'
        everywhere).
        """
        return read_only(1 - self.A.sum(axis=0))

    @cached_property
    def va(self) -> np.ndarray:
        """(GN,) value added, x - 1'Z."""
        return read_only(self.v * self.x)

    @cached_property
    def gdp(self) -> np.ndarray:
        """(G,) value added by country."""
        return read_only(self.by_country(self.va))

    def by_country(self, rows: np.ndarray) -> np.ndarray:
        """Sum the first axis (GN) over each country's sectors: (G, ...)."""
        return rows.reshape(*self.shape, *rows.shape[1:]).sum(axis=1)

    @cached_property
    def sales(self) -> np.ndarray:
        """(GN, G) all deliveries of a sector by country of the buyer, intermediate and final."""
        return read_only(self.Z.reshape(self.x.size, *self.shape).sum(axis=2) + self.F)

    @cached_property
    def home(self) -> np.ndarray:
        """(GN, G) mask: the buyer is the seller's own country."""
        return read_only(np.repeat(np.eye(self.shape[0], dtype=bool), self.shape[1], axis=0))

    @cached_property
    def abroad(self) -> np.ndarray:
        """(GN, G) exports of each sector by destination; home deliveries are zero."""
        return read_only(np.where(self.home, 0.0, self.sales))

    @cached_property
    def A_home(self) -> np.ndarray:
        """(G, N, N) input coefficients of each country's own inputs, the diagonal blocks of A."""
        G, N = self.shape
        g = np.arange(G)
        return read_only(self.A.reshape(G, N, G, N)[g, :, g, :])

    @cached_property
    def _lu(self):
        # Factor the transpose: it is the same memory read in Fortran order, which LAPACK takes without a
        # copy.
        M = -self.A
        M[np.diag_indices_from(M)] += 1
        return lu_factor(M.T, overwrite_a=True, check_finite=False)

    def leontief(self, b: np.ndarray) -> np.ndarray:
        """L b with L = (I - A)⁻¹: output needed, everywhere, for the deliveries b (GN,) or (GN, k)."""
        return lu_solve(self._lu, b, trans=1, check_finite=False)

    def leontief_left(self, b: np.ndarray) -> np.ndarray:
        """b L: what a unit of each sector's final delivery contains of b (GN,) or (k, GN)."""
        return lu_solve(self._lu, b.T, check_finite=False).T

    @cached_property
    def va_content(self) -> np.ndarray:
        """(G, GN) value added of country s in a unit of final delivery of sector j; columns sum to 1."""
        return read_only(self.leontief_left(np.where(self.home.T, self.v, 0.0)))


def from_arrays(
    Z: ArrayLike,
    F: ArrayLike,
    countries: Sequence[str],
    sectors: Sequence[str],
    x: ArrayLike | None = None,
    year: int | None = None,
) -> ICIO:
    """An `ICIO` from published arrays.

    F may have several uses per country, (GN, G·uses), country-major; they are added up. Without x, output is
    the row sum. With x, a row that misses it (tables are printed in whole millions) keeps x, and with it
    every coefficient: the gap is booked as final demand at home. Raises ValueError as `ICIO` does, and for a
    gap above 5 % of the row's sales, which is no rounding.
    """
    Z, F = np.asarray(Z, dtype=float), collapse_uses(F, len(countries))
    if x is not None:
        x = np.asarray(x, dtype=float)
        if Z.shape[0] == x.size == F.shape[0] == len(countries) * len(sectors):
            gap = x - Z.sum(axis=1) - F.sum(axis=1)
            bad = np.abs(gap) > _ROUNDING * np.maximum(Z.sum(axis=1) + np.abs(F).sum(axis=1), x.mean())
            if bad.any():
                row, n = int(np.argmax(bad)), len(sectors)
                raise ValueError(
                    f"output of {countries[row // n]} {sectors[row % n]} is {x[row]:g} but its sales sum to "
                    f"{x[row] - gap[row]:g}; a gap above {_ROUNDING:.0%} is not rounding"
                )
            rows = np.arange(x.size)
            F[rows, rows // len(sectors)] += gap
    else:
        x = Z.sum(axis=1) + F.sum(axis=1)
    return ICIO(Z, F, x, tuple(countries), tuple(sectors), year)


def collapse_uses(F: ArrayLike, n_countries: int) -> np.ndarray:
    """Final demand by country: (GN, G·uses), country-major, summed over a country's uses to (GN, G)."""
    F = np.array(F, dtype=float)
    if F.ndim != 2 or n_countries < 1 or F.shape[1] % n_countries:
        raise ValueError(f"F has shape {F.shape}; its columns must be a multiple of the {n_countries} countries")
    return F.reshape(F.shape[0], n_countries, -1).sum(axis=2)


def aggregate(
    table: ICIO, countries: Mapping[str, str] | None = None, sectors: Mapping[str, str] | None = None
) -> ICIO:
    """Merge countries and sectors: every label is sent to a new one (the identity where no mapping is given).

    Flows between merged countries become home flows. New labels stand in order of first appearance in the
    table. Raises ValueError for a label that the mapping leaves out.
    """
    old_c, new_c = _mapped("countries", table.countries, countries)
    old_s, new_s = _mapped("sectors", table.sectors, sectors)
    N = len(new_s)
    target = (old_c[:, None] * N + old_s[None, :]).ravel()
    S = np.zeros((target.size, len(new_c) * N))
    S[np.arange(target.size), target] = 1
    C = np.zeros((old_c.size, len(new_c)))
    C[np.arange(old_c.size), old_c] = 1
    return ICIO(S.T @ table.Z @ S, S.T @ table.F @ C, table.x @ S, new_c, new_s, table.year)


def _mapped(kind: str, labels: tuple[str, ...], mapping: Mapping[str, str] | None):
    if mapping is None:
        return np.arange(len(labels)), labels
    if missing := [label for label in labels if label not in mapping]:
        raise ValueError(f"the mapping of {kind} says nothing about {', '.join(missing)}")
    new = tuple(dict.fromkeys(mapping[label] for label in labels))
    return np.array([new.index(mapping[label]) for label in labels]), new


def _labels(kind: str, labels: Sequence[str]) -> tuple[str, ...]:
    labels = tuple(str(label) for label in labels)
    if not labels or len(set(labels)) < len(labels):
        twice = sorted({label for label in labels if labels.count(label) > 1})
        raise ValueError(f"{kind} must be one or more different names; repeated: {twice}")
    return labels


def _frozen(name: str, array: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    array = np.array(array, dtype=float)
    if array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}; countries and sectors ask for {shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} has a value that is not a finite number at {np.argwhere(~np.isfinite(array))[0]}")
    return read_only(array)


def read_only(array: np.ndarray) -> np.ndarray:
    """The same array, closed to changes."""
    array.setflags(write=False)
    return array


def position_of(kind: str, name: str, labels: tuple[str, ...]) -> int:
    """Where a country or sector stands; ValueError lists the known ones."""
    if name not in labels:
        raise ValueError(f"no {kind} {name!r} here; there is {', '.join(labels)}")
    return labels.index(name)
