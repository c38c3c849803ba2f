"""Handwritten digits, small enough to train on in seconds: 1797 images of 8 x 8 pixels.

The file beside this module is the test part of *Optical Recognition of Handwritten Digits* (E. Alpaydin and
C. Kaynak, 1998, UCI Machine Learning Repository, https://doi.org/10.24432/C50P49), licensed CC BY 4.0; see
`digits.md` there.
"""

import functools
import hashlib
import io
from collections.abc import Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.data.sampling import stratified_split

SHA256 = "af104d81e7cd419be5f343d23c6ca2e4e4ff847b06636260802df8e903c6183f"


class Digits(NamedTuple):
    """Images and what they show.

    Attributes:
        images: 8 x 8 grey values read row by row, 0 paper to 1 ink, float32, shape (n, 64).
        labels: the digit in each image, 0 to 9, int64, shape (n,).

    >>> images, labels = digits()
    >>> images.shape, labels[:5]
    ((1797, 64), array([0, 1, 2, 3, 4]))
    """

    images: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64]


class DigitSplit(NamedTuple):
    """The digits in three parts.

    Attributes:
        train: to learn from.
        validation: to choose hyper-parameters and the epoch to stop at.
        test: to look at once, at the end.

    >>> parts = split_digits(np.random.default_rng(0))
    >>> [len(part.labels) for part in parts]
    [1078, 360, 359]
    """

    train: Digits
    validation: Digits
    test: Digits


@functools.cache
def digits() -> Digits:
    """The digits, read once and then kept; the arrays are read-only.

    Returns:
        images of shape (1797, 64) and labels of shape (1797,).

    Raises:
        ValueError: for a data file that is not, byte for byte, the one that was shipped.

    Reference:
        E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository,
        1998, https://doi.org/10.24432/C50P49 (CC BY 4.0).

    >>> images, labels = digits()
    >>> images.shape, labels[:5]
    ((1797, 64), array([0, 1, 2, 3, 4]))
    >>> for row in images[1].reshape(8, 8):
    ...     print("|" + "".join(" .:-=+*#@"[int(8 * ink)] for ink in row) + "|")
    |   **:  |
    |   +@=  |
    |  .#@-  |
    | -#@@.  |
    |   @@.  |
    |   @@-  |
    |   @@-  |
    |   +@+  |
    """
    return read_digits(resources.files("gradlab.data") / "digits.npz")


def split_digits(rng: np.random.Generator, fractions: Sequence[float] = (0.6, 0.2, 0.2)) -> DigitSplit:
    """The digits dealt into training, validation and test data, with the same mixture of labels in each.

    Args:
        rng: where the randomness comes from.
        fractions: the size of each of the three parts, all positive, 1 in total.

    Returns:
        the three parts, shuffled. Each image is in exactly one of them; the arrays are new and may be changed.

    Raises:
        ValueError: for fractions that are not three or do not share out the whole.

    >>> train, validation, test = split_digits(np.random.default_rng(0))
    >>> train.images.shape, validation.images.shape, test.labels.shape
    ((1078, 64), (360, 64), (359,))
    """
    if len(fractions) != 3:
        raise ValueError(
            f"fractions must be three, for training, validation and test data, got {tuple(fractions)}. For another "
            "number of parts use stratified_split."
        )
    images, labels = digits()
    train, validation, test = (
        Digits(images[part], labels[part]) for part in stratified_split(labels, fractions, rng)
    )
    return DigitSplit(train, validation, test)


def read_digits(path: Traversable) -> Digits:
    """The digits in the file at `path`, which must be a copy of the file in this package.

    Raises:
        ValueError: for a file whose SHA-256 checksum is another.

    >>> from importlib.resources import files
    >>> len(read_digits(files("gradlab.data") / "digits.npz").labels)
    1797
    """
    content = path.read_bytes()
    checksum = hashlib.sha256(content).hexdigest()
    if checksum != SHA256:
        raise ValueError(
            f"The digits data in {path} is damaged: its SHA-256 checksum should be {SHA256[:12]}..., "
            f"got {checksum[:12]}.... Install gradlab again to get a good copy."
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        images = stored["images"].astype(np.float32) / 16
        labels = stored["labels"].astype(np.int64)
    # Everyone gets the same arrays, so nobody may change them.
    images.flags.writeable = labels.flags.writeable = False
    return Digits(images, labels)
