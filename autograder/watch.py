"""`python -m autograder watch LESSON`: grade what arrives in the folder of submissions, a second or two after it has arrived."""

import argparse
import json
import signal
import time
from collections.abc import Iterator
from datetime import datetime
from types import FrameType

from rich.console import Console
from rich.text import Text

from autograder import desk, progress, table
from autograder.arrivals import Arrivals
from autograder.course import SUBMITTED, Lesson, find_lesson, lessons
from autograder.desk import Desk
from autograder.engine import Processes
from autograder.errors import UserError
from autograder.pipeline import Arrival, grade_all
from autograder.released import course_config, released_notebook
from autograder.results import Result
from autograder.submission import Submission

# Seconds between two looks into the folder; more where a look takes long, so that looking takes a tenth of the time at most.
POLL = 0.25
# Seconds after which what could not be done is tried again.
RETRY = 5.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which lesson; the rest is as in `grade`."""
    parser.add_argument(
        "lesson", nargs="?", help="a lesson, or its number or topic alone (default: all that are built)"
    )
    desk.add_ways_of_grading(parser)


def run(args: argparse.Namespace) -> None:
    """Grade what is there and has changed, then what arrives, until somebody ends it."""
    watched = [find_lesson(args.lesson)] if args.lesson else _built()
    console = Console(stderr=args.json, soft_wrap=True, highlight=False)
    watch: Watch | None = None
    try:
        with Processes(max(1, args.workers)) as workers:
            watch = Watch(watched, args, workers, console)
            watch.prepare()
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, watch.stop)
            watch.go()
    except KeyboardInterrupt:
        if watch is not None:
            watch.write_lists()
            console.print(f"Stopped; {watch.graded} graded. What was finished is kept.")


def _built() -> list[Lesson]:
    built = [lesson for lesson in lessons() if lesson.solution.is_file()]
    if not built:
        raise UserError("No lesson has been built. Run `python -m autograder build`, then try again.")
    return built


class Watch:
    """Looks for arrivals, and has them graded by processes that are kept warm between them.

    Lessons take turns; within a lesson, nobody waits for a neighbour whose code hangs.
    """

    def __init__(
        self, watched: list[Lesson], args: argparse.Namespace, workers: Processes, console: Console
    ) -> None:
        self.graded = 0
        self._lessons, self._args, self._workers, self._console = watched, args, workers, console
        self._config = course_config()
        self._arrivals = Arrivals(SUBMITTED, watched)
        self._ready: dict[Submission, None] = {}
        self._out: dict[str, Submission] = {}
        self._desks: dict[str, tuple[int, Desk]] = {}
        self._unwritten: dict[str, Lesson] = {}
        self._next_look = 0.0
        self._said: dict[str, str] = {}
        self._stopping = workers.stopping

    def prepare(self) -> None:
        """Start what would otherwise keep the first arrival waiting; raises UserError where something is missing."""
        first = self._lessons[0]
        if len(self._lessons) == 1:
            self._open(first)
        self._workers.warm(desk.setting_of(first, released_notebook(first), self._config, self._args))
        names = first.name if len(self._lessons) == 1 else f"{len(self._lessons)} lessons"
        self._console.print(f"Watching {SUBMITTED} for {names}; Ctrl-C ends it.", markup=False)

    def go(self) -> None:
        """Grade what arrives, until `stop` is called; then KeyboardInterrupt is raised."""
        while not self._stopping.wait(max(0.0, self._next_look - time.monotonic())):
            self.step()
        raise KeyboardInterrupt

    def stop(self, number: int = 0, frame: FrameType | None = None) -> None:
        """Take in a signal. An exception that is raised just anywhere may be lost, or found in the middle of a write."""
        self._stopping.set()

    def step(self) -> None:
        """Look once, and grade what is there; where nothing is, bring the lists up to date."""
        self._look()
        lesson = next((one.lesson for one in self._ready), None)
        try:
            if lesson:
                self._grade(lesson)
            else:
                self.write_lists()
            self._settle("grading")
        except UserError as error:
            self._say("grading", f"{error} Trying again every {RETRY:g} seconds.")
            for submission in self._out.values():
                self._arrivals.again(submission)
            self._out.clear()
            # Other lessons first: the trouble may be with this one.
            self._ready = dict.fromkeys(sorted(self._ready, key=lambda one: one.lesson == lesson))
            self._next_look = time.monotonic() + RETRY

    def write_lists(self) -> None:
        """Bring the grades and reports of the lessons in which something was graded up to date."""
        for name, lesson in list(self._unwritten.items()):
            opened = self._open(lesson)
            results = desk.everybody(lesson, self._config)
            desk.write_grades(opened, results)
            desk.write_report(lesson, opened.columns, self._config, results)
            del self._unwritten[name]

    def _grade(self, lesson: Lesson) -> None:
        unchanged = 0
        batch = self._open(lesson).batch
        for result in grade_all(self._of(lesson), batch, self._workers, accept=self._accept):
            submission = self._out.pop(result.student, None)
            unchanged += not result.fresh
            if result.fresh:
                self.graded += 1
                self._unwritten[lesson.name] = lesson
                self._tell(result, lesson, submission)
        self._out.clear()
        if unchanged:
            self._console.print(f"{unchanged} of {lesson.name} have not changed since they were graded.")

    def _of(self, lesson: Lesson) -> Iterator[Submission | None]:
        """What has come in for a lesson, one of a student at a time; more while it is graded, unless others wait."""
        while True:
            for submission in [one for one in self._ready if one.lesson == lesson]:
                if submission.student not in self._out:
                    del self._ready[submission]
                    self._out[submission.student] = submission
                    yield submission
            yield None
            if all(one.lesson == lesson for one in self._ready):
                self._look()

    def _accept(self, arrival: Arrival) -> bool:
        if self._arrivals.is_still(arrival.submission):
            return True
        del self._out[arrival.submission.student]
        return False

    def _look(self) -> None:
        started = time.monotonic()
        if started < self._next_look:
            return
        try:
            self._ready |= dict.fromkeys(self._arrivals.look())
            self._settle("folder")
        except UserError as error:
            self._say("folder", f"{error} Waiting until it can be.")
        now = time.monotonic()
        self._next_look = now + max(POLL, 9 * (now - started))

    def _open(self, lesson: Lesson) -> Desk:
        """What is needed to grade a lesson; anew when it has been built again."""
        version = lesson.solution.stat().st_mtime_ns if lesson.solution.is_file() else 0
        known = self._desks.get(lesson.name)
        if known is None or known[0] != version:
            known = self._desks[lesson.name] = (
                version,
                desk.open_desk(lesson, released_notebook(lesson), self._config, self._args),
            )
        return known[1]

    def _tell(self, result: Result, lesson: Lesson, submission: Submission | None) -> None:
        took = self._arrivals.age(submission) if submission else 0.0
        if self._args.json:
            print(
                json.dumps({"lesson": lesson.name, "waited": round(took, 3), **progress.as_dict(result)}),
                flush=True,
            )
            return
        points = table.total(result)
        to_read = sum(score.to_read for score in result.scores.values()) if points != "–" else 0
        words = [
            f"{datetime.now():%H:%M:%S}  {result.student:<16} {lesson.name}  {result.outcome.status}",
            f", {points} points" * (points != "–") + f", {to_read} to read" * bool(to_read),
            f"; {', '.join(result.outcome.mistakes)}" * bool(result.outcome.mistakes),
            f"  ({took:.1f} s)",
        ]
        self._console.print(Text("".join(words)))
        if result.isolation not in ("", "full"):
            self._say("isolation", f"Isolation: {result.isolation}.")

    def _say(self, about: str, sentence: str) -> None:
        """Say something once, and not again before it was settled."""
        if self._said.get(about) != sentence:
            self._said[about] = sentence
            self._console.print(Text(f"{datetime.now():%H:%M:%S}  {sentence}", "yellow"))

    def _settle(self, about: str) -> None:
        if self._said.pop(about, None):
            self._console.print(f"{datetime.now():%H:%M:%S}  Going on.")
