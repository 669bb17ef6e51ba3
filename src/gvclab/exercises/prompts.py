"""What a prompt says of its own item: `{{ tolerance }}` and its like, made from the item.

Each writer takes the item and gives Markdown. What the checker uses is what the student reads, because both
come from the same field. What an author need not write follows from the type: what to type (`form_line`) and what
to do after a wrong answer (`next_step`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from gvclab.content import Listed, Message, render, text

from .items import Item, Named, Part, letter

_SLOT = re.compile(r"\{\{ *(\w+) *\}\}")

# What each type must show; `given` is added where an item has parameters.
_SHOWN = {
    "num": {"tolerance"},
    "interpret": {"tolerance"},
    "choice": {"options"},
    "predict": {"options"},
    "match": {"terms"},
    "code": {"own"},
    "graph": {"nodes"},
    "essay": {"rubric"},
}


def prompt(item: Item, **instead: str) -> str:
    """What the page says of the item, in the reader's language; `instead` of what a slot usually holds."""

    def filled(slot: re.Match) -> str:
        name = slot.group(1)
        return instead[name] if name in instead else SLOTS[name](item)

    return _SLOT.sub(filled, item.template)


def verify(item: Item) -> None:
    """ValueError names a slot that is missing in the item's template, or unknown."""
    wanted = _SHOWN[item.type] | ({"given"} if item.given else set())
    shown = set(_SLOT.findall(item.template))
    if wanted - shown:
        raise ValueError(f"the prompt of {item.id} must show {{{{ {', '.join(sorted(wanted - shown))} }}}}")
    unknown = sorted(shown - set(SLOTS))
    if unknown:
        raise ValueError(f"the prompt of {item.id} has unknown slots: {', '.join(unknown)}")


def given_list(item: Item, values: Iterable | None = None) -> str:
    """The parameters with their values, one a line; by default those for everybody."""
    values = [given.default for given in item.given] if values is None else values
    pairs = zip(item.given, values, strict=True)
    return "\n".join(text("exercises.prompt.given_one", name=g.name, value=v, unit=g.unit).strip() for g, v in pairs)


def given_line(item: Item) -> str:
    """The default parameters, and where a student finds the own ones."""
    return text("exercises.prompt.given", listed=given_list(item), id=item.id)


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
    listed = Listed([f"{part.label}: {w}" for part, w in zip(numbers, width, strict=True)], "clauses")
    return text("exercises.prompt.tolerance_each", listed=listed)


def options_list(item: Item) -> str:
    """The options with their letters."""
    return "\n".join(f"- **{letter(i)}.** {option.text}" for i, option in enumerate(item.options))


def nodes_list(item: Item) -> str:
    """The boxes that may be used."""
    return render(_quoted(item.nodes))


def terms_list(item: Item) -> str:
    """What is to be matched with what."""
    return text("exercises.prompt.terms", terms=_quoted(item.terms), classes=_quoted(item.classes))


def _quoted(words: Iterable[Named]) -> Listed:
    return Listed([f"`{word.text}`" for word in words], "comma")


def rubric_list(item: Item) -> str:
    """The lines of the rubric with their points."""
    return "\n".join(text("exercises.prompt.rubric", text=line.text, points=f"{line.points:g}") for line in item.rubric)


def own_line(item: Item) -> str:
    """That handing back the library's model is no answer."""
    return text("exercises.prompt.own")


_EXAMPLES = {"percent": "12.5", "fraction": "0.25", "log": "0.16", "stages": "3"}


def form_line(item: Item) -> str:
    """What to type, with an example that is no answer."""
    said = item.form or text(f"exercises.form.{_form(item)}", **_form_values(item))
    return " ".join(filter(None, [text("exercises.form.lead"), said, units_line(item)]))


def next_step(item: Item) -> Message:
    """What to do after a wrong answer that no hint fits, where the author has not said it."""
    return Message(f"exercises.next.{_form(item)}")


def _form(item: Item) -> str:
    """Which of the sentences on forms fits: those on numbers differ by how many there are."""
    if item.type == "predict":
        return "choice"
    if item.type == "graph" and item.signs:
        return "signed_graph"
    return {1: "one"}.get(len(item.parts), "many") if item.type == "num" else item.type


def _form_values(item: Item) -> dict:
    values = {"name": item.answer, "id": item.id}
    if item.type == "num":
        examples = [_example(part) for part in item.parts]
        values |= {"count": len(examples), "example": examples[0] if len(examples) == 1 else f"({', '.join(examples)})"}
    if item.type == "interpret":
        values["example"] = f'"{item.parts[0].name}": {_example(item.parts[0])},'
    if item.type == "match":
        values["example"] = f'"{item.classes[0].text}"'
    return values


def _example(part: Part) -> str:
    if part.words:
        return f'"{part.words[0].text}"'
    return f"{part.low:g}" if part.is_setting else _EXAMPLES.get(part.unit, "1.5")


def units_line(item: Item) -> str:
    """In what the numbers are measured, said once where all are measured alike; empty where nothing is said of it."""
    parts = [part for part in item.parts if not part.words]
    units = {part.unit for part in parts}
    if units <= {""}:
        return ""
    if len(units) == 1:
        return text(f"exercises.unit.{units.pop()}.all")
    return text("exercises.unit.each", listed=Listed([label_line(part) for part in parts if part.unit], "clauses"))


def label_line(part: Part) -> str:
    """What a part is called, with its unit."""
    if not part.unit:
        return part.label
    return text("exercises.unit.of", label=part.label, unit=text(f"exercises.unit.{part.unit}.one"))


SLOTS: dict[str, Callable[[Item], str]] = {
    "given": given_line,
    "tolerance": tolerance_line,
    "options": options_list,
    "nodes": nodes_list,
    "terms": terms_list,
    "rubric": rubric_list,
    "own": own_line,
}
