"""Where everything in a diagram stands: from a description and a width to a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from .circles import lay_loop, lay_poles
from .description import Description, Part
from .geometry import ROOM, Picture, Rect, Words, joined
from .lines import LINE, SIZE, wrap
from .rows import lay_meet, lay_row

EDGE = 6.0  # around the whole
APART = 34.0  # between parts
LAYOUTS: dict[str, Callable[[Part, float], Picture]] = {
    "row": lay_row,
    "meet": lay_meet,
    "poles": lay_poles,
    "loop": lay_loop,
}


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
    return replace(joined(placed), width=width, height=y - APART + EDGE)


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
