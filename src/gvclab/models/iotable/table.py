"""The table itself: an immutable inter-country input-output table, checked once, and what follows from it by
definition.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import lu_solve
from scipy.linalg.lapack import dgetrf

from ..domain import array, instance, mapping, names, number, within

_BALANCE = 1e-6  # of a row's sales: what float arithmetic may lose, not what rounding to whole millions loses
LARGEST_CELL = 1e30  # of a cell: products of cells stay within the range of numbers
_ROUNDING = 0.05  # of a row's sales: the most that `from_arrays` books as rounding


NO_INVERSE = (
    "the table has no Leontief inverse: in some sectors inputs use up all output, so that no value is added; "
    "check Z and x, or merge these sectors with `aggregate`"
)


@dataclass(frozen=True, eq=False)
class ICIO:
    """An inter-country input-output table of G countries x N sectors that balances: Z 1 + F 1 = x.

    Z: (GN, GN) intermediate deliveries; F: (GN, G) final deliveries by destination; x: (GN,) gross output.
    Rows sell. Cells of F may be negative (inventories), cells of Z may not; none is beyond 1e30. The arrays are
    copied and made read-only. Raises ValueError naming the cell or row at fault. `from_arrays` makes one from
    published arrays.

    What needs L = (I - A)⁻¹ raises ValueError for a table whose inputs use up all output (no value is added
    somewhere along a loop of suppliers): it has no such inverse.
    """

    Z: np.ndarray
    F: np.ndarray
    x: np.ndarray
    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    year: int | None = None

    def __post_init__(self):
        countries, sectors = names("countries", self.countries), names("sectors", self.sectors)
        if self.year is not None:
            object.__setattr__(self, "year", number("year", self.year, 0, 9999, whole=True))
        G, size = len(countries), len(countries) * len(sectors)
        Z, F, x = (
            _frozen(name, getattr(self, name), shape)
            for name, shape in (("Z", (size, size)), ("F", (size, G)), ("x", (size,)))
        )
        for field, value in (("Z", Z), ("F", F), ("x", x), ("countries", countries), ("sectors", sectors)):
            object.__setattr__(self, field, value)
        for name, cells in (("Z", Z), ("x", x)):
            if cells.min() < 0:
                row = np.unravel_index(cells.argmin(), cells.shape)[0]
                raise ValueError(f"{name} of {self.label(row)} has {cells.min():g}; it must be 0 or more")
        sales = Z.sum(axis=1) + F.sum(axis=1)
        gap = np.abs(sales - x) - _BALANCE * (np.abs(F).sum(axis=1) + Z.sum(axis=1))
        if gap.max() > _BALANCE * x.mean():
            row = int(gap.argmax())
            raise ValueError(
                f"output of {self.label(row)} in x is {x[row]:g} but its sales in Z and F sum to {sales[row]:g}; "
                "they must be equal (from_arrays books the rounding of a published table)"
            )

    def label(self, row: int) -> str:
        """The country and sector of a row: `"CHN ELE"`."""
        row = number("row", row, 0, len(self.countries) * len(self.sectors) - 1, whole=True)
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
        return read_only(np.divide(self.Z, self.x, out=np.zeros_like(self.Z), where=self.x > 0))

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
        rows = np.asarray(within("rows", rows))
        if rows.ndim == 0 or len(rows) != self.x.size:
            raise ValueError(f"rows has shape {np.shape(rows)}; its first axis must have {self.x.size} entries")
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
        *lu, singular = dgetrf(M.T, overwrite_a=True)
        # L = I + A + A² + ... has column sums of 1 or more; a table that uses up what it makes has no such sum.
        if singular or not (lu_solve(lu, np.ones(self.x.size), check_finite=False) > 1 - _BALANCE).all():
            raise ValueError(NO_INVERSE)
        return lu

    def leontief(self, b: np.ndarray) -> np.ndarray:
        """L b with L = (I - A)⁻¹: output needed, everywhere, for the deliveries b (GN,) or (GN, k)."""
        if np.ndim(b) not in (1, 2) or len(b) != self.x.size:
            raise ValueError(f"b has shape {np.shape(b)}; its first axis must have {self.x.size} entries")
        return lu_solve(self._lu, within("b", b), trans=1, check_finite=False)

    def leontief_left(self, b: np.ndarray) -> np.ndarray:
        """b L: what a unit of each sector's final delivery contains of b (GN,) or (k, GN)."""
        if np.ndim(b) not in (1, 2) or np.shape(b)[-1] != self.x.size:
            raise ValueError(f"b has shape {np.shape(b)}; its last axis must have {self.x.size} entries")
        return lu_solve(self._lu, within("b", b).T, check_finite=False).T

    @cached_property
    def va_content(self) -> np.ndarray:
        """(G, GN) value added of country s in a unit of final delivery of sector j; columns sum to 1."""
        return read_only(self.leontief_left(np.where(self.home.T, self.v, 0.0)))


def solve_rounds(A: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(I - A)⁻¹ b = b + A b + A² b + ..., for one matrix or a stack of them: A (..., n, n), b (..., n, k).

    ValueError where the sum over rounds of suppliers has no end.
    """
    right = np.concatenate([b, np.ones((*b.shape[:-1], 1))], axis=-1)
    try:
        x = np.linalg.solve(np.eye(A.shape[-1]) - A, right)
    except np.linalg.LinAlgError:
        raise ValueError(NO_INVERSE) from None
    if not (x[..., -1] > 1 - _BALANCE).all():
        raise ValueError(NO_INVERSE)
    return x[..., :-1]


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
    countries, sectors = names("countries", countries), names("sectors", sectors)
    size, n = len(countries) * len(sectors), len(sectors)
    asked = "countries and sectors"
    Z = array("Z", Z, (size, size), 0, LARGEST_CELL, given=asked)
    F = array("F", collapse_uses(F, len(countries)), (size, len(countries)), -LARGEST_CELL, LARGEST_CELL, given=asked)
    if x is None:
        return ICIO(Z, F, Z.sum(axis=1) + F.sum(axis=1), countries, sectors, year)
    x = array("x", x, (size,), 0, LARGEST_CELL, given=asked)
    gap = x - Z.sum(axis=1) - F.sum(axis=1)
    bad = np.abs(gap) > _ROUNDING * np.maximum(Z.sum(axis=1) + np.abs(F).sum(axis=1), x.mean())
    if bad.any():
        row = int(np.argmax(bad))
        raise ValueError(
            f"output of {countries[row // n]} {sectors[row % n]} in x is {x[row]:g} but its sales in Z and F sum to "
            f"{x[row] - gap[row]:g}; a gap above {_ROUNDING:.0%} is not rounding"
        )
    rows = np.arange(size)
    F[rows, rows // n] += gap
    return ICIO(Z, F, x, countries, sectors, year)


def collapse_uses(F: ArrayLike, n_countries: int) -> np.ndarray:
    """Final demand by country: (GN, G·uses), country-major, summed over a country's uses to (GN, G).

    Raises ValueError where the columns are no multiple of `n_countries`.
    """
    n_countries = number("n_countries", n_countries, 1, 1e6, whole=True)
    F = array("F", F, (None, None), -LARGEST_CELL, LARGEST_CELL)
    if F.shape[1] % n_countries:
        raise ValueError(f"n_countries = {n_countries}: F has {F.shape[1]} columns, which must be a multiple of it")
    return F.reshape(F.shape[0], n_countries, -1).sum(axis=2)


def aggregate(
    table: ICIO, countries: Mapping[str, str] | None = None, sectors: Mapping[str, str] | None = None
) -> ICIO:
    """Merge countries and sectors: every label is sent to a new one (the identity where no mapping is given).

    Flows between merged countries become home flows. New labels stand in order of first appearance in the
    table. Raises ValueError for a label that the mapping leaves out.
    """
    instance("table", table, ICIO)
    old_c, new_c = _mapped("countries", table.countries, countries)
    old_s, new_s = _mapped("sectors", table.sectors, sectors)
    N = len(new_s)
    target = (old_c[:, None] * N + old_s[None, :]).ravel()
    S = np.zeros((target.size, len(new_c) * N))
    S[np.arange(target.size), target] = 1
    C = np.zeros((old_c.size, len(new_c)))
    C[np.arange(old_c.size), old_c] = 1
    return ICIO(S.T @ table.Z @ S, S.T @ table.F @ C, table.x @ S, new_c, new_s, table.year)


def _mapped(kind: str, labels: tuple[str, ...], given: Mapping[str, str] | None):
    if given is None:
        return np.arange(len(labels)), labels
    merged = mapping(kind, given)
    if missing := [label for label in labels if label not in merged]:
        raise ValueError(f"the mapping of {kind} says nothing about {', '.join(missing)}")
    new = names(kind, dict.fromkeys(merged[label] for label in labels))
    return np.array([new.index(merged[label]) for label in labels]), new


def _frozen(name: str, cells: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    """A read-only copy."""
    return read_only(array(name, cells, shape, -LARGEST_CELL, LARGEST_CELL, given="countries and sectors").copy())


def read_only(cells: np.ndarray) -> np.ndarray:
    """The same array, closed to changes."""
    cells.setflags(write=False)
    return cells


def position_of(kind: str, name: str, labels: tuple[str, ...], parameter: str | None = None) -> int:
    """Where a country or sector stands; ValueError lists the known ones, and names the parameter if it is not
    called by its kind.
    """
    if not isinstance(name, str) or name not in labels:
        where = "" if parameter is None else f"{parameter}: "
        raise ValueError(f"{where}no {kind} {name!r} here; there is {', '.join(labels)}")
    return labels.index(name)


def rows_of(table: ICIO, sectors: Collection[str] | None, parameter: str = "sectors") -> np.ndarray:
    """(GN,) whether a row is of one of these sectors, of any country; all without them."""
    kept = table.sectors if sectors is None else names(parameter, sectors)
    counted = np.zeros(len(table.sectors), dtype=bool)
    counted[[position_of("sector", each, table.sectors, parameter) for each in kept]] = True
    return np.tile(counted, len(table.countries))
