"""Answer the judge's questions: run the cells, and call the functions that the judge names.

An exercise is answered here, which is quick, or by a fork of its own, so that what a function does to itself, to its
notebook or to its time costs no other exercise anything.
"""

import builtins
import contextlib
import inspect
import io
import os
import select
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder.inside.statements import run_statements
from autograder.inside.traces import leaves_no_trace
from autograder.inside.values import Changeable, TooLargeError, pack, unpack
from autograder.inside.wire import ClosedError, ProtocolError, receive, send
from gradlab.checks.observation import own_words, quiet
from gradlab.checks.reading import has_loop, variables_of_the_notebook
from gradlab.checks.time_limit import OutOfTime, time_limit
from gradlab.stubs import NotWrittenYet


def answer(control: socket.socket, shell: Any) -> None:
    """Do what the grader says, until it hangs up."""
    # A function is asked again as it was met first, whatever its name stands for by then.
    met: dict[str, Any] = {}
    with contextlib.suppress(ClosedError, ProtocolError):
        while True:
            fds: list[int] = []
            (verb, *words), _ = receive(control, fds=fds)
            if verb == "cell":
                send(control, ["cell", *_run_cell(shell, *words)])
            elif verb == "serve":
                (name,) = words
                function = met.setdefault(name, shell.user_ns.get(name))
                with socket.socket(fileno=fds[0]) as connection:
                    serve(connection, function, name in shell.user_ns)
                send(control, ["served", _leaves_no_trace(function)])
            elif verb == "serve apart":
                send(control, _serve_apart(control, shell, fds[0], *words))


def _run_cell(shell: Any, source: str, definitions_only: bool, seconds: float) -> list[str]:
    """Run one cell: how it ended, and the learner's own line where it failed."""
    try:
        with quiet(io.StringIO()), time_limit(seconds):
            run_statements(shell, source, definitions_only=definitions_only)
    except OutOfTime:
        return ["timeout", "", ""]
    except NotWrittenYet:
        return ["unwritten", "", ""]
    except SystemExit:
        return ["done", "", ""]  # `quit()` ends a cell and not the notebook
    except BaseException as error:
        return ["error", type(error).__name__[:80], _words_of(error)]
    return ["done", "", ""]


def _words_of(error: BaseException) -> str:
    """What an exception says; its class is the learner's as well, and may do anything when it is asked."""
    try:
        with time_limit(1.0):
            return str(error)[:2000]
    except BaseException:
        return "an exception that cannot be shown"


def _leaves_no_trace(function: Any) -> bool:
    try:
        return leaves_no_trace(function)
    except Exception:  # whatever a forged function makes of being looked at
        return False


def _serve_apart(control: socket.socket, shell: Any, handle: int, name: str) -> list[str]:
    """Serve one function in a fork; come back when the judge hangs up, or tells us to end it."""
    child = os.fork()
    if child == 0:
        try:
            control.close()
            serve(socket.socket(fileno=handle), shell.user_ns.get(name), name in shell.user_ns)
        finally:
            os._exit(0)
    os.close(handle)
    ended = os.pidfd_open(child)
    try:
        while True:
            ready, _, _ = select.select([control.fileno(), ended], [], [])
            if ended in ready:
                break
            receive(control)  # the one word that can come now is "enough"
            os.kill(child, signal.SIGKILL)
    except (ClosedError, ProtocolError):
        os.kill(child, signal.SIGKILL)
    finally:
        os.close(ended)
    _, status = os.waitpid(child, 0)
    return ["served", str(os.waitstatus_to_exitcode(status))]


def serve(connection: socket.socket, function: Any, found: bool) -> None:
    """Tell what the function is, then answer calls until the judge hangs up."""
    send(connection, ["function", found, callable(function), *_description(function)])
    objects: list[Any] = []
    with contextlib.suppress(ClosedError, ProtocolError):
        while True:
            message, blobs = receive(connection)
            _answer_call(connection, function, objects, message, blobs)


def _description(function: Any) -> tuple[Any, bool, list[str], str]:
    """Its parameters, whether it loops, and which numbers of the notebook it reads."""
    try:
        parameters = [
            [p.name[:80], int(p.kind), p.default is not p.empty]
            for p in inspect.signature(function).parameters.values()
        ]
    except (TypeError, ValueError):
        parameters = None
    try:
        loops, variables = has_loop(function), [name[:80] for name in variables_of_the_notebook(function)[:5]]
    except Exception:  # whatever a forged function makes of being looked at
        loops, variables = False, []
    return parameters, loops, variables, type(function).__name__[:80]


def _answer_call(
    connection: socket.socket, function: Callable[..., Any], objects: list[Any], message: Any, blobs: Any
) -> None:
    _, seconds, packed = message

    def keep(value: Any) -> tuple[int, str]:
        objects.append(value)
        return len(objects) - 1, type(value).__name__[:80]

    def find(kind: str, number: int, name: str) -> Any:
        return _callback(connection, number, keep, find) if kind == "c" else objects[number]

    changeable = Changeable()
    args, kwargs = unpack(packed, blobs, find, changeable)
    printed = io.StringIO()
    try:
        with quiet(printed), time_limit(seconds):
            value = function(*args, **kwargs)
            (_, content), parts = pack(_returned(value, args, kwargs, changeable), keep)
    except NotWrittenYet:
        reply: list[Any] = ["raised", "unwritten", ""]
    except OutOfTime:
        reply = ["raised", "timeout", ""]
    except TooLargeError as error:
        reply = ["raised", "error", f"Your code returned what is too large to be looked at: {error}"]
    except ClosedError:
        raise
    except BaseException as error:
        reply = ["raised", "error", own_words(error)[:4000]]
    else:
        send(connection, ["returned", bool(printed.getvalue()), ["l", content]], parts)
        return
    send(connection, [*reply, bool(printed.getvalue())])


def _returned(value: Any, args: Any, kwargs: Any, changeable: Changeable) -> Iterator[Any]:
    """What was returned, and the arguments after the call, each None if nothing has changed.

    One by one: a generator that was returned does its work while it is dealt out, and may change arguments then.
    """
    yield value
    untouched = changeable.is_as_it_came
    yield None if untouched else _changeable(args)
    yield None if untouched else _changeable(kwargs)


def _changeable(arguments: Any) -> Any:
    """The arguments after the call; what cannot change, or cannot have crossed, is left out."""
    if isinstance(arguments, dict):
        return {name: _changeable(value) for name, value in arguments.items()}
    if isinstance(arguments, tuple):
        return tuple(map(_changeable, arguments))
    if isinstance(arguments, (np.ndarray, np.random.Generator, list)):
        return arguments
    return None


def _callback(
    connection: socket.socket, number: int, keep: Callable[[Any], tuple[int, str]], find: Any
) -> Callable[..., Any]:
    """A function of the judge's: called here, answered there."""

    def function(*args: Any, **kwargs: Any) -> Any:
        content, parts = pack([args, kwargs], keep)
        send(connection, ["callback", number, content], parts)
        (what, *rest), blobs = receive(connection)
        if what == "failed":
            kind = getattr(builtins, rest[0], RuntimeError)
            raise kind(rest[1])
        return unpack(rest[0], blobs, find)

    return function
