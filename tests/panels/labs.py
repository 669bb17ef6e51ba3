"""All panels of the course, and how tests look at them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules

import pandas as pd
import pytest
from plotly.utils import PlotlyJSONEncoder

from gvclab import panels
from gvclab.panels import fear, localisation, regionalisation, suppliers
from gvclab.panels.controls import Checkbox, Choice, Control, Slider
from gvclab.panels.panel import Panel

LESSONS = {
    name: import_module(f"{panels.__name__}.{name}") for _, name, package in iter_modules(panels.__path__) if package
}
PANELS = tuple(
    dict.fromkeys(
        found
        for module in LESSONS.values()
        for found in map(vars(module).get, module.__all__)
        if isinstance(found, type) and issubclass(found, Panel)
    )
)
# States in which everything matters, where the start is none: no control is idle.
BUSY = {
    localisation.TeamLab: {"s": 0.5},
    localisation.SpiderLab: {"r": 0.05},
    regionalisation.MatrixLab: {"counting": "halves"},
    suppliers.ChainLab: {"m": 2, "q": 0.05},
    suppliers.FragilityLab: {"x": 0.86, "depth": 5},
    suppliers.FrontierLab: {"w": 0.3, "inventory": 4, "bloc": 0.02},
    suppliers.SubstitutesLab: {"phi": 0.5},
    fear.MemoryLab: {"k": 0.05},
    fear.WedgeLab: {"chi": 0.3},
}

every_panel = pytest.mark.parametrize("kind", PANELS, ids=lambda kind: kind.__name__)
every_control = pytest.mark.parametrize(
    ("kind", "control"),
    [pytest.param(kind, each, id=f"{kind.__name__}-{each.name}") for kind in PANELS for each in kind.controls],
)


def busy(kind: type[Panel]) -> Panel:
    """The panel in a state in which every control matters."""
    return kind(**BUSY.get(kind, {}))


def ends(control: Control) -> tuple:
    """Two settings of a control that are far apart."""
    if isinstance(control, Slider):
        return control.min, control.max
    if isinstance(control, Choice):
        return control.options[0], control.options[-1]
    return (False, True) if isinstance(control, Checkbox) else ((), (3, 20))


def ranges(kinds: Iterable[type[Panel]]) -> dict:
    """What each control can be set to: (min, max, start) of a slider, the start of all else."""
    return {
        control.name: (control.min, control.max, start) if isinstance(control, Slider) else start
        for kind in kinds
        for control in kind.controls
        for start in [getattr(kind.State(), control.name)]
    }


def drawn(panel: Panel) -> str:
    """All that the traces of the figure show."""
    return json.dumps(panel.shown.traces, cls=PlotlyJSONEncoder)


def trace(panel: Panel, name: str, nth: int = 0):
    """The nth trace of the figure with this name."""
    return [each for each in panel.figure.data if each.name == name][nth]


def mark(panel: Panel, name: str):
    """A mark of the figure, by its name."""
    return panel.figure.data[panel.picture.traces.index(name)]


def said(panel: Panel) -> dict[str, dict]:
    """The values of the sentences that hold now, by their ids."""
    return {message.id.rpartition(".")[2]: dict(message.values) for message in panel.said}


def tables(panel: Panel) -> list[pd.DataFrame]:
    """The numbers behind the figure, as one or several tables."""
    return list(panel.table.values()) if isinstance(panel.table, dict) else [panel.table]


class Page:
    """Stands for a panel's widget and notes what it is told to show."""

    closed = False

    def __init__(self):
        self.shown = []

    def show(self, live):
        self.shown.append(live)
