"""Whose numbers: everybody's in self-study, the own ones in a class."""

import pytest

from gvclab.exercises import Identity, given, load
from gvclab.exercises.variants import identity, numbers

ITEM = load("2.3")["2.3-1"]


def test_without_a_salt_everybody_has_the_defaults(monkeypatch):
    monkeypatch.setenv("GVCLAB_STUDENT", "ada")
    assert given("2.3-1") == (20, 0.01) == numbers(ITEM, Identity("bob"))
    assert repr(given("2.3-1")).startswith("Your numbers: n = 20 stages, p = 0.01")
    assert "\n" not in repr(given("2.3-1"))


def test_a_draw_depends_on_salt_and_student_only(monkeypatch):
    monkeypatch.setenv("GVCLAB_SALT", "autumn")
    monkeypatch.setenv("GVCLAB_STUDENT", "ada")
    # Held here: a class in mid-term must not get other numbers from another version.
    assert given("2.3-1") == given("2.3-1") == (20, 0.012)
    draws = {numbers(ITEM, Identity(f"s{i}", "autumn")) for i in range(200)}
    assert len(draws) == 20
    assert numbers(ITEM, Identity("ada", "spring")) != numbers(ITEM, Identity("ada", "autumn"))


def test_draws_are_even():
    counts = {}
    for i in range(2000):
        n = numbers(ITEM, Identity(f"s{i}", "x")).n
        counts[n] = counts.get(n, 0) + 1
    assert set(counts) == set(ITEM.given[0].draw)
    assert min(counts.values()) > 320


@pytest.mark.parametrize(
    ("folder", "student"),
    [
        ("class/autograded/ada/section-2", "ada"),
        ("autograded/old/autograded/ada/section-2", "ada"),
        ("class/submitted/ada/section-2", "from-env"),
        ("class/autograded", "from-env"),
    ],
)
def test_while_autograding_the_folder_says_who(monkeypatch, tmp_path, folder, student):
    (tmp_path / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / folder)
    monkeypatch.setenv("GVCLAB_SALT", "s")
    monkeypatch.setenv("GVCLAB_STUDENT", "from-env")
    assert identity() == Identity("from-env", "s")
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert identity() == Identity(student, "s")


def test_an_item_without_numbers_gives_none():
    assert given("2.3-2") == ()
    with pytest.raises(KeyError, match=r"no item 2\.3-77"):
        given("2.3-77")
