"""Where everything in a diagram stands: from a description and a width to rectangles, ways and lines of text.

Pure geometry, in pixels, y pointing down. Widths of text are estimated rather too large (`labels.wide`), so that a
text fits whatever sans-serif the page has, and in Chinese.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import NamedTuple

from ..labels import wide
from .description import Arrow, Box, Description, Part

SIZE, SMALL, LINE, SMALL_LINE = 15.0, 13.0, 20.0, 17.0  # fonts of boxes and of all else, and their lines
PAD_X, PAD_Y = 14.0, 11.0  # between a box and its text
TEXT = 128.0  # width of a box's text that is aimed at
LEAST = 46.0  # width of a box's text below which a row turns into a column
GAP = 46.0  # for an arrow between two boxes
HEAD = 9.0  # length of an arrow's head
ROOM = 14.0  # between a place and what it holds, and between boxes without an arrow
LABEL = 112.0  # width of an arrow's text that is aimed at
WIDE = 170.0  # the same in a column
NAME = 92.0  # width of the name of a place beside a column
STRAIGHT = 16.0  # a bend that is smaller is none
LANE = 30.0  # for the way back of a loop in a column
BEND = 0.13  # of a way around a loop, in units of its length
SHORTEST = 30.0  # length of a way around a loop
AIR = 6.0  # between a text and what it stands beside
SIGN = {"+": "+", "-": "−", "": ""}
CLOSING = "，。；：！？、）》」』”’,.;:!?)"  # never at the beginning of a line

Point = tuple[float, float]


class Rect(NamedTuple):
    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h

    @property
    def cx(self) -> float:
        return self.x + self.w / 2

    @property
    def cy(self) -> float:
        return self.y + self.h / 2

    def moved(self, dx: float, dy: float) -> Rect:
        return Rect(self.x + dx, self.y + dy, self.w, self.h)

    def wider(self, by: float) -> Rect:
        return Rect(self.x - by, self.y - by, self.w + 2 * by, self.h + 2 * by)

    def meets(self, other: Rect, air: float = 0.0) -> bool:
        """Whether the two are less than `air` apart."""
        return (
            self.x < other.right + air
            and other.x < self.right + air
            and self.y < other.bottom + air
            and other.y < self.bottom + air
        )

    def holds(self, at: Point) -> bool:
        return self.x < at[0] < self.right and self.y < at[1] < self.bottom


class Frame(NamedTuple):
    """A box, or a place around boxes."""

    rect: Rect
    role: str  # "box" or "place"
    id: str
    concept: str = ""


class Words(NamedTuple):
    """Lines of text in the middle of a rectangle; a heading begins at its left."""

    rect: Rect
    lines: tuple[str, ...]
    role: str  # "box", "heading", "place" or "arrow"


class Way(NamedTuple):
    """An arrow from point to point; its head is at the last one."""

    points: tuple[Point, ...]
    kind: str
    ends: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Picture:
    """A diagram of a width and a height, to be drawn."""

    width: float
    height: float
    frames: tuple[Frame, ...] = ()
    ways: tuple[Way, ...] = ()
    words: tuple[Words, ...] = ()

    def moved(self, dx: float, dy: float) -> Picture:
        """The same further to the right and down."""
        return replace(
            self,
            frames=tuple(each._replace(rect=each.rect.moved(dx, dy)) for each in self.frames),
            ways=tuple(each._replace(points=tuple((x + dx, y + dy) for x, y in each.points)) for each in self.ways),
            words=tuple(each._replace(rect=each.rect.moved(dx, dy)) for each in self.words),
        )

    def fitted(self) -> Picture:
        """Moved to the corner, with the size of what it has."""
        rects = _rects(self)
        points = [at for way in self.ways for at in way.points]
        left = min([rect.x for rect in rects] + [x for x, _ in points])
        top = min([rect.y for rect in rects] + [y for _, y in points])
        right = max([rect.right for rect in rects] + [x for x, _ in points])
        bottom = max([rect.bottom for rect in rects] + [y for _, y in points])
        return replace(self.moved(-left, -top), width=right - left, height=bottom - top)


def _rects(picture: Picture) -> list[Rect]:
    return [each.rect for each in (*picture.frames, *picture.words)]


def _joined(pictures: Sequence[Picture]) -> Picture:
    """All that stands in several pictures, where it stands."""
    return Picture(
        0,
        0,
        tuple(frame for each in pictures for frame in each.frames),
        tuple(way for each in pictures for way in each.ways),
        tuple(word for each in pictures for word in each.words),
    )


# ------------------------------------------------------------------------------------------------------------ text


def wrap(text: str, size: float, width: float) -> tuple[str, ...]:
    """The lines of a text, as even as they can be in as few of them; a word that is too long is cut."""
    lines = _fill(text, size, width)
    while width > size and len(tighter := _fill(text, size, width - size / 2)) == len(lines):
        if _cut(tighter) > _cut(lines):
            break
        lines, width = tighter, width - size / 2
    return lines


def _cut(lines: Sequence[str]) -> int:
    """How many lines end within a word."""
    return sum(line.endswith("\u2010") for line in lines)


def _fill(text: str, size: float, width: float) -> tuple[str, ...]:
    lines, now = [], ""
    for word in _words(text):
        longer = f"{now}{word}" if now else word.lstrip()
        if not now or wide(longer.rstrip(), size) <= width:
            now = longer
        else:
            lines.append(now.rstrip())
            now = word.lstrip()
        while wide(now.rstrip(), size) > width and len(now) > 2:
            cut = next((k for k in range(len(now) - 1, 1, -1) if wide(now[:k] + "\u2010", size) <= width), 1)
            lines.append(now[:cut] + "\u2010")
            now = now[cut:]
    return (*lines, now.rstrip()) if now.strip() or not lines else tuple(lines)


def _words(text: str) -> list[str]:
    """Where a line may break: before a word with its space, and between Chinese characters."""
    words: list[str] = []
    for letter in text:
        apart = letter == " " or (_full(letter) and letter not in CLOSING)
        if (words and not apart and not _full(words[-1][-1])) or (words and letter in CLOSING):
            words[-1] += letter
        else:
            words.append(letter)
    return words


def _full(letter: str) -> bool:
    return wide(letter, 1.0) == 1.0


def longest(text: str, size: float) -> float:
    """The width of the longest word."""
    return max(wide(word.strip(), size) for word in _words(text))


def _block(lines: Sequence[str], size: float, line: float) -> tuple[float, float]:
    return max(wide(each, size) for each in lines), line * len(lines)


def _label(arrow: Arrow, width: float = LABEL) -> tuple[tuple[str, ...], float, float]:
    """What stands beside an arrow: its sign and its text; lines, width and height, or nothing."""
    said = f"{SIGN[arrow.sign]} {arrow.text}".strip()
    if not said:
        return (), 0.0, 0.0
    lines = wrap(said, SMALL, max(width, SMALL * 2))
    return lines, *_block(lines, SMALL, SMALL_LINE)


# ------------------------------------------------------------------------------------------------------------ boxes


class _Sized(NamedTuple):
    """Boxes of one size, with their lines."""

    w: float
    h: float
    lines: dict[str, tuple[str, ...]]

    def words(self, id: str, rect: Rect) -> Words:
        return Words(rect, self.lines[id], "box")


def _sized(boxes: Iterable[Box], target: float, most: float) -> _Sized:
    """Boxes as wide as the widest needs; words are cut only where they are longer than `most`."""
    boxes = list(boxes)
    width = min(max(target, *(longest(box.text, SIZE) for box in boxes)), most)
    lines = {box.id: wrap(box.text, SIZE, width) for box in boxes}
    blocks = [_block(each, SIZE, LINE) for each in lines.values()]
    return _Sized(max(w for w, _ in blocks) + 2 * PAD_X, max(h for _, h in blocks) + 2 * PAD_Y, lines)


def _between(a: Rect, b: Rect, shift: float = 0.0) -> tuple[Point, Point]:
    """The straight way between two boxes, from border to border, `shift` to the side."""
    dx, dy = b.cx - a.cx, b.cy - a.cy
    far = math.hypot(dx, dy) or 1.0
    ox, oy = -dy / far * shift, dx / far * shift

    def leave(rect: Rect, dx: float, dy: float) -> Point:
        # From a point within the rectangle to its border.
        x, y = rect.cx + ox, rect.cy + oy
        times = [((rect.right if dx > 0 else rect.x) - x) / dx] if dx else []
        times += [((rect.bottom if dy > 0 else rect.y) - y) / dy] if dy else []
        t = min(times, default=0.0)
        return x + t * dx, y + t * dy

    return leave(a, dx, dy), leave(b, -dx, -dy)


def _stopped(points: Sequence[Point], kind: str, part: float = 0.6) -> tuple[Point, ...]:
    """The points of a way; one that does not arrive ends on it."""
    if kind != "stops":
        return tuple(points)
    lengths = [math.dist(a, b) for a, b in pairwise(points)]
    left, kept = part * sum(lengths), [points[0]]
    for (a, b), length in zip(pairwise(points), lengths, strict=True):
        if left <= length:
            t = left / length if length else 0.0
            return (*kept, (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])))
        kept.append(b)
        left -= length
    return tuple(points)


# -------------------------------------------------------------------------------------------------------- a row


def _row(part: Part, width: float) -> Picture:
    """Stages one after the other, from left to right where there is room, else from top to bottom."""
    ids = [box.id for box in part.boxes]
    group_of = {id: group for group in part.groups for id in group.holds}
    gaps = [_row_gap(part, a, b, group_of) for a, b in pairwise(ids)]
    edges = sum(ROOM for id in (ids[0], ids[-1]) if id in group_of)
    text = (width - sum(gaps) - edges) / len(ids) - 2 * PAD_X
    need = max(longest(box.text, SIZE) for box in part.boxes)
    if text < max(LEAST, need) or any(longest(group.text, SMALL) > text for group in part.groups):
        return _column(part, width)
    sized = _sized(part.boxes, min(TEXT, text), text)
    rects, x = {}, ROOM if ids[0] in group_of else 0.0
    for id, gap in zip(ids, [*gaps, 0.0], strict=True):
        rects[id] = Rect(x, 0.0, sized.w, sized.h)
        x += sized.w + gap
    frames, words = _boxes(part, rects, sized)
    ways = []
    for arrow in part.arrows:
        a, b = rects[arrow.start], rects[arrow.end]
        both = (arrow.end, arrow.start) in _pairs(part)
        start, end = _between(a, b, -7.0 if both else 0.0)
        ways.append(Way(_stopped((start, end), arrow.kind), arrow.kind, (arrow.start, arrow.end)))
        lines, w, h = _label(arrow)
        if lines:
            above = b.x > a.x or not both
            left = (start[0] + end[0] - w) / 2
            words.append(Words(Rect(left, start[1] - AIR - h if above else start[1] + AIR, w, h), lines, "arrow"))
    for group in part.groups:
        inner = [rects[id] for id in group.holds]
        frames.insert(0, _place(group, inner, words))
    return Picture(0, 0, tuple(frames), tuple(ways), tuple(words)).fitted()


def _pairs(part: Part) -> set[tuple[str, str]]:
    return {(arrow.start, arrow.end) for arrow in part.arrows}


def _row_gap(part: Part, a: str, b: str, group_of: dict) -> float:
    """Room between two boxes of a row: for arrows with their texts, and for the borders of places."""
    arrows = [arrow for arrow in part.arrows if {arrow.start, arrow.end} == {a, b}]
    borders = [] if group_of.get(a) is group_of.get(b) else [id for id in (a, b) if id in group_of]
    if not arrows:
        return ROOM * (1 + len(borders)) + (ROOM if len(borders) == 2 else 0.0)
    texts = max(_label(arrow)[1] for arrow in arrows)
    # A text stands between the borders of places, not on them.
    return max(GAP, texts + 2 * ROOM) + 2 * ROOM * len(borders)


def _place(group, inner: Sequence[Rect], words: list[Words]) -> Frame:
    """The border of a place, with its name above what it holds. The name is added to the words."""
    left, right = min(rect.x for rect in inner), max(rect.right for rect in inner)
    # What is said beside the arrows within may stand higher than the boxes.
    said = [each.rect for each in words if each.role == "arrow" and left < each.rect.cx < right]
    top, bottom = min(rect.y for rect in (*inner, *said)), max(rect.bottom for rect in (*inner, *said))
    lines = wrap(group.text, SMALL, right - left)
    _, h = _block(lines, SMALL, SMALL_LINE)
    words.append(Words(Rect(left, top - AIR - h, right - left, h), lines, "place"))
    whole = Rect(left, top - AIR - h, right - left, bottom - top + AIR + h).wider(ROOM)
    return Frame(Rect(whole.x, whole.y + ROOM - 8, whole.w, whole.h - ROOM + 8), "place", group.id)


def _title(group, width: float) -> float:
    """The height that the name of a place takes above what it holds."""
    return _block(wrap(group.text, SMALL, width), SMALL, SMALL_LINE)[1] + AIR + 8


def _boxes(part: Part, rects: dict[str, Rect], sized: _Sized) -> tuple[list[Frame], list[Words]]:
    frames = [Frame(rects[box.id], "box", box.id, box.concept) for box in part.boxes]
    return frames, [sized.words(box.id, rects[box.id]) for box in part.boxes]


def _column(part: Part, width: float) -> Picture:
    """The same from top to bottom; texts stand to the right of the arrows, the names of places beside the boxes."""
    ids = [box.id for box in part.boxes]
    group_of = {id: group for group in part.groups for id in group.holds}
    names = {group.id: wrap(group.text, SMALL, NAME) for group in part.groups}
    blocks = {id: _block(lines, SMALL, SMALL_LINE) for id, lines in names.items()}
    beside = max((w for w, _ in blocks.values()), default=0.0)
    most = width - 2 * PAD_X - (3 * ROOM + beside if part.groups else 0.0)
    sized = _sized(part.boxes, min(WIDE, most), most)
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
    frames, words = _boxes(part, rects, sized)
    ways = []
    for arrow in part.arrows:
        a, b = rects[arrow.start], rects[arrow.end]
        both = (arrow.end, arrow.start) in _pairs(part)
        start, end = _between(a, b, -7.0 if both else 0.0)
        ways.append(Way(_stopped((start, end), arrow.kind), arrow.kind, (arrow.start, arrow.end)))
        lines, w, h = _label(arrow, _column_label(both, room))
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
    texts = max(_label(arrow, _column_label(len(arrows) == 2, room))[2] for arrow in arrows)
    return max(GAP - 6, 2 * AIR + texts)


# ---------------------------------------------------------------------------------------------- parts that meet


def _meet(part: Part, width: float) -> Picture:
    """Parts in a column on the left, the last box on the right; every way bends once, on one line."""
    *parts, last = part.boxes
    if not parts:
        return _row(part, width)
    edge = ROOM if part.groups else 0.0
    labels = {arrow.start: _label(arrow, min(LABEL, 0.24 * width)) for arrow in part.arrows}
    stub = max(24.0, *(w + 2 * AIR for _, w, _ in labels.values())) if labels else 24.0
    both = width - stub - 34 - 2 * edge - 4 * PAD_X  # the texts of the parts and of the last box
    goal = _sized([last], min(TEXT, both / 2), both / 2)
    room = both + 2 * PAD_X - goal.w
    names = max([longest(group.text, SMALL) for group in part.groups], default=0.0)
    sized = _sized(parts, min(max(TEXT, names - 2 * PAD_X), room), room)
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
    frames, words = _boxes(part, rects, sized._replace(lines=sized.lines | goal.lines))
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


# ------------------------------------------------------------------------------------------------- poles and links


def _poles(part: Part, width: float) -> Picture:
    """Boxes on an ellipse, straight links between them; it grows until nothing lies on anything, else link by link."""
    n = len(part.boxes)
    if n < 3:
        return _row(part, width)
    sized = _sized(part.boxes, TEXT, width)
    most = (width - sized.w) / 2
    for step in range(24):
        across, down = min(most, 150.0 + 20 * step), 70.0 + 20 * step
        angles = [math.pi / 2 - 2 * math.pi * k / n for k in range(n)]
        rects = {
            box.id: _around_point(across * math.cos(angle), -down * math.sin(angle), sized.w, sized.h)
            for box, angle in zip(part.boxes, angles, strict=True)
        }
        if found := _linked(part, rects, width / 2):
            frames, words = _boxes(part, rects, sized)
            return Picture(0, 0, tuple(frames), tuple(found[0]), (*words, *found[1])).fitted()
    return _link_by_link(part, width)


def _link_by_link(part: Part, width: float) -> Picture:
    """A row for each two boxes that are linked, one under another; a box is drawn as often as it has links."""
    pairs = list(dict.fromkeys(tuple(sorted((arrow.start, arrow.end))) for arrow in part.arrows))
    alone = [(box.id,) for box in part.boxes if not any(box.id in pair for pair in pairs)]
    boxes = {box.id: box for box in part.boxes}
    placed, y = [], 0.0
    for k, ids in enumerate([*pairs, *alone]):
        arrows = tuple(
            replace(arrow, start=f"{arrow.start} {k}", end=f"{arrow.end} {k}")
            for arrow in part.arrows
            if {arrow.start, arrow.end} == set(ids)
        )
        row = replace(part, boxes=tuple(replace(boxes[id], id=f"{id} {k}") for id in ids), arrows=arrows)
        placed.append(_row(row, width).moved(0.0, y))
        y = max(rect.bottom for rect in _rects(placed[-1])) + ROOM
    return _joined(placed).fitted()


def _linked(part: Part, rects: dict[str, Rect], reach: float) -> tuple[list[Way], list[Words]] | None:
    """The links between boxes with their texts; None if something would lie on something else."""
    boxes = list(rects.values())
    if any(a.meets(b, ROOM) for a, b in combinations(boxes, 2)):
        return None
    ways, texts = [], []
    for arrow in part.arrows:
        both = (arrow.end, arrow.start) in _pairs(part)
        start, end = _between(rects[arrow.start], rects[arrow.end], 7.0 if both else 0.0)
        others = [rect for id, rect in rects.items() if id not in (arrow.start, arrow.end)]
        if math.dist(start, end) < GAP - 12 or any(crosses((start, end), rect.wider(AIR)) for rect in others):
            return None
        ways.append(Way(_stopped((start, end), arrow.kind), arrow.kind, (arrow.start, arrow.end)))
    for arrow, way in zip(part.arrows, ways, strict=True):
        lines, w, h = _label(arrow)
        if lines:
            spots = [spot for spot in _beside_way(way.points, w, h) if -reach <= spot.x and spot.right <= reach]
            spot = _first_clear(spots, boxes, texts, ways)
            if spot is None:
                return None
            texts.append(Words(spot, lines, "arrow"))
    return ways, texts


def _first_clear(
    spots: Sequence[Rect], solid: Sequence[Rect], words: Sequence[Words], ways: Sequence[Way]
) -> Rect | None:
    """The first of some places for a text that lies on no box, no other text and no way."""
    taken = [*solid, *(each.rect for each in words if each.role == "arrow")]
    for spot in spots:
        if not any(spot.meets(each, AIR) for each in taken) and not any(
            crosses(way.points, spot.wider(2.0)) for way in ways
        ):
            return spot
    return None


def _beside_way(points: Sequence[Point], w: float, h: float) -> list[Rect]:
    """Places for a text along a straight way: near its middle first, above it before below."""
    (x0, y0), (x1, y1) = points[0], points[-1]
    far = math.hypot(x1 - x0, y1 - y0) or 1.0
    nx, ny = -(y1 - y0) / far, (x1 - x0) / far
    away = abs(nx) * w / 2 + abs(ny) * h / 2 + AIR
    up = -1 if ny > 0 else 1
    return [
        _around_point(x0 + t * (x1 - x0) + side * nx * away, y0 + t * (y1 - y0) + side * ny * away, w, h)
        for t in (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)
        for side in (up, -up)
    ]


def _around_point(cx: float, cy: float, w: float, h: float) -> Rect:
    return Rect(cx - w / 2, cy - h / 2, w, h)


def crosses(points: Sequence[Point], rect: Rect) -> bool:
    """Whether a way passes through a rectangle."""
    for (x0, y0), (x1, y1) in pairwise(points):
        low, high = 0.0, 1.0
        for start, move, least, most in ((x0, x1 - x0, rect.x, rect.right), (y0, y1 - y0, rect.y, rect.bottom)):
            if move == 0:
                if not least < start < most:
                    low, high = 1.0, 0.0
                continue
            a, b = sorted(((least - start) / move, (most - start) / move))
            low, high = max(low, a), min(high, b)
        if low < high:
            return True
    return False


# ---------------------------------------------------------------------------------------------- a loop of causes


def _loop(part: Part, width: float) -> Picture:
    """Causes in a circle, clockwise from the top; where that is too narrow, in a column with a way back."""
    sides = _Sides.of(part, width)
    for steep in (0.45, 0.0):
        if found := _ring(part, sides, width, steep) or _ladder(part, sides, width, steep):
            return found
    raise AssertionError("a column with straight ways always has room for its texts")


class _Sides(NamedTuple):
    """What acts on a loop from outside: boxes, by the box of the loop that each belongs to."""

    sized: _Sized
    pairs: dict[str, list[tuple[Box, Arrow]]]
    labels: dict[str, tuple[tuple[str, ...], float, float]]  # by the box at the side
    gap: float  # between the loop and its sides

    @classmethod
    def of(cls, part: Part, width: float) -> _Sides:
        boxes = {box.id: box for box in part.sides}
        pairs: dict[str, list[tuple[Box, Arrow]]] = {box.id: [] for box in part.boxes}
        for arrow in part.arrows:
            for one, other in ((arrow.start, arrow.end), (arrow.end, arrow.start)):
                if one in boxes:
                    pairs[other].append((boxes[one], arrow))
        labels = {box.id: _label(arrow, 64.0) for each in pairs.values() for box, arrow in each}
        gap = max(54.0, *(w + 2 * ROOM for _, w, _ in labels.values())) if labels else 0.0
        if not boxes:
            return cls(_Sized(0.0, 0.0, {}), pairs, labels, gap)
        most = (width - LANE - gap) / 2 - 2 * PAD_X
        return cls(_sized(part.sides, min(TEXT, most), most), pairs, labels, gap)

    def _slots(self, id: str) -> list[float]:
        """The heights of those at a side, each with room for a text above and below its way."""
        return [max(self.sized.h, 2 * (self.labels[box.id][2] + AIR)) for box, _ in self.pairs[id]]

    def middles(self, id: str) -> list[float]:
        """Where they stand, one under another, around the middle of their partner."""
        slots = self._slots(id)
        return [sum(slots[:k]) + ROOM * k + slot / 2 - self.whole(id) / 2 for k, slot in enumerate(slots)]

    def whole(self, id: str) -> float:
        """The height that they take together."""
        slots = self._slots(id)
        return sum(slots) + ROOM * max(0, len(slots) - 1)

    def height(self, id: str, least: float, steep: float) -> float:
        """Of their partner, so that no way between falls by more than `steep` times its length."""
        most = max(map(abs, self.middles(id)), default=0.0)
        return max(least, 2 * (most - steep * self.gap) + ROOM)

    def placed(self, rects: dict[str, Rect], on_left: set[str]) -> Picture | None:
        """The boxes at the sides, straight ways to their partners, and the texts; None if a text has no room."""
        frames, words, ways = [], [], []
        for id, pairs in self.pairs.items():
            partner, left, middles = rects[id], id in on_left, self.middles(id)
            near = partner.x if left else partner.right
            far = near - self.gap if left else near + self.gap
            most = max(map(abs, middles), default=0.0)
            kept = min(1.0, (partner.h - ROOM) / 2 / most) if most else 0.0
            for (box, arrow), middle in zip(pairs, middles, strict=True):
                y, port = partner.cy + middle, partner.cy + kept * middle
                rect = Rect(far - self.sized.w if left else far, y - self.sized.h / 2, self.sized.w, self.sized.h)
                frames.append(Frame(rect, "box", box.id, box.concept))
                words.append(self.sized.words(box.id, rect))
                points = [(far, y), (near, port)] if arrow.start == box.id else [(near, port), (far, y)]
                ways.append(Way(_stopped(points, arrow.kind), arrow.kind, (arrow.start, arrow.end)))
        solid = [*rects.values(), *(frame.rect for frame in frames)]
        for way in ways:
            lines, w, h = next(self.labels[id] for id in way.ends if id in self.labels)
            if lines:
                spot = _first_clear(_beside_way(way.points, w, h), solid, words, ways)
                if spot is None:
                    return None
                words.append(Words(spot, lines, "arrow"))
        return Picture(0, 0, tuple(frames), tuple(ways), tuple(words))


def _ring(part: Part, sides: _Sides, width: float, steep: float) -> Picture | None:
    n = len(part.boxes)
    if n < 3:
        return None
    sized = _sized(part.boxes, TEXT, width)
    angles = {box.id: math.pi / 2 - 2 * math.pi * k / n for k, box in enumerate(part.boxes)}
    # Those at the top and at the bottom have their sides on the right.
    on_left = {id for id, angle in angles.items() if math.cos(angle) < -0.01}
    outside = sides.sized.w + sides.gap
    taken = sum(outside for left in (True, False) if any((id in on_left) is left for id in angles if sides.pairs[id]))
    heights = {id: sides.height(id, sized.h, steep) for id in angles}
    most = (width - taken - sized.w) / 2
    for step in range(32):
        across, down = min(most, 170.0 + 15 * step), 105.0 + 10 * step
        if across < sized.w * 0.62:
            return None
        rects = {
            id: Rect(
                across * math.cos(angle) - sized.w / 2, -down * math.sin(angle) - heights[id] / 2, sized.w, heights[id]
            )
            for id, angle in angles.items()
        }
        found = _around(part, rects, sides.placed(rects, on_left))
        if found:
            frames, words = _boxes(part, rects, sized)
            whole = replace(found, frames=(*frames, *found.frames), words=(*words, *found.words)).fitted()
            if whole.width <= width:
                return whole
    return None


def _around(part: Part, rects: dict[str, Rect], outside: Picture | None) -> Picture | None:
    """The ways of the circle and what stands outside it; None if something would lie on something else."""
    if outside is None:
        return None
    solid = [*rects.values(), *(frame.rect for frame in outside.frames)]
    if any(a.meets(b, ROOM) for a, b in combinations(solid, 2)):
        return None
    words, ways = list(outside.words), list(outside.ways)
    ring = [arrow for arrow in part.arrows if arrow.start in rects and arrow.end in rects]
    for arrow in ring:
        ends = rects[arrow.start], rects[arrow.end]
        points = _bow(*ends)
        if points is None or any(crosses(points, rect.wider(AIR)) for rect in solid if rect not in ends):
            return None
        if any(crosses(points, word.rect.wider(2.0)) for word in words if word.role == "arrow"):
            return None
        ways.append(Way(_stopped(points, arrow.kind), arrow.kind, (arrow.start, arrow.end)))
    for arrow in ring:
        lines, w, h = _label(arrow)
        if lines:
            way = next(way for way in ways if way.ends == (arrow.start, arrow.end))
            spot = _first_clear(_beside_bow(way.points, w, h), solid, words, ways)
            if spot is None:
                return None
            words.append(Words(spot, lines, "arrow"))
    return Picture(0, 0, outside.frames, tuple(ways), tuple(words))


def _bow(a: Rect, b: Rect) -> tuple[Point, ...] | None:
    """A way from middle to middle that bends away from the origin, between the borders; None if it is too short."""
    x, y = (a.cx + b.cx) / 2, (a.cy + b.cy) / 2
    length, far = math.dist((a.cx, a.cy), (b.cx, b.cy)), math.hypot(x, y)
    # Away from the origin, but across the way.
    nx, ny = (b.cy - a.cy) / length, -(b.cx - a.cx) / length
    side = 1.0 if nx * x + ny * y >= 0 or not far else -1.0
    bend = x + side * nx * BEND * length, y + side * ny * BEND * length

    def at(t: float) -> Point:
        return (
            (1 - t) ** 2 * a.cx + 2 * t * (1 - t) * bend[0] + t**2 * b.cx,
            (1 - t) ** 2 * a.cy + 2 * t * (1 - t) * bend[1] + t**2 * b.cy,
        )

    def border(rect: Rect, inside: float, outside: float) -> float:
        for _ in range(40):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if rect.holds(at(middle)) else (inside, middle)
        return outside

    if a.holds(at(0.5)) or b.holds(at(0.5)):
        return None
    start, end = border(a, 0.0, 0.5), border(b, 1.0, 0.5)
    points = tuple(at(start + (end - start) * k / 24) for k in range(25))
    return points if sum(math.dist(p, q) for p, q in pairwise(points)) >= SHORTEST else None


def _beside_bow(points: Sequence[Point], w: float, h: float) -> list[Rect]:
    """Places for a text along a way around the origin: outside first, near its middle first."""
    spots = []
    for side in (1, -1):
        for part in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8):
            x, y = points[round(part * (len(points) - 1))]
            far = math.hypot(x, y) or 1.0
            nx, ny = x / far, y / far
            for more in (AIR, AIR + 8, AIR + 16):
                away = abs(nx) * w / 2 + abs(ny) * h / 2 + more
                spots.append(_around_point(x + side * nx * away, y + side * ny * away, w, h))
    return spots


def _ladder(part: Part, sides: _Sides, width: float, steep: float) -> Picture | None:
    """A loop in a column: down from box to box, back to the first along the left, those at a side on the right."""
    ids = [box.id for box in part.boxes]
    closing = next((each for each in part.arrows if (each.start, each.end) == (ids[-1], ids[0]) and len(ids) > 1), None)
    lane = LANE if closing else 0.0
    most = width - lane - 2 * PAD_X
    half = most - sides.gap - sides.sized.w if part.sides else most
    sized = _sized(part.boxes, min(TEXT if part.sides else WIDE, half), half)
    down = [arrow for arrow in part.arrows if arrow is not closing and {arrow.start, arrow.end} <= set(ids)]
    texts = {arrow.start: _label(arrow, min(2 * LABEL, width - lane - sized.w / 2 - 4 * AIR)) for arrow in down}
    rects, y = {}, 0.0
    for id in ids:
        height = sides.height(id, sized.h, steep)
        slot = max(height, sides.whole(id))
        rects[id] = Rect(lane, y + (slot - height) / 2, sized.w, height)
        y += slot + max(GAP - 6, 12 + texts.get(id, ((), 0.0, 0.0))[2])
    outside = sides.placed(rects, set())
    if outside is None:
        return None
    frames, words = _boxes(part, rects, sized)
    ways = list(outside.ways)
    for arrow in down:
        start, end = _between(rects[arrow.start], rects[arrow.end])
        ways.append(Way(_stopped((start, end), arrow.kind), arrow.kind, (arrow.start, arrow.end)))
        lines, w, h = texts[arrow.start]
        if lines:
            # In the middle of the way, or between the two rows: those at a side may be taller than their partners.
            spare = max(0.0, sides.whole(arrow.end) - rects[arrow.end].h) / 2
            tops = ((start[1] + end[1] - h) / 2, end[1] - spare - AIR - h)
            spots = [Rect(start[0] + AIR + 3, top, w, h) for top in tops]
            solid = [frame.rect for frame in outside.frames]
            words.append(Words(_first_clear(spots, solid, outside.words, ways) or spots[-1], lines, "arrow"))
    if closing:
        first, last = rects[ids[0]], rects[ids[-1]]
        turn = max(last.bottom, last.cy + sides.whole(ids[-1]) / 2) + 22
        way = ((last.cx, last.bottom), (last.cx, turn), (4.0, turn), (4.0, first.cy), (first.x, first.cy))
        ways.append(Way(_stopped(way, closing.kind, 0.8), closing.kind, (ids[-1], ids[0])))
        lines, w, h = _label(closing, width - 8)
        if lines:
            words.append(Words(Rect(4.0, turn + AIR, w, h), lines, "arrow"))
    return Picture(0, 0, (*frames, *outside.frames), tuple(ways), (*words, *outside.words)).fitted()


# ------------------------------------------------------------------------------------------------------ the whole

LAYOUTS: dict[str, Callable[[Part, float], Picture]] = {"row": _row, "meet": _meet, "poles": _poles, "loop": _loop}
EDGE = 6.0  # around the whole
APART = 34.0  # between parts


def laid_out(description: Description, width: float) -> Picture:
    """Where everything stands in a picture that is `width` pixels wide."""
    inner = width - 2 * EDGE
    y = EDGE
    placed: list[Picture] = []
    for row in _rows(description.parts, inner):
        each = (inner - APART * (len(row) - 1)) / len(row)
        pictures = [LAYOUTS[part.layout](part, each) for part in row]
        heads = [wrap(part.text, SIZE, each) if part.text else () for part in row]
        head = max(len(lines) for lines in heads) * LINE
        tall = max(picture.height for picture in pictures)
        for k, (picture, lines) in enumerate(zip(pictures, heads, strict=True)):
            x = EDGE + k * (each + APART)
            if lines:
                title = Words(Rect(x, y, each, len(lines) * LINE), lines, "heading")
                placed.append(Picture(0, 0, words=(title,)))
            below = y + head + (ROOM if head else 0.0)
            # Under its heading a picture begins where that begins; alone it stands in the middle.
            left = 0.0 if lines else (each - picture.width) / 2
            placed.append(picture.moved(x + left, below + (tall - picture.height) / 2))
        y += head + (ROOM if head else 0.0) + tall + APART
    return replace(_joined(placed), width=width, height=y - APART + EDGE)


def _rows(parts: Sequence[Part], width: float) -> list[list[Part]]:
    """Parts that stand side by side, where each has the room that it needs."""
    rows: list[list[Part]] = []
    for part in parts:
        if part.beside and rows:
            each = (width - APART * len(rows[-1])) / (len(rows[-1]) + 1)
            if each >= 300 and all(LAYOUTS[other.layout](other, each).width <= each for other in (*rows[-1], part)):
                rows[-1].append(part)
                continue
        rows.append([part])
    return rows
