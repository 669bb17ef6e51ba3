"""The controls of a panel as data: what can be moved, between which ends. What they are called stands in the catalogue."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from gvclab.content import message, text


@dataclass(frozen=True)
class Control:
    """One field of a panel's state that the reader can set. `group` names the fold it stands in; "" is always open."""

    name: str
    group: str = ""

    def checked(self, value: Any, label: str) -> Any:
        """The value in the type of the field. ValueError names control, value and domain."""
        raise NotImplementedError

    def spec(self) -> dict:
        """What the front end needs beside the texts."""
        raise NotImplementedError


@dataclass(frozen=True)
class Slider(Control):
    """A number from `low` to `high` in steps of `step`; whole if all three are. `log`: equal ratios, equal distances."""

    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    log: bool = False

    @property
    def whole(self) -> bool:
        return all(isinstance(end, int) for end in (self.low, self.high, self.step))

    def checked(self, value: Any, label: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.low <= value <= self.high:
            # NaN fails the comparison too.
            number = _number(value)
            if number is None or not self.low <= number <= self.high:
                domain = text("controls.domain.between", low=f"{self.low:g}", high=f"{self.high:g}")
                raise ValueError(text("controls.error", name=self.name, label=label, value=value, domain=domain))
            value = number
        if self.whole:
            if value != int(value):
                domain = text("controls.domain.whole", low=self.low, high=self.high)
                raise ValueError(text("controls.error", name=self.name, label=label, value=value, domain=domain))
            return int(value)
        return float(value)

    def spec(self) -> dict:
        digits = 0 if self.whole else max(0, -math.floor(math.log10(self.step) + 1e-9))
        return {
            "kind": "slider",
            "low": self.low,
            "high": self.high,
            "step": self.step,
            "log": self.log,
            "digits": digits,
        }


@dataclass(frozen=True)
class Checkbox(Control):
    """Yes or no."""

    def checked(self, value: Any, label: str) -> bool:
        if value not in (True, False):
            raise ValueError(
                text("controls.error", name=self.name, label=label, value=value, domain=text("controls.domain.truth"))
            )
        return bool(value)

    def spec(self) -> dict:
        return {"kind": "checkbox"}


@dataclass(frozen=True)
class Choice(Control):
    """One out of several; their labels stand in the catalogue under `options`."""

    options: tuple[str, ...] = ()

    def checked(self, value: Any, label: str) -> str:
        if value not in self.options:
            domain = text("controls.domain.one_of", options=", ".join(map(repr, self.options)))
            raise ValueError(text("controls.error", name=self.name, label=label, value=value, domain=domain))
        return value

    def spec(self) -> dict:
        return {"kind": "choice", "options": list(self.options)}


@dataclass(frozen=True)
class Strip(Control):
    """Any number of marks on a row of `low` to `high`, such as the years in which something happens."""

    low: int = 1
    high: int = 10

    def checked(self, value: Any, label: str) -> tuple[int, ...]:
        try:
            marks = tuple(sorted({int(mark) for mark in value}))
            good = all(self.low <= mark <= self.high for mark in marks) and all(int(m) == m for m in value)
        except (TypeError, ValueError):
            good = False
        if not good:
            domain = text("controls.domain.marks", low=self.low, high=self.high)
            raise ValueError(text("controls.error", name=self.name, label=label, value=value, domain=domain))
        return marks

    def spec(self) -> dict:
        return {"kind": "strip", "low": self.low, "high": self.high}


def described(control: Control, key: str) -> dict:
    """The control with its texts: label, unit, help, options; from `panels.<key>.controls.<name>` of the catalogue."""
    words = message(f"panels.{key}.controls.{control.name}")
    words = {"label": words} if isinstance(words, str) else dict(words)
    return {"name": control.name, "group": control.group, "unit": "", "help": ""} | control.spec() | {"texts": words} | {
        k: words[k] for k in ("label", "unit", "help") if k in words
    }


def _number(value: Any) -> float | None:
    """The number behind numpy's scalars and the like."""
    try:
        return None if isinstance(value, bool | str) else float(value)
    except (TypeError, ValueError):
        return None
