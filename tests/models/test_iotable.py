"""The input-output engine against definitions written out anew, against identities, and against published
tables.
"""

import csv
from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gvclab.models import iotable, world
from gvclab.models.iotable import ICIO, from_arrays

WIOD_YEARS = (1995, 2008, 2011)
MEMBERS = {
    "ROW": "AUS BRA RUS TUR RoW",
    "EUW": "AUT BEL CYP DNK ESP FIN FRA GBR GRC IRL ITA LUX MLT NLD PRT SWE",
    "EUE": "BGR CZE EST HUN LTU LVA POL ROM SVK SVN",
    "IIN": "IND IDN",
}
REGION_OF = {country: region for region, members in MEMBERS.items() for country in members.split()}
SECTORS_IN_ORDER = [
    "AGM",
    "AGM",
    "LTM",
    "LTM",
    "LTM",
    "LTM",
    "LTM",
    "RBM",
    "CHM",
    "RBM",
    "RBM",
    "RBM",
    "MEQ",
    "ELE",
    "TRE",
    "LTM",
    "UTC",
    "UTC",
]
SECTORS_IN_ORDER += ["TTH"] * 8 + ["BSV"] * 4 + ["PSV"] * 5


def names(prefix, n):
    return tuple(f"{prefix}{i}" for i in range(n))


def random_table(seed, G=None, N=None):
    """A table with small sectors, sparse links, sometimes a sector that produces nothing."""
    rng = np.random.default_rng(seed)
    G, N = G or rng.integers(2, 6), N or rng.integers(1, 6)
    size = G * N
    A = rng.random((size, size)) * (rng.random((size, size)) < 0.7)
    A *= rng.uniform(0.2, 0.85, size) / np.maximum(A.sum(axis=0), 1e-9)
    F = rng.exponential(size=(size, G)) * 10 ** rng.uniform(-2, 2, (size, 1))
    F[rng.random(F.shape) < 0.1] = 0
    if N > 1 and seed % 3 == 0:
        A[:, 0] = A[0] = F[0] = 0
    x = np.linalg.solve(np.eye(size) - A, F.sum(axis=1))
    return from_arrays(A * x, F, names("c", G), names("s", N))


class Definitions:
    """The formulas of the specification, with inverses and loops."""

    def __init__(self, table):
        self.t = t = table
        G, N = t.shape
        self.G, self.own = G, np.repeat(np.arange(G), N)
        self.A = np.array([[t.Z[i, j] / t.x[j] if t.x[j] else 0 for j in range(G * N)] for i in range(G * N)])
        self.v = 1 - self.A.sum(axis=0)
        self.L = np.linalg.inv(np.eye(G * N) - self.A)
        self.mask = self.own[:, None] == self.own
        self.Ld = np.linalg.inv(np.eye(G * N) - self.A * self.mask)
        buys = np.eye(G)[self.own]
        self.e = (t.Z @ buys + t.F) * (1 - buys)  # exports by sector and destination

    def va(self):
        flows = self.L @ self.t.F
        return np.array([[(self.v * flows[:, r])[self.own == s].sum() for r in range(self.G)] for s in range(self.G)])

    def dc(self):
        return np.array([(self.v * (self.own == s)) @ self.Ld @ self.e for s in range(self.G)])

    def davax(self):
        result = np.zeros((self.G, self.G))
        for s in range(self.G):
            for r in range(self.G):
                if r != s:
                    S, R = self.own == s, self.own == r
                    home = self.Ld[np.ix_(R, R)] @ self.t.F[R, r]
                    direct = self.t.F[S, r] + self.A[np.ix_(S, R)] @ home
                    result[s, r] = self.v[S] @ self.Ld[np.ix_(S, S)] @ direct
        return result

    def origin_of_exports(self):
        total = self.e.sum(axis=1)
        return np.array(
            [
                [(self.v * (self.own == s)) @ self.L @ (total * (self.own == r)) for r in range(self.G)]
                for s in range(self.G)
            ]
        )


# ---------------------------------------------------------------- the table


def test_textbook_vector():
    A = np.array([[0.15, 0.25], [0.20, 0.05]])
    x = np.linalg.solve(np.eye(2) - A, [600, 1500])
    table = from_arrays(A * x, [[600], [1500]], ("one",), ("agriculture", "industry"))
    assert table.leontief(np.eye(2)) == pytest.approx(np.array([[1.2541, 0.3300], [0.2640, 1.1221]]), abs=5e-5)
    assert table.x == pytest.approx([1247.52, 1841.58], abs=5e-3)
    assert pytest.approx(A) == table.A


@pytest.mark.parametrize("G, N", [(3, 1), (1, 3), (2, 2), (41, 3)])
def test_any_size(G, N):
    table = random_table(1, G, N)
    summary = iotable.exports(table)
    assert summary.shape == (G, 8) and tuple(summary.index) == table.countries
    if G == 1:
        assert summary["fva_share"].isna().all()  # nothing is exported
    else:
        assert summary.notna().all(axis=None)


def test_a_table_cannot_be_changed():
    table = random_table(1)
    with pytest.raises(FrozenInstanceError):
        table.x = None
    for array in (table.Z, table.A, table.va_content, table.sales):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1


def test_a_table_does_not_share_its_arrays():
    Z, F = np.ones((2, 2)), np.ones((2, 2))
    table = ICIO(Z, F, [4, 4], ("A", "B"), ("s",))
    Z[0, 0] = 9
    assert table.Z[0, 0] == 1


@pytest.mark.parametrize(
    "change, message",
    [
        ({"x": [4, 5]}, r"output of B s in x is 5 but its sales in Z and F sum to 4"),
        ({"Z": [[1, -1], [1, 1]]}, r"Z of A s has -1; it must be 0 or more"),
        ({"x": [4, np.nan]}, r"x = nan must be a number in \[-1e\+30, 1e\+30\] \(at \[1\]\)"),
        ({"F": np.ones((2, 3))}, r"F has shape \(2, 3\).* \(2, 2\)"),
        ({"countries": ("A", "A")}, r"repeated: \['A'\]"),
        ({"sectors": ()}, "one or more different names"),
    ],
)
def test_a_bad_table_is_refused_by_name(change, message):
    good = {
        "Z": np.ones((2, 2)),
        "F": np.ones((2, 2)),
        "x": [4, 4],
        "countries": ("A", "B"),
        "sectors": ("s",),
    }
    with pytest.raises(ValueError, match=message):
        ICIO(**good | change)


def test_names_are_looked_up():
    table = random_table(2, 3, 2)
    assert table.row("c1", "s1") == 3 and table.rows("c2") == slice(4, 6) and table.label(3) == "c1 s1"
    with pytest.raises(ValueError, match="no country 'XXX' here; there is c0, c1, c2"):
        table.rows("XXX")
    with pytest.raises(ValueError, match="no sector 'y'"):
        table.row("c0", "y")


def test_rounding_is_booked_as_final_demand_at_home():
    exact = random_table(4, 3, 2)
    x = exact.x * 1.01
    table = from_arrays(exact.Z, exact.F, exact.countries, exact.sectors, x=x)
    assert table.x == pytest.approx(x) and table.v == pytest.approx(1 - (exact.Z / x).sum(axis=0))
    assert (table.F - exact.F)[~table.home] == pytest.approx(0)
    with pytest.raises(ValueError, match=r"output of c0 s0 .* a gap above 5% is not rounding"):
        from_arrays(exact.Z, exact.F, exact.countries, exact.sectors, x=exact.x * 1.2)


def test_uses_are_added_up_by_country():
    F = np.arange(12).reshape(2, 6)
    assert iotable.collapse_uses(F, 2).tolist() == [[0 + 1 + 2, 3 + 4 + 5], [6 + 7 + 8, 9 + 10 + 11]]
    with pytest.raises(ValueError, match=r"n_countries = 4: F has 6 columns"):
        iotable.collapse_uses(F, 4)


def test_aggregation_keeps_totals_and_turns_trade_within_into_home_sales():
    table = random_table(5, 4, 3)
    merged = iotable.aggregate(table, {"c0": "ab", "c1": "ab", "c2": "c", "c3": "d"}, {"s0": "x", "s1": "y", "s2": "x"})
    assert merged.countries == ("ab", "c", "d") and merged.sectors == ("x", "y")
    before, after = iotable.bilateral(table), iotable.bilateral(merged)
    assert after[0, 1:] == pytest.approx(before[:2, 2:].sum(axis=0))
    assert merged.gdp == pytest.approx([table.gdp[:2].sum(), *table.gdp[2:]])
    same = iotable.aggregate(table)
    assert pytest.approx(table.Z) == same.Z and same.countries == table.countries
    with pytest.raises(ValueError, match="countries says nothing about c2, c3"):
        iotable.aggregate(table, {"c0": "ab", "c1": "ab"})


# ---------------------------------------------------------------- identities, 100 random tables


@pytest.mark.parametrize("seed", range(100))
def test_identities(seed):
    table = random_table(seed)
    D, exact = Definitions(table), {"rel": 1e-9, "abs": 1e-9 * table.x.sum()}
    summary, parts = iotable.exports(table), iotable.decompose(table)
    gross = iotable.bilateral(table)
    added, origin = iotable.va_trade(table), iotable.va_in_exports(table)

    assert pytest.approx(D.A, rel=1e-9) == table.A and table.v == pytest.approx(D.v, rel=1e-9)
    assert table.leontief(np.eye(table.x.size)) == pytest.approx(D.L, rel=1e-9, abs=1e-12)
    assert table.v @ D.L == pytest.approx(1) and table.va_content.sum(axis=0) == pytest.approx(1)
    off = table.A * ~D.mask
    assert pytest.approx(D.Ld + D.Ld @ off @ D.L, rel=1e-9, abs=1e-12) == D.L

    # value-added trade
    assert added == pytest.approx(D.va(), **exact)
    assert added.sum(axis=1) == pytest.approx(table.gdp, **exact)
    assert added.sum(axis=0) == pytest.approx(table.F.sum(axis=0), **exact)
    balances = iotable.balances(table)
    assert balances.gross.sum(axis=1) == pytest.approx(balances.value_added.sum(axis=1), **exact)
    assert balances.value_added == pytest.approx(-balances.value_added.T)

    # exports, two ways
    assert origin == pytest.approx(D.origin_of_exports(), **exact)
    assert origin.sum(axis=0) == pytest.approx(gross.sum(axis=1), **exact)
    assert summary["gross"].to_numpy() == pytest.approx(gross.sum(axis=1), **exact)
    assert parts.gross == pytest.approx(D.e.reshape(D.G, -1, D.G).sum(axis=1), **exact)
    assert parts.dc == pytest.approx(D.dc(), **exact) and parts.davax == pytest.approx(D.davax(), **exact)
    assert parts.davax + parts.forward + parts.backward == pytest.approx(parts.gross, **exact)
    assert parts.gvc == pytest.approx(parts.gross - parts.davax, **exact)
    davax, dc, E = (part.sum(axis=1) for part in (parts.davax, parts.dc, parts.gross))
    vax, slack = iotable.vax(table) * E, 1e-9 * E
    assert (davax <= vax + slack).all() and (vax <= dc + slack).all() and (dc <= E + slack).all()
    assert (summary["gvc_participation"] == summary["backward"] + summary["forward"]).all()
    assert summary["dva"].to_numpy() == pytest.approx(E * (1 - summary["fva_share"].to_numpy()), **exact)

    # position
    U, down = iotable.upstreamness(table), iotable.downstreamness(table)
    assert U.min() > 1 - 1e-12 and down.min() > 1 - 1e-12
    assert (table.va * U).sum() == pytest.approx(table.x.sum(), rel=1e-9)
    assert (table.F.sum(axis=1) * down).sum() == pytest.approx(table.x.sum(), rel=1e-9)
    delta = np.divide(table.Z, table.x[:, None], out=np.zeros_like(table.Z), where=table.x[:, None] > 0)
    assert pytest.approx(np.linalg.solve(np.eye(U.size) - delta, np.ones(U.size))) == U


def test_terms_agree_for_inventories_too():
    table = random_table(7, 3, 2)
    F = table.F.copy()
    F[0, 0], F[0, 1] = F[0, 0] + 2 * F[0, 1], -F[0, 1]
    table = from_arrays(table.Z, F, table.countries, table.sectors)
    assert (table.F < 0).any()
    parts = iotable.decompose(table)
    assert parts.davax + parts.gvc == pytest.approx(parts.gross)
    assert iotable.va_trade(table).sum(axis=1) == pytest.approx(table.gdp)


def test_without_links_abroad_exports_are_all_direct():
    """No imported inputs: value added is gross trade, nothing crosses twice."""
    F = np.array([[5.0, 1, 2], [3, 7, 1], [1, 1, 9]])
    summary = iotable.exports(from_arrays(np.diag([2.0, 3, 4]), F, names("c", 3), ("s",)))
    assert summary["vax_ratio"].to_numpy() == pytest.approx(1)
    assert summary["gvc_participation"].to_numpy() == pytest.approx(0, abs=1e-12)


def test_kinds_of_trade():
    table = random_table(3, 3, 2)
    total, inputs, final = (iotable.bilateral(table, kind) for kind in ("total", "input", "final"))
    assert total == pytest.approx(inputs + final) and not np.diag(total).any()
    assert final[0, 1] == pytest.approx(table.F[:2, 1].sum())
    with pytest.raises(ValueError, match="kind is 'finale'; it must be one of total, input, final"):
        iotable.bilateral(table, "finale")


# ---------------------------------------------------------------- dependence and poles


@pytest.mark.parametrize("seed", range(0, 20))
def test_reliance_against_its_definition(seed):
    table = random_table(seed)
    D, (face, through) = Definitions(table), iotable.reliance(table)
    T = D.L - np.eye(len(D.L))
    for j in range(table.x.size):
        for matrix, measured in ((D.A, face), (T, through)):
            by_origin = np.array([matrix[D.own == r, j].sum() for r in range(D.G)])
            expected = by_origin / by_origin.sum() if by_origin.sum() > 1e-9 else 0
            assert measured[:, j] == pytest.approx(expected, abs=1e-9)
    total = iotable.reliance(table, by="country").face_value
    bought = np.array([[table.Z[table.rows(r), table.rows(s)].sum() for s in table.countries] for r in table.countries])
    assert total == pytest.approx(bought / bought.sum(axis=0))


def test_the_united_states_rely_on_china_more_than_it_seems():
    table = world.icio()
    face, through = iotable.reliance(table)
    china, low = table.country("CHN"), table.row("USA", "LOW")
    assert (face[china, low], through[china, low]) == pytest.approx((0.029, 0.053), abs=5e-4)
    face, through = iotable.reliance(table, by="country")
    assert 2 < through[china, 0] / face[china, 0] < 2.4
    with pytest.raises(ValueError, match="by is 'pole'"):
        iotable.reliance(table, by="pole")


def test_linkage_counts_no_home_purchases():
    table = random_table(8, 4, 2)
    poles = {"c0": "A", "c1": "A", "c2": "B", "c3": "B"}
    linkage, trade = iotable.linkage(table, poles, "final"), iotable.bilateral(table, "final")
    assert linkage.poles == ("A", "B")
    assert linkage.flows[0] == pytest.approx([trade[0, 1] + trade[1, 0], trade[:2, 2:].sum()])
    assert linkage.share.sum(axis=0) == pytest.approx(1)
    as_series = iotable.linkage(table, pd.Series(poles))
    assert np.array_equal(as_series.share, iotable.linkage(table, poles).share)
    with pytest.raises(ValueError, match="poles says nothing about c3"):
        iotable.linkage(table, {"c0": "A", "c1": "A", "c2": "B"})


@given(
    exports=st.lists(st.floats(0.1, 100), min_size=3, max_size=7),
    split=st.integers(1, 2),
    scale=st.floats(1e-3, 1e3),
)
@settings(max_examples=50, deadline=None, derandomize=True)
def test_introversion_is_one_under_proportional_trade(exports, split, scale):
    """Every buyer takes from each seller in proportion to what that seller exports."""
    n = len(exports)
    flows = np.repeat(np.array(exports)[:, None], n, axis=1) / (n - 1)
    poles = ["A"] * split + ["B"] * (n - split)
    index = iotable.introversion(flows * scale, poles).introversion
    bought = iotable.introversion(flows, poles).flows > 0
    assert index[bought] == pytest.approx(1)


def test_introversion_rises_with_the_own_share():
    flows, poles = np.ones((4, 4)), ["A", "A", "B", "B"]
    closer = np.where(np.equal.outer(poles, poles), 2.0, 1.0)
    even, drawn = (iotable.introversion(f, poles).introversion for f in (flows, closer))
    assert np.diag(even) == pytest.approx(1)
    assert (np.diag(drawn) > 1).all() and drawn[0, 1] < 1
    with pytest.raises(ValueError, match="4 poles ask for"):
        iotable.introversion(flows[:3, :3], poles)


def test_splitting_a_country_raises_the_share_more_than_the_index():
    """Raw shares reward poles with many members."""
    flows = np.array([[0.0, 1, 2], [1, 0, 2], [2, 2, 0]])
    whole = iotable.introversion(flows, ["A", "A", "B"])
    half = np.repeat([0.5, 1, 1], [2, 1, 1])
    split = flows[np.ix_([0, 0, 1, 2], [0, 0, 1, 2])] * np.outer(half, half)
    split[0, 1] = split[1, 0] = 1.0  # what the halves sold each other was a home sale before
    parts = iotable.introversion(split, ["A", "A", "A", "B"])
    assert parts.share[0, 0] > whole.share[0, 0]


@given(seed=st.integers(0, 10_000), parts=st.integers(0, 4))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_recounting_changes_members_and_nothing_else(seed, parts):
    flows = np.random.default_rng(seed).uniform(0.1, 1, (5, 5))
    poles = ["A", "B", "A", "B", "A"]
    counted = iotable.recount(flows, poles, "A", parts)
    assert counted.poles.count("B") == 2 and counted.poles.count("A") == (3 * parts if parts else 1)
    for seller in "AB":
        for buyer in "AB":
            was = flows[np.ix_(np.equal(poles, seller), np.equal(poles, buyer))]
            now = counted.flows[np.ix_(np.equal(counted.poles, seller), np.equal(counted.poles, buyer))]
            assert now.sum() == pytest.approx(was.sum())
    own = [iotable.introversion(*iotable.recount(flows, poles, "A", k)).share[0, 0] for k in (0, 1, 2, 4)]
    assert own[0] == 0 and own == sorted(own)


def test_recounting_into_equal_parts():
    """One country that buys 80 from itself and 20 from others: halves buy 40 from each other."""
    halves = iotable.recount([[80, 10], [20, 90]], ["A", "B"], "A", 2)
    assert halves.poles == ("A", "A", "B")
    assert halves.flows == pytest.approx(np.array([[20, 20, 5], [20, 20, 5], [10, 10, 90]]))
    assert iotable.introversion(*halves).share[0, 0] == pytest.approx(40 / 60)
    with pytest.raises(ValueError, match="pole is 'C'"):
        iotable.recount(np.eye(2), ["A", "B"], "C", 2)
    with pytest.raises(ValueError, match="parts = -1"):
        iotable.recount(np.eye(2), ["A", "B"], "A", -1)


def test_value_in_products():
    table = random_table(5, 4, 3)
    final = table.F.sum(axis=1)
    origin = iotable.va_in(table, final)
    assert origin.sum(axis=0) == pytest.approx(table.by_country(final))
    assert origin.sum(axis=1) == pytest.approx(table.gdp)
    parts = [iotable.va_in(table, final, [sector]) for sector in table.sectors]
    assert sum(parts) == pytest.approx(origin)
    with pytest.raises(ValueError, match="sector"):
        iotable.va_in(table, final, ["nothing"])


def test_the_foreign_part_of_exports_by_hand():
    """A buys from C half of what it sells to B."""
    Z = np.zeros((3, 3))
    Z[2, 0] = 4.0
    F = np.array([[0.0, 8, 0], [0, 10, 0], [0, 0, 6]])
    table = from_arrays(Z, F, ("A", "B", "C"), ("all",))
    # Exports: 8 of A, in which 4 are C's, and these 4 themselves, which are all C's own.
    assert iotable.foreign_part(table) == pytest.approx(4 / 12)


def test_the_foreign_part_of_exports_counts_sectors_alone_and_years():
    table = random_table(5, 4, 3)
    earned = iotable.va_in(table, table.abroad.sum(axis=1), [table.sectors[1]])
    part = iotable.foreign_part(table, [table.sectors[1]])
    assert part == pytest.approx((earned.sum() - earned.trace()) / earned.sum())
    years = iotable.foreign_part_by_year({2001: table, 2002: table}, [table.sectors[1]])
    assert years.year.tolist() == [2001, 2002] and years.foreign_part.tolist() == pytest.approx([100 * part] * 2)
    with pytest.raises(ValueError, match="nothing by exports"):
        iotable.foreign_part(from_arrays(np.zeros((2, 2)), np.eye(2), ("A", "B"), ("all",)))


def test_reach_splits_value_into_home_region_and_beyond():
    reach = iotable.reach([[6.0, 1, 0], [3, 8, 5], [1, 1, 5]], ["A", "A", "B"])
    assert reach.home == pytest.approx([0.6, 0.8, 0.5])
    assert reach.region == pytest.approx([0.3, 0.1, 0])
    assert reach.beyond == pytest.approx([0.1, 0.1, 0.5])


# ---------------------------------------------------------------- scenarios


def test_tables_and_flows_that_mean_nothing_are_refused_by_name():
    flows, poles, table = np.ones((3, 3)), ["A", "A", "B"], random_table(4, 3, 2)
    final = table.F.sum(axis=1)
    bad = [
        (lambda: iotable.introversion(np.full((3, 3), np.nan), poles), "flows = nan must"),
        (lambda: iotable.introversion(-flows, poles), "flows = -1.0 must"),
        (lambda: iotable.reach(flows, ["A"]), "1 poles ask for"),
        (lambda: iotable.reach(flows * np.nan, poles), "origin = nan must"),
        (lambda: iotable.recount(flows[:2], poles, "A", 2), r"flows has shape \(2, 3\)"),
        (lambda: iotable.recount(flows, poles, "A", np.inf), "parts = inf must"),
        (lambda: iotable.va_in(table, 1.0), r"deliveries has shape \(\)"),
        (lambda: iotable.va_in(table, final * np.nan), "deliveries = nan must"),
        (lambda: iotable.va_in(table, final, "s0"), "sectors = 's0' must be a sequence of names"),
        (lambda: iotable.va_in(table, final, ["x"]), "sectors: no sector 'x' here"),
    ]
    for call, words in bad:
        with pytest.raises(ValueError, match=words):
            call()


@pytest.mark.parametrize("question", ["va_trade", "upstreamness", "downstreamness", "decompose", "exports", "vax"])
@pytest.mark.parametrize("used", [1.0, 1.2])
def test_a_table_that_uses_up_its_output_is_refused(question, used):
    Z, F = np.full((2, 2), used / 2) * [[1, 0], [0, 1]] * 2, np.diag([1 - used] * 2)
    table = from_arrays(Z, F, ["A", "B"], ["s"])
    with pytest.raises(ValueError, match="no Leontief inverse"):
        getattr(iotable, question)(table)


def test_a_country_that_buys_nothing_has_no_shares():
    table = from_arrays([[1, 0], [0, 0]], [[1, 0], [0, 0]], ["A", "B"], ["s"])
    with pytest.raises(ValueError, match="B buys 0 and produces 0"):
        iotable.sourcing_shares(table)


@pytest.mark.parametrize("seed", range(0, 20))
def test_extraction_against_a_table_without_the_country(seed):
    table = random_table(seed)
    D, gone = Definitions(table), 1
    keep = D.own != gone
    x = np.linalg.solve(np.eye(keep.sum()) - D.A[np.ix_(keep, keep)], table.F[keep].sum(axis=1))
    gdp = np.array([(D.v[keep] * x)[D.own[keep] == s].sum() for s in range(D.G)])
    loss = iotable.extract(table, "c1")
    assert loss.change == pytest.approx(gdp - table.gdp, rel=1e-9, abs=1e-9 * table.gdp.sum())
    assert loss.share[gone] == pytest.approx(-1) and (loss.change <= 1e-9 * table.gdp).all()


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_relocation_conserves_demand_and_world_gdp(share):
    table = random_table(11, 4, 3)
    moved = iotable.relocate(table, "c0", "c1", "c2", "s2", share)
    assert moved.F.sum(axis=0) == pytest.approx(table.F.sum(axis=0))
    assert moved.gdp.sum() == pytest.approx(table.gdp.sum())
    assert pytest.approx(moved.leontief(moved.F.sum(axis=1))) == moved.x
    made = moved.x > 0
    assert moved.A[:, made] == pytest.approx(table.A[:, made])
    assert iotable.va_trade(moved).sum(axis=1) == pytest.approx(moved.gdp)
    was = table.F[table.row("c0", "s2"), 2]
    assert moved.F[table.row("c0", "s2"), 2] == pytest.approx((1 - share) * was, abs=1e-12)


def toy(parts=0.6):
    """China makes parts and assembles for the US; a host assembles a little with Chinese parts."""
    sectors = ("parts", "assembly")
    Z, F = np.zeros((6, 6)), np.zeros((6, 3))
    chn, hst, usa = 0, 2, 4
    Z[chn, chn + 1], F[chn + 1, 2] = 100 * parts, 100
    Z[chn, hst + 1], F[hst + 1, 1] = 10 * parts, 10
    F[usa, 2] = 50
    return from_arrays(Z, F, ("CHN", "HST", "USA"), sectors)


@pytest.mark.parametrize("parts, share, gross, added", [(0.6, 1, -1, -0.4), (0.6, 0.5, -0.5, -0.2), (0, 1, -1, -1)])
def test_decoupling_on_the_customs_form_is_not_decoupling_in_value_added(parts, share, gross, added):
    table = toy(parts)
    moved = iotable.relocate(table, "CHN", "HST", "USA", "assembly", share)
    for measure, expected in ((iotable.bilateral, gross), (iotable.va_trade, added)):
        assert measure(moved)[0, 2] / measure(table)[0, 2] - 1 == pytest.approx(expected)
    assert iotable.bilateral(moved)[0, 1] - iotable.bilateral(table)[0, 1] == pytest.approx(100 * parts * share)


def test_half_of_chinese_high_tech_assembly_moves_to_southeast_asia():
    table = world.icio()
    moved = iotable.relocate(table, "CHN", "SEA", "USA", "HIGH", 0.5)
    for measure, china, host in ((iotable.bilateral, -2.9, 7.5), (iotable.va_trade, -2.0, 4.9)):
        change = 100 * (measure(moved)[:, 0] / np.maximum(measure(table)[:, 0], 1e-300) - 1)
        assert change[[table.country("CHN"), table.country("SEA")]] == pytest.approx([china, host], abs=0.05)


def test_relocation_refuses_what_it_cannot_do():
    table = toy()
    with pytest.raises(ValueError, match=r"share = 1.5 must be a number in \[0, 1\]"):
        iotable.relocate(table, "CHN", "HST", "USA", "assembly", 1.5)
    with pytest.raises(ValueError, match="USA assembly produces nothing"):
        iotable.relocate(table, "CHN", "USA", "USA", "assembly", 0.5)


@pytest.mark.parametrize("n, a", [(4, 0.3), (50, 0.7), (200, 1.0)])
def test_influence_on_star_and_ring(n, a):
    star, ring = np.zeros((n, n)), np.roll(np.eye(n), 1, axis=1)
    star[:, 0] = 1
    v = iotable.influence(star, a)
    assert v.sum() == pytest.approx(1) and v[0] == pytest.approx(a / n + 1 - a)
    assert np.linalg.norm(iotable.influence(ring, a)) == pytest.approx(n**-0.5)


def test_influence_refuses_what_is_no_share():
    with pytest.raises(ValueError, match=r"rows of W must be shares that sum to 1; they sum to \[2"):
        iotable.influence(2 * np.eye(3), 0.5)
    with pytest.raises(ValueError, match=r"labour_share = 0.0? must be a number in \[1e-06, 1\]"):
        iotable.influence(np.eye(3), 0.0)


def test_pandemic_reference():
    result = iotable.pandemic([[0.8, 0.2], [0.3, 0.7]], 0.5, [-0.20, -0.05])
    assert result.matrix == pytest.approx(np.array([[0.7333, 0.2667], [0.4, 0.6]]), abs=5e-5)
    assert result.loss == pytest.approx([-0.16, -0.11])
    assert result.own + result.imported == pytest.approx(result.loss)
    assert (result.closed > result.loss).tolist() == [False, True]


@given(seed=st.integers(0, 10_000), n=st.integers(1, 6), beta=st.floats(0.05, 1))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_pandemic_properties(seed, n, beta):
    rng = np.random.default_rng(seed)
    Pi = rng.random((n, n)) + 1e-6
    Pi /= Pi.sum(axis=1, keepdims=True)
    M = iotable.pandemic_matrix(Pi, beta)
    assert (M >= 0).all() and M.sum(axis=1) == pytest.approx(1)
    assert iotable.pandemic_matrix(np.eye(n), beta) == pytest.approx(np.eye(n))
    assert iotable.pandemic_matrix(Pi, 1.0) == pytest.approx(Pi)
    equal = iotable.pandemic(Pi, beta, np.full(n, -0.2))
    assert equal.loss == pytest.approx(equal.closed)
    result = iotable.pandemic(Pi, rng.uniform(0.2, 1, n), rng.normal(size=n))
    helped = result.closed > result.loss + 1e-12
    milder = result.closed > result.matrix @ result.closed + 1e-12
    assert (helped == milder).all()


@given(seed=st.integers(0, 10_000), n=st.integers(2, 6))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_pandemic_routes_add_up_to_the_matrix(seed, n):
    rng = np.random.default_rng(seed)
    Pi, beta = rng.dirichlet(np.ones(n), n), rng.uniform(0.1, 1, n)
    for origin in range(n):
        routes = iotable.pandemic_routes(Pi, beta, origin)
        assert sum(routes) == pytest.approx(iotable.pandemic_matrix(Pi, beta)[:, origin])
        assert all((part >= 0).all() for part in routes) and routes.home[origin] == 0


def test_pandemic_routes_by_hand():
    """Each link of a chain 0 → 1 → 2: who buys from whom decides on which way a lockdown of the first comes."""
    Pi = np.array([[1.0, 0, 0], [0.5, 0.5, 0], [0, 0.5, 0.5]])
    direct, home, third = iotable.pandemic_routes(Pi, 0.5, 0)
    # The goods of 0 become dearer by 1; of 1 by 1/2 (1/2 + 1/2 d), so by 1/3; of 2 by 1/2 (1/6 + 1/2 d), so by 1/9.
    assert direct == pytest.approx([1, 1 / 2, 0])
    assert home == pytest.approx([0, 1 / 6, 1 / 18])
    assert third == pytest.approx([0, 0, 1 / 6])


def test_pandemic_refuses_a_bad_argument_by_name():
    with pytest.raises(ValueError, match="rows of Pi must be shares"):
        iotable.pandemic_matrix([[0.5, 0.4], [0, 1]], 0.5)
    with pytest.raises(ValueError, match=r"beta = 0.0 must be a number in \[1e-06, 1\]"):
        iotable.pandemic_matrix(np.eye(2), [0.5, 0.0])
    with pytest.raises(ValueError, match="Pi has shape"):
        iotable.pandemic_matrix(np.ones((2, 3)), 0.5)


def test_sourcing_shares_of_a_table():
    table = random_table(9, 3, 2)
    Pi, beta = iotable.sourcing_shares(table)
    spent = table.Z[:, :2].sum() + table.F[:, 0].sum()
    assert Pi.sum(axis=1) == pytest.approx(1)
    assert Pi[0, 2] == pytest.approx((table.Z[4:, :2].sum() + table.F[4:, 0].sum()) / spent)
    assert beta == pytest.approx(table.gdp / table.x.reshape(3, 2).sum(axis=1))


# ---------------------------------------------------------------- the real table


@pytest.fixture(scope="session")
def shared(root):
    folder = root.parent / "shared" / "data"
    if not (folder / "wiod_full").is_dir():
        pytest.skip("the full WIOD tables are not beside the repository")
    return folder


@pytest.fixture(scope="module", params=WIOD_YEARS)
def wiod(request, shared):
    with np.load(shared / "wiod_full" / f"wiod2013_{request.param}.npz") as stored:
        arrays = {name: stored[name] for name in stored}
    labels = (tuple(map(str, arrays[kind])) for kind in ("countries", "industries"))
    return from_arrays(arrays["Z"], arrays["F"], *labels, x=arrays["X"], year=request.param), arrays


def published(shared, table):
    with (shared / "figures" / "wiod13_gvc_indicators.csv").open() as file:
        rows = {row["country"]: row for row in csv.DictReader(file) if row["year"] == str(table.year)}
    return {
        name: np.array([float(rows[country][name]) for country in table.countries])
        for name in rows["CHN"]
        if name not in ("year", "country")
    }


def test_wiod_indicators_are_reproduced(wiod, shared):
    table, arrays = wiod
    csv_file, summary = published(shared, table), iotable.exports(table)
    origin = iotable.va_in_exports(table)
    forward = origin.sum(axis=1) - np.diag(origin)
    five = {"rel": 0, "abs": 5.1e-6}  # ratios are printed with five decimals
    assert summary["gross"].to_numpy() == pytest.approx(csv_file["gross_exports"])
    assert summary["dva"].to_numpy() == pytest.approx(csv_file["dva"], rel=1e-7)
    assert summary["fva_share"].to_numpy() == pytest.approx(csv_file["fva_share"], **five)
    assert forward == pytest.approx(csv_file["dva_in_foreign_exports"], rel=1e-7)
    assert forward / summary["gross"].to_numpy() == pytest.approx(csv_file["fwd_share"], **five)
    assert summary["upstreamness"].to_numpy() == pytest.approx(csv_file["upstreamness_exports"], **five)
    assert table.gdp == pytest.approx(csv_file["va"])

    # The file's VAX leaves the rounding of 1,435 integer cells a row out of final demand, so that its
    # value-added trade
    # falls short of GDP; a table that balances books it at home.
    absorbed = table.va_content @ iotable.collapse_uses(arrays["F"], 41)
    np.fill_diagonal(absorbed, 0)
    assert absorbed.sum(axis=1) == pytest.approx(csv_file["vax"], rel=1e-7)
    assert summary["vax_ratio"].to_numpy() == pytest.approx(csv_file["vax_ratio"], abs=0.01)


def test_the_full_decomposition_is_exact(wiod):
    table, _ = wiod
    parts, added = iotable.decompose(table), iotable.va_trade(table)
    gross = iotable.bilateral(table)
    assert parts.davax + parts.forward + parts.backward == pytest.approx(gross, rel=1e-9)
    assert iotable.va_in_exports(table).sum(axis=0) == pytest.approx(gross.sum(axis=1), rel=1e-9)
    assert added.sum(axis=1) == pytest.approx(table.gdp, rel=1e-9)
    assert table.leontief(table.F.sum(axis=1)) == pytest.approx(table.x, rel=1e-9, abs=1e-6)
    assert (parts.forward >= -1e-6).all()


def test_the_aggregate_of_the_full_table_is_the_small_one(wiod, shared):
    table, _ = wiod
    sectors = dict(zip(table.sectors, SECTORS_IN_ORDER, strict=True))
    poles = {country: REGION_OF.get(country, country) for country in table.countries}
    ours = iotable.aggregate(table, poles, sectors)
    with np.load(shared / "figures" / "wiod13_r12_s11.npz") as stored:
        year = list(stored["years"]).index(table.year)
        theirs = ICIO(stored["Z"][year], stored["F"][year], stored["X"][year], stored["regions"], stored["sectors"])
    order = [ours.row(country, sector) for country in theirs.countries for sector in theirs.sectors]
    buyers = [ours.country(country) for country in theirs.countries]
    assert (ours.Z[np.ix_(order, order)] == theirs.Z).all()
    rounding = (ours.x[order] - theirs.x)[:, None] * theirs.home  # ours keeps the published output
    assert ours.F[np.ix_(order, buyers)] - theirs.F == pytest.approx(rounding, abs=1e-6)
