import json
import tracemalloc
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from update_rules import HYPER, arrays, in_motion, rolling, rules

from autograder.course import ROOT
from gradlab import optimizers
from gradlab.in_place import stepper
from gradlab.in_place.updates import BLAS_BYTES, BLOCK_BYTES
from gradlab.optimizers import (
    adagrad,
    adam,
    adamw,
    gradient_descent,
    momentum,
    nesterov,
    normalized_gradient,
    rmsprop,
)

RECORDED = json.loads((ROOT / "autograder" / "reference" / "optimizers.json").read_text(encoding="utf-8"))
# As in the tests of the pure rules: what 200 steps of rounding can add up to against another engine.
PRECISION = {"float64": 1e-12, "float32": 1e-5}
# Rules whose operations are the same in the same order; the others fold numbers together, or round elsewhere.
TO_THE_LAST_BIT = {gradient_descent, momentum, nesterov}

every_rule = rules(*HYPER)
every_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
seeds = st.integers(0, 2**32)
dtypes = st.sampled_from([np.float32, np.float64])


def assert_same(rule, actual, expected, *, by_blas=False):
    """The weights and the state of a stepper are those of the pure rule; all of them began at a size of about 1."""
    for one, other in zip(actual, expected, strict=True):
        assert one.dtype == other.dtype
        if rule in TO_THE_LAST_BIT and not by_blas:
            np.testing.assert_array_equal(one, other)
        else:
            tolerance = 1e-12 if one.dtype == np.float64 else 1e-6
            np.testing.assert_allclose(one, other, rtol=0, atol=tolerance * np.abs(other).max(initial=1))


def assert_walks_like(rule, w, gradients, state=None, **hyper):
    """The stepper and the pure rule are at the same place after all of the gradients, with the same memory."""
    walker = stepper(rule, w, hyper, state)
    by_blas = rule is gradient_descent and w.nbytes > BLAS_BYTES and np.ndim(hyper["lr"]) == 0
    for gradient in gradients:
        walker.step(gradient)
        w, state = rule(w, gradient, state, **hyper)
    assert getattr(walker.state, "step", None) == getattr(state, "step", None)
    assert type(walker.state) is type(state)
    now, there = (
        [at, *arrays(memory).values()] for at, memory in ((walker.params, walker.state), (w, state))
    )
    assert_same(rule, now, there, by_blas=by_blas)


def noise(seed, steps, shape, dtype):
    return np.random.default_rng(seed).standard_normal((steps, *shape)).astype(dtype)


@every_rule
@every_dtype
@pytest.mark.parametrize("moving", [False, True], ids=["from rest", "moving"])
@pytest.mark.parametrize("shape", [(3,), (1,), (4, 5), (2, 3, 4)], ids=str)
def test_two_hundred_steps_in_place_are_those_of_the_rule(rule, dtype, moving, shape):
    w, average, spread, *gradients = noise(1, 203, shape, dtype)
    state = in_motion(rule, average, spread**2) if moving else None
    assert_walks_like(rule, w, gradients, state, lr=0.05, **HYPER[rule])


@every_rule
@every_dtype
def test_two_hundred_steps_of_runs_with_hyper_parameters_of_their_own_are_those_of_the_rule(rule, dtype):
    w, average, spread, *gradients = noise(2, 203, (3, 5), dtype)
    own = {
        name: value * np.array([[0.1], [0.5], [1.0]]) for name, value in ({"lr": 0.05} | HYPER[rule]).items()
    }
    assert_walks_like(rule, w, gradients, in_motion(rule, average, spread**2), **own)
    for name, value in own.items():
        assert_walks_like(rule, w, gradients[:20], **{"lr": 0.05} | HYPER[rule] | {name: value})


@every_rule
@every_dtype
@pytest.mark.parametrize("more", [-1, 0, 1, 2000])
def test_nothing_happens_at_the_border_of_a_block(rule, dtype, more):
    size = BLOCK_BYTES // dtype().itemsize + more
    w, average, spread, *gradients = noise(3, 8, (size,), dtype)
    state = in_motion(rule, average, spread**2)
    assert_walks_like(rule, w, gradients, state, lr=0.05, **HYPER[rule])


@every_rule
@every_dtype
def test_runs_that_share_blocks_keep_their_own_hyper_parameters(rule, dtype):
    runs = 7
    width = 3 * BLOCK_BYTES // dtype().itemsize // runs
    w, average, spread, *gradients = noise(4, 8, (runs, width), dtype)
    own = {
        name: value * np.linspace(0.1, 1, runs)[:, None]
        for name, value in ({"lr": 0.05} | HYPER[rule]).items()
    }
    assert_walks_like(rule, w, gradients, in_motion(rule, average, spread**2), **own)


@every_rule
@given(
    seed=seeds,
    shape=array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
    dtype=dtypes,
    data=st.data(),
)
def test_any_shape_with_any_shape_of_the_hyper_parameters_is_walked_like_the_rule_walks_it(
    rule, seed, shape, dtype, data
):
    w, average, spread, *gradients = noise(seed, 8, shape, dtype)
    hyper = {}
    for name, value in ({"lr": 0.05} | HYPER[rule]).items():
        own = tuple(length if data.draw(st.booleans()) else 1 for length in shape)
        own = own[data.draw(st.integers(0, len(own))) :]
        hyper[name] = value * np.random.default_rng(seed).uniform(0.1, 1, own)
    assert_walks_like(rule, w, gradients, in_motion(rule, average, spread**2), **hyper)
    assert_walks_like(rule, w, gradients, **hyper)


@pytest.mark.parametrize("name", sorted({case["rule"] for case in RECORDED["cases"]}))
def test_two_hundred_steps_along_given_gradients_match_another_engine(name):
    rule = getattr(optimizers, name)
    for case in (case for case in RECORDED["cases"] if case["rule"] == name):
        dtype, shape = case["dtype"], case["shape"]

        def shaped(numbers, dtype=dtype, shape=shape):
            return np.array(numbers[: int(np.prod(shape))], dtype=dtype).reshape(shape)

        state = None
        if case["moving"]:
            average, squares = shaped(RECORDED["average"]), shaped(RECORDED["squares"])
            state = in_motion(rule, average, squares, RECORDED["taken"])
        walker = stepper(rule, shaped(RECORDED["params"]), case["hyper"], state)
        expected = dict(zip(RECORDED["steps"], case["path"], strict=True))
        for step, gradient in enumerate(RECORDED["gradients"], start=1):
            walker.step(shaped(gradient) * np.array(case["scale"], dtype))
            if step in expected:
                after = {"params": walker.params} | arrays(walker.state)
                assert set(after) == set(expected[step])
                for field, numbers in after.items():
                    wanted, tolerance = np.array(expected[step][field]), PRECISION[dtype]
                    np.testing.assert_allclose(
                        numbers, wanted, rtol=tolerance, atol=tolerance * np.abs(wanted).max()
                    )
        assert step == RECORDED["steps"][-1] == 200


@every_rule
@every_dtype
@pytest.mark.parametrize(
    "rates",
    [
        (0.1, 0.01, 0.2),
        (0.1, 0.01, 0.01),
        (0.1, np.array([[0.01], [0.2]]), 0.05),
        (np.array([[0.1], [0.2]]), np.array([[0.01], [0.2]]), np.array([0.1, 0.2, 0.3])),
        (0.1, np.float32(0.3), np.array(0.2)),
    ],
    ids=["numbers", "the same again", "a number, then one a run", "one a run", "other types of numbers"],
)
def test_a_new_rate_holds_from_its_step_on(rule, dtype, rates):
    w, *gradients = noise(5, 61, (2, 3), dtype)
    walker, state = stepper(rule, w, {"lr": rates[0]} | HYPER[rule]), None
    for i, gradient in enumerate(gradients):
        lr = rates[i // 20]
        walker.step(gradient, **({"lr": lr} if i % 20 == 0 and i else {}))
        w, state = rule(w, gradient, state, lr=lr, **HYPER[rule])
    assert_same(rule, [walker.params, *arrays(walker.state).values()], [w, *arrays(state).values()])


@every_rule
def test_a_walk_that_stops_can_be_taken_up_from_its_weights_and_state(rule):
    w, *gradients = noise(6, 21, (3,), np.float64)
    hyper = {"lr": 0.05} | HYPER[rule]
    through = stepper(rule, w, hyper)
    for gradient in gradients:
        through.step(gradient)
    first = stepper(rule, w, hyper)
    for gradient in gradients[:10]:
        first.step(gradient)
    second = stepper(rule, first.params, hyper, first.state)
    for gradient in gradients[10:]:
        second.step(gradient)
    np.testing.assert_allclose(second.params, through.params, rtol=1e-13)


@every_rule
@given(seed=seeds, dtype=dtypes)
def test_nothing_that_the_caller_owns_is_changed(rule, seed, dtype):
    w, grad, v = rolling(seed, (2, 3), dtype)
    state, lr = in_motion(rule, v, v**2), np.full((2, 1), 0.1)
    owned = {"w": w, "grad": grad, "lr": lr} | arrays(state)
    before = {name: array.copy() for name, array in owned.items()}
    walker = stepper(rule, w, {"lr": lr} | HYPER[rule], state)
    walker.step(grad)
    seen = walker.state
    kept = {name: array.copy() for name, array in arrays(seen).items()}
    walker.step(grad, lr=lr)
    for name, array in owned.items():
        np.testing.assert_array_equal(array, before[name])
    for name, array in arrays(seen).items():
        np.testing.assert_array_equal(array, kept[name])


@every_rule
def test_what_the_caller_does_to_its_arrays_afterwards_changes_no_step(rule):
    w, grad, v = rolling(1, (2, 3))
    state, lr = in_motion(rule, v, v**2), np.full((2, 1), 0.1)
    expected, _ = rule(w, grad, state, lr=lr, **HYPER[rule])
    walker = stepper(rule, w, {"lr": lr} | HYPER[rule], state)
    for array in (w, lr, *arrays(state).values()):
        array[...] = 7
    walker.step(grad)
    np.testing.assert_allclose(walker.params, expected, rtol=1e-13)


@every_rule
def test_every_step_changes_the_same_array(rule):
    walker = stepper(rule, np.ones(3), {"lr": 0.1})
    before = walker.params
    walker.step(np.ones(3))
    assert walker.params is before
    assert (before < 1).all()


@every_rule
@pytest.mark.parametrize("size", [3, 2 * BLOCK_BYTES // 8 + 1])
def test_the_gradient_may_be_the_weights_themselves_or_a_view_of_them(rule, size):
    w = np.random.default_rng(1).standard_normal(size)
    hyper = {"lr": 0.1} | HYPER[rule]
    for view in (lambda array: array, lambda array: array[::-1]):
        walker = stepper(rule, w, hyper)
        walker.step(view(walker.params))
        np.testing.assert_allclose(walker.params, rule(w, view(w), **hyper)[0], rtol=1e-12, atol=1e-14)


@every_rule
def test_arrays_in_the_order_of_fortran_lists_and_other_dtypes_are_walked_as_well(rule):
    w, grad, v = rolling(1, (3, 4))
    hyper, state = {"lr": 0.1} | HYPER[rule], in_motion(rule, v, v**2)
    expected = rule(w, grad, state, **hyper)[0]
    turned = in_motion(rule, np.asfortranarray(v), np.asfortranarray(v**2))
    for gradient in (grad, np.asfortranarray(grad), grad.tolist()):
        walker = stepper(rule, np.asfortranarray(w), hyper, turned)
        walker.step(gradient)
        np.testing.assert_allclose(walker.params, expected, rtol=1e-13)
    assert_walks_like(rule, w.astype(np.float32), [grad], state, **hyper)


@every_rule
@given(seed=seeds, exponent=st.integers(-150, 100), empty=st.booleans())
def test_finite_numbers_stay_finite_also_where_the_gradient_is_zero(rule, seed, exponent, empty):
    w, grad, _ = rolling(seed)
    walker = stepper(rule, w, {"lr": 0.1} | HYPER[rule])
    for _ in range(3):
        walker.step(10.0**exponent * np.where(empty, 0.0, grad))
        for array in (walker.params, *arrays(walker.state).values()):
            assert np.isfinite(array).all()


@rules(normalized_gradient, adagrad, rmsprop, adam, adamw)
@every_dtype
def test_where_a_square_overflows_the_weights_stand_still(rule, dtype):
    walker = stepper(rule, np.zeros(3, dtype), {"lr": 0.1})
    with np.errstate(over="ignore"):
        walker.step(np.full(3, np.finfo(dtype).max / 4, dtype))
    np.testing.assert_array_equal(walker.params, 0)


@every_rule
@every_dtype
def test_a_step_makes_no_array_larger_than_a_block(rule, dtype):
    w, grad = np.ones((2, 2, 2 * BLOCK_BYTES // dtype().itemsize), dtype)
    for hyper in ({"lr": 0.1}, {"lr": np.full((2, 1), 0.1)}):
        walker = stepper(rule, w, hyper | HYPER[rule])
        tracemalloc.start()
        walker.step(grad)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < BLOCK_BYTES


@pytest.mark.parametrize(
    "rule",
    [
        lambda w, grad, state, lr: (w - lr * grad, state),
        partial(adam, lr=0.1),
        type("Unhashable", (), {"__call__": lambda *_: None, "__eq__": lambda *_: True})(),
    ],
    ids=["function", "partial", "object"],
)
def test_a_rule_that_is_not_the_librarys_has_no_form_in_place(rule):
    assert stepper(rule, np.ones(3), {"lr": 0.1}) is None


@every_rule
@pytest.mark.parametrize("dtype", [np.float16, ">f4", np.longdouble], ids=str)
def test_weights_of_another_precision_are_left_to_the_rule(rule, dtype):
    assert stepper(rule, np.ones(3, dtype), {"lr": 0.1}) is None
