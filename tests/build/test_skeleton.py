"""`gvclab new` makes files that build, and overwrites nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gvclab import cli
from gvclab.build import build, targets
from gvclab.exercises import bank


@pytest.fixture
def root(tmp_path, root, monkeypatch) -> Path:
    """A repository with the templates and nothing else."""
    shutil.copytree(root / "content/templates", tmp_path / "content/templates")
    shutil.copytree(root / "content/messages", tmp_path / "content/messages")
    shutil.copy(root / "nbgrader_config.py", tmp_path)
    (tmp_path / "content/lessons").mkdir()
    (tmp_path / "course").mkdir()
    monkeypatch.setattr(cli, "resource", lambda name: tmp_path / name)
    return tmp_path


def test_a_new_lesson_and_its_items_build(root, capsys):
    assert cli.main(["new", "lesson", "2.4-supply-shocks"]) == 0
    assert "content/lessons/2.4-supply-shocks.md" in capsys.readouterr().out
    assert list(targets(root)) == ["course/glossary.ipynb", "course/2.4-supply-shocks.ipynb"]
    assert cli.main(["new", "item", "2.4-1"]) == 0
    assert cli.main(["new", "item", "2.4-2"]) == 0
    assert build(root).ok
    assert {path.relative_to(root).as_posix() for path in root.rglob("*.ipynb")} == {
        "course/2.4-supply-shocks.ipynb",
        "course/glossary.ipynb",
        "exercises/section-2/2.4-supply-shocks.ipynb",
        "solutions/section-2/2.4-supply-shocks.ipynb",
    }
    text = (root / "content/exercises/2.4-supply-shocks.md").read_text(encoding="utf-8")
    assert [item.id for item in bank.parse(text)] == ["2.4-1", "2.4-2"]
    assert "$" not in text
    lesson = (root / "course/2.4-supply-shocks.ipynb").read_text(encoding="utf-8")
    assert "# 2.4 Supply shocks" in lesson and "C2.4" in lesson and "$" not in lesson


def test_an_item_goes_to_the_end_of_the_file_there_is(root):
    cli.main(["new", "lesson", "2.4-shocks"])
    cli.main(["new", "item", "2.4-1"])
    path = root / "content/exercises/2.4-shocks.md"
    before = path.read_text(encoding="utf-8")
    cli.main(["new", "item", "2.4-a"])
    assert path.read_text(encoding="utf-8").startswith(before)


def test_an_item_of_a_section_told_in_parts_goes_to_the_last_of_them(root, capsys):
    for name in ("2.4a-shocks", "2.4b-stocks"):
        cli.main(["new", "lesson", name])
    for name in ("2.4a-1", "2.4-2"):  # the first begins a file for the part alone
        assert cli.main(["new", "item", name]) == 0
    first, second = (root / f"content/exercises/{name}.md" for name in ("2.4a-shocks", "2.4b-stocks"))
    assert not second.exists() and "2.4-2" in first.read_text(encoding="utf-8")
    second.write_text(first.read_text("utf-8").replace("2.4a", "2.4b").replace("2.4-2", "2.4-3"), encoding="utf-8")
    assert cli.main(["new", "item", "2.4-4"]) == 0
    assert [item.id for item in bank.parse(second.read_text("utf-8"))] == ["2.4b-1", "2.4-3", "2.4-4"]
    assert cli.main(["new", "item", "2.4-2"]) == 1
    assert "item 2.4-2 is in content/exercises/2.4a-shocks.md already" in capsys.readouterr().err


def test_claims_that_are_there_are_kept(root):
    path = root / "content/claims/2.4.yml"
    path.parent.mkdir()
    claim = "C2.4-1: {claim: c, type: [E], verdict: mixed, line: l, evidence: e, change: x}\n"
    path.write_text(claim, encoding="utf-8")
    before = path.read_bytes()
    assert cli.main(["new", "lesson", "2.4-shocks"]) == 0
    assert path.read_bytes() == before and targets(root)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["lesson", "2.4-other"], "this section has a lesson: content/lessons/2.4-shocks.md"),
        (["lesson", "2.4"], "no name of a lesson"),
        (["lesson", "../2.4-x"], "no name of a lesson"),
        (["lesson", "2.5-Two Words"], "no name of a lesson"),
        (["item", "2.4-1"], "item 2.4-1 is in content/exercises/2.4-shocks.md already"),
        (["item", "2.9-1"], "section 2.9 has no lesson"),
        (["item", "first"], "no id of an item"),
    ],
)
def test_what_exists_or_has_no_place_is_refused(root, capsys, command, said):
    cli.main(["new", "lesson", "2.4-shocks"])
    cli.main(["new", "item", "2.4-1"])
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    capsys.readouterr()
    assert cli.main(["new", *command]) == 1
    assert said in capsys.readouterr().err
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
