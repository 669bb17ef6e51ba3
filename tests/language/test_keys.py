"""Every message that the code names is in the catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gvclab.content import find, resource

SOURCE = Path(__file__).parents[2] / "src/gvclab"
NAMES = {"text", "entry", "Message"}  # of gvclab.content: their first argument is a key


def keys(path: Path) -> Iterator[tuple[int, str]]:
    """Each key that a module names, with its line; what is filled in at run time is `*`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    local = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("content")
        for alias in node.names
        if alias.name in NAMES
    }
    yield from _called(tree, lambda function: isinstance(function, ast.Name) and function.id in local, "")
    for room in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
        key = next((_constant(node, "key") for node in room.body if _constant(node, "key")), "")
        if key:
            own = lambda f: isinstance(f, ast.Attribute) and f.attr in ("text", "message") and _is_self(f.value)  # noqa: E731
            yield from _called(room, own, f"panels.{key}.")


def _is_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _constant(node: ast.AST, name: str) -> str:
    named = isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == [name]
    return node.value.value if named and isinstance(node.value, ast.Constant) else ""


def _called(tree: ast.AST, is_said, prefix: str) -> Iterator[tuple[int, str]]:
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if is_said(call.func) and call.args:
            for said in _alternatives(call.args[0]):
                if key := _key(said):
                    yield call.lineno, prefix + key


def _alternatives(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.IfExp):
        return [*_alternatives(node.body), *_alternatives(node.orelse)]
    return [node]


def _key(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values)
    return ""


def known() -> set[str]:
    """All keys of the catalogue, blocks included."""
    top, found = resource("content") / "messages", set()
    for path in top.rglob("*.yml"):
        start = path.relative_to(top).with_suffix("").as_posix().replace("/", ".")
        found |= {start, *_inside(find(start)[1], start)}
    return found


def _inside(block, place: str) -> Iterator[str]:
    for name, value in block.items() if isinstance(block, dict) else ():
        yield f"{place}.{name}"
        yield from _inside(value, f"{place}.{name}")


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_the_code_names_no_message_that_is_missing(path):
    all_keys = known()
    missing = [f"{line}: {key}" for line, key in keys(path) if not any(map(_form(key).fullmatch, all_keys))]
    assert not missing


def _form(key: str) -> re.Pattern:
    """The keys meant: `*` is any name, and what a panel does not say its room may."""
    form = re.escape(key).replace(r"\*", r"[\w. -]+")
    return re.compile(re.sub(r"^(panels\\\.\w+\\\.)(\w+\\\.)", r"\1(?:\2)?", form))


def test_the_search_finds_what_it_should():
    found = {key for path in SOURCE.rglob("*.py") for _, key in keys(path)}
    assert len(found) > 400
    assert {"cli.stopped", "panels.suppliers.chain.title", "exercises.title.*"} & found == {
        "cli.stopped",
        "exercises.title.*",
    }
