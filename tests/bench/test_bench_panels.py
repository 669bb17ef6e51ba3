"""How long a control of any panel keeps the kernel: from the value that arrives to the view that is sent.

`pytest tests/bench --benchmark-only` prints the table; the 95th percentile is in the JSON under `extra_info`.
No test fails on time: machines differ, and a slow one is not wrong.
"""

from __future__ import annotations

import numpy as np
import pytest

from gvclab.panels.controls import Choice, Slider, Strip

from ..panels.labs import busy, every_control

pytestmark = pytest.mark.benchmark(group="panels")

ROUNDS = 40


def values(control, rng):
    """Somewhere on the control, never the same twice where that can be: nothing is remembered from before."""
    if isinstance(control, Strip):
        return tuple(sorted(set(rng.integers(control.min, control.max, 3, endpoint=True).tolist())))
    if isinstance(control, Choice):
        return str(rng.choice(control.options))
    if not isinstance(control, Slider):
        return bool(rng.integers(2))
    if control.whole:
        return int(rng.integers(control.min, control.max, endpoint=True))
    return float(rng.uniform(control.min, control.max))


@every_control
def test_control(benchmark, kind, control):
    rng = np.random.default_rng(23)
    panel = busy(kind)
    assert panel.shown.sentence  # imports are paid for

    def move(value):
        panel.set(**{control.name: value})
        return panel.shown

    shown = benchmark.pedantic(move, setup=lambda: ((values(control, rng),), {}), rounds=ROUNDS, warmup_rounds=2)
    if not benchmark.disabled:
        benchmark.extra_info["p95 ms"] = round(1000 * float(np.percentile(benchmark.stats.stats.data, 95)), 2)
    assert shown.sentence == panel.sentence
