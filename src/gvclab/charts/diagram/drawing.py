"""A laid-out diagram as SVG: real text, in the colour of the page it stands on, light, dark or paper."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from itertools import pairwise

from ..concepts import GREY, style
from ..theme import TEMPLATE
from .geometry import HEAD, Frame, Picture, Point, Way, Words
from .lines import LINE, SIZE, SMALL, SMALL_LINE

CORNER = 8.0
# The classes stand on each picture, so that one alone looks as it does on a page.
LOOKS = (
    ".gvclab-diagram{color:var(--jp-content-font-color1,currentColor);display:block;width:100%;height:auto}"
    ".gvclab-diagram text{fill:currentColor;stroke:none}"
    ".gvclab-diagram .box{fill:currentColor;fill-opacity:.06;stroke:currentColor;stroke-width:1.5}"
    f".gvclab-diagram .place{{fill:none;stroke:{GREY};stroke-width:1.5;stroke-dasharray:7 5}}"
    ".gvclab-diagram .way{fill:none;stroke:currentColor;stroke-width:1.8;stroke-linejoin:round}"
    ".gvclab-diagram .weak{stroke-dasharray:6 5}"
    ".gvclab-diagram .head{fill:currentColor;stroke:none}"
    "@media print{.gvclab-diagram{color:#000;background:#fff}}"
)
_FONTS = {"box": (SIZE, LINE, 400), "heading": (SIZE, LINE, 600), "place": (SMALL, SMALL_LINE, 600)}


def svg(picture: Picture, sentence: str) -> str:
    """The picture; `sentence` is what a screen reader says of it."""
    inner = [
        *(_frame(each) for each in picture.frames if each.role == "place"),
        *(_way(each) for each in picture.ways),
        *(_frame(each) for each in picture.frames if each.role == "box"),
        *(_words(each) for each in picture.words),
    ]
    family = escape(TEMPLATE["layout"]["font"]["family"], quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="gvclab-diagram" role="img" aria-label="{escape(sentence)}" '
        f'viewBox="0 0 {_n(picture.width)} {_n(picture.height)}" font-family="{family}">'
        f"<style>{LOOKS}</style>{''.join(inner)}</svg>"
    )


def _frame(frame: Frame) -> str:
    x, y, w, h = map(_n, frame.rect)
    color = f' style="stroke:{style(frame.concept).color};stroke-width:2.5"' if frame.concept else ""
    corner = 18 if frame.role == "place" else 6
    return f'<rect class="{frame.role}" x="{x}" y="{y}" width="{w}" height="{h}" rx="{corner}"{color}/>'


def _words(words: Words) -> str:
    size, line, weight = _FONTS.get(words.role, (SMALL, SMALL_LINE, 400))
    if words.lines[0] in ("+", "−"):
        size, weight = SIZE, 700  # a sign alone
    left = words.role == "heading"
    x = _n(words.rect.x if left else words.rect.cx)
    top = words.rect.cy - line * len(words.lines) / 2 + line / 2 + 0.35 * size
    lines = "".join(
        f'<tspan x="{x}" y="{_n(top + k * line)}">{escape(each)}</tspan>' for k, each in enumerate(words.lines)
    )
    anchor = "start" if left else "middle"
    return f'<text font-size="{_n(size)}" font-weight="{weight}" text-anchor="{anchor}">{lines}</text>'


def _way(way: Way) -> str:
    end = way.points[-1]
    back = _before(way.points, HEAD)
    dx, dy = end[0] - back[0], end[1] - back[1]
    far = math.hypot(dx, dy) or 1.0
    dx, dy = dx / far, dy / far
    points = list(way.points)
    head = ""
    if way.kind == "stops":
        head = _path([(end[0] - 7 * dy, end[1] + 7 * dx), (end[0] + 7 * dy, end[1] - 7 * dx)], "way")
    elif way.kind != "link":
        base = end[0] - HEAD * dx, end[1] - HEAD * dy
        corners = [end, (base[0] - 4.5 * dy, base[1] + 4.5 * dx), (base[0] + 4.5 * dy, base[1] - 4.5 * dx)]
        head = f'<polygon class="head" points="{" ".join(f"{_n(x)},{_n(y)}" for x, y in corners)}"/>'
        # The line ends within the head, or its end would be seen beside the tip.
        points = [*[at for at in points[:-1] if math.dist(at, end) > HEAD], (end[0] - 6 * dx, end[1] - 6 * dy)]
    return _path(points, "way weak" if way.kind == "weak" else "way") + head


def _before(points: Sequence[Point], length: float) -> Point:
    """The point of a way that is `length` before its end."""
    for a, b in pairwise(reversed(points)):
        step = math.dist(a, b)
        if step >= length:
            return a[0] + (b[0] - a[0]) * length / step, a[1] + (b[1] - a[1]) * length / step
        length -= step
    return points[0]


def _path(points: Sequence[Point], kind: str) -> str:
    """A line from point to point with rounded corners."""
    said = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for (a, b), (_, c) in pairwise(pairwise(points)):
        enter, leave = _towards(b, a), _towards(b, c)
        said.append(f"L{_n(enter[0])} {_n(enter[1])}Q{_n(b[0])} {_n(b[1])} {_n(leave[0])} {_n(leave[1])}")
    said.append(f"L{_n(points[-1][0])} {_n(points[-1][1])}")
    return f'<path class="{kind}" d="{"".join(said)}"/>'


def _towards(corner: Point, other: Point) -> Point:
    far = math.dist(corner, other) or 1.0
    t = min(CORNER, far / 2) / far
    return corner[0] + t * (other[0] - corner[0]), corner[1] + t * (other[1] - corner[1])


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
