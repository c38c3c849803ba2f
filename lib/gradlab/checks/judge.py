"""From observations to a verdict: which aspects hold, what differs first, and which mistake it looks like."""

import numpy as np

from gradlab.checks.comparison import agree, first_difference, in_words
from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Mistake
from gradlab.checks.observation import Observation, observe, typed
from gradlab.checks.verdict import AspectResult, Verdict

Seed = tuple[int, ...]


def judge(exercise: Exercise, function: Function, seed: Seed, *, reveal: bool = True) -> Verdict:
    """Look at every aspect of `function` with numbers drawn from `seed`.

    Args:
        exercise: what is asked for.
        function: what the learner wrote.
        seed: equal seeds give equal numbers, so that a check says the same thing twice.
        reveal: False keeps inputs and expected values out of the verdict, for hidden checks.

    >>> from gradlab.checks import find_exercise
    >>> verdict = judge(find_exercise("momentum_limit"), lambda L, rho: 2 * (1 - rho) / L, seed=(1,))
    >>> verdict
    1
    >>> verdict.mistakes
    ('1 - rho instead of 1 + rho',)
    """
    seen = _observe_all(exercise, function, seed)
    expected = expectations(exercise, seed)
    holds = _agreements(exercise, expected, seen)
    some_value = any(ok for aspect, ok in zip(exercise.aspects, holds, strict=True) if not aspect.care)
    earned = [
        ok and (some_value or not aspect.care) for aspect, ok in zip(exercise.aspects, holds, strict=True)
    ]
    results = tuple(
        AspectResult(aspect.name, aspect.points if ok else 0.0, aspect.points)
        for aspect, ok in zip(exercise.aspects, earned, strict=True)
    )
    if all(earned):
        return Verdict(exercise.name, "right", results, graded=exercise.graded)
    first = holds.index(False)
    aspect, wanted, got = exercise.aspects[first], expected[first], seen[first]
    mistakes = [] if got.outcome in ("unwritten", "timeout") else _named(exercise, seen, holds, seed)
    story = [f"{mistake.why} {mistake.hint}" for mistake in mistakes[:1]]
    if got.outcome != "answered":
        story.append(got.message)
        call = got.calls[-1]
    else:
        place = first_difference(wanted, got, aspect.rtol)
        story.append(in_words(wanted.sights[place], got.sights[place]) if reveal else _kept_back(aspect))
        call = got.calls[place]
    return Verdict(
        exercise.name,
        {"answered": "wrong", "form": "wrong"}.get(got.outcome, got.outcome),
        results,
        story=tuple(story),
        call=typed(exercise.name, *call) if reveal and got.outcome != "unwritten" else "",
        mistakes=tuple(mistake.name for mistake in mistakes[:1]),
        graded=exercise.graded,
    )


def expectations(exercise: Exercise, seed: Seed) -> tuple[Observation, ...]:
    """What the reference shows, aspect by aspect.

    Raises:
        RuntimeError: where the reference itself gives no answer: the check is broken, not the learner's work.
    """
    shown = _observe_all(exercise, exercise.reference, seed)
    for aspect, observation in zip(exercise.aspects, shown, strict=True):
        if observation.outcome != "answered" or not observation.sights:
            raise RuntimeError(
                f"The check of {exercise.name} is broken under {aspect.name!r}: {observation.message}"
            )
    return shown


def _observe_all(exercise: Exercise, function: Function, seed: Seed) -> tuple[Observation, ...]:
    seen: list[Observation] = []
    for index in range(len(exercise.aspects)):
        if seen and seen[-1].outcome in ("unwritten", "timeout"):
            # Nothing more to learn, and three more seconds of waiting to lose.
            seen.append(seen[-1])
        else:
            seen.append(_observe(exercise, index, function, seed))
    return tuple(seen)


def _observe(exercise: Exercise, index: int, function: Function, seed: Seed) -> Observation:
    return observe(exercise, exercise.aspects[index], function, np.random.default_rng((*seed, index)))


def _agreements(
    exercise: Exercise, one: tuple[Observation, ...], other: tuple[Observation, ...]
) -> list[bool]:
    return [agree(a, b, aspect.rtol) for aspect, a, b in zip(exercise.aspects, one, other, strict=True)]


def _named(exercise: Exercise, seen: tuple[Observation, ...], holds: list[bool], seed: Seed) -> list[Advice]:
    """The mistake that shows exactly what was seen; failing that, those that explain every aspect that fails."""

    def shows(mistake: Mistake, index: int) -> bool:
        shown = _observe(exercise, index, mistake.function, seed)
        return agree(shown, seen[index], exercise.aspects[index].rtol)

    failing = [index for index, ok in enumerate(holds) if not ok]
    holding = [index for index, ok in enumerate(holds) if ok]
    lacking = [exercise.aspects[index].care for index in failing]
    if all(lacking):
        return [advice for advice in lacking if advice]
    explaining: list[Advice] = []
    for mistake in exercise.mistakes:
        # Most mistakes are ruled out by the first aspect that fails; the others need not be looked at.
        if not all(shows(mistake, index) for index in failing):
            continue
        if all(shows(mistake, index) for index in holding):
            return [mistake]
        explaining.append(mistake)
    return explaining


def _kept_back(aspect: Aspect) -> str:
    return (
        f"With other numbers than those of the visible check, “{aspect.name}” does not come out right. "
        "The rules are the same: run the visible check and look at the same line there."
    )
