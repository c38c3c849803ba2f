"""The fast gradients are, bit for bit, those of the formulas."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlab.network import MLP
from gradlab.network.workspace import Workspace

ACTIVATIONS = ["tanh", "relu", "sigmoid", "identity"]
CRITERIA = ["cross_entropy", "squared_error"]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def examples(network, n, runs=()):
    X = rng(1).standard_normal((*runs, n, network.sizes[0]))
    if network.criterion == "squared_error":
        return X, rng(2).standard_normal((*runs, n, network.sizes[-1]))
    return X, rng(2).integers(network.sizes[-1], size=(*runs, n))


def part(batch, X, y, network):
    return X.take(batch, axis=-2), y.take(batch, axis=-2 if network.criterion == "squared_error" else -1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "network",
    [
        MLP(sizes, *kind)
        for sizes in [(4, 3), (4, 6, 1), (64, 128, 10), (4, 6, 5, 3)]
        for kind in product(ACTIVATIONS, CRITERIA)
    ],
    ids=lambda network: f"{network.sizes}-{network.activation}-{network.criterion}",
)
@pytest.mark.parametrize(("runs", "data_of_its_own"), [((), False), ((3,), False), ((2, 3), True)])
def test_gradients_and_losses_equal_those_of_the_formulas_bit_for_bit(network, dtype, runs, data_of_its_own):
    params = network.init(rng(), runs=runs, dtype=dtype)
    X, y = examples(network, 30, runs if data_of_its_own else ())
    workspace = Workspace(network, params, X, y)
    for batch in (np.arange(30), rng(3).permutation(30)[:16], np.array([7])):
        _, gradient = network.loss_and_gradient(params, *part(batch, X, y, network))
        np.testing.assert_array_equal(workspace.backpropagate(batch), gradient)
        np.testing.assert_array_equal(workspace.loss(), network.loss(params, X, y))


@given(seed=st.integers(0, 2**32), scale=st.sampled_from([1e-3, 1.0, 1e3]), size=st.integers(1, 9))
def test_any_batch_at_any_scale_of_the_parameters_gives_the_gradient_of_the_formulas(seed, scale, size):
    network = MLP((4, 6, 3), ACTIVATIONS[seed % 4], CRITERIA[seed % 2])
    params = scale * rng(seed).standard_normal(network.n_params)
    X, y = examples(network, 9)
    batch = rng(seed).permutation(9)[:size]
    found = Workspace(network, params, X, y).backpropagate(batch)
    np.testing.assert_array_equal(found, network.loss_and_gradient(params, *part(batch, X, y, network))[1])


def test_a_workspace_follows_parameters_that_are_stepped_in_place_and_changes_nothing_itself():
    network = MLP((4, 6, 3))
    params, (X, y) = network.init(rng(), dtype=np.float64), examples(network, 8)
    workspace = Workspace(network, params, X, y)
    before = X.copy(), y.copy()
    for _ in range(3):
        start = params.copy()
        gradient = workspace.backpropagate(np.arange(8))
        np.testing.assert_array_equal(params, start)
        np.testing.assert_array_equal(gradient, network.loss_and_gradient(params, X, y)[1])
        params -= gradient
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.filterwarnings("ignore:(invalid value|overflow) encountered")
def test_a_network_that_has_diverged_gives_what_the_formulas_give(activation):
    network = MLP((4, 6, 3), activation)
    X, y = examples(network, 8)
    for value in (1e30, np.inf, np.nan):
        params = np.full(network.n_params, value, np.float32)
        found = Workspace(network, params, X, y).backpropagate(np.arange(8))
        np.testing.assert_array_equal(found, network.loss_and_gradient(params, X, y)[1])


@pytest.mark.parametrize("regularizer", [{"dropout": 0.5}, {"batch_norm": True}])
def test_dropout_and_batch_norm_are_left_to_the_formulas(regularizer):
    network = MLP((4, 6, 3), **regularizer)
    with pytest.raises(ValueError, match=r"without dropout and batch norm; use network\.forward"):
        Workspace(network, network.init(rng()), *examples(network, 8))


def test_data_is_checked_once_and_for_all():
    network, (X, y) = MLP((4, 6, 3)), examples(MLP((4, 6, 3)), 8)
    with pytest.raises(ValueError, match="Labels in y must lie in 0 to 2, got 0 to 3"):
        Workspace(network, network.init(rng()), X, np.arange(8) % 4)
    with pytest.raises(ValueError, match=r"X must have shape \(n, 4\)"):
        Workspace(network, network.init(rng()), X[:, :3], y)
