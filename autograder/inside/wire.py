"""Frames of JSON and raw array bytes between the grader and a student's process.

A frame is a length, a JSON value, and the bytes of its arrays. Whoever reads trusts nothing: every length is capped, and
whatever does not fit raises `ProtocolError`.
"""

import json
import socket
import struct
import time
from collections.abc import Sequence
from typing import Any

MAX_FRAME = 64 << 20  # bytes; the largest honest one, the outputs of one cell, has less than 1 MB
MAX_TEXT = 8 << 20  # bytes of JSON: read into Python's objects, they take twenty times as much
_HEAD = struct.Struct("!II")  # bytes of JSON, bytes of arrays
_ENCODER = json.JSONEncoder(separators=(",", ":"))


class ProtocolError(Exception):
    """What arrived is not what the protocol allows; the message says what."""


class ClosedError(ConnectionError):
    """The other side is gone."""


class LateError(TimeoutError):
    """Nothing arrived in time."""


def send(
    connection: socket.socket, message: Any, blobs: Sequence[bytes] = (), fds: Sequence[int] = ()
) -> None:
    """Send one frame; `fds` are files handed over with it.

    Raises ClosedError where nobody reads any more.
    """
    sizes = [len(blob) for blob in blobs]
    text = _ENCODER.encode([message, sizes]).encode()
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
    connection: socket.socket,
    deadline: float | None = None,
    fds: list[int] | None = None,
    largest: int = MAX_FRAME,
) -> tuple[Any, list[memoryview]]:
    """The next frame: its message and its blobs.

    Args:
        connection: a stream socket.
        deadline: by `time.monotonic()`; LateError is raised when it has passed.
        fds: files that come with the frame are appended to it; without it none are taken.
        largest: bytes that the frame may have.

    Raises:
        ProtocolError, ClosedError, LateError.
    """
    head = _take(connection, _HEAD.size, deadline, fds)
    text_size, blob_size = _HEAD.unpack(head)
    if text_size > MAX_TEXT or text_size + blob_size > largest:
        raise ProtocolError(f"a message of {(text_size + blob_size) / 1e6:.0f} MB is too long")
    content = _take(connection, text_size + blob_size, deadline)
    text, content = content[:text_size], content[text_size:]
    try:
        message, sizes = _DECODER.decode(bytes(text).decode("ascii"))
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


_DECODER = json.JSONDecoder(parse_constant=_refuse)


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
