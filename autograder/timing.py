"""Where the time of a batch went: measured where it is spent, added up here."""

from collections.abc import Iterable

from rich import box
from rich.table import Table

from autograder.results import Result

# What a batch does with each submission, in its order: the name of a step, and what was measured of it. The answers are
# judged while they run, so what the judge takes is no part of what the answers take.
STEPS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "reading": (("reading", "restoring"), ()),
    "starting sandboxes": (("sandbox",), ()),
    "answers": (("answers",), ("judging",)),
    "judging": (("judging",), ()),
    "figures": (("figures",), ()),
    "cleaning": (("cleaning",), ()),
    "recording": (("recording",), ()),
    "feedback": (("feedback",), ()),
}
# These are done by one process for all workers.
BY_ONE = ("reading", "recording", "feedback")


def steps(seconds: dict[str, float]) -> dict[str, float]:
    """The seconds of each step, from what was measured.

    >>> steps({"answers": 0.5, "judging": 0.125, "recording": 0.25})
    {'answers': 0.375, 'judging': 0.125, 'recording': 0.25}
    """
    spent = {
        step: sum(seconds.get(name, 0.0) for name in plus) - sum(seconds.get(name, 0.0) for name in minus)
        for step, (plus, minus) in STEPS.items()
    }
    return {step: max(0.0, total) for step, total in spent.items() if total}


def totals(results: Iterable[Result]) -> dict[str, float]:
    """The seconds of each step, over everything that was graded now."""
    found = [steps(result.seconds) for result in results if result.fresh]
    sums = {step: sum(spent.get(step, 0.0) for spent in found) for step in STEPS}
    return {step: total for step, total in sums.items() if total}


def table(spent: dict[str, float], submissions: int) -> Table:
    """The totals as a table: seconds, milliseconds a submission, and shares."""
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("step", "seconds", "ms each", "share"):
        grid.add_column(heading, justify="left" if heading == "step" else "right")
    whole = sum(spent.values()) or 1.0
    for step, total in spent.items():
        each = 1000 * total / max(1, submissions)
        grid.add_row(step, f"{total:.1f}", f"{each:.0f}", f"{100 * total / whole:.0f} %")
    return grid
