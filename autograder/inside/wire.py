"""How plain values cross the wall between the grader and a student's process: frames of JSON and raw array bytes.

A frame is a length, a JSON value, and the bytes of its arrays. There is no pickle, and a value can only be one of
those that are listed in `pack`: what was a clever object on one side is numbers on the other. Whoever reads
trusts nothing: every length is capped, every type is looked at, and whatever does not fit raises `ProtocolError`.
"""

import json
import math
import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

MAX_FRAME = 64 << 20  # bytes; the largest honest one, the outputs of one cell, has less than 1 MB
MAX_TEXT = 8 << 20  # bytes of JSON: read into Python's objects, they take twenty times as much
MAX_DEPTH = 12
MAX_VALUES = 200_000  # single values in one frame, arrays counted once
_HEAD = struct.Struct("!II")  # bytes of JSON, bytes of arrays
# Booleans, integers, floats, complex numbers and text; no objects, no dates, no records.
_DTYPES = frozenset("biufcU")


class ProtocolError(Exception):
    """What arrived is not what the protocol allows; the message says what."""


class ClosedError(ConnectionError):
    """The other side is gone."""


class LateError(TimeoutError):
    """Nothing arrived in time."""


# --- Values -------------------------------------------------------------------------------------------------

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
    blobs: list[bytes] = []
    return _pack(value, keep, blobs, 0), blobs


def _pack(value: Any, keep: Keep, blobs: list[bytes], depth: int) -> Any:  # noqa: PLR0911, PLR0912 (one line a kind)
    # Exact types first: a subclass may say anything about itself.
    if depth > MAX_DEPTH:
        return ["o", *keep(value)]
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int:
        # JSON of other languages and our own cap on digits: a number of a million digits takes minutes to read.
        return value if value.bit_length() <= 1024 else ["o", *keep(value)]
    if kind is float:
        return value if math.isfinite(value) else ["f", repr(value)]
    if isinstance(value, np.random.Generator):
        return _pack_generator(value, keep)
    if isinstance(value, np.ndarray | np.generic):
        return _pack_array(np.asarray(value), isinstance(value, np.generic), keep, blobs, value)
    if isinstance(value, list | tuple):
        mark = "l" if isinstance(value, list) else "t"
        return [mark, [_pack(item, keep, blobs, depth + 1) for item in list(value)]]
    if isinstance(value, dict) and all(type(key) in (str, int) for key in value):
        return ["d", [[key, _pack(item, keep, blobs, depth + 1)] for key, item in value.items()]]
    if callable(value):
        return ["c", *keep(value)]
    if isinstance(value, Iterator):
        return ["i", [_pack(item, keep, blobs, depth + 1) for item in value]]
    if isinstance(value, range) or hasattr(value, "__array__"):
        array = np.asarray(value)
        return _pack_array(array, False, keep, blobs, value)
    if isinstance(value, bool | int | float | complex | str):
        return _pack_array(np.asarray(value), True, keep, blobs, value)
    return ["o", *keep(value)]


def _pack_array(array: Any, scalar: bool, keep: Keep, blobs: list[bytes], value: Any) -> Any:
    if array.dtype.kind not in _DTYPES or array.dtype.itemsize == 0:
        return ["o", *keep(value)]
    array = np.array(array, order="C", subok=False, copy=None)
    blobs.append(array.tobytes())
    return ["s" if scalar else "a", array.dtype.str, list(array.shape)]


def _pack_generator(value: np.random.Generator, keep: Keep) -> Any:
    state = value.bit_generator.state
    if state["bit_generator"] != "PCG64":
        return ["o", *keep(value)]
    return ["g", *generator_state(value)]


def generator_state(rng: np.random.Generator) -> list[Any]:
    """The state of a PCG64 generator: four integers, the large ones as hexadecimal text."""
    state = rng.bit_generator.state
    inner = state["state"]
    return [f"{inner['state']:x}", f"{inner['inc']:x}", state["has_uint32"], state["uinteger"]]


def set_generator_state(rng: np.random.Generator, state: Sequence[Any]) -> None:
    """Bring a PCG64 generator into a state that came over the wire."""
    large, small = state[:2], state[2:]
    if not (
        len(state) == 4
        and all(type(part) is str and 0 < len(part) <= 32 and part.isalnum() for part in large)
        and all(type(part) is int and 0 <= part < 2**32 for part in small)
    ):
        raise ProtocolError("a state of a random generator is malformed")
    try:
        rng.bit_generator.state = {
            "bit_generator": "PCG64",
            "state": {"state": int(large[0], 16), "inc": int(large[1], 16)},
            "has_uint32": small[0],
            "uinteger": small[1],
        }
    except (ValueError, TypeError, OverflowError) as error:
        raise ProtocolError("a state of a random generator is malformed") from error


def unpack(packed: Any, blobs: Sequence[bytes | memoryview], find: Find) -> Any:
    """The value that `pack` took apart; raises ProtocolError for anything else.

    `find(kind, number, type)` gives what stands for a callable ("c") or an object ("o") of the other side.

    >>> unpack(*pack((1, [2.5, None]), keep=lambda value: (0, "")), find=lambda kind, number, name: None)
    (1, [2.5, None])
    """
    reader = _Reader(blobs, find)
    value = reader.read(packed, 0)
    if reader.next_blob != len(blobs):
        raise ProtocolError("there are more arrays than the value names")
    return value


_SEQUENCES: dict[str, Callable[[list[Any]], Any]] = {"l": list, "t": tuple, "i": iter}


def _is_one_list(rest: list[Any]) -> bool:
    return len(rest) == 1 and type(rest[0]) is list


class _Reader:
    def __init__(self, blobs: Sequence[bytes | memoryview], find: Find) -> None:
        self.blobs, self.find = blobs, find
        self.next_blob = 0
        self.count = 0

    def read(self, packed: Any, depth: int) -> Any:
        self.count += 1
        if depth > MAX_DEPTH + 1 or self.count > MAX_VALUES:
            raise ProtocolError("a value is nested too deeply, or has too many parts")
        kind = type(packed)
        if packed is None or kind in (bool, int, float, str):
            return packed
        if kind is not list or not packed or type(packed[0]) is not str:
            raise ProtocolError("a value is of no known kind")
        mark, rest = packed[0], packed[1:]
        read: Callable[[list[Any]], Any] | None = {
            "f": self._float, "a": self._array, "s": self._array, "g": self._generator,
        }.get(mark)  # fmt: skip
        if read:
            value = read(rest)
            return value[()] if mark == "s" else value
        if mark == "d" and _is_one_list(rest):
            return {self._key(pair): self.read(pair[1], depth + 1) for pair in rest[0]}
        if mark in _SEQUENCES and _is_one_list(rest):
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

    @staticmethod
    def _float(rest: list[Any]) -> float:
        if rest not in (["nan"], ["inf"], ["-inf"]):
            raise ProtocolError("a number is malformed")
        return float(rest[0])

    @staticmethod
    def _generator(rest: list[Any]) -> np.random.Generator:
        rng = np.random.Generator(np.random.PCG64(0))
        set_generator_state(rng, rest)
        return rng

    def _array(self, rest: list[Any]) -> Any:
        if len(rest) != 2 or type(rest[0]) is not str or len(rest[0]) > 12 or type(rest[1]) is not list:
            raise ProtocolError("an array is malformed")
        shape = rest[1]
        if len(shape) > 16 or not all(type(n) is int and 0 <= n <= MAX_FRAME for n in shape):
            raise ProtocolError("the shape of an array is malformed")
        try:
            dtype = np.dtype(rest[0])
        except TypeError as error:
            raise ProtocolError("the type of an array is unknown") from error
        if dtype.kind not in _DTYPES or dtype.itemsize == 0 or dtype.hasobject:
            raise ProtocolError("the type of an array is not allowed")
        if self.next_blob >= len(self.blobs):
            raise ProtocolError("an array has no bytes")
        blob = self.blobs[self.next_blob]
        self.next_blob += 1
        if math.prod(shape) * dtype.itemsize != len(blob):
            raise ProtocolError("an array has another size than its shape says")
        try:
            return np.frombuffer(blob, dtype).reshape(shape).copy()
        except (ValueError, UnicodeDecodeError) as error:
            raise ProtocolError("the bytes of an array cannot be read") from error


# --- Frames -------------------------------------------------------------------------------------------------


def send(
    connection: socket.socket, message: Any, blobs: Sequence[bytes] = (), fds: Sequence[int] = ()
) -> None:
    """Send one frame; `fds` are files handed over with it.

    Raises ClosedError where nobody reads any more.
    """
    sizes = [len(blob) for blob in blobs]
    text = json.dumps([message, sizes], ensure_ascii=True, separators=(",", ":")).encode()
    content = b"".join([_HEAD.pack(len(text), sum(sizes)), text, *blobs])
    try:
        if fds:
            sent = socket.send_fds(connection, [content], list(fds))
            content = content[sent:]
        if content:
            connection.sendall(content)
    except TimeoutError as error:
        raise LateError from error
    except OSError as error:
        raise ClosedError("the other side is gone") from error


def receive(
    connection: socket.socket, deadline: float | None = None, fds: list[int] | None = None
) -> tuple[Any, list[memoryview]]:
    """The next frame: its message and its blobs.

    Args:
        connection: a stream socket.
        deadline: by `time.monotonic()`; LateError is raised when it has passed.
        fds: files that come with the frame are appended to it; without it none are taken.

    Raises:
        ProtocolError, ClosedError, LateError.
    """
    head = _take(connection, _HEAD.size, deadline, fds)
    text_size, blob_size = _HEAD.unpack(head)
    if text_size > MAX_TEXT or text_size + blob_size > MAX_FRAME:
        raise ProtocolError(f"a message of {(text_size + blob_size) / 1e6:.0f} MB is too long")
    text, content = _take(connection, text_size, deadline), _take(connection, blob_size, deadline)
    try:
        message, sizes = json.loads(bytes(text).decode("ascii"), parse_constant=_refuse)
    except (ValueError, TypeError, RecursionError) as error:
        raise ProtocolError("a message is not readable") from error
    if type(sizes) is not list or not all(type(size) is int and size >= 0 for size in sizes):
        raise ProtocolError("a message is not readable")
    if sum(sizes) != blob_size:
        raise ProtocolError("a message has other parts than it says")
    blobs, start = [], 0
    for size in sizes:
        blobs.append(content[start : start + size])
        start += size
    return message, blobs


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _take(
    connection: socket.socket, size: int, deadline: float | None, fds: list[int] | None = None
) -> memoryview:
    buffer = bytearray(size)
    view, have = memoryview(buffer), 0
    while have < size:
        connection.settimeout(None if deadline is None else max(deadline - time.monotonic(), 1e-4))
        try:
            if fds is not None and have == 0:
                data, found, _, _ = socket.recv_fds(connection, size, 4)
                fds += found
                view[: len(data)] = data
                got = len(data)
            else:
                got = connection.recv_into(view[have:])
        except TimeoutError as error:
            raise LateError("nothing arrived in time") from error
        except OSError as error:
            raise ClosedError("the other side is gone") from error
        if got == 0:
            raise ClosedError("the other side is gone")
        have += got
        if deadline is not None and time.monotonic() > deadline and have < size:
            raise LateError("nothing arrived in time")
    return view
