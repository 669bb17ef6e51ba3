import pytest


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """No class, no nbgrader."""
    for name in ("GVCLAB_SALT", "GVCLAB_STUDENT", "NBGRADER_EXECUTION"):
        monkeypatch.delenv(name, raising=False)
