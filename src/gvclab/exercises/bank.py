"""The items: parsed from `content/exercises/<section>-*.md`, one file a section.

A file is YAML front matter, an introduction, one ```` ```{setup} ```` block (the imports that every cell of the notebook may
use) and one `## <id> <title>` chapter per item. In a chapter stand the fenced blocks

    {item}      YAML: type, bloom, points, answer, use, given, and what the type needs (below)
    {stub}      what the answer cell shows at first
    {solution}  the answer cell filled in. IT IS THE KEY: checkers run it, nothing repeats its result
    {tests}     for `code`: functions test_…(f, reference, rng) whose docstring is the name of the property

and all the rest is the prompt, Markdown, in which {{ given }}, {{ tolerance }}, {{ options }}, {{ nodes }}, {{ terms }} and
{{ rubric }} are replaced by text made from the item, so that a prompt cannot disagree with its checker.

A class bundle carries the same files after `public_text`: no solutions, no tests, no table of misconceptions.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from gvclab.content import resource, text

TYPES = ("num", "choice", "match", "interpret", "code", "graph", "essay", "predict")
BLOOM = ("remember", "understand", "apply", "analyse", "evaluate", "create")
USES = ("exercise", "lesson")


@dataclass(frozen=True)
class Given:
    """One parameter of an item: the value for everybody, the values a class may draw from, and its unit."""

    name: str
    default: float | int | str
    draw: tuple = ()
    unit: str = ""


@dataclass(frozen=True)
class Wrong:
    """A known wrong value: `value` is an expression over the names of the solution, so it follows the parameters."""

    value: str
    hint: str


@dataclass(frozen=True)
class Part:
    """One component of an answer: a number (tolerance), a word out of `words`, or a setting (`low` to `high`)."""

    name: str
    label: str
    atol: float = 0.0
    rtol: float = 0.0
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    wrong: tuple[Wrong, ...] = ()

    @property
    def is_setting(self) -> bool:
        """A parameter the student chooses (type `interpret`), not a result."""
        return self.low is not None

    @property
    def is_number(self) -> bool:
        return not self.words and not self.is_setting


@dataclass(frozen=True)
class Option:
    """One option of a choice, in the order shown."""

    text: str
    right: bool = False
    hint: str = ""


@dataclass(frozen=True)
class Node:
    """One box of a graph item, with the other names it answers to."""

    name: str
    aliases: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Edge:
    """One arrow of a graph item that its solution does not hold: allowed, or forbidden with the reason."""

    source: str
    target: str
    hint: str = ""


@dataclass(frozen=True)
class Line:
    """One line of an essay's rubric."""

    text: str
    points: float


@dataclass(frozen=True, eq=False)
class Item:
    """One exercise. `solution`, `tests` and the hints are empty where the library carries no key."""

    id: str
    title: str
    type: str
    bloom: str
    points: float
    answer: str
    use: str
    prompt: str
    stub: str
    solution: str
    tests: str
    setup: str
    given: tuple[Given, ...] = ()
    parts: tuple[Part, ...] = ()
    options: tuple[Option, ...] = ()
    nodes: tuple[Node, ...] = ()
    optional: tuple[Edge, ...] = ()
    forbidden: tuple[Edge, ...] = ()
    feedback_allowed: bool = False
    terms: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    wrong_pairs: tuple[tuple[str, str, str], ...] = ()
    rubric: tuple[Line, ...] = ()
    model: str = ""
    source: str = ""

    @property
    def has_key(self) -> bool:
        return bool(self.solution) or self.type == "essay"

    @property
    def is_graded(self) -> bool:
        return self.use == "exercise" and self.type != "predict"


@dataclass(frozen=True)
class ItemSet:
    """The items of a section: `meta` is the front matter, `setup` the notebook's first code cell."""

    section: str
    meta: Mapping[str, Any]
    intro: str
    setup: str
    items: tuple[Item, ...]

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, item_id: str) -> Item:
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(text("exercises.error.unknown", id=item_id, known=", ".join(i.id for i in self.items)))

    def used(self, use: str) -> tuple[Item, ...]:
        """The items of the assignment (`"exercise"`) or of the lesson (`"lesson"`), in order."""
        return tuple(item for item in self.items if item.use == use)

    @property
    def points(self) -> float:
        """The points of the assignment."""
        return sum(item.points for item in self.used("exercise"))


# ---------------------------------------------------------------------------------------------- where items come from


def sections() -> tuple[str, ...]:
    """The sections that have items."""
    return tuple(sorted(path.stem.split("-", 1)[0] for path in _folder().glob("*.md")))


def load(section: str) -> ItemSet:
    """The items of a section: `load("2.3")`. KeyError when there are none."""
    paths = sorted(_folder().glob(f"{section}-*.md"))
    if not paths:
        raise KeyError(text("exercises.error.section", section=section, known=", ".join(sections())))
    path = paths[0]
    return _load(str(path), path.stat().st_mtime_ns)


def item(item_id: str) -> Item:
    """The item with this id: `item("2.3-1")`. KeyError names the ids there are."""
    return load(item_id.rpartition("-")[0])[item_id]


def _folder():
    return resource("content") / "exercises"


@cache
def _load(path: str, _modified: int) -> ItemSet:
    from pathlib import Path

    return parse(Path(path).read_text(encoding="utf-8"))


# ---------------------------------------------------------------------------------------------------------- the parser

_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.S)
_CHAPTER = re.compile(r"^## +(\S+) +(.+?) *$", re.M)
_BLOCK = re.compile(r"^```\{(item|stub|solution|tests|setup)\} *\n(.*?)^``` *(?:\n|\Z)", re.M | re.S)
_SLOT = re.compile(r"\{\{ *(\w+) *\}\}")

_COMMON = {"type", "bloom", "points", "answer", "use", "given"}
_KEYS = {
    "num": {"parts"},
    "interpret": {"parts", "model"},
    "choice": {"options"},
    "predict": {"options"},
    "match": {"terms", "classes", "wrong"},
    "code": set(),
    "graph": {"nodes", "optional", "forbidden", "feedback"},
    "essay": {"rubric"},
}
# What each type must show in its prompt; `given` is added where an item has parameters.
_SHOWN = {
    "num": {"tolerance"},
    "interpret": {"tolerance"},
    "choice": {"options"},
    "predict": {"options"},
    "match": {"terms"},
    "code": set(),
    "graph": {"nodes"},
    "essay": {"rubric"},
}


def parse(source: str) -> ItemSet:
    """The items written in one content file. ValueError names the item and what is wrong with it."""
    import yaml

    front = _FRONT.match(source)
    if not front:
        raise ValueError("an exercise file begins with YAML front matter between two lines of ---")
    meta = yaml.safe_load(front.group(1))
    head, *chapters = _chapters(source[front.end() :])
    setup = _blocks(head).get("setup", "")
    items = tuple(parse_item(chapter, setup) for chapter in chapters)
    ids = [item.id for item in items]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    if twice:
        raise ValueError(f"item ids used twice: {', '.join(twice)}")
    strangers = [i for i in ids if i.rpartition("-")[0] != str(meta["section"])]
    if strangers:
        raise ValueError(f"items {', '.join(strangers)} do not belong to section {meta['section']}")
    return ItemSet(str(meta["section"]), meta, _BLOCK.sub("", head).strip(), setup, items)


def _chapters(body: str) -> list[str]:
    starts = [m.start() for m in _CHAPTER.finditer(body)]
    return [body[a:b] for a, b in zip([0, *starts], [*starts, len(body)], strict=True)]


def _blocks(chapter: str) -> dict[str, str]:
    return {m.group(1): m.group(2).strip("\n") for m in _BLOCK.finditer(chapter)}


def parse_item(chapter: str, setup: str = "", complete: bool = True) -> Item:
    """The item of one `## id title` chapter; a key (`complete=False`) has no prompt."""
    import yaml

    heading = _CHAPTER.match(chapter)
    if not heading:
        raise ValueError(f"an item begins with '## <id> <title>', not with {chapter[:40]!r}")
    item_id, title = heading.groups()
    blocks = _blocks(chapter)
    if "item" not in blocks:
        raise ValueError(f"item {item_id} has no ```{{item}} block")
    spec = yaml.safe_load(blocks["item"])
    setup = blocks.get("setup", setup)
    kind = _one_of(spec.get("type"), TYPES, item_id, "type")
    unknown = set(spec) - _COMMON - _KEYS[kind]
    if unknown:
        raise ValueError(f"item {item_id} ({kind}) has unknown keys: {', '.join(sorted(unknown))}")
    answer = spec.get("answer", "")
    if kind != "essay" and not str(answer).isidentifier():
        raise ValueError(f"item {item_id} needs `answer`, the name of the answer's variable; got {answer!r}")

    def build(name: str, make: Callable) -> tuple:
        entries = spec.get(name, ())
        try:
            return tuple(make(entry) for entry in (entries.items() if isinstance(entries, dict) else entries))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"item {item_id}: cannot read `{name}`: {error}") from error

    options = build("options", lambda o: Option(o["text"], bool(o.get("right")), o.get("hint", "")))
    options = tuple(sorted(options, key=lambda o: _shuffle_key(item_id, o.text)))
    solution = blocks.get("solution", "")
    if kind == "choice" and not solution and any(o.right for o in options):
        solution = f'{answer} = "{letter(next(i for i, o in enumerate(options) if o.right))}"'
    parsed = Item(
        id=item_id,
        title=title,
        type=kind,
        bloom=_one_of(spec.get("bloom"), BLOOM, item_id, "bloom"),
        points=spec.get("points", 0),
        answer=answer,
        use=_one_of(spec.get("use", "exercise"), USES, item_id, "use"),
        prompt="",
        stub=blocks.get("stub", f"{answer} = ..." if answer else ""),
        solution=solution,
        tests=blocks.get("tests", ""),
        setup=setup,
        given=build("given", _given),
        parts=build("parts", _part),
        options=options,
        nodes=build("nodes", lambda n: Node(n["name"], tuple(n.get("aliases", ())), bool(n.get("optional")))),
        optional=build("optional", lambda e: Edge(*e)),
        forbidden=build("forbidden", lambda e: Edge(e["from"], e["to"], e["hint"])),
        feedback_allowed=bool(spec.get("feedback")),
        terms=build("terms", str),
        classes=build("classes", str),
        wrong_pairs=build("wrong", lambda w: (w["term"], w["class"], w["hint"])),
        rubric=build("rubric", lambda line: Line(line["text"], line["points"])),
        model=spec.get("model", ""),
        source=chapter,
    )
    if not complete:
        return parsed
    return _with_prompt(parsed, _BLOCK.sub("", chapter[heading.end() :]).strip())


def _one_of(value: Any, allowed: tuple[str, ...], item_id: str, name: str) -> str:
    if value not in allowed:
        raise ValueError(f"item {item_id}: `{name}` is {value!r}, not one of {', '.join(allowed)}")
    return value


def _given(pair: tuple[str, Any]) -> Given:
    name, entry = pair
    if not isinstance(entry, dict):
        return Given(name, entry)
    return Given(name, entry["default"], tuple(entry.get("draw", ())), entry.get("unit", ""))


def _part(entry: dict) -> Part:
    unknown = set(entry) - {"name", "label", "atol", "rtol", "words", "low", "high", "wrong"}
    if unknown:
        raise ValueError(f"unknown keys {', '.join(sorted(unknown))} in part {entry.get('name')!r}")
    words = {str(word): tuple(map(str, also or ())) for word, also in entry.get("words", {}).items()}
    wrong = tuple(Wrong(str(w["value"]), w["hint"]) for w in entry.get("wrong", ()))
    part = Part(
        entry["name"],
        entry.get("label", entry["name"]),
        entry.get("atol", 0.0),
        entry.get("rtol", 0.0),
        words,
        entry.get("low"),
        entry.get("high"),
        wrong,
    )
    if part.is_number and not (part.atol or part.rtol):
        raise ValueError(f"part {part.name!r} needs a tolerance (atol or rtol)")
    return part


# ----------------------------------------------------------------------------------------- what a prompt says of itself


def letter(index: int) -> str:
    """The letter of the option at `index`: 0 is A."""
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[index]


def _shuffle_key(item_id: str, option: str) -> str:
    """Options stand in an order that says nothing of the key and is the same in every build."""
    return hashlib.sha256(f"{item_id}|{option}".encode()).hexdigest()


def _with_prompt(item: Item, template: str) -> Item:
    from dataclasses import replace

    wanted = _SHOWN[item.type] | ({"given"} if item.given else set())
    shown = set(_SLOT.findall(template))
    if wanted - shown:
        raise ValueError(f"the prompt of {item.id} must show {{{{ {', '.join(sorted(wanted - shown))} }}}}")
    writers = {
        "given": given_line,
        "tolerance": tolerance_line,
        "options": options_list,
        "nodes": nodes_list,
        "terms": terms_list,
        "rubric": rubric_list,
    }
    if shown - set(writers):
        raise ValueError(f"the prompt of {item.id} has unknown slots: {', '.join(sorted(shown - set(writers)))}")
    return replace(item, prompt=_SLOT.sub(lambda slot: writers[slot.group(1)](item), template))


def given_line(item: Item) -> str:
    """The default parameters, and where a student finds the own ones."""
    listed = ", ".join(f"`{g.name}` = {g.default} {g.unit}".strip() for g in item.given)
    return text("exercises.prompt.given", listed=listed, id=item.id)


def tolerance_line(item: Item) -> str:
    """How exact an answer must be, part by part, from the tolerances the checker uses."""
    numbers = [part for part in item.parts if part.is_number]
    width = [
        text("exercises.prompt.atol", tol=f"{part.atol:g}")
        if part.atol
        else text("exercises.prompt.rtol", tol=f"{part.rtol:.3g}")
        for part in numbers
    ]
    if len(set(width)) == 1:
        key = "exercises.prompt.tolerance_one" if len(numbers) == 1 else "exercises.prompt.tolerance_all"
        return text(key, width=width[0])
    listed = "; ".join(f"{part.label}: {w}" for part, w in zip(numbers, width, strict=True))
    return text("exercises.prompt.tolerance_each", listed=listed)


def options_list(item: Item) -> str:
    return "\n".join(f"- **{letter(i)}.** {option.text}" for i, option in enumerate(item.options))


def nodes_list(item: Item) -> str:
    return ", ".join(f"`{node.name}`" for node in item.nodes)


def terms_list(item: Item) -> str:
    terms, classes = (", ".join(f"`{word}`" for word in words) for words in (item.terms, item.classes))
    return text("exercises.prompt.terms", terms=terms, classes=classes)


def rubric_list(item: Item) -> str:
    return "\n".join(text("exercises.prompt.rubric", text=line.text, points=f"{line.points:g}") for line in item.rubric)


# ------------------------------------------------------------------------------------------------- without the answers

_SECRET = {"right", "hint", "wrong", "optional", "forbidden", "model"}


def public_text(source: str) -> str:
    """The same content file with everything taken out that tells the answers: what a class bundle may carry."""
    front = _FRONT.match(source)
    head, *chapters = _chapters(source[front.end() :])
    return front.group(0) + head + "".join(public(parse_item(chapter)).source for chapter in chapters)


def public(item: Item) -> Item:
    """The item without solution, tests and misconceptions."""
    import yaml

    def strip(entry: Any) -> Any:
        if isinstance(entry, dict):
            # Nodes say of themselves that they are optional; that is no answer, the list of optional arrows is.
            return {k: strip(v) for k, v in entry.items() if k not in _SECRET or (k == "optional" and v is True)}
        return [strip(v) for v in entry] if isinstance(entry, list) else entry

    def rewrite(block: re.Match) -> str:
        name, body = block.groups()
        if name in ("solution", "tests"):
            return ""
        if name != "item":
            return block.group(0)
        spec = strip(yaml.safe_load(body))
        if "options" in spec:  # authors tend to write the right one first
            spec["options"].sort(key=lambda o: _shuffle_key(item.id, o["text"]))
        return f"```{{item}}\n{yaml.safe_dump(spec, sort_keys=False, allow_unicode=True, width=110)}```\n"

    return parse_item(_BLOCK.sub(rewrite, item.source), item.setup)


def key_text(item: Item) -> str:
    """The text of the item's key: all that judges an answer, with the setup, without prompt and stub."""
    blocks = {"setup": item.setup, **_blocks(item.source)}
    kept = "".join(f"```{{{n}}}\n{blocks[n]}\n```\n" for n in ("setup", "item", "solution", "tests") if blocks.get(n))
    return f"## {item.id} {item.title}\n{kept}"
