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

from gvclab.content import text

from .bank import Item
from .keys import namespace
from .ladder import Verdict, together, verdict
from .plain import Other, describe, is_missing, number, plain
from .service import Failure
from .variants import Identity, numbers


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
            return verdict("unanswered", text("exercises.unanswered", name=item.answer))
        return verdict("kind", text("exercises.wanted.function", got=describe(data)))
    if issubclass(type(function), type):
        return verdict("kind", text("exercises.wanted.function", got=describe(Other("class"))))
    if not item.has_key:
        return verdict("formed")
    names = dict(namespace(item, numbers(item, who)), weight=weight, Failure=Failure, np=np)
    reference = names[item.answer]
    exec(_compiled(item.tests, item.id), names)
    tests = [test for name, test in names.items() if name.startswith("test_")]
    student = _Checked(function, reference)
    parts = [(test.__doc__.strip(), _property(test, student, reference, item.id)) for test in tests]
    if student.calls and student.calls == student.nothing:
        return verdict("unanswered", text("exercises.code.nothing", name=item.answer))
    judged = together(parts, [getattr(test, "weight", 1) for test in tests])
    reasons = {part.message for _, part in parts} - {text("exercises.code.fails")}
    # What stops every call is said of the whole.
    return replace(judged, message=reasons.pop()) if judged.status == "wrong" and len(reasons) == 1 else judged


@lru_cache(maxsize=256)
def _compiled(tests: str, item_id: str) -> CodeType:
    return compile(tests, f"<tests of {item_id}>", "exec")


def _property(test: Callable, student: _Checked, reference: Callable, item_id: str) -> Verdict:
    seed = int.from_bytes(hashlib.sha256(f"{item_id}|{test.__name__}".encode()).digest()[:8], "big")
    try:
        # A number that overflows in a test would make its other side infinite, and that agrees with anything.
        with np.errstate(divide="raise", over="raise", invalid="raise"):
            test(student, reference, np.random.default_rng(seed))
    except Failure as failure:
        return verdict("wrong", str(failure))
    except (
        AssertionError,
        ArithmeticError,
        ValueError,
    ):  # the last two: a number no test expects, such as inf
        return verdict("wrong", text("exercises.code.fails"))
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
            message = text("exercises.code.raised", kind=type(error).__name__, words=str(error)[:200])
            raise Failure(message) from None
        if is_missing(data):
            self.nothing += 1
            raise Failure(text("exercises.code.returned_nothing"))
        value = None if isinstance(data, str) else number(data)
        if value is None:
            raise Failure(text("exercises.code.returned", got=describe(data)))
        if math.isnan(value):
            raise Failure(text("exercises.code.returned_nan"))
        if math.isinf(value) and not math.isinf(self._reference(*arguments)):
            raise Failure(text("exercises.wanted.finite"))
        return value
