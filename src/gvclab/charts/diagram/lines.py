"""Lines of text in a diagram, and the boxes that hold them.

Widths are estimated rather too large (`labels.wide`), so that a text fits whatever sans-serif the page has, and in
Chinese.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..labels import wide
from .description import Arrow, Box, Part
from .geometry import Frame, Rect, Words

SIZE, SMALL, LINE, SMALL_LINE = 15.0, 13.0, 20.0, 17.0  # fonts of boxes and of all else, and their lines
PAD_X, PAD_Y = 14.0, 11.0  # between a box and its text
TEXT = 128.0  # width of a box's text that is aimed at
LABEL = 112.0  # width of an arrow's text that is aimed at
WIDE = 170.0  # the same in a column
SIGN = {"+": "+", "-": "−", "": ""}
CLOSING = "，。；：！？、）》」』”’,.;:!?)"  # never at the beginning of a line


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


def block(lines: Sequence[str], size: float, line: float) -> tuple[float, float]:
    return max(wide(each, size) for each in lines), line * len(lines)


def label_of(arrow: Arrow, width: float = LABEL) -> tuple[tuple[str, ...], float, float]:
    """What stands beside an arrow: its sign and its text; lines, width and height, or nothing."""
    said = f"{SIGN[arrow.sign]} {arrow.text}".strip()
    if not said:
        return (), 0.0, 0.0
    lines = wrap(said, SMALL, max(width, SMALL * 2))
    return lines, *block(lines, SMALL, SMALL_LINE)


class Sized(NamedTuple):
    """Boxes of one size, with their lines."""

    w: float
    h: float
    lines: dict[str, tuple[str, ...]]

    def words(self, id: str, rect: Rect) -> Words:
        return Words(rect, self.lines[id], "box")


def sized_for(boxes: Iterable[Box], target: float, most: float) -> Sized:
    """Boxes as wide as the widest needs; words are cut only where they are longer than `most`."""
    boxes = list(boxes)
    width = min(max(target, *(longest(box.text, SIZE) for box in boxes)), most)
    lines = {box.id: wrap(box.text, SIZE, width) for box in boxes}
    blocks = [block(each, SIZE, LINE) for each in lines.values()]
    return Sized(max(w for w, _ in blocks) + 2 * PAD_X, max(h for _, h in blocks) + 2 * PAD_Y, lines)


def ends_of(part: Part) -> set[tuple[str, str]]:
    return {(arrow.start, arrow.end) for arrow in part.arrows}


def box_frames(part: Part, rects: dict[str, Rect], sized: Sized) -> tuple[list[Frame], list[Words]]:
    frames = [Frame(rects[box.id], "box", box.id, box.concept) for box in part.boxes]
    return frames, [sized.words(box.id, rects[box.id]) for box in part.boxes]
