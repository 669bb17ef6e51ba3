"""The items of 2.3: solutions earn everything, stubs nothing, known errors their hint, for everybody."""

import ast
import inspect
import math
import re
import time
from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from gvclab.exercises import Identity, bank, judge, load
from gvclab.exercises.cards import card
from gvclab.exercises.keys import namespace
from gvclab.exercises.plain import plain
from gvclab.exercises.rendering import message_of
from gvclab.exercises.variants import numbers
from gvclab.models import sourcing

SECTION = replace(load("2.3a"), items=(*load("2.3a"), *load("2.3b")))  # both parts
JUDGED = [item for item in SECTION if item.type not in ("essay", "predict")]
PARTS = [item for item in JUDGED if item.parts]


def by_id(items):
    return pytest.mark.parametrize("item", items, ids=lambda item: item.id)


def everybody(item):
    """The default, and for each combination of numbers that can be drawn one student who draws it."""
    yield Identity()
    wanted = math.prod(len(g.draw) or 1 for g in item.given)
    seen = set()
    for i in count():
        who = Identity(f"student{i}", "salt")
        if numbers(item, who) not in seen:
            seen.add(numbers(item, who))
            yield who
        if len(seen) == wanted:
            return


def solved(item, who):
    return namespace(item, numbers(item, who))[item.answer]


@by_id(JUDGED)
def test_the_solution_earns_everything(item):
    for who in [*everybody(item), *(Identity(f"s{i}", "other salt") for i in range(30))]:
        judged = judge(item, solved(item, who), who)
        assert (judged.score, judged.status) == (1, "right"), who


@by_id(JUDGED)
def test_the_stub_earns_nothing(item):
    names = {"given": lambda _: numbers(item, Identity())}
    exec(item.setup, names)
    names["given"] = lambda _: numbers(item, Identity())
    exec(item.stub, names)
    judged = judge(item, names[item.answer])
    assert (judged.score, judged.status) == (0, "unanswered")
    for nothing in (None, ..., "", []):
        assert judge(item, nothing) == judge(item, ...)


@by_id(JUDGED)
def test_the_stub_and_the_solution_set_the_same_name(item):
    for source in (item.stub, item.solution):
        tree = ast.parse(source)
        names = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}
        names |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        assert item.answer in names


@by_id(PARTS)
def test_every_known_error_gets_its_hint(item):
    for who in everybody(item):
        names, right = namespace(item, numbers(item, who)), plain(solved(item, who))
        right = right if isinstance(right, dict | list) else [right]
        for part in item.parts:
            for wrong in part.wrong:
                # The names that a reading brings are those of the solution's own settings.
                shown = names[item.model](**names["settings"]) if item.model else {}
                value = wrong.value if part.words else eval(wrong.value, {**names, **shown})
                answer = (
                    dict(right)
                    if isinstance(right, dict)
                    else dict(zip((p.name for p in item.parts), right, strict=True))
                )
                answer[part.name] = value
                judged = judge(item, answer, who)
                found = dict(judged.parts or [(part.name, judged)])[part.name]
                assert (found.score, found.status) == (0, "misconception"), (who, value)
                assert message_of(item, found) == wrong.hint
                results = [p for p in item.parts if not p.is_setting]
                assert judged.score == pytest.approx(1 - 1 / len(results))


@by_id([item for item in JUDGED if item.type == "choice"])
def test_every_wrong_option_gets_its_hint(item):
    for i, option in enumerate(item.options):
        for answer in (
            bank.letter(i),
            bank.letter(i).lower() + ")",
            i + 1,
            str(i + 1),
            np.int64(i + 1),
            option.text,
            f" {option.text.upper()} ",
        ):
            judged = judge(item, answer)
            assert judged.score == option.right
            assert judged.status == "right" if option.right else message_of(item, judged) == option.hint


@by_id([item for item in PARTS if item.type == "num"])
def test_numbers_near_the_key(item):
    """Rounded to the tolerance: right. A wrong power of a hundred and lost digits: close."""
    for who in everybody(item):
        right = plain(solved(item, who))
        right = right if isinstance(right, list) else [right]
        for i, part in enumerate(item.parts):
            if not part.is_number:
                continue

            def status(value, i=i, part=part, right=right, who=who):
                judged = judge(item, [*right[:i], value, *right[i + 1 :]], who)
                return dict(judged.parts or [(part.name, judged)])[part.name].status

            key, digits = right[i], -math.floor(math.log10(part.atol))
            assert status(round(key, digits)) == "right"
            assert status(f"{100 * key} %") == status(np.float64(key)) == status(f"{key}") == "right"
            assert status(key + 0.999 * part.atol) == "right"
            assert (status(100 * key) == "close") == (part.unit == "fraction")
            assert status(key + 2 * part.atol) in ("close", "misconception")
            assert status(key + 7 * part.atol + 0.3) == "wrong"


def test_the_numbers_the_course_quotes():
    """Against the reference numbers of the models, to the digits in which they are quoted."""
    me = Identity()
    assert np.round(solved(SECTION["2.3-1"], me), 3) == pytest.approx([0.818, 0.998])
    assert solved(SECTION["2.3-1"], me) == pytest.approx([sourcing.chain_reliability(20, m, 0.01) for m in (1, 2)])
    assert solved(SECTION["2.3-3"], me) == pytest.approx([27 / 32, 64 / 81])
    finding = solved(SECTION["2.3-5"], me)
    assert finding["home_share"] == pytest.approx(0, abs=1e-9)
    home, far, safer = solved(SECTION["2.3-6"], me)
    assert np.round([home, far], 3) == pytest.approx([0.042, 0.062]) and safer == "home"
    problem = sourcing.create_sourcing(phi=0)
    assert (home, far) == pytest.approx([problem.evaluate(x).expected for x in ([1, 0, 0, 0], [0, 0, 0.5, 0.5])])
    assert solved(SECTION["2.3-a"], me) == pytest.approx(
        [1 - sourcing.chain_reliability(1, 2, 0.05, 0.04, same) for same in (True, False)]
    )


def test_what_the_choices_claim():
    """The staircase has steps; against four weeks the model stocks, and buys from one source."""
    steps = sourcing.staircase(sourcing.create_sourcing())
    assert 3 < len(steps.w) < 30 and np.diff(steps.w).max() > 0.03
    best = sourcing.create_sourcing(severities=4 / 52, bmax=0.5).optimise(0.1)
    assert np.count_nonzero(best.x > 1e-6) == 1 and best.b == pytest.approx(4 / 52, abs=1e-3)
    best = sourcing.create_sourcing(severities=22 / 52, bmax=0.5).optimise(0.1)
    assert np.count_nonzero(best.x > 1e-6) == 2 and best.b == 0
    wedge = sourcing.create_sourcing().wedge(w=0.5, chi=0.1)
    assert wedge.private.cvar > 2 * wedge.social.cvar and wedge.private.cost < wedge.social.cost


@pytest.mark.parametrize(
    ("item_id", "option"),
    [
        ("2.3-p1", "years_82"),
        ("2.3-p2", "second_far"),
        ("2.3-p3", "about_same"),
        ("2.3-p4", "seven_years"),
        ("2.3-p5", "moderately_dear"),
        ("2.3-p6", "less_than_best"),
    ],
)
def test_what_the_models_say_of_the_predictions(item_id, option):
    item = SECTION[item_id]
    assert solved(item, Identity()) == option and option in [each.id for each in item.options]


def test_the_reading_just_above_the_jump_is_right_too():
    """The fragility lab shows .800 at .84385; the point itself is at 27/32 and 64/81."""
    item = SECTION["2.3-3"]
    step = sourcing.egl_fixed_point(0.844, 2, 2)  # the first position of the slider above the jump
    for reading in (0.79, 64 / 81, sourcing.egl_fixed_point(27 / 32 + 1e-4, 2, 2), 0.8, step):
        assert judge(item, (27 / 32, reading)).score == 1
    assert judge(item, (27 / 32, 0.85)).score == 0.5


def test_any_setting_in_the_ranges_may_be_read():
    item = SECTION["2.3-5"]
    read = namespace(item, ())["reading"]
    rng = np.random.default_rng(1)
    for _ in range(15):
        settings = {p.name: rng.uniform(p.low, p.high) for p in item.parts if p.is_setting}
        shown = read(**settings)
        problem = sourcing.create_sourcing(probabilities={"Home": settings["q_home"]}, phi=settings["phi"])
        before, after = problem.optimise(0), problem.optimise(settings["w"])
        assert shown["home_share"] < 0.01  # so that *home* is false there, and the other two sentences true
        assert sum(after.x[2:]) < sum(before.x[2:]) - 0.2
        assert after.cost > before.cost and after.cvar < before.cvar
        answer = {
            **settings,
            "home_share": shown["home_share"],
            "cvar": round(shown["cvar"], 2),
            "refuted": "brings work home",
        }
        assert judge(item, answer).score == 1
        assert judge(item, {**answer, "cvar": shown["cvar"] + 0.1}).score == pytest.approx(2 / 3)
    outside = judge(item, {**answer, "q_home": 0.06})
    assert (outside.score, outside.status) == (0, "kind") and "0.25 to 0.3" in message_of(item, outside.parts[0][1])


# ------------------------------------------------------------------------------------------------- functions


def value_at_risk(u, p, alpha):
    worst = np.argsort(-np.asarray(u))
    u, p = np.asarray(u)[worst], np.asarray(p)[worst]
    return u[np.searchsorted(np.cumsum(p), 1 - alpha)]


def no_edge(u, p, alpha):
    """Forgets that the scenario at the edge counts in part."""
    u, p = np.asarray(u, float), np.asarray(p, float)
    var = value_at_risk(u, p, alpha)
    tail = u >= var
    return u[tail] @ p[tail] / p[tail].sum()


def weighted_ends(u, p, alpha):
    """Has nearly all the properties, and is not the measure."""
    return (1 - alpha) * np.dot(u, p) + alpha * max(u)


def arrays_only(u, p, alpha):
    return reference_cvar(u, p, alpha) + 0 * u.sum()


def sorts_in_place(u, p, alpha):
    u.sort()
    return u[-1]


reference_cvar = solved(SECTION["2.3-4"], Identity())


def broken_at_zero(u, p, alpha):
    if alpha == 0:
        raise ValueError("alpha")
    return reference_cvar(u, p, alpha)


@pytest.mark.parametrize(
    ("function", "low", "high", "says"),
    [
        (lambda u, p, alpha: 0.0, 0, 0, "between the mean and the largest loss"),
        (lambda u, p, alpha: math.inf, 0, 0, "finite"),
        (lambda u, p, alpha: np.dot(u, p), 1 / 40, 1 / 40, "between"),
        (lambda u, p, alpha: max(u), 1 / 40, 1 / 40, "between"),
        (value_at_risk, 0, 0.2, "Does not hold"),
        (no_edge, 1 / 40, 0.2, "Does not hold"),
        (weighted_ends, 0.1, 0.2, "Does not hold"),
        (arrays_only, 39 / 40, 39 / 40, "AttributeError: 'list' object has no attribute 'sum'"),
        (broken_at_zero, 39 / 40, 39 / 40, "ValueError: alpha"),
        (lambda u, p, alpha: np.array(reference_cvar(u, p, alpha)), 1, 1, "That is it"),
        (lambda u, p, alpha: [1.0], 0, 0, "a list of 1"),
        (lambda u, p, alpha: "0.5", 0, 0, "the text"),
        (lambda u, p, alpha: math.nan, 0, 0, "nan"),
        (lambda u, p, alpha: True, 0, 0, "truth value"),
        (lambda u: 1, 0, 0, "TypeError"),
    ],
)
def test_wrong_measures_of_risk(function, low, high, says):
    judged = judge(SECTION["2.3-4"], function)
    assert low - 1e-9 <= judged.score <= high + 1e-9
    assert any(re.search(says, message_of(SECTION["2.3-4"], part)) for _, part in judged.parts)


@pytest.mark.parametrize("name", ["1.2-8", "1.3-3", "2.2-4"])
def test_infinity_agrees_with_nothing(name):
    """Within a tolerance that grows with a number, infinity would agree with every other."""

    def unsure(*arguments):
        return math.inf if any(isinstance(one, np.ndarray) for one in arguments) else 1.0

    assert judge(bank.item(name), unsure).score == 0


def test_a_long_line_is_no_arrow():
    began = time.monotonic()
    for line in (" " * 19_000 + "a", " " * 9_900 + "+" + " " * 9_900 + "x"):
        assert judge(SECTION["2.3-9"], [line, line]).score == 0
    assert time.monotonic() - began < 2


def test_a_setting_a_rounding_beyond_its_range_is_at_its_end():
    item = SECTION["2.3-5"]
    shown = namespace(item, ())["reading"](q_home=0.25, phi=0, w=0.99)
    answer = {"q_home": 0.25, "phi": -1e-12, "w": 0.99 + 1e-12, **shown, "proposition": "P2"}
    assert judge(item, answer).status != "kind"


def test_what_stops_every_call_is_said_once():
    item = SECTION["2.3-4"]
    judged = judge(item, lambda u: 1)
    assert "TypeError" in message_of(item, judged) and card(item, judged, "").count("TypeError") == 1


def by_loop(pbar, a0, b0, delta, kappa):
    a, b, t = a0 + kappa, b0 + delta / (1 - delta), 1
    while a / (a + b) >= pbar:
        a, b, t = a0 + delta * (a - a0), b0 + delta * (b - b0) + 1, t + 1
        if t > 2000:
            return math.inf
    return t


def only_the_trivial_cases(pbar, a0, b0, delta, kappa):
    """Never, at once, and else a number out of the air."""
    calm, crisis = b0 + 1 / (1 - delta), b0 + delta / (1 - delta)
    if a0 / (a0 + calm) >= pbar:
        return math.inf
    return 1 if (a0 + kappa) / (a0 + kappa + crisis) < pbar else 400


reference_return = solved(SECTION["2.3-7"], Identity())


@pytest.mark.parametrize(
    ("function", "low", "high"),
    [
        (by_loop, 1, 1),
        (lambda *args: np.float64(reference_return(*args)), 1, 1),
        (lambda *args: reference_return(*args) - 1, 0, 0.5),
        (lambda *args: reference_return(*args) + 1, 0, 0.7),
        (lambda *args: 5, 0, 0),
        (lambda *args: 1, 0, 0),
        (lambda *args: math.inf, 0, 0),
        (
            lambda pbar, a0, b0, delta, kappa: t if (t := by_loop(pbar, a0, b0, delta, kappa)) < 2000 else 2000,
            0.9,
            0.99,
        ),
        (only_the_trivial_cases, 0.05, 0.1),
    ],
)
def test_wrong_return_times(function, low, high):
    assert low <= judge(SECTION["2.3-7"], function).score <= high


def test_return_time_of_the_lesson():
    for kappa, t in ((3, 18), (1, 8)):
        assert reference_return(0.05, 1, 19, 0.9, kappa) == t == sourcing.return_time(0.05, 1, 19, 0.9, kappa)
    rng = np.random.default_rng(0)
    for _ in range(100):
        case = (
            rng.uniform(0.02, 0.2),
            rng.uniform(0.5, 2),
            rng.uniform(10, 40),
            rng.uniform(0.5, 0.98),
            rng.uniform(1, 6),
        )
        assert reference_return(*case) == sourcing.return_time(*case) == by_loop(*case)


def test_cvar_of_the_solution_is_that_of_the_model():
    rng = np.random.default_rng(0)
    for _ in range(100):
        u, p, alpha = rng.uniform(size=7), rng.dirichlet(np.ones(7)), rng.uniform(0, 0.99)
        assert reference_cvar(u, p, alpha) == pytest.approx(sourcing.cvar(u, p, alpha))
    assert reference_cvar([0, 1, 3], [0.5, 0.3, 0.2], 0.6) == pytest.approx(2)  # the example of the prompt


@by_id([item for item in JUDGED if item.type == "code"])
def test_properties_are_named_and_show_no_data(item):
    names = dict(namespace(item, ()), weight=lambda points: lambda test: test)
    exec(item.tests, names)
    tests = [test for name, test in names.items() if name.startswith("test_")]
    assert len(tests) >= 5
    for test in tests:
        assert list(inspect.signature(test).parameters) == ["f", "reference", "rng"]
        assert len(test.__doc__) > 20


# ---------------------------------------------------------------------------------------------------- arrows


REQUIRED = [tuple(edge[:2]) for edge in solved(SECTION["2.3-9"], Identity())]
GRAPH = SECTION["2.3-9"]


@pytest.mark.parametrize(
    ("links", "score", "says"),
    [
        (REQUIRED, 1, "7 of 7"),
        (set(REQUIRED), 1, "7 of 7"),
        ([f"{a} -> {b}" for a, b in REQUIRED], 1, "7 of 7"),
        ("\n".join(f"{a} → {b} (+)" for a, b in REQUIRED), 1, "Every sign is +"),
        (dict(REQUIRED), 1, "7 of 7"),
        ([("W", "Share Abroad"), *REQUIRED[1:]], 1, "7 of 7"),
        (["crisis -> perceived risk -> security weight -> foreign share"], 3 / 7, "3 of 7"),
        (REQUIRED[:6], 6 / 7, "6 of 7"),
        (
            [*REQUIRED[:6], ("persistence", "switching cost")],
            6 / 7,
            "persistence → switching cost points the wrong way",
        ),
        ([*REQUIRED, ("foreign share", "crisis")], 0, "circle"),
        ([*REQUIRED, ("localisation", "no risk")], 0.75, "buys everything at Home"),
        ([*REQUIRED[2:], ("foreign share", "crisis")], 5 / 7 - 0.25, "does not cause crises"),
        (
            [
                *(e for e in REQUIRED if e[0] != "substitutability"),
                ("phi", "replacement"),
                ("replacement", "CVaR"),
            ],
            1,
            "7 of 7",
        ),
        ([*REQUIRED, ("security weight", "localisation"), ("localisation", "tail risk")], 1, "7 of 7"),
        ([*REQUIRED, ("crisis", "no risk"), ("home shock", "no risk")], 1, "7 of 7"),
        (
            [
                *REQUIRED,
                ("crisis", "no risk"),
                ("home shock", "no risk"),
                ("w", "no risk"),
                ("phi", "no risk"),
            ],
            0.9,
            "4 arrows are not backed",
        ),
        ([*REQUIRED[:6], ("switching costt", "persistence")], 6 / 7, 'do you mean "switching cost"'),
        ([*REQUIRED[:6], ("zebra", "persistence")], 6 / 7, 'no box "zebra"'),
        ([*REQUIRED[:6], 7], 6 / 7, "Cannot read the number 7"),
        ([("crisis", "crisis")], 0, "circle"),
        ([1, 2], 0, "None of the arrows"),
        (3, 0, "wanted is a list of arrows"),
        ([(b, a) for a, b in REQUIRED], 0, "wrong way"),
    ],
)
def test_arrows(links, score, says):
    judged = judge(GRAPH, links)
    assert judged.score == pytest.approx(score)
    assert says in message_of(GRAPH, judged)


def test_drawing_everything_earns_nothing():
    names = [node.text for node in GRAPH.nodes]
    everything = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    assert judge(GRAPH, everything).score == 0


def test_labels_with_commas_are_told_apart():
    assert "China, gross; the US deficit with China, in value added; the" in message_of(
        bank.item("1.2-1"), judge(bank.item("1.2-1"), 80)
    )
