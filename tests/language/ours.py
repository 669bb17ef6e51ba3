"""Words of ours that are left in English where the pseudo-locale is spoken."""

from __future__ import annotations

import re

# No words: citations of works, code, mathematics, HTML, where links lead, placeholders (those of plotly too).
_CODE = re.compile(
    r"\[[^\]\n]+\]\(https?://[^\s()]+ \"(?:[^\"\\]|\\.)*\"\)"
    r"|```.*?```|`[^`\n]+`|\$\$.*?\$\$|\$(?=\S)[^$\n]+\$|<[^<>\s][^<>]*>|&#?\w+;|\]\([^\s()]*|\[C[\d.]+-\d+\]|https?://\S+"
    r"|%?\{[^{}]*\}",
    re.S,
)
_WORD = re.compile(r"[A-Za-z]{2,}")
# Said in all languages: names of measures and agreements, units that have a sign, what numpy and pandas write.
EVERYWHERE = {"nbsp"}


def left(words: str, known: set[str] = frozenset()) -> set[str]:
    """The words of two letters or more that are not in the pseudo-locale, and not among those known."""
    return set(_WORD.findall(_CODE.sub(" ", words))) - EVERYWHERE - known
