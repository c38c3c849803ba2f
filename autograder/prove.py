"""Prove a lesson before it is released: what earns all points, what earns none, and that mistakes are seen.

The reference solution and the empty release go the way of a submission: restored, run in the sandbox, judged over the
wire. Every named mistake of its exercises is judged over the wire too.
"""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import nbformat
from nbformat import NotebookNode

from autograder.course import Lesson
from autograder.errors import UserError
from autograder.inside.answering import serve
from autograder.judging import exercise_of, is_test
from autograder.outcome import Status, mistakes_in
from autograder.released import graded_points, name_of
from autograder.sandbox.limits import Limits
from autograder.sandbox.opening import offered
from autograder.sandbox.remote import RemoteFunction
from autograder.worker import Job, Setting, close_sandboxes, setting_for, work
from gradlab.checks import VISIBLE_SEED
from gradlab.checks.exercise import Exercise, Function
from gradlab.checks.judge import is_right
from gradlab.checks.observation import SECONDS

SEED = "a release is proven"


def prove_release(lesson: Lesson, solution: NotebookNode, released: NotebookNode) -> None:
    """Raise UserError where grading the lesson would be unfair: nothing may leave then."""
    tests = [cell for cell in solution.cells if is_test(cell)]
    if not tests:
        return
    exercises = [exercise_of(cell) for cell in tests]
    setting = setting_for(lesson.name, released, Limits(), figures=False, sandbox=offered().bubblewrap)
    try:
        _expect(lesson, solution, setting, "the reference solution", all_points=True)
        _expect(lesson, released, setting, "the released form", all_points=False)
    finally:
        close_sandboxes()
    for exercise in exercises:
        for mistake in exercise.mistakes:
            _expect_rejection(lesson, exercise, mistake.name, mistake.function)


def _expect(lesson: Lesson, notebook: NotebookNode, setting: Setting, what: str, *, all_points: bool) -> None:
    """Grade a notebook as if it had been handed in; every test must earn all of its points, or none."""
    done = work(setting, Job("the course itself", nbformat.writes(notebook).encode(), SEED))
    if done.notebook is None or done.outcome.status is not Status.GRADED:
        raise UserError(
            f"{lesson.name}: {what} ends as {done.outcome.status!s} when it is graded. {done.outcome.detail} {done.log}"
            "Nothing was released."
        )
    for cell in nbformat.reads(done.notebook, as_version=4).cells:
        if is_test(cell):
            earned, most = graded_points(cell)
            wanted = most if all_points else 0
            if earned != wanted:
                named = ", ".join(mistakes_in(cell))
                raise UserError(
                    f"{lesson.name}: {what} earns {earned:g} of {most:g} points for {name_of(cell)} when it is graded, "
                    f"and {wanted:g} are due. {named} Nothing was released."
                )


def _expect_rejection(lesson: Lesson, exercise: Exercise, name: str, function: Function) -> None:
    with served(function) as connection:
        if is_right(exercise, RemoteFunction(exercise.name, connection, SECONDS), VISIBLE_SEED):
            raise UserError(
                f"{lesson.name}: the mistake “{name}” gets full marks for {exercise.name} when it is judged. "
                "Nothing was released."
            )


@contextmanager
def served(function: Function) -> Iterator[socket.socket]:
    """The judge's end of a connection at which a function of ours is served as a learner's is: in another process."""
    here, there = socket.socketpair()
    child = os.fork()
    if child == 0:
        try:
            here.close()
            serve(there, function, found=True)
        finally:
            os._exit(0)
    there.close()
    try:
        yield here
    finally:
        here.close()
        _bury(child)


def _bury(child: int) -> None:
    """Wait for a fork that has been hung up on; one that does not listen is ended."""
    for _ in range(200):
        if os.waitpid(child, os.WNOHANG)[0]:
            return
        time.sleep(0.01)
    with suppress(ProcessLookupError):
        os.kill(child, 9)
    os.waitpid(child, 0)
