"""What a new lesson or a new item begins with: `gvclab new`. The templates are in `content/templates/`."""

from __future__ import annotations

import re
from pathlib import Path
from string import Template

from gvclab.build.tree import BuildReport
from gvclab.content import text as say
from gvclab.exercises import bank

_LESSON = re.compile(r"(\d+\.\d+[a-z]?)-[a-z0-9]+(?:-[a-z0-9]+)*")
_ITEM = re.compile(r"(\d+\.\d+[a-z]?)-[a-z0-9]+")


def lesson(root: Path, name: str) -> BuildReport:
    """Make the file of a lesson, such as `2.4-resilience`, and the claims of its section where there are none.

    ValueError for what is no name of a lesson, and where its section has a lesson.
    """
    section, content = _section(_LESSON, name, "lesson"), root / "content"
    if there := sorted((content / "lessons").glob(f"{section}-*.md")):
        raise ValueError(say("new.exists", file=there[0].relative_to(root).as_posix()))
    words = {"section": section, "name": name, "title": _title(name), "chapter": section.partition(".")[0]}
    made = [_write(content, f"lessons/{name}.md", "lesson.md", words)]
    claims = f"claims/{section}.yml"
    if not (content / claims).exists():
        made.append(_write(content, claims, "claims.yml", words))
    return BuildReport([say("new.made", file=file) for file in made])


def item(root: Path, name: str) -> BuildReport:
    """Append an item, such as `2.3-11`, to the exercise file of its section; made too, where the section has a lesson.

    Where the section is told in parts the item goes into the last one. ValueError for what is no id of an item, for an
    item that is there, and for a section without a lesson.
    """
    section, content = _section(_ITEM, name, "item"), root / "content"
    for path in (files := _of_section(content / "exercises", section)):
        if name in [item.id for item in bank.parse(path.read_text(encoding="utf-8"))]:
            raise ValueError(say("new.item_exists", id=name, file=path.relative_to(root).as_posix()))
    if files:
        path = files[-1]
    else:
        lessons = _of_section(content / "lessons", section)
        if not lessons:
            raise ValueError(say("new.no_lesson", section=section))
        stem = lessons[-1].stem
        words = {"section": stem.partition("-")[0], "title": _title(stem)}
        path = root / _write(content, f"exercises/{stem}.md", "exercises.md", words)
    before = path.read_text(encoding="utf-8").rstrip("\n")
    path.write_text(f"{before}\n\n{_filled(content, 'item.md', {'id': name})}", encoding="utf-8", newline="\n")
    return BuildReport([say("new.appended", id=name, file=path.relative_to(root).as_posix())])


def _of_section(folder: Path, section: str) -> list[Path]:
    """The files of a section, or of its parts."""
    return [path for path in sorted(folder.glob("*.md")) if bank.may_hold(path.stem.partition("-")[0], section)]


def _section(form: re.Pattern, name: str, kind: str) -> str:
    found = form.fullmatch(name)
    if not found:
        raise ValueError(say(f"new.no_{kind}_name", name=name))
    return found.group(1)


def _title(name: str) -> str:
    return name.partition("-")[2].replace("-", " ").capitalize()


def _filled(content: Path, template: str, words: dict[str, str]) -> str:
    return Template((content / "templates" / template).read_text(encoding="utf-8")).safe_substitute(words)


def _write(content: Path, file: str, template: str, words: dict[str, str]) -> str:
    path = content / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_filled(content, template, words), encoding="utf-8", newline="\n")
    return path.relative_to(content.parent).as_posix()
