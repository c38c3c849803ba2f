"""`python -m autograder grade LESSON`: grade what students handed in, and say what came out."""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from autograder import progress, since, table, timing
from autograder.cluster.grading import Cluster
from autograder.course import SUBMITTED, Lesson, find_lesson
from autograder.desk import add_ways_of_grading, everybody, open_desk, write_grades, write_report
from autograder.errors import UserError
from autograder.outcome import Status
from autograder.pipeline import FEEDBACK, grade_all
from autograder.released import course_config, released_notebook
from autograder.results import Result
from autograder.submission import find_submissions

# A pipe has no width; the table needs about this much.
PLAIN_WIDTH = 150


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
    add_ways_of_grading(parser)


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
    desk = open_desk(lesson, released, config, args)
    console = (
        Console(stderr=args.json) if Console().is_terminal else Console(width=PLAIN_WIDTH, stderr=args.json)
    )
    count = max(1, args.workers)
    workers = Cluster(args.cluster, count) if args.cluster else count
    fresh = grade_all(submissions, desk.batch, workers, force=args.force)
    if args.json:
        fresh = _said_in_json(fresh)
    results = sorted(progress.shown(fresh, len(submissions), console), key=lambda result: result.student)
    whole = not args.student and then is None
    everyone = results if whole else everybody(lesson, config, results)
    paths = {
        "Grades": write_grades(desk, results if args.student else everyone, args.student),
        "Report": write_report(lesson, desk.columns, config, everyone),
    }
    wall = time.perf_counter() - started
    if args.json:
        print(json.dumps({"summary": _summary(results, lesson, wall)}), flush=True)
    elif results:
        table.show(console, results, desk.columns)
    if results:
        _say_what_was_done(console, results, paths, lesson, args)
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
        print(json.dumps(progress.as_dict(result)), flush=True)
        yield result


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
    console: Console, results: list[Result], paths: dict[str, Path], lesson: Lesson, args: argparse.Namespace
) -> None:
    unchanged = sum(not result.fresh for result in results)
    if unchanged:
        console.print(
            f"\n{unchanged} of {len(results)} have not changed, and were not graded again (--force does)."
        )
    for level in sorted({result.isolation for result in results if result.isolation}):
        console.print(f"\nIsolation: {level}.", style="" if level == "full" else "bold yellow")
    console.print()
    for what, path in paths.items():
        console.print(f"{what}:   {path}", soft_wrap=True)
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
