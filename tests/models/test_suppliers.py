"""How many equal suppliers are foreign inputs worth: a table made by hand, the Herfindahl index, and refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gvclab.data import MANUFACTURES, load
from gvclab.models.iotable import equal_suppliers, equal_suppliers_by_year, foreign_inputs, from_arrays

PLACES, SECTORS = ("A", "B", "C"), ("steel", "banks")


def table(Z) -> object:
    Z = np.asarray(Z, float)
    return from_arrays(Z, np.full((len(Z), len(PLACES)), 10.0), PLACES, SECTORS)


# Rows sell, columns buy; the sectors of A, of B, of C. Only what A's two sectors buy is of interest.
HAND = np.array(
    [
        # A steel, A banks, B steel, B banks, C steel, C banks
        [50, 40, 3, 0, 1, 0],
        [9, 9, 0, 1, 0, 1],
        [2, 1, 5, 5, 1, 1],
        [4, 0, 5, 5, 0, 0],
        [1, 0, 0, 1, 5, 5],
        [0, 8, 0, 0, 5, 5],
    ]
)


def test_inputs_from_abroad_are_those_of_both_sectors_by_origin_and_not_ones_own():
    bought = foreign_inputs(table(HAND))
    assert bought[0].tolist() == [0, 2 + 1 + 4, 1 + 8]
    assert bought[1].tolist() == [3 + 1, 0, 1] and bought[2].tolist() == [1 + 1, 1 + 1, 0]
    # The products of one sector, whoever buys them.
    assert foreign_inputs(table(HAND), ["steel"])[0].tolist() == [0, 3, 1]


def test_by_hand():
    """Three quarters and a quarter are worth 1 / (9/16 + 1/16) = 1.6 equal suppliers."""
    assert equal_suppliers(table(HAND), ["steel"])[0] == pytest.approx(1.6)
    assert equal_suppliers(table(HAND))[2] == pytest.approx(2)  # C buys as much in A as in B


@given(st.lists(st.floats(0, 100), min_size=6, max_size=6).filter(lambda amounts: sum(amounts) > 1))
def test_it_is_one_over_the_herfindahl_index_of_the_shares(amounts):
    Z = np.full((6, 6), 1.0)
    Z[2:, 0], Z[2:, 1] = amounts[:4], 0.0
    if sum(amounts[:4]) < 1:
        return
    shares = np.array([amounts[0] + amounts[1], amounts[2] + amounts[3]]) / sum(amounts[:4])
    worth = equal_suppliers(table(Z))[0]
    assert worth == pytest.approx(1 / (shares**2).sum())
    assert 1 - 1e-12 <= worth <= 2 + 1e-12
    assert equal_suppliers(table(7 * Z))[0] == pytest.approx(worth)  # no unit


def test_who_buys_none_abroad_and_what_is_no_sector_is_named():
    alone = HAND.copy()
    alone[2:, :2] = 0
    with pytest.raises(ValueError, match="table: A buys no such inputs abroad"):
        equal_suppliers(table(alone))
    with pytest.raises(ValueError, match="sectors: no sector 'iron' here; there is steel, banks"):
        equal_suppliers(table(HAND), ["iron"])
    with pytest.raises(TypeError, match="table"):
        equal_suppliers(HAND)


def test_several_years_are_a_line_for_each_buyer_and_year():
    later = HAND.copy()
    later[4, 0] = 3  # now B and C sell A the same steel
    found = equal_suppliers_by_year({1995: table(HAND), 2011: table(later)}, ["steel"])
    assert list(found.columns) == ["buyer", "year", "suppliers"] and len(found) == 6
    a = found[found.buyer == "A"].set_index("year").suppliers
    assert a.tolist() == pytest.approx([1.6, 2.0])


@pytest.fixture(scope="module")
def tables() -> dict:
    return {year: load("icio", year=year) for year in (1995, 2011)}


class TestInTheLesson:
    """What lesson 2.3a says below its figure."""

    def test_most_buyers_came_to_spread_their_inputs_korea_only_just(self, tables):
        wide = equal_suppliers_by_year(tables, MANUFACTURES).pivot(index="buyer", columns="year", values="suppliers")
        change = wide[2011] - wide[1995]
        assert len(change) == 12 and (change > 0).sum() == 8
        assert change[change > 0].idxmin() == "KOR" and change["KOR"] < 0.1
        assert change[change > 0].drop("KOR").min() > 2 * change["KOR"]

    def test_chinas_part_rose_for_every_other_buyer(self, tables):
        parts = {}
        for year, each in tables.items():
            bought = foreign_inputs(each, MANUFACTURES)
            parts[year] = pd.Series(bought[:, each.countries.index("CHN")] / bought.sum(axis=1), each.countries)
        others = parts[2011].drop("CHN")
        assert (others > parts[1995].drop("CHN")).all()
        assert parts[1995]["JPN"] == pytest.approx(0.08, abs=0.01) and others["JPN"] == pytest.approx(0.26, abs=0.01)
