"""Early stopping, penalties, dropout, batch norm, squared error and the progress bar in `fit`."""

import functools

import numpy as np
import pytest

from gradlab.data import digits, stratified_split
from gradlab.network import MLP
from gradlab.optimizers import adam, gradient_descent, momentum
from gradlab.regularizers import StoppingState, early_stopping, l1_penalty, l2_penalty
from gradlab.training import fit

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


class TestEarlyStopping:
    STOPPING = functools.partial(early_stopping, patience=4)

    def test_each_run_ends_at_the_parameters_of_its_lowest_validation_loss(self):
        history = overfitted(early_stopping=functools.partial(early_stopping, patience=100))
        free = overfitted()
        np.testing.assert_array_equal(history.validation_loss, free.validation_loss)
        np.testing.assert_array_equal(history.best_epoch, 1 + free.validation_loss[1:].argmin(axis=0))
        X, y = blobs(30, 8, noise=1.0)
        np.testing.assert_array_equal(
            NETWORK.loss(history.params, X, y), free.validation_loss[1:].min(axis=0)
        )

    @pytest.mark.parametrize("rule", [gradient_descent, gradient_step])
    def test_a_run_that_stops_while_others_go_on_is_where_it_is_when_alone(self, rule):
        together = overfitted(rule=rule, early_stopping=self.STOPPING)
        lengths = []
        for run, rate in enumerate([0.02, 0.3, 1.0]):
            alone = overfitted(
                rule=rule,
                early_stopping=self.STOPPING,
                params=NETWORK.init(rng(1), dtype=np.float64),
                lr=rate,
            )
            lengths.append(len(alone.loss))
            assert together.best_epoch[run] == alone.best_epoch
            np.testing.assert_allclose(together.params[run], alone.params, rtol=1e-9)
            np.testing.assert_allclose(together.loss[: lengths[-1], run], alone.loss, rtol=1e-9)
        assert min(lengths) < max(lengths)

    def test_a_run_that_has_stopped_stays_at_its_best(self):
        history = overfitted(early_stopping=self.STOPPING)
        free = overfitted()
        stopped = int(history.best_epoch[2]) + self.STOPPING.keywords["patience"] + 1
        assert stopped < len(history.loss) - 1
        best = free.validation_loss[history.best_epoch[2], 2]
        np.testing.assert_array_equal(history.validation_loss[stopped + 1 :, 2], best)

    def test_a_run_that_is_told_once_to_stop_stays_stopped(self):
        def second_run_after_two_epochs(metric, state):
            epoch = 1 if state is None else int(state.best[0]) + 1
            stop = np.array([False, epoch == 2, False])
            return stop, StoppingState(np.full(3, float(epoch)), np.zeros(3, dtype=int))

        history = overfitted(early_stopping=second_run_after_two_epochs, epochs=5)
        np.testing.assert_array_equal(history.best_epoch, [5, 2, 5])
        np.testing.assert_array_equal(history.params[1], overfitted(epochs=2).params[1])

    def test_when_all_have_stopped_the_training_ends(self):
        history = overfitted(early_stopping=self.STOPPING, lr=1.0)
        epochs = len(history.loss) - 1
        assert epochs == history.best_epoch.max() + self.STOPPING.keywords["patience"] + 1 < 60
        assert len(history.validation_loss) == len(history.accuracy) == epochs + 1
        assert len(history.lr) == epochs

    def test_a_run_that_only_gets_worse_goes_back_to_its_start(self):
        start = np.broadcast_to(NETWORK.init(rng(1)), (2, 43))
        X, y = blobs()
        history = fit(
            NETWORK,
            start,
            100 * X,
            y,
            gradient_descent,
            epochs=5,
            batch_size=8,
            rng=rng(),
            validation=(np.full((6, 4), 1e30), y[:6]),
            early_stopping=self.STOPPING,
            lr=np.array([[np.finfo(np.float32).max], [0.0]]),
        )
        assert np.isnan(history.validation_loss[-1, 0])
        assert history.best_epoch[0] == 0
        np.testing.assert_array_equal(history.params[0], start[0])

    def test_the_running_averages_go_back_with_the_parameters(self):
        network = MLP((4, 20, 3), batch_norm=True)
        starts = network.init(rng(1), runs=2, dtype=np.float64)
        data = {"data": blobs(noise=1.0), "validation": blobs(30, 8, noise=1.0)}
        history = train(
            network=network, params=starts, epochs=60, lr=np.array([[0.01], [1.0]]), early_stopping=self.STOPPING, **data
        )  # fmt: skip
        best = np.take_along_axis(history.validation_loss, history.best_epoch[None], axis=0)[0]
        loss = network.loss(history.params, *data["validation"], history.averages)
        np.testing.assert_allclose(loss, best, rtol=1e-12)


class TestPenalties:
    @pytest.mark.parametrize(
        ("option", "penalty"), [("l2", l2_penalty), ("l1", l1_penalty)], ids=["l2", "l1"]
    )
    @pytest.mark.parametrize("batch_norm", [False, True])
    def test_a_step_goes_down_the_loss_plus_the_penalty_of_the_weights_alone(
        self, option, penalty, batch_norm
    ):
        network = MLP((4, 5, 3), batch_norm=batch_norm)
        start = 0.7 * rng(5).standard_normal(network.n_params)
        X, y = blobs()
        history = train(network=network, params=start, epochs=1, batch_size=len(y), lr=1.0, **{option: 0.3})

        def penalised(params):
            loss, _ = network.loss_and_gradient(params, X, y)
            weights = [W for name, W in network.views(params).items() if name.startswith("W")]
            return loss + sum(penalty(W, lam=0.3) for W in weights)

        moves = 1e-6 * np.eye(network.n_params)
        slope = [(penalised(start + move) - penalised(start - move)) / 2e-6 for move in moves]
        np.testing.assert_allclose(start - history.params, slope, rtol=1e-6, atol=1e-8)

    def test_losses_are_those_of_the_data_alone(self):
        history = train(l2=0.1, l1=0.1)
        assert history.loss[-1] == NETWORK.loss(history.params, *blobs())

    def test_each_run_may_have_a_strength_of_its_own(self):
        starts = np.broadcast_to(NETWORK.init(rng(1), dtype=np.float64), (3, 43))
        strengths = np.array([[0.0], [0.01], [0.3]])
        together = train(params=starts, l2=strengths, l1=strengths / 10)
        for run in range(3):
            lam = strengths[run, 0]
            alone = train(params=starts[run], l2=lam, l1=lam / 10)
            np.testing.assert_allclose(together.params[run], alone.params, rtol=1e-9, atol=1e-12)

    def test_float32_stays_float32(self):
        assert train(params=NETWORK.init(rng(1)), l2=0.1, l1=0.1).params.dtype == np.float32


class TestDropoutAndBatchNorm:
    @pytest.mark.parametrize("regularizer", [{"dropout": 0.2}, {"batch_norm": True}])
    def test_three_seeds_learn_to_read_digits(self, regularizer):
        images, labels = digits()
        part, held_out = stratified_split(labels, (0.8, 0.2), rng(0))
        network = MLP((64, 32, 10), "relu", **regularizer)
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
        )
        assert (history.accuracy[-1] > 0.9).all()
        assert history.params.dtype == history.loss.dtype == history.validation_loss.dtype == np.float32

    def test_a_step_is_the_gradient_of_the_network_and_its_running_averages(self):
        network = MLP((4, 5, 3), batch_norm=True)
        start, (X, y) = network.init(rng(1), dtype=np.float64), blobs()
        history = train(network=network, params=start, epochs=1, batch_size=30, lr=0.5)
        _, gradient = network.loss_and_gradient(start, X, y)
        np.testing.assert_allclose(history.params, start - 0.5 * gradient, rtol=1e-12, atol=1e-15)
        (found,), (expected,) = history.averages, network.forward(start, X).averages
        np.testing.assert_allclose(found.mean, expected.mean, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(found.var, expected.var, rtol=1e-12)
        np.testing.assert_allclose(
            history.loss[-1], network.loss(history.params, X, y, history.averages), rtol=1e-12
        )

    def test_a_training_goes_on_from_its_last_parameters_state_and_running_averages(self):
        network, generator = MLP((4, 5, 3), dropout=0.3, batch_norm=True), rng(2)
        through = train(momentum, network=network)
        half = train(momentum, network=network, epochs=2, rng=generator)
        rest = train(
            momentum,
            network=network,
            params=half.params,
            state=half.state,
            averages=half.averages,
            epochs=2,
            rng=generator,
        )
        np.testing.assert_array_equal(rest.params, through.params)
        np.testing.assert_array_equal(rest.averages[0].var, through.averages[0].var)

    def test_a_network_without_either_has_no_averages(self):
        assert train().averages == ()


class TestRegression:
    def test_a_network_learns_a_curve(self):
        network = MLP((1, 20, 1), criterion="squared_error")
        x = np.linspace(-2, 2, 40)[:, None]
        history = fit(
            network,
            network.init(rng(1), runs=2),
            x,
            np.sin(2 * x[:, 0]),
            adam,
            epochs=400,
            batch_size=10,
            rng=rng(2),
            validation=(x, np.sin(2 * x)),
            lr=0.02,
        )
        assert history.accuracy is None
        assert (history.loss[-1] < 0.01).all()
        np.testing.assert_array_equal(history.loss, history.validation_loss)

    def test_a_line_is_fitted_as_least_squares_fits_it(self):
        X, noise = rng(3).standard_normal((30, 2)), rng(4).standard_normal(30)
        y = X @ [1.5, -2.0] + 0.5 + 0.1 * noise
        network = MLP((2, 1), criterion="squared_error")
        history = train(network=network, data=(X, y), epochs=500, batch_size=30, lr=0.1)
        expected, *_ = np.linalg.lstsq(np.column_stack([X, np.ones(30)]), y, rcond=None)
        np.testing.assert_allclose(history.params, expected, rtol=1e-10)


class TestProgress:
    def test_the_bar_ends_at_the_last_epoch_with_the_lowest_loss_and_changes_nothing(self, capsys):
        network = MLP((4, 5, 4, 3), "identity")
        starts, rates = network.init(rng(1), runs=2), np.array([[1e38], [0.1]])
        shown = train(network=network, params=starts, lr=rates, progress=True)
        written = capsys.readouterr().out
        assert "epoch 4/4" in written
        assert f"loss {shown.loss[-1, 1]:.4g}" in written
        assert np.isnan(shown.loss[-1, 0])
        silent = train(network=network, params=starts, lr=rates)
        np.testing.assert_array_equal(shown.params, silent.params)
        assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"early_stopping": early_stopping}, "early_stopping watches the validation loss: pass validation="),
        ({"l2": -0.1}, "l2 must be a finite number >= 0, got -0.1"),
        ({"l1": np.nan}, "l1 must be a finite number >= 0, got nan"),
        ({"l2": np.ones(2)}, r"l2 has shape \(2,\).*l2\[..., None\]"),
        ({"rng": 0}, r"rng must be a np\.random\.Generator, got int"),
        ({"network": MLP((4, 5, 3), batch_norm=True), "batch_size": 29}, "a batch of one would occur"),
        ({"network": MLP((4, 5, 3), batch_norm=True), "batch_size": 1}, "a batch of one would occur"),
        ({"network": MLP((4, 5, 3), batch_norm=True), "averages": ()}, "averages must be a tuple of 1"),
        ({"averages": MLP((4, 5, 3), batch_norm=True).init_averages()}, "averages must be a tuple of 0"),
    ],
)
def test_options_that_do_not_fit_or_are_out_of_range_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        train(**options)
