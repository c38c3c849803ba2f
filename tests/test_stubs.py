import pytest
from IPython.core.interactiveshell import InteractiveShell

from autograder.answers.cells import cell
from gradlab import NotWrittenYet, todo


def test_a_stub_says_which_exercise_is_not_written_and_what_to_do():
    with pytest.raises(NotWrittenYet) as error:
        cell("def momentum_step(w): todo()")(1.0)
    first, second = str(error.value).splitlines()
    assert first == "momentum_step is not written yet."
    assert "put your code in place of todo()" in second


def test_a_stub_outside_a_function_speaks_of_this_exercise():
    with pytest.raises(NotWrittenYet, match=r"^This exercise is not written yet\."):
        cell("todo()")
    with pytest.raises(NotWrittenYet, match=r"^This exercise is not written yet\."):
        cell("f = lambda: todo()")()


def test_a_stub_stops_run_all_like_python_s_own():
    with pytest.raises(NotImplementedError):
        todo()


def test_a_notebook_shows_two_friendly_lines_and_no_traceback(capsys):
    shell = InteractiveShell.instance()
    result = shell.run_cell("from gradlab import todo\ndef momentum_step():\n    todo()\n\nmomentum_step()")
    assert isinstance(result.error_in_exec, NotWrittenYet)
    printed = capsys.readouterr().out
    assert len(printed.strip().splitlines()) == 2
    assert "Traceback" not in printed
