"""What a student must not see, looked for in whatever goes out: a release, a bundle, a page of feedback.

    secret = leaks.of_class(leaks.secrets(items, shown), items, identities, [salt], names)
    leaks.scan([path, ...], secret)                    files, folders, archives
    leaks.scan_feedback("ada.html", page, secret, "ada", own)

What everybody may see is no secret: prompts, stubs, set-up, the code of library and lessons. Code is compared
line by line and as syntax, text by runs of words, keys and hidden inputs as numbers.
"""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import gvclab
from gvclab.content import resource
from gvclab.content import text as say
from gvclab.exercises import bank, keys
from gvclab.exercises.checkers import judge
from gvclab.exercises.plain import plain
from gvclab.exercises.prompts import form_line
from gvclab.exercises.variants import Identity, numbers
from gvclab.grading import fingerprints as fp

LINE = 12  # characters without blanks, below which a line of code tells nothing
ALONE, TOGETHER = 6, 3  # digits by which a key is known alone, or beside another of its item on the same line
INPUT = 12  # digits by which a hidden input is known
MEMBER = 64 * 2**20  # bytes of an archive's member that are looked into

_CELLS = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```", re.M | re.S)
_MARKS = re.compile(r"### (?:BEGIN|END) (?:SOLUTION|HIDDEN TESTS)")
HOME = re.compile(r"(?:/home/|/Users/|[A-Za-z]:\\+Users\\+)[\w.-]+[/\\]")
_HIDDEN = re.compile(r"<(style|script)\b.*?</\1\s*>", re.S | re.I)
_BREAK = re.compile(r"</(?:p|div|li|pre|tr|h\d)\s*>|<br\b[^>]*>", re.I)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.I)
# Tables hold thousands of numbers, some of which agree with a key by chance.
_NOT_READ = (".csv", ".tsv", ".npz", ".npy", ".png", ".jpg", ".db", ".pyc")


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
    """What must not be seen, as it is looked up; the values say what it is."""

    lines: dict[str, str] = field(default_factory=dict)
    shapes: dict[int, str] = field(default_factory=dict)
    runs: dict[fp.Run, str] = field(default_factory=dict)
    values: dict[str, tuple[str, float]] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()

    @cached_property
    def widths(self) -> set[int]:
        """How many words the runs have."""
        return {len(run) for run in self.runs}


# ------------------------------------------------------------------------------------------ what is a secret


def secrets(items: Iterable[bank.Item], shown: Iterable[str] = (), places: Iterable[Path] = ()) -> Secrets:
    """What tells the answers of these items in words and code, and the folders of this machine.

    `shown` is what everybody may read (`public`). What it says is no secret, unless it sets an answer.
    """
    items, shown = list(items), list(shown)
    lines, shapes, runs = {}, {}, {}
    for item in items:
        kinds = {kind: say(f"release.leak.{kind}", id=item.id) for kind in ("tests", "solution", "code", "phrase")}
        # As the key has it, by ids, and as a page shows it.
        solution = f"{item.solution}\n{item.shown_solution}" if item.type != "essay" else ""
        code = {"tests": item.tests, "solution": solution}
        for part, source in code.items():
            bare = (line for line in map(fp.bare, source.splitlines()) if _tells(line, item))
            lines |= dict.fromkeys(bare, kinds[part])
            shapes |= dict.fromkeys(fp.shapes(source), kinds["code"])
        for prose in [*hints(item), item.solution if item.type == "essay" else ""]:
            runs |= dict.fromkeys(fp.runs(prose), kinds["phrase"])
    asked = [
        text
        for item in map(bank.public, items)
        for text in (item.setup, item.stub, item.shown_stub, item.source, form_line(item))
    ]
    asked_lines, shown_lines = (
        {fp.bare(line) for text in texts for line in text.splitlines()} for texts in (asked, shown)
    )
    answers = tuple(f"{item.answer}=" for item in items if item.answer)
    open_lines = asked_lines | {line for line in shown_lines if not line.startswith(answers)}
    open_shapes = {shape for text in [*asked, *shown] for shape in fp.shapes(text)}
    open_runs = fp.all_runs("\n".join([*asked, *shown]), {len(run) for run in runs})
    return Secrets(
        {line: kind for line, kind in lines.items() if line not in open_lines},
        {shape: kind for shape, kind in shapes.items() if shape not in open_shapes},
        {run: kind for run, kind in runs.items() if run not in open_runs},
        words={f"{place}/": say("release.leak.path") for place in places},
    )


def of_class(
    secret: Secrets,
    items: Iterable[bank.Item],
    who: Iterable[Identity] = (Identity(),),
    salts: Iterable[str] = (),
    names: Iterable[str] = (),
) -> Secrets:
    """The same, and in numbers: the keys of these items that `who` have, hidden inputs; salts; the students'
    names.
    """
    items, who = list(items), list(who)
    values, inputs = {}, {}
    for item in items:
        inputs |= dict.fromkeys(_hidden_inputs(item), say("release.leak.input", id=item.id))
        for key in {key for one in who for key in _keys(item, one)}:
            kind = say("release.leak.value", id=item.id)
            values |= {fp.rounded(key, count): (kind, key) for count in range(TOGETHER, 18)}
    words = secret.words | {salt: say("release.leak.salt") for salt in salts if salt}
    names = frozenset(unusual(names, (bank.public(item).source for item in items)))
    return replace(secret, values=values, inputs=inputs, words=words, names=names)


def unusual(names: Iterable[str], texts: Iterable[str]) -> set[str]:
    """The names that give somebody away: not those which are words of these texts anyway."""
    common = {token for content in texts for token in _tokens(content)}
    return {name for name in names if len(name) > 2 and name not in common}


def _tokens(content: str) -> set[str]:
    return {token.strip(".") for token in re.findall(r"[\w.@+-]+", content)}


def public() -> list[str]:
    """What everybody may read: the library, the lessons with their code, the claims and the works beneath them."""
    content = resource("content")
    texts = [*content.glob("lessons/*.md"), *content.glob("claims/*.yml"), content / "bibliography.yml"]
    code = [*code_of(Path(gvclab.__file__).parent), *code_of(content / "lessons")]
    return [*code, *(path.read_text(encoding="utf-8") for path in sorted(texts))]


def code_of(folder: Path) -> list[str]:
    """The Python below a folder: files, and the code cells of lessons."""
    files = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py"))]
    lessons = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.md"))]
    return files + [cell for lesson in lessons for cell in _CELLS.findall(lesson)]


def _tells(line: str, item: bank.Item) -> bool:
    """A line that is long enough to say something, or sets the answer itself."""
    return len(line) >= LINE or line.startswith(f"{item.answer}=")


def hints(item: bank.Item) -> Iterator[str]:
    """All that a verdict on this item may say to a student, and the rubric."""
    yield from (wrong.hint for part in item.parts for wrong in part.wrong)
    yield from (pair.hint for pair in item.wrong_pairs)
    yield from (one.hint for one in (*item.options, *item.forbidden))
    yield from (line.text for line in item.rubric)
    yield from (item.why, item.next, *(part.next for part in item.parts))


def _keys(item: bank.Item, who: Identity) -> list[float]:
    if not item.has_key or item.type in ("essay", "code"):
        return []
    return list(fp.floats(plain(keys.namespace(item, numbers(item, who))[item.answer])))


@cache
def _hidden_inputs(item: bank.Item) -> set[str]:
    """The numbers that the tests of a function hand it, overheard by standing in its place."""
    if item.type != "code" or not item.has_key:
        return set()
    heard: set[float] = set()
    right = keys.namespace(item, ())[item.answer]

    def listen(*arguments):
        heard.update(fp.floats(plain(list(arguments))))
        return right(*arguments)

    judge(item, listen)
    return {fp.rounded(value, INPUT) for value in heard if fp.digits(repr(value)) >= INPUT}


# --------------------------------------------------------------------------------------------------- looking


def scan(paths: Iterable[Path], secret: Secrets) -> tuple[int, list[Finding]]:
    """How many files were looked into, and what they tell that they must not; nothing is unpacked to disk."""
    files = [
        (file.relative_to(path).as_posix() if path.is_dir() else file.name, file)
        for path in paths
        for file in (sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path])
    ]
    found = [one for name, file in files for one in scan_bytes(name, file.read_bytes(), secret)]
    return len(files), found


def scan_bytes(name: str, data: bytes, secret: Secrets, student: str = "") -> list[Finding]:
    """What one file, meant for `student`, tells; the members of an archive are named after it."""
    suffix = Path(name).suffix.lower()
    if suffix in (".zip", ".whl"):
        return list(_archive(name, data, secret, student))
    content = data.decode("utf-8", "replace")
    if suffix in _NOT_READ:
        return list(_literal(name, _whole(), content, secret, _Own.of([], secret), student))
    return scan_text(name, content, secret, student=student)


def _archive(name: str, data: bytes, secret: Secrets, student: str) -> Iterator[Finding]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            for entry in zipped.infolist():
                member = f"{name}!{entry.filename}"
                yield from _literal(member, _whole(), entry.filename, secret, _Own.of([], secret), student)
                if entry.file_size > MEMBER:
                    yield Finding(member, _whole(), say("release.leak.unreadable"), f"{entry.file_size} B")
                elif not entry.is_dir():
                    yield from scan_bytes(member, zipped.read(entry), secret, student)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        yield Finding(name, _whole(), say("release.leak.unreadable"), str(error))


def scan_feedback(name: str, page: str, secret: Secrets, student: str, own: Iterable[str]) -> list[Finding]:
    """What a page of feedback tells `student` beyond the texts that are the student's `own`: cells written, what
    they printed, what the verdicts say.
    """
    return scan_text(name, page, secret, own, student)


def scan_text(name: str, content: str, secret: Secrets, own: Iterable[str] = (), student: str = "") -> list[Finding]:
    """What a text tells; its name says what kind of file it is.

    `own` are texts that `student` has by right; code is known again where it stands alone in one of them.
    """
    own = list(own)
    suffix = Path(name).suffix.lower()
    mine = _Own.of(own, secret)
    found: dict[Finding, None] = {}  # in order, each once
    for place, piece in _pieces(suffix, content):
        found |= dict.fromkeys(_literal(name, place, piece, secret, mine, student))
        found |= dict.fromkeys(_code(name, place, piece, secret, mine))
        found |= dict.fromkeys(_prose(name, place, piece, secret, mine))
        found |= dict.fromkeys(_numbers(name, place, piece, secret, mine))
        if suffix != ".py":
            marks = (Finding(name, place, say("release.leak.marks"), mark) for mark in _MARKS.findall(piece))
            found |= dict.fromkeys(marks)
    if suffix == ".md":
        found |= dict.fromkeys(_item_file(name, content))
    return list(found)


class _Own(NamedTuple):
    """What a student has already."""

    text: str
    lines: set[str]
    shapes: set[int]
    runs: set[fp.Run]
    numbers: set[str]

    @classmethod
    def of(cls, own: list[str], secret: Secrets) -> _Own:
        text = "\n".join(own)
        return cls(
            text,
            set(map(fp.bare, text.splitlines())),
            {shape for one in own for shape in fp.shapes(one)},
            fp.all_runs(text, secret.widths),
            {fp.rounded(float(n), count) for n in fp.decimals(text) for count in range(TOGETHER, 18)},
        )


def _pieces(suffix: str, content: str) -> Iterator[tuple[str, str]]:
    """The places of a file and what each says: a notebook's cells, a page's text, else the whole."""
    if suffix in (".ipynb", ".json"):
        try:
            book = json.loads(content)
        except (ValueError, RecursionError):
            yield _whole(), content
            return
        cells = book.pop("cells", None) if isinstance(book, dict) else None
        yield _whole(), "\n".join(_strings(book))
        for n, cell in enumerate(cells if isinstance(cells, list) else [cells], 1):
            yield say("release.leak.cell", n=n), "\n".join(map(_text_of, _strings(cell)))
    else:
        yield _whole(), _text_of(content) if suffix in (".html", ".htm") else content


def _strings(data) -> Iterator[str]:
    """Every text and number in JSON data; a list of texts is one, as notebooks split theirs into lines."""
    if isinstance(data, list) and data and all(isinstance(line, str) for line in data):
        yield "".join(data)
        yield "\n".join(data)
    elif isinstance(data, list):
        for entry in data:
            yield from _strings(entry)
    elif isinstance(data, dict):
        for key, value in data.items():
            yield str(key)
            yield from _strings(value)
    elif data is not None:
        yield str(data)


def _text_of(page: str) -> str:
    """What a page shows; what is no page stays as it is."""
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", _HIDDEN.sub("", page)))) if "</" in page else page


def _literal(name: str, place: str, piece: str, secret: Secrets, mine: _Own, student: str) -> Iterator[Finding]:
    """The salt, folders of a machine, other students."""
    paths = dict.fromkeys(HOME.findall(piece), say("release.leak.path"))
    for word, kind in (secret.words | paths).items():
        if word in piece and word not in mine.text:
            yield Finding(name, _where(place, piece, word), kind, word[:24])
    if secret.names:
        spaced = {other for other in secret.names if " " in other and other in piece}
        for other in sorted(secret.names & _tokens(piece) | spaced):
            if other != student and other not in mine.text:
                yield Finding(name, _where(place, piece, other), say("release.leak.name"), other)


def _code(name: str, place: str, piece: str, secret: Secrets, mine: _Own) -> Iterator[Finding]:
    telling = secret.lines.keys() - mine.lines
    lines = [line for line in piece.splitlines() if fp.bare(line) in telling]
    for line in lines:
        yield Finding(name, _where(place, piece, line), secret.lines[fp.bare(line)], line.strip()[:80])
    if lines:
        return
    for block in [piece, *re.findall(r"^```[^\n]*\n(.*?)^```", piece, re.M | re.S)]:
        for shape in sorted((fp.shapes(block) & secret.shapes.keys()) - mine.shapes):
            yield Finding(name, place, secret.shapes[shape], "")


def _prose(name: str, place: str, piece: str, secret: Secrets, mine: _Own) -> Iterator[Finding]:
    seen: dict[str, fp.Run] = {}
    for run in sorted((fp.all_runs(piece, secret.widths) & secret.runs.keys()) - mine.runs):
        seen.setdefault(secret.runs[run], run)
    for kind, run in seen.items():
        yield Finding(name, place, kind, " ".join(run))


def _numbers(name: str, place: str, piece: str, secret: Secrets, mine: _Own) -> Iterator[Finding]:
    for line in piece.splitlines():
        beside: dict[str, dict[float, str]] = defaultdict(dict)
        for number in fp.decimals(line):
            count = fp.digits(number)
            shown = fp.rounded(float(number), 17)
            if count < TOGETHER or shown in mine.numbers:
                continue
            kind, key = secret.values.get(shown, ("", 0.0))
            heard = secret.inputs.get(fp.rounded(float(number), INPUT)) if count >= INPUT else None
            if heard or (kind and count >= ALONE):
                yield Finding(name, _where(place, piece, number), heard or kind, number)
            elif kind:
                beside[kind][key] = number
        for kind, found in beside.items():
            if len(found) > 1:
                yield Finding(name, _where(place, piece, line), kind, ", ".join(found.values()))


def _whole() -> str:
    return say("release.leak.whole")


def _where(place: str, piece: str, word: str) -> str:
    """The place, more exactly where it is a whole file."""
    at = piece.find(word)
    if place != _whole() or at < 0 or "\n" not in piece:
        return place
    return say("release.leak.text_line", n=piece.count("\n", 0, at) + 1)


def _item_file(name: str, source: str) -> Iterator[Finding]:
    """An exercise file in which an item has more than `bank.public` leaves."""
    if "```{item}" not in source:
        return
    try:
        items = bank.parse(source, finished=False)
    except ValueError as error:
        yield Finding(name, _whole(), say("release.leak.unreadable"), str(error))
        return
    for item in items:
        if bank.public(item).source != item.source:
            place = _where(_whole(), source, f"## {item.id} ")
            yield Finding(name, place, say("release.leak.item", id=item.id), item.title)
