import pytest


@pytest.fixture(autouse=True)
def _records_of_nobody(tmp_path, monkeypatch):
    """No test reads or writes the records of whoever runs it."""
    monkeypatch.setenv("GRADLAB_HOME", str(tmp_path / "records"))
    monkeypatch.delenv("GRADLAB_SEED", raising=False)
