"""What is seen of a batch while it runs: a bar in a terminal, plain lines in a pipe, lines of JSON for machines."""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from autograder import table
from autograder.results import Result

# Seconds over which the rate is taken: long enough for slow lessons, short enough to follow a change.
WINDOW = 30.0


class Pace:
    """How far a batch is, and how fast it goes: what has not changed costs no time and is not counted in the rate."""

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.total, self.statuses = total, Counter[str]()
        self._clock, self._ends = clock, deque([clock()])

    def count(self, result: Result) -> None:
        """Take in a result."""
        self.statuses[result.outcome.status] += 1
        if result.fresh:
            self._ends.append(self._clock())
            while len(self._ends) > 2 and self._ends[1] < self._ends[-1] - WINDOW:
                self._ends.popleft()

    @property
    def rate(self) -> float:
        """Submissions graded in a second, lately."""
        past = self._clock() - self._ends[0]
        return (len(self._ends) - 1) / past if past > 0 else 0.0

    def words(self) -> str:
        """The rate and the time that is left, as far as one can tell."""
        if not self.rate:
            return ""
        fast = f"{self.rate:.1f} a second" if self.rate >= 1 else f"{60 * self.rate:.0f} a minute"
        left = round((self.total - self.statuses.total()) / self.rate)
        return f"{fast}, {span(left)} left"

    def counts(self) -> str:
        """How many have each status, the most frequent first."""
        return counted(self.statuses)


def counted(statuses: Counter[str]) -> str:
    """Counts in words.

    >>> counted(Counter({"graded": 20, "timed out": 1}))
    '20 graded, 1 timed out'
    """
    return ", ".join(f"{number} {status}" for status, number in statuses.most_common())


def span(seconds: int) -> str:
    """Minutes and seconds, and hours where there are any.

    >>> span(75), span(3600)
    ('1:15', '1:00:00')
    """
    minutes, hours = seconds // 60, seconds // 3600
    return f"{hours}:{minutes % 60:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


class _PaceColumn(ProgressColumn):
    """Asks for the pace at each refresh, so that the time that is left goes down while nothing comes out."""

    def __init__(self, pace: Pace) -> None:
        super().__init__()
        self._pace = pace

    def render(self, task: Task) -> RenderableType:
        return Text(self._pace.words())


class _Bar(Progress):
    """A bar, and below it how many have each status."""

    def __init__(self, pace: Pace, console: Console) -> None:
        self._pace = pace
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _PaceColumn(pace))
        super().__init__(*columns, console=console, transient=True)

    def get_renderables(self) -> Iterable[RenderableType]:
        yield self.make_tasks_table(self.tasks)
        yield Text(self._pace.counts(), "dim")


def shown(results: Iterable[Result], total: int, console: Console) -> Iterator[Result]:
    """Pass results on, and show how far the batch is: a bar where somebody looks on, else a line for each."""
    if not console.is_terminal:
        for number, result in enumerate(results, start=1):
            console.print(
                f"[{number}/{total}] {result.student}: {result.outcome.status}", markup=False, highlight=False
            )
            yield result
        return
    pace = Pace(total)
    with _Bar(pace, console) as bar:
        task = bar.add_task("Grading", total=total)
        for result in results:
            pace.count(result)
            bar.update(task, advance=1)
            yield result


def as_dict(result: Result) -> dict[str, Any]:
    """One result for machines."""
    outcome = result.outcome
    return {
        "student": result.student,
        "status": outcome.status,
        "total": result.total if result.scores else None,
        "points": {table.title(name): None if score.to_read else score.points
                   for name, score in result.scores.items()},
        "mistakes": outcome.mistakes,
        "detail": outcome.detail,
        "isolation": result.isolation,
        "graded_now": result.fresh,
        "seconds": {name: round(seconds, 4) for name, seconds in result.seconds.items()},
    }  # fmt: skip
