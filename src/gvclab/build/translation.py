"""The catalogues of a language: `content/` -> `locale/<language>/`, and how much of them is done.

A catalogue mirrors a content file. What a translator has done is kept when the English changes or moves: the same
English in another place is still translated; another English in the same place keeps the old translation, marked
fuzzy, until somebody has looked at it. What no content has any more is kept at the end of the file, commented out.
"""

from __future__ import annotations

import difflib
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Translation
from babel.messages.pofile import PoFileError, denormalize, read_po, write_po

from gvclab import sources
from gvclab.build import lesson
from gvclab.build.pieces import code_words
from gvclab.build.tree import BuildReport
from gvclab.claims import claims
from gvclab.content import ENGLISH, Listed
from gvclab.content import text as say
from gvclab.language import PSEUDO, misfit

_WIDTH = 110
# How alike two texts are, from 0 to 1, for the translation of one to be a draft of the other's.
_IN_PLACE, _ELSEWHERE = 0.5, 0.8


class Entry(NamedTuple):
    """A text to translate: its place in the content file, itself, and the lines where it stands."""

    context: str
    english: str
    lines: tuple[tuple[str, int], ...]


@dataclass
class Count:
    """How much of a catalogue is done, and what of it does not fit its English."""

    total: int = 0
    done: int = 0
    fuzzy: int = 0
    misfits: list[str] = field(default_factory=list)

    def __add__(self, other: Count) -> Count:
        return Count(*(mine + theirs for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True)))


def extract(root: Path) -> dict[str, list[Entry]]:
    """All that is to be translated in `content/`, by catalogue. Fault names the file and the line of an error."""
    content, found = root / "content", {}
    for path in sorted(content.rglob("*.yml")):
        file = path.relative_to(content).with_suffix("").as_posix()
        folder = file.split("/")[0]
        if folder in _READERS:
            table = sources.read(path, root)
            with sources.naming(path, root):
                found[file] = _entries(_READERS[folder](file, table), path, root)
    shown: dict[str, list[tuple[str, int]]] = {}
    for path in sorted((content / "lessons").glob("*.md")):
        source = path.read_text(encoding="utf-8")
        with sources.naming(path, root):
            found[f"lessons/{path.stem}"] = _entries(lesson.words(source), path, root)
            for word, line in code_words(source):
                shown.setdefault(word, []).append((_name(path, root), line))
    for path in sorted((root / "data").glob("*.yml")):
        for unit, line in _units(sources.read(path, root)):
            shown.setdefault(unit, []).append((_name(path, root), line))
    for path in sorted((content / "exercises").glob("*.md")):
        with sources.naming(path, root):
            found[f"exercises/{path.stem}"] = _entries(_of_items(path.read_text(encoding="utf-8")), path, root)
    for path in sorted((content / "diagrams").glob("*.yml")):
        found[f"diagrams/{path.stem}"] = _entries(_of_diagram(path.read_text(encoding="utf-8"), path), path, root)
    found["words"] = [Entry("", word, tuple(lines)) for word, lines in shown.items()]
    return {file: entries for file, entries in sorted(found.items()) if entries}


def _messages(file: str, table: sources.Table) -> Iterator[tuple[str, str, int]]:
    key = file.removeprefix("messages/").replace("/", ".")
    return ((f"{key}.{place}", english, line) for place, english, line in sources.leaves(table))


def _claims(_file: str, table: sources.Table) -> Iterator[tuple[str, str, int]]:
    for name, claim in table.items():
        yield from claims.words(name, claim)


def _glossary(_file: str, table: sources.Table) -> Iterator[tuple[str, str, int]]:
    for term, said in table.items():
        yield term, term, table.line(term)
        yield f"{term}.is", said["is"], said.line("is")


def _fields(*names: str) -> Callable[[str, sources.Table], Iterator[tuple[str, str, int]]]:
    """What reads these fields of each entry."""

    def read(_file: str, table: sources.Table) -> Iterator[tuple[str, str, int]]:
        for name, entry in table.items():
            for field_name in names:
                yield f"{name}.{field_name}", entry[field_name], entry.line(field_name)

    return read


_READERS = {
    "messages": _messages,
    "claims": _claims,
    "glossary": _glossary,
    "bibliography": _fields("finding"),
    "verdicts": _fields("label", "meaning"),
}


def _units(manifest: sources.Table) -> Iterator[tuple[str, int]]:
    """The units of a dataset's columns, which figures write on their axes."""
    for column in (manifest.get("columns") or {}).values():
        if isinstance(column.get("unit"), str) and column["type"] == "number":
            yield column["unit"], column.line("unit")


def _of_items(source: str) -> Iterator[tuple[str, str, int]]:
    """The words of an exercise file: those of its first cell, and of each item by the item's id."""
    from gvclab.exercises import bank
    from gvclab.exercises.wording import wording

    items = bank.parse(source)
    line_of = _line_of(source)
    for place, english in (
        ("title", items.meta["title"]),
        *_numbered("objectives", items.meta),
        ("intro", items.intro),
    ):
        yield place, english, line_of(english)
    for item in items:
        chapter = line_of(f"## {item.id} ")
        for path, english in wording(item).items():
            yield f"{item.id} {path}", english, line_of(english, chapter)


def _of_diagram(source: str, path: Path) -> Iterator[tuple[str, str, int]]:
    """The words of a diagram, by their ids."""
    from gvclab.charts.diagram import parse, wording

    line_of = _line_of(source)
    return ((place, said, line_of(said)) for place, said in wording(parse(source, path)).items())


def _line_of(source: str) -> Callable[..., int]:
    """What finds a text: `line_of(text, first)` is the line from `first` on that it begins in, or else `first`."""
    lines = source.split("\n")

    def line_of(english: str, first: int = 1) -> int:
        start = english.strip().split("\n")[0][:40]  # a long text may be folded
        return next((n for n, line in enumerate(lines[first - 1 :], start=first) if start in line), first)

    return line_of


def _numbered(name: str, meta: dict) -> Iterator[tuple[str, str]]:
    return ((f"{name}.{n}", each) for n, each in enumerate(meta.get(name) or ()))


def _entries(found: Iterable[tuple[str, str, int]], path: Path, root: Path) -> list[Entry]:
    return [Entry(context, said, ((_name(path, root), line),)) for context, said, line in found if said.strip()]


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


# --------------------------------------------------------------------------------------------------- catalogues


def languages(root: Path) -> list[str]:
    """The languages that have catalogues."""
    return sorted(path.name for path in (root / "locale").glob("*") if path.is_dir())


def update(root: Path, tag: str) -> BuildReport:
    """Bring the catalogues of a language up to date with `content/`, new ones included.

    ValueError for what is no language that can have catalogues.
    """
    report = BuildReport()
    for path, text in _made(root, tag).items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            report.lines.append(say("translate.written", file=_name(path, root)))
    if not report.lines:
        report.lines.append(say("translate.same", language=tag))
    return report


def check(root: Path, tag: str | None = None) -> BuildReport:
    """Whether the catalogues of a language, or of all, are up to date, and each translation fits its English."""
    report = BuildReport()
    for each in [tag] if tag else languages(root):
        for path, text in _made(root, each).items():
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                report.problems.append(say("translate.stale", file=_name(path, root), language=each))
        counts = counted(root, each)
        report.problems += [line for count in counts.values() for line in count.misfits]
        if not report.problems:
            report.lines.append(say("translate.same", language=each))
    return report


def status(root: Path, tag: str | None = None) -> BuildReport:
    """How much is done of a language, file by file; of all languages in one line each."""
    report = BuildReport()
    for each in [tag] if tag else languages(root):
        counts = counted(root, each)
        rows = counts | {say("translate.all", language=each): sum(counts.values(), Count())}
        report.lines += [_row(name, count) for name, count in (rows.items() if tag else [rows.popitem()])]
    if not report.lines:
        report.lines.append(say("translate.none"))
    return report


def _row(name: str, count: Count) -> str:
    share = count.done / count.total if count.total else 1
    return say("translate.row", file=name, done=count.done, total=count.total, share=share, fuzzy=count.fuzzy)


def counted(root: Path, tag: str) -> dict[str, Count]:
    """How much is done, by catalogue: of what the content has today."""
    found = {}
    for file, entries in extract(root).items():
        path = _path(root, tag, file)
        old, count = read(path, tag), Count(total=len(entries))
        for entry in entries:
            known = old.get(entry.english, entry.context or None)
            if known is None or not known.string:
                continue
            wrong = misfit(entry.english, known.string, file)
            if wrong:
                line = say("translate.misfit", context=entry.context, names=Listed(sorted(wrong), "comma"))
                count.misfits.append(say("build.error.where", file=_name(path, root), problem=line))
            count.fuzzy += known.fuzzy
            count.done += not known.fuzzy and not wrong
        found[file] = count
    return found


def _made(root: Path, tag: str) -> dict[Path, str]:
    """The text of every catalogue of a language, by its path, for the content of today."""
    made = {}
    for file, entries in extract(root).items():
        path = _path(root, tag, file)
        buffer = io.BytesIO()
        write_po(buffer, updated(read(path, tag), entries), width=_WIDTH, include_previous=True)
        made[path] = buffer.getvalue().decode("utf-8").rstrip("\n") + "\n"
    return made


def _path(root: Path, tag: str, file: str) -> Path:
    return root / "locale" / tag / f"{file}.po"


def read(path: Path, tag: str) -> Catalog:
    """The catalogue as it is, or a new one. ValueError for no language, and for a file that is no catalogue."""
    if tag in (PSEUDO, ENGLISH):
        raise ValueError(say("translate.no_files", name=tag))
    try:
        Locale.parse(tag)
    except (UnknownLocaleError, ValueError) as error:
        raise ValueError(say("translate.no_language", name=tag)) from error
    if not path.is_file():
        header = "\n".join(f"# {line}" for line in say("translate.header").splitlines())
        nobody = {"msgid_bugs_address": "–", "last_translator": "–", "language_team": tag}
        return Catalog(locale=tag, project="gvclab", version="–", header_comment=header, fuzzy=False, **nobody)
    source = path.read_text(encoding="utf-8")
    try:
        found = read_po(io.BytesIO(source.encode()), locale=tag, abort_invalid=True)
    except PoFileError as error:
        raise sources.Fault(
            say("translate.no_catalogue", problem=error.args[0]), error.lineno + 1, str(path)
        ) from error
    for block in source.split("\n\n"):  # babel writes what the English was before (`#|`), and does not read it
        before = [line.removeprefix("#| ").removeprefix("msgid ") for line in block.split("\n") if line[:3] == "#| "]
        if before:
            entry = next(each for each in read_po(io.BytesIO(block.encode())) if each.id)
            found.get(entry.id, entry.context).previous_id = [denormalize("\n".join(before))]
    return found


def public_text(path: Path, root: Path) -> str:
    """A catalogue of exercises with no more in it than the exercise file in `root`, which has no answers."""
    source = root / "content" / "exercises" / f"{path.stem}.md"
    old = read(path, path.parts[-3])
    new = Catalog(locale=old.locale, header_comment=old.header_comment, fuzzy=False)
    new.mime_headers = old.mime_headers
    for entry in _entries(_of_items(source.read_text(encoding="utf-8")), source, root):
        known = old.get(entry.english, entry.context)
        if known is not None and known.string and not known.fuzzy:
            new.add(entry.english, known.string, context=entry.context)
    buffer = io.BytesIO()
    write_po(buffer, new, width=_WIDTH)
    return buffer.getvalue().decode("utf-8")


def updated(old: Catalog, entries: list[Entry]) -> Catalog:
    """The catalogue for these entries, with all that an older one has for them."""
    new = Catalog(locale=old.locale, header_comment=old.header_comment, fuzzy=False)
    new.mime_headers = old.mime_headers
    known = {(each.context or "", each.id): each for each in (*old.obsolete.values(), *old) if each.id and each.string}
    taken, spare = _pairs(entries, known)
    for entry in entries:
        made = new.add(entry.english, locations=entry.lines, context=entry.context or None)
        found = known.get(taken.get(entry))
        if found is None:
            continue
        made.string, made.user_comments, made.flags = found.string, found.user_comments, set(found.flags)
        made.previous_id = found.previous_id
        if found.id != entry.english:
            made.flags.add("fuzzy")
            made.previous_id = [found.id]
    for context, english in spare:
        each = known[context, english]
        each.locations = []
        new.obsolete[(english, context) if context else english] = each
    return new


def _pairs(entries: list[Entry], known: dict[tuple[str, str], Translation]) -> tuple[dict[Entry, tuple], list[tuple]]:
    """From which old entry each entry takes its translation, and the old entries that are of no use.

    First the same English in the same place, then the same English elsewhere, then another in the same place, then
    what is very much like it.
    """
    pairs = {entry: entry[:2] for entry in entries if entry[:2] in known}
    spare = [key for key in known if key not in set(pairs.values())]

    def same(entry: Entry, key: tuple[str, str]) -> bool:
        return key[1] == entry.english

    def reworded(entry: Entry, key: tuple[str, str]) -> bool:
        return key[0] == entry.context and _alike(entry.english, key[1], _IN_PLACE)

    def near(entry: Entry, key: tuple[str, str]) -> bool:
        return _alike(entry.english, key[1], _ELSEWHERE)

    for fits in (same, reworded, near):
        for entry in entries:
            if entry not in pairs and (key := next((key for key in spare if fits(entry, key)), None)):
                pairs[entry] = key
                spare.remove(key)
    return pairs, spare


def _alike(one: str, other: str, least: float) -> bool:
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    return all(ratio() >= least for ratio in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio))
