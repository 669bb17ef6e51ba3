"""A function of the student's, judged by named properties.

The item's tests are functions `test_…(f, reference, rng)`; the docstring of each is the name of the property,
all a student is told of it. `f` is the student's function behind two walls: the stand-in that the caller
chose (a child process, a sandbox) and `_Checked`, which takes nothing but a number for an answer. So a test
never meets anything but numbers.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from types import CodeType

import numpy as np

from .bank import Item
from .keys import namespace
from .ladder import Verdict, saying, together, verdict
from .plain import Other, describe, is_missing, number, plain
from .rendering import of_item
from .service import Failure, failure
from .variants import Identity, numbers

FAILS = saying("code.fails")  # a property that the function does not have


def weight(points: float) -> Callable:
    """In a ```{tests} block: `@weight(3)` makes a property count three times."""

    def mark(test: Callable) -> Callable:
        test.weight = points
        return test

    return mark


def judge_code(item: Item, function, who: Identity) -> Verdict:
    """The properties that `function` has, weighed; any callable that gives plain data or raises `Failure`."""
    if not callable(function):
        data = plain(function)
        if is_missing(data):
            return verdict("unanswered", saying("unanswered", name=item.answer))
        return verdict("kind", saying("wanted.function", got=describe(data)))
    if issubclass(type(function), type):
        return verdict("kind", saying("wanted.function", got=describe(Other("class"))))
    if not item.has_key:
        return verdict("formed")
    names = dict(namespace(item, numbers(item, who)), weight=weight, Failure=_failure_of(item), np=np)
    reference = names[item.answer]
    exec(_compiled(item.tests, item.id), names)
    tests = [test for name, test in names.items() if name.startswith("test_")]
    student = _Checked(function, reference)
    parts = [(test.__name__, _property(test, student, reference, item.id)) for test in tests]
    if student.calls and student.calls == student.nothing:
        return verdict("unanswered", saying("code.nothing", name=item.answer))
    judged = together(parts, [getattr(test, "weight", 1) for test in tests])
    reasons = [part.messages for _, part in parts if part.said != (FAILS,)]
    # What stops every call is said of the whole.
    same = judged.status == "wrong" and reasons and all(reason == reasons[0] for reason in reasons)
    return replace(judged, said=reasons[0]) if same else judged


def _failure_of(item: Item) -> Callable[[str], Failure]:
    """What tests raise: `raise Failure(id)`, an id of the item's `failures`."""
    return lambda name: Failure(of_item(item, f"failures.{name}"))


@lru_cache(maxsize=256)
def _compiled(tests: str, item_id: str) -> CodeType:
    return compile(tests, f"<tests of {item_id}>", "exec")


def _property(test: Callable, student: _Checked, reference: Callable, item_id: str) -> Verdict:
    seed = int.from_bytes(hashlib.sha256(f"{item_id}|{test.__name__}".encode()).digest()[:8], "big")
    try:
        # A number that overflows in a test would make its other side infinite, and that agrees with anything.
        with np.errstate(divide="raise", over="raise", invalid="raise"):
            test(student, reference, np.random.default_rng(seed))
    except Failure as stopped:
        return verdict("wrong", stopped.message)
    except (
        AssertionError,
        ArithmeticError,
        ValueError,
    ):  # the last two: a number no test expects, such as inf
        return verdict("wrong", FAILS)
    return verdict("right")


class _Checked:
    """The student's function, giving a number or `Failure`.

    An infinite number where the reference is finite is a failure: within a tolerance that grows with it, infinity
    agrees with every number.
    """

    def __init__(self, function: Callable, reference: Callable):
        self._function, self._reference = function, reference
        self.calls = self.nothing = 0

    def __call__(self, *arguments) -> float:
        self.calls += 1
        try:
            with np.errstate(all="ignore"):
                value = self._function(*arguments)
            data = value if type(value) is Other else plain(value)
        except Failure:
            raise
        except Exception as error:
            raise failure("raised", kind=type(error).__name__, words=str(error)[:200]) from None
        if is_missing(data):
            self.nothing += 1
            raise failure("returned_nothing")
        value = None if isinstance(data, str) else number(data)
        if value is None:
            raise failure("returned", got=describe(data))
        if math.isnan(value):
            raise failure("returned_nan")
        if math.isinf(value) and not math.isinf(self._reference(*arguments)):
            raise Failure(saying("wanted.finite"))
        return value
