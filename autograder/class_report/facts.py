"""What a page says of a class, calculated from its results."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from autograder import table
from autograder.outcome import Status
from autograder.results import Result
from gradlab.checks import NAMES, find_exercise

# Of these there is no notebook that could have earned points, so they are counted and enter no mean.
WITHOUT_POINTS = (Status.MISSING, Status.UNREADABLE, Status.GRADER_ERROR)
# A run is slow when it takes this many times as long as half of the class, and more than a second longer.
SLOW = 3.0
# A run is near the limit when it takes this share of it.
NEAR = 0.5

MEANING = {
    Status.GRADED: "Every cell ran, and every answer was judged.",
    Status.PARTLY: "Something in it did not run; what did was judged.",
    Status.TIMED_OUT: "Something in it did not end in time; the rest was judged.",
    Status.CRASHED: "Python ended; what came before was judged.",
    Status.LIMIT: "It took more memory, processes, output or files than it may.",
    Status.VIOLATION: "It sent something to the grader that no honest notebook sends. Look at it in person.",
    Status.UNREADABLE: "The file is no notebook, or is cut off. Ask for it again.",
    Status.MISSING: "There is no notebook under the name that is graded. Ask for it.",
    Status.GRADER_ERROR: "The grader itself failed. Report it; the log of the batch says more.",
}


@dataclass(frozen=True)
class Exercise:
    """How a class did in one graded cell; shares are of those whose answer was judged."""

    name: str
    most: float
    judged: int
    mean: float
    full: float
    none: float
    to_read: int


@dataclass(frozen=True)
class Named:
    """Something that several students have in common."""

    what: str
    students: tuple[str, ...]
    more: str = ""

    @property
    def number(self) -> int:
        """How many they are."""
        return len(self.students)


@dataclass(frozen=True)
class Facts:
    """All that a page needs; the names of students stand in `students` of `Named`, in `slowest` and in `odd` only."""

    handed_in: int
    totals: tuple[float, ...]
    most: float
    exercises: tuple[Exercise, ...]
    mistakes: tuple[Named, ...]
    statuses: tuple[Named, ...]
    seconds: tuple[float, ...]
    slowest: tuple[tuple[str, float], ...]
    odd: tuple[Named, ...]

    @property
    def mean(self) -> float:
        """Of the totals."""
        return fmean(self.totals)

    @property
    def median(self) -> float:
        """Of the totals."""
        return median(self.totals)

    @property
    def to_read(self) -> int:
        """Answers that wait for a person."""
        return sum(exercise.to_read for exercise in self.exercises)


def facts(results: Sequence[Result], columns: dict[str, float], notebook_seconds: float) -> Facts:
    """The facts about a class.

    Args:
        results: of everybody.
        columns: the graded cells and what each is worth, in order.
        notebook_seconds: how long a run of a notebook may take.
    """
    judged = [result for result in results if result.outcome.status not in WITHOUT_POINTS]
    timed = sorted(((result.student, run_seconds(result)) for result in judged), key=lambda pair: -pair[1])
    timed = [(student, seconds) for student, seconds in timed if seconds]
    return Facts(
        handed_in=len(results),
        totals=tuple(result.total for result in judged),
        most=sum(columns.values()),
        exercises=tuple(_exercise(name, most, judged) for name, most in columns.items()),
        mistakes=_mistakes(judged, columns),
        statuses=_statuses(results),
        seconds=tuple(seconds for _, seconds in timed),
        slowest=tuple(timed[:5]),
        odd=tuple(named for named in _odd(judged, notebook_seconds) if named.students),
    )


def run_seconds(result: Result) -> float:
    """How long a notebook ran: for its answers, and for what it shows."""
    return result.seconds.get("answers", 0.0) + result.seconds.get("figures", 0.0)


def _exercise(name: str, most: float, judged: Sequence[Result]) -> Exercise:
    scores = [result.scores[name] for result in judged if name in result.scores]
    points = [score.points for score in scores if not score.to_read]
    number = max(1, len(points))
    return Exercise(
        table.title(name),
        most,
        judged=len(points),
        mean=sum(points) / number,
        full=sum(earned >= most for earned in points) / number,
        none=sum(earned <= 0 for earned in points) / number,
        to_read=len(scores) - len(points),
    )


def _mistakes(judged: Sequence[Result], columns: Iterable[str]) -> tuple[Named, ...]:
    """Each mistake with who made it, the most frequent first."""
    made: dict[str, list[str]] = defaultdict(list)
    for result in judged:
        for mistake in result.outcome.mistakes:
            made[mistake].append(result.student)
    where = _where_mistakes_belong(columns)
    named = (
        Named(mistake, tuple(students), ", ".join(where.get(mistake, ())))
        for mistake, students in made.items()
    )
    return tuple(sorted(named, key=lambda one: (-one.number, one.what)))


def _where_mistakes_belong(columns: Iterable[str]) -> dict[str, list[str]]:
    """The exercises that know a mistake by this name."""
    found: dict[str, list[str]] = defaultdict(list)
    known = {name for names in NAMES.values() for name in names}
    for exercise in map(find_exercise, filter(known.__contains__, map(table.title, columns))):
        for mistake in dict.fromkeys(mistake.name for mistake in exercise.mistakes):
            found[mistake].append(exercise.name)
    return found


def _statuses(results: Sequence[Result]) -> tuple[Named, ...]:
    counts = Counter(result.outcome.status for result in results)
    return tuple(
        Named(
            status,
            tuple(result.student for result in results if result.outcome.status is status),
            MEANING[status],
        )
        for status in Status
        if counts[status]
    )


def _odd(judged: Sequence[Result], notebook_seconds: float) -> Iterable[Named]:
    """What a person should look at, besides the statuses."""

    def those(chosen: Iterable[Result]) -> tuple[str, ...]:
        return tuple(result.student for result in chosen)

    usual = median(run_seconds(result) for result in judged) if judged else 0.0
    yield Named(
        "Not fully isolated",
        those(result for result in judged if result.isolation not in ("", "full")),
        "Their code ran with fewer walls around it than there should be: see what the batch printed about isolation.",
    )
    yield Named(
        "Near the time limit",
        those(result for result in judged if longest_run(result) >= NEAR * notebook_seconds),
        f"A run took {NEAR:.0%} or more of the {notebook_seconds:g} seconds that it may: on a slower day it would be cut off.",
    )
    yield Named(
        "Unusually slow",
        those(result for result in judged if run_seconds(result) > max(SLOW * usual, usual + 1.0)),
        f"More than {SLOW:g} times as long as half of the class ({usual:.1f} s): a loop where none is needed, or a nap.",
    )
    yield Named(
        "Put right by the grader",
        those(result for result in judged if result.outcome.notes),
        "Cells were missing, moved, copied or changed; the feedback page says which.",
    )
    yield Named(
        "Ran to the end without a point",
        those(result for result in judged if result.outcome.status is Status.GRADED and _has_nothing(result)),
        "Handed in unfinished, perhaps by mistake; or somebody who needs help.",
    )


def longest_run(result: Result) -> float:
    """The longer of the two: the runs of the answers, and that of what a notebook shows."""
    return max(result.seconds.get("answers", 0.0), result.seconds.get("figures", 0.0))


def _has_nothing(result: Result) -> bool:
    judged = [score for score in result.scores.values() if not score.to_read]
    return bool(judged) and not any(score.points > 0 for score in judged)
