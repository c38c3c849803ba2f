"""A plugin for nbval: each notebook has a home of its own, and none shows what was earned in another."""

import os
import tempfile
from functools import cache

import pytest


@cache
def _home(notebook: str) -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="gradlab-home-")


@pytest.hookimpl(tryfirst=True)  # its kernel is started when its first cell is set up
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Name the home that the kernel will find in its environment."""
    os.environ["GRADLAB_HOME"] = _home(str(item.path)).name
