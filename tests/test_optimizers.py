import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from autograder.course import ROOT
from gradlab import optimizers
from gradlab.descent import descend
from gradlab.optimizers import MomentumState, gradient_descent, momentum, nesterov
from gradlab.surfaces import SURFACES

RECORDED = json.loads((ROOT / "autograder" / "reference" / "optimizers.json").read_text(encoding="utf-8"))
# As much as 200 steps of rounding can add up to.
PRECISION = {"float64": 1e-12, "float32": 1e-5}

with_velocity = pytest.mark.parametrize("rule", [momentum, nesterov])
every_rule = pytest.mark.parametrize("rule", [gradient_descent, momentum, nesterov])
seeds = st.integers(0, 2**32)
shapes = array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
dtypes = st.sampled_from([np.float32, np.float64])


def rolling(seed: int, shape=(3,), dtype=np.float64):
    """Weights, a gradient and a velocity."""
    w, grad, v = np.random.default_rng(seed).standard_normal((3, *shape)).astype(dtype)
    return np.asarray(w), np.asarray(grad), np.asarray(v)


def stepped(rule, w, grad, v, **hyper):
    """Weights and velocity after a step of any of the rules; plain gradient descent has no velocity."""
    if rule is gradient_descent:
        return gradient_descent(w, grad, lr=hyper["lr"])[0], v
    w, state = rule(w, grad, MomentumState(v), **hyper)
    return w, state.velocity


def named(case):
    where = case.get("surface") or f"{case['shape']}-{case['dtype']}"
    return f"{case['rule']}-lr{case['lr']}-rho{case['rho']}-{where}"


@pytest.mark.parametrize("case", RECORDED["cases"], ids=named)
def test_two_hundred_steps_along_given_gradients_match_torch(case):
    rule, dtype, tolerance = getattr(optimizers, case["rule"]), case["dtype"], PRECISION[case["dtype"]]

    def shaped(numbers):
        return np.array(numbers[: int(np.prod(case["shape"]))], dtype=dtype).reshape(case["shape"])

    w, v = shaped(RECORDED["params"]), shaped(RECORDED["velocity"])
    expected = dict(zip(RECORDED["steps"], case["path"], strict=True))
    for step, gradient in enumerate(RECORDED["gradients"], start=1):
        w, v = stepped(rule, w, shaped(gradient), v, lr=case["lr"], rho=case["rho"])
        if step in expected:
            scale = np.abs(expected[step]["params"]).max()
            np.testing.assert_allclose(w, expected[step]["params"], rtol=tolerance, atol=tolerance * scale)
            if rule is not gradient_descent:
                scale = np.abs(expected[step]["velocity"]).max()
                np.testing.assert_allclose(
                    v, expected[step]["velocity"], rtol=tolerance, atol=tolerance * scale
                )
    assert w.dtype == v.dtype == dtype
    assert step == RECORDED["steps"][-1] == 200


@pytest.mark.parametrize("case", RECORDED["descents"], ids=named)
def test_two_hundred_steps_down_a_surface_match_torch(case):
    rule = getattr(optimizers, case["rule"])
    hyper = {"lr": case["lr"]} | ({} if rule is gradient_descent else {"rho": case["rho"]})
    trace = descend(SURFACES[case["surface"]], case["start"], rule, steps=200, **hyper)
    np.testing.assert_allclose(trace.points[RECORDED["steps"]], case["points"], rtol=1e-11, atol=1e-13)


def test_the_reference_says_which_torch_it_came_from_and_covers_every_rule():
    assert set(RECORDED["versions"]) == {"python", "torch", "numpy"}
    assert {case["rule"] for case in RECORDED["cases"]} == {"gradient_descent", "momentum", "nesterov"}
    assert {len(case["shape"]) for case in RECORDED["cases"]} == {0, 1, 2, 4}


@every_rule
@given(seed=seeds, shape=shapes, dtype=dtypes)
def test_a_rate_of_zero_leaves_the_weights_and_every_dtype_is_kept(rule, seed, shape, dtype):
    w, grad, v = rolling(seed, shape, dtype)
    after, velocity = stepped(rule, w, grad, v, lr=np.float64(0.0), rho=np.float64(0.9))
    np.testing.assert_array_equal(after, w)
    assert after.shape == velocity.shape == shape
    assert after.dtype == velocity.dtype == dtype


@every_rule
@given(seed=seeds)
def test_nothing_that_the_caller_passed_in_is_changed(rule, seed):
    w, grad, v = rolling(seed)
    before = w.copy(), grad.copy(), v.copy()
    after, velocity = stepped(rule, w, grad, v, lr=0.1, rho=0.9)
    after += 1
    if rule is not gradient_descent:
        velocity += 1
    for array, copy in zip((w, grad, v), before, strict=True):
        np.testing.assert_array_equal(array, copy)


@every_rule
@given(seed=seeds)
def test_a_batch_of_runs_with_rates_of_their_own_equals_each_run_alone(rule, seed):
    w, grad, v = rolling(seed, (4, 2, 3))
    lr, rho = np.array([0.0, 0.01, 0.1, 1.0])[:, None, None], np.array([0.2, 0.9])[:, None]
    together, velocity = stepped(rule, w, grad, v, lr=lr, rho=rho)
    for i, j in np.ndindex(4, 2):
        alone = stepped(rule, w[i, j], grad[i, j], v[i, j], lr=lr[i, 0, 0], rho=rho[j, 0])
        np.testing.assert_array_equal(together[i, j], alone[0])
        np.testing.assert_array_equal(velocity[i, j], alone[1])


@every_rule
@given(seed=seeds)
def test_a_rule_does_not_care_how_the_axes_are_turned(rule, seed):
    w, grad, v = rolling(seed, (4,))
    rotation, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((4, 4)))
    turned_after = stepped(rule, rotation @ w, rotation @ grad, rotation @ v, lr=0.1, rho=0.9)
    after_turned = stepped(rule, w, grad, v, lr=0.1, rho=0.9)
    for one, other in zip(turned_after, after_turned, strict=True):
        np.testing.assert_allclose(one, rotation @ other, rtol=1e-12, atol=1e-12)


@with_velocity
@given(seed=seeds)
def test_no_state_is_a_velocity_of_zero(rule, seed):
    w, grad, _ = rolling(seed)
    for one, other in zip(
        rule(w, grad, lr=0.1), rule(w, grad, MomentumState(np.zeros(3)), lr=0.1), strict=True
    ):
        np.testing.assert_array_equal(one, other)


@with_velocity
@given(seed=seeds)
def test_without_memory_both_are_gradient_descent(rule, seed):
    w, grad, v = rolling(seed)
    without_memory, _ = rule(w, grad, MomentumState(v), lr=0.1, rho=0.0)
    np.testing.assert_array_equal(without_memory, gradient_descent(w, grad, lr=0.1)[0])


@with_velocity
def test_rho_left_out_is_nine_tenths(rule):
    w, grad, v = rolling(1)
    np.testing.assert_array_equal(
        rule(w, grad, MomentumState(v), lr=0.1)[0], rule(w, grad, MomentumState(v), lr=0.1, rho=0.9)[0]
    )


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


@every_rule
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"grad": np.ones(4)}, r"grad must have the shape of params, \(3,\), got \(4,\)\."),
        ({"grad": 1.0}, r"grad must have the shape of params, \(3,\), got \(\)\."),
        ({"lr": -0.1}, r"lr must be a finite number >= 0, got -0.1\."),
        ({"lr": np.nan}, r"lr must be a finite number >= 0, got nan\."),
        ({"lr": np.inf}, r"lr must be a finite number >= 0, got inf\."),
        ({"lr": np.array([0.1, -0.1, 0.1])}, r"lr must be a finite number >= 0"),
        ({"lr": np.ones((2, 1))}, r"lr of shape \(2, 1\) does not broadcast to params of shape \(3,\)"),
        ({"lr": np.ones(2)}, r"add a last axis of length 1: lr\[\.\.\., None\]"),
        ({"params": np.array([1, 2, 3])}, r"params must be floating point, got int64.*np\.array\(\[1\.0, 2\.0\]\)"),
        ({"params": [1, 2, 3]}, r"params must be floating point"),
    ],
)  # fmt: skip
def test_what_no_rule_can_work_with_is_refused_with_a_reason(rule, bad, message):
    arguments = {"params": np.ones(3), "grad": np.ones(3), "lr": 0.1} | bad
    with pytest.raises(ValueError, match=message):
        rule(**arguments)


@with_velocity
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"rho": 1.0}, r"rho must be in \[0, 1\), got 1\.0\."),
        ({"rho": 1.2}, r"rho must be in \[0, 1\), got 1\.2\."),
        ({"rho": -0.1}, r"rho must be in \[0, 1\), got -0\.1\."),
        ({"rho": np.nan}, r"rho must be in \[0, 1\), got nan\."),
        ({"rho": np.full((5, 1), 0.9)}, r"rho of shape \(5, 1\) does not broadcast"),
        ({"state": np.zeros(3)}, "state must be a MomentumState, or None for zero, got ndarray"),
        ({"state": MomentumState(np.zeros(1))}, r"velocity must have the shape of params, \(3,\), got \(1,\)"),
    ],
)  # fmt: skip
def test_what_momentum_cannot_work_with_is_refused_with_a_reason(rule, bad, message):
    arguments = {"params": np.ones(3), "grad": np.ones(3), "lr": 0.1} | bad
    with pytest.raises(ValueError, match=message):
        rule(**arguments)


@with_velocity
def test_a_float64_velocity_does_not_make_float32_weights_float64(rule):
    w, grad, _ = rolling(1, dtype=np.float32)
    after, state = rule(w, grad.astype(np.float64), MomentumState(np.ones(3)), lr=0.1)
    assert after.dtype == state.velocity.dtype == np.float32
