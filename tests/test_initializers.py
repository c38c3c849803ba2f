import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course import ROOT
from gradlab import initializers
from gradlab.initializers import (
    constant,
    he_normal,
    he_uniform,
    normal,
    xavier_normal,
    xavier_uniform,
    zeros,
)
from gradlab.network import MLP

RECORDED = json.loads((ROOT / "autograder" / "reference" / "initializers.json").read_text(encoding="utf-8"))
NORMAL, UNIFORM = (normal, xavier_normal, he_normal), (xavier_uniform, he_uniform)
RANDOM = (*NORMAL, *UNIFORM)
VARIANCES = {
    normal: lambda fan_in, fan_out: 1 / fan_in,
    xavier_normal: lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    xavier_uniform: lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    he_normal: lambda fan_in, fan_out: 2 / fan_in,
    he_uniform: lambda fan_in, fan_out: 2 / fan_in,
}
every_random = pytest.mark.parametrize("initializer", RANDOM)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def named(case):
    return f"{case['initializer']}-{'x'.join(map(str, case['fans']))}"


@pytest.mark.parametrize("case", RECORDED["cases"], ids=named)
def test_a_draw_is_the_plain_distribution_times_the_scale_of_torch(case):
    initializer, fans = getattr(initializers, case["initializer"]), tuple(case["fans"])
    plain = rng().standard_normal(fans) if initializer in NORMAL else rng().uniform(-1, 1, fans)
    np.testing.assert_allclose(initializer(rng(), fans), case["scale"] * plain, rtol=1e-12, atol=1e-15)


def test_the_reference_says_which_torch_it_came_from_and_covers_every_random_start():
    assert set(RECORDED["versions"]) == {"python", "torch", "numpy"}
    assert {case["initializer"] for case in RECORDED["cases"]} == {start.__name__ for start in RANDOM}


@every_random
@pytest.mark.parametrize("fans", [(30, 70), (70, 30), (1, 100), (100, 1)])
def test_mean_and_variance_are_those_of_the_formula(initializer, fans):
    variance = VARIANCES[initializer](*fans)
    weights = initializer(rng(), (400_000 // np.prod(fans), *fans))
    # Six standard errors of a mean and of a variance (of a normal; a uniform one has a smaller one).
    assert abs(weights.mean()) < 6 * np.sqrt(variance / weights.size)
    assert abs(weights.var() / variance - 1) < 6 * np.sqrt(2 / weights.size)


@every_random
def test_normal_starts_have_tails_and_uniform_ones_an_edge(initializer):
    weights = initializer(rng(), (100, 30, 70))
    in_stds = np.abs(weights) / np.sqrt(VARIANCES[initializer](30, 70))
    if initializer in UNIFORM:
        assert 0.999 * np.sqrt(3) < in_stds.max() <= np.sqrt(3)
    else:
        np.testing.assert_allclose(np.mean(in_stds > 2), 0.0455, atol=0.003)


@pytest.mark.parametrize(
    ("initializer", "activate"),
    [(normal, lambda z: z), (he_normal, lambda z: np.maximum(z, 0))],
    ids=["linear", "relu"],
)
def test_ten_layers_keep_the_size_of_their_inputs(initializer, activate):
    generator = rng()
    h = generator.standard_normal((200, 300))
    for _ in range(10):
        h = activate(h) @ initializer(generator, (300, 300))
    assert 0.7 < np.sqrt(np.mean(h**2)) < 1.4


@every_random
@given(
    seed=st.integers(0, 2**32),
    runs=st.lists(st.integers(0, 3), max_size=2),
    fans=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_shape_and_dtype_are_those_asked_for_and_a_seed_draws_the_same_again(
    initializer, seed, runs, fans, dtype
):
    weights = initializer(rng(seed), (*runs, *fans), dtype=dtype)
    assert weights.shape == (*runs, *fans)
    assert weights.dtype == dtype
    np.testing.assert_array_equal(weights, initializer(rng(seed), (*runs, *fans), dtype=dtype))
    np.testing.assert_allclose(weights, initializer(rng(seed), (*runs, *fans)), rtol=1e-6)


@every_random
def test_runs_start_at_different_weights_of_the_same_size(initializer):
    first, second = initializer(rng(), (2, 40, 60))
    assert np.abs(first - second).max() > 0.1
    np.testing.assert_allclose(first.std(), second.std(), rtol=0.1)


@pytest.mark.parametrize("initializer", [normal, he_uniform])
def test_a_network_starts_where_its_initializer_says(initializer):
    generator = rng(3)
    params = MLP((4, 5, 3)).init(rng(3), initializer=initializer, dtype=np.float64)
    for W, b in MLP((4, 5, 3)).unpack(params):
        np.testing.assert_array_equal(W, initializer(generator, W.shape))
        np.testing.assert_array_equal(b, zeros(generator, b.shape))


@given(shape=st.lists(st.integers(0, 4), max_size=4), dtype=st.sampled_from([np.float32, np.float64]))
def test_constant_starts_take_any_shape_and_no_randomness(shape, dtype):
    generator = rng()
    for weights, value in (
        (zeros(generator, tuple(shape), dtype=dtype), 0),
        (constant(generator, tuple(shape), value=0.5, dtype=dtype), 0.5),
    ):
        np.testing.assert_array_equal(weights, np.full(shape, value))
        assert weights.dtype == dtype
    assert generator.random() == rng().random()


@every_random
@pytest.mark.parametrize("shape", [(), (5,), (0, 5), (5, 0), (3, 5, -1)])
def test_a_shape_without_fans_is_refused(initializer, shape):
    with pytest.raises(
        ValueError, match=r"shape must end in \(fan_in, fan_out\), each >= 1, got .*use zeros"
    ):
        initializer(rng(), shape)


def test_a_constant_that_cannot_be_a_weight_is_refused():
    with pytest.raises(ValueError, match=r"value must be a finite number, got nan\."):
        constant(rng(), (2, 2), value=np.nan)
    with pytest.raises(ValueError, match=r"shape must have lengths >= 0, got \(2, -1\)\."):
        zeros(rng(), (2, -1))
