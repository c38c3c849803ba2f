import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from test_in_place import assert_same, assert_walks_like, noise
from update_rules import HYPER, arrays, in_motion, rules

from gradlab.in_place import stepper
from gradlab.in_place.storage import LINE
from gradlab.in_place.threads import at_once, cores
from gradlab.optimizers import momentum

STEPPER = sys.modules[stepper.__module__]
every_rule = rules(*HYPER)
every_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])


@pytest.fixture
def three_threads(monkeypatch):
    """Every array is shared out among three threads, in blocks of a few numbers."""
    monkeypatch.setattr(STEPPER, "cores", lambda: 3)
    monkeypatch.setattr(STEPPER, "PARALLEL_BYTES", 0)
    monkeypatch.setattr(STEPPER, "BLOCK_BYTES", 256)


@every_rule
@every_dtype
@pytest.mark.parametrize("shape", [(0,), (1,), (15,), (16,), (17,), (1000,), (7, 131)], ids=str)
@pytest.mark.usefixtures("three_threads")
def test_threads_together_take_the_steps_of_the_rule(rule, dtype, shape):
    w, average, spread, *gradients = noise(1, 13, shape, dtype)
    assert_walks_like(rule, w, gradients, in_motion(rule, average, spread**2), lr=0.05, **HYPER[rule])


@every_rule
@pytest.mark.usefixtures("three_threads")
def test_threads_give_every_run_its_own_hyper_parameters(rule):
    w, *gradients = noise(2, 6, (7, 131), np.float64)
    own = {
        name: value * np.linspace(0.1, 1, 7)[:, None] for name, value in ({"lr": 0.05} | HYPER[rule]).items()
    }
    assert_walks_like(rule, w, gradients, **own)


def test_a_large_array_is_shared_out_and_a_small_one_is_not(monkeypatch):
    asked = []
    monkeypatch.setattr(STEPPER, "cores", lambda: asked.append("cores") or 2)
    monkeypatch.setattr(STEPPER, "at_once", lambda tasks: asked.append(len(tasks)))
    for size in (STEPPER.PARALLEL_BYTES // 8 - 1, STEPPER.PARALLEL_BYTES // 8):
        walker = stepper(momentum, np.ones(size), {"lr": 0.1})
        walker.step(np.ones(size))
    assert asked == ["cores", 2]


@pytest.mark.usefixtures("three_threads")
@pytest.mark.parametrize("where", [0, 500, 999])
def test_threads_heed_what_the_caller_wants_to_hear_of_overflow(where):
    grad = np.zeros(1000)
    grad[where] = 1e200
    walker = stepper(next(rule for rule in HYPER if rule.__name__ == "adagrad"), np.zeros(1000), {"lr": 0.1})
    with np.errstate(over="ignore"):
        walker.step(grad)
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        walker.step(grad)
    with pytest.warns(RuntimeWarning, match="overflow"):
        walker.step(grad)


def test_tasks_run_at_the_same_time():
    meeting = threading.Barrier(3)
    at_once([lambda: meeting.wait(timeout=30)] * 3)


@pytest.mark.parametrize("first", [True, False], ids=["here", "elsewhere"])
def test_an_error_is_raised_when_nobody_is_at_work_any_more(first):
    done = []

    def fails():
        raise ValueError("enough")

    def takes_its_time():
        time.sleep(0.05)
        done.append(True)

    with pytest.raises(ValueError, match="enough"):
        at_once([fails, takes_its_time] if first else [takes_its_time, fails, takes_its_time])
    assert len(done) == (1 if first else 2)


@pytest.mark.parametrize(
    ("said", "available", "wanted"),
    [("1", 8, 1), ("2", 8, 2), ("16", 2, 2), ("", 3, 3), ("0", 3, 1), ("2,4", 3, 3), ("16", 64, 4)],
)
def test_no_more_threads_than_there_are_cores_nor_than_one_is_told(monkeypatch, said, available, wanted):
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(available), raising=False)
    assert cores() == wanted


def test_a_fork_has_threads_of_its_own():
    code = (
        "import os, signal, time; from gradlab.in_place.threads import at_once\n"
        "work = [lambda: None] * 2\n"
        "at_once(work); time.sleep(0.2); child = os.fork()\n"
        "if not child: signal.alarm(30)\n"
        "at_once(work)\n"
        "if child: raise SystemExit(os.waitpid(child, 0)[1])"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=120)


@every_rule
@every_dtype
@pytest.mark.parametrize("shape", [(1,), (2000,), (7, 131), ()], ids=str)
def test_arrays_begin_with_a_cache_line(rule, dtype, shape):
    walker = stepper(rule, np.ones(shape, dtype), {"lr": 0.1})
    assert walker.params.__array_interface__["data"][0] % LINE == 0


@every_rule
@pytest.mark.parametrize("axes", [(1, 0), (2, 0, 1), (1, 2, 0)], ids=str)
def test_weights_that_keep_their_order_in_memory_take_the_same_steps(rule, axes):
    w, average, spread, *gradients = (
        part.transpose(axes) for part in noise(3, 13, (5, 3, 2)[: len(axes)], float)
    )
    hyper = {"lr": np.linspace(0.1, 1, w.shape[0]).reshape(-1, *[1] * (w.ndim - 1))} | HYPER[rule]
    state = in_motion(rule, average, spread**2)
    usual, kept = (stepper(rule, w, hyper, state, order=order) for order in "CK")
    for gradient in gradients:
        usual.step(gradient)
        kept.step(np.ascontiguousarray(gradient) if gradient is gradients[0] else gradient)
    assert usual.params.flags.c_contiguous
    assert kept.params.strides == w.strides
    walks = [[walker.params, *arrays(walker.state).values()] for walker in (kept, usual)]
    assert_same(rule, *walks)


@pytest.mark.parametrize(
    "view",
    [lambda a: a[::2], lambda a: a[::-1], lambda a: np.broadcast_to(a[0], a.shape)],
    ids=["gaps", "back", "same"],
)
def test_weights_with_gaps_are_kept_in_the_usual_order(view):
    w = view(np.arange(12.0).reshape(4, 3))
    walker = stepper(next(iter(HYPER)), w, {"lr": 0.1}, order="K")
    assert walker.params.flags.c_contiguous
    np.testing.assert_array_equal(walker.params, w)
