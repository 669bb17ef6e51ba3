"""What the widgets of lessons know and say, without a browser (tests/browser/ has one)."""

from __future__ import annotations

import json
import re
import sys
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gvclab.content import text
from gvclab.exercises import bank, check, graph_drawing, keys, predictions
from gvclab.exercises.graph_drawing import draw_graph, layers, ring, tidy
from gvclab.exercises.items import letter
from gvclab.exercises.markdown import inline
from gvclab.exercises.rendering import message_of
from gvclab.exercises.variants import Identity, numbers
from gvclab.exercises.widgets import causal_graph, predict, quiz, recall

CHOICES = [item.id for part in ("2.3a", "2.3b") for item in bank.load(part) if item.type == "choice"]
BOXES = [node.text for node in bank.item("2.3-9").nodes]


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """A kernel that has just started, of a user without predictions."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("GVCLAB_STATIC", raising=False)
    restart(monkeypatch)
    return tmp_path


def restart(monkeypatch):
    monkeypatch.setattr(predictions, "_made", {})
    monkeypatch.setattr(predictions, "_seen", set())
    monkeypatch.setattr(predictions, "_waiting", {})


def key(item_id: str):
    item = bank.item(item_id)
    return keys.namespace(item, numbers(item, Identity()))[item.answer]


# -------------------------------------------------------------------------------------------------- questions


@pytest.mark.parametrize("item_id", CHOICES)
def test_one_option_is_right_and_no_other_gives_it_away(item_id):
    item, asked = bank.item(item_id), quiz(item_id)
    right = next(i for i, option in enumerate(item.options) if option.right)
    for i, option in enumerate(item.options):
        said = asked.answer([letter(i)])
        assert (said.status == "right") == (i == right)
        if i != right:
            assert message_of(item, said) == option.hint
            assert item.options[right].text not in asked.feedback["html"]


def test_a_second_try_is_as_welcome_as_the_first():
    asked = quiz("2.3-b")
    wrong = next(i for i, option in enumerate(bank.item("2.3-b").options) if not option.right)
    asked.answer([letter(wrong)])
    said = asked.answer([key("2.3-b")])
    assert message_of(bank.item("2.3-b"), said).startswith(text("exercises.status.right"))
    assert "point" not in asked.feedback["html"]
    assert asked.feedback["tries"] == 2


@pytest.mark.parametrize(("item_id", "values"), [("2.3-b", [""]), ("2.3-a", ["", " "])])
def test_nothing_filled_in(item_id, values):
    said = quiz(item_id).answer(values)
    assert said.status == "unanswered"
    assert "cell" not in message_of(bank.item(item_id), said)  # there is none here


def test_fields_are_judged_one_by_one():
    same, apart = key("2.3-a")
    asked = quiz("2.3-a")
    assert [field["words"] for field in asked.question["fields"]] == [[], []]
    assert asked.answer([f"{same:.4f}", f"{apart:.6f}"]).score == 1
    said = asked.answer(["0.0025", f"{apart:.6f}"])
    assert [part.status for _, part in said.parts] == ["misconception", "right"]


def test_fields_answer_an_interpretation_by_name():
    finding = key("2.3-5")
    asked = quiz("2.3-5")
    words = [field["words"] for field in asked.question["fields"]]
    assert words[-1] == ["home", "retreat", "cost"] and not any(words[:-1])
    assert asked.answer([str(value) for value in finding.values()]).score == 1
    assert asked.answer([*map(str, [*finding.values()][:-1]), "P1"]).score < 1


MATCH = """## 9.9-1 Pairs

```{item}
type: match
bloom: understand
points: 1
answer: pairs
terms: {tariff: a *tariff*, flood: a flood}
classes: [policy, nature]
wrong:
  - {term: flood, class: policy, hint: "Who decides upon a flood?"}
```

{{ terms }}

```{solution}
pairs = {"tariff": "policy", "flood": "nature"}
```
"""


def test_fields_answer_pairs(monkeypatch):
    item = bank.parse_item(MATCH)
    monkeypatch.setattr(bank, "item", lambda _: item)
    asked = quiz("9.9-1")
    assert asked.question["fields"][0] == {"label": "a <em>tariff</em>", "words": ["policy", "nature"]}
    assert asked.answer(["policy", "nature"]).score == 1
    asked.answer(["policy", "policy"])
    assert "Who decides upon a flood?" in asked.feedback["html"]


def test_a_student_reads_the_own_numbers(monkeypatch):
    monkeypatch.setenv("GVCLAB_SALT", "salt")
    item = bank.item("2.3-a")
    students = {numbers(item, Identity(name, "salt")): name for name in "abcdefghijkl"}
    own, name = next((own, name) for own, name in students.items() if own.p != item.given[0].default)
    monkeypatch.setenv("GVCLAB_STUDENT", name)
    asked = quiz("2.3-a")
    assert f"<code>p</code> = {own.p}" in asked.question["prompt"]
    assert f"<code>p</code> = {item.given[0].default}" not in asked.question["prompt"]
    same = own.q + (1 - own.q) * own.p**2
    apart = (own.q + (1 - own.q) * own.p) ** 2
    assert asked.answer([str(same), str(apart)]).score == 1


def test_options_are_asked_once():
    item = bank.item("2.3-b")
    question = quiz("2.3-b").question
    assert not any(option.text in question["prompt"] for option in item.options)
    assert [entry["letter"] for entry in question["options"]] == ["A", "B", "C", "D"]


def test_nothing_a_student_types_becomes_markup():
    asked = quiz("2.3-a")
    asked.answer(["<img src=x onerror=alert(1)>", "![x](http://example.org/x.png)"])
    assert "<img" not in asked.feedback["html"]
    assert "&lt;img" in asked.feedback["html"]


def test_formulas_become_mathml_or_stay_as_they_are(monkeypatch):
    assert "<msup>" in inline("$x^2$")
    monkeypatch.setitem(sys.modules, "latex2mathml.converter", None)
    assert inline("$x^2$ & <b>") == ('<span class="math inline"><code>x^2</code></span> &amp; &lt;b&gt;')


def test_a_page_without_widgets_has_the_question_and_a_call_that_answers_it(monkeypatch):
    monkeypatch.setenv("GVCLAB_STATIC", "1")
    for item in (*bank.load("2.3a"), *bank.load("2.3b")):
        if item.type in ("num", "choice"):
            shown = quiz(item.id).data
            assert item.title in shown and all(option.text in shown for option in item.options)
            call = re.search(r"`(check\(.*\))`", shown).group(1)
            answer = eval(call, {"check": check, item.answer: ...})
            assert answer.verdict.status not in ("kind", "broken")


@pytest.mark.parametrize("item_id", ["2.3-7", "2.3-9", "2.3-10"])
def test_what_is_answered_in_a_cell_is_shown_as_text(item_id):
    assert f'check("{item_id}"' in quiz(item_id).data


def test_a_widget_has_words_for_where_it_cannot_be_drawn():
    data, _ = quiz("2.3-b")._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert bank.item("2.3-b").title in data["text/markdown"]


# ------------------------------------------------------------------------------------------------ predictions


def test_a_prediction_outlives_the_kernel(own_folder, monkeypatch):
    said = predict("2.3-p1").answer(["B"])
    item = bank.item("2.3-p1")
    mine = item.options[1].text
    assert said.status == "noted" and mine in message_of(item, said)
    stored = json.loads((own_folder / "gvclab" / "predictions.json").read_text())
    assert stored["2.3-p1"]["choice"] == item.options[1].id
    restart(monkeypatch)
    again = predict("2.3-p1")
    assert again.feedback["chosen"] == "B"
    assert stored["2.3-p1"]["date"] in again.feedback["html"]
    assert mine in recall("2.3-p1").html


def test_a_prediction_kept_by_its_text_is_found(own_folder):
    """As versions before kept it."""
    (own_folder / "gvclab").mkdir()
    item = bank.item("2.3-p1")
    kept = {item.id: {"choice": item.options[2].text, "date": "2026-01-01"}}
    (own_folder / "gvclab" / "predictions.json").write_text(json.dumps(kept))
    assert predictions.kept(item) == (2, "2026-01-01")


def test_a_prediction_may_change_and_others_stay(own_folder):
    (own_folder / "gvclab").mkdir()
    others = {"1.1-p": {"choice": "x", "date": "2026-01-01"}}
    (own_folder / "gvclab" / "predictions.json").write_text(json.dumps(others))
    asked = predict("2.3-p1")
    asked.answer(["A"])
    asked.answer(["C"])
    stored = json.loads(predictions.file().read_text())
    assert stored["2.3-p1"]["choice"] == bank.item("2.3-p1").options[2].id
    assert stored["1.1-p"] == others["1.1-p"]
    assert [path.name for path in predictions.file().parent.iterdir()] == ["predictions.json"]


@pytest.mark.parametrize("content", ["", "[]", '{"2.3-p1": 3}', '{"2.3-p1": {"choice": "an option of old"}}', "\udcff"])
def test_a_file_that_says_nothing_is_no_prediction(own_folder, content):
    (own_folder / "gvclab").mkdir()
    path = own_folder / "gvclab" / "predictions.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert predictions.kept(bank.item("2.3-p1")) is None
    assert "chosen" not in predict("2.3-p1").feedback


def test_where_nothing_can_be_written_the_kernel_remembers(own_folder, monkeypatch):
    (own_folder / "gvclab").write_text("a file where the folder should be")
    predict("2.3-p1", "B")
    assert predictions.kept(bank.item("2.3-p1")).index == 1
    monkeypatch.setitem(sys.modules, "jupyter_core.paths", None)
    predict("2.3-p1", "C")
    assert predictions.file() is None
    assert predictions.kept(bank.item("2.3-p1")).index == 2


def test_a_prediction_in_a_cell():
    option = bank.item("2.3-p1").options[3].text
    for answer in ("d", 4, option):
        assert option in predict("2.3-p1", answer).data
        assert predictions.kept(bank.item("2.3-p1")).index == 3
    with pytest.raises(ValueError, match=r"A to D, not the text \"home\""):
        predict("2.3-p1", "home")
    with pytest.raises(ValueError, match=r"2\.3-b is no prediction"):
        predict("2.3-b")
    with pytest.raises(KeyError, match=r"2\.3-p"):
        predict("2.3-zzz")


def test_a_recall_waits_for_the_prediction():
    item = bank.item("2.3-p1")
    shown = recall("2.3-p1", "The *evidence*.")
    told, folded = shown.html.split("<details>")
    assert item.title in told and not any(option.text in told for option in item.options)
    assert "<em>evidence</em>" in folded
    predict("2.3-p1").answer(["A"])
    assert item.options[0].text in shown.html and "<details>" not in shown.html


def test_a_recall_says_whether_the_model_agrees():
    item = bank.item("2.3-p1")
    right = next(i for i, option in enumerate(item.options) if option.id == key("2.3-p1"))
    for i, option in enumerate(item.options):
        predict("2.3-p1", i + 1)
        html = recall("2.3-p1").html
        assert option.text in html and item.options[right].text in html
        assert (inline(text("widgets.recall.same")) in html) == (i == right)


def test_a_recall_without_a_key_compares_with_the_evidence(monkeypatch):
    item = bank.public(bank.item("2.3-p1"))
    monkeypatch.setattr(bank, "item", lambda _: item)
    predict("2.3-p1", "A")
    html = recall("2.3-p1", 0.25).html
    assert text("widgets.recall.model") not in html
    assert text("widgets.recall.open") in html and "<code>0.25</code>" in html


def test_evidence_may_be_a_table():
    import pandas as pd

    predict("2.3-p1", "A")
    html = recall("2.3-p1", pd.DataFrame({"CVaR": [0.50812]}, index=["all-Home"])).html
    assert "<th>all-Home</th>" in html and "<td>0.508</td>" in html


def test_a_recall_without_widgets(monkeypatch):
    monkeypatch.setenv("GVCLAB_STATIC", "1")
    assert "predict(" in recall("2.3-p1").data
    assert "predict(" in predict("2.3-p1").data
    predict("2.3-p1", "A")
    assert text("widgets.recall.mine") in recall("2.3-p1").data


# ----------------------------------------------------------------------------------------------- causal graph


def test_edges_are_what_check_takes():
    drawn = causal_graph("2.3-9", key("2.3-9"))
    assert drawn.edges[0][:2] == ("security weight", "foreign share")  # as the page shows them
    assert check("2.3-9", drawn.edges) == bank.item("2.3-9").points
    drawn.arrows = [["crisis", "perceived risk", ""]]  # as the page sends them
    assert drawn.edges == [("crisis", "perceived risk")]


def test_edges_come_in_any_spelling():
    drawn = causal_graph("2.3-9", ["phi -> CVaR (-)", ("crisis", "belief"), "crisis -> belief"])
    assert drawn.edges == [("substitutability", "tail risk", "-"), ("crisis", "perceived risk")]


def test_errors_name_what_is_wrong():
    with pytest.raises(ValueError, match=r'no box "weather"; there are `security weight`'):
        causal_graph("2.3-9", ["weather -> crisis"])
    with pytest.raises(ValueError, match="the number 3"):
        causal_graph("2.3-9", [3])
    with pytest.raises(ValueError, match=r"2\.3-1 is no exercise with boxes"):
        causal_graph("2.3-1")


def test_a_graph_without_widgets(monkeypatch):
    monkeypatch.setenv("GVCLAB_STATIC", "1")
    shown = causal_graph("2.3-9").data
    assert "draw_graph(links)" in shown


pairs_of = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda p: p[0] < p[1]), min_size=1)


@settings(deadline=None)
@given(pairs_of)
def test_arrows_run_from_left_to_right(pairs):
    names = [(f"box {a}", f"box {b}") for a, b in pairs]
    columns = layers(names)
    column = {name: i for i, entries in enumerate(columns) for name in entries}
    assert sum(map(len, columns)) == len(column)  # nothing stands twice
    for a, b in names:
        assert column[a] < column[b]
        assert all(column[(a, b, i)] == i for i in range(column[a] + 1, column[b]))


def test_a_circle_shares_a_column():
    assert [set(names) for names in layers([("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")])] == [
        {"a"},
        {"b", "c"},
        {"d"},
    ]


@settings(deadline=None, max_examples=60)
@example([(BOXES[0], name) for name in BOXES[1:]])
@given(st.lists(st.tuples(st.sampled_from(BOXES), st.sampled_from(BOXES)), max_size=20))
def test_no_box_covers_another_or_leaves_the_canvas(pairs):
    placed = tidy(BOXES, pairs)
    assert set(placed) == set(BOXES)
    boxes = {name: graph_drawing.label(name) for name in BOXES}
    for name, (x, y) in placed.items():
        half, tall = boxes[name]["width"] / 2, boxes[name]["height"] / 2
        assert half <= x <= graph_drawing.WIDTH - half and tall <= y <= graph_drawing.HEIGHT - tall
    for a, b in combinations(BOXES, 2):
        (ax, ay), (bx, by) = placed[a], placed[b]
        apart = abs(ax - bx) >= (boxes[a]["width"] + boxes[b]["width"]) / 2
        assert apart or abs(ay - by) >= (boxes[a]["height"] + boxes[b]["height"]) / 2


def test_ring_begins_on_top():
    placed = ring(BOXES)
    assert min(placed, key=lambda name: placed[name][1]) == BOXES[0]


def test_a_picture_is_well_formed_and_says_what_it_shows():
    names = ["R&D", "<b>", "a 'quoted' \"name\" that takes two lines"]
    drawn = draw_graph([(names[0], names[1], "+"), (names[1], names[2], "-"), f"{names[0]} -> plain"], "It's a title")
    svg = ElementTree.fromstring(drawn.svg)
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == f"It's a title. {drawn.sentence}"
    assert all(name in drawn.sentence for name in names)
    words = " ".join("".join(entry.itertext()) for entry in svg.iter("{http://www.w3.org/2000/svg}tspan"))
    assert "R&D" in words and "<b>" in words
    assert drawn._repr_html_().count("<li>") == 3


@pytest.mark.parametrize(
    "edges", [["a -> b -> a"], ["a -> a"], "a -> b\nb -> c\nc -> b", ["a -> b", "b -> c", "a -> c"]]
)
def test_every_arrow_has_a_head(edges):
    drawn = draw_graph(edges)
    paths = ElementTree.fromstring(drawn.svg).findall("{http://www.w3.org/2000/svg}path")
    assert len(paths) == 2 * len(drawn.arrows)
    assert "nan" not in drawn.svg


def test_nothing_to_draw():
    assert draw_graph([])._repr_html_() == "<p>No arrows to draw.</p>"
    with pytest.raises(ValueError, match="a list of 1"):
        draw_graph([["alone"]])


def test_a_field_says_in_what_it_is_measured(monkeypatch):
    labels = [field["label"] for field in quiz("1.2-a").question["fields"]]
    assert labels[0] == "the mean gain in per cent" and labels[1].endswith("as a fraction of one")
    monkeypatch.setenv("GVCLAB_STATIC", "1")
    assert "Units: the mean gain in per cent" in quiz("1.2-a").data
