"""The form of an answer: how the function is called, what kind of thing it returns, and that it returns it again.

Form comes before value. An answer of the wrong form gets one message that says what to change, and the mistake has
the same name in every exercise.
"""

import copy
import inspect
import io
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.checks.elsewhere import Elsewhere
from gradlab.checks.exercise import Exercise, Function, Kind

Values = tuple[Any, ...]


class WrongForm(Exception):  # noqa: N818 (it describes the answer)
    """The function answered, but not in the form that the exercise asks for.

    Attributes:
        name: what this mistake is called.
    """

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class Call(NamedTuple):
    """The arguments of a call, as they were before it."""

    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = {}  # noqa: RUF012 (nobody writes into it)


class Caller:
    """Stands in for the function: remembers its calls and insists on the form of the answers."""

    def __init__(self, exercise: Exercise, function: Function) -> None:
        self.exercise, self.function = exercise, function
        self.printed = io.StringIO()
        self.last_call = Call()
        self._first: tuple[Call, Values] | None = None
        self._fitting: set[tuple[int, tuple[str, ...]]] = set()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the function returns, made sure of: one value, or a tuple of them.

        Raises:
            WrongForm: where it cannot be called like this, or returns something else than asked for.
        """
        self.last_call = Call(_copied(args), _copied(kwargs))
        values = self._answer(args, kwargs)
        if self._first is None:
            self._first = (self.last_call, _copied(values))
        return values[0] if len(values) == 1 else values

    def repeat(self) -> None:
        """Make the first call once more, with arguments as they were then.

        Raises:
            WrongForm: where the answer is another one.
        """
        if self._first is None:
            return
        call, before = self._first
        again = self._answer(*map(_copied, call))
        if not all(map(_same, before, again)):
            self.last_call = call
            raise WrongForm(
                "Another answer at every call",
                f"Called twice with the same arguments, {self.exercise.name} gives two different answers. Does it keep "
                "something from one call to the next, or draw random numbers of its own?",
            )

    def _answer(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Values:
        self._check_call(args, kwargs)
        return self._unpacked(self.function(*args, **kwargs))

    def _has_printed(self) -> bool:
        elsewhere = isinstance(self.function, Elsewhere) and self.function.printed
        return elsewhere or bool(self.printed.getvalue())

    @cached_property
    def _signature(self) -> inspect.Signature | None:
        try:
            return inspect.signature(self.function)
        except (TypeError, ValueError):
            return None  # some callables do not tell

    def _check_call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        form = len(args), tuple(kwargs)  # that is all that counts, and most calls are alike
        if self._signature is None or form in self._fitting:
            return
        try:
            self._signature.bind(*args, **kwargs)
            self._fitting.add(form)
        except TypeError as error:
            asked = inspect.signature(self.exercise.reference)
            name = self.exercise.name
            raise WrongForm(
                "Other arguments than asked for",
                f"{name} must take the arguments {name}{asked}; yours is defined as {name}{self._signature} ({error}). "
                "Copy the first line of the exercise again.",
            ) from None

    def _unpacked(self, result: Any) -> Values:
        returns = self.exercise.returns
        kinds: tuple[Kind, ...] = self.exercise.kinds or tuple("numbers" for _ in returns)
        asked = f"{self.exercise.name} must return {_listed(returns)}"
        if result is None and "anything" not in kinds:
            if self._has_printed():
                raise WrongForm(
                    "Printed instead of returned",
                    f"{asked}; yours returns nothing (None). It prints instead: replace print(...) by return.",
                )
            raise WrongForm(
                "Nothing is returned", f"{asked}; yours returns nothing (None). Does it end with a return?"
            )
        if len(returns) == 1:
            return (_CONVERTED[kinds[0]](result, returns[0], asked),)
        if not isinstance(result, tuple | list) or len(result) != len(returns):
            got = (
                f"{len(result)} values"
                if isinstance(result, tuple | list)
                else f"a single {type(result).__name__}"
            )
            raise WrongForm(
                "Not as many values as asked for",
                f"{asked}, {len(returns)} values in this order; yours returns {got}.",
            )
        return tuple(
            _CONVERTED[kind](value, what, asked)
            for kind, value, what in zip(kinds, result, returns, strict=True)
        )


def _copied(value: Any) -> Any:
    """What `copy.deepcopy` returns, in a fraction of the time for what arguments mostly are."""
    kind = type(value)
    if kind is tuple or kind is list:
        return kind(map(_copied, value))
    if kind is dict:
        return {name: _copied(part) for name, part in value.items()}
    if kind is np.ndarray and value.dtype.kind in "iufb":
        return value.copy(order="K")
    return value if kind in (float, int, str, bool) else copy.deepcopy(value)


def _the(what: str) -> str:
    return what if what.startswith("the ") else f"the {what}"


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, np.ndarray):
        if one.dtype.kind not in "iuf":
            return bool(np.array_equal(one, other))
        # Not to the last bit: how a sum is rounded may hang on where in memory its terms lie.
        return one.shape == other.shape and (
            bool((one == other).all()) or np.allclose(one, other, rtol=1e-9, atol=1e-12, equal_nan=True)
        )
    return True  # things of any kind: the probe knows what to compare


def _numbers(value: Any, what: str, asked: str) -> npt.NDArray[Any]:
    array = _array(value)
    if array.dtype.kind not in "iuf":
        raise WrongForm(
            "Not a number",
            f"{asked}; {_the(what)} that yours returns is a {type(value).__name__}, not a real number or an array of them.",
        )
    if isinstance(value, list | tuple):
        raise WrongForm(
            "A list instead of an array",
            f"{asked}; {_the(what)} that yours returns is a {type(value).__name__}. With a list, * and + do "
            "something else than with an array: hand back np.array(...).",
        )
    return array


def _truth(value: Any, what: str, asked: str) -> npt.NDArray[Any]:
    array = _array(value)
    if array.dtype.kind in "iuf" and np.isin(array, (0, 1)).all():
        array = array.astype(bool)
    if array.dtype.kind != "b":
        numbers = array.dtype.kind in "iuf"
        found = (
            f"holds {array[~np.isin(array, (0, 1))][0]:.4g}" if numbers else f"is a {type(value).__name__}"
        )
        raise WrongForm(
            "Neither True nor False", f"{asked}; {what} must be True or False, and yours {found}."
        )
    return array


def _word(value: Any, what: str, asked: str) -> npt.NDArray[Any]:
    array = _array(value)
    if array.dtype.kind != "U":
        raise WrongForm(
            "Not a word", f"{asked}; {what} must be a word in quotes, and yours is a {type(value).__name__}."
        )
    return array


def _arrays(value: Any, what: str, asked: str) -> list[npt.NDArray[Any]]:
    try:
        parts = list(value)
    except TypeError:
        raise WrongForm(
            "Not a list", f"{asked}; {what} must be a list of arrays, and yours is a {type(value).__name__}."
        ) from None
    return [_numbers(part if isinstance(part, np.ndarray) else _array(part), what, asked) for part in parts]


def _array(value: Any) -> npt.NDArray[Any]:
    try:
        return np.array(value)
    except Exception:
        return np.array(None)


_CONVERTED: dict[Kind, Callable[[Any, str, str], Any]] = {
    "numbers": _numbers,
    "truth": _truth,
    "word": _word,
    "arrays": _arrays,
    # What is dealt out one by one, such as by `yield`, can be looked at only once: keep it as a list.
    "anything": lambda value, what, asked: list(value) if isinstance(value, Iterator) else value,
}


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def typed(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """The call as a learner would type it, to try it by hand.

    >>> typed("step", (np.array([1.0, 2.5]), 3), {"lr": 0.1})
    'step(np.array([1. , 2.5]), 3, lr=0.1)'
    """
    words = [_typed_value(value) for value in args] + [
        f"{key}={_typed_value(value)}" for key, value in kwargs.items()
    ]
    return f"{name}({', '.join(words)})"


def _typed_value(value: Any) -> str:
    if isinstance(value, np.ndarray) and value.ndim:
        return f"np.array({np.array2string(value, separator=', ', precision=4, threshold=24, max_line_width=100)})"
    if isinstance(value, np.random.Generator):
        return "np.random.default_rng(0)"
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    return f"{value:.4g}" if isinstance(value, float) else repr(value)
