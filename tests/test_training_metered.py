"""A metered gradient: the same numbers as the network's own, for as many calls as were agreed."""

import copy

import numpy as np
import pytest

from gradlab.data import digits
from gradlab.network import MLP
from gradlab.training import BudgetSpent, MeteredGradient

PLAIN, NORMED = MLP((5, 4, 3, 3), "relu"), MLP((5, 4, 3, 3), "tanh", batch_norm=True)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def metered(network=PLAIN, n=20, **options):
    X, y = rng(3).normal(size=(n, 5)), rng(4).integers(3, size=n)
    return MeteredGradient(network, X, y, **{"budget": 5, **options}), X, y


def flat(params):
    return np.concatenate([part.ravel() for part in params])


@pytest.mark.parametrize("network", [PLAIN, NORMED], ids=["plain", "batch norm"])
def test_loss_and_gradient_are_those_of_the_network(network):
    gradient, X, y = metered(network)
    params, batch = gradient.start(rng(1)), np.array([3, 1, 4, 15, 9])
    loss, grads = gradient(params, batch)
    wanted_loss, wanted = network.loss_and_gradient(flat(params), X[batch], y[batch])
    assert loss == pytest.approx(float(wanted_loss), rel=1e-12)
    np.testing.assert_allclose(flat(grads), wanted, rtol=1e-12, atol=1e-15)
    assert [grad.shape for grad in grads] == [part.shape for part in params]


def test_dropout_draws_the_same_units_as_the_network():
    network = MLP((5, 8, 3), "relu", dropout=0.5)
    gradient, X, y = metered(network, rng=rng(7))
    params, batch = gradient.start(rng(1)), np.arange(10)
    loss, grads = gradient(params, batch)
    wanted_loss, wanted = network.loss_and_gradient(flat(params), X[batch], y[batch], rng=rng(7))
    assert loss == pytest.approx(float(wanted_loss))
    np.testing.assert_allclose(flat(grads), wanted, rtol=1e-12, atol=1e-15)


def test_the_start_is_that_of_the_network_in_the_form_of_a_list():
    gradient, _, _ = metered(NORMED)
    params = gradient.start(rng(1))
    np.testing.assert_array_equal(flat(params), NORMED.init(rng(1), dtype=np.float64))
    assert [part.shape for part in params[:5]] == [(5, 4), (4,), (4,), (4,), (4, 3)]


def test_it_answers_as_often_as_the_budget_says_and_not_once_more():
    gradient, _, _ = metered(budget=3)
    params = gradient.start(rng(1))
    for _ in range(3):
        gradient(params, np.arange(4))
    assert gradient.refused == ""
    with pytest.raises(BudgetSpent, match="The budget of 3 gradients is spent"):
        gradient(params, np.arange(4))
    assert gradient.refused == "budget"
    assert len(gradient.batches) == len(gradient.losses) == 3


@pytest.mark.parametrize(
    ("batch", "problem"),
    [
        (np.arange(9), "must hold 1 to 8 examples, got 9"),
        (np.zeros(0, int), "must hold 1 to 8 examples, got 0"),
        ([3, 20], "must lie in 0 to 19, got 3 to 20"),
        ([-1, 3], "must lie in 0 to 19, got -1 to 3"),
        ([0.5, 1.5], "array of whole numbers"),
        ([True, False], "array of whole numbers"),
        ([[1, 2], [3, 4]], "array of whole numbers"),
        (3, "array of whole numbers"),
    ],
)
def test_a_batch_that_it_cannot_serve_is_refused_and_costs_nothing(batch, problem):
    gradient, _, _ = metered(largest_batch=8)
    with pytest.raises(ValueError, match=problem):
        gradient(gradient.start(rng(1)), batch)
    assert gradient.refused == "batch"
    assert gradient.batches == []


def test_parameters_of_another_network_are_refused_and_cost_nothing():
    gradient, X, y = metered()
    params = gradient.start(rng(1))
    for wrong in (params[:-1], params[::-1], [*params, np.zeros(1)]):
        with pytest.raises(ValueError, match=r"params must be a list of arrays of the shapes \[\(5, 4\)"):
            gradient(wrong, [1])
        with pytest.raises(ValueError, match="params must be a list of arrays"):
            gradient.accuracy(wrong, X, y)
    assert gradient.refused == "params"
    assert gradient.batches == []


def test_nothing_that_is_passed_in_is_changed_and_batches_are_remembered_as_they_were():
    gradient, _, _ = metered()
    params, batch = gradient.start(rng(1)), np.arange(4)
    before = copy.deepcopy(params)
    gradient(params, batch)
    batch += 1
    for part, was in zip(params, before, strict=True):
        np.testing.assert_array_equal(part, was)
    np.testing.assert_array_equal(gradient.batches[0], np.arange(4))


def test_a_copy_counts_for_itself():
    gradient, _, _ = metered(budget=2)
    params = gradient.start(rng(1))
    gradient(params, [1])
    twin = copy.deepcopy(gradient)
    twin(params, [2])
    assert (len(gradient.batches), len(twin.batches)) == (1, 2)
    gradient(params, [3])
    with pytest.raises(BudgetSpent):
        twin(params, [4])


def test_accuracy_is_that_of_the_network_with_the_averages_of_its_training():
    gradient, X, y = metered(NORMED)
    params = gradient.start(rng(1))
    averages = None
    for batch in ([0, 1, 2, 3], [4, 5, 6, 7]):
        gradient(params, batch)
        averages = NORMED.forward(flat(params), X[batch], averages).averages
    np.testing.assert_allclose(gradient.averages[1].var, averages[1].var)
    assert gradient.accuracy(params, X, y) == float(NORMED.accuracy(flat(params), X, y, averages))


def test_a_run_that_diverges_ends_in_nan_and_warns_nobody():
    gradient, X, y = metered()
    params = [1e200 * (1 + part) for part in gradient.start(rng(1))]
    loss, _ = gradient(params, [1, 2])
    assert not np.isfinite(loss)
    assert 0 <= gradient.accuracy(params, X, y) <= 1


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"budget": 0}, "budget and largest_batch must be >= 1, got 0 and 32"),
        ({"largest_batch": 0}, "budget and largest_batch must be >= 1, got 5 and 0"),
        ({"network": MLP((5, 3), dropout=0.5)}, "pass rng="),
        ({"network": MLP((5, 1), criterion="squared_error")}, "must be a classifier"),
        ({"network": MLP((4, 3))}, r"X must have shape \(n, 4\)"),
    ],
)
def test_what_cannot_be_metered_is_refused_at_once(options, problem):
    with pytest.raises(ValueError, match=problem):
        metered(**options)


def test_a_hundred_gradients_teach_it_most_digits():
    images, labels = digits()
    gradient = MeteredGradient(MLP((64, 32, 10), "relu"), images, labels, budget=100)
    params, draws = gradient.start(rng(1)), rng(2)
    for _ in range(100):
        _, grads = gradient(params, draws.choice(gradient.n, 32, replace=False))
        params = [w - 0.5 * grad for w, grad in zip(params, grads, strict=True)]
    assert gradient.accuracy(params, images, labels) > 0.9
    assert gradient.losses[-1] < 0.5 * gradient.losses[0]
