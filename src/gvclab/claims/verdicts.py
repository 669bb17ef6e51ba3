"""The verdicts there are, each a chip: a word, a symbol, and the rule for giving it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gvclab import sources
from gvclab.content import cached_by_language, resource, translator

from .tables import known

_FIELDS = ("label", "symbol", "meaning")


@dataclass(frozen=True)
class Chip:
    """A verdict. `rank` is 1 for the strongest; what evidence cannot settle has none."""

    id: str
    label: str
    symbol: str
    meaning: str
    rank: int | None = None


def read(content: Path) -> dict[str, Chip]:
    """The verdicts of a `content` folder by their ids, in the order of the file. Fault names the line of an error."""
    path = content / "verdicts.yml"
    translate, found = translator("verdicts", content.parent / "locale"), {}
    written = sources.read(path, content.parent)
    with sources.naming(path, content.parent):
        for name, table in written.items():
            sources.needed(table, _FIELDS, name, written.line(name))
            known(table, {*_FIELDS, "rank"}, name)
            said = {part: translate(f"{name}.{part}", table[part]) for part in ("label", "meaning")}
            found[name] = Chip(name, symbol=table["symbol"], rank=table.get("rank"), **said)
    return found


@cached_by_language
def chips() -> dict[str, Chip]:
    """The course's verdicts, in the language in use."""
    return read(resource("content"))


def chip(verdict_id: str) -> Chip:
    """The chip of a verdict. KeyError for an unknown id."""
    return chips()[verdict_id]
