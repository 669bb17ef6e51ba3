"""One YAML manifest per dataset: what it is, where it is from, and the seal that ties it to its file.

The part above `seal:` is written by a person. The seal is written by `gvclab data seal` and `gvclab data
refresh`, only after the file has passed the checks that the manifest declares (`checks.py`).
"""

from __future__ import annotations

import difflib
import hashlib
import json
from dataclasses import dataclass, field, fields
from pathlib import Path

from gvclab.content import Listed, resource, text
from gvclab.data.errors import DataError


@dataclass(frozen=True)
class Seal:
    """What the file was when it passed its checks; `schema` is the fingerprint of what was checked."""

    bytes: int
    rows: int
    years: tuple[int, int]
    sha256: str
    schema: str


@dataclass(frozen=True)
class Manifest:
    """The metadata of one dataset; `columns` of a table and `arrays` of an npz are Frictionless fields."""

    name: str
    folder: Path
    title: str
    description: str
    file: str
    sources: tuple[dict, ...]
    transformation: str
    limits: tuple[str, ...]
    columns: dict[str, dict] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    arrays: dict[str, dict] = field(default_factory=dict)
    years: tuple[int, ...] = ()
    refresh: str = ""
    seal: Seal | None = None

    @property
    def path(self) -> Path:
        return self.folder / self.file

    @property
    def url(self) -> str:
        return self.sources[0]["url"]

    @property
    def licence(self) -> str:
        return "; ".join(dict.fromkeys(s["licence"]["title"] for s in self.sources))

    @property
    def period(self) -> str:
        """First to last year; a dash where the dataset is not shipped and has not been made yet."""
        if self.seal is None:
            return text("data.no_years")
        return text("data.years", first=self.seal.years[0], last=self.seal.years[1])

    @property
    def schema(self) -> str:
        """Fingerprint of the declared columns: when they change, the seal no longer covers them."""
        declared = json.dumps([self.columns, list(self.key), self.arrays], sort_keys=True, default=str)
        return hashlib.sha256(declared.encode()).hexdigest()


def folder() -> Path:
    """Where tables and manifests are: the repository's `data/`, or the copy that the wheel carries."""
    return resource("data")


def names(where: Path | None = None) -> list[str]:
    """The names of all datasets, sorted."""
    return sorted(path.stem for path in (where or folder()).glob("*.yml"))


def read(name: str, where: Path | None = None) -> Manifest:
    """The manifest of `name`.

    Raises DataError for a name that is not in the catalogue (with the nearest ones), and for a manifest that
    cannot be read or lacks an entry.
    """
    import yaml

    where = where or folder()
    path = where / f"{name}.yml"
    known = names(where)
    if name not in known:
        near = difflib.get_close_matches(str(name), known, n=3, cutoff=0.4)
        hint = text("data.error.near", near=Listed([*near], "comma")) if near else ""
        raise DataError(text("data.error.unknown", name=name, hint=hint, known=Listed([*known], "comma"), folder=where))
    try:
        # libyaml where there is one: a manifest is read on every first load, and it is ten times faster
        entries = yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        seal = entries.pop("seal", None)
        return Manifest(
            name=name,
            folder=where,
            seal=Seal(**{**seal, "years": tuple(seal["years"])}) if seal else None,
            **{key: _frozen(key, value) for key, value in entries.items()},
        )
    except (yaml.YAMLError, AttributeError, TypeError, KeyError) as error:
        raise DataError(text("data.error.manifest", path=path, reason=error)) from error


def write_seal(manifest: Manifest, seal: Seal) -> None:
    """Replace the seal at the end of a manifest; what a person wrote above it stays as it is."""
    path = manifest.folder / f"{manifest.name}.yml"
    written, _, _ = path.read_text(encoding="utf-8").partition("\nseal:")
    lines = [f"  {entry.name}: {_plain(getattr(seal, entry.name))}" for entry in fields(Seal)]
    path.write_text("\n".join([written.rstrip("\n"), "seal:", *lines, ""]), encoding="utf-8", newline="\n")


def _plain(value) -> str:
    return json.dumps(list(value)) if isinstance(value, tuple) else str(value)


def _frozen(key: str, value):
    return tuple(value) if key in ("sources", "limits", "key", "years") else value
