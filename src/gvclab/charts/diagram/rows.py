"""Boxes in a row or in a column, in places or not, and parts that meet in a last box."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from .description import Arrow, Part
from .geometry import AIR, GAP, ROOM, Frame, Picture, Rect, Way, Words, between, stopped
from .lines import (
    LABEL,
    PAD_X,
    SIZE,
    SMALL,
    SMALL_LINE,
    TEXT,
    WIDE,
    block,
    box_frames,
    ends_of,
    label_of,
    longest,
    sized_for,
    wrap,
)

LEAST = 46.0  # width of a box's text below which a row turns into a column
NAME = 92.0  # width of the name of a place beside a column
STRAIGHT = 16.0  # a bend that is smaller is none


def lay_row(part: Part, width: float) -> Picture:
    """Stages one after the other, from left to right where there is room, else from top to bottom."""
    ids = [box.id for box in part.boxes]
    group_of = {id: group for group in part.groups for id in group.holds}
    gaps = [_row_gap(part, a, b, group_of) for a, b in pairwise(ids)]
    edges = sum(ROOM for id in (ids[0], ids[-1]) if id in group_of)
    text = (width - sum(gaps) - edges) / len(ids) - 2 * PAD_X
    need = max(longest(box.text, SIZE) for box in part.boxes)
    if text < max(LEAST, need) or any(longest(group.text, SMALL) > text for group in part.groups):
        return _column(part, width)
    sized = sized_for(part.boxes, min(TEXT, text), text)
    rects, x = {}, ROOM if ids[0] in group_of else 0.0
    for id, gap in zip(ids, [*gaps, 0.0], strict=True):
        rects[id] = Rect(x, 0.0, sized.w, sized.h)
        x += sized.w + gap
    frames, words = box_frames(part, rects, sized)
    ways = []
    for arrow in part.arrows:
        a, b = rects[arrow.start], rects[arrow.end]
        both, (start, end) = _straight(part, arrow, rects)
        ways.append(Way(stopped((start, end), arrow.kind), arrow.kind, (arrow.start, arrow.end)))
        lines, w, h = label_of(arrow)
        if lines:
            above = b.x > a.x or not both
            left = (start[0] + end[0] - w) / 2
            words.append(Words(Rect(left, start[1] - AIR - h if above else start[1] + AIR, w, h), lines, "arrow"))
    for group in part.groups:
        inner = [rects[id] for id in group.holds]
        frames.insert(0, _place(group, inner, words))
    return Picture(0, 0, tuple(frames), tuple(ways), tuple(words)).fitted()


def _straight(part: Part, arrow: Arrow, rects: dict[str, Rect]) -> tuple[bool, tuple]:
    """Whether there is an arrow back, and the two ends of this one: beside the middle where there is."""
    both = (arrow.end, arrow.start) in ends_of(part)
    return both, between(rects[arrow.start], rects[arrow.end], -7.0 if both else 0.0)


def _row_gap(part: Part, a: str, b: str, group_of: dict) -> float:
    """Room between two boxes of a row: for arrows with their texts, and for the borders of places."""
    arrows = [arrow for arrow in part.arrows if {arrow.start, arrow.end} == {a, b}]
    borders = [] if group_of.get(a) is group_of.get(b) else [id for id in (a, b) if id in group_of]
    if not arrows:
        return ROOM * (1 + len(borders)) + (ROOM if len(borders) == 2 else 0.0)
    texts = max(label_of(arrow)[1] for arrow in arrows)
    # A text stands between the borders of places, not on them.
    return max(GAP, texts + 2 * ROOM) + 2 * ROOM * len(borders)


def _column(part: Part, width: float) -> Picture:
    """The same from top to bottom; texts stand to the right of the arrows, the names of places beside the boxes."""
    ids = [box.id for box in part.boxes]
    group_of = {id: group for group in part.groups for id in group.holds}
    names = {group.id: wrap(group.text, SMALL, NAME) for group in part.groups}
    blocks = {id: block(lines, SMALL, SMALL_LINE) for id, lines in names.items()}
    beside = max((w for w, _ in blocks.values()), default=0.0)
    most = width - 2 * PAD_X - (3 * ROOM + beside if part.groups else 0.0)
    sized = sized_for(part.boxes, min(WIDE, most), most)
    if part.groups:
        # The texts of arrows stand within the width of the boxes.
        text = max([longest(arrow.text, SMALL) for arrow in part.arrows if arrow.text], default=0.0)
        sized = sized._replace(w=max(sized.w, min(2 * (text + 2 * AIR + 12), most + 2 * PAD_X)))
    sized = sized._replace(h=max(sized.h, *(h for _, h in blocks.values()))) if blocks else sized
    room = sized.w / 2 if part.groups else width / 2
    rects, y = {}, 0.0
    for before, id in zip([None, *ids], ids, strict=False):
        if before:
            borders = sum(each in group_of for each in (before, id) if group_of.get(before) is not group_of.get(id))
            y += _column_gap(part, before, id, room) + 2 * ROOM * borders
        rects[id] = Rect(0.0, y, sized.w, sized.h)
        y += sized.h
    frames, words = box_frames(part, rects, sized)
    ways = []
    for arrow in part.arrows:
        a, b = rects[arrow.start], rects[arrow.end]
        both, (start, end) = _straight(part, arrow, rects)
        ways.append(Way(stopped((start, end), arrow.kind), arrow.kind, (arrow.start, arrow.end)))
        lines, w, h = label_of(arrow, _column_label(both, room))
        if lines:
            upper, lower = (arrow.start, arrow.end) if b.y > a.y else (arrow.end, arrow.start)
            # A text stands between the borders of places, not on them.
            apart = group_of.get(upper) is not group_of.get(lower)
            top = rects[upper].bottom + (ROOM if apart and upper in group_of else 0.0)
            bottom = rects[lower].y - (ROOM if apart and lower in group_of else 0.0)
            left = start[0] - AIR - 3 - w if both and b.y < a.y else start[0] + AIR + 3
            words.append(Words(Rect(left, (top + bottom - h) / 2, w, h), lines, "arrow"))
    for group in part.groups:
        inner = [rects[id] for id in group.holds]
        top, bottom = inner[0].y, inner[-1].bottom
        w, h = blocks[group.id]
        words.append(Words(Rect(sized.w + ROOM, (top + bottom - h) / 2, w, h), names[group.id], "place"))
        around = Rect(0.0, top, sized.w + ROOM + beside, bottom - top).wider(ROOM)
        frames.insert(0, Frame(around, "place", group.id))
    return Picture(0, 0, tuple(frames), tuple(ways), tuple(words)).fitted()


def _column_label(both: bool, room: float) -> float:
    """The width of a text beside an arrow of a column; two arrows between two boxes have one on each side."""
    return min(2 * LABEL, room - 2 * AIR - (10 if both else 3))


def _column_gap(part: Part, a: str, b: str, room: float) -> float:
    arrows = [arrow for arrow in part.arrows if {arrow.start, arrow.end} == {a, b}]
    if not arrows:
        return ROOM
    texts = max(label_of(arrow, _column_label(len(arrows) == 2, room))[2] for arrow in arrows)
    return max(GAP - 6, 2 * AIR + texts)


def lay_meet(part: Part, width: float) -> Picture:
    """Parts in a column on the left, the last box on the right; every way bends once, on one line."""
    *parts, last = part.boxes
    if not parts:
        return lay_row(part, width)
    edge = ROOM if part.groups else 0.0
    labels = {arrow.start: label_of(arrow, min(LABEL, 0.24 * width)) for arrow in part.arrows}
    stub = max(24.0, *(w + 2 * AIR for _, w, _ in labels.values())) if labels else 24.0
    both = width - stub - 34 - 2 * edge - 4 * PAD_X  # the texts of the parts and of the last box
    goal = sized_for([last], min(TEXT, both / 2), both / 2)
    room = both + 2 * PAD_X - goal.w
    names = max([longest(group.text, SMALL) for group in part.groups], default=0.0)
    sized = sized_for(parts, min(max(TEXT, names - 2 * PAD_X), room), room)
    sized = sized._replace(w=max(sized.w, min(names, room + 2 * PAD_X)))
    group_of = {id: group for group in part.groups for id in group.holds}
    rects, y = {}, 0.0
    for before, box in zip([None, *parts], parts, strict=False):
        same = before and group_of.get(before.id) is group_of.get(box.id)
        if before:
            y += ROOM if same else ROOM * (2 if before.id in group_of else 1)
        if box.id in group_of and not same:
            y += _title(group_of[box.id], sized.w) + (ROOM / 2 if before else 0.0)
        lines, _, h = labels.get(box.id, ((), 0.0, 0.0))
        above = max(0.0, h + AIR - sized.h / 2)  # a text above the way may stand higher than its box
        rects[box.id] = Rect(0.0, y + above, sized.w, sized.h)
        y += sized.h + above
    top, bottom = min(rect.y for rect in rects.values()), max(rect.bottom for rect in rects.values())
    bend = sized.w + edge + stub
    # A way that is nearly straight is.
    middle = min([rect.cy for rect in rects.values()], key=lambda cy: abs(cy - (top + bottom) / 2))
    middle = middle if abs(middle - (top + bottom) / 2) < STRAIGHT else (top + bottom) / 2
    rects[last.id] = Rect(bend + 34, middle - goal.h / 2, goal.w, goal.h)
    frames, words = box_frames(part, rects, sized._replace(lines=sized.lines | goal.lines))
    ways = []
    end = rects[last.id]
    for arrow in part.arrows:
        start = rects[arrow.start]
        way = [(start.right, start.cy), (bend, start.cy), (bend, end.cy), (end.x, end.cy)]
        stops = arrow.kind == "stops"
        points = [*way[:1], (bend - 8, start.cy)] if stops else way
        ways.append(Way(tuple(points), arrow.kind, (arrow.start, arrow.end)))
        lines, w, h = labels[arrow.start]
        if lines:
            left = start.right + edge + (stub - w) / 2
            words.append(Words(Rect(left, start.cy - AIR - h, w, h), lines, "arrow"))
    for group in part.groups:
        frames.insert(0, _place(group, [rects[id] for id in group.holds], words))
    return Picture(0, 0, tuple(frames), tuple(ways), tuple(words)).fitted()


def _place(group, inner: Sequence[Rect], words: list[Words]) -> Frame:
    """The border of a place, with its name above what it holds. The name is added to the words."""
    left, right = min(rect.x for rect in inner), max(rect.right for rect in inner)
    # What is said beside the arrows within may stand higher than the boxes.
    said = [each.rect for each in words if each.role == "arrow" and left < each.rect.cx < right]
    top, bottom = min(rect.y for rect in (*inner, *said)), max(rect.bottom for rect in (*inner, *said))
    lines = wrap(group.text, SMALL, right - left)
    _, h = block(lines, SMALL, SMALL_LINE)
    words.append(Words(Rect(left, top - AIR - h, right - left, h), lines, "place"))
    whole = Rect(left, top - AIR - h, right - left, bottom - top + AIR + h).wider(ROOM)
    return Frame(Rect(whole.x, whole.y + ROOM - 8, whole.w, whole.h - ROOM + 8), "place", group.id)


def _title(group, width: float) -> float:
    """The height that the name of a place takes above what it holds."""
    return block(wrap(group.text, SMALL, width), SMALL, SMALL_LINE)[1] + AIR + 8
