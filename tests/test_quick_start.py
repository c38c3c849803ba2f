"""What a command does not load before somebody needs it."""

import subprocess
import sys

import pytest


def python(words: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    return done.stdout.split()


LOADED = "\nprint(*sys.modules)"


def test_help_loads_nothing_that_takes_time():
    words = "import contextlib, io, sys\nfrom autograder.__main__ import main\nwith contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n    main(['--help'])"
    assert not {"nbgrader", "nbformat", "numpy", "rich", "jsonschema"} & set(python(words + LOADED))


@pytest.mark.parametrize("verb", ["grade", "watch", "report"])
def test_grading_begins_without_the_server_of_jupyter_and_a_grammar_of_web_addresses(verb):
    loaded = set(
        python(
            f"import sys\nfrom autograder.quick_start import put_off\nput_off()\nimport autograder.{verb}{LOADED}"
        )
    )
    assert {"nbgrader", "jsonschema"} <= loaded
    assert not {"jupyter_server", "lark", "matplotlib", "distributed"} & loaded


def test_a_stand_in_makes_way_for_the_real_module_when_it_is_called():
    words = """
from autograder.quick_start import put_off
put_off()
import sys, jsonschema, nbgrader, rfc3987_syntax
print(hasattr(rfc3987_syntax, "make_syntax_validator"), rfc3987_syntax.is_valid_syntax("iri", "http://example.org/ä"))
print(rfc3987_syntax.is_valid_syntax("iri", "no address"), sys.modules["rfc3987_syntax"] is rfc3987_syntax)
try:
    nbgrader._load_jupyter_server_extension(None)
except AttributeError:
    print(hasattr(sys.modules["nbgrader.server_extensions.assignment_list"], "handlers"))
"""
    assert python(words) == ["False", "True", "False", "False", "True"]


def test_where_the_real_modules_are_loaded_they_stay():
    words = """
import sys, nbgrader
real = sys.modules["nbgrader.server_extensions.formgrader"]
from autograder.quick_start import put_off
put_off()
print(sys.modules["nbgrader.server_extensions.formgrader"] is real, hasattr(real, "handlers"))
"""
    assert python(words) == ["True", "True"]
