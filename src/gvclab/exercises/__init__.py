"""Exercises: items, their checkers, and the calls that stand on a page.

numbers = given("2.3-1")     the parameters of an item, for the one who asks
check("2.3-1", answer)       points, and a hint
recall("2.3-p")              at the end of a lesson: the prediction, and what the model says
"""

from .bank import Item, ItemSet, load
from .checkers import judge
from .ladder import Verdict
from .score import Score, check, forget, recall
from .variants import Identity, given

__all__ = [
    "Identity",
    "Item",
    "ItemSet",
    "Score",
    "Verdict",
    "check",
    "forget",
    "given",
    "judge",
    "load",
    "recall",
]
