"""Arrows between named boxes.

    score = max(0, |R ∩ E| / |R| − ¼ |F ∩ E| − .05 max(0, |E − R − O − F| − 2))

with the student's arrows E, the required R (the solution), the optional O and the forbidden F. A required a →
c may be drawn as a → b → c through an optional box. The arrows must not run in a circle unless the item
allows feedback. Where the item says `signs: true` an arrow without its right sign counts half; elsewhere signs are
commented upon, not scored.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import reduce
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from gvclab.content import Listed, Message

from .bank import Item
from .ladder import Verdict, saying, verdict
from .plain import Bag, describe, fold, short
from .rendering import of_item

Arrow = tuple[str, str]  # from, to

_ARROW = re.compile(r"\s*(?:-+>|=+>|→|⟶|⇒)\s*")
_SIGN = re.compile(r"[\s(\[:,]*([+\-−])[)\]\s]*\Z")
_SIGNS = {"+": "+", "-": "-", "−": "-", "1": "+", "-1": "-", "1.0": "+", "-1.0": "-"}
FREE_EXTRAS = 2
SIGN = 0.5  # the part of a needed arrow that its sign earns, where signs count
LONGEST = 1_000  # characters of a line of arrows; more is no line, and slow to read


def edges(item: Item, data) -> tuple[dict[tuple[str, str], str], list[Message]]:
    """The arrows drawn, {(from, to): sign or ""} between boxes by id, and what is wrong with unreadable entries.

    Takes a list (or set) of (from, to) or (from, to, sign), of lines `a -> b` or `a -> b (-)`, or one text of
    such lines.
    """
    if isinstance(data, str):
        data = [line for line in re.split(r"[\n;]", data) if line.strip()]
    if isinstance(data, dict):
        data = [[a, b] for a, targets in data.items() for b in (targets if isinstance(targets, list) else [targets])]
    found: dict[tuple[str, str], str] = {}
    unread: list[Message] = []
    for entry in data.items if isinstance(data, Bag) else data:
        stops, sign = stops_of(entry)
        if stops is None:
            unread.append(saying("graph.entry", got=describe(entry)))
            continue
        boxes = [box(item, stop) for stop in stops]
        for stop, name in zip(stops, boxes, strict=True):
            if name is None:
                unread.append(_stranger(item, stop))
        if None not in boxes:
            for pair in pairwise(boxes):
                found[pair] = sign
    return found, [message for n, message in enumerate(unread) if message not in unread[:n]]


def stops_of(entry) -> tuple[list[str] | None, str]:
    if isinstance(entry, str) and len(entry) <= LONGEST:
        sign = _SIGN.search(entry)
        stops = [stop.strip(" '\"`") for stop in _ARROW.split(entry[: sign.start()] if sign else entry)]
        good = len(stops) >= 2 and all(stops)
        return (stops if good else None), _SIGNS[sign.group(1)] if sign else ""
    if isinstance(entry, list) and len(entry) in (2, 3) and all(isinstance(stop, str) for stop in entry[:2]):
        return entry[:2], _SIGNS.get(str(entry[2]).strip(), "") if len(entry) == 3 else ""
    return None, ""


def box(item: Item, name: str) -> str | None:
    """The id of the box that a name, or another name for it, means."""
    wanted = fold(name)
    for node in item.nodes:
        if wanted in map(fold, (node.text, node.id, *node.also)):
            return node.id
    return None


def _stranger(item: Item, name: str) -> Message:
    names = {fold(alias): node.id for node in item.nodes for alias in (node.text, *node.also)}
    near = get_close_matches(fold(name[:80]), list(names), 1)
    if near:
        return saying("graph.near", got=short(name), name=_box(item, names[near[0]]))
    return saying("graph.stranger", got=short(name))


def _box(item: Item, node: str) -> Message:
    """What a box is called."""
    return of_item(item, f"nodes.{node}")


def judge_graph(item: Item, data, right) -> Verdict:
    """The verdict on arrows; `right` are the required ones (None without a key)."""
    if not isinstance(data, (list, Bag, str, dict)):
        return verdict("kind", saying("wanted.edges", got=describe(data)))
    drawn, unread = edges(item, data)
    if not drawn:
        if unread:
            return verdict("kind", saying("graph.unread"), *unread[:5])
        return verdict("unanswered", saying("unanswered", name=item.answer))
    circle = _circle(drawn)
    if circle and not item.feedback_allowed:
        path = reduce(_after, (_box(item, node) for node in circle))
        forbidden = [of_item(item, f"forbidden.{e.source}.{e.target}") for e in item.forbidden]
        sinned = [hint for hint, e in zip(forbidden, item.forbidden, strict=True) if (e.source, e.target) in drawn]
        return verdict("kind", saying("graph.circle", path=path), *sinned)
    if right is None:
        return verdict("formed", saying("status.formed"), *unread[:5])
    return _score(item, drawn, unread, edges(item, right)[0])


def _after(path: Message, node: Message) -> Message:
    return saying("graph.path", path=path, node=node)


def _circle(drawn) -> list[str] | None:
    before: dict[str, list[str]] = {}
    for source, target in drawn:
        before.setdefault(target, []).append(source)
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        return error.args[1]
    return None


def _score(item: Item, drawn: dict, unread: list[Message], required: dict) -> Verdict:
    through = {node.id for node in item.nodes if node.optional}
    forbidden = {(edge.source, edge.target) for edge in item.forbidden}
    allowed = {(edge.source, edge.target) for edge in item.optional}
    found: dict[Arrow, list[Arrow]] = {}  # a required arrow, and the drawn ones that stand for it
    used = set()
    for a, c in required:
        paths = [[(a, c)], *([(a, b), (b, c)] for b in sorted(through))]
        drawn_paths = [path for path in paths if set(path) <= set(drawn)]
        if drawn_paths:
            found[a, c] = drawn_paths[0]
            used.update(*drawn_paths)
    sinned = [pair for pair in drawn if pair in forbidden]
    extras = [pair for pair in drawn if pair not in used and pair not in allowed and pair not in forbidden]
    # An entry that names no box is an arrow nobody asked for.
    surplus = len(extras) + len(unread)
    signs, remark = _signs(item, found, drawn, required)
    earned = sum(1 - SIGN * (item.signs and bool(required[pair]) and pair not in signs) for pair in found)
    score = earned / len(required) - 0.25 * len(sinned) - 0.05 * max(0, surplus - FREE_EXTRAS)
    score = max(0.0, score)

    said = [saying("graph.count", hit=len(found), total=len(required))]
    missing = [(a, c) for a, c in required if (a, c) not in found]
    turned = [(a, c) for a, c in missing if (c, a) in drawn]
    said += [saying("graph.turned", source=_box(item, c), target=_box(item, a)) for a, c in turned]
    said += [of_item(item, f"forbidden.{a}.{c}") for a, c in sinned]
    said += [saying("graph.missing", source=_box(item, a)) for a, c in missing if (a, c) not in turned][:1]
    said += [remark] if remark else []
    if surplus > FREE_EXTRAS:
        said.append(saying("graph.surplus", count=surplus))
    said += unread[:5]
    if score >= 1:
        status = "right"
    elif sinned or turned:
        status = "misconception"
    else:
        status = "partial" if score > 0 else "wrong"
    return verdict(status, *said, score=score)


def _signs(item: Item, found: dict, drawn: dict, required: dict) -> tuple[set[Arrow], Message | None]:
    """The required arrows whose sign is right, and one remark on the others.

    Whoever puts the same sign everywhere, where both are needed, has said nothing about any of them.
    """
    given = {pair: _sign([drawn[arrow] for arrow in path]) for pair, path in found.items() if required[pair]}
    said = [sign for sign in drawn.values() if sign]
    if len(said) > 1 and len(set(said)) == 1 and len({sign for sign in required.values() if sign}) > 1:
        return set(), saying("graph.same_sign", sign=said[0])
    right = {pair for pair, sign in given.items() if sign == required[pair]}
    wrong = [pair for pair, sign in given.items() if sign and pair not in right]
    if wrong:
        arrows = [saying("graph.arrow", source=_box(item, a), target=_box(item, c)) for a, c in wrong]
        return right, saying("graph.sign", arrows=Listed(arrows, "comma"))
    bare = len(given) - len(right)
    return right, saying("graph.unsigned", count=bare) if item.signs and bare else None


def _sign(signs: list[str]) -> str:
    """The sign of arrows one after another: two that lower make one that raises."""
    return "" if "" in signs else "-" if signs.count("-") % 2 else "+"
