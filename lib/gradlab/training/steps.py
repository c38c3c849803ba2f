"""What a training step is made of: gradients, penalties and the rule, one form for the fast and the plain way."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array, check_not_negative
from gradlab.descent import Rule, take_step
from gradlab.in_place import Stepper, stepper
from gradlab.network import MLP, Averages
from gradlab.network.losses import CRITERIA
from gradlab.network.workspace import Workspace
from gradlab.regularizers import l1_subgradient, l2_gradient


class Called:
    """A learner's rule behind the interface of a `Stepper`: called for every step, on copies.

    >>> def descent(w, grad, state, lr):
    ...     return w - lr * grad, state
    >>> walker = Called(descent, np.array([1.0]), {"lr": 0.5}, None)
    >>> walker.step(np.array([1.0]))
    >>> walker.params
    array([0.5])
    """

    def __init__(self, rule: Rule, params: Array, hyper: Mapping[str, Any], state: Any) -> None:
        # A learner's rule may work in place; the caller's arrays are not its to change.
        self.params, self.state = params.copy(), copy.deepcopy(state)
        self._rule, self._hyper = rule, dict(hyper)

    def step(self, grad: Array, lr: float | Array | None = None) -> None:
        """Take one step; a given `lr` holds for this step and those that follow.

        >>> walker = Called(lambda w, grad, state, lr: (w - lr * grad, state), np.zeros(1), {"lr": 0.5}, None)
        >>> walker.step(np.ones(1))
        >>> walker.step(np.ones(1), lr=0.25)
        >>> walker.params
        array([-0.75])
        """
        if lr is not None:
            self._hyper["lr"] = lr
        self.params[...], self.state = take_step(
            self._rule, self.params, grad.copy(), self.state, self._hyper
        )


def walker_of(rule: Rule, params: Array, hyper: Mapping[str, Any], state: Any) -> Stepper | Called:
    """Whatever steps `rule` from a copy of `params`: in place for the library's rules, called for any other.

    >>> from gradlab.optimizers import momentum
    >>> walker = walker_of(momentum, np.array([1.0]), {"lr": 0.5}, None)
    >>> walker.step(np.array([1.0]))
    >>> walker.params
    array([0.5])
    """
    return stepper(rule, params, hyper, state) or Called(rule, params, hyper, state)


class Formulas:
    """The gradients of a network with batch norm or dropout, behind the interface of a `Workspace`.

    Attributes:
        averages: the running averages after the latest batch.

    >>> network = MLP((2, 3, 2), dropout=0.5)
    >>> params, X, y = network.init(np.random.default_rng(0)), np.eye(2), np.array([0, 1])
    >>> formulas = Formulas(network, params, X, y, averages=(), rng=np.random.default_rng(1))
    >>> formulas.backpropagate(np.array([0, 1])).shape
    (17,)
    """

    def __init__(
        self,
        network: MLP,
        params: Array,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        averages: Averages,
        rng: np.random.Generator,
    ) -> None:
        self.averages = averages
        self._network, self._params, self._rng = network, params, rng
        self._X = network.inputs(params, X)
        outputs = (*params.shape[:-1], self._X.shape[-2], network.sizes[-1])
        self._targets = network.targets(y, outputs, params.dtype)

    def backpropagate(self, batch: npt.NDArray[np.int64]) -> Array:
        """The gradient of the mean loss of the examples `batch`, of the shape of the parameters.

        >>> network, rng = MLP((2, 2)), np.random.default_rng(0)
        >>> formulas = Formulas(network, np.zeros(6), np.eye(2), [0, 1], averages=(), rng=rng)
        >>> formulas.backpropagate(np.array([1]))
        array([ 0. ,  0. ,  0.5, -0.5,  0.5, -0.5])
        """
        X, targets = self._X.take(batch, axis=-2), self._targets.take(batch, axis=-2)
        passed = self._network.forward(self._params, X, self.averages, rng=self._rng)
        self.averages = passed.averages
        delta = CRITERIA[self._network.criterion].gradient(passed.outputs, targets)
        return self._network.backward(self._params, passed, delta)

    def loss(self) -> Array:
        """The mean loss of all the examples at test time, shape (...).

        >>> network, rng = MLP((2, 2)), np.random.default_rng(0)
        >>> Formulas(network, np.zeros(6), np.eye(2), [0, 1], averages=(), rng=rng).loss().round(4)
        np.float64(0.6931)
        """
        outputs = self._network.logits(self._params, self._X, self.averages)
        return CRITERIA[self._network.criterion].value(outputs, self._targets)


def gradients_of(
    network: MLP,
    params: Array,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    averages: Averages,
    rng: np.random.Generator,
) -> Workspace | Formulas:
    """Whatever finds the gradients of `network` at what the array `params` holds when it is asked.

    >>> network, rng = MLP((2, 2)), np.random.default_rng(0)
    >>> gradients = gradients_of(network, np.zeros(6), np.eye(2), [0, 1], averages=(), rng=rng)
    >>> gradients.backpropagate(np.array([0]))
    array([-0.5,  0.5,  0. ,  0. , -0.5,  0.5])
    """
    if network.dropout or network.batch_norm:
        return Formulas(network, params, X, y, averages=averages, rng=rng)
    return Workspace(network, params, X, y)


Penalty = tuple[Callable[..., Array], Array]


def penalties(network: MLP, *, l2: npt.ArrayLike, l1: npt.ArrayLike) -> list[Penalty]:
    """The penalties that are not 0: the gradient of each, and its strength for every parameter.

    Raises:
        ValueError: for a strength that is negative or not finite.

    >>> [(gradient.__name__, lam) for gradient, lam in penalties(MLP((2, 1)), l2=0.1, l1=0.0)]
    [('l2_gradient', array([0.1, 0.1, 0. ]))]
    """
    found = []
    for name, gradient, strength in (("l2", l2_gradient, l2), ("l1", l1_subgradient, l1)):
        lam = np.asarray(strength, dtype=float)
        check_not_negative(name, lam)
        if lam.any():
            found.append((gradient, lam * network.is_weight))
    return found
