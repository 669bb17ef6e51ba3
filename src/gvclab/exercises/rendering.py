"""A verdict in words, in the reader's language: made where it is shown, and nowhere before.

A checker refers to a text of the item by its path (`of_item`); the item at hand has the text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from gvclab.content import Listed, Message, formatted, render, sentences

from .items import Item
from .ladder import Verdict
from .wording import wording

_NAMED = re.compile(r"\{\{ *(\w+) *\}\}")
ITEM_TEXT = "item"  # the id of a message that is a text of the item, with the item's id and the text's path


def of_item(item: Item, path: str) -> Message:
    """A text of the item by its path, such as a hint: `parts.length.wrong.one_less`."""
    return Message(ITEM_TEXT, {"item": item.id, "path": path})


def explanation(item: Item, names: Mapping[str, Any]) -> Message:
    """The item's `why`, with the values that it quotes of the names of the solution."""
    quoted = {name: float(names[name]) for name in _NAMED.findall(item.why)}
    return Message(ITEM_TEXT, {"item": item.id, "path": "why", **quoted})


def path_of(message: Message) -> str:
    """The path of the item's text that a message is; empty where it is none."""
    return message.values["path"] if message.id == ITEM_TEXT else ""


def rendered(item: Item, message: Message) -> str:
    """The sentence. A path that the item has no more, because it has changed since, is an empty text."""
    if message.id == ITEM_TEXT:
        words = _texts(item).get(message.values["path"], "")
        return _NAMED.sub(lambda slot: formatted(message.values.get(slot.group(1), math.nan), ".3g"), words)
    return render(Message(message.id, {name: _filled(item, value) for name, value in message.values.items()}))


def message_of(item: Item, verdict: Verdict) -> str:
    """All that a verdict says of itself, its parts apart."""
    said = [rendered(item, message) for message in verdict.messages]
    return sentences([words for words in said if words])


def label_of(item: Item, part: str) -> str:
    """What a part of the answer is called: a number's label, a term, a property of a function."""
    if item.type == "match":
        return _texts(item).get(f"terms.{part}", part)
    if item.type == "code":
        return item.properties.get(part, part)
    return _texts(item).get(f"parts.{part}.label", part)


def _filled(item: Item, value: Any) -> Any:
    if isinstance(value, Message):
        return rendered(item, value)
    if isinstance(value, Listed):
        return Listed([_filled(item, part) for part in value.parts], value.kind)
    return value


@lru_cache(maxsize=512)
def _texts(item: Item) -> dict[str, str]:
    return wording(item)
