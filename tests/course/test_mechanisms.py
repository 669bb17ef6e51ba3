"""Each sentence of 2.3a and 2.3b that says why something happens: what would be different if it happened otherwise.

A test is named after the sentence it guards. It fails if another mechanism is at work, not only if a number moves; the
numbers that the lessons print are computed where they are printed.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gvclab.exercises import bank
from gvclab.models.sourcing import (
    COSTS,
    Shock,
    Sourcing,
    belief_path,
    calm_belief,
    chain_reliability,
    create_sourcing,
    cvar,
    effective,
    egl_critical,
    egl_fixed_point,
    scar,
    shortage,
    staircase,
    wave,
)
from gvclab.panels.fear import WedgeLab
from gvclab.panels.sourcing import problem as market
from gvclab.panels.suppliers import FrontierLab

HOME, REGION, FAR_A, FAR_B = range(4)
SOME = 0.005
chances, small = st.floats(0, 1), st.floats(0, 0.1)


def struck(problem: Sourcing | None = None, **chance: float) -> Sourcing:
    """The firm of lesson 2.3a with other chances of its shocks."""
    problem = problem or create_sourcing()
    shocks = tuple(each._replace(probability=chance.get(each.name, each.probability)) for each in problem.shocks)
    return replace(problem, shocks=shocks)


def used(x) -> list[int]:
    return [k for k, share in enumerate(x) if share > SOME]


# ------------------------------------------------------------------------------------------------- 2.3a, a chain


class TestAChain:
    @given(chances, st.integers(1, 20), st.integers(1, 20), small, st.booleans())
    def test_stages_stand_in_series_all_have_to_work(self, p, one, other, q, same):
        whole = chain_reliability(one + other, 2, p, q, same)
        assert whole == pytest.approx(chain_reliability(one, 2, p, q, same) * chain_reliability(other, 2, p, q, same))

    @given(chances, st.integers(1, 4), st.integers(1, 4), chances)
    def test_suppliers_of_a_stage_stand_in_parallel_all_have_to_fail(self, p, one, other, q):
        """Where nothing is shared a stage of all of them stops if both groups stop."""

        def stops(m: int) -> float:
            return 1 - chain_reliability(1, m, p, q, same_place=False)

        assert stops(one + other) == pytest.approx(stops(one) * stops(other), abs=1e-12)

    @given(st.integers(1, 40), st.integers(1, 4), chances, chances)
    def test_a_shock_to_a_place_that_they_share_stops_them_all(self, n, m, p, q):
        """However many they are and however good, the chain is no safer than its places; and only for that shock."""
        assert chain_reliability(n, m, p, q) <= (1 - q) ** n + 1e-12
        assert chain_reliability(n, m, 0, q) == pytest.approx(chain_reliability(n, 1, 0, q))
        assert chain_reliability(n, m, p, 0) == pytest.approx(chain_reliability(n, m, p, 0, same_place=False))

    @given(st.integers(1, 40), st.integers(2, 4), chances, chances)
    def test_a_place_of_its_own_for_a_supplier_is_never_worse(self, n, m, p, q):
        together, apart = (chain_reliability(n, m, p, q, same) for same in (True, False))
        assert apart >= together - 1e-12

    def test_a_third_supplier_in_the_same_place_hardly_helps_here(self):
        """Not because three are few: in a place of its own the same third supplier helps."""
        q = np.arange(0.005, 0.0501, 0.005)
        two, three = (chain_reliability(20, m, 0.01, q) for m in (2, 3))
        assert (three - two < 0.002).all() and (1 - three > 0.9 * (1 - two)).all()
        own_two, own_three = (chain_reliability(20, m, 0.01, q, same_place=False) for m in (2, 3))
        assert (1 - own_three < 0.1 * (1 - own_two)).all()
        # Where suppliers fail often by themselves a third one does help: the sentence says "here".
        assert chain_reliability(20, 3, 0.1) - chain_reliability(20, 2, 0.1) > 0.1

    @pytest.mark.parametrize("q", [0.0, 0.02, 0.1])
    def test_different_stages_in_more_places_because_more_places_can_be_struck(self, q):
        """All that can happen to the places is gone through. Where none can be struck nothing changes."""

        def works(places: int, stages: int = 10, p: float = 0.01) -> float:
            total = 0.0
            for hit in product((False, True), repeat=places):
                chance = np.prod([q if each else 1 - q for each in hit])
                total += chance * (1 - p) ** stages * (not any(hit[k % places] for k in range(stages)))
            return total

        assert works(1) == pytest.approx((1 - q) * 0.99**10) and works(5) == pytest.approx((1 - q) ** 5 * 0.99**10)
        for fewer, more in pairwise(map(works, (1, 2, 5, 10))):
            assert more < fewer if q else more == pytest.approx(fewer)

    def test_in_one_city_the_shock_to_the_city_is_nearly_all_of_the_danger(self):
        for p, q in product(*(bank.item("2.3-a").given[k].draw for k in (0, 1))):
            assert q > 0.89 * (q + (1 - q) * p**2)

    def test_near_the_jump_the_chance_grows_with_the_square_root_of_the_distance(self):
        for n, m in product((2, 3, 4), (2, 3)):
            x, r, _ = egl_critical(n, m)
            near, far = (egl_fixed_point(x + d, n, m) - r for d in (1e-7, 4e-7))
            assert far / near == pytest.approx(2, abs=0.01)
            assert egl_fixed_point(x + 1e-4, n, m) - r > 0.005

    def test_without_a_part_of_the_edge_splitting_and_adding_go_wrong(self):
        """A tail measure that takes the scenario at the edge whole, or not at all."""

        def crude(u, p, alpha, whole: bool) -> float:
            order = np.argsort(-np.asarray(u))
            u, p = np.asarray(u)[order], np.asarray(p)[order]
            before = np.cumsum(p) - p
            taken = (before < 1 - alpha - 1e-12) if whole else (before + p <= 1 - alpha + 1e-12)
            return float(u[taken] @ p[taken] / p[taken].sum())

        losses, chances, halves = [3.0, 1.0, 0.0], [0.2, 0.4, 0.4], [0.2, 0.2, 0.2, 0.4]
        for whole in (True, False):
            assert crude(losses, chances, 0.6, whole) != pytest.approx(crude([3.0, 1, 1, 0], halves, 0.6, whole))
        assert cvar(np.array(losses), chances, 0.6) == pytest.approx(cvar(np.array([3.0, 1, 1, 0]), halves, 0.6))
        # Two lotteries of which each loses with a chance a little below the tail, never both at once.
        p = [0.04, 0.04, 0.92]
        one, other = np.array([1.0, 0, 0]), np.array([0, 1.0, 0])
        apart = cvar(one, p, 0.95) + cvar(other, p, 0.95)
        assert cvar(one + other, p, 0.95) <= apart
        rng, worse = np.random.default_rng(1), []
        for _ in range(500):
            u, v, p = rng.uniform(0, 5, 6), rng.uniform(0, 5, 6), rng.dirichlet(np.ones(6))
            worse.append(crude(u + v, p, 0.6, True) > crude(u, p, 0.6, True) + crude(v, p, 0.6, True) + 1e-9)
        assert any(worse)


# ------------------------------------------------------------------------------------------ 2.3a, where to buy


@st.composite
def calibrations(draw) -> Sourcing:
    """Prices, chances, lengths and what a firm can do, drawn freely."""

    def between(low: float, high: float) -> float:
        return round(draw(st.floats(low, high)), 3)

    names = [shock.name for shock in create_sourcing().shocks]
    return create_sourcing(
        costs={place: between(0.3, 1.5) for place in COSTS},
        probabilities={name: between(0, 0.4) for name in names},
        severities={name: between(0.05, 1) for name in names},
        phi=between(0, 1.5),
        kappa=between(0, 0.05),
        V=between(1, 20),
        alpha=between(0.8, 0.99),
        bmax=draw(st.sampled_from([0.0, 0.25])),
    )


class TestWhereToBuy:
    @settings(max_examples=60, deadline=None)
    @given(calibrations(), st.lists(st.floats(0, 0.99), min_size=2, max_size=6))
    def test_more_weight_on_security_never_lowers_the_cost_and_never_raises_what_is_missing(self, problem, weights):
        chosen = [problem.optimise(w) for w in sorted(weights)]
        for less, more in pairwise(chosen):
            assert more.cost >= less.cost - 1e-9 and more.cvar <= less.cvar + 1e-9

    def test_a_firm_buys_safety_where_it_costs_least(self):
        """The first step is to the place that is cheapest for its safety: a dear Far B lets the Region come first."""
        first = [[k for k in used(staircase(create_sourcing(costs=c)).x[1]) if k != FAR_A]
                 for c in ({}, {"Far-B": 0.97}, {"Region": 0.75}, {"Home": 0.72})]  # fmt: skip
        assert first == [[FAR_B], [REGION], [REGION], [HOME]]

    def test_with_two_far_places_a_year_is_bad_only_if_both_are_struck(self):
        problem = create_sourcing()
        losses = problem.losses(problem.strategies["two cheapest"])
        short = losses[losses.shortage > 1e-9]
        assert len(short) and (short[["Far-A", "Far-B"]] < 1).all().all()
        assert short.probability.sum() < 0.05 < 1 - 0.94 * 0.92 * 0.95
        # It is making up for one another that does it: without spare capacity one is enough.
        problem = create_sourcing(phi=0)
        losses = problem.losses(problem.strategies["two cheapest"])
        assert (losses.shortage[(losses[["Far-A", "Far-B"]] < 1).any(axis=1)] > 0).all()

    def test_two_far_places_that_are_cut_off_together_are_worth_no_more_than_one(self):
        for chance in (0.05, 0.1, 0.2):
            ways = struck(bloc=chance).strategies
            assert ways["two cheapest"].cvar == pytest.approx(1) == ways["cheapest"].cvar
        assert used(struck(bloc=0.05).optimise(0.1).x) == [REGION, FAR_A]
        # It is the cut they share: one that strikes each by itself as often leaves the second its worth.
        apart = struck(embargo=0.1, **{"Far-B": 0.13})
        assert apart.strategies["two cheapest"].cvar < 0.5

    def test_home_comes_late_because_it_is_dear(self):
        """The cheaper it is the earlier it comes, and the larger its greatest part."""
        found = [staircase(create_sourcing(costs={"Home": cost})) for cost in (1.0, 0.92, 0.85, 0.7)]
        starts = [float(steps.w[(steps.x[:, HOME] > SOME).argmax()]) for steps in found]
        most = [float(steps.x[:, HOME].max()) for steps in found]
        assert starts == sorted(starts, reverse=True) and starts[0] > 1.2 * starts[1]
        assert most == sorted(most) and most[-1] > 2 * most[0]

    def test_home_stays_small_because_it_has_disasters_of_its_own(self):
        """The safer, the larger its greatest part; only where nothing but the world can strike it is it all."""
        most = [staircase(struck(Home=q, **{"Home+Region": 0.02 * (q > 0)})).x[:, HOME].max()
                for q in (0.25, 0.12, 0.06, 0.02, 0.0)]  # fmt: skip
        assert most == sorted(most) and most[-1] == pytest.approx(1) and most[-2] < 0.5
        assert staircase(struck(Home=0)).x[:, HOME].max() < 0.6  # the shock to Home and Region is enough

    def test_a_home_that_is_risky_gets_nothing_at_this_weight(self):
        assert struck(Home=0.25).optimise(0.3).x[HOME] == 0 < create_sourcing().optimise(0.31).x[HOME]

    @pytest.mark.parametrize("phi", [0, 0.25, 0.5])
    @pytest.mark.parametrize("q_home", [0.25, 0.28, 0.3])
    def test_with_a_risky_home_purchases_leave_the_far_places_for_the_region_and_not_for_home(self, q_home, phi):
        """At every setting that exercise 2.3-5 allows."""
        problem = replace(struck(Home=q_home), phi=phi)
        before = problem.optimise(0)
        for w in np.linspace(0.3, 0.99, 24):
            chosen = problem.optimise(float(w))
            assert chosen.x[HOME] <= 0.01
            assert chosen.x[[FAR_A, FAR_B]].sum() < before.x[[FAR_A, FAR_B]].sum() and chosen.x[REGION] > SOME
            assert chosen.cost > before.cost and chosen.cvar < before.cvar

    def test_the_staircase_another_place_is_dearer_and_using_it_has_a_cost_of_its_own(self):
        """Each of the two alone keeps the firm where it is for a while; without both it moves at once."""

        def first_step(price: float, kappa: float) -> float:
            """The weight from which a firm buys in the other of two places that are alike but for the price."""
            shocks = tuple(Shock(name, 0.05, (name,), 1.0) for name in ("one", "other"))
            steps = staircase(Sourcing(("one", "other"), (0.7, price), shocks, kappa=kappa))
            return float(steps.w[(steps.x[:, 1] > SOME).argmax()])

        assert first_step(0.78, 0.01) > first_step(0.78, 0) > 0.005
        assert first_step(0.7 + 1e-9, 0.01) > 0.001
        assert first_step(0.7 + 1e-9, 0) < 1e-6

    def test_four_weeks_on_the_shelf_bridge_each_of_these_shocks_and_cost_less_than_a_second_place(self):
        def lasting(weeks: int) -> Sourcing:
            return market(FrontierLab(severity=weeks, embargo_weeks=weeks, inventory=26).state)

        problem = lasting(4)
        chosen = problem.optimise(0.1)
        assert used(chosen.x) == [FAR_A] and chosen.b * 52 == pytest.approx(4)
        for shock in problem.shocks:
            alone = replace(problem, shocks=(shock._replace(probability=1.0),))
            assert alone.evaluate(chosen.x, chosen.b).cvar == pytest.approx(0, abs=1e-9)
        assert chosen.cost < problem.strategies["two cheapest"].cost
        # The longer the shocks, the dearer the shelf: where they last for months it is a second place.
        costs = [lasting(weeks).evaluate([0, 0, 1, 0], weeks / 52).cost for weeks in (4, 9, 26)]
        assert costs == sorted(costs) and costs[-1] > problem.strategies["two cheapest"].cost
        for weeks in (9, 13, 26, 52):
            assert len(used(lasting(weeks).optimise(0.1).x)) > 1


class TestSubstitutes:
    @given(st.floats(0.001, 0.025), st.floats(0, 1))
    def test_without_spare_capacity_half_as_much_is_missing_twice_as_often(self, q, share):
        places = ("one", "other")
        problem = Sourcing(places, (1.0, 1.0), tuple(Shock(name, q, (name,), 1.0) for name in places), phi=0)
        whole, halves = problem.evaluate([1, 0]), problem.evaluate([0.5, 0.5])
        p, z = problem.scenarios
        often = [float(p[shortage(effective(z, 0), np.array(x)) > 1e-9].sum()) for x in ([1, 0], [0.5, 0.5])]
        assert often[1] == pytest.approx(2 * often[0], rel=0.02)
        # So nothing is gained, in bad years nor on average, however the order is split.
        assert halves.cvar == pytest.approx(whole.cvar) == q / 0.05
        assert problem.evaluate([share, 1 - share]).expected == pytest.approx(whole.expected)

    @given(st.floats(0.001, 0.3))
    def test_the_mean_divided_by_a_twentieth_as_long_as_bad_years_are_fewer(self, q):
        problem = Sourcing(("one",), (1.0,), (Shock("one", q, ("one",), 0.7),), phi=0)
        found = problem.evaluate([1])
        assert (found.cvar == pytest.approx(found.expected / 0.05)) == (q <= 0.05 + 1e-9)

    @given(st.floats(0.051, 0.9), st.floats(0.01, 0.99))
    def test_struck_more_often_splitting_helps_in_the_worst_years_but_never_on_average(self, q, share):
        places = ("one", "other")
        problem = Sourcing(places, (1.0, 1.0), tuple(Shock(name, q, (name,), 1.0) for name in places), phi=0)
        whole, split = problem.evaluate([1, 0]), problem.evaluate([share, 1 - share])
        assert problem.evaluate([0.5, 0.5]).cvar < whole.cvar or q * q >= 0.05
        assert split.expected == pytest.approx(whole.expected)

    def test_the_worst_single_shocks_take_half_from_both_ways_to_buy(self):
        """Far A cut off all year, where Far B cannot give more; and half a year without Home."""
        problem = create_sourcing(phi=0)
        for name, worst in (("two cheapest", "embargo"), ("all-Home", "Home")):
            missing = {
                shock.name: replace(problem, shocks=(shock._replace(probability=1.0),)).strategies[name].expected
                for shock in problem.shocks
                if shock.probability
            }
            assert max(missing.values()) == missing[worst] == pytest.approx(0.5)

    def test_it_is_spare_capacity_that_protects(self):
        """The second name is the same at every φ, and the risk falls with φ from about that of Home."""
        risk = [replace(create_sourcing(), phi=phi).strategies["two cheapest"].cvar for phi in np.linspace(0, 1, 21)]
        home = create_sourcing().strategies["all-Home"].cvar
        assert all(more <= less + 1e-12 for less, more in pairwise(risk))
        assert risk[0] == pytest.approx(home, rel=0.05) and risk[-1] < home / 3

    @pytest.mark.parametrize("embargo", [0.05, 0.0])
    def test_two_far_places_lack_more_on_average_because_far_a_can_be_cut_off_too(self, embargo):
        ways = struck(create_sourcing(phi=0), embargo=embargo).strategies
        assert (ways["two cheapest"].expected > ways["all-Home"].expected) == (embargo > 0)

    @settings(max_examples=40, deadline=None)
    @given(calibrations(), st.floats(0, 1))
    def test_without_spare_capacity_splitting_an_order_gains_nothing_on_average(self, problem, share):
        """Whatever prices and chances are, the mean of a mix lies between those of its places."""
        problem = replace(problem, phi=0)
        one, other, mix = (problem.evaluate(x).expected for x in ([1, 0, 0, 0], [0, 0, 1, 0], [share, 0, 1 - share, 0]))
        assert mix == pytest.approx(share * one + (1 - share) * other)

    def test_all_at_home_is_efficient_only_when_neither_shock_can_strike_it(self):
        for home, pair in product((0, 0.01, 0.06), (0, 0.005, 0.02)):
            problem = struck(Home=home, **{"Home+Region": pair})
            steps, at_home = staircase(problem), problem.strategies["all-Home"]
            beaten = (steps.cost < at_home.cost - 1e-9) & (steps.cvar < at_home.cvar - 1e-9)
            assert beaten.any() == (home > 0 or pair > 0)


# --------------------------------------------------------------------------------------------- 2.3b, how fear fades


def half_life(**memory: float) -> int:
    """Years until half of the rise after one crisis is gone."""
    calm = calm_belief(delta=memory.get("delta", 0.9))
    path = belief_path([5], 400, **memory)[5:]
    return int((path <= calm + (path[0] - calm) / 2).argmax())


def first_below(threshold: float, **memory: float) -> int:
    return 5 + int((belief_path([5], 400, **memory)[5:] < threshold).argmax())


class TestHowFearFades:
    def test_how_fast_it_fades_is_a_matter_of_memory_and_not_of_vividness(self):
        vivid = {half_life(kappa=kappa) for kappa in np.arange(1, 6.01, 0.5)}
        memories = [half_life(delta=delta) for delta in (0.5, 0.7, 0.8, 0.9, 0.95, 0.98)]
        assert max(vivid) - min(vivid) <= 1
        assert memories == sorted(memories) and memories[-1] > 10 * memories[0]

    def test_how_high_it_jumps_depends_on_vividness_and_on_memory_too(self):
        """At each memory it grows with vividness; and the longer the memory, the lower, as more calm is remembered."""
        jumps = {
            (delta, kappa): belief_path([5], 5, delta=delta, kappa=kappa)[5] - calm_belief(delta=delta)
            for delta in (0.8, 0.9, 0.95)
            for kappa in (1, 3, 6)
        }
        for delta in (0.8, 0.9, 0.95):
            assert jumps[delta, 3] > 2.3 * jumps[delta, 1] and jumps[delta, 6] > 1.5 * jumps[delta, 3]
        for kappa in (1, 3, 6):
            assert jumps[0.8, kappa] > jumps[0.9, kappa] > jumps[0.95, kappa]

    def test_fear_fades_because_the_crisis_is_forgotten_and_because_calm_years_are_counted(self):
        """Where nothing is forgotten it falls with each calm year; where no more calm is counted, with forgetting."""
        full = belief_path([5], 60, delta=1, kappa=1)
        assert (np.diff(full[5:]) < 0).all() and full[60] == pytest.approx(2 / 80)
        settled = [(1 + 3 * 0.9**t) / (1 + 3 * 0.9**t + 29) for t in range(20)]  # the calm count stays where it was
        assert all(later < sooner for sooner, later in pairwise(settled))

    def test_of_the_crisis_vividness_is_remembered_times_the_memory_for_each_year(self):
        """In nine tenths a year it is half after seven years; of the calm as much fades, and one year is added."""
        path = belief_path([5], 60)
        for t, p in enumerate(path[5:]):
            crises, calm = 1 + 3 * 0.9**t, 29 - 0.9**t
            assert p == pytest.approx(crises / (crises + calm))
        assert 0.9**7 < 0.5 < 0.9**6

    def test_a_long_memory_also_remembers_the_calm(self):
        """It is below the threshold sooner although it fades more slowly; with no more calm remembered it is later."""
        plain, long = {"kappa": 1}, {"kappa": 1, "delta": 0.95}
        assert half_life(**long) > 1.5 * half_life(**plain) and first_below(0.05, **long) < first_below(0.05, **plain)
        as_much_calm = {**long, "b0": 9.0}  # 9 + 1 / (1 - 0.95) is 29, as with the shorter memory
        assert calm_belief(b0=9.0, delta=0.95) == pytest.approx(calm_belief())
        assert first_below(0.05, **as_much_calm) > first_below(0.05, **plain)

    @given(st.sets(st.integers(1, 30), max_size=6))
    def test_with_vividness_1_and_full_memory_it_is_plain_learning(self, crises):
        """The mean of a Beta law after so many crises and calm years, in whatever order."""
        assert belief_path(crises, 30, delta=1, kappa=1)[30] == pytest.approx((1 + len(crises)) / (20 + 30))

    def test_a_threshold_below_the_felt_risk_of_calm_is_never_reached(self):
        assert (belief_path([5], 5000) > 0.99 * calm_belief()).all()

    def test_who_was_afraid_expects_what_they_expected_before_who_has_learnt_does_not(self):
        """After long the crisis has left no trace in a memory that fades, and its whole trace in one that does not."""
        late = {
            delta: belief_path([5], 400, delta=delta, kappa=1)[400] / belief_path([], 400, delta=delta)[400]
            for delta in (0.9, 1)
        }
        if_learnt = (2 / 420) / (1 / 420)
        assert late[0.9] == pytest.approx(1) and late[1] == pytest.approx(if_learnt)


class TestWhatFearLeaves:
    FEAR = np.append(belief_path([5], 40), calm_belief())

    @settings(max_examples=40, deadline=None)
    @given(st.floats(0, 0.25), st.sets(st.integers(1, 30), max_size=4))
    def test_a_firm_leaves_and_returns_only_when_it_pays_for_the_move_and_stays_in_between(self, k, crises):
        """Firms that each follow the rule, counted; the model knows none of them."""
        fear = 2 * belief_path(crises, 40)
        gain = np.exp(np.log(0.15) + 0.6 * np.linspace(-4, 4, 4001))
        density = np.exp(-(np.linspace(-4, 4, 4001) ** 2) / 2)
        abroad = gain > fear[0]
        counted = []
        for loss in fear:
            abroad = np.where(gain < loss - k, False, np.where(gain > loss + k, True, abroad))
            counted.append(density[abroad].sum() / density.sum())
        np.testing.assert_allclose(wave(fear / 2, k), counted, atol=2e-3)

    def test_a_scare_leaves_most_behind_in_the_middle(self):
        """It rises from nothing to one greatest value, at half of the rise of the feared loss, and falls to nothing."""
        costs = np.linspace(0, 0.25, 251)
        lost = scar(costs)
        top = lost.argmax()
        assert lost[0] == 0 == lost[-1] and (np.diff(lost[: top + 1]) > 0).all() and (np.diff(lost[top:]) <= 0).all()
        assert costs[top] == pytest.approx((self.FEAR[5] - self.FEAR[0]) * 2 / 2, abs=1e-3)

    def test_what_it_is_below_the_middle_and_above_it(self):
        """Below it those who left return in part; above it fewer leave, and none of them returns."""
        for k, returns in ((0.05, True), (0.15, False)):
            path = wave(self.FEAR, k)
            assert path[0] > path[-1] and (path[-1] > path.min() + 0.05) == returns
        assert wave(self.FEAR, 0.15).min() > wave(self.FEAR, 0.05).min()

    def test_all_come_back_only_if_moving_is_free_and_the_more_it_costs_the_fewer_do(self):
        paths = [wave(self.FEAR, k) for k in np.arange(0, 0.2, 0.01)]
        back = [path[-1] - path.min() for path in paths]
        assert paths[0][-1] == pytest.approx(paths[0][0]) and all(path[-1] < path[0] for path in paths[1:18])
        assert all(more <= less + 1e-12 for less, more in pairwise(back)) and back[0] > 0.7 > back[5] > back[10] == 0

    def test_if_it_costs_much_measured_against_the_scare_few_leave_in_the_first_place(self):
        """The same cost moves nobody in a small scare and many in a great one."""
        left = [wave(np.append(belief_path([5], 40, kappa=kappa), calm_belief()), 0.12) for kappa in (1, 3, 6)]
        fewest = [float(path[0] - path.min()) for path in left]
        assert fewest[0] == 0 < fewest[1] < fewest[2]

    def test_a_second_crisis_moves_those_whom_one_does_not(self):
        """Because it comes while the first is remembered: long after, it moves nobody either."""
        soon, late = (np.append(belief_path([5, year], 400), calm_belief()) for year in (12, 300))
        assert wave(soon, 0.2)[-1] < wave(soon, 0.2)[0] - 0.2 and set(wave(late, 0.2)) == {wave(late, 0.2)[0]}

    @pytest.mark.parametrize("k, leave, back", [(0, 2, 2), (0.092, 2, 0), (0.2, 0, 0)])
    def test_three_firms_by_hand(self, k, leave, back):
        gone = [a for a in (0.10, 0.15, 0.30) if a < 0.25 - k]
        assert (len(gone), sum(a > 0.067 + k for a in gone)) == (leave, back)

    def test_with_a_cost_of_moving_reason_and_panic_both_leave_firms_where_they_are(self):
        assert scar(0.04) > 0.05 and scar(0.04, delta=1, kappa=1) > 0.05
        assert scar(0) == 0 == scar(0, delta=1, kappa=1)


class TestWhoPays:
    @settings(max_examples=40, deadline=None)
    @given(calibrations(), st.floats(0.02, 0.98), st.floats(1.02, 3))
    def test_who_bears_less_than_the_loss_never_buys_more_safety_who_is_blamed_for_more_never_less(
        self, problem, part, blame
    ):
        for chi, sign in ((part, 1), (blame, -1)):
            private, social, gap = problem.wedge(0.5, chi)
            assert sign * (private.cvar - social.cvar) >= -1e-9 and sign * (social.cost - private.cost) >= -1e-9
            assert gap >= -1e-12

    def test_safety_comes_in_steps_and_only_a_step_that_is_missed_does_harm(self):
        """From a little over half of the loss on nothing is lost, although the firm still bears only a part."""
        problem, low, high = create_sourcing(), *WedgeLab().solution.harmless
        assert 0.5 < low < 0.6 and high > 1
        assert all(
            problem.wedge(0.5, chi).gap == pytest.approx(0, abs=1e-9) for chi in np.linspace(low, high, 12)[1:-1]
        )
        below = [problem.wedge(0.5, chi) for chi in np.linspace(0.05, low, 12)[:-1]]
        assert all(each.gap > 1e-6 and each.private.cvar > each.social.cvar for each in below)

    def test_at_a_value_of_2_the_range_is_narrow_and_too_much_blame_buys_too_much(self):
        wide, narrow = (WedgeLab(V=V).solution.harmless for V in (4.0, 2.0))
        assert narrow[1] - narrow[0] < 0.5 * (wide[1] - wide[0]) and narrow[1] < 1.5
        blamed = create_sourcing(V=2).wedge(0.5, 1.5)
        assert blamed.private.cvar < blamed.social.cvar and blamed.gap > 0

    def test_what_the_firm_saves_others_lose_and_more(self):
        private, social, gap = create_sourcing().wedge(0.5, 0.15)
        saved = (social.cost + 0.6 * social.cvar) - (private.cost + 0.6 * private.cvar)
        others = 3.4 * (private.cvar - social.cvar)
        assert 0 < saved < others and others - saved == pytest.approx(2 * gap)
        assert used(private.x) == [FAR_A, FAR_B] and len(used(social.x)) == 4

    def test_at_the_average_loss_the_two_far_places_would_be_best_for_all(self):
        """It is because bad years alone count that more places are best: the mean of all years is alpha = 0."""
        problem = create_sourcing()
        assert used(replace(problem, alpha=0).optimise(0.5).x) == [FAR_A, FAR_B]
        private, social, _ = problem.wedge(0.5, 0.15)
        assert private.cost + 4 * private.expected < social.cost + 4 * social.expected

    @pytest.mark.parametrize("chi", [0.1, 0.3, 0.7])
    def test_the_firm_chooses_as_if_the_loss_were_worth_only_its_part(self, chi):
        private, _, _ = create_sourcing().wedge(0.5, chi)
        np.testing.assert_allclose(private.x, create_sourcing(V=4 * chi).optimise(0.5).x)
