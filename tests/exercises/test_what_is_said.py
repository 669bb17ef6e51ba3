"""What an exercise says before an answer and after it: what to type, units, signs, and the next step."""

import pytest

from gvclab.exercises import Score, bank, check, judge
from gvclab.exercises.cards import card
from gvclab.exercises.prompts import form_line
from gvclab.exercises.rendering import message_of

ITEMS = [item for section in bank.sections() for item in bank.load(section)]


def said(item_id, answer):
    item = bank.item(item_id)
    return message_of(item, judge(item, answer))


def part(item_id, name, answer):
    item = bank.item(item_id)
    judged = judge(item, answer)
    found = dict(judged.parts).get(name, judged)
    return found.status, message_of(item, found)


# ------------------------------------------------------------------------------------------------ before an answer


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_each_says_what_to_type(item):
    assert form_line(item).startswith("**What to type.**")
    assert len(form_line(item)) > 45


@pytest.mark.parametrize("item", [item for item in ITEMS if item.type == "choice"], ids=lambda item: item.id)
def test_a_choice_is_typed_between_quotation_marks(item):
    assert f'`{item.answer} = "X"`' in form_line(item)
    assert item.shown_stub == f'{item.answer} = "..."  # write one letter between the quotation marks'


def test_what_to_type_follows_from_the_parts():
    assert '`losses = (0.16, 0.16, "country 1")`' in form_line(bank.item("1.3-1"))
    assert "`rise = 12.5`" in form_line(bank.item("2.2-1"))
    assert '`"12.5 %"`' in form_line(bank.item("2.2-1"))
    assert "Units: the part of goods trade within poles in per cent" in form_line(bank.item("2.2-2"))
    assert "As a fraction of one" in form_line(bank.item("2.2-a"))
    assert '`"lam_1": 0.41,`' in form_line(bank.item("1.1-5"))


# ------------------------------------------------------------------------------------------------- after an answer


@pytest.mark.parametrize("answer", [..., "...", "", None])
def test_nothing_chosen(answer):
    assert 'between the quotation marks, as in `inequality = "X"`' in said("1.1-1", answer)


@pytest.mark.parametrize("answer", ["unequal", 9, check, {"A"}])
def test_no_option_says_how_one_is_typed(answer):
    """What stands in a name that happens to exist, as in `inequality = A`, or a word of one's own."""
    assert 'between quotation marks, as in `inequality = "X"`' in said("1.1-1", answer)


@pytest.mark.parametrize("answer", [11.1, "11.1", "11.1%", "11.1 %", 0.111, "1/9", "100/9 %"])
def test_a_per_cent_may_be_written_either_way(answer):
    assert judge(bank.item("2.2-1"), answer).status == "right"


@pytest.mark.parametrize("answer", ["0.32 %", 0.32, 0.0032, ".32%"])
def test_a_small_per_cent_too(answer):
    assert judge(bank.item("1.2-a"), (answer, 0.2727)).score == 1
    assert judge(bank.item("1.2-a"), ("32 %", 0.2727)).score == 0.5


@pytest.mark.parametrize("answer", [(0.2, 0.235), (20, 23.5), ("20 %", "23.5 %"), ("1/5", "4/17")])
def test_tariffs_too(answer):
    assert judge(bank.item("1.2-3"), answer).score == 1


def test_a_hint_on_units_only_where_it_can_be_true():
    assert part("2.2-a", "inside", 67.9) == ("close", said("2.2-a", 67.9))
    assert "A hundred times too large" in said("2.2-a", 67.9)
    assert "counted twice" in said("2.2-a", "0.679 %")
    assert "counted twice" not in said("2.2-a", 0.00679)
    for item_id, answer in {
        "1.2-1": (8000, 20, 80),  # dollars
        "1.1-6": 144,  # a ratio
        "1.3-1": (16, 11, "country 2"),  # logs
        "1.1-a": 15,  # the cost of a border
        "2.1-4": (20, 0.25, 0.75, 0.5),
    }.items():
        shown = str(Score(judge(bank.item(item_id), answer), bank.item(item_id)))
        assert "hundred" not in shown and "counted twice" not in shown


def test_a_sign_error_is_told_apart():
    assert part("1.2-1", "gross", (-80, 20, 80)) == (
        "misconception",
        "Right but for the sign: which direction does the exercise count as positive?",
    )
    assert "below 0" in part("2.2-2", "loss", {**finding("2.2-2"), "loss": -finding("2.2-2")["loss"]})[1]  # its own


def finding(item_id):
    from gvclab.exercises.keys import namespace

    item = bank.item(item_id)
    return namespace(item, ())[item.answer]


def test_a_wrong_answer_without_a_hint_gets_a_next_step():
    assert said("1.1-6", 7).startswith("Not right yet. Print the wages")
    assert said("1.1-3", (17, 0.02)).startswith("1 of 2 parts right. Write down what n stages save")
    assert "Set the panel to your settings once more" in said("1.2-5", {**finding("1.2-5"), "kappa": 19})
    assert said("1.1-2", {**finding("1.1-2"), "garment_assembler": "no_access"}).startswith("4 of 5")


def test_a_next_step_of_an_item_or_a_part_stands_before_the_usual_one():
    item = bank.parse_item(
        """## 9-1 Next
```{item}
type: num
bloom: apply
points: 1
next: Ask the item.
answer: x
parts: [{name: a, atol: 0.1, next: Ask the part.}, {name: b, atol: 0.1}]
```
{{ tolerance }}
```{solution}
x = (1, 2)
```
"""
    )
    both = judge(item, (7, 8))
    assert message_of(item, both) == "Not right yet. Ask the item."
    assert message_of(item, dict(both.parts)["a"]) == "Ask the part."
    assert "Ask the item" not in message_of(item, judge(item, (7, 2)))


@pytest.mark.parametrize(
    ("lockdowns", "says"),
    [
        ((15, 15, 15, 15), "helps no pole"),
        ((5, 5, 30, 30), "helps two poles"),
        ((2, 2, 30, 2), "helps three poles"),
    ],
)
def test_how_many_poles_gain_is_said(lockdowns, says):
    answer = dict(zip(("north_america", "europe", "asia", "rest"), lockdowns, strict=True)) | {"loss": 1, "gain": 1}
    judged = judge(bank.item("1.3-6"), answer)
    assert judged.score == 0 and says in message_of(bank.item("1.3-6"), judged)


@pytest.mark.parametrize(
    ("verdict_score", "points", "shown"),
    [(5 / 6, 2, "1.7"), (0.99, 2, "1.9"), (0.01, 2, "0.1"), (1, 2, "2"), (0, 2, "0")],
)
def test_points_are_shown_to_a_tenth(verdict_score, points, shown):
    from gvclab.exercises import score

    assert score.shown(verdict_score * points, points) == shown


# ---------------------------------------------------------------------------------------------------------- arrows

LINKS = [tuple(link) for link in finding("1.2-6")]


def test_the_same_sign_everywhere_earns_no_sign():
    for sign in "+-":
        judged = judge(bank.item("1.2-6"), [(a, b, sign) for a, b, _ in LINKS])
        assert judged.score == 0.5
        assert message_of(bank.item("1.2-6"), judged).count("sign") == 1


def test_a_wrong_sign_costs_half_its_arrow_and_all_are_named_at_once():
    turned = {"+": "-", "-": "+"}
    answer = [(a, b, turned[s] if n < 2 else s) for n, (a, b, s) in enumerate(LINKS)]
    judged = judge(bank.item("1.2-6"), answer)
    assert judged.score == pytest.approx(6 / 7)
    assert "technology → skill premium, offshoring → manufacturing jobs" in message_of(bank.item("1.2-6"), judged)
    bare = judge(bank.item("1.2-6"), [link[:2] for link in LINKS])
    assert bare.score == 0.5 and "7 of these have no sign" in message_of(bank.item("1.2-6"), bare)


def test_through_an_optional_box_signs_multiply():
    through = [
        *LINKS[:3],
        ("manufacturing_jobs", "inequality", "-"),
        ("inequality", "protectionist_votes", "+"),
        *LINKS[4:],
    ]
    assert judge(bank.item("1.2-6"), through).score == 1


def test_a_missing_link_is_named_by_its_beginning():
    assert "begins at crisis is missing" in said("1.2-6", [link for link in LINKS if link[0] != "crisis"])


def test_the_papers_own_link_is_needed():
    links = [link for link in finding("2.2-5") if link != ("wto_stall", "regional_agreements")]
    assert judge(bank.item("2.2-5"), links).score == pytest.approx(6 / 7)


def test_a_circle_hides_no_hint():
    answer = [*LINKS, ("tariffs", "technology"), ("inequality", "technology")]
    assert "in a circle" in said("1.2-6", answer) and "takes technology as a cause" in said("1.2-6", answer)


def test_a_card_says_once_that_a_part_is_not_right():
    item = bank.item("2.1-4")
    shown = card(item, judge(item, (9, 8, 7, 6)), "")
    assert shown.count("Not yet.") == 4 and shown.count("Not right yet.") == 1 and "gains nothing by moving" in shown
