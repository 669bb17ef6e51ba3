"""What a student must not see, looked for in whatever goes out: a release, a bundle, a page of feedback.

    secrets = leaks.secrets(items, library=leaks.python_of(root / "src"))
    leaks.scan([path, ...], secrets)                  files, folders, archives
    leaks.scan_text("ada.html", page, secrets, own)   one page; what stands in `own` is the student's already

What everybody may see is subtracted from the secrets at the start: prompts, stubs, set-up, the library's own
code. Code is compared line by line without its blanks, and as syntax with and without its names; text by runs
of words; keys and hidden inputs as numbers.
"""

from __future__ import annotations

import ast
import html
import io
import itertools
import json
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from gvclab.content import text as say
from gvclab.exercises import bank, keys
from gvclab.exercises.checkers import judge
from gvclab.exercises.plain import Bag, fold, plain
from gvclab.exercises.variants import Identity, numbers

LINE = 12  # characters without blanks, below which a line of code tells nothing
NODES = 12  # parts of a syntax tree, below which it is anybody's
RUN = 7  # words in a row that do not coincide by chance; a whole sentence may have fewer, down to
SENTENCE = 5
KEY_DIGITS, INPUT_DIGITS = 6, 12
MEMBER = 64 * 2**20  # bytes of an archive's member that are looked into

_MARKS = re.compile(r"### (BEGIN|END) (SOLUTION|HIDDEN TESTS)")
_NUMBER = re.compile(r"(?<![\w.])\d+\.\d+(?:e[+-]?\d+)?(?![\w.])", re.I)
_HOME = re.compile(r"(?:/home/|/Users/|[A-Za-z]:\\+Users\\+)(?!(?:Shared|Public)\b)[\w.-]+[/\\]")
_TAG = re.compile(r"<(style|script)\b.*?</\1\s*>|<[^<>]*>", re.S | re.I)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/pre|/tr|/h\d)\b[^>]*>", re.I)
_TABLES = (".csv", ".tsv", ".npz", ".npy", ".png", ".jpg", ".db", ".pyc")


class Finding(NamedTuple):
    """One place that tells too much."""

    file: str
    place: str
    kind: str
    excerpt: str

    def __str__(self) -> str:
        return say("release.leak.line", **self._asdict())


@dataclass(frozen=True)
class Secrets:
    """What must not be seen, ready to be looked for. Values are the words for what was found."""

    lines: dict[str, str] = field(default_factory=dict)
    shapes: dict[str, str] = field(default_factory=dict)
    runs: dict[tuple[str, ...], str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()

    @property
    def lengths(self) -> set[int]:
        """How many words the runs have."""
        return {len(run) for run in self.runs}


# ------------------------------------------------------------------------------------------ what is a secret


def secrets(
    items: Iterable[bank.Item],
    library: str = "",
    who: Iterable[Identity] = (Identity(),),
    salt: str = "",
    places: Iterable[Path] = (),
    names: Iterable[str] = (),
) -> Secrets:
    """All that tells the answers of these items, with the keys and hidden inputs of `who`; the salt; the
    folders of this machine; the students' names.
    """
    items, who = list(items), list(who)
    known = [bank.public(item) for item in items]
    open_code = [library, *(f"{item.setup}\n{item.stub}" for item in known)]
    open_text = "\n".join(item.source for item in known)
    lines, shapes, runs, values, inputs = {}, {}, {}, {}, {}
    for item in items:
        for part in ("tests", "solution"):
            code, kind = getattr(item, part), say(f"release.leak.{part}", id=item.id)
            if item.type == "essay":
                runs |= dict.fromkeys(_runs(code), say("release.leak.phrase", id=item.id))
                continue
            lines |= dict.fromkeys(filter(_tells(item), map(_bare, code.splitlines())), kind)
            shapes |= dict.fromkeys(_shapes(code), say("release.leak.code", id=item.id))
        for hint in _hints(item):
            runs |= dict.fromkeys(_runs(hint), say("release.leak.phrase", id=item.id))
        for one in who:
            values |= dict.fromkeys(_key_numbers(item, one), say("release.leak.value", id=item.id))
        inputs |= dict.fromkeys(_hidden_inputs(item), say("release.leak.input", id=item.id))
    open_lines = {_bare(line) for code in [*open_code, open_text] for line in code.splitlines()}
    open_shapes = {shape for code in open_code for shape in _shapes(code)}
    words = {salt: say("release.leak.salt")} if salt else {}
    for place in places:
        words[f"{place}/"] = say("release.leak.path")
    return Secrets(
        {line: kind for line, kind in lines.items() if line not in open_lines},
        {shape: kind for shape, kind in shapes.items() if shape not in open_shapes},
        {run: kind for run, kind in runs.items() if run not in _all_runs(open_text, {len(run)})},
        values,
        inputs,
        words,
        frozenset(name for name in names if len(name) > 2),
    )


def python_of(folder: Path) -> str:
    """All Python below a folder, as one text."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py")))


def _bare(line: str) -> str:
    """A line of code without blanks, closing comma and comment."""
    return re.sub(r"\s+", "", line.split("  #")[0]).rstrip(",")


def _tells(item: bank.Item):
    """Whether a line says something: it is long enough, or it sets the answer itself."""
    return lambda line: len(line) >= LINE or line.startswith(f"{item.answer}=")


def _hints(item: bank.Item) -> list[str]:
    wrong = [w.hint for part in item.parts for w in part.wrong] + [hint for *_, hint in item.wrong_pairs]
    others = [one.hint for one in (*item.options, *item.forbidden)]
    return [*wrong, *others, *(line.text for line in item.rubric)]


def _key_numbers(item: bank.Item, who: Identity) -> Iterator[str]:
    if not item.has_key or item.type in ("essay", "code"):
        return
    names = keys.namespace(item, numbers(item, who))
    for value in _floats(plain(names[item.answer])):
        for digits in range(KEY_DIGITS, 18):
            if _digits(shown := f"{value:.{digits}g}") >= KEY_DIGITS:
                yield _canonical(shown)


def _hidden_inputs(item: bank.Item) -> set[str]:
    """The numbers that the tests of a function hand it, heard by standing in its place."""
    if item.type != "code" or not item.has_key:
        return set()
    heard: set[str] = set()
    right = keys.namespace(item, ())[item.answer]

    def listen(*arguments):
        values = (abs(value) for value in _floats(plain(list(arguments))))
        heard.update(_canonical(f"{value:.{INPUT_DIGITS}g}") for value in values if _digits(repr(value)) >= 14)
        return right(*arguments)

    judge(item, listen)
    return heard


def _floats(data) -> Iterator[float]:
    if isinstance(data, float):
        yield data
    entries = data.values() if isinstance(data, dict) else data.items if isinstance(data, Bag) else data
    if not isinstance(entries, (str, int, float, type(None), type(...))):
        for entry in entries:
            yield from _floats(entry)


def _digits(shown: str) -> int:
    """Significant digits of a number as written."""
    return len(re.sub(r"e.*|[^0-9]", "", shown, flags=re.I).strip("0"))


def _canonical(shown: str) -> str:
    return repr(abs(float(shown)))


def _shapes(code: str) -> set[str]:
    """The statements of some Python as syntax, and its functions also without the names they use."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code[:MEMBER])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt):
            continue
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        size = sum(1 for _ in ast.walk(node))
        if size >= NODES:
            found.add(ast.dump(node))
        if size >= 3 * NODES and isinstance(node, ast.FunctionDef):
            found.add(_nameless(node))
    return found


def _nameless(function: ast.FunctionDef) -> str:
    """The function's syntax with its names numbered in the order of their first use."""
    order: dict[str, str] = {}
    def numbered(match: re.Match) -> str:
        return f"{match.group(1)}='{order.setdefault(match.group(2), f'v{len(order)}')}'"

    return re.sub(r"\b(id|arg|name)='(\w+)'", numbered, ast.dump(function))


def _words(prose: str) -> list[str]:
    return re.findall(r"\w+", fold(prose))


def _runs(prose: str) -> Iterator[tuple[str, ...]]:
    """The runs of words that give a text away: seven in a row, or a whole shorter sentence."""
    for sentence in re.split(r"(?<=[.?!:;])\s+|\n\s*\n", prose):
        words = tuple(_words(sentence))
        if len(words) >= SENTENCE:
            width = min(RUN, len(words))
            yield from (words[at : at + width] for at in range(len(words) - width + 1))


def _all_runs(prose: str, widths: Iterable[int]) -> set[tuple[str, ...]]:
    words = _words(prose)
    return {run for width in widths for run in zip(*(words[at:] for at in range(width)), strict=False)}


# ------------------------------------------------------------------------------------------------ looking


def scan(paths: Iterable[Path], secrets: Secrets, own: str = "") -> list[Finding]:
    """What files, folders and archives tell that they must not; nothing is unpacked to disk."""
    found = []
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            name = file.relative_to(path).as_posix() if path.is_dir() else file.name
            found += scan_bytes(name, file.read_bytes(), secrets, own)
    return found


def scan_bytes(name: str, data: bytes, secrets: Secrets, own: str = "") -> list[Finding]:
    """The same for one file's bytes; an archive is looked into, its members are named after it."""
    suffix = Path(name).suffix.lower()
    if suffix in (".zip", ".whl"):
        return list(_archive(name, data, secrets, own))
    told = data.decode("utf-8", "replace")
    if suffix in _TABLES:  # thousands of numbers: some agree with a key by chance
        return list(_literal(name, say("release.leak.whole"), told, secrets, own))
    return scan_text(name, told, secrets, own)


def _archive(name: str, data: bytes, secrets: Secrets, own: str) -> Iterator[Finding]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            for entry in zipped.infolist():
                yield from _literal(f"{name}!{entry.filename}", "", entry.filename, secrets, own)
                if entry.file_size > MEMBER:
                    yield _finding(f"{name}!{entry.filename}", "", "unreadable", f"{entry.file_size} B")
                elif not entry.is_dir():
                    yield from scan_bytes(f"{name}!{entry.filename}", zipped.read(entry), secrets, own)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        yield _finding(name, "", "unreadable", str(error))


def _finding(name: str, place: str, kind: str, excerpt: str, **values) -> Finding:
    return Finding(name, place or say("release.leak.whole"), say(f"release.leak.{kind}", **values), excerpt)


def scan_text(name: str, told: str, secrets: Secrets, own: str = "") -> list[Finding]:
    """The same for a text by the kind of file that its name says; `own` is what the student wrote or was told
    of right.
    """
    suffix = Path(name).suffix.lower()
    found: list[Finding] = []
    mine = _Own.of(own, secrets)
    for place, piece in _pieces(suffix, told):
        found += _literal(name, place, piece, secrets, own)
        found += _code(name, place, piece, secrets, mine)
        found += _prose(name, place, piece, secrets, mine)
        if suffix != ".py" and _MARKS.search(piece):
            found.append(_finding(name, place, "marks", _MARKS.search(piece).group()))
    if suffix == ".md":
        found += _item_file(name, told)
    return list(dict.fromkeys(found))


class _Own(NamedTuple):
    """What of the secrets a student has already."""

    lines: set[str]
    shapes: set[str]
    runs: set[tuple[str, ...]]
    values: set[str]

    @classmethod
    def of(cls, own: str, secrets: Secrets) -> _Own:
        lines = {_bare(line) for line in own.splitlines()}
        values = {shown for number in _NUMBER.findall(own) for shown in _rounded(number)}
        return cls(lines, _shapes(own), _all_runs(own, secrets.lengths) if own else set(), values)


def _pieces(suffix: str, told: str) -> Iterator[tuple[str, str]]:
    """The places of a file and what each says: a notebook's cells, else the whole."""
    if suffix in (".ipynb", ".json"):
        try:
            book = json.loads(told)
        except (ValueError, RecursionError):
            book = None
        if isinstance(book, dict) and isinstance(book.get("cells"), list):
            head = {key: value for key, value in book.items() if key != "cells"}
            yield "", "\n".join(_strings(head))
            for n, cell in enumerate(book["cells"], 1):
                yield say("release.leak.cell", n=n), "\n".join(map(_plain_text, _strings(cell)))
            return
        if book is not None:
            yield "", "\n".join(_strings(book))
            return
    yield "", _plain_text(told) if suffix in (".html", ".htm") else told


def _strings(data) -> Iterator[str]:
    """Every text in JSON data, a list of lines joined to one."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list) and all(isinstance(line, str) for line in data):
        yield "".join(data) if any(line.endswith("\n") for line in data) else "\n".join(data)
    elif isinstance(data, list):
        yield from itertools.chain.from_iterable(map(_strings, data))
    elif isinstance(data, dict):
        for key, value in data.items():
            yield str(key)
            yield from _strings(value)
    elif isinstance(data, float):
        yield repr(data)


def _plain_text(page: str) -> str:
    """What a page shows. Code with `<` in it comes through: a tag is closed on its line or not at all."""
    if "</" not in page and "/>" not in page:
        return page
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", page)))


def _literal(name: str, place: str, piece: str, secrets: Secrets, own: str) -> Iterator[Finding]:
    """The salt, folders of this machine, other students."""
    for word, kind in secrets.words.items():
        if word in piece and word not in own:
            yield Finding(name, place or _line(piece, word), kind, word[:24])
    for path in set(_HOME.findall(piece)):
        if path not in own:
            yield _finding(name, place or _line(piece, path), "path", path)
    if secrets.names:
        present = {token.strip(".") for token in re.findall(r"[\w.@+-]+", piece)}
        for student in sorted(secrets.names & present | {n for n in secrets.names if " " in n and n in piece}):
            if student not in own:
                yield _finding(name, place or _line(piece, student), "name", student)


def _code(name: str, place: str, piece: str, secrets: Secrets, mine: _Own) -> Iterator[Finding]:
    for number, line in enumerate(piece.splitlines(), 1):
        bare = _bare(line)
        if bare in secrets.lines and bare not in mine.lines:
            spot = place or say("release.leak.text_line", n=number)
            yield Finding(name, spot, secrets.lines[bare], line.strip()[:80])
    for block in [piece, *re.findall(r"^```[^\n]*\n(.*?)^```", piece, re.M | re.S)]:
        for shape in (_shapes(block) & secrets.shapes.keys()) - mine.shapes:
            yield Finding(name, place or say("release.leak.whole"), secrets.shapes[shape], "")


def _prose(name: str, place: str, piece: str, secrets: Secrets, mine: _Own) -> Iterator[Finding]:
    told: dict[str, tuple[str, ...]] = {}
    for run in _all_runs(piece, secrets.lengths) & secrets.runs.keys() - mine.runs:
        told[secrets.runs[run]] = max(run, told.get(secrets.runs[run], ()))
    for kind, run in told.items():
        yield Finding(name, place or _line(piece, run[0]), kind, " ".join(run))
    for number in set(_NUMBER.findall(piece)):
        for shown in _rounded(number):
            kind = secrets.values.get(shown) or secrets.inputs.get(shown)
            if kind and shown not in mine.values:
                yield Finding(name, place or _line(piece, number), kind, number)


def _rounded(number: str) -> list[str]:
    """A number as written, and with as many digits as hidden inputs are known by."""
    digits = _digits(number)
    if digits < KEY_DIGITS:
        return []
    return [_canonical(number)] + [_canonical(f"{float(number):.{INPUT_DIGITS}g}")] * (digits >= INPUT_DIGITS)


def _line(piece: str, word: str) -> str:
    at = piece.find(word)
    return say("release.leak.text_line", n=piece.count("\n", 0, at) + 1) if at >= 0 else say("release.leak.whole")


def _item_file(name: str, source: str) -> Iterator[Finding]:
    """An exercise file in which an item still has more than `bank.public` leaves."""
    if "```{item}" not in source:
        return
    try:
        items = bank.parse(source)
    except ValueError as error:
        yield _finding(name, "", "unreadable", str(error))
        return
    for item in items:
        if bank.public(item).source != item.source:
            yield _finding(name, _line(source, f"## {item.id} "), "item", item.title, id=item.id)
