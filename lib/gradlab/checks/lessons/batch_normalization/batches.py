"""The batches of this lesson's checks: more features than examples or fewer, never as many; each with a mean of its own."""

import numpy as np

from gradlab.checks.probes import Array, short_decimals


def batch(rng: np.random.Generator, n: int, d: int) -> Array:
    """n examples of d features, each feature around a mean and with a spread of its own.

    >>> batch(np.random.default_rng(0), 4, 3).shape
    (4, 3)
    """
    means, spreads = short_decimals(rng, d), np.linspace(0.5, 2.0, d)
    return np.round(2 * means + spreads * short_decimals(rng, n, d), 2)


def layer(rng: np.random.Generator, d: int) -> dict[str, Array]:
    """gamma, beta and the running averages of d features, in the order in which the exercises take them.

    >>> list(layer(np.random.default_rng(0), 2))
    ['gamma', 'beta', 'running_mean', 'running_var']
    """
    gamma, beta, mean, var = short_decimals(rng, 4, d)
    return {"gamma": gamma, "beta": beta, "running_mean": mean, "running_var": np.abs(var)}


def large_eps(rng: np.random.Generator) -> float:
    """An eps so large that its place can be seen.

    >>> large_eps(np.random.default_rng(0))
    0.26
    """
    return round(rng.uniform(0.2, 0.3), 2)
