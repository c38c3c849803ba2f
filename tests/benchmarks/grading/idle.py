"""What nothing costs: the help, and a single submission from a cold start."""

from pathlib import Path

from benchmarks.grading.courses import REFERENCE, cost, hand_in, reference_course
from benchmarks.pairing import spread
from benchmarks.result import Result, Table, Target

ROUNDS = 5


def idle(folder: Path) -> Result:
    """Wall seconds of commands that do little."""
    course = reference_course(folder / "course")
    hand_in(course, 1)
    commands = {
        "--help": (("autograder", "--help"), 0.3),
        "one submission": (("autograder", "grade", REFERENCE, "--force"), 4.0),
        "one submission, no figures": (("autograder", "grade", REFERENCE, "--force", "--no-figures", "--no-feedback"), 4.0),
        "nothing has changed": (("autograder", "grade", REFERENCE), 4.0),
    }  # fmt: skip
    rows, targets = [], []
    for name, (words, most) in commands.items():
        took = spread(cost(course, *words).wall for _ in range(ROUNDS))
        rows.append([name, str(took)])
        targets.append(Target(name, f"< {most:g} s", f"{took} s", took.median < most))
    return Result([Table("From a cold start", ["command", "seconds"], rows)], targets, {})
