"""What a network computes in training, with and without dropout and batch norm, and the gradients of it."""

import json
from itertools import product

import numpy as np
import pytest

from autograder.course import ROOT
from gradlab.network import MLP
from gradlab.normalization import BatchNormState

RECORDED = json.loads((ROOT / "autograder" / "reference" / "network.json").read_text(encoding="utf-8"))
ACTIVATIONS = ["tanh", "relu", "sigmoid", "identity"]
NETWORKS = [
    MLP(sizes, activation, criterion, dropout, batch_norm)
    for sizes, activation, criterion, dropout, batch_norm in product(
        [(4, 3), (4, 6, 3), (4, 6, 5, 3)],
        ACTIVATIONS,
        ["cross_entropy", "squared_error"],
        [0.0, 0.4],
        [False, True],
    )
]


def described(network):
    parts = [network.activation, *map(str, network.sizes), network.criterion]
    parts += [f"dropout{network.dropout}"] * bool(network.dropout) + ["batchnorm"] * network.batch_norm
    return "-".join(parts)


every_network = pytest.mark.parametrize("network", NETWORKS, ids=described)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def examples(network, n=7, runs=()):
    X = rng(1).standard_normal((*runs, n, network.sizes[0]))
    if network.criterion == "squared_error":
        return X, rng(2).standard_normal((*runs, n, network.sizes[-1]))
    return X, rng(2).integers(network.sizes[-1], size=(*runs, n))


class SameDraws(np.random.Generator):
    """A generator that drops what PyTorch dropped, layer after layer."""

    def __init__(self, masks, p):
        super().__init__(np.random.PCG64(0))
        self.draws = [np.where(mask, p, np.nextafter(p, -1)) for mask in masks]

    def random(self, shape):
        draws = self.draws.pop(0)
        assert draws.shape == shape
        return draws


def recorded(case):
    network = MLP(
        tuple(case["sizes"]), case["activation"], case["criterion"], case["dropout"], case["batch_norm"]
    )
    averages = tuple(
        BatchNormState(np.array(mean), np.array(var))
        for mean, var in zip(case["means"], case["variances"], strict=True)
    )
    return network, np.array(case["params"]), averages


def by_network(case):
    return described(recorded(case)[0])


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("case", RECORDED["regularized"], ids=by_network)
class TestAgreementWithTorch:
    def test_the_outputs_in_training_the_loss_and_the_gradient(self, case):
        network, params, averages = recorded(case)
        passed = network.forward(params, case["X"], averages, rng=SameDraws(case["masks"], network.dropout))
        loss, delta = network.loss_and_delta(passed.outputs, case["y"])
        close(passed.outputs, case["outputs"])
        close(loss, case["loss"])
        close(network.backward(params, passed, delta), case["gradient"])

    def test_the_outputs_at_test_time(self, case):
        network, params, averages = recorded(case)
        close(network.logits(params, case["X"], averages), case["test_outputs"])


@pytest.mark.parametrize(
    "case", [case for case in RECORDED["regularized"] if case["batch_norm"]], ids=by_network
)
def test_running_averages_match_torch_but_for_the_n_minus_one_of_its_variance(case):
    network, params, averages = recorded(case)
    passed = network.forward(params, case["X"], averages, rng=SameDraws(case["masks"], network.dropout))
    n, layers = len(case["X"]), len(network.sizes) - 2
    assert len(passed.averages) == len(case["running_means"]) == layers
    for layer in range(layers):
        close(passed.averages[layer].mean, case["running_means"][layer])
        kept = 0.9 * averages[layer].var
        unbiased = (passed.averages[layer].var - kept) * n / (n - 1) + kept
        close(unbiased, case["running_variances_of_torch"][layer])


def test_one_output_matches_torchs_mse_loss():
    case = RECORDED["one_output"]
    loss, gradient = MLP((3, 1), criterion="squared_error").loss_and_gradient(
        np.array(case["params"]), case["X"], case["y"]
    )
    close(loss, case["loss"])
    close(gradient, case["gradient"])


@every_network
def test_the_gradient_equals_central_differences_of_the_loss(network):
    params = 0.7 * rng(3).standard_normal(network.n_params)
    X, y = examples(network)
    step = 1e-5

    def loss(moved):
        # The same units are dropped every time.
        return network.loss_and_gradient(moved, X, y, rng=rng(4))[0]

    differences = [loss(params + move) - loss(params - move) for move in step * np.eye(network.n_params)]
    _, gradient = network.loss_and_gradient(params, X, y, rng=rng(4))
    np.testing.assert_allclose(gradient, np.divide(differences, 2 * step), rtol=1e-5, atol=2e-8)


@pytest.mark.parametrize("data_of_its_own", [True, False])
@pytest.mark.parametrize("network", [each for each in NETWORKS if not each.dropout], ids=described)
def test_a_run_among_others_equals_the_run_alone(network, data_of_its_own):
    params = network.init(rng(), runs=(2, 3), dtype=np.float64)
    X, y = examples(network, runs=(2, 3) if data_of_its_own else ())
    loss, gradient = network.loss_and_gradient(params, X, y)
    averages = network.forward(params, X).averages
    evaluated, classes = network.evaluate(params, X, y, averages), network.predict(params, X, averages)
    for run in np.ndindex(2, 3):
        X_run, y_run = (X[run], y[run]) if data_of_its_own else (X, y)
        loss_alone, gradient_alone = network.loss_and_gradient(params[run], X_run, y_run)
        averages_alone = network.forward(params[run], X_run).averages
        np.testing.assert_allclose(loss[run], loss_alone, rtol=1e-13)
        np.testing.assert_allclose(gradient[run], gradient_alone, rtol=1e-10, atol=1e-14)
        for together, alone in zip(averages, averages_alone, strict=True):
            np.testing.assert_allclose(together.mean[run], alone.mean, rtol=1e-12, atol=1e-15)
            np.testing.assert_allclose(together.var[run], alone.var, rtol=1e-12)
        alone = network.evaluate(params[run], X_run, y_run, averages_alone)
        np.testing.assert_allclose(evaluated.loss[run], alone.loss, rtol=1e-12)
        assert evaluated.accuracy is None or evaluated.accuracy[run] == alone.accuracy
        np.testing.assert_allclose(
            classes[run], network.predict(params[run], X_run, averages_alone), rtol=1e-11, atol=1e-13
        )


@every_network
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_of_the_parameters_is_kept_and_nothing_passed_in_is_changed(network, dtype):
    params = network.init(rng(), runs=2, dtype=dtype)
    averages = network.init_averages(2, dtype=dtype)
    X, y = examples(network)
    before = [array.copy() for array in (params, X, y, *(part for each in averages for part in each))]
    passed = network.forward(params, X, averages, rng=rng())
    loss, delta = network.loss_and_delta(passed.outputs, y)
    results = [passed.outputs, loss, delta, network.backward(params, passed, delta)]
    results += [network.logits(params, X, averages), *(part for each in passed.averages for part in each)]
    assert {result.dtype for result in results} == {np.dtype(dtype)}
    after = [params, X, y, *(part for each in averages for part in each)]
    for array, copy in zip(after, before, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_a_bias_before_batch_norm_has_no_effect_in_training_and_no_gradient():
    network = MLP((4, 5, 3), batch_norm=True)
    params, (X, y) = network.init(rng(), dtype=np.float64), examples(network)
    shifted = params.copy()
    network.views(shifted)["b1"][...] += 3
    loss, gradient = network.loss_and_gradient(params, X, y)
    np.testing.assert_allclose(network.loss_and_gradient(shifted, X, y)[0], loss, rtol=1e-12)
    np.testing.assert_allclose(network.views(gradient)["b1"], 0, atol=1e-15)


def test_dropout_drops_its_share_of_hidden_units_and_keeps_the_mean():
    network = MLP((1, 20_000, 1), "identity", "squared_error", dropout=0.25)
    params = np.ones(network.n_params)
    (hidden,) = network.forward(params, [[1.0]], rng=rng()).hidden
    outputs = network.forward(params, [[1.0]], rng=rng()).outputs
    assert abs(hidden.mask.mean() - 0.75) < 0.01
    assert abs(outputs.item() / network.logits(params, [[1.0]]).item() - 1) < 0.01


def test_dropout_follows_its_generator_and_leaves_test_time_alone():
    network, undropped = MLP((4, 50, 3), dropout=0.5), MLP((4, 50, 3))
    params, (X, y) = network.init(rng()), examples(network)
    losses = [network.loss_and_gradient(params, X, y, rng=rng(seed))[0] for seed in (1, 1, 2)]
    assert losses[0] == losses[1] != losses[2]
    np.testing.assert_array_equal(network.logits(params, X), undropped.logits(params, X))


def test_runs_drop_units_of_their_own():
    network = MLP((4, 50, 3), dropout=0.5)
    params = np.broadcast_to(network.init(rng()), (2, network.n_params))
    loss, _ = network.loss_and_gradient(params, *examples(network), rng=rng())
    assert loss[0] != loss[1]


BATCH_NORM = MLP((4, 5, 3), batch_norm=True)


@pytest.mark.parametrize(
    ("averages", "message"),
    [
        (None, "needs the running averages of its training at test time: pass averages=history.averages"),
        ((), r"averages must be a tuple of 1 BatchNormState"),
        (BATCH_NORM.init_averages() * 2, r"averages must be a tuple of 1 BatchNormState"),
        ((np.zeros(5),), r"averages must be a tuple of 1 BatchNormState"),
        (MLP((4, 6, 3), batch_norm=True).init_averages(), r"The running mean must have shape \(5,\)"),
    ],
)
def test_missing_or_foreign_running_averages_are_refused(averages, message):
    X, y = examples(BATCH_NORM)
    for method in (BATCH_NORM.loss, BATCH_NORM.evaluate, BATCH_NORM.accuracy):
        with pytest.raises(ValueError, match=message):
            method(BATCH_NORM.init(rng()), X, y, averages)


def test_running_averages_for_a_network_without_batch_norm_are_refused():
    with pytest.raises(ValueError, match="averages must be a tuple of 0 BatchNormState"):
        MLP((4, 5, 3)).logits(np.zeros(43), np.zeros((7, 4)), BATCH_NORM.init_averages())


def test_dropout_without_a_generator_is_refused():
    network = MLP((4, 5, 3), dropout=0.5)
    with pytest.raises(ValueError, match=r"pass rng=np\.random\.default_rng\(seed\)"):
        network.loss_and_gradient(np.zeros(43), *examples(network))


def test_batch_norm_of_a_single_example_is_refused_in_training():
    with pytest.raises(ValueError, match="A batch of one example has no variance"):
        BATCH_NORM.forward(BATCH_NORM.init(rng()), np.zeros((1, 4)))
