"""How long a learner waits for the answer of a check."""

from benchmarks.pairing import spread, take_turns, timed
from benchmarks.result import Result, Table, Target
from gradlab.checks import LESSONS, exercises
from gradlab.checks.judge import judge

SEED = (2024,)


def measure() -> Result:
    """Every exercise, answered by its reference and by each of its named mistakes."""
    asked = [exercise for lesson in LESSONS for exercise in exercises(lesson)]
    answers = {e.name: lambda e=e: judge(e, e.reference, SEED) for e in asked}
    right = {name: 1e3 * spread(seconds).median for name, seconds in take_turns(answers, rounds=5).items()}
    # There are many mistakes: each is looked at once.
    wrong = {
        e.name: max(
            (1e3 * timed(lambda e=e, m=m: judge(e, m.function, SEED)) for m in e.mistakes), default=0.0
        )
        for e in asked
    }
    middle, slowest = spread(right.values()).median, max(right.values())
    return Result(
        [
            Table(
                "The answer of a check, in ms",
                ["exercise", "right answer", "slowest named mistake"],
                [[name, f"{right[name]:.1f}", f"{wrong[name]:.1f}"] for name in right],
            )
        ],
        [
            Target("checks, right answers, median of all exercises", "< 50 ms", f"{middle:.1f} ms", middle < 50),
            Target("checks, right answers, slowest exercise", "< 500 ms", f"{slowest:.1f} ms", slowest < 500),
            Target("checks, named mistakes, slowest", "< 500 ms", f"{max(wrong.values()):.1f} ms", max(wrong.values()) < 500),
        ],
        {},
    )  # fmt: skip
