"""One checker a type: pure functions (item, answer, identity) -> `Verdict`.

An answer is first made plain data (`plain.plain`), so no checker ever meets an object of a student's making;
the one exception, the function of a `code` item, is only called, through whatever stand-in the caller chose
(`service.serve`, a sandbox). No verdict holds the key, nor a number computed from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

from gvclab.content import Listed

from . import bank
from .bank import Item, Part
from .checkers_code import FAILS, judge_code
from .checkers_graph import judge_graph
from .items import Named, Option
from .keys import namespace
from .ladder import Verdict, saying, together, verdict
from .plain import Bag, describe, fold, is_missing, number, per_cent, plain
from .prompts import next_step
from .rendering import explanation, of_item
from .variants import Identity, numbers


def judge(item: Item, answer, who: Identity | None = None) -> Verdict:
    """The verdict on an answer: the same whoever asks, a notebook or a grader.

    A right answer gets the item's explanation, a wrong one that no hint fits its next step.
    """
    who = who or Identity()
    judged = _judge(item, answer, who)
    if judged.status == "right" and item.why:
        return replace(judged, said=(*judged.messages, explanation(item, namespace(item, numbers(item, who)))))
    if _left_alone(judged):
        said = of_item(item, "next") if item.next else next_step(item)
        return replace(judged, said=(*judged.messages, said))
    return judged


def _judge(item: Item, answer, who: Identity) -> Verdict:
    if item.type == "code":
        return judge_code(item, answer, who)
    data = plain(answer)
    if is_missing(data) and not (item.type == "graph" and isinstance(data, (list, Bag))):
        return _unanswered(item)
    return _CHECKERS[item.type](item, data, who)


def _unanswered(item: Item) -> Verdict:
    key = "unanswered_option" if item.options else "unanswered"
    return verdict("unanswered", saying(key, name=item.answer))


def _left_alone(judged: Verdict) -> bool:
    """It is wrong, or a part of it is, and nothing says how to go on."""
    alone = judged.status == "wrong" and judged.said in ((), (FAILS,)) and not judged.parts
    return alone or any(map(_left_alone, (part for _, part in judged.parts)))


def _right(item: Item, who: Identity):
    """What the solution answers with this student's numbers; None where there is no key."""
    return plain(namespace(item, numbers(item, who))[item.answer]) if item.has_key else None


# --------------------------------------------------------------------------------------------------- numbers


def _num(item: Item, data, who: Identity) -> Verdict:
    answers = _split(item, data)
    if isinstance(answers, Verdict):
        return answers
    rights = _split(item, _right(item, who)) if item.has_key else [None] * len(item.parts)
    names = namespace(item, numbers(item, who)) if item.has_key else {}
    judged = [_part(item, part, a, r, names) for part, a, r in zip(item.parts, answers, rights, strict=True)]
    if item.has_key:
        judged = [_swapped(item, i, v, answers, rights) for i, v in enumerate(judged)]
    return together([(part.name, v) for part, v in zip(item.parts, judged, strict=True)])


def _swapped(item: Item, index: int, judged: Verdict, answers: list, rights: list) -> Verdict:
    """A wrong number that is right elsewhere in the answer: the order is what went wrong."""
    if judged.status != "wrong" or not item.parts[index].is_number:
        return judged
    values = _readings(item.parts[index], answers[index])
    others = [(part, right) for part, right in zip(item.parts, rights, strict=True) if part is not item.parts[index]]
    if any(part.is_number and any(_near(part, value, right) for value in values) for part, right in others):
        return verdict("misconception", saying("order"))
    return judged


def _split(item: Item, data) -> list | Verdict:
    """The answer part by part: a single value, a list in the order asked, or a dict by the parts' names."""
    parts = item.parts
    if isinstance(data, dict):
        missing = [p.name for p in parts if p.name not in data]
        if len(missing) < len(parts):
            return [data.get(part.name) for part in parts]
    elif len(parts) == 1 and not isinstance(data, (list, Bag)):
        return [data]
    elif isinstance(data, list) and len(data) == len(parts):
        return data
    # A label may hold a comma.
    wanted = Listed([of_item(item, f"parts.{part.name}.label") for part in parts], "clauses")
    key = "one" if len(parts) == 1 else "many"
    return verdict("kind", saying(f"parts_wanted.{key}", got=describe(data), count=len(parts), wanted=wanted))


def _part(item: Item, part: Part, answer, right, names: dict) -> Verdict:
    if is_missing(answer):
        return verdict("unanswered", saying("unanswered_part"))
    if part.words:
        return _word(item, part, answer, right)
    return _number(item, part, answer, right, names)


def _number(item: Item, part: Part, answer, right: float | None, names: dict) -> Verdict:
    """The ladder for one number: kind, infinity, right, known misconception, sign, units, rounding."""
    value = number(answer)
    if value is None:
        key = "comma" if isinstance(answer, str) and "," in answer else "number"
        return verdict("kind", saying(f"wanted.{key}", got=describe(answer)))
    if math.isnan(value):
        return verdict("kind", saying("wanted.nan"))
    if right is None:
        return verdict("formed")
    if math.isinf(value) and value == right:
        return verdict("right")
    if math.isinf(value):
        return verdict("kind", saying("wanted.finite"))
    if math.isinf(right):
        return verdict("wrong")
    near, readings = _width(part, right), _readings(part, answer)

    def meets(target: float, width: float = near) -> bool:
        return any(abs(value - target) <= width for value in readings)

    if meets(right):
        return verdict("right")
    for wrong in part.wrong:
        if meets(eval(wrong.value, names)):
            return verdict("misconception", of_item(item, f"parts.{part.name}.wrong.{wrong.id}"))
    if abs(right) > near and meets(-right):
        return verdict("misconception", saying("sign"))
    if right and part.unit in _SHARES:
        if meets(100 * right, 100 * near):
            return verdict("close", saying(f"close.times_100.{part.unit}"))
        if per_cent(answer) and meets(right / 100, near / 100):
            return verdict("close", saying("close.over_100"))
    if meets(right, 3 * near):
        return verdict("close", saying("close.rounding"))
    return verdict("wrong", *([of_item(item, f"parts.{part.name}.next")] if part.next else []))


_SHARES = ("percent", "fraction")


def _readings(part: Part, answer) -> list[float]:
    """What an answer may mean: where a per cent is asked, 12.5, "12.5 %" and 0.125 are the same."""
    value = number(answer)
    if part.unit != "percent":
        return [value]
    return [100 * value] if per_cent(answer) else [value, 100 * value]


def _near(part: Part, value: float, right: float) -> bool:
    return abs(value - right) <= _width(part, right)


def _width(part: Part, right: float) -> float:
    """How far from `right` is right. Binary rounding must not decide: .5 − .498 is a hair more than .002."""
    return max(part.atol, part.rtol * abs(right)) * (1 + 1e-9) + 1e-12


def _word(item: Item, part: Part, answer, right) -> Verdict:
    """A verdict in a word: one of the part's words, or another name for it."""
    word = meant(part.words, answer)
    if word is None:
        path = f"parts.{part.name}.words"
        words = [saying("quoted", word=of_item(item, f"{path}.{word.id}")) for word in part.words]
        return verdict("kind", saying("wanted.word", got=describe(answer), words=Listed(words, "comma")))
    if right is None:
        return verdict("formed")
    if word == meant(part.words, right):
        return verdict("right")
    if any(wrong.id == word for wrong in part.wrong):
        return verdict("misconception", of_item(item, f"parts.{part.name}.wrong.{word}"))
    return verdict("wrong", *([of_item(item, f"parts.{part.name}.next")] if part.next else []))


def meant(names: Iterable[Named | Option], answer) -> str | None:
    """The id of the option, word, term, class or box that a text means: its id, its text, or another name for it."""
    if not isinstance(answer, str):
        return None
    spelled = {fold(name): each.id for each in names for name in (*each.also, each.text, each.id)}
    return spelled.get(fold(answer))


# ---------------------------------------------------------------------------------- parameters and a reading


def _interpret(item: Item, data, who: Identity) -> Verdict:
    """Settings of the student's choice and what the model shows there: it is run again at these settings."""
    answers = _split(item, data)
    if isinstance(answers, Verdict):
        return answers
    pairs = list(zip(item.parts, answers, strict=True))
    settings, off = {}, []
    for part, answer in pairs:
        if part.is_setting:
            problem = _setting(part, answer)
            off += [(part.name, problem)] if problem else []
            # What lies a rounding beyond the range the model would not take.
            settings[part.name] = number(answer) if problem else min(max(number(answer), part.low), part.high)
    if off:
        return verdict("kind", saying("settings"), parts=off)
    names, rights = {}, {}
    if item.has_key:
        names = namespace(item, numbers(item, who))
        shown = plain(names[item.model](**settings))
        if "failure" in shown:
            return verdict("misconception", of_item(item, f"failures.{shown['failure']}"))
        # What the model shows at these settings is also what known wrong readings are expressed in.
        names, rights = {**names, **shown}, {**_right(item, who), **shown}
    return together(
        [
            (part.name, _part(item, part, answer, rights.get(part.name), names))
            for part, answer in pairs
            if not part.is_setting
        ]
    )


def _setting(part: Part, answer) -> Verdict | None:
    value = number(answer)
    if is_missing(answer):
        return verdict("unanswered", saying("unanswered_part"))
    if value is None:
        return verdict("kind", saying("wanted.number", got=describe(answer)))
    if not part.low - 1e-9 <= value <= part.high + 1e-9:
        return verdict("kind", saying("wanted.range", got=f"{value:g}", low=f"{part.low:g}", high=f"{part.high:g}"))
    return None


# ----------------------------------------------------------------------------------------- options and pairs


def chosen(item: Item, data) -> int | None:
    """The option meant by a letter (`"b"`, `"(B)"`), a number from 1, the option's text or its id; None for none."""
    if isinstance(data, (int, float)) and not isinstance(data, bool):
        index = int(data) - 1 if data == int(data) else -1
    elif isinstance(data, str):
        words = fold(data)
        mark = words.strip("().: ")
        if mark.isdecimal() and mark.isascii():
            index = int(mark[:4]) - 1
        elif len(mark) == 1 and mark.isascii() and mark.isalpha():
            index = ord(mark) - ord("a")
        else:
            name = meant(item.options, data)
            index = next((i for i, option in enumerate(item.options) if option.id == name), -1)
    else:
        index = -1
    return index if 0 <= index < len(item.options) else None


def _choice(item: Item, data, who: Identity) -> Verdict:
    index = chosen(item, data) if not (isinstance(data, float) and not math.isfinite(data)) else None
    if index is None:
        last = bank.letter(len(item.options) - 1)
        return verdict("kind", saying("wanted.option", got=describe(data), last=last, name=item.answer))
    if item.type == "predict":
        return verdict("noted", saying("noted", id=item.id, letter=bank.letter(index)))
    if not item.has_key:
        return verdict("formed")
    if index == chosen(item, _right(item, who)):
        return verdict("right")
    option = item.options[index]
    return verdict("misconception", of_item(item, f"options.{option.id}.hint")) if option.hint else verdict("wrong")


def _match(item: Item, data, who: Identity) -> Verdict:
    """Pairs right out of all.

    Where several classes are right for a term the key holds a set of them: any one will do, and so will several.
    Where the key holds a list, all its classes are needed.
    """
    if not isinstance(data, dict):
        return verdict("kind", saying("wanted.dict", got=describe(data)))
    answers = {meant(item.terms, term): entry for term, entry in data.items()}
    rights = _right(item, who) if item.has_key else {}
    return together([(term.id, _pair(item, term.id, answers.get(term.id), rights.get(term.id))) for term in item.terms])


def _pair(item: Item, term: str, entry, right) -> Verdict:
    if is_missing(entry):
        return verdict("unanswered", saying("unanswered_part"))
    entries = entry.items if isinstance(entry, Bag) else entry if isinstance(entry, list) else (entry,)
    mine = {meant(item.classes, one) for one in entries}
    if None in mine:
        classes = Listed([of_item(item, f"classes.{each.id}") for each in item.classes], "comma")
        return verdict("kind", saying("wanted.class", got=describe(entry), classes=classes))
    if right is None:
        return verdict("formed")
    either = set(right.items) if isinstance(right, Bag) else set()
    both = set(right) if isinstance(right, list) else {right} if isinstance(right, str) else set()
    if mine == both or mine <= either:
        return verdict("right")
    known = next((pair for pair in item.wrong_pairs if pair.term == term and pair.cls in mine), None)
    return verdict("misconception", of_item(item, f"wrong.{term}.{known.cls}")) if known else verdict("wrong")


def _essay(item: Item, data, who: Identity) -> Verdict:
    if not isinstance(data, str):
        return verdict("kind", saying("wanted.text", got=describe(data)))
    return verdict("manual", saying("manual", words=len(data.split())))


_CHECKERS: dict[str, Callable[[Item, object, Identity], Verdict]] = {
    "num": _num,
    "interpret": _interpret,
    "choice": _choice,
    "predict": _choice,
    "match": _match,
    "graph": lambda item, data, who: judge_graph(item, data, _right(item, who)),
    "essay": _essay,
}
