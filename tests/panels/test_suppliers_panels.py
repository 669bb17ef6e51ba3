"""The panels of lesson 2.3a show what the models say, and what the lesson asks for can be found by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gvclab.charts.labels import spread
from gvclab.models import sourcing
from gvclab.panels.sourcing import PLACES
from gvclab.panels.suppliers import ChainLab, FragilityLab, FrontierLab, SubstitutesLab

from .labs import mark, said


class TestChain:
    @pytest.mark.parametrize("same_place", [True, False])
    def test_the_sentence_and_the_table_are_the_formula(self, same_place):
        panel = ChainLab(n=12, m=3, p=0.04, q=0.1, same_place=same_place)
        together = [(1 - (0.1 + 0.9 * 0.04**m)) ** 12 for m in (1, 2, 3, 4)]
        apart = [(1 - (0.1 + 0.9 * 0.04) ** m) ** 12 for m in (1, 2, 3, 4)]
        R = (together if same_place else apart)[2]
        assert said(panel)["stops"] == {"R": pytest.approx(R), "stops": pytest.approx(1000 * (1 - R))}
        assert said(panel)["single"]["one"] == pytest.approx(1000 * (1 - together[0]))
        np.testing.assert_allclose(panel.table.to_numpy(), 1000 * (1 - np.transpose([together, apart])))
        assert list(panel.table.index) == [1, 2, 3, 4]

    def test_a_thousand_years_of_which_so_many_are_crosses(self):
        panel = ChainLab(n=20, m=1, p=0.01)
        stops, works = mark(panel, "stops"), mark(panel, "works")
        assert (len(stops.x), len(works.x)) == (182, 818)
        years = {*zip(stops.x, stops.y, strict=True), *zip(works.x, works.y, strict=True)}
        assert len(years) == 1000

    def test_what_is_rare_is_drawn_and_what_is_impossible_is_not(self):
        """A chain that may stop has a cross, one that may work a dot."""
        assert len(mark(ChainLab(n=1, m=4, p=0.002, q=0.005, same_place=False), "stops").x) == 1
        assert "seldom" in said(ChainLab(n=1, m=4, p=0.002, q=0.005, same_place=False))
        assert len(mark(ChainLab(p=0.0), "stops").x) == 0 and list(said(ChainLab(p=0.0))) == ["never"]
        assert len(mark(ChainLab(n=40, m=1, p=0.1, q=0.1), "works").x) == 1

    def test_places_are_outlined_once_they_can_be_struck(self):
        """One round all suppliers of a stage, or one round each."""
        panel = ChainLab(n=4, m=3)
        assert mark(panel, "places").visible is False and len(mark(panel, "suppliers").x) == 12
        panel.set(q=0.02)
        assert list(mark(panel, "places").x).count(None) == 4
        panel.set(same_place=False)
        assert list(mark(panel, "places").x).count(None) == 12

    def test_the_four_readings_of_the_lesson(self):
        panel, readings = ChainLab(), []
        for move in ({}, {"m": 2}, {"q": 0.02}, {"same_place": False}, {"same_place": True, "m": 3}):
            panel.set(**move)
            readings.append(said(panel)["stops"]["R"])
        assert readings == pytest.approx([0.818, 0.998, 0.666, 0.982, 0.668], abs=5e-4)


class TestFragility:
    def test_curves(self):
        panel = FragilityLab(inputs=3, suppliers=3, depth=7, x=0.8)
        names = ("endless", "finite", "jump", "now", "now_finite", "map", "web")
        endless, finite, cliff, now, now_finite, tier, web = (mark(panel, name) for name in names)
        alive = ~np.isnan(endless.y)
        x, r = np.asarray(endless.x)[alive], np.asarray(endless.y)[alive]
        x_c, r_c, _ = sourcing.egl_critical(3, 3)
        off = x != x_c
        np.testing.assert_allclose(r[off], sourcing.egl_fixed_point(x[off], 3, 3), atol=1e-12)
        assert set(cliff.x) == {x_c} and list(cliff.y) == [0, r_c]
        np.testing.assert_allclose(finite.y, sourcing.egl_fixed_point(np.asarray(finite.x), 3, 3, 7), atol=1e-12)
        assert now.y[0] == pytest.approx(sourcing.egl_fixed_point(0.8, 3, 3))
        assert now_finite.y[0] == pytest.approx(sourcing.egl_fixed_point(0.8, 3, 3, 7))
        np.testing.assert_allclose(tier.y, (1 - (1 - 0.8 * np.asarray(tier.x)) ** 3) ** 3)
        # The cobweb: seven tiers, ending at the value of the finite network.
        assert len(web.x) == 2 * 7 + 1
        assert web.y[-1] == pytest.approx(now_finite.y[0])

    def test_reference(self):
        panel = FragilityLab()
        assert panel.solution.critical.x_c == pytest.approx(27 / 32)
        assert panel.solution.critical.r_c == pytest.approx(64 / 81)
        assert said(panel)["above"]["x_c"] == pytest.approx(27 / 32)
        assert mark(panel, "jump").y == (0.0, pytest.approx(64 / 81))

    def test_the_cliff_by_hand(self):
        """One step of the slider on either side of it."""
        assert FragilityLab(x=0.844).solution.r > 0.79
        assert FragilityLab(x=0.842).solution.r == 0
        assert FragilityLab(x=0.842, depth=5).solution.r_finite > 0.8

    def test_one_supplier_per_input(self):
        assert FragilityLab(suppliers=1, x=0.998).solution.r == 0 and "single" in said(FragilityLab(suppliers=1))
        assert FragilityLab(suppliers=1, x=1.0).solution.r == 1 and "perfect" in said(FragilityLab(suppliers=1, x=1.0))


class TestFrontier:
    def test_the_state_is_the_problem_that_the_lesson_prints(self):
        """The panel's start and `create_sourcing()` are one calibration."""
        assert FrontierLab().solution.problem == sourcing.create_sourcing()

    def test_traces_are_the_model(self):
        panel = FrontierLab(w=0.37, phi=0.7, q_home=0.1, bloc=0.05, inventory=10, severity=30, c_region=0.8)
        local = dict.fromkeys(("Home", "Region", "Far-A", "Far-B", "Home+Region"), 30 / 52)
        model = sourcing.create_sourcing(
            costs={"Region": 0.8},
            probabilities={"Home": 0.1, "bloc": 0.05},
            severities={**local, "world": 15 / 52, "embargo": 1.0, "bloc": 1.0},
            phi=0.7,
            bmax=10 / 52,
        )
        best, cheapest = model.optimise(0.37), model.optimise(0)
        star, start = mark(panel, "chosen"), mark(panel, "start")
        assert (star.x[0], star.y[0]) == (best.cost, best.cvar)
        assert (start.x[0], start.y[0]) == (cheapest.cost, cheapest.cvar)
        np.testing.assert_allclose([mark(panel, f"bought.{place}").x[0] for place in PLACES], best.x)
        steps, line = sourcing.staircase(model), mark(panel, "frontier")
        np.testing.assert_allclose(line.x, steps.cost)
        np.testing.assert_allclose(line.y, steps.cvar)
        told = said(panel)
        assert (told["costs"]["cost"], told["costs"]["cvar"]) == (best.cost, best.cvar)
        assert ("stock" in told) == (best.b > 0)

    def test_the_table_compares_what_is_chosen_with_what_is_named(self):
        panel = FrontierLab(w=0.3)
        table = next(iter(panel.table.values()))
        cost, risk, mean = (next(name for name in table if part in name) for part in ("cost", "bad years", "average"))
        assert table.loc["this firm", [cost, risk]].tolist() == pytest.approx([0.8476, 0.0798], abs=5e-5)
        assert table.loc["all at Home", risk] == pytest.approx(0.508, abs=5e-4)
        assert table.loc["Home and Region", risk] == pytest.approx(0.2948, abs=5e-5)
        assert table.loc["the two cheapest places", [cost, risk]].tolist() == pytest.approx([0.76, 0.1634], abs=5e-5)
        assert table.loc["all at Home", mean] == pytest.approx(0.0421, abs=5e-5)

    def test_the_worst_cases_are_listed_worst_first(self):
        panel = FrontierLab(w=0.3)
        _, worst = panel.table.values()
        every = panel.solution.problem.losses(panel.solution.chosen)
        assert worst.iloc[:, 0].is_monotonic_decreasing and len(worst) < len(every)
        assert worst.iloc[-1, 0] >= every.shortage.iloc[len(worst) :].max()
        assert list(worst.iloc[:, 1]) == list(every.probability.head(len(worst)))

    def test_the_first_step_is_found_by_the_slider(self):
        """Nothing moves at first, and it is said; then there is a second far place, the Region, Home."""
        found = {w: FrontierLab(w=w) for w in (0.0, 0.01, 0.02, 0.2, 0.31)}
        used = {w: [place for place, x in zip(PLACES, panel.solution.chosen.x, strict=True) if x > 0.005]
                for w, panel in found.items()}  # fmt: skip
        assert list(used.values()) == [
            ["Far-A"],
            ["Far-A"],
            ["Far-A", "Far-B"],
            ["Region", "Far-A", "Far-B"],
            ["Home", "Region", "Far-A", "Far-B"],
        ]
        assert ["unmoved" in said(panel) for panel in found.values()] == [False, True, False, False, False]
        assert ["one" in said(panel) for panel in found.values()] == [True, True, False, False, False]

    def test_a_risky_home_gets_less(self):
        panel = FrontierLab(w=0.3)
        before = panel.solution.chosen.x[0]
        panel.set(q_home=0.25)
        assert panel.solution.chosen.x[0] < before and panel.solution.steps.x[:, 0].max() < 0.085

    def test_two_far_places_that_can_be_cut_off_together_are_given_up(self):
        chosen = FrontierLab(bloc=0.05, w=0.1).solution.chosen
        assert [place for place, x in zip(PLACES, chosen.x, strict=True) if x > 0.005] == ["Region", "Far-A"]

    def test_short_shocks_want_stock_and_long_ones_a_second_source(self):
        panel = FrontierLab(severity=4, embargo_weeks=4, inventory=26, w=0.1)
        chosen = panel.solution.chosen
        assert list(chosen.x) == [0, 0, 1, 0] and chosen.b * 52 == pytest.approx(4)
        assert said(panel)["stock"]["weeks"] == pytest.approx(4)
        panel.set(severity=52, embargo_weeks=52)
        chosen = panel.solution.chosen
        assert list(chosen.x) == [0, 0, 0.5, 0.5] and chosen.b == 0 and "stock" not in said(panel)

    def test_whole_axis_is_shown(self):
        panel = FrontierLab(w=0.99, c_home=1.4, V=20)
        layout, line = panel.figure.layout, mark(panel, "frontier")
        for axis, values in ((layout.xaxis, line.x), (layout.yaxis, line.y)):
            assert axis.range[0] < min(values) and max(values) < axis.range[1]


class TestSubstitutes:
    NAMED = ("all-Home", "Home+Region", "two cheapest", "all four")

    def test_points_and_lines_are_the_model(self):
        panel = SubstitutesLab(phi=0.4, q_home=0.1)
        for name in self.NAMED:
            point, curve = mark(panel, f"at.{name}"), mark(panel, f"line.{name}")
            for phi, risk in list(zip(curve.x, curve.y, strict=True))[::6]:
                model = sourcing.create_sourcing(probabilities={"Home": 0.1}, phi=phi)
                assert risk == pytest.approx(model.strategies[name].cvar)
            now = sourcing.create_sourcing(probabilities={"Home": 0.1}, phi=0.4).strategies[name]
            assert (point.x[0], point.y[0]) == (pytest.approx(now.cost), pytest.approx(now.cvar))
            # The point lies on its line, where the chosen capacity is marked.
            assert point.y[0] == pytest.approx(np.interp(0.4, curve.x, curve.y), abs=2e-3)
        assert set(mark(panel, "now").x) == {0.4}

    def test_the_table_has_what_is_missing_on_average(self):
        table = SubstitutesLab(phi=0).table
        mean = next(name for name in table if "average" in name)
        assert table.loc["two far places", mean] == pytest.approx(0.0616, abs=5e-5)
        assert table.loc["all at Home", mean] == pytest.approx(0.0421, abs=5e-5)

    def test_spare_capacity_decides(self):
        """With it two far places are the safer, without it they are not, and in between there is a crossing."""
        assert said(SubstitutesLab())["safer"]["two"] < 0.17 < 0.5 < said(SubstitutesLab())["safer"]["home"]
        assert "riskier" in said(SubstitutesLab(phi=0))
        assert "level" in said(SubstitutesLab(phi=0.03))
        assert "safer" in said(SubstitutesLab(phi=0.06))

    @pytest.mark.parametrize("phi", [0.1, 0.5, 1, 1.5])
    def test_all_at_home_is_above_the_line_until_no_disaster_strikes_it(self, phi):
        panel = SubstitutesLab(phi=phi)
        assert "above" in said(panel)
        panel.set(q_home=0)
        assert "above" in said(panel)
        panel.set(q_home_region=0)
        assert "on_line" in said(panel)

    def test_the_grey_line_comes_after_the_points(self):
        """What is quick says nothing of the line."""
        panel = SubstitutesLab()
        quick = panel.answer(panel.state, full=False)
        assert quick.steps is None and [name for name, _ in panel.say(panel.state, quick)] == ["safer"]
        assert panel.draw(panel.state, quick)["frontier"] == {}
        assert len(mark(panel, "frontier").x) == len(sourcing.staircase(sourcing.create_sourcing()).w)


class TestLabels:
    def test_names_at_the_ends_of_lines_keep_their_distance_and_order(self):
        heights = [0.30, 0.31, 0.90, 0.29]
        placed = spread(heights, 0.075, 0.0, 1.05)
        assert np.argsort(placed).tolist() == np.argsort(heights).tolist()
        assert np.diff(sorted(placed)).min() > 0.075 - 1e-9 and min(placed) >= 0 and max(placed) <= 1.05
