"""Real figures of two years side by side: who has more than before, and who has less?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from gvclab.content import Listed, Message, text, word
from gvclab.data import name

from . import theme
from .concepts import style
from .series import RealFigure
from .view import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import plotly.graph_objects as go

ROW = 23  # pixels from one line to the next


class Change(RealFigure):
    """What has changed between the first and the last year of a table? A line for each of its rows, longest first.

    table : from `gvclab.data.load` or `derived`. by : a column with the names of the lines; codes of economies are
    spelled out. x : the column with the years. y : the column with the values. label : what y is. model : what a model
    says of the last year, by the name in `by`, for lines of which it says something.

    Raises ValueError for a table with fewer than two years, or a line without one of the two, and KeyError where a
    model speaks of a line that is not there.
    """

    def __init__(
        self,
        table: pd.DataFrame,
        by: str,
        x: str,
        y: str,
        label: str = "",
        model: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(table)
        self._label = word(label or y)
        self._model = dict(model or {})
        wide = table.pivot(index=by, columns=x, values=y)
        self._first, self._last = wide.columns.min(), wide.columns.max()
        if self._first == self._last or wide[[self._first, self._last]].isna().to_numpy().any():
            raise ValueError(f"a change needs two years of {x} and a value in both for each {by}")
        if unknown := sorted(self._model.keys() - set(wide.index)):
            raise KeyError(f"a model speaks of {', '.join(unknown)}, and there is no such {by}")
        self._wide = wide[[self._first, self._last]].sort_values(self._last, kind="stable")

    @property
    def _names(self) -> list[str]:
        return [name(str(code)) for code in self._wide.index]

    @cached_property
    def view(self) -> View:
        """The values, the sentence and the table."""
        before, after = self._wide[self._first].to_numpy(), self._wide[self._last].to_numpy()
        ways = [(after >= before, "rose"), (after < before, "fell")]
        lines = []
        for chosen, _ in ways:
            x = [value for a, b, mine in zip(before, after, chosen, strict=True) if mine for value in (a, b, None)]
            y = [each for said, mine in zip(self._names, chosen, strict=True) if mine for each in (said, said, None)]
            lines.append({"x": x, "y": y})
        points = [{"x": before, "y": self._names}, {"x": after, "y": self._names}]
        shown = self._wide
        if self._model:
            points.append({"x": [*self._model.values()], "y": [name(str(code)) for code in self._model]})
            shown = shown.assign(**{text("charts.change.model"): self._wide.index.map(self._model)})
        table = shown.rename(index=name).iloc[::-1].rename_axis(index=None, columns=None)
        return View((*lines, *points), sentence=self._sentence(), table=table)

    @property
    def frame(self) -> go.Figure:
        """The looks."""
        looks = style("data")
        stroke = {"mode": "lines", "hoverinfo": "skip"}
        rose = {**stroke, "name": text("charts.change.more"), "line": {"color": looks.color, "width": 3}}
        fell = {**stroke, "name": text("charts.change.less"), "line": {"color": theme.GREY, "width": 3, "dash": "dot"}}
        dots = {"mode": "markers", "hovertemplate": "%{y}: %{x:.3g}<extra></extra>"}
        traces = [
            rose,
            fell,
            {**dots, "name": str(self._first), "marker": {"symbol": "circle-open", "size": 9, "color": theme.GREY}},
            {**dots, "name": str(self._last), "marker": {"symbol": "circle", "size": 10, "color": looks.color}},
        ]
        if self._model:
            model = style("model")
            ring = {"symbol": f"{model.symbol}-open", "size": 15, "color": model.color, "line": {"width": 2.5}}
            traces.append({**dots, "name": text("charts.change.model"), "marker": ring})
        y: dict[str, Any] = {"showline": False, "ticks": "", "categoryorder": "array", "categoryarray": self._names}
        x = theme.axis(self._label, rangemode="tozero")
        return theme.frame((x, theme.axis("", **y)), traces=traces, height=110 + ROW * len(self._wide))

    def _sentence(self) -> str:
        """How many have more than before, and who changed most in each direction."""
        change = self._wide[self._last] - self._wide[self._first]
        told = []
        for kind, some, most in (("rose", change > 0, change.idxmax()), ("fell", change < 0, change.idxmin())):
            ends = {"start": float(self._wide.loc[most, self._first]), "end": float(self._wide.loc[most, self._last])}
            if some.any():
                values = {"count": int(some.sum()), "total": len(change), "name": name(str(most)), **ends}
                told.append(Message(f"charts.change.all_{kind}" if some.all() else f"charts.change.{kind}", values))
        values = {"label": self._label, "first": self._first, "last": self._last}
        return text("charts.change.sentence", told=Listed(told, "clauses"), **values)


def change(table: pd.DataFrame, by: str, x: str, y: str, label: str = "", **more: Any) -> Change:
    """A picture of real figures of two years; see `Change`."""
    return Change(table, by, x, y, label, **more)
