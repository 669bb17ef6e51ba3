"""`check` on the page: a number for nbgrader, a card for a person, never an exception and never the key."""

import html
import math
import os
import re
import sys
import threading
import time
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter

from gvclab.exercises import Identity, Score, bank, check, judge, keys, load, score
from gvclab.exercises.checkers import chosen
from gvclab.exercises.keys import namespace
from gvclab.exercises.plain import plain
from gvclab.exercises.service import CallLimits
from gvclab.exercises.variants import numbers

SECTION = replace(load("2.3a"), items=(*load("2.3a"), *load("2.3b")))  # both parts
IDS = [item.id for item in SECTION]
QUICK = CallLimits(call=0.3, total=1)


def solved(item_id):
    item = SECTION[item_id]
    return namespace(item, numbers(item, Identity()))[item.answer]


def outputs(result):
    return "\n".join([repr(result), str(result), result._repr_html_()])


# ---------------------------------------------------------------------------------------------- what is seen


@pytest.mark.parametrize(
    ("item_id", "answer", "shown"),
    [
        ("2.3-1", (0.818, 0.998), "2"),
        ("2.3-1", (0.8, 0.998), "1"),
        ("2.3-1", ..., "0"),
        (
            "2.3-5",
            {"q_home": 0.25, "phi": 0.5, "w": 0.3, "home_share": 0, "cvar": 9, "refuted": "home"},
            "2",
        ),
    ],
)
def test_a_notebook_shows_the_number_and_the_card(item_id, answer, shown):
    result = check(item_id, answer)
    data, _ = DisplayFormatter().format(result)
    assert data["text/plain"] == shown == repr(result)
    assert set(data) == {"text/plain", "text/html"}
    assert float(data["text/plain"]) == result == float(result)
    assert isinstance(result, float) and result.points == SECTION[item_id].points


class Card(HTMLParser):
    def __init__(self, source):
        super().__init__()
        self.tags, self.words = [], ""
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data


def test_the_card_is_read_out_and_needs_no_colour():
    card = Card(check("2.3-1", (0.8, 0.998))._repr_html_())
    assert card.tags[0][0] == "div" and card.tags[0][1]["role"] == "status"
    for words in ("Partly right: 1 of 2 points", "Not yet.", "Right.", "multiply"):
        assert words in card.words
    assert all(attrs == {"aria-hidden": "true"} for tag, attrs in card.tags if tag == "span")


@pytest.mark.parametrize("item_id", IDS)
def test_the_card_escapes_what_it_quotes(item_id):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"

    def shouts(*_):
        raise type(evil, (Exception,), {})(evil)

    answers = [
        evil,
        [evil],
        {evil: evil},
        [f"{evil} -> crisis"],
        [evil, evil, evil],
        type(evil, (), {})(),
        shouts,
    ]
    for answer in [*answers, [0.1, 0.1, evil], {"refuted": evil, "q_home": evil}]:
        source = check(item_id, answer, limits=QUICK)._repr_html_()
        assert not {"script", "img"} & {tag for tag, _ in Card(source).tags}


# -------------------------------------------------------------------------------------------------- attempts


def wrong_letters(item):
    return [bank.letter(i) for i, option in enumerate(item.options) if not option.right]


def test_one_may_try_as_often_as_one_likes():
    """The prompt promises it: no earlier answer takes points from a right one."""
    for answer in wrong_letters(SECTION["2.3-2"]):
        assert check("2.3-2", answer) == 0
    assert check("2.3-2", solved("2.3-2")) == 1


def test_graded_only_the_answer_handed_in_counts(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    item = SECTION["2.3-2"]
    for answer in wrong_letters(item):
        assert check(item.id, answer) == 0
    assert check(item.id, solved(item.id)) == 1


# ---------------------------------------------------------------------------------------------- without keys


@pytest.fixture
def bundle(monkeypatch, tmp_path):
    """The library as a class has it: no key anywhere."""
    folder = tmp_path / "content" / "exercises"
    folder.mkdir(parents=True)
    for path in bank._folder().glob("2.3*.md"):
        (folder / path.name).write_text(bank.public_text(path.read_text(encoding="utf-8")), encoding="utf-8")
    monkeypatch.setattr(bank, "resource", lambda name: tmp_path / name)


GRADED = [item.id for item in SECTION.used("exercise") if item.type != "essay"]


@pytest.mark.parametrize("item_id", GRADED)
def test_without_a_key_it_says_only_whether_an_answer_is_well_formed(bundle, item_id):
    for answer in (solved(item_id), wrong_answer(item_id)):
        result = check(item_id, answer)
        assert math.isnan(result) and result.verdict.status == "formed"
        assert "Your instructor has the key" in repr(result) and "Well formed" in result._repr_html_()
        assert not re.search(r"\d of \d", outputs(result))
    for answer, status in ((..., "unanswered"), (1j, "kind")):
        result = check(item_id, answer)
        assert (float(result), result.verdict.status) == (0, status)


def wrong_answer(item_id):
    item = SECTION[item_id]
    if item.type == "choice":
        return wrong_letters(item)[0]
    if item.type == "code":
        return lambda *_: 0
    if item.type == "graph":
        return [("persistence", "switching cost")]
    if item.type == "interpret":
        return {"q_home": 0.3, "phi": 0, "w": 0.5, "home_share": 0.77, "cvar": 0.01, "refuted": "cost"}
    return [part.words[0].text if part.words else 0.123456 for part in item.parts]


@pytest.mark.parametrize("item_id", GRADED)
def test_the_key_comes_with_the_hidden_tests(bundle, item_id, monkeypatch):
    key = bank.key_text(SECTION[item_id])
    assert bank.item(item_id).has_key is False
    assert check(item_id, solved(item_id), key=key) == SECTION[item_id].points
    assert check(item_id, wrong_answer(item_id), key=key) < SECTION[item_id].points
    assert check(item_id, solved(item_id), key="## nonsense").verdict.status == "broken"
    assert check("2.3-1" if item_id != "2.3-1" else "2.3-2", 1, key=key).verdict.status == "broken"


def test_a_keyless_answer_is_not_full_marks_for_nbgrader(bundle, monkeypatch):
    """nbgrader takes what it cannot read as a number, and nan, for full marks."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    result = check("2.3-1", (0.818, 0.998))
    assert repr(result) == "0" and result.verdict.status == "formed"


@pytest.mark.parametrize(
    ("answer", "key", "execution", "points"),
    [
        ((0.818, 0.998), True, "", 2),
        ((0.8, 0.998), True, "", 1),
        ((0.5, 0.5), True, "", 0),
        ((0.5, 0.5), False, "", 2),  # validating a well-formed answer is no failure …
        ((0.5, "x"), False, "", 0),  # … an answer of the wrong kind is
        ((0.5, 0.5), False, "autograde", 0),
    ],
)
def test_what_nbgrader_makes_of_it(bundle, monkeypatch, answer, key, execution, points):
    nbgrader = pytest.importorskip("nbgrader.utils")
    from nbformat.v4 import new_code_cell, new_output

    monkeypatch.setenv("NBGRADER_EXECUTION", execution)
    result = check("2.3-1", answer, key=bank.key_text(SECTION["2.3-1"]) if key else None)
    data, _ = DisplayFormatter().format(result)
    cell = new_code_cell(metadata={"nbgrader": {"grade": True, "solution": False, "points": 2}})
    cell.outputs = [new_output("execute_result", data)]
    assert nbgrader.determine_grade(cell) == (points, 2)


# ----------------------------------------------------------------------------------------------- predictions


def test_a_prediction_is_noted_not_judged():
    for answer in ("B", solved("2.3-p2")):
        noted = check("2.3-p2", answer)
        assert math.isnan(noted) and noted.verdict.status == "noted"
        assert not any(option.text in outputs(noted) for option in SECTION["2.3-p2"].options)


def test_an_essay_is_for_the_instructor():
    result = check("2.3-10", "Ministry, " * 50)
    assert math.isnan(result) and "50 words" in repr(result)


# --------------------------------------------------------------------------------------------------- hostile


def explode(*_):
    raise RuntimeError("code of the student's ran")


def stall(*_):
    time.sleep(100)


def leave(*_):
    os._exit(1)


def hostile_objects():
    hooks = [
        f"__{n}__"
        for n in (
            "eq",
            "repr",
            "str",
            "float",
            "int",
            "index",
            "bool",
            "len",
            "iter",
            "getitem",
            "array",
            "format",
        )
    ]
    for act in (explode, stall, leave):
        space = dict.fromkeys(hooks, act)
        for base in (object, int, float, str, list, dict, tuple, set):
            yield type("Evil", (base,), {**space, "__hash__": object.__hash__, "__class__": property(act)})()
        yield type("Evil", (), {"__getattr__": act, "__getattribute__": act})()
    loop = []
    loop.append(loop)
    deep = {}
    for _ in range(5000):
        deep = {"a": [deep]}
    wide = [0] * 10**6
    yield from (
        loop,
        deep,
        wide,
        [wide] * 1000,
        [[[[loop] * 9] * 9] * 9] * 9,
        "9" * 10**6,
        10**5000,
        -(10**400),
    )
    yield from (
        (i for i in iter(int, 1)),
        iter(int, 1),
        range(10**12),
        open,
        sys,
        Score,
        math.nan,
        1j,
        b"\xff",
        "\ud800",
    )
    yield from (
        np.zeros((1000, 1000)),
        np.array(explode, dtype=object),
        np.ma.masked,
        np.datetime64("NaT"),
        np.array([]),
    )
    yield from (
        threading.Lock(),
        NotImplemented,
        {frozenset(): 1},
        {1: {2: {3: ...}}},
        [None, [1]],
        ["-> -> ->"],
        "->" * 999,
    )


@pytest.mark.parametrize("item_id", IDS)
def test_nothing_hostile_raises_stalls_or_scores(item_id):
    for thing in hostile_objects():
        for answer in (thing, [thing, thing], {"refuted": thing}):
            if callable(answer) and SECTION[item_id].type == "code":
                continue
            result = check(item_id, answer, limits=QUICK)
            assert not result.verdict.score
            assert result.verdict.status not in ("right", "partial")
            assert len(outputs(result)) < 20_000


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.complex_numbers()
    | st.binary()
    | st.just(...),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4) | st.tuples(inner, inner)
    ),
    max_leaves=12,
)


@given(junk)
@settings(max_examples=150, deadline=None)
def test_junk_never_raises_nor_scores(answer):
    for item in SECTION:
        if item.options and chosen_or_none(item, answer) is not None:
            continue
        result = check(item.id, answer)
        assert isinstance(result, Score) and not result > 0
        assert result.verdict.status not in ("right", "partial", "broken")
        assert html.unescape(result._repr_html_())


def chosen_or_none(item, answer):
    data = plain(answer)
    return chosen(item, data) if not isinstance(data, float) or math.isfinite(data) else None


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("while True: pass", "more than"),
        ("import os; os._exit(0)", "ended the whole process"),
        ("raise SystemExit", "ended the whole process"),
        ("return f(*a)", "calls itself"),
        ("return bytearray(2**33)", "memory"),
        ("print('x' * 10**7)", "forget `return`"),
        ("a[0].sort()\n    return 1.0", "on a copy"),
        ("return 'one'", "the text"),
    ],
)
def test_a_bad_function_costs_its_own_properties_only(body, says):
    names = {}
    exec(f"def f(*a):\n    {body}", names)
    good = solved("2.3-4")

    def sometimes(u, p, alpha):
        return names["f"](u, p, alpha) if alpha == 0 else good(u, p, alpha)

    result = check("2.3-4", sometimes, limits=CallLimits(call=0.5, total=8))
    assert dict(result.verdict.parts)["test_mean"].status == "wrong"
    assert says in str(result)
    assert result == pytest.approx(5 * 39 / 40)


def test_a_loop_without_end_is_bounded_in_all():
    def forever(*_):
        while True:
            pass

    result = check("2.3-4", forever, limits=CallLimits(call=0.3, total=1))
    assert result == 0
    assert "used up" in str(result)


# --------------------------------------------------------------------------------------------------- the key


def spelled(key):
    """The ways in which a number might be printed."""
    for value in (key, 100 * key):
        for digits in (3, 4, 6, 8):
            yield f"{value:.{digits}g}"
            yield f"{value:.{digits}f}".rstrip("0")


@pytest.mark.parametrize("item_id", IDS)
def test_no_output_holds_the_key(item_id, monkeypatch):
    item = SECTION[item_id]
    if item.type == "essay":
        return
    monkeypatch.setenv("GVCLAB_SALT", "s")
    for student in ("", "ada", "bob"):
        monkeypatch.setenv("GVCLAB_STUDENT", student)
        right = namespace(item, numbers(item, Identity(student, "s")))[item.answer]
        secrets = set()
        data = plain(right)
        for value in data.values() if isinstance(data, dict) else data if isinstance(data, list) else [data]:
            if isinstance(value, float) and value not in (0, 0.25, 0.5, 0.3):
                secrets |= {words for words in spelled(value) if len(words.replace(".", "").strip("0")) >= 3}
        if item.type == "choice":
            secrets = {next(option.text for option in item.options if option.right)}
        if item.type == "predict":
            secrets = {right}
        if item.type == "graph":
            secrets = {f"{a} → {b}" for a, b, _ in right}
        if item.type == "code":
            secrets = {line.strip() for line in item.solution.splitlines()[2:]} - {"return np.inf"}
        assert secrets
        tries = [
            ...,
            3,
            "x",
            [1, 2],
            [0.1, 0.2, "far"],
            [0.7, 0.9],
            [0.7, 0.9, "same"],
            {"a": 1},
            lambda *_: 0.5,
            lambda *_: 1 / 0,
        ]
        tries += [wrong.value for part in item.parts for wrong in part.wrong]
        tries += wrong_letters(item) if item.type == "choice" else ["A"]
        tries += [[("crisis", "no risk")], {**wrong_answer("2.3-5")}]
        for answer in tries:
            shown = outputs(check(item.id, answer, limits=QUICK))
            assert not [secret for secret in secrets if secret in shown], answer
    assert not [secret for secret in secrets if any(secret in option.hint for option in item.options)]


def test_a_fault_of_ours_shows_no_traceback(monkeypatch, caplog):
    def broken(*_):
        raise ValueError("the key is 0.8179")

    monkeypatch.setattr(score, "judge", broken)
    with caplog.at_level("DEBUG"):
        result = check("2.3-1", (0.1, 0.2))
    assert result == 0 and result.verdict.status == "broken"
    assert "0.8179" not in outputs(result) + caplog.text


def test_an_unknown_item_is_named():
    assert "no item 2.3-99" in str(check("2.3-99", 1))
    assert "no exercises for section 9.9" in str(check("9.9-1", 1))
    assert check(None, 1).verdict.status == "broken"


def test_nothing_is_written_beside_the_answer(capfd):
    """nbgrader takes a line on stderr for a failed test."""
    import warnings

    def noisy(u, p, alpha):
        warnings.warn("careful", stacklevel=1)
        print("here")
        return np.float64(0) / 0

    check("2.3-4", noisy, limits=QUICK)
    check("2.3-3", (0.1, 0.2))
    assert capfd.readouterr() == ("", "")


# ----------------------------------------------------------------------------------------------------- pairs

MATCH = bank.parse_item("""## 9-1 Pairs
```{item}
type: match
bloom: understand
points: 2
answer: pairs
terms: [tariff, quota, lockdown, subsidy]
classes: [price, quantity, shock]
wrong: [{term: quota, class: price, hint: It fixes an amount.}]
```
{{ terms }}
```{solution}
pairs = {"tariff": "price", "quota": "quantity"}
pairs |= {"lockdown": {"shock", "quantity"}, "subsidy": ["price", "quantity"]}
```
""")


@pytest.mark.parametrize(
    ("answer", "points", "says"),
    [
        (
            {"tariff": "price", "quota": "quantity", "lockdown": "shock", "subsidy": {"price", "quantity"}},
            4,
            "That is it",
        ),
        (
            {
                "Tariff": " PRICE",
                "quota": "quantity",
                "lockdown": "quantity",
                "subsidy": ["quantity", "price"],
                "x": 1,
            },
            4,
            "That is it",
        ),
        # Of several right classes one or all will do, but none beside them; of a needed pair, not one.
        (
            {"tariff": "price", "quota": "price", "lockdown": {"shock", "quantity"}, "subsidy": "price"},
            2,
            "fixes an amount",
        ),
        (
            {"tariff": {"price", "shock"}, "quota": "price", "lockdown": {"shock", "price"}, "subsidy": "quantity"},
            0,
            "fixes an amount",
        ),
        ({"tariff": "price"}, 1, "Not answered"),
        ({"tariff": "money"}, 0, "wanted is one of price"),
        (["price"], 0, "wanted is a dict"),
    ],
)
def test_pairs(answer, points, says):
    judged = judge(MATCH, answer)
    assert judged.score == pytest.approx(points / 4)
    assert says in str(Score(judged, MATCH))


def test_infinity_may_be_the_key():
    item = bank.parse_item("""## 9-2 Forever
```{item}
type: num
bloom: apply
points: 1
answer: t
parts: [{name: t, atol: 0.1}]
```
{{ tolerance }}
```{solution}
t = float("inf")
```
""")
    assert [judge(item, t).status for t in (math.inf, "∞", 5, -math.inf, math.nan)] == [
        "right",
        "right",
        "wrong",
        "kind",
        "kind",
    ]
    assert keys.namespace(item, ())["t"] == math.inf
