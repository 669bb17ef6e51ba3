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
        rects = [each.rect for each in (*self.frames, *self.words)]
        points = [at for way in self.ways for at in way.points]
        left = min([rect.x for rect in rects] + [x for x, _ in points])
        top = min([rect.y for rect in rects] + [y for _, y in points])
        right = max([rect.right for rect in rects] + [x for x, _ in points])
        bottom = max([rect.bottom for rect in rects] + [y for _, y in points])
        return replace(self.moved(-left, -top), width=right - left, height=bottom - top)


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
    top, bottom = min(rect.y for rect in inner), max(rect.bottom for rect in inner)
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
    """The same from top to bottom; texts stand to the right of the arrows."""
    ids = [box.id for box in part.boxes]
    group_of = {id: group for group in part.groups for id in group.holds}
    edge = ROOM if part.groups else 0.0
    most = width - 2 * edge - 2 * PAD_X
    names = [longest(group.text, SMALL) - 2 * PAD_X for group in part.groups]
    sized = _sized(part.boxes, min(max(170.0, *names, 0.0), most), most)
    sized = sized._replace(w=max(sized.w, min(max([n + 2 * PAD_X for n in names], default=0.0), most)))
    right = (width - sized.w) / 2 - 8 - AIR  # room for a text beside an arrow, on its right
    rects, y = {}, 0.0
    for before, id in zip([None, *ids], ids, strict=False):
        if before:
            y += _column_gap(part, before, id, group_of, sized.w / 2 + max(right, 0.0))
        if id in group_of and group_of.get(before) is not group_of[id]:
            y += _title(group_of[id], sized.w)
        rects[id] = Rect(0.0, y, sized.w, sized.h)
        y += sized.h
        following = ids[ids.index(id) + 1] if id != ids[-1] else None
        if id in group_of and group_of.get(following) is not group_of[id]:
            y += ROOM
    frames, words = _boxes(part, rects, sized)
    ways = []
    for arrow in part.arrows:
        a, b = rects[arrow.start], rects[arrow.end]
        both = (arrow.end, arrow.start) in _pairs(part)
        start, end = _between(a, b, -7.0 if both else 0.0)
        ways.append(Way(_stopped((start, end), arrow.kind), arrow.kind, (arrow.start, arrow.end)))
        down = b.y > a.y
        lines, w, h = _label(arrow, _beside(both, sized.w / 2 + max(right, 0.0)))
        if lines:
            low, high = sorted((start[1], end[1]))
            # Where the way crosses the border of a place, the text keeps to the part that is outside.
            low += ROOM if (a if down else b) and _last(arrow, group_of, down) else 0.0
            high -= _first(arrow, group_of, down, sized.w)
            x = start[0] + AIR + 3 if down or not both else start[0] - AIR - 3 - w
            words.append(Words(Rect(x, (low + high - h) / 2, w, h), lines, "arrow"))
    for group in part.groups:
        frames.insert(0, _place(group, [rects[id] for id in group.holds], words))
    return Picture(0, 0, tuple(frames), tuple(ways), tuple(words)).fitted()


def _last(arrow: Arrow, group_of: dict, down: bool) -> bool:
    """Whether the upper of the two boxes is the last in its place."""
    upper, lower = (arrow.start, arrow.end) if down else (arrow.end, arrow.start)
    return upper in group_of and group_of.get(lower) is not group_of[upper]


def _first(arrow: Arrow, group_of: dict, down: bool, width: float) -> float:
    """What the name of the place of the lower box takes, if it is the first there."""
    upper, lower = (arrow.start, arrow.end) if down else (arrow.end, arrow.start)
    starts = lower in group_of and group_of.get(upper) is not group_of[lower]
    return _title(group_of[lower], width) if starts else 0.0


def _beside(both: bool, room: float) -> float:
    """The width of a text beside an arrow of a column."""
    return min(2 * LABEL, room - 2 * AIR - 10 if not both else room - 2 * AIR - 17)


def _column_gap(part: Part, a: str, b: str, group_of: dict, room: float) -> float:
    arrows = [arrow for arrow in part.arrows if {arrow.start, arrow.end} == {a, b}]
    if not arrows:
        return ROOM
    both = len(arrows) == 2
    return max(GAP - 6, 12 + max(_label(arrow, _beside(both, room))[2] for arrow in arrows))


# ---------------------------------------------------------------------------------------------- parts that meet


def _meet(part: Part, width: float) -> Picture:
    """Parts in a column on the left, the last box on the right; every way bends once, on one line."""
    *parts, last = part.boxes
    if not parts:
        return _row(part, width)
    edge = ROOM if part.groups else 0.0
    labels = {arrow.start: _label(arrow, 84.0) for arrow in part.arrows}
    stub = max(24.0, *(w + 2 * AIR for _, w, _ in labels.values())) if labels else 24.0
    room = (width - stub - 34 - 2 * edge) / 2 - 2 * PAD_X
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
    goal = _sized([last], min(TEXT, room), room)
    top, bottom = min(rect.y for rect in rects.values()), max(rect.bottom for rect in rects.values())
    bend = sized.w + edge + stub
    rects[last.id] = Rect(bend + 34, (top + bottom - goal.h) / 2, goal.w, goal.h)
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
    """Boxes on an ellipse, straight links between them; the ellipse grows until nothing lies on anything."""
    n = len(part.boxes)
    most = (width - GAP) / 2 - 2 * PAD_X if n > 1 else width - 2 * PAD_X
    sized = _sized(part.boxes, min(TEXT, most), most)
    turn = 0.0 if n == 2 else math.pi / 2
    half = (width - sized.w) / 2
    for step in range(80):
        across = min(half, 150.0 + 20 * step) if n > 1 else 0.0
        down = (0.0 if n <= 2 else 70.0 + 20 * step) if step < 79 else 4000.0
        rects = {
            box.id: Rect(
                across * math.cos(angle) - sized.w / 2, -down * math.sin(angle) - sized.h / 2, sized.w, sized.h
            )
            for k, box in enumerate(part.boxes)
            for angle in [turn - 2 * math.pi * k / n + (math.pi if n == 2 else 0.0)]
        }
        found = _linked(part, rects, half + sized.w / 2)
        if found:
            break
        if n == 2:
            return _column(part, width)
    frames, words = _boxes(part, rects, sized)
    ways, texts = found or ([], [])
    return Picture(0, 0, tuple(frames), tuple(ways), (*words, *texts)).fitted()


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
    taken: list[Rect] = []
    for arrow, way in zip(part.arrows, ways, strict=True):
        lines, w, h = _label(arrow)
        if not lines:
            continue
        spots = _beside_way(way.points, w, h)
        clear = [spot for spot in spots if _clear(spot, boxes, taken, ways, reach)]
        if not clear:
            return None
        taken.append(clear[0])
        texts.append(Words(clear[0], lines, "arrow"))
    return ways, texts


def _clear(spot: Rect, boxes: list[Rect], taken: list[Rect], ways: list[Way], reach: float) -> bool:
    return (
        -reach <= spot.x
        and spot.right <= reach
        and not any(spot.meets(each, AIR) for each in (*boxes, *taken))
        and not any(crosses(way.points, spot.wider(2.0)) for way in ways)
    )


def _beside_way(points: Sequence[Point], w: float, h: float) -> list[Rect]:
    """Places for a text along a straight way, on both of its sides, those near its middle first."""
    (x0, y0), (x1, y1) = points[0], points[-1]
    far = math.hypot(x1 - x0, y1 - y0) or 1.0
    nx, ny = -(y1 - y0) / far, (x1 - x0) / far
    spots = []
    for t in (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82):
        for side in (-1, 1):
            away = abs(nx) * w / 2 + abs(ny) * h / 2 + AIR
            cx, cy = x0 + t * (x1 - x0) + side * nx * away, y0 + t * (y1 - y0) + side * ny * away
            spots.append(Rect(cx - w / 2, cy - h / 2, w, h))
    return spots


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
    """Causes on an ellipse, clockwise from the top, ways along it; where that is too narrow, in a column."""
    return _ring(part, width) or _ladder(part, width)


def _partners(part: Part) -> dict[str, list[tuple[Box, Arrow]]]:
    """For each box of the loop, those at its side."""
    ring = {box.id for box in part.boxes}
    sides = {box.id: box for box in part.sides}
    found: dict[str, list[tuple[Box, Arrow]]] = {id: [] for id in ring}
    for arrow in part.arrows:
        for one, other in ((arrow.start, arrow.end), (arrow.end, arrow.start)):
            if one in sides:
                found[other].append((sides[one], arrow))
    return found


def _ring(part: Part, width: float) -> Picture | None:
    n = len(part.boxes)
    if n < 3:
        return None
    sized = _sized(part.boxes, TEXT, width)
    beside = _partners(part)
    outer = _sized(part.sides, TEXT, width) if part.sides else _Sized(0.0, 0.0, {})
    angles = {box.id: math.pi / 2 - 2 * math.pi * k / n for k, box in enumerate(part.boxes)}
    # Those at the top and the bottom have their sides on the right.
    on_left = {id for id in beside if math.cos(angles[id]) < -0.01}
    labels = {box.id: _label(arrow, 84.0) for pairs in beside.values() for box, arrow in pairs}
    gap = max(54.0, *(w + 2 * ROOM for _, w, _ in labels.values())) if labels else 0.0
    left = outer.w + gap if any(beside[id] for id in on_left) else 0.0
    right = outer.w + gap if any(beside[id] for id in beside if id not in on_left) else 0.0
    heights = {id: max(sized.h, _pile(pairs, outer.h, labels)) for id, pairs in beside.items()}
    most = (width - left - right - sized.w) / 2
    for step in range(60):
        across, down = min(most, 170.0 + 15 * step), 105.0 + 10 * step
        if across < sized.w * 0.62 or down > 420:
            return None
        rects = {
            id: Rect(
                across * math.cos(angle) - sized.w / 2, -down * math.sin(angle) - heights[id] / 2, sized.w, heights[id]
            )
            for id, angle in angles.items()
        }
        found = _along(part, rects, angles, (across, down), beside, outer, labels, gap, on_left)
        if found and found.fitted().width <= width:
            frames, words = _boxes(part, rects, sized)
            return replace(found, frames=(*frames, *found.frames), words=(*words, *found.words)).fitted()
    return None


def _pile(pairs, height: float, labels) -> float:
    """The height of the boxes at a side, one on another, each with its text above the way."""
    return sum(_slot(box, height, labels) for box, _ in pairs) + ROOM * max(0, len(pairs) - 1)


def _slot(box: Box, height: float, labels) -> float:
    return max(height, 2 * (labels[box.id][2] + AIR))


def _along(part, rects, angles, radii, beside, outer, labels, gap, on_left) -> Picture | None:
    """The ways along the ellipse and all that stands outside it; None if something would lie on something else."""
    frames, words, ways = _at_sides(rects, beside, outer, labels, gap, on_left)
    solid = [*rects.values(), *(frame.rect for frame in frames)]
    if any(a.meets(b, ROOM) for a, b in combinations(solid, 2)):
        return None
    ring = [arrow for arrow in part.arrows if arrow.start in rects and arrow.end in rects]
    for arrow in ring:
        points = _arc(rects[arrow.start], rects[arrow.end], angles[arrow.start], angles[arrow.end], radii)
        others = [rect for rect in solid if rect not in (rects[arrow.start], rects[arrow.end])]
        if points is None or any(crosses(points, rect.wider(AIR)) for rect in others):
            return None
        ways.append(Way(_stopped(points, arrow.kind), arrow.kind, (arrow.start, arrow.end)))
    if any(crosses(way.points, word.rect) for way in ways for word in words if word.role == "arrow"):
        return None
    for arrow in ring:
        lines, w, h = _label(arrow)
        if not lines:
            continue
        way = next(way for way in ways if way.ends == (arrow.start, arrow.end))
        taken = [word.rect for word in words if word.role == "arrow"]
        spots = [spot for spot in _beside_arc(way.points, w, h) if _clear(spot, solid, taken, ways, math.inf)]
        if not spots:
            return None
        words.append(Words(spots[0], lines, "arrow"))
    return Picture(0, 0, tuple(frames), tuple(ways), tuple(words))


def _at_sides(rects, beside, outer: _Sized, labels, gap, on_left):
    """The boxes at the sides of a loop, with straight ways to their partners."""
    frames, words, ways = [], [], []
    for id, pairs in beside.items():
        y = rects[id].cy - _pile(pairs, outer.h, labels) / 2
        for box, arrow in pairs:
            slot = _slot(box, outer.h, labels)
            x = rects[id].x - gap - outer.w if id in on_left else rects[id].right + gap
            rect = Rect(x, y + (slot - outer.h) / 2, outer.w, outer.h)
            y += slot + ROOM
            frames.append(Frame(rect, "box", box.id, box.concept))
            words.append(outer.words(box.id, rect))
            near = rects[id].x if id in on_left else rects[id].right
            far = rect.right if id in on_left else rect.x
            there, here = (
                ((far, rect.cy), (near, rect.cy)) if arrow.start == box.id else ((near, rect.cy), (far, rect.cy))
            )
            ways.append(Way(_stopped((there, here), arrow.kind), arrow.kind, (arrow.start, arrow.end)))
            lines, w, h = labels[box.id]
            if lines:
                words.append(Words(Rect((near + far - w) / 2, rect.cy - AIR - h, w, h), lines, "arrow"))
    return frames, words, ways


def _arc(a: Rect, b: Rect, start: float, end: float, radii: tuple[float, float]) -> tuple[Point, ...] | None:
    """The way along the ellipse, clockwise, from the border of a box to that of the next; None if it is too short."""
    end = end if end < start else end - 2 * math.pi
    angles = [start + (end - start) * k / 240 for k in range(241)]
    points = [(radii[0] * math.cos(t), -radii[1] * math.sin(t)) for t in angles]
    outside = [at for at in points if not a.holds(at) and not b.holds(at)]
    if len(outside) < 2 or sum(math.dist(p, q) for p, q in pairwise(outside)) < 34:
        return None
    leave = _border(points[points.index(outside[0]) - 1], outside[0], a)
    arrive = _border(points[min(points.index(outside[-1]) + 1, 240)], outside[-1], b)
    return leave, *outside[1:-1:4], arrive


def _border(inside: Point, outside: Point, rect: Rect) -> Point:
    """The point of the border between two that are near it."""
    for _ in range(30):
        middle = (inside[0] + outside[0]) / 2, (inside[1] + outside[1]) / 2
        inside, outside = (middle, outside) if rect.holds(middle) else (inside, middle)
    return outside


def _beside_arc(points: Sequence[Point], w: float, h: float) -> list[Rect]:
    """Places for a text along a way around the origin: outside first, near its middle first."""
    spots = []
    for side in (1, -1):
        for part in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8):
            x, y = points[round(part * (len(points) - 1))]
            far = math.hypot(x, y) or 1.0
            nx, ny = x / far, y / far
            away = abs(nx) * w / 2 + abs(ny) * h / 2 + AIR + 2
            for more in (0.0, 8.0, 16.0):
                cx, cy = x + side * nx * (away + more), y + side * ny * (away + more)
                spots.append(Rect(cx - w / 2, cy - h / 2, w, h))
    return spots


def _ladder(part: Part, width: float) -> Picture:
    """A loop in a column: down from box to box, back to the first along the left, those at a side on the right."""
    ids = [box.id for box in part.boxes]
    beside = _partners(part)
    closing = next((each for each in part.arrows if (each.start, each.end) == (ids[-1], ids[0]) and len(ids) > 1), None)
    lane = 30.0 if closing else 0.0
    labels = {box.id: _label(arrow, 64.0) for pairs in beside.values() for box, arrow in pairs}
    gap = max(GAP, *(w + 2 * AIR + HEAD for _, w, _ in labels.values())) if labels else 0.0
    room = width - lane - gap - (4 if part.sides else 2) * PAD_X
    half = room / 2 if part.sides else room
    sized = _sized(part.boxes, min(TEXT if part.sides else 170.0, half), half)
    outer = _sized(part.sides, min(TEXT, half), half) if part.sides else _Sized(0.0, 0.0, {})
    down = [arrow for arrow in part.arrows if arrow is not closing and {arrow.start, arrow.end} <= set(ids)]
    texts = {arrow.start: _label(arrow, min(2 * LABEL, width - lane - sized.w / 2 - 2 * AIR - 4)) for arrow in down}
    rects, y = {}, 0.0
    for id in ids:
        height = max(sized.h, _pile(beside[id], outer.h, labels))
        rects[id] = Rect(lane, y, sized.w, height)
        y += height + max(GAP - 6, 12 + texts.get(id, ((), 0.0, 0.0))[2])
    frames, words = _boxes(part, rects, sized)
    more = _at_sides(rects, beside, outer, labels, gap, set())
    ways = more[2]
    for arrow in down:
        start, end = _between(rects[arrow.start], rects[arrow.end])
        ways.append(Way(_stopped((start, end), arrow.kind), arrow.kind, (arrow.start, arrow.end)))
        lines, w, h = texts[arrow.start]
        if lines:
            words.append(Words(Rect(start[0] + AIR + 3, (start[1] + end[1] - h) / 2, w, h), lines, "arrow"))
    if closing:
        first, last = rects[ids[0]], rects[ids[-1]]
        turn = last.bottom + 22
        way = ((last.cx, last.bottom), (last.cx, turn), (4.0, turn), (4.0, first.cy), (first.x, first.cy))
        ways.append(Way(_stopped(way, closing.kind, 0.8), closing.kind, (ids[-1], ids[0])))
        lines, w, h = _label(closing, width - 8)
        if lines:
            words.append(Words(Rect(4.0, turn + AIR, w, h), lines, "arrow"))
    return Picture(0, 0, (*frames, *more[0]), tuple(ways), (*words, *more[1])).fitted()


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
            placed.append(picture.moved(x + (each - picture.width) / 2, below + (tall - picture.height) / 2))
        y += head + (ROOM if head else 0.0) + tall + APART
    return Picture(
        width,
        y - APART + EDGE,
        tuple(frame for each in placed for frame in each.frames),
        tuple(way for each in placed for way in each.ways),
        tuple(word for each in placed for word in each.words),
    )


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
