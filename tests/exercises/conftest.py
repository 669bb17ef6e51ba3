import pytest

from gvclab.exercises import forget


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """No class, no nbgrader, no memory of earlier attempts."""
    for name in ("GVCLAB_SALT", "GVCLAB_STUDENT", "NBGRADER_EXECUTION"):
        monkeypatch.delenv(name, raising=False)
    forget()
