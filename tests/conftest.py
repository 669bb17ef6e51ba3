"""What all tests share: the repository's folder, a real browser, a sandbox, and which tests run side by side."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONG = ("tests/browser/", "tests/hostile/", "tests/grading/test_load.py", "tests/grading/")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


class _Strict(logging.Handler):
    """What is only logged where somebody reads, a message that is missing or cannot be filled, fails a test."""

    def emit(self, record: logging.LogRecord) -> None:
        raise LookupError(record.getMessage())


@pytest.fixture(scope="session", autouse=True)
def messages_are_there() -> Iterator[logging.Handler]:
    """No test passes with a message that is missing from the catalogue."""
    handler, log = _Strict(logging.ERROR), logging.getLogger("gvclab")
    log.addHandler(handler)
    yield handler
    log.removeHandler(handler)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium. Without one browser tests are skipped, except where they must run (`CI`)."""
    path = os.environ.get("GVCLAB_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        reason = "no Chromium: install Debian's packages chromium and chromium-driver, or set GVCLAB_CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="module")
def sandbox() -> Iterator[None]:
    """A sandbox can be had, and what is started in it ends with the module. Without one as with `chromium`."""
    from gvclab.grading import pool  # slow to import

    try:
        pool.probe(pool.Room())
    except pool.SandboxError as problem:
        if os.environ.get("CI"):
            pytest.fail(str(problem))
        pytest.skip(str(problem))
    yield
    pool.discard()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first, so that no worker is left with it when the others have ended."""
    items.sort(key=lambda item: next((k for k, long in enumerate(LONG) if item.nodeid.startswith(long)), len(LONG)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """With `-n`: a file's tests share a worker and so its fixtures, and two browsers never run at once.

    Not by `--dist loadgroup`, which groups nothing with this pytest: xdist 3.8 writes the group into a node id that
    pytest 9.2 no longer reads.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "browser" if file.startswith("tests/browser/") else file

    config.option.loadscopereorder = False  # the order is that of the collection, above
    return ByFile(config, log)
