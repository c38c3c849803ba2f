"""Gradient descent on large arrays: BLAS does it where it can, and NumPy does the same where it cannot."""

import sys
import tracemalloc

import numpy as np
import pytest

from gradlab.in_place import blas, stepper, updates
from gradlab.in_place.updates import BLAS_BYTES, PARALLEL_BYTES
from gradlab.optimizers import gradient_descent, momentum

STEPPER = sys.modules["gradlab.in_place.stepper"]
# Of float64; one more than what NumPy still does.
LARGE = BLAS_BYTES // 8 + 1
every_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])


@pytest.fixture
def calls(monkeypatch):
    """The lengths of the arrays that BLAS is asked for."""
    lengths = []

    def counted(a, x, y):
        lengths.append(y.size)
        blas.axpy(a, x, y)

    monkeypatch.setattr(updates, "axpy", counted)
    return lengths


def numbers(dtype, size, seed=0):
    return np.random.default_rng(seed).standard_normal((2, size)).astype(dtype)


@every_dtype
@pytest.mark.parametrize("size", [1, 7, 64, 1001, 100_003])
def test_axpy_is_right_to_the_rounding_of_a_product_and_a_sum(dtype, size):
    x, y = numbers(dtype, size)
    exact = y.astype(np.longdouble) + np.longdouble(dtype(0.3)) * x
    room = np.finfo(dtype).eps * (np.abs(y) + 0.3 * np.abs(x))
    kept = x.copy()
    blas.axpy(float(dtype(0.3)), x, y)
    assert np.all(np.abs(y - exact) <= room)
    np.testing.assert_array_equal(x, kept)


@every_dtype
@pytest.mark.parametrize("bytes_", [BLAS_BYTES + 8, 5 * BLAS_BYTES + 8, PARALLEL_BYTES + 8], ids=str)
def test_a_large_step_is_one_call_and_the_step_of_the_rule(calls, monkeypatch, dtype, bytes_):
    monkeypatch.setattr(STEPPER, "cores", lambda: 2)
    w, g = numbers(dtype, bytes_ // dtype().itemsize)
    walker = stepper(gradient_descent, w, {"lr": 0.1})
    walker.step(g)
    assert calls == [w.size]
    expected, _ = gradient_descent(w, g, lr=0.1)
    np.testing.assert_allclose(walker.params, expected, rtol=0, atol=8 * np.finfo(dtype).eps)


@pytest.mark.parametrize(
    ("rule", "size", "lr"),
    [
        (gradient_descent, BLAS_BYTES // 8, 0.1),
        (gradient_descent, LARGE, np.full(LARGE, 0.1)),
        (momentum, LARGE, 0.1),
    ],
    ids=["small", "a rate for each weight", "another rule"],
)
def test_other_steps_are_left_to_numpy(calls, rule, size, lr):
    w, g = numbers(np.float64, size)
    walker = stepper(rule, w, {"lr": lr})
    walker.step(g)
    assert calls == []
    np.testing.assert_array_equal(walker.params, rule(w, g, lr=lr)[0])


def test_a_rate_may_change_from_one_number_to_one_for_each_weight_and_back(calls):
    w, g = numbers(np.float64, LARGE)
    walker, asked = stepper(gradient_descent, w, {"lr": 0.1}), []
    for lr in (0.2, np.full(w.size, 0.3), 0.4):
        walker.step(g, lr=lr)
        asked.append(len(calls))
        w = w - lr * g
    assert asked == [1, 1, 1]
    np.testing.assert_allclose(walker.params, w, rtol=0, atol=1e-14)


def test_blas_needs_no_room_beside_the_weights():
    w, g = numbers(np.float64, LARGE)
    tracemalloc.start()
    try:
        stepper(gradient_descent, w, {"lr": 0.1}).step(g)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert w.nbytes <= most < 1.5 * w.nbytes


def test_the_gradient_may_be_the_weights_themselves():
    w, _ = numbers(np.float64, LARGE)
    walker = stepper(gradient_descent, w, {"lr": 0.25})
    walker.step(walker.params)
    np.testing.assert_array_equal(walker.params, 0.75 * w)


def test_without_the_library_numpy_takes_the_same_step(calls, monkeypatch):
    monkeypatch.setattr(STEPPER, "has_axpy", lambda dtype: False)
    w, g = numbers(np.float64, LARGE)
    walker = stepper(gradient_descent, w, {"lr": 0.1})
    walker.step(g)
    assert calls == []
    np.testing.assert_array_equal(walker.params, gradient_descent(w, g, lr=0.1)[0])


@pytest.mark.parametrize("files", [[], ["no library"]], ids=["nothing there", "something else"])
def test_a_numpy_that_was_built_with_another_library_has_no_axpy(tmp_path, monkeypatch, files):
    (tmp_path / "numpy.libs").mkdir()
    for content in files:
        (tmp_path / "numpy.libs/libscipy_openblas64_.so").write_text(content)
    monkeypatch.setattr(np, "__file__", str(tmp_path / "numpy/__init__.py"))
    assert blas._axpy.__wrapped__("d") is None


def test_half_precision_has_no_axpy():
    assert not blas.has_axpy(np.dtype(np.float16))
