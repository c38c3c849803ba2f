"""The state of a generator of random numbers: what of it crosses the wall, and how it is put back."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.inside.wire import ProtocolError


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
