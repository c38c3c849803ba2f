"""What holds for every test."""

import itertools

import pytest
from hypothesis import HealthCheck, settings

# The same examples in every run: what passes here passes there, and a busy machine is no reason to fail.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
# Other examples, and many: pytest --hypothesis-profile=explore
settings.register_profile(
    "explore", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")

_numbers = itertools.count()


@pytest.fixture(autouse=True)
def _records_of_nobody(tmp_path_factory, monkeypatch):
    """No test reads or writes the records of whoever runs it."""
    monkeypatch.setenv("GRADLAB_HOME", str(tmp_path_factory.getbasetemp() / f"records-{next(_numbers)}"))
    monkeypatch.delenv("GRADLAB_SEED", raising=False)
