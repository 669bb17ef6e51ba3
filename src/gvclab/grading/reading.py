"""What a student's Python says before it is run: whether it compiles, what it sets, what it leaves open."""

from __future__ import annotations

import ast
import re
import warnings

from gvclab.exercises.plain import is_missing

LONGEST = 100_000  # characters that are looked at

_PYTHON_MAGIC = re.compile(r"\s*%%(?:time|timeit|capture|prun)\b[^\n]*")
_MAGIC = re.compile(r"^([ \t]*)(?:[%!?].*|[\w.]+\?{1,2}\s*)$", re.M)
_CAPTURED = re.compile(r"=[ \t]*[!%][^\n]*")


def stopped(source: str) -> str:
    """Why a code cell does not compile, in Python's words and with the line; empty when it does."""
    if re.match(r"\s*%%", source) and not _PYTHON_MAGIC.match(source):
        return ""  # another language
    problem = _compile(source)
    return problem and _compile(_without_magics(source))


def _without_magics(source: str) -> str:
    plain = _PYTHON_MAGIC.sub("", source, count=1)
    indent = re.match(r"(?:[ \t]*\n)*([ \t]*)", plain).group(1)
    plain = re.sub(rf"^{indent}", "", plain, flags=re.M)  # a cell may be indented as a whole
    return _CAPTURED.sub("= None", _MAGIC.sub(r"\1pass", plain))


def _compile(source: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            compile(source[:LONGEST], "<cell>", "exec", flags=flags, dont_inherit=True)
    except SyntaxError as error:
        return f"{error.msg}, line {error.lineno}" if error.lineno else str(error.msg)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return str(error) or type(error).__name__
    return ""


def _tree(source: str) -> ast.Module:
    for attempt in (source, _without_magics(source)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(attempt[:LONGEST])
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return ast.Module([], [])


def sets(source: str) -> set[str]:
    """The names that a code cell may set; `"*"` where only running it would tell."""
    names: set[str] = set()
    for node in ast.walk(_tree(source)):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.Name(id="exec" | "globals" | "locals" | "get_ipython"):
                names.add("*")
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.alias(name=name, asname=other):
                names.add((other or name).partition(".")[0])
    return names


def defines(source: str, name: str) -> bool:
    """Whether a line of a cell, however broken the rest, gives `name` its value."""
    name = re.escape(name)
    return bool(re.search(rf"^(?:def {name}\s*\(|{name}\s*(?::[^=\n]+)?=(?!=))", source, re.M))


def needs_file(source: str, name: str) -> bool:
    """Whether code imports, runs or reads a file of that name, and has not written it itself."""
    if name.removesuffix(".py") not in source:  # quick: a folder may hold thousands
        return False
    file, stem = re.escape(name), re.escape(name.removesuffix(".py"))
    named = rf"""\(\s*["'](?:\./)?{file}["']"""
    written = rf"""writefile[^\n]*{file}|\b(?:to_|save)\w*{named}|\bopen{named}\s*,\s*["'][wax]"""
    read = rf"""^\s*%run\b[^\n]*\b{file}|\b(?:read|load|open|genfromtxt)\w*{named}"""
    if name.endswith(".py"):
        read += rf"|^\s*(?:from|import)\s+{stem}\b"
    return bool(re.search(read, source, re.M)) and not re.search(written, source)


def open_parts(source: str, name: str) -> str:
    """Whether what a cell finally says of `name` is dots: `"all"` of it, `"some"` of its parts, or `""`."""
    said = None
    for node in _tree(source).body:
        match node:
            case ast.Assign(targets=targets, value=value) if any(_is(target, name) for target in targets):
                said = value
            case ast.FunctionDef(name=other) if other == name:
                said = node
    if isinstance(said, ast.FunctionDef):
        return "all" if all(isinstance(one, ast.Pass) or _constant(one) for one in said.body) else ""
    if said is None:
        return ""
    parts = said.elts if isinstance(said, (ast.Tuple, ast.List)) else getattr(said, "values", [said])
    missing = [isinstance(part, ast.Constant) and is_missing(part.value) for part in parts]
    return "all" if missing and all(missing) else "some" if any(missing) else ""


def _is(target: ast.expr, name: str) -> bool:
    return isinstance(target, ast.Name) and target.id == name


def _constant(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
