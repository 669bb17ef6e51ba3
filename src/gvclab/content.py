"""Where the words live: the `content/` folder and the message catalogue, in the reader's language.

In a checkout the text is read from the repository's `content/`; in an installed wheel from the copy it carries.

A `Message` is what code passes around and keeps: which entry of the catalogue, and the values of its placeholders. It
becomes a sentence only where somebody reads it (`render`), in the language of that reader. Nothing here raises in
front of a reader: what has no translation is said in English, what has no English is shown by its key and logged.
English needs nothing but this module; `gvclab.language` is imported where another language is spoken.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

ENGLISH = "en"
_PACKAGE = Path(__file__).parent
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_TAG = re.compile(r"[a-z]{2,3}(_[A-Za-z0-9]{2,8})*")
_FULL_WIDTH = re.compile(r"[。！？；：」』）]$")  # such a mark carries its own space
_chosen: ContextVar[str | None] = ContextVar("language", default=None)


class Message(NamedTuple):
    """One thing to be said: the id of its entry in the catalogue, and the values of the placeholders.

    A value is a number, a date, a text of somebody's (a name, what a student typed), a `Message`, or several of these:
    a `Listed`, or a list or tuple of texts and messages, which is joined as `Listed(…)` is.
    """

    id: str
    values: Mapping[str, Any] = _NOTHING

    def __reduce__(self) -> tuple:
        """So that it can be sent to another process, which an empty `MappingProxyType` cannot."""
        return Message, (self.id, dict(self.values))


class Listed(NamedTuple):
    """Several things to be said, joined by the language.

    kind : "and" (a, b and c), "or" (a, b or c), "comma" (a, b, c), "clauses" (a; b; c) or "sentences" (A. B. C.).
    """

    parts: Sequence[Any]
    kind: str = "and"


@cache
def resource(name: str) -> Path:
    """The folder `content`, `locale` or `data`: of the repository when there is one, else the wheel's own copy."""
    carried = _PACKAGE / f"_{name}"
    return carried if carried.is_dir() else _PACKAGE.parents[1] / name


# ------------------------------------------------------------------------------------------- the language in use


def language() -> str:
    """The language in use, such as `en`, `zh` or `pt_BR`: of `speaking`, else of `GVCLAB_LANGUAGE`, else English."""
    return tag(_chosen.get() or os.environ.get("GVCLAB_LANGUAGE", ""))


@cache
def tag(words: str) -> str:
    """A language's name as its folder in `locale/` has it; English for what is no name of a language."""
    name = words.strip().replace("-", "_")
    return name if _TAG.fullmatch(name) and name.split("_")[0] != ENGLISH else ENGLISH


def speak(name: str) -> None:
    """Let this process, and those it starts, speak a language: the line in a translated notebook's first code cell.

    A notebook knows its language; so this stands above a `GVCLAB_LANGUAGE` set outside, which is for notebooks that
    say nothing.
    """
    os.environ["GVCLAB_LANGUAGE"] = name


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """A language for a while: `with speaking("zh"): …`."""
    before = _chosen.set(name)
    try:
        yield
    finally:
        _chosen.reset(before)


def cached_by_language(function: Callable) -> Callable:
    """Remember what a function gives for its arguments, in each language by itself: for what holds words."""
    remembered = cache(lambda _language, *arguments: function(*arguments))
    return wraps(function)(lambda *arguments: remembered(language(), *arguments))


def translator(file: str, locale: Path | None = None) -> Callable[[str, str], str]:
    """What translates the entries of one content file: `translator("exercises/2.3a-suppliers")(context, english)`.

    `context` is the entry's place in the file; `locale` the folder of the catalogues, if it is not this library's own.
    English stands where the language has nothing, or nothing that fits.
    """
    name = language()
    if name == ENGLISH:
        return lambda context, english: english
    from gvclab.language import catalogue  # here, so that English does not pay for it

    return catalogue(name, file, locale or resource("locale"))


def word(english: str) -> str:
    """A word that stands in a lesson's code or beside the data, where a figure or a table shows it.

    Such words have no key: code cells are the same in all languages. Labels, marks, units and names of columns are
    looked up as they are, in the catalogue `words`.
    """
    return translator("words")("", english)


# ----------------------------------------------------------------------------------------- the message catalogue


@cache
def _file(path: Path) -> dict:
    import yaml  # here, so that a computation that prints nothing does not pay for it

    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:  # the build names the line; a reader gets the keys
        raise KeyError(f"{path} cannot be read: {error}") from error


def find(key: str) -> tuple[str, Any]:
    """The file of `content/messages` that has a dotted key, and the English entry.

    The first names of the key are folders and a file, the others lead through that file:
    `panels.suppliers.frontier.title` is in `panels/suppliers.yml`. KeyError names what is missing.
    """
    return _find(resource("content") / "messages", key)


@cache
def _find(top: Path, key: str) -> tuple[str, Any]:
    place, path = top, key.split(".")
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
    return (place / path[0]).relative_to(top).as_posix(), found


def entry(key: str) -> Any:
    """The entry of the catalogue at a dotted key: a text with its placeholders unfilled, or a block of them.

    A key that is missing is its own text; that is logged, and tests fail on it.
    """
    found = _entry(key)
    return key if found is None else found


def _entry(key: str) -> Any:
    try:
        file, found = find(key)
    except KeyError as problem:
        _report(problem.args[0])
        return None
    return found if language() == ENGLISH else reworded(found, key, translator(f"messages/{file}"))


def reworded(found: Any, place: str, translate: Callable[[str, str], str]) -> Any:
    """A block of entries with all its texts translated; each is known by its place in the block."""
    if isinstance(found, dict):
        return {name: reworded(value, f"{place}.{name}", translate) for name, value in found.items()}
    if isinstance(found, list):
        return [reworded(value, f"{place}.{n}", translate) for n, value in enumerate(found)]
    return translate(place, found) if isinstance(found, str) else found


def text(key: str, **values: Any) -> str:
    """The entry at `key` with its placeholders filled: `text("exercises.right")`."""
    return render(Message(key, values))


def render(message: Message | Listed) -> str:
    """The sentence: the entry with its placeholders filled, messages among the values rendered first."""
    if isinstance(message, Listed):
        return _joined([_said(part) for part in message.parts], message.kind)
    values = {name: _said(value) for name, value in message.values.items()}
    template = _entry(message.id)
    if template is not None:
        try:
            return _filled(template, values)
        except (KeyError, IndexError, ValueError, TypeError, AttributeError) as problem:
            _report(f"message {message.id} cannot be filled with {', '.join(values) or 'nothing'}: {problem!r}")
        if language() != ENGLISH:
            with speaking(ENGLISH):
                return render(message)
    return " ".join([message.id, *(f"{name}={value}" for name, value in values.items())])


def sentences(parts: Sequence[Message | str]) -> str:
    """Sentences one after another: a space between them, none after a full-width stop."""
    return render(Listed(parts, "sentences"))


def formatted(value: Any, spec: str = "") -> str:
    """A number or a date as the language writes it; in English what `format(value, spec)` gives."""
    if language() == ENGLISH:
        return format(value, spec)
    from gvclab.language import formats

    return formats.formatted(value, spec, language())


def _report(problem: str) -> None:
    """Log what is wrong with a message: the reader gets on without it, and a test fails."""
    import logging  # here, because it is slow to import and seldom needed

    logging.getLogger(__name__).error(problem)


def _said(value: Any) -> Any:
    if isinstance(value, Message | Listed):
        return render(value)
    several = isinstance(value, list | tuple) and value and all(isinstance(part, str | Message) for part in value)
    return render(Listed(value)) if several else value


def _filled(template: str, values: Mapping[str, Any]) -> str:
    if language() == ENGLISH:
        return template.format(**values)
    from gvclab.language import formats

    return formats.filled(template, values, language())


def _joined(parts: list[str], kind: str) -> str:
    if kind == "sentences":
        spaced = [part if _FULL_WIDTH.search(part) else f"{part} " for part in parts[:-1]]
        return "".join([*spaced, *parts[-1:]])
    if kind == "clauses":
        between = entry("language.clauses")
        return between.join(parts)
    if language() == ENGLISH:
        last = f" {kind} " if kind in ("and", "or") else ", "
        return last.join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
    from gvclab.language import formats

    return formats.joined(parts, kind, language())
