"""The generated notebooks of a repository: write them, compare them, and take edits of them home.

`notebooks.lock` holds the fingerprint of each notebook as it was last built. A notebook that agrees
neither with it nor with `content/` has been edited by hand, and is not overwritten. Outputs and run
counts are no edits.

Those of another language stand in one folder, `course/<language>/`, with a lock of their own: the lessons, and beside
them `exercises/` and `solutions/`, which make the folder a course directory of nbgrader. (Within the English
`solutions/` nbgrader would take a folder of translations for an assignment.)
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from nbformat import NotebookNode

from gvclab import sources
from gvclab.build import budget, exercise, glossary, lesson, notebooks
from gvclab.build.release import release
from gvclab.content import ENGLISH, speaking, translator
from gvclab.content import text as say
from gvclab.exercises import bank
from gvclab.exercises.wording import set_reworded
from gvclab.sources import naming

LOCK = "notebooks.lock"
_NOTE = "# Made by `gvclab build`: what each notebook was when it was built, so that a later edit is noticed.\n"


@dataclass
class BuildReport:
    """What a command did and what it could not do: lines for a person, and whether all went well."""

    lines: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


def targets(root: Path, tag: str = ENGLISH) -> dict[str, str]:
    """The text of every generated notebook of a language by its path. ValueError names the content file at fault."""
    with speaking(tag):
        return _english(root) if tag == ENGLISH else _translated(root, tag)


def _english(root: Path) -> dict[str, str]:
    tables = _tables(root)
    made = {f"course/{glossary.PAGE}": notebooks.text(_glossary(root, tables))}
    for path in _files(root, "lessons"):
        with naming(path, root):
            book = lesson.render(path.read_text(encoding="utf-8"), tables)
            made[f"course/{path.stem}.ipynb"] = notebooks.text(book)
    for path in _files(root, "exercises"):
        with naming(path, root):
            name = _exercise_name(path)
            book = exercise.render(bank.parse(path.read_text(encoding="utf-8")), _lesson_link(path, root))
            made[f"solutions/{name}"] = notebooks.text(book)
            made[f"exercises/{name}"] = notebooks.text(release(book, root))
    return made


def _translated(root: Path, tag: str) -> dict[str, str]:
    tables, folder = _tables(root), f"course/{tag}"
    made = {f"{folder}/{glossary.PAGE}": notebooks.text(_glossary(root, tables))}
    for path in _files(root, "lessons"):
        with naming(path, root):
            translate = translator(f"lessons/{path.stem}", root / "locale")
            book = _from_below(lesson.render(path.read_text(encoding="utf-8"), tables, translate))
            made[f"{folder}/{path.stem}.ipynb"] = notebooks.text(notebooks.speaking(book, tag))
    for path in _files(root, "exercises"):
        with naming(path, root):
            translate = translator(f"exercises/{path.stem}", root / "locale")
            name, items = _exercise_name(path), bank.parse(path.read_text(encoding="utf-8"))
            book = exercise.render(set_reworded(items, translate), f"../../{_lesson_of(path, root)}.ipynb")
            book = notebooks.speaking(book, tag)
            made[f"{folder}/solutions/{name}"] = notebooks.text(book)
            made[f"{folder}/exercises/{name}"] = notebooks.text(release(book, root))
    return made


def _glossary(root: Path, tables: lesson.Tables) -> NotebookNode:
    lessons = {path.stem: path.read_text(encoding="utf-8") for path in _files(root, "lessons")}
    return glossary.render(tables.glossary, lessons)


def _from_below(book: NotebookNode) -> NotebookNode:
    """A lesson's notebook whose links hold in the language's own folder, which has exercises of its own."""
    for cell in book.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(
                r"\]\(\.\./(exercises/|solutions/)?", lambda link: f"]({link[1] or '../../'}", cell.source
            )
    return book


def _tables(root: Path) -> lesson.Tables:
    content = root / "content"
    if not (content / "lessons").is_dir():
        raise ValueError(say("build.error.checkout", root=root))
    for path in sorted((content / "messages").rglob("*.yml")):
        sources.read(path, root)  # names file and line of what is no YAML
    return lesson.Tables.read(content)


def _files(root: Path, folder: str) -> list[Path]:
    return sorted((root / "content" / folder).glob("*.md"))


def budgets(root: Path) -> dict[str, budget.Budget]:
    """What each lesson takes of its reader, by its name; see `budget`."""
    tables, found = _tables(root), {}
    for path in _files(root, "lessons"):
        with naming(path, root):
            source = path.read_text(encoding="utf-8")
            found[path.stem] = budget.budget(lesson.render(source, tables), source, lesson.minutes(source))
    return found


def counted(root: Path) -> BuildReport:
    """The budgets of all lessons as a table; a problem for each that has more than it may."""
    report = BuildReport([say("build.budget.head", **budget.MOST._asdict())])
    for name, found in budgets(root).items():
        report.lines.append(say("build.budget.line", lesson=name, **found._asdict()))
        report.problems += [
            say("build.budget.beyond", lesson=name, what=say(f"build.budget.{what}"), have=have, most=most)
            for what, (have, most) in budget.beyond(found).items()
        ]
    return report


def check(root: Path, tag: str = ENGLISH) -> BuildReport:
    """Compare the notebooks with what `content/` makes: a unified diff for each that differs."""
    made, report = targets(root, tag), BuildReport()
    for name in sorted(made.keys() | _present(root, tag)):
        old, new = _read(root / name), made.get(name, "")
        if old == new:
            continue
        diff = difflib.unified_diff(old.splitlines(True), new.splitlines(True), name, f"content/ -> {name}")
        report.problems.append("".join(line if line.endswith("\n") else line + "\n" for line in diff))
        if old and new and _fingerprint(old) == _fingerprint(new):
            report.problems[-1] = say("build.report.only_outputs", file=name)
    if report.problems:
        report.lines.append(say("build.report.differs", n=len(report.problems), total=len(made)))
    else:
        report.lines.append(say("build.report.same", n=len(made)))
    return report


def build(root: Path, force: bool = False, tag: str = ENGLISH) -> BuildReport:
    """Write the notebooks. One that was edited by hand is left alone and reported, unless forced."""
    made, report = targets(root, tag), BuildReport()
    lock = _lock(root, tag)
    for name in sorted(made.keys() | lock.keys()):
        path, new = root / name, made.get(name)
        old = _read(path)
        if old and not force and _edited(name, old, new, lock):
            report.problems.append(_left(name, tag))
            continue
        if new is None:
            path.unlink(missing_ok=True)
            del lock[name]
            report.lines.append(say("build.report.removed", file=name))
            continue
        lock[name] = _fingerprint(new)
        if old != new:
            _write(path, new)
            report.lines.append(say("build.report.written", file=name))
    _write_lock(root, lock, tag)
    if report.ok and not report.lines:
        report.lines.append(say("build.report.same", n=len(made)))
    return report


def _left(name: str, tag: str) -> str:
    """That an edited notebook is left alone, and the ways out: a translation is changed in its catalogue."""
    kind = "edited" if tag == ENGLISH else "edited_translation"
    return say(f"build.report.{kind}", file=name, language=tag)


def from_notebooks(root: Path) -> BuildReport:
    """Write edits made in the notebooks into `content/`, then build.

    An edit is accepted only if the new content makes the edited notebook again, cell by cell; a refusal
    says why, and leaves notebook and content as they are.
    """
    made, lock, report = targets(root), _lock(root, ENGLISH), BuildReport()
    for name in sorted(made.keys() | lock.keys()):
        old = _read(root / name)
        if not old or not _edited(name, old, made.get(name), lock):
            continue
        try:
            path, text = _home(name, old, made.get(name), lock, root)
        except ValueError as problem:
            report.problems.append(say("build.error.where", file=name, problem=problem))
            continue
        _write(path, text)
        lock[name] = _fingerprint(old)
        report.lines.append(say("build.report.home", file=path.relative_to(root).as_posix(), notebook=name))
    if report.lines:
        _write_lock(root, lock, ENGLISH)
        report.lines += build(root).lines
    elif report.ok:
        report.lines.append(say("build.report.nothing"))
    return report


def _home(name: str, old: str, new: str | None, lock: dict, root: Path) -> tuple[Path, str]:
    """The content file that an edited notebook belongs to, and its new text."""
    if new is None:
        raise ValueError(say("build.home.orphan"))
    if name == f"course/{glossary.PAGE}":
        raise ValueError(say("build.home.glossary"))
    if name.startswith("exercises/"):
        raise ValueError(say("build.home.students", solutions=name.replace("exercises/", "solutions/", 1)))
    if _fingerprint(new) != lock.get(name, _fingerprint(new)):
        raise ValueError(say("build.home.both"))
    try:
        edited = notebooks.read(old)
    except ValueError as error:
        raise ValueError(say("build.home.unreadable", error=error)) from error
    folder = "lessons" if name.startswith("course/") else "exercises"
    path = root / "content" / folder / f"{Path(name).stem}.md"
    source = path.read_text(encoding="utf-8")
    if folder == "lessons":
        tables = lesson.Tables.read(root / "content")
        text = lesson.bring_home(source, edited, tables)
        _survived(lesson.tidy(edited, source, tables), lesson.render(text, tables), path)
    else:
        text = exercise.bring_home(source, edited, _lesson_link(path, root))
        rebuilt = exercise.render(bank.parse(text), _lesson_link(path, root))
        _survived(exercise.without_checks(edited), exercise.without_checks(rebuilt), path)
    return path, text


def _survived(edited: NotebookNode, rebuilt: NotebookNode, path: Path) -> None:
    pairs = list(zip(notebooks.body(edited), notebooks.body(rebuilt), strict=False))
    lost = next((n for n, (a, b) in enumerate(pairs) if a != b), len(pairs))
    if lost < max(len(edited.cells), len(rebuilt.cells)):
        cells = edited.cells if lost < len(edited.cells) else rebuilt.cells
        raise ValueError(say("build.home.lossy", n=lost + 1, start=cells[lost].source[:40], file=path.name))


def _edited(name: str, old: str, new: str | None, lock: dict) -> bool:
    """Whether a notebook's body is neither what the last build wrote nor what this one would."""
    known = {lock.get(name), _fingerprint(new) if new else None}
    return _fingerprint(old) not in known


def _fingerprint(text: str) -> str:
    try:
        return notebooks.fingerprint(notebooks.read(text))
    except ValueError:
        return "unreadable"


def _exercise_name(path: Path) -> str:
    return f"section-{path.stem.split('.', 1)[0]}/{path.stem}.ipynb"


def _lesson_link(path: Path, root: Path) -> str:
    return f"../../course/{_lesson_of(path, root)}.ipynb"


def _lesson_of(path: Path, root: Path) -> str:
    """The name of the lesson that an exercise file belongs to: its own name, or else the lesson of its section."""
    lessons = [lesson.stem for lesson in _files(root, "lessons")]
    section = path.stem.partition("-")[0]
    of_section = [name for name in lessons if bank.may_hold(section, name)]
    return path.stem if path.stem in lessons else next(iter(of_section), path.stem)


def _present(root: Path, tag: str) -> set[str]:
    """The notebooks that lie where generated ones of a language belong."""
    folders = ("course", "exercises", "solutions") if tag == ENGLISH else (f"course/{tag}",)
    found = [p.relative_to(root) for folder in folders for p in (root / folder).rglob("*.ipynb")]
    others = {path.parent.relative_to(root) for path in (root / "course").glob(f"*/{LOCK}")} - {Path("course", tag)}
    return {p.as_posix() for p in found if ".ipynb_checkpoints" not in p.parts and not others & {*p.parents}}


def _lock_file(root: Path, tag: str) -> Path:
    return root / LOCK if tag == ENGLISH else root / "course" / tag / LOCK


def _lock(root: Path, tag: str) -> dict[str, str]:
    return yaml.safe_load(_read(_lock_file(root, tag))) or {}


def _write_lock(root: Path, lock: dict[str, str], tag: str) -> None:
    _write(_lock_file(root, tag), _NOTE + yaml.safe_dump(lock, sort_keys=True))


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
