"""Why things happen, as lesson 1.1 tells it: each test fails if another mechanism were at work."""

from __future__ import annotations

import numpy as np
import pytest

from gvclab.models.division import chain_output, cvw, middle_block, snake
from gvclab.panels.developing_countries import PositionLab, route

RATES = np.round(np.arange(0.41, 0.81, 0.03), 2)
LENGTHS = (0.25, 1.0, 2.0, 4.0)


def away(length: int, advantage: float, border: float) -> int:
    """How many stages leave home."""
    return snake(middle_block(length, advantage), border).path.count(1)


class TestBlocks:
    def test_a_stage_that_moves_alone_does_not_pay_and_no_stage_goes_first(self):
        """Were stages to arrive one after the other, some border would bring a part of the block."""
        assert away(1, 0.1, 0.15) == 0
        for border in np.linspace(0, 0.5, 101):
            assert away(6, 0.1, border) in (0, 6)

    def test_a_block_pays_for_two_crossings_together(self):
        """Its length decides, not what one stage saves: the same sum over fewer stages does the same."""
        for length, advantage in ((6, 0.1), (3, 0.2), (2, 0.3)):
            assert away(length, advantage, 0.299) == length
            assert away(length, advantage, 0.301) == 0

    def test_the_rival_has_to_be_beaten_too(self):
        """Without the rival the block would come at 0.175, where it covers its crossings; with it at 0.135."""
        block, rival = 5 * 0.1 - route.KEY_PENALTY, 6 * route.HUB_ADVANTAGE - 2 * route.HUB_BORDER
        threshold = next(
            each.end for each in reversed(route.by_border(8, 0.1, 0.3)) if each.path.count(route.REMOTE) > 0
        )
        assert threshold == pytest.approx((block - rival) / 2)
        assert threshold < block / 2

    def test_one_stage_more_pays_for_the_crossings_that_the_block_could_not(self):
        """Nine stages at the old border cost: seven arrive, though none saves more than before."""
        assert [route.route(K, 0.15, 0.1).path.count(route.REMOTE) for K in (8, 9)] == [0, 7]

    def test_the_bad_stage_goes_home_when_two_more_crossings_cost_less_than_it_does(self):
        first = route.by_border(8, 0.1, 0.3)[0]
        assert first.end == pytest.approx(route.KEY_PENALTY / 2)
        assert first.path[route.key_component(8) - 1] == route.HOME


class TestWages:
    @pytest.mark.parametrize("S", LENGTHS)
    def test_the_gap_is_the_difference_of_mistakes_times_the_price(self, S):
        for rate in RATES:
            for workers in (0.5, 1, 3):
                found = cvw((rate, 0.4, 0.2), (workers, 1, 1), S)
                assert found.w[1] - found.w[0] == pytest.approx((rate - 0.4) * found.p[0])

    def test_a_rate_of_mistakes_says_how_much_of_the_work_reaches_the_end(self):
        """Each country passes on what survives its own part of the chain; the whole chain has the length 1."""
        found = cvw()
        kept = np.exp(-np.array([0.6, 0.4, 0.2]) * found.N)
        assert found.Q[1:] / found.Q[:-1] == pytest.approx(kept[1:])
        assert found.N.sum() == pytest.approx(1)

    @pytest.mark.parametrize("S", LENGTHS)
    def test_fewer_mistakes_shrink_the_difference_while_the_price_rises(self, S):
        """Not scarcity: what is handed on gets more expensive, and the middle country loses all the same."""
        worlds = [cvw((rate, 0.4, 0.2), S=S) for rate in RATES]
        prices, wages = np.array([each.p[0] for each in worlds]), np.array([each.w for each in worlds])
        assert (np.diff(prices) < 0).all()  # rates rise from left to right
        assert (np.diff(wages[:, 0]) < 0).all()
        assert (np.diff(wages[:, 1:], axis=0) > 0).all()

    @pytest.mark.parametrize("S", LENGTHS)
    def test_more_workers_leave_the_difference_and_raise_the_price(self, S):
        worlds = [cvw(L=(workers, 1, 1), S=S) for workers in np.arange(0.5, 3.01, 0.25)]
        assert (np.diff([each.p[0] for each in worlds]) > 0).all()
        assert (np.diff([each.N[0] for each in worlds]) > 0).all()  # more of the work is done before it is handed on
        assert (np.diff([each.w[0] for each in worlds]) < 0).all()

    def test_that_others_gain_from_more_workers_is_no_rule(self):
        few, many = (cvw((0.44, 0.4, 0.2), (workers, 1, 1)) for workers in (1, 3))
        assert many.w[1] < few.w[1]
        assert cvw(L=(3, 1, 1)).w[1] > cvw().w[1]

    def test_the_others_stand_later_both_times(self):
        for settings in ({"lam_1": 0.44}, {"labour_1": 3.0}):
            assert (PositionLab(**settings).solution.moved[1:] > 0).all()

    def test_places_exchanged_and_abilities_not_leaves_less_to_share(self):
        assert chain_output((0.2, 0.4, 0.6)) < chain_output((0.6, 0.4, 0.2)) == pytest.approx(cvw().output)
