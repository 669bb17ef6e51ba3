"""A panel: what is derived from a state with domains, from marks by name and from what is read."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gvclab.content import Message
from gvclab.panels.controls import Checkbox, Choice, Slider, choice, domains, slider, strip
from gvclab.panels.shared import Shared, share
from gvclab.panels.watching import Answer, read, watched
from gvclab.panels.widget import described

from .labs import Page
from .toys import Power, Reader, State

pytestmark = pytest.mark.usefixtures("words_of_toys")

# --------------------------------------------------------------------------------------------------- what is derived


def test_controls_are_those_of_the_state():
    by_name = {control.name: control for control in Power.controls}
    assert list(by_name) == ["power", "shown", "size"]
    assert (by_name["power"].min, by_name["power"].max, by_name["power"].step) == (0.2, 5.0, 0.1)
    assert by_name["size"].whole and by_name["size"].log and by_name["size"].step == 1
    assert [(each.group, each.advanced) for each in by_name.values()] == [("", False), ("", False), ("grid", True)]
    assert {type(each) for each in Reader.controls[:2]} == {Checkbox, Choice}
    assert "fixed" not in domains(State)


def test_the_page_is_told_words_units_and_groups():
    spec = described(Power())
    assert spec["controls"][0]["unit"] == "weeks" and spec["controls"][1]["unit"] == ""
    assert spec["groups"] == {"grid": "Grid"}
    assert spec["presets"] == [["Steep", {"power": 4.0, "shown": True, "size": 5}]]


@pytest.mark.parametrize(
    "field", [lambda: slider(7.0, 0.0, 5.0), lambda: choice("far", "near"), lambda: strip((9,), 0, 5)]
)
def test_a_start_outside_its_domain_is_refused(field):
    with pytest.raises(ValueError, match="not possible"):
        field()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"shows": ("speed",)}, "Bad: 'speed' is neither a field with a domain nor a group"),
        ({"shows": ("fixed",)}, "'fixed'"),
        ({"presets": {"odd": {"far": True}}}, "preset 'odd' sets far, which has no control"),
        ({"presets": {"odd": {"power": 9.0}}}, "power = 9.0 is not possible"),
    ],
)
def test_a_panel_that_does_not_hold_together_is_refused_when_it_is_written(given, named):
    with pytest.raises(ValueError, match=named):
        type("Bad", (Power,), given)


def test_a_preset_is_whole():
    panel = Power(size=9)
    panel.set(power=3, shown=False)
    panel.set(**panel.presets["steep"])
    assert panel.state == State(power=4.0)
    panel.set(shown=False)
    panel.preset("steep")
    assert panel.state == State(power=4.0)


def test_headings_are_found_by_name_in_the_panel_then_in_its_room():
    panel = Power(power=4.0)
    figure, table = panel.figure, panel.table
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("way", "height of the power")
    assert [each.name for each in figure.data] == ["the curve", "the point at 4.0"]
    assert (table.index.name, list(table.index), list(table.columns)) == ("row", ["Power"], ["the curve"])


def test_sentences_are_messages_until_somebody_reads_them():
    panel = Power(power=4.0)
    assert panel.said[0] == Message("panels.toys.power.sentence.now", {"power": 4.0})
    assert panel.sentence == "The power is 4.0. It is far."


def test_marks_have_to_be_given_by_their_names(monkeypatch):
    assert Power(shown=False).figure.data[1].visible is False
    assert Power().drawn["point"]["y"] == [1.0]
    monkeypatch.setattr(Power, "draw", lambda self, state, solution: {"curve": {}, "pint": {}})
    with pytest.raises(KeyError, match="without values: point; values without a mark or plot: pint"):
        Power().shown  # noqa: B018


# ------------------------------------------------------------------------------------------------- what it depends on


def test_a_watched_state_notes_what_is_read_of_it():
    state = watched(State())
    assert state.height == 2.0 and read(state) == {"power", "fixed"}
    assert isinstance(state, State) and state == State() and hash(state) == hash(State())
    assert read(state) == {each.name for each in fields(State)}  # whoever compares it has looked at all
    assert replace(watched(State()), power=3.0) == State(power=3.0)
    other = watched(State())
    assert vars(other)["power"] == 1.0 and "size" in read(other)


def test_an_answer_holds_while_what_was_read_stays():
    state = watched(State())
    answer = Answer(state, state.power)
    assert answer.holds(State(size=9)) and not answer.holds(State(power=2.0))
    # What goes on reading later is watched as well.
    assert state.size == 5 and not answer.holds(State(size=9))


def test_an_answer_is_computed_again_only_for_what_it_read():
    power, reader = share((Power, Reader))
    reader.shown  # noqa: B018
    power.set(power=3.0)
    assert reader.shown.sentence == "It reads 0.0." and reader.solved == 1
    reader.set(far=True)
    assert reader.sentence == "It reads 6.0." and reader.solved == 2
    power.set(power=2.0)
    assert reader.sentence == "It reads 4.0." and reader.solved == 3


def test_a_page_is_redrawn_where_what_it_shows_has_changed():
    power, reader = share((Power, Reader))
    reader.shown  # noqa: B018
    reader._widget = Page()
    power.set(power=3.0, size=9)
    assert reader._widget.shown == []
    power.set(shown=False)  # of which only its table depends
    assert len(reader._widget.shown) == 1
    reader.set(mode="wide")
    reader.shown  # noqa: B018
    power.set(size=11)  # of which only its sentence depends
    assert len(reader._widget.shown) == 3


def shown(panel) -> tuple:
    """What is seen of a panel, settings carried over apart, in a form that can be compared."""
    view = panel.shown
    numbers = view.table if isinstance(view.table, dict) else {"": view.table}
    return panel.figure.to_json(), view.sentence, {name: table.to_json() for name, table in numbers.items()}


def elsewhere(control, draw):
    """A value of a control."""
    if isinstance(control, Slider):
        steps = round((control.max - control.min) / control.step)
        value = control.min + draw(st.integers(0, steps)) * control.step
        return control.check(min(control.max, int(value) if control.whole else value))
    if isinstance(control, Choice):
        return draw(st.sampled_from(control.options))
    if isinstance(control, Checkbox):
        return draw(st.booleans())
    return control.check(draw(st.sets(st.integers(control.min, control.max), max_size=3)))


KINDS = (Power, Reader)


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_no_answer_is_stale(data):
    """Whatever is moved, a panel shows what a new panel shows in that state; and its page is told where it matters."""
    kinds = KINDS
    panels = share(kinds)
    controls = domains(kinds[0].State)
    for _ in range(3):
        before = [shown(panel) for panel in panels]
        for panel in panels:
            panel._widget = Page()
        name = data.draw(st.sampled_from(sorted(controls)))
        mover = next((panel for panel in panels if name in {c.name for c in panel.controls}), None)
        if mover is None:
            continue
        with suppress(ValueError):  # where the model has no answer, all stays as it was
            mover.set(**{name: elsewhere(controls[name], data.draw)})
        told = [bool(panel._widget.shown) for panel in panels]
        for panel, kind, old, was_told in zip(panels, kinds, before, told, strict=True):
            now = shown(panel)
            assert now == shown(kind(Shared(panel.state)))
            assert was_told or now == old


# ------------------------------------------------------------------------------------- what is carried over, and Reset


def test_what_another_panel_has_set_is_named_and_reset():
    power, reader = share((Power, Reader), State(years=(1, 2)))
    start = reader.sentence
    reader.set(far=True)
    assert reader.carried == () and reader.shown.above == ()
    power.set(power=3.0, shown=False)
    assert [(each.field, each.value, each.kind) for each in reader.carried] == [
        ("power", 3.0, Power),
        ("shown", False, Power),
    ]
    (above,) = reader.shown.above
    assert above == "Carried over from “Power”: power a = 3 weeks, point shown = no."
    reader.reset()
    # Near at hand again it does not show the power, which stays where it was.
    assert reader.sentence == start and reader.carried == ()
    assert reader.state == State(power=3.0, years=(1, 2))


def test_a_panel_alone_carries_nothing_over():
    panel = Reader(far=True, years=(1,))
    panel.set(mode="wide")
    assert panel.carried == ()
    panel.reset()
    assert panel.state == State(far=True, years=(1,))


@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_reset_and_presets_lead_to_the_same_picture_from_everywhere(data):
    panels, fresh = share(KINDS), share(KINDS)

    def shake() -> None:
        for panel in panels:
            with suppress(ValueError):  # where the model has no answer, all stays as it was
                panel.set(**{control.name: elsewhere(control, data.draw) for control in panel.controls})

    for panel, untouched in zip(panels, fresh, strict=True):
        shake()
        panel.reset()
        assert shown(panel) == shown(untouched) and not panel.carried
        for name in panel.presets:
            shake()
            panel.preset(name)
            alone = type(panel)()
            alone.preset(name)
            assert shown(panel) == shown(alone)


def test_the_page_resets_all_that_it_shows():
    power, reader = share((Power, Reader))
    reader.set(far=True)
    widget = reader.on_page()
    power.set(power=3.0, shown=False)
    widget._moved(None, {"turn": 1, "values": {}, "whole": True}, [])
    assert reader.state == State(power=3.0)
    assert widget._figure._view.above == () and widget._controls.values == reader.positions


@dataclass(frozen=True)
class More(State):
    more: float = slider(0.0, 0.0, 1.0)


def test_panels_share_a_checked_state():
    with pytest.raises(ValueError, match="power = 9"):
        share((Power, Reader), State(power=9.0))
    with pytest.raises(ValueError, match="these have More, State"):
        share((Power, type("Foreign", (Reader,), {"State": More})))
    assert share((Reader,), State(far=True))[0].state.far
