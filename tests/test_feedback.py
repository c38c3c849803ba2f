import re

import numpy as np
import pytest

from autograder.answers.cells import cell
from gradlab import check
from gradlab.checks import observation

RIGHT = """
    def momentum_step(w, grad, v, lr, rho=0.9):
        v = rho * v + grad
        return w - lr * v, v
"""
RIGHT_LIMIT = "def momentum_limit(L, rho): return 2 * (1 + rho) / L"
NAMED_LIMIT = "def momentum_limit(L, rho): return 2 * (1 - rho) / L"


def limit(body):
    """`check(momentum_limit)` for a body of one or more lines."""
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    return check(cell(f"def momentum_limit(L, rho):\n{lines}"))


def told(verdict):
    """What is shown, without the marks of HTML."""
    return re.sub(r"<[^>]+>", "", verdict._repr_html_().replace("<br>", "\n"))


# --- Forms of an answer ---------------------------------------------------------------------------------------


def test_what_is_not_written_yet_gets_no_points_and_no_scolding():
    verdict = limit("todo()  # replace this line with your code")
    assert (verdict.outcome, verdict.points, verdict.mistakes) == ("unwritten", 0, ())
    assert verdict.story == ("momentum_limit is not written yet: it still holds its todo().",)
    assert not verdict.call
    assert "✗" not in told(verdict)


def test_a_todo_behind_a_branch_keeps_what_was_earned():
    verdict = limit("if np.ndim(rho): todo()\nreturn 2 * (1 + rho) / L")
    assert (verdict.outcome, verdict.points) == ("unwritten", 2)


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("Nothing is returned", "2 * (1 + rho) / L", r"must return the limit; yours returns nothing \(None\)\. Does it end with a return\?"),
        ("Printed instead of returned", "print(2 * (1 + rho) / L)", r"returns nothing \(None\)\. It prints instead: replace print\(\.\.\.\) by return"),
        ("Not a number", "return '2.5'", "the limit that yours returns is a str, not a real number"),
        ("Not a number", "return 2 + 3j", "the limit that yours returns is a complex, not a real number"),
        ("Not a number", "return np.array([1j])", "the limit that yours returns is a ndarray, not a real number"),
        ("Not a number", "return True", "the limit that yours returns is a bool, not a real number"),
        ("Not a number", "return {'limit': 2.5}", "the limit that yours returns is a dict, not a real number"),
        ("Not a number", "return [1.0, [2.0]]", "the limit that yours returns is a list, not a real number"),
        ("Not a number", "return max", "the limit that yours returns is a builtin_function_or_method"),
        ("A list instead of an array", "return (2 * (1 + rho) / L,)", r"the limit that yours returns is a tuple"),
    ],
)  # fmt: skip
def test_an_answer_in_the_wrong_form_is_told_which_form_is_asked_for(name, body, message):
    verdict = limit(body)
    assert (verdict.outcome, verdict.points, verdict.mistakes) == ("wrong", 0, (name,))
    assert re.search(message, str(verdict))


@pytest.mark.parametrize(
    ("answer", "got"),
    [
        ("w - lr * v", "a single ndarray"),
        ("(w, v, grad)", "3 values"),
        ("[w]", "1 values"),
        ("np.array([w, v])", "a single ndarray"),
        ("{'w': w, 'v': v}", "a single dict"),
    ],
)
def test_another_number_of_values_is_told_how_many_are_asked_for(answer, got):
    verdict = check(cell(f"def momentum_step(w, grad, v, lr, rho=0.9): return {answer}"))
    assert f"must return w and v, 2 values in this order; yours returns {got}." in str(verdict)
    assert (verdict.outcome, verdict.points) == ("wrong", 0)


# --- Code that stops, and code that does not ------------------------------------------------------------------


def test_an_error_is_shown_with_the_learners_own_line():
    verdict = limit("edge = 1 + rho\nreturn 2 * egde / L")
    assert verdict.outcome == "error"
    message = verdict.story[-1]
    assert message.startswith("Your code stopped with NameError: name 'egde' is not defined")
    assert message.endswith("at line 3 of its cell: return 2 * egde / L")


def test_an_error_inside_numpy_is_shown_where_the_learner_called_it():
    verdict = limit("together = np.concatenate([L, rho])\nreturn together")
    assert "at line 2 of its cell: together = np.concatenate([L, rho])" in str(verdict)
    assert "site-packages" not in str(verdict)


def test_an_iterator_that_runs_dry_is_called_what_it_is():
    assert (
        "Your code stopped with StopIteration\nat line 2 of its cell: return next(iter([]))"
        in (limit("return next(iter([]))").story[-1])
    )


def test_wrong_arguments_are_answered_with_those_asked_for():
    verdict = check(cell("def momentum_limit(curvature): return 2 / curvature"))
    assert verdict.mistakes == ("Other arguments than asked for",)
    assert "momentum_limit(L, rho); yours is defined as momentum_limit(curvature)" in str(verdict)


def test_a_function_that_leaves_python_is_an_error_and_not_the_end():
    assert "SystemExit" in str(limit("import sys; sys.exit()"))


def test_whoever_interrupts_the_kernel_is_obeyed():
    with pytest.raises(KeyboardInterrupt):
        limit("raise KeyboardInterrupt")


LOOPS = {
    "plain": "while True: pass",
    "that never gets there": "x = 1.0\nwhile x != 0.35: x = x - 0.1\nreturn x",
    "that swallows errors": "while True:\n    try: x = np.sin(rho)\n    except Exception: pass",
    "that swallows everything": "while True:\n    try: x = np.sin(rho)\n    except: pass",
    # Nine times, so that this ends even where the loop is not stopped.
    "inside one that swallows everything": (
        "for _ in range(9):\n    try:\n        while True:\n            x = 1\n    except:\n        pass\nreturn x"
    ),
    "that prints": "while True: print('still here')",
}


@pytest.mark.parametrize("body", LOOPS.values(), ids=LOOPS)
def test_a_loop_without_an_end_is_stopped(body, monkeypatch):
    monkeypatch.setattr(observation, "SECONDS", 0.4)
    verdict = limit(body)
    assert (verdict.outcome, verdict.points, verdict.mistakes) == ("timeout", 0, ())
    assert "gave no answer within 0.4 seconds and was stopped" in str(verdict)
    assert "loop whose condition never becomes false" in str(verdict)
    assert "Try it: momentum_limit(" in str(verdict)


def test_a_loop_in_one_aspect_keeps_what_the_others_earned(monkeypatch):
    monkeypatch.setattr(observation, "SECONDS", 0.4)
    verdict = limit("while np.ndim(rho): pass\nreturn 2 * (1 + rho) / L")
    assert (verdict.outcome, verdict.points) == ("timeout", 2)


def test_the_next_check_is_as_if_no_loop_had_been(monkeypatch):
    monkeypatch.setattr(observation, "SECONDS", 0.4)
    limit("while True: pass")
    assert check(cell(RIGHT_LIMIT)).points == 3


def test_prints_and_warnings_of_the_learner_stay_out_of_sight(capfd):
    verdict = limit(
        "import sys, warnings\nprint('a')\nprint('b', file=sys.stderr)\nwarnings.warn('c')\n"
        "np.log(np.zeros(2)), np.float64(1e308) * 10\nreturn 2 * (1 + rho) / L"
    )
    assert verdict.points == 3
    assert capfd.readouterr() == ("", "")


def test_the_floating_point_settings_of_the_notebook_stay_as_they_were():
    with np.errstate(divide="raise"):
        limit("np.seterr(all='raise')\nreturn 2 * (1 + rho) / L")
        assert np.geterr()["divide"] == "raise"


# --- Words ----------------------------------------------------------------------------------------------------


def test_the_first_difference_is_a_sentence_that_can_be_redone_by_hand():
    def averaged(w, grad, v, lr, rho=0.9):
        v = rho * v + 2 * grad
        return w - lr * v, v

    averaged.__name__ = "momentum_step"
    verdict = check(averaged)
    (sentence,) = verdict.story
    match = re.fullmatch(
        r"From rest, after one step v\[0\] should be (\S+) and yours is (\S+)\. "
        r"Every entry is 2 times what it should be\.",
        sentence,
    )
    wanted, got = map(float, match.groups())
    call = verdict.call.removeprefix("momentum_step")
    assert eval(f"averaged{call}", {"averaged": averaged, "np": np})[1][0] == pytest.approx(got)
    assert eval(f"right{call}", {"right": cell(RIGHT), "np": np})[1][0] == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("source", "when"),
    [
        ("def momentum_step(w, grad, v, lr, rho=0.5): v = rho * v + grad; return w - lr * v, v", "rho left out"),
        ("def momentum_step(w, grad, v, lr, rho=0.9): v = (rho or 1) * v + grad; return w - lr * v, v", "rho = 0 v"),
        (
            "def momentum_step(w, grad, v, lr, rho=0.9):\n    v = rho * v + (grad if np.size(w) < 12 else 2 * grad)\n"
            "    return w - lr * v, v",
            r"shape \(3, 4\)",
        ),
    ],
)  # fmt: skip
def test_the_call_to_try_is_the_one_that_shows_the_difference(source, when):
    function = cell(source)
    verdict = check(function)
    assert re.search(when, verdict.story[-1])
    call = verdict.call.removeprefix("momentum_step")
    yours = eval(f"yours{call}", {"yours": function, "np": np})
    wanted = eval(f"right{call}", {"right": cell(RIGHT), "np": np})
    assert not np.allclose(yours[1], wanted[1], rtol=1e-4)


def test_arguments_that_were_changed_are_shown_as_they_were_given():
    verdict = check(
        cell("def momentum_step(w, grad, v, lr, rho=0.9): v *= rho; v += grad; w -= lr * v; return w, v")
    )
    assert verdict.mistakes == ("Writes into the caller's arrays",)
    sentence = verdict.story[-1]
    first = float(re.search(r"the w you were given should be (\S+) at \[0\]", sentence)[1])
    assert verdict.call.startswith(f"momentum_step(np.array([{first:.2f}") or f"[ {first:.2f}" in verdict.call


def test_a_wrong_sign_is_called_a_wrong_sign():
    verdict = check(cell("def effective_step(lr, rho): return lr / (rho - 1)"))
    assert "should be" in str(verdict)
    values = cell(
        "def exponential_average(values, beta=0.9): return -np.cumsum(np.zeros_like(values), axis=0) + 1e9"
    )
    assert "Every entry" not in str(check(values))
    turned = cell("def momentum_step(w, grad, v, lr, rho=0.9): v = -(rho * v + grad); return w + lr * v, v")
    assert "Every entry has the wrong sign." in str(check(turned))


def test_nothing_is_said_to_be_one_times_what_it_should_be():
    verdict = check(
        cell(
            "def momentum_step(w, grad, v, lr, rho=0.9): v = rho * v + grad; return (w - lr * v) * 1.0001, v"
        )
    )
    assert "should be" in str(verdict)
    assert "times what it should be" not in str(verdict)


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("return lr^rho", "written `**`"),
        ("return lr if lr > np.array([0, 1]) else rho", "`np.where`"),
        ("return float(np.array([lr, rho]))", "those of NumPy take every entry"),
        ("return np.ones((4, 3)) * np.ones(4)", "from their last axis"),
        ("return (lr, rho) - (rho, lr)", "`values[0]`"),
        ("return [lr] / rho", "`np.asarray`"),
    ],
)
def test_a_message_that_says_little_to_a_beginner_comes_with_a_remedy(line, remedy):
    assert remedy in str(check(cell(f"def effective_step(lr, rho): {line}")))


def test_numbers_that_agree_in_four_digits_are_shown_with_more():
    verdict = limit("return 2.0001 * (1 + rho) / L")
    wanted, got = re.search(r"should be (\S+) and yours is (\S+)\.$", verdict.story[-1]).groups()
    assert wanted != got


def test_the_printed_verdict_names_points_aspects_and_the_mistake():
    lines = str(check(cell(NAMED_LIMIT))).splitlines()
    assert lines[:5] == [
        "momentum_limit: 1 of 3 points",
        "  + no momentum: 2 / L",
        "  - numbers",
        "  - arrays",
        "  1 - rho instead of 1 + rho.",
    ]
    assert lines[-2].startswith("  Try it: momentum_limit(")
    assert lines[-1].startswith("  Stuck?")


def test_a_right_answer_is_told_so_in_one_line_and_its_aspects():
    assert str(check(cell(RIGHT_LIMIT))).splitlines() == [
        "momentum_limit: 3 of 3 points",
        "  + no momentum: 2 / L",
        "  + numbers",
        "  + arrays",
    ]
