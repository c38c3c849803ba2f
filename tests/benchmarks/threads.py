"""How many threads NumPy's BLAS and PyTorch use."""

import functools

import torch
from threadpoolctl import ThreadpoolController

from benchmarks.machine import cores

# One, and all: on a small network more threads cost more than they bring.
COUNTS = tuple(sorted({1, cores()}))


def use_threads(count: int) -> None:
    """Let both use `count` threads from now on."""
    torch.set_num_threads(count)
    _blas().limit(limits=count)


@functools.cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController().select(user_api="blas")
