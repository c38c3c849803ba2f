"""Arrays as processors like them: in one piece, and beginning where a cache line begins."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from gradlab.arguments import Array

# Bytes of a cache line, and the widest that processors compute with at once. An array that begins in the middle of one
# makes them fetch two lines for every one: it costs a tenth of the time of a step.
LINE = 64


def room(shape: tuple[int, ...], dtype: np.dtype[Any], axes: Sequence[int] = ()) -> Array:
    """An array with nothing in it yet, which begins with a cache line.

    Args:
        shape: its shape.
        dtype: its type of numbers.
        axes: its axes in the order of its memory, from the slowest to the fastest; () for the usual order.

    >>> array = room((2, 3), np.dtype(float), axes=(1, 0))
    >>> array.shape, array.T.flags.c_contiguous, array.__array_interface__["data"][0] % LINE
    ((2, 3), True, 0)
    """
    axes = axes or range(len(shape))
    stored = tuple(shape[axis] for axis in axes)
    needed = math.prod(shape) * dtype.itemsize
    memory = np.empty(needed + LINE, np.uint8)
    begin = -memory.__array_interface__["data"][0] % LINE
    array: Array = memory[begin : begin + needed].view(dtype).reshape(stored)
    return array.transpose(np.argsort(axes))


def memory_order(array: Array) -> tuple[int, ...]:
    """The axes of an array in the order of its memory, from the slowest to the fastest; the usual one if it has gaps.

    >>> memory_order(np.ones((2, 3))), memory_order(np.ones((3, 2)).T), memory_order(np.ones((3, 4)).T[::2])
    ((0, 1), (1, 0), (0, 1))
    """
    axes = tuple(range(array.ndim))
    found = tuple(sorted(axes, key=lambda axis: -array.strides[axis]))
    return found if array.transpose(found).flags.c_contiguous else axes


def cuts(start: int, stop: int, longest: int, even: int) -> list[slice]:
    """Cut a stretch of numbers into pieces of about the same length.

    Args:
        start: where it begins.
        stop: where it ends.
        longest: what a piece may have.
        even: what the length of every piece but the last is a multiple of; `longest` must be one.

    >>> cuts(0, 100, longest=48, even=16)
    [slice(0, 48, None), slice(48, 96, None), slice(96, 100, None)]
    >>> cuts(0, 90, longest=48, even=16)
    [slice(0, 48, None), slice(48, 90, None)]
    """
    pieces = -(-(stop - start) // longest)
    length = -(-(stop - start) // max(pieces, 1) // even) * even
    return [slice(*ends) for ends in pairwise([*range(start, stop, length or 1), stop])]
