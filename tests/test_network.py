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


def test_parts_have_names_and_only_the_w_are_weights():
    network = MLP((2, 3, 1), batch_norm=True)
    params = np.arange(float(network.n_params))
    views = network.views(params)
    assert {name: view.shape for name, view in views.items()} == {
        "W1": (2, 3), "b1": (3,), "gamma1": (3,), "beta1": (3,), "W2": (3, 1), "b2": (1,),
    }  # fmt: skip
    assert np.concatenate([view.ravel() for view in views.values()]).tolist() == params.tolist()
    views["beta1"][...] = -1
    assert np.flatnonzero(params == -1).tolist() == [12, 13, 14]
    weights = np.concatenate([views["W1"].ravel(), views["W2"].ravel()])
    assert params[network.is_weight].tolist() == weights.tolist()


def test_batch_norm_starts_without_effect_on_normal_units():
    network = MLP((2, 3, 1), batch_norm=True)
    views = network.views(network.init(rng(), runs=4))
    assert (views["gamma1"] == 1).all()
    assert not views["beta1"].any()
    (averages,) = network.init_averages(runs=4)
    assert averages.mean.shape == averages.var.shape == (4, 3)
    assert not averages.mean.any()
    assert (averages.var == 1).all()


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


def test_squared_error_is_the_mean_over_examples_and_outputs():
    network = MLP((1, 2), criterion="squared_error")
    params = np.array([1.0, 2.0, 0.0, 1.0])  # the outputs are x and 2 x + 1
    X, y = [[0.0], [1.0]], [[0.0, 0.0], [0.0, 0.0]]
    assert network.loss(params, X, y) == (0 + 1 + 1 + 9) / 4
    np.testing.assert_array_equal(network.predict(params, X), [[0, 1], [1, 3]])


def test_one_output_may_leave_its_axis_out_and_then_predictions_do_too():
    network = MLP((2, 3, 1), criterion="squared_error")
    params = network.init(rng(), runs=4, dtype=np.float64)
    X, y = rng(1).standard_normal((6, 2)), rng(2).standard_normal(6)
    assert network.predict(params, X).shape == (4, 6)
    with_axis, without = (
        network.loss_and_gradient(params, X, y[:, None]),
        network.loss_and_gradient(params, X, y),
    )
    np.testing.assert_array_equal(with_axis[0], without[0])
    np.testing.assert_array_equal(with_axis[1], without[1])
    np.testing.assert_allclose(((network.predict(params, X) - y) ** 2).mean(axis=-1), without[0], rtol=1e-12)


def test_loss_and_accuracy_are_those_of_one_evaluation():
    network = MLP((4, 5, 3))
    params, (X, y) = network.init(rng(), runs=2), examples(network)
    loss, accuracy = network.evaluate(params, X, y)
    np.testing.assert_array_equal(loss, network.loss(params, X, y))
    np.testing.assert_array_equal(accuracy, network.accuracy(params, X, y))
    lines = MLP((4, 1), criterion="squared_error")
    assert lines.evaluate(np.zeros(5), X, np.ones(7)).accuracy is None
    with pytest.raises(ValueError, match="Accuracy counts right classes, and squared error has none"):
        lines.accuracy(np.zeros(5), X, np.ones(7))


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


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ({"criterion": "hinge"}, "criterion must be one of cross_entropy, squared_error; got 'hinge'"),
        ({"dropout": 1.0}, r"dropout, the probability of dropping, must be in \[0, 1\), got 1.0"),
        ({"dropout": -0.1}, "dropout, the probability of dropping"),
        ({"dropout": float("nan")}, "dropout, the probability of dropping"),
    ],
)
def test_unknown_criteria_and_impossible_dropout_are_refused(field, message):
    with pytest.raises(ValueError, match=message):
        MLP(**field)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.zeros(6), r"y must have shape \(7, 2\), a row of numbers for each row of X; got \(6,\)"),
        (np.zeros(7), r"y must have shape \(7, 2\)"),
        (np.zeros((7, 3)), r"y must have shape \(7, 2\).*got \(7, 3\)"),
        (np.full((7, 2), np.nan), "y must be finite"),
        (np.zeros((3, 7, 2)), r"leading axes \(3,\) of y must broadcast"),
    ],
)
def test_numbers_that_do_not_fit_the_outputs_are_refused(y, message):
    network = MLP((4, 2), criterion="squared_error")
    with pytest.raises(ValueError, match=message):
        network.loss(np.zeros((2, 10)), np.zeros((7, 4)), y)


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
