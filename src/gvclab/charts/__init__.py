"""Figures with words and numbers: each shows a picture, a sentence that says what is to be seen, and its table.

frame(("stages n", "chance R"), traces=[{"name": "one supplier", **line(0)}])   the looks, empty
View(traces=({"x": n, "y": R},), sentence="…", table=frame)                    the values
LiveFigure(frame, view).show(view)                                              on the page, updated in place
apply(frame, view)                                                              on paper
"""

from . import theme
from .theme import axis, bars, frame, line, points
from .view import View, apply

__all__ = ["View", "apply", "axis", "bars", "frame", "line", "points", "theme"]
