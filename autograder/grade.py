"""`python -m autograder grade LESSON`: grade what students handed in, and say what came out."""

import argparse
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from autograder import report
from autograder.course import SUBMITTED, WORK, find_lesson
from autograder.errors import UserError
from autograder.gradebook import record_lesson
from autograder.outcome import Status
from autograder.pipeline import FEEDBACK, Batch, Result, grade_all
from autograder.released import course_config, released_notebook
from autograder.submission import find_submissions

GRADES = WORK / "grades"
# A pipe has no width; the table needs about this much.
PLAIN_WIDTH = 150


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


def run(args: argparse.Namespace) -> None:
    """Grade, write the CSV and the feedback, print the table.

    Grading again never touches points given by hand.
    """
    lesson = find_lesson(args.lesson)
    released = released_notebook(lesson)
    submissions = find_submissions(SUBMITTED, lesson, args.student)
    batch = Batch(lesson, released, course_config())
    record_lesson(lesson, released_notebook(lesson), batch.config)
    console = Console() if Console().is_terminal else Console(width=PLAIN_WIDTH)
    with_progress = _progress(grade_all(submissions, batch, max(1, args.workers)), len(submissions), console)
    results = sorted(with_progress, key=lambda result: result.student)
    columns = report.graded_columns(released)
    report.show(console, results, columns)
    path = _csv_path(lesson.name, args.student)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report.as_csv(results, columns), encoding="utf-8")
    console.print(f"\nGrades:   {path}", soft_wrap=True)
    console.print(f"Feedback: {FEEDBACK}/<student>/{lesson.name}/{lesson.topic}.html", soft_wrap=True)
    failed = [result.student for result in results if result.outcome.status is Status.GRADER_ERROR]
    if failed:
        raise UserError(
            f"The grader itself failed on {', '.join(failed)}; the others are graded. The table names the logs. "
            "This is our mistake, not the student's: please report it."
        )


def _csv_path(lesson: str, student: str | None) -> Path:
    """One student's grades do not replace the whole class's."""
    return GRADES / (f"{lesson}.csv" if student is None else f"{lesson}-{student}.csv")


def _progress(results: Iterable[Result], total: int, console: Console) -> Iterator[Result]:
    if not console.is_terminal:
        for number, result in enumerate(results, start=1):
            print(f"[{number}/{total}] {result.student}: {result.outcome.status}", flush=True)
            yield result
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Grading", total=total)
        for result in results:
            progress.update(task, advance=1, description=f"Graded {result.student[:20]:20}")
            yield result
