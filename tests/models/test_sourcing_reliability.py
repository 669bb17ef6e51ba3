"""Block A: series against parallel, and the cliff of deep networks."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gvclab.models.sourcing import chain_reliability, egl_critical, egl_fixed_point, egl_map

quick = settings(max_examples=60, deadline=None, derandomize=True)
probability = st.floats(0, 1)
stages, suppliers = st.integers(1, 40), st.integers(1, 5)


def test_reference_numbers_of_the_exercise():
    assert chain_reliability(20, 1, 0.01) == pytest.approx(0.99**20)
    assert chain_reliability(20, 1, 0.01) == pytest.approx(0.818, abs=5e-4)
    assert chain_reliability(20, 2, 0.01) == pytest.approx(0.998, abs=5e-4)


def test_all_stages_at_home_beat_stages_spread_over_countries_with_shocks_of_their_own():
    """Exercise 2.3-2: one supplier a stage; a place shock stops the chain once at home, five times abroad."""
    p, q = 0.01, 0.05
    at_home = (1 - q) * chain_reliability(10, 1, p)
    spread = (1 - q) ** 5 * chain_reliability(10, 1, p)
    assert spread < at_home


@pytest.mark.parametrize("same_place", [True, False])
def test_against_simulated_suppliers(same_place):
    rng = np.random.default_rng(1)
    n, m, p, q, draws = 3, 2, 0.2, 0.1, 200_000
    own = rng.random((draws, n, m)) < p
    place = rng.random((draws, n, 1 if same_place else m)) < q
    works = (~(own | place).all(axis=2)).all(axis=1).mean()
    assert chain_reliability(n, m, p, q, same_place) == pytest.approx(works, abs=0.004)


def test_arrays_are_broadcast():
    n, m = np.arange(1, 41), np.arange(1, 5)[:, None]
    table = chain_reliability(n, m, 0.02, 0.01)
    assert table.shape == (4, 40)
    assert table[1, 19] == chain_reliability(20, 2, 0.02, 0.01)
    assert chain_reliability(3, 2, 0.1, 0.1, np.array([True, False])).shape == (2,)


@quick
@given(stages, suppliers, probability, probability, st.booleans())
def test_ts1_more_suppliers_help_and_more_stages_or_failures_hurt(n, m, p, q, same):
    r, tiny = chain_reliability(n, m, p, q, same), 1e-12
    assert 0 <= r <= 1
    assert chain_reliability(n, m + 1, p, q, same) >= r - tiny
    assert chain_reliability(n + 1, m, p, q, same) <= r + tiny
    assert chain_reliability(n, m, (1 + p) / 2, q, same) <= r + tiny
    assert chain_reliability(n, m, p, (1 + q) / 2, same) <= r + tiny
    assert chain_reliability(n, m, p, q, False) >= chain_reliability(n, m, p, q, True) - tiny


@pytest.mark.parametrize(("n", "m", "x_c", "r_c"), [(3, 3, 0.73066, 0.79170), (5, 4, 0.67785, 0.82371)], ids=str)
def test_critical_points_of_the_specification(n, m, x_c, r_c):
    assert egl_critical(n, m)[:2] == pytest.approx((x_c, r_c), abs=1e-5)


def test_closed_cases_of_the_critical_point():
    assert egl_critical(2, 2) == pytest.approx((27 / 32, 64 / 81, 2 / 3), abs=1e-14)
    assert egl_critical(1, 4) == (0.25, 0, 0)
    assert egl_critical(4, 1) == (1, 1, 1)


@quick
@given(st.integers(2, 7), st.integers(2, 6), st.floats(1e-6, 1))
def test_ts2_reliability_falls_off_a_cliff_at_the_critical_link(n, m, part):
    x_c, r_c, y_c = egl_critical(n, m)
    assert y_c == pytest.approx(x_c * r_c)
    assert egl_fixed_point(x_c - part * 0.01, n, m) == 0
    x = x_c + part * (1 - x_c)
    r = egl_fixed_point(x, n, m)
    assert r >= r_c - 1e-12
    assert egl_map(r, x, n, m) == pytest.approx(r, abs=1e-12)
    # It is the largest: iterating from certainty arrives there.
    if part > 0.05:
        assert egl_fixed_point(x, n, m, depth=5000) == pytest.approx(r, abs=1e-9)


def test_ts2_critical_link_falls_with_suppliers_and_rises_with_inputs():
    for n in range(2, 6):
        assert all(a > b for a, b in pairwise(egl_critical(n, m).x_c for m in range(1, 6)))
    for m in range(2, 6):
        assert all(a < b for a, b in pairwise(egl_critical(n, m).x_c for n in range(1, 6)))


def test_finite_depth_iterates_and_softens_the_cliff():
    x = 0.83
    once = egl_map(1.0, x, 2, 2)
    assert egl_fixed_point(x, 2, 2, depth=0) == 1
    assert egl_fixed_point(x, 2, 2, depth=2) == egl_map(once, x, 2, 2)
    assert egl_fixed_point(x, 2, 2) == 0 < egl_fixed_point(x, 2, 2, depth=10)


def test_fixed_points_without_a_jump():
    assert egl_fixed_point([0.2, 0.5, 1.0], 1, 2) == pytest.approx([0, 0, 1])
    assert egl_fixed_point(0.75, 1, 2) == pytest.approx(2 / 0.75 - 1 / 0.75**2)
    assert egl_fixed_point([0.99, 1.0], 3, 1).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: chain_reliability(2.5, 1, 0.1), r"n = 2.5 must be a whole number in \[0, 1e\+06\]"),
        (lambda: chain_reliability(2, 0, 0.1), r"m = 0 must"),
        (lambda: chain_reliability(2, 1, [0.1, 1.2]), r"p = 1.2 must be a number in \[0, 1\]"),
        (lambda: chain_reliability(2, 1, 0.1, "a lot"), r"q = 'a lot' must"),
        (lambda: chain_reliability(2, 1, 0.1, same_place="no"), r"same_place = 'no' must be True or False"),
        (lambda: chain_reliability([1, 2], [1, 2, 3], 0.1), r"do not fit one another: n \(2,\), m \(3,\)"),
        (lambda: egl_map(1.1, 1, 2, 2), r"r = 1.1 must be a number in \[0, 1\]"),
        (lambda: egl_fixed_point(float("nan"), 2, 2), r"x = nan must"),
        (lambda: egl_fixed_point(0.9, 2, 2, depth=-1), r"depth = -1 must"),
        (lambda: egl_critical(0, 2), r"n = 0 must be a whole number in \[1, 1e\+06\]"),
    ],
)
def test_a_value_outside_its_domain_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
