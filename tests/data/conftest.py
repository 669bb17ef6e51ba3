"""A copy of the data folder that a test may damage."""

import shutil

import pytest

from gvclab.data import manifest


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The catalogue, moved to a scratch folder."""
    scratch = tmp_path / "data"
    shutil.copytree(manifest.folder(), scratch)
    monkeypatch.setattr(manifest, "resource", lambda name: scratch)
    return scratch
