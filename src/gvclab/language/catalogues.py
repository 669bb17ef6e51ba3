"""Translations as they are looked up while somebody reads."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from string import Formatter

from .pseudo import PSEUDO, pseudo

_SLOTS = re.compile(r"\{\{ *\w+ *\}\}|(?<!\])\[C[\d.]+-\d+\](?!\()|\{cite\}`[^`\n]*`")
_log = logging.getLogger(__name__)


def catalogue(tag: str, file: str, folder: Path) -> Callable[[str, str], str]:
    """What translates one content file by a folder of catalogues: (context, English) -> its words, or the English."""
    if tag == PSEUDO:
        return lambda _context, english: pseudo(english)
    known = _known(tag, file, folder)
    return lambda context, english: known.get((context, english), english)


def _known(tag: str, file: str, folder: Path) -> dict[tuple[str, str], str]:
    """The entries that count; for `zh_TW` those of `zh` where it has none of its own."""
    parts = tag.split("_")
    paths = (folder / "_".join(parts[: n + 1]) / f"{file}.po" for n in range(len(parts)))
    found = [_read(path, path.stat().st_mtime_ns, file) for path in paths if path.is_file()]
    return found[0] if len(found) == 1 else {key: words for each in found for key, words in each.items()}


@cache
def _read(path: Path, _modified: int, file: str) -> dict[tuple[str, str], str]:
    from babel.messages.pofile import PoFileError, read_po

    try:
        with path.open("rb") as source:
            read = read_po(source, abort_invalid=True)
    except (PoFileError, ValueError) as problem:
        _log.error("%s cannot be read: %s", path, problem)
        return {}
    entries = [each for each in read if each.id and each.string and not each.fuzzy]
    return {(each.context or "", each.id): each.string for each in entries if not misfit(each.id, each.string, file)}


def misfit(english: str, translated: str, file: str) -> set[str]:
    """What a translation lacks or has too much: placeholders of a message; elsewhere slots, marks of claims,
    citations."""
    of = placeholders if file.startswith("messages/") else lambda words: set(_SLOTS.findall(words))
    return of(english) ^ of(translated)


def placeholders(message: str) -> set[str]:
    """The names of a message's placeholders; of one that is no format, the text itself as the one thing it has."""
    try:
        fields = [name for _, name, _, _ in Formatter().parse(message) if name is not None]
    except ValueError:
        return {message}
    return {f"{{{name}}}" for name in fields}
