"""Change notebooks and frames at random: bytes, JSON values, cells."""

import json
import random
from typing import Any

ODD = [
    None,
    True,
    -1,
    0,
    2**70,
    1e308,
    "",
    "x" * 3000,
    "\ud800",
    "\0",
    [],
    {},
    [[]],
    {"a": []},
    "<script>",
    "NaN",
    [None] * 50,
]
KEYS = [
    "cells",
    "metadata",
    "nbformat",
    "cell_type",
    "source",
    "outputs",
    "nbgrader",
    "grade_id",
    "points",
    "id",
    "attachments",
]


def mutated(notebook: bytes, rng: random.Random) -> bytes:
    """The bytes of a notebook after one to four changes of any kind."""
    for _ in range(rng.randint(1, 4)):
        notebook = rng.choice([_bytes, _bytes, _values, _values, _cells])(notebook, rng)
    return notebook


def _bytes(content: bytes, rng: random.Random) -> bytes:
    if not content:
        return b"{}"
    start = rng.randrange(len(content))
    end = min(len(content), start + rng.choice([1, 1, 2, 10, 200, 5000]))
    piece = content[start:end]
    change = rng.choice(["cut", "double", "flip", "swap", "end", "mark"])
    return {
        "cut": lambda: content[:start] + content[end:],
        "double": lambda: content[:end] + piece + content[end:],
        "flip": lambda: (
            content[:start] + bytes(byte ^ (1 << rng.randrange(8)) for byte in piece) + content[end:]
        ),
        "swap": lambda: content[:start] + piece[::-1] + content[end:],
        "end": lambda: content[:start],
        "mark": lambda: rng.choice([b"\xef\xbb\xbf", b"\xff\xfe", b"\r\n", b"\0"]) + content,
    }[change]()


def _values(content: bytes, rng: random.Random) -> bytes:
    """Put an odd value in the place of some value, or under some key."""
    try:
        notebook = json.loads(content)
    except (ValueError, RecursionError):
        return _bytes(content, rng)
    places = list(_places(notebook))
    if places:
        holder, key = rng.choice(places)
        holder[key] = rng.choice(ODD)
        if isinstance(holder, dict) and rng.random() < 0.3:
            holder[rng.choice(KEYS)] = rng.choice(ODD)
    return json.dumps(notebook).encode()


def _places(value: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        items = (
            holder.items()
            if isinstance(holder, dict)
            else enumerate(holder)
            if isinstance(holder, list)
            else ()
        )
        for key, inner in items:
            found.append((holder, key))
            waiting.append(inner)
    return found


def _cells(content: bytes, rng: random.Random) -> bytes:
    """Shuffle, double, drop or split cells."""
    try:
        notebook = json.loads(content)
        cells = notebook["cells"]
        index = rng.randrange(len(cells))
        change = rng.choice(["shuffle", "double", "drop", "move", "type", "source"])
        if change == "shuffle":
            rng.shuffle(cells)
        elif change == "double":
            cells += [json.loads(json.dumps(cells[index]))] * rng.randint(1, 30)
        elif change == "drop":
            del cells[index]
        elif change == "move":
            cells.insert(0, cells.pop(index))
        elif change == "type":
            cells[index]["cell_type"] = rng.choice(["code", "markdown", "raw", "heading", 3])
        else:
            cells[index]["source"] = rng.choice(
                ["def f(:", "%%bash\nls", "1/0", "import os\nos._exit(3)", "?", "!ls", "\t x"]
            )
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
        return _bytes(content, rng)
    return json.dumps(notebook).encode()


def mutated_frame(frame: bytes, rng: random.Random) -> bytes:
    """A frame of the protocol after some changes; its head is often left as it should be."""
    head, body = frame[:8], frame[8:]
    for _ in range(rng.randint(1, 3)):
        body = _bytes(body, rng) if rng.random() < 0.5 else _text(body, rng)
    if rng.random() < 0.8:
        text = body.rfind(b"]") + 1
        head = text.to_bytes(4, "big") + (len(body) - text).to_bytes(4, "big")
    elif rng.random() < 0.5:
        head = rng.randbytes(8)
    return head + body


def _text(body: bytes, rng: random.Random) -> bytes:
    old = rng.choice(
        [b"[", b"]", b'"a"', b"1", b"2", b"<f8", b"returned", b"true", b"null", b",", b'"l"', b"0"]
    )
    new = rng.choice(
        [
            b"[[",
            b"",
            b'"o"',
            b"-1",
            b"99999999999999",
            b"O8",
            b"<U9",
            b"callback",
            b"1e999",
            b'{"a":1}',
            b'"c",0',
        ]
    )
    return body.replace(old, new, rng.randint(1, 3))
