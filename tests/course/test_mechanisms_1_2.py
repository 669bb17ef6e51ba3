"""Why things happen, as lesson 1.2 tells it: each test fails if another mechanism were at work."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from gvclab.data import MANUFACTURES, load
from gvclab.models import gravity, iotable, world
from gvclab.panels.developed_countries import DistributionLab, TradeWarLab
from gvclab.panels.developed_countries.balance import PARTNERS, balances
from gvclab.panels.developed_countries.distribution import more_output
from gvclab.panels.developed_countries.war import tariffs, world_of

GOODS = ("AGM", *MANUFACTURES)
KAPPAS = (1.2, 1.5, 3.0, 9.0, 20.0)
LOW, HIGH, SERVICES = 1, 2, 3


def progress(kappa: float, technology: float = 2.0, made: gravity.World | None = None, where=(LOW, HIGH)):
    """China's industry becomes better in the stylised world; the United States have their groups."""
    made = world.make() if made is None else made
    better = np.ones(made.alpha.shape)
    better[made.country("CHN"), list(where)] = technology
    return gravity.solve(made, That=better, closure=gravity.roy(made, kappa, world.us_groups()))


def real_wages(after, made: gravity.World) -> np.ndarray:
    """(S,) what the wages of the United States can buy, per sector, times what it was."""
    usa = made.country("USA")
    price = np.prod(after.price[usa] ** made.alpha[usa])
    return np.exp(after.unknown.reshape(made.alpha.shape)[usa]) / price


class TestTheNationAndTheTowns:
    @pytest.mark.parametrize("kappa", KAPPAS[:-1])
    def test_wages_fall_in_the_two_industries_and_rise_elsewhere(self, kappa):
        """Were the towns to lose by dear goods or by lost services, another wage would fall."""
        wages = real_wages(progress(kappa), world.make())
        assert wages[[LOW, HIGH]].max() < 1 < wages[[0, SERVICES]].min()

    @pytest.mark.parametrize("technology", [1.5, 2.0, 3.0])
    def test_output_from_the_same_inputs_grows_by_the_root_of_the_technology(self, technology):
        """Cheaper by what the panel says, or better by T: the same world. T times the output would be another."""
        made = world.make()
        cheaper = np.ones(made.pi.shape)
        for sector, more in zip((LOW, HIGH), more_output(technology), strict=True):
            cheaper[:, made.country("CHN"), sector] = 1 / (1 + more)
        same = gravity.solve(made, khat=cheaper, closure=gravity.roy(made, 1.5, world.us_groups()))
        assert same.welfare == pytest.approx(progress(1.5, technology).welfare, rel=1e-9)
        assert max(more_output(2.0)) < 0.2 and min(more_output(2.0)) > 0.14  # "about a sixth" of the prediction

    def test_the_nation_also_has_revenue_and_a_deficit(self):
        """So its bar is not the mean of the groups; with wages alone it would be."""
        made, usa = world.make(), world.make().country("USA")
        income, _ = world.us_groups()["USA"]
        base = made.wL[usa] + made.D[usa] + (made.flows[usa] * made.tariff[usa]).sum()
        for kappa in (1.5, 6.0, 20.0):
            after = progress(kappa)
            price = np.prod(after.price[usa] ** made.alpha[usa])
            wages = made.wL[usa] * (income @ after.group_income[usa])
            besides = (after.R[usa] + after.D[usa]) / price
            assert after.welfare[usa] == pytest.approx((wages + besides) / base, rel=1e-8)
            assert after.welfare[usa] > (wages / made.wL[usa]) and besides > base - made.wL[usa]
        assert 100 * (progress(6.0).welfare[usa] - 1) > 100 * (progress(6.0).group_income[usa].max() - 1)

    def test_what_a_group_competes_with_decides_as_well_as_mobility(self):
        """At one mobility the hubs gain and the towns lose; and where only high-tech gets better the towns gain."""
        now = DistributionLab(kappa=6.0).solution.now
        assert now.factory < 0 < now.tech
        towns, hubs, _ = progress(1.5, where=(HIGH,)).group_income[0]
        assert hubs < 1 < towns

    def test_near_a_mobility_of_one_changing_work_brings_nothing(self):
        """Income is the mean of the wages in what the group did; with more mobility it is above this mean."""
        _, did = world.us_groups()["USA"]
        above = []
        for kappa in (1.001, 9.0):
            after = progress(kappa)
            above.append((after.group_income[0] - did @ real_wages(after, world.make())).max())
        assert above[0] == pytest.approx(0, abs=1e-6) and above[1] > 1e-5

    def test_the_nation_gains_as_a_buyer(self):
        """Goods become cheaper against the wage; where nobody at home could buy them abroad nobody would gain."""
        made = world.make()
        usa = made.country("USA")
        after = progress(1.5)
        relative = after.price[usa] / after.wage[usa]
        assert relative[[LOW, HIGH]].max() < 0.99 < relative[[0, SERVICES]].min()
        alone = np.ones(made.pi.shape)
        alone[usa, np.arange(len(made.countries)) != usa] = np.inf
        alone[np.arange(len(made.countries)) != usa, usa] = np.inf
        better = np.ones(made.alpha.shape)
        better[made.country("CHN"), [LOW, HIGH]] = 2
        closed, closed_better = (
            gravity.solve(made, That=each, khat=alone, deficits=0.0).welfare[usa] for each in (1.0, better)
        )
        assert closed_better == pytest.approx(closed, rel=1e-6)

    def test_who_can_change_shares_the_fall(self):
        """With mobility the loss of the towns shrinks and so does the gain of the rest; the nation hardly moves."""
        for before, after in pairwise(DistributionLab(kappa=kappa).solution.now for kappa in KAPPAS):
            assert after.factory > before.factory and after.tech > before.tech and after.rest < before.rest
        wages = [real_wages(progress(kappa), world.make())[LOW] for kappa in KAPPAS]
        assert wages == sorted(wages)
        nation = [DistributionLab(kappa=kappa).solution.now.nation for kappa in KAPPAS]
        assert max(nation) - min(nation) < 0.06

    def test_it_is_what_a_group_works_at_that_makes_it_lose(self):
        """Groups that work alike fare alike, however much they earn."""
        made = world.make()
        income, _ = world.us_groups()["USA"]
        alike = np.tile(gravity.sector_shares(made)[made.country("USA")], (3, 1))
        better = np.ones(made.alpha.shape)
        better[made.country("CHN"), [LOW, HIGH]] = 2
        after = gravity.solve(made, That=better, closure=gravity.roy(made, 1.5, {"USA": (income, alike)}))
        gains = after.group_income[made.country("USA")]
        assert gains == pytest.approx(np.full(3, gains[0])) and gains[0] > 1

    def test_a_larger_shock_changes_sizes_and_near_the_edge_signs(self):
        ends = [DistributionLab(kappa=9.0, technology=p).solution.now.factory for p in (1.5, 3.0)]
        assert ends[0] < 0 < ends[1] and max(map(abs, ends)) < 0.06
        for kappa in (1.5, 20.0):
            signs = {np.sign(DistributionLab(kappa=kappa, technology=p).solution.now.factory) for p in (1.25, 2, 3)}
            assert len(signs) == 1

    def test_the_nation_and_the_rest_gain_at_every_setting(self):
        for kappa, technology in product(KAPPAS, (1.25, 2.0, 3.0)):
            now = DistributionLab(kappa=kappa, technology=technology).solution.now
            assert now.nation > 0 and now.rest > 0 and now.factory < now.tech

    def test_who_is_left_in_cloth(self):
        """The formula is that of people who differ in how good they are at each work and choose the better paid.

        Were all alike they would all leave; were they tied, half would stay.
        """
        rng, cloth, services = np.random.default_rng(1), 0.9, 1.02
        for kappa in (9.0, 20.0):
            skill = rng.weibull(kappa, (2, 400_000)) ** -1  # Fréchet
            before, after = skill.max(axis=0), (skill * [[cloth], [services]]).max(axis=0)
            left = (skill[0] * cloth > skill[1] * services).mean()
            assert left == pytest.approx(cloth**kappa / (cloth**kappa + services**kappa), abs=3e-3)
            mean = (0.5 * cloth**kappa + 0.5 * services**kappa) ** (1 / kappa)
            assert after.mean() / before.mean() == pytest.approx(mean, abs=1e-3)


class TestWhoseWork:
    def test_the_sum_is_what_a_country_spends_above_what_it_earns(self):
        for year in (1995, 2004, 2011):
            table = load("icio", year=year)
            both = iotable.balances(table)
            above = table.F.sum(axis=0) - table.gdp
            for count in both:
                assert -count.sum(axis=1) == pytest.approx(above, abs=1e-3 * table.gdp.sum() ** 0.5)

    def test_without_inputs_from_abroad_the_two_counts_agree(self):
        """It is others' parts that the counts differ by, not anything about the last stage."""
        phone = world.triangle(parts=0, design=0, assembly=40)
        both = iotable.balances(phone)
        assert both.gross == pytest.approx(both.value_added)

    @pytest.mark.parametrize("parts", [10, 60, 200])
    def test_the_difference_is_the_parts_and_goes_to_their_maker(self, parts):
        both = iotable.balances(world.triangle(parts=parts, design=20, assembly=20))
        moved = both.value_added[0] - both.gross[0]
        assert moved == pytest.approx([0, parts, -parts])
        assert both.value_added[0, 1] == pytest.approx(-20)

    def test_balances_move_to_those_whose_work_arrives_in_goods_of_others(self):
        """Not to those who use few foreign parts: Korea and Germany use more of them than China and India do."""
        table = load("icio", year=2011)
        usa, size = table.country("USA"), (len(table.countries), len(table.sectors))
        final = np.asarray(table.F).reshape(*size, size[0])[:, :, usa]
        work = np.zeros((size[0], size[0]))  # of the first in final goods that Americans buy from the second
        for seller in range(size[0]):
            bought = np.zeros(size)
            bought[seller] = final[seller]
            work[:, seller] = (np.asarray(table.v).reshape(size) * table.leontief(bought.ravel()).reshape(size)).sum(
                axis=1
            )
        moved = balances(2011).moved
        at = [table.country(partner) for partner in PARTNERS]
        by_others = np.array([1 - (work[k, k] + work[k, usa]) / work[k].sum() for k in at])
        foreign = np.array([1 - work[k, k] / work[:, k].sum() for k in at])
        assert by_others[moved > 0].max() < by_others[moved < 0].min()
        assert foreign[moved > 0].max() > foreign[moved < 0].min()
        assert [PARTNERS[k] for k in np.flatnonzero(moved > 0)] == ["CHN", "CAN", "MEX", "IIN"]
        west = PARTNERS.index("EUW")
        assert balances(2011).gross[west] > 0 > balances(2011).value_added[west]

    def test_in_all_years_most_of_the_deficit_with_china_is_there_by_either_count(self):
        for year, table in load("icio").items():
            both, at = iotable.balances(table), (table.country("USA"), table.country("CHN"))
            assert 0.75 < both.value_added[at] / both.gross[at] < 0.88, year


class TestWhatATariffGivesBack:
    """In the stylised world, on top of China's progress, with 10 points on Chinese goods."""

    @staticmethod
    def with_and_without(kappa: float = 1.5) -> list:
        made = world.make()
        better = np.ones(made.alpha.shape)
        better[made.country("CHN"), [LOW, HIGH]] = 2
        closure = gravity.roy(made, kappa, world.us_groups())
        taxed = made.tariff + 0.1 * made.border("USA", "CHN", world.GOODS)
        return [gravity.solve(made, That=better, tariffs=each, closure=closure) for each in (made.tariff, taxed)]

    def test_the_towns_get_a_part_and_the_others_pay(self):
        before, after = (100 * (each.group_income[0] - 1) for each in self.with_and_without())
        assert before == pytest.approx([-0.97, -0.41, 0.65], abs=0.005)
        assert after == pytest.approx([-0.65, -0.56, 0.43], abs=0.005)

    def test_who_receives_the_revenue_decides_who_pays(self):
        """The treasury gets more than the groups lose; in proportion it leaves the hubs better off, the rest worse."""
        made, (income, _) = world.make(), world.us_groups()["USA"]
        before, after = self.with_and_without()
        lost = 100 * (before.group_income[0] - after.group_income[0])
        buys = [each.R[0] / np.prod(each.price[0] ** made.alpha[0]) for each in (before, after)]
        more = 100 * (buys[1] - buys[0]) / made.wL[0]
        assert [more, income @ lost] == pytest.approx([0.19, 0.15], abs=0.005)
        assert 100 * (after.welfare[0] - before.welfare[0]) == pytest.approx(0.018, abs=5e-4)
        towns, hubs, rest = lost - more
        assert towns < 0 and hubs < 0 < rest  # in proportion to income
        assert more > income[1:] @ lost[1:]  # enough for the hubs and the rest, if all of it goes to them
        assert after.welfare[made.country("CHN")] < before.welfare[made.country("CHN")]

    def test_the_wage_in_light_industry_falls_less_and_prices_rise_more_than_other_wages(self):
        made = world.make()
        before, after = self.with_and_without()
        shape = made.alpha.shape
        wages = np.exp((after.unknown - before.unknown).reshape(shape)[0])
        price = np.prod((after.price[0] / before.price[0]) ** made.alpha[0])
        assert wages[LOW] > price > wages[[0, HIGH, SERVICES]].max() > 1

    @pytest.mark.parametrize("kappa", [9.0, 20.0])
    def test_who_can_change_work_loses_by_it(self, kappa):
        """Were it not the wage of those who are tied, mobility would not matter."""
        before, after = (each.group_income[0][0] for each in self.with_and_without(kappa))
        assert after < before


@pytest.fixture(scope="module")
def real():
    return gravity.calibrate(load("icio", year=2011), theta=5)


class TestTheTariff:
    def test_the_seller_sells_cheaper_and_the_more_so_the_higher_the_tariff(self, real):
        """Were the buyers to pay all of it, as they did in 2018, China's wage against the US wage would stay."""
        usa, china = real.country("USA"), real.country("CHN")
        ratios = []
        for rate in (0.02, 0.1, 0.2):
            after = gravity.solve(real, tariffs=rate * real.border("USA", "CHN", GOODS))
            ratios.append(after.wage[china] / after.wage[usa])
        assert 1 > ratios[0] > ratios[1] > ratios[2]

    def test_a_small_country_cannot_make_the_seller_pay(self):
        """The gain is the seller's loss: where the tariff moves no wage abroad the seller loses nothing."""
        paid = []
        for size in (1.0, 5.0, 50.0):
            two = world.two_countries(imports=0.1, size=size)
            after = gravity.solve(two, tariffs=0.1 * two.border("Home"))
            paid.append(1 - after.welfare[1])
        assert paid[0] > paid[1] > paid[2] and paid[2] < 0.03 * paid[0]

    def test_at_a_low_rate_the_gain_is_larger_and_at_a_high_one_the_loss(self):
        for theta in (2.0, 5.0, 10.0):
            low, middle, high = (TradeWarLab(theta=theta, tariff=points).solution.of("USA") for points in (1, 20, 40))
            assert low > 0 and middle > high
        assert TradeWarLab(tariff=20).solution.of("USA") < 0 < TradeWarLab().solution.of("USA")

    @pytest.mark.parametrize(
        ("theta", "answered", "zero"), [(2.0, True, 23.8), (5.0, False, 18.4), (5.0, True, 9.0), (10.0, True, 4.3)]
    )
    def test_the_gain_ends_at_a_rate_that_is_lower_with_an_answer_and_where_buyers_switch(self, theta, answered, zero):
        """C1.2-11: below it the United States gain, answered or not."""
        table = world_of(theta)
        usa = table.country("USA")
        for points, sign in ((0.3 * zero, 1), (zero - 0.3, 1), (zero + 0.3, -1), (2 * zero, -1)):
            after = gravity.solve(table, tariffs=tariffs(table, points, answered))
            assert np.sign(after.welfare[usa] - 1) == sign

    def test_the_gain_has_two_halves_and_buyers_pay_nine_tenths(self, real):
        """China sells cheaper and the United States sell for more, against a place that has no part in it."""
        after = gravity.solve(real, tariffs=tariffs(real, 10, False))
        goods = [real.sectors.index(sector) for sector in GOODS]
        home = np.arange(len(real.countries))
        cost = after.price * (after.pi[home, home] / real.pi[home, home]) ** (-1 / real.theta)
        usa, china, europe = (cost[real.country(code), goods].mean() for code in ("USA", "CHN", "EUW"))
        assert china < 0.995 * europe < 1.003 * europe < usa
        weights = real.flows[real.country("USA"), real.country("CHN")][goods]
        cheaper = np.average(cost[real.country("CHN"), goods], weights=weights)
        assert (1.1 * cheaper - 1) / 0.1 == pytest.approx(0.93, abs=0.005)

    def test_both_sides_of_it_are_small_as_chinese_goods_cost_a_fortieth_of_us_income(self, real):
        """The first prediction of the round."""
        table = load("icio", year=2011)
        usa = real.country("USA")
        bought = real.flows[real.border("USA", "CHN", GOODS)].sum()
        assert bought / table.gdp[usa] == pytest.approx(1 / 40, abs=0.0025)

    def test_taiwan_and_korea_lose_too(self):
        solution = TradeWarLab().solution
        assert [solution.of("TWN"), solution.of("KOR")] == pytest.approx([-0.021, -0.005], abs=5e-4)

    def test_buyers_turn_to_other_origins_that_cost_more(self, real):
        usa, china = real.country("USA"), real.country("CHN")
        after = gravity.solve(real, tariffs=0.1 * real.border("USA", "CHN", GOODS))
        goods = [real.sectors.index(sector) for sector in GOODS]
        others = [k for k in range(len(real.countries)) if k not in (usa, china)]
        bought = [each.pi[usa][np.ix_(others, goods)].sum(axis=0) for each in (real, after)]
        assert (bought[1] > bought[0]).all()
        assert (after.price[usa, goods] / after.wage[usa]).mean() > 1.002

    def test_the_best_rate_is_low_where_the_tariff_falls_on_one_partner(self, real):
        """Buyers turn to others: near 8 points on China, twice that on goods from all places, more on all trade."""

        def best(hit):
            def lost(rate):
                return -gravity.solve(real, tariffs=real.tariff + rate * hit).welfare[real.country("USA")]

            return minimize_scalar(lost, bounds=(0, 0.4), method="bounded", options={"xatol": 1e-3}).x

        china, goods, everything = (
            best(real.border("USA", *hit)) for hit in (("CHN", GOODS), (None, GOODS), (None, None))
        )
        assert [china, goods, everything] == pytest.approx([0.078, 0.164, 0.238], abs=0.004)

    def test_all_this_is_little_for_a_nation_because_it_buys_little_from_china(self, real):
        """Change of income at 10 points is of the size of purchases times the tariff, not of the tariff."""
        usa = real.country("USA")
        bought = real.flows[real.border("USA", "CHN", GOODS)].sum() / real.wL[usa]
        assert bought == pytest.approx(0.024, abs=5e-4)
        assert 0 < TradeWarLab().solution.of("USA") / 100 < 0.1 * bought

    def test_after_an_answer_the_united_states_lose_at_theta_five_and_gain_at_two(self):
        at = {theta: TradeWarLab(tariff=20, retaliation=True, theta=theta).solution for theta in (2.0, 5.0)}
        assert at[5.0].of("USA") < 0 < at[2.0].of("USA")
        assert all(each.of("CHN") < 0 for each in at.values())

    def test_the_overall_deficit_stays_because_it_is_given(self, real):
        """Were it not given it could move: with half the deficits it is half."""
        usa = real.country("USA")
        hit = 0.2 * real.border("USA", "CHN", GOODS)
        after, half = gravity.solve(real, tariffs=hit), gravity.solve(real, tariffs=hit, deficits=real.D / 2)
        assert after.D[usa] == pytest.approx(real.D[usa], rel=1e-9) and half.D[usa] == pytest.approx(real.D[usa] / 2)

    @pytest.mark.parametrize("theta", [3.0, 5.0, 8.0])
    def test_the_best_rate_depends_on_the_partners_demand_for_our_good(self, theta):
        """θπ is by how many per cent it spends less on it when it becomes one per cent more expensive."""
        for imports, size in ((0.3, 1.0), (0.05, 1.0), (0.3, 20.0)):
            two = world.two_countries(imports, size, theta)
            best = gravity.optimal_tariff(two, "Home")
            share = best.equilibrium.pi[1, 1, 0]
            assert best.tariff[0] == pytest.approx(1 / (theta * share), rel=1e-3)
            foreign = best.equilibrium.pi[1, :, 0]
            dearer = foreign[0] * 1.01**-theta
            assert np.log(dearer / (dearer + foreign[1]) / foreign[0]) / np.log(1.01) == pytest.approx(
                -theta * share, rel=0.02
            )

    def test_our_good_becomes_more_expensive_because_our_wage_rises_beside_the_partners(self):
        two = world.two_countries(imports=0.3)
        ratios = []
        for rate in (0.0, 0.05, 0.2):
            after = gravity.solve(two, tariffs=rate * two.border("Home"))
            ratios.append(after.wage[0] / after.wage[1])
        assert ratios[0] == pytest.approx(1) and ratios[0] < ratios[1] < ratios[2]

    def test_two_equal_countries(self):
        two = world.two_countries(imports=0.3)
        alone, war = gravity.optimal_tariff(two, "Home"), gravity.nash_tariffs(two, ("Home", "Foreign"))
        assert alone.equilibrium.pi[1, 1, 0] == pytest.approx(0.854, abs=5e-4)
        assert alone.equilibrium.welfare[0] - 1 == pytest.approx(0.0114, abs=5e-5)
        assert war.equilibrium.welfare - 1 == pytest.approx([-0.013, -0.013], abs=5e-5)


class TestWhatTheCardsSay:
    def test_gains_relative_and_in_dollars(self):
        """C1.2-1 and C1.2-7: least of twelve relative to income; in dollars 5.3 and then 1.3 times China's."""
        ratios = []
        for year in (1995, 2005, 2011):
            table = load("icio", year=year)
            real = gravity.calibrate(table, theta=5)
            share = gravity.closing_cost(real)
            usa, china = table.country("USA"), table.country("CHN")
            income = gravity.rebase(real, gravity.solve(real, deficits=0.0)).wL
            gained = (share * income)[[usa, china]] / 1000  # billion dollars
            ratios.append(gained[0] / gained[1])
            if year == 1995:
                assert gained == pytest.approx([176, 33], abs=0.6)
            assert share[usa] < share[china]
        assert 100 * share[[usa, china]] == pytest.approx([3.4, 5.3], abs=0.05) and share.argmin() == usa
        assert gained == pytest.approx([501, 397], abs=0.6) and share.argmax() == table.country("TWN")
        assert [ratios[0], ratios[2]] == pytest.approx([5.3, 1.3], abs=0.06)
        dollars = dict(zip(table.countries, share * income / 1000, strict=True))
        assert [dollars["DEU"], dollars["JPN"]] == pytest.approx([379, 215], abs=0.6)
        rich = sum(dollars[code] for code in ("USA", "CAN", "JPN", "KOR", "TWN", "DEU", "EUW"))
        assert rich / sum(dollars.values()) == pytest.approx(0.54, abs=0.005)

    def test_tariffs_single_china_out_in_2024_and_no_more(self):
        """C1.2-9."""
        rates = load("us_tariff_by_origin")
        before = rates.drop_duplicates("origin").set_index("origin").tariff_2024
        last = rates[rates.date == rates.date.max()].set_index("origin").tariff
        assert [before["CHN"], before.drop("CHN").max()] == pytest.approx([10.9, 3.8], abs=0.05)
        assert last[["CHN", "JPN", "EUU"]].tolist() == pytest.approx([22.8, 15.2, 10.3], abs=0.05)
