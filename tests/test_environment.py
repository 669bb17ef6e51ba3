"""pyproject.toml, environment.yml and requirements.lock say the same of what the course needs."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version


@pytest.fixture(scope="module")
def project(root: Path) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def conda(root: Path) -> list:
    return yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))["dependencies"]


@pytest.fixture(scope="module")
def lock(root: Path) -> str:
    return (root / "requirements.lock").read_text(encoding="utf-8")


def bounds(lines) -> dict[str, str]:
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(r.name): str(r.specifier) for r in found}


def wanted(project: dict) -> dict[str, str]:
    """What sitting in front of the course takes: the library and its `lab` extra."""
    return bounds([*project["dependencies"], *project["optional-dependencies"]["lab"]])


def test_conda_has_the_same_packages_and_bounds(project, conda):
    listed = bounds(entry for entry in conda if isinstance(entry, str) and entry != "pip")
    python = listed.pop("python")
    assert python == project["requires-python"]
    assert listed == wanted(project)


def test_conda_installs_the_library_itself(conda):
    assert {"pip": ["-e ."]} in conda


def test_the_lock_pins_every_package_within_its_bounds(project, lock):
    pins = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, re.M))
    extras = chain.from_iterable(project["optional-dependencies"].values())
    wanted = bounds([*project["dependencies"], *extras])
    assert wanted.pop("gvclab") == ""  # `dev` brings `refresh` along
    for name, bound in wanted.items():
        assert Requirement(f"{name}{bound}").specifier.contains(Version(pins[name])), name


def test_the_lock_has_hashes_and_no_addresses(lock):
    assert "://" not in lock
    entries = re.split(r"\n(?=[a-z0-9])", lock.strip())
    assert len(entries) > 50
    assert [e.split()[0] for e in entries if "--hash=sha256:" not in e] == []
