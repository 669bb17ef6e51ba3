"""How long a slider of section 2.3 keeps the kernel: from the value that arrives to the view that is sent.

`pytest tests/bench --benchmark-only` prints the table; the 95th percentile is in the JSON under `extra_info`.
No test fails on time: machines differ, and a slow one is not wrong.
"""

from __future__ import annotations

import numpy as np
import pytest

from gvclab.panels.controls import Slider, Strip
from gvclab.panels.sourcing import ChainLab, FragilityLab, FrontierLab, MemoryLab, Wedge

pytestmark = pytest.mark.benchmark(group="panels")

ROUNDS = 40
# States in which every control matters.
STATES = {
    ChainLab: {"m": 2, "q": 0.05},
    FragilityLab: {"x": 0.86},
    FrontierLab: {"w": 0.3, "inventory": 10, "bloc": 0.02},
    MemoryLab: {"k": 0.05},
    Wedge: {"chi": 0.3},
}


def values(control, rng):
    """Somewhere on the control, never the same twice where that can be: nothing is remembered from before."""
    if isinstance(control, Strip):
        return tuple(sorted(set(rng.integers(control.min, control.max, 3, endpoint=True).tolist())))
    if not isinstance(control, Slider):
        return bool(rng.integers(2))
    if control.whole:
        return int(rng.integers(control.min, control.max, endpoint=True))
    return float(rng.uniform(control.min, control.max))


@pytest.mark.parametrize(
    ("kind", "control"),
    [pytest.param(kind, control, id=f"{kind.__name__}-{control.name}") for kind in STATES for control in kind.controls],
)
def test_slider(benchmark, kind, control):
    rng = np.random.default_rng(23)
    panel = kind(**STATES[kind])
    assert panel.shown.sentence  # imports are paid for

    def move(value):
        panel.set(**{control.name: value})
        return panel.shown

    shown = benchmark.pedantic(move, setup=lambda: ((values(control, rng),), {}), rounds=ROUNDS, warmup_rounds=2)
    if not benchmark.disabled:
        benchmark.extra_info["p95 ms"] = round(1000 * float(np.percentile(benchmark.stats.stats.data, 95)), 2)
    assert shown.sentence == panel.sentence
