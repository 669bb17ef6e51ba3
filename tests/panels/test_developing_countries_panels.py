"""The panels of lesson 1.1 show what the models say, and their sentences hold at every setting."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from gvclab.models.division import cvw, snake
from gvclab.panels.developing_countries import AccessLab, PositionLab, route

from .labs import mark, ranges, said, tables


def test_ranges():
    assert ranges((AccessLab, PositionLab)) == {
        "border": (0, 0.3, 0.15),
        "advantage": (0, 0.3, 0.1),
        "stages": (4, 12, 8),
        "lam_1": (0.41, 0.8, 0.6),
        "labour_1": (0.5, 3, 1),
        "complexity": (0.25, 4, 1),
    }


def remote(stages: int, border: float, advantage: float) -> int:
    return route.route(stages, border, advantage).path.count(route.REMOTE)


class TestAccess:
    def test_two_steps_of_the_slider_bring_a_block_or_take_it_away(self):
        # The start gives nothing away.
        assert said(AccessLab()) == {"out": {"stages": 8, "hub": 6}}
        assert "out" in said(AccessLab(border=0.14))
        assert said(AccessLab(border=0.13))["in"]["made"] == 6
        assert said(AccessLab(border=0.13))["stays"]["most"] == pytest.approx(0.135)
        assert said(AccessLab(advantage=0.11))["in"]["made"] == 6
        assert said(AccessLab(stages=9))["in"]["made"] == 7

    def test_a_lower_border_lets_the_bad_stage_go_elsewhere(self):
        assert said(AccessLab(border=0.07))["in"]["made"] == 5
        assert said(AccessLab(border=0.07))["elsewhere"] == {"crossings": 4}
        assert "elsewhere" not in said(AccessLab(border=0.08))

    @pytest.mark.parametrize("stages", [4, 5, 8, 12])
    @pytest.mark.parametrize("advantage", [0.0, 0.03, 0.1, 0.22, 0.3])
    @pytest.mark.parametrize("border", [0.0, 0.05, 0.15, 0.3])
    def test_what_the_sentences_promise_happens(self, stages, advantage, border):
        panel = AccessLab(stages=stages, advantage=advantage, border=border)
        told = said(panel)
        here = remote(stages, border, advantage)
        assert told.get("in", {"made": 0})["made"] == here
        hub = route.route(stages, border, advantage).path.count(route.HUB)
        assert told.get("out", {"hub": hub})["hub"] == hub and ("at_home" in told) == (here == hub == 0)
        if bound := told.get("stays"):
            assert remote(stages, bound["most"] - 1e-6, advantage) > 0
            assert not any(remote(stages, t, advantage) for t in np.linspace(bound["most"] + 1e-6, 0.3, 40))
        if "stays_always" in told:
            assert all(remote(stages, t, advantage) for t in np.linspace(0, 0.2999, 61))
        if "enters_never" in told:
            assert not any(remote(stages, t, advantage) for t in np.linspace(0, 0.3, 61))

    @pytest.mark.parametrize("stages", [4, 7, 8, 12])
    @pytest.mark.parametrize("advantage", [0.0, 0.03, 0.1, 0.27])
    def test_the_lines_are_the_route_at_every_border(self, stages, advantage):
        panel = AccessLab(stages=stages, advantage=advantage)
        steps = panel.solution.borders
        for border in np.linspace(0.0007, 0.2993, 97):
            (at,) = [each for each in steps if each.start < border < each.end]
            best = route.route(stages, border, advantage)
            np.testing.assert_array_equal(at.made, np.bincount(best.path, minlength=3))
        line = mark(panel, "number.remote")
        assert line.x[0] == 0 and line.x[-1] == 0.3 and len(line.x) == len(steps) + 1
        assert list(line.y[:-1]) == [each.made[route.REMOTE] for each in steps]
        assert tables(panel)[0].to_numpy().sum(axis=1).tolist() == [stages] * len(steps)

    def test_the_block_rule_where_there_is_no_rival_and_no_bad_stage(self):
        """The rule of the lesson: a L > 2 t, strictly."""
        for L, t in itertools.product(range(1, 11), (0.07, 0.15, 0.2)):
            cost = np.ones((L + 2, 2))
            cost[1:-1, 1] -= 0.1
            cost[[0, -1], 1] += 1
            assert (snake(cost, t).crossings > 0) == (round(0.1 * L - 2 * t, 9) > 0)

    def test_what_a_halved_border_lets_in_a_doubled_advantage_does_too(self):
        for K, t, a in itertools.product(range(4, 13), np.arange(0.01, 0.31, 0.03), np.arange(0.01, 0.16, 0.02)):
            assert (remote(K, t, 2 * a) > 0) >= (remote(K, t / 2, a) > 0)

    @pytest.mark.parametrize("settings", [{}, {"border": 0.07}, {"border": 0.0, "advantage": 0.05}, {"stages": 4}])
    def test_the_way_of_the_product(self, settings):
        panel = AccessLab(**settings)
        path = panel.solution.now.path
        rows = {"hub": 0, "home": 1, "remote": 2}
        assert list(mark(panel, "way").y) == [rows[route.PLACES[place]] for place in (*path, route.HOME)]
        for k, place in enumerate(route.PLACES):
            assert list(mark(panel, f"at.{place}").x) == [n + 1 for n, at in enumerate(path) if at == k]
        crossed = mark(panel, "crossing")
        assert len(crossed.x) == panel.solution.now.crossings
        # No sign of a border stands on a stage, or in the row of a place that the product only passes.
        assert all(float(x) % 1 and float(y) % 1 for x, y in zip(crossed.x, crossed.y, strict=True))


class TestPosition:
    def test_start(self):
        table = tables(PositionLab())[0]
        np.testing.assert_allclose(table.iloc[:, 1], [0.2887, 0.6256, 1], atol=5e-5)
        np.testing.assert_allclose(table.iloc[:, 2], [0.7855, 0.8350, 0.9519], atol=5e-5)
        assert set(said(PositionLab())) == {"start", "ratio"}

    def test_later_in_the_chain_is_not_always_better_paid(self):
        assert "later_less" in said(PositionLab(lam_1=0.44))
        assert "later_more" in said(PositionLab(labour_1=3.0))
        assert "earlier_more" in said(PositionLab(lam_1=0.8))
        assert "earlier_less" in said(PositionLab(labour_1=0.5))

    def test_ratio_of_the_exercise(self):
        assert said(PositionLab(complexity=2.0))["ratio"]["ratio"] == pytest.approx(1.441, abs=5e-4)

    @pytest.mark.parametrize("settings", [{"lam_1": 0.44}, {"labour_1": 3.0}, {"complexity": 2.5, "lam_1": 0.8}])
    def test_bars_are_the_model(self, settings):
        panel = PositionLab(**settings)
        state = panel.state
        before, now = cvw(), cvw((state.lam_1, 0.4, 0.2), (state.labour_1, 1, 1), state.complexity)
        for k, name in enumerate(("late_comer", "middle", "leader")):
            part = mark(panel, f"stages.{name}")
            assert part.x[0] == pytest.approx(now.N[k] / state.complexity)
            assert part.base[0] == pytest.approx((now.S - now.N)[k] / state.complexity, abs=1e-9)
            assert mark(panel, f"wage.{name}").x[0] == pytest.approx(now.w[k] / before.w[k] - 1)
            middle = (now.S - now.N / 2)[k] / state.complexity - (before.S - before.N / 2)[k]
            assert mark(panel, f"move.{name}").x[0] == pytest.approx(middle, abs=1e-9)
        # The borders of the start stay where they were.
        assert list(mark(panel, "borders").x[::3]) == pytest.approx(before.S[:-1] / before.S[-1])
