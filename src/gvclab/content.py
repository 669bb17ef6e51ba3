"""Where the words live: the `content/` folder and the message catalogue.

In a checkout the text is read from the repository's `content/`; in an installed wheel from the copy it carries.

A `Message` is what code passes around and keeps: which entry of the catalogue, and the values of its placeholders. It
becomes a sentence only where somebody reads it (`render`), in the language of that reader.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

_PACKAGE = Path(__file__).parent
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Message(NamedTuple):
    """One thing to be said: the id of its entry in the catalogue, and the values of the placeholders.

    A value is a number, a text of somebody's (a name, what a student typed), or a `Message` itself.
    """

    id: str
    values: Mapping[str, Any] = _NOTHING


def resource(name: str) -> Path:
    """The folder `content` or `data`: of the repository when there is one, else the wheel's own copy."""
    carried = _PACKAGE / f"_{name}"
    return carried if carried.is_dir() else _PACKAGE.parents[1] / name


def language() -> str:
    """The language in use (`GVCLAB_LANGUAGE`, default English)."""
    return os.environ.get("GVCLAB_LANGUAGE", "en")


@cache
def _file(path: Path) -> dict:
    import yaml  # here, so that a computation that prints nothing does not pay for it

    return yaml.safe_load(path.read_text(encoding="utf-8"))


def entry(key: str) -> Any:
    """The entry of the catalogue at a dotted key, as written.

    The first names of the key are folders and a file of `content/messages`, the others lead through that file:
    `panels.diversification.frontier.title` is in `panels/diversification.yml`. KeyError names what is missing.
    """
    place, path = resource("content") / "messages", key.split(".")
    while path and (place / path[0]).is_dir():
        place /= path.pop(0)
    if not path or not (place / f"{path[0]}.yml").is_file():
        known = ", ".join(sorted(each.stem for each in place.glob("*.yml")))
        raise KeyError(f"no message {key!r}: {place.name} has the files {known}")
    found = _file(place / f"{path[0]}.yml")
    for step in path[1:]:
        if not isinstance(found, dict) or step not in found:
            raise KeyError(f"no message {key!r}: {step!r} is missing from {path[0]}.yml")
        found = found[step]
    return found


def render(message: Message) -> str:
    """The sentence: the entry with its placeholders filled, messages among the values rendered first."""
    values = {name: render(value) if isinstance(value, Message) else value for name, value in message.values.items()}
    return entry(message.id).format(**values)


def text(key: str, **values: Any) -> str:
    """The entry at `key` with its placeholders filled: `text("exercises.right")`."""
    return render(Message(key, values))
