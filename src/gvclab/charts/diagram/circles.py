"""Poles with links between them, and loops of causes: they grow until nothing lies on anything."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from typing import NamedTuple

from .description import Arrow, Box, Part
from .geometry import (
    AIR,
    GAP,
    ROOM,
    Frame,
    Picture,
    Point,
    Rect,
    Way,
    Words,
    all_rects,
    around_point,
    beside_way,
    between,
    crosses,
    first_clear,
    joined,
    stopped,
)
from .lines import LABEL, PAD_X, TEXT, WIDE, Sized, box_frames, ends_of, label_of, sized_for
from .rows import lay_row

LANE = 30.0  # for the way back of a loop in a column
BEND = 0.13  # of a way around a loop, in units of its length
SHORTEST = 30.0  # length of a way around a loop


def lay_poles(part: Part, width: float) -> Picture:
    """Boxes on an ellipse, straight links between them; it grows until nothing lies on anything, else link by link."""
    n = len(part.boxes)
    if n < 3:
        return lay_row(part, width)
    sized = sized_for(part.boxes, TEXT, width)
    most = (width - sized.w) / 2
    for step in range(24):
        across, down = min(most, 150.0 + 20 * step), 70.0 + 20 * step
        angles = [math.pi / 2 - 2 * math.pi * k / n for k in range(n)]
        rects = {
            box.id: around_point(across * math.cos(angle), -down * math.sin(angle), sized.w, sized.h)
            for box, angle in zip(part.boxes, angles, strict=True)
        }
        if found := _linked(part, rects, width / 2):
            frames, words = box_frames(part, rects, sized)
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
        placed.append(lay_row(row, width).moved(0.0, y))
        y = max(rect.bottom for rect in all_rects(placed[-1])) + ROOM
    return joined(placed).fitted()


def _linked(part: Part, rects: dict[str, Rect], reach: float) -> tuple[list[Way], list[Words]] | None:
    """The links between boxes with their texts; None if something would lie on something else."""
    boxes = list(rects.values())
    if any(a.meets(b, ROOM) for a, b in combinations(boxes, 2)):
        return None
    ways, texts = [], []
    for arrow in part.arrows:
        both = (arrow.end, arrow.start) in ends_of(part)
        start, end = between(rects[arrow.start], rects[arrow.end], 7.0 if both else 0.0)
        others = [rect for id, rect in rects.items() if id not in (arrow.start, arrow.end)]
        if math.dist(start, end) < GAP - 12 or any(crosses((start, end), rect.wider(AIR)) for rect in others):
            return None
        ways.append(Way(stopped((start, end), arrow.kind), arrow.kind, (arrow.start, arrow.end)))
    for arrow, way in zip(part.arrows, ways, strict=True):
        lines, w, h = label_of(arrow)
        if lines:
            spots = [spot for spot in beside_way(way.points, w, h) if -reach <= spot.x and spot.right <= reach]
            spot = first_clear(spots, boxes, texts, ways)
            if spot is None:
                return None
            texts.append(Words(spot, lines, "arrow"))
    return ways, texts


def lay_loop(part: Part, width: float) -> Picture:
    """Causes in a circle, clockwise from the top; where that is too narrow, in a column with a way back."""
    sides = _Sides.of(part, width)
    for steep in (0.45, 0.0):
        if found := _ring(part, sides, width, steep) or _ladder(part, sides, width, steep):
            return found
    raise AssertionError("a column with straight ways always has room for its texts")


class _Sides(NamedTuple):
    """What acts on a loop from outside: boxes, by the box of the loop that each belongs to."""

    sized: Sized
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
        labels = {box.id: label_of(arrow, 64.0) for each in pairs.values() for box, arrow in each}
        gap = max(54.0, *(w + 2 * ROOM for _, w, _ in labels.values())) if labels else 0.0
        if not boxes:
            return cls(Sized(0.0, 0.0, {}), pairs, labels, gap)
        most = (width - LANE - gap) / 2 - 2 * PAD_X
        return cls(sized_for(part.sides, min(TEXT, most), most), pairs, labels, gap)

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
                ways.append(Way(stopped(points, arrow.kind), arrow.kind, (arrow.start, arrow.end)))
        solid = [*rects.values(), *(frame.rect for frame in frames)]
        for way in ways:
            lines, w, h = next(self.labels[id] for id in way.ends if id in self.labels)
            if lines:
                spot = first_clear(beside_way(way.points, w, h), solid, words, ways)
                if spot is None:
                    return None
                words.append(Words(spot, lines, "arrow"))
        return Picture(0, 0, tuple(frames), tuple(ways), tuple(words))


def _ring(part: Part, sides: _Sides, width: float, steep: float) -> Picture | None:
    n = len(part.boxes)
    if n < 3:
        return None
    sized = sized_for(part.boxes, TEXT, width)
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
            frames, words = box_frames(part, rects, sized)
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
        ways.append(Way(stopped(points, arrow.kind), arrow.kind, (arrow.start, arrow.end)))
    for arrow in ring:
        lines, w, h = label_of(arrow)
        if lines:
            way = next(way for way in ways if way.ends == (arrow.start, arrow.end))
            spot = first_clear(_beside_bow(way.points, w, h), solid, words, ways)
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
                spots.append(around_point(x + side * nx * away, y + side * ny * away, w, h))
    return spots


def _ladder(part: Part, sides: _Sides, width: float, steep: float) -> Picture | None:
    """A loop in a column: down from box to box, back to the first along the left, those at a side on the right."""
    ids = [box.id for box in part.boxes]
    closing = next((each for each in part.arrows if (each.start, each.end) == (ids[-1], ids[0]) and len(ids) > 1), None)
    lane = LANE if closing else 0.0
    most = width - lane - 2 * PAD_X
    half = most - sides.gap - sides.sized.w if part.sides else most
    sized = sized_for(part.boxes, min(TEXT if part.sides else WIDE, half), half)
    down = [arrow for arrow in part.arrows if arrow is not closing and {arrow.start, arrow.end} <= set(ids)]
    texts = {arrow.start: label_of(arrow, min(2 * LABEL, width - lane - sized.w / 2 - 4 * AIR)) for arrow in down}
    rects, y = {}, 0.0
    for id in ids:
        height = sides.height(id, sized.h, steep)
        slot = max(height, sides.whole(id))
        rects[id] = Rect(lane, y + (slot - height) / 2, sized.w, height)
        y += slot + max(GAP - 6, 12 + texts.get(id, ((), 0.0, 0.0))[2])
    outside = sides.placed(rects, set())
    if outside is None:
        return None
    frames, words = box_frames(part, rects, sized)
    ways = list(outside.ways)
    for arrow in down:
        start, end = between(rects[arrow.start], rects[arrow.end])
        ways.append(Way(stopped((start, end), arrow.kind), arrow.kind, (arrow.start, arrow.end)))
        lines, w, h = texts[arrow.start]
        if lines:
            # In the middle of the way, or between the two rows: those at a side may be taller than their partners.
            spare = max(0.0, sides.whole(arrow.end) - rects[arrow.end].h) / 2
            tops = ((start[1] + end[1] - h) / 2, end[1] - spare - AIR - h)
            spots = [Rect(start[0] + AIR + 3, top, w, h) for top in tops]
            solid = [frame.rect for frame in outside.frames]
            words.append(Words(first_clear(spots, solid, outside.words, ways) or spots[-1], lines, "arrow"))
    if closing:
        first, last = rects[ids[0]], rects[ids[-1]]
        turn = max(last.bottom, last.cy + sides.whole(ids[-1]) / 2) + 22
        way = ((last.cx, last.bottom), (last.cx, turn), (4.0, turn), (4.0, first.cy), (first.x, first.cy))
        ways.append(Way(stopped(way, closing.kind, 0.8), closing.kind, (ids[-1], ids[0])))
        lines, w, h = label_of(closing, width - 8)
        if lines:
            words.append(Words(Rect(4.0, turn + AIR, w, h), lines, "arrow"))
    return Picture(0, 0, (*frames, *outside.frames), tuple(ways), (*words, *outside.words)).fitted()
