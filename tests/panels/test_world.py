"""What several rooms use has a home of its own: worlds, poles, names."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from gvclab import data, panels
from gvclab.models import world as stylised
from gvclab.panels import world

from .labs import LESSONS

ROOMS = Path(panels.__file__).parent


def imported(path: Path) -> set[str]:
    """The modules that a file imports, by their full names."""
    package = ["gvclab", *path.relative_to(ROOMS.parent).parent.parts]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("room", LESSONS)
def test_no_room_uses_what_stands_in_another(room):
    others = {f"gvclab.panels.{other}" for other in LESSONS} - {f"gvclab.panels.{room}"}
    for path in (ROOMS / room).glob("*.py"):
        assert not {name for name in imported(path) if name.startswith(tuple(others))}, path.name


@pytest.mark.parametrize("room", LESSONS)
def test_the_words_of_a_room_are_its_own(room):
    others = [f"panels.{other}." for other in LESSONS if other != room]
    for path in (ROOMS / room).glob("*.py"):
        assert not [words for words in others if words in path.read_text(encoding="utf-8")], path.name


def test_every_place_of_both_worlds_has_a_name_and_a_pole():
    regions = data.load("icio", year=world.LAST).countries
    assert set(world.pole_by_region()) == set(regions)
    assert set(world.pole_by_region().values()) == set(world.POLES)
    assert set(world.stylised_poles(stylised.REGIONS)) == set(world.POLES)
    for codes, which in ((regions, False), (stylised.REGIONS, True), (world.POLES, False)):
        assert not set(world.named(codes, which)) & set(codes)
    assert len(set(world.named(stylised.REGIONS, stylised=True))) == len(stylised.REGIONS)


def test_a_code_may_stand_for_something_else_in_the_stylised_world():
    assert data.name("NAM") == "North America"
    assert data.name("NAM", stylised=True) == "Mexico and Canada"
    assert data.name("USA", stylised=True) == data.name("USA")
    assert data.name("no code") == "no code"


def test_sectors_are_added_up_before_the_world_is_calibrated():
    whole = world.calibrated()
    kinds = tuple((sector, "goods" if sector in world.GOODS else "services") for sector in whole.sectors)
    two = world.calibrated(kinds)
    assert set(two.sectors) == {"goods", "services"}
    assert whole.wL.sum() == pytest.approx(two.wL.sum(), rel=1e-6)
