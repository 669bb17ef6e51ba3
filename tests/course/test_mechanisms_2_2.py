"""Why things happen, as lesson 2.2 tells it: each test fails if another mechanism were at work."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gvclab.data import MANUFACTURES, load, pole_by_region
from gvclab.models import gravity, iotable, world
from gvclab.panels.regionalisation import CostLab
from gvclab.panels.regionalisation.matrix import POLES, inputs, ties
from gvclab.panels.regionalisation.worlds import economy, outcome, setting

WORLDS = ("stylised", "real")
GOODS = ["AGM", *MANUFACTURES]
TECH = (0.8, 0.9, 0.95, 1.05, 1.1)


def bought(name: str, near: float, far: float, theta: float = 1.0) -> tuple[np.ndarray, ...]:
    """What each place with neighbours buys at home, near and far (goods), after costs have changed."""
    asked, made = setting(name), economy(name, theta)
    khat = np.where(asked.near, near, np.where(asked.far, far, 1.0))[:, :, None]
    goods = gravity.solve(made, khat=khat).flows[:, :, asked.goods].sum(axis=2)
    masks = np.eye(len(goods), dtype=bool), asked.near, asked.far
    placed = asked.near.any(axis=1)
    return tuple(np.where(mask, goods, 0).sum(axis=1)[placed] for mask in masks)


class TestCosts:
    @pytest.mark.parametrize("name", WORLDS)
    def test_near_and_far_win_against_home_and_little_against_each_other(self, name):
        """Were it distance that loosens, far sellers would gain on near ones as all gain on home."""
        (home, near, far), (home_now, near_now, far_now) = bought(name, 1, 1), bought(name, 0.9, 0.9)
        against_home = np.log((near_now + far_now) / home_now) - np.log((near + far) / home)
        against_each_other = np.log(near_now / far_now) - np.log(near / far)
        assert (against_home > 0.25).all()
        assert (np.abs(against_each_other) < 0.4 * against_home).all()
        assert np.abs(against_each_other).mean() < 0.15 * against_home.mean()

    @pytest.mark.parametrize("name", WORLDS)
    @pytest.mark.parametrize("near", [0.9, 1.0])
    def test_only_the_product_acts_on_a_border(self, name, near):
        """Technology and institutions in any mix: the same world."""
        mixes = [
            CostLab(world=name, all_borders=tech, far_borders=1 / tech, near_borders=near / tech)
            for tech in (0.9, 1.0, 1.1)
        ]
        for other in mixes[1:]:
            assert other.solution.now.share == pytest.approx(mixes[0].solution.now.share, rel=1e-9)
            assert other.solution.income == pytest.approx(mixes[0].solution.income, abs=1e-6)

    @pytest.mark.parametrize("name", WORLDS)
    def test_it_is_relative_cost_that_moves_the_part(self, name):
        """The same relative cost by a cut near or by a rise far: a like part, and trade in opposite directions."""
        start = outcome(name, 1.0, 1.0, 1.0, False)
        cut, rise = outcome(name, 1.0, 0.9, 1.0, False), outcome(name, 1.0, 1.0, 1 / 0.9, False)
        assert cut.share - start.share > 0.1 and abs(rise.share - cut.share) < 0.01
        assert cut.trade > 1.1 and rise.trade < 0.9

    @pytest.mark.parametrize("theta", [0.5, 1.0, 2.0])
    @pytest.mark.parametrize("name", WORLDS)
    def test_a_technology_that_helps_far_borders_more_lowers_the_part(self, name, theta):
        """The standstill is built into a cut of all borders: the less near ones share in it, the lower the part."""
        parts = [outcome(name, theta, near, 0.9, False).share for near in (0.9, 0.95, 1.0)]
        start = outcome(name, theta, 1.0, 1.0, False).share
        assert parts[0] > parts[1] > parts[2] and start - parts[2] > 0.04
        assert abs(parts[0] - start) < 0.25 * (start - parts[2])

    @pytest.mark.parametrize("theta", [0.5, 1.0, 2.0])
    def test_hardly_needs_a_moderate_cut(self, theta):
        """The bounds that the lesson gives, at half and at double the elasticity."""
        start = {name: outcome(name, theta, 1.0, 1.0, False).share for name in WORLDS}
        for tech in (0.7, *TECH):
            moved = {name: 100 * (outcome(name, theta, tech, tech, False).share - start[name]) for name in WORLDS}
            assert abs(moved["stylised"]) < 1.25
            assert abs(moved["real"]) < 1.5 or (tech, theta) == (0.7, 2.0)
        assert moved["real"] < 0.5 and abs(moved["real"]) < 0.2

    def test_the_equation_without_wages_is_close_to_the_panel(self):
        """One elasticity of 5 as in the table: the odds of near to far rise by about 0.9⁻⁵ where far borders stay."""
        (_, near, far), (_, near_now, far_now) = bought("real", 1, 1), bought("real", 0.9, 1.0)
        odds = near_now / far_now * far / near
        assert np.exp(np.log(odds).mean()) == pytest.approx(0.9**-5, rel=0.05)
        assert np.exp(-5 * np.log(0.9)) == pytest.approx(1.11**5, rel=0.01)

    def test_an_elasticity_of_half_moves_it_by_about_half(self):
        start = outcome("stylised", 1.0, 1.0, 1.0, False).share
        full, half = (outcome("stylised", theta, 0.9, 0.999, False).share - start for theta in (1.0, 0.5))
        assert 0.4 < half / full < 0.6


class TestBorders:
    def test_near_and_far_borders_became_cheaper_alike_on_the_plain_mean_whatever_the_elasticity(self):
        poles = pole_by_region(rest=False)
        for theta in (2.5, 5.0, 10.0):
            then, now = (gravity.border_costs(load("icio", year=y), poles, GOODS, theta) for y in (1995, 2011))
            within, between = np.log(now) - np.log(then)
            assert within < 0 and between / within == pytest.approx(1, abs=0.06)

    def test_weighted_by_trade_near_borders_fell_more_or_about_alike(self):
        """Alike is a matter of the mean: by the weights of 1995 near ones fell more, by those of 2011 not."""
        poles = pole_by_region(rest=False)
        placed = np.array(list(poles.values()))
        same, own = np.equal.outer(placed, placed), np.eye(len(placed), dtype=bool)
        sold = {}
        for year in (1995, 2011):
            table = load("icio", year=year)
            goods = np.tile(np.isin(table.sectors, GOODS), len(table.countries))[:, None]
            at = [table.country(code) for code in poles]
            sold[year] = table.by_country(table.sales * goods)[np.ix_(at, at)]

        def change(theta):
            return np.log(gravity.head_ries(sold[2011], theta) / gravity.head_ries(sold[1995], theta))

        def falls(weights, theta=5.0):
            return [
                100 * -np.expm1(np.average(change(theta), weights=np.where(mask, weights, 0)))
                for mask in (same & ~own, ~same)
            ]

        assert falls(np.ones_like(sold[1995])) == pytest.approx([12.57, 13.04], abs=0.005)
        assert falls(sold[1995]) == pytest.approx([8.03, 4.73], abs=0.005)
        assert falls(sold[2011]) == pytest.approx([11.38, 11.69], abs=0.005)
        ratios = [np.divide(*falls(sold[1995], theta)) for theta in (2.5, 5.0, 10.0)]
        assert max(ratios) / min(ratios) < 1.04
        codes, pairs = list(poles), change(5.0)
        assert pairs[codes.index("JPN"), codes.index("CAN")] == pytest.approx(pairs.max()) and pairs.max() > 0
        assert pairs[codes.index("CHN"), codes.index("MEX")] == pytest.approx(pairs.min()) and pairs.min() < -0.5

    def test_technology_and_policy_leave_the_same_trace(self):
        """A tenth less on all borders moves the inferred cost by a tenth, whatever it was that cut it."""
        made = world.make()
        poles = {code: pole for code, pole in world.POLES.items() if pole != "Rest"}
        one = replace(made, theta=np.full(4, 5.0))
        own = np.eye(8, dtype=bool)[:, :, None]
        after = gravity.rebase(one, gravity.solve(one, khat=np.where(own, 1, 0.9)))
        then, now = (gravity.border_costs(gravity.as_table(each), poles, world.GOODS) for each in (one, after))
        assert np.array(now) / then == pytest.approx([0.9, 0.9], rel=0.02)


class TestMap:
    @pytest.mark.parametrize("pole", POLES)
    @pytest.mark.parametrize("side", ["backward", "forward"])
    def test_new_lines_turn_home_trade_into_trade_between_neighbours(self, pole, side):
        """The part rises by exactly what was bought at home, and nobody else's part moves."""
        at = POLES.index(pole)
        places = [pole_by_region()[code] for code in load("icio", year=2011).countries]
        flows, mine = inputs(2011), np.array([each == pole for each in places])
        home, total = flows.diagonal()[mine].sum(), (flows[:, mine] if side == "backward" else flows[mine]).sum()
        inside = flows[np.ix_(mine, mine)].sum() - home
        before, after = ties(side, pole, 1)[-1], ties(side, pole, 2)[-1]
        assert after.own("share")[at] == pytest.approx((inside + home / 2) / (total - home / 2))
        others = [k for k in range(3) if k != at]
        assert after.own("share")[others] == pytest.approx(before.own("share")[others])

    @pytest.mark.parametrize("pole", POLES)
    def test_the_others_index_moves_because_they_look_smaller(self, pole):
        """What size alone would give falls, what they buy does not; the pole itself would buy more from itself."""
        at = POLES.index(pole)
        before, after = (ties("backward", pole, parts)[-1] for parts in (1, 2))
        expected = [each.own("share")[:3] / each.own("index")[:3] for each in (before, after)]
        for k in range(3):
            assert (expected[1][k] > expected[0][k]) == (k == at)

    def test_all_poles_prefer_themselves_in_every_year_and_both_ways(self):
        for side in ("backward", "forward"):
            assert all((each.own("index")[:3] > 1).all() for each in ties(side, "EUR", 1))

    def test_no_pole_buys_mostly_within_itself_as_the_table_has_it(self):
        assert all((each.own("share")[:3] < 0.5).all() for each in ties("backward", "EUR", 1))

    def test_each_pole_trades_more_within_itself_than_with_either_other_pole(self):
        """In every year, as a buyer and as a seller."""
        for side in ("backward", "forward"):
            for each in ties(side, "EUR", 1):
                three = (each.share if side == "backward" else each.share.T)[:3, :3]
                assert (three.argmax(axis=0) == range(3)).all()

    def test_the_rest_of_the_world_takes_the_majority_away(self):
        """It is no pole: of what the three sell to one another, Europe and Asia buy most within, North America not."""
        three = ties("backward", "EUR", 1)[-1].share[:3, :3]
        assert three.diagonal() / three.sum(axis=0) == pytest.approx([0.574, 0.429, 0.584], abs=5e-4)

    def test_the_largest_partner_of_asia_is_the_rest_as_a_buyer_only(self):
        asia = POLES.index("ASI")
        bought, sold = ties("backward", "EUR", 1)[-1].share[:, asia], ties("forward", "EUR", 1)[-1].share[asia]
        assert bought.argmax() == 3 and bought[3] == pytest.approx(0.473, abs=5e-4)
        assert sold.argmax() == asia and sold[[asia, 3]] == pytest.approx([0.350, 0.315], abs=5e-4)

    def test_part_and_index_may_disagree_on_one_map(self):
        """North America from 1995 to 2011."""
        then, now = (ties("backward", "EUR", 1)[at] for at in (0, -1))
        america = POLES.index("NAM")
        assert now.own("share")[america] < then.own("share")[america] - 0.02
        assert now.own("index")[america] > then.own("index")[america] + 0.5

    @pytest.mark.parametrize("parts", [1, 2, 4])
    def test_three_countries_by_hand(self, parts):
        counted = iotable.recount([[76, 24], [24, 76]], ["A", "B"], "A", parts)
        found = iotable.introversion(counted.flows, counted.poles).share[0, 0]
        across = 76 * (1 - 1 / parts)
        assert found == pytest.approx(across / (across + 24))


class TestReach:
    def test_beyond_grew_more_with_oil_and_without(self):
        poles, industry = pole_by_region(rest=False), [s for s in load("icio", year=2011).sectors if s != "AGM"]
        tables = load("icio", year=[1995, 2011])
        for earned_in in (None, industry):
            found = iotable.reach_by_year(tables, poles, MANUFACTURES, earned_in).pivot(
                index="year", columns="where", values="percent"
            )
            change = found.loc[2011] - found.loc[1995]
            assert change.BEYOND > 2 * change.REGION > 0

    def test_beyond_gained_more_points_in_each_place_and_the_region_more_per_cent_in_four(self):
        poles, found = pole_by_region(rest=False), {}
        for year in (1995, 2011):
            table = load("icio", year=year)
            made = np.tile(np.isin(table.sectors, MANUFACTURES), 12) * table.F.sum(axis=1)
            parts = iotable.reach(iotable.va_in(table, made), [poles.get(each, each) for each in table.countries])
            found[year] = np.array([parts.region, parts.beyond])[:, [table.country(code) for code in poles]]
        region, beyond = found[2011] - found[1995]
        assert (beyond > region).all()
        region, beyond = found[2011] / found[1995]
        faster = {code for code, more in zip(poles, region > beyond, strict=True) if more}
        assert faster == {"JPN", "KOR", "TWN", "USA"}

    def test_a_part_of_the_rest_turns_the_answer_in_korea(self):
        """With the rest of the world split by hand: below the bound beyond grew more, above it the region did."""
        found = {}
        for year in (1995, 2011):
            table = load("icio", year=year)
            made = np.tile(np.isin(table.sectors, MANUFACTURES), 12) * table.F.sum(axis=1)
            origin, poles = iotable.va_in(table, made), pole_by_region()
            k, rest = table.country("KOR"), table.country("ROW")
            near = [j for j, each in enumerate(table.countries) if poles[each] == "ASI" and j != k]
            value = origin[:, k].sum()
            region, all_rest = origin[near, k].sum() / value, origin[rest, k] / value
            found[year] = region, 1 - region - origin[k, k] / value, all_rest
        region, beyond, rest = np.subtract(found[2011], found[1995])
        for part, led in ((0.15, False), (0.25, True)):
            assert (region + part * rest > beyond - part * rest) == led


class TestAgreements:
    def test_tariffs_move_little_because_they_are_low(self):
        """Gone, they do about what a border does that costs as much less; five times as much less moves far more."""
        made, asked = world.make(), setting("stylised")
        free = outcome("stylised", 1.0, 1.0, 1.0, True)
        duty = made.tariff[asked.near][:, :3]
        assert (duty == duty.max()).all() and duty.max() == pytest.approx(0.02)
        assert outcome("stylised", 1.0, 1 / 1.02, 1.0, False).share == pytest.approx(free.share, abs=0.006)
        high = outcome("stylised", 1.0, 1 / 1.1, 1.0, False)
        start = outcome("stylised", 1.0, 1.0, 1.0, False).share
        assert high.share - start > 3 * (free.share - start)

    def test_nobodys_income_changes_much(self):
        assert np.abs(100 * (outcome("stylised", 1.0, 1.0, 1.0, True).welfare - 1)).max() < 0.145

    def test_whoever_has_no_neighbours_has_nothing_that_makes_up_for_far_borders(self):
        """Not that far borders hit it most: alone they hit Germany, Mexico and Canada more."""
        rest = world.REGIONS.index("ROW")
        assert not setting("stylised").near[rest].any()
        for theta in (0.5, 1.0, 2.0):
            both, far, near = (
                100 * (outcome("stylised", theta, *costs, False).welfare - 1)
                for costs in ((0.9, 1.1), (1.0, 1.1), (0.9, 1.0))
            )
            assert both.argmin() == rest
            assert set(np.argsort(far)[:2]) == {world.REGIONS.index("NAM"), world.REGIONS.index("DEU")}
            assert near.argmin() == rest and near[rest] < 0 < np.delete(near, rest).min()

    def test_two_members_of_poles_lose_too_because_their_neighbours_are_few(self):
        """The United States and the rest of Europe: of all with neighbours they buy least from them, for their size."""
        made, asked = world.make(), setting("stylised")
        lost = outcome("stylised", 1.0, 0.9, 1.1, False).welfare < 1
        few = [world.REGIONS.index(code) for code in ("USA", "REU")]
        assert set(np.flatnonzero(lost)) == {*few, world.REGIONS.index("ROW")}
        goods = made.flows[:, :, asked.goods].sum(axis=2)
        from_near = np.where(asked.near, goods, 0).sum(axis=1) / made.flows.sum(axis=(1, 2))
        members = np.flatnonzero(asked.near.any(axis=1))
        assert set(members[np.argsort(from_near[members])[:2]]) == set(few)

    def test_in_a_pole_the_rest_would_not_lose_most(self):
        """The same costs, but its borders with the three places of Asia are near ones: others lose more."""
        made, asked = world.make(), setting("stylised")
        rest, asia = world.REGIONS.index("ROW"), [world.REGIONS.index(code) for code in ("CHN", "JKR", "SEA")]
        near = asked.near.copy()
        near[rest, asia] = near[asia, rest] = True
        khat = np.where(near, 0.9, np.where(np.eye(8, dtype=bool), 1.0, 1.1))[:, :, None]
        assert gravity.solve(made, khat=khat).welfare.argmin() != rest

    def test_most_of_the_fall_is_trade_with_the_rest(self):
        """The part within poles = part among the three × their part in all trade: the second fell more."""

        def parts(year):
            table = load("pole_trade", release=2013, year=year, flow="all")
            inside = (table.exporter == table.importer) & (table.exporter != "RST")
            among = (table.exporter != "RST") & (table.importer != "RST")
            within, three, every = table.value[inside].sum(), table.value[among].sum(), table.value.sum()
            return np.log([within / three, three / every])

        alone, weight = parts(2011) - parts(1995)
        assert weight < 2 * alone < 0

    def test_among_the_three_there_was_no_fall_until_the_end(self):
        def alone(release, year):
            table = load("pole_trade", release=release, year=year, flow="all")
            table = table[(table.exporter != "RST") & (table.importer != "RST")]
            return 100 * table.value[table.exporter == table.importer].sum() / table.value.sum()

        found = [alone(2013, year) for year in (1995, 2008, 2011)]
        assert found == pytest.approx([63.3, 63.7, 60.2], abs=0.05)
        assert 0 <= alone(2016, 2014) - alone(2016, 2000) < 0.5  # no fall, and no clear rise


class TestNumbers:
    def test_that_claims_print(self):
        """C2.2-1: the index of inputs, and what the members of Europe's pole import from one another."""
        index = {year: ties("backward", "EUR", 1)[year - 1995].own("index")[:3] for year in (1995, 2011)}
        assert index[1995] == pytest.approx([2.22, 3.03, 1.96], abs=0.005)  # Europe, North America, Asia
        assert index[2011] == pytest.approx([2.10, 3.78, 1.55], abs=0.005)
        trade = load("pole_trade", release=2013, year=2011, flow="all")
        bought = (
            trade[trade.importer == trade.exporter].set_index("importer").value / trade.groupby("importer").value.sum()
        )
        assert bought[["EUR", "NAM", "ASI"]].tolist() == pytest.approx([0.57, 0.30, 0.33], abs=0.005)
