"""Plain values, taken apart so that they can cross the wall between the grader and a student's process.

There is no pickle, and a value can only be one of those that are listed in `pack`: what was a clever object on one side
is numbers on the other. Whoever puts values together again trusts nothing: every length is capped, every type is looked at,
and whatever does not fit raises `ProtocolError`.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from autograder.inside.generators import generator_state, set_generator_state
from autograder.inside.wire import ProtocolError

MAX_DEPTH = 12
MAX_VALUES = 200_000  # single values in one frame, arrays counted once, and words one by one
# What a student's function answers is calculated with: the largest honest answer has 3.4 MB and 425,000 entries. A
# length of zero hides how far there is to walk along the others, and the longest word decides the room for each.
MAX_ANSWER = 8 << 20
MAX_ENTRIES = 1 << 20
MAX_WORD = 200
# Booleans, integers, floats, complex numbers and text; no objects, no dates, no records.
# As `dtype.str` writes it. NumPy reads much more, and evaluates some of it.
_DTYPE = re.compile(r"[<>|][a-zA-Z][0-9]{1,9}")
_DTYPES = frozenset("biufcU")
# Tuples, because `list | tuple` makes a new type whenever it is met.
_SERIES, _NUMPYS, _PLAIN = (list, tuple), (np.ndarray, np.generic), (bool, int, float, complex, str)


class TooLargeError(ValueError):
    """A value is too large to cross; the message is for the learner."""


# What stands for a value that cannot cross: (its number, the name of its type). `keep` gives it a number.
Keep = Callable[[Any], tuple[int, str]]
# The other way round: what a number stands for.
Find = Callable[[str, int, str], Any]


def pack(value: Any, keep: Keep) -> tuple[Any, list[bytes]]:
    """`value` as JSON and the bytes of its arrays.

    Numbers, text, None and arrays cross as what they are; lists, tuples and dicts of them too; an iterator is
    dealt out first. A generator of random numbers crosses as its state. Callables and everything else stay behind:
    `keep` gives them a number under which the other side can name them.

    >>> pack({"w": np.array([1.0, 2.0]), "steps": 3}, keep=lambda value: (0, "object"))[0]
    ['d', [['w', ['a', '<f8', [2]]], ['steps', 3]]]
    """
    packer = _Packer(keep)
    return packer.pack(value, 0), packer.blobs


class _Packer:
    def __init__(self, keep: Keep) -> None:
        self.keep = keep
        self.blobs: list[bytes] = []
        self.size = self.count = 0

    def pack(self, value: Any, depth: int) -> Any:  # noqa: PLR0911 (one line a kind)
        # Exact types first: a subclass may say anything about itself.
        self._charge(1)
        if depth > MAX_DEPTH:
            return ["o", *self.keep(value)]
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is str:
            return value if len(value) <= MAX_WORD else ["o", *self.keep(value)]
        if kind is int:
            # JSON of other languages and our own cap on digits: a number of a million digits takes minutes to read.
            return value if value.bit_length() <= 1024 else ["o", *self.keep(value)]
        if kind is float:
            return value if math.isfinite(value) else ["f", repr(value)]
        if kind is np.ndarray:
            return self._array(value, False, value)
        contents = self._contents(value, depth)
        return self._other(value, depth) if contents is None else contents

    def _contents(self, value: Any, depth: int) -> Any:
        """What holds other values; None for anything else."""
        if isinstance(value, _SERIES):
            mark = "l" if isinstance(value, list) else "t"
            return [mark, [self.pack(item, depth + 1) for item in list(value)]]
        if isinstance(value, dict) and all(type(key) in (str, int) for key in value):
            return ["d", [[key, self.pack(item, depth + 1)] for key, item in value.items()]]
        if isinstance(value, Iterator) and not callable(value):
            return ["i", [self.pack(item, depth + 1) for item in value]]
        return None

    def _other(self, value: Any, depth: int) -> Any:
        if isinstance(value, np.random.Generator):
            return _pack_generator(value, self.keep)
        if isinstance(value, _NUMPYS):
            return self._array(np.asarray(value), isinstance(value, np.generic), value)
        if callable(value):
            return ["c", *self.keep(value)]
        if isinstance(value, range) or hasattr(value, "__array__"):
            return self._array(np.asarray(value), False, value)
        if isinstance(value, _PLAIN):
            return self._array(np.asarray(value), True, value)
        return ["o", *self.keep(value)]

    def _array(self, array: Any, scalar: bool, value: Any) -> Any:
        if array.dtype.kind not in _DTYPES or array.dtype.itemsize == 0:
            return ["o", *self.keep(value)]
        why = _too_large(array.shape, array.dtype)
        if why:
            raise TooLargeError(
                f"an array of shape {array.shape} and type {array.dtype} {why}. Is it of the shape that is asked for?"
            )
        if array.dtype.kind == "U":
            self._charge(array.size)
        array = np.array(array, order="C", subok=False, copy=None)
        self.size += array.nbytes
        self._charge(0)
        self.blobs.append(array.tobytes())
        return ["s" if scalar else "a", array.dtype.str, list(array.shape)]

    def _charge(self, values: int) -> None:
        self.count += values
        if self.count > MAX_VALUES or self.size > MAX_ANSWER:
            raise TooLargeError(
                f"your answer has more than {MAX_VALUES:,} values or {MAX_ANSWER / 1e6:.0f} MB, which is more than any "
                "exercise asks for"
            )


def _too_large(shape: Sequence[int], dtype: np.dtype[Any]) -> str:
    if (math.prod(shape) or math.prod(max(length, 1) for length in shape)) > MAX_ENTRIES:
        return f"has more than {MAX_ENTRIES:,} entries"
    if dtype.kind == "U" and dtype.itemsize > 4 * MAX_WORD:
        return f"has words of more than {MAX_WORD} letters"
    return ""


def _pack_generator(value: np.random.Generator, keep: Keep) -> Any:
    state = value.bit_generator.state
    if state["bit_generator"] != "PCG64":
        return ["o", *keep(value)]
    return ["g", *generator_state(value)]


class Changeable:
    """What is in a value that came over the wire and can be changed where it is."""

    def __init__(self) -> None:
        self._arrays: list[tuple[Any, tuple[int, ...], np.dtype[Any], bytes | memoryview]] = []
        self._others = False

    def add_array(self, array: Any, content: bytes | memoryview) -> None:
        """Remember an array as it came."""
        self._arrays.append((array, array.shape, array.dtype, content))

    def add_other(self) -> None:
        """Remember that there is a list or a generator, whose state is not kept."""
        self._others = True

    @property
    def is_as_it_came(self) -> bool:
        """Whether it is certain that nothing was changed, to the bit."""
        return not self._others and all(
            array.shape == shape and array.dtype == dtype and array.tobytes() == content
            for array, shape, dtype, content in self._arrays
        )


def unpack(
    packed: Any, blobs: Sequence[bytes | memoryview], find: Find, changeable: Changeable | None = None
) -> Any:
    """The value that `pack` took apart; raises ProtocolError for anything else.

    `find(kind, number, type)` gives what stands for a callable ("c") or an object ("o") of the other side. What can be
    changed in the value is entered into `changeable`.

    >>> unpack(*pack((1, [2.5, None]), keep=lambda value: (0, "")), find=lambda kind, number, name: None)
    (1, [2.5, None])
    """
    reader = _Reader(blobs, find, changeable or Changeable())
    value = reader.read(packed, 0)
    if reader.next_blob != len(blobs):
        raise ProtocolError("there are more arrays than the value names")
    return value


_SEQUENCES: dict[str, Callable[[list[Any]], Any]] = {"l": list, "t": tuple, "i": iter}


def _is_one_list(rest: list[Any]) -> bool:
    return len(rest) == 1 and type(rest[0]) is list


class _Reader:
    def __init__(self, blobs: Sequence[bytes | memoryview], find: Find, changeable: Changeable) -> None:
        self.blobs, self.find, self.changeable = blobs, find, changeable
        self.next_blob = 0
        self.count = 0

    def read(self, packed: Any, depth: int) -> Any:
        self.count += 1
        if depth > MAX_DEPTH + 1 or self.count > MAX_VALUES:
            raise ProtocolError("a value is nested too deeply, or has too many parts")
        kind = type(packed)
        if kind is str and len(packed) > MAX_WORD:
            raise ProtocolError("a word is too long")
        if packed is None or kind in (bool, int, float, str):
            return packed
        if kind is not list or not packed or type(packed[0]) is not str:
            raise ProtocolError("a value is of no known kind")
        mark, rest = packed[0], packed[1:]
        read = _READ.get(mark)
        if read:
            return read(self, rest)
        if mark == "d" and _is_one_list(rest):
            return {self._key(pair): self.read(pair[1], depth + 1) for pair in rest[0]}
        if mark in _SEQUENCES and _is_one_list(rest):
            if mark == "l":
                self.changeable.add_other()
            return _SEQUENCES[mark]([self.read(item, depth + 1) for item in rest[0]])
        if mark in ("c", "o") and len(rest) == 2 and type(rest[0]) is int and type(rest[1]) is str:
            return self.find(mark, rest[0], rest[1][:80])
        raise ProtocolError("a value is of no known kind")

    @staticmethod
    def _key(pair: Any) -> str | int:
        if type(pair) is not list or len(pair) != 2 or type(pair[0]) not in (str, int):
            raise ProtocolError("an entry of a dictionary is malformed")
        key: str | int = pair[0]
        return key

    def _float(self, rest: list[Any]) -> float:
        if rest not in (["nan"], ["inf"], ["-inf"]):
            raise ProtocolError("a number is malformed")
        return float(rest[0])

    def _generator(self, rest: list[Any]) -> np.random.Generator:
        self.changeable.add_other()
        rng = np.random.Generator(np.random.PCG64(0))
        set_generator_state(rng, rest)
        return rng

    def _scalar(self, rest: list[Any]) -> Any:
        try:
            return self._numbers(rest)[0][()]
        except ValueError as error:
            raise ProtocolError("the bytes of a word cannot be read") from error

    def _array(self, rest: list[Any]) -> Any:
        array, blob = self._numbers(rest)
        self.changeable.add_array(array, blob)
        return array

    def _numbers(self, rest: list[Any]) -> tuple[Any, bytes | memoryview]:
        if len(rest) != 2 or type(rest[0]) is not str or type(rest[1]) is not list:
            raise ProtocolError("an array is malformed")
        shape = rest[1]
        if len(shape) > 16 or not all(type(n) is int and 0 <= n <= MAX_ENTRIES for n in shape):
            raise ProtocolError("the shape of an array is malformed")
        dtype = _dtype(rest[0])
        if _too_large(shape, dtype):
            raise ProtocolError("an array is too large")
        if dtype.kind == "U":
            self.count += math.prod(shape)
        if self.next_blob >= len(self.blobs):
            raise ProtocolError("an array has no bytes")
        blob = self.blobs[self.next_blob]
        self.next_blob += 1
        if math.prod(shape) * dtype.itemsize != len(blob):
            raise ProtocolError("an array has another size than its shape says")
        try:
            array = np.frombuffer(blob, dtype).reshape(shape).copy()
            if dtype.kind == "U":
                array.tolist()  # letters that do not exist would be found only when somebody looks at them
        except (ValueError, SystemError) as error:
            raise ProtocolError("the bytes of an array cannot be read") from error
        return array, blob


_READ: dict[str, Callable[[_Reader, list[Any]], Any]] = {
    "f": _Reader._float,
    "a": _Reader._array,
    "s": _Reader._scalar,
    "g": _Reader._generator,
}


@lru_cache(maxsize=64)
def _dtype(name: str) -> np.dtype[Any]:
    if not _DTYPE.fullmatch(name):
        raise ProtocolError("the type of an array is unknown")
    try:
        dtype = np.dtype(name)
    except TypeError as error:
        raise ProtocolError("the type of an array is unknown") from error
    if dtype.kind not in _DTYPES or dtype.itemsize == 0 or dtype.hasobject:
        raise ProtocolError("the type of an array is not allowed")
    return dtype
