"""Where words stand in a figure: the names of points, clear of each other and of other points, and a second legend."""

from __future__ import annotations

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


def _covered(box, marks, taken, pad=0.01) -> float:
    left, right, bottom, top = box
    outside = max(0.0, -left) + max(0.0, right - 1) + max(0.0, -bottom) + max(0.0, top - 1)
    on_marks = sum(left - pad < x < right + pad and bottom - pad < y < top + pad for x, y in marks)
    on_names = sum(left < r and l < right and bottom < t and b < top for l, r, b, t in taken)
    return 10 * (outside > 0) + 3 * on_names + on_marks
