"""A class's bundle: notebooks, library and data that hold no key, for everybody the same or for each student
with numbers of its own.
"""

from __future__ import annotations

import hashlib
import itertools
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gvclab.build import notebooks, targets
from gvclab.content import Listed
from gvclab.content import text as say
from gvclab.exercises import bank
from gvclab.exercises.variants import STUDENT_FILE, Identity
from gvclab.grading import bundle, leaks, personal

EXERCISES, LESSONS = "exercises/", "course/"


class BundleRefused(ValueError):
    """Nothing was released, because of `findings`."""

    def __init__(self, findings: Sequence[leaks.Finding]):
        super().__init__(say("release.refused", listed="\n".join(f"  {one}" for one in findings)))
        self.findings = findings


@dataclass(frozen=True)
class Released:
    """The bundles, how many files of theirs were looked into for leaks, and the salt if it is a new one."""

    bundles: tuple[Path, ...]
    files: int
    new_salt: Path | None


def release(root: Path, section: str, course: str, students: Iterable[str] = (), out: Path | None = None) -> Released:
    """Make the bundles of an assignment (`"section-2"`) in `out`: one for each student, or one for all.

    The same content, course and students give the same bytes. `BundleRefused` where a bundle would tell what
    students must not know; then there are none.
    """
    students = personal.roster(students)
    books = _books(root, section)
    salt, is_new = personal.settle_salt(root, course, bool(students))
    path = personal.salt_path(root, course)
    people = [Identity(student, salt) for student in students]
    folder = (out or root / "bundles") / section
    folder.mkdir(parents=True, exist_ok=True)
    secret = secrets(root, section, people, [salt], leaks.unusual(students, books.values()))
    made, files = [], 0
    with tempfile.TemporaryDirectory(dir=folder, prefix=".") as fresh:
        try:
            common = _common(root, section, books)
            # The library and the lessons were written before anybody's name was known.
            files += _demand_clean(common, replace(secret, names=frozenset()))
            for student, own in _own(course, section, books, people):
                files += _demand_clean(own, secret, student)
                name = say("release.archive", section=section) + (f"-{student}" if student else "")
                zipped = bundle.archive({f"{name}/{path}": data for path, data in (common | own).items()})
                (Path(fresh) / f"{name}.zip").write_bytes(zipped)
                made.append(f"{name}.zip")
        except BundleRefused:
            if is_new:
                path.unlink()  # nothing was drawn with it that anybody has
            raise
        for name in made:
            (Path(fresh) / name).replace(folder / name)
    return Released(tuple(folder / name for name in made), files, path if is_new and salt else None)


def secrets(
    root: Path,
    section: str = "",
    people: Iterable[Identity] = (),
    salts: Iterable[str] = (),
    names: Iterable[str] = (),
) -> leaks.Secrets:
    """All that a release or a feedback page of this course must not tell: words and code of every section,
    keys and hidden inputs of the assignment `section` (all, where none is named).
    """
    items = {one: [*bank.load(one)] for one in bank.sections()}
    known = leaks.secrets(itertools.chain(*items.values()), leaks.public(), [root, Path.home()])
    part = section.removeprefix("section-")
    ours = [item for one, these in items.items() if one.startswith(part) for item in these]
    return leaks.of_class(known, ours, [Identity(), *people], salts, names)


def check(root: Path, paths: Iterable[Path]) -> tuple[int, list[leaks.Finding]]:
    """How many files were looked into, and what they tell of keys and salts."""
    salts = (path.read_text("ascii", "replace").strip() for path in personal.salts(root))
    return leaks.scan(paths, secrets(root, salts=salts))


def _demand_clean(files: Mapping[str, bytes], secret: leaks.Secrets, student: str = "") -> int:
    found = [one for name, data in files.items() for one in leaks.scan_bytes(name, data, secret, student)]
    if found:
        raise BundleRefused(found)
    return len(files)


# -------------------------------------------------------------------------------------------- what goes in


def _books(root: Path, section: str) -> dict[str, str]:
    """The lessons and the students' notebooks of a section, by path. ValueError names the sections known."""
    made = targets(root)
    known = sorted({Path(name).parent.name for name in made if name.startswith(EXERCISES)})
    if section not in known:
        raise ValueError(say("release.section", section=section, known=Listed([*known], "comma")))
    lessons = f"{LESSONS}{section.removeprefix('section-')}."
    return {name: text for name, text in made.items() if name.startswith((f"{EXERCISES}{section}/", lessons))}


def _exercises(books: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in books.items() if name.startswith(EXERCISES)}


def _common(root: Path, section: str, books: Mapping[str, str]) -> dict[str, bytes]:
    """What every student gets: the lessons, the library, and how to install it."""
    released = {name.removeprefix(EXERCISES): text for name, text in _exercises(books).items()}
    wheel, data = bundle.library(root, released)
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    lock += f"./{wheel} --hash=sha256:{hashlib.sha256(data).hexdigest()}\n"
    lessons = {name: text.encode() for name, text in books.items() if name.startswith(LESSONS)}
    return {**lessons, wheel: data, "requirements.lock": lock.encode()}


def _own(
    course: str, section: str, books: Mapping[str, str], people: Sequence[Identity]
) -> Iterator[tuple[str, dict[str, bytes]]]:
    """What differs: each student with the notebooks, the numbers and the README; `""` stands for all."""
    read = {name: notebooks.read(text) for name, text in _exercises(books).items()}
    for who in people or [Identity()]:
        files = {name: notebooks.text(_personal(name, book, who)).encode() for name, book in read.items()}
        if who.student:
            files[STUDENT_FILE] = personal.student_file(course, who).encode()
        files["README.md"] = _readme(section, books, who.student).encode()
        yield who.student, files


def _personal(name: str, book: dict, who: Identity) -> dict:
    return personal.notebook(book, bank.load(Path(name).stem.partition("-")[0]), who) if who.student else book


def _readme(section: str, books: Mapping[str, str], student: str) -> str:
    kind = {LESSONS: "release.readme.lesson", EXERCISES: "release.readme.exercises"}
    contents = [
        f"| `{name}` | {say(kind[name.partition('/')[0] + '/'], title=_title(text))} |" for name, text in books.items()
    ]
    return say(
        "release.readme.page",
        section=section,
        contents="\n".join(contents),
        numbers=say(f"release.readme.{'own' if student else 'same'}", student=student),
        notebook=next(iter(_exercises(books))),
    )


def _title(text: str) -> str:
    return notebooks.read(text).cells[0].source.partition("\n")[0].lstrip("# ")
