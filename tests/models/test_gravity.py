"""The gravity engine: closed forms, general properties, the reference numbers of both worlds."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from gvclab import data
from gvclab.models import gravity, iotable, world
from gvclab.models.gravity import World, calibrate, rebase, solve

GOODS = world.GOODS
POLE = np.array([world.POLES[region] for region in world.REGIONS])
FOREIGN = ~np.eye(8, dtype=bool)
WITHIN = (POLE[:, None] == POLE) & (POLE != "Rest") & FOREIGN
BETWEEN = FOREIGN & ~WITHIN
RICH = ("USA", "DEU", "REU", "JKR")


@pytest.fixture(scope="module")
def W():
    return world.make()


def percent(equilibrium, *regions):
    """Welfare changes in per cent, of these regions of the stylised world or of all."""
    gains = dict(zip(world.REGIONS, 100 * (equilibrium.welfare - 1), strict=True))
    return [gains[region] for region in regions or world.REGIONS]


def imports(flows):
    """Goods trade [importer, exporter] of the stylised world, home sales left out."""
    return flows[:, :, :3].sum(axis=2) * FOREIGN


def random_world(seed, N=None, S=None, tariffs=True, balanced=False):
    """Calibrated to a random table, so in equilibrium by construction."""
    rng = np.random.default_rng(seed)
    N, S = N or rng.integers(2, 6), S or rng.integers(1, 5)
    size = N * S
    A = rng.random((size, size))
    A *= rng.uniform(0.2, 0.7, size) / A.sum(axis=0)
    F = rng.exponential(size=(size, N)) + 5 * np.repeat(np.eye(N), S, axis=0)
    x = np.linalg.solve(np.eye(size) - A, F.sum(axis=1))
    table = iotable.from_arrays(A * x, F, [f"c{n}" for n in range(N)], [f"s{s}" for s in range(S)])
    rates = rng.uniform(0, 0.2, (N, N, S)) if tariffs else 0.0
    made = calibrate(table, theta=rng.uniform(2, 8, S), tariffs=rates)
    return rebase(made, solve(made, deficits=0)) if balanced else made


def random_shock(rng, W):
    N, S = W.alpha.shape
    tariffs = rng.uniform(0, 0.4, (N, N, S))
    tariffs[range(N), range(N)] = 0
    return {
        "khat": rng.uniform(0.8, 1.3, (N, N, S)),
        "tariffs": tariffs,
        "That": rng.uniform(0.6, 1.6, (N, S)),
        "Lhat": rng.uniform(0.8, 1.2, N),
    }


def two_countries(home_share, size=1.0, theta=5.0, va=1.0):
    """One sector; `size` is the second country's income; both trade the same amount."""
    traded = 1 - home_share
    pi = np.array([[1 - traded, traded], [traded / size, 1 - traded / size]])[:, :, None]
    return one_sector("AB", pi, np.zeros((2, 2, 1)), theta, [1, size], va)


def one_sector(countries, pi, tariff, theta, income, va=1.0):
    """Balanced trade, one sector that uses itself."""
    N = len(countries)
    gamma, alpha = np.full((N, 1, 1), 1 - va), np.ones((N, 1))
    return World(tuple(countries), ("s",), pi, tariff, gamma, alpha, [theta], income, np.zeros(N))


# ---------------------------------------------------------------- what any solution satisfies


@pytest.mark.parametrize("seed", range(25))
def test_a_solution_satisfies_every_equation(seed):
    W, rng = random_world(seed), np.random.default_rng(1000 + seed)
    shock = random_shock(rng, W)
    eq = solve(W, **shock)
    N, S = W.alpha.shape
    barrier = shock["khat"] * (1 + shock["tariffs"]) / (1 + W.tariff)
    cost = eq.wage[:, None] ** W.va * np.array(
        [[np.prod(eq.price[n] ** W.gamma[n, :, s]) for s in range(S)] for n in range(N)]
    )
    weight = W.pi * shock["That"] * (barrier * cost) ** -W.theta
    assert eq.price == pytest.approx(weight.sum(axis=1) ** (-1 / W.theta), rel=1e-9)
    assert eq.pi == pytest.approx(weight / weight.sum(axis=1, keepdims=True), rel=1e-9)
    flows = eq.pi * eq.X[:, None] / (1 + shock["tariffs"])
    assert eq.flows == pytest.approx(flows)
    assert pytest.approx(flows.sum(axis=0), rel=1e-9) == eq.Y
    assert pytest.approx((shock["tariffs"] * flows).sum(axis=(1, 2)), rel=1e-8) == eq.R
    spent = np.einsum("nsk,nk->ns", W.gamma, eq.Y) + W.alpha * (eq.labour + eq.R + eq.D)[:, None]
    assert pytest.approx(spent, rel=1e-9) == eq.X
    assert (W.va * eq.Y).sum(axis=1) == pytest.approx(eq.labour, rel=1e-8)  # T-G5
    assert eq.labour == pytest.approx(W.wL * shock["Lhat"] * eq.wage)
    assert eq.labour.sum() == pytest.approx(W.wL.sum(), rel=1e-12)
    balance = flows.sum(axis=(0, 2)) - flows.sum(axis=(1, 2))
    assert balance == pytest.approx(-eq.D, abs=1e-8 * W.wL.sum())
    assert eq.residual < 1e-8 and eq.rounds <= 8
    income = (eq.labour + eq.R + eq.D) / W.income
    assert eq.welfare == pytest.approx(income / np.prod(eq.price**W.alpha, axis=1))


@pytest.mark.parametrize("seed", range(5))
def test_no_shock_no_change(seed):
    """T-G1, for both closures."""
    W = random_world(seed)
    for closure in (gravity.Mobile(), gravity.roy(W, 1.5)):
        eq = solve(W, closure=closure)
        for hat in (eq.welfare, eq.wage, eq.price, eq.group_income):
            assert hat == pytest.approx(1, abs=1e-10)
        assert pytest.approx(W.base.X) == eq.X


@pytest.mark.parametrize("seed", range(5))
def test_the_unit_of_money_does_not_matter(seed):
    """T-G2."""
    W, rng = random_world(seed), np.random.default_rng(seed)
    shock = random_shock(rng, W)
    one, other = solve(W, **shock), solve(replace(W, wL=7 * W.wL, D=7 * W.D), **shock)
    assert other.welfare == pytest.approx(one.welfare, rel=1e-8)
    assert pytest.approx(7 * one.X, rel=1e-8) == other.X


@pytest.mark.parametrize("seed", range(5))
def test_relative_shares_follow_relative_costs(seed):
    """T-G8: π'_ni/π'_nk = (π_ni/π_nk) T̂ (τ̂ĉ)_i^(-θ)/(...)_k, seen from two buyers that face the same
    sellers.
    """
    W = random_world(seed, N=4, tariffs=False)
    khat = np.random.default_rng(seed).uniform(0.8, 1.3, (4, 4, 1))
    eq = solve(W, khat=khat)
    odds = (eq.pi / W.pi) * khat**W.theta  # ĉ_i^(-θ) P̂_n^θ: its ratio over sellers is the same for every buyer
    ratio = odds / odds[:, :1]
    assert ratio == pytest.approx(np.broadcast_to(ratio[:1], ratio.shape), rel=1e-8)


@pytest.mark.parametrize("seed", range(5))
def test_two_shocks_in_a_row_are_one_shock(seed):
    W, rng = random_world(seed, tariffs=False), np.random.default_rng(seed)
    N, S = W.alpha.shape
    first, second = rng.uniform(0.8, 1.3, (2, N, N, S))
    once = solve(W, khat=first)
    twice = solve(rebase(W, once), khat=second)
    assert once.welfare * twice.welfare == pytest.approx(solve(W, khat=first * second).welfare, rel=1e-8)
    back = solve(rebase(W, once), khat=1 / first)
    assert once.welfare * back.welfare == pytest.approx(1, rel=1e-8)


def test_a_warm_start_finds_the_same_equilibrium(W):
    def wall(rate):
        return np.where(W.border("USA", "CHN", GOODS), rate, W.tariff)

    near = solve(W, tariffs=wall(0.2))
    cold, warm = solve(W, tariffs=wall(0.25)), solve(W, tariffs=wall(0.25), start=near)
    assert warm.welfare == pytest.approx(cold.welfare, rel=1e-9) and warm.rounds <= cold.rounds
    with pytest.raises(ValueError, match="another world or closure"):
        solve(W, closure=gravity.roy(W, 2), start=near)


def test_dearer_borders_trade_less():
    """T-G4: one sector, no tariffs."""
    for seed in range(5):
        W = random_world(seed, N=4, S=1, tariffs=False, balanced=True)
        dearer = solve(W, khat=np.where(W.border("c0", "c1"), 1.2, 1.0))
        assert dearer.flows[0, 1, 0] < W.flows[0, 1, 0]
        assert solve(W, khat=np.where(W.border("c0"), 1.2, 1.0)).welfare[0] < 1


def test_a_forbidden_flow_is_zero_and_autarky_needs_no_wages():
    W = random_world(3, N=3, S=2, balanced=True)
    banned = solve(W, khat=np.where(W.border("c0", "c1"), np.inf, 1.0))
    assert not banned.pi[0, 1].any() and banned.residual < 1e-8
    autarky = solve(W, khat=np.where(W.border(), np.inf, 1.0))
    assert (autarky.welfare < 1).all() and pytest.approx(0, abs=1e-12) == autarky.R


# ---------------------------------------------------------------- closed forms


@pytest.mark.parametrize("seed", range(10))
def test_acr(seed):
    """T-G3: with balanced trade and no tariffs home shares say it all, with one sector and with many."""
    for S in (1, 4):
        W = random_world(seed, S=S, tariffs=False, balanced=True)
        N = len(W.countries)
        khat = np.random.default_rng(seed).uniform(0.7, 1.5, (N, N, S))
        khat[range(N), range(N)] = 1
        eq = solve(W, khat=khat)
        home = (eq.pi / W.pi)[range(N), range(N)]
        assert gravity.acr_welfare(W, home) == pytest.approx(eq.welfare, rel=1e-8)
        if S == 1:
            assert eq.welfare == pytest.approx(home[:, 0] ** (-1 / (W.theta * W.va[:, 0])), rel=1e-8)


def test_closing_cost_is_the_closed_form():
    """What all lose that stop to trade follows from what they bought at home, in a world without tariffs."""
    W = calibrate(data.load("icio", year=2011))
    balanced = rebase(W, solve(W, deficits=0.0))
    home = np.einsum("nns->ns", balanced.pi)
    assert gravity.closing_cost(W) == pytest.approx(1 - gravity.acr_welfare(balanced, 1 / home), rel=1e-6)


def test_autarky_loss():
    assert gravity.autarky_loss(0.93, np.array([5, 10])) == pytest.approx([0.0144, 0.0072], abs=5e-5)
    assert gravity.autarky_loss(1 - 0.3, np.array([1, 8]), 0.1) == pytest.approx([0.0350, 0.0044], abs=5e-5)
    W = two_countries(0.8, va=0.5)
    closed = solve(W, khat=np.where(W.border(), np.inf, 1.0))
    assert 1 - closed.welfare == pytest.approx(gravity.autarky_loss(0.8, 5, 1 / 0.5))
    with pytest.raises(ValueError, match=r"home_share = 0.0? must be a number in \(0, 1\]"):
        gravity.autarky_loss(0.0, 5)


@pytest.mark.parametrize(("theta", "closed", "trading"), [(1, 0.0350, 0.0234), (8, 0.0044, 0.0021)])
def test_the_closed_form_holds_only_where_nothing_else_is_traded(theta, closed, trading):
    assert gravity.autarky_loss(0.7, theta, weight=0.1) == pytest.approx(closed, abs=5e-5)
    for imports, loss in ((0.0, closed), (0.3, trading)):  # in the other sector
        own = np.array([0.7, 1 - imports])
        pi = np.where(np.eye(2, dtype=bool)[:, :, None], own, 1 - own)
        alpha, no = np.tile([0.1, 0.9], (2, 1)), np.zeros((2, 2, 2))
        made = World(("A", "B"), ("s", "other"), pi, no, no, alpha, [theta, theta], [1, 1], [0, 0])
        nobody = made.border(None, None, "s") if imports == 0 else made.border("A", None, "s")
        assert 1 - solve(made, khat=np.where(nobody, np.inf, 1)).welfare[0] == pytest.approx(loss, abs=5e-5)


def test_head_ries_recovers_a_symmetric_cost_change():
    W = random_world(4, N=3, S=1, tariffs=False)
    khat = np.where(W.border("c0", "c1") | W.border("c1", "c0"), 1.3, 1.0)
    before, after = (gravity.head_ries(flows[:, :, 0], W.theta[0]) for flows in (W.flows, solve(W, khat=khat).flows))
    assert (after / before)[0] == pytest.approx([1, 1.3, 1], rel=1e-8)


def test_cobb_douglas_limit_is_the_pandemic_matrix():
    rng = np.random.default_rng(1)
    Pi = rng.random((4, 4)) + 2 * np.eye(4)
    Pi /= Pi.sum(axis=1, keepdims=True)
    values, vectors = np.linalg.eig(Pi.T)
    income = np.abs(vectors[:, np.argmax(values.real)].real)  # what makes trade balance
    W = one_sector("ABCD", Pi[:, :, None], np.zeros((4, 4, 1)), 1e-5, income, va=0.5)
    Lhat = np.array([0.8, 0.95, 0.9, 1.0])
    loss = np.log(solve(W, Lhat=Lhat, tol=1e-7).welfare)
    assert loss == pytest.approx(iotable.pandemic(Pi, 0.5, np.log(Lhat)).loss, abs=1e-4)


@pytest.mark.parametrize("size", [0.5, 1, 3, 1000])
def test_the_optimal_tariff_is_its_formula(size):
    W = two_countries(1 - 0.2 * min(size, 1), size)
    choice = gravity.optimal_tariff(W, "A")
    partner = choice.equilibrium.pi[1, 1, 0]
    assert choice.tariff[0] == pytest.approx(gravity.optimal_tariff_formula(5, partner), abs=1e-6)
    if size == 1000:
        assert choice.tariff[0] == pytest.approx(0.20, abs=1e-3)
    assert gravity.optimal_tariff_formula(5, 0.85) == pytest.approx(0.235, abs=5e-4)


def test_optimal_and_nash_tariffs_of_two_equal_countries():
    """The specification does not print the home share: 1/1.3, imports of 0.3 per unit of home sales, gives
    all four numbers.
    """
    W = two_countries(1 / 1.3)
    alone = gravity.optimal_tariff(W, "A")
    assert alone.tariff == pytest.approx([0.2341], abs=5e-5)
    assert 100 * (alone.equilibrium.welfare - 1) == pytest.approx([1.14, -2.08], abs=5e-3)
    war = gravity.nash_tariffs(W, ("A", "B"))
    assert war.tariff == pytest.approx([0.21835] * 2, abs=1e-5)
    assert 100 * (war.equilibrium.welfare - 1) == pytest.approx([-1.302] * 2, abs=5e-4)


def test_skill_premium():
    parts = gravity.skill_premium(0.33, 0.3, 0.05)
    assert sum(parts[:3]) == pytest.approx(parts.total)
    assert parts.supply == pytest.approx(-0.3 / 1.41) and parts.trade == pytest.approx(np.log(1.05) / 1.41)
    assert gravity.skill_premium(0.33, 0, 0, sigma=1).technology == 0
    with pytest.raises(ValueError, match=r"offshored = -0\.1 must be"):
        gravity.skill_premium(0, 0, -0.1)
    with pytest.raises(ValueError, match="sigma = 0"):
        gravity.skill_premium(0, 0, 0, sigma=0)


# ---------------------------------------------------------------- Roy


def china_shock():
    That = np.ones((8, 4))
    That[world.REGIONS.index("CHN"), 1:3] = 2
    return That


def test_the_nation_gains_and_groups_lose(W):
    eq = solve(W, That=china_shock(), closure=gravity.roy(W, 1.5, world.us_groups()))
    assert percent(eq, "USA") == pytest.approx([0.41], abs=5e-3)
    assert 100 * (eq.group_income[0] - 1) == pytest.approx([-0.97, -0.41, 0.65], abs=6e-3)


def test_factory_towns_break_even_where_the_specification_says(W):
    def towns(kappa):
        closure = gravity.roy(W, kappa, world.us_groups())
        return solve(W, That=china_shock(), closure=closure).group_income[0, 0] - 1

    assert brentq(towns, 5, 15, xtol=1e-4) == pytest.approx(9.07, abs=5e-3)


def test_roy_tends_to_mobile_labour(W):
    """T-G7."""
    mobile = solve(W, That=china_shock()).welfare
    gaps = [
        np.abs(solve(W, That=china_shock(), closure=gravity.roy(W, kappa)).welfare - mobile).max()
        for kappa in (1.5, 10, 100, 1000)
    ]
    assert gaps == sorted(gaps, reverse=True) and gaps[2] < 1e-3 and gaps[3] < 1e-4


def test_roy_clears_every_sector(W):
    closure = gravity.roy(W, 1.5, world.us_groups())
    eq = solve(W, That=china_shock(), closure=closure)
    assert eq.residual < 1e-8 and eq.rounds <= 5  # Newton with the right slopes
    wage = np.exp(eq.unknown.reshape(8, 4))
    m, q = world.us_groups()["USA"]
    income = (q @ wage[0] ** 1.5) ** (1 / 1.5)
    offered = W.wL[0] * (m * income**-0.5) @ (q * wage[0] ** 1.5)
    assert (W.va * eq.Y)[0] == pytest.approx(offered, rel=1e-8)
    assert eq.labour[0] == pytest.approx(offered.sum())


def test_roy_refuses_bad_groups(W):
    income, sector = world.us_groups()["USA"]
    with pytest.raises(ValueError, match=r"kappa = 1 must be a number in \(1, 10000\]"):
        gravity.roy(W, 1)
    with pytest.raises(ValueError, match="groups of USA give sector shares"):
        gravity.roy(W, 2, {"USA": (income, sector[::-1])})
    with pytest.raises(ValueError, match="shares of USA in groups must be 0 or more and sum to 1"):
        gravity.roy(W, 2, {"USA": (income * 2, sector)})
    with pytest.raises(ValueError, match="no country 'Utopia'"):
        gravity.roy(W, 2, {"Utopia": (income, sector)})
    with pytest.raises(ValueError, match=r"groups of USA have shape \(3, 3\)"):
        gravity.roy(W, 2, {"USA": (income, sector[:, :3])})


def test_ras():
    fitted = gravity.ras([[1, 2], [3, 4]], [3, 7], [4, 6])
    assert fitted.sum(axis=1) == pytest.approx([3, 7]) and fitted.sum(axis=0) == pytest.approx([4, 6])
    assert fitted[0, 0] * fitted[1, 1] / (fitted[0, 1] * fitted[1, 0]) == pytest.approx(4 / 6)
    with pytest.raises(ValueError, match="rows add up to 3, columns to 4"):
        gravity.ras(np.ones((2, 2)), [1, 2], [1, 3])
    with pytest.raises(ValueError, match="zeros of the seed"):
        gravity.ras([[1, 0], [0, 1]], [1, 2], [2, 1])


# ---------------------------------------------------------------- reference numbers of the stylised world


def test_a_us_tariff_on_china(W):
    hit, back = W.border("USA", "CHN", GOODS), W.border("CHN", "USA", GOODS)
    alone = solve(W, tariffs=W.tariff + 0.2 * hit)
    war = solve(W, tariffs=W.tariff + 0.2 * (hit | back))
    assert percent(alone, "USA", "CHN", "NAM") == pytest.approx([-0.043, -0.276, 0.101], abs=6e-4)
    assert percent(war, "USA", "CHN") == pytest.approx([-0.110, -0.296], abs=6e-4)
    usa, chn = W.country("USA"), W.country("CHN")
    before, after = W.flows.sum(axis=2), alone.flows.sum(axis=2)
    assert before[usa, chn] > before[chn, usa] and after[usa, chn] < after[chn, usa]  # the bilateral balance flips
    assert after[usa].sum() - after[:, usa].sum() == pytest.approx(W.D[usa], rel=1e-8)  # the overall one does not move


def test_closing_the_world():
    W = world.make(deficit=(0,) * 8)
    closed = solve(W, khat=np.where(W.border(), 8.0, 1.0))
    cost = -np.array(percent(closed))
    assert (cost.min(), cost.max()) == pytest.approx((3.4, 12.7), abs=0.05)


def test_closing_redistributes_a_pandemic_and_does_not_reduce_it():
    """The mean is the same open or closed, and only countries with a milder shock than their partners gain.

    The specification's list (closing helps NAM but not USA) does not follow from its shocks by pole, which
    the two share and which are the worst of all: closing cannot help either.
    """
    W = world.make(deficit=(0,) * 8)
    lockdown = {"North America": 0.15, "Europe": 0.13, "Asia": 0.12, "Rest": 0.14}
    Lhat = np.array([1 - lockdown[pole] for pole in POLE])
    closed_world = rebase(W, solve(W, khat=np.where(W.border(), 8.0, 1.0)))
    opened, closed = solve(W, Lhat=Lhat).welfare, solve(closed_world, Lhat=Lhat).welfare
    assert closed == pytest.approx(Lhat, abs=1e-4)
    weights = np.array(world.GDP) / 100
    assert weights @ opened == pytest.approx(weights @ closed, abs=1e-4)
    helped = {region for region, gain in zip(world.REGIONS, closed - opened, strict=True) if gain > 0}
    assert helped == {"DEU", "REU", "CHN", "JKR", "SEA"}


def share_within(flows):
    goods = imports(flows)
    return goods[WITHIN].sum() / goods.sum()


@pytest.mark.parametrize(
    "tech, institutions, agreement, share, gains",
    [
        (1, 1, 1, 0.4135, {}),
        (0.9, 1, 1, 0.4084, {"USA": 2.13, "NAM": 6.67}),
        (0.9, 1 / 0.9, 1, 0.5288, {}),
        (1, 1.1, 0.9, 0.6351, {"USA": -0.47, "SEA": 2.73, "ROW": -1.54}),
    ],
)
def test_technology_and_institutions(W, tech, institutions, agreement, share, gains):
    khat = np.where(FOREIGN, tech, 1.0) * np.where(BETWEEN, institutions, 1.0) * np.where(WITHIN, agreement, 1.0)
    eq = solve(W, khat=khat[:, :, None])
    assert share_within(eq.flows) == pytest.approx(share, abs=5e-5)
    assert percent(eq, *gains) == pytest.approx(list(gains.values()) or percent(eq), abs=6e-3)
    if tech == 0.9 and institutions == 1:
        assert (min(percent(eq)), max(percent(eq))) == pytest.approx((2.1, 6.7), abs=0.05)


def test_agreements_on_tariffs_alone_hardly_matter(W):
    eq = solve(W, tariffs=np.where(WITHIN[:, :, None], 0, W.tariff))
    assert share_within(eq.flows) == pytest.approx(0.4397, abs=5e-5)
    assert np.abs(percent(eq)).max() < 0.14 + 5e-3


@pytest.mark.parametrize(
    "theta, china, japan, usa",
    [(4, -1.70, -1.33, -0.10), (1.5, -3.98, -1.27, -0.13), (0.8, -5.28, -1.04, -0.14)],
)
def test_cutting_china_off_from_high_technology(theta, china, japan, usa):
    """The reference builds the world anew with each θ; keeping the shares instead gives -3.80 and -4.99 % for
    China.
    """
    W = world.make(theta=(8, 5, theta, 5))
    eq = solve(W, khat=np.where(W.border("CHN", RICH, "HIGH"), 3.0, 1.0))
    assert percent(eq, "CHN", "JKR", "USA") == pytest.approx([china, japan, usa], abs=6e-3)


def test_the_sender_may_lose_almost_as_much(W):
    eq = solve(W, khat=np.where(W.border("CHN", RICH, "HIGH"), 3.0, 1.0))
    china, japan = percent(eq, "CHN", "JKR")
    assert china / japan == pytest.approx(1.28, abs=5e-3)
    low = solve(W, khat=np.where(W.border(RICH, "CHN", "LOW"), 3.0, 1.0))
    assert percent(low, "CHN", "JKR", "USA") == pytest.approx([-1.25, -1.64, -0.38], abs=6e-3)


def theil(income):
    s, n = income / income.sum(), np.array(world.POPULATION) / sum(world.POPULATION)
    return float((s * np.log(s / n)).sum())


@pytest.mark.parametrize("cut, index, gain", [(0, 0.5684, 0), (0.05, 0.5660, 0.89), (0.20, 0.5543, 5.43)])
def test_cheaper_trade_for_the_outsider(W, cut, index, gain):
    border = W.border("ROW", None, GOODS) | W.border(None, "ROW", GOODS)
    eq = solve(W, khat=np.where(border, 1 - cut, 1.0))
    assert theil(W.income * eq.welfare) == pytest.approx(index, abs=5e-5)
    assert percent(eq, "ROW") == pytest.approx([gain], abs=6e-3)
    if cut == 0.20:
        others = percent(eq, *world.REGIONS[:-1])
        assert (min(others), max(others)) == pytest.approx((0.8, 1.8), abs=0.05)


def lever(W, members, partners, sectors):
    return W.border(members, partners, sectors) | W.border(partners, members, sectors)


@pytest.mark.parametrize(
    "members, partners, sectors, gains, per_trade",
    [
        ("CHN", ("ROW", "SEA"), GOODS, (0.39, 0.94, 0.18), 0.0313),
        ("CHN", None, "SVC", (0.31, 0.18, 0.04), 0.0281),
        ("CHN", None, GOODS, (1.19, 0.83, 0.17), 0.0323),
        (("CHN", "SEA"), "ROW", GOODS, (0.15, 0.22, 0.25), None),
    ],
    ids=["scope", "field", "depth", "corridor"],
)
def test_levers_of_openness(W, members, partners, sectors, gains, per_trade):
    border = lever(W, members, partners, sectors)
    eq = solve(W, khat=np.where(border, 0.95, 1.0))
    assert percent(eq, "CHN", "SEA", "ROW") == pytest.approx(gains, abs=6e-3)
    if per_trade:
        china = W.country("CHN")
        gain = (eq.welfare[china] - 1) * W.income[china]
        assert gain / W.flows[border].sum() == pytest.approx(per_trade, abs=1e-4)


def test_two_levers_add_up(W):
    gain = [
        percent(solve(W, khat=np.where(lever(W, "CHN", None, sectors), 0.95, 1.0)), "CHN")[0]
        for sectors in ("SVC", GOODS, None)
    ]
    assert gain[2] == pytest.approx(1.491, abs=5e-4) and gain[0] + gain[1] == pytest.approx(1.490, abs=5e-4)


@pytest.mark.parametrize(
    "cost, gains, inside, diverted",
    [(1, (0.009, -0.008, 0.057), 9.9, -0.035), (0.95, (0.70, 1.33, 1.91), 32.6, None)],
)
def test_an_asian_agreement(W, cost, gains, inside, diverted):
    """T-G6 and its reference: trade in goods within the bloc, and what members buy outside."""
    bloc = ("CHN", "JKR", "SEA")
    border = W.border(bloc, bloc)
    eq = solve(W, khat=np.where(border, cost, 1.0), tariffs=np.where(border, 0, W.tariff))
    assert percent(eq, *bloc) == pytest.approx(gains, abs=6e-3 if cost < 1 else 6e-4)
    member = np.isin(world.REGIONS, bloc)
    before, after = imports(W.flows), imports(eq.flows)
    within, outside = np.ix_(member, member), np.ix_(member, ~member)
    assert 100 * (after[within].sum() / before[within].sum() - 1) == pytest.approx(inside, abs=0.06)
    assert after[outside].sum() < before[outside].sum()
    assert (eq.flows[:, ~member] < W.flows[:, ~member])[member][..., :3].any()
    if diverted:
        assert after[outside].sum() - before[outside].sum() == pytest.approx(diverted, abs=5e-4)
        assert after[within].sum() - before[within].sum() == pytest.approx(0.396, abs=6e-4)
    else:
        assert min(percent(eq, *np.array(world.REGIONS)[~member])) == pytest.approx(-0.06, abs=5e-3)


def three_equal(home_share, rate, theta=5.0):
    pi = np.full((3, 3), (1 - home_share) / 2)
    np.fill_diagonal(pi, home_share)
    tariff = np.where(np.eye(3, dtype=bool), 0, rate)[:, :, None]
    return one_sector("ABC", pi[:, :, None], tariff, theta, np.ones(3))


def test_the_outsider_pays_for_an_agreement_and_free_trade_beats_it():
    W = three_equal(0.8, 0.1)
    bloc = solve(W, tariffs=np.where(W.border(("A", "B"), ("A", "B")), 0, W.tariff)).welfare
    free = solve(W, tariffs=0).welfare
    assert bloc[0] == pytest.approx(bloc[1]) and bloc[0] > 1 > bloc[2]
    assert (free > bloc).all()


# ---------------------------------------------------------------- calibration


@pytest.mark.parametrize("seed", range(5))
def test_calibration_returns_the_table(seed):
    W = random_world(seed)
    table = gravity.as_table(W)
    again = calibrate(table, W.theta, W.tariff)
    assert again.base.Y.ravel() == pytest.approx(table.x, rel=1e-12)
    for name in ("pi", "gamma", "alpha", "wL", "tariff"):
        assert getattr(again, name) == pytest.approx(getattr(W, name), rel=1e-9, abs=1e-12), name
    assert pytest.approx(W.D, rel=1e-9, abs=1e-9 * W.wL.sum()) == again.D


def test_a_negative_cell_of_final_demand_is_moved_out_first():
    Z, F = np.ones((2, 2)), np.array([[6.0, -2], [1, 4]])
    table = iotable.from_arrays(Z, F, ("A", "B"), ("s",))
    W = calibrate(table)
    assert W.base.Y.ravel() == pytest.approx(table.x, rel=1e-12) and pytest.approx(table.va) == W.wL
    assert W.flows[:, 0, 0] == pytest.approx([1 + 4, 1 + 0])  # what A sells: 6 - 2 to itself, nothing to B
    with pytest.raises(ValueError, match="final deliveries of A s sum to -1"):
        calibrate(iotable.from_arrays(Z, [[1, -2], [1, 4]], ("A", "B"), ("s",)))


def test_a_sector_without_output_is_no_obstacle():
    Z, F = np.zeros((4, 4)), np.zeros((4, 2))
    Z[0, 2] = Z[2, 0] = 1.0
    F[0], F[2], F[3] = (3, 1), (1, 4), (1, 2)
    W = calibrate(iotable.from_arrays(Z, F, ("A", "B"), ("s", "t")))
    assert W.base.Y[0, 1] == 0
    for closure in (gravity.Mobile(), gravity.roy(W, 2)):
        eq = solve(W, khat=np.where(W.border(), 1.1, 1.0), closure=closure)
        assert eq.residual < 1e-8 and np.isfinite(eq.welfare).all()


@pytest.fixture(scope="module")
def real():
    return data.load("icio", year=2011)


def test_the_real_table_is_reproduced(real):
    assert (real.F < 0).sum() == 1
    for tariffs in (0.0, 0.05):
        W = calibrate(real, theta=5, tariffs=tariffs)
        assert W.base.Y.ravel() == pytest.approx(real.x, rel=1e-12)
        assert abs(W.D.sum()) < 1e-12 * W.wL.sum()
        assert solve(W).welfare == pytest.approx(1, abs=1e-12)


def test_the_real_table_needs_a_tariff_reference(real):
    """The US puts 20 % on seven goods sectors from China, nobody answers."""
    W = calibrate(real, theta=5)
    goods = ("AGM", "LTM", "RBM", "CHM", "MEQ", "ELE", "TRE")
    eq = solve(W, tariffs=np.where(W.border("USA", "CHN", goods), 0.2, 0.0))
    gains = dict(zip(W.countries, 100 * (eq.welfare - 1), strict=True))
    expected = {"CHN": -0.324, "MEX": 0.103, "CAN": 0.044, "USA": -0.008}
    assert {name: gains[name] for name in expected} == pytest.approx(expected, abs=6e-4)
    assert eq.residual < 1e-8


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    "shock, message",
    [
        ({"khat": 0}, r"khat = 0 must be a number in \(0, inf\]"),
        ({"khat": np.ones((3, 3, 3))}, r"khat has shape \(3, 3, 3\); it must fit \(8, 8, 4\)"),
        ({"khat": np.inf}, "khat leaves USA without a supplier of PRI"),
        ({"tariffs": -1}, r"tariffs = -1 must be a number in \(-1, 1e\+06\]"),
        ({"That": np.nan}, "That = nan must be a number in"),
        ({"Lhat": 0}, "Lhat = 0 must be a number in"),
        ({"deficits": 1}, "deficits sums to 8; it must sum to 0"),
    ],
)
def test_a_shock_outside_its_domain_is_refused_by_name(W, shock, message):
    with pytest.raises(ValueError, match=message):
        solve(W, **shock)


# ---------------------------------------------------------------- blocks, large shocks, subsidies


def cut_off(W, *countries):
    """κ̂ that forbids all trade of these countries with the others."""
    rest = [country for country in W.countries if country not in countries]
    return np.where(W.border(countries, rest) | W.border(rest, countries), np.inf, 1.0)


@pytest.mark.parametrize("country", ["CHN", "USA", "SEA"])
@pytest.mark.parametrize("labour", ["mobile", "sorted"])
def test_a_country_cut_off_is_the_limit_of_dear_borders(country, labour):
    W = world.make(deficit=(0,) * 8)
    closure = gravity.Mobile() if labour == "mobile" else gravity.roy(W, 2.0)
    cut = solve(W, khat=cut_off(W, country), closure=closure)
    dear = solve(W, khat=np.minimum(cut_off(W, country), 50.0), closure=closure)
    assert cut.welfare == pytest.approx(dear.welfare, abs=1e-6) and cut.residual < 1e-10
    assert (cut.flows * (W.border(country) | W.border(None, country))).max() == 0
    n = W.country(country)
    assert cut.labour[n] == pytest.approx(W.wL[n])  # each block keeps its labour income
    assert cut.labour.sum() == pytest.approx(W.wL.sum())
    if (country, labour) == ("CHN", "mobile"):
        assert cut.welfare[n] == pytest.approx(0.9400, abs=5e-5)


def test_two_blocks_are_two_worlds():
    W = world.make(deficit=(0,) * 8)
    apart = solve(W, khat=cut_off(W, "USA", "NAM"))
    rates = np.where(W.border("CHN", "JKR"), 0.3, W.tariff)
    assert solve(W, khat=cut_off(W, "USA", "NAM"), tariffs=rates).welfare[:2] == pytest.approx(apart.welfare[:2])
    again = rebase(W, apart)  # and a base of two blocks can be shocked again
    assert solve(again).welfare == pytest.approx(np.ones(8), abs=1e-9)
    assert solve(again, tariffs=rates).welfare[:2] == pytest.approx([1, 1], abs=1e-9)


def test_deficits_of_a_country_cut_off_have_no_equilibrium(W):
    with pytest.raises(ValueError, match=r"khat cuts CHN off .* deficits there sum to -0\.2.* set deficits=0"):
        solve(W, khat=cut_off(W, "CHN"))
    assert solve(W, khat=cut_off(W, "CHN"), deficits=0).residual < 1e-10


def test_shocks_too_large_for_one_search_are_followed_by_parts(W):
    rates = np.where(W.border(), 2.0, 0.0)
    eq = solve(W, tariffs=rates)
    expected = [0.9933, 0.8905, 0.8580, 0.9647, 0.9380, 0.9074, 0.8687, 0.9588]
    assert eq.welfare == pytest.approx(expected, abs=5e-5) and eq.residual < 1e-10
    near = None
    for rate in (0.5, 1.0, 1.5, 2.0):  # as one may do by hand
        near = solve(W, tariffs=np.where(W.border(), rate, 0.0), start=near)
    assert eq.welfare == pytest.approx(near.welfare, abs=1e-8)


@pytest.mark.parametrize(("who", "rate"), [("USA", -0.9), (None, -0.5)])
def test_subsidies_that_nobody_can_pay_are_refused(W, who, rate):
    with pytest.raises(ValueError, match=r"tariffs and deficits leave ... without income to spend"):
        solve(W, tariffs=np.where(W.border(who), rate, W.tariff))


def test_a_small_subsidy_is_answered(W):
    eq = solve(W, tariffs=np.where(W.border("USA"), -0.1, W.tariff))
    assert eq.residual < 1e-10 and (eq.welfare > 0.9).all()


def test_wages_that_cannot_be_priced_are_no_equilibrium(W):
    everything = solve(W, khat=1e-3)
    assert np.isfinite(everything.welfare).all() and everything.residual < 1e-10
    with pytest.raises(ValueError, match="cheaper than can be computed"):
        solve(W, khat=1e-300)


# ---------------------------------------------------------------- tariffs that nobody can choose


def test_a_tariff_on_nobody_is_no_choice():
    made = world.two_countries()
    with pytest.raises(ValueError, match="against = USA: USA buys nothing there"):
        gravity.optimal_tariff(world.make(), "USA", "USA")
    for players, words in (
        (["Home"], "needs two or more"),
        (["Home", "Home"], r"repeated: \['Home'\]"),
        ([], "players"),
    ):
        with pytest.raises(ValueError, match=words):
            gravity.nash_tariffs(made, players)


def test_a_limit_that_binds_is_no_optimum():
    made = world.two_countries()
    best = gravity.optimal_tariff(made, "Home").tariff[0]
    with pytest.raises(ValueError, match=r"highest = 0\.1: the welfare of Home still rises there"):
        gravity.optimal_tariff(made, "Home", highest=0.1)
    assert gravity.optimal_tariff(made, "Home", highest=best + 0.01).tariff[0] == pytest.approx(best, abs=1e-5)


def test_deficits_across_closed_borders_have_no_equilibrium(W):
    with pytest.raises(ValueError, match=r"leave ... without income to spend.* set deficits=0"):
        solve(W, khat=np.where(W.border(), 1000.0, 1.0))


@pytest.mark.parametrize(
    "change, message",
    [
        ({"alpha": np.full((8, 4), 0.3)}, "the sum of alpha over sectors = 1.2"),
        ({"theta": [8, 5, 0, 5]}, r"theta = 0.0 must be a number in \[1e-09, 1000\]"),
        ({"wL": np.ones(8)}, "labour demand over wL"),
        ({"D": np.ones(8)}, "D sums to 8"),
        ({"gamma": np.full((8, 4, 4), 0.3)}, "value added per output, .* = -0.19"),
        ({"pi": np.ones((2, 2, 1))}, r"pi has shape \(2, 2, 1\)"),
    ],
)
def test_a_bad_world_is_refused_by_name(W, change, message):
    with pytest.raises(ValueError, match=message):
        replace(W, **change)


def test_a_country_taxes_none_of_its_own_goods(W):
    eq = solve(W, tariffs=0.1)
    assert (eq.tariff == np.where(W.border(), 0.1, 0)).all()
    with pytest.raises(ValueError, match=r"tariff on a country's own goods = 0\.1"):
        replace(W, tariff=np.full(W.pi.shape, 0.1))


def test_borders_are_chosen_by_name(W):
    mask = W.border("USA", ("CHN", "USA"), "LOW")
    assert mask.sum() == 1 and mask[0, 4, 1]
    assert W.border().sum() == 8 * 7 * 4
    with pytest.raises(ValueError, match="no sector 'MID' here; there is PRI, LOW, HIGH, SVC"):
        W.border("USA", "CHN", "MID")
