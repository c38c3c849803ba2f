"""`python -m autograder report LESSON`: write the teacher's page on a class again, without grading anything."""

import argparse

from autograder import table
from autograder.course import find_lesson
from autograder.desk import everybody, write_report
from autograder.released import course_config, released_notebook


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which lesson, and whether names may stand in the page."""
    parser.add_argument("lesson", help="a lesson, e.g. 05-momentum, or its number or topic alone")
    parser.add_argument(
        "--names",
        action="store_true",
        help="say which students; without it the page holds no name of anybody",
    )


def run(args: argparse.Namespace) -> None:
    """Write the page from the gradebook, points given by hand included, and from the log."""
    lesson, config = find_lesson(args.lesson), course_config()
    columns = table.graded_columns(released_notebook(lesson))
    results = everybody(lesson, config)
    path = write_report(lesson, columns, config, results, names=args.names)
    print(f"Report on {len(results)} {'submission' if len(results) == 1 else 'submissions'}: {path}")
