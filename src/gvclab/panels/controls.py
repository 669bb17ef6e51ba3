"""Controls as data: what can be moved, and within which domain. Their words stand in the message catalogue.

A state says it with each of its fields: `w: float = slider(0.0, 0.0, 0.95, 0.01)`; `domains(State)` are the controls.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from gvclab.content import Listed, Message, text


@dataclass(frozen=True)
class Control:
    """What all controls have in common.

    Fields: `name` of the state's field; `group` names the set it stands in, whose heading is in the catalogue;
    `advanced` puts it into the folded part; `unit` is an id in the catalogue's `controls.units`. Its label and its
    help stand in the panel's catalogue entry `controls.<name>`.
    """

    name: str
    group: str = ""
    advanced: bool = False
    unit: str = ""

    @property
    def domain(self) -> str:
        """The values it takes, in words."""
        raise NotImplementedError

    def check(self, value: Any) -> Any:
        """The value as the state holds it. Raises ValueError with the name, the value and the domain."""
        raise NotImplementedError

    def spelled(self, value: Any, words: Mapping[str, Any]) -> Any:
        """A value as the reader of the control sees it; `words` are those written at the control."""
        raise NotImplementedError

    def refusal(self, value: Any) -> ValueError:
        """What is raised for a value outside the domain."""
        return ValueError(text("controls.refused", name=self.name, value=repr(value), domain=self.domain))


@dataclass(frozen=True)
class Slider(Control):
    """A number from `min` to `max`, moved in steps; whole numbers if both ends and the step are written as such.

    `log` spaces the positions evenly in the logarithm, for a positive `min`.
    """

    min: float = 0.0
    max: float = 1.0
    step: float = 0.01
    log: bool = False

    def __post_init__(self):
        if not self.min < self.max or self.step <= 0 or (self.log and self.min <= 0):
            raise ValueError(
                f"slider {self.name!r}: min {self.min}, max {self.max}, step {self.step}, log {self.log} "
                "need min < max, step > 0, and min > 0 if log"
            )

    @property
    def whole(self) -> bool:
        return all(isinstance(number, int) for number in (self.min, self.max, self.step))

    @property
    def domain(self) -> str:
        kind = "controls.domain.whole" if self.whole else "controls.domain.number"
        return text(kind, min=f"{self.min:g}", max=f"{self.max:g}")

    def check(self, value: Any) -> float | int:
        try:
            number = math.nan if isinstance(value, bool | str) else float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not self.min <= number <= self.max or (self.whole and number != int(number)):
            raise self.refusal(value)
        return int(number) if self.whole else number

    def spelled(self, value: Any, words: Mapping[str, Any]) -> str:
        return f"{value:g}"


@dataclass(frozen=True)
class Checkbox(Control):
    """Yes or no."""

    @property
    def domain(self) -> str:
        return text("controls.domain.checkbox")

    def check(self, value: Any) -> bool:
        if value not in (True, False):
            raise self.refusal(value)
        return bool(value)

    def spelled(self, value: Any, words: Mapping[str, Any]) -> Message:
        return Message("controls.yes" if value else "controls.no")


@dataclass(frozen=True)
class Choice(Control):
    """One of several options; their names are in the catalogue under `controls.<name>.options`."""

    options: tuple[str, ...] = ()

    @property
    def domain(self) -> str:
        return text("controls.domain.choice", options=Listed([*map(repr, self.options)], "comma"))

    def check(self, value: Any) -> str:
        if value not in self.options:
            raise self.refusal(value)
        return value

    def spelled(self, value: Any, words: Mapping[str, Any]) -> str:
        return words["options"][value]


@dataclass(frozen=True)
class Strip(Control):
    """A set of whole numbers from `min` to `max`, each a button to press: the years of crises, for one."""

    min: int = 0
    max: int = 10

    @property
    def domain(self) -> str:
        return text("controls.domain.strip", min=self.min, max=self.max)

    def check(self, value: Any) -> tuple[int, ...]:
        try:
            numbers = sorted(set(value))
            good = all(self.min <= number <= self.max and number == int(number) for number in numbers)
        except (TypeError, ValueError):
            good = False
        if not good:
            raise self.refusal(value)
        return tuple(int(number) for number in numbers)

    def spelled(self, value: Any, words: Mapping[str, Any]) -> Any:
        return Listed([str(number) for number in value]) if value else Message("controls.none")


def slider(
    start: float,
    min: float,
    max: float,
    step: float | None = None,
    *,
    log: bool = False,
    unit: str = "",
    group: str = "",
) -> Any:
    """A field that holds a number from `min` to `max`: whole numbers, with a step of 1, where both are written so."""
    if step is None:
        step = 1 if isinstance(min, int) and isinstance(max, int) else 0.01
    return _field(start, Slider("", group, unit=unit, min=min, max=max, step=step, log=log))


def checkbox(start: bool, *, group: str = "") -> Any:
    """A field that holds yes or no."""
    return _field(start, Checkbox("", group))


def choice(start: str, *options: str, group: str = "") -> Any:
    """A field that holds one of several options."""
    return _field(start, Choice("", group, options=options))


def strip(start: tuple[int, ...], min: int, max: int, *, group: str = "") -> Any:
    """A field that holds a set of whole numbers from `min` to `max`."""
    return _field(start, Strip("", group, min=min, max=max))


def _field(start: Any, control: Control) -> Any:
    return field(default=control.check(start), metadata={"control": control})


def domains(state: Any) -> dict[str, Control]:
    """The controls that a state's fields make possible, by field; a field without a domain makes none."""
    controls = {each.name: each.metadata.get("control") for each in fields(state)}
    return {name: replace(control, name=name) for name, control in controls.items() if control is not None}


def arranged(state: Any, shows: Sequence[str], folds: Sequence[str]) -> Iterator[Control]:
    """The controls for some fields of a state, in their order: open, then folded.

    The name of a group stands for those of its fields that are not named. ValueError for a name that is neither.
    """
    known = domains(state)
    named = {*shows, *folds}
    for names, advanced in ((shows, False), (folds, True)):
        for name in names:
            members = [each for each in known.values() if each.group == name and each.name not in named]
            if name in known:
                yield replace(known[name], group="", advanced=advanced)
            elif members:
                yield from (replace(each, advanced=advanced) for each in members)
            else:
                raise ValueError(f"{name!r} is neither a field with a domain nor a group")
