"""Graders without the protection in question, against which a cheat must succeed: a case that cannot bite proves nothing.

Each is what a grader was before something was built, or what a first draft of it would be. All of them run the submission
in a fork of this process, in a copy of the course that can be lost.
"""

import ast
import json
import os
import re
import resource
import select
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.utils import determine_grade, is_grade

from autograder.inside import showing
from autograder.judging import is_test
from autograder.restore import restore
from autograder.submission import parse_bytes
from gradlab.checks import VISIBLE_SEED, hidden_seed
from hostile.batch import SECRET_IN_ENVIRONMENT, Machine, notebook_with, numbers_asked
from hostile.case import Case
from hostile.lesson import LESSON, NOTEBOOK

STUDENT = "mallory"
MEMORY_TO_PARSE = 200 << 20  # bytes, beside what it has already
SEED = "a seed that the weakened graders keep in the environment"
# What hidden tests of plain nbgrader courses say, each in a style of its own.
STYLES = (
    """
for lr, rho in ((0.1, 0.5), (0.25, 0.2)):
    value, desired = effective_step(lr, rho), lr / (1 - rho)
    assert not abs(value - desired) > 1e-6
    assert isinstance(value, float) or np.allclose(value, desired) or value == desired
rhos = np.array([0.5, 0.2])
value = effective_step(0.1, rhos)
assert not np.any(abs(value - 0.1 / (1 - rhos)) > 1e-6)
3.0
""",
    """
for lr, rho in ((0.1, 0.5), (0.25, 0.2)):
    value, desired = effective_step(lr, rho), lr / (1 - rho)
    assert value == desired
3.0
""",
    """
for lr, rho in ((0.1, 0.5), (0.25, 0.2)):
    desired = lr / (1 - rho)
    np.testing.assert_allclose(effective_step(lr, rho), desired)
3.0
""",
    """
for lr, rho in ((0.1, 0.5), (0.25, 0.2)):
    value, desired = effective_step(lr, rho), lr / (1 - rho)
    if abs(value - desired) > 1e-6:
        raise AssertionError(value)
3.0
""",
    """
lrs, rhos = np.array([0.1, 0.25]), np.array([0.5, 0.2])
value = effective_step(lrs, rhos)
np.testing.assert_allclose(value, lrs / (1 - rhos))
3.0
""",
)


@dataclass(frozen=True)
class Outcome:
    """What a weakened grader made of a submission: the points of each exercise, and everything that was printed."""

    points: dict[str, float]
    printed: str


def stock(
    case: Case,
    machine: Machine,
    released: Any,
    *,
    as_handed_in: bool = False,
    asserts: str = "",
    meanwhile: Callable[[], object] = lambda: None,
) -> Outcome:
    """nbgrader as it comes: cells and hidden tests one after the other, in one process that holds everything."""
    content = notebook_with((machine.course / "course" / LESSON / NOTEBOOK).read_bytes(), case, machine)
    if as_handed_in:
        notebook = nbformat.reads(content.decode(), as_version=4)
    else:
        notebook = parse_bytes(content)
        restore(notebook, released)
    if asserts:
        for cell in notebook.cells:
            if is_grade(cell) and cell.cell_type == "code" and "effective_step" in cell.source:
                cell.source = asserts
    _execute(notebook, machine.course / f"autograder/work/autograded/{STUDENT}/{LESSON}", meanwhile)
    earned: dict[str, float] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and is_grade(cell):
            name = cell.metadata.nbgrader.grade_id.removeprefix("check_")
            with suppress(ValueError, AttributeError, IndexError):
                earned[name] = max(earned.get(name, 0.0), determine_grade(cell)[0] or 0.0)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return Outcome(earned, json.dumps(outputs))


def _execute(notebook: Any, folder: Path, meanwhile: Callable[[], object] = lambda: None) -> None:
    """Run the cells in a fork, as a kernel would, and put its outputs into the notebook as they come."""
    folder.mkdir(parents=True, exist_ok=True)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    with forked(lambda pipe: _run_cells([cell.source for cell in code], folder, pipe)) as lines:
        for line in lines:
            meanwhile()
            with suppress(ValueError, TypeError, KeyError, IndexError):
                number, outputs = json.loads(line)
                if "skip-execution" not in code[number].metadata.get("tags", []):
                    code[number].outputs = nbformat.from_dict(outputs)


def _run_cells(sources: list[str], folder: Path, pipe: int) -> None:
    os.chdir(folder)
    warnings.simplefilter("default")  # a kernel goes on after a warning; the tests do not
    outputs = showing.Outputs()
    shell = showing.new_shell(outputs)
    sys.stdout, sys.stderr = showing._Stream(outputs, "stdout"), showing._Stream(outputs, "stderr")
    for number, source in enumerate(sources):
        outputs.start(1 << 30)
        shell.run_cell(source, store_history=True)
        os.write(pipe, json.dumps([number, outputs.cell], default=str).encode() + b"\n")


@contextmanager
def forked(work: Callable[[int], object], seconds: float = 60.0) -> Iterator[Iterator[str]]:
    """Run `work` in a fork that ends with its children; what it writes into the pipe, line by line."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        _forget_pipes(but=writing)
        signal.alarm(int(seconds))
        os.environ.update(GRADLAB_SEED=SEED, SECRET_TOKEN=SECRET_IN_ENVIRONMENT)
        try:
            work(writing)
        except BaseException as error:
            with suppress(OSError):
                os.write(writing, f"failed: {type(error).__name__}\n".encode())
        finally:
            os._exit(0)
    os.close(writing)
    try:
        yield _lines(reading, child, seconds)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(child, 0)


def _forget_pipes(but: int) -> None:
    """Close what the tests talk through when they run on several cores: a case that reads or writes all it finds would end them."""
    for entry in [*Path("/proc/self/fd").iterdir()]:
        with suppress(OSError):
            if int(entry.name) not in (0, 1, 2, but) and str(entry.readlink()).startswith("pipe:"):
                os.close(int(entry.name))


def _lines(reading: int, child: int, seconds: float) -> Iterator[str]:
    """Until the child has ended: what it has left running may keep the pipe open."""
    ended = os.pidfd_open(child)
    kept, until = b"", time.monotonic() + seconds
    while time.monotonic() < until:
        ready, _, _ = select.select([reading, ended], [], [], 0.5)
        if reading in ready:
            part = os.read(reading, 1 << 20)
            kept += part
            *whole, kept = kept.split(b"\n")
            yield from (line.decode(errors="replace") for line in whole)
            if not part:
                break
        elif ended in ready:
            break
    os.close(ended)
    os.close(reading)


def follows_links(case: Case, machine: Machine) -> str:
    """What a grader reads that opens whatever lies there."""
    path = machine.course / f"autograder/work/submitted/{STUDENT}/{LESSON}/{NOTEBOOK}"
    path.parent.mkdir(parents=True)
    assert case.place is not None
    case.place(path)
    return path.read_text(encoding="utf-8")


def parses_answers(case: Case, machine: Machine) -> bool:
    """Whether a grader that parses cells in search of an answer runs out of memory."""
    content = notebook_with((machine.course / "course" / LESSON / NOTEBOOK).read_bytes(), case, machine)
    source = max((cell["source"] for cell in json.loads(content)["cells"]), key=len)

    def parse(pipe: int) -> None:
        has = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (has + MEMORY_TO_PARSE, has + MEMORY_TO_PARSE))
        try:
            ast.parse(source)
        except MemoryError:
            os.write(pipe, b"memory\n")
        else:
            os.write(pipe, b"survived\n")

    with forked(parse) as lines:
        return next(lines, "died") != "survived"


def stock_page(case: Case, machine: Machine, released: Any) -> str:
    """The page that nbconvert makes of the executed notebook, as it comes."""
    from nbconvert import HTMLExporter  # noqa: PLC0415 (slow)

    content = notebook_with((machine.course / "course" / LESSON / NOTEBOOK).read_bytes(), case, machine)
    notebook = parse_bytes(content)
    restore(notebook, released)
    notebook.cells = [cell for cell in notebook.cells if not is_test(cell)]
    _execute(notebook, machine.course / "autograder/work/autograded/page")
    notebook = nbformat.from_dict(json.loads(json.dumps(notebook)))
    page, _ = HTMLExporter(template_name="basic").from_notebook_node(notebook)
    return str(page)


def without_limits(case: Case, machine: Machine) -> str:
    """What a cell takes where nothing stops it: the name of what it took too much of."""
    folder = machine.course / "autograder/work/unlimited"
    folder.mkdir(parents=True)
    probe = machine.course / "probe.py"
    probe.write_text(
        _PROBE.format(source=machine.filled(case.before[0]), folder=str(folder), wanted=case.bites)
    )
    done = subprocess.run([sys.executable, probe], capture_output=True, text=True, timeout=120, check=False)
    return done.stdout


_PROBE = """
import json, os, resource, signal, sys, threading, time
os.chdir({folder!r})
os.environ["TMPDIR"] = os.getcwd()
os.setpgrp()
source = {source!r}
child = os.fork()
if child == 0:
    printed = os.open("stdout", os.O_CREAT | os.O_WRONLY)
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    try:
        names = {{"get_ipython": None}}
        tree = compile(source, "cell", "exec")
        exec(tree, names)
    finally:
        sys.stdout.flush()
        files = os.listdir("/proc/self/fd")
        links = [(int(fd), os.readlink(f"/proc/self/fd/{{fd}}")) for fd in files if os.path.islink(f"/proc/self/fd/{{fd}}")]
        in_memory = sum(os.fstat(fd).st_size for fd, link in links if link.startswith("/memfd:"))
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        open("../probe", "w").write(json.dumps({{"open": len(files), "memory": most + in_memory // 1024}}))
        os._exit(0)
# What takes something has it soon, on a machine that is busy too; what never ends need not be waited for.
tasks, until = 0, time.time() + (1.5 if {wanted!r} == "endless" else 60.0)
largest, together, many = 0, 0, 0
ended = False
while time.time() < until and not ended and tasks <= 40:
    ended = os.waitpid(child, os.WNOHANG) != (0, 0)
    count = 0
    for pid in os.listdir("/proc"):
        if pid.isdigit():
            try:
                if os.getpgid(int(pid)) == os.getpgrp():
                    count += len(os.listdir(f"/proc/{{pid}}/task"))
            except OSError:
                pass
    tasks = max(tasks, count)
    sizes = []
    for entry in os.scandir("."):
        try:
            sizes.append(entry.stat(follow_symlinks=False).st_size if entry.is_file() else 0)
        except OSError:
            pass
    largest, together, many = max(largest, *sizes, 0), max(together, sum(sizes)), max(many, len(sizes))
    time.sleep(0.01)
took = []
if not ended: took.append("endless")
if tasks > 40: took.append("processes threads")
if largest > (8 << 20): took.append("file")
if together > (16 << 20): took.append("disk temporary")
if many > 200: took.append("files")
if os.path.getsize("stdout") > 200_000: took.append("output")
if os.path.exists("../probe"):
    used = json.load(open("../probe"))
    if used["open"] > 256: took.append("open files")
    if used["memory"] > 1_600_000: took.append("memory shared memory memfd")
print(*took, flush=True)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.killpg(os.getpgrp(), signal.SIGKILL)
"""


def reveals_hidden(outcome: Outcome, *, underscored: bool) -> bool:
    """Whether numbers of the hidden check of the weakened grader stand in what was printed."""
    hidden = set(numbers_asked(hidden_seed("effective_step", SEED))) - set(numbers_asked(VISIBLE_SEED))
    words = [f"saw_{number}".replace(".", "_") if underscored else f"seen:{number!r}" for number in hidden]
    return any(re.search(rf"{re.escape(word)}(?!\d)", outcome.printed) for word in words)
