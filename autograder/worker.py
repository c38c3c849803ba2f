"""What a worker does with one submission: bytes in, an executed notebook and an outcome out.

A worker may be a process here or on another machine. It gets the text of a notebook, the released lesson and the
seed of one student's hidden numbers; it never sees the gradebook, the secret of the course or another submission.
"""

import atexit
import json
import os
import time
import traceback
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.errors import UserError
from autograder.execution import Order, run_notebook
from autograder.harmless import clean_notebook
from autograder.inside.wire import ClosedError
from autograder.judging import exercise_of, is_test
from autograder.outcome import Outcome, Status, outcome_of
from autograder.released import shown_sources
from autograder.restore import restore
from autograder.sandbox.limits import Limits
from autograder.sandbox.opening import Sandboxes, open_sandboxes
from autograder.submission import UnreadableError, parse_bytes


@dataclass(frozen=True)
class Setting:
    """What all submissions of a batch have in common.

    Attributes:
        lesson: its name.
        released: the released notebook with its hidden tests, as JSON.
        limits: how much a submission may take, by name; sorted pairs, so that a setting can be looked up.
        figures: whether notebooks are also run for what they show.
        sandbox: False where somebody has said that these submissions need none.
    """

    lesson: str
    released: str
    limits: tuple[tuple[str, float], ...] = ()
    figures: bool = True
    sandbox: bool = True


@dataclass(frozen=True)
class Job:
    """One submission: whose, what was handed in, and the seed of its hidden numbers."""

    student: str
    content: bytes
    seed: str


@dataclass(frozen=True)
class Done:
    """What came out.

    Attributes:
        student: whose.
        notebook: executed, judged and cleaned, as JSON; None where nothing could be graded.
        outcome: what happened.
        isolation: the level that was reached.
        seconds: where the time went; the names stand in `autograder.timing`.
        log: the traceback, where the grader itself failed.
    """

    student: str
    notebook: str | None
    outcome: Outcome
    isolation: str
    seconds: dict[str, float] = field(default_factory=dict)
    log: str = ""


def work(setting: Setting, job: Job) -> Done:
    """Grade one submission; whatever is in it, something comes out.

    Raises UserError where the sandbox does not work, because then nothing can be graded.
    """
    started, before = time.perf_counter(), time.process_time()
    try:
        done = _work(setting, job)
    except UserError:
        raise
    except Exception:
        failed = Outcome(Status.GRADER_ERROR, "The grader itself failed here; nothing was recorded.")
        done = Done(job.student, None, failed, "", log=traceback.format_exc())
    seconds = {"all": time.perf_counter() - started, "grader's own": time.process_time() - before}
    return replace(done, seconds={**done.seconds, **seconds})


def warm(setting: Setting) -> None:
    """Start what the first submission would have to wait for: sandboxes, and the checks of the lesson.

    Raises UserError where there is no sandbox.
    """
    for sandbox in _sandboxes(setting).zygotes.values():
        sandbox.wait()
    for cell in filter(is_test, _released(setting.released)[0].cells):
        exercise_of(cell)


def _work(setting: Setting, job: Job) -> Done:
    clock = _Clock()
    try:
        notebook = parse_bytes(job.content)
    except UnreadableError as error:
        return Done(job.student, None, Outcome(Status.UNREADABLE, str(error)), "")
    released, sources = _released(setting.released)
    notebook.metadata = deepcopy(released.metadata)
    notes = restore(notebook, released)
    clock.stop("restoring")
    for attempt in range(3):
        sandboxes = _sandboxes(setting)
        clock.stop("sandbox")
        copy = deepcopy(notebook) if attempt < 2 else notebook
        try:
            order = Order(copy, sources, job.seed, setting.figures)
            report = run_notebook(order, sandboxes.zygotes, sandboxes.limits)
        except ClosedError:  # a zygote was ended from outside: begin again with new ones
            close_sandboxes()
            continue
        if report.lost and attempt < 2:  # so was the submission's own process, and not by its own doing
            continue
        clock.stop("running")
        outcome = outcome_of(report, notes)
        text = json.dumps(clean_notebook(copy))  # nbformat looks through it when it is written to a file
        clock.stop("cleaning")
        seconds = {**clock.seconds, **report.seconds}
        return Done(job.student, text, outcome, sandboxes.isolation.level, seconds)
    raise UserError("The processes of the sandbox are ended again and again by something outside of it.")


class _Clock:
    """How long each step took, from the end of the one before; a step that is done again counts once more."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._since = time.perf_counter()

    def stop(self, step: str) -> None:
        now = time.perf_counter()
        self.seconds[step] = self.seconds.get(step, 0.0) + now - self._since
        self._since = now


@lru_cache(maxsize=4)
def _released(text: str) -> tuple[NotebookNode, frozenset[str]]:
    notebook: NotebookNode = nbformat.reads(text, as_version=4)
    return notebook, shown_sources(notebook)


# --- Sandboxes are kept from one submission to the next ---------------------------------------------------------

_kept: dict[tuple[Any, ...], Sandboxes] = {}
_cores: list[int] = []


def stay_on(core: int | None) -> None:
    """Stay on one core, with all sandboxes, once they have started; None for any.

    A worker and the process that it talks to take turns, and wake each other sooner where they share a core.
    """
    _cores[:] = [] if core is None else [core]


def _sandboxes(setting: Setting) -> Sandboxes:
    key = (os.getpid(), setting.limits, setting.figures, setting.sandbox)
    if key not in _kept:
        close_sandboxes()
        core = next(iter(_cores), None)
        limits = Limits(**dict(setting.limits))
        _kept[key] = open_sandboxes(limits, figures=setting.figures, sandbox=setting.sandbox, core=core)
        if core is not None:
            os.sched_setaffinity(0, _cores)
    return _kept[key]


@atexit.register
def close_sandboxes() -> None:
    """End the zygotes of this worker."""
    while _kept:
        key, sandboxes = _kept.popitem()
        if key[0] == os.getpid():  # a fork of a worker has its memory, and not its children
            sandboxes.close()


def setting_for(
    lesson: str, released: NotebookNode, limits: Limits, *, figures: bool = True, sandbox: bool = True
) -> Setting:
    """A setting in which workers anywhere can work."""
    names = sorted(Limits.class_trait_names(config=True))
    text = json.dumps(released, sort_keys=True)
    return Setting(lesson, text, tuple((name, getattr(limits, name)) for name in names), figures, sandbox)
