"""Where words stand in a figure: the names of points and of lines, clear of each other, and a second legend."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any


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
