"""Judge everything that is known to be right or wrong about an exercise, and write down what its check overlooks."""

import itertools
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

import nbformat

from autograder.answers import Answers, answers
from autograder.answers.cells import cell, defined
from autograder.answers.form import mistakes_of_form
from autograder.answers.mutants import mutants
from autograder.answers.published import PUBLISHED
from autograder.course import ROOT, Lesson
from autograder.released import name_of
from gradlab.checks import VISIBLE_SEED, find_exercise
from gradlab.checks.exercise import Exercise, Function
from gradlab.checks.judge import Known, expectations, is_right, judge
from gradlab.checks.verdict import Verdict

SEEDS = 200
ONE_IN = 10


@dataclass
class Audit:
    """What was found about one exercise.

    Attributes:
        exercise: its name.
        mistakes: how many named mistakes, mistakes of form and wrong answers without a name were judged.
        nameless: how many of them have no name.
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
        seconds: the processor time of one in ten visible verdicts, in which everything is looked at anew.
        wrong: how many wrong answers of every kind, mutants included, were judged.
        passing_elsewhere: course -> how many of the wrong ones pass the check that it publishes.
    """

    exercise: str
    mistakes: int = 0
    nameless: int = 0
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


def audit_all(names: list[str], seeds: int = SEEDS) -> list[Audit]:
    """Audit several exercises, on all cores, in the order given."""
    if len(names) == 1:
        return [audit_exercise(names[0], seeds)]
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
        verdict = compare(mistake.name, mistake.function)
        if verdict.points == exercise.max_points:
            if mistake in exercise.mistakes or _differs(exercise, mistake.function):
                audit.accepted_mistakes.append(mistake.name)
            continue
        audit.mistakes += 1
        if mistake.name not in verdict.mistakes:
            audit.misnamed.append(f"{mistake.name}: {', '.join(verdict.mistakes) or 'no name'}")
    for label, function in _functions(known.right.get(name, {})):
        audit.variants += 1
        if compare(label, function).points != exercise.max_points:
            audit.refused_variants.append(label)
    for label, function in _functions(known.wrong.get(name, {})):
        audit.mistakes += 1
        audit.nameless += 1
        if compare(label, function).points == exercise.max_points:
            audit.accepted_mistakes.append(label)
    _audit_mutants(exercise, known, compare, audit)
    return audit


Compare = Callable[[str, Function], Verdict]


def _comparison(exercise: Exercise, seeds: int, audit: Audit) -> Compare:
    """Judge a function visibly and with every hidden seed; note where they disagree, and how long it took."""
    hidden = [((20_000, seed), expectations(exercise, (20_000, seed))) for seed in range(seeds)]
    known = Known(exercise, VISIBLE_SEED)

    numbers = itertools.count()

    def compare(label: str, function: Function) -> Verdict:
        if next(numbers) % ONE_IN == 0:
            started = time.process_time()
            verdict = judge(exercise, function, VISIBLE_SEED)
            audit.seconds.append(time.process_time() - started)
        else:
            verdict = judge(exercise, function, VISIBLE_SEED, known=known)
        if verdict.outcome not in ("right", "timeout"):
            _compare_with_others(exercise, function, audit)
        # What does not end takes three seconds for each seed; one of them is enough.
        for seed, expected in hidden[:1] if verdict.outcome == "timeout" else hidden:
            audit.verdicts += 1
            if is_right(exercise, function, seed, expected) != (verdict.outcome == "right"):
                audit.disagreements.append(f"{label}, seed {seed[1]}")
        return verdict

    return compare


def _compare_with_others(exercise: Exercise, function: Function, audit: Audit) -> None:
    audit.wrong += 1
    for case in PUBLISHED:
        if case.exercise == exercise.name:
            passing = audit.passing_elsewhere.setdefault(case.course, 0)
            audit.passing_elsewhere[case.course] = passing + case.passes(exercise, function)


def _differs(exercise: Exercise, function: Function) -> bool:
    """Whether a slip changes anything: rounding leaves what is whole as it is, and so does a class label's."""
    return not all(is_right(exercise, function, (20_000, seed)) for seed in range(20))


def _audit_mutants(exercise: Exercise, known: Answers, compare: Compare, audit: Audit) -> None:
    source, names = solution_of(exercise)
    reasons = known.equivalent.get(exercise.name, {})
    for label, function in _functions(mutants(source), names) if source else ():
        audit.mutants += 1
        if compare(label, function).points < exercise.max_points:
            continue
        if label in reasons:
            audit.equivalent[label] = reasons[label]
        else:
            audit.survivors.append(label)
    audit.stale = sorted(set(reasons) - set(audit.equivalent))


def solution_of(exercise: Exercise) -> tuple[str, dict[str, object]]:
    """The source of the solution in the lesson, and what the answers before it have defined.

    Among those may be some that no check asks for, such as functions that are brought along from earlier lessons.
    """
    lesson = Lesson(exercise.lesson, ROOT)
    if not lesson.solution.is_file():
        return "", {}
    notebook = nbformat.read(lesson.solution, as_version=4)
    names: dict[str, object] = {}
    for part in notebook.cells:
        if part.cell_type != "code" or not part.metadata.get("nbgrader", {}).get("solution"):
            continue
        if name_of(part) == exercise.name:
            return part.source, names
        names |= defined(part.source, **names)
    raise ValueError(f"{lesson.solution} holds no answer to {exercise.name}.")


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


def named_share(audits: list[Audit]) -> float:
    """The share of the mistakes with a name that are called by it."""
    named, misnamed = (sum(a.mistakes - a.nameless for a in audits), sum(len(a.misnamed) for a in audits))
    return 1 - misnamed / named if named else 1.0
