"""The panels of section 2.3 show what the models say, and what the lesson asks for can be found by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gvclab.charts.labels import sides
from gvclab.models import sourcing
from gvclab.panels.diversification import ChainLab, FragilityLab, FrontierLab, MemoryLab, Params, WedgeLab, linked
from gvclab.panels.diversification.problem import PLACES

from .labs import mark, said


class TestChain:
    @pytest.mark.parametrize("same_place", [True, False])
    def test_curves_are_the_formula(self, same_place):
        panel = ChainLab(n=12, m=3, p=0.04, q=0.1, same_place=same_place)
        for m, name in enumerate(("one", "two", "three", "four"), start=1):
            fail = 0.1 + 0.9 * 0.04**m if same_place else (0.1 + 0.9 * 0.04) ** m
            curve = mark(panel, name)
            np.testing.assert_allclose(curve.y, (1 - fail) ** np.asarray(curve.x), rtol=1e-12)
        R = sourcing.chain_reliability(12, 3, 0.04, 0.1, same_place)
        chosen = mark(panel, "chosen")
        assert (chosen.x[0], chosen.y[0]) == (12, pytest.approx(R))
        assert said(panel)["now"]["R"] == pytest.approx(R)
        assert panel.figure.layout.annotations[0].text == f"R = {R:.3f}"

    def test_reference(self):
        sentences = said(ChainLab())
        assert sentences["now"]["R"] == pytest.approx(0.818, abs=5e-4)
        assert sentences["second"]["two"] == pytest.approx(0.998, abs=5e-4)

    def test_two_suppliers_in_one_city(self):
        panel = ChainLab(m=2, q=0.02)
        elsewhere = mark(panel, "elsewhere")
        assert elsewhere.visible and elsewhere.y[19] > mark(panel, "chosen").y[0] + 0.3
        panel.set(q=0.0)
        assert mark(panel, "elsewhere").visible is False

    def test_table(self):
        table = ChainLab(n=20).table
        assert list(table.index) == [1, 2, 3, 4]
        np.testing.assert_allclose(table.iloc[:, 1], [sourcing.chain_reliability(20, m, 0.01) for m in (1, 2, 3, 4)])


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
    def test_reference(self):
        panel = FrontierLab(w=0.3)
        chosen = panel.solution.chosen
        np.testing.assert_allclose(chosen.x, [0.048, 0.286, 0.286, 0.381], atol=5e-4)
        assert (chosen.cost, chosen.cvar) == (
            pytest.approx(0.8476, abs=5e-5),
            pytest.approx(0.0798, abs=5e-5),
        )
        table = next(iter(panel.table.values()))
        cost, cvar = "cost C, per unit", "CVaR, fraction of need"
        assert table.loc["all-Home", cvar] == pytest.approx(0.508, abs=5e-4)
        assert table.loc["Home+Region", cvar] == pytest.approx(0.2948, abs=5e-5)
        assert table.loc["China+1", [cost, cvar]].tolist() == pytest.approx([0.76, 0.1634], abs=5e-5)
        assert said(panel)["home_worse"]["more"] == pytest.approx(0.19, abs=5e-3)

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
        best = model.optimise(0.37)
        star = mark(panel, "chosen")
        assert (star.x[0], star.y[0]) == (best.cost, best.cvar)
        np.testing.assert_allclose([mark(panel, f"bought.{place}").x[0] for place in PLACES], best.x)
        # Every point of the frontier is the best portfolio of its weight, and so are the areas below.
        line, areas = mark(panel, "frontier"), [mark(panel, f"share.{place}") for place in PLACES]
        middles = [(a + b) / 2 for a, b in zip(areas[0].x[:-1], areas[0].x[1:], strict=True)]
        for i, w in enumerate(middles):
            step = model.optimise(w)
            assert (line.x[i], line.y[i]) == (pytest.approx(step.cost), pytest.approx(step.cvar))
            np.testing.assert_allclose([area.y[i] for area in areas], step.x, atol=1e-9)
        names = mark(panel, "strategies")
        np.testing.assert_allclose(names.x, [each.cost for each in model.strategies.values()])
        np.testing.assert_allclose(names.y, [each.cvar for each in model.strategies.values()])

    def test_scenarios_worst_first(self):
        panel = FrontierLab(w=0.3)
        _, scenarios = panel.table.values()
        assert scenarios.iloc[:, 0].is_monotonic_decreasing
        assert scenarios.iloc[:, 1].sum() == pytest.approx(1)
        mean = (scenarios.iloc[:, 0] * scenarios.iloc[:, 1]).sum()
        assert mean == pytest.approx(panel.solution.chosen.expected)

    def test_p1_weight(self):
        """More weight costs more, risks less, and takes sourcing from the far places."""
        found = [FrontierLab(w=w).solution.chosen for w in np.arange(0, 1, 0.09)]
        assert np.all(np.diff([each.cost for each in found]) >= 0)
        assert np.all(np.diff([each.cvar for each in found]) <= 0)
        assert found[0].x[2:].sum() == 1 and 0.58 <= found[-1].x[2:].sum() <= 0.60

    def test_p1_broken_by_a_risky_home(self):
        panel = FrontierLab(q_home=0.25, phi=0.5)
        assert panel.solution.steps.x[:, 0].max() == 0
        panel.set(w=0.3)
        assert panel.solution.chosen.x[2] == 0 and said(panel)["moved"]["home"] == 0
        panel.set(phi=1.0)
        assert panel.solution.steps.x[:, 0].max() < 0.085

    def test_p2_all_home_is_inside(self):
        steps, strategies = FrontierLab().solution.steps, FrontierLab().solution.strategies
        home = strategies["all-Home"]
        assert home.cvar == pytest.approx(0.508, abs=5e-4)
        assert ((steps.cost < home.cost) & (steps.cvar < home.cvar)).any()
        assert "home_inside" in said(FrontierLab())

    def test_p2_broken_by_a_safe_home(self):
        assert "home_is_chosen" in said(FrontierLab(q_home=0, q_home_region=0, w=0.99))
        assert "home_on" in said(FrontierLab(q_home=0, q_home_region=0, q_world=0))

    def test_p3_substitutability(self):
        two, home = (FrontierLab().solution.strategies[name] for name in ("China+1", "all-Home"))
        assert two.cost < home.cost and two.cvar < home.cvar
        verdict = said(FrontierLab())["two_cheaper_safer"]
        assert (verdict["cost"], verdict["home_cost"]) == (pytest.approx(0.76), pytest.approx(1.01))

    def test_p3_broken_without_substitutes(self):
        panel = FrontierLab(phi=0)
        two, home = (panel.solution.strategies[name] for name in ("China+1", "all-Home"))
        assert (two.cvar, home.cvar) == (pytest.approx(0.521, abs=5e-4), pytest.approx(0.508, abs=5e-4))
        assert (two.expected, home.expected) == (
            pytest.approx(0.0616, abs=5e-5),
            pytest.approx(0.0421, abs=5e-5),
        )
        assert said(panel)["two_cheaper_riskier"]["cvar"] == two.cvar

    def test_short_shocks_want_stock_and_long_ones_a_second_source(self):
        panel = FrontierLab(severity=4, embargo_weeks=4, inventory=26, w=0.1)
        chosen = panel.solution.chosen
        assert list(chosen.x) == [0, 0, 1, 0] and chosen.b * 52 == pytest.approx(4)
        assert (chosen.cost, chosen.cvar) == (pytest.approx(0.729, abs=5e-4), pytest.approx(0.005, abs=5e-4))
        panel.set(severity=52, embargo_weeks=52)
        chosen = panel.solution.chosen
        assert list(chosen.x) == [0, 0, 0.5, 0.5] and chosen.b == 0
        assert (chosen.cost, chosen.cvar) == (pytest.approx(0.76), pytest.approx(0.279, abs=5e-4))

    def test_presets_are_the_counter_examples(self):
        panel = FrontierLab()
        panel.preset("risky_home")
        assert panel.solution.chosen.x[0] == 0
        panel.preset("no_substitutes")
        assert "two_cheaper_riskier" in said(panel)
        panel.preset("short_shocks")
        assert panel.solution.chosen.b * 52 == pytest.approx(4)

    def test_whole_axis_is_shown(self):
        panel = FrontierLab(w=0.99, c_home=1.4, V=20)
        layout, strategies = panel.figure.layout, mark(panel, "strategies")
        for axis, values in ((layout.xaxis, strategies.x), (layout.yaxis, strategies.y)):
            assert axis.range[0] < min(values) and max(values) < axis.range[1]


class TestMemory:
    def test_traces_are_the_model(self):
        panel = MemoryLab(crises=(5, 12, 30), delta=0.85, salience=2.0, k=0.03)
        path = sourcing.belief_path([5, 12, 30], 40, delta=0.85, kappa=2.0)
        names = ("belief", "crisis", "abroad", "settled", "before")
        belief, crises, abroad, settled, before = (mark(panel, name) for name in names)
        np.testing.assert_allclose(belief.y, path)
        np.testing.assert_allclose(abroad.y, sourcing.wave(path, 0.03))
        assert list(crises.x) == [5, 12, 30] and list(crises.y) == list(path[[5, 12, 30]])
        assert before.y[0] == abroad.y[0]
        # Where it settles: the share abroad after another two thousand calm years.
        long = sourcing.wave(sourcing.belief_path([5, 12, 30], 2000, delta=0.85, kappa=2.0), 0.03)
        assert settled.y[0] == pytest.approx(long[-1], abs=1e-9)

    @pytest.mark.parametrize("k", [0, 0.02, 0.0917, 0.15, 0.2])
    def test_settles_at_the_closed_form(self, k):
        solution = MemoryLab(k=k).solution
        assert solution.abroad[0] - solution.settled == pytest.approx(sourcing.scar(k), abs=1e-12)

    def test_p4_knee_jerk(self):
        solution = MemoryLab().solution
        assert solution.beliefs[[0, 5]] == pytest.approx([0.0333, 0.125], abs=5e-5)
        assert solution.years == 18 == sourcing.return_time(0.05)
        assert solution.beliefs[5 + 18 - 1] < 0.05 <= solution.beliefs[5 + 18 - 2]
        assert [solution.abroad[0], solution.abroad.min(), solution.settled] == pytest.approx(
            [0.912, 0.197, 0.912], abs=5e-4
        )
        assert said(MemoryLab())["fades"]["years"] == 18 and "returned" in said(MemoryLab())

    def test_p4_broken_by_the_cost_of_moving(self):
        """All by the slider: a scar of 44.8 points in between, none beyond."""
        slider = next(control for control in MemoryLab.controls if control.name == "k")
        lost = {
            k: (found := MemoryLab(k=k).solution).abroad[0] - found.settled
            for k in np.arange(slider.min, slider.max, slider.step)
        }
        assert max(lost.values()) == pytest.approx(0.448, abs=2e-3)
        assert said(MemoryLab(k=0.0917))["scarred"]["lost"] == pytest.approx(44.8, abs=0.05)
        assert "unmoved" in said(MemoryLab(k=0.19))

    def test_several_crises_return_as_simulated(self):
        solution = MemoryLab(crises=(5, 9)).solution
        path = sourcing.belief_path([5, 9], 200)
        assert solution.years == next(t for t in range(1, 190) if path[9 + t - 1] < 0.05)

    def test_no_crisis(self):
        panel = MemoryLab(crises=())
        assert list(said(panel)) == ["calm"]
        assert set(panel.solution.abroad) == {panel.solution.settled}

    def test_fear_that_stays_low_or_never_goes(self):
        assert "low" in said(MemoryLab(delta=0.99, salience=1))
        assert MemoryLab(crises=tuple(range(1, 41)), delta=1.0, salience=6).solution.years > 100


class TestWedge:
    def test_traces_are_the_model(self):
        panel = WedgeLab(chi=0.3)
        model = sourcing.create_sourcing()
        private, social, gap = model.wedge(0.5, 0.3)
        firm, best = mark(panel, "private"), mark(panel, "social")
        assert (firm.x[0], firm.y[0]) == (private.cost, private.cvar)
        assert (best.x[0], best.y[0]) == (social.cost, social.cvar)
        cost, own, others = (mark(panel, name) for name in ("cost", "own", "others"))
        assert list(cost.x) == [social.cost, private.cost]
        assert list(own.x) == pytest.approx([0.3 * 4 * social.cvar, 0.3 * 4 * private.cvar])
        assert list(others.x) == pytest.approx([0.7 * 4 * social.cvar, 0.7 * 4 * private.cvar])
        # A weight of one half halves both sides of the objective.
        assert mark(panel, "lost").y[0] == pytest.approx(2 * gap)

    @pytest.mark.parametrize("state", [{}, {"V": 1.0}, {"phi": 0.4, "V": 7.0}])
    def test_gap_at_every_share_of_the_loss(self, state):
        panel = WedgeLab(**state)
        model = sourcing.create_sourcing(**state)
        curve = mark(panel, "gap")
        for left, right, gap in zip(curve.x[:-1], curve.x[1:], curve.y[:-1], strict=True):
            assert 2 * model.wedge(0.5, (left + right) / 2).gap == pytest.approx(gap, abs=1e-9)
        low, high = panel.solution.harmless
        assert 2 * model.wedge(0.5, low + 1e-6).gap == pytest.approx(0, abs=1e-9)
        assert 2 * model.wedge(0.5, high - 1e-6).gap == pytest.approx(0, abs=1e-9)

    def test_who_bears_it(self):
        low = WedgeLab(chi=0.15).solution
        assert low.private.cvar > low.social.cvar
        saved, others = low.everyone.firm - low.firm.firm, low.firm.others - low.everyone.others
        assert saved > 0 and others - saved == pytest.approx(low.firm.total - low.everyone.total)
        assert "too_risky" in said(WedgeLab(chi=0.15)) and "same" in said(WedgeLab(chi=1.0))
        blamed = WedgeLab(chi=1.5, V=1.0)
        assert blamed.solution.private.cvar < blamed.solution.social.cvar and "too_safe" in said(blamed)


class TestLinked:
    def test_what_is_set_in_one_is_kept_in_the_others(self):
        _, _, frontier, memory, wedge = linked()
        frontier.set(q_home=0.25, phi=0.5, w=0.3)
        assert wedge.state.q_home == 0.25
        social = sourcing.create_sourcing(probabilities={"Home": 0.25}, phi=0.5).optimise(0.5)
        assert wedge.solution.social.cost == pytest.approx(social.cost)
        wedge.set(V=8.0)
        assert frontier.solution.chosen.objective == pytest.approx(
            sourcing.create_sourcing(probabilities={"Home": 0.25}, phi=0.5, V=8.0).optimise(0.3).objective
        )
        memory.set(crises=(3,))
        assert frontier.state.crises == (3,)

    def test_fear_of_the_memory_lab_as_the_chance_of_an_embargo(self):
        _, _, frontier, memory, _ = linked()
        frontier.set(from_memory=True, w=0.3)
        feared = sourcing.create_sourcing(probabilities={"embargo": 0.125}).optimise(0.3)
        assert frontier.solution.chosen.cvar == pytest.approx(feared.cvar)
        assert said(frontier)["fear"]["embargo"] == pytest.approx(0.125)
        memory.set(salience=6.0)
        assert frontier.solution.chosen.cvar != pytest.approx(feared.cvar)

    def test_start(self):
        panels = linked(Params(w=0.5))
        assert all(panel.state is panels[0].state for panel in panels)
        assert panels[2].state.w == 0.5
        with pytest.raises(ValueError, match="w = 2"):
            linked(Params(w=2.0))

    def test_short_shocks_of_the_frontier_lab_in_the_wedge(self):
        """They are named there, and its Reset puts back all that it shows."""
        *_, frontier, _, wedge = linked()
        start = wedge.sentence
        frontier.preset("short_shocks")
        assert wedge.sentence != start and wedge.solution.social.b > 0
        assert {each.field: each.kind for each in wedge.carried} == dict.fromkeys(
            ("inventory", "severity", "embargo_weeks"), FrontierLab
        )
        (line,) = wedge.shown.above
        assert FrontierLab().title in line and "26 weeks" in line
        wedge.reset()
        assert wedge.sentence == start and not wedge.carried and not wedge.shown.above
        assert frontier.state.severity == 26 and frontier.state.w == 0.1


class TestLabels:
    def test_names_stand_apart(self):
        assert sides([(0.5, 0.5)], ["a"]) == ["top center"]
        assert sides([(0.5, 0.5)], ["a"], avoid=[(0.5, 0.56)]) == ["bottom center"]
        assert sides([(0.99, 0.5)], ["a long name"]) == ["middle left"]
        first, second = sides([(0.5, 0.5), (0.5, 0.5)], ["one", "two"])
        assert first != second
