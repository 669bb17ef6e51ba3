"""Where words stand in a figure: the names of points and of lines, clear of each other, and a second legend."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

# Position of the text, and the box it fills, (left, right, bottom, top) in widths and heights of the text.
_SIDES = {
    "top center": (-0.5, 0.5, 0.6, 1.6),
    "bottom center": (-0.5, 0.5, -1.6, -0.6),
    "middle right": (0.1, 1.1, -0.5, 0.5),
    "middle left": (-1.1, -0.1, -0.5, 0.5),
    "top right": (0.02, 1.02, 0.4, 1.4),
    "bottom right": (0.02, 1.02, -1.4, -0.4),
    "top left": (-1.02, -0.02, 0.4, 1.4),
    "bottom left": (-1.02, -0.02, -1.4, -0.4),
}


def wide(text: str, size: float) -> float:
    """About how many pixels a text of this font size takes in one line, rather more than less in any sans-serif."""
    return size * sum(_letter(each) for each in text)


def _letter(letter: str) -> float:
    """The width of a letter in units of the font size."""
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if letter in "iljI.,:;!'|()[] ":
        return 0.36
    return 0.9 if letter in "mwMW%@—" else 0.74 if letter.isupper() else 0.62


def legend_at(y: float) -> dict[str, Any]:
    """A second legend like the first, for plots below: its lower edge stands at `y` of the figure's height."""
    looks = {"orientation": "h", "font": {"size": 12}, "bgcolor": "rgba(0,0,0,0)"}
    # Plotly reverses the order where traces are stacked.
    return looks | {"traceorder": "normal", "x": 0, "xanchor": "left", "y": y, "yanchor": "bottom"}


def sides(
    points: Sequence[tuple[float, float]],
    names: Sequence[str],
    avoid: Sequence[tuple[float, float]] = (),
    letter: float = 0.0165,
    row: float = 0.065,
) -> list[str]:
    """The `textposition` of each name.

    Points, and those to `avoid`, are given as fractions of the plot's width and height, as are the width of a
    `letter` and the height of a `row`. The names are placed one after the other, each on the side where it
    covers least; what would leave the plot counts as covered.
    """
    marks = [*points, *avoid]
    taken: list[tuple[float, float, float, float]] = []
    chosen = []
    for (x, y), name in zip(points, names, strict=True):
        width = letter * len(name)
        boxes = {
            side: (x + a * width, x + b * width, y + c * row, y + d * row) for side, (a, b, c, d) in _SIDES.items()
        }
        best = min(boxes, key=lambda side: _covered(boxes[side], marks, taken))
        taken.append(boxes[best])
        chosen.append(best)
    return chosen


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places at least `gap` apart, as near to those wanted as a push down and one up bring them, from low to high."""
    order = sorted(range(len(wanted)), key=lambda k: wanted[k])
    placed = [0.0] * len(wanted)
    least = low
    for k in order:
        placed[k] = least = max(wanted[k], least)
        least += gap
    most = high
    for k in reversed(order):
        placed[k] = most = min(placed[k], most)
        most -= gap
    return placed


def _covered(box, marks, taken, pad=0.01) -> float:
    left, right, bottom, top = box
    outside = max(0.0, -left) + max(0.0, right - 1) + max(0.0, -bottom) + max(0.0, top - 1)
    on_marks = sum(left - pad < x < right + pad and bottom - pad < y < top + pad for x, y in marks)
    on_names = sum(left < r and l < right and bottom < t and b < top for l, r, b, t in taken)
    return 10 * (outside > 0) + 3 * on_names + on_marks
