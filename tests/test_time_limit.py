"""Code that does not end is stopped, at whatever moment the bell rings, and nothing of it is left behind."""

import signal
import sys
import textwrap
import threading
import time

import numpy as np
import pytest

from autograder.answers.cells import cell
from gradlab.checks import observation, time_limit
from gradlab.checks.exercise import Aspect, Exercise, Sight
from gradlab.checks.observation import observe
from gradlab.checks.time_limit import OutOfTime


def one_call(function, rng):
    yield Sight("At 1", "twice x", function(1.0))


ASPECT = Aspect("one call", 1, one_call)
DOUBLED = Exercise("doubled", "05-momentum", ("twice x",), lambda x: 2 * x, (ASPECT,))


def observed(function):
    return observe(DOUBLED, ASPECT, function, np.random.default_rng(0))


def within(seconds, work):
    with time_limit.time_limit(seconds):
        return work()


def state():
    """Everything that a limit touches in the process and in the frames of whoever asked for it."""
    frame, traces = sys._getframe(1), []
    while frame is not None:
        traces.append(frame.f_trace)
        frame = frame.f_back
    return (
        sys.stdout, sys.stderr, sys.gettrace(), sys.exc_info(), np.geterr(), traces,
        signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL),
    )  # fmt: skip


@pytest.fixture
def deaf():
    """A bell that rings once too often would end the process: let it be heard by a handler of the test's own."""
    before = signal.signal(signal.SIGALRM, lambda *_: None)
    yield
    signal.signal(signal.SIGALRM, before)


ENDLESS = {
    "plain": "while True: pass",
    "in a try": "while True:\n    try: x = 1\n    except: pass",
    "in a try of several lines": "while True:\n    try:\n        x = 1\n    except BaseException as e:\n        x = e",
    "in a with": "with contextlib.suppress(ValueError):\n    while True:\n        x = 1",
    "before a finally": "try:\n    while True: x = 1\nfinally:\n    x = 2\n    x = 3",
    "in a finally": "try:\n    while True: x = 1\nfinally:\n    while True: x = 2",
    "in a handler": "try: 1 / 0\nexcept ZeroDivisionError:\n    while True: x = 1",
    "in a handler of a handler": "while True:\n    try:\n        try: x = 1\n        except: x = 2\n    except: x = 3",
    "in a generator": "def g():\n    try:\n        while True: yield 1\n    except: pass\nfor x in g(): pass",
}  # fmt: skip


def endless(body):
    source = f"import contextlib\ndef doubled(x):\n{textwrap.indent(body, '    ')}"
    return cell(source)


@pytest.mark.parametrize("body", ENDLESS.values(), ids=ENDLESS)
def test_what_was_stopped_leaves_nothing_behind(body, monkeypatch):
    monkeypatch.setattr(observation, "SECONDS", 0.05)
    before, function = state(), endless(body)
    with pytest.raises(OutOfTime):
        within(0.05, lambda: function(1.0))
    assert state() == before
    assert observed(function).outcome == "timeout"
    assert state() == before


def test_an_exception_after_a_stop_knows_nothing_of_it(monkeypatch):
    monkeypatch.setattr(observation, "SECONDS", 0.05)
    observed(endless(ENDLESS["in a with"]))
    with pytest.raises(ZeroDivisionError) as later:
        _ = 1 / 0
    assert later.value.__context__ is None


def test_a_generator_that_survives_is_not_stopped_later():
    kept = cell(
        """
        def spin():
            while True: pass

        def hears_the_bell():
            try: spin()
            except: pass  # and the trace on this line

        def numbers():
            try: hears_the_bell()
            except: yield 3
            yield 4
        """
    )()
    assert within(0.05, lambda: next(kept)) == 3
    before = sys.gettrace()
    sys.settrace(lambda *_: None)
    try:
        assert next(kept) == 4
    finally:
        sys.settrace(before)


class Rings:
    """A profiler that rings the bell at one event: a call, a return, or a call of something written in C."""

    def __init__(self, at):
        self.left = at

    def __call__(self, *_):
        self.left -= 1
        if self.left == -1:
            signal.raise_signal(signal.SIGALRM)


def test_the_bell_may_ring_at_any_moment(deaf):
    """Once at every event of one observation, the library's own included."""
    right = cell("def doubled(x): return 2 * x")
    before, outcomes, at = state(), [], 0
    while True:
        rings = Rings(at)
        sys.setprofile(rings)
        try:
            seen = observed(right)
        finally:
            sys.setprofile(None)
        assert state() == before, at
        outcomes.append(seen.outcome)
        if rings.left >= 0:
            break
        at += 1
    # Before and after the work nobody listens; in between it is stopped, or answers where something swallowed the bell.
    assert at > 100 and set(outcomes) == {"answered", "timeout"}
    assert outcomes[0] == outcomes[-2] == outcomes[-1] == "answered"


def test_the_bell_may_ring_without_a_pause(deaf, monkeypatch):
    monkeypatch.setattr(time_limit, "AGAIN", 2e-4)
    swallows = endless(ENDLESS["in a try"])
    before = state()
    for number in range(200):
        monkeypatch.setattr(observation, "SECONDS", 1e-6 + 1e-5 * number)
        assert observed(swallows).outcome == "timeout"
        assert state() == before


def test_a_limit_within_a_limit_ends_first_and_the_outer_one_still_holds():
    ended = []

    def work():
        with pytest.raises(OutOfTime):
            within(0.05, lambda: endless("while True: pass")(1))
        ended.append("inner")
        start = time.monotonic()
        while time.monotonic() < start + 10:
            pass
        ended.append("outer")

    with pytest.raises(OutOfTime):
        within(0.5, work)
    assert ended == ["inner"]


def test_an_outer_limit_that_has_passed_meanwhile_is_not_forgotten():
    ended = []

    def work():
        within(60, lambda: time.sleep(0.2))
        start = time.monotonic()
        while time.monotonic() < start + 10:
            pass
        ended.append("outer")

    with pytest.raises(OutOfTime):
        within(0.05, work)
    assert ended == []


def test_a_timer_and_a_trace_of_the_callers_own_are_given_back(deaf):
    def trace(*_):
        return None

    before = sys.gettrace()
    signal.setitimer(signal.ITIMER_REAL, 500)
    sys.settrace(trace)
    try:
        within(60, lambda: None)
        assert sys.gettrace() is trace
        assert 400 < signal.getitimer(signal.ITIMER_REAL)[0] <= 500
    finally:
        sys.settrace(before)
        signal.setitimer(signal.ITIMER_REAL, 0)


def test_beside_the_main_thread_the_work_takes_the_time_it_takes():
    answers = []
    thread = threading.Thread(target=lambda: answers.append(within(1e-6, lambda: time.sleep(0.01) or "done")))
    thread.start()
    thread.join()
    assert answers == ["done"]


@pytest.mark.parametrize(
    "raised",
    [
        "GeneratorExit('so')",
        "SystemExit('so')",
        "StopIteration('so')",
        "type('Own', (BaseException,), {'__module__': '__main__'})('so')",
        "type('Nowhere', (Exception,), {})",  # an exception that Python itself cannot show
    ],
)
def test_whatever_a_function_raises_is_an_error(raised):
    seen = observed(cell(f"def doubled(x): raise {raised}"))
    assert seen.outcome == "error" and seen.message.startswith("Your code stopped with ")
    assert ("so" in seen.message) == ("so" in raised)


def test_an_exception_that_never_finishes_its_message_is_stopped(monkeypatch):
    monkeypatch.setattr(observation, "SECONDS", 0.05)
    talks = cell(
        """
        class Talks(Exception):
            def __str__(self):
                while True: pass

        def doubled(x): raise Talks
        """
    )
    assert observed(talks).outcome == "timeout"
