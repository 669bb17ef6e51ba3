"""The works that the course cites: read from `content/bibliography.yml`, and put into text as links."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from gvclab import sources
from gvclab.content import Listed, cached_by_language, resource, translator
from gvclab.content import render as said
from gvclab.content import text as say
from gvclab.sources import Fault

from .tables import known

CHECKED = ("abstract", "record", "page")
_NEEDED = ("authors", "year", "title", "venue", "checked", "finding")
_FIELDS = {*_NEEDED, "doi", "url", "short", "for"}
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CITE = re.compile(r"\{cite\}`([^`\n]*)`")
_MARKUP = re.compile(r"([\\`*_\[\]<>])")


@dataclass(frozen=True)
class Work:
    """One work.

    authors : "Family, Given", or an institution without a comma
    checked : what of it was seen: its abstract, a record of it, or the page itself; for authors, on no page
    finding : what it finds, in our words
    letter : tells works apart that would be cited alike
    lesson : the lesson whose case it is a source of, if any
    """

    key: str
    authors: tuple[str, ...]
    year: int
    title: str
    venue: str
    link: str
    checked: str
    finding: str
    short: str = ""
    letter: str = ""
    lesson: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """By what its authors are cited."""
        return (self.short,) if self.short else tuple(author.partition(",")[0] for author in self.authors)

    @property
    def label(self) -> str:
        """As it is cited in a text: "Boehm et al. 2019"."""
        few = len(self.names) <= 2
        authors = Listed(self.names) if few else say("claims.cite.others", first=self.names[0])
        return say("claims.cite.label", authors=authors, year=f"{self.year}{self.letter}")


def read(content: Path) -> dict[str, Work]:
    """The works of a `content` folder by their keys; none where it has no bibliography.

    Fault names the file and the line of an error.
    """
    path = content / "bibliography.yml"
    if not path.is_file():
        return {}
    translate = translator("bibliography", content.parent / "locale")
    written = sources.read(path, content.parent)
    with sources.naming(path, content.parent):
        found = {key: _work(key, table, written.line(key), translate) for key, table in written.items()}
    return _lettered(found)


def _work(key: str, table: sources.Table, line: int, translate: Callable[[str, str], str]) -> Work:
    sources.needed(table, _NEEDED, key, line)
    known(table, _FIELDS, key)
    if not _KEY.fullmatch(key):
        raise Fault(say("claims.error.key", work=key), line)
    if table["checked"] not in CHECKED:
        raise Fault(say("claims.error.checked", known=Listed(CHECKED, "or")), table.line("checked"))
    if not isinstance(table["year"], int):
        raise Fault(say("claims.error.year", year=table["year"]), table.line("year"))
    link = f"https://doi.org/{table['doi']}" if "doi" in table else str(table.get("url", ""))
    if not urlsplit(link).netloc:
        raise Fault(say("claims.error.link", work=key), line)
    return Work(
        key=key,
        authors=tuple(table["authors"]),
        year=table["year"],
        title=table["title"],
        venue=table["venue"],
        link=_in_markdown(link),
        checked=table["checked"],
        finding=translate(f"{key}.finding", table["finding"]),
        short=table.get("short", ""),
        lesson=str(table.get("for", "")),
    )


def _in_markdown(link: str) -> str:
    """An address in which no character ends a Markdown link."""
    return link.replace("(", "%28").replace(")", "%29").replace(" ", "%20").replace("<", "%3C").replace(">", "%3E")


def _lettered(found: Mapping[str, Work]) -> dict[str, Work]:
    """The works, with a letter behind the year of those that would be cited alike."""
    alike = Counter(work.label for work in found.values())
    seen: Counter = Counter()
    lettered = {}
    for key, work in found.items():
        if alike[work.label] > 1:
            letter = "abcdefghijklmnopqrstuvwxyz"[seen[work.label]]
            seen[work.label] += 1
            lettered[key] = replace(work, letter=letter)
        else:
            lettered[key] = work
    return lettered


@cached_by_language
def works() -> dict[str, Work]:
    """The course's bibliography, in the language in use."""
    return read(resource("content"))


def work(key: str) -> Work:
    """A work by its key. KeyError, which names the key, for one that is not in the bibliography."""
    found = works().get(key)
    if found is None:
        raise KeyError(say("claims.error.work", work=key))
    return found


def cite(key: str) -> str:
    """The citation of a work as a Markdown link: `[Boehm et al. 2019](https://doi.org/… "title. venue")`."""
    return _cited(work(key))


def _cited(cited: Work) -> str:
    tip = f"{cited.title}. {cited.venue}".replace("\\", "\\\\").replace('"', '\\"')
    return f'[{_plain(cited.label)}]({cited.link} "{tip}")'


def references(keys: Iterable[str]) -> list[str]:
    """A list of references, a line of Markdown each: by the names that the works are cited by, then by year."""
    return [_reference(listed) for listed in sorted(map(work, set(keys)), key=_place)]


def _place(listed: Work) -> tuple:
    """What orders a list of references: Šedá stands among those with S, and capital letters do not count."""
    letters = [unicodedata.normalize("NFKD", name.casefold()) for name in listed.names]
    plain = ["".join(each for each in name if not unicodedata.combining(each)) for name in letters]
    return plain, listed.year, listed.letter, listed.title


def _reference(listed: Work) -> str:
    """A work in a list of references: authors, the first by family name, year, title, venue, link."""
    first, *others = listed.authors
    if listed.short:
        first = say("claims.cite.long", short=listed.short, name=first)
    names = [first, *(" ".join(reversed(author.split(", ", 1))) for author in others)]
    place = urlsplit(listed.link)
    shown = f"doi:{place.path.lstrip('/')}" if place.netloc == "doi.org" else place.netloc
    return say(
        "claims.reference",
        authors=_plain(said(Listed(names))),
        year=f"{listed.year}{listed.letter}",
        title=_plain(listed.title),
        venue=_plain(listed.venue),
        link=f"[{_plain(shown)}]({listed.link})",
    )


def _plain(words: str) -> str:
    """Words in which Markdown finds no marks."""
    return _MARKUP.sub(r"\\\1", words)


def cited(words: str) -> list[str]:
    """The keys of the works that a text cites, in its order."""
    return _CITE.findall(words)


def linked(words: str, known_works: Mapping[str, Work] | None = None) -> str:
    """A text in which each {cite}`key` is a link to the work. KeyError for a work that is not in the bibliography."""
    found = works() if known_works is None else known_works
    lacking = [key for key in cited(words) if key not in found]
    if lacking:
        raise KeyError(say("claims.error.work", work=lacking[0]))
    return _CITE.sub(lambda mark: _cited(found[mark.group(1)]), words)
