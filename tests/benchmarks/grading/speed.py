"""The reference assignment, and every lesson, graded by us and by stock nbgrader in turns."""

import csv
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import nbformat
from course_copy import copy_course

from autograder.course import lessons
from autograder.sample import SAMPLE_CLASS
from autograder.sample import hand_in as sample
from benchmarks.grading.courses import REFERENCE, Cost, cost, hand_in, put, reference_course, sides
from benchmarks.pairing import Spread, spread, three_digits
from benchmarks.result import Result, Table, Target

GRADE = ("autograder", "grade")
BARE = ("--no-figures", "--no-feedback")
STOCK = ("nbgrader", "autograde")
# How many submissions each side gets: once few, once many. The difference is what further submissions cost.
OURS, THEIRS = (2, 62), (2, 8)
ROUNDS = 3

Contender = tuple[str, int]


def reference(folder: Path) -> Result:
    """The reference assignment of five exercises and a figure: wall and processor time of a submission."""
    course = reference_course(folder / "built")
    contenders: dict[Contender, tuple[Path, tuple[str, ...]]] = {}
    for place in (0, 1):
        pair = sides(course, folder / f"{place}", REFERENCE)
        hand_in(pair.ours, OURS[place])
        hand_in(pair.stock, THEIRS[place])
        bare = folder / f"{place}/bare"
        shutil.copytree(pair.ours, bare)
        contenders["ours", place] = pair.ours, (*GRADE, REFERENCE, "--force")
        contenders["ours, no figures", place] = bare, (*GRADE, REFERENCE, "--force", *BARE)
        contenders["stock", place] = pair.stock, (*STOCK, REFERENCE, "--force")
    costs = _in_turns(contenders, ROUNDS)
    rows, targets = [], []
    for name, asked in (("ours", 10.0), ("ours, no figures", 20.0)):
        wall = _times(costs, name, "wall")
        rows.append([name, *_figures(costs, name), str(wall), str(_times(costs, name, "cpu"))])
        targets.append(
            Target(
                f"reference assignment, {name}: wall against stock",
                f">= {asked:g}x",
                f"{wall}x",
                wall.median >= asked,
            )
        )
    cpu = _times(costs, "ours", "cpu")
    targets.append(
        Target("reference assignment, ours: CPU against stock", ">= 6x less", f"{cpu}x", cpu.median >= 6)
    )
    rows.append(["stock", *_figures(costs, "stock"), "–", "–"])
    note = (
        f"What one more submission costs once all is started: the difference between {OURS[0]} and {OURS[1]} submissions of ours, "
        f"and {THEIRS[0]} and {THEIRS[1]} of nbgrader's, divided by how many more they are; medians of {ROUNDS} rounds. CPU is that of the "
        "whole machine. With figures, ours includes the feedback page, which nbgrader makes by another command."
    )
    header = ["grader", "wall, ms", "CPU, ms", "start, s", "times as fast", "times less CPU"]
    return Result(
        [Table("A submission of the reference assignment: five exercises and a figure", header, rows, note)],
        targets,
        {"cpu": spread(_each("ours", pair).cpu for pair in costs["ours"]).median},
    )


def every_lesson(folder: Path) -> Result:
    """One round for each lesson as it stands, with its own figures and training."""
    course = copy_course(folder / "course")
    rows = []
    for lesson in lessons():
        if not (SAMPLE_CLASS / lesson.name).is_dir():  # nobody hands in the first lesson
            continue
        pair = sides(course, folder / lesson.name, lesson.name)
        content = _notebook(course, lesson.name, _best(lesson.name))
        ours, bare = (*GRADE, lesson.name, "--force"), (*GRADE, lesson.name, "--force", *BARE)
        ours_each, bare_each = _further(pair.ours, lesson.name, content, ((ours, 6), (bare, 30)), few=2)
        (stock_each,) = _further(
            pair.stock, lesson.name, content, (((*STOCK, lesson.name, "--force"), 2),), few=1
        )
        rows.append([
            lesson.name, *(three_digits(one.wall) for one in (stock_each, ours_each, bare_each)),
            *(three_digits(stock_each.wall / one.wall) for one in (ours_each, bare_each)),
            three_digits(stock_each.cpu / ours_each.cpu),
        ])  # fmt: skip
        shutil.rmtree(folder / lesson.name)
    header = [
        "lesson",
        "stock, s",
        "ours, s",
        "no figures, s",
        "times as fast",
        "no figures",
        "times less CPU",
    ]
    note = (
        "Wall seconds of one more submission, from one round: from 2 to 6 of ours, to 30 without figures, and from 1 to 2 of nbgrader's. "
        "Most of it is the lesson's own training and figures, which every grader has to run."
    )
    return Result([Table("A submission of every lesson", header, rows, note)], [], {})


def _in_turns(
    contenders: Mapping[Contender, tuple[Path, Sequence[str]]], rounds: int
) -> dict[str, list[tuple[Cost, Cost]]]:
    """What few and many submissions cost each grader, round by round."""
    names = list(contenders)
    found: dict[Contender, list[Cost]] = {name: [] for name in names}
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            course, words = contenders[name]
            found[name].append(cost(course, *words))
    graders = dict.fromkeys(grader for grader, _ in names)
    return {grader: list(zip(found[grader, 0], found[grader, 1], strict=True)) for grader in graders}


def _each(grader: str, pair: tuple[Cost, Cost]) -> Cost:
    few, many = THEIRS if grader == "stock" else OURS
    return (pair[1] - pair[0]) / (many - few)


def _times(costs: Mapping[str, list[tuple[Cost, Cost]]], grader: str, what: str) -> Spread:
    pairs = zip(costs[grader], costs["stock"], strict=True)
    return spread(
        getattr(_each("stock", theirs), what) / getattr(_each(grader, ours), what) for ours, theirs in pairs
    )


def _figures(costs: Mapping[str, list[tuple[Cost, Cost]]], grader: str) -> list[str]:
    further = [_each(grader, pair) for pair in costs[grader]]
    few = (THEIRS if grader == "stock" else OURS)[0]
    start = spread(pair[0].wall - few * one.wall for pair, one in zip(costs[grader], further, strict=True))
    return [
        *(
            three_digits(1000 * spread(getattr(one, what) for one in further).median)
            for what in ("wall", "cpu")
        ),
        three_digits(start.median),
    ]


def _further(
    course: Path,
    lesson: str,
    content: str,
    commands: Sequence[tuple[Sequence[str], int]],
    few: int,
) -> list[Cost]:
    """What one more submission costs each command, from `few` (one for each worker) to its number of many."""

    def hand_in_to(count: int) -> None:
        for number in range(count):
            put(course, f"s{number}", lesson, content)

    hand_in_to(few)
    alone = [cost(course, *words) for words, _ in commands]
    each = []
    for (words, many), before in zip(commands, alone, strict=True):
        hand_in_to(many)
        each.append((cost(course, *words) - before) / (many - few))
    return each


def _best(lesson: str) -> str:
    """The one of the sample class with the most points."""
    with (SAMPLE_CLASS / lesson / "expected.csv").open(encoding="utf-8") as table:
        graded = [row for row in csv.DictReader(table) if row["status"] == "graded"]
    return max(graded, key=lambda row: float(row["total"]))["student"]


def _notebook(course: Path, lesson: str, student: str) -> str:
    topic = lesson.split("-", 1)[1]
    release = nbformat.read(course / f"course/{lesson}/{topic}.ipynb", as_version=4)
    answers = (SAMPLE_CLASS / lesson / f"{student}.py").read_text(encoding="utf-8")
    return sample(answers, release, f"{topic}.ipynb").content.decode()
