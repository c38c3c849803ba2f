import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gradlab.data import split_digits, standardize

inputs = arrays(np.float64, st.tuples(st.integers(2, 8), st.just(3)), elements=st.floats(-1e6, 1e6))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_training_part_has_mean_0_and_standard_deviation_1():
    (train,) = standardize(rng().normal(5.0, [0.01, 1.0, 1e4], (100, 3)))
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-10)
    np.testing.assert_allclose(train.std(axis=0), 1)


def test_the_others_are_measured_with_the_training_parts_mean_and_spread():
    generator = rng()
    train, validation, test = (generator.normal(shift, 3.0, (50, 2)) for shift in (0.0, 1.0, 9.0))
    for other, standardized in zip((validation, test), standardize(train, validation, test)[1:], strict=True):
        for feature in range(2):
            known = train[:, feature].tolist()
            by_hand = (other[:, feature] - statistics.fmean(known)) / statistics.pstdev(known)
            np.testing.assert_allclose(standardized[:, feature], by_hand)
        # The shift of the test data stays visible.
    assert standardize(train, test)[1].mean() > 2


def test_the_test_digits_do_not_touch_how_the_training_digits_are_standardized():
    train, validation, test = (part.images for part in split_digits(rng()))
    alone, together = standardize(train)[0], standardize(train, validation, 100 + test)[0]
    np.testing.assert_array_equal(alone, together)


@given(inputs, inputs)
def test_features_stay_finite_and_in_order_and_nothing_passed_in_is_changed(train, test):
    before = train.copy(), test.copy()
    results = standardize(train, test)
    for original, old, new in zip((train, test), before, results, strict=True):
        np.testing.assert_array_equal(original, old)
        assert np.all(np.isfinite(new))
        for column, standardized in zip(original.T, new.T, strict=True):
            assert np.all(np.diff(standardized[np.argsort(column)]) >= 0)


@given(st.floats(-1e6, 1e6), st.integers(1, 50), st.sampled_from([np.float32, np.float64]))
def test_a_feature_that_never_changes_becomes_exactly_0_and_keeps_its_unit(value, n, dtype):
    same, other = np.full((n, 2), value, dtype), np.full((1, 2), value + 1, dtype)
    train, test = standardize(same, other)
    np.testing.assert_array_equal(train, 0)
    np.testing.assert_array_equal(test, other - same[:1])


def test_a_change_that_is_lost_in_rounding_does_not_divide_by_0():
    train, test = standardize(np.array([[0.0], [1e-200]]), np.array([[1.0]]))
    np.testing.assert_allclose([*train.ravel(), *test.ravel()], [0, 0, 1], atol=1e-190)


def test_a_corner_pixel_that_is_blank_in_training_keeps_its_ink_in_the_test_data():
    train, test = standardize(np.array([[0.0], [0.0]]), np.array([[0.25]]))
    np.testing.assert_array_equal(train, 0)
    np.testing.assert_array_equal(test, 0.25)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept_and_large_offsets_of_float32_are_measured_in_float64(dtype):
    train, test = standardize(
        rng().normal(1000.0, 1.0, (200_000, 1)).astype(dtype), np.zeros((1, 1), np.float64)
    )
    assert (train.dtype, test.dtype) == (dtype, np.float64)
    assert abs(train.mean(dtype=np.float64)) < 1e-6
    assert abs(train.std(dtype=np.float64) - 1) < 1e-6


def test_leading_axes_are_runs_that_are_standardized_on_their_own():
    generator = rng()
    train, test = generator.normal(3.0, 2.0, (4, 20, 3)), generator.normal(3.0, 2.0, (4, 0, 3))
    together, empty = standardize(train, test)
    assert empty.shape == (4, 0, 3)
    for run, alone in zip(together, train, strict=True):
        np.testing.assert_allclose(run, standardize(alone)[0])


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([np.ones(3)], r"train must have shape \(\.\.\., n, features\), got shape \(3,\)"),
        ([np.ones((0, 3))], r"train must hold at least one example, got shape \(0, 3\)"),
        ([np.ones((2, 3), int)], "train must be floating point, got int64"),
        ([np.full((2, 3), np.nan)], "train must be finite"),
        (
            [np.ones((2, 3)), np.ones((2, 4))],
            r"others\[0\] must have the 3 features of train, got shape \(2, 4\)",
        ),
        ([np.ones((2, 3)), np.ones((2, 3)), np.ones(3)], r"others\[1\] must have shape"),
        ([np.ones((2, 3)), np.full((2, 3), np.inf)], r"others\[0\] must be finite"),
    ],
)
def test_inputs_that_cannot_be_standardized_are_refused(parts, message):
    with pytest.raises(ValueError, match=message):
        standardize(*parts)
