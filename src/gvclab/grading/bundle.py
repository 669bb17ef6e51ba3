"""Files for a class that are the same bytes whenever they are made from the same content: the library without
keys, and zip archives.
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from gvclab.build import translation
from gvclab.exercises import bank

_LIBRARY = ("pyproject.toml", "README.md", "LICENSE", "LICENSE-CONTENT")
_IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
_VERSION = re.compile(r'^version = "([^"+]+)"$', re.M)
RELEASED = "assignments"  # in the library's content: the notebooks as released, for `gvclab doctor`


def library(root: Path, released: Mapping[str, str]) -> tuple[str, bytes]:
    """A wheel of the library whose items carry no key: its name and its bytes.

    `released` are the students' notebooks by their path in `exercises/`. The version ends with a fingerprint
    of what the wheel holds, so that pip replaces the wheel of one bundle by that of the next.
    """
    from hatchling.builders.wheel import WheelBuilder

    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        for name in _LIBRARY:
            shutil.copyfile(root / name, tree / name)
        for name in ("src", "data", "content", "locale"):
            shutil.copytree(root / name, tree / name, ignore=_IGNORED)
        for name in ("lessons", "templates"):  # for authors; students have the lessons as notebooks
            shutil.rmtree(tree / "content" / name)
        for path in (tree / "content" / "exercises").glob("*.md"):
            _write(path, bank.public_text(path.read_text(encoding="utf-8")))
        for path in (tree / "locale").glob("*/exercises/*.po"):
            _write(path, translation.public_text(path, tree))  # hints are translated too
        for name, text in released.items():
            _write(tree / "content" / RELEASED / name, text)
        project = tree / "pyproject.toml"
        _write(project, _VERSION.sub(rf'version = "\1+{_fingerprint(tree)}"', project.read_text("utf-8")))
        wheel = Path(next(WheelBuilder(str(tree)).build(directory=folder, versions=["standard"])))
        return wheel.name, wheel.read_bytes()


def _fingerprint(tree: Path) -> str:
    """Hexadecimal, of every file's path and bytes; it begins with a letter, as a version's part may."""
    digest = hashlib.sha256()
    for path in sorted(path for path in tree.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(tree).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return f"class.{digest.hexdigest()[:12]}"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def archive(files: Mapping[str, bytes]) -> bytes:
    """A zip of the files by their paths: sorted, without times, owners or the system it was made on."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as zipped:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            packed = name.endswith((".whl", ".npz"))
            entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            zipped.writestr(entry, data)
    return sink.getvalue()
