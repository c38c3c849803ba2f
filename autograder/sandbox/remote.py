"""A learner's function in the sandbox, called from here: values go out, plain values come back."""

import builtins
import inspect
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from autograder.inside.generators import generator_state, set_generator_state
from autograder.inside.values import MAX_ANSWER, pack, unpack
from autograder.inside.wire import MAX_TEXT, ClosedError, LateError, ProtocolError, receive, send
from gradlab.checks.elsewhere import Elsewhere, StoppedElsewhere
from gradlab.checks.time_limit import OutOfTime
from gradlab.stubs import NotWrittenYet

# The function is told to stop in time; this is how much longer we wait for it to say that it has.
GRACE = 1.0
# An answer, and the words around it: two hundred thousand numbers of seventeen digits and their marks.
LARGEST = MAX_ANSWER + MAX_TEXT


class Opaque:
    """Stands for an object that cannot cross: it can only be handed back."""

    def __init__(self, number: int) -> None:
        self.number = number


class NoFunctionError(Exception):
    """There is nothing to call under the name; the message is for the learner."""


class Looks(NamedTuple):
    """What was read from a function without calling it."""

    loops: bool = False
    variables: tuple[str, ...] = ()
    signature: inspect.Signature | None = None


class RemoteFunction(Elsewhere):
    """The function that the other end of `connection` serves.

    Raises NoFunctionError when made, where the name stands for nothing or for no function.

    Args:
        name: of the function.
        connection: where it is served.
        seconds: for a call outside of any time limit.
        known: what was read from it before. Given that, it is asked for numbers only: names of its own making are passed over.

    Attributes:
        looks: what was read from it.
        ended: whether the process of the function has ended in a call.
        violation: what it sent that is against the protocol, if it did.
    """

    ended = False
    violation = ""

    def __init__(
        self, name: str, connection: socket.socket, seconds: float, known: Looks | None = None
    ) -> None:
        self.name = self.__name__ = name
        self._known = known
        self._connection = connection
        self._deadline = time.monotonic() + seconds
        self._seconds = seconds
        self._callables: list[Callable[..., Any]] = []
        self._over: BaseException | None = None
        message, _ = receive(connection, self._deadline + GRACE, largest=LARGEST)
        self._describe(message)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function there; arrays that it has changed are changed here too."""
        if self._over is not None:
            raise self._over
        self._callables.clear()
        try:
            content, blobs = pack((args, kwargs), self._keep)
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise OutOfTime
            send(self._connection, ["call", left, content], blobs)
            return self._finish(args, kwargs)
        except (OutOfTime, LateError):
            # Whatever it says later belongs to no question.
            self._over = OutOfTime()
            raise OutOfTime from None
        except ClosedError:
            self.ended = True
            self._over = StoppedElsewhere("Your code ended Python, which runs everything else too.")
            raise self._over from None
        except ProtocolError as error:
            self.violation = str(error)
            self._over = StoppedElsewhere(f"What your code sent to the grader is no answer: {error}.")
            raise self._over from error

    @contextmanager
    def time_limit(self, seconds: float) -> Iterator[None]:
        """Calls inside the block raise OutOfTime once `seconds` have passed."""
        self._deadline = time.monotonic() + seconds
        yield

    def _describe(self, message: Any) -> None:
        match message:
            case [
                "function",
                bool(found),
                bool(can_be_called),
                parameters,
                bool(loops),
                list(names),
                str(kind),
            ]:
                pass
            case _:
                raise ProtocolError("a function is described in no known form")
        if not found:
            raise NoFunctionError(f"There is no function called {self.name} when its check is run.")
        if not can_be_called:
            raise NoFunctionError(
                f"{self.name} is no function when its check is run, but a {self._type_name(kind)}."
            )
        variables = tuple(_word(name) for name in names[:5] if isinstance(name, str))
        self.looks = self._known or Looks(
            loops, variables, None if parameters is None else _signature(parameters)
        )
        self.has_loop, self.notebook_variables, signature = self.looks
        if signature is not None:
            self.__signature__ = signature

    def _finish(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        while True:
            message, blobs = receive(self._connection, self._deadline + GRACE, largest=LARGEST)
            match message:
                case ["returned", bool(printed), content]:
                    self.printed |= printed
                    value, after_args, after_kwargs = self._three(unpack(content, blobs, self._find))
                    _change(args, after_args)
                    _change(kwargs, after_kwargs)
                    return value
                case ["raised", "unwritten", str(), bool()]:
                    raise NotWrittenYet
                case ["raised", "timeout", str(), bool()]:
                    raise OutOfTime
                case ["raised", "error", str(words), bool(printed)]:
                    self.printed |= printed
                    raise StoppedElsewhere(_printable(words))
                case ["callback", int(number), content] if 0 <= number < len(self._callables):
                    self._call_back(number, content, blobs)
                case _:
                    raise ProtocolError("an answer has no known form")

    def _call_back(self, number: int, content: Any, blobs: Any) -> None:
        """The function calls one of our functions, which was among its arguments."""
        match unpack(content, blobs, self._find):
            case [tuple(args), dict(kwargs)] if all(isinstance(key, str) for key in kwargs):
                pass
            case _:
                raise ProtocolError("a call of an argument has no known form")
        if time.monotonic() > self._deadline + GRACE:
            raise LateError
        try:
            value = self._callables[number](*args, **kwargs)
            packed, parts = pack(value, self._keep)
        except (ProtocolError, ClosedError, LateError):
            raise
        except Exception as error:  # it may have been called with anything
            send(self._connection, ["failed", type(error).__name__, str(error)[:500]])
        else:
            send(self._connection, ["value", packed], parts)

    def _keep(self, value: Any) -> tuple[int, str]:
        if isinstance(value, Opaque):
            return value.number, ""
        self._callables.append(value)
        return len(self._callables) - 1, ""

    def _find(self, kind: str, number: int, name: str) -> Any:
        # Its type's name is what a learner reads: "yours is a set".
        return type(self._type_name(name), (Opaque,), {})(number)

    def _type_name(self, name: str) -> str:
        return (_word(name) if self._known is None or name in vars(builtins) else "") or "object"

    @staticmethod
    def _three(value: Any) -> tuple[Any, Any, Any]:
        if not isinstance(value, list) or len(value) != 3:
            raise ProtocolError("an answer has no known form")
        return value[0], value[1], value[2]


class _Default:
    """What a learner wrote as a default: only that there is one is known."""

    def __repr__(self) -> str:
        return "..."


def _signature(parameters: Any) -> inspect.Signature:
    try:
        return inspect.Signature(
            [
                inspect.Parameter(
                    name,
                    inspect._ParameterKind(kind),
                    default=_Default() if default else inspect.Parameter.empty,
                )
                for name, kind, default in parameters
            ]
        )
    except (ValueError, TypeError) as error:
        raise ProtocolError("the parameters of a function have no known form") from error


def _change(before: Any, after: Any) -> None:
    """Do to our arguments what the function did to its copies of them."""
    if isinstance(before, np.ndarray):
        if not isinstance(after, np.ndarray) or before.shape != after.shape or before.dtype != after.dtype:
            raise ProtocolError("an argument has come back as something else")
        if before.flags.writeable:
            np.copyto(before, after)
    elif isinstance(before, np.random.Generator):
        if not isinstance(after, np.random.Generator):
            raise ProtocolError("an argument has come back as something else")
        set_generator_state(before, generator_state(after))
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        _change_items(before, after)
    elif isinstance(before, dict) and isinstance(after, dict):
        for name, value in before.items():
            _change(value, after.get(name))


def _change_items(before: list[Any] | tuple[Any, ...], after: list[Any] | tuple[Any, ...]) -> None:
    if len(before) == len(after):
        for one, other in zip(before, after, strict=True):
            _change(one, other)
    # The arrays in a list are ours, and changed in place; numbers in it are replaced.
    if isinstance(before, list) and not (
        len(before) == len(after) and all(isinstance(one, np.ndarray | list | tuple) for one in before)
    ):
        before[:] = after


def _word(text: str) -> str:
    return "".join(sign for sign in text[:60] if sign.isalnum() or sign in "_.")


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text[:4000])
