import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gradlab.data import biased_split, digits, drift, resample

seeds = st.integers(0, 2**32)
chance_lists = st.lists(st.floats(0.05, 0.95), min_size=2, max_size=40)
mixes = st.lists(st.integers(0, 5), min_size=4, max_size=4).filter(any).map(
    lambda parts: [part / sum(parts) for part in parts]
)  # fmt: skip


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def split(chances, seed):
    try:
        return biased_split(chances, rng(seed))
    except ValueError as error:
        # By chance all landed in one part: another example, please.
        assume("landed" not in str(error))
        raise


@given(chance_lists, seeds)
def test_a_biased_split_puts_every_example_into_exactly_one_part(chances, seed):
    train, test, weights = split(chances, seed)
    assert sorted(np.concatenate([train, test])) == list(range(len(chances)))
    assert train.dtype == test.dtype == np.int64
    assert weights.shape == train.shape


@given(chance_lists, seeds)
def test_the_weights_are_the_odds_for_the_test_part_by_the_rule_of_bayes(chances, seed):
    train, _, weights = split(chances, seed)
    mean = sum(chances) / len(chances)
    for example, weight in zip(train, weights, strict=True):
        odds_given_example, odds = (1 - chances[example]) / chances[example], (1 - mean) / mean
        assert weight == pytest.approx(odds_given_example / odds)


@given(st.floats(0.2, 0.8), seeds)
def test_a_split_by_one_and_the_same_coin_needs_no_weights(chance, seed):
    np.testing.assert_allclose(split([chance] * 30, seed).weights, 1)


def test_each_example_lands_in_the_training_part_as_often_as_its_chance_says():
    chances = np.array([0.1, 0.3, 0.5, 0.7, 0.9] * 4)
    generator = rng()
    landed = np.zeros(20)
    for _ in range(4000):
        landed[biased_split(chances, generator).train] += 1
    expected = 4000 * chances
    chi_square = np.sum((landed - expected) ** 2 / (expected * (1 - chances)))
    assert abs(chi_square - 20) < 4 * np.sqrt(40)


def test_weighted_training_means_are_test_means_on_average():
    # Each example has a number of its own, so that no symmetry can make wrong weights look right.
    values, chances = np.arange(60.0) ** 2, np.linspace(0.2, 0.9, 60)
    generator = rng()
    gaps = []
    for _ in range(5000):
        train, _, weights = biased_split(chances, generator)
        gaps.append(np.sum(weights * values[train]) / chances.sum())
    truth = np.sum((1 - chances) * values) / np.sum(1 - chances)
    assert abs(np.mean(gaps) - truth) < 5 * np.std(gaps) / np.sqrt(5000)
    assert abs(np.sum(chances * values) / np.sum(chances) - truth) > 0.3 * truth


def test_the_bold_digits_can_be_weighted_to_look_like_the_faint():
    ink = digits().images.mean(axis=1, dtype=np.float64)
    chances = np.where(ink > np.median(ink), 0.9, 0.3)
    train, test, weights = biased_split(chances, rng())
    assert ink[train].mean() - ink[test].mean() > 0.03
    assert np.average(ink[train], weights=weights) == pytest.approx(ink[test].mean(), abs=0.005)


def test_class_shares_can_be_skewed_by_a_split():
    labels = digits().labels
    train, test, _ = biased_split(np.where(labels < 5, 0.9, 0.1), rng())
    assert np.mean(labels[train] < 5) == pytest.approx(0.9, abs=0.03)
    assert np.mean(labels[test] < 5) == pytest.approx(0.1, abs=0.03)


def test_both_parts_of_a_biased_split_are_shuffled():
    train, test, _ = biased_split(np.full(400, 0.5), rng())
    for part in (train, test):
        assert abs(np.corrcoef(part, np.arange(len(part)))[0, 1]) < 0.3


@pytest.mark.parametrize("chances", [[0.5, 0.0], [0.5, 1.0], [0.5, -0.1], [0.5, 1.5], [0.5, np.nan]])
def test_chances_that_leave_a_kind_of_example_out_are_refused(chances):
    with pytest.raises(ValueError, match="chances must be strictly between 0 and 1, or some kind of example"):
        biased_split(chances, rng())


@pytest.mark.parametrize("chances", [0.5, [0.5], [], [[0.5, 0.5]]])
def test_chances_that_are_not_one_for_each_example_are_refused(chances):
    with pytest.raises(ValueError, match=r"chances must have shape \(n,\), one for each of n >= 2 examples"):
        biased_split(chances, rng())


@pytest.mark.parametrize(("chance", "part"), [(1e-12, "test"), (1 - 1e-12, "training")])
def test_a_split_with_an_empty_part_is_refused(chance, part):
    with pytest.raises(
        ValueError, match=f"All 5 examples landed in the {part} part, with chances .* Take more examples"
    ):
        biased_split([chance] * 5, rng())


@given(mixes, mixes, st.integers(2, 30))
def test_a_drift_goes_from_start_to_end_in_equal_steps_and_stays_a_mix(start, end, steps):
    shares = drift(start, end, steps)
    assert shares.shape == (steps, 4)
    np.testing.assert_array_equal(shares[0], start)
    np.testing.assert_array_equal(shares[-1], end)
    step = np.subtract(end, start) / (steps - 1)
    np.testing.assert_allclose(np.diff(shares, axis=0), np.tile(step, (steps - 1, 1)), atol=1e-12)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert shares.min() >= 0


def test_a_drifting_stream_of_digits_holds_at_each_time_the_classes_of_its_mix():
    labels = digits().labels
    shares = drift([0.2] * 5 + [0.0] * 5, [0.0] * 5 + [0.2] * 5, 5)
    stream = resample(labels, shares, 20_000, rng()).indices
    assert (stream.shape, stream.dtype) == ((5, 20_000), np.int64)
    for drawn, mix in zip(stream, shares, strict=True):
        counts, possible = np.bincount(labels[drawn], minlength=10), mix > 0
        assert counts[~possible].sum() == 0
        expected = 20_000 * mix[possible]
        chi_square = np.sum((counts[possible] - expected) ** 2 / expected)
        degrees = np.count_nonzero(possible) - 1
        assert chi_square < degrees + 5 * np.sqrt(2 * degrees)


def test_within_a_class_every_example_is_equally_likely():
    labels = np.array([2, 0, 1, 1, 0, 1, 2, 2, 2, 0])
    counts = np.bincount(resample(labels, [0.5, 0.3, 0.2], 100_000, rng()).indices, minlength=10)
    expected = 100_000 * np.array([0.05, 0.5 / 3, 0.1, 0.1, 0.5 / 3, 0.1, 0.05, 0.05, 0.05, 0.5 / 3])
    assert np.sum((counts - expected) ** 2 / expected) < 9 + 5 * np.sqrt(18)


def test_the_weights_of_a_draw_are_the_fair_chance_over_the_chance_it_had():
    labels = np.array([0, 0, 0, 1])
    indices, weights = resample(labels, [0.5, 0.5], 100, rng())
    # 1/4 over 1/6 for each of the three, and 1/4 over 1/2 for the fourth.
    np.testing.assert_allclose(weights, np.where(labels[indices] == 0, 1.5, 0.5))


def test_weighted_means_over_a_biased_draw_are_means_over_the_data():
    labels = digits().labels
    shares = np.stack([np.arange(1, 11) / 55, np.arange(10, 0, -1) / 55])
    indices, weights = resample(labels, shares, 50_000, rng())
    truth = labels.mean()
    biased = labels[indices].mean(axis=-1)
    assert biased[0] > truth + 1
    assert biased[1] < truth - 1
    np.testing.assert_allclose(np.mean(weights * labels[indices], axis=-1), truth, atol=0.1)
    np.testing.assert_allclose(weights.mean(axis=-1), 1, atol=0.05)


@given(
    labels=st.lists(st.integers(0, 3), min_size=1, max_size=30),
    n=st.integers(1, 20),
    seed=seeds,
    parts=st.lists(st.lists(st.integers(1, 9), min_size=4, max_size=4), min_size=1, max_size=3),
)
def test_every_draw_is_an_example_of_a_class_that_was_asked_for(labels, n, seed, parts):
    held = np.bincount(labels, minlength=4) > 0
    shares = np.where(held, parts, 0) / np.where(held, parts, 0).sum(axis=-1, keepdims=True)
    indices, weights = resample(labels, shares, n, rng(seed))
    assert indices.shape == weights.shape == (len(parts), n)
    assert np.all((indices >= 0) & (indices < len(labels)))
    assert np.all(np.isfinite(weights) & (weights > 0))


def test_a_class_of_share_0_is_never_drawn_even_at_the_end():
    # Shares typed by hand add up to a little less than 1: what is missing must not fall to the last class.
    shares = [0.333331, 0.333330, 0.333330, 0.0]
    assert resample(np.arange(4), shares, 1_000_000, rng()).indices.max() == 2


@pytest.mark.parametrize("draw", [
    lambda generator: biased_split(np.linspace(0.2, 0.8, 50), generator),
    lambda generator: resample(np.repeat([0, 1], 25), [0.3, 0.7], 50, generator),
])  # fmt: skip
def test_a_seed_draws_the_same_again_and_another_seed_differently(draw):
    first, again, other = draw(rng(1)), draw(rng(1)), draw(rng(2))
    for one, same in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, same)
    assert not np.array_equal(first[0], other[0])


@pytest.mark.parametrize("shares", [[0.5, 0.4], [1.5, -0.5], 1.0, [[0.5, 0.5], [0.5, 0.6]]])
def test_shares_that_are_no_mix_are_refused(shares):
    with pytest.raises(ValueError, match="shares must be >= 0 and add up to 1 over the classes"):
        resample([0, 1], shares, 5, rng())


@pytest.mark.parametrize(
    ("labels", "shares", "n", "message"),
    [
        ([0, 1, 2], [0.5, 0.5], 5, "shares must have an entry for each label, 0 to 2, got 2 entries"),
        ([0, 0, 2], [0.5, 0.3, 0.2], 5, r"shares must be 0 for a class without examples, here \[1\]"),
        ([0, 1], [0.5, np.nan], 5, "shares must be finite"),
        ([], [1.0], 5, r"labels must be whole numbers >= 0.*shape \(0,\)"),
        ([[0, 1]], [0.5, 0.5], 5, r"labels must be whole numbers >= 0.*shape \(1, 2\)"),
        ([0.0, 1.0], [0.5, 0.5], 5, "labels must be whole numbers >= 0.*float64"),
        ([0, -1], [0.5, 0.5], 5, "labels must be whole numbers >= 0"),
        ([0, 1], [0.5, 0.5], 0, r"n must be a whole number >= 1, got 0\."),
    ],
)  # fmt: skip
def test_draws_that_are_impossible_are_refused(labels, shares, n, message):
    with pytest.raises(ValueError, match=message):
        resample(labels, shares, n, rng())


@pytest.mark.parametrize(
    ("start", "end", "steps", "message"),
    [
        ([0.5, 0.5], [1.0, 0.0], 1, r"steps must be a whole number >= 2, got 1\."),
        ([0.5, 0.4], [1.0, 0.0], 5, "start must be >= 0 and add up to 1"),
        ([0.5, 0.5], [1.5, -0.5], 5, "end must be >= 0 and add up to 1"),
        (
            [0.5, 0.5],
            [1.0],
            5,
            r"start and end must both have shape \(classes,\), got shapes \(2,\) and \(1,\)",
        ),
        ([[0.5, 0.5]], [[0.5, 0.5]], 5, r"start and end must both have shape \(classes,\)"),
    ],
)
def test_drifts_that_lead_nowhere_are_refused(start, end, steps, message):
    with pytest.raises(ValueError, match=message):
        drift(start, end, steps)
