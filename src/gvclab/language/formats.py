"""Numbers, dates and lists as a language writes them (CLDR, by babel)."""

from __future__ import annotations

import datetime
import numbers
import re
from collections.abc import Mapping
from functools import cache
from string import Formatter
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, get_month_names

from .pseudo import PSEUDO, pseudo

# strftime's directives that hold words, and an order that differs from language to language.
_SKELETONS = {"%B %Y": "yMMMM", "%b %Y": "yMMM", "%d %b %Y": "yMMMd", "%Y": "y"}
_NUMBER = re.compile(r"[\d][\d,]*(\.\d+)?")
_OTHER_BASES = set("bcoxX")


@cache
def _locale(tag: str) -> Locale:
    """The rules of a language; those of English for one that CLDR does not have."""
    try:
        return Locale.parse(tag)
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")


class _Filler(Formatter):
    def __init__(self, tag: str) -> None:
        self.tag = tag

    def format_field(self, value: Any, format_spec: str) -> str:
        return formatted(value, format_spec, self.tag)


def filled(template: str, values: Mapping[str, Any], tag: str) -> str:
    """A template with its placeholders filled: `"{R:.3f}"` is `0,951` in German."""
    return _Filler(tag).vformat(template, (), values)


def formatted(value: Any, spec: str, tag: str) -> str:
    """What `format(value, spec)` gives, with the separators, the per cent sign and the months of the language."""
    if isinstance(value, datetime.date):
        said = _dated(value, spec, _locale(tag))
        return pseudo(said) if tag == PSEUDO else said
    plain = format(value, spec)
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    return _number(plain, _locale(tag)) if is_number and spec[-1:] not in _OTHER_BASES else plain


def _number(plain: str, locale: Locale) -> str:
    symbols = locale.number_symbols.get("latn") or locale.number_symbols[locale.default_numbering_system]
    marks = str.maketrans({".": symbols["decimal"], ",": symbols["group"]})
    said = _NUMBER.sub(lambda found: found.group().translate(marks), plain, count=1)
    if said.endswith("%"):
        said = said[:-1] + locale.percent_formats[None].suffix[0]
    return said


def _dated(value: datetime.date, spec: str, locale: Locale) -> str:
    if spec in ("", "%d %B %Y"):
        return format_date(value, "long", locale)
    if spec in _SKELETONS:
        return format_skeleton(_SKELETONS[spec], value, locale=locale)
    names = {"%B": get_month_names("wide", locale=locale), "%b": get_month_names("abbreviated", locale=locale)}
    return format(value, re.sub("%[Bb]", lambda found: names[found.group()][value.month], spec))


def joined(parts: list[str], kind: str, tag: str) -> str:
    """Parts as a list: "and", "or", or "comma" for one without a last word."""
    from babel.lists import format_list

    if kind == "comma":
        between = _locale(tag).list_patterns["standard"]["middle"]
        said = parts[:1]
        for part in parts[1:]:
            said = [between.format(said[0], part)]
        return "".join(said)
    if tag == PSEUDO and len(parts) > 1:
        return f"{', '.join(parts[:-1])} {pseudo(kind)} {parts[-1]}"
    return format_list(parts, style={"and": "standard", "or": "or"}[kind], locale=_locale(tag))
