"""Team, spider, snake and the sequential chain."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gvclab.models.division import chain_output, cvw, middle_block, parts_cheaper_than, snake, spider, team

quick = settings(max_examples=50, deadline=None, derandomize=True)

# --- team -----------------------------------------------------------------------------------------


def test_team_of_the_specification():
    best = team()
    assert (best.n, best.y) == pytest.approx((16.55, 1.7406), abs=5e-3)
    assert best.y == pytest.approx(1.7406, abs=5e-5)
    assert best.binding == "transaction cost"
    assert team(lam=0.01).n / best.n == pytest.approx(2 ** (1 / 0.9)) == pytest.approx(2.160, abs=5e-4)


def test_a_small_market_binds():
    assert team(N=5)[::2] == (5, "market")
    assert team(N=17)[::2] == (team().n, "transaction cost")
    assert team(lam=5)[::2] == (1, "transaction cost")


teams = st.tuples(st.floats(0.2, 5), st.floats(0.05, 0.8), st.floats(1e-3, 2), st.floats(0.1, 2))


@quick
@given(teams, st.sampled_from([3.0, 30.0, np.inf]))
def test_td1_no_other_team_is_better(parameters, N):
    B, theta, lam, gap = parameters
    beta = theta + gap
    best = team(B, theta, lam, beta, N)
    n = np.geomspace(1, min(N, 1e6), 4000)
    assert (B * n**theta - lam * n**beta).max() <= best.y + 1e-9 * (1 + abs(best.y))
    assert 1 <= best.n <= N


@quick
@given(teams)
def test_td2_elasticities(parameters):
    B, theta, lam, gap = parameters
    beta, step = theta + gap, 1e-5
    low, high = team(B, theta, lam * (1 - step), beta), team(B, theta, lam * (1 + step), beta)
    assume(low.n > 1 and high.n > 1)
    change = np.log((1 + step) / (1 - step))
    assert np.log(high.n / low.n) / change == pytest.approx(-1 / gap, rel=1e-5)
    assert np.log(high.y / low.y) / change == pytest.approx(-theta / gap, rel=1e-4)
    # Inside, y* = B n*^theta (1 - theta/beta).
    assert low.y == pytest.approx(B * low.n**theta * (1 - theta / beta), rel=1e-9)


# --- spider ---------------------------------------------------------------------------------------


def test_spider_of_the_specification():
    assert spider(0.2001)[:2] == (False, pytest.approx(0.25, abs=1e-3))
    assert spider(0.1999)[:2] == (True, pytest.approx(0.75, abs=1e-3))
    assert spider(0).share == pytest.approx(0.5)
    assert spider(0.19).share == pytest.approx(0.7375)
    assert spider(0.05).share == pytest.approx(0.5625)


def test_a_security_premium_keeps_the_assembler_home():
    assert spider(0.1).abroad
    assert not spider(0.1, shock=0.15).abroad
    assert spider(0.1, shock=0.15).share < spider(0.1).share


@quick
@given(
    t=st.floats(0, 0.6),
    alpha=st.floats(0, 2),
    bA=st.floats(0.5, 1.2),
    Theta=st.floats(0, 3),
    mu=st.floats(-0.4, 0.4),
    delta=st.floats(0.1, 0.8),
    shock=st.floats(0, 0.5),
)
def test_td3_closed_forms_equal_twenty_thousand_parts(t, alpha, bA, Theta, mu, delta, shock):
    b = 1 + mu + shock + delta * (2 * (np.arange(20_000) + 0.5) / 20_000 - 1)
    home = alpha + np.minimum(1, b + t).mean()
    abroad = alpha * (bA + shock) + Theta * t + np.minimum(b, 1 + t).mean()
    found = spider(t, alpha, bA, Theta, mu, delta, shock)
    assert found.gain == pytest.approx(abroad - home, abs=1e-6)
    assume(abs(abroad - home) > 1e-6)
    assert found.abroad == (abroad < home)
    share = (b < 1 + t).mean() if abroad < home else (b + t < 1).mean()
    assert found.share == pytest.approx(share, abs=1e-3)


def test_parts_cheaper_than_a_cost_are_counted_within_the_spread():
    assert parts_cheaper_than(1.1) == pytest.approx(0.625) and parts_cheaper_than(0.9, shock=0.1) == pytest.approx(0.25)
    assert parts_cheaper_than(0.5) == 0 and parts_cheaper_than(1.5) == 1 and parts_cheaper_than(1.5, mu=0.3) < 1


# --- snake ----------------------------------------------------------------------------------------

tables = st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(0, 2**32 - 1))


def cost_of(path, c, t, market):
    way = [*path, market]
    return sum(c[k, j] for k, j in enumerate(path)) + sum(t[i, j] for i, j in pairwise(way))


@quick
@given(tables)
def test_td4_no_path_of_all_is_cheaper(table):
    K, J, seed = table
    rng = np.random.default_rng(seed)
    c, t, market = rng.random((K, J)), rng.random((J, J)) * (1 - np.eye(J)), int(rng.integers(J))
    best = snake(c, t, market)
    assert best.cost == pytest.approx(min(cost_of(p, c, t, market) for p in product(range(J), repeat=K)))
    assert best.cost == pytest.approx(cost_of(best.path, c, t, market))
    assert best.crossings == sum(i != j for i, j in pairwise([*best.path, market]))


@quick
@given(tables)
def test_td4_cost_is_concave_in_the_border_and_crossings_never_rise(table):
    K, J, seed = table
    c = np.random.default_rng(seed).random((K + 3, J))
    t = np.linspace(0, 1, 31)
    found = [snake(c, each) for each in t]
    cost = np.array([each.cost for each in found])
    assert (np.diff(cost) >= -1e-12).all()
    assert (np.diff(cost, 2) <= 1e-12).all()
    assert all(a.crossings >= b.crossings for a, b in pairwise(found))
    # Between two borders with the same crossings the slope is their number.
    for i, (a, b) in enumerate(pairwise(found)):
        if a.crossings == b.crossings:
            assert b.cost - a.cost == pytest.approx(a.crossings * (t[i + 1] - t[i]))


@pytest.mark.parametrize(("length", "leaves"), [(3, False), (4, False), (5, True), (6, True)])
def test_a_block_leaves_only_if_its_advantage_exceeds_two_crossings(length, leaves):
    """Exercise 1.1-3: advantage .04 a stage, crossing .09: five stages, since 4 x .04 < 2 x .09 < 5 x .04."""
    c = np.ones((length + 4, 2))
    c[:, 1] += 0.5
    c[2 : 2 + length, 1] = 0.96
    found = snake(c, 0.09)
    assert found.path == (0, 0, *[int(leaves)] * length, 0, 0)
    assert found.crossings == 2 * leaves


def test_equal_costs_stay_with_fewer_crossings():
    assert snake(middle_block(3, 0.1), 0.15).crossings == 0
    assert snake(middle_block(4, 0.1), 0.15).path == (0, 1, 1, 1, 1, 0)
    assert snake(np.ones((3, 2)), 0.0).crossings == 0


# --- the sequential chain -------------------------------------------------------------------------


def test_chain_of_the_specification():
    found = cvw()
    last_stages = found.S
    assert last_stages == pytest.approx([0.2887, 0.6256, 1], abs=5e-5)
    assert found.w == pytest.approx([0.7855, 0.8350, 0.9519], abs=5e-5)
    assert found.output == pytest.approx(2.5724, abs=5e-5)


def test_a_better_rival_moves_the_others_up_and_makes_them_lose():
    before, after = cvw(), cvw(lam=(0.45, 0.4, 0.2))
    assert after.S[:2] - before.S[:2] == pytest.approx([0.0045, 0.0025], abs=5e-5)
    assert (before.w[1], after.w[1]) == pytest.approx((0.8350, 0.8284), abs=5e-5)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(0.05, 1.5), min_size=2, max_size=5, unique=True), st.floats(0.3, 2.5))
def test_no_order_leaves_more_than_most_mistakes_first(rates, S):
    assume(np.diff(sorted(rates)).min() > 1e-3)
    L = np.linspace(0.5, 2, len(rates))
    order = np.argsort(rates)[::-1]
    best = cvw(np.array(rates)[order], L[order], S).output
    assert chain_output(np.array(rates)[order], L[order], S) == pytest.approx(best)
    assert chain_output(rates, L, S) <= best * (1 + 1e-9)


def test_output_of_a_given_order_is_what_each_country_leaves_of_what_it_gets():
    """By hand: two countries, the one with fewer mistakes first."""
    lam, L, S = (0.2, 0.6), (1.0, 2.0), 1.5
    end = chain_output(lam, L, S)
    handed_on = end + lam[1] * L[1]
    begun = handed_on + lam[0] * L[0]
    assert np.log(begun / handed_on) / lam[0] + np.log(handed_on / end) / lam[1] == pytest.approx(S)


def test_wage_ratio_of_the_exercise():
    assert cvw(S=2).w[2] / cvw(S=2).w[0] == pytest.approx(1.441, abs=5e-4)


chains = st.integers(1, 6).flatmap(
    lambda n: st.tuples(
        st.lists(st.floats(0.02, 0.5), min_size=n, max_size=n),
        st.lists(st.floats(0.2, 5), min_size=n, max_size=n),
        st.floats(0.1, 6),
    )
)


@quick
@given(chains)
def test_td5_identities(parameters):
    gaps, L, S = parameters
    lam, L = np.cumsum(gaps)[::-1], np.array(L)
    found = cvw(lam, L, S)
    assert found.N.sum() == pytest.approx(S)
    assert (found.N > 0).all()
    assert found.w @ L == pytest.approx(found.output)
    assert found.p[-1] == 1
    assert (np.diff(found.w) > 0).all()
    before = found.Q + lam * L
    assert found.Q[:-1] == pytest.approx(before[1:])
    stages = found.N
    assert stages == pytest.approx(-np.log(1 - lam * L / before) / lam)
    ratio = found.w[-1] / found.w[0]
    longer, better = cvw(lam, L, 1.2 * S), cvw(0.8 * lam, L, S)
    assert longer.w[-1] / longer.w[0] >= ratio - 1e-12  # complexity makes unequal
    assert better.w[-1] / better.w[0] <= ratio + 1e-12  # standardisation makes equal


def test_td5_the_flow_of_work_uses_each_country_s_labour():
    lam, L = np.array([0.6, 0.4, 0.2]), np.array([1.0, 2.0, 0.5])
    found = cvw(lam, L, 1.5)
    flow = found.Q[0] + lam[0] * L[0]
    for rate, stages, labour in zip(lam, found.N, L, strict=True):
        steps = 20_000
        used = 0.0
        for _ in range(steps):
            used += flow * stages / steps
            flow *= 1 - rate * stages / steps
        assert used == pytest.approx(labour, rel=1e-3)
    assert flow == pytest.approx(found.output, rel=1e-3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: team(beta=0.3), r"beta = 0.3 must be above theta = 0.3"),
        (lambda: team(B=1e300, lam=1e-300), r"B = 1e\+300, .* the best team is too large or too small"),
        (lambda: team(theta=0.3, beta=0.3 + 1e-15), r"theta = 0.3, .* the best team is too large or too small"),
        (lambda: team(B=[1, 2]), r"B has shape \(2,\); it must be one number"),
        (lambda: spider(0.1, alpha=1e300, bA=1e300), r"alpha = 1e\+300, bA = 1e\+300, .* the cost is too large"),
        (lambda: cvw(lam=()), r"lam has shape \(0,\)"),
        (lambda: team(N=0.5), r"N = 0.5 must be a number in \[1, inf\]"),
        (lambda: spider(-0.1), r"t = -0.1 must"),
        (lambda: spider(0.1, delta=0), r"delta = 0 must be a number in \[1e-06, inf\)"),
        (lambda: snake([1, 2], 0.1), r"c has shape \(2,\)"),
        (lambda: snake([[1, 2]], [[0, 1]]), r"t must be a number or 2 x 2"),
        (lambda: snake([[1, 2]], np.ones((2, 2))), r"zeros on its diagonal"),
        (lambda: snake([[1, 2]], 0.1, market=2), r"market = 2 must be a whole number in \[0, 1\]"),
        (lambda: cvw(lam=(0.2, 0.4, 0.6)), r"must fall strictly"),
        (lambda: cvw(L=(1, 1)), r"of one length"),
        (lambda: chain_output((0.2, 0.4), L=(1, 1, 1)), r"of one length"),
        (lambda: middle_block(0, 0.1), r"length = 0 must be"),
        (lambda: middle_block(2, 1.5), r"advantage = 1.5 must be"),
        (lambda: cvw(S=0), r"S = 0 must be a number in \(0, "),
    ],
)
def test_a_bad_value_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
