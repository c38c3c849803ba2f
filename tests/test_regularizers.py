import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from autograder.course import ROOT
from gradlab.regularizers import (
    StoppingState,
    dropout_backward,
    dropout_forward,
    early_stopping,
    l1_penalty,
    l1_subgradient,
    l2_gradient,
    l2_penalty,
    soft_threshold,
)

REFERENCE = ROOT / "autograder" / "reference"
RECORDED = json.loads((REFERENCE / "regularizers.json").read_text(encoding="utf-8"))
PLATEAUS = json.loads((REFERENCE / "schedules.json").read_text(encoding="utf-8"))
PENALTIES = {l2_penalty: l2_gradient, l1_penalty: l1_subgradient}

every_penalty = pytest.mark.parametrize(("penalty", "gradient"), PENALTIES.items())
seeds = st.integers(0, 2**32)
shapes = array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
dtypes = st.sampled_from([np.float32, np.float64])


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def drawn(seed: int, shape=(3,), dtype=np.float64):
    return np.asarray(rng(seed).standard_normal(shape), dtype)


def by_strength(case):
    return f"{np.shape(case.get('weights', case.get('inputs')))}-{case.get('lam', case.get('p'))}"


def by_curve(case):
    return "-".join(map(str, [case["curve"], *case["hyper"].values()]))


def answers(curve, **hyper):
    """Whether to stop, epoch by epoch, and the state at the end."""
    state, stops = None, []
    for metric in curve:
        stop, state = early_stopping(metric, state, **hyper)
        stops.append(stop)
    return stops, state


@pytest.mark.parametrize("case", RECORDED["penalties"], ids=by_strength)
def test_penalties_and_their_gradients_match_torch(case):
    w, lam = np.array(case["weights"]), case["lam"]
    np.testing.assert_allclose(l2_penalty(w, lam=lam), case["l2"], rtol=1e-12)
    np.testing.assert_allclose(l2_gradient(w, lam=lam), case["l2_gradient"], rtol=1e-12)
    np.testing.assert_allclose(l1_penalty(w, lam=lam), case["l1"], rtol=1e-12)
    np.testing.assert_allclose(l1_subgradient(w, lam=lam), case["l1_subgradient"], rtol=1e-12)
    np.testing.assert_allclose(soft_threshold(w, threshold=lam), case["soft_threshold"], rtol=1e-12)


@pytest.mark.parametrize("case", RECORDED["dropouts"], ids=by_strength)
def test_dropout_and_its_gradient_match_torch_under_the_same_mask(case):
    inputs, mask, p = np.array(case["inputs"]), np.array(case["mask"]), case["p"]

    class SameDraws(np.random.Generator):
        """A generator that drops what PyTorch dropped."""

        def random(self, shape):
            assert shape == mask.shape
            return np.where(mask, p, np.nextafter(p, -1))

    outputs, kept = dropout_forward(inputs, SameDraws(np.random.PCG64()), p=p)
    np.testing.assert_array_equal(kept, mask)
    np.testing.assert_allclose(outputs, case["outputs"], rtol=1e-12)
    np.testing.assert_allclose(
        dropout_backward(np.array(case["grad"]), kept, p=p), case["gradient"], rtol=1e-12
    )


@pytest.mark.parametrize("case", PLATEAUS["stops"], ids=by_curve)
def test_early_stopping_stops_in_the_epoch_in_which_torch_loses_its_patience(case):
    curve = PLATEAUS["metrics"][case["curve"]]
    stops, _ = answers(curve, **case["hyper"])
    assert (stops.index(True) if True in stops else None) == case["epoch"]
    _, state = answers(curve[: None if case["epoch"] is None else case["epoch"] + 1], **case["hyper"])
    assert state.best == case["best"]


def test_the_references_say_which_torch_they_came_from_and_hold_both_ends():
    assert set(RECORDED["versions"]) == {"python", "torch", "numpy"}
    assert {case["epoch"] is None for case in PLATEAUS["stops"]} == {True, False}
    kept = np.concatenate([np.ravel(case["mask"]) for case in RECORDED["dropouts"]])
    assert 0 < kept.sum() < len(kept)


@every_penalty
@given(seed=seeds, lam=st.just(0.0) | st.floats(1e-6, 10))
def test_the_gradient_equals_central_differences_of_the_penalty(penalty, gradient, seed, lam):
    w = drawn(seed, (6,))
    # Away from the corner of |w|.
    w[np.abs(w) < 1e-3] = 0.5
    step = 1e-5 * np.eye(6)
    differences = penalty(w + step, lam=lam, axis=-1) - penalty(w - step, lam=lam, axis=-1)
    np.testing.assert_allclose(gradient(w, lam=lam), differences / 2e-5, rtol=1e-7, atol=1e-8 * lam)


@given(seed=seeds, p=st.floats(0, 0.95))
def test_the_gradient_of_dropout_equals_central_differences_under_one_mask(seed, p):
    x, weight = drawn(seed, (5,)), drawn(seed + 1, (5,))

    def loss(inputs):
        return np.sum(weight * dropout_forward(inputs, rng(seed), p=p)[0])

    _, mask = dropout_forward(x, rng(seed), p=p)
    step = 1e-3
    differences = [loss(x + step * axis) - loss(x - step * axis) for axis in np.eye(5)]
    np.testing.assert_allclose(
        dropout_backward(weight, mask, p=p), np.array(differences) / (2 * step), rtol=1e-9, atol=1e-9
    )


@given(seed=seeds, shape=shapes, dtype=dtypes)
def test_shapes_and_dtypes_are_kept_and_nothing_passed_in_is_changed(seed, shape, dtype):
    w, lam = drawn(seed, shape, dtype), np.float64(0.3)
    before = w.copy()
    dropped, mask = dropout_forward(w, rng(seed), p=np.float64(0.3))
    results = [
        l2_gradient(w, lam=lam),
        l1_subgradient(w, lam=lam),
        soft_threshold(w, threshold=lam),
        dropped,
        dropout_backward(w, mask, p=np.float64(0.3)),
    ]
    assert [result.shape for result in results] == [shape] * 5
    assert {result.dtype for result in results} == {np.dtype(dtype)}
    assert mask.shape == shape
    for penalty in PENALTIES:
        assert penalty(w, lam=lam).shape == ()
        assert penalty(w, lam=lam).dtype == dtype
    for result in results:
        if isinstance(result, np.ndarray):
            np.add(result, 1, out=result)
    np.testing.assert_array_equal(w, before)


@every_penalty
@given(seed=seeds)
def test_runs_penalised_together_are_those_penalised_alone(penalty, gradient, seed):
    w, lam = drawn(seed, (3, 7)), np.array([0.0, 0.1, 2.0])
    together = penalty(w, lam=lam, axis=-1)
    np.testing.assert_allclose(together, [penalty(w[run], lam=lam[run]) for run in range(3)], rtol=1e-14)
    slopes = gradient(w, lam=lam[:, None])
    np.testing.assert_array_equal(slopes, [gradient(w[run], lam=lam[run]) for run in range(3)])


@given(seed=seeds)
def test_ridge_does_not_care_how_the_axes_are_turned_and_lasso_does(seed):
    w = np.array([2.0, 0.0, 0.0, 0.0])
    rotation, _ = np.linalg.qr(drawn(seed, (4, 4)))
    np.testing.assert_allclose(l2_penalty(rotation @ w, lam=0.3), l2_penalty(w, lam=0.3), rtol=1e-12)
    # Of all vectors of one length those along an axis have the smallest sum of absolute values.
    assert l1_penalty(rotation @ w, lam=0.3) > l1_penalty(w, lam=0.3)


def test_the_subgradient_of_lasso_is_zero_at_zero():
    np.testing.assert_array_equal(l1_subgradient(np.array([-0.0, 0.0]), lam=5.0), [0, 0])


@given(seed=seeds, t=st.floats(0, 2))
def test_the_soft_threshold_is_the_minimum_of_lasso_plus_distance(seed, t):
    w = drawn(seed, (6,))
    moved = soft_threshold(w, threshold=t)

    def objective(v):
        return 0.5 * (v - w) ** 2 + t * np.abs(v)

    for other in (moved + 1e-3, moved - 1e-3, np.zeros(6), w):
        assert np.all(objective(moved) <= objective(other) + 1e-12)


def test_the_soft_threshold_makes_zeros_that_are_exact_and_subgradient_steps_do_not():
    w_prox = w_step = np.array([0.095])
    for _ in range(20):
        w_prox = soft_threshold(w_prox, threshold=0.01)
        w_step = w_step - l1_subgradient(w_step, lam=0.01)
    assert w_prox == 0.0
    assert not np.signbit(soft_threshold(np.array([-0.001]), threshold=0.01))
    np.testing.assert_allclose(np.abs(w_step), 0.005, rtol=1e-9)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_a_share_p_is_dropped_and_the_mean_is_kept(p):
    outputs, mask = dropout_forward(np.ones(100_000), rng(), p=p)
    # Six standard errors.
    assert abs(1 - mask.mean() - p) < 6 * np.sqrt(p * (1 - p) / 100_000)
    assert abs(outputs.mean() - 1) < 6 * np.sqrt(p / (1 - p) / 100_000)
    np.testing.assert_allclose(outputs[mask], 1 / (1 - p), rtol=1e-14)
    assert not outputs[~mask].any()


@given(seed=seeds)
def test_dropping_nothing_is_the_identity(seed):
    x = drawn(seed, (3, 4))
    outputs, mask = dropout_forward(x, rng(seed), p=0.0)
    np.testing.assert_array_equal(outputs, x)
    assert mask.all()


def test_the_same_seed_drops_the_same_units_and_runs_can_drop_shares_of_their_own():
    x = np.ones((2, 10_000))
    first, second = (dropout_forward(x, rng(1), p=np.array([[0.1], [0.9]])) for _ in range(2))
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_allclose(first[1].mean(axis=-1), [0.9, 0.1], atol=0.02)


def test_a_run_that_has_diverged_is_penalised_and_dropped_without_a_warning():
    w = np.array([np.inf, np.nan, 1e30], np.float32)
    for penalty, gradient in PENALTIES.items():
        assert not np.isfinite(penalty(w, lam=0.1))
        gradient(w, lam=0.1)
    soft_threshold(w, threshold=0.1)
    np.testing.assert_array_equal(dropout_backward(w, np.zeros(3, bool), p=0.5), [0, 0, 0])


def test_it_is_time_to_stop_when_the_bad_epochs_exceed_the_patience():
    stops, state = answers([3.0, 2.0, 2.5, 2.0, 2.1], patience=2)
    assert stops == [False, False, False, False, True]
    assert (state.best, state.bad_epochs) == (2.0, 3)
    assert answers([1.0, 1.0], patience=0)[0] == [False, True]


def test_a_new_best_starts_the_count_afresh():
    stops, state = answers([3.0, 3.5, 3.5, 2.0, 2.5, 2.5], patience=2)
    assert not any(stops)
    assert (state.best, state.bad_epochs) == (2.0, 2)


def test_a_gain_within_min_delta_is_no_gain_but_many_of_them_are_one():
    assert answers([1.0, 0.95, 0.91], patience=1, min_delta=0.1)[0] == [False, False, True]
    assert answers([1.0, 0.95, 0.89], patience=1, min_delta=0.1)[0] == [False, False, False]


def test_nan_is_a_bad_epoch_even_in_the_beginning():
    stops, state = answers([np.nan, np.nan], patience=1)
    assert stops == [False, True]
    assert state.best == np.inf


@given(
    curve=st.lists(st.floats(-1e6, 1e6), min_size=1), patience=st.integers(0, 4), min_delta=st.floats(0, 10)
)
def test_a_rising_metric_is_a_falling_one_upside_down(curve, patience, min_delta):
    falling, low = answers(curve, patience=patience, min_delta=min_delta)
    rising, high = answers([-metric for metric in curve], patience=patience, min_delta=min_delta, mode="max")
    assert falling == rising
    assert (low.best, low.bad_epochs) == (-high.best, high.bad_epochs)


@given(seed=seeds)
def test_runs_watched_together_stop_as_they_would_alone(seed):
    curves = drawn(seed, (20, 3, 2))
    together, state = answers(curves, patience=2)
    for run in np.ndindex(3, 2):
        alone, own = answers(curves[:, *run], patience=2)
        assert [stop[run] for stop in together] == alone
        assert (state.best[run], state.bad_epochs[run]) == tuple(own)


@given(curve=st.lists(st.floats(-10, 10), min_size=2, max_size=10))
def test_early_stopping_asked_twice_says_the_same_and_changes_no_state(curve):
    _, state = answers(curve[:-1], patience=1)
    before = [part.copy() for part in state]
    first, again = early_stopping(curve[-1], state, patience=1), early_stopping(curve[-1], state, patience=1)
    assert first == again
    for part in again[1]:
        part[...] = -1
    np.testing.assert_array_equal(list(state), before)


@pytest.mark.parametrize("rule", [*PENALTIES, *PENALTIES.values()])
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"lam": -0.1}, r"lam must be a finite number >= 0, got -0\.1\."),
        ({"lam": np.nan}, r"lam must be a finite number >= 0, got nan\."),
        ({"lam": np.inf}, r"lam must be a finite number >= 0, got inf\."),
        (
            {"weights": [1, 2]},
            r"weights must be floating point, got int64: whole numbers cannot hold a fraction. Write np\.array\(\[1\.0, 2\.0\]\)",
        ),
    ],
)
def test_a_strength_or_weights_that_cannot_be_are_refused(rule, bad, message):
    with pytest.raises(ValueError, match=message):
        rule(**({"weights": np.ones(2), "lam": 0.1} | bad))


@pytest.mark.parametrize("p", [1.0, -0.1, 1.5, np.nan])
def test_a_probability_outside_zero_to_one_is_refused_on_both_ways(p):
    message = rf"p, the probability of dropping, must be in \[0, 1\), got {p}\."
    with pytest.raises(ValueError, match=message):
        dropout_forward(np.ones(2), rng(), p=p)
    with pytest.raises(ValueError, match=message):
        dropout_backward(np.ones(2), np.ones(2, bool), p=p)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: soft_threshold(np.ones(2), threshold=-1.0), r"threshold must be a finite number >= 0, got -1\.0\."),
        (lambda: soft_threshold([1, 2], threshold=1.0), "weights must be floating point, got int64"),
        (lambda: l2_gradient(np.ones(3), lam=np.ones((2, 1))), r"lam of shape \(2, 1\) does not broadcast to weights of shape \(3,\).*lam\[\.\.\., None\]"),
        (lambda: l1_subgradient(np.ones((2, 3)), lam=np.ones(2)), r"lam of shape \(2,\) does not broadcast to weights of shape \(2, 3\)"),
        (lambda: soft_threshold(np.ones(3), threshold=np.ones(2)), r"threshold of shape \(2,\) does not broadcast to weights"),
        (lambda: dropout_forward(np.ones(3), rng(), p=np.full((2, 1), 0.5)), r"p of shape \(2, 1\) does not broadcast to inputs of shape \(3,\)"),
        (lambda: dropout_backward(np.ones(3), np.ones(3, bool), p=np.full(2, 0.5)), r"p of shape \(2,\) does not broadcast to grad"),
        (lambda: dropout_forward([1, 2], rng()), "inputs must be floating point, got int64"),
        (lambda: dropout_backward([1, 2], [True, False]), "grad must be floating point, got int64"),
        (lambda: dropout_backward(np.ones(2), np.ones(2)), "mask must be True for units that are kept .* got float64"),
        (lambda: dropout_backward(np.ones(2), np.ones((2, 2), bool)), r"mask must have the shape of grad, \(2,\), got \(2, 2\)\."),
        (lambda: early_stopping(1.0, patience=-1), r"patience must be a finite number >= 0, got -1\."),
        (lambda: early_stopping(1.0, min_delta=-1), r"min_delta must be a finite number >= 0, got -1\."),
        (lambda: early_stopping(1.0, mode="least"), r"mode must be 'min' or 'max', got 'least'\."),
        (lambda: early_stopping(1.0, (1.0, 0)), "state must be a StoppingState, or None in the first epoch, got tuple"),
        (lambda: early_stopping(np.ones(2), StoppingState(np.ones(3), np.ones(3, int))),
         r"metric must have the shape it had in the epoch before, \(3,\), got \(2,\)\."),
    ],
)  # fmt: skip
def test_what_a_regularizer_cannot_work_with_is_refused_with_a_reason(call, message):
    with pytest.raises(ValueError, match=message):
        call()
