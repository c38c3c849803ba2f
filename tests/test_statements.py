"""A cell is run for the names that it defines, whether it is plain Python or what a notebook makes of magics."""

from types import SimpleNamespace

import pytest
from IPython.core.compilerop import CachingCompiler
from IPython.core.inputtransformer2 import TransformerManager

from autograder.inside.statements import run_statements


@pytest.fixture
def shell():
    """What statements need of a shell; a real one changes the process that it is in. Its magics do nothing."""
    magics = SimpleNamespace(run_line_magic=lambda *_: None, getoutput=lambda _: [])
    return SimpleNamespace(
        transform_cell=TransformerManager().transform_cell,
        compile=CachingCompiler(),
        execution_count=1,
        user_ns={"get_ipython": lambda: magics},
    )


@pytest.mark.parametrize(
    "source",
    [
        "x = 3",
        "\n\n  x = 3",
        "x = !echo nothing\nx = 3",
        "%precision 3\nx = 3",
        ">>> x = 3",
        "In [1]: x = 3",
        "import asyncio\nx = await asyncio.sleep(0, 3)",
    ],
)
def test_a_cell_defines_what_it_defines_in_a_notebook(shell, source):
    run_statements(shell, source)
    assert shell.user_ns["x"] == 3


def test_plain_python_is_not_searched_for_magics(shell, monkeypatch):
    monkeypatch.setattr(shell, "transform_cell", lambda _: pytest.fail("it was searched"))
    run_statements(shell, "def f(x):\n    return x  # %time")
    assert shell.user_ns["f"](2) == 2


def test_what_is_no_python_is_an_error_of_the_cell(shell):
    with pytest.raises(SyntaxError):
        run_statements(shell, "def f(:")
