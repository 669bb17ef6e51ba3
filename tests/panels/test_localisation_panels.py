"""The panels of section 2.1 show what the models say, and what the lesson asks for can be found by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from gvclab.models.division import snake, spider, team
from gvclab.panels.localisation import HistoryLab, Params, SnakeLab, SpiderLab, TeamLab, linked
from gvclab.panels.localisation.history import YEARS
from gvclab.panels.localisation.snake import GAPS, pieces, stage_costs

from .labs import ranges, trace

PANELS = (TeamLab, SpiderLab, SnakeLab, HistoryLab)
# Ranges and defaults of the specification.
SPEC = {
    "lam": (0.002, 0.2, 0.02),
    "theta": (0.1, 0.6, 0.3),
    "s": (0, 2, 0),
    "t": (0, 0.5, 0.25),
    "bA": (0.6, 1.1, 0.8),
    "delta": (0.1, 0.8, 0.4),
    "mu": (-0.4, 0.4, 0),
    "Theta": (0.2, 3, 1),
    "year": (1970, 2030, 1970),
    "after": "friction",
    "sunk": False,
}


class TestAll:
    def test_ranges_of_the_specification(self):
        assert ranges(PANELS) == SPEC

    def test_one_state(self):
        team_lab, spider_lab, snake_lab, history_lab = linked()
        spider_lab.set(t=0.1, s=0.3, delta=0.5)
        assert (snake_lab.state.t, team_lab.state.s) == (0.1, 0.3)
        assert snake_lab.sentence == SnakeLab(t=0.1, s=0.3, delta=0.5).sentence
        assert history_lab.solution.chosen.share[-1] == spider(history_lab.solution.chosen.t[-1], delta=0.5).share


class TestTeam:
    def test_curves_are_the_formula(self):
        panel = TeamLab(lam=0.03, theta=0.4, s=0.5)
        gain, cost, net, calm, *_ = panel.figure.data
        n = np.asarray(net.x)
        np.testing.assert_allclose(gain.y, n**0.4)
        np.testing.assert_allclose(cost.y, 0.045 * n**1.2)
        np.testing.assert_allclose(net.y, n**0.4 - 0.045 * n**1.2)
        np.testing.assert_allclose(calm.y, n**0.4 - 0.03 * n**1.2)
        best = team(theta=0.4, lam=0.045)
        assert (trace(panel, "best team").x[0], trace(panel, "best team").y[0]) == (best.n, best.y)
        assert best.y >= np.max(net.y)
        line = trace(panel, "n* at every cost")
        np.testing.assert_allclose(line.y, [team(theta=0.4, lam=each).n for each in line.x])

    def test_reference(self):
        panel = TeamLab()
        assert "16.5 specialists" in panel.sentence and "1.741" in panel.sentence and "1.11%" in panel.sentence
        assert TeamLab(lam=0.01).solution.wary.n / panel.solution.wary.n == pytest.approx(2.160, abs=5e-4)

    def test_a_premium_costs_specialists_more_than_output(self):
        calm, wary = TeamLab(s=1.0).solution[:2]
        assert wary.n / calm.n == pytest.approx(2 ** (-1 / 0.9))
        assert wary.y / calm.y == pytest.approx(2 ** (-1 / 3))
        assert "54% fewer" in TeamLab(s=1.0).sentence

    def test_alone(self):
        sentence = TeamLab(lam=0.2, theta=0.1).sentence
        assert "works alone" in sentence and "takes away" not in sentence

    @pytest.mark.parametrize("lam", [0.002, 0.02, 0.2])
    @pytest.mark.parametrize("theta", [0.1, 0.3, 0.6])
    def test_the_best_team_is_in_the_picture(self, lam, theta):
        panel = TeamLab(lam=lam, theta=theta, s=2.0)
        for found in panel.solution[:2]:
            low, high = panel.figure.layout.xaxis.range
            assert low < found.n < 0.5 * high
            bottom, top = panel.figure.layout.yaxis.range
            assert bottom < found.y < top


class TestSpider:
    @pytest.mark.parametrize(
        "state",
        [{}, {"mu": 0.2, "Theta": 0.5}, {"s": 0.05, "delta": 0.2}, {"mu": -0.3, "Theta": 3.0, "bA": 1.0}],
    )
    def test_curves_are_the_model(self, state):
        panel = SpiderLab(t=0.13, **state)
        costs = {"bA": 0.8, "delta": 0.4, "mu": 0.0, "Theta": 1.0} | state
        costs["shock"] = costs.pop("s", 0.0)
        line, gain = trace(panel, "where parts are made"), trace(panel, "extra cost of assembling abroad")
        assert np.all(np.diff(line.x) >= 0)
        for t, share, extra in zip(line.x, line.y, gain.y, strict=True):
            found = spider(max(t, 0), **costs)
            assert extra == pytest.approx(found.gain, abs=1e-8)
            assert share == pytest.approx(found.share, abs=1e-6) or abs(found.gain) < 1e-8
        assert trace(panel, "now").y[0] == spider(0.13, **costs).share
        # The two lines of a pinned assembler: the thick line is always on one of them.
        b = 1 + costs["mu"] + costs["shock"] + costs["delta"] * (2 * (np.arange(20_000) + 0.5) / 20_000 - 1)
        for name, sign in (
            ("if the assembler had to stay at Home", -1),
            ("if the assembler had to stay abroad", 1),
        ):
            kept = trace(panel, name)
            t = np.linspace(0, 0.5, 23)
            by_hand = [(b < 1 + sign * each).mean() for each in t]
            np.testing.assert_allclose(np.interp(t, kept.x, kept.y), by_hand, atol=1e-3)

    def test_the_saw_tooth(self):
        """Nothing, a trickle, a jump from .25 to .75 at .20, and the way back to .5."""
        panel = SpiderLab()
        (jump,) = panel.solution.curves.jumps
        assert (jump.t, jump.above.share, jump.below.share) == pytest.approx((0.2, 0.25, 0.75))
        assert "below 0.200" in panel.sentence and "from 25.0% to 75.0%" in panel.sentence
        line = trace(panel, "where parts are made")
        at = np.argmin(np.abs(np.asarray(line.x) - (0.2 - 1e-9)))
        assert line.y[at] == pytest.approx(0.75) and line.y[at + 1] == pytest.approx(0.25)
        assert line.y[0] == pytest.approx(0.5) and line.y[-1] == 0
        assert [SpiderLab(t=t).solution.now.share for t in (0.19, 0.05)] == pytest.approx([0.7375, 0.5625])
        assert "points of the parts have come home, because friction fell" in SpiderLab(t=0.05).sentence

    def test_the_way_back_by_hand(self):
        """From t = .05 more friction sends parts out, a premium calls them home."""
        share = SpiderLab(t=0.05).solution.now.share
        assert SpiderLab(t=0.15).solution.now.share > share
        assert SpiderLab(t=0.05, s=0.1).solution.now.share < share
        assert not SpiderLab(t=0.05, s=0.14).solution.now.abroad

    def test_no_jump(self):
        assert "no friction makes it leave" in SpiderLab(bA=1.1).sentence
        assert "no friction makes it come home" in SpiderLab(mu=-0.4, Theta=0.2).sentence

    def test_table(self):
        table = SpiderLab().table
        assert table.index.tolist() == pytest.approx(np.linspace(0, 0.5, 11))
        share = table["parts abroad, share"]
        assert share.tolist() == pytest.approx([spider(t).share for t in table.index])


class TestSnake:
    @pytest.mark.parametrize("delta", [0.1, 0.4, 0.8])
    @pytest.mark.parametrize("mu", [-0.4, -0.1, 0.0, 0.15, 0.4])
    @pytest.mark.parametrize("premium", [0.0, 0.07, 1.0])
    def test_pieces_are_the_model_everywhere(self, delta, mu, premium):
        c = stage_costs(Params(delta=delta, mu=mu), premium)
        found = pieces(c)
        assert found[0].start == 0 and found[-1].end == 0.5
        assert [a.end for a in found[:-1]] == [b.start for b in found[1:]]
        for piece in found:
            for t in np.linspace(piece.start + 1e-6, piece.end - 1e-6, 5):
                best = snake(c, t)
                assert best.crossings == piece.crossings
                cost = c[np.arange(len(c)), piece.path].sum() + t * piece.crossings
                assert cost == pytest.approx(best.cost)
        # Neighbours differ, so that no kink was made up.
        assert all(a.crossings > b.crossings for a, b in pairwise(found))

    def test_pieces_of_random_snakes(self):
        rng = np.random.default_rng(21)
        for _ in range(40):
            c = rng.uniform(0.5, 1.5, (rng.integers(1, 9), rng.integers(1, 4)))
            for piece in pieces(c):
                assert snake(c, (piece.start + piece.end) / 2).path == piece.path
                for t in rng.uniform(piece.start, piece.end, 4):
                    assert snake(c, t).crossings == piece.crossings

    def test_reference(self):
        found = SnakeLab().solution.pieces
        ends = [piece.end for piece in found]
        assert ends == pytest.approx([0.06, 0.24, 0.4, 0.5])
        assert [piece.crossings for piece in found] == [5, 3, 2, 0]
        # The block rule: six stages whose advantages in B sum up to a L leave for t < a L / 2.
        assert -0.4 * GAPS[1:7, 1].sum() / 2 == pytest.approx(0.4)

    def test_crossings_fall_places_do_not(self):
        found = SnakeLab().solution.pieces
        testing = [piece.path[5] for piece in found]
        assert testing == [0, 2, 2, 0]
        assert "testing returns when t falls below 0.060" in SnakeLab().sentence

    def test_the_figure(self):
        panel = SnakeLab(t=0.1)
        way, crossings = trace(panel, "the way of the good"), trace(panel, "borders crossed")
        assert list(way.y) == [0, 1, 1, 2, 2, 2, 2, 0, 0] and way.x[-1] == "buyers"
        assert list(crossings.x) == pytest.approx([0, 0.06, 0.24, 0.4, 0.5])
        assert list(crossings.y) == [5, 3, 2, 0, 0]
        bars = [each for each in panel.figure.data if each.type == "bar"]
        # Every stage is somewhere at every friction.
        for stage in SnakeLab()._stages:
            lengths = [x for bar in bars for y, x in zip(bar.y, bar.x, strict=True) if y == stage]
            assert sum(lengths) == pytest.approx(0.5)
        (testing_at_home,) = [
            (base, x)
            for y, x, base in zip(bars[0].y, bars[0].x, bars[0].base, strict=True)
            if y == "testing" and base == 0
        ]
        assert testing_at_home == pytest.approx((0, 0.06))

    def test_the_sentence_tells_the_neighbours(self):
        sentence = SnakeLab(t=0.25).sentence
        assert "below 0.240: materials and components to Country A" in sentence
        assert "above 0.400: materials, components, modules, assembly, testing and packing to Home" in sentence
        assert "all 8 stages are made at Home" in SnakeLab(t=0.45).sentence

    def test_on_a_kink_the_sentence_agrees_with_the_path(self):
        panel = SnakeLab(t=0.24)
        assert panel.solution.pieces[panel.solution.at].crossings == panel.solution.now.crossings


class TestHistory:
    def test_the_clock(self):
        chosen, other = HistoryLab().solution
        at = {year: k for k, year in enumerate(YEARS)}
        assert (chosen.t[at[1970]], chosen.t[at[2008]]) == pytest.approx((0.5, 0.05))
        assert chosen.t[at[2018]] == pytest.approx(chosen.t[at[1998]]) and not chosen.premium.any()
        assert other.t[at[2030]] == pytest.approx(0.05)
        assert other.premium[at[2030]] == pytest.approx(chosen.t[at[2030]] - 0.05)
        np.testing.assert_array_equal(chosen.share[: at[2008]], other.share[: at[2008]])

    @pytest.mark.parametrize("after", ["friction", "premium"])
    def test_courses_are_the_model(self, after):
        panel = HistoryLab(after=after)
        chosen = panel.solution.chosen
        for t, premium, abroad, share, crossings in zip(*chosen, strict=True):
            assert (abroad, share) == spider(t, shock=premium)[:2]
            assert crossings == snake(stage_costs(Params(), premium), t).crossings
        np.testing.assert_array_equal(trace(panel, "spider: parts made abroad").y, chosen.share)
        np.testing.assert_array_equal(trace(panel, "snake: borders crossed").y, chosen.crossings)

    def test_two_ways_home(self):
        """Friction sends parts out until the assembler returns, a premium calls them home at once."""
        friction, premium = HistoryLab().solution
        turn, later = list(YEARS).index(2008), list(YEARS).index(2015)
        assert friction.share[later] > friction.share[turn] > premium.share[later]
        assert "first moves parts out" in HistoryLab(after="friction").sentence
        assert "moves parts home at once" in HistoryLab(after="premium").sentence

    def test_a_sunk_plant(self):
        free, sunk = HistoryLab().solution.chosen, HistoryLab(sunk=True).solution.chosen
        assert not free.abroad[-1] and sunk.abroad[-1]
        assert sunk.share[-1] == pytest.approx(0.5 + sunk.t[-1] / 0.8) and free.share[-1] < 0.25
        assert "comes home" not in HistoryLab(sunk=True).sentence
