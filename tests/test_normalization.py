import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course import ROOT
from gradlab.normalization import (
    BatchNormState,
    batchnorm_backward,
    batchnorm_forward,
    batchnorm_inference,
)

RECORDED = json.loads((ROOT / "autograder" / "reference" / "normalization.json").read_text(encoding="utf-8"))
seeds = st.integers(0, 2**32)
runs = st.lists(st.integers(1, 3), max_size=2).map(tuple)
dtypes = st.sampled_from([np.float32, np.float64])


def drawn(seed: int, n: int = 6, d: int = 3, leading=(), dtype=np.float64):
    """Inputs, gamma, beta, running averages, and a gradient of the outputs."""
    rng = np.random.default_rng(seed)
    x, grad = (rng.standard_normal((2, *leading, n, d)) + np.arange(d)).astype(dtype)
    gamma, beta, mean = rng.standard_normal((3, *leading, d)).astype(dtype)
    var = rng.uniform(0.5, 2, (*leading, d)).astype(dtype)
    return x, gamma, beta, BatchNormState(mean, var), grad


def recorded(case):
    """The arguments of a recorded case, as arrays."""
    x, gamma, beta, mean, var = (np.array(case[name]) for name in ("inputs", "gamma", "beta", "mean", "var"))
    return x, gamma, beta, BatchNormState(mean, var)


def named(case):
    spread = np.abs(case["inputs"]).max()
    return f"{np.shape(case['inputs'])}-eps{case['eps']}-momentum{case['momentum']}-up to {spread:.1g}"


def close(actual, expected):
    expected = np.asarray(expected)
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize("case", RECORDED["cases"], ids=named)
class TestAgreementWithTorch:
    def test_training(self, case):
        x, gamma, beta, state = recorded(case)
        y, after, _ = batchnorm_forward(x, gamma, beta, state, momentum=case["momentum"], eps=case["eps"])
        close(y, case["trained"])
        close(after.mean, case["running_mean"])

    def test_the_running_variance_differs_by_the_n_minus_one_of_torch(self, case):
        x, gamma, beta, state = recorded(case)
        _, after, _ = batchnorm_forward(x, gamma, beta, state, momentum=case["momentum"])
        n, kept = len(x), case["momentum"] * state.var
        close((after.var - kept) * n / (n - 1) + kept, case["running_var_of_torch"])

    def test_inference(self, case):
        close(batchnorm_inference(*recorded(case), eps=case["eps"]), case["tested"])

    def test_gradients(self, case):
        x, gamma, beta, state = recorded(case)
        _, _, cache = batchnorm_forward(x, gamma, beta, state, eps=case["eps"])
        dx, dgamma, dbeta = batchnorm_backward(np.array(case["grad"]), cache)
        # With two examples almost all of dx cancels, in PyTorch as here: only the digits of its terms are left.
        terms = np.abs(gamma * cache.inverse_std).max() * np.abs(case["grad"]).max()
        np.testing.assert_allclose(dx, case["dx"], rtol=1e-12, atol=1e-12 * terms)
        close(dgamma, case["dgamma"])
        close(dbeta, case["dbeta"])

    def test_float32_agrees_to_its_own_precision(self, case):
        x, gamma, beta, state = recorded(case)
        y, _, _ = batchnorm_forward(x.astype(np.float32), gamma, beta, state, eps=case["eps"])
        assert y.dtype == np.float32
        np.testing.assert_allclose(y, case["trained"], rtol=0, atol=2e-5 * (1 + np.abs(gamma).max()))


def test_the_reference_says_which_torch_it_came_from():
    assert set(RECORDED["versions"]) == {"python", "torch", "numpy"}


@given(seed=seeds, n=st.integers(2, 6), leading=runs)
def test_all_gradients_equal_central_differences(seed, n, leading):
    x, gamma, beta, _, grad = drawn(seed, n, 2, leading)
    step = 1e-5

    def differences(index):
        arrays = [x, gamma, beta]
        slopes = np.empty_like(arrays[index])
        for place in np.ndindex(slopes.shape):
            losses = []
            for sign in (1, -1):
                moved = [array.copy() for array in arrays]
                moved[index][place] += sign * step
                losses.append(np.sum(grad * batchnorm_forward(*moved, eps=0.1)[0]))
            slopes[place] = (losses[0] - losses[1]) / (2 * step)
        return slopes

    _, _, cache = batchnorm_forward(x, gamma, beta, eps=0.1)
    for index, gradient in enumerate(batchnorm_backward(grad, cache)):
        np.testing.assert_allclose(gradient, differences(index), rtol=1e-5, atol=1e-7)


@given(seed=seeds, n=st.integers(2, 8), leading=runs, dtype=dtypes)
def test_shapes_and_dtypes_are_kept_and_nothing_passed_in_is_changed(seed, n, leading, dtype):
    x, gamma, beta, state, grad = drawn(seed, n, 3, leading, dtype)
    before = [array.copy() for array in (x, gamma, beta, *state, grad)]
    y, after, cache = batchnorm_forward(x, gamma, beta, state)
    tested = batchnorm_inference(x, gamma, beta, state)
    dx, dgamma, dbeta = batchnorm_backward(grad, cache)
    assert y.shape == tested.shape == dx.shape == x.shape
    for array in (*after, dgamma, dbeta):
        assert array.shape == (*leading, 3)
    for array in (y, tested, dx, dgamma, dbeta, *after, *cache):
        assert array.dtype == dtype
    for array in (y, tested, dx, dgamma, dbeta, *after):
        np.add(array, 1, out=array)
    for array, copy in zip((x, gamma, beta, *state, grad), before, strict=True):
        np.testing.assert_array_equal(array, copy)


@given(seed=seeds, shared=st.booleans())
def test_runs_normalised_together_are_those_normalised_alone(seed, shared):
    x, gamma, beta, state, grad = drawn(seed, leading=(2, 3))
    if shared:
        gamma, beta = gamma[0, 0], beta[0, 0]
    y, after, cache = batchnorm_forward(x, gamma, beta, state)
    tested, gradients = batchnorm_inference(x, gamma, beta, state), batchnorm_backward(grad, cache)
    for run in np.ndindex(2, 3):
        own = (gamma, beta) if shared else (gamma[run], beta[run])
        own_state = BatchNormState(*(part[run] for part in state))
        y_alone, after_alone, cache_alone = batchnorm_forward(x[run], *own, own_state)
        np.testing.assert_allclose(y[run], y_alone, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(tested[run], batchnorm_inference(x[run], *own, own_state), rtol=1e-12)
        alone = (*after_alone, *batchnorm_backward(grad[run], cache_alone))
        for together, one in zip((*after, *gradients), alone, strict=True):
            np.testing.assert_allclose(together[run], one, rtol=1e-12, atol=1e-13)


@given(seed=seeds, scale=st.floats(0.1, 10), shift=st.floats(-10, 10))
def test_scale_and_shift_of_the_inputs_do_not_matter(seed, scale, shift):
    x, gamma, beta, _, _ = drawn(seed)
    plain, _, _ = batchnorm_forward(x, gamma, beta, eps=1e-12)
    moved, _, _ = batchnorm_forward(scale * x + shift, gamma, beta, eps=1e-12)
    np.testing.assert_allclose(moved, plain, rtol=1e-6, atol=1e-6)


@given(seed=seeds)
def test_each_feature_has_the_mean_beta_and_the_spread_gamma(seed):
    x, gamma, beta, _, _ = drawn(seed, n=50)
    y, _, _ = batchnorm_forward(x, gamma, beta, eps=1e-12)
    np.testing.assert_allclose(y.mean(axis=0), beta, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(y.std(axis=0), np.abs(gamma), rtol=1e-9)


@given(seed=seeds)
def test_the_gradient_of_the_inputs_sums_to_nothing_over_the_batch(seed):
    x, gamma, beta, _, grad = drawn(seed)
    dx, _, _ = batchnorm_backward(grad, batchnorm_forward(x, gamma, beta)[2])
    np.testing.assert_allclose(dx.sum(axis=0), 0, atol=1e-10 * max(1, np.abs(dx).max()))


def test_eps_is_inside_the_root():
    x = 1e-3 * np.array([[-1.0], [1.0]])
    y, _, _ = batchnorm_forward(x, [1.0], [0.0], eps=1e-5)
    np.testing.assert_allclose(y[1], 1e-3 / np.sqrt(1e-6 + 1e-5), rtol=1e-12)
    assert batchnorm_inference(x, [1.0], [0.0], BatchNormState([0.0], [1e-6]))[1] == y[1]


def test_a_constant_feature_becomes_beta_and_not_nan():
    y, _, cache = batchnorm_forward(np.full((4, 1), 7.0), [3.0], [5.0])
    np.testing.assert_array_equal(y, np.full((4, 1), 5.0))
    assert np.isfinite(batchnorm_backward(np.ones((4, 1)), cache)[0]).all()


def test_running_averages_start_at_zero_and_one_and_arrive_at_those_of_the_batch():
    x = np.array([[1.0, 10.0], [3.0, 30.0]])
    _, state, _ = batchnorm_forward(x, np.ones(2), np.zeros(2))
    np.testing.assert_allclose(state, [[0.2, 2.0], [1.0, 10.9]], rtol=1e-14)
    for _ in range(400):
        _, state, _ = batchnorm_forward(x, np.ones(2), np.zeros(2), state)
    np.testing.assert_allclose(state, [[2, 20], [1, 100]], rtol=1e-12)


def test_running_averages_without_memory_are_those_of_the_last_batch():
    x, gamma, beta, state, _ = drawn(1)
    y, after, _ = batchnorm_forward(x, gamma, beta, state, momentum=0.0)
    np.testing.assert_allclose(after.var, x.var(axis=0), rtol=1e-14)
    np.testing.assert_allclose(batchnorm_inference(x, gamma, beta, after), y, rtol=1e-12, atol=1e-14)


def test_the_running_averages_do_not_touch_what_training_computes():
    x, gamma, beta, state, _ = drawn(1)
    np.testing.assert_array_equal(
        batchnorm_forward(x, gamma, beta)[0], batchnorm_forward(x, gamma, beta, state)[0]
    )


@given(seed=seeds)
def test_at_test_time_an_example_alone_is_treated_as_among_others(seed):
    x, gamma, beta, state, _ = drawn(seed)
    together = batchnorm_inference(x, gamma, beta, state)
    for row in range(len(x)):
        np.testing.assert_array_equal(
            batchnorm_inference(x[row : row + 1], gamma, beta, state)[0], together[row]
        )


def test_a_run_that_has_diverged_gives_nan_without_a_warning():
    x = np.array([[1e30], [np.inf], [-1e30]], np.float32)
    y, after, cache = batchnorm_forward(x, [1.0], [0.0])
    assert np.isnan(y).any()
    batchnorm_inference(x, [1.0], [0.0], after)
    batchnorm_backward(x, cache)


BAD_FOR_BOTH = [
    ({"inputs": np.ones((0, 3))}, "inputs holds no examples: an empty batch has no mean"),
    ({"inputs": np.ones(3)}, r"inputs must have shape \(\.\.\., n, d\), one row an example, got \(3,\)\."),
    ({"inputs": 1.0}, r"inputs must have shape \(\.\.\., n, d\), one row an example, got \(\)\."),
    ({"inputs": np.ones((4, 3), int)}, "inputs must be floating point, got int64"),
    ({"gamma": np.ones(4)}, r"gamma must have shape \(3,\), one number for each feature, .* got \(4,\)\."),
    ({"gamma": 1.0}, r"gamma must have shape \(3,\).* got \(\)\."),
    ({"beta": np.ones(1)}, r"beta must have shape \(3,\).* got \(1,\)\."),
    ({"beta": np.ones((2, 3))}, r"beta must have shape \(3,\).* got \(2, 3\)\."),
    ({"eps": 0.0}, r"eps must be a finite number > 0, got 0\.0\."),
    ({"eps": np.nan}, r"eps must be a finite number > 0, got nan\."),
    (
        {"state": (np.zeros(3), np.ones(3))},
        "state must be a BatchNormState, as training returns it, got tuple",
    ),
    ({"state": BatchNormState(np.zeros(2), np.ones(3))}, r"The running mean must have shape \(3,\)"),
    ({"state": BatchNormState(np.zeros(3), -np.ones(3))}, r"The running var must be >= 0, got -1\.0\."),
]


@pytest.mark.parametrize("function", [batchnorm_forward, batchnorm_inference])
@pytest.mark.parametrize(("bad", "message"), BAD_FOR_BOTH)
def test_what_cannot_be_normalised_is_refused_with_a_reason(function, bad, message):
    x, gamma, beta, state, _ = drawn(1, n=4)
    with pytest.raises(ValueError, match=message):
        function(**({"inputs": x, "gamma": gamma, "beta": beta, "state": state} | bad))


@pytest.mark.parametrize("momentum", [1.0, -0.1, np.nan])
def test_a_momentum_outside_zero_to_one_is_refused(momentum):
    with pytest.raises(ValueError, match=rf"momentum must be in \[0, 1\), got {momentum}\."):
        batchnorm_forward(np.ones((2, 1)), [1.0], [0.0], momentum=momentum)


def test_a_batch_of_one_is_refused_in_training_and_told_where_to_go():
    with pytest.raises(ValueError, match=r"A batch of one example has no variance.*use batchnorm_inference"):
        batchnorm_forward(np.ones((5, 1, 2)), np.ones(2), np.zeros(2))


def test_inference_needs_running_averages():
    with pytest.raises(
        ValueError, match="state must be a BatchNormState, as training returns it, got NoneType"
    ):
        batchnorm_inference(np.ones((5, 2)), np.ones(2), np.zeros(2), None)


def test_a_gradient_that_does_not_belong_to_the_outputs_is_refused():
    x, gamma, beta, state, grad = drawn(1)
    _, _, cache = batchnorm_forward(x, gamma, beta, state)
    with pytest.raises(ValueError, match=r"grad must have the shape of the outputs, \(6, 3\), got \(3,\)\."):
        batchnorm_backward(grad[0], cache)
    with pytest.raises(ValueError, match="grad must be floating point, got int64"):
        batchnorm_backward(np.ones((6, 3), int), cache)
    with pytest.raises(
        ValueError, match="cache must be what batchnorm_forward returned last, got BatchNormState"
    ):
        batchnorm_backward(grad, state)
