"""The first draft of a judge, which believes what it reads."""

import json
import os
import resource
import socket
import struct
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.inside import answering
from autograder.inside.wire import send
from hostile.batch import Machine
from hostile.case import Case
from hostile.weakened import forked


def naive_reader(case: Case, machine: Machine) -> str:
    """What becomes of a grader that reads a process's frames as they come; empty where nothing does."""
    place = case.bites
    here, there = socket.socketpair()
    source = machine.filled(case.before[0] if place == "cell" else case.answers["numerical_gradient"])
    with forked(lambda pipe: _speak(there, source, place)):
        there.close()
        with forked(lambda pipe: os.write(pipe, f"{_believe(here, place)}\n".encode()), 5.0) as lines:
            here.close()
            said = next(lines, "did not come back")
    return "" if said == "fine" else said


def _speak(there: socket.socket, source: str, place: str) -> None:
    names: dict[str, Any] = {"np": np}
    exec(source, names)
    if place == "answer":
        answering.serve(there, names["numerical_gradient"], True)
    time.sleep(10)


def _believe(here: socket.socket, place: str) -> str:
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    here.settimeout(3.0)
    if place == "answer":
        _naive_frame(here)
        send(here, ["call", 3.0, ["t", [["t", [["c", 0, ""], 1.0]], ["d", []]]]])
    message, blobs = _naive_frame(here)
    word, *rest = message
    if place == "cell":
        _ended, _ename, _evalue = rest
        here.sendall(b"x" * 3_000_000)  # the next cell
        following, _ = _naive_frame(here)
        assert following[0] == "cell"
        return "fine"
    if word == "callback":
        [lambda value: value][rest[0]](*rest[1][1])
    value = _naive_value(rest[1][1][0], iter(blobs))
    assert np.asarray(value).dtype.kind in "iufb"
    assert next(iter(blobs), None) is None
    return "fine"


def _naive_frame(here: socket.socket) -> tuple[Any, list[bytes]]:
    text, _ = struct.unpack("!II", _exactly(here, 8))
    content = json.loads(_exactly(here, text).decode())
    message, sizes = content
    return message, [_exactly(here, size) for size in sizes]


def _exactly(here: socket.socket, size: int) -> bytes:
    buffer, have = bytearray(size), 0
    while have < size:
        got = here.recv_into(memoryview(buffer)[have:])
        if not got:
            raise EOFError
        have += got
    return bytes(buffer)


def _naive_value(packed: Any, blobs: Iterator[bytes]) -> Any:
    if not isinstance(packed, list):
        return packed
    mark, *rest = packed
    if mark in ("a", "s"):
        array = np.frombuffer(next(blobs), dtype=rest[0]).reshape(rest[1])
        return str(array[()]) if mark == "s" else [tuple(row) for row in array.tolist()] and array
    if mark == "d":
        return {key: _naive_value(value, blobs) for key, value in rest[0]}
    if mark == "g":
        return int(rest[0], 16)
    return np.array([_naive_value(item, blobs) for item in rest[0]])
