"""What a computation reads of a state: told by a copy of the state that notes it.

An answer may be used again as long as every field that was read for it is as it was. For a pure function that is all
there is to know, whichever branches it took: had it needed to look further, one of the fields that it did read would
be another.
"""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any, NamedTuple


def watched(state: Any) -> Any:
    """A copy of a frozen dataclass that notes which of its fields are read, also by its own properties and methods."""
    kind = type(state)
    copy = object.__new__(_watching(kind))
    for each in fields(kind):
        object.__setattr__(copy, each.name, getattr(state, each.name))
    object.__setattr__(copy, "_read", set())
    return copy


def read(copy: Any) -> set[str]:
    """The fields read so far of a watched copy. It grows while something that holds the copy goes on reading."""
    return object.__getattribute__(copy, "_read")


class Answer(NamedTuple):
    """An answer, and the watched state that it was computed from."""

    state: Any
    value: Any

    def holds(self, state: Any) -> bool:
        """Whether it is the answer to another state too."""
        return all(getattr(state, name) == object.__getattribute__(self.state, name) for name in read(self.state))


@cache
def _watching(kind: type) -> type:
    names = frozenset(each.name for each in fields(kind))

    class Watched(kind):
        def __getattribute__(self, name: str) -> Any:
            if name in names:
                object.__getattribute__(self, "_read").add(name)
            elif name == "__dict__":
                object.__getattribute__(self, "_read").update(names)
            return super().__getattribute__(name)

        @property
        def __class__(self) -> type:  # it equals the state that it is a copy of
            return kind

    Watched.__name__, Watched.__qualname__ = kind.__name__, kind.__qualname__
    return Watched
