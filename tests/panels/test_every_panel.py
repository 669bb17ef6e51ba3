"""What holds for each panel of the course, whatever it shows."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest

from gvclab.content import entry
from gvclab.panels.controls import Checkbox, Choice

from .labs import busy, drawn, ends, every_control, every_panel, tables

# The sentence of the substitutes lab compares Home with the two far places; the Region is one of its points alone.
SILENT = {("suppliers.substitutes", "q_region")}


@every_control
def test_a_control_moves_something(kind, control):
    panel = busy(kind)
    low, high = ends(control)
    panel.set(**{control.name: low})
    before, said = drawn(panel), panel.sentence
    panel.set(**{control.name: high})
    assert drawn(panel) != before
    assert panel.sentence != said or (kind.key, control.name) in SILENT


@every_control
def test_a_control_has_words(kind, control):
    words = kind.words(control)
    assert words["label"] and words["help"]
    assert set(words.get("options", ())) == set(getattr(control, "options", ()))


@every_control
def test_a_control_refuses_by_name(kind, control):
    bad = {Checkbox: "maybe", Choice: "peace"}.get(type(control), -9)
    panel = kind()
    before = panel.state
    with pytest.raises(ValueError, match=control.name):
        panel.set(**{control.name: bad})
    assert panel.state == before


@every_panel
def test_a_panel_refuses_what_it_does_not_have(kind):
    with pytest.raises(ValueError, match="velocity"):
        kind(velocity=3)


@every_panel
@pytest.mark.parametrize("start", [{}, "busy"], ids=["start", "busy"])
def test_a_panel_survives_two_controls_at_their_ends(kind, start):
    for one, other in pairwise([*kind.controls, kind.controls[0]]):
        for a in ends(one):
            for b in ends(other):
                panel = busy(kind) if start else kind()
                panel.set(**{one.name: a} | {other.name: b})
                assert panel.figure.data
                assert not re.search(r"\b(nan|inf|None)\b|[{}]", panel.sentence)
                assert not any("_" in str(heading) for table in tables(panel) for heading in table.columns)


@every_panel
def test_every_choice_can_be_shown(kind):
    panel = kind()
    for control in kind.controls:
        for value in getattr(control, "options", ()):
            panel.set(**{control.name: value})
            assert panel.figure.data and panel.sentence and all(len(table) for table in tables(panel))


@every_panel
def test_reset_and_the_sentence_is_about_now(kind):
    panel = kind()
    start = panel.sentence
    panel.set(**{control.name: ends(control)[1] for control in kind.controls})
    assert panel.sentence != start
    panel.reset()
    assert panel.sentence == start


@every_panel
def test_a_panel_has_a_title(kind):
    assert entry(f"panels.{kind.key}.title")


@every_panel
def test_presets_are_settings(kind):
    """Whole ones: what came before does not matter."""
    far = {control.name: ends(control)[1] for control in kind.controls}
    for name, values in kind.presets.items():
        assert entry(f"panels.{kind.key}.presets.{name}")
        panel, again = kind(), kind(**far)
        panel.set(**values)
        again.set(**values)
        assert panel.figure.data and panel.sentence
        assert again.sentence == panel.sentence


@every_panel
def test_the_figure_is_drawn_from_the_frame(kind):
    panel = busy(kind)
    for values, on_figure in zip(panel.shown.traces, panel.figure.data, strict=True):
        for name in {"x", "y", "base"} & set(values):
            np.testing.assert_array_equal(np.asarray(values[name]), np.asarray(on_figure[name]))


@every_panel
def test_the_quick_part_is_shown_in_the_same_frame(kind):
    panel = busy(kind)
    quick = panel.seen(full=False)
    assert len(quick.traces) == len(panel.shown.traces) and quick.sentence
