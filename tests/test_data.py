import hashlib
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlab.data import digits, minibatches, read_digits, split_digits, stratified_split

SHIPPED = resources.files("gradlab.data") / "digits.npz"

label_lists = st.lists(st.integers(0, 4), min_size=1, max_size=60)
cuts = st.lists(st.integers(1, 9), min_size=1, max_size=4).map(
    lambda weights: tuple(w / sum(weights) for w in weights)
)
seeds = st.integers(0, 2**32)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_there_are_1797_digits_with_ink_from_0_to_1():
    images, labels = digits()
    assert images.shape == (1797, 64)
    assert images.dtype == np.float32
    assert (images.min(), images.max()) == (0, 1)
    assert labels.dtype == np.int64
    # The counts that UCI publishes for this part of the data.
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_grey_values_are_sixteenths():
    sixteenths = digits().images * 16
    np.testing.assert_array_equal(sixteenths, np.rint(sixteenths))


def test_nobody_can_change_the_digits_for_the_others():
    images, labels = digits()
    for array in (images, labels):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_digits_are_read_from_the_disk_once():
    assert digits() is digits()


def test_the_data_file_is_small():
    assert len(SHIPPED.read_bytes()) < 150_000


def test_a_damaged_data_file_is_named_with_both_checksums(tmp_path):
    content = bytearray(SHIPPED.read_bytes())
    content[1000] ^= 1
    damaged = tmp_path / "digits.npz"
    damaged.write_bytes(content)
    with pytest.raises(ValueError, match="damaged") as error:
        read_digits(damaged)
    for part in (
        str(damaged),
        hashlib.sha256(content).hexdigest()[:12],
        hashlib.sha256(SHIPPED.read_bytes()).hexdigest()[:12],
        "Install gradlab again",
    ):
        assert part in str(error.value)


def test_the_source_and_the_licence_of_the_digits_are_shipped_beside_them():
    text = (resources.files("gradlab.data") / "digits.md").read_text(encoding="utf-8")
    for part in ("E. Alpaydin and C. Kaynak", "10.24432/C50P49", "creativecommons.org/licenses/by/4.0"):
        assert part in text


@given(label_lists, cuts, seeds)
def test_a_split_puts_every_example_into_exactly_one_part(labels, fractions, seed):
    parts = stratified_split(labels, fractions, rng(seed))
    assert len(parts) == len(fractions)
    assert sorted(np.concatenate(parts)) == list(range(len(labels)))


@given(label_lists, cuts, seeds)
def test_a_split_gives_each_part_its_fraction_of_every_label_to_within_one(labels, fractions, seed):
    parts = stratified_split(labels, fractions, rng(seed))
    for label in set(labels):
        for part, fraction in zip(parts, fractions, strict=True):
            found = np.count_nonzero(np.asarray(labels)[part] == label)
            assert abs(found - fraction * labels.count(label)) <= 1 + 1e-9


def test_a_split_that_divides_evenly_is_exact():
    # 0.7 + 0.1 is a little less than 0.8 in floating point.
    parts = stratified_split(np.repeat([0, 1], 10), (0.7, 0.1, 0.2), rng())
    assert [len(part) for part in parts] == [14, 2, 4]


def test_a_split_of_the_digits_keeps_their_proportions():
    labels = digits().labels
    for part in stratified_split(labels, (0.6, 0.2, 0.2), rng()):
        np.testing.assert_allclose(
            np.bincount(labels[part]) / len(part), np.bincount(labels) / len(labels), atol=0.005
        )


def test_the_digits_are_split_into_three_parts_that_hold_each_image_once():
    parts = split_digits(rng())
    assert [len(part.labels) for part in parts] == [1078, 360, 359]
    images, labels = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    assert images.dtype == np.float32
    everything = np.column_stack(digits())
    dealt = np.column_stack([images, labels])
    assert sorted(dealt.tolist()) == sorted(everything.tolist())


def test_the_parts_of_the_digits_keep_their_proportions_and_obey_the_seed():
    for part in split_digits(rng()):
        np.testing.assert_allclose(np.bincount(part.labels) / len(part.labels), 0.1, atol=0.01)
    first, again, other = (split_digits(rng(seed), (0.5, 0.25, 0.25)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.test.images, again.test.images)
    assert not np.array_equal(first.test.labels, other.test.labels)


def test_learners_may_change_their_own_parts_of_the_digits():
    before = digits().images.copy()
    for part in split_digits(rng()):
        part.images[:] = 0
        part.labels[:] = 0
    np.testing.assert_array_equal(digits().images, before)


@pytest.mark.parametrize("fractions", [(0.5, 0.5), (0.4, 0.2, 0.2, 0.2), ()])
def test_a_split_of_the_digits_has_three_parts(fractions):
    with pytest.raises(ValueError, match=r"fractions must be three, .* got .* use stratified_split\."):
        split_digits(rng(), fractions)


def test_the_same_seed_splits_the_same_way_and_another_seed_does_not():
    labels = digits().labels
    (first, _), (again, _), (other, _) = (
        stratified_split(labels, (0.8, 0.2), rng(seed)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert set(first) != set(other)


def test_the_parts_of_a_split_are_shuffled_even_where_the_labels_are_sorted():
    train, _ = stratified_split(np.repeat([0, 1], 100), (0.8, 0.2), rng())
    assert 20 < np.count_nonzero(train[:80] >= 100) < 60


@pytest.mark.parametrize("fractions", [(0.5, 0.4), (1.2, -0.2), (1.0, 0.0), ()])
def test_fractions_that_do_not_share_out_the_whole_are_refused(fractions):
    with pytest.raises(ValueError, match="fractions must be positive and add up to 1"):
        stratified_split([0, 1], fractions, rng())


@pytest.mark.parametrize("labels", [[], [[0, 1]], 3])
def test_labels_that_are_not_one_axis_of_examples_are_refused(labels):
    with pytest.raises(ValueError, match=r"labels must have shape \(n,\)"):
        stratified_split(labels, (0.5, 0.5), rng())


@given(st.integers(1, 200), st.integers(1, 250), seeds)
def test_an_epoch_of_minibatches_covers_every_example_exactly_once(n, batch_size, seed):
    batches = list(minibatches(n, batch_size, rng(seed)))
    assert sorted(np.concatenate(batches)) == list(range(n))
    assert [len(batch) for batch in batches[:-1]] == [batch_size] * (len(batches) - 1)
    assert len(batches[-1]) == (n - 1) % batch_size + 1


def test_each_epoch_is_shuffled_anew():
    generator = rng()
    first, second = (np.concatenate(list(minibatches(50, 8, generator))) for _ in range(2))
    assert not np.array_equal(first, np.arange(50))
    assert not np.array_equal(first, second)


@pytest.mark.parametrize(
    ("n", "batch_size", "message"), [(0, 4, "n must be >= 1"), (4, 0, "batch_size must be")]
)
def test_impossible_batches_are_refused_at_once(n, batch_size, message):
    with pytest.raises(ValueError, match=message):
        minibatches(n, batch_size, rng())
