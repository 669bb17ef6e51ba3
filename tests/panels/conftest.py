"""Words for the toys of these tests."""

from __future__ import annotations

import shutil

import pytest

from gvclab import content

from .toys import WORDS


@pytest.fixture
def words_of_toys(tmp_path, monkeypatch):
    """The course's messages and those of the toys."""
    source = content.resource("content")
    shutil.copytree(source / "messages", tmp_path / "messages")
    (tmp_path / "messages" / "panels" / "toys.yml").write_text(WORDS, encoding="utf-8")
    monkeypatch.setattr(content, "resource", lambda name: tmp_path)
