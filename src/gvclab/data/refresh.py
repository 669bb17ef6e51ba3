"""`gvclab data refresh`: fetch the publishers' files, make the dataset, check it, then put it in place."""

from __future__ import annotations

import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from gvclab.content import Listed, text
from gvclab.data.errors import DataError
from gvclab.data.manifest import Manifest, read
from gvclab.data.recipes import RECIPES, Recipe
from gvclab.data.seal import measure, seal


def refresh(name: str, originals: Path | None = None) -> str:
    """Rebuild `name` and seal it; the answer says what changed.

    `originals`: a folder for the publishers' files. What is there already is used, what is missing is fetched
    into it. Without it everything is fetched anew.

    Raises DataError when there is no recipe, a file cannot be had or is not laid out as expected, a reader is
    not installed, or the result breaks the manifest. The old file is replaced only when all went well.
    """
    manifest = read(name)
    if name not in RECIPES:
        raise DataError(text("data.refresh.none", name=name, known=Listed([*RECIPES], "comma")))
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch) if originals is None else originals
        built = _build(manifest, RECIPES[name], place)
        _replace(manifest, built)
    was, now = manifest.seal, seal(name)
    if was is None:
        change = text("data.refresh.new")
    elif was.sha256 == now.seal.sha256:
        change = text("data.refresh.same")
    else:
        change = text("data.refresh.changed", rows=was.rows, period=manifest.period)
    return text(
        "data.refresh.written",
        name=name,
        rows=now.seal.rows,
        period=now.period,
        bytes=now.seal.bytes,
        change=change,
    )


def _build(manifest: Manifest, recipe: Recipe, place: Path) -> pd.DataFrame | dict[str, np.ndarray]:
    name = manifest.name
    place.mkdir(parents=True, exist_ok=True)
    try:
        if recipe.fetch and not any(place.iterdir()):
            _fetch(manifest, recipe.fetch, place)
        for file, url in recipe.originals.items():
            if not (place / file).is_file():
                _download(url, place / file)
        return recipe.build(place)
    except ImportError as error:
        raise DataError(text("data.refresh.package", name=name, package=error.name)) from error
    except (KeyError, ValueError, IndexError, TypeError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(text("data.refresh.layout", path=place, name=name, reason=repr(error))) from error


def _fetch(manifest: Manifest, fetch: Callable[[Path], None], place: Path) -> None:
    """What a library downloads. It may fail in its own ways, a page in the place of an archive among them."""
    try:
        fetch(place)
    except (OSError, zipfile.BadZipFile) as error:
        facts = {"name": manifest.name, "reason": error, "retrieval": manifest.sources[0]["retrieval"]}
        raise DataError(text("data.refresh.unfetched", **facts, url=manifest.url)) from error


def _download(url: str, path: Path) -> None:
    part = path.with_suffix(path.suffix + ".part")
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            part.write_bytes(answer.read())
    except (urllib.error.URLError, OSError) as error:
        raise DataError(text("data.refresh.failed", url=url, reason=error, path=path)) from error
    part.replace(path)


def _replace(manifest: Manifest, built) -> None:
    """Write beside the old file, check, then take its place: a failed refresh changes nothing."""
    fresh = manifest.path.with_name(f".{manifest.file}")
    try:
        write(built, fresh)
        measure(manifest, fresh)
        fresh.replace(manifest.path)
    finally:
        fresh.unlink(missing_ok=True)


def write(built: pd.DataFrame | dict[str, np.ndarray], path: Path) -> None:
    """A table as CSV, arrays as a compressed npz; equal datasets give equal bytes."""
    if isinstance(built, dict):
        with path.open("wb") as file:
            np.savez_compressed(file, **built)
    else:
        built.to_csv(path, index=False, lineterminator="\n")
