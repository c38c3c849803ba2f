"""The same steps as in `textbook`, in NumPy as fast as we know how to write it: in place, block by block.

A block and its scratch stay in a core's caches, so that every number travels once from memory and once back. What
is left to choose is the length of a block and the number of threads: `step` tries them, and the best is the bound.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from benchmarks.textbook import BETA1, BETA2, DECAY, EPS, LR, RHO

Array = np.ndarray
LENGTHS = (2**14, 2**15, 2**16, 2**17, 2**18, 2**19)


def gradient_descent(w: Array, g: Array, a: Array, *, step: int) -> None:
    np.multiply(g, LR, out=a)
    w -= a


def momentum(w: Array, g: Array, v: Array, a: Array, *, step: int) -> None:
    v *= RHO
    v += g
    np.multiply(v, LR, out=a)
    w -= a


def nesterov(w: Array, g: Array, v: Array, a: Array, *, step: int) -> None:
    v *= RHO
    v += g
    np.multiply(v, RHO, out=a)
    a += g
    a *= LR
    w -= a


def adagrad(w: Array, g: Array, s: Array, a: Array, *, step: int) -> None:
    np.multiply(g, g, out=a)
    s += a
    np.sqrt(s, out=a)
    a += EPS
    np.divide(g, a, out=a)
    a *= LR
    w -= a


def rmsprop(w: Array, g: Array, s: Array, a: Array, *, step: int) -> None:
    np.multiply(g, g, out=a)
    a *= 1 - RHO
    s *= RHO
    s += a
    np.add(s, EPS, out=a)
    np.sqrt(a, out=a)
    np.divide(g, a, out=a)
    a *= LR
    w -= a


def adam(w: Array, g: Array, m: Array, v: Array, a: Array, *, step: int) -> None:
    np.multiply(g, 1 - BETA1, out=a)
    m *= BETA1
    m += a
    np.multiply(g, g, out=a)
    a *= 1 - BETA2
    v *= BETA2
    v += a
    # Both corrections as factors of the rate and of eps: lr * m_hat / (sqrt(v_hat) + eps).
    root = (1 - BETA2**step) ** 0.5
    np.sqrt(v, out=a)
    a += EPS * root
    np.divide(m, a, out=a)
    a *= LR * root / (1 - BETA1**step)
    w -= a


def adamw(w: Array, g: Array, m: Array, v: Array, a: Array, *, step: int) -> None:
    w *= 1 - LR * DECAY
    adam(w, g, m, v, a, step=step)


KERNELS: dict[str, Callable[..., None]] = {
    kernel.__name__: kernel
    for kernel in (gradient_descent, momentum, nesterov, adagrad, rmsprop, adam, adamw)
}


class Blocked:
    """A step in place, block by block.

    The normalised gradient is gradient descent at a rate that needs the whole gradient first, and is not here.
    """

    def __init__(self, rule: str, arrays: list[Array], length: int, threads: int) -> None:
        self.kernel, self.length, self.steps = KERNELS[rule], length, 0
        size = len(arrays[0])
        cuts = [size * i // threads for i in range(threads + 1)]
        self.shares = [[array[a:b] for array in arrays] for a, b in pairwise(cuts)]
        self.scratch = [np.empty(length, arrays[0].dtype) for _ in self.shares]
        self.pool = ThreadPoolExecutor(threads) if threads > 1 else None

    def __call__(self) -> None:
        """Take a step."""
        self.steps += 1
        spread = self.pool.map if self.pool else map
        list(spread(self._share, self.shares, self.scratch))

    def _share(self, arrays: list[Array], scratch: Array) -> None:
        for start in range(0, len(arrays[0]), self.length):
            block = [array[start : start + self.length] for array in arrays]
            self.kernel(*block, scratch[: len(block[0])], step=self.steps)
