"""How long the sourcing panels wait for their models. `pytest tests/bench --benchmark-only` prints the table.

No test fails on time: machines differ, and a slow one is not wrong.
"""

import numpy as np
import pytest

from gvclab.models.sourcing import (
    SHOCKS,
    belief_path,
    chain_reliability,
    create_sourcing,
    egl_fixed_point,
    frontier,
    optimise,
    secure,
    staircase,
    wave,
)

pytestmark = pytest.mark.benchmark(group="sourcing", max_time=0.5)


def random_problem(rng):
    """The sliders of the frontier panel, anywhere: never the same twice, so that nothing is remembered."""
    return create_sourcing(
        costs=dict(zip(("Home", "Region", "Far-A", "Far-B"), rng.uniform(0.4, 1.4, 4), strict=True)),
        probabilities={shock.name: chance for shock, chance in zip(SHOCKS, rng.uniform(0, 0.3, 8), strict=True)},
        alpha=rng.uniform(0.8, 0.99),
        phi=rng.uniform(0, 3),
        kappa=rng.uniform(0, 0.05),
        V=rng.uniform(1, 20),
        bmax=rng.choice([0.0, rng.uniform(0, 0.5)]),
    )


@pytest.mark.parametrize("stock", [0.0, 0.5], ids=["no stock", "stock"])
def test_one_optimum_from_scratch(benchmark, stock):
    problem = create_sourcing(bmax=stock)
    p, z = problem.scenarios
    best = benchmark(optimise, 0.3, problem.costs, p, z, bmax=stock)
    assert best.x.sum() == pytest.approx(1)


def test_whole_frontier_of_random_sliders(benchmark):
    rng = np.random.default_rng(0)
    at = benchmark.pedantic(frontier, setup=lambda: ((random_problem(rng),), {}), rounds=60)
    assert (np.diff(at.cost) >= -1e-9).all()


def test_moving_only_the_weight(benchmark):
    problem = create_sourcing()
    problem.optimise(0)
    assert benchmark(problem.optimise, 0.3).cost > 0.8


def test_staircase_of_a_known_frontier(benchmark):
    assert len(benchmark(staircase, create_sourcing()).w) > 5


def test_chain_panel(benchmark):
    n, m = np.arange(1, 41), np.arange(1, 5)[:, None]
    assert benchmark(chain_reliability, n, m, 0.01, 0.02, False).shape == (4, 40)


def test_fragility_panel(benchmark):
    assert benchmark(egl_fixed_point, np.linspace(0.5, 1, 500), 4, 3)[-1] == 1


def test_memory_panel(benchmark):
    assert len(benchmark(lambda: wave(belief_path([5, 12], 60), 0.05))) == 61


def test_securing_fifteen_items(benchmark):
    rng = np.random.default_rng(0)
    loss, prob, cost = rng.random(15), rng.random(15), rng.integers(1, 9, 15)
    assert benchmark(secure, loss, prob, cost, 30).spent <= 30
