"""Whose numbers: everybody's in self-study, the own ones in a class."""

import json

import pytest

from gvclab.exercises import Identity, bank, check, given, load
from gvclab.exercises.variants import drawn, identity, numbers

ITEM = bank.item("2.3-1")


def test_without_a_salt_everybody_has_the_defaults(monkeypatch):
    monkeypatch.setenv("GVCLAB_STUDENT", "ada")
    assert given("2.3-1") == (20, 0.01) == numbers(ITEM, Identity("bob"))
    assert repr(given("2.3-1")).startswith("Your numbers: n = 20 stages, p = 0.01")
    assert "\n" not in repr(given("2.3-1"))


def test_a_draw_depends_on_salt_and_student_only(monkeypatch):
    monkeypatch.setenv("GVCLAB_SALT", "autumn")
    monkeypatch.setenv("GVCLAB_STUDENT", "ada")
    # Held here: a class in mid-term must not get other numbers from another version.
    assert given("2.3-1") == given("2.3-1") == (18, 0.012)
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


@pytest.fixture
def bundle(tmp_path, monkeypatch):
    """The file of a class bundle, two folders above the notebook's."""
    folder = tmp_path / "exercises" / "section-2"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    file = tmp_path / "gvclab-student.json"
    own = drawn(load("2.3a"), Identity("ada", "autumn"))
    file.write_text(json.dumps({"course": "c", "student": "ada", "numbers": own}), encoding="utf-8")
    return file


def test_a_class_bundle_brings_the_numbers_without_the_salt(bundle):
    assert given("2.3-1") == numbers(ITEM, Identity("ada", "autumn")) == (18, 0.012)
    assert repr(given("2.3-1")).startswith("Your numbers: n = 18 stages, p = 0.012")
    assert identity().student == "ada"
    assert identity().salt == ""
    assert "autumn" not in bundle.read_text(encoding="utf-8")


def test_the_nearest_file_counts(bundle):
    near = bundle.parent / "exercises" / bundle.name
    near.write_text(bundle.read_text(encoding="utf-8").replace("ada", "bob"), encoding="utf-8")
    assert identity().student == "bob"


def test_a_file_that_comes_with_a_submission_chooses_no_numbers(bundle, monkeypatch):
    monkeypatch.setenv("GVCLAB_SALT", "spring")
    monkeypatch.setenv("GVCLAB_STUDENT", "ada")
    assert identity() == Identity("ada", "spring")
    monkeypatch.delenv("GVCLAB_SALT")
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert identity() == Identity("ada", "")
    assert given("2.3-1") == (20, 0.01)


@pytest.mark.parametrize("broken", ["{", "[]", '{"student": "ada"}', '{"student": "a", "numbers": [1]}', "\0", "7"])
def test_a_broken_file_is_named_with_the_remedy(bundle, broken):
    bundle.write_text(broken, encoding="utf-8")
    with pytest.raises(ValueError, match=r"gvclab-student\.json cannot be read.*unpack your bundle"):
        given("2.3-1")
    assert check("2.3-1", (1, 1)).verdict.status == "broken"


def test_numbers_that_nobody_has_are_refused(bundle):
    entry = json.loads(bundle.read_text(encoding="utf-8"))
    entry["numbers"]["2.3-1"]["n"] = 5
    del entry["numbers"]["2.3-3"]
    bundle.write_text(json.dumps(entry), encoding="utf-8")
    for item in ("2.3-1", "2.3-3"):
        with pytest.raises(ValueError, match=f"exercise {item}"):
            given(item)
    assert given("2.3-6")


def test_whole_numbers_stay_whole(bundle):
    bundle.write_text(bundle.read_text(encoding="utf-8").replace('"n": 18', '"n": 18.0'), encoding="utf-8")
    assert "n = 18 stages" in repr(given("2.3-1"))
