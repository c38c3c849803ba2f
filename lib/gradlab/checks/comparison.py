"""Compare what was seen of a learner's function with what the reference shows, and put a difference into words."""

from typing import Any

import numpy as np
import numpy.typing as npt

from gradlab.checks.exercise import Sight
from gradlab.checks.observation import Observation


def agree(one: Observation, other: Observation, rtol: float) -> bool:
    """Whether both ended in the same way and saw equal values."""
    return (
        one.outcome == other.outcome
        and len(one.sights) == len(other.sights)
        and all(equal(a.value, b.value, rtol) for a, b in zip(one.sights, other.sights, strict=True))
    )


def equal(expected: npt.NDArray[Any], actual: npt.NDArray[Any], rtol: float) -> bool:
    """Same shape, and equal within `rtol` on the scale of the largest expected entry.

    Never finer than 1e-12: where zero is expected, another order of the same sum may give 1e-17.
    """
    if expected.shape != actual.shape:
        return False
    if expected.dtype.kind not in "iuf" or actual.dtype.kind not in "iuf":
        return bool(np.all(expected == actual))
    size = np.abs(expected)
    if (
        expected.dtype.kind == actual.dtype.kind == "f"
        and np.isfinite(size).all()
        and np.isfinite(actual).all()
    ):
        # What `allclose` comes to here, in a third of the time: most of what is compared is like this.
        atol = max(rtol * min(size.max(initial=0.0), 1.0), 1e-12)
        return bool((np.abs(actual - expected) <= atol + rtol * size).all())
    scale = size.max(initial=0.0, where=np.isfinite(expected))
    atol = max(rtol * min(scale, 1.0), 1e-12)
    return bool(np.allclose(actual, expected, rtol=rtol, atol=atol, equal_nan=True))


def first_difference(expected: Observation, actual: Observation, rtol: float) -> int | None:
    """The index of the first sight that differs, of two observations that both answered and do not agree.

    None where all that both have seen is equal, and one has seen more.
    """
    pairs = zip(expected.sights, actual.sights, strict=False)
    return next((i for i, (one, other) in enumerate(pairs) if not equal(one.value, other.value, rtol)), None)


def in_words(expected: Sight, actual: Sight) -> str:
    """What differs, in a sentence that the learner can check by hand.

    >>> in_words(Sight("After 3 steps", "w", np.array([0.8129, 1.0])), Sight("", "", np.array([0.9813, 1.0])))
    'After 3 steps w[0] should be 0.8129 and yours is 0.9813.'
    """
    should, got = expected.value, actual.value
    name = f"{expected.when} {expected.what}".strip()
    name = name[0].upper() + name[1:] if expected.when else name
    if should.shape != got.shape:
        return f"{name} should have shape {should.shape} and yours has {got.shape}."
    if should.dtype.kind not in "iuf" or got.dtype.kind not in "iuf":
        index = tuple(int(i) for i in np.argwhere(should != got)[0])
        place = f" at {', '.join(map(str, index))}" if index else ""
        return f"{name} should be {should[index]}{place} and yours is {got[index]}."
    index = _first_index(should, got)
    place = f"[{', '.join(map(str, index))}]" if index else ""
    # `w[0]` reads well, and so does "the average should be 2 at [0]".
    subject, at = (
        (f"{name}{place}", "") if expected.what.isidentifier() else (name, f" at {place}" if place else "")
    )
    wanted, found = _digits(should[index], got[index]), _digits(got[index], should[index])
    sentence = f"{subject} should be {wanted}{at} and yours is {found}."
    return sentence + _pattern(should, got)


def _first_index(should: npt.NDArray[Any], got: npt.NDArray[Any]) -> tuple[int, ...]:
    wrong = ~np.isclose(got, should, rtol=1e-5, atol=0, equal_nan=True)
    return tuple(int(i) for i in np.unravel_index(np.argmax(wrong), wrong.shape))


def _digits(number: Any, other: Any) -> str:
    # As few digits as tell the two apart.
    for digits in (4, 6, 9):
        if f"{number:.{digits}g}" != f"{other:.{digits}g}":
            return f"{number:.{digits}g}"
    return repr(float(number))


def _pattern(should: npt.NDArray[Any], got: npt.NDArray[Any]) -> str:
    """A last sentence where every entry is off in the same way: a factor is easier to find than a number."""
    use = (np.abs(should) > 1e-12) & np.isfinite(got)
    if should.size < 2 or not use.all():
        return ""
    ratios = got[use] / should[use]
    ratio = float(ratios.flat[0])
    if not np.allclose(ratios, ratio, rtol=1e-4) or abs(ratio) < 1e-6 or abs(ratio - 1) < 5e-4:
        return ""
    if abs(ratio + 1) < 1e-4:
        return " Every entry has the wrong sign."
    return f" Every entry is {ratio:.4g} times what it should be."
