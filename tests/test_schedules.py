import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from autograder.course import ROOT
from gradlab import schedules
from gradlab.schedules import (
    PlateauState,
    constant,
    cosine_decay,
    exponential_decay,
    reduce_on_plateau,
    step_decay,
)

RECORDED = json.loads((ROOT / "autograder" / "reference" / "schedules.json").read_text(encoding="utf-8"))
EXAMPLES = {
    constant: {},
    step_decay: {"factor": 0.5, "step_size": 3},
    exponential_decay: {"gamma": 0.9},
    cosine_decay: {"total": 20, "warmup": 4, "min_lr": 0.01},
}
every_schedule = pytest.mark.parametrize(
    ("schedule", "hyper"), EXAMPLES.items(), ids=lambda part: getattr(part, "__name__", "")
)
metrics = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)


def watched(curve, lr=1.0, state=None, **hyper):
    """The rate and the state after each epoch of a curve."""
    found = []
    for metric in curve:
        lr, state = reduce_on_plateau(lr, metric, state, **hyper)
        found.append((lr, state))
    return found


def rates(curve, **hyper):
    return [float(lr) for lr, _ in watched(curve, **hyper)]


def named(case):
    return "-".join(map(str, [case.get("schedule") or case["curve"], *case["hyper"].values()]))


@pytest.mark.parametrize("case", RECORDED["by_epoch"], ids=named)
def test_every_epoch_has_the_rate_of_torch(case):
    rate = getattr(schedules, case["schedule"])(np.arange(len(case["rates"])), **case["hyper"])
    # The end of the cosine is 0, or a rounding error of the start.
    np.testing.assert_allclose(rate, case["rates"], rtol=1e-12, atol=1e-15 * case["hyper"]["lr"])


@pytest.mark.parametrize("case", RECORDED["plateaus"], ids=named)
def test_reduce_on_plateau_does_what_torch_does_in_every_epoch(case):
    found = watched(RECORDED["metrics"][case["curve"]], lr=case["lr"], **case["hyper"])
    np.testing.assert_allclose([lr for lr, _ in found], case["rates"], rtol=1e-12)
    for name in PlateauState._fields:
        np.testing.assert_array_equal([getattr(state, name) for _, state in found], case[name])


def test_the_reference_says_which_torch_it_came_from_and_covers_every_schedule():
    assert set(RECORDED["versions"]) == {"python", "torch", "numpy"}
    assert {case["schedule"] for case in RECORDED["by_epoch"]} == {rule.__name__ for rule in EXAMPLES}
    # Both that reduce and that do not, or the comparison would prove little.
    assert {len(set(case["rates"])) > 1 for case in RECORDED["plateaus"]} == {True, False}
    assert any(max(case["cooldown_left"]) > 0 for case in RECORDED["plateaus"])


@every_schedule
@given(epochs=st.lists(st.integers(0, 1000), min_size=1), seed=st.integers(0, 2**32))
def test_a_schedule_may_be_plotted_in_any_order_and_as_often_as_one_likes(schedule, hyper, epochs, seed):
    epoch = np.array(epochs)
    before = epoch.copy()
    rate = schedule(epoch, lr=0.3, **hyper)
    order = np.random.default_rng(seed).permutation(len(epochs))
    np.testing.assert_array_equal(schedule(epoch[order], lr=0.3, **hyper), rate[order])
    np.testing.assert_allclose([schedule(at, lr=0.3, **hyper) for at in epochs], rate, rtol=1e-14, atol=1e-16)
    rate += 1
    np.testing.assert_array_equal(epoch, before)


@every_schedule
@given(
    shape=array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
    dtype=st.sampled_from([int, np.float32, float]),
)
def test_rates_have_the_shape_of_the_epochs_and_double_precision(schedule, hyper, shape, dtype):
    rate = schedule(np.ones(shape, dtype), lr=0.3, **hyper)
    assert rate.shape == shape
    assert rate.dtype == np.float64


@every_schedule
@given(epoch=st.floats(0, 1000), lr=st.floats(0.01, 1))
def test_rates_stay_between_zero_and_the_first_and_scale_with_it(schedule, hyper, epoch, lr):
    rate = schedule(epoch, lr=lr, **hyper)
    assert 0 <= rate <= lr * (1 + 1e-15)
    if schedule is not cosine_decay:
        np.testing.assert_allclose(schedule(epoch, lr=2 * lr, **hyper), 2 * rate, rtol=1e-14)


@every_schedule
def test_rates_of_many_runs_are_those_of_each_run(schedule, hyper):
    lr, epochs = np.array([0.1, 0.3, 1.0]), np.arange(30)
    together = schedule(epochs, lr=lr[:, None], **hyper)
    np.testing.assert_array_equal(together, [schedule(epochs, lr=one, **hyper) for one in lr])


def test_a_staircase_drops_at_the_multiples_of_its_step_and_not_in_between():
    rate = step_decay([0, 4, 5, 9.99, 10], lr=1.0, factor=0.1, step_size=5)
    np.testing.assert_allclose(rate, [1, 1, 0.1, 0.1, 0.01], rtol=1e-14)


def test_the_staircase_touches_the_exponential_where_it_drops():
    drops = np.arange(0, 50, 5)
    np.testing.assert_allclose(
        step_decay(drops, lr=1.0, factor=0.5, step_size=5),
        exponential_decay(drops, lr=1.0, gamma=0.5 ** (1 / 5)),
        rtol=1e-13,
    )


def test_the_cosine_is_half_way_down_half_way_through_and_stays_at_its_end():
    rate = cosine_decay([0, 5, 10, 11, 1000], lr=1.0, total=10, min_lr=0.2)
    np.testing.assert_allclose(rate, [1, 0.6, 0.2, 0.2, 0.2], rtol=1e-14)


def test_warm_up_learns_from_the_first_epoch_on_and_arrives_without_a_jump():
    rate = cosine_decay(np.arange(5), lr=1.0, total=100, warmup=4)
    np.testing.assert_allclose(rate, [0.2, 0.4, 0.6, 0.8, 1.0], rtol=1e-14)
    just_before = cosine_decay(4 - 1e-9, lr=1.0, total=100, warmup=4)
    np.testing.assert_allclose(just_before, 1.0, rtol=1e-8)


def test_the_rate_falls_when_the_bad_epochs_exceed_the_patience_not_when_they_reach_it():
    assert rates([1, 1, 1, 1, 1, 1], factor=0.5, patience=2) == [1, 1, 1, 0.5, 0.5, 0.5]
    assert rates([1, 1, 1], factor=0.5, patience=0) == [1, 0.5, 0.25]


def test_a_saw_tooth_is_compared_with_its_best_and_not_with_the_epoch_before():
    assert rates([1, 3, 2, 3, 2], factor=0.5, patience=3)[-1] == 0.5


def test_a_rest_after_a_reduction_counts_no_epoch_as_bad():
    assert rates([1] * 7, factor=0.5, patience=0, cooldown=2) == [1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]


def test_the_best_is_kept_up_to_date_during_a_rest():
    found = watched([5.0, 5.0, 1.0, 4.0, 4.0], factor=0.5, patience=0, cooldown=1)
    assert found[2][1].best == 1.0
    assert [float(lr) for lr, _ in found] == [1, 0.5, 0.5, 0.25, 0.25]


def test_no_rate_falls_below_the_lowest_and_none_is_raised_to_it():
    assert rates([1] * 4, factor=0.1, patience=0, min_lr=0.05) == [1, 0.1, 0.05, 0.05]
    assert rates([1] * 3, lr=0.01, factor=0.1, patience=0, min_lr=0.05) == [0.01] * 3


def test_a_gain_within_the_threshold_is_no_gain():
    creeping = [1.0, 0.995, 0.992]
    assert rates(creeping, factor=0.5, patience=1, threshold=0.01)[-1] == 0.5
    assert rates(creeping, factor=0.5, patience=1, threshold=0.001)[-1] == 1.0
    assert rates([0.1, 0.095, 0.092], factor=0.5, patience=1, threshold=0.01, threshold_mode="abs")[-1] == 0.5


def test_nan_is_a_bad_epoch():
    assert rates([np.nan, np.nan, 1.0, np.nan], factor=0.5, patience=0) == [0.5, 0.25, 0.25, 0.125]


@given(curve=metrics, patience=st.integers(0, 4), threshold=st.floats(0, 10), cooldown=st.integers(0, 3))
def test_a_rising_metric_is_a_falling_one_upside_down(curve, patience, threshold, cooldown):
    hyper = {
        "factor": 0.5,
        "patience": patience,
        "threshold": threshold,
        "cooldown": cooldown,
        "threshold_mode": "abs",
    }
    assert rates(curve, mode="min", **hyper) == rates([-metric for metric in curve], mode="max", **hyper)


@given(curve=metrics)
def test_reduce_on_plateau_changes_nothing_that_was_passed_in(curve):
    state = None
    for metric in curve:
        lr, now = np.array(1.0), np.array(metric)
        before = None if state is None else [np.copy(part) for part in state]
        first = reduce_on_plateau(lr, now, state, patience=1, cooldown=1)
        again = reduce_on_plateau(lr, now, state, patience=1, cooldown=1)
        np.testing.assert_array_equal(first[0], again[0])
        np.testing.assert_array_equal(first[1], again[1])
        again[0][...] = -1
        for part in again[1]:
            part[...] = -1
        assert (lr, now) == (1.0, metric)
        if state is not None:
            np.testing.assert_array_equal(list(state), before)
        state = first[1]


@given(seed=st.integers(0, 2**32), own_patience=st.booleans())
def test_runs_watched_together_are_those_watched_alone(seed, own_patience):
    curves = np.random.default_rng(seed).standard_normal((25, 3, 2))
    patience = np.array([[0, 1], [2, 3], [4, 5]]) if own_patience else np.full((3, 2), 1)
    together = watched(curves, lr=np.ones((3, 2)), factor=0.5, patience=patience, cooldown=1)
    for run in np.ndindex(3, 2):
        alone = watched(curves[:, *run], factor=0.5, patience=patience[run], cooldown=1)
        assert [lr[run] for lr, _ in together] == [lr for lr, _ in alone]
        for name in PlateauState._fields:
            assert [getattr(state, name)[run] for _, state in together] == [
                getattr(state, name) for _, state in alone
            ]


@every_schedule
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"epoch": -1}, r"epoch must be a finite number >= 0, got -1"),
        ({"epoch": [0, np.nan]}, "epoch must be a finite number >= 0"),
        ({"lr": -0.1}, r"lr must be a finite number >= 0, got -0.1\."),
        ({"lr": np.nan}, r"lr must be a finite number >= 0, got nan\."),
        ({"lr": np.inf}, r"lr must be a finite number >= 0, got inf\."),
    ],
)
def test_an_epoch_or_a_rate_that_cannot_be_is_refused(schedule, hyper, bad, message):
    with pytest.raises(ValueError, match=message):
        schedule(**({"epoch": 3, "lr": 0.1} | hyper | bad))


@pytest.mark.parametrize(
    ("schedule", "bad", "message"),
    [
        (step_decay, {"factor": 0.0}, r"factor must be in \(0, 1\], got 0\.0\."),
        (step_decay, {"factor": 1.1}, r"factor must be in \(0, 1\], got 1\.1\."),
        (step_decay, {"factor": np.nan}, r"factor must be in \(0, 1\], got nan\."),
        (step_decay, {"step_size": 0}, r"step_size must be >= 1, got 0\."),
        (exponential_decay, {"gamma": 2.0}, r"gamma must be in \(0, 1\], got 2\.0\."),
        (exponential_decay, {"gamma": -0.5}, r"gamma must be in \(0, 1\], got -0\.5\."),
        (cosine_decay, {"total": 10, "warmup": -1}, r"warmup must be a finite number >= 0, got -1\."),
        (cosine_decay, {"total": 10, "warmup": 10}, r"total must be greater than warmup, 10, got 10\."),
        (cosine_decay, {"total": 0}, r"total must be greater than warmup, 0, got 0\."),
        (cosine_decay, {"total": np.inf}, r"total must be a finite number >= 0, got inf\."),
        (cosine_decay, {"total": 10, "min_lr": 0.2}, r"min_lr must be at most lr, 0\.1, got 0\.2\."),
        (cosine_decay, {"total": 10, "min_lr": -0.2}, r"min_lr must be a finite number >= 0, got -0\.2\."),
    ],
)
def test_numbers_that_make_no_schedule_are_refused(schedule, bad, message):
    with pytest.raises(ValueError, match=message):
        schedule(3, lr=0.1, **bad)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"lr": -0.1}, r"lr must be a finite number >= 0, got -0\.1\."),
        ({"lr": np.ones(2)}, r"lr must be one number or have the shape of metric, \(\), got \(2,\)\."),
        ({"mode": "least"}, r"mode must be 'min' or 'max', got 'least'\."),
        ({"threshold_mode": "relative"}, r"threshold_mode must be 'rel' or 'abs', got 'relative'\."),
        ({"factor": 1.0}, r"factor must be in \(0, 1\), got 1\.0\."),
        ({"factor": 0.0}, r"factor must be in \(0, 1\), got 0\.0\."),
        ({"patience": -1}, r"patience must be a finite number >= 0, got -1\."),
        ({"threshold": -0.1}, r"threshold must be a finite number >= 0, got -0\.1\."),
        ({"threshold": 1.0}, r"threshold must be below 1 when it is relative, got 1\.0\."),
        ({"cooldown": -1}, r"cooldown must be a finite number >= 0, got -1\."),
        ({"min_lr": np.nan}, r"min_lr must be a finite number >= 0, got nan\."),
        ({"state": (1.0, 0, 0)}, "state must be a PlateauState, or None in the first epoch, got tuple"),
        ({"metric": np.ones(2), "state": PlateauState(np.ones(3), np.zeros(3, int), np.zeros(3, int))},
         r"metric must have the shape it had in the epoch before, \(3,\), got \(2,\)\."),
    ],
)  # fmt: skip
def test_what_reduce_on_plateau_cannot_work_with_is_refused_with_a_reason(bad, message):
    with pytest.raises(ValueError, match=message):
        reduce_on_plateau(**({"lr": 0.1, "metric": 1.0} | bad))
