"""The panels of section 1.1 show what the models and the table say, and what the lesson asks for is found by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from gvclab.data import load, name
from gvclab.models.division import cvw, snake
from gvclab.panels.developing_countries import EntryLab, ParticipationLab, PositionLab, route
from gvclab.panels.developing_countries.participation import ECONOMIES

from .labs import ranges, trace

PANELS = (EntryLab, PositionLab, ParticipationLab)
# Ranges and defaults of the specification; the map is of this course.
SPEC = {
    "stages": (4, 12, 8),
    "border": (0, 0.3, 0.15),
    "advantage": (0, 0.3, 0.1),
    "complexity": (0.25, 4, 1),
    "lam_1": (0.05, 1.2, 0.6),
    "lam_2": (0.05, 1.2, 0.4),
    "lam_3": (0.05, 1.2, 0.2),
    "labour_1": (0.5, 3, 1),
    "year": (1995, 2011, 2011),
    "economy": "CHN",
}


class TestAll:
    def test_ranges_of_the_specification(self):
        assert ranges(PANELS) == SPEC


class TestEntry:
    def test_the_threshold_by_hand(self):
        """Two steps of the slider, and three quarters of the chain have arrived."""
        assert "none of the 8 stages" in EntryLab().sentence and "below 0.135" in EntryLab().sentence
        assert EntryLab(border=0.14).table.shape == EntryLab(border=0.13).table.shape
        assert route.REMOTE not in EntryLab(border=0.14).solution.now.path
        assert "makes 6 of 8 stages; the chain crosses 2 borders" in EntryLab(border=0.13).sentence
        assert "above 0.106 per stage" in EntryLab().sentence
        assert EntryLab(advantage=0.1).solution.now.path.count(route.REMOTE) == 0
        assert EntryLab(advantage=0.11).solution.now.path.count(route.REMOTE) == 6

    def test_a_lower_border_lets_the_key_component_go_elsewhere(self):
        assert "makes 5 of 8 stages; the chain crosses 4 borders" in EntryLab(border=0.07).sentence
        assert "The key component is made elsewhere" in EntryLab(border=0.07).sentence
        assert "The key component goes there too" in EntryLab(border=0.08).sentence

    def test_one_stage_more_brings_it_in(self):
        assert "makes 7 of 9 stages" in EntryLab(stages=9).sentence

    @pytest.mark.parametrize("stages", [4, 7, 8, 12])
    @pytest.mark.parametrize("advantage", [0.0, 0.03, 0.1, 0.27])
    def test_steps_are_the_route_at_every_border(self, stages, advantage):
        panel = EntryLab(stages=stages, advantage=advantage)
        steps = panel.solution.borders
        for border in np.linspace(0.0007, 0.2993, 97):
            (at,) = [each for each in steps if each.start < border < each.end]
            best = route.route(stages, border, advantage)
            np.testing.assert_array_equal(at.made, np.bincount(best.path, minlength=3))
        share = trace(panel, "made in: remote country")
        assert share.x[0] == 0 and share.x[-1] == 0.3 and len(share.x) == len(steps) + 1
        np.testing.assert_allclose(share.y[:-1], [each.made[route.REMOTE] / stages for each in steps])

    @pytest.mark.parametrize("border", [0.0, 0.05, 0.15, 0.3])
    def test_stretches_of_the_advantage(self, border):
        for each in EntryLab(border=border).solution.advantages:
            for advantage in np.linspace(each.start, each.end, 7)[1:-1]:
                best = route.route(8, border, advantage)
                np.testing.assert_array_equal(each.made, np.bincount(best.path, minlength=3))

    def test_block_rule_where_there_is_no_rival_and_no_key_component(self):
        """The rule of the lesson: a L > 2 t, strictly."""
        for L, t in itertools.product(range(1, 11), (0.07, 0.15, 0.2)):
            cost = np.ones((L + 2, 2))
            cost[1:-1, 1] -= 0.1
            cost[[0, -1], 1] += 1
            assert (snake(cost, t).crossings > 0) == (round(0.1 * L - 2 * t, 9) > 0)

    def test_what_a_halved_border_lets_in_a_doubled_advantage_does_too(self):
        for K, t, a in itertools.product(range(4, 13), np.arange(0.01, 0.31, 0.03), np.arange(0.01, 0.16, 0.02)):
            halved = route.REMOTE in route.route(K, t / 2, a).path
            doubled = route.REMOTE in route.route(K, t, 2 * a).path
            assert doubled >= halved

    def test_ribbon(self):
        panel = EntryLab(border=0.07)
        path = panel.solution.now.path
        line = trace(panel, "way of the product")
        assert tuple(line.y) == (*path, route.HOME) and tuple(line.x) == tuple(range(1, 10))
        crossed = trace(panel, "border crossed, and what it costs")
        assert len(crossed.x) == panel.solution.now.crossings and set(crossed.text) == {"0.07"}
        for k, place in enumerate(("home", "connected country", "remote country")):
            marks = trace(panel, place)
            assert [int(each) for each in marks.text] == [n + 1 for n, at in enumerate(path) if at == k]


class TestPosition:
    def test_reference(self):
        table = PositionLab().table
        np.testing.assert_allclose(table.iloc[:, 1], [0.2887, 0.6256, 1], atol=5e-5)
        np.testing.assert_allclose(table.iloc[:, 4], [0.7855, 0.8350, 0.9519], atol=5e-5)
        assert PositionLab().solution.now.output == pytest.approx(2.5724, abs=5e-5)
        assert "1.441 times" in PositionLab(complexity=2).sentence

    def test_moving_up_is_not_winning(self):
        panel = PositionLab(lam_1=0.45)
        now, before = panel.solution.now, panel.solution.before
        np.testing.assert_allclose((now.last - before.last)[:2], [0.0045, 0.0025], atol=5e-5)
        assert (before.wage[1], now.wage[1]) == (
            pytest.approx(0.8350, abs=5e-5),
            pytest.approx(0.8284, abs=5e-5),
        )
        assert "Moving up is not winning: the middle country and the leader" in panel.sentence
        assert "Moving up" not in PositionLab(**PositionLab.presets["standard"]).sentence

    @pytest.mark.parametrize("rates", [(0.6, 0.4, 0.2), (0.2, 0.9, 0.55), (0.3, 0.25, 0.85)])
    def test_bars_are_the_model_in_any_order(self, rates):
        panel = PositionLab(lam_1=rates[0], lam_2=rates[1], lam_3=rates[2], labour_1=2.0, complexity=1.5)
        order = np.argsort(rates)[::-1]
        model = cvw(np.array(rates)[order], np.array([2.0, 1, 1])[order], 1.5)
        stages, wages = panel.figure.data[:3], panel.figure.data[4:7]
        for place, country in enumerate(order):
            assert stages[country].x[0] == pytest.approx(model.N[place])
            assert stages[country].base[0] == pytest.approx(model.S[place] - model.N[place], abs=1e-7)
            assert wages[country].x[0] == pytest.approx(model.w[place])

    def test_equal_rates_earn_the_same(self):
        wage = PositionLab(lam_1=0.4).solution.now.wage
        assert wage[0] == pytest.approx(wage[1]) and wage[1] < wage[2]
        PositionLab(lam_1=0.3, lam_2=0.3, lam_3=0.3)

    def test_complexity_makes_unequal_and_standards_equal(self):
        curve = trace(PositionLab(), "wage ratio")
        assert (np.diff(curve.y) > 0).all()
        standard = PositionLab(**PositionLab.presets["standard"])
        assert (np.array(trace(standard, "wage ratio").y) < np.array(curve.y)).all()
        at = PositionLab(complexity=2.0)
        assert trace(at, "now").y[0] == pytest.approx(np.interp(2.0, curve.x, curve.y))


class TestParticipation:
    def test_all_economies_as_in_the_table(self):
        panel = ParticipationLab(year=2004)
        table = load("gvc_indicators")
        year = table[table.year == 2004]
        shown = np.concatenate([np.column_stack([each.x, each.y]) for each in panel.figure.data[:4]])
        wanted = year[["fva_share", "forward_share"]].to_numpy()
        assert len(shown) == 41
        np.testing.assert_allclose(shown[np.lexsort(shown.T)], wanted[np.lexsort(wanted.T)])
        assert len(panel.table) == 41 and panel.table.iloc[:, 0].is_monotonic_decreasing

    @pytest.mark.parametrize("economy", ECONOMIES)
    def test_the_one_that_is_followed(self, economy):
        panel = ParticipationLab(year=2004, economy=economy)
        table = load("gvc_indicators")
        one = table[table.economy == economy].sort_values("year")
        np.testing.assert_allclose(trace(panel, "backward").y, one.fva_share)
        np.testing.assert_allclose(trace(panel, "forward").y, one.forward_share)
        assert len(trace(panel, "its way since 1995").x) == 10
        assert name(economy).lower() in panel.sentence.lower()

    def test_the_world_buys_what_it_sells(self):
        world = ParticipationLab().solution.world
        np.testing.assert_allclose(world.fva_share, world.forward_share, atol=1e-4)
        assert world.participation.idxmax() == 2008
        assert world.participation[2009] < world.participation[2008] - 0.05

    def test_in_but_upstream(self):
        assert "more of a seller" in ParticipationLab(economy="RUS").sentence
        assert "more of a buyer" in ParticipationLab(economy="MEX").sentence

    def test_the_sentence_starts_as_sentences_do_and_counts_no_change_in_the_first_year(self):
        assert ParticipationLab(economy="ROW").sentence.startswith("Rest of the world in 2011")
        assert "Since 1995" in ParticipationLab().sentence and "Since" not in ParticipationLab(year=1995).sentence
