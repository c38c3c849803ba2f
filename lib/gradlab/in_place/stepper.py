"""Take the steps of a rule in place, block by block."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from inspect import signature
from types import FunctionType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array, floating
from gradlab.in_place.blas import has_axpy
from gradlab.in_place.storage import LINE, cuts, memory_order, room
from gradlab.in_place.threads import at_once, cores
from gradlab.in_place.updates import (
    BLAS_BYTES,
    BLOCK_BYTES,
    FORMS,
    PARALLEL_BYTES,
    Form,
    Numbers,
    Operands,
)
from gradlab.optimizers.arguments import Hyper, checked, like, remembered

# Where it is in the flat arrays, and what `update` gets of it.
Block = tuple[slice, Operands, Operands]


def stepper(
    rule: Callable[..., Any],
    params: npt.ArrayLike,
    hyper: Mapping[str, Any],
    state: Any = None,
    *,
    order: Literal["C", "K"] = "C",
) -> "Stepper | None":
    """The in-place form of one of the library's rules, or None where there is none.

    Args:
        rule: one of `gradlab.optimizers`, or a rule of your own.
        params: where to start, any shape, floating point. Copied, not changed.
        hyper: the hyper-parameters of the rule by name; those left out have the default values of the rule.
            Numbers, or arrays that broadcast against `params`.
        state: what the rule remembers before the first step; None for zero. Copied, not changed.
        order: how to keep the weights in memory: "C" for the last axis the fastest, "K" for the order of `params`,
            where the gradients will come in the same one.

    Returns:
        a Stepper that walks the path of `rule`; None for a rule that is not the library's, and for weights that are
        neither float32 nor float64 (in float16 the sums that are kept here would overflow): call the rule itself.

    Raises:
        ValueError: for whatever the rule itself would refuse, in the same words.
        TypeError: for a hyper-parameter that the rule does not have, or one without a default left out.

    >>> from gradlab.optimizers import adam
    >>> walker = stepper(adam, np.array([1.0, -2.0]), {"lr": 0.1})
    >>> for _ in range(3):
    ...     walker.step(2 * walker.params)
    >>> walker.params.round(3), walker.state.step
    (array([ 0.702, -1.701]), 3)
    >>> stepper(lambda w, grad, state, lr: (w - lr * grad, state), np.ones(2), {"lr": 0.1}) is None
    True
    """
    # Only functions: a learner's callable object need not be hashable.
    if not isinstance(rule, FunctionType) or rule not in FORMS:
        return None
    w = floating("params", params)
    if w.dtype not in (np.float32, np.float64):
        return None
    axes = memory_order(w) if order == "K" else tuple(range(w.ndim))
    return Stepper(FORMS[rule], w, axes, _with_defaults(rule, hyper), state)


class Stepper:
    """One of the library's rules with its hyper-parameters, on its way; made by `stepper`.

    Attributes:
        params: the weights. Every step changes this array: copy it to keep it.

    >>> from gradlab.optimizers import gradient_descent
    >>> walker = stepper(gradient_descent, np.zeros(2), {"lr": 0.5})
    >>> walker.step(np.array([1.0, -1.0]))
    >>> walker.params
    array([-0.5,  0.5])
    """

    params: Array

    def __init__(
        self, form: Form, params: Array, axes: tuple[int, ...], hyper: dict[str, Any], state: Any
    ) -> None:
        checked(params, params, **hyper)
        self._shape, self._dtype, self._axes = params.shape, params.dtype, axes
        self._turned = axes != tuple(range(params.ndim))
        self.params = self._kept(params)
        self._form = form
        self._hyper = {name: _plain(value) for name, value in hyper.items()}
        self._memory = [self._recalled(state, field) for field in form.memory]
        self._taken = _steps_taken(state)
        self._lay_out()

    @property
    def state(self) -> Any:
        """What the rule remembers, in the form in which the rule returns it; None for a rule without memory.

        The arrays are new ones, which no step changes.

        >>> from gradlab.optimizers import momentum
        >>> walker = stepper(momentum, np.zeros(2), {"lr": 0.5})
        >>> walker.step(np.array([1.0, -1.0]))
        >>> walker.state
        MomentumState(velocity=array([ 1., -1.]))
        """
        if self._form.kind is None:
            return None
        arrays = [
            array * like(share(self._hyper), array)
            for array, share in zip(self._memory, self._form.memory.values(), strict=True)
        ]
        counted = (self._taken,) if "step" in self._form.kind._fields else ()
        return self._form.kind(*arrays, *counted)

    def step(self, grad: npt.ArrayLike, lr: Hyper | None = None) -> None:
        """Take one step, in place.

        Args:
            grad: the gradient at `params`, same shape. Not changed.
            lr: a new learning rate, for this step and those that follow; None to go on with the last one.

        Raises:
            ValueError: for a gradient of another shape, or a rate that the rule itself would refuse.

        >>> from gradlab.optimizers import gradient_descent
        >>> walker = stepper(gradient_descent, np.zeros(1), {"lr": 0.5})
        >>> walker.step(np.array([1.0]))
        >>> walker.step(np.array([1.0]), lr=0.25)
        >>> walker.params
        array([-0.75])
        """
        g = grad
        if not isinstance(g, np.ndarray) or g.shape != self._shape or g.dtype is not self._dtype:
            _, g = checked(self.params, grad)
        if lr is not None:
            self._change_rate(lr)
        self._taken += 1
        changing, update = self._form.changing, self._update
        if changing is not None:
            _fill(self._changing, changing(self._hyper, self._taken, g))
        flat = g.transpose(self._axes).ravel() if self._turned else g.ravel()
        if self._single:
            update(flat, *self._single)
        elif len(self._shares) < 2:
            for blocks in self._shares:
                _walk(update, flat, blocks)
        else:
            at_once([partial(_walk, update, flat, share) for share in self._shares])

    def _change_rate(self, lr: Hyper) -> None:
        checked(self.params, self.params, lr=lr)
        self._hyper["lr"] = _plain(lr)
        if np.size(lr) == 1:
            _fill(self._fixed, self._form.fixed(self._hyper))
        else:
            self._lay_out()

    def _recalled(self, state: Any, field: str) -> Array:
        array = remembered(state, self._form.kind, field, self.params)
        if state is not None:
            array = array / like(self._form.memory[field](self._hyper), self.params)
        return self._kept(array)

    def _lay_out(self) -> None:
        """Cut everything that `update` works on into the same blocks, and deal these out to the threads."""
        form, w = self._form, self.params
        self._fixed = self._numbers(form.fixed(self._hyper))
        _fill(self._fixed, form.fixed(self._hyper))
        # Only their shapes matter here, so the weights may stand for a gradient.
        with np.errstate(all="ignore"):
            self._changing = self._numbers(form.changing(self._hyper, 1, w) if form.changing else ())
        whole = [self._flat(array) for array in (w, *self._memory)]
        numbers = [self._flat(array) if array.ndim else array for array in (*self._fixed, *self._changing)]
        single = all(number.ndim == 0 for number in (*self._fixed, *self._changing))
        by_blas = form.blas if single and w.nbytes > BLAS_BYTES and has_axpy(w.dtype) else None
        self._update = by_blas or form.update
        # BLAS goes through all of it once, with threads of its own and no room for anything between.
        line = LINE // w.itemsize
        threads = 1 if by_blas or w.nbytes < PARALLEL_BYTES else cores()
        share = max(line, -(-w.size // (threads * line)) * line)
        longest = share if by_blas else BLOCK_BYTES // w.itemsize
        self._shares: list[list[Block]] = []
        for stretch in cuts(0, w.size, share, line):
            scratch = room((0 if by_blas else 2, min(longest, share)), w.dtype)
            parts = cuts(stretch.start, stretch.stop, longest, line)
            self._shares.append([_block(part, whole, scratch, numbers) for part in parts])
        # What fits into one block is so little that the cost of cutting it out of the gradient counts.
        self._single = self._shares[0][0][1:] if [len(blocks) for blocks in self._shares] == [1] else None

    def _numbers(self, numbers: Numbers) -> Operands:
        # A number for each run gets room for one for each weight: operations on arrays of one shape are the fastest.
        return tuple(
            np.empty((), self._dtype) if np.size(number) == 1 else room(self._shape, self._dtype, self._axes)
            for number in numbers
        )

    def _kept(self, array: Array) -> Array:
        copy = room(self._shape, self._dtype, self._axes)
        copy[...] = array
        return copy

    def _flat(self, array: Array) -> Array:
        return array.transpose(self._axes).reshape(-1)


def _block(part: slice, whole: Sequence[Array], scratch: Array, numbers: Sequence[Array]) -> Block:
    arrays = *(array[part] for array in whole), *scratch[:, : part.stop - part.start]
    return part, arrays, tuple(array[part] if array.ndim else array for array in numbers)


def _walk(update: Callable[..., None], flat: Array, blocks: Sequence[Block]) -> None:
    for part, arrays, numbers in blocks:
        update(flat[part], arrays, numbers)


def _fill(arrays: Operands, numbers: Numbers) -> None:
    for array, number in zip(arrays, numbers, strict=True):
        array[...] = number


def _plain(value: Hyper) -> Hyper:
    array = np.array(value, dtype=float)
    # Arithmetic on a Python float takes a tenth of the time that it takes on an array of one number.
    return array.item() if array.size == 1 else array


def _with_defaults(rule: Callable[..., Any], hyper: Mapping[str, Any]) -> dict[str, Any]:
    """Every hyper-parameter of a rule, in the order of its arguments."""
    try:
        bound = signature(rule).bind("params", "grad", "state", **hyper)
    except TypeError as error:
        raise TypeError(f"{rule.__name__}() {error}") from None
    bound.apply_defaults()
    return bound.kwargs


def _steps_taken(state: Any) -> int:
    taken: int = getattr(state, "step", 0)
    if taken < 0:
        raise ValueError(f"The step of the state counts the steps taken so far, >= 0, got {taken}.")
    return taken
