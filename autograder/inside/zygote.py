"""The process that every submission is a fork of: everything imported, a shell prepared, one thread, nothing open.

Started by the grader as `python -m autograder.inside.zygote ROLE FD`, in the sandbox. ROLE is `show` (runs notebooks
for their outputs, with the library) or `answer` (answers the judge's questions, without it).

For each submission the zygote forks the process that runs the student's code, in new namespaces, and watches it: it ends
that process when the grader says so, hangs up or dies, when the processes in there take more memory than they may, or
when there is one process too many. One submission is run after the other; each worker has zygotes of its own.
"""

import contextlib
import gc
import os
import select
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from autograder.inside.answering import answer
from autograder.inside.confine import (
    ConfinementError,
    Walls,
    fork_apart,
    own_process_numbers,
    part_from_neighbours,
    shut_in,
)
from autograder.inside.wire import ClosedError, ProtocolError, receive, send

Role = Callable[[socket.socket], None]
WATCH_SECONDS = 0.1
# Processes of ours that stand beside a student's: the init of the sandbox, the zygote and the process it came from.
OTHERS = 8


class Zygote(NamedTuple):
    """What is ready before the first request: where they come from, what to do, and how to shut it in.

    `processes` is the folder of all processes; `broken` says why none can be shut in, if so.
    """

    requests: socket.socket
    role: Role
    walls: Walls
    processes: int
    broken: str


def main() -> None:
    """Get ready, say so, and run a submission for each request until the grader hangs up."""
    role_name, handle = sys.argv[1], int(sys.argv[2])
    requests = socket.socket(fileno=handle)
    (words, core), parts = receive(requests)
    walls = Walls(**words, seccomp=bytes(parts[0]))
    broken = _make_numbers(walls)
    role = _prepare(role_name)
    zygote = Zygote(requests, role, walls, os.open("/proc", os.O_RDONLY | os.O_DIRECTORY), broken)
    # What is there now is never collected, so forks do not copy it only to count references.
    gc.collect()
    gc.freeze()
    if core is not None:
        os.sched_setaffinity(0, {core})
    send(requests, ["ready"])
    with contextlib.suppress(ClosedError):
        while True:
            fds: list[int] = []
            receive(requests, fds=fds)
            control, watcher = (socket.socket(fileno=fd) for fd in fds)
            with control, watcher:
                _run_watched(control, watcher, zygote)


def _make_numbers(walls: Walls) -> str:
    """Prepare for forks with process numbers of their own; why that cannot be, or nothing."""
    try:
        if walls.namespaces:
            own_process_numbers()
    except ConfinementError as error:
        return str(error)
    return ""


def _prepare(role_name: str) -> Role:
    """Import what notebooks import, so that no fork has to, and make the shell."""
    _quiet_files()
    import matplotlib as mpl  # noqa: PLC0415

    mpl.use("module://matplotlib_inline.backend_inline" if role_name == "show" else "agg")
    import matplotlib.pyplot  # noqa: F401, PLC0415

    from autograder.inside import showing  # noqa: PLC0415

    outputs = showing.Outputs()
    shell = showing.new_shell(outputs)
    if role_name == "show":
        _warm_up(shell, outputs)
        return lambda control: showing.show(control, shell, outputs)
    from autograder.inside import scenery  # noqa: PLC0415

    scenery.withhold()
    shell.user_ns["check"] = None
    _no_checks_here()
    return lambda control: answer(control, shell)


def _no_checks_here() -> None:
    """A notebook's own calls of check say nothing here, and cost nothing: the judge asks by itself."""
    import gradlab.checks  # noqa: PLC0415

    def check(function: Any, *, hint: bool = False, hidden: bool = False) -> None:
        """Say nothing."""

    gradlab.checks.check = check  # type: ignore[assignment]


def _warm_up(shell: Any, outputs: Any) -> None:
    """Draw one figure and show one error: fonts, colour maps and highlighters are then there in every fork."""
    outputs.start(1 << 24)
    with contextlib.suppress(ImportError):
        import gradlab.explorers  # noqa: PLC0415
        import gradlab.network  # noqa: PLC0415
        import gradlab.optimizers  # noqa: PLC0415
        import gradlab.training  # noqa: F401, PLC0415
    keep = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123
    try:
        shell.run_cell(
            "from gradlab.plots import curves\nimport numpy as np\ncurves({'a': np.arange(3.0)}, alt='a')"
        )
        shell.run_cell("import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.title('$x$'); plt.show()")
        shell.run_cell("1 / 0")
    finally:
        sys.stdout.close()
        sys.stdout, sys.stderr = keep
        shell.reset(new_session=True)
        shell.execution_count = 1
        outputs.start(0)


def _quiet_files() -> None:
    """What C code prints goes nowhere."""
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.close(null)


def _run_watched(control: socket.socket, watcher: socket.socket, zygote: Zygote) -> None:
    """Fork the student's process and watch it to its end."""
    try:
        if zygote.broken:
            raise ConfinementError(zygote.broken)
        student = fork_apart() if zygote.walls.namespaces else os.fork()
        if student == 0:
            watcher.close()
            zygote.requests.close()
            _run(control, zygote.role, zygote.walls)
        control.close()
        _watch(student, watcher, zygote.walls, zygote.processes)
    except ConfinementError as error:
        with contextlib.suppress(ClosedError):
            send(watcher, ["broken", str(error)])


def _run(control: socket.socket, role: Role, walls: Walls) -> None:
    try:
        if walls.namespaces:
            part_from_neighbours()
        else:
            os.setsid()
        scratch = "/tmp" if walls.namespaces else tempfile.mkdtemp(prefix="gradlab-")
        _close_files(control.fileno())
        # The first process of a namespace hears no signal of the others but those that it has asked for.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.environ.update(HOME=scratch, TMPDIR=scratch, MPLCONFIGDIR=scratch, GRADLAB_HOME=scratch)
        tempfile.tempdir = scratch
        shut_in(walls, scratch)
        # A fork would draw the same random numbers as its neighbours.
        np.random.seed()
        send(control, ["begun"])
        role(control)
    except ConfinementError as error:
        with contextlib.suppress(ClosedError):
            send(control, ["broken", str(error)])
    finally:
        os._exit(0)


def _close_files(but: int) -> None:
    os.closerange(3, but)
    os.closerange(but + 1, 4096)


# --- The watch ----------------------------------------------------------------------------------------------


def _watch(student: int, watcher: socket.socket, walls: Walls, processes: int) -> None:
    """Wait for the student's process to end; end it where it must not go on; say how it ended."""
    ended = os.pidfd_open(student)
    number = _number_outside(ended)
    base, reason = _memory(processes, number), ""
    while True:
        ready, _, _ = select.select([ended, watcher.fileno()], [], [], WATCH_SECONDS)
        if ended in ready:
            break
        if watcher.fileno() in ready:
            reason = "told to"
        elif walls.namespaces:
            reason = _over_a_limit(number, base, walls, processes)
        if reason:
            os.kill(student, signal.SIGKILL)
            if not walls.namespaces:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(student, signal.SIGKILL)
            break
    os.close(ended)
    _, status = os.waitpid(student, 0)
    with contextlib.suppress(ClosedError, ProtocolError):
        send(watcher, ["ended", os.waitstatus_to_exitcode(status), reason])


def _number_outside(process: int) -> int:
    """The number of a process as `/proc` has it, which is older than our own process numbers."""
    about = Path(f"/proc/self/fdinfo/{process}").read_text()
    return int(about.partition("\nPid:")[2].split()[0])


def _over_a_limit(student: int, base: int, walls: Walls, processes: int) -> str:
    # To look at each process of a fork bomb takes time, in which it makes more of them.
    if sum(entry.isdigit() for entry in os.listdir(processes)) > walls.processes + OTHERS:
        return "processes"
    family = list(_family(processes, student))
    if sum(threads for _, threads in family) > walls.processes:
        return "processes"
    if len(family) == 1:
        return ""  # its own limit holds its memory
    used = sum(max(0, _memory(processes, pid) - base) for pid, _ in family)
    return "memory" if used > walls.memory else ""


def _family(processes: int, first: int) -> Iterator[tuple[int, int]]:
    """The process and all that descend from it, with their threads: the first of a namespace inherits the orphans."""
    children: dict[int, list[int]] = {}
    threads: dict[int, int] = {}
    for entry in os.listdir(processes):
        if entry.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                fields = _read(processes, f"{entry}/stat").rpartition(")")[2].split()
                children.setdefault(int(fields[1]), []).append(int(entry))
                threads[int(entry)] = int(fields[17])
    waiting = [first]
    while waiting:
        pid = waiting.pop()
        yield pid, threads.get(pid, 1)
        waiting += children.get(pid, [])


def _memory(processes: int, pid: int) -> int:
    """Bytes that are the process's own or that it shares with others of its kind, but for files."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        lines = _read(processes, f"{pid}/status").splitlines()
        return sum(
            1024 * int(line.split()[1]) for line in lines if line.startswith(("RssAnon:", "RssShmem:"))
        )
    return 0


def _read(folder: int, path: str) -> str:
    # By hand and not with `open`: this happens thousands of times.
    file = os.open(path, os.O_RDONLY, dir_fd=folder)
    try:
        return os.read(file, 8192).decode("ascii", "replace")
    finally:
        os.close(file)


if __name__ == "__main__":
    main()
