"""How long the input-output and gravity engines take. `pytest tests/bench --benchmark-only` prints the
tables.

No test fails on time: machines differ, and a slow one is not wrong.
"""

import itertools

import numpy as np
import pytest

from gvclab import data
from gvclab.models import gravity, iotable, world

GOODS = ("AGM", "LTM", "RBM", "CHM", "MEQ", "ELE", "TRE")


@pytest.fixture(scope="module")
def full(root):
    path = root.parent / "shared" / "data" / "wiod_full" / "wiod2013_2011.npz"
    if not path.is_file():
        pytest.skip("the full WIOD table is not beside the repository")
    with np.load(path) as stored:
        return {name: stored[name] for name in stored}


@pytest.fixture(scope="module")
def real():
    return data.load("icio", year=2011)


@pytest.mark.benchmark(group="41 x 35 table")
def test_decompose_the_exports_of_41_economies(benchmark, full):
    def fresh():  # a table remembers its factors, so every round gets a new one
        return (iotable.from_arrays(full["Z"], full["F"], full["countries"], full["industries"], full["X"]),), {}

    summary = benchmark.pedantic(iotable.exports, setup=fresh, rounds=5)
    assert len(summary) == 41


@pytest.mark.benchmark(group="41 x 35 table")
def test_pymrio_calc_all(benchmark, full):
    """The same table in the field's own library (the Leontief inverse and its accounts; no decomposition of
    exports).
    """
    pymrio = pytest.importorskip("pymrio")
    import pandas as pd

    rows = pd.MultiIndex.from_product([full["countries"], full["industries"]], names=["region", "sector"])
    uses = pd.MultiIndex.from_product([full["countries"], full["final_uses"]], names=["region", "category"])
    Z, Y = (
        pd.DataFrame(full["Z"].astype(float), rows, rows),
        pd.DataFrame(full["F"].astype(float), rows, uses),
    )
    added = pd.DataFrame([full["X"] - full["Z"].sum(axis=0)], pd.Index(["va"], name="stressor"), rows, float)

    def fresh():
        system = pymrio.IOSystem(Z=Z, Y=Y)
        system.va = pymrio.Extension("va", F=added)
        return (system,), {}

    system = benchmark.pedantic(lambda system: system.calc_all(), setup=fresh, rounds=5)
    assert system.L.shape == (1435, 1435)


@pytest.mark.benchmark(group="12 x 11 table")
def test_decompose_the_exports_of_12_regions(benchmark, real):
    def fresh():
        return (iotable.ICIO(real.Z, real.F, real.x, real.countries, real.sectors),), {}

    assert len(benchmark.pedantic(iotable.exports, setup=fresh, rounds=20)) == 12


@pytest.mark.benchmark(group="gravity 12 x 11")
def test_calibrate(benchmark, real):
    assert benchmark(gravity.calibrate, real).D.sum() == pytest.approx(0, abs=1e-3)


@pytest.mark.benchmark(group="gravity 12 x 11")
@pytest.mark.parametrize("closure", ["mobile", "Roy"])
@pytest.mark.parametrize("start", ["cold", "warm"])
def test_solve_a_tariff(benchmark, real, start, closure):
    """A slider: the rate moves one step between solves."""
    W = gravity.calibrate(real)
    labour = gravity.Mobile() if closure == "mobile" else gravity.roy(W, 1.5)
    border = W.border("USA", "CHN", GOODS)
    rates = itertools.cycle([*np.arange(0.05, 0.6, 0.05), *np.arange(0.5, 0.05, -0.05)])
    last = None

    def step():
        nonlocal last
        last = gravity.solve(W, tariffs=border * next(rates), closure=labour, start=last if start == "warm" else None)
        return last

    assert benchmark.pedantic(step, rounds=40, warmup_rounds=1).residual < 1e-8


@pytest.mark.benchmark(group="gravity 8 x 4")
@pytest.mark.parametrize("closure", ["mobile", "Roy"])
def test_solve_the_stylised_world(benchmark, closure):
    W = world.make()
    labour = gravity.Mobile() if closure == "mobile" else gravity.roy(W, 1.5, world.us_groups())
    That = np.ones((8, 4))
    That[W.country("CHN"), 1:3] = 2
    assert benchmark(gravity.solve, W, That=That, closure=labour).residual < 1e-8
