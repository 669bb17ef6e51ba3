"""Code, prose and numbers reduced to what they say, so that they can be compared."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator

from gvclab.exercises.plain import Bag, fold

NODES = 9  # parts of a syntax tree, below which a statement is anybody's
RUN = 8  # words in a row that do not coincide by chance
SENTENCE = 5  # words that a sentence must have to count, as a whole
LONGEST = 200_000  # characters of Python that are parsed

Run = tuple[str, ...]


def bare(line: str) -> str:
    """A line of code without blanks, closing comma and comment."""
    return re.sub(r"\s+", "", line.split("  #")[0]).rstrip(",")


def shapes(code: str) -> set[int]:
    """The statements of some Python as syntax, its longer functions also without the names they use.

    Fingerprints are Python's own hashes: compare them within one process.
    """
    found: set[int] = set()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a student's "\d"
            tree = ast.parse(code[:LONGEST])
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
                node.body = node.body[1:] or [ast.Pass()]
        _shape(tree, None, found)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    return found


def _shape(node, names: dict[str, int] | None, found: set[int]) -> tuple[int, int]:
    """The fingerprint of a piece of syntax and how many pieces it has; `found` takes its larger statements.

    With `names` a name is the number of its first use.
    """
    if isinstance(node, list):
        shapes = [_shape(one, names, found) for one in node]
        return hash(tuple(shape for shape, _ in shapes)), sum(size for _, size in shapes)
    if not isinstance(node, ast.AST):
        return hash((type(node).__name__, node)), 0
    shapes = []
    for name in node._fields:
        value = getattr(node, name, None)
        if names is not None and name in ("id", "arg", "name") and isinstance(value, str):
            value = names.setdefault(value, len(names))
        if name != "ctx":
            shapes.append(_shape(value, names, found))
    shape, size = hash((type(node).__name__, *(shape for shape, _ in shapes))), 1 + sum(size for _, size in shapes)
    if names is None and isinstance(node, ast.stmt) and size >= NODES:
        found.add(shape)
        if isinstance(node, ast.FunctionDef) and size >= 3 * NODES:
            found.add(_shape(node, {}, found)[0])
    return shape, size


def runs(prose: str) -> Iterator[Run]:
    """The runs of words that give a text away: `RUN` in a row, or a whole shorter sentence."""
    for sentence in re.split(r"(?<=[.?!:;])\s+|\n\s*\n", prose):
        words = _words(sentence)
        if len(words) >= SENTENCE:
            yield from _windows(words, min(RUN, len(words)))


def all_runs(prose: str, widths: Iterable[int]) -> set[Run]:
    """Every run of so many words, to be looked up among those that give a text away."""
    words = _words(prose)
    return {run for width in widths for run in _windows(words, width)}


def _words(prose: str) -> list[str]:
    return re.findall(r"\w+", fold(prose))


def _windows(words: list[str], width: int) -> Iterator[Run]:
    return zip(*(words[at:] for at in range(width)), strict=False)


_NUMBER = re.compile(r"(?<![\w.])\d+\.\d+(?:e[+-]?\d+)?(?!\w|\.\d)", re.I)


def decimals(text: str) -> Iterator[str]:
    """The numbers with a decimal point, as written, without sign."""
    return (match.group() for match in _NUMBER.finditer(text))


def floats(data) -> Iterator[float]:
    """The numbers that are not whole in plain data."""
    if isinstance(data, float):
        yield data
    elif isinstance(data, (list, dict, Bag)):
        entries = data.values() if isinstance(data, dict) else data.items if isinstance(data, Bag) else data
        for entry in entries:
            yield from floats(entry)


def digits(shown: str) -> int:
    """Significant digits of a number as written, final zeros not counted."""
    return len(re.sub(r"[eE].*|[^0-9]", "", shown).strip("0"))


def rounded(value: float, count: int) -> str:
    """The one way to write a number's size with at most so many significant digits."""
    return repr(abs(float(f"{value:.{count}g}")))
