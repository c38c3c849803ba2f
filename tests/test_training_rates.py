"""Schedules and plateaus in `fit`."""

import functools
import json

import numpy as np
import pytest

from autograder.course import ROOT
from gradlab.network import MLP
from gradlab.optimizers import adam, gradient_descent, momentum
from gradlab.schedules import constant, cosine_decay, reduce_on_plateau, step_decay
from gradlab.training import fit

RECORDED = json.loads((ROOT / "autograder" / "reference" / "network.json").read_text(encoding="utf-8"))
SCHEDULED = RECORDED["scheduled"]
NETWORK = MLP((4, 5, 3))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def gradient_step(w, grad, state, lr):
    """As a learner writes it."""
    return w - lr * grad, state


def blobs(n: int = 30, seed: int = 7, noise: float = 0.5):
    labels = np.arange(n) % 3
    return np.eye(3, 4)[labels] + noise * rng(seed).standard_normal((n, 4)), labels


def train(rule=gradient_descent, network=NETWORK, params=None, data=None, **options):
    start = network.init(rng(1), dtype=np.float64) if params is None else params
    settings = {"epochs": 4, "batch_size": 8, "rng": rng(2)} | options
    if not {"lr", "schedule"} & set(settings):
        settings["lr"] = 0.1
    return fit(network, start, *(blobs() if data is None else data), rule, **settings)


def overfitted(**options):
    """Noisy data of which the network learns too much: the validation loss falls and then rises."""
    settings = {
        "params": np.broadcast_to(NETWORK.init(rng(1), dtype=np.float64), (3, 43)),
        "data": blobs(noise=1.0),
        "validation": blobs(30, 8, noise=1.0),
        "epochs": 60,
        "lr": np.array([[0.02], [0.3], [1.0]]),
    }
    return train(**settings | options)


def as_recorded(**options):
    (X, X_held_out), (y, y_held_out) = SCHEDULED["X"], SCHEDULED["y"]
    return fit(
        MLP(tuple(SCHEDULED["sizes"])),
        np.array(SCHEDULED["params"]),
        X,
        y,
        gradient_descent,
        epochs=24,
        batch_size=len(y),
        rng=rng(),
        validation=(X_held_out, y_held_out),
        l2=SCHEDULED["l2"],
        **options,
    )


class TestAgreementWithTorch:
    """Gradient descent with weight decay on the weights alone, under two of PyTorch's schedulers."""

    def assert_same(self, history, expected):
        np.testing.assert_allclose(history.lr, expected["rates"], rtol=1e-14)
        np.testing.assert_allclose(history.validation_loss[1:], expected["validation_losses"], rtol=1e-10)
        np.testing.assert_allclose(history.params, expected["trained"], rtol=1e-9)

    def test_a_schedule(self):
        schedule = functools.partial(step_decay, lr=SCHEDULED["lr"], **SCHEDULED["step_decay"])
        self.assert_same(as_recorded(schedule=schedule), SCHEDULED["with_step_decay"])

    def test_a_plateau_of_the_validation_loss(self):
        plateau = functools.partial(reduce_on_plateau, **SCHEDULED["plateau"])
        history = as_recorded(lr=SCHEDULED["lr"], plateau=plateau)
        self.assert_same(history, SCHEDULED["with_plateau"])
        assert len(set(history.lr)) > 3


class TestLearningRate:
    @pytest.mark.parametrize("rule", [gradient_descent, gradient_step])
    def test_a_constant_schedule_is_the_rate_itself(self, rule):
        scheduled = train(rule, schedule=functools.partial(constant, lr=0.1))
        np.testing.assert_array_equal(scheduled.params, train(rule, lr=0.1).params)

    @pytest.mark.parametrize("rule", [gradient_descent, gradient_step, momentum])
    def test_a_schedule_is_a_training_of_single_epochs_each_at_its_rate(self, rule):
        schedule = functools.partial(cosine_decay, lr=0.5, total=4, warmup=1)
        history, generator, state = train(rule, schedule=schedule), rng(2), None
        params = NETWORK.init(rng(1), dtype=np.float64)
        for epoch in range(4):
            step = train(rule, params=params, epochs=1, rng=generator, lr=schedule(epoch), state=state)
            params, state = step.params, step.state
        np.testing.assert_array_equal(history.params, params)
        np.testing.assert_array_equal(history.lr, schedule(np.arange(4)))

    def test_a_schedule_may_give_each_run_a_rate_of_its_own(self):
        rates, starts = np.array([[0.02], [0.2]]), NETWORK.init(rng(1), runs=2, dtype=np.float64)
        together = train(params=starts, schedule=functools.partial(cosine_decay, lr=rates, total=4))
        assert together.lr.shape == (4, 2)
        for run in range(2):
            schedule = functools.partial(cosine_decay, lr=rates[run, 0], total=4)
            alone = train(params=starts[run], schedule=schedule)
            np.testing.assert_allclose(together.params[run], alone.params, rtol=1e-9, atol=1e-12)
            np.testing.assert_array_equal(together.lr[:, run], alone.lr)

    @pytest.mark.parametrize("rule", [gradient_descent, gradient_step])
    def test_every_run_has_a_plateau_of_its_own(self, rule):
        plateau = functools.partial(reduce_on_plateau, factor=0.5, patience=2)
        together = overfitted(rule=rule, plateau=plateau)
        assert together.lr.shape == (60, 3)
        assert (together.lr[-1] < together.lr[0]).any()
        for run, rate in enumerate([0.02, 0.3, 1.0]):
            alone = overfitted(
                rule=rule, plateau=plateau, params=NETWORK.init(rng(1), dtype=np.float64), lr=rate
            )
            np.testing.assert_array_equal(together.lr[:, run], alone.lr)
            np.testing.assert_allclose(together.params[run], alone.params, rtol=1e-6)

    def test_without_validation_data_a_plateau_watches_the_training_loss(self):
        watched = []

        def plateau(rate, metric, state):
            watched.append(metric)
            return rate, state

        history = train(plateau=plateau)
        np.testing.assert_array_equal(watched, history.loss[1:])

    @pytest.mark.parametrize(
        ("lr", "runs", "expected"),
        [
            (0.1, (), [0.1] * 4),
            (0.1, (2,), [[0.1, 0.1]] * 4),
            ([[0.1], [0.2]], (2,), [[0.1, 0.2]] * 4),
            (np.array([0.3]), (2, 1), [[[0.3], [0.3]]] * 4),
        ],
    )
    def test_the_rates_of_all_epochs_and_runs_are_recorded(self, lr, runs, expected):
        history = train(params=NETWORK.init(rng(1), runs=runs), lr=lr)
        np.testing.assert_array_equal(history.lr, expected)
        assert train(params=NETWORK.init(rng(1), runs=runs), lr=lr, epochs=0).lr.shape == (0, *runs)

    def test_a_rate_for_each_weight_is_recorded_as_such(self):
        rates = np.linspace(0, 0.1, 43)
        np.testing.assert_array_equal(train(lr=rates).lr, np.tile(rates, (4, 1)))

    def test_a_rule_that_is_given_no_rate_has_none_to_record(self):
        def sign_step(w, grad, state):
            return w - 0.01 * np.sign(grad), state

        start = NETWORK.init(rng(1))
        assert fit(NETWORK, start, *blobs(), sign_step, epochs=2, batch_size=8, rng=rng()).lr is None
        assert fit(NETWORK, start, *blobs(), adam, epochs=2, batch_size=8, rng=rng()).lr is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"schedule": lambda _: 0.1, "lr": 0.1}, "schedule and lr would each set the learning rate"),
        (
            {"schedule": lambda _: 0.1, "plateau": reduce_on_plateau},
            "schedule and plateau would each set the learning rate",
        ),
        ({"lr": np.full(43, 0.1), "plateau": reduce_on_plateau}, r"plateau lowers one rate for each run"),
        ({"schedule": lambda _: np.ones(2)}, r"lr has shape \(2,\).*lr\[..., None\]"),
        (
            {"schedule": lambda epoch: np.ones(1 + epoch) / 9, "epochs": 3},
            r"lr has shape \(2,\).*lr\[..., None\]",
        ),
        ({"schedule": lambda epoch: 0.1 - epoch}, "lr must be a finite number >= 0, got -0.9"),
    ],
)
def test_rates_that_are_given_twice_or_are_out_of_range_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        train(**options)


def test_a_plateau_without_a_rate_to_start_from_is_refused():
    with pytest.raises(ValueError, match="pass lr as well"):
        fit(
            NETWORK, NETWORK.init(rng()), *blobs(), adam, epochs=1, batch_size=8, rng=rng(), plateau=reduce_on_plateau
        )  # fmt: skip
