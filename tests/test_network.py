import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course import ROOT
from gradlab.network import MLP

REFERENCE = json.loads((ROOT / "autograder" / "reference" / "network.json").read_text(encoding="utf-8"))
ACTIVATIONS = ["tanh", "relu", "sigmoid", "identity"]
DEPTHS = [(4, 3), (4, 6, 3), (4, 6, 5, 3)]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def examples(network: MLP, n: int = 7, runs: tuple[int, ...] = (), seed: int = 1):
    generator = rng(seed)
    X = generator.standard_normal((*runs, n, network.sizes[0]))
    return X, generator.integers(network.sizes[-1], size=(*runs, n))


def named(case):
    return f"{case['activation']}-{'-'.join(map(str, case['sizes']))}"


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=named)
class TestAgreementWithTorch:
    def test_logits(self, case):
        network = MLP(tuple(case["sizes"]), case["activation"])
        logits = network.logits(np.array(case["params"]), case["X"])
        np.testing.assert_allclose(logits, case["logits"], rtol=1e-12, atol=1e-12)

    def test_loss_and_gradient(self, case):
        network = MLP(tuple(case["sizes"]), case["activation"])
        params = np.array(case["params"])
        loss, gradient = network.loss_and_gradient(params, case["X"], case["y"])
        np.testing.assert_allclose(loss, case["loss"], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(gradient, case["gradient"], rtol=1e-12, atol=1e-12)
        np.testing.assert_array_equal(network.loss(params, case["X"], case["y"]), loss)

    def test_float32_agrees_to_its_own_precision(self, case):
        network = MLP(tuple(case["sizes"]), case["activation"])
        loss, gradient = network.loss_and_gradient(np.float32(case["params"]), case["X"], case["y"])
        assert loss.dtype == gradient.dtype == np.float32
        scale = np.abs(case["gradient"]).max()
        np.testing.assert_allclose(loss, case["loss"], rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(gradient, case["gradient"], rtol=0, atol=1e-4 * scale)


def test_the_reference_says_which_torch_it_came_from():
    assert set(REFERENCE["versions"]) == {"python", "torch", "numpy"}


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("sizes", DEPTHS)
def test_the_gradient_equals_central_differences_of_the_loss(sizes, activation):
    network = MLP(sizes, activation)
    params = 0.7 * rng(3).standard_normal(network.n_params)
    X, y = examples(network)
    step = 1e-6
    # Every parameter moved up and down on its own: two batches of n_params runs.
    moved = step * np.eye(network.n_params)
    differences = network.loss(params + moved, X, y) - network.loss(params - moved, X, y)
    _, gradient = network.loss_and_gradient(params, X, y)
    np.testing.assert_allclose(gradient, differences / (2 * step), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("sizes", DEPTHS)
@pytest.mark.parametrize("data_of_its_own", [True, False])
def test_a_run_among_others_equals_the_run_alone(sizes, activation, data_of_its_own):
    network = MLP(sizes, activation)
    params = network.init(rng(), runs=(2, 3), dtype=np.float64)
    X, y = examples(network, runs=(2, 3) if data_of_its_own else ())
    loss, gradient = network.loss_and_gradient(params, X, y)
    accuracy, classes = network.accuracy(params, X, y), network.predict(params, X)
    for run in np.ndindex(2, 3):
        X_run, y_run = (X[run], y[run]) if data_of_its_own else (X, y)
        loss_alone, gradient_alone = network.loss_and_gradient(params[run], X_run, y_run)
        np.testing.assert_allclose(loss[run], loss_alone, rtol=1e-13)
        np.testing.assert_allclose(gradient[run], gradient_alone, rtol=1e-11, atol=1e-15)
        assert accuracy[run] == network.accuracy(params[run], X_run, y_run)
        np.testing.assert_array_equal(classes[run], network.predict(params[run], X_run))


@given(
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=4), runs=st.lists(st.integers(1, 3), max_size=2)
)
def test_shapes_follow_the_runs_the_examples_and_the_classes(sizes, runs):
    network = MLP(tuple(sizes))
    params = network.init(rng(), runs=tuple(runs))
    X, y = examples(network, n=4)
    loss, gradient = network.loss_and_gradient(params, X, y)
    assert network.logits(params, X).shape == (*runs, 4, sizes[-1])
    assert network.predict(params, X).shape == (*runs, 4)
    assert loss.shape == network.accuracy(params, X, y).shape == tuple(runs)
    assert gradient.shape == params.shape == (*runs, network.n_params)


@given(st.integers(0, 2**32), st.sampled_from([np.float32, np.float64]))
def test_the_loss_does_not_depend_on_the_order_of_the_examples_and_changes_nothing(seed, dtype):
    network = MLP((4, 5, 3))
    params = network.init(rng(seed), dtype=dtype)
    X, y = examples(network, seed=seed)
    before = params.copy(), X.copy(), y.copy()
    order = rng(seed).permutation(len(y))
    precision = 1e-5 if dtype == np.float32 else 1e-12
    np.testing.assert_allclose(
        network.loss(params, X[order], y[order]), network.loss(params, X, y), rtol=precision
    )
    network.loss_and_gradient(params, X, y)
    for array, copy in zip((params, X, y), before, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_of_the_parameters_is_kept(dtype):
    network = MLP((4, 5, 3))
    params = network.init(rng(), dtype=dtype)
    X, y = examples(network)
    results = [
        network.logits(params, X),
        network.loss(params, X, y),
        *network.loss_and_gradient(params, X, y),
    ]
    assert {result.dtype for result in results} == {np.dtype(dtype)}


def test_weights_start_with_std_one_over_root_fan_in_and_biases_at_zero():
    network = MLP((400, 100, 50))
    for (W, b), fan_in in zip(network.unpack(network.init(rng(), runs=5)), (400, 100), strict=True):
        assert W.shape[0] == 5
        np.testing.assert_allclose(W.std(axis=(-2, -1)), 1 / np.sqrt(fan_in), rtol=0.05)
        np.testing.assert_allclose(W.mean(axis=(-2, -1)), 0, atol=0.1 / np.sqrt(fan_in))
        assert not b.any()


def test_the_same_seed_starts_at_the_same_parameters_and_each_run_at_its_own():
    network = MLP()
    params = network.init(rng(1), runs=(2,))
    np.testing.assert_array_equal(params, network.init(rng(1), runs=(2,)))
    assert np.abs(params[0] - params[1]).max() > 0.1


def test_unpacked_layers_are_views_in_the_order_w_b_w_b():
    network = MLP((2, 3, 1))
    params = np.zeros((2, network.n_params))
    for number, array in enumerate((array for layer in network.unpack(params) for array in layer), start=1):
        array[...] = number
    np.testing.assert_array_equal(params, [[1] * 6 + [2] * 3 + [3] * 3 + [4]] * 2)


def test_a_network_of_zeros_finds_all_classes_equally_likely():
    network = MLP((4, 5, 3))
    X, y = examples(network)
    np.testing.assert_allclose(network.loss(np.zeros(network.n_params), X, y), np.log(3), rtol=1e-15)


def test_predictions_and_accuracy_follow_the_highest_logit():
    network = MLP((2, 2))
    W_identity = np.array([1.0, 0, 0, 1, 0, 0])
    X = np.array([[2.0, 1], [1, 2], [3, -3], [0, 1]])
    np.testing.assert_array_equal(network.predict(W_identity, X), [0, 1, 0, 1])
    assert network.accuracy(W_identity, X, [0, 1, 1, 1]) == 0.75


def test_a_network_that_has_diverged_gives_nan_without_a_warning():
    network = MLP((4, 5, 3), "relu")
    X, y = examples(network)
    for value in (1e30, np.inf, np.nan):
        loss, gradient = network.loss_and_gradient(np.full(network.n_params, value, np.float32), X, y)
        assert not np.isfinite(loss)
        assert not np.isfinite(gradient).all()
        assert 0 <= network.accuracy(np.full(network.n_params, value, np.float32), X, y) <= 1


@pytest.mark.parametrize("sizes", [(), (64,), (64, 0, 10)])
def test_a_network_that_cannot_be_built_is_refused(sizes):
    with pytest.raises(ValueError, match="sizes must name at least an input and an output"):
        MLP(sizes)


def test_an_unknown_activation_is_answered_with_the_known_ones():
    with pytest.raises(ValueError, match="one of tanh, relu, sigmoid, identity; got 'swish'"):
        MLP(activation="swish")


GOOD = {"params": np.zeros((2, 43)), "X": np.zeros((7, 4)), "y": np.zeros(7, int)}


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"params": np.zeros((2, 42))}, r"params must have shape \(..., 43\).*got \(2, 42\)"),
        ({"params": np.zeros(43, int)}, "params must be a floating-point array.*got int64"),
        ({"params": [0.0] * 43}, "params must be a floating-point array.*got list"),
        ({"X": np.zeros((7, 5))}, r"X must have shape \(n, 4\).*got \(7, 5\)"),
        ({"X": np.zeros(4)}, r"X must have shape \(n, 4\).*got \(4,\)"),
        ({"X": np.zeros((0, 4)), "y": np.zeros(0, int)}, "X holds no examples"),
        ({"X": np.zeros((3, 7, 4))}, r"leading axes \(3,\) of X must broadcast to those of params, \(2,\)"),
        ({"X": np.zeros((1, 2, 7, 4))}, r"leading axes \(1, 2\) of X must broadcast"),
        ({"y": np.zeros(6, int)}, r"y must have shape \(7,\).*got \(6,\)"),
        ({"y": np.zeros((3, 7), int)}, r"leading axes \(3,\) of y must broadcast"),
        ({"y": np.zeros(7)}, "y must hold whole numbers, the classes 0 to 2; got float64"),
        ({"y": np.full(7, 3)}, "Labels in y must lie in 0 to 2, got 3 to 3"),
        ({"y": np.full(7, -1)}, "Labels in y must lie in 0 to 2, got -1 to -1"),
    ],
)
def test_arrays_that_do_not_fit_the_network_are_refused(bad, message):
    network, arrays = MLP((4, 5, 3)), GOOD | bad
    for method in (network.loss, network.loss_and_gradient, network.accuracy):
        with pytest.raises(ValueError, match=message):
            method(**arrays)
