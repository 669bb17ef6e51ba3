"""What is wrong in an author's file is named with its line, and with the file once that is known."""

import pytest

from gvclab.exercises import bank
from gvclab.sources import Fault

FILE = """---
section: "9.9"
title: Faults
objectives: []
---

## 9.9-1 Choice
```{item}
type: choice
bloom: apply
points: 1
minutes: 3
why: "{{ x }} is the letter."
answer: x
options:
  - {id: one, text: One, right: true}
  - {id: two, text: Two, hint: No.}
```
{{ options }}

## 9.9-2 Number
```{item}
type: num
bloom: apply
points: 1
minutes: 3
why: It is so.
answer: y
parts:
  - {name: y, atol: 0.1}
```
{{ tolerance }}

## 9.9-3 Pairs
```{item}
type: match
bloom: apply
points: 1
minutes: 5
answer: z
terms: {tariff: Tariff}
classes: {price: Price}
wrong:
  - {term: tariff, class: price, hint: No.}
```
{{ terms }}

## 9.9-4 Arrows
```{item}
type: graph
bloom: apply
points: 1
minutes: 10
answer: links
nodes:
  - {id: crisis}
  - {id: belief}
forbidden:
  - {from: crisis, to: belief, hint: No.}
```
{{ nodes }}
"""

MISTAKES = {
    "an option's id twice": ("{id: two,", "{id: one,", "{id: one, text: Two"),
    "an unknown box": ("to: belief", "to: weather", "to: weather"),
    "no tolerance": ("{name: y, atol: 0.1}", "{name: y}", "{name: y}"),
    "a wrong class": ("class: price", "class: amount", "class: amount"),
    "an unknown key": ("answer: y", "answer: y\nanswers: z", "answers: z"),
    "an option without an id": ("{id: two, text", "{text", "{text: Two"),
    "no minutes": ("minutes: 5\n", "", "## 9.9-3"),
    "minutes that are no number": ("minutes: 5", "minutes: five", "minutes: five"),
    "a right answer without an explanation": ('why: "{{ x }} is the letter."\n', "", "## 9.9-1"),
    "an explanation that is no text": ("why: It is so.", "why: 3", "why: 3"),
    "an unknown unit": ("{name: y, atol: 0.1}", "{name: y, unit: miles, atol: 0.1}", "unit: miles"),
    "no item block": ("## 9.9-2 Number\n```{item}", "## 9.9-2 Number\n```{items}", "## 9.9-2"),
    "bad YAML": ("{id: crisis}", "{id: [crisis}", "{id: [crisis}"),
}


def test_the_file_is_good_without_a_mistake():
    assert [item.id for item in bank.parse(FILE)] == ["9.9-1", "9.9-2", "9.9-3", "9.9-4"]


@pytest.mark.parametrize(("old", "new", "at"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_its_line(old, new, at):
    assert FILE.count(old) == 1
    source = FILE.replace(old, new)
    with pytest.raises(Fault) as fault:
        bank.parse(source)
    assert fault.value.line == next(n for n, line in enumerate(source.splitlines(), 1) if at in line)
