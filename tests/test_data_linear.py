import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlab.data import linear_data, minibatches, sparse_zipf
from gradlab.optimizers import adagrad, gradient_descent

weight_lists = st.lists(st.floats(-10, 10), min_size=1, max_size=4)
seeds = st.integers(0, 2**32)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def one_epoch(data, rule, rates):
    """The weights of a run for each rate, after one epoch of mini-batches of 20."""
    w, state = np.zeros((len(rates), data.weights.size)), None
    for batch in minibatches(len(data.y), 20, rng(1)):
        X, y = data.X[batch], data.y[batch]
        w, state = rule(w, 2 * (w @ X.T - y) @ X / len(y), state, lr=rates[:, None])
    return w


@given(weights=weight_lists, bias=st.floats(-10, 10), seed=seeds)
def test_without_noise_the_targets_are_linear_in_the_inputs(weights, bias, seed):
    X, y, true_weights, true_bias = linear_data(rng(seed), 20, weights=weights, bias=bias)
    assert X.shape == (20, len(weights))
    assert X.dtype == y.dtype == true_weights.dtype == np.float64
    np.testing.assert_array_equal(true_weights, weights)
    assert true_bias == bias
    by_hand = [sum(x * w for x, w in zip(row, weights, strict=True)) + bias for row in X]
    np.testing.assert_allclose(y, by_hand, atol=1e-10)


def test_least_squares_finds_the_true_weights_as_closely_as_the_noise_allows():
    X, y, weights, bias = linear_data(rng(), 10_000, weights=[2.0, -3.0], bias=0.5, noise=0.4)
    found, [squared_error], *_ = np.linalg.lstsq(np.column_stack([X, np.ones(10_000)]), y, rcond=None)
    np.testing.assert_allclose(found, [*weights, bias], atol=6 * 0.4 / 100)
    np.testing.assert_allclose(np.sqrt(squared_error / 10_000), 0.4, rtol=0.05)


@pytest.mark.parametrize("largest", [1.0, 10.0, 30.0])
def test_scales_set_the_condition_number_of_the_loss(largest):
    X = linear_data(rng(), 50_000, weights=[1.0, 1.0], scales=[1.0, largest]).X
    np.testing.assert_allclose(X.std(axis=0), [1.0, largest], rtol=0.02)
    np.testing.assert_allclose(np.linalg.cond(2 * X.T @ X / len(X)), largest**2, rtol=0.05)


@given(seeds, st.floats(0.01, 100))
def test_one_scale_serves_all_features(seed, scale):
    one = linear_data(rng(seed), 5, weights=[1.0, 2.0], scales=scale)
    each = linear_data(rng(seed), 5, weights=[1.0, 2.0], scales=[scale, scale])
    np.testing.assert_array_equal(one.X, each.X)
    np.testing.assert_array_equal(one.y, each.y)


@pytest.mark.parametrize("exponent", [0.0, 1.0, 1.1, 2.0])
def test_frequencies_follow_the_law_of_zipf(exponent):
    data = sparse_zipf(rng(), 40_000, 60, exponent=exponent, most_common=0.8)
    np.testing.assert_allclose(data.frequencies, [0.8 / rank**exponent for rank in range(1, 61)])
    counts, expected = data.X.sum(axis=0), 40_000 * data.frequencies
    chi_square = np.sum((counts - expected) ** 2 / (expected * (1 - data.frequencies)))
    # Mean 60 and variance 2 * 60.
    assert abs(chi_square - 60) < 4 * np.sqrt(120)


def test_the_slope_in_logarithms_is_minus_the_exponent():
    data = sparse_zipf(rng(), 100_000, 50, exponent=1.1)
    slope, _ = np.polyfit(np.log(np.arange(1, 51)), np.log(data.X.mean(axis=0)), 1)
    assert slope == pytest.approx(-1.1, abs=0.03)


def test_features_come_independently_of_each_other():
    X = sparse_zipf(rng(), 40_000, 10).X
    correlations = np.corrcoef(X, rowvar=False)[~np.eye(10, dtype=bool)]
    # Six standard errors.
    assert np.abs(correlations).max() < 6 / np.sqrt(40_000)


@given(n=st.integers(1, 50), features=st.integers(1, 50), noise=st.sampled_from([0.0, 0.5]), seed=seeds)
def test_features_are_zero_or_one_and_the_targets_are_their_weights_and_noise(n, features, noise, seed):
    data = sparse_zipf(rng(seed), n, features, noise=noise)
    assert data.X.shape == (n, features)
    assert set(np.unique(data.X)) <= {0.0, 1.0}
    assert data.X.dtype == data.y.dtype == data.weights.dtype == np.float64
    by_hand = [data.weights[row == 1].sum() for row in data.X]
    if noise == 0:
        np.testing.assert_allclose(data.y, by_hand, atol=1e-12)
    else:
        assert np.all(data.y != by_hand)
        assert np.abs(data.y - by_hand).max() < 8 * noise


def test_the_noise_on_sparse_targets_is_normal_with_its_standard_deviation():
    data = sparse_zipf(rng(), 20_000, 5, noise=0.3)
    noise = data.y - data.X @ data.weights
    assert abs(noise.mean()) < 6 * 0.3 / np.sqrt(20_000)
    assert noise.std() == pytest.approx(0.3, rel=0.03)
    assert np.mean(np.abs(noise) > 0.6) == pytest.approx(0.0455, abs=0.01)


def test_a_feature_as_common_as_can_be_is_always_there():
    assert np.all(sparse_zipf(rng(), 100, 3, most_common=1.0).X[:, 0] == 1)


def test_adagrad_reaches_the_rare_features_that_one_rate_for_all_leaves_behind():
    data = sparse_zipf(rng(), 2000, 50, exponent=1.5, most_common=0.9)
    rare = np.arange(50) >= 25
    errors = {}
    # Each rule gets the best rate of its own; rates too large for gradient descent are left out.
    for rule, rates in ((gradient_descent, np.logspace(-2, 0, 21)), (adagrad, np.logspace(-2, 1, 31))):
        runs = one_epoch(data, rule, rates)
        best = runs[np.argmin(np.mean((runs @ data.X.T - data.y) ** 2, axis=1))]
        errors[rule] = np.abs(best - data.weights)
    seen = rare & (data.X.sum(axis=0) > 0)
    assert errors[gradient_descent][seen].mean() > 0.3
    assert errors[adagrad][seen].mean() < 0.02


@pytest.mark.parametrize("make", [
    lambda generator: linear_data(generator, 30, weights=[1.0, 2.0], noise=0.1),
    lambda generator: sparse_zipf(generator, 30, 20, noise=0.1),
])  # fmt: skip
def test_a_seed_makes_the_same_data_again_and_another_seed_other_data(make):
    first, again, other = make(rng(1)), make(rng(1)), make(rng(2))
    for one, same in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, same)
    assert not np.array_equal(first.X, other.X)
    assert not np.array_equal(first.y, other.y)


def test_the_weights_that_the_caller_passed_in_are_not_changed():
    weights, scales = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    linear_data(rng(), 5, weights=weights, scales=scales).X[:] = 0
    assert (weights.tolist(), scales.tolist()) == ([1.0, 2.0], [3.0, 4.0])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 0}, r"n must be a whole number >= 1, got 0\."),
        ({"n": 2.5}, r"n must be a whole number >= 1, got 2\.5\."),
        (
            {"weights": 3.0},
            r"weights must have shape \(features,\), e\.g\. \[3\.0\] for a line, got shape \(\)",
        ),
        ({"weights": []}, r"weights must have shape \(features,\).*got shape \(0,\)"),
        ({"weights": [1.0, np.nan]}, "weights must be finite"),
        ({"bias": np.inf}, "bias must be finite"),
        ({"scales": 0.0}, r"scales must be positive, got 0\.0\."),
        ({"scales": [1.0, -1.0]}, "scales must be positive"),
        ({"scales": np.inf}, "scales must be finite"),
        ({"scales": [1.0, 2.0, 3.0]}, r"scales must be one number, or one for each of the 2 weights.*\(3,\)"),
        ({"noise": -1.0}, r"noise must be a finite number >= 0, got -1\.0"),
    ],
)
def test_linear_data_that_does_not_exist_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        linear_data(rng(), **{"n": 10, "weights": [1.0, 2.0]} | options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 0}, r"n must be a whole number >= 1, got 0\."),
        ({"features": 0}, r"features must be a whole number >= 1, got 0\."),
        ({"exponent": -1.0}, r"exponent must be a finite number >= 0, got -1\.0"),
        ({"most_common": 0.0}, r"most_common must be in \(0, 1\], because it is a probability, got 0\.0\."),
        ({"most_common": 1.1}, r"most_common must be in \(0, 1\]"),
        ({"most_common": np.nan}, r"most_common must be in \(0, 1\]"),
        ({"noise": np.nan}, "noise must be a finite number >= 0, got nan"),
    ],
)
def test_sparse_data_that_does_not_exist_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        sparse_zipf(rng(), **{"n": 10, "features": 5} | options)
