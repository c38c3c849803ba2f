"""Laws of schedules, starts, regularizers and normalisation, for whatever numbers they are given."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from update_rules import rolling

from gradlab import schedules
from gradlab.initializers import (
    constant,
    he_normal,
    he_uniform,
    normal,
    xavier_normal,
    xavier_uniform,
    zeros,
)
from gradlab.normalization import batchnorm_backward, batchnorm_forward, batchnorm_inference
from gradlab.regularizers import (
    dropout_backward,
    dropout_forward,
    early_stopping,
    l1_penalty,
    l1_subgradient,
    l2_gradient,
    l2_penalty,
    soft_threshold,
)
from gradlab.schedules import cosine_decay, exponential_decay, reduce_on_plateau, step_decay

seeds = st.integers(0, 2**32)
factors = st.floats(0.01, 10) | st.floats(-10, -0.01)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize(
    "schedule",
    [
        lambda epoch, **hyper: schedules.constant(epoch, lr=hyper["lr"]),
        lambda epoch, **hyper: step_decay(
            epoch, lr=hyper["lr"], factor=hyper["share"], step_size=hyper["warmup"] + 1
        ),
        lambda epoch, **hyper: exponential_decay(epoch, lr=hyper["lr"], gamma=hyper["share"]),
        lambda epoch, **hyper: cosine_decay(
            epoch + hyper["warmup"], lr=hyper["lr"], total=60, warmup=hyper["warmup"]
        ),
    ],
    ids=["constant", "step", "exponential", "cosine after its warm-up"],
)
@given(lr=st.floats(1e-6, 10), share=st.floats(0.1, 1), warmup=st.integers(0, 20))
def test_a_rate_never_rises_from_epoch_to_epoch(schedule, lr, share, warmup):
    rates = schedule(np.arange(80), lr=lr, share=share, warmup=warmup)
    assert np.all(np.diff(rates) <= 1e-15 * lr)


@given(lr=st.floats(1e-6, 10), warmup=st.integers(1, 20), low=st.floats(0, 1))
def test_a_warm_up_rises_to_the_full_rate_and_the_end_is_the_lowest_rate(lr, warmup, low):
    rates = cosine_decay(np.arange(100), lr=lr, total=60, warmup=warmup, min_lr=low * lr)
    assert np.all(np.diff(rates[: warmup + 1]) > 0)
    np.testing.assert_allclose([rates[warmup], rates[60], rates.max()], [lr, low * lr, lr], rtol=1e-12)


@given(
    curve=st.lists(st.floats(-1e6, 1e6) | st.just(np.nan), max_size=30),
    low=st.floats(0, 2),
    hyper=st.fixed_dictionaries(
        {
            "mode": st.sampled_from(["min", "max"]),
            "threshold_mode": st.sampled_from(["rel", "abs"]),
            "factor": st.floats(0.01, 0.99),
            "patience": st.integers(0, 3),
            "cooldown": st.integers(0, 3),
        }
    ),
)
def test_reduce_on_plateau_never_raises_the_rate_nor_lowers_it_below_the_lowest(curve, low, hyper):
    rate, state = np.array(1.0), None
    for metric in curve:
        after, state = reduce_on_plateau(rate, metric, state, min_lr=low, **hyper)
        assert min(1.0, low) <= after <= rate
        rate = after


@pytest.mark.parametrize("draw", [xavier_uniform, xavier_normal])
@given(seed=seeds, fans=st.tuples(st.integers(1, 6), st.integers(1, 6)))
def test_xavier_does_not_care_which_side_is_in_and_which_is_out(draw, seed, fans):
    np.testing.assert_array_equal(draw(rng(seed), fans).ravel(), draw(rng(seed), fans[::-1]).ravel())


@given(seed=seeds, fan_in=st.integers(1, 6), fan_out=st.integers(1, 6))
def test_he_starts_with_root_two_of_what_a_linear_layer_needs_and_xavier_is_between_the_sides(
    seed, fan_in, fan_out
):
    fans = (fan_in, fan_out)
    np.testing.assert_allclose(he_normal(rng(seed), fans), np.sqrt(2) * normal(rng(seed), fans), rtol=1e-14)
    for he, xavier in ((he_normal, xavier_normal), (he_uniform, xavier_uniform)):
        narrower = np.sqrt(fan_in / (fan_in + fan_out)) * he(rng(seed), fans)
        np.testing.assert_allclose(xavier(rng(seed), fans), narrower, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("draw", [normal, xavier_normal, xavier_uniform, he_normal, he_uniform])
@given(seed=seeds)
def test_runs_drawn_together_are_those_drawn_one_after_the_other(draw, seed):
    one_by_one = rng(seed)
    np.testing.assert_array_equal(
        draw(rng(seed), (3, 4, 2)), [draw(one_by_one, (4, 2)) for _ in range(3)], strict=True
    )


@given(seed=seeds, factor=factors)
def test_ridge_grows_with_the_square_of_the_weights_and_lasso_with_their_size(seed, factor):
    w, _, _ = rolling(seed, (6,))
    np.testing.assert_allclose(
        l2_penalty(factor * w, lam=0.3), factor**2 * l2_penalty(w, lam=0.3), rtol=1e-12
    )
    np.testing.assert_allclose(
        l1_penalty(factor * w, lam=0.3), abs(factor) * l1_penalty(w, lam=0.3), rtol=1e-12
    )
    np.testing.assert_allclose(l2_gradient(factor * w, lam=0.3), factor * l2_gradient(w, lam=0.3), rtol=1e-12)
    np.testing.assert_array_equal(
        l1_subgradient(factor * w, lam=0.3), np.sign(factor) * l1_subgradient(w, lam=0.3)
    )


@given(seed=seeds, a=st.floats(0, 2), b=st.floats(0, 2))
def test_two_soft_thresholds_are_one_and_none_moves_two_weights_apart(seed, a, b):
    w, other, _ = rolling(seed, (6,))
    twice = soft_threshold(soft_threshold(w, threshold=a), threshold=b)
    np.testing.assert_allclose(twice, soft_threshold(w, threshold=a + b), rtol=0, atol=1e-14)
    np.testing.assert_array_equal(soft_threshold(-w, threshold=a), -soft_threshold(w, threshold=a))
    apart = np.abs(soft_threshold(w, threshold=a) - soft_threshold(other, threshold=a))
    assert np.all(apart <= np.abs(w - other) + 1e-15)


@given(seed=seeds, p=st.floats(0, 0.9), factor=factors)
def test_dropout_is_linear_under_one_mask_and_its_way_back_is_its_transpose(seed, p, factor):
    x, grad, other = rolling(seed, (3, 4))

    def dropped(inputs):
        return dropout_forward(inputs, rng(seed), p=p)[0]

    np.testing.assert_allclose(
        dropped(factor * x + other), factor * dropped(x) + dropped(other), rtol=1e-11, atol=1e-12
    )
    _, mask = dropout_forward(x, rng(seed), p=p)
    np.testing.assert_allclose(
        np.sum(grad * dropped(x)), np.sum(dropout_backward(grad, mask, p=p) * x), rtol=1e-11, atol=1e-12
    )


@given(curve=st.lists(st.floats(-10, 10), min_size=1), shift=st.integers(-100, 100))
def test_early_stopping_does_not_care_where_zero_is(curve, shift):
    # In quarters, so that nothing is rounded.
    quarters = np.rint(4 * np.array(curve)) / 4
    state = moved = None
    for metric in quarters:
        stop, state = early_stopping(metric, state, patience=2, min_delta=0.25)
        also, moved = early_stopping(metric + shift, moved, patience=2, min_delta=0.25)
        assert stop == also
        assert state.bad_epochs == moved.bad_epochs


@given(seed=seeds)
def test_a_batch_in_another_order_is_normalised_to_another_order(seed):
    x, grad, _ = rolling(seed, (7, 3))
    gamma, beta = rng(seed).standard_normal((2, 3))
    order, columns = rng(seed).permutation(7), rng(seed).permutation(3)
    place = np.ix_(order, columns)
    y, state, cache = batchnorm_forward(x, gamma, beta)
    other, its_state, its_cache = batchnorm_forward(x[place], gamma[columns], beta[columns])
    np.testing.assert_allclose(other, y[place], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(its_state, np.stack(state)[:, columns], rtol=1e-12, atol=1e-14)
    tested = batchnorm_inference(x, gamma, beta, state)
    np.testing.assert_allclose(
        batchnorm_inference(x[place], gamma[columns], beta[columns], its_state),
        tested[place],
        rtol=1e-10,
        atol=1e-12,
    )
    dx, dgamma, dbeta = batchnorm_backward(grad, cache)
    its_dx, its_dgamma, its_dbeta = batchnorm_backward(grad[place], its_cache)
    np.testing.assert_allclose(its_dx, dx[place], rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(its_dgamma, dgamma[columns], rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(its_dbeta, dbeta[columns], rtol=1e-9, atol=1e-11)


@given(seed=seeds, exponent=st.integers(-150, 100))
def test_regularizers_and_normalisation_keep_finite_numbers_finite(seed, exponent):
    x, gamma, beta = 10.0**exponent * rng(seed).standard_normal((3, 4, 3))
    x[:, 0] = x[0, 0]
    gamma, beta = gamma[0], beta[0]
    y, state, cache = batchnorm_forward(x, gamma, beta)
    dropped, mask = dropout_forward(x, rng(seed), p=0.7)
    for found in (
        y,
        *state,
        batchnorm_inference(x, gamma, beta, state),
        *batchnorm_backward(np.ones_like(x), cache),
        dropped,
        dropout_backward(x, mask, p=0.7),
        l2_penalty(x, lam=0.1),
        l2_gradient(x, lam=0.1),
        l1_penalty(x, lam=0.1),
        l1_subgradient(x, lam=0.1),
        soft_threshold(x, threshold=0.1),
    ):
        assert np.isfinite(found).all()


@given(lr=st.floats(0, 1e300), epoch=st.integers(0, 10**9))
def test_rates_are_finite_after_any_number_of_epochs(lr, epoch):
    for rate in (
        schedules.constant(epoch, lr=lr),
        step_decay(epoch, lr=lr),
        exponential_decay(epoch, lr=lr),
        cosine_decay(epoch, lr=lr, total=100, warmup=5),
    ):
        assert 0 <= rate <= lr * (1 + 1e-15)


@pytest.mark.parametrize("draw", [zeros, normal, xavier_normal, xavier_uniform, he_normal, he_uniform])
@given(seed=seeds, dtype=st.sampled_from([np.float32, np.float64]))
def test_starts_are_finite_and_of_their_own_memory(draw, seed, dtype):
    first, second = draw(rng(seed), (3, 4), dtype=dtype), draw(rng(seed), (3, 4), dtype=dtype)
    assert np.isfinite(first).all()
    first += 1
    np.testing.assert_array_equal(second, draw(rng(seed), (3, 4), dtype=dtype))
    assert constant(rng(seed), (3, 4), value=0.5, dtype=dtype).flags.writeable
