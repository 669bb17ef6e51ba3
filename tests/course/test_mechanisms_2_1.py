"""Each sentence of lesson 2.1 that says why something happens: what would be different if it happened otherwise.

A test is named after the sentence it guards and fails if another mechanism is at work.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from gvclab.data import load
from gvclab.models.division import parts_cheaper_than, spider, team
from gvclab.models.iotable import va_in_exports
from gvclab.panels.localisation.spider import place

BETA = 1.2
THETAS = (0.1, 0.3, 0.5)
COSTS = np.geomspace(0.005, 0.05, 7)
SPREADS, ASSEMBLIES = (0.1, 0.2, 0.4, 0.8), (0.7, 0.8, 0.9, 1.05)
FRICTIONS = np.round(np.arange(0.0, 0.5, 0.01), 2)


def made(n: float, theta: float) -> float:
    return n**theta


def transactions(n: float, lam: float) -> float:
    return lam * n**BETA


class TestTeam:
    @pytest.mark.parametrize("theta", THETAS)
    def test_the_team_grows_as_long_as_one_more_specialist_brings_more_than_the_transactions_cost(self, theta):
        for lam in COSTS:
            best = team(theta=theta, lam=lam).n
            for n in np.arange(1, 2 * best + 2):
                pays = made(n + 1, theta) - made(n, theta) > transactions(n + 1, lam) - transactions(n, lam)
                assert pays or n + 1 > best
                assert not pays or n < best

    def test_where_the_curves_meet_is_far_beyond_the_best_team(self):
        """The gain is not used up there: only that of the last one is."""
        meet = (1 / 0.02) ** (1 / 0.9)
        assert made(meet, 0.3) == pytest.approx(transactions(meet, 0.02)) and meet > 4 * team().n

    def test_little_is_lost_if_the_last_ones_go_most_of_the_loss_is_transactions_that_remain(self):
        before, after = team(), team(lam=0.04)
        smaller = made(after.n, 0.3) - transactions(after.n, 0.02)
        by_size, in_all = before.y - smaller, before.y - after.y
        assert 0 < by_size < in_all / 2
        assert in_all - by_size == pytest.approx(transactions(after.n, 0.02))

    @pytest.mark.parametrize("theta", THETAS)
    def test_how_far_it_goes_reacts_more_than_what_it_is_worth(self, theta):
        before, after = team(theta=theta, lam=0.01), team(theta=theta, lam=0.02)
        assert after.n / before.n == pytest.approx(2 ** (-1 / (BETA - theta)))
        assert after.y / before.y == pytest.approx((after.n / before.n) ** theta)

    def test_more_than_one_for_one_needs_a_gain_large_enough(self):
        assert team(theta=0.3, lam=0.04).n / team(theta=0.3).n < 0.5 < team(theta=0.1, lam=0.04).n / team(theta=0.1).n


class TestSpider:
    def test_the_assembler_leaves_once_shipping_the_product_costs_less_than_assembly_saves(self):
        """The spread of parts' costs does not matter: what some parts save on the way, others lose."""
        for saving in (0.1, 0.2, 0.3):
            for delta in SPREADS:
                assert spider(saving - 0.001, bA=1 - saving, delta=delta).abroad
                assert not spider(saving + 0.001, bA=1 - saving, delta=delta).abroad

    def test_parts_whose_costs_differ_little_follow_at_once(self):
        before, after = spider(0.2001), spider(0.1999)
        assert after.share - before.share == pytest.approx(parts_cheaper_than(1.2) - parts_cheaper_than(0.8), abs=1e-3)

    @pytest.mark.parametrize("delta", SPREADS)
    @pytest.mark.parametrize("bA", ASSEMBLIES)
    def test_friction_sends_parts_to_the_assembler_wherever_it_is(self, delta, bA):
        """A border favours whoever is near the assembler: abroad it draws parts out, at Home it keeps them in."""
        found = [place(t, 0.0, False, bA, delta) for t in FRICTIONS]
        for one, more in pairwise(found):
            if one.abroad == more.abroad:
                assert (more.share >= one.share) if one.abroad else (more.share <= one.share)

    def test_parts_come_home_only_because_they_need_not_be_near(self):
        """With the assembler kept abroad the same parts come home: it is not that it moves."""
        for high, low in ((0.19, 0.05), (0.15, 0.01)):
            kept, free = place(high, 0, True, 0.8, 0.4), place(low, 0, True, 0.8, 0.4)
            assert kept.share - free.share == pytest.approx(kept.near - free.near) and kept.share > free.share
        # Parts that are cheaper abroad stay there, whatever the friction.
        assert all(place(t, 0, True, 0.8, 0.4).share >= 0.5 for t in FRICTIONS)

    @pytest.mark.parametrize("stays", [True, False])
    def test_a_premium_brings_parts_home_near_the_assembler_or_not(self, stays):
        for t in (0.05, 0.1, 0.15):  # at all of them some part is still abroad with the highest premium
            shares = [place(t, r, stays, 0.8, 0.4).share for r in np.arange(0, 0.25, 0.02)]
            assert np.all(np.diff(shares) < 0)

    def test_more_expensive_trade_brings_parts_home_where_assembly_is_no_cheaper_abroad(self):
        shares = [spider(t, bA=1.05).share for t in FRICTIONS]
        assert np.all(np.diff(shares) <= 0) and not any(spider(t, bA=1.05).abroad for t in FRICTIONS)

    def test_three_parts_by_hand(self):
        """The table of three frictions, and that the assembler is where the table puts it."""
        parts = np.array([0.75, 0.95, 1.08])
        for t, where, expected in ((0.3, False, [0, 0, 0]), (0.1, True, [1, 1, 1]), (0.02, True, [1, 1, 0])):
            home = 1 + np.minimum(1, parts + t).mean()
            abroad = 0.8 + t + np.minimum(parts, 1 + t).mean()
            assert (abroad < home) == where
            assert (parts < (1 + t if where else 1 - t)).tolist() == [bool(each) for each in expected]


class TestWorld:
    def test_a_return_to_old_makers_would_raise_the_foreign_part(self):
        """What is added at home and what is added abroad make up exports, so that less foreign is more domestic."""
        table = load("icio", year=2011)
        origins = va_in_exports(table)
        exported = table.by_country(table.abroad.sum(axis=1)[:, None]).sum(axis=1)
        np.testing.assert_allclose(origins.sum(axis=0), exported, rtol=1e-6)

    def test_the_foreign_part_of_electronics(self):
        """It fell in China and Taiwan before 2018 and stayed above half in Mexico."""
        share = load("electronics").pivot(index="year", columns="economy", values="fva_share")
        moved = share.loc[2018] - share.loc[2005]
        assert (moved[["CHN", "TWN"]] < -10).all() and (share["MEX"] > 50).all()
        later = share.loc[2022] - share.loc[2018]
        assert 0 < later["CHN"] < later["VNM"]

    def test_numbers_that_claims_print(self):
        """C2.1-5: China's share of the foreign value in others' exports. C2.1-7: manufacturing in US output."""
        for year, share in ((1995, 2.5), (2011, 11.9)):
            table = load("icio", year=year)
            origins = va_in_exports(table)
            china = table.countries.index("CHN")
            others = [k for k in range(len(table.countries)) if k != china]
            foreign = origins[:, others].sum() - origins[others, others].sum()
            assert 100 * origins[china, others].sum() / foreign == pytest.approx(share, abs=0.05)
        industry = load("economy_panel", economy="USA").set_index("year").manufacturing_share
        assert industry.loc[[2008, 2021]].tolist() == pytest.approx([12.2, 10.6], abs=0.05)
