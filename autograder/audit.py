"""Prove the checks: every mistake rejected and named, every right answer accepted, every mutant killed.

For each exercise the audit judges its named mistakes, the mistakes of form that any function can have, right answers
in several styles, wrong answers without a name, and every mutant of the solution. All of them are judged by the
visible check and again with the numbers of other seeds, as hidden checks draw them.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context

import nbformat
from rich import box
from rich.console import Console
from rich.table import Table

from autograder.answers import Answers, answers
from autograder.answers.cells import cell
from autograder.answers.form import mistakes_of_form
from autograder.answers.mutants import mutants
from autograder.answers.published import PUBLISHED
from autograder.course import ROOT, Lesson
from autograder.errors import UserError
from autograder.released import name_of
from autograder.report import WIDE
from gradlab.checks import LESSONS, VISIBLE_SEED, exercises, find_exercise
from gradlab.checks.exercise import Exercise, Function
from gradlab.checks.judge import expectations, judge, points

SEEDS = 200
NAMED = 0.95

HEADINGS = (
    "mistakes\nrejected",
    "named",
    "variants\naccepted",
    "mutants\nkilled",
    "equi-\nvalent",
    "agreement",
    "median\nms",
    "max\nms",
)


@dataclass
class Audit:
    """What was found about one exercise.

    Attributes:
        exercise: its name.
        mistakes: how many named mistakes and mistakes of form were judged.
        accepted_mistakes: those that got full marks.
        misnamed: "mistake: what it was called", for those with another name than their own.
        variants: how many right answers were judged.
        refused_variants: those that did not get full marks.
        mutants: how many mutants of the solution were judged.
        survivors: those that got full marks and are not known to be equivalent.
        equivalent: mutant -> the reason why it does the same as the solution.
        stale: mutants that are listed as equivalent and did not survive.
        disagreements: "answer, seed", where only one of the visible and the hidden numbers found it right.
        verdicts: how many answers were judged over all seeds.
        seconds: how long each visible verdict took.
        wrong: how many wrong answers of every kind, mutants included, were judged.
        passing_elsewhere: course -> how many of the wrong ones pass the check that it publishes.
    """

    exercise: str
    mistakes: int = 0
    accepted_mistakes: list[str] = field(default_factory=list)
    misnamed: list[str] = field(default_factory=list)
    variants: int = 0
    refused_variants: list[str] = field(default_factory=list)
    mutants: int = 0
    survivors: list[str] = field(default_factory=list)
    equivalent: dict[str, str] = field(default_factory=dict)
    stale: list[str] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)
    verdicts: int = 0
    seconds: list[float] = field(default_factory=list)
    wrong: int = 0
    passing_elsewhere: dict[str, int] = field(default_factory=dict)

    @property
    def falls_short(self) -> bool:
        """Whether anything about this exercise must be mended."""
        return bool(
            self.accepted_mistakes
            or self.refused_variants
            or self.survivors
            or self.stale
            or self.disagreements
            or not self.variants
        )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m autograder audit`."""
    parser.add_argument("exercise", nargs="*", help="exercises or lessons to audit; all without it")
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"seeds to compare (default {SEEDS})")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(args: argparse.Namespace) -> None:
    """Audit, print the table, and end with status 1 where the checks fall short."""
    audits = audit_all(_chosen(args.exercise), args.seeds)
    if args.json:
        print(json.dumps([asdict(audit) for audit in audits], indent=1))
    else:
        show(audits, args.seeds)
    if any(audit.falls_short for audit in audits) or named_share(audits) < NAMED:
        sys.exit(1)


def audit_all(names: list[str], seeds: int = SEEDS) -> list[Audit]:
    """Audit several exercises, on all cores, in the order given."""
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("fork")) as pool:
        return list(pool.map(audit_exercise, names, [seeds] * len(names)))


def audit_exercise(name: str, seeds: int = SEEDS) -> Audit:
    """Judge every answer that is known for one exercise.

    Args:
        name: of the exercise.
        seeds: with how many hidden seeds to repeat each verdict.
    """
    exercise = find_exercise(name)
    audit = Audit(name)
    known = answers(exercise.lesson)
    compare = _comparison(exercise, seeds, audit)
    for mistake in [*exercise.mistakes, *mistakes_of_form(exercise, exercise.reference)]:
        compare(mistake.name, mistake.function)
        verdict = judge(exercise, mistake.function, VISIBLE_SEED)
        if verdict.points == exercise.max_points:
            if mistake in exercise.mistakes or _differs(exercise, mistake.function):
                audit.accepted_mistakes.append(mistake.name)
            continue
        audit.mistakes += 1
        if mistake.name not in verdict.mistakes:
            audit.misnamed.append(f"{mistake.name}: {', '.join(verdict.mistakes) or 'no name'}")
    for label, function in _functions(known.right.get(name, {})):
        audit.variants += 1
        if compare(label, function) != exercise.max_points:
            audit.refused_variants.append(label)
    for label, function in _functions(known.wrong.get(name, {})):
        audit.mistakes += 1
        if compare(label, function) == exercise.max_points:
            audit.accepted_mistakes.append(label)
    _audit_mutants(exercise, known, compare, audit)
    return audit


Compare = Callable[[str, Function], float]


def _comparison(exercise: Exercise, seeds: int, audit: Audit) -> Compare:
    """Judge a function visibly and with every hidden seed; note where they disagree, and how long it took."""
    hidden = [((20_000, seed), expectations(exercise, (20_000, seed))) for seed in range(seeds)]

    def compare(label: str, function: Function) -> float:
        started = time.perf_counter()
        verdict = judge(exercise, function, VISIBLE_SEED)
        audit.seconds.append(time.perf_counter() - started)
        if verdict.outcome not in ("right", "timeout"):
            _compare_with_others(exercise, function, audit)
        # What does not end takes three seconds for each seed; one of them is enough.
        for seed, expected in hidden[:1] if verdict.outcome == "timeout" else hidden:
            audit.verdicts += 1
            right = points(exercise, function, seed, expected) == exercise.max_points
            if right != (verdict.outcome == "right"):
                audit.disagreements.append(f"{label}, seed {seed[1]}")
        return verdict.points

    return compare


def _compare_with_others(exercise: Exercise, function: Function, audit: Audit) -> None:
    audit.wrong += 1
    for case in PUBLISHED:
        if case.exercise == exercise.name:
            passing = audit.passing_elsewhere.setdefault(case.course, 0)
            audit.passing_elsewhere[case.course] = passing + case.passes(exercise, function)


def _differs(exercise: Exercise, function: Function) -> bool:
    """Whether a slip changes anything: rounding leaves what is whole as it is, and so does a class label's."""
    return any(points(exercise, function, (20_000, seed)) != exercise.max_points for seed in range(20))


def _audit_mutants(exercise: Exercise, known: Answers, compare: Compare, audit: Audit) -> None:
    source, names = _solution(exercise)
    reasons = known.equivalent.get(exercise.name, {})
    for label, function in _functions(mutants(source), names) if source else ():
        audit.mutants += 1
        if compare(label, function) < exercise.max_points:
            continue
        if label in reasons:
            audit.equivalent[label] = reasons[label]
        else:
            audit.survivors.append(label)
    audit.stale = sorted(set(reasons) - set(audit.equivalent))


def _solution(exercise: Exercise) -> tuple[str, dict[str, object]]:
    """The source of the solution in the lesson, and the solutions that the lesson has defined before it."""
    lesson = Lesson(exercise.lesson, ROOT)
    if not lesson.solution.is_file():
        return "", {}
    notebook = nbformat.read(lesson.solution, as_version=4)
    sources = {name_of(part): part.source for part in notebook.cells if part.metadata.get("nbgrader")}
    names: dict[str, object] = {}
    for other in exercises(exercise.lesson):
        if other.name == exercise.name:
            break
        names[other.name] = cell(sources[other.name], **names)
    return sources[exercise.name], names


def _functions(
    sources: dict[str, str], names: dict[str, object] | None = None
) -> Iterator[tuple[str, Function]]:
    for label, source in sources.items():
        try:
            yield label, cell(source, **(names or {}))
        except Exception as error:
            # A mutant that does not even define its function is dead before it is called.
            yield label, _raises(error)


def _raises(error: Exception) -> Function:
    def function(*args: object, **kwargs: object) -> None:
        raise error

    return function


def _chosen(words: list[str]) -> list[str]:
    every = {exercise.name: lesson for lesson in LESSONS for exercise in exercises(lesson)}
    if not words:
        return list(every)
    unknown = [word for word in words if word not in every and word not in LESSONS]
    if unknown:
        raise UserError(
            f"There is no exercise or lesson called {unknown[0]!r}. Exercises: {', '.join(every)}."
        )
    return [name for name, lesson in every.items() if name in words or lesson in words]


def named_share(audits: list[Audit]) -> float:
    """The share of the mistakes with a name that are called by it."""
    wrong, named = (sum(a.mistakes for a in audits), sum(len(a.misnamed) for a in audits))
    return 1 - named / wrong if wrong else 1.0


def show(audits: list[Audit], seeds: int) -> None:
    """Print the table, and below it everything that is not as it must be."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)
    table = Table(box=box.SIMPLE_HEAD, caption=f"{seeds} hidden seeds; times are those of the visible check")
    table.add_column("exercise", no_wrap=True)
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    for audit in audits:
        table.add_row(audit.exercise, *_row([audit]), style="red" if audit.falls_short else "")
    table.add_section()
    table.add_row("all", *_row(audits))
    console.print(table)
    _show_others(console, audits)
    for title, attribute in [
        ("Mistakes that got full marks", "accepted_mistakes"),
        ("Mistakes called by another name", "misnamed"),
        ("Right answers that lost points", "refused_variants"),
        ("Mutants that survived", "survivors"),
        ("Listed as equivalent, but not met", "stale"),
        ("Hidden numbers that disagree with the visible ones", "disagreements"),
    ]:
        found = [f"{audit.exercise}: {what}" for audit in audits for what in getattr(audit, attribute)]
        if found:
            console.print(f"{title}:", style="bold")
            for line in found[:40]:
                console.print(f"  {line}", markup=False, highlight=False)
            if len(found) > 40:
                console.print(f"  and {len(found) - 40} more")
    if any(audit.equivalent for audit in audits):
        console.print("Equivalent mutants:", style="bold")
    for audit in audits:
        for label, reason in audit.equivalent.items():
            console.print(f"  {audit.exercise}: {label}: {reason}", markup=False, highlight=False)


def _show_others(console: Console, audits: list[Audit]) -> None:
    table = Table(
        box=box.SIMPLE_HEAD, caption="The same wrong answers, judged by the cases that others publish"
    )
    table.add_column("exercise", no_wrap=True)
    table.add_column("check")
    table.add_column("wrong answers rejected", justify="right")
    for audit in audits:
        for course, passing in audit.passing_elsewhere.items():
            table.add_row(audit.exercise, course, f"{audit.wrong - passing}/{audit.wrong}")
        if audit.passing_elsewhere:
            all_wrong = audit.wrong + len(audit.accepted_mistakes) + len(audit.survivors)
            table.add_row(audit.exercise, "gradlab", f"{audit.wrong}/{all_wrong}", end_section=True)
    if table.row_count:
        console.print(table)


def _row(audits: list[Audit]) -> tuple[str, ...]:
    def total(count: Callable[[Audit], int]) -> int:
        return sum(map(count, audits))

    times = [1000 * seconds for audit in audits for seconds in audit.seconds]
    wrong, verdicts = total(lambda a: a.mistakes + 0), total(lambda a: a.verdicts)
    accepted, misnamed = total(lambda a: len(a.accepted_mistakes)), total(lambda a: len(a.misnamed))
    variants, refused = total(lambda a: a.variants), total(lambda a: len(a.refused_variants))
    made, alive = total(lambda a: a.mutants - len(a.equivalent)), total(lambda a: len(a.survivors))
    agreeing = verdicts - total(lambda a: len(a.disagreements))
    return (
        f"{wrong - accepted}/{wrong}",
        f"{wrong - misnamed}/{wrong}",
        f"{variants - refused}/{variants}",
        f"{made - alive}/{made}",
        str(total(lambda a: len(a.equivalent))),
        f"{agreeing / verdicts:.2%}" if verdicts else "–",
        f"{statistics.median(times):.1f}",
        f"{max(times):.0f}",
    )
