"""The library's models, closed: an item that asks for a model is not answered by handing the library's back.

    reopen = close_models()      from here on a call of any of them raises `ModelsClosed`
    forget_models()              the same, and nothing is left in this process to open them again with

Only calls are stopped. Copying the library's text is not, as copying from a book is not; but a grader's `forget_models`
comes before the first line of a student's, and with the files out of sight (`FOLDER`) a copy is what was handed in.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from types import CodeType, FunctionType

import gvclab

_PACKAGE = "gvclab.models"
FOLDER = str(Path(gvclab.__file__).with_name("models"))


class ModelsClosed(Exception):
    """A model of the library was called while a student's function was judged."""


def refuse(*_, **__):
    """Stand in for a model."""
    from gvclab.exercises.closed import ModelsClosed  # the code stands in for that of other modules

    raise ModelsClosed


class _Door:
    """Models that are not imported yet cannot be."""

    @staticmethod
    def find_spec(name: str, *_):
        if name == _PACKAGE or name.startswith(f"{_PACKAGE}."):
            raise ModelsClosed


def close_models() -> Callable[[], None]:
    """Close all models of this process; the returned function opens them again."""
    doors = stand_ins()
    for function, _, closed in doors:
        function.__code__ = closed
    sys.meta_path.insert(0, _Door)

    def reopen() -> None:
        sys.meta_path.remove(_Door)
        for function, code, _ in doors:
            function.__code__ = code

    return reopen


def import_models() -> None:
    """Import every model, so that none has to be looked for in a file."""
    for found in pkgutil.walk_packages([FOLDER], f"{_PACKAGE}."):
        importlib.import_module(found.name)


def forget_models() -> None:
    """Close all models of this process for good: with the last reference to it a function's code is gone."""
    global _known
    close_models()
    _known = len(sys.modules), []


_known: tuple[int, list] = (0, [])


def stand_ins() -> list[tuple[FunctionType, CodeType, CodeType]]:
    """The models' functions, each with its code and the one that stands in for it.

    Remembered until more is imported: who forks should ask once before, because a walk through the models makes a
    fork copy the memory they are in.
    """
    global _known
    if _known[0] != len(sys.modules):
        found = [(function, function.__code__, _stand_in(function.__code__)) for function in _functions()]
        _known = len(sys.modules), found
    return _known[1]


def _stand_in(code: CodeType) -> CodeType:
    # Python changes the code of a function only for one that closes over as many names.
    return refuse.__code__.replace(co_freevars=code.co_freevars, co_name=code.co_name)


def _functions() -> Iterator[FunctionType]:
    """Every function written in the models, methods and what a decorator wraps included."""
    seen: set[int] = set()
    modules = [module for name, module in sys.modules.items() if f"{name}.".startswith(f"{_PACKAGE}.")]
    waiting = [value for module in modules for value in vars(module).values()]
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, FunctionType):
            if value.__code__.co_filename.startswith(FOLDER):
                yield value
        elif isinstance(value, type):
            if value.__module__.startswith(_PACKAGE):
                waiting += vars(value).values()
        elif isinstance(value, (classmethod, staticmethod)):
            waiting.append(value.__func__)
        elif isinstance(value, property):
            waiting.append(value.fget)
        elif isinstance(value, cached_property):
            waiting.append(value.func)
        elif hasattr(value, "__wrapped__"):  # functools.cache
            waiting.append(value.__wrapped__)
