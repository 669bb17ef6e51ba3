"""Diagrams of a mechanism: stages in a row, parts that meet, poles and links, a loop of causes.

diagram("series-and-parallel")          in a notebook: drawn from content/diagrams/series-and-parallel.yml
diagram("series-and-parallel").svg()    one picture, as text
wording(read("series-and-parallel"))    all its texts by their ids, for translation
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import drawing
from .description import (
    Arrow,
    Box,
    Description,
    DiagramError,
    Group,
    Part,
    parse,
    read,
    reworded,
    wording,
)
from .layout import laid_out

__all__ = [
    "Arrow",
    "Box",
    "Description",
    "Diagram",
    "DiagramError",
    "Group",
    "Part",
    "diagram",
    "parse",
    "read",
    "reworded",
    "wording",
]

# Widths for which a diagram is laid out, in pixels, and the room from which on each is shown: text keeps its size
# as nearly as it can, on a phone as beside a side bar.
WIDTHS = {860: 620, 580: 430, 350: 0}


@dataclass(frozen=True)
class Diagram:
    """A diagram as a notebook shows it: pictures for three widths, of which the page shows the one that fits."""

    description: Description

    def svg(self, width: int = max(WIDTHS)) -> str:
        """The picture for one width."""
        return drawing.svg(laid_out(self.description, width), self.description.sentence)

    def _repr_html_(self) -> str:
        rules, pictures, below = [], [], None
        for width, least in WIDTHS.items():
            bounds = [f"(min-width:{least}px)"] * (least > 0) + [f"(max-width:{below}px)"] * (below is not None)
            hidden = f"@container not ({' and '.join(bounds)}){{.gvclab-at-{width}{{display:none}}}}"
            rules.append(f".gvclab-at-{width}{{max-width:{width}px}}{hidden}")
            pictures.append(f'<div class="gvclab-at-{width}">{self.svg(width)}</div>')
            below = least - 0.02
        style = f".gvclab-diagrams{{container-type:inline-size;margin:12px 0}}{''.join(rules)}"
        return f'<div class="gvclab-diagrams"><style>{style}</style>{"".join(pictures)}</div>'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": self.description.sentence}


def diagram(description: str | Description) -> Diagram:
    """Draw a mechanism. `description` : the name of a file in `content/diagrams`, or a description.

    Raises DiagramError, with file, line and field, for a description that cannot be drawn.
    """
    return Diagram(read(description) if isinstance(description, str) else description)
