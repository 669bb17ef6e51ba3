"""Exercises: items, their checkers, and the calls that stand on a page.

- `numbers = given("2.3-1")`: the parameters of an item, for the one who asks
- `check("2.3-1", answer)`: points, and a hint
- `quiz`, `predict`, `recall`, `causal_graph`, `draw_graph`: the same by clicking, see `widgets`
- `after("2.3-p1", panel)`: shown once the prediction was made, see `gate`
- `forget()`: a fresh start, without predictions
"""

from .bank import Item, ItemSet, load
from .checkers import judge
from .ladder import Verdict
from .predictions import forget
from .score import Score, check
from .variants import Identity, given

_WIDGETS = ("causal_graph", "draw_graph", "predict", "quiz", "recall")

__all__ = [
    "Identity",
    "Item",
    "ItemSet",
    "Score",
    "Verdict",
    "after",
    "check",
    "forget",
    "given",
    "judge",
    "load",
    *_WIDGETS,
]


def __getattr__(name: str):
    # Late: a check, a build and a grader have no use for ipywidgets.
    if name in _WIDGETS:
        from . import widgets

        return getattr(widgets, name)
    if name == "after":
        from .gate import after

        return after
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
