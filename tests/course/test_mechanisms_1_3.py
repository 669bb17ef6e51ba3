"""Why things happen, as lesson 1.3 tells it: each test fails if another mechanism were at work."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from gvclab.data import load
from gvclab.models import gravity, iotable
from gvclab.panels.pandemic import ClosingLab, ExposureLab
from gvclab.panels.pandemic.places import REGIONS, real

DEPTHS = ("north_america", "europe", "asia", "rest")


@pytest.fixture(scope="module")
def shares():
    return iotable.sourcing_shares(load("icio", year=2011))


@pytest.fixture(scope="module")
def M(shares):
    return iotable.pandemic_matrix(*shares)


def random_depths():
    rng = np.random.default_rng(3)
    return [dict(zip(DEPTHS, rng.integers(0, 36, 4).tolist(), strict=True)) for _ in range(40)]


class TestHowFarItTravels:
    def test_more_arrives_than_is_bought_for_every_pair(self, shares, M):
        """Were only purchases from the place itself to count, exposure would be no larger than the share."""
        off = ~np.eye(len(M), dtype=bool)
        assert (M[off] > 1.2 * shares.Pi[off]).all()

    def test_it_is_inputs_that_carry_it_on(self, shares):
        """Without inputs a buyer feels what it buys and no more, and the less labour in costs the more is added."""
        assert iotable.pandemic_matrix(shares.Pi, 1.0) == pytest.approx(shares.Pi)
        felt = [ExposureLab(labour=times).solution for times in (1.5, 1.0, 0.5)]
        for before, after in pairwise(felt):
            assert (after.loss[after.others] > before.loss[after.others]).all()
            assert after.loss[after.at] < before.loss[after.at]

    def test_half_of_koreas_loss_comes_in_its_own_goods(self):
        solution = ExposureLab().solution
        korea = REGIONS.index("KOR")
        assert solution.routes.home[korea] / solution.loss[korea] == pytest.approx(0.5, abs=0.02)
        assert solution.routes.third[korea] < 0.05 * solution.loss[korea]

    @pytest.mark.parametrize("code", REGIONS)
    def test_more_trade_spares_the_place_in_lockdown_what_others_bear(self, code):
        """Trade adds nothing: each row of the matrix has one to share out."""
        solutions = [ExposureLab(place=code, openness=times).solution for times in (0.0, 1.0, 2.0)]
        own = [each.loss[each.at] for each in solutions]
        assert own[0] == pytest.approx(30) and own[0] > own[1] > own[2]
        assert solutions[2].loss[solutions[2].others].min() > solutions[1].loss[solutions[1].others].min()

    def test_four_fifths_of_a_common_lockdown_are_ones_own(self, M):
        table = load("icio", year=2011)
        assert table.gdp @ M.diagonal() / table.gdp.sum() == pytest.approx(0.8, abs=0.005)
        assert M.sum(axis=1) == pytest.approx(np.ones(len(M)))

    def test_with_easier_switching_less_is_imported(self):
        """In a model in which buyers turn elsewhere; were shares to decide alone, the elasticity would not matter."""
        table = load("icio", year=2011)
        table = iotable.aggregate(table, sectors=dict.fromkeys(table.sectors, "all"))
        korea, china = table.country("KOR"), table.country("CHN")
        labour = np.exp(np.where(np.arange(len(table.countries)) == china, -0.3, 0))
        felt = []
        for theta in (0.5, 2.0, 8.0):
            world = gravity.calibrate(table, theta=theta)
            before, after = (gravity.solve(world, Lhat=each, deficits=0.0).welfare[korea] for each in (1.0, labour))
            felt.append(-100 * np.log(after / before))
        assert felt[0] > felt[1] > felt[2] > 0


class TestWhatClosingDoes:
    def test_it_helps_exactly_those_whose_lockdown_is_milder_than_their_mix(self):
        for depths in random_depths():
            solution = ClosingLab(**depths).solution
            M = iotable.pandemic_matrix(solution.places.Pi, solution.places.beta)
            others = (M @ solution.closed - M.diagonal() * solution.closed) / (1 - M.diagonal())
            assert ((solution.gain > 1e-9) == (solution.closed < others - 1e-9)).all()

    def test_it_never_helps_all_and_never_hurts_all(self):
        """Trade passes lockdowns on and adds none: the hardest lockdown is never felt in full with trade."""
        for depths in random_depths():
            solution = ClosingLab(**depths).solution
            if np.ptp(solution.closed) > 0:
                assert solution.gain.min() < 0 < solution.gain.max()
                assert solution.open.max() <= solution.closed.max() and solution.open.min() >= solution.closed.min()

    def test_the_average_moves_only_as_far_as_trade_is_not_balanced(self):
        """With the incomes that the shares themselves imply, where all trade is balanced, it does not move at all."""
        places = real("regions")
        M = iotable.pandemic_matrix(places.Pi, places.beta)
        values, vectors = np.linalg.eig(M.T)
        balanced = np.abs(vectors[:, values.real.argmax()].real)
        balanced /= balanced.sum()
        for depths in random_depths():
            solution = ClosingLab(**depths).solution
            assert balanced @ solution.gain == pytest.approx(0, abs=1e-9)
            assert abs(places.weight @ solution.gain) < 0.3

    def test_the_price_grows_where_goods_are_harder_to_replace(self):
        table = load("icio", year=2011)
        easy, hard = (gravity.closing_cost(gravity.calibrate(table, theta=theta)) for theta in (5.0, 2.5))
        assert (hard > easy).all() and (easy > 0).all()

    def test_everybody_pays_more_each_year_than_it_is_spared_once_in_the_first_wave(self):
        solution = ClosingLab().solution
        assert (solution.cost > solution.gain).all()
