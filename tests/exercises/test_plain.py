"""Whatever a student hands over becomes plain data, and none of its code runs."""

import math
from collections import namedtuple
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gvclab.content import render
from gvclab.exercises.plain import HUGE, TOO_LARGE, Bag, Other, describe, is_missing, number, plain, tag, untag

Point = namedtuple("Point", "x y")


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (True, True),
        (np.bool_(True), True),
        (np.int8(3), 3),
        (np.float32(0.5), 0.5),
        (np.longdouble(0.5), 0.5),
        (np.array(2.5), 2.5),
        (np.array([[1, 2]]), [[1, 2]]),
        (np.array([1, None], dtype=object), [1, None]),
        (np.str_("a"), "a"),
        (Fraction(27, 32), 27 / 32),
        (Decimal("0.1"), 0.1),
        (Point(1, 2), [1, 2]),
        ({1: "a", "b": (1,)}, {"1": "a", "b": [1]}),
        (frozenset("a"), Bag(("a",))),
        (pd.Series([1, 2]), [1, 2]),
        (pd.Index(["a"]), ["a"]),
        (1j, Other("complex")),
        (np.complex64(1j), Other("complex")),
        (10**400, Other(HUGE)),
        ((i for i in range(3)), Other("generator")),
        (range(3), Other("range")),
        (len, Other("builtin_function_or_method")),
        (np.zeros(10**6), Other(TOO_LARGE)),
        ([0] * 10**6, Other(TOO_LARGE)),
        ("x" * 10**6, Other(TOO_LARGE)),
    ],
    ids=lambda _: "",
)
def test_plain(value, data):
    got = plain(value)
    assert got == data and type(got) is type(data)


def test_nan_and_cycles():
    assert math.isnan(plain(Decimal("sNaN"))) and math.isnan(plain(np.float16("nan")))
    loop = []
    loop.append(loop)
    assert TOO_LARGE in repr(plain(loop))
    deep = []
    for _ in range(100_000):
        deep = [deep]
    assert TOO_LARGE in repr(plain(deep))


def touched(*_):
    raise SystemExit("code of the student's ran")


NAMES = """eq ne lt repr str format float int index bool len iter getitem contains getattr getattribute array
abs add sub rsub mul call reduce_ex"""
HOOKS = {
    **{f"__{name}__": touched for name in NAMES.split()},
    **dict.fromkeys(["keys", "items", "values"], touched),
}


class Meta(type):
    __name__ = property(touched)
    __instancecheck__ = __subclasscheck__ = __eq__ = __hash__ = __repr__ = __getattribute__ = touched


def evil(base):
    return Meta("Evil", (base,), {**HOOKS, "__class__": property(touched), "__hash__": object.__hash__})


@pytest.mark.parametrize(
    ("base", "arguments", "data"),
    [
        (object, (), Other("Evil")),
        (int, (3,), 3),
        (float, (0.5,), 0.5),
        (str, ("abc",), "abc"),
        (list, ([1, 2],), [1, 2]),
        (tuple, ([1, 2],), [1, 2]),
        (dict, ({"a": 1},), {"a": 1}),
        (set, ([1],), Bag((1,))),
        (np.float64, (0.5,), 0.5),
    ],
)
def test_no_code_of_the_students_runs(base, arguments, data):
    thing = base.__new__(evil(base), *arguments)
    if base in (list, dict, set):
        base.__init__(thing, *arguments)
    try:
        got = plain([thing, {"k": thing}])
    except SystemExit:
        del thing, arguments  # pytest would show it, and so run it
        got = "raised"
    assert got == [data, {"k": data}]


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text() | st.just(...), st.lists))
@settings(max_examples=80, deadline=None)
def test_over_the_pipe_and_back(value):
    import json

    data = plain(value)
    assert repr(untag(json.loads(json.dumps(tag(data))))) == repr(data)


@pytest.mark.parametrize(
    ("told", "value"),
    [
        (3, 3),
        (0.5, 0.5),
        ("12 %", 0.12),
        ("12%", 0.12),
        ("１２％", 0.12),
        ("0.12", 0.12),
        (".5", 0.5),
        ("27/32", 27 / 32),
        (" 27 / 32 ", 27 / 32),
        ("⅓", 1 / 3),
        ("−1.5e-3", -0.0015),
        ("∞", math.inf),
        ("-inf", -math.inf),
        ("1/0", None),
        ("1/2/3", None),
        ("0,12", None),
        ("1_000", None),
        ("nan", None),
        ("about 3", None),
        ("", None),
        ("%", None),
        ("/", None),
        ("9" * 101, None),
        (True, None),
        (None, None),
        ([1], None),
        (Other("complex"), None),
    ],
)
def test_numbers(told, value):
    assert number(told) == value


@given(st.text(max_size=120))
@settings(max_examples=200)
def test_no_text_breaks_the_reader_of_numbers(words):
    assert isinstance(number(words), float | None)


@pytest.mark.parametrize("nothing", [None, ..., "", " ... ", "…", [...], [None, [...]], {"a": ...}, Bag(()), [], {}])
def test_missing(nothing):
    assert is_missing(nothing)


@pytest.mark.parametrize("something", [0, False, [..., 0], {"a": 0}, "0", Other("x"), math.nan])
def test_not_missing(something):
    assert not is_missing(something)


def test_describe_is_short_and_printable():
    assert render(describe("a\n\x00" + "b" * 1000)).isprintable()
    assert len(render(describe("b" * 20_000))) < 80
    for data in (True, 1, math.nan, [1], {"a": 1}, Bag((1,)), Other("x"), None):
        assert render(describe(data))
