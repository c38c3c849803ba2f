"""`python -m autograder grade LESSON`: grade what students handed in, and say what came out."""

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from autograder import gradebook, progress, since, table, timing
from autograder.cluster.grading import Cluster
from autograder.course import SUBMITTED, WORK, Lesson, find_lesson
from autograder.errors import UserError
from autograder.files import write_atomically
from autograder.outcome import Status
from autograder.pipeline import FEEDBACK, Batch, grade_all
from autograder.released import course_config, released_notebook
from autograder.results import Result, recorded
from autograder.sandbox.limits import Limits
from autograder.submission import Submission, find_submissions
from autograder.worker import setting_for

GRADES = WORK / "grades"
# A pipe has no width; the table needs about this much.
PLAIN_WIDTH = 150
BACKUPS = WORK / "backups"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which lesson, and whose."""
    parser.add_argument("lesson", help="a lesson, e.g. 05-momentum, or its number or topic alone")
    parser.add_argument("--student", metavar="NAME", help="grade this student only")
    parser.add_argument(
        "--since",
        metavar="WHEN",
        help="look only at what was handed in or changed since then: 30m, 2h, 3d, or a date and time such as 2026-03-01T18:00",
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="how many run at once (default: one a core)",
    )
    parser.add_argument(
        "--cluster",
        metavar="WHERE",
        help="run on a Dask cluster: tcp://host:port, tls://host:port, a cluster file, or local (docs/cluster.md)",
    )
    again = parser.add_mutually_exclusive_group()
    again.add_argument("--force", action="store_true", help="grade again what has not changed")
    again.add_argument(
        "--resume",
        action="store_true",
        help="go on with a batch that was stopped (what is always done: only what has changed is graded)",
    )
    parser.add_argument(
        "--no-figures",
        dest="figures",
        action="store_false",
        help="judge the answers only: several times as fast",
    )
    parser.add_argument(
        "--no-feedback", dest="feedback", action="store_false", help="write no feedback pages"
    )
    parser.add_argument(
        "--no-sandbox",
        dest="sandbox",
        action="store_false",
        help="run submissions without isolation: only for people you trust, on a machine you can lose",
    )
    parser.add_argument(
        "--json", action="store_true", help="print a line of JSON for each submission instead"
    )


def run(args: argparse.Namespace) -> None:
    """Grade, write the CSV and the feedback, print the table.

    Grading again never touches points given by hand.
    """
    started = time.perf_counter()
    then = None if args.since is None else since.moment(args.since, datetime.now(UTC))
    lesson = find_lesson(args.lesson)
    released = released_notebook(lesson)
    handed_in = find_submissions(SUBMITTED, lesson, args.student)
    submissions = [one for one in handed_in if then is None or since.is_since(one, then)]
    config = course_config()
    setting = setting_for(
        lesson.name, released, Limits(config=config), figures=args.figures, sandbox=args.sandbox
    )
    batch = Batch(lesson, config, setting, args.feedback)
    gradebook.back_up(config, BACKUPS)
    gradebook.record_lesson(lesson, released_notebook(lesson), batch.config)
    console = (
        Console(stderr=args.json) if Console().is_terminal else Console(width=PLAIN_WIDTH, stderr=args.json)
    )
    count = max(1, args.workers)
    workers = Cluster(args.cluster, count) if args.cluster else count
    fresh = grade_all(submissions, batch, workers, force=args.force)
    if args.json:
        fresh = _said_in_json(fresh)
    results = sorted(progress.shown(fresh, len(submissions), console), key=lambda result: result.student)
    columns = table.graded_columns(released)
    everybody = results if then is None else _with_the_others(results, handed_in, batch)
    path = _csv_path(lesson.name, args.student)
    write_atomically(path, table.as_csv(everybody, columns).encode("utf-8", "replace"))
    wall = time.perf_counter() - started
    if args.json:
        print(json.dumps({"summary": _summary(results, lesson, wall)}), flush=True)
    elif results:
        table.show(console, results, columns)
    if results:
        _say_what_was_done(console, results, path, lesson, args)
        _say_where_the_time_went(console, results, wall)
    else:
        console.print(f"Nothing was handed in or changed since {args.since}.")
    failed = [result.student for result in results if result.outcome.status is Status.GRADER_ERROR]
    if failed:
        raise UserError(
            f"The grader itself failed on {', '.join(failed)}; the others are graded. The table names the logs. "
            "This is our mistake, not the student's: please report it."
        )


def _said_in_json(results: Iterable[Result]) -> Iterator[Result]:
    for result in results:
        print(progress.as_json(result), flush=True)
        yield result


def _with_the_others(results: list[Result], handed_in: list[Submission], batch: Batch) -> list[Result]:
    """The whole class, in order: those who were not looked at now as they were recorded before."""
    with gradebook.open_gradebook(batch.config) as book:
        known = {student: earlier.result for student, earlier in recorded(book, batch.lesson).items()}
    known |= {result.student: result for result in results}
    return [known[one.student] for one in handed_in if one.student in known]


def _summary(results: list[Result], lesson: Lesson, wall: float) -> dict[str, Any]:
    """The last line for machines."""
    return {
        "lesson": lesson.name,
        "submissions": len(results),
        "graded_now": sum(result.fresh for result in results),
        "statuses": Counter(result.outcome.status for result in results),
        "wall_seconds": round(wall, 3),
        "seconds": {step: round(total, 3) for step, total in timing.totals(results).items()},
    }


def _say_what_was_done(
    console: Console, results: list[Result], path: Path, lesson: Lesson, args: argparse.Namespace
) -> None:
    unchanged = sum(not result.fresh for result in results)
    if unchanged:
        console.print(
            f"\n{unchanged} of {len(results)} have not changed, and were not graded again (--force does)."
        )
    for level in sorted({result.isolation for result in results if result.isolation}):
        console.print(f"\nIsolation: {level}.", style="" if level == "full" else "bold yellow")
    console.print(f"\nGrades:   {path}", soft_wrap=True)
    if args.feedback:
        console.print(f"Feedback: {FEEDBACK}/<student>/{lesson.name}/{lesson.topic}.html", soft_wrap=True)


def _say_where_the_time_went(console: Console, results: list[Result], wall: float) -> None:
    graded = sum(result.fresh for result in results)
    spent = timing.totals(results)
    if spent:
        console.print(
            f"\nGraded {graded} in {wall:.1f} seconds. Where the time of all processes went:", highlight=False
        )
        console.print(timing.table(spent, graded))


def _csv_path(lesson: str, student: str | None) -> Path:
    """One student's grades do not replace the whole class's."""
    return GRADES / (f"{lesson}.csv" if student is None else f"{lesson}-{student}.csv")
