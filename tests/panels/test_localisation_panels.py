"""The panels of lesson 2.1 show what the models say, and what the lesson asks for can be found by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gvclab.models.division import spider, team
from gvclab.panels.localisation import SpiderLab, TeamLab
from gvclab.panels.localisation.team import LEAST_COST

from .labs import mark, said

PARTS = ("parts.home", "parts.abroad", "near.home", "near.abroad")


class TestTeam:
    def test_curves_are_the_formula(self):
        panel = TeamLab(lam=0.03, theta=0.4, s=0.5)
        gain, cost, net, calm = (mark(panel, name) for name in ("gain", "cost", "net", "before"))
        n = np.asarray(net.x)
        np.testing.assert_allclose(gain.y, n**0.4)
        np.testing.assert_allclose(cost.y, 0.045 * np.asarray(cost.x) ** 1.2)
        np.testing.assert_allclose(net.y, n**0.4 - 0.045 * n**1.2)
        np.testing.assert_allclose(calm.y, n**0.4 - 0.03 * n**1.2)
        best = team(theta=0.4, lam=0.045)
        assert (mark(panel, "best").x[0], mark(panel, "best").y[0]) == (best.n, best.y)
        low, high = mark(panel, "distance").y
        assert high - low == pytest.approx(best.y)

    def test_reference(self):
        assert said(TeamLab())["team"] == pytest.approx({"n": 16.55, "y": 1.741}, abs=5e-3)
        assert said(TeamLab(s=1.0))["premium"] == pytest.approx({"fewer": 0.54, "less": 0.21}, abs=5e-3)
        assert said(TeamLab(lam=0.01))["team"]["n"] == pytest.approx(35.7, abs=0.05)
        assert said(TeamLab(theta=0.1, s=1.0))["premium"] == pytest.approx({"fewer": 0.47, "less": 0.06}, abs=5e-3)

    def test_without_a_premium_nothing_is_compared(self):
        panel = TeamLab()
        assert "premium" not in said(panel)
        assert mark(panel, "before").visible is False and mark(panel, "best.before").visible is False

    def test_alone(self):
        panel = TeamLab(lam=0.05, theta=0.1, s=2.0)
        assert "alone" in said(panel) and "team" not in said(panel)
        assert panel.solution.wary.n == 1
        # What the sentence says: a second specialist costs more than it brings.
        assert 2**0.1 - 1 < 0.15 * (2**1.2 - 1)

    @pytest.mark.parametrize("lam", [LEAST_COST, 0.02, 0.05])
    @pytest.mark.parametrize("theta", [0.1, 0.3, 0.5])
    @pytest.mark.parametrize("s", [0.0, 2.0])
    def test_the_best_team_and_all_names_are_in_the_picture(self, lam, theta, s):
        panel = TeamLab(lam=lam, theta=theta, s=s)
        layout = panel.figure.layout
        for found in panel.solution[:2]:
            assert layout.xaxis2.range[0] < found.n < 0.75 * layout.xaxis2.range[1]
            assert layout.yaxis2.range[0] < found.y < 0.95 * layout.yaxis2.range[1]
        transactions, gain = mark(panel, "account.names").y
        assert 0 <= transactions <= layout.yaxis.range[1]
        assert abs(gain - transactions) > 0.08 * layout.yaxis.range[1]
        # Names of lines are drawn beside the plot only if their points lie in it.
        for name in ("account.names", "names"):
            assert max(mark(panel, name).x) <= layout.xaxis2.range[1]

    def test_the_axes_stay_while_costs_move(self):
        """Else the best team would seem to stay where it is."""
        one, other = TeamLab(lam=0.01).figure.layout, TeamLab(lam=0.05, s=2.0).figure.layout
        assert one.xaxis2.range == other.xaxis2.range and one.yaxis2.range == other.yaxis2.range


class TestSpider:
    @pytest.mark.parametrize(
        "state",
        [{}, {"r": 0.05, "delta": 0.2}, {"bA": 1.1}, {"bA": 0.6, "delta": 0.8, "r": 0.3}, {"delta": 0.1, "r": 0.3}],
    )
    def test_curves_are_the_model(self, state):
        panel = SpiderLab(t=0.13, **state)
        costs = {"bA": state.get("bA", 0.8), "delta": state.get("delta", 0.4), "shock": state.get("r", 0.0)}
        lengths = 0
        for name, place in (("abroad", True), ("home", False)):
            curve = mark(panel, name)
            lengths += len(curve.x)
            for t, share in zip(curve.x, curve.y, strict=True):
                found = spider(max(t, 0), **costs)
                assert (found.abroad, found.share) == (place, pytest.approx(share, abs=1e-6))
        assert lengths >= 101
        assert mark(panel, "chosen").y[0] == spider(0.13, **costs).share

    def test_the_saw_tooth(self):
        """A trickle, a jump from .25 to .75 at .20, and the way back to .5."""
        panel = SpiderLab()
        assert mark(panel, "jump").x[0] == pytest.approx(0.2)
        assert list(mark(panel, "jump").y) == pytest.approx([0.75, 0.25])
        shares = [said(SpiderLab(t=t)) for t in (0.25, 0.2, 0.19, 0.05, 0.15)]
        assert [next(iter(each.values()))["share"] for each in shares] == pytest.approx(
            [0.1875, 0.25, 0.7375, 0.5625, 0.6875]
        )
        assert [next(iter(each)) for each in shares] == ["share_home"] * 2 + ["share_abroad"] * 3

    def test_the_way_back_by_hand(self):
        assert said(SpiderLab(t=0.05, r=0.1))["share_abroad"]["share"] == pytest.approx(0.4375)
        assert "share_abroad" in said(SpiderLab(t=0.05, r=0.13))
        assert said(SpiderLab(t=0.05, r=0.14))["share_home"]["share"] == pytest.approx(0.2625)

    def test_a_plant_that_cannot_come_back(self):
        panel = SpiderLab(t=0.05, r=0.2)
        free = panel.solution.now.share
        panel.set(stays=True)
        assert "stuck" in said(panel)
        assert panel.solution.now.share == pytest.approx(0.3125) and free == pytest.approx(0.1875)
        assert mark(panel, "jump").visible is False and len(mark(panel, "home").x) == 0
        # Where it would stay of itself nothing is said of being stuck.
        assert "stuck" not in said(SpiderLab(t=0.05, stays=True))

    @pytest.mark.parametrize("t", [0.05, 0.15, 0.3])
    @pytest.mark.parametrize("r", [0.0, 0.1])
    def test_a_part_lies_in_the_row_where_it_is_made(self, t, r):
        panel = SpiderLab(t=t, r=r)
        rows = {name: mark(panel, name) for name in PARTS}
        assert sum(len(each.x) for each in rows.values()) == 40
        away = sum(len(rows[name].x) for name in ("parts.abroad", "near.abroad"))
        assert away / 40 == pytest.approx(panel.solution.now.share, abs=1 / 40)
        # Open dots are cheaper on the other side, full ones where they are; the premium counts.
        assert all(x >= 1 for name in ("parts.home", "near.abroad") for x in rows[name].x)
        assert all(x < 1 for name in ("parts.abroad", "near.home") for x in rows[name].x)
        near = len(rows["near.home"].x) + len(rows["near.abroad"].x)
        assert near / 40 == pytest.approx(panel.solution.now.near, abs=1 / 40)

    def test_no_part_abroad_is_said_in_words(self):
        assert next(iter(said(SpiderLab(t=0.45)))) == "none_home"
        assert next(iter(said(SpiderLab(t=0.0, r=0.3, delta=0.1, stays=True)))) == "none_abroad"

    def test_no_jump(self):
        assert mark(SpiderLab(bA=1.1), "jump").visible is False
        assert len(mark(SpiderLab(bA=1.1), "abroad").x) == 0

    def test_the_line_without_a_premium_is_shown_beside_one(self):
        assert mark(SpiderLab(), "calm").visible is False
        calm = mark(SpiderLab(r=0.1), "calm")
        drawn = ~np.isnan(calm.x)
        assert (~drawn).sum() == 1  # the gap at the jump
        np.testing.assert_allclose(calm.y[drawn], [spider(max(t, 0)).share for t in calm.x[drawn]], atol=1e-6)

    @pytest.mark.parametrize("r", [0.0, 0.1, 0.14])
    def test_each_name_stands_beside_its_piece_of_the_line(self, r):
        panel = SpiderLab(r=r)
        names, jump = mark(panel, "names"), mark(panel, "jump").x[0]
        (x_abroad, x_home), (y_abroad, y_home) = names.x, names.y
        assert jump < x_abroad < jump + 0.02 and abs(y_abroad - mark(panel, "abroad").y[-1]) < 0.05
        assert x_home == 0.5 and y_abroad - y_home > 0.1

    def test_a_name_that_has_no_room_beside_its_line_stands_above_it(self):
        names = mark(SpiderLab(stays=True), "names")
        assert names.x[0] == 0.5 and names.y[0] == pytest.approx(1.06)

    def test_table(self):
        table = SpiderLab().table
        assert table.index.tolist() == pytest.approx(np.linspace(0, 0.5, 11))
        assert table["parts abroad, share"].tolist() == pytest.approx([spider(t).share for t in table.index])
