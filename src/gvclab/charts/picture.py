"""A figure by names: plots that stand in rows, and marks in them; what it shows is given under the same names.

picture = Picture(Plot("main", axis("stages"), axis("works")), marks={"now": line(0), "chosen": points(1)})
picture.frame(words)                                              the looks, empty, in the words of a catalogue
picture.arranged({"now": {"x": n, "y": R}, "chosen": None})       the values of a View; None hides a mark
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gvclab.content import Message, render

from .labels import legend_at
from .theme import HEIGHT, frame, spans

if TYPE_CHECKING:
    import plotly.graph_objects as go

HIDDEN = {"visible": False}
_LISTS = ("annotations", "shapes")  # marks that plotly keeps in the layout


@dataclass(frozen=True)
class Plot:
    """A pair of axes with a name.

    Fields: `x`, `y` from `axis`, with the id of a heading where a title is due ("" for none); in `matches` another
    plot is named. `legend` says how far above the plot, in heights of the figure, a legend for its marks alone stands.
    """

    name: str
    x: Mapping[str, Any]
    y: Mapping[str, Any]
    legend: float | None = None


@dataclass(frozen=True)
class Row:
    """Plots side by side.

    Fields: `height` relative to that of other rows, `above` the room to the row above it in heights of the figure;
    `widths` of the plots relative to each other, `gap` the room between them in widths of the figure.
    """

    plots: tuple[Plot, ...]
    height: float = 1.0
    above: float = 0.15
    widths: tuple[float, ...] = ()
    gap: float = 0.15


def row(*plots: Plot, **room: Any) -> Row:
    """Plots side by side; see `Row`."""
    return Row(plots, **room)


def note(**looks: Any) -> dict[str, Any]:
    """A mark that is a text: properties of plotly's annotations; with `plot` its place is in the units of that plot."""
    return {"into": "annotations", **looks}


def shape(**looks: Any) -> dict[str, Any]:
    """A mark that is a line, a rectangle or a path: properties of plotly's shapes."""
    return {"into": "shapes", **looks}


class Picture:
    """The looks of a figure: its plots, and its marks by name.

    rows : from the top down; a `Plot` is a row of its own. marks : by name, plotly's properties as `line`, `points`,
    `bars`, `area`, `note` and `shape` give them, with `plot`, the name of the plot that the mark is in (without it the
    first), and `name`, the id of its heading in the legend (without it the mark's own name; "" where the values bring
    one). height : in pixels; at most HEIGHT, where
    a panel has to fit a small laptop. layout : all else that plotly's layout knows.

    Raises ValueError for a name that is given twice, or a plot that is not there.
    """

    def __init__(
        self, *rows: Row | Plot, marks: Mapping[str, Mapping[str, Any]], height: int = HEIGHT, **layout: Any
    ) -> None:
        self._rows = [Row((each,)) if isinstance(each, Plot) else each for each in rows]
        self._layout = {"height": height, **layout}
        self.plots = [plot for each in self._rows for plot in each.plots]
        self.marks = dict(marks)
        self._numbers = {plot.name: "" if k == 1 else str(k) for k, plot in enumerate(self.plots, start=1)}
        names = [*self.marks, *(plot.name for plot in self.plots)]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"plots and marks need names of their own; given twice: {', '.join(twice)}")
        named = [look["plot"] for look in self.marks.values() if "plot" in look]
        named += [side["matches"] for plot in self.plots for side in (plot.x, plot.y) if "matches" in side]
        if unknown := sorted({name for name in named if name not in self._numbers}):
            raise ValueError(f"there is no plot {', '.join(unknown)}; there is {', '.join(self._numbers)}")

    @property
    def traces(self) -> list[str]:
        """The names of the marks that are traces, in the order of the figure."""
        return [name for name, look in self.marks.items() if "into" not in look]

    def frame(self, words: Callable[[str, str], str]) -> go.Figure:
        """The figure without its values. `words(kind, id)` is the text of a heading; kind is "axes" or "marks"."""
        places = self._places()
        legends = {plot.name: plot.legend for plot in self.plots if plot.legend is not None}
        boxes = {name: f"legend{k}" for k, name in enumerate(legends, start=2)}
        stand = {
            boxes[name]: legend_at(places[name][1][1] + legend) | {"x": places[name][0][0]}
            for name, legend in legends.items()
        }
        cells = [tuple(self._axis(plot, side, places, words) for side in "xy") for plot in self.plots]
        traces = []
        for name in self.traces:
            look = {"name": name, **self.marks[name]}
            number, box = self._place(look), boxes.get(look.pop("plot", self.plots[0].name))
            look["name"] = words("marks", look["name"]) if look["name"] else ""
            if box and look.get("showlegend", True):
                look["legend"] = box
            if "text" in look.get("mode", ""):
                look = {"cliponaxis": False, **look}  # a name may stand outside of its plot
            traces.append(look | ({"xaxis": f"x{number}", "yaxis": f"y{number}"} if number else {}))
        return frame(*cells, traces=traces, **stand, **self._layout)

    def arranged(
        self, drawn: Mapping[str, Mapping[str, Any] | None]
    ) -> tuple[tuple[Mapping[str, Any], ...], dict[str, Any]]:
        """The traces and the layout of a `View`, from values by the names of marks and plots.

        Each mark is given, with `None` where it is not to be seen. A plot is given where its axes change:
        `{"main": {"x": {"range": …}}}`. Messages among the values become text.

        Raises KeyError for a mark that is not given, and for a name that is neither a mark's nor a plot's.
        """
        missing = [name for name in self.marks if name not in drawn]
        unknown = [name for name in drawn if name not in self.marks and name not in self._numbers]
        if missing or unknown:
            raise KeyError(
                f"marks without values: {', '.join(missing) or 'none'}; values without a mark or plot: "
                f"{', '.join(unknown) or 'none'}; the marks are {', '.join(self.marks)}"
            )
        values = {name: HIDDEN if given is None else _said(given) for name, given in drawn.items()}
        layout: dict[str, Any] = {
            f"{side}axis{number}": values[name][side]
            for name, number in self._numbers.items()
            for side in values.get(name, {})
        }
        for kind in _LISTS:
            members = [name for name, look in self.marks.items() if look.get("into") == kind]
            if members:
                layout[kind] = [self._listed(name) | values[name] for name in members]
        return tuple(values[name] for name in self.traces), layout

    def _listed(self, name: str) -> dict[str, Any]:
        """The looks of a note or a shape."""
        look = {key: value for key, value in self.marks[name].items() if key not in ("into", "plot")}
        if "plot" not in self.marks[name]:
            return look
        number = self._place(self.marks[name])
        return {"xref": f"x{number}", "yref": f"y{number}", **look}

    def _place(self, look: Mapping[str, Any]) -> str:
        """The number of the axes that a mark is in, as plotly writes it."""
        return self._numbers[look["plot"]] if "plot" in look else ""

    def _axis(self, plot: Plot, side: str, places: Mapping, words: Callable[[str, str], str]) -> dict[str, Any]:
        given = dict(plot.x if side == "x" else plot.y)
        heading = given.pop("title", {}).get("text", "")
        if "matches" in given:
            given["matches"] = f"{side}{self._numbers[given['matches']]}"
        # One row fills the height by itself.
        domain = {} if side == "y" and len(self._rows) == 1 else {"domain": places[plot.name][side == "y"]}
        return {**domain, **given, "title": {"text": words("axes", heading) if heading else ""}}

    def _places(self) -> dict[str, tuple[list[float], list[float]]]:
        """Where each plot begins and ends, from left to right and from the bottom up."""
        upwards = self._rows[::-1]
        heights = spans([each.height for each in upwards], [each.above for each in upwards[:-1]])
        return {
            plot.name: (across, up)
            for each, up in zip(upwards, heights, strict=True)
            for plot, across in zip(each.plots, _across(each), strict=True)
        }


def _across(each: Row) -> Sequence[list[float]]:
    widths = each.widths or (1.0,) * len(each.plots)
    return spans(widths, [each.gap] * (len(each.plots) - 1))


def _said(value: Any) -> Any:
    """A value with the messages in it rendered."""
    if isinstance(value, Message):
        return render(value)
    if isinstance(value, Mapping):
        return {name: _said(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_said(part) for part in value] if any(isinstance(part, Message) for part in value) else value
    return value
