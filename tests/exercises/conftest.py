import pytest


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    """No class, no nbgrader, no predictions of who runs the tests."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    for name in ("GVCLAB_SALT", "GVCLAB_STUDENT", "NBGRADER_EXECUTION"):
        monkeypatch.delenv(name, raising=False)
