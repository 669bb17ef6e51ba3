"""Diagrams: nothing lies on anything, whatever the words; what cannot be drawn is refused by file, line and field."""

from __future__ import annotations

import math
import random
import re
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from gvclab.charts.concepts import CONCEPTS
from gvclab.charts.diagram import (
    WIDTHS,
    Arrow,
    Box,
    Description,
    DiagramError,
    Group,
    Part,
    diagram,
    parse,
    reworded,
    wording,
)
from gvclab.charts.diagram.description import LAYOUTS, usual
from gvclab.charts.diagram.drawing import LOOKS
from gvclab.charts.diagram.geometry import crosses
from gvclab.charts.diagram.layout import laid_out
from gvclab.charts.diagram.lines import SIZE, SMALL, wrap
from gvclab.charts.labels import wide
from gvclab.content import resource

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
        assert all(-1 <= x <= picture.width + 1 and -1 <= y <= picture.height + 1 for x, y in way.points)
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
@pytest.mark.parametrize("seed", range(60))
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


# ---------------------------------------------------------------------------------------------- what is drawn


def elements(picture: str, tag: str) -> list[ET.Element]:
    return list(ET.fromstring(picture).iter(f"{SVG}{tag}"))


@pytest.mark.parametrize("name", COMMITTED)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_picture_has_a_name_and_real_text(name, width):
    made = diagram(name)
    picture = made.svg(width)
    root = ET.fromstring(picture)
    assert root.get("role") == "img"
    assert root.get("aria-label") == made.description.sentence
    drawn = "".join("".join(text.itertext()) for text in elements(picture, "text")).replace(" ", "")
    drawn = drawn.replace("\N{HYPHEN}", "")  # where a long word is broken in little room
    words = [said.replace(" ", "") for id, said in wording(made.description).items() if id != "sentence"]
    signs = [arrow.sign.replace("-", "−") for part in made.description.parts for arrow in part.arrows]
    if any(part.layout == "poles" for part in made.description.parts):
        # In little room each of its arrows is a pair by itself, so that a box is named more than once.
        assert all(said in drawn for said in (*words, *signs))
        assert re.sub("|".join(sorted(map(re.escape, filter(None, (*words, *signs))), key=len)[::-1]), "", drawn) == ""
    else:
        assert sorted(drawn) == sorted("".join([*words, *signs]))


def test_a_picture_takes_its_colours_from_the_page_and_from_the_table():
    known = {each.color.lower() for each in CONCEPTS.values()} | {"#7f7f7f"}
    for name in COMMITTED:
        inks = {color.lower() for color in re.findall(r"#[0-9A-Fa-f]{3,6}\b", diagram(name).svg())}
        assert inks - {"#000", "#fff"} <= known
    # Text is the page's own, and black on paper.
    assert ".gvclab-diagram text{fill:currentColor" in LOOKS
    assert "color:var(--jp-content-font-color1,currentColor)" in LOOKS
    assert "@media print{.gvclab-diagram{color:#000;background:#fff}}" in LOOKS


def test_the_head_of_an_arrow_touches_the_box_and_what_stops_has_none():
    a, b, c = (Box(id, id) for id in "abc")
    made = Description("x", "x", (Part("p", "row", (a, b, c), (Arrow("a", "b"), Arrow("b", "c", kind="stops"))),))
    picture = diagram(made).svg()
    heads = elements(picture, "polygon")
    boxes = [rect for rect in elements(picture, "rect") if rect.get("class") == "box"]
    assert len(heads) == 1
    tip = max(float(at.split(",")[0]) for at in heads[0].get("points").split())
    assert tip == pytest.approx(float(boxes[1].get("x")), abs=0.2)


def test_a_notebook_gets_pictures_for_three_widths_and_the_sentence():
    made = diagram(COMMITTED[0])
    bundle = made._repr_mimebundle_()
    assert bundle["text/plain"] == made.description.sentence
    assert bundle["text/html"].count("<svg") == len(WIDTHS)
    assert "<script" not in bundle["text/html"] and " id=" not in bundle["text/html"]
    ET.fromstring(bundle["text/html"])


def test_words_of_people_are_no_markup():
    made = Description("x", 'a "b" <c>', (Part("p", "row", (Box("a", "<b>&"), Box("b", "c"))),))
    assert ET.fromstring(diagram(made).svg()).get("aria-label") == 'a "b" <c>'


def test_lines_break_at_spaces_and_between_chinese_characters_and_not_before_a_stop():
    assert wrap("raw materials", 15, 100) == ("raw", "materials")
    assert wrap("first second third", 15, 110) == ("first second", "third")
    lines = wrap("全球价值链，重构与供应安全。", 15, 80)
    assert "".join(lines) == "全球价值链，重构与供应安全。"
    assert len(lines) > 1 and not any(line[0] in "，。" for line in lines)
    long = wrap("incomprehensibilities", 15, 80)
    assert len(long) > 1 and "".join(line.rstrip("\u2010") for line in long) == "incomprehensibilities"


# ------------------------------------------------------------------------------------------------------- reading

GOOD = """\
sentence: A row.
parts:
  - id: p
    layout: row
    boxes:
      a: first
      b: {text: second, concept: home}
"""


def test_a_description_is_read_with_the_usual_arrows():
    made = parse(GOOD, Path("good.yml"))
    assert made.parts[0].arrows == (Arrow("a", "b"),)
    assert made.parts[0].boxes[1] == Box("b", "second", "home")
    assert wording(made) == {"sentence": "A row.", "box.a": "first", "box.b": "second"}
    assert reworded(made, {"box.a": "erster"}).parts[0].boxes[0].text == "erster"


LOOP = GOOD.replace("layout: row", "layout: loop")


@pytest.mark.parametrize(
    ("source", "where", "why"),
    [
        (GOOD.replace("  b: {text: second, concept: home}", "  a: second"), "bad.yml:7: parts.0.boxes.a", "twice"),
        (GOOD + "    arrows: [{from: a, to: z}]\n", "bad.yml:8: parts.0.arrows.0.to", "no box 'z'"),
        (GOOD + "    arrows: [{from: a, to: b}, {from: a, to: b}]\n", "parts.0.arrows.1", "twice"),
        (GOOD + "    arrows: [{from: a, to: a}]\n", "parts.0.arrows.0", "side by side"),
        (GOOD + "    arrows: [{from: a, to: b, sign: plus}]\n", "parts.0.arrows.0.sign", "none of"),
        (GOOD + "    arrows: [{from: a, to: b, colour: red}]\n", "parts.0.arrows.0.colour", "no such field"),
        (GOOD + "    groups: {g: {text: place, holds: [c]}}\n", "parts.0.groups.g.holds", "no box 'c'"),
        (GOOD + "    groups: {g: {text: place, holds: []}}\n", "parts.0.groups.g.holds", "one box or several"),
        (GOOD + "    sides: {s: side}\n", "parts.0.sides", "only a loop"),
        (LOOP + "    sides: {s: side}\n    arrows: [{from: a, to: b}]\n", "parts.0.arrows", "exactly one arrow"),
        (LOOP + "    groups: {g: {text: place, holds: [a]}}\n", "parts.0.groups", "only boxes in a row"),
        (GOOD.replace("layout: row", "layout: star"), "bad.yml:4: parts.0.layout", "'star' is none of row"),
        (GOOD.replace("concept: home", "concept: hoem"), "parts.0.boxes.b.concept", "none of home"),
        (GOOD.replace("a: first", "a:"), "bad.yml:6: parts.0.boxes.a", "fields"),
        (GOOD.replace("    layout: row\n", ""), "parts.0", "layout is missing"),
        (GOOD.replace("sentence: A row.\n", ""), "sentence", "missing"),
        (GOOD.replace("sentence: A row.", "sentence: 3"), "bad.yml:1: sentence", "a text"),
        (GOOD + GOOD.partition("parts:\n")[2].replace("id: p", "id: q"), "parts.1", "a stands twice"),
        ("parts: [", "bad.yml", ""),
        ("", "bad.yml:1", ""),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_file_line_and_field(source, where, why):
    with pytest.raises(DiagramError) as refused:
        parse(source, Path("bad.yml"))
    assert where in str(refused.value)
    assert why in str(refused.value)
    assert str(refused.value).startswith("bad.yml")


def test_an_unknown_diagram_names_those_there_are():
    with pytest.raises(DiagramError, match=COMMITTED[0]):
        diagram("nothing")
