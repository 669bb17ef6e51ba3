"""Trade, gross and in value added, and the exact decompositions of exports."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..domain import array, choice, instance
from .position import upstreamness
from .table import ICIO, rows_of, solve_rounds

if TYPE_CHECKING:
    import pandas as pd


def bilateral(table: ICIO, kind: str = "total") -> np.ndarray:
    """How much does s sell to r? (G, G), sellers in rows, zero diagonal; `kind` is "total", "input" or
    "final".
    """
    instance("table", table, ICIO)
    kinds = {"total": lambda: table.sales, "input": lambda: table.sales - table.F, "final": lambda: table.F}
    choice("kind", kind, kinds)
    flows = table.by_country(kinds[kind]())
    np.fill_diagonal(flows, 0)
    return flows


def va_trade(table: ICIO) -> np.ndarray:
    """Whose work does r consume? (G, G): value added of s absorbed in r, VA[s,r] = Σ_{i∈s} v_i (L F)_{ir}.

    Rows sum to GDP, columns to final demand. Source: Johnson and Noguera 2012, J. Int. Economics 86(2)
    (*read*: abstract).
    """
    return instance("table", table, ICIO).va_content @ table.F


def vax(table: ICIO) -> np.ndarray:
    """(G,) value-added exports over gross exports, Σ_{r≠s} VA[s,r] / E_s; not a number for a country that
    exports nothing.
    """
    absorbed_abroad = va_trade(table)
    np.fill_diagonal(absorbed_abroad, 0)
    return _share(absorbed_abroad.sum(axis=1), bilateral(table).sum(axis=1))


class Balances(NamedTuple):
    """Bilateral balances (G, G), antisymmetric: entry [s, r] is the surplus of s with r. Rows sum to the
    overall balance.
    """

    gross: np.ndarray
    value_added: np.ndarray


def balances(table: ICIO) -> Balances:
    """Who runs a surplus with whom, gross and in value added? The overall balances (row sums) are the same in
    both.
    """
    gross, added = bilateral(table), va_trade(table)
    return Balances(gross - gross.T, added - added.T)


def va_in_exports(table: ICIO) -> np.ndarray:
    """Where does the value of a country's exports come from? (G, G): value added of s in gross exports of r.

    The diagonal is domestic, the rest of a column foreign value added; columns sum to gross exports exactly,
    since v'L = 1'. Source: Koopman, Wang and Wei 2014, American Economic Review 104(2) (*not verified*).
    """
    return va_in(table, instance("table", table, ICIO).abroad.sum(axis=1))


def foreign_part(table: ICIO, sectors: Collection[str] | None = None) -> float:
    """How much of what sectors earn by all exports is earned in another country than the one that exports?

    Formula: 1 - the sum of the diagonal over the sum of `va_in` of all exports, counting value added in `sectors`
    alone (all without it). It rises when production is divided more finely between countries.
    Raises ValueError as `va_in`, and if these sectors earn nothing by exports.
    """
    earned = va_in(table, instance("table", table, ICIO).abroad.sum(axis=1), sectors)
    if earned.sum() <= 0:
        raise ValueError("these sectors earn nothing by exports, so that no part of it is foreign")
    return float(1 - earned.trace() / earned.sum())


def foreign_part_by_year(tables: Mapping[int, ICIO], sectors: Collection[str] | None = None) -> pd.DataFrame:
    """`foreign_part` of several years, in per cent: a line for each year (columns year, foreign_part).

    tables : by year, as `load("icio")` gives them. Raises ValueError as `foreign_part`.
    """
    import pandas as pd

    parts = [(year, 100 * foreign_part(table, sectors)) for year, table in instance("tables", tables, Mapping).items()]
    return pd.DataFrame(parts, columns=["year", "foreign_part"])


def va_in(table: ICIO, deliveries: np.ndarray, sectors: Collection[str] | None = None) -> np.ndarray:
    """Whose work is in these products? (G, G): value added of s in the deliveries of r.

    deliveries: (GN,) what each sector of each country delivers (less than 0 where inventories shrink); a final
    delivery contains all value added along its chain, so that columns sum to the deliveries. sectors: count only
    value added in these.
    Raises ValueError for deliveries of another shape and for an unknown sector.
    Source for final products: Timmer, Erumban, Los, Stehrer and de Vries 2014, J. Economic Perspectives 28(2)
    (*not verified*).
    """
    content = instance("table", table, ICIO).va_content
    deliveries = array("deliveries", deliveries, table.x.shape)
    if sectors is not None:
        content = table.leontief_left(np.where(table.home.T, table.v * rows_of(table, sectors), 0.0))
    return (content * deliveries).reshape(-1, *table.shape).sum(axis=2)


class Decomposition(NamedTuple):
    """Gross exports [s, r], (G, G), split after Borin and Mancini: gross = davax + forward + backward.

    davax: domestic value added that the direct importer absorbs; it crosses one border only.
    forward: domestic value added that r sends on. backward: imported content and what is counted twice.
    """

    gross: np.ndarray
    davax: np.ndarray
    forward: np.ndarray
    backward: np.ndarray

    @property
    def dc(self) -> np.ndarray:
        """Domestic content that leaves home for the first time, V_s L_d,s e_sr."""
        return self.davax + self.forward

    @property
    def gvc(self) -> np.ndarray:
        """Trade that crosses more than one border."""
        return self.forward + self.backward


def decompose(table: ICIO) -> Decomposition:
    """How much of each export flow is trade within global value chains?

    DC_sr = V_s L_d,s e_sr and DAVAX_sr = V_s L_d,s (F_sr + A_sr L_d,r F_rr), with L_d,s = (I - A_ss)⁻¹;
    backward = E - DC, forward = DC - DAVAX, GVC = E - DAVAX. Only G systems of size N are solved, none of
    size GN. For country totals sum over r.
    Source: Borin and Mancini 2019, World Bank Policy Research WP 8804 (*not verified*).
    """
    G, N = instance("table", table, ICIO).shape
    home_final, v = table.F[table.home].reshape(G, N, 1), table.v.reshape(G, N, 1)
    met_at_home = solve_rounds(table.A_home, home_final)[..., 0]  # L_d,r F_rr
    content = solve_rounds(table.A_home.transpose(0, 2, 1), v)[..., 0]  # V_s L_d,s
    for_r_alone = np.einsum("irj,rj->ir", table.A.reshape(G * N, G, N), met_at_home, optimize=True)
    direct = np.where(table.home, 0.0, table.F + for_r_alone)

    def priced(flows: np.ndarray) -> np.ndarray:
        return table.by_country(content.reshape(-1, 1) * flows)

    gross, dc, davax = table.by_country(table.abroad), priced(table.abroad), priced(direct)
    return Decomposition(gross, davax, dc - davax, gross - dc)


def exports(table: ICIO) -> pd.DataFrame:
    """What are a country's exports made of, and where in the chain does it stand? One row per country.

    gross: exports, in the table's unit.
    dva, fva_share: domestic value added in them, however often it crosses the border (diagonal of
        `va_in_exports`), and the rest over gross.
    vax_ratio: value added absorbed abroad over gross (`vax`).
    gvc_participation = backward + forward: shares of gross after `decompose`.
    upstreamness: mean number of stages to final use, weighted with exports.

    Koopman, Wang and Wei's participation is another one: foreign value added plus domestic value added in
    others' exports, both from `va_in_exports`. A country that exports nothing has no shares (not a number).
    """
    import pandas as pd  # here: the models are used without tables too

    parts = decompose(table)
    gross = parts.gross.sum(axis=1)
    dva = np.diag(va_in_exports(table))
    backward, forward = (_share(part.sum(axis=1), gross) for part in (parts.backward, parts.forward))
    stages = table.by_country(upstreamness(table) * table.abroad.sum(axis=1))
    return pd.DataFrame(
        {
            "gross": gross,
            "dva": dva,
            "fva_share": _share(gross - dva, gross),
            "vax_ratio": vax(table),
            "gvc_participation": backward + forward,
            "backward": backward,
            "forward": forward,
            "upstreamness": _share(stages, gross),
        },
        index=pd.Index(table.countries, name="country"),
    )


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole != 0)
