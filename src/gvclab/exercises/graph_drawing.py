"""Boxes and arrows on paper: where the boxes of a directed graph stand, and its picture as SVG.

Pure functions of names and arrows. The picture needs no widget: it also shows in an exported notebook.
"""

from __future__ import annotations

import html
import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise

from gvclab.content import text

from .checkers_graph import stops_of
from .plain import describe, plain

# An arrow is (from, to, sign), the sign "+", "-" or "".
Arrow = tuple[str, str, str]
Point = tuple[float, float]

WIDTH, HEIGHT = 760, 460  # of the canvas on which arrows are drawn by hand, in px
_LINE, _CHARACTER, _PAD = (
    16,
    7.3,
    22,
)  # height of a line, mean width of a character, left and right of a label together
_COLUMN, _ROW, _MARGIN = 60, 58, 12  # gap between columns; distance of rows; around the picture


def read_arrows(edges: Iterable) -> list[Arrow]:
    """The arrows of a list of (from, to), (from, to, sign) or lines "a -> b", each once.

    ValueError names an entry that is none.
    """
    found: dict[tuple[str, str], str] = {}
    for entry in edges.splitlines() if isinstance(edges, str) else edges:
        stops, sign = stops_of(plain(entry))
        if stops is None:
            raise ValueError(text("exercises.graph.entry", got=describe(plain(entry))))
        found.update(dict.fromkeys(pairwise(stops), sign))
    return [(*pair, sign) for pair, sign in found.items()]


def label(name: str) -> dict:
    """A box for a name: its lines, its width and height in px."""
    lines = textwrap.wrap(name, 14, break_long_words=False) or [""]
    return {
        "lines": lines,
        "width": round(max(map(len, lines)) * _CHARACTER + _PAD),
        "height": len(lines) * _LINE + 12,
    }


def ring(names: Sequence[str]) -> dict[str, Point]:
    """The boxes on an ellipse, clockwise from the top: no three in a line, so no arrow hides behind a box."""
    rx, ry = WIDTH / 2 - 80, HEIGHT / 2 - 32
    angles = [2 * math.pi * i / len(names) for i in range(len(names))]
    return {
        name: (round(WIDTH / 2 + rx * math.sin(a), 1), round(HEIGHT / 2 - ry * math.cos(a), 1))
        for name, a in zip(names, angles, strict=True)
    }


def layers(pairs: Iterable[tuple[str, str]]) -> list[list]:
    """The boxes in columns from cause to effect, each as far right as its effects allow.

    Boxes in a circle share one column. An arrow over several columns is held open by a placeholder (from,
    to, column) in each column it crosses. The order in a column keeps what is joined close together: by the
    mean position of the neighbours, swept there and back.
    """
    import networkx as nx

    graph = nx.DiGraph(pairs)
    whole = nx.condensation(graph)
    generations = list(nx.topological_generations(whole.reverse()))[::-1]
    column = {
        name: i
        for i, group in enumerate(generations)
        for component in group
        for name in whole.nodes[component]["members"]
    }
    columns: list[list] = [[name for name in graph if column[name] == i] for i in range(len(generations))]
    near: dict = {name: [] for name in graph}
    for a, b in graph.edges:
        stops = [a, *((a, b, i) for i in range(column[a] + 1, column[b])), b]
        for i, stop in enumerate(stops[1:-1], column[a] + 1):
            columns[i].append(stop)
            near[stop] = []
        for left, right in pairwise(stops):
            near[left].append(right)
            near[right].append(left)
    place = {name: i - len(names) / 2 for names in columns for i, name in enumerate(names)}
    for names in [*columns, *columns[::-1]] * 4:
        names.sort(key=lambda name: sum(place[n] for n in near[name]) / max(1, len(near[name])))
        place.update({name: i - len(names) / 2 for i, name in enumerate(names)})
    return columns


def tidy(names: Sequence[str], pairs: Iterable[tuple[str, str]]) -> dict[str, Point]:
    """The boxes on the canvas: those with arrows in columns from cause to effect, the others in rows below.

    Where that would put one box upon another or over the edge (a long chain, many boxes in a column), or there
    are no arrows: the ring.
    """
    columns = layers(pairs)
    joined = [name for names in columns for name in names if isinstance(name, str)]
    idle = [name for name in names if name not in joined]
    rows = [idle[i : i + 5] for i in range(0, len(idle), 5)]
    floor = HEIGHT - 50 * len(rows) - (12 if rows else 0)
    step = (WIDTH - 160) / max(1, len(columns) - 1)
    placed = {
        name: (round(80 + step * i, 1), round(floor * (j + 0.5) / len(column), 1))
        for i, column in enumerate(columns)
        for j, name in enumerate(column)
        if name in joined
    }
    for i, row in enumerate(rows):
        for j, name in enumerate(row):
            placed[name] = (round(WIDTH * (j + 0.5) / len(row), 1), floor + 37.0 + 50 * i)
    return placed if joined and not _crowded(placed) else ring(names)


def _crowded(placed: Mapping[str, Point]) -> bool:
    """Two boxes touch, or one does not fit."""
    boxes = {name: label(name) for name in placed}
    over = any(
        not boxes[name]["height"] / 2 <= y <= HEIGHT - boxes[name]["height"] / 2 for name, (_, y) in placed.items()
    )
    return over or any(
        abs(placed[a][0] - placed[b][0]) < (boxes[a]["width"] + boxes[b]["width"]) / 2
        and abs(placed[a][1] - placed[b][1]) < (boxes[a]["height"] + boxes[b]["height"]) / 2
        for a, b in combinations(placed, 2)
    )


class Drawing:
    """A picture of arrows: `svg`, `sentence` (its text alternative) and `arrows`; displays itself."""

    def __init__(self, arrows: Sequence[Arrow], title: str = "") -> None:
        self.arrows = tuple(arrows)
        self.title = title or text("widgets.drawing.title")
        key = "one" if len(arrows) == 1 else "many" if arrows else "none"
        listed = "; ".join(_line(arrow) for arrow in arrows)
        self.sentence = text(f"widgets.drawing.sentence.{key}", count=len(arrows), listed=listed)
        self.svg = _svg(self.arrows, self.title, self.sentence) if arrows else ""

    def __repr__(self) -> str:
        return self.sentence

    def _repr_html_(self) -> str:
        if not self.arrows:
            return f"<p>{html.escape(self.sentence)}</p>"
        rows = "".join(f"<li>{html.escape(_line(arrow))}</li>" for arrow in self.arrows)
        summary = html.escape(text("widgets.drawing.list"))
        return (
            f"<figure style='margin:.5em 0;max-width:100%;overflow-x:auto'>{self.svg}"
            f"<details><summary>{summary}</summary><ul>{rows}</ul></details></figure>"
        )


def draw_graph(edges: Iterable, title: str = "") -> Drawing:
    """A picture of a list of arrows, causes left, effects right: `draw_graph([("crisis", "fear"), "fear ->
    w"])`.

    Arrows are (from, to), (from, to, sign) with sign "+" or "-", or lines "a -> b". The sentence under
    `.sentence` is the picture's text alternative. ValueError names an entry that is no arrow.
    """
    return Drawing(read_arrows(edges), title)


def _line(arrow: Arrow) -> str:
    source, target, sign = arrow
    return text(
        f"widgets.drawing.arrow.{ {'+': 'raises', '-': 'lowers', '': 'plain'}[sign] }",
        source=source,
        target=target,
    )


# JupyterLab's own colours where there are any, so that the picture follows the theme.
_INK = "var(--jp-content-font-color1, #1a1a1a)"
_PAPER = "var(--jp-layout-color1, #ffffff)"
_BOX = "var(--jp-layout-color2, #eeeeee)"
_RIM = "var(--jp-border-color0, #8a8a8a)"


def _svg(arrows: Sequence[Arrow], title: str, sentence: str) -> str:
    columns = layers([arrow[:2] for arrow in arrows])
    boxes = {name: label(name) for names in columns for name in names if isinstance(name, str)}
    column = {name: i for i, names in enumerate(columns) for name in names}
    loops = any(column[source] == column[target] for source, target, _ in arrows)
    at, width, height = _grid(columns, boxes, loops)
    shapes = [_arrow(arrow, at, boxes, columns) for arrow in arrows] + [
        _box(at[name], box) for name, box in boxes.items()
    ]
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' role='img' aria-label='{html.escape(title)}. "
        f"{html.escape(sentence)}' "
        f"viewBox='0 0 {width:.0f} {height:.0f}' width='{width:.0f}' style='max-width:100%;height:auto;"
        f"font:13px var(--jp-ui-font-family, system-ui, sans-serif)'>{''.join(shapes)}</svg>"
    )


def _grid(columns: list[list], boxes: Mapping[str, dict], loops: bool) -> tuple[dict, float, float]:
    """Where everything stands, and the size of the picture; arrows within a column need room beside it."""
    margin = _MARGIN + (_COLUMN / 2 if loops else 0)
    height = _ROW * max(map(len, columns)) + 2 * _MARGIN
    at, x = {}, margin
    for names in columns:
        width = max(boxes[name]["width"] for name in names if name in boxes)
        for j, name in enumerate(names):
            at[name] = (x + width / 2, height / 2 + _ROW * (j - (len(names) - 1) / 2))
        x += width + _COLUMN
    return at, x - _COLUMN + margin, height


def _box(centre: Point, box: Mapping) -> str:
    x, y = centre
    w, h, lines = box["width"], box["height"], box["lines"]
    words = "".join(
        f"<tspan x='{x:.1f}' y='{y + _LINE * (i - (len(lines) - 1) / 2) + 4.5:.1f}'>{html.escape(line)}</tspan>"
        for i, line in enumerate(lines)
    )
    return (
        f"<rect x='{x - w / 2:.1f}' y='{y - h / 2:.1f}' width='{w}' height='{h}' rx='10' "
        f"style='fill:{_BOX};stroke:{_RIM}'/>"
        f"<text text-anchor='middle' style='fill:{_INK}'>{words}</text>"
    )


def _arrow(arrow: Arrow, at: Mapping, boxes: Mapping[str, dict], columns: list[list]) -> str:
    source, target, sign = arrow
    (x0, y0), (x1, y1) = at[source], at[target]
    half0, half1 = boxes[source]["width"] / 2, boxes[target]["width"] / 2
    if x0 == x1:  # within a circle: down on the right of the column, up on its left
        side = 1 if y1 >= y0 else -1
        apart = 6 if source == target else 0
        start, tip = (x0 + side * half0, y0 - apart), (x1 + side * half1, y1 + apart)
        out = side * max(half0, half1) + x0 + side * _COLUMN / 2
        end = (tip[0] + side * 9, tip[1])
        path = f"M{_p(start)} C{_p((out, start[1]))} {_p((out, end[1]))} {_p(end)}"
        middle = ((start[0] + 6 * out + end[0]) / 8, (start[1] + end[1]) / 2)
    else:
        side = -1
        start, tip = (x0 + half0, y0), (x1 - half1, y1)
        end = (tip[0] - 9, y1)
        held = [at[stop] for names in columns for stop in names if stop[:2] == (source, target)]
        points = [start, *held, end]
        path = f"M{_p(start)}" + "".join(
            f" C{_p(((a[0] + b[0]) / 2, a[1]))} {_p(((a[0] + b[0]) / 2, b[1]))} {_p(b)}" for a, b in pairwise(points)
        )
        middle = ((points[0][0] + points[1][0]) / 2, (points[0][1] + points[1][1]) / 2)
    head = f"M{_p(tip)} L{_p((end[0] + side, end[1] - 5))} L{_p((end[0] + side, end[1] + 5))} Z"
    line = f"<path d='{path}' style='fill:none;stroke:{_INK};stroke-width:1.6'/>"
    drawn = f"{line}<path d='{head}' style='fill:{_INK}'/>"
    if not sign:
        return drawn
    return drawn + (
        f"<circle cx='{middle[0]:.1f}' cy='{middle[1]:.1f}' r='8' style='fill:{_PAPER};stroke:{_INK}'/>"
        f"<text x='{middle[0]:.1f}' y='{middle[1] + 4.5:.1f}' text-anchor='middle' style='fill:{_INK}'>"
        f"{'−' if sign == '-' else '+'}</text>"
    )


def _p(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"
