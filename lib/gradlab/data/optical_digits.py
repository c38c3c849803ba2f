"""Handwritten digits, small enough to train on in seconds: 1797 images of 8 x 8 pixels.

The file beside this module is the test part of *Optical Recognition of Handwritten Digits* (E. Alpaydin and
C. Kaynak, 1998, UCI Machine Learning Repository, https://doi.org/10.24432/C50P49), licensed CC BY 4.0; see
`digits.md` there.
"""

import functools
import hashlib
import io
from importlib import resources
from importlib.resources.abc import Traversable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

SHA256 = "af104d81e7cd419be5f343d23c6ca2e4e4ff847b06636260802df8e903c6183f"


class Digits(NamedTuple):
    """Images and what they show.

    Attributes:
        images: 8 x 8 grey values read row by row, 0 paper to 1 ink, float32, shape (1797, 64).
        labels: the digit in each image, 0 to 9, int64, shape (1797,).
    """

    images: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64]


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


def read_digits(path: Traversable) -> Digits:
    """The digits in the file at `path`, which must be a copy of the file in this package.

    Raises:
        ValueError: for a file whose SHA-256 checksum is another.
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
