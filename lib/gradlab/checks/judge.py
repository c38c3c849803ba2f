"""From observations to a verdict: which aspects hold, what differs first, and which mistake it looks like."""

import functools
from collections.abc import Callable, Collection, Sequence

import numpy as np

from gradlab.checks.comparison import agree, first_difference, in_words
from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Mistake
from gradlab.checks.form import typed
from gradlab.checks.observation import Observation, observe
from gradlab.checks.pictures import picture
from gradlab.checks.reading import has_loop, variables_of_the_notebook
from gradlab.checks.slips import slips
from gradlab.checks.verdict import AspectResult, Verdict

_FAILED_ELSEWHERE = (
    "With other numbers than those of the visible check your code stops with an error. Is there a shape, a type or a "
    "size that it does not expect?"
)

Seed = tuple[int, ...]
Seen = tuple[Observation, ...]

_A_LOOP = (
    "This works. It loops over single numbers, though, and NumPy can do whole arrays at once: shorter to read, and "
    "on large arrays a hundred times as fast."
)


class Known:
    """What the reference and the known mistakes of an exercise show with the numbers of one seed.

    Each is looked at when it is first asked for, and only once: whoever judges many answers with the same numbers makes
    one of these and hands it to `judge` every time.
    """

    def __init__(self, exercise: Exercise, seed: Seed) -> None:
        self.exercise, self.seed = exercise, seed
        self.shown = functools.cache(lambda index, function: _observe(exercise, index, function, seed))

    @functools.cached_property
    def expected(self) -> Seen:
        """What the reference shows, aspect by aspect."""
        return expectations(self.exercise, self.seed)

    @functools.cached_property
    def mistakes(self) -> list[Mistake]:
        """The exercise's own, and the slips that can be made in every exercise."""
        return [*self.exercise.mistakes, *slips(self.exercise)]


def judge(
    exercise: Exercise,
    function: Function,
    seed: Seed,
    *,
    reveal: bool = True,
    known: Known | None = None,
    suspects: Collection[str] = (),
) -> Verdict:
    """Look at every aspect of `function` with numbers drawn from `seed`.

    Args:
        exercise: what is asked for.
        function: what the learner wrote.
        seed: equal seeds give equal numbers, so that a check says the same thing twice.
        reveal: False keeps inputs and expected values out of the verdict, for hidden checks.
        known: `Known(exercise, seed)`, to save time where there are many functions to judge.
        suspects: names of the mistakes that the same function has shown with other numbers: they are looked at first.

    >>> from gradlab.checks import find_exercise
    >>> verdict = judge(find_exercise("momentum_limit"), lambda L, rho: 2 * (1 - rho) / L, seed=(1,))
    >>> verdict
    1
    >>> verdict.mistakes
    ('1 - rho instead of 1 + rho',)
    """
    known = known or Known(exercise, seed)
    seen = _observe_all(exercise, function, seed)
    expected, note = _closest(exercise, seen, known)
    holds = _agreements(exercise, expected, seen)
    earned = _earned(exercise, holds)
    results = tuple(
        AspectResult(aspect.name, aspect.points if ok else 0.0, aspect.points)
        for aspect, ok in zip(exercise.aspects, earned, strict=True)
    )
    if all(earned):
        loops = exercise.vectorised and has_loop(function)
        notes = (*note, _A_LOOP) if loops else note
        return Verdict(exercise.name, "right", results, notes=notes, graded=exercise.graded)
    first = holds.index(False)
    aspect, wanted, got = exercise.aspects[first], expected[first], seen[first]
    mistake = _mistake(exercise, function, seen, holds, known, suspects)
    story = [f"{mistake.why} {mistake.hint}"] if mistake and mistake.why else []
    drawn = ""
    if got.outcome == "error" and not reveal:
        story.append(_FAILED_ELSEWHERE)  # its own words may quote the numbers
        call = got.calls[-1]
    elif got.outcome != "answered":
        story.append(got.message)
        call = got.calls[-1]
    else:
        place = first_difference(wanted, got, aspect.rtol)
        call = got.calls[-1 if place is None else place]
        if not reveal:
            story.append(_kept_back(aspect))
        elif place is None:
            parts = (len(got.sights), len(wanted.sights))
            story.append(
                "Under “{}” your answer has {} parts, and {} are asked for.".format(aspect.name, *parts)
            )
        else:
            story.append(in_words(wanted.sights[place], got.sights[place]))
            drawn = picture(wanted.sights, got.sights, place)
    return Verdict(
        exercise.name,
        {"answered": "wrong", "form": "wrong"}.get(got.outcome, got.outcome),
        results,
        story=tuple(story),
        picture=drawn,
        call=typed(exercise.name, *call) if reveal and got.outcome != "unwritten" else "",
        mistakes=(mistake.name,) if mistake else (),
        hints=exercise.hints if reveal and got.outcome not in ("unwritten", "form") else (),
        notes=note,
        graded=exercise.graded,
    )


def is_right(exercise: Exercise, function: Function, seed: Seed, expected: Seen | None = None) -> bool:
    """Whether `function` would get full marks, and not a word more: for whoever judges thousands.

    Args:
        exercise: what is asked for.
        function: what the learner wrote.
        seed: as for `judge`.
        expected: what `expectations(exercise, seed)` returned, where that is known.

    >>> from gradlab.checks import find_exercise
    >>> is_right(find_exercise("momentum_limit"), lambda L, rho: 2 * (1 - rho) / L, seed=(1,))
    False
    """
    seen = functools.cache(lambda index: _observe(exercise, index, function, seed))

    def agrees(shown: Callable[[int], Observation]) -> bool:
        # The first aspect that differs settles it.
        return all(
            agree(shown(index), seen(index), aspect.rtol) for index, aspect in enumerate(exercise.aspects)
        )

    asked_for = expected or expectations(exercise, seed)
    return agrees(lambda index: asked_for[index]) or any(
        agrees(functools.partial(_observe_of, exercise, convention.function, seed))
        for convention in exercise.conventions
    )


def expectations(exercise: Exercise, seed: Seed) -> Seen:
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


def _closest(exercise: Exercise, seen: Seen, known: Known) -> tuple[Seen, tuple[str, ...]]:
    """What a right answer shows, by the convention under which `seen` earns most; and the note on it, if any."""

    def worth(expected: Seen) -> float:
        earned = _earned(exercise, _agreements(exercise, expected, seen))
        return sum(aspect.points for aspect, ok in zip(exercise.aspects, earned, strict=True) if ok)

    asked_for = known.expected
    best, most = asked_for, worth(asked_for)
    note: tuple[str, ...] = ()
    if most == exercise.max_points:
        return asked_for, ()
    for convention in exercise.conventions:
        shown = tuple(known.shown(index, convention.function) for index in range(len(exercise.aspects)))
        if worth(shown) > most:
            best, most, note = shown, worth(shown), (convention.note,)
    return best, note


def _earned(exercise: Exercise, holds: Sequence[bool]) -> list[bool]:
    pairs = list(zip(exercise.aspects, holds, strict=True))
    some_value = any(ok for aspect, ok in pairs if not aspect.manners)
    return [ok and (some_value or not aspect.manners) for aspect, ok in pairs]


def _observe_all(exercise: Exercise, function: Function, seed: Seed) -> Seen:
    seen: list[Observation] = []
    for index in range(len(exercise.aspects)):
        if seen and seen[-1].outcome in ("unwritten", "timeout"):
            # Nothing more to learn, and three more seconds of waiting to lose.
            seen.append(seen[-1])
        else:
            seen.append(_observe(exercise, index, function, seed))
    return tuple(seen)


def _observe(exercise: Exercise, index: int, function: Function, seed: Seed) -> Observation:
    # An array of words is what NumPy makes of the tuple in any case, and slowly.
    rng = np.random.default_rng(np.array((*seed, index), dtype=np.uint32))
    return observe(exercise, exercise.aspects[index], function, rng)


def _observe_of(exercise: Exercise, function: Function, seed: Seed, index: int) -> Observation:
    return _observe(exercise, index, function, seed)


def _agreements(exercise: Exercise, one: Seen, other: Seen) -> list[bool]:
    return [agree(a, b, aspect.rtol) for aspect, a, b in zip(exercise.aspects, one, other, strict=True)]


def _mistake(
    exercise: Exercise,
    function: Function,
    seen: Seen,
    holds: list[bool],
    known: Known,
    suspects: Collection[str],
) -> Advice | None:
    """What the failure looks like, from the surest sign to the weakest; None where nothing is known of it."""
    got = seen[holds.index(False)]
    if got.outcome == "form":
        return Advice(got.mistake, why="", hint="")
    if got.outcome in ("unwritten", "timeout"):
        return None
    failing = [index for index, ok in enumerate(holds) if not ok]
    lacking = [exercise.aspects[index].lacking for index in failing]
    return (
        (lacking[0] if all(exercise.aspects[index].manners for index in failing) else None)
        or _shown_by_a_mistake(exercise, seen, holds, known, suspects)
        or (lacking[0] if all(lacking) else None)
        or _from_the_notebook(function)
    )


def _shown_by_a_mistake(
    exercise: Exercise, seen: Seen, holds: list[bool], known: Known, suspects: Collection[str]
) -> Advice | None:
    """The mistake that shows exactly what was seen; failing that, the first that explains every aspect that fails.

    Only exactly what was seen will do where nothing has failed but what is coarse: there, most mistakes look the same.
    """

    def shows(mistake: Mistake, index: int) -> bool:
        return agree(known.shown(index, mistake.function), seen[index], exercise.aspects[index].rtol)

    failing = [index for index, ok in enumerate(holds) if not ok]
    holding = [index for index, ok in enumerate(holds) if ok]
    telling = not all(exercise.aspects[index].coarse for index in failing)
    explaining = None
    for mistake in sorted(known.mistakes, key=lambda mistake: mistake.name not in suspects):
        # Most mistakes are ruled out by the first aspect that fails; the others need not be looked at.
        if not all(shows(mistake, index) for index in failing):
            continue
        if all(shows(mistake, index) for index in holding):
            return mistake
        if telling:
            explaining = explaining or mistake
    return explaining


def _from_the_notebook(function: Function) -> Advice | None:
    names = variables_of_the_notebook(function)
    if not names:
        return None
    listed = ", ".join(f"`{name}`" for name in names)
    return Advice(
        "Uses a variable of the notebook",
        why=f"Your function reads {listed} from the notebook instead of from its arguments, so it gives the same "
        "answer whatever it is called with.",
        hint="Everything a function needs should stand in the brackets of its first line.",
    )


def _kept_back(aspect: Aspect) -> str:
    return (
        f"With other numbers than those of the visible check, “{aspect.name}” does not come out right. "
        "The rules are the same: run the visible check and look at the same line there."
    )
