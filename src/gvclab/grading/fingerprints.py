"""Code, prose and numbers reduced to what they say, so that they can be compared."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator

from gvclab.exercises.plain import Bag, fold

NODES = 12  # parts of a syntax tree, below which a statement is anybody's
RUN = 8  # words in a row that do not coincide by chance
SENTENCE = 5  # words that a sentence must have to count, as a whole
LONGEST = 200_000  # characters of Python that are parsed

Run = tuple[str, ...]


def bare(line: str) -> str:
    """A line of code without blanks, closing comma and comment."""
    return re.sub(r"\s+", "", line.split("  #")[0]).rstrip(",")


def shapes(code: str) -> set[str]:
    """The statements of some Python as syntax, its longer functions also without the names they use."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a student's "\d"
            tree = ast.parse(code[:LONGEST])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt):
            continue
        is_function = isinstance(node, ast.FunctionDef)
        if is_function and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        size = sum(1 for _ in ast.walk(node))
        if size >= NODES:
            found.add(ast.dump(node))
        if is_function and size >= 3 * NODES:
            found.add(_nameless(node))
    return found


def _nameless(function: ast.FunctionDef) -> str:
    """A function's syntax with its names numbered in the order of their first use."""
    order: dict[str, str] = {}

    def number(match: re.Match) -> str:
        return f"{match.group(1)}='{order.setdefault(match.group(2), f'v{len(order)}')}'"

    return re.sub(r"\b(id|arg|name)='(\w+)'", number, ast.dump(function))


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


_NUMBER = re.compile(r"(?<![\w.])\d+\.\d+(?:e[+-]?\d+)?(?![\w.])", re.I)


def decimals(told: str) -> Iterator[str]:
    """The numbers with a decimal point, as written, without sign."""
    return (match.group() for match in _NUMBER.finditer(told))


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
