"""The words of an item: all that a person reads of it, each under a path of ids, and the item with other words.

    wording(item)                         {"title": …, "prompt.1": …, "parts.length.wrong.one_less": …}
    reworded(item, translate)             the item with `translate(path, English)` in their places

A path is what a record keeps of a hint, and with the item's id the context of a translation. Whatever the words, ids
stay: an answer is taken by the text that is shown, by the English text and by the id.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from .items import Item, ItemSet, Named

Translate = Callable[[str, str], str]

_SLOTS_ALONE = re.compile(r"(\{\{ *\w+ *\}\}\s*)+")
_PARAGRAPHS = re.compile(r"(\n{2,})")


def wording(item: Item) -> dict[str, str]:
    """Every text of an item that a person reads, by its path."""
    found: dict[str, str] = {}

    def note(path: str, english: str) -> str:
        found[path] = english
        return english

    reworded(item, note)
    return {path: english for path, english in found.items() if english}


def reworded(item: Item, translate: Translate) -> Item:
    """The item with other words: `translate(path, English)` for each that it has."""

    def named(path: str, each: Named) -> Named:
        text = translate(f"{path}.{each.id}", each.text)
        return each if text == each.text else replace(each, text=text, also=(*each.also, each.text))

    def said(path: str, english: str) -> str:
        return translate(path, english) if english else ""

    parts = tuple(
        replace(
            part,
            label=said(f"parts.{part.name}.label", part.label),
            next=said(f"parts.{part.name}.next", part.next),
            words=tuple(named(f"parts.{part.name}.words", word) for word in part.words),
            wrong=tuple(
                replace(wrong, hint=said(f"parts.{part.name}.wrong.{wrong.id}", wrong.hint)) for wrong in part.wrong
            ),
        )
        for part in item.parts
    )
    options = tuple(
        replace(
            option,
            text=said(f"options.{option.id}.text", option.text),
            hint=said(f"options.{option.id}.hint", option.hint),
            also=(*option.also, option.text),
        )
        for option in item.options
    )
    return replace(
        item,
        title=said("title", item.title),
        why=said("why", item.why),
        next=said("next", item.next),
        form=said("form", item.form),
        template=_template(item.template, translate),
        given=tuple(replace(given, unit=said(f"given.{given.name}.unit", given.unit)) for given in item.given),
        parts=parts,
        options=options,
        nodes=tuple(named("nodes", node) for node in item.nodes),
        terms=tuple(named("terms", term) for term in item.terms),
        classes=tuple(named("classes", each) for each in item.classes),
        wrong_pairs=tuple(
            replace(pair, hint=said(f"wrong.{pair.term}.{pair.cls}", pair.hint)) for pair in item.wrong_pairs
        ),
        forbidden=tuple(
            replace(edge, hint=said(f"forbidden.{edge.source}.{edge.target}", edge.hint)) for edge in item.forbidden
        ),
        rubric=tuple(replace(line, text=said(f"rubric.{line.id}", line.text)) for line in item.rubric),
        failures={name: said(f"failures.{name}", words) for name, words in item.failures.items()},
        properties={name: said(f"properties.{name}", words) for name, words in item.properties.items()},
    )


def set_reworded(items: ItemSet, translate: Translate) -> ItemSet:
    """The items of a section with other words; an item's places are led by its id."""
    meta = {**items.meta, "title": translate("title", items.meta["title"])}
    meta["objectives"] = [translate(f"objectives.{n}", goal) for n, goal in enumerate(items.meta["objectives"])]
    made = tuple(
        reworded(item, lambda path, english, item=item: translate(f"{item.id} {path}", english)) for item in items
    )
    return replace(items, meta=meta, intro=translate("intro", items.intro), items=made)


def _template(template: str, translate: Translate) -> str:
    """The prompt's paragraphs, but for those that are slots alone."""
    return "".join(_paragraphs(template, translate))


def _paragraphs(template: str, translate: Translate) -> Iterator[str]:
    count = 0
    for piece in _PARAGRAPHS.split(template):
        if not piece.strip() or _SLOTS_ALONE.fullmatch(piece):
            yield piece
        else:
            count += 1
            yield translate(f"prompt.{count}", piece)
