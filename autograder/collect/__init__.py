"""`python -m autograder collect LESSON SOURCE...`: take in what a learning platform exported.

Nothing is unpacked. Each member's name is read for whose file it is; the one notebook a student that counts is
copied into a scratch folder under a name of ours, and only when all sources were read to their end is it put at
`submitted/<student>/<lesson>/<topic>.ipynb`.
"""

import argparse
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.collect import listing
from autograder.collect.choose import Action, Line, Sorter
from autograder.collect.limits import Limits, bytes_from, count_from, size
from autograder.collect.names import printable
from autograder.collect.place import Shelf, place_all
from autograder.collect.roster import Roster, read_roster
from autograder.course import SUBMITTED, WORK, find_lesson
from autograder.errors import UserError
from autograder.files import write_atomically

COLLECTED = WORK / "collected"
PLAIN_WIDTH = 150  # a pipe has no width


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which lesson, from where, and how much of it may be."""
    limits = Limits()
    parser.add_argument("lesson", help="a lesson, e.g. 05-momentum, or its number or topic alone")
    parser.add_argument("sources", nargs="+", type=Path, metavar="SOURCE", help="a folder, a zip or a tar")
    parser.add_argument(
        "--roster", type=Path, metavar="FILE.csv",
        help="the class: a column `student`, and if you like `email`, `canvas id`, `moodle id`, `name`; "
        "nobody else is taken in, and who is missing is listed",
    )  # fmt: skip
    parser.add_argument(
        "--update", action="store_true",
        help="replace a submission that differs; the old one is kept in collected/replaced/",
    )  # fmt: skip
    parser.add_argument(
        "--time", type=time_from, metavar="WHEN",
        help="write timestamp.txt: a time such as '2026-03-01 18:00' (local unless it names a zone), or `members` for "
        "the times in the source. Without it none is written, because platforms stamp files with the time of the export",
    )  # fmt: skip
    parser.add_argument(
        "--inside", default="", metavar="FOLDER", help="everything lies in this folder of the source"
    )
    parser.add_argument(
        "--max-file", type=bytes_from, default=limits.file, metavar="SIZE",
        help=f"refuse a larger notebook (default: {size(limits.file)}, as much as grading and nbgrader read)",
    )  # fmt: skip
    parser.add_argument(
        "--max-total", type=bytes_from, default=limits.total, metavar="SIZE",
        help=f"stop when more is unpacked in all (default: {size(limits.total)}, two thousand notebooks of 2 MB)",
    )  # fmt: skip
    parser.add_argument(
        "--max-members", type=count_from, default=limits.members, metavar="N",
        help=f"stop at more files and folders (default: {limits.members}, five thousand students with four files)",
    )  # fmt: skip
    parser.add_argument(
        "--max-ratio", type=count_from, default=limits.ratio, metavar="N",
        help=f"refuse what unpacks to more than N times its size (default: {limits.ratio}; a notebook packs a few times smaller)",
    )  # fmt: skip


def time_from(words: str) -> datetime | str:
    """A time in UTC, or the word `members`.

    >>> time_from("2026-03-01T18:00:00+02:00")
    datetime.datetime(2026, 3, 1, 16, 0)
    """
    if words == "members":
        return words
    try:
        return datetime.fromisoformat(words).astimezone(UTC).replace(tzinfo=None, microsecond=0)
    except (ValueError, OverflowError) as error:
        raise argparse.ArgumentTypeError(
            f"{words!r} is no time: write it like '2026-03-01 18:00', or `members`"
        ) from error


def run(args: argparse.Namespace) -> None:
    """Collect, write the report and print it; raises UserError before anything is put in place."""
    lesson = find_lesson(args.lesson)
    limits = Limits(args.max_file, args.max_total, args.max_members, args.max_ratio)
    roster = read_roster(args.roster) if args.roster else None
    path = COLLECTED / f"{lesson.name}.json"
    try:
        shelf = Shelf(lesson, SUBMITTED, COLLECTED, args.update)
        lines = collect(args.sources, shelf, limits, roster, args.time, args.inside)
        missing = [student for student in roster.students if not shelf.holds(student)] if roster else []
        write_atomically(path, listing.as_json(lesson.name, lines, missing).encode("ascii"))
    except OSError as error:
        raise UserError(
            f"{error.filename or COLLECTED} cannot be read or written: {error.strerror or error}. "
            "Mend that, then run the same command again."
        ) from error
    console = Console() if Console().is_terminal else Console(width=PLAIN_WIDTH)
    listing.show(console, lines, missing, roster.students if roster else {})
    if hint := hint_for(lines, args.inside):
        console.print(Text(hint), soft_wrap=True)
    console.print(f"Report: {path}", soft_wrap=True)


def collect(
    sources: list[Path],
    shelf: Shelf,
    limits: Limits,
    roster: Roster | None = None,
    time: datetime | str | None = None,
    inside: str = "",
) -> list[Line]:
    """Read all sources, then put what counts on the shelf; the lines say what became of every member."""
    shelf.collected.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=shelf.collected, prefix=".scratch-"))
    try:
        sorter = Sorter(shelf.lesson, scratch, limits, roster)
        for source in sources:
            sorter.take(source, inside)
        place_all(sorter.chosen(), shelf, time)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return sorter.lines


def hint_for(lines: list[Line], inside: str) -> str:
    """What to try where nothing was found because all of it lies one folder deeper."""
    tops = {line.member.removeprefix("./").partition("/")[0] for line in lines if "/" in line.member}
    tops.discard("__MACOSX")
    useful = {Action.COLLECTED, Action.UPDATED, Action.UNCHANGED}
    if inside or len(tops) != 1 or useful & {line.action for line in lines}:
        return ""
    return f"Everything lies in one folder. If it is no student's, add --inside {printable(tops.pop())!r}."
