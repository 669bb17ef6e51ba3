"""Diagrams: nothing lies on anything, whatever the words; what cannot be drawn is refused by file, line and field."""

from __future__ import annotations

import math
import random
from itertools import combinations, pairwise

import pytest

from gvclab.charts import diagram as shown
from gvclab.charts.diagram import Arrow, Box, Description, Group, Part, diagram, reworded, wording
from gvclab.charts.diagram.description import LAYOUTS, usual
from gvclab.charts.diagram.layout import SIZE, SMALL, crosses, laid_out
from gvclab.charts.labels import wide
from gvclab.content import resource

WIDTHS = tuple(shown.WIDTHS)
COMMITTED = sorted(path.stem for path in (resource("content") / "diagrams").glob("*.yml"))
CHINESE = "全球价值链重构与供应安全，效率和风险"
SVG = "{http://www.w3.org/2000/svg}"


# ------------------------------------------------------------------------------------------- random descriptions


def said(rng: random.Random, most: int) -> str:
    """A text of one to `most` words: short ones, long ones, or Chinese."""
    kind = rng.random()
    if kind < 0.2:
        return "".join(rng.choice(CHINESE.strip("，")) for _ in range(rng.randint(1, 4 * most)))
    letters = "abcdefghijklmnopqrstuvwxyz"
    lengths = [rng.randint(1, 24 if kind > 0.8 else 9) for _ in range(rng.randint(1, most))]
    return " ".join("".join(rng.choice(letters) for _ in range(length)) for length in lengths)


def arrow(rng: random.Random, start: str, end: str) -> Arrow:
    kind = rng.choice(("leads", "leads", "leads", "weak", "stops", "link"))
    return Arrow(start, end, said(rng, 2) if rng.random() < 0.4 else "", rng.choice(("", "", "+", "-")), kind)


def part(rng: random.Random, layout: str, name: str) -> Part:
    ids = [f"{name}{k}" for k in range(rng.randint(2, 6))]
    boxes = tuple(Box(id, said(rng, 4), rng.choice(("", "home", "CHN"))) for id in ids)
    ends = usual(layout, ids)
    if layout == "row":
        ends += [pair[::-1] for pair in ends if rng.random() < 0.3]
        ends = [pair for pair in ends if rng.random() < 0.9]
    if layout == "poles":
        ends = [pair for pair in combinations(ids, 2) if rng.random() < 0.5]
        ends += [pair[::-1] for pair in ends if rng.random() < 0.2]
    arrows = [arrow(rng, *pair) for pair in ends]
    sides = ()
    if layout == "loop":
        sides = tuple(Box(f"{name}side{k}", said(rng, 3)) for k in range(rng.randint(0, 3)))
        arrows += [arrow(rng, *rng.choice([(box.id, at), (at, box.id)])) for box in sides for at in [rng.choice(ids)]]
    groups = ()
    if layout in ("row", "meet") and rng.random() < 0.6:
        inside = ids if layout == "row" else ids[:-1]
        cut = rng.randint(1, len(inside))
        groups = (Group(f"{name}g", said(rng, 3), tuple(inside[:cut])),)
        if inside[cut:] and rng.random() < 0.5:
            groups += (Group(f"{name}h", said(rng, 3), tuple(inside[cut:])),)
    text = said(rng, 5) if rng.random() < 0.5 else ""
    return Part(name, layout, boxes, tuple(arrows), groups, sides, text, rng.random() < 0.4)


def described(seed: int) -> Description:
    rng = random.Random(seed)
    layouts = [LAYOUTS[seed % 4], *rng.choices(LAYOUTS, k=rng.randint(0, 1))]
    return Description(
        f"random {seed}", said(rng, 12), tuple(part(rng, each, "ab"[k]) for k, each in enumerate(layouts))
    )


# ------------------------------------------------------------------------------------------------------ geometry


def on_border(rect, at, by: float = 1.0) -> bool:
    return rect.wider(by).holds(at) and not rect.wider(-by).holds(at)


def check(description: Description, width: int) -> None:
    """All that holds for a diagram that can be read."""
    picture = laid_out(description, width)
    boxes = {frame.id: frame.rect for frame in picture.frames if frame.role == "box"}
    places = {frame.id: frame.rect for frame in picture.frames if frame.role == "place"}
    outside = [word for word in picture.words if word.role != "box"]
    for rect in [*boxes.values(), *places.values(), *(word.rect for word in picture.words)]:
        assert rect.x >= -0.5 and rect.y >= -0.5
        assert rect.right <= picture.width + 0.5 and rect.bottom <= picture.height + 0.5
    for way in picture.ways:
        assert all(0 <= x <= picture.width and 0 <= y <= picture.height for x, y in way.points)
    for a, b in combinations(boxes.values(), 2):
        assert not a.meets(b, 10)
    for word in picture.words:
        size, line = (SIZE, 20) if word.role in ("box", "heading") else (SMALL, 17)
        assert max(wide(each, size) for each in word.lines) <= word.rect.w + 0.5
        assert line * len(word.lines) <= word.rect.h + 0.5
    for word in outside:
        assert not any(word.rect.meets(box, 1) for box in boxes.values()), word
    for a, b in combinations(outside, 2):
        assert not a.rect.meets(b.rect), (a, b)
    for way in picture.ways:
        start, end = (boxes[id] for id in way.ends)
        assert on_border(start, way.points[0])
        assert on_border(end, way.points[-1]) or (way.kind == "stops" and not end.wider(2).holds(way.points[-1]))
        assert sum(math.dist(a, b) for a, b in pairwise(way.points)) >= 12
        assert not any(crosses(way.points, box.wider(1)) for id, box in boxes.items() if id not in way.ends), way
        assert not any(crosses(way.points, box.wider(-1)) for id, box in boxes.items() if id in way.ends), way
        assert not any(crosses(way.points, word.rect) for word in outside), way
    holds = {group.id: set(group.holds) for part in description.parts for group in part.groups}
    for id, place in places.items():
        for box, rect in boxes.items():
            inside = place.x < rect.x and rect.right < place.right and place.y < rect.y and rect.bottom < place.bottom
            assert inside if box in holds[id] else not place.meets(rect)
    for a, b in combinations(places.values(), 2):
        assert not a.meets(b)
    for place in places.values():
        for word in outside:
            inside = place.x < word.rect.x and word.rect.right < place.right
            assert inside or not place.meets(word.rect)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("seed", range(200))
def test_nothing_lies_on_anything(seed, width):
    check(described(seed), width)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", COMMITTED)
def test_a_diagram_of_the_course_can_be_read_and_translated(name, width):
    description = diagram(name).description
    check(description, width)
    longer = {id: f"{words} {'x' * (len(words) // 3)}" for id, words in wording(description).items()}
    check(reworded(description, longer), width)
    chinese = {id: (CHINESE * 3)[: max(2, len(words) // 3)] for id, words in wording(description).items()}
    check(reworded(description, chinese), width)
