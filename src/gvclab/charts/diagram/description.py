"""What a diagram says: boxes, arrows and places in a few layouts, read from `content/diagrams/<name>.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from gvclab.content import Listed, resource, text, translator

from ..concepts import CONCEPTS

LAYOUTS = ("row", "meet", "poles", "loop")
SIGNS = ("", "+", "-")
# An arrow that leads somewhere; one that is weak or later; one that does not arrive; a link without direction.
KINDS = ("leads", "weak", "stops", "link")


@dataclass(frozen=True)
class Box:
    """A stage, a part, a pole or a cause; `concept` gives it a colour of the table in `concepts`."""

    id: str
    text: str
    concept: str = ""


@dataclass(frozen=True)
class Arrow:
    """What leads from a box to another; `sign` says whether more of the one makes more (+) or less (-) of the other."""

    start: str
    end: str
    text: str = ""
    sign: str = ""
    kind: str = "leads"


@dataclass(frozen=True)
class Group:
    """A place that encloses boxes that stand side by side."""

    id: str
    text: str
    holds: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One picture of a diagram, under its heading.

    layout : "row", stages one after the other; "meet", parts that meet in the last of the boxes; "poles", boxes in a
    circle with links between any two; "loop", causes in a circle, with `sides` that act on one of them from outside.
    beside : it stands beside the part before it, where there is room.
    """

    id: str
    layout: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...] = ()
    groups: tuple[Group, ...] = ()
    sides: tuple[Box, ...] = ()
    text: str = ""
    beside: bool = False


@dataclass(frozen=True)
class Description:
    """A diagram: its parts from top to bottom, and the sentence for those who do not see it."""

    name: str
    sentence: str
    parts: tuple[Part, ...]


class DiagramError(ValueError):
    """A description that cannot be drawn: names the file, the line where it is known, the field and the reason."""


def wording(description: Description) -> dict[str, str]:
    """All texts of a diagram by their ids, for translation."""
    words = {"sentence": description.sentence}
    for part in description.parts:
        words[f"part.{part.id}"] = part.text
        words |= {f"box.{box.id}": box.text for box in (*part.boxes, *part.sides)}
        words |= {f"place.{group.id}": group.text for group in part.groups}
        words |= {_arrow_id(arrow): arrow.text for arrow in part.arrows}
    return {key: said for key, said in words.items() if said}


def reworded(description: Description, words: Mapping[str, str]) -> Description:
    """The same diagram with other texts, by the ids of `wording`; what has none stays as it is."""

    def said(key: str, old: str) -> str:
        return words.get(key, old) if old else old

    def other(part: Part) -> Part:
        return replace(
            part,
            text=said(f"part.{part.id}", part.text),
            boxes=tuple(replace(box, text=said(f"box.{box.id}", box.text)) for box in part.boxes),
            sides=tuple(replace(box, text=said(f"box.{box.id}", box.text)) for box in part.sides),
            groups=tuple(replace(group, text=said(f"place.{group.id}", group.text)) for group in part.groups),
            arrows=tuple(replace(arrow, text=said(_arrow_id(arrow), arrow.text)) for arrow in part.arrows),
        )

    return replace(
        description, sentence=said("sentence", description.sentence), parts=tuple(map(other, description.parts))
    )


def _arrow_id(arrow: Arrow) -> str:
    return f"arrow.{arrow.start}.{arrow.end}"


def read(name: str) -> Description:
    """The description in `content/diagrams/<name>.yml`, in the reader's language.

    DiagramError says what is wrong with it, and where.
    """
    path = resource("content") / "diagrams" / f"{name}.yml"
    if not path.is_file():
        known = ", ".join(sorted(each.stem for each in path.parent.glob("*.yml")))
        raise DiagramError(text("charts.diagram.error.unknown", name=name, known=known))
    found, translate = parse(path.read_text(encoding="utf-8"), path), translator(f"diagrams/{name}")
    return reworded(found, {key: translate(key, english) for key, english in wording(found).items()})


def parse(source: str, path: Path) -> Description:
    """The description written in a file's text. DiagramError as for `read`."""
    return _Reader(source, path).description()


class _Reader:
    """Reads one file and knows the line of each field."""

    def __init__(self, source: str, path: Path) -> None:
        import yaml

        self._path = path
        self._lines: dict[str, int] = {}
        try:
            node = yaml.compose(source, yaml.SafeLoader)
            if node is not None:
                self._locate(node, "")
            self._content = yaml.safe_load(source)
        except yaml.YAMLError as error:
            raise DiagramError(f"{path.name}: {error}") from error

    def _locate(self, node: Any, field: str) -> None:
        """The lines of all fields. Refuses what stands twice in a mapping: YAML itself would keep the last."""
        import yaml

        self._lines[field] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                inner = f"{field}.{key.value}".lstrip(".")
                if inner in self._lines:
                    self._lines[inner] = key.start_mark.line + 1
                    raise self._error(inner, "twice", id=key.value)
                self._locate(value, inner)
        if isinstance(node, yaml.SequenceNode):
            for k, value in enumerate(node.value):
                self._locate(value, f"{field}.{k}".lstrip("."))

    def _error(self, field: str, reason: str, **values: Any) -> DiagramError:
        known = field
        while known and known not in self._lines:
            known = known.rpartition(".")[0]
        why = text(f"charts.diagram.error.{reason}", **values)
        return DiagramError(f"{self._path.name}:{self._lines.get(known, 1)}: {field}: {why}")

    def _fields(self, given: Any, field: str, needed: tuple[str, ...], more: tuple[str, ...]) -> dict[str, Any]:
        """A mapping with all of the fields needed and no unknown ones."""
        if not isinstance(given, dict):
            raise self._error(field, "mapping")
        for key in given:
            if key not in (*needed, *more):
                raise self._error(f"{field}.{key}".lstrip("."), "field", known=Listed([*(*needed, *more)], "comma"))
        for key in needed:
            if key not in given:
                raise self._error(field or key, "missing", what=key)
        return given

    def _text(self, given: Any, field: str) -> str:
        said = " ".join(given.split()) if isinstance(given, str) else ""
        if not said:
            raise self._error(field, "text")
        return said

    def _choice(self, given: Any, field: str, known: tuple[str, ...]) -> str:
        if given not in known:
            raise self._error(field, "choice", value=given, known=Listed([*filter(None, known)], "comma"))
        return given

    def description(self) -> Description:
        top = self._fields(self._content, "", ("sentence", "parts"), ())
        if not isinstance(top["parts"], list) or not top["parts"]:
            raise self._error("parts", "list")
        parts = tuple(self._part(given, f"parts.{k}") for k, given in enumerate(top["parts"]))
        seen: set[str] = set()
        for k, part in enumerate(parts):
            for each in (part, *part.boxes, *part.sides, *part.groups):
                if each.id in seen:
                    raise self._error(f"parts.{k}", "twice", id=each.id)
                seen.add(each.id)
        return Description(self._path.stem, self._text(top["sentence"], "sentence"), parts)

    def _part(self, given: Any, field: str) -> Part:
        known = ("arrows", "groups", "sides", "text", "beside")
        given = self._fields(given, field, ("id", "layout", "boxes"), known)
        layout = self._choice(given["layout"], f"{field}.layout", LAYOUTS)
        boxes = self._boxes(given["boxes"], f"{field}.boxes")
        sides = self._boxes(given["sides"], f"{field}.sides") if "sides" in given else ()
        if sides and layout != "loop":
            raise self._error(f"{field}.sides", "sides")
        arrows = self._arrows(given.get("arrows"), f"{field}.arrows", layout, boxes, sides)
        return Part(
            self._text(given["id"], f"{field}.id"),
            layout,
            boxes,
            arrows,
            self._groups(given.get("groups", {}), f"{field}.groups", layout, boxes),
            sides,
            self._text(given["text"], f"{field}.text") if "text" in given else "",
            bool(given.get("beside", False)),
        )

    def _boxes(self, given: Any, field: str) -> tuple[Box, ...]:
        if not isinstance(given, dict) or not given:
            raise self._error(field, "boxes")
        return tuple(self._box(str(key), value, f"{field}.{key}") for key, value in given.items())

    def _box(self, key: str, given: Any, field: str) -> Box:
        if isinstance(given, str):
            return Box(key, self._text(given, field))
        given = self._fields(given, field, ("text",), ("concept",))
        concept = given.get("concept", "")
        return Box(
            key,
            self._text(given["text"], f"{field}.text"),
            self._choice(concept, f"{field}.concept", ("", *CONCEPTS)),
        )

    def _arrows(self, given: Any, field: str, layout: str, boxes, sides) -> tuple[Arrow, ...]:
        ids = [box.id for box in boxes]
        if given is None:
            return tuple(Arrow(*ends) for ends in usual(layout, ids))
        if not isinstance(given, list):
            raise self._error(field, "list")
        arrows = tuple(self._arrow(each, f"{field}.{k}", ids, sides) for k, each in enumerate(given))
        for k, arrow in enumerate(arrows):
            if (arrow.start, arrow.end) in [(each.start, each.end) for each in arrows[:k]]:
                raise self._error(f"{field}.{k}", "twice", id=f"{arrow.start} → {arrow.end}")
            if not _possible(arrow, layout, ids):
                raise self._error(f"{field}.{k}", f"{layout}_arrow")
        for box in sides:
            if sum(box.id in (arrow.start, arrow.end) for arrow in arrows) != 1:
                raise self._error(field, "one_arrow", id=box.id)
        return arrows

    def _arrow(self, given: Any, field: str, ids: list[str], sides) -> Arrow:
        given = self._fields(given, field, ("from", "to"), ("text", "sign", "kind"))
        known = (*ids, *(box.id for box in sides))
        for end in ("from", "to"):
            if given[end] not in known:
                raise self._error(f"{field}.{end}", "nowhere", id=given[end], known=Listed([*known], "comma"))
        return Arrow(
            given["from"],
            given["to"],
            self._text(given["text"], f"{field}.text") if "text" in given else "",
            self._choice(given.get("sign", ""), f"{field}.sign", SIGNS),
            self._choice(given.get("kind", "leads"), f"{field}.kind", KINDS),
        )

    def _groups(self, given: Any, field: str, layout: str, boxes) -> tuple[Group, ...]:
        if given and layout not in ("row", "meet"):
            raise self._error(field, "groups")
        if not isinstance(given, dict):
            raise self._error(field, "mapping")
        ids = [box.id for box in (boxes if layout == "row" else boxes[:-1])]
        taken: set[str] = set()
        groups = []
        for key, value in given.items():
            here = f"{field}.{key}"
            value = self._fields(value, here, ("text", "holds"), ())
            holds = value["holds"] if isinstance(value["holds"], list) else []
            for each in holds:
                if each not in ids:
                    raise self._error(f"{here}.holds", "nowhere", id=each, known=Listed([*ids], "comma"))
            at = sorted(ids.index(each) for each in holds)
            if not at or taken & set(holds) or at != list(range(at[0], at[0] + len(at))):
                raise self._error(f"{here}.holds", "apart")
            taken |= set(holds)
            groups.append(Group(str(key), self._text(value["text"], f"{here}.text"), tuple(ids[k] for k in at)))
        return tuple(groups)


def usual(layout: str, ids: list[str]) -> list[tuple[str, str]]:
    """The arrows of a layout where none are named."""
    if layout == "row":
        return list(pairwise(ids))
    if layout == "meet":
        return [(each, ids[-1]) for each in ids[:-1]]
    return list(pairwise([*ids, ids[0]])) if layout == "loop" and len(ids) > 1 else []


def _possible(arrow: Arrow, layout: str, ids: list[str]) -> bool:
    """Whether a layout has a way for the arrow."""
    ends = arrow.start, arrow.end
    if arrow.start == arrow.end:
        return False
    if layout == "poles":
        return True
    if layout == "loop" and not set(ends) <= set(ids):
        return len(set(ends) & set(ids)) == 1
    return ends in usual(layout, ids) or (layout == "row" and ends[::-1] in usual(layout, ids))
