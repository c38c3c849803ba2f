import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from update_rules import HYPER, arrays, in_motion, rolling, rules, stepped

from autograder.course import ROOT
from gradlab import optimizers
from gradlab.descent import descend
from gradlab.optimizers import (
    AdamState,
    MomentumState,
    adagrad,
    adam,
    adamw,
    gradient_descent,
    momentum,
    nesterov,
    normalized_gradient,
    rmsprop,
)
from gradlab.surfaces import SURFACES

RECORDED = json.loads((ROOT / "autograder" / "reference" / "optimizers.json").read_text(encoding="utf-8"))
# As much as 200 steps of rounding can add up to.
PRECISION = {"float64": 1e-12, "float32": 1e-5}

every_rule = rules(*HYPER)
with_state = rules(momentum, nesterov, adagrad, rmsprop, adam, adamw)
with_velocity = rules(momentum, nesterov)
per_weight = rules(adagrad, rmsprop, adam)
seeds = st.integers(0, 2**32)
shapes = array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
dtypes = st.sampled_from([np.float32, np.float64])


def named(case):
    where = case.get("surface") or f"{case['shape']}-{case['dtype']}-x{case['scale']}"
    moving = "-moving" if case.get("moving") else ""
    return f"{case['rule']}-{'-'.join(map(str, case['hyper'].values()))}-{where}{moving}-{case['engine']}"


def assert_close(actual, expected, tolerance):
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance * np.abs(expected).max())


@pytest.mark.parametrize("case", RECORDED["cases"], ids=named)
def test_two_hundred_steps_along_given_gradients_match_another_engine(case):
    rule, dtype, tolerance = getattr(optimizers, case["rule"]), case["dtype"], PRECISION[case["dtype"]]

    def shaped(numbers):
        return np.array(numbers[: int(np.prod(case["shape"]))], dtype=dtype).reshape(case["shape"])

    w, state = shaped(RECORDED["params"]), None
    if case["moving"]:
        average, squares = shaped(RECORDED["average"]), shaped(RECORDED["squares"])
        state = in_motion(rule, average, squares, RECORDED["taken"])
    expected = dict(zip(RECORDED["steps"], case["path"], strict=True))
    for step, gradient in enumerate(RECORDED["gradients"], start=1):
        w, state = rule(w, shaped(gradient) * np.array(case["scale"], dtype), state, **case["hyper"])
        assert all(array.dtype == dtype for array in (w, *arrays(state).values()))
        if step in expected:
            after = {"params": w} | arrays(state)
            assert set(after) == set(expected[step])
            for name, numbers in after.items():
                assert_close(numbers, expected[step][name], tolerance)
    assert step == RECORDED["steps"][-1] == 200


@pytest.mark.parametrize("case", RECORDED["descents"], ids=named)
def test_two_hundred_steps_down_a_surface_match_torch(case):
    rule = getattr(optimizers, case["rule"])
    trace = descend(SURFACES[case["surface"]], case["start"], rule, steps=200, **case["hyper"])
    np.testing.assert_allclose(trace.points[RECORDED["steps"]], case["points"], rtol=1e-11, atol=1e-13)


def test_the_reference_says_which_engines_it_came_from_and_covers_every_rule():
    cases = RECORDED["cases"]
    assert set(RECORDED["versions"]) == {"python", "torch", "jax", "optax", "numpy"}
    assert {case["rule"] for case in cases} == {rule.__name__ for rule in HYPER}
    assert len(cases) + len(RECORDED["descents"]) >= 300
    for rule in HYPER:
        own = [case for case in cases if case["rule"] == rule.__name__]
        assert {len(case["shape"]) for case in own} == {0, 1, 2, 4}
        assert {case["dtype"] for case in own} == {"float32", "float64"}
        assert {case["scale"] for case in own} == {0.0, 1e-6, 1.0, 1e3}
        assert {case["moving"] for case in own} == {False, True}


@every_rule
@given(seed=seeds, shape=shapes, dtype=dtypes)
def test_a_rate_of_zero_leaves_the_weights_and_every_dtype_is_kept(rule, seed, shape, dtype):
    w, grad, v = rolling(seed, shape, dtype)
    hyper = {name: np.float64(value) for name, value in HYPER[rule].items()}
    after, *state = stepped(rule, w, grad, v, lr=np.float64(0.0), **hyper)
    np.testing.assert_array_equal(after, w)
    for array in (after, *state):
        assert array.shape == shape
        assert array.dtype == dtype


@every_rule
@given(seed=seeds)
def test_nothing_that_the_caller_passed_in_is_changed(rule, seed):
    w, grad, v = rolling(seed)
    state = in_motion(rule, v, v**2)
    before = {"w": w.copy(), "grad": grad.copy()} | {name: a.copy() for name, a in arrays(state).items()}
    after, then = rule(w, grad, state, lr=0.1, **HYPER[rule])
    for array in (after, *arrays(then).values()):
        np.add(array, 1, out=array)
    for name, array in ({"w": w, "grad": grad} | arrays(state)).items():
        np.testing.assert_array_equal(array, before[name])


@every_rule
@given(seed=seeds)
def test_a_batch_of_runs_with_rates_of_their_own_equals_each_run_alone(rule, seed):
    w, grad, v = rolling(seed, (4, 2, 3))
    own = {name: value * np.array([0.3, 1.0]) for name, value in HYPER[rule].items()}
    lr = np.array([0.0, 0.01, 0.1, 1.0])
    wide = {name: values[:, None] for name, values in own.items()}
    together = stepped(rule, w, grad, v, lr=lr[:, None, None], **wide)
    for i, j in np.ndindex(4, 2):
        alone = stepped(rule, w[i, j], grad[i, j], v[i, j], lr=lr[i], **{n: a[j] for n, a in own.items()})
        for batched, single in zip(together, alone, strict=True):
            np.testing.assert_allclose(batched[i, j], single, rtol=1e-14)


@every_rule
@given(seed=seeds, exponent=st.integers(-150, 100), empty=st.booleans())
def test_finite_numbers_stay_finite_also_where_the_gradient_is_zero(rule, seed, exponent, empty):
    w, grad, _ = rolling(seed)
    grad, state = 10.0**exponent * np.where(empty, 0.0, grad), None
    for _ in range(3):
        w, state = rule(w, grad, state, lr=0.1, **HYPER[rule])
        for array in (w, *arrays(state).values()):
            assert np.isfinite(array).all()


@every_rule
def test_a_zero_gradient_from_rest_moves_nothing_but_by_decay(rule):
    after, _ = rule(np.ones(3), np.zeros(3), lr=0.1, **HYPER[rule])
    np.testing.assert_allclose(after, 0.99 if rule is adamw else 1.0, rtol=1e-15)


def turned(rule, seed):
    """A step seen in turned axes, and the step turned: arrays of weights, then of the state."""
    w, grad, v = rolling(seed, (4,))
    rotation, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((4, 4)))
    step_of_turned = stepped(rule, rotation @ w, rotation @ grad, rotation @ v, lr=0.1)
    return step_of_turned, [rotation @ array for array in stepped(rule, w, grad, v, lr=0.1)]


@rules(gradient_descent, normalized_gradient, momentum, nesterov)
@given(seed=seeds)
def test_a_rule_with_one_rate_for_all_does_not_care_how_the_axes_are_turned(rule, seed):
    for one, other in zip(*turned(rule, seed), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)


@rules(adagrad, rmsprop, adam, adamw)
def test_a_rule_with_a_rate_for_every_weight_does(rule):
    step_of_turned, turned_step = turned(rule, seed=1)
    assert np.abs(step_of_turned[0] - turned_step[0]).max() > 0.01


def path(rule, gradients, **hyper):
    """The weights after each of the gradients, from zero and from rest."""
    w, state, points = np.zeros(gradients.shape[1:]), None, []
    for gradient in gradients:
        w, state = rule(w, gradient, state, **hyper)
        points.append(w)
    return np.array(points)


@rules(normalized_gradient, adagrad, rmsprop, adam)
@given(seed=seeds, exponent=st.integers(-6, 6))
def test_the_scale_of_the_gradient_cancels_where_eps_does_not_matter(rule, seed, exponent):
    gradients = np.random.default_rng(seed).standard_normal((20, 3))
    hyper = {"lr": 0.1, "eps": 1e-60}
    scaled = path(rule, 10.0**exponent * gradients, **hyper)
    np.testing.assert_allclose(scaled, path(rule, gradients, **hyper), rtol=1e-10, atol=1e-12)


@per_weight
def test_each_weight_may_have_a_scale_of_its_own(rule):
    gradients = np.random.default_rng(1).standard_normal((20, 3))
    hyper = {"lr": 0.1, "eps": 1e-60}
    scaled = path(rule, gradients * [1e-3, 1.0, 1e3], **hyper)
    np.testing.assert_allclose(scaled, path(rule, gradients, **hyper), rtol=1e-10, atol=1e-12)


@rules(gradient_descent, momentum, nesterov)
def test_momentum_and_plain_steps_grow_with_the_scale_of_the_gradient(rule):
    gradients = np.random.default_rng(1).standard_normal((20, 3))
    once, tenfold = path(rule, gradients, lr=0.1), path(rule, 10 * gradients, lr=0.1)
    np.testing.assert_allclose(tenfold, 10 * once, rtol=1e-12)


@with_state
@given(seed=seeds)
def test_no_state_is_a_state_of_zeros(rule, seed):
    w, grad, _ = rolling(seed)
    zero = in_motion(rule, np.zeros(3), np.zeros(3), step=0)
    for none, zeros in zip(rule(w, grad, lr=0.1), rule(w, grad, zero, lr=0.1), strict=True):
        for one, other in zip(none, zeros, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("rule", "length"),
    [(normalized_gradient, 1), (adagrad, 1), (rmsprop, 1 / np.sqrt(1 - 0.9)), (adam, 1)],
)
def test_the_first_step_is_as_long_as_the_docstring_says(rule, length):
    after, _ = rule(np.zeros(1), np.array([-5.0]), lr=0.1)
    np.testing.assert_allclose(after, 0.1 * length, rtol=1e-6)


def test_a_constant_gradient_gives_adagrad_steps_of_lr_over_root_t_and_the_others_steps_of_lr():
    constant = np.full((400, 1), 3.0)
    lengths = {rule: -np.diff(path(rule, constant, lr=0.1)[:, 0]) for rule in (adagrad, rmsprop, adam)}
    np.testing.assert_allclose(lengths[adagrad], 0.1 / np.sqrt(np.arange(2, 401)), rtol=1e-6)
    np.testing.assert_allclose(lengths[rmsprop][-1], 0.1, rtol=1e-6)
    np.testing.assert_allclose(lengths[adam], 0.1, rtol=1e-6)


def test_steps_are_counted_from_one():
    w, grad, _ = rolling(1)
    _, first = adam(w, grad, lr=0.1)
    _, second = adam(w, grad, first, lr=0.1)
    assert (first.step, second.step) == (1, 2)


def test_the_share_that_a_new_square_gets_is_not_rounded_with_the_weights():
    # 1 - 0.999 in float32 is off by 1e-5.
    _, state = adam(np.ones(1, np.float32), np.ones(1, np.float32), beta2=0.999)
    np.testing.assert_allclose(state.second_moment, 0.001, rtol=1e-7)


@given(seed=seeds)
def test_adam_without_a_first_moment_is_rmsprop_with_the_correction_for_the_start(seed):
    w, grad, v = rolling(seed)
    corrected = (0.9 * v**2 + 0.1 * grad**2) / (1 - 0.9**7)
    after, _ = adam(w, grad, AdamState(v, v**2, 6), lr=0.1, beta1=0.0, beta2=0.9, eps=1e-60)
    np.testing.assert_allclose(after, w - 0.1 * grad / np.sqrt(corrected), rtol=1e-12)


@given(seed=seeds)
def test_adamw_is_adam_plus_a_decay_that_no_gradient_scales(seed):
    w, grad, v = rolling(seed)
    state = AdamState(v, v**2, 6)
    plain, _ = adam(w, grad, state, lr=0.1)
    np.testing.assert_allclose(
        adamw(w, grad, state, lr=0.1, weight_decay=0.2)[0], plain - 0.02 * w, rtol=1e-12
    )
    np.testing.assert_array_equal(adamw(w, grad, state, lr=0.1, weight_decay=0.0)[0], plain)


def test_where_eps_stands_matters_where_the_gradient_is_small():
    # Inside the root 1e-8 is a floor of 1e-4 for a gradient's size; outside it is one of 1e-8.
    small = np.array([1e-5])
    inside, _ = rmsprop(np.zeros(1), small, lr=0.1, rho=0.0, eps=1e-8)
    outside, _ = adam(np.zeros(1), small, lr=0.1, beta1=0.0, beta2=0.0, eps=1e-8)
    np.testing.assert_allclose(inside, -0.1 * 1e-5 / np.sqrt(1e-10 + 1e-8), rtol=1e-12)
    np.testing.assert_allclose(outside, -0.1 * 1e-5 / (1e-5 + 1e-8), rtol=1e-12)


def test_the_normalized_gradient_is_as_long_as_the_rate_for_every_run():
    w, grad, _ = rolling(1, (5, 3))
    after, _ = normalized_gradient(w, 1e3 * grad, lr=0.2)
    np.testing.assert_allclose(np.linalg.norm(after - w, axis=-1), 0.2)
    np.testing.assert_allclose(normalized_gradient(1.0, -7.0, lr=0.2)[0], 1.2)


@with_velocity
@given(seed=seeds)
def test_without_memory_both_are_gradient_descent(rule, seed):
    w, grad, v = rolling(seed)
    without_memory, _ = rule(w, grad, MomentumState(v), lr=0.1, rho=0.0)
    np.testing.assert_array_equal(without_memory, gradient_descent(w, grad, lr=0.1)[0])


@pytest.mark.parametrize(
    ("rule", "usual"),
    [
        (normalized_gradient, {"lr": 0.1, "eps": 1e-8}),
        (momentum, {"lr": 0.1, "rho": 0.9}),
        (nesterov, {"lr": 0.1, "rho": 0.9}),
        (adagrad, {"lr": 0.1, "eps": 1e-7}),
        (rmsprop, {"lr": 0.1, "rho": 0.9, "eps": 1e-8}),
        (adam, {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}),
        (adamw, {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.01}),
    ],
)
def test_what_is_left_out_has_the_usual_value(rule, usual):
    w, grad, v = rolling(1)
    given = {} if rule in (adam, adamw) else {"lr": 0.1}
    # Tiny, so that eps matters.
    tiny, state = 1e-6 * grad, in_motion(rule, v, 1e-12 * v**2)
    np.testing.assert_array_equal(rule(w, tiny, state, **given)[0], rule(w, tiny, state, **usual)[0])


def test_equal_gradients_end_at_steps_of_lr_over_one_minus_rho():
    w, state = np.array(0.0), None
    for _ in range(400):
        before = w
        w, state = momentum(w, np.array(1.0), state, lr=0.1, rho=0.9)
    np.testing.assert_allclose(before - w, 0.1 / (1 - 0.9))


@pytest.mark.parametrize(
    ("rule", "limit"),
    [
        (lambda w, g, state, lr, rho: gradient_descent(w, g, state, lr=lr), lambda rho: 2 / 4),
        (momentum, lambda rho: 2 * (1 + rho) / 4),
        (nesterov, lambda rho: 2 * (1 + rho) / (4 * (1 + 2 * rho))),
    ],
    ids=["gradient descent", "momentum", "nesterov"],
)
@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_a_quadratic_converges_just_below_the_limit_of_the_rate_and_not_just_above(rule, limit, rho):
    rates = limit(rho) * np.array([[0.98], [1.02]])
    start = np.tile(SURFACES["ravine"].start, (2, 1))
    below, above = descend(SURFACES["ravine"], start, rule, steps=2000, lr=rates, rho=rho).losses[-1]
    assert below < 1e-6
    assert not above < 1e6


def test_nesterov_stores_the_look_ahead_point_of_the_form_that_looks_ahead():
    # Sutskever's form: u <- rho * u - lr * gradient(x + rho * u); x <- x + u.
    ravine, lr, rho = SURFACES["ravine"], 0.1, 0.9
    x, u, looking_ahead = ravine.start, np.zeros(2), []
    for _ in range(50):
        u = rho * u - lr * ravine.gradient(x + rho * u)
        x = x + u
        looking_ahead.append(x + rho * u)
    trace = descend(ravine, ravine.start, nesterov, steps=50, lr=lr, rho=rho)
    np.testing.assert_allclose(trace.points[1:], looking_ahead, rtol=1e-10, atol=1e-14)
