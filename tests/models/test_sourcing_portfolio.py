"""Block B: the portfolio, its frontier, and the propositions of the section."""

from dataclasses import FrozenInstanceError, replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from gvclab.models.sourcing import (
    COSTS,
    SHOCKS,
    WEEKS,
    WEIGHTS,
    Shock,
    create_sourcing,
    cvar,
    effective,
    evaluate,
    frontier,
    optimise,
    scenarios,
    shortage,
    staircase,
)

quick = settings(max_examples=25, deadline=None, derandomize=True)
DEFAULT = create_sourcing()


def textbook_optimum(problem, w):
    """The least objective by brute force: a full Rockafellar-Uryasev program for each set of places."""
    (p, z), c = problem.scenarios, np.array(problem.costs)
    a, m, best = effective(z, problem.phi), len(p), np.inf
    for size in range(1, len(c) + 1):
        for places in map(list, combinations(range(len(c)), size)):
            if sum(problem.xmax[k] for k in places) < 1:
                continue
            # x, b, eta, y_s, u_s
            cost = np.concatenate(
                [
                    (1 - w) * c[places],
                    [(1 - w) * problem.h, w * problem.V],
                    w * problem.V / (1 - problem.alpha) * p,
                    problem.lam * problem.V * p,
                ]
            )
            one, eye, zero = np.ones((m, 1)), np.eye(m), np.zeros((m, m))
            short = np.hstack([-a[:, places], -one, 0 * one, zero, -eye])  # u >= 1 - a x - b
            tail = np.hstack([np.zeros((m, size + 1)), -one, -eye, eye])  # y >= u - eta
            solved = linprog(
                cost,
                A_ub=np.vstack([short, tail]),
                b_ub=np.concatenate([-np.ones(m), np.zeros(m)]),
                A_eq=[[1.0] * size + [0.0] * (2 + 2 * m)],
                b_eq=[1.0],
                bounds=[(0, problem.xmax[k]) for k in places]
                + [(0, problem.bmax), (None, None)]
                + [(0, None)] * (2 * m),
                method="highs",
                options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
            )
            best = min(best, solved.fun + (1 - w) * problem.kappa * size)
    return best


# Values on which sliders stop, so that ties, zeros and equal places are met often.
chances = st.sampled_from([0.0, 0.02, 0.06, 0.08, 0.25, 0.3]) | st.floats(0, 0.3)
severities = st.sampled_from([0.0, 4 / WEEKS, 0.25, 0.5, 1.0]) | st.floats(0, 1)
weights = st.sampled_from([0.0, 0.02, 0.1, 0.3, 0.5, 0.9, 0.99])
problems = st.builds(
    lambda q, s, c, **more: create_sourcing(
        costs=dict(zip(COSTS, c, strict=True)),
        probabilities=dict(zip((k.name for k in SHOCKS), q, strict=True)),
        severities=dict(zip((k.name for k in SHOCKS), s, strict=True)),
        **more,
    ),
    q=st.lists(chances, min_size=8, max_size=8),
    s=st.lists(severities, min_size=8, max_size=8),
    c=st.lists(st.sampled_from([0.4, 0.7, 0.78, 0.92, 1.0, 1.4]), min_size=4, max_size=4),
    alpha=st.sampled_from([0.0, 0.8, 0.9, 0.95, 0.99]),
    phi=st.sampled_from([0.0, 0.25, 0.5, 1.0, 3.0]),
    h=st.sampled_from([0.0, 0.05, 0.25, 1.0]),
    kappa=st.sampled_from([0.0, 0.01, 0.05]),
    V=st.sampled_from([1.0, 4.0, 20.0]),
    bmax=st.sampled_from([0.0, 0.0, 0.1, 0.5]),
    xmax=st.sampled_from([1.0, 1.0, 0.5, 0.4]),
)

# --- the optimum ----------------------------------------------------------------------------------


@pytest.mark.parametrize("w", [0, 0.02, 0.05, 0.15, 0.2, 0.3, 0.5, 0.99])
def test_default_equals_the_textbook_program(w):
    assert DEFAULT.optimise(w).objective == pytest.approx(textbook_optimum(DEFAULT, w), abs=1e-9)


@quick
@given(problems, weights)
def test_any_problem_equals_the_textbook_program(problem, w):
    best = problem.optimise(w)
    assert best.objective == pytest.approx(textbook_optimum(problem, w), abs=1e-9)
    # It is a portfolio, and it costs what it says.
    assert best.x.min() >= 0
    assert best.x.max() <= problem.xmax[0] + 1e-12
    assert best.x.sum() == pytest.approx(1, abs=1e-9)
    assert 0 <= best.b <= problem.bmax
    again = problem.evaluate(best.x, best.b, w)
    assert again[2:] == pytest.approx(best[2:], abs=1e-9)


@settings(quick, max_examples=4)
@given(problems, st.sampled_from([0.0, 0.3]))
def test_a_firm_that_minds_the_mean_shortage_equals_the_textbook_program(problem, w):
    problem = replace(problem, lam=1)
    assert problem.optimise(w).objective == pytest.approx(textbook_optimum(problem, w), abs=1e-9)


@quick
@given(problems, st.integers(0, 2**32 - 1))
def test_ts4_no_random_portfolio_is_better_and_the_frontier_is_monotone(problem, seed):
    rng = np.random.default_rng(seed)
    x = rng.dirichlet(np.full(4, 0.7), 300)
    x = x[x.max(axis=1) <= problem.xmax[0]]
    b = rng.random(len(x)) * problem.bmax
    spend = x @ np.array(problem.costs) + problem.h * b + 4 * problem.kappa
    p, z = problem.scenarios
    risk = cvar(shortage(effective(z, problem.phi), x, b), p, problem.alpha)
    at = frontier(problem)
    for w, objective in zip(at.w, at.objective, strict=True):
        assert (objective <= (1 - w) * spend + w * problem.V * risk + 1e-9).all()
    assert (np.diff(at.cost) >= -1e-9).all()
    assert (np.diff(at.cvar) <= 1e-9).all()


@quick
@given(problems, weights)
def test_ts8_substitutability_never_raises_the_objective(problem, w):
    values = [replace(problem, phi=phi).optimise(w).objective for phi in (0, 0.25, 0.5, 1, 3)]
    assert all(a >= b - 1e-9 for a, b in pairwise(values))


def test_plain_function_and_problem_agree():
    c, (p, z) = list(COSTS.values()), scenarios(SHOCKS, tuple(COSTS))
    for w in (0, 0.2, 0.99):
        plain, ours = optimise(w, c, p, z), DEFAULT.optimise(w)
        assert (plain.x == ours.x).all()
        assert plain[1:] == ours[1:]


# --- reference results of the specification -------------------------------------------------------


@pytest.mark.parametrize(
    ("w", "x", "cost", "risk"),
    [
        (0, (0, 0, 1, 0), 0.710, 1.000),
        (0.02, (0, 0, 0.5, 0.5), 0.760, 0.1634),
        (0.15, (0, 0, 0.5, 0.5), 0.760, 0.1634),
        (0.2, (0, 0.222, 0.333, 0.444), 0.8144, 0.1040),
        (0.3, (0.048, 0.286, 0.286, 0.381), 0.8476, 0.0798),
        (0.5, (0.083, 0.333, 0.25, 0.333), 0.865, 0.0715),
        (0.99, (0.133, 0.267, 0.2, 0.4), 0.8707, 0.0709),
    ],
)
def test_table_of_optimal_portfolios(w, x, cost, risk):
    best = DEFAULT.optimise(w)
    assert best.x == pytest.approx(x, abs=5e-4)
    assert (best.cost, best.cvar) == pytest.approx((cost, risk), abs=5e-5)


@pytest.mark.parametrize(
    ("name", "x", "cost", "risk"),
    [
        ("all-Home", (1, 0, 0, 0), 1.010, 0.5080),
        ("Home+Region", (0.5, 0.5, 0, 0), 0.980, 0.2948),
        ("cheapest", (0, 0, 1, 0), 0.710, 1.0),
        ("two cheapest", (0, 0, 0.5, 0.5), 0.760, 0.1634),
    ],
)
def test_table_of_named_strategies(name, x, cost, risk):
    strategy = DEFAULT.strategies[name]
    assert strategy.x.tolist() == list(x)
    assert (strategy.cost, strategy.cvar) == pytest.approx((cost, risk), abs=5e-5)


@pytest.mark.parametrize(("phi", "risk"), [(0, 0.521), (0.25, 0.420), (0.5, 0.321), (1, 0.163)])
def test_risk_of_two_far_suppliers_by_substitutability(phi, risk):
    assert replace(DEFAULT, phi=phi).strategies["two cheapest"].cvar == pytest.approx(risk, abs=5e-4)


@pytest.mark.parametrize("w", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("phi", [1e3, 1e6])
def test_very_flexible_places_equal_the_textbook_program(phi, w):
    problem = create_sourcing(phi=phi)
    assert problem.optimise(w).objective == pytest.approx(textbook_optimum(problem, w), abs=1e-9)


def test_costs_close_to_nothing_are_compared_without_complaint():
    best = optimise(0.3, [1e-300, 1e-300], [0.1, 0.9], [[1, 0.5], [1e-12, 1]], alpha=1e-300, bmax=0.1)
    assert best.x.sum() == pytest.approx(1)


def test_more_flexibility_than_shares_can_show_is_refused():
    with pytest.raises(ValueError, match=r"phi = 1000000000.0 must be a number in \[0, 1e\+06\]"):
        create_sourcing(phi=1e9)


def test_p1_weight_raises_cost_lowers_risk_and_moves_home_only_if_the_risk_is_foreign():
    steps = staircase(DEFAULT)
    assert (np.diff(steps.cost) > 0).all()
    assert (np.diff(steps.cvar) < 0).all()
    far = steps.x[:, 2:].sum(axis=1)
    assert far[0] == 1
    assert 0.58 <= far[steps.w >= 0.347].min() <= far[-1] <= 0.6 + 1e-12
    risky_home = create_sourcing(probabilities={"Home": 0.25}, phi=0.5)
    path = staircase(risky_home).x
    assert path[:, 0].max() == 0
    assert path[0].tolist() == [0, 0, 1, 0]
    assert path[-1] == pytest.approx([0, 0.5, 0, 0.5])
    assert 0.08 <= staircase(replace(risky_home, phi=1)).x[:, 0].max() < 0.085


def test_p2_all_home_lies_inside_the_frontier_at_every_weight():
    home = DEFAULT.strategies["all-Home"]
    assert home.cvar == pytest.approx(0.508, abs=5e-4)
    steps = staircase(DEFAULT)
    assert ((steps.cost < home.cost) & (steps.cvar < home.cvar)).any()
    assert all((1 - w) * home.cost + w * 4 * home.cvar > DEFAULT.optimise(w).objective for w in WEIGHTS)


def test_p3_substitutability_serves_both_aims_and_its_absence_neither():
    def gap(phi, field):
        named = replace(DEFAULT, phi=phi).strategies
        return getattr(named["two cheapest"], field) - getattr(named["all-Home"], field)

    assert gap(1, "cost") < 0 > gap(1, "cvar")
    without = replace(DEFAULT, phi=0).strategies
    assert without["all-Home"].expected == pytest.approx(0.0421, abs=5e-5)
    assert without["two cheapest"].expected == pytest.approx(0.0616, abs=5e-5)
    assert gap(0.025, "cvar") > 0 > gap(0.04, "cvar")
    assert gap(0.23, "expected") > 0 > gap(0.245, "expected")


@pytest.mark.parametrize(
    ("weeks", "x", "stock", "cost", "risk"),
    [(4, (0, 0, 1, 0), 4, 0.729, 0.005), (52, (0, 0, 0.5, 0.5), 0, 0.760, 0.279)],
)
def test_stocks_answer_short_shocks_and_second_sources_long_ones(weeks, x, stock, cost, risk):
    """All severities of so many weeks, the worldwide shock half as deep as in the default."""
    severity = {shock.name: weeks / WEEKS for shock in SHOCKS} | {"world": weeks / WEEKS / 2}
    best = create_sourcing(severities=severity, bmax=26 / WEEKS).optimise(0.1)
    assert best.x == pytest.approx(x, abs=1e-12)
    assert best.b * WEEKS == pytest.approx(stock)
    assert (best.cost, best.cvar) == pytest.approx((cost, risk), abs=5e-4)


# --- closed forms and axioms ----------------------------------------------------------------------


def test_closed_form_of_one_place_and_one_shock():
    q, severity, alpha = 0.03, 0.4, 0.95
    problem = create_sourcing({"Home": 1}, [Shock("flood", q, ("Home",), severity)], alpha=alpha)
    assert problem.evaluate([1]).cvar == pytest.approx(q * severity / (1 - alpha))


def test_closed_forms_of_two_equal_places():
    q, alpha = 0.02, 0.95
    shocks = [Shock(name, q, (name,), 1) for name in "AB"]
    twins = create_sourcing({"A": 1, "B": 1}, shocks, alpha=alpha)
    assert twins.evaluate([0.5, 0.5]).cvar == pytest.approx(q**2 / (1 - alpha))
    rigid = replace(twins, phi=0)
    assert rigid.evaluate([0.5, 0.5]).cvar == pytest.approx(q / (1 - alpha))
    assert rigid.evaluate([1, 0]).cvar == pytest.approx(q / (1 - alpha))


laws = st.integers(1, 12).flatmap(
    lambda n: st.tuples(
        *(st.lists(st.floats(0, 1), min_size=n, max_size=n) for _ in range(2)),
        st.lists(st.floats(0.01, 1), min_size=n, max_size=n),
    )
)


@quick
@given(laws, st.floats(0, 0.99), st.floats(0, 3))
def test_ts3_cvar_is_coherent(law, alpha, factor):
    u, v, p = map(np.array, law)
    p = p / p.sum()
    risk, tiny = cvar(u, p, alpha), 1e-9
    assert cvar(np.maximum(u, v), p, alpha) >= risk - tiny
    assert cvar(u + factor, p, alpha) == pytest.approx(risk + factor)
    assert cvar(factor * u, p, alpha) == pytest.approx(factor * risk)
    assert cvar(u + v, p, alpha) <= risk + cvar(v, p, alpha) + tiny
    assert p @ u - tiny <= risk <= u.max() + tiny


def test_cvar_of_a_law_done_by_hand():
    u, p = [0, 1, 0.5, 0.5], [0.9, 0.02, 0.04, 0.04]
    assert cvar(u, p, 0.95) == pytest.approx((0.02 * 1 + 0.03 * 0.5) / 0.05)
    assert cvar(u, p, 0) == pytest.approx(0.06)
    assert cvar(u, p, 0.9999) == pytest.approx(1)
    assert cvar([u, np.zeros(4)], p, 0.95) == pytest.approx([0.7, 0])


def test_scenarios_enumerate_everything_once():
    p, z = DEFAULT.scenarios
    assert p.sum() == pytest.approx(1, abs=1e-14)
    assert len(np.unique(z.round(9), axis=0)) == len(z)
    assert p[(z == 1).all(axis=1)] == pytest.approx(np.prod([1 - shock.probability for shock in SHOCKS]))
    # What a place loses on average is the product of what each shock spares.
    spared = [np.prod([1 - s.probability * s.severity for s in SHOCKS if k in s.places]) for k in COSTS]
    assert p @ z == pytest.approx(spared, abs=1e-14)


def test_only_spared_places_surge():
    z = np.array([[1, 0.5, 0.0]])
    assert effective(z, 0.5).tolist() == [[1.5, 0.5, 0]]
    assert shortage(effective(z, 0.5), [0.2, 0.4, 0.4], 0.1) == pytest.approx([0.4])
    assert shortage(effective(z, 0), [[1, 0, 0], [0, 1, 0]], [0, 0.2]).ravel() == pytest.approx([0, 0.3])


# --- frontier, ties, wedge ------------------------------------------------------------------------


def test_staircase_says_exactly_where_the_choice_changes():
    steps = staircase(DEFAULT)
    assert steps.w[0] == 0
    for i, w in enumerate(steps.w[1:], start=1):
        below, above = DEFAULT.optimise(w - 1e-6), DEFAULT.optimise(w + 1e-6)
        assert below.x == pytest.approx(steps.x[i - 1], abs=1e-12)
        assert above.x == pytest.approx(steps.x[i], abs=1e-12)
        assert below.objective == pytest.approx(above.objective, abs=1e-4)


@quick
@given(problems, weights)
def test_staircase_holds_the_optimum_of_every_weight(problem, w):
    steps = staircase(problem)
    step = np.searchsorted(steps.w, w, side="right") - 1
    value = (1 - w) * steps.cost[step] + w * problem.V * steps.cvar[step]
    assert value == pytest.approx(problem.optimise(w).objective, abs=1e-8)


def test_ties_go_to_the_safer_then_to_fewer_places_then_to_the_first():
    flood = [Shock("flood A", 0.05, ("A",), 0.5), Shock("flood B", 0.05, ("B",), 0.5)]
    same_price = create_sourcing({"A": 1, "B": 1, "C": 1}, flood, kappa=0)
    assert same_price.optimise(0).x.tolist() == [0, 0, 1]  # the only place without risk
    no_risk = create_sourcing({"A": 1, "B": 1, "C": 1}, [], kappa=0)
    assert no_risk.optimise(0.5).x.tolist() == [1, 0, 0]


def test_frontier_gives_the_chosen_portfolios_in_order():
    at = frontier(DEFAULT, (0.5, 0))
    assert at.w.tolist() == [0.5, 0]
    assert at.x[1].tolist() == [0, 0, 1, 0]
    assert at.x.shape == (2, 4)
    assert frontier(DEFAULT).w.tolist() == list(WEIGHTS)


def test_wedge_costs_nothing_where_the_choice_is_the_same_and_something_where_it_is_not():
    same = DEFAULT.wedge(0.1, 0.9)
    assert same.gap == pytest.approx(0, abs=1e-12)
    careless = DEFAULT.wedge(0.1, 0.05)
    assert careless.private.x.tolist() == [0, 0, 1, 0]
    assert careless.gap == pytest.approx(0.1 * 4 * (1 - 0.16343) - 0.9 * 0.05, abs=1e-4)
    assert DEFAULT.wedge(0.3, 1.5).gap > 0


# --- the problem object ---------------------------------------------------------------------------


def test_problem_cannot_be_changed_and_its_results_neither():
    with pytest.raises(FrozenInstanceError):
        DEFAULT.phi = 2
    for array in (*DEFAULT.scenarios, DEFAULT.optimise(0.3).x):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    assert hash(DEFAULT) == hash(create_sourcing())


def test_tables():
    table = DEFAULT.table
    assert table["unit cost"].squeeze().to_dict() == dict(COSTS)
    assert table.loc["Far-A", ("embargo", "5%")] == 1
    compared = DEFAULT.compare(DEFAULT.strategies)
    assert compared.loc["all four", list(COSTS)].tolist() == [0.25] * 4
    assert compared.loc["all-Home", "CVaR"] == DEFAULT.strategies["all-Home"].cvar
    losses = DEFAULT.losses(DEFAULT.optimise(0.1))
    assert losses.shortage.is_monotonic_decreasing
    assert losses.probability @ losses.shortage == pytest.approx(DEFAULT.optimise(0.1).expected)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: create_sourcing(phi=-1), r"phi = -1 must be a number in \[0, 1e\+06\]"),
        (lambda: create_sourcing(alpha=1), r"alpha = 1 must be a number in \[0, 1\)"),
        (lambda: create_sourcing(bmax=2), r"bmax = 2 must be a number in \[0, 1\]"),
        (lambda: create_sourcing(V=float("inf")), r"V = inf must be a number in \[0, 1e\+06\]"),
        (lambda: create_sourcing(xmax=0.2), r"xmax = .* must add up to at least 1"),
        (lambda: scenarios([Shock("x", 1.5, ("A",), 1)], ["A"]), r"probability of shock 'x' = 1.5 must"),
        (lambda: scenarios([Shock("x", np.nan, ("A",), 1)], ["A"]), r"probability of shock 'x' = nan must"),
        (lambda: scenarios([Shock("x", 0.5, ("A",), 1.5)], ["A"]), r"severity of shock 'x' = 1.5 must"),
        (lambda: scenarios([Shock("x", 0.5, "A", 1)], ["A"]), r"places of shock 'x' = 'A' must be a sequence"),
        (lambda: scenarios([Shock("x", 0.5, ("A",), 1)] * 2, ["A"]), r"shocks must be .* repeated: \['x'\]"),
        (lambda: create_sourcing({"A": 1}, [Shock("x", 0.5, ("A",), 1)] * 2), r"repeated: \['x'\]"),
        (lambda: evaluate([1, 1], [1, 1], [1.0], [[1, 1]]), r"x = .* shares that add up to 1 at most"),
        (lambda: evaluate([-1, 1], [1, 1], [1.0], [[1, 1]]), r"x = -1.0 must"),
        (lambda: cvar([1, 2], [0.5, 0.6], 0.5), r"p must be shares that sum to 1; they sum to 1.1"),
        (lambda: cvar([1, 2], [1.5, -0.5], 0.5), r"p = -0.5 must"),
        (lambda: cvar([], [], 0.5), r"p has shape \(0,\)"),
        (lambda: cvar([1, 2, 3], [0.5, 0.5], 0.5), r"u has shape \(3,\); p has 2 probabilities"),
        (lambda: create_sourcing(xmax=(0.5, 0.5)), r"xmax has shape \(2,\); it must fit \(4,\)"),
        (lambda: frontier(DEFAULT, []), r"weights has shape \(0,\)"),
        (lambda: create_sourcing(lambada=1), r"parameter 'lambada' is unknown; there is alpha, phi"),
        (lambda: create_sourcing({"Hom": 1}), r"place 'Hom' is unknown; there is Home, Region"),
        (lambda: create_sourcing({"Home": -1}), r"costs of Home = -1 must"),
        (lambda: create_sourcing(probabilities={"Home": 1.2}), r"probability of shock 'Home' = 1.2 must"),
        (lambda: create_sourcing(probabilities={"war": 0.1}), r"shock 'war' is unknown; there is Home"),
        (
            lambda: create_sourcing(severities=26),
            r"severities = 26 must be a number in \[0, 1\]",
        ),
        (
            lambda: create_sourcing({"A": 1}, [Shock("x", 0.1, ("B",), 1)]),
            r"shock 'x' hits \['B'\]; the places are \['A'\]",
        ),
        (lambda: scenarios([Shock("x", 0.1, ("B",), 1)], ["A"]), r"shock 'x' hits \['B'\]"),
        (lambda: DEFAULT.optimise(1), r"w = 1 must be a number in \[0, 0.99\]"),
        (lambda: DEFAULT.evaluate([0.5, 0.5]), r"must be 4 shares that add up to 1"),
        (lambda: DEFAULT.wedge(0.1, -1), r"chi = -1 must"),
        (lambda: cvar([1], [1], 1), r"alpha = 1 must"),
        (lambda: optimise(0, [1, 1], [1.0], [[1, 1]], xmax=0.3), r"must add up to at least 1"),
        (lambda: staircase(create_sourcing(lam=1)), r"lam = 1.0 must be 0"),
    ],
)
def test_a_bad_value_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_evaluate_takes_a_portfolio_that_leaves_need_unbooked():
    (p, z), c = DEFAULT.scenarios, list(COSTS.values())
    given_up = evaluate([0, 0, 0, 0], c, p, z)
    assert (given_up.cost, given_up.cvar, given_up.expected) == pytest.approx((0, 1, 1))
