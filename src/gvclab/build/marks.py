"""What a lesson's Markdown says by a mark, and what stands for it in the notebook.

| in the lesson file | in the notebook |
|---|---|
| `[C2.3-6]` | a link to the place where the claim is tested; the claim itself is the tooltip |
| `{cite}`key`` | authors and year, linked to the work |
| `{term}`CVaR`` | the term, linked to the glossary; its meaning is the tooltip |
| `{{one:.3f}}` | a number of the lesson's `{numbers}` block, as the language writes it |
| `:::{dropdown} Title` … `:::` | a part that is folded |
| a `{claim} C2.3-6` block | the claim with its id, and a way back to the sentence that named it |
| a `{references}` block | the works that the lesson cites |

Each is one line of the file, or a block, so that an edited notebook can be brought home line by line (`home`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from gvclab.content import cached_by_language, formatted
from gvclab.content import text as say
from gvclab.sources import Fault

CLAIM = r"C[\d.]+-\d+"
_ID = re.compile(CLAIM)
_CLAIM = re.compile(rf"(?<![\[\]])\[({CLAIM})\](?![\[(:])")
_CITE = re.compile(r"\{cite\}`([^`]+)`")
_TERM = re.compile(r"\{term\}`([^`]+)`")
_NUMBER = re.compile(r"\{\{ *([^{}:\s][^{}:]*?)(?::([^{}]*))? *\}\}")  # what is no name is refused, not left as it is
_LINK = re.compile(rf'(?:<a id="from-{CLAIM}"></a>)?\[({CLAIM})\]\([^\s()]* "(?:[^"\\]|\\.)*"\)')
_INLINE = re.compile("|".join(mark.pattern for mark in (_CLAIM, _CITE, _TERM, _NUMBER)))
_DROPDOWN = re.compile(r"^:::\{dropdown\} *(.*)$")
_SUMMARY = re.compile(r"^<details>\n<summary>(.*)</summary>\n", re.M)
BLOCKS = ("claim", "references")
_BLOCK = re.compile(rf"^```\{{({'|'.join(BLOCKS)})\}} *(.*)$")
_NUMBERS = re.compile(r"\A```\{numbers\}\n(.*?)^```\n+", re.S | re.M)


class Marks(NamedTuple):
    """What marks stand for in one lesson, in the language in use.

    Fields: `claim(id, report)` the link of a mark, with `report` a place to come back to; `stated(ids)` and
    `references()` what blocks become; `cite(key)` and `term(name)` links; `numbers` values by name; `report` whether
    the text reports what the authors say.
    """

    claim: Callable[[str, bool], str]
    stated: Callable[[list[str]], str]
    references: Callable[[], str]
    cite: Callable[[str], str]
    term: Callable[[str], str]
    numbers: dict
    report: bool = True


def fill(source: str, marks: Marks) -> str:
    """Markdown with all marks replaced. Fault names what a mark refers to and does not exist."""
    return "\n".join(shown for _, shown in _lines(source, marks))


def home(edited: str, source: str, marks: Marks) -> str:
    """The inverse of `fill`: an edited text as the lesson file has it, given what the file had before.

    Lines and blocks that stand as they were made turn into their marks again. In a line that was edited each link and
    number that is still there turns into its mark. ValueError for an edited line that has lost one: it is computed,
    and cannot be written by hand.
    """
    made = list(_lines(source, marks))
    text = edited
    for line, shown in made:
        if "\n" in shown and shown in text:
            text = text.replace(shown, line)
    text = _SUMMARY.sub(lambda fold: fold.group() if fold.group() in source else f":::{{dropdown}} {fold[1]}", text)
    known = {shown: line for line, shown in made}
    inline = [line for line, shown in made if line != shown and "\n" not in line]
    kept = {line for line, shown in made for line in line.split("\n")}
    return "\n".join(
        known[line] if line in known else line if line in kept else _line_home(line, inline, marks)
        for line in text.split("\n")
    )


def _line_home(line: str, marked: list[str], marks: Marks) -> str:
    """One edited line with its marks: those of the line of the file that it resembles most."""
    import difflib

    line = _LINK.sub(r"[\1]", line)
    shown = {_LINK.sub(r"[\1]", _inline(each, marks)): each for each in marked}
    near = difflib.get_close_matches(line, shown, n=1, cutoff=0.6)
    for mark in _INLINE.finditer(shown[near[0]] if near else ""):
        made = _inline(mark.group(), marks)
        if mark.group(1):  # a claim, which is home already
            continue
        if line.count(made) != 1:
            raise ValueError(say("build.home.mark", mark=mark.group(), line=line))
        line = line.replace(made, mark.group())
    return line


def _lines(source: str, marks: Marks) -> Iterator[tuple[str, str]]:
    """Each line or block of the file with what stands for it."""
    block: list[str] = []
    fence = ""
    folds = 0
    for line in source.split("\n"):
        if block:
            block.append(line)
            if line.startswith("```"):
                yield "\n".join(block), _block(block, marks)
                block = []
        elif fence:
            fence = "" if line.rstrip().endswith(fence) else fence
            yield line, line
        elif _BLOCK.match(line):
            block = [line]
        elif opened := re.match(r"(`{3,}|~{3,})", line):
            fence = opened.group(1)
            yield line, line
        elif dropdown := _DROPDOWN.match(line):
            folds += 1
            yield line, f"<details>\n<summary>{_inline(dropdown.group(1), marks)}</summary>\n"
        elif folds and line == ":::":
            folds -= 1
            yield line, "\n</details>"
        else:
            yield line, _inline(line, marks)


def _block(lines: list[str], marks: Marks) -> str:
    kind, rest = _BLOCK.match(lines[0]).groups()
    return marks.stated(rest.split()) if kind == "claim" else marks.references()


def _inline(line: str, marks: Marks) -> str:
    line = _CLAIM.sub(lambda mark: marks.claim(mark.group(1), marks.report), line)
    line = _CITE.sub(lambda mark: marks.cite(mark.group(1)), line)
    line = _TERM.sub(lambda mark: marks.term(mark.group(1)), line)
    return _NUMBER.sub(lambda mark: _number(mark.group(1), mark.group(2) or "", marks.numbers), line)


def _number(name: str, spec: str, numbers: dict) -> str:
    if name not in numbers:
        raise Fault(say("build.error.number", name=name, known=", ".join(sorted(numbers)) or "-"))
    value = numbers[name]
    try:
        return value if isinstance(value, str) and not spec else formatted(value, spec.strip())
    except (ValueError, TypeError) as error:
        raise Fault(say("build.error.number_format", name=name, problem=error)) from error


# ------------------------------------------------------------------------------------------------ what a lesson uses


def split_numbers(body: str) -> tuple[str, str]:
    """The `{numbers}` block at the head of a lesson's body as it is written, empty if there is none, and the rest."""
    found = _NUMBERS.match(body)
    return (found.group(0), body[found.end() :]) if found else ("", body)


@cached_by_language
def computed(block: str, first: int = 1) -> dict:
    """The values of a `{numbers}` block by name: plain Python, run when the notebook is built, once for a language.

    Fault, with the line, for what does not run. `first` is the line in the file that the block begins on.
    """
    found = _NUMBERS.match(block)
    if not found:
        return {}
    names: dict = {}
    try:
        exec(compile("\n" * first + found.group(1), "numbers", "exec"), names)  # an author's own file
    except Exception as error:
        step, line = error.__traceback__, first
        while step:
            line = step.tb_lineno if step.tb_frame.f_code.co_filename == "numbers" else line
            step = step.tb_next
        line = getattr(error, "lineno", None) or line
        raise Fault(say("build.error.number_code", problem=f"{type(error).__name__}: {error}"), line) from error
    return {name: value for name, value in names.items() if not name.startswith("_")}


def cited(text: str) -> list[str]:
    """The works that a text cites, in order, each once."""
    return list(dict.fromkeys(_CITE.findall(text)))


def ids(text: str) -> list[str]:
    """The ids of claims that stand in a text in any form, in order."""
    return _ID.findall(text)


def claims_named(text: str) -> list[str]:
    """The claims that a text marks, in order, each once."""
    return list(dict.fromkeys(_CLAIM.findall(text)))


def claims_tested(text: str) -> list[str]:
    """The claims that have a `{claim}` block, in order."""
    return [name for line in text.split("\n") if line.startswith("```{claim} ") for name in ids(line)]


def anchored(text: str) -> bool:
    """Whether a cell of the notebook holds a claim that is tested."""
    return bool(re.search(rf'^> <a id="{CLAIM}"></a>', text, re.M))


def blocks(text: str) -> list[str]:
    """The lines that open a block, in order."""
    return [line for line in text.split("\n") if _BLOCK.match(line)]


def terms_explained(text: str) -> list[str]:
    """The terms that a text marks, in order, each once."""
    return list(dict.fromkeys(_TERM.findall(text)))
