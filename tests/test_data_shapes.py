import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlab.data import blobs, moons, spirals

SHAPES = {
    "two spirals": (spirals, 2),
    "three spirals": (lambda rng, n, **noise: spirals(rng, n, classes=3, **noise), 3),
    "moons": (moons, 2),
    "blobs": (blobs, 2),
    "four blobs": (lambda rng, n: blobs(rng, n, centers=[[0, 0], [0, 9], [9, 0], [9, 9]]), 4),
}
every_shape = pytest.mark.parametrize(("shape", "classes"), SHAPES.values(), ids=SHAPES)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@every_shape
@given(n=st.integers(4, 100), seed=st.integers(0, 2**32))
def test_points_are_finite_and_as_many_of_each_class_to_within_one(shape, classes, n, seed):
    X, y = shape(rng(seed), n)
    assert (X.shape, X.dtype) == ((n, 2), np.float64)
    assert (y.shape, y.dtype) == ((n,), np.int64)
    assert np.all(np.isfinite(X))
    counts = np.bincount(y, minlength=classes)
    assert len(counts) == classes
    assert np.ptp(counts) <= 1


@every_shape
def test_a_seed_makes_the_same_points_again_and_another_seed_others(shape, classes):
    first, again, other = shape(rng(1), 50), shape(rng(1), 50), shape(rng(2), 50)
    for one, same in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, same)
    assert not np.any(np.all(first.X == other.X, axis=1))


@every_shape
def test_the_classes_come_in_random_order(shape, classes):
    y = shape(rng(), 2000).y
    # One after another in turn would make it 0, and sorted nearly 1.
    assert np.mean(y[1:] == y[:-1]) == pytest.approx(1 / classes, abs=0.07)


@every_shape
def test_there_must_be_a_point_for_every_class(shape, classes):
    with pytest.raises(ValueError, match=rf"n must be a whole number >= {classes}, got {classes - 1}\."):
        shape(rng(), classes - 1)
    with pytest.raises(ValueError, match=r"n must be a whole number >= ., got 10\.5\."):
        shape(rng(), 10.5)


@given(
    classes=st.integers(2, 5),
    turns=st.floats(-3, 3),
    seed=st.integers(0, 2**32),
)
def test_the_angle_on_an_arm_grows_with_the_distance(classes, turns, seed):
    X, y = spirals(rng(seed), 50, classes=classes, turns=turns, noise=0.0)
    point, r = X @ [1, 1j], np.hypot(*X.T)
    np.testing.assert_allclose(point, r * np.exp(2j * np.pi * (turns * r + y / classes)), atol=1e-12)
    assert np.all((r >= 0.1) & (r <= 1))


def test_the_points_of_a_spiral_are_spread_evenly_over_the_area():
    squared = np.sort(np.sum(spirals(rng(), 20_000, noise=0.0).X ** 2, axis=1))
    # Kolmogorov's statistic against the uniform distribution; 2 / sqrt(n) is passed once in 1500 seeds.
    distance = np.abs(np.linspace(0, 1, 20_000) - (squared - 0.01) / 0.99).max()
    assert distance < 2 / np.sqrt(20_000)


def test_neighbouring_arms_keep_the_distance_that_is_promised():
    X, y = spirals(rng(), 4000, classes=3, turns=1.0, noise=0.0)
    # Directions in which all three arms lie between the radii 0.1 and 1.
    for direction in (1 / 8, 1 / 4, 1 / 2, 7 / 8):
        towards = np.abs((X @ [1, 1j]) / np.hypot(*X.T) - np.exp(2j * np.pi * direction)) < 0.02
        arms = [np.hypot(*X[towards & (y == k)].T).mean() for k in range(3)]
        gaps = np.diff(np.sort(arms))
        np.testing.assert_allclose(gaps, 1 / 3, atol=0.03)


@given(st.integers(0, 2**32))
def test_moons_without_noise_are_half_circles(seed):
    X, y = moons(rng(seed), 60, noise=0.0)
    upper, lower = X[y == 0], X[y == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1)
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1)
    assert upper[:, 1].min() >= 0
    assert lower[:, 1].max() <= 0.5


def test_moons_reach_from_end_to_end():
    X, y = moons(rng(), 10_000, noise=0.0)
    # A half circle of radius 1 has its centroid 2 / pi from the middle.
    np.testing.assert_allclose(X[y == 0].mean(axis=0), [0, 2 / np.pi], atol=0.05)
    np.testing.assert_allclose(X[y == 1].mean(axis=0), [1, 0.5 - 2 / np.pi], atol=0.05)
    np.testing.assert_allclose([X[:, 0].min(), X[:, 0].max()], [-1, 2], atol=0.001)


@pytest.mark.parametrize("shape", [spirals, moons])
def test_noise_is_the_standard_deviation_of_each_coordinate(shape):
    pushed = shape(rng(), 20_000, noise=0.3).X - shape(rng(), 20_000, noise=0.0).X
    np.testing.assert_allclose(pushed.std(axis=0), 0.3, rtol=0.03)
    np.testing.assert_allclose(pushed.mean(axis=0), 0, atol=0.01)


def test_blobs_have_the_means_and_spreads_asked_for():
    centers, spread = np.array([[0.0, 0.0], [5.0, -5.0], [1.0, 20.0]]), np.array([0.0, 0.5, 3.0])
    X, y = blobs(rng(), 30_000, centers=centers, spread=spread)
    for k in range(3):
        # Six standard errors, and a little where there is no error at all.
        np.testing.assert_allclose(X[y == k].mean(axis=0), centers[k], atol=6 * spread[k] / 100 + 1e-12)
        np.testing.assert_allclose(X[y == k].std(axis=0), spread[k], rtol=0.05)
        assert abs(np.prod(X[y == k] - centers[k], axis=1).mean()) <= 6 * spread[k] ** 2 / 100


@pytest.mark.parametrize(
    ("shape", "worst", "best"),
    [(blobs, 0.96, 0.99), (spirals, 0.5, 0.7), (moons, 0.8, 0.92)],
    ids=["blobs", "spirals", "moons"],
)
def test_blobs_need_a_straight_line_and_the_others_a_curve(shape, worst, best):
    X, y = shape(rng(), 1000)
    inputs = np.column_stack([X, np.ones(1000)])
    line = inputs @ np.linalg.lstsq(inputs, 2.0 * y - 1, rcond=None)[0]
    # Two clouds with two standard deviations to the line between them: the normal distribution says 0.977.
    assert worst < np.mean((line > 0) == y) < best
    distances = np.sum((X[:, None] - X) ** 2, axis=-1)
    np.fill_diagonal(distances, np.inf)
    assert np.mean(y[distances.argmin(axis=1)] == y) > 0.95


@pytest.mark.parametrize("shape", [spirals, moons])
@pytest.mark.parametrize("noise", [-0.1, np.nan, np.inf])
def test_noise_that_is_no_standard_deviation_is_refused(shape, noise):
    with pytest.raises(ValueError, match=f"noise must be a finite number >= 0, got {noise}"):
        shape(rng(), 10, noise=noise)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": 1}, r"classes must be a whole number >= 2, got 1\."),
        ({"classes": 2.5}, r"classes must be a whole number >= 2, got 2\.5\."),
        ({"turns": np.inf}, "turns must be finite"),
    ],
)
def test_spirals_that_do_not_exist_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        spirals(rng(), 10, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"centers": [1.0, 2.0]}, r"centers must have shape \(classes, 2\).*got \(2,\)"),
        ({"centers": [[1.0, 2.0, 3.0]]}, r"centers must have shape \(classes, 2\).*got \(1, 3\)"),
        ({"centers": np.empty((0, 2))}, r"centers must have shape \(classes, 2\).*got \(0, 2\)"),
        ({"centers": [[0.0, np.nan]]}, "centers must be finite"),
        ({"spread": [1.0, 1.0, 1.0]}, r"spread must be one number, or one for each of the 2 centers.*\(3,\)"),
        ({"spread": -1.0}, r"spread must be a finite number >= 0, got -1\.0"),
    ],
)
def test_blobs_that_do_not_exist_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        blobs(rng(), 10, **options)
