"""The items: parsed from `content/exercises/<section>-*.md`, one file a section.

A section may be told in parts, each with a file and so a notebook of its own: `2.3a-suppliers.md` and `2.3b-fear.md`
say `section: "2.3a"` and `section: "2.3b"`. An item is numbered through the whole section: 2.3-4 is in whichever part
has it, and `item("2.3-4")` finds it there.

A file is YAML front matter, an introduction, one ```` ```{setup} ```` block (the imports that every cell of
the notebook may use) and one `## <id> <title>` chapter per item. In a chapter stand the fenced blocks

    {item}      YAML: type, bloom, points, minutes, answer, use, given, why, next, form, and what the type needs (below)
    {show}      code of a cell above the answer, such as a panel that the item speaks of; graders do not run it
    {stub}      what the answer cell shows at first
    {solution}  the answer cell filled in. IT IS THE KEY: checkers run it, nothing repeats its result
                (of a `match` item: a set where each of several classes is right, a list where all are needed)

`minutes` is the time that the item takes a person who is new to it; a set's minutes are their sum. `why` is said after
a right answer: one or two sentences, in which {{ name }} is the value of a name of the solution. `next` is said after a
wrong answer that no hint fits, `form` says what to type; both follow from the type where they are not written.

Options, known wrong values, words, terms, classes, boxes and lines of a rubric have ids: short names in small letters.
Code compares ids and never a text, so that a corrected text, or a translation, changes no letter, score or report. Stub
and solution name things by id; the page shows the texts. Options are shown in the order of the file.

    options: [{id, text, right, hint}]      terms, classes: {id: text}, or [id] where the text is the id
    parts: [{name, label, unit, atol, rtol, next, words: {id: [also]} or {id: {text, also}},
             wrong: [{id, value, hint}]}]
    wrong: [{term, class, hint}]            nodes: [{id, name, aliases, optional}]
    signs: true                             the signs of arrows count
    failures: {id: text}                    what a test that raises Failure(id) says of a function, or a model that
                                            returns {"failure": id} of the settings
    rubric: [{id, points, text}]            optional: [[from, to]]; forbidden: [{from, to, hint}]

    {tests}     for `code`: functions test_…(f, reference, rng) whose docstring is the name of the property

and all the rest is the prompt, Markdown, in which {{ given }}, {{ tolerance }}, {{ options }}, {{ nodes }},
{{ terms }} and {{ rubric }} are replaced by text made from the item, so that a prompt cannot disagree with
its checker.

A class bundle carries the same files after `public_text`: no solutions, no tests, no table of misconceptions.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from gvclab import sources
from gvclab.content import Listed, language, resource, text, translator
from gvclab.sources import Fault

from .items import (
    BLOOM,
    TYPES,
    UNITS,
    USES,
    Edge,
    Given,
    Item,
    ItemSet,
    Named,
    Option,
    Part,
    RubricLine,
    Wrong,
    WrongPair,
    letter,
    letter_stub,
)
from .prompts import given_line, tolerance_line, verify
from .wording import reworded, set_reworded

__all__ = [
    "Item",
    "ItemSet",
    "given_line",
    "home",
    "ids_beside",
    "item",
    "key_text",
    "letter",
    "load",
    "may_hold",
    "parse",
    "parse_item",
    "public",
    "public_text",
    "sections",
    "tolerance_line",
    "translated",
]


# ------------------------------------------------------------------------------------- where items come from


def sections() -> tuple[str, ...]:
    """The sections that have items, or their parts: `("1.1", …, "2.3a", "2.3b")`."""
    return tuple(sorted(map(_section, _files())))


def load(section: str) -> ItemSet:
    """The items of a section or a part, in the reader's language: `load("2.3a")`. KeyError when there are none."""
    path = next((path for path in _files() if _section(path) == section), None)
    if path is None:
        raise _no_section(section)
    return _load(path)


def item(item_id: str) -> Item:
    """The item with this id: `item("2.3-1")`. KeyError names the ids there are."""
    return home(item_id)[item_id]


def home(item_id: str) -> ItemSet:
    """The items among which this one stands: those of its section, or of the part that has it. KeyError as `item`."""
    path = _file_of(item_id)
    if path:
        return _load(path)
    known = ids_beside(item_id)
    if not known:
        raise _no_section(item_id.rpartition("-")[0])
    raise KeyError(text("exercises.error.unknown", id=item_id, known=Listed(known, "comma")))


def ids_beside(item_id: str) -> list[str]:
    """The ids that there are in the section, all its parts, of an item; none where there is no such section."""
    return [item.id for path in _files() if may_hold(_section(path), item_id) for item in _load(path)]


def may_hold(section: str, name: str) -> bool:
    """Whether what is named so belongs to a section, or to what the section is a part of: 2.3-4 to 2.3 and to 2.3a."""
    return name.partition("-")[0] in (section, section.rstrip(ascii_lowercase))


def translated(item: Item) -> Item:
    """An item that was parsed from elsewhere, such as from a key, in the reader's language."""
    path = _file_of(item.id)
    translate = translator(f"exercises/{path.stem}") if path else None
    return reworded(item, lambda place, english: translate(f"{item.id} {place}", english)) if translate else item


def _no_section(section: str) -> KeyError:
    return KeyError(text("exercises.error.section", section=section, known=Listed([*sections()], "comma")))


def _file_of(item_id: str) -> Path | None:
    held = (path for path in _files() if may_hold(_section(path), item_id))
    return next((path for path in held if item_id in [item.id for item in _load(path)]), None)


def _section(path: Path) -> str:
    return path.stem.partition("-")[0]


def _files() -> list[Path]:
    return sorted(_folder().glob("*.md"))


def _folder() -> Path:
    return resource("content") / "exercises"


def _load(path: Path) -> ItemSet:
    return _read(str(path), path.stat().st_mtime_ns, language())


@cache
def _read(path: str, _modified: int, _language: str) -> ItemSet:
    with sources.naming(Path(path), Path(path).parents[2]):  # content/exercises/<the file>
        items = parse(Path(path).read_text(encoding="utf-8"))
    return set_reworded(items, translator(f"exercises/{Path(path).stem}"))


# ------------------------------------------------------------------------------------------------ the parser

_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.S)
_CHAPTER = re.compile(r"^## +(\S+) +(.+?) *$", re.M)
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_BLOCK = re.compile(r"^```\{(item|show|stub|solution|tests|setup)\} *\n(.*?)^``` *(?:\n|\Z)", re.M | re.S)

_COMMON = {"type", "bloom", "points", "minutes", "answer", "use", "given", "why", "next", "form"}
_KEYS = {
    "num": {"parts"},
    "interpret": {"parts", "model", "failures"},
    "choice": {"options"},
    "predict": {"options"},
    "match": {"terms", "classes", "wrong"},
    "code": {"failures"},
    "graph": {"nodes", "optional", "forbidden", "feedback", "signs"},
    "essay": {"rubric"},
}


def parse(source: str, finished: bool = True) -> ItemSet:
    """The items written in one content file, in English. `Fault`, with the line, says what is wrong with it.

    In a `finished` file each item has its minutes and explains its answer.
    """
    front = _FRONT.match(source)
    if not front:
        raise Fault("an exercise file begins with YAML front matter between two lines of ---", 1)
    meta = sources.table(front.group(1), first=2)
    head, *chapters = _chapters(source[front.end() :])
    setup = _blocks(head).get("setup", "")
    items, line = [], _line(source, front.end() + len(head))
    for chapter in chapters:
        item = parse_item(chapter, setup, line=line)
        if item.id in (each.id for each in items):
            raise Fault(f"the item id {item.id} is used twice", line)
        if not may_hold(str(meta["section"]), item.id):
            raise Fault(f"item {item.id} does not belong to section {meta['section']}", line)
        for name in _lacking(item) if finished else ():
            raise Fault(f"item {item.id} lacks `{name}`", line)
        items.append(item)
        line += chapter.count("\n")
    return ItemSet(str(meta["section"]), meta, _BLOCK.sub("", head).strip(), setup, tuple(items))


def _lacking(item: Item) -> list[str]:
    """The fields that an item of its kind must have and that this one has not."""
    wanted = {"minutes": item.use == "exercise", "why": item.type != "essay" and item.has_key}
    return [name for name, needed in wanted.items() if needed and not getattr(item, name)]


def _line(source: str, position: int) -> int:
    return source.count("\n", 0, position) + 1


def _chapters(body: str) -> list[str]:
    starts = [m.start() for m in _CHAPTER.finditer(body)]
    return [body[a:b] for a, b in zip([0, *starts], [*starts, len(body)], strict=True)]


def _blocks(chapter: str) -> dict[str, str]:
    return {m.group(1): m.group(2).strip("\n") for m in _BLOCK.finditer(chapter)}


def parse_item(chapter: str, setup: str = "", complete: bool = True, line: int = 1) -> Item:
    """The item of one `## id title` chapter that begins at a `line`; a key (not `complete`) has no prompt."""
    heading = _CHAPTER.match(chapter)
    if not heading:
        raise Fault(f"an item begins with '## <id> <title>', not with {chapter[:40]!r}", line)
    item_id, title = heading.groups()
    written = next((block for block in _BLOCK.finditer(chapter) if block.group(1) == "item"), None)
    if written is None:
        raise Fault(f"item {item_id} has no ```{{item}} block", line)
    spec = sources.table(written.group(2), first=line + _line(chapter, written.start(2)) - 1)
    try:
        return _item(item_id, title, spec, _blocks(chapter), setup, chapter, complete)
    except Fault as fault:
        fault.line = fault.line or line
        raise
    except ValueError as error:
        raise Fault(str(error), line) from error


def _item(
    item_id: str, title: str, spec: sources.Table, blocks: dict[str, str], setup: str, chapter: str, complete: bool
) -> Item:
    kind = _one_of(spec, "type", TYPES, item_id)
    for name in spec:
        if name not in _COMMON | _KEYS[kind]:
            raise Fault(f"item {item_id} ({kind}) has the unknown key {name!r}", spec.line(name))
    answer = spec.get("answer", "")
    if kind != "essay" and not str(answer).isidentifier():
        raise ValueError(f"item {item_id} needs `answer`, the name of the answer's variable; got {answer!r}")

    minutes = spec.get("minutes", 0)
    if type(minutes) is not int or minutes < 0:
        raise Fault(f"item {item_id}: `minutes` is {minutes!r}, not a whole number of minutes", spec.line("minutes"))
    for name in ("why", "next", "form"):
        if not isinstance(spec.get(name, ""), str):
            raise Fault(f"item {item_id}: `{name}` is no text", spec.line(name))

    def build(name: str, make: Callable) -> tuple:
        entries = spec.get(name, ())
        several = list(entries.items()) if isinstance(entries, dict) else list(entries)
        made = []
        for n, entry in enumerate(several):
            line = entries.line(entry[0]) if isinstance(entries, dict) else entries.lines[n]
            try:
                made.append(make(entry))
            except KeyError as error:
                raise Fault(f"item {item_id}: an entry of `{name}` has no {error}", line) from error
            except (TypeError, AttributeError, ValueError) as error:
                raise Fault(f"item {item_id}: cannot read this entry of `{name}`: {error}", line) from error
            if len({_id_of(each) for each in made}) < len(made):
                raise Fault(f"item {item_id}: the id {_id_of(made[-1])!r} stands twice in `{name}`", line)
        return tuple(made)

    nodes, terms, classes = build("nodes", _node), build("terms", _named), build("classes", _named)
    box, term, of_class = (_among(kinds, what) for kinds, what in
                           ((nodes, "box"), (terms, "term"), (classes, "class")))  # fmt: skip
    options = build("options", lambda o: Option(_slug(o["id"]), o["text"], bool(o.get("right")), o.get("hint", "")))
    solution, tests = blocks.get("solution", ""), blocks.get("tests", "")
    if kind == "choice" and not solution and any(o.right for o in options):
        solution = f'{answer} = "{letter(next(i for i, o in enumerate(options) if o.right))}"'
    parsed = Item(
        id=item_id,
        title=title,
        type=kind,
        bloom=_one_of(spec, "bloom", BLOOM, item_id),
        points=spec.get("points", 0),
        answer=answer,
        use=_one_of(spec, "use", USES, item_id, "exercise"),
        template=_BLOCK.sub("", chapter.partition("\n")[2]).strip() if complete else "",
        show=blocks.get("show", ""),
        stub=blocks.get("stub", (letter_stub(answer) if options else f"{answer} = ...") if answer else ""),
        solution=solution,
        tests=tests,
        setup=blocks.get("setup", setup),
        given=build("given", _given),
        parts=build("parts", _part),
        options=options,
        nodes=nodes,
        optional=build("optional", lambda e: Edge(box(e[0]), box(e[1]))),
        forbidden=build("forbidden", lambda e: Edge(box(e["from"]), box(e["to"]), e["hint"])),
        feedback_allowed=bool(spec.get("feedback")),
        signs=bool(spec.get("signs")),
        terms=terms,
        classes=classes,
        wrong_pairs=build("wrong", lambda w: WrongPair(term(w["term"]), of_class(w["class"]), w["hint"])),
        rubric=build("rubric", lambda line: RubricLine(_slug(line["id"]), line["text"], line["points"])),
        model=spec.get("model", ""),
        minutes=minutes,
        why=spec.get("why", "").strip(),
        next=spec.get("next", "").strip(),
        form=spec.get("form", "").strip(),
        failures=dict(build("failures", lambda pair: (_slug(pair[0]), str(pair[1])))),
        properties=_properties(tests),
        source=chapter,
    )
    if complete:
        verify(parsed)
    return parsed


def _id_of(entry: Any) -> Any:
    """What tells an entry from its neighbours."""
    match entry:
        case Edge():
            return entry.source, entry.target
        case WrongPair():
            return entry.term, entry.cls
        case Given() | Part():
            return entry.name
        case tuple():
            return entry[0]
    return entry.id


def _slug(words: Any) -> str:
    """An id. ValueError for what is none."""
    if not _ID.fullmatch(str(words)):
        raise ValueError(f"the id {words!r} is not made of letters, digits, _ and - alone")
    return str(words)


def _among(known: tuple[Named, ...], what: str) -> Callable[[str], str]:
    ids = {each.id for each in known}

    def checked(name: Any) -> str:
        if name not in ids:
            raise ValueError(f"there is no {what} {name!r}; there are {', '.join(sorted(ids))}")
        return name

    return checked


def _named(entry: Any) -> Named:
    """`id`, `(id, text)`, `(id, other texts)` or `(id, {text, also})`."""
    name, said = entry if isinstance(entry, tuple) else (entry, None)
    text, also = name, said or ()
    if isinstance(said, str):
        text, also = said, ()
    elif isinstance(said, dict):
        text, also = said.get("text", name), said.get("also", ())
    return Named(_slug(name), str(text), tuple(map(str, also)))


def _node(entry: dict) -> Named:
    also = tuple(map(str, entry.get("aliases", ())))
    return Named(_slug(entry["id"]), str(entry.get("name", entry["id"])), also, bool(entry.get("optional")))


def _properties(tests: str) -> dict[str, str]:
    """What each test of a `code` item says of itself, by its name."""
    found = [node for node in ast.parse(tests).body if isinstance(node, ast.FunctionDef)]
    return {node.name: ast.get_docstring(node) or "" for node in found if node.name.startswith("test_")}


def _one_of(spec: sources.Table, name: str, allowed: tuple[str, ...], item_id: str, usual: str = "") -> str:
    value = spec.get(name, usual or None)
    if value not in allowed:
        problem = f"item {item_id}: `{name}` is {value!r}, not one of {', '.join(allowed)}"
        raise Fault(problem, spec.lines.get(name))
    return value


def _given(pair: tuple[str, Any]) -> Given:
    name, entry = pair
    if not isinstance(entry, dict):
        return Given(name, entry)
    return Given(name, entry["default"], tuple(entry.get("draw", ())), entry.get("unit", ""))


def _part(entry: dict) -> Part:
    unknown = set(entry) - {"name", "label", "unit", "atol", "rtol", "next", "words", "low", "high", "wrong"}
    if unknown:
        raise ValueError(f"unknown keys {', '.join(sorted(unknown))} in part {entry.get('name')!r}")
    words = tuple(_named((str(word), also)) for word, also in entry.get("words", {}).items())
    wrong = tuple(
        Wrong(_slug(w["value"] if words else w["id"]), str(w["value"]), w["hint"]) for w in entry.get("wrong", ())
    )
    part = Part(
        entry["name"],
        entry.get("label", entry["name"]),
        entry.get("atol", 0.0),
        entry.get("rtol", 0.0),
        words,
        entry.get("low"),
        entry.get("high"),
        wrong,
        entry.get("unit", ""),
        entry.get("next", ""),
    )
    if part.unit and part.unit not in UNITS:
        raise ValueError(f"the unit of part {part.name!r} is {part.unit!r}, not one of {', '.join(UNITS)}")
    if part.is_number and not (part.atol or part.rtol):
        raise ValueError(f"part {part.name!r} needs a tolerance (atol or rtol)")
    if len({each.id for each in wrong}) < len(wrong):
        raise ValueError(f"part {part.name!r} has an id twice in `wrong`")
    if words and {each.id for each in wrong} - {word.id for word in words}:
        raise ValueError(f"a wrong value of part {part.name!r} is none of its words")
    return part


# --------------------------------------------------------------------------------------- without the answers

_SECRET = {"right", "hint", "wrong", "optional", "forbidden", "model", "failures", "why", "next"}


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
        return f"```{{item}}\n{yaml.safe_dump(spec, sort_keys=False, allow_unicode=True, width=110)}```\n"

    return parse_item(_BLOCK.sub(rewrite, item.source), item.setup)


def key_text(item: Item) -> str:
    """The text of the item's key: all that judges an answer, with the setup, without prompt and stub."""
    blocks = {"setup": item.setup, **_blocks(item.source)}
    kept = "".join(f"```{{{n}}}\n{blocks[n]}\n```\n" for n in ("setup", "item", "solution", "tests") if blocks.get(n))
    return f"## {item.id} {item.title}\n{kept}"
