"""Rectangles, ways and pictures: what a laid-out diagram is made of. In pixels, y pointing down."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

GAP = 46.0  # for an arrow between two boxes
HEAD = 9.0  # length of an arrow's head
ROOM = 14.0  # between a place and what it holds, and between boxes without an arrow
AIR = 6.0  # between a text and what it stands beside
Point = tuple[float, float]


class Rect(NamedTuple):
    """A rectangle by its upper left corner."""

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
        rects = all_rects(self)
        points = [at for way in self.ways for at in way.points]
        left = min([rect.x for rect in rects] + [x for x, _ in points])
        top = min([rect.y for rect in rects] + [y for _, y in points])
        right = max([rect.right for rect in rects] + [x for x, _ in points])
        bottom = max([rect.bottom for rect in rects] + [y for _, y in points])
        return replace(self.moved(-left, -top), width=right - left, height=bottom - top)


def all_rects(picture: Picture) -> list[Rect]:
    """Of all boxes, places and texts."""
    return [each.rect for each in (*picture.frames, *picture.words)]


def joined(pictures: Sequence[Picture]) -> Picture:
    """All that stands in several pictures, where it stands."""
    return Picture(
        0,
        0,
        tuple(frame for each in pictures for frame in each.frames),
        tuple(way for each in pictures for way in each.ways),
        tuple(word for each in pictures for word in each.words),
    )


def between(a: Rect, b: Rect, shift: float = 0.0) -> tuple[Point, Point]:
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


def stopped(points: Sequence[Point], kind: str, part: float = 0.6) -> tuple[Point, ...]:
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


def around_point(cx: float, cy: float, w: float, h: float) -> Rect:
    return Rect(cx - w / 2, cy - h / 2, w, h)


def beside_way(points: Sequence[Point], w: float, h: float) -> list[Rect]:
    """Places for a text along a straight way: near its middle first, above it before below."""
    (x0, y0), (x1, y1) = points[0], points[-1]
    far = math.hypot(x1 - x0, y1 - y0) or 1.0
    nx, ny = -(y1 - y0) / far, (x1 - x0) / far
    away = abs(nx) * w / 2 + abs(ny) * h / 2 + AIR
    up = -1 if ny > 0 else 1
    return [
        around_point(x0 + t * (x1 - x0) + side * nx * away, y0 + t * (y1 - y0) + side * ny * away, w, h)
        for t in (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)
        for side in (up, -up)
    ]


def first_clear(
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
