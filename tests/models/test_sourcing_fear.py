"""Blocks C to F: choke points, beliefs, the wave, and what to secure."""

import math
from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gvclab.models.sourcing import (
    belief_after,
    belief_path,
    calm_belief,
    ces_output,
    return_time,
    scar,
    secure,
    wave,
)

quick = settings(max_examples=60, deadline=None, derandomize=True)
share, sigmas = st.floats(0, 1), st.floats(0.02, 50)

# --- C: choke point -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("s", "z", "sigma", "loss"),
    [
        (0.04, 0.9, 1, 0.00421),
        (0.04, 0.9, 0.1, 0.00679),
        (0.04, 0.9, 0.05, 0.01193),
        (0.04, 0.9, 0.04, 0.01569),
        (0.04, 0.9, 0, 0.10),
        (0.02, 0.5, 0.1, 0.236),
        (0.02, 0.5, 0.2, 0.0635),
        (0.02, 0.5, 0.5, 0.0196),
        (0.02, 0.5, 1, 0.0138),
        (0.02, 0.5, 2, 0.0117),
        (0.02, 0.5, 5, 0.0106),
        (0.005, 0.3, 0.1, 0.4597),
        (0.01, 0.3, 0.3, 0.0602),
        (0.02, 0.3, 0.8, 0.0276),
        (0.002, 0.3, 0.05, 0.5839),
        (0.03, 0.3, 2, 0.0270),
    ],
)
def test_losses_of_the_specification(s, z, sigma, loss):
    digits = 1e-5 if z == 0.9 else 5e-5 if loss != 0.236 else 5e-4
    assert 1 - ces_output(z, s, sigma) == pytest.approx(loss, abs=digits)


def test_ts5_limits():
    z, s = 0.3, 0.2
    assert ces_output(z, s, 1) == pytest.approx(z**s, rel=1e-14)
    assert ces_output(z, s, 0) == z
    assert ces_output(z, s, 1e-3) == pytest.approx(z, rel=2e-3)
    assert ces_output(z, s, math.inf) == pytest.approx(1 - s * (1 - z), rel=1e-14)
    assert ces_output(0, s, [0, 0.5, 1]) == pytest.approx([0, 0, 0])
    assert ces_output(0, s, [1.5, 3, math.inf]) == pytest.approx([(1 - s) ** 3, (1 - s) ** 1.5, 1 - s])
    for sigma in (0, 0.5, 1, 2, math.inf):
        assert ces_output(z, 0, sigma) == 1
        assert ces_output(z, 1, sigma) == pytest.approx(z)
        assert ces_output(1, s, sigma) == pytest.approx(1)
        assert ces_output(0, 0, sigma) == 1


def test_ts5_no_step_at_sigma_one_and_no_overflow():
    near = ces_output(0.5, 0.02, 1 + np.array([-1e-9, -1e-13, 0, 1e-13, 1e-9]))
    assert near == pytest.approx(near[2], rel=1e-9)
    assert np.isfinite(ces_output(1e-300, 0.5, np.geomspace(1e-6, 1e6, 50))).all()


@quick
@given(st.floats(0, 1), share, sigmas, st.floats(1, 3), st.floats(1.01, 20))
def test_ts5_monotone_in_supply_and_substitution_and_homogeneous(z, s, sigma, more, up):
    y, tiny = ces_output(z, s, sigma), 1e-12
    assert min(z, 1) - tiny <= y <= 1 + tiny
    assert ces_output(min(1, z * up), s, sigma) >= y - tiny
    assert ces_output(z, s, sigma * more) >= y - tiny
    # Degree one: all inputs times 1/z is the mirror image, with the other input scarce.
    if z > 1e-3:
        assert z * ces_output(1 / z, 1 - s, sigma) == pytest.approx(ces_output(z, s, sigma), rel=1e-9)


def test_second_order_approximation():
    s, sigma, log_z = 0.1, 0.5, np.log(0.99)
    approximate = s * log_z + 0.5 * s * (1 - s) * (1 - 1 / sigma) * log_z**2
    assert np.log(ces_output(0.99, s, sigma)) == pytest.approx(approximate, abs=2e-7)


# --- D: beliefs -----------------------------------------------------------------------------------


def test_default_beliefs_of_the_specification():
    assert calm_belief() == pytest.approx(1 / 30)
    path = belief_path([5], years=40)
    assert path[:5] == pytest.approx(1 / 30)
    assert path[5] == path.max() == pytest.approx(0.125)
    assert return_time(0.05) == 18
    assert return_time(0.05, kappa=1) == 8


@quick
@given(
    st.floats(0.1, 5),
    st.floats(1, 60),
    st.one_of(st.just(1.0), st.just(0.0), st.floats(0.3, 0.99)),
    st.floats(0, 6),
    st.floats(0.001, 0.4),
)
def test_ts6_closed_form_is_the_path_and_return_time_its_first_passage(a0, b0, delta, kappa, pbar):
    path = belief_path([1], 600, a0, b0, delta, kappa)
    times = np.arange(1, 601)
    assert belief_after(times, a0, b0, delta, kappa) == pytest.approx(path[1:], rel=1e-9)
    back = return_time(pbar, a0, b0, delta, kappa)
    below = np.flatnonzero(path[1:] < pbar)
    if back == math.inf:
        assert calm_belief(a0, b0, delta) >= pbar
    elif back <= 600:
        # At the threshold itself rounding may decide either way.
        on_the_line = np.isclose(path[1:], pbar, rtol=1e-9).any()
        assert on_the_line or below[0] + 1 == back
    else:
        assert len(below) == 0


def test_full_memory_is_bayes():
    """delta = kappa = 1: a crisis after n observations moves belief by (1 - p)/(n + 1); it fades like 1/t."""
    a0, b0 = 2.0, 38.0
    p, n = a0 / (a0 + b0), a0 + b0
    path = belief_path([1], 4000, a0, b0, 1, 1)
    assert path[0] == p == calm_belief(a0, b0, 1)
    assert path[1] - path[0] == pytest.approx((1 - p) / (n + 1))
    assert path[4000] * 4000 == pytest.approx(a0 + 1, rel=0.02)


def test_a_second_crisis_adds_to_the_first():
    once, twice = belief_path([5], 20), belief_path([5, 8], 20)
    assert (twice[:8] == once[:8]).all()
    assert (twice[8:] > once[8:]).all()


def test_never_back_where_the_calm_belief_is_not_below_the_threshold():
    assert return_time(1 / 30) == math.inf
    assert return_time(0.02) == math.inf


# --- E: wave --------------------------------------------------------------------------------------


def test_wave_of_the_specification():
    beliefs = belief_path([1], 600)
    knee_jerk = wave(beliefs, 0)
    assert knee_jerk[0] == pytest.approx(0.912, abs=5e-4)
    assert knee_jerk.min() == pytest.approx(0.197, abs=5e-4)
    assert knee_jerk[-1] == pytest.approx(knee_jerk[0])
    assert scar(0.0) == 0
    assert scar(0.0917) == pytest.approx(0.448, abs=5e-4)
    assert scar(0.0917) == pytest.approx(scar(np.linspace(0, 0.3, 3001)).max(), abs=1e-3)
    assert scar(0.11 / 0.6) == pytest.approx(0, abs=1e-15)
    stiff = wave(beliefs, 0.1834)
    assert (stiff == stiff[0]).all()


@quick
@given(st.floats(0, 0.3), st.floats(0.2, 5), st.floats(0, 6), st.floats(0.3, 0.95))
def test_ts7_the_wave_ends_in_the_scar(k, loss, kappa, delta):
    path = wave(belief_path([1], 800, delta=delta, kappa=kappa), k, loss)
    assert path[0] - path[-1] == pytest.approx(scar(k, loss, delta=delta, kappa=kappa), abs=1e-9)


@pytest.mark.parametrize("k", [0.0, 0.03, 0.0917, 0.15])
def test_wave_against_simulated_firms(k):
    advantage = 0.15 * np.exp(0.6 * np.random.default_rng(3).standard_normal(200_000))
    beliefs = belief_path([3, 9, 30], 60)
    abroad = advantage > beliefs[0] * 2
    simulated = []
    for fear in beliefs * 2:
        abroad = np.where(abroad, ~(fear - advantage > k), advantage - fear > k)
        simulated.append(abroad.mean())
    assert wave(beliefs, k) == pytest.approx(simulated, abs=4e-3)


# --- F: what to secure ----------------------------------------------------------------------------

ITEMS = "ABCDE"
LOSS = [
    1 - ces_output(0.3, s, sigma) for s, sigma in [(0.005, 0.1), (0.01, 0.3), (0.02, 0.8), (0.002, 0.05), (0.03, 2)]
]
PROB, COST = [0.01, 0.10, 0.20, 0.05, 0.20], [4, 3, 3, 2, 2]


@pytest.mark.parametrize(
    ("budget", "mode", "best"),
    [(6, "independent", "BD"), (6, "weakest", "AD"), (9, "independent", "BCD"), (9, "weakest", "ABD")],
)
def test_sets_of_the_specification(budget, mode, best):
    chosen = secure(LOSS, PROB, COST, budget, mode)
    assert "".join(ITEMS[i] for i in chosen.items) == best
    assert chosen.spent == sum(COST[i] for i in chosen.items) <= budget


items = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.integers(0, 6)), min_size=1, max_size=7)


@quick
@given(items, st.integers(0, 20), st.sampled_from(["independent", "weakest"]))
def test_no_other_set_is_better_and_more_budget_never_hurts(rows, budget, mode):
    loss, prob, cost = zip(*rows, strict=True)
    chosen = secure(loss, prob, cost, budget, mode)
    everything = range(len(rows))
    sets = chain.from_iterable(combinations(everything, r) for r in range(len(rows) + 1))
    feasible = [s for s in sets if sum(cost[i] for i in s) <= budget]
    averted = max(sum(loss[i] * prob[i] for i in s) for s in feasible)
    worst = min(max((loss[i] for i in everything if i not in s), default=0) for s in feasible)
    if mode == "independent":
        assert chosen.averted == pytest.approx(averted, abs=1e-9)
        assert secure(loss, prob, cost, budget + 1, mode).averted >= averted - 1e-9
    else:
        assert chosen.worst == pytest.approx(worst, abs=1e-9)
        assert secure(loss, prob, cost, budget + 1, mode).worst <= worst + 1e-9


def test_ties_go_to_the_cheaper_set_and_then_to_earlier_items():
    assert secure([1, 1, 1], [0.5, 0.5, 0.5], [2, 1, 1], 1).items == (1,)
    assert secure([1, 1], [0.5, 0.5], [1, 1], 1, "weakest").items == ()
    assert secure([], [], [], 1).items == ()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ces_output(-0.1, 0.5, 1), r"z = -0.1 must be a number in \[0, inf\)"),
        (lambda: ces_output(0.1, 1.5, 1), r"s = 1.5 must be a number in \[0, 1\]"),
        (lambda: ces_output(0.1, 0.5, -1), r"sigma = -1 must"),
        (lambda: calm_belief(delta=1.1), r"delta = 1.1 must"),
        (lambda: belief_path([50], years=40), r"crises = 50 must lie within years = 40"),
        (lambda: belief_after(0), r"t = 0 must"),
        (lambda: return_time(1), r"pbar = 1 must be a number in \[1e-09, 1\)"),
        (lambda: wave([0.1, 1.2], 0), r"beliefs = 1.2 must"),
        (lambda: scar(-0.1), r"k = -0.1 must"),
        (lambda: secure([1], [2], [1], 1), r"prob = 2.0 must"),
        (lambda: secure([1, 2], [1], [1], 1), r"2, 1, 1 items"),
        (lambda: secure([1], [1], [1], 1, "both"), r"mode is 'both'; it must be one of independent, weakest"),
    ],
)
def test_a_value_outside_its_domain_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
