"""The items: parsed from `content/exercises/<section>-*.md`, one file a section.

A file is YAML front matter, an introduction, one ```` ```{setup} ```` block (the imports that every cell of
the notebook may use) and one `## <id> <title>` chapter per item. In a chapter stand the fenced blocks

    {item}      YAML: type, bloom, points, answer, use, given, and what the type needs (below)
    {stub}      what the answer cell shows at first
    {solution}  the answer cell filled in. IT IS THE KEY: checkers run it, nothing repeats its result
                (of a `match` item: a set where each of several classes is right, a list where all are needed)
    {tests}     for `code`: functions test_…(f, reference, rng) whose docstring is the name of the property

and all the rest is the prompt, Markdown, in which {{ given }}, {{ tolerance }}, {{ options }}, {{ nodes }},
{{ terms }} and {{ rubric }} are replaced by text made from the item, so that a prompt cannot disagree with
its checker.

A class bundle carries the same files after `public_text`: no solutions, no tests, no table of misconceptions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from gvclab.content import resource, text

from .items import (
    BLOOM,
    TYPES,
    USES,
    Edge,
    Given,
    Item,
    ItemSet,
    Line,
    Node,
    Option,
    Part,
    Wrong,
    letter,
    shuffle_key,
)
from .prompts import given_line, tolerance_line, with_prompt

__all__ = [
    "Item",
    "ItemSet",
    "given_line",
    "item",
    "key_text",
    "letter",
    "load",
    "parse",
    "parse_item",
    "public",
    "public_text",
    "sections",
    "tolerance_line",
]


# ------------------------------------------------------------------------------------- where items come from


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


def _folder() -> Path:
    return resource("content") / "exercises"


@cache
def _load(path: str, _modified: int) -> ItemSet:
    return parse(Path(path).read_text(encoding="utf-8"))


# ------------------------------------------------------------------------------------------------ the parser

_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.S)
_CHAPTER = re.compile(r"^## +(\S+) +(.+?) *$", re.M)
_BLOCK = re.compile(r"^```\{(item|stub|solution|tests|setup)\} *\n(.*?)^``` *(?:\n|\Z)", re.M | re.S)

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
    options = tuple(sorted(options, key=lambda o: shuffle_key(item_id, o.text)))
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
    return with_prompt(parsed, _BLOCK.sub("", chapter[heading.end() :]).strip())


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


# --------------------------------------------------------------------------------------- without the answers

_SECRET = {"right", "hint", "wrong", "optional", "forbidden", "model"}


def public_text(source: str) -> str:
    """The same content file without all that tells the answers: what a class bundle may carry."""
    front = _FRONT.match(source)
    head, *chapters = _chapters(source[front.end() :])
    return front.group(0) + head + "".join(public(parse_item(chapter)).source for chapter in chapters)


def public(item: Item) -> Item:
    """The item without solution, tests and misconceptions."""
    import yaml

    def strip(entry: Any) -> Any:
        if isinstance(entry, dict):
            # That a box is optional is no answer; the list of optional arrows is.
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
            spec["options"].sort(key=lambda o: shuffle_key(item.id, o["text"]))
        return f"```{{item}}\n{yaml.safe_dump(spec, sort_keys=False, allow_unicode=True, width=110)}```\n"

    return parse_item(_BLOCK.sub(rewrite, item.source), item.setup)


def key_text(item: Item) -> str:
    """The text of the item's key: all that judges an answer, with the setup, without prompt and stub."""
    blocks = {"setup": item.setup, **_blocks(item.source)}
    kept = "".join(f"```{{{n}}}\n{blocks[n]}\n```\n" for n in ("setup", "item", "solution", "tests") if blocks.get(n))
    return f"## {item.id} {item.title}\n{kept}"
