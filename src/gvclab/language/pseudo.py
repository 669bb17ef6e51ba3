"""The pseudo-locale: English that can be told from English, a third longer, as many languages are.

`pseudo("Chain lab")` is `⟦Çĥååîñ ļåbb⟧`-like: every letter has an accent, every third letter stands twice, and the text
stands in brackets of its own. What is no word stays: placeholders, code, links, mathematics, HTML, slots of a
prompt, marks of claims, and the signs that make Markdown headings, lists and tables.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import count

PSEUDO = "qps"
OPEN, CLOSE = "⟦", "⟧"
_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MARKED = "åƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ"
_ACCENT = str.maketrans(_PLAIN, _MARKED)
_KEPT = re.compile(
    r"""```.*?```|~~~.*?~~~               # fenced code
    | \$\$.*?\$\$                         # mathematics
    | \$(?=\S)[^$\n]+(?<=\S)\$(?!\w)
    | `[^`\n]+`                           # code
    | \{\{[^{}]*\}\} | \{[^{}]*\}         # slots and placeholders
    | (?<!\])\[C[\d.]+-\d+\](?!\()        # marks of claims
    | (?<=\])\([^()\s]*\)                 # where links lead
    | <[^<>\s][^<>]*> | &\#?\w+;          # HTML
    | https?://[^\s)>"]+""",
    re.S | re.X,
)
_FENCED = re.compile(r"^(?:```|~~~|\$\$).*?^(?:```|~~~|\$\$) *$", re.S | re.M)
# A text is wrapped paragraph by paragraph; a heading, a list's entry and a table's row are paragraphs of their own.
_START = r"(?:\#{1,6}[ ]|[-*+][ ]|\d+\.[ ]|>[ ])"
_PIECE = re.compile(
    rf"(?P<row>^\|.*$)|(?P<lead>^[ \t]*(?:{_START})*)(?P<words>\S(?:.|\n(?!\s*\n|\s*{_START}|\|))*)", re.M
)


@cache
def pseudo(english: str) -> str:
    """The text of the pseudo-locale. One without letters of ours stays as it is."""
    parts, end = [], 0
    for fence in _FENCED.finditer(english):
        parts += [_PIECE.sub(_piece, english[end : fence.start()]), fence.group()]
        end = fence.end()
    return "".join([*parts, _PIECE.sub(_piece, english[end:])])


def _piece(found: re.Match) -> str:
    if row := found["row"]:
        return "|".join(_wrapped(cell) for cell in re.split(r"(?<!\\)\|", row))
    return found["lead"] + _wrapped(found["words"])


def _wrapped(words: str) -> str:
    letters = count(1)
    changed, end = [], 0
    for kept in _KEPT.finditer(words):
        changed += [_longer(words[end : kept.start()], letters), kept.group()]
        end = kept.end()
    said = "".join([*changed, _longer(words[end:], letters)])
    if next(letters) == 1:
        return words
    bare = said.strip()
    return said.replace(bare, f"{OPEN}{bare}{CLOSE}")


def _longer(words: str, letters: count) -> str:
    """Accents on all letters, and each third one twice; `letters` counts on through a text."""
    return "".join(
        (marked * 2 if next(letters) % 3 == 0 else marked) if letter in _PLAIN else letter
        for letter, marked in zip(words, words.translate(_ACCENT), strict=True)
    )
