"""The paper's claims as `content/claims/` has them, a file a section, each with its verdict and what it stands on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gvclab import sources
from gvclab.content import Listed, cached_by_language, resource
from gvclab.content import text as say
from gvclab.sources import Fault

from . import bibliography
from .tables import Entry, checked, entries, known
from .verdicts import chips

NEEDED = ("claim", "type", "verdict", "line", "evidence", "change")
_FIELDS = {*NEEDED, "position", "model", "data", "paper", "rests_on"}
TYPES = ("D", "E", "C", "F", "N")  # definitional, empirical, causal, forecast, normative
WORDS = ("claim", "line", "model", "evidence", "change")  # what is translated


@dataclass(frozen=True)
class Claim:
    """One claim.

    claim : the claim, in our words
    type : of `TYPES`
    verdict : the id of its verdict
    line : what was found, in the sentence that stands beside the verdict
    evidence : what bears on it, in Markdown, with citations as links
    change : what could be observed that would change the verdict
    model : under which condition it holds in the lesson's model
    position : whether it is a political position, reported as the authors'
    data : whether real data of the course bear on it
    rests_on : ids of the claims that it needs
    cites : keys of the works in its evidence and its line
    """

    id: str
    claim: str
    type: tuple[str, ...]
    verdict: str
    line: str
    evidence: tuple[str, ...]
    change: str
    model: str = ""
    position: bool = False
    data: bool = False
    rests_on: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()

    @property
    def section(self) -> str:
        """The section of the paper that makes it."""
        return self.id[1:].rpartition("-")[0]


def words(name: str, table: sources.Table) -> Iterator[tuple[str, str, int]]:
    """All that is translated of a claim: place, English, line."""
    for part in WORDS:
        if part in table:
            yield from sources.leaves(table[part], f"{name}.{part}", table.line(part))


def read(content: Path, works: Mapping[str, bibliography.Work]) -> dict[str, Claim]:
    """The claims of a `content` folder by their ids, which cite these works; Fault names the file and the line."""
    written = entries(content, "claims")
    found = {each.name: checked(content, each, lambda one: _claim(one, works)) for each in written}
    for each in written:
        checked(content, each, lambda one: _rests(one, found))
    return found


def _claim(written: Entry, works: Mapping[str, bibliography.Work]) -> Claim:
    name, table, line = written.name, written.table, written.line
    sources.needed(table, NEEDED, name, line)
    known(table, _FIELDS, name)
    if strange := [letter for letter in table["type"] if letter not in TYPES]:
        raise Fault(say("claims.error.type", types=Listed([*map(str, strange)], "comma")), table.line("type"))
    if table["verdict"] not in chips():
        known_ids = Listed([*chips()], "or")
        raise Fault(say("claims.error.verdict", verdict=table["verdict"], known=known_ids), table.line("verdict"))
    if table["verdict"] == "position" and not table.get("position"):
        raise Fault(say("claims.error.position", claim=name), table.line("verdict"))

    def shown(place: str, english: str, at: int) -> str:
        try:
            return bibliography.linked(" ".join(written.translate(place, english).split()), works)
        except KeyError as problem:
            raise Fault(problem.args[0], at) from problem

    said: dict[str, list[str]] = {}
    for place, english, at in words(name, table):
        said.setdefault(place.removeprefix(f"{name}.").split(".")[0], []).append(shown(place, english, at))
    cites = [key for _, english, _ in words(name, table) for key in bibliography.cited(english)]
    return Claim(
        id=name,
        type=tuple(table["type"]),
        verdict=table["verdict"],
        evidence=tuple(said.pop("evidence")),
        position=bool(table.get("position")),
        data=bool(table.get("data")),
        rests_on=tuple(table.get("rests_on", ())),
        cites=tuple(dict.fromkeys(cites)),
        **{part: "".join(texts) for part, texts in said.items()},
    )


def _rests(written: Entry, found: Mapping[str, Claim]) -> None:
    """Fault unless all that a claim rests on exists and none of it rests on the claim."""
    for needed in found[written.name].rests_on:
        line = written.table.line("rests_on")
        if needed not in found:
            raise Fault(say("claims.error.unknown", claim=needed), line)
        if written.name in _below(needed, lambda name: found[name].rests_on if name in found else ()):
            raise Fault(say("claims.error.cycle", claim=written.name, other=needed), line)


def _below(name: str, needs: Callable[[str], tuple[str, ...]]) -> set[str]:
    """A claim and all that it rests on, through others too."""
    seen, waiting = set(), [name]
    while waiting:
        each = waiting.pop()
        if each not in seen:
            seen.add(each)
            waiting += needs(each)
    return seen


@cached_by_language
def _known() -> dict[str, Claim]:
    return read(resource("content"), bibliography.works())


def all_claims(section: str | None = None) -> dict[str, Claim]:
    """The claims of the paper, or of a section of it, by their ids and in the language in use."""
    return {name: each for name, each in _known().items() if section in (None, each.section)}


def claim(claim_id: str) -> Claim:
    """A claim by its id. KeyError, which names it, for one that the paper does not make."""
    found = _known().get(claim_id)
    if found is None:
        raise KeyError(say("claims.error.unknown", claim=claim_id))
    return found
