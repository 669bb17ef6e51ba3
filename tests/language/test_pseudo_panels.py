"""Panels and figures in the pseudo-locale: no word of ours is left in English, wherever their controls stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
import pytest

from gvclab.charts import diagram, live, page, series
from gvclab.charts.table import to_html
from gvclab.content import resource, speaking
from gvclab.data import load
from gvclab.language.pseudo import OPEN
from gvclab.panels.suppliers import FragilityLab, FrontierLab
from gvclab.panels.widget import described

from ..panels.labs import PANELS, busy, ends, every_panel, tables
from .ours import left

SHOWN = {"text", "name", "hovertext", "hovertemplate", "texttemplate", "label", "ticktext", "labels", "customdata"}


@pytest.fixture(autouse=True)
def pseudo():
    with speaking("qps"):
        yield


def in_figure(found, place: str = "") -> Iterator[tuple[str, str]]:
    """The texts that a figure shows, with their places."""
    if isinstance(found, Mapping):
        for name, value in found.items():
            yield from in_figure(value, f"{place}.{name}")
    elif isinstance(found, list | tuple | np.ndarray):
        for value in found if place.split(".")[-1] not in ("x", "y", "z") or _words(found) else ():
            yield from in_figure(value, place)
    elif isinstance(found, str) and (place.split(".")[-1] in {*SHOWN, "x", "y"}):
        yield place, found


def _words(values) -> bool:
    return any(isinstance(value, str) for value in values)


def in_tables(found) -> Iterator[tuple[str, str]]:
    if isinstance(found, Mapping):
        for name, part in found.items():
            yield "table heading", name
            yield from in_tables(part)
    elif isinstance(found, pd.DataFrame):
        for names in (found.columns, found.index):
            yield from (
                ("table", str(name)) for level in range(names.nlevels) for name in names.get_level_values(level)
            )
            yield from (("table axis", str(name)) for name in names.names if name)
        for column in found.columns:
            yield from (("table cell", value) for value in found[column] if isinstance(value, str))


def on_page(description: dict) -> Iterator[tuple[str, str]]:
    """The words around the controls."""
    yield "title", description["title"]
    for block in ("badge", "words", "groups"):
        yield from ((block, words) for words in description[block].values())
    yield from (("preset", name) for name, _ in description["presets"])
    for control in description["controls"]:
        for word in ("label", "unit", "help"):
            yield f"{control['name']} {word}", control[word] or ""
        yield from ((f"{control['name']} option", shown) for _, shown in control.get("options", ()))


def plain(shown) -> dict[str, list[str]]:
    """Words left in English, by place."""
    found: dict[str, set[str]] = {}
    for place, words in shown:
        if bare := left(words):
            found.setdefault(place, set()).update(bare)
    return {place: sorted(words) for place, words in found.items()}


def states(kind) -> Iterator:
    """The panel at its start, at its presets, and after each control was moved."""
    panel = kind()
    yield panel
    for values in kind.presets.values():
        panel.set(**values)
        yield panel
    for control in kind.controls:
        for end in getattr(control, "options", ()) or ends(control):
            panel = busy(kind)
            panel.set(**{control.name: end})
            yield panel


@every_panel
def test_no_english_is_left_on_a_panel(kind):
    def shown() -> Iterator[tuple[str, str]]:
        yield from on_page(described(kind()))
        for panel in states(kind):
            yield from in_figure(panel.figure.to_plotly_json())
            yield "sentence", panel.sentence
            for table in tables(panel):
                yield from in_tables(table)
            if isinstance(panel.table, Mapping):
                yield from (("table heading", name) for name in panel.table)

    assert plain(shown()) == {}


@every_panel
def test_a_refusal_is_in_the_language(kind):
    def refusals() -> Iterator[tuple[str, str]]:
        for control in kind.controls:
            with pytest.raises(ValueError) as refused:
                kind().set(**{control.name: None})
            yield control.name, str(refused.value)

    # What a program may set is said as the program writes it.
    code = {control.name: left(" ".join(map(str, getattr(control, "options", ())))) for control in kind.controls}
    said = {"True", "False", "None"}
    found = {name: left(words, {*name.split("_"), *said}) - code[name] for name, words in refusals()}
    assert not any(found.values())


def test_numbers_of_a_panel_do_not_depend_on_the_language():
    panel = FrontierLab(w=0.3)
    with speaking("en"):
        english = FrontierLab(w=0.3)
        numbers = [table.select_dtypes("number").to_numpy() for table in tables(english)]
        values = [trace["x"] for trace in english.shown.traces]
    for one, other in zip(numbers, tables(panel), strict=True):
        np.testing.assert_array_equal(one, other.select_dtypes("number").to_numpy())
    for one, other in zip(values, panel.shown.traces, strict=True):
        np.testing.assert_array_equal(one, other["x"])


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        (
            "supply_pressure",
            {"x": "date", "y": "gscpi", "label": "supply pressure", "marks": {"Wuhan closed": "2020-01-23"}},
        ),
        ("us_import_origin", {"x": "year", "y": "share", "by": "origin", "label": "share of US goods imports"}),
    ],
)
def test_no_english_is_left_on_a_series(name, columns):
    shown = series(load(name), **columns)
    found = [*in_figure(shown.figure.to_plotly_json()), ("sentence", shown.sentence), *in_tables(shown.view.table)]
    assert plain(found) == {}


@pytest.mark.parametrize("name", sorted(path.stem for path in (resource("content") / "diagrams").glob("*.yml")))
def test_no_english_is_left_on_a_diagram(name):
    drawn = diagram(name)
    words = re.findall(r">([^<>]+)</(?:text|tspan|title|desc)>", drawn.svg())
    assert words and plain([("sentence", drawn.description.sentence), *(("text", said) for said in words)]) == {}


def test_numbers_on_axes_and_in_tables_are_the_languages():
    with speaking("de"):
        shown = series(load("us_tariff"), x="date", y="tariff")
        assert shown.figure.layout.separators == ",."
        assert re.search(r"<td>\d+,\d+</td>", to_html(shown.view.table))
        assert "Januar" in shown.sentence
    with speaking("en"):
        assert shown.frame.layout.separators is None


def test_no_english_is_left_around_a_figure(monkeypatch):
    monkeypatch.setattr(page, "LONG", 10)
    shown = series(load("us_tariff"), x="date", y="tariff")
    figure = live.LiveFigure(shown.frame, shown.view)
    saved = page.bundles(shown.figure, shown.view, figure)[1]["text/html"]
    said = re.findall(r"<(?:summary|em|p class=[^>]*)>(.*?)</", saved)
    assert len(said) == 3  # that it is saved, the heading of the table, that it is abridged on paper
    assert plain(("words", words) for words in (*figure.words.values(), *said)) == {}
    assert shown.source_html.startswith(OPEN)
    with_data = next(kind for kind in PANELS if kind.badge == "data")
    assert str(with_data().source).startswith(OPEN)


def test_the_search_finds_what_is_left():
    with speaking("en"):
        panel, named = FrontierLab(w=0.3), FragilityLab()
        assert {"title", "badge", "words", "groups", "w label", "w help"} <= set(plain(on_page(described(panel))))
        assert "preset" in plain(on_page(described(named)))
        assert {".layout.xaxis.title.text", ".data.text"} <= set(plain(in_figure(panel.figure.to_plotly_json())))
        assert ".data.name" in plain(in_figure(named.figure.to_plotly_json()))
        assert plain(in_figure({"data": [{"y": ["chosen place"]}]})) == {".data.y": ["chosen", "place"]}
        assert {"table heading", "table"} <= set(plain(in_tables(panel.table)))
