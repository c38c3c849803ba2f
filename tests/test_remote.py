"""A function in another process is called as if it were here: what it does to its arguments is done to ours."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from autograder.inside.answering import serve
from autograder.sandbox import remote
from autograder.sandbox.remote import RemoteFunction


@contextmanager
def served(function: Callable[..., Any]) -> Iterator[RemoteFunction]:
    here, there = socket.socketpair()
    thread = threading.Thread(target=serve, args=(there, function, True))
    thread.start()
    with there, here:
        yield RemoteFunction(function.__name__, here, 5.0)
        here.shutdown(socket.SHUT_RDWR)
        thread.join()


def halve(w):
    w /= 2


def halve_by_the_way(w, factors):
    factors["rate"] /= 2
    return w


def halve_when_dealt_out(w):
    yield w.sum()
    w /= 2
    yield w.sum()


def turn(w):
    w.shape = (2, 1)


@pytest.mark.parametrize("function", [halve, halve_when_dealt_out])
def test_an_array_that_is_changed_there_is_changed_here(function):
    w = np.array([2.0, 4.0])
    with served(function) as call:
        call(w)
    np.testing.assert_array_equal(w, [1.0, 2.0])


def test_an_array_within_something_else_is_changed_too():
    rate = np.array(0.5)
    with served(halve_by_the_way) as call:
        call(np.ones(2), {"rate": rate})
    assert rate == 0.25


def test_a_change_of_sign_of_zero_is_a_change():
    w = np.array([0.0])
    with served(np.negative) as call:
        call(w, out=w)
    assert np.signbit(w[0])


def test_lists_and_generators_come_back_as_they_are_then():
    def take(values, rng):
        values.append(rng.random())

    values, rng, alike = [1.0], np.random.default_rng(0), np.random.default_rng(0)
    with served(take) as call:
        call(values, rng)
    assert values == [1.0, alike.random()]
    assert rng.random() == alike.random()


@pytest.mark.filterwarnings("ignore:Setting the shape:DeprecationWarning")
def test_an_array_that_has_another_shape_now_is_no_answer():
    with served(turn) as call, pytest.raises(Exception, match="come back as something else"):
        call(np.ones(2))


def test_what_is_left_alone_is_not_sent_back(monkeypatch):
    sent_back: list[Any] = []
    monkeypatch.setattr(remote, "_change", lambda before, after: sent_back.append(after))
    with served(np.add) as call:
        np.testing.assert_array_equal(call(np.ones(2), np.ones(2)), [2.0, 2.0])
    assert sent_back == [None, None]
