"""A lesson laid open to be graded, and the lists of its class: what `grade`, `watch` and `report` have in common."""

import argparse
import os
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nbformat import NotebookNode
from traitlets.config import Config

from autograder import gradebook, table
from autograder.class_report import page_html
from autograder.course import SUBMITTED, WORK, Lesson
from autograder.files import write_atomically
from autograder.pipeline import Batch
from autograder.results import Result, recorded
from autograder.sandbox.limits import Limits
from autograder.worker import Setting, setting_for

GRADES = WORK / "grades"
BACKUPS = WORK / "backups"
REPORTS = WORK / "reports"


@dataclass(frozen=True)
class Desk:
    """A lesson with what it is graded by, and its graded cells with what each is worth."""

    batch: Batch
    columns: dict[str, float]


def add_ways_of_grading(parser: argparse.ArgumentParser) -> None:
    """Say how submissions are graded, whichever they are."""
    parser.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="how many run at once (default: one a core)",
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


def setting_of(lesson: Lesson, released: NotebookNode, config: Config, args: argparse.Namespace) -> Setting:
    """The setting that the arguments of `add_ways_of_grading` ask for."""
    limits = Limits(config=config)
    return setting_for(lesson.name, released, limits, figures=args.figures, sandbox=args.sandbox)


def open_desk(lesson: Lesson, released: NotebookNode, config: Config, args: argparse.Namespace) -> Desk:
    """Copy the gradebook to a safe place, and tell it about the lesson; raises UserError where it cannot be used."""
    setting = setting_of(lesson, released, config, args)
    gradebook.back_up(config, BACKUPS)
    gradebook.record_lesson(lesson, deepcopy(released), config)
    return Desk(Batch(lesson, config, setting, args.feedback), table.graded_columns(released))


def everybody(lesson: Lesson, config: Config, results: Iterable[Result] = ()) -> list[Result]:
    """The whole class, in order: whom these results say nothing of as they were recorded, if they still have a folder."""
    with gradebook.open_gradebook(config) as book:
        known = {student: earlier.result for student, earlier in recorded(book, lesson).items()}
    there = {student: result for student, result in known.items() if (SUBMITTED / student).is_dir()}
    there |= {result.student: result for result in results}
    return [there[student] for student in sorted(there)]


def write_grades(desk: Desk, results: Iterable[Result], student: str | None = None) -> Path:
    """Write the CSV; one student's grades do not replace the whole class's."""
    name = desk.batch.lesson.name
    path = GRADES / (f"{name}.csv" if student is None else f"{name}-{student}.csv")
    write_atomically(path, table.as_csv(results, desk.columns).encode("utf-8", "replace"))
    return path


def write_report(
    lesson: Lesson, columns: dict[str, float], config: Config, results: list[Result], *, names: bool = False
) -> Path:
    """Write the teacher's page on a whole class."""
    graded = {result.student for result in results}
    handed_in = {folder.parent.name for folder in SUBMITTED.glob(f"*/{lesson.name}")}
    seconds = Limits(config=config).notebook_seconds
    page = page_html(
        lesson, results, columns, seconds, now=datetime.now(), ungraded=len(handed_in - graded), names=names
    )
    path = REPORTS / f"{lesson.name}.html"
    write_atomically(path, page.encode("utf-8", "replace"))
    return path
