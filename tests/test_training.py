import json
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course import ROOT
from gradlab.data import digits, stratified_split
from gradlab.network import MLP
from gradlab.optimizers import gradient_descent, momentum
from gradlab.training import fit

RECORDED = json.loads((ROOT / "autograder" / "reference" / "network.json").read_text(encoding="utf-8"))[
    "training"
]
NETWORK = MLP((4, 5, 3))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def momentum_step(w, grad, v, lr, rho=0.9):
    """As a learner writes it."""
    v = rho * v + grad
    return w - lr * v, v


def momentum_in_place(w, grad, v, lr, rho=0.9):
    v *= rho
    v += grad
    w -= lr * v
    return w, v


def blobs(n: int = 30, runs: tuple[int, ...] = ()):
    labels = np.arange(n) % 3
    return np.eye(3, 4)[labels] + 0.5 * rng(7).standard_normal((*runs, n, 4)), labels


def train(rule=momentum, params=None, data=None, **options):
    X, y = blobs() if data is None else data
    start = NETWORK.init(rng(1), dtype=np.float64) if params is None else params
    settings = {"epochs": 3, "batch_size": 8, "rng": rng(2), "lr": 0.1} | options
    return fit(NETWORK, start, X, y, rule, **settings)


def test_three_seeds_learn_to_read_digits():
    images, labels = digits()
    part, held_out = stratified_split(labels, (0.8, 0.2), rng(0))
    network = MLP()
    history = fit(
        network,
        network.init(rng(1), runs=3),
        images[part],
        labels[part],
        momentum,
        epochs=5,
        batch_size=32,
        rng=rng(2),
        validation=(images[held_out], labels[held_out]),
        lr=0.05,
        rho=0.9,
    )
    assert history.loss.shape == history.accuracy.shape == (6, 3)
    assert (history.accuracy[0] < 0.3).all()
    assert (history.accuracy[-1] > 0.9).all()
    assert history.params.dtype == np.float32


def test_a_training_matches_torch_sgd_with_momentum():
    network = MLP(tuple(RECORDED["sizes"]), RECORDED["activation"])
    history = fit(
        network,
        np.array(RECORDED["params"]),
        RECORDED["X"],
        RECORDED["y"],
        momentum,
        epochs=len(RECORDED["losses"]) - 1,
        batch_size=len(RECORDED["y"]),
        rng=rng(),
        lr=RECORDED["lr"],
        rho=RECORDED["rho"],
    )
    np.testing.assert_allclose(history.loss, RECORDED["losses"], rtol=1e-10)
    np.testing.assert_allclose(history.params, RECORDED["trained"], rtol=1e-9)


@pytest.mark.parametrize("rule", [momentum_step, momentum_in_place])
def test_a_learners_own_rule_walks_the_path_of_the_librarys(rule):
    start = NETWORK.init(rng(1), runs=2, dtype=np.float64)
    ours = train(momentum, start)
    theirs = train(rule, start, state=np.zeros_like(start))
    np.testing.assert_allclose(theirs.params, ours.params, rtol=1e-13)
    np.testing.assert_allclose(theirs.loss, ours.loss, rtol=1e-13)


def test_nothing_that_the_caller_passed_in_is_changed():
    start = NETWORK.init(rng(1), dtype=np.float64)
    state = np.zeros_like(start)
    train(momentum_in_place, start, state=state)
    np.testing.assert_array_equal(start, NETWORK.init(rng(1), dtype=np.float64))
    assert not state.any()


def test_a_rule_that_works_in_place_does_not_rewrite_what_a_callback_has_kept():
    kept = []
    state = np.zeros(NETWORK.n_params)
    history = train(
        momentum_in_place, state=state, callback=lambda _epoch, params, _loss: kept.append(params)
    )
    assert not np.array_equal(kept[0], kept[1])
    np.testing.assert_array_equal(kept[-1], history.params)


def test_a_rule_may_keep_the_gradients_that_it_was_given():
    kept = []

    def keeping(w, grad, state):
        kept.append((grad, grad.copy()))
        return w - 0.1 * grad, state

    fit(NETWORK, NETWORK.init(rng(1)), *blobs(), keeping, epochs=1, batch_size=8, rng=rng(2))
    for grad, when_it_was_given in kept:
        np.testing.assert_array_equal(grad, when_it_was_given)


@pytest.mark.parametrize("data_of_its_own", [True, False])
def test_a_run_among_others_equals_the_run_alone(data_of_its_own):
    starts = NETWORK.init(rng(1), runs=3, dtype=np.float64)
    X, y = blobs(runs=(3,) if data_of_its_own else ())
    rates = np.array([[0.01], [0.1], [0.5]])
    together = train(params=starts, data=(X, y), validation=(X, y), lr=rates)
    for run in range(3):
        data = (X[run] if data_of_its_own else X, y)
        alone = train(params=starts[run], data=data, validation=data, lr=rates[run, 0])
        np.testing.assert_allclose(together.loss[:, run], alone.loss, rtol=1e-10)
        np.testing.assert_allclose(together.params[run], alone.params, rtol=1e-8, atol=1e-12)
        np.testing.assert_array_equal(together.accuracy[:, run], alone.accuracy)


def test_rates_and_momenta_span_a_grid_of_runs():
    start = np.broadcast_to(NETWORK.init(rng(1)), (4, 3, NETWORK.n_params))
    lr, rho = np.logspace(-3, -1, 4)[:, None, None], np.array([0.0, 0.5, 0.9])[:, None]
    history = train(momentum, start, lr=lr, rho=rho)
    assert history.loss.shape == (4, 4, 3)
    alone = train(momentum, start[2, 1], lr=lr[2, 0, 0], rho=rho[1, 0])
    np.testing.assert_allclose(history.loss[:, 2, 1], alone.loss, rtol=1e-5)


def test_losses_are_those_of_the_whole_training_data_before_and_after_every_epoch():
    seen = []
    history = train(callback=lambda epoch, params, loss: seen.append((epoch, params, loss)))
    X, y = blobs()
    assert [epoch for epoch, _, _ in seen] == [1, 2, 3]
    assert history.loss[0] == NETWORK.loss(NETWORK.init(rng(1), dtype=np.float64), X, y)
    for epoch, params, loss in seen:
        assert history.loss[epoch] == loss == NETWORK.loss(params, X, y)


def test_two_trainings_with_the_same_seeds_give_the_same_bytes():
    first, second = train(), train()
    assert first.params.tobytes() == second.params.tobytes()
    assert first.loss.tobytes() == second.loss.tobytes()


def test_a_training_goes_on_from_its_last_parameters_and_state():
    through = train(epochs=4)
    generator = rng(2)
    half = train(epochs=2, rng=generator)
    rest = train(params=half.params, state=half.state, epochs=2, rng=generator)
    np.testing.assert_array_equal(rest.params, through.params)


@settings(deadline=None, max_examples=20)
@given(epochs=st.integers(0, 3), batch_size=st.integers(1, 40))
def test_a_step_is_taken_for_every_batch_even_the_partial_last_one(epochs, batch_size):
    class Steps(NamedTuple):
        taken: int

    def count(params, _grad, state):
        return params, Steps(state.taken + 1)

    X, y = blobs()
    history = fit(
        NETWORK,
        NETWORK.init(rng()),
        X,
        y,
        count,
        epochs=epochs,
        batch_size=batch_size,
        rng=rng(),
        state=Steps(0),
    )
    assert history.state.taken == epochs * -(-len(y) // batch_size)
    assert history.loss.shape == (epochs + 1,)


def test_with_a_rate_of_zero_nothing_is_learned():
    history = train(gradient_descent, lr=0.0)
    assert (history.loss == history.loss[0]).all()


def test_float32_stays_float32_even_under_a_float64_rate():
    start = NETWORK.init(rng(1))
    history = train(momentum_step, start, state=np.zeros_like(start), lr=np.float64(0.1))
    assert history.params.dtype == history.loss.dtype == np.float32


@pytest.mark.parametrize("rule", [momentum, momentum_step])
@pytest.mark.parametrize("too_large", [1e4, 1e38])
def test_a_run_that_diverges_ends_in_nan_without_warnings_and_leaves_the_others_alone(rule, too_large):
    network, (X, y) = MLP((4, 5, 4, 3), "identity"), blobs()
    start = np.broadcast_to(network.init(rng(1)), (2, network.n_params))
    state = np.zeros_like(start) if rule is momentum_step else None
    rates = np.array([[too_large], [1e-4]])
    history = fit(network, start, 100 * X, y, rule, epochs=5, batch_size=8, rng=rng(), state=state, lr=rates)
    assert np.isnan(history.loss[-1, 0])
    assert history.loss[-1, 1] < history.loss[0, 1]


def test_without_validation_data_there_is_no_accuracy():
    assert train().accuracy is None


def only_weights(w, grad, _state, lr):
    return w - lr * grad


def one_sum_for_all(w, grad, state, lr):
    return (w - lr * grad).sum(axis=-1), state


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": -1}, "epochs must be >= 0, got -1"),
        ({"batch_size": 0}, "batch_size must be >= 1, got 0"),
        ({"data": (np.full((30, 4), np.nan), np.zeros(30, int))}, "X must be finite"),
        ({"data": (np.zeros((30, 5)), np.zeros(30, int))}, r"X must have shape \(n, 4\)"),
        ({"validation": (np.zeros((30, 5)), np.zeros(30, int))}, r"X must have shape \(n, 4\)"),
        ({"lr": np.array([0.1, 0.2])}, r"lr has shape \(2,\).*add a last axis of length 1: lr\[..., None\]"),
        ({"lr": [[0.1], [0.2]]}, r"lr has shape \(2, 1\), which does not broadcast to params, \(43,\)"),
        ({"rule": only_weights}, r"only_weights must return \(weights, state\), two values; got one ndarray"),
        ({"rule": one_sum_for_all}, r"one_sum_for_all must return weights of shape \(43,\), got \(\)"),
    ],
)
def test_what_cannot_be_trained_is_refused_with_a_reason(options, message):
    with pytest.raises(ValueError, match=message):
        train(**options)


def test_a_learners_rule_without_a_first_state_is_told_how_to_give_one():
    with pytest.raises(TypeError) as error:
        train(momentum_step)
    assert error.value.__notes__ == [
        "momentum_step was given None as its state. Start it with state=np.zeros_like(start)."
    ]
