"""What there is and where it is from: `catalogue`, `describe`, and the `source` line beneath a figure."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gvclab.content import Listed, text
from gvclab.data.manifest import Manifest, names, read

if TYPE_CHECKING:
    import pandas as pd


def catalogue() -> pd.DataFrame:
    """What there is: one row per dataset with its title, years, rows, publishers and licence.

    A dataset without rows is not shipped: `describe` says how to make it.
    """
    import pandas as pd

    rows = [
        {
            "name": m.name,
            "title": m.title,
            "years": m.period,
            "rows": m.seal.rows if m.seal else 0,
            "publisher": "; ".join(s["publisher"] for s in m.sources),
            "licence": m.licence,
        }
        for m in map(read, names())
    ]
    return pd.DataFrame(rows).set_index("name")


def describe(name: str) -> str:
    """Everything the manifest says about `name`, to be read in a terminal."""
    m = read(name)
    entries = [
        text("data.show.head", name=name, title=m.title, description=m.description.strip()),
        *(text("data.show.source", **s, terms=Listed(_terms(s["licence"]), "comma")) for s in m.sources),
        text("data.show.transformation", transformation=m.transformation.strip()),
        text("data.show.columns"),
        *(text("data.show.column", name=c, **d) for c, d in (m.columns or m.arrays).items()),
        text("data.show.limits"),
        *(text("data.show.limit", limit=limit) for limit in m.limits),
        *_held(m),
    ]
    return "\n".join(entries)


def _terms(licence: dict) -> list[str]:
    """A licence, and what was checked about it; beneath a figure only the licence stands."""
    return [licence[key] for key in ("title", "checked") if key in licence]


def _held(m: Manifest) -> Iterator[str]:
    """The file as it is here, and how it is made."""
    if m.seal is None:
        yield text("data.show.absent", name=m.name, path=m.path)
        return
    yield text("data.show.file", path=m.path, rows=m.seal.rows, period=m.period, bytes=m.seal.bytes)
    yield text("data.show.sha256", sha256=m.seal.sha256)
    yield text("data.show.refresh" if m.refresh else "data.show.by_hand", name=m.name)


@dataclass(frozen=True)
class Source:
    """The line that says where a figure's numbers are from; in a notebook the title is a link."""

    manifests: tuple[Manifest, ...]

    def __str__(self) -> str:
        return "\n".join(dict.fromkeys(self._lines("data.source.text", str)))

    @property
    def html(self) -> str:
        """The same with each title linked to the publisher's page and the citation as its tooltip."""
        lines = dict.fromkeys(self._lines("data.source.html", html.escape))
        return f'<div class="gvclab-source">{"<br>".join(lines)}</div>'

    def _repr_html_(self) -> str:
        return self.html

    def _lines(self, template: str, escape: Callable[[str], str]) -> Iterator[str]:
        for m in self.manifests:
            for s in m.sources:
                entry = {key: escape(s[key]) for key in ("publisher", "title", "url", "citation")}
                yield text(template, **entry, licence=escape(s["licence"]["title"]), period=m.period)


def source(*wanted: str) -> Source:
    """The source line of one or more datasets, for use beneath a figure: `source("supply_pressure")`."""
    return Source(tuple(map(read, wanted)))
