"""What comes over the wire from a student's process is read as plain values, or refused by name."""

import numpy as np
import pytest

from autograder.inside.values import unpack
from autograder.inside.wire import ProtocolError


@pytest.mark.parametrize(
    ("packed", "blob", "why"),
    [
        (["a", "<f8,", [1]], bytes(8), "type of an array is unknown"),  # NumPy would parse what follows
        (["a", "<f3", [1]], bytes(3), "type of an array is unknown"),
        (["a", "|O8", [1]], bytes(8), "type of an array is not allowed"),
        (["s", "<U1", []], b"\xff\xff\xff\xff", "bytes of an array cannot be read"),
        (["a", "<U1", [2]], b"a\0\0\0\0\0\x11\0", "bytes of an array cannot be read"),
    ],
)
def test_an_array_that_is_none_is_refused(packed, blob, why):
    with pytest.raises(ProtocolError, match=why):
        unpack(packed, [blob], lambda *_: None)


def test_an_array_is_read_as_it_was():
    array = np.array([[1.5, np.nan]])
    np.testing.assert_array_equal(unpack(["a", "<f8", [1, 2]], [array.tobytes()], lambda *_: None), array)
