"""`python -m autograder grade LESSON`: grade what students handed in, and say what came out."""

import argparse
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from autograder import report
from autograder.cluster.grading import Cluster
from autograder.course import SUBMITTED, WORK, Lesson, find_lesson
from autograder.errors import UserError
from autograder.files import write_atomically
from autograder.gradebook import back_up, record_lesson
from autograder.outcome import Status
from autograder.pipeline import FEEDBACK, Batch, grade_all
from autograder.released import course_config, released_notebook
from autograder.results import Result
from autograder.sandbox.limits import Limits
from autograder.submission import find_submissions
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
    lesson = find_lesson(args.lesson)
    released = released_notebook(lesson)
    submissions = find_submissions(SUBMITTED, lesson, args.student)
    config = course_config()
    setting = setting_for(
        lesson.name, released, Limits(config=config), figures=args.figures, sandbox=args.sandbox
    )
    batch = Batch(lesson, config, setting, args.feedback)
    back_up(config, BACKUPS)
    record_lesson(lesson, released_notebook(lesson), batch.config)
    console = (
        Console(stderr=args.json) if Console().is_terminal else Console(width=PLAIN_WIDTH, stderr=args.json)
    )
    count = max(1, args.workers)
    workers = Cluster(args.cluster, count) if args.cluster else count
    fresh = grade_all(submissions, batch, workers, force=args.force)
    if args.json:
        fresh = map(_say_in_json, fresh)
    with_progress = _progress(fresh, len(submissions), console)
    results = sorted(with_progress, key=lambda result: result.student)
    columns = report.graded_columns(released)
    if not args.json:
        report.show(console, results, columns)
    path = _csv_path(lesson.name, args.student)
    write_atomically(path, report.as_csv(results, columns).encode("utf-8", "replace"))
    _say_what_was_done(console, results, path, lesson, args)
    failed = [result.student for result in results if result.outcome.status is Status.GRADER_ERROR]
    if failed:
        raise UserError(
            f"The grader itself failed on {', '.join(failed)}; the others are graded. The table names the logs. "
            "This is our mistake, not the student's: please report it."
        )


def _say_in_json(result: Result) -> Result:
    outcome = result.outcome
    line = {
        "student": result.student,
        "status": outcome.status,
        "total": result.total if result.scores else None,
        "points": {report.title(name): None if score.to_read else score.points
                   for name, score in result.scores.items()},
        "mistakes": outcome.mistakes,
        "detail": outcome.detail,
        "isolation": result.isolation,
        "graded_now": result.fresh,
        "seconds": {name: round(seconds, 4) for name, seconds in result.seconds.items()},
    }  # fmt: skip
    print(json.dumps(line), flush=True)
    return result


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


def _csv_path(lesson: str, student: str | None) -> Path:
    """One student's grades do not replace the whole class's."""
    return GRADES / (f"{lesson}.csv" if student is None else f"{lesson}-{student}.csv")


def _progress(results: Iterable[Result], total: int, console: Console) -> Iterator[Result]:
    if not console.is_terminal:
        for number, result in enumerate(results, start=1):
            console.print(
                f"[{number}/{total}] {result.student}: {result.outcome.status}", markup=False, highlight=False
            )
            yield result
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Grading", total=total)
        for result in results:
            progress.update(task, advance=1, description=f"Graded {result.student[:20]:20}")
            yield result
