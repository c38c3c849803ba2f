"""The mistakes of `violates_chord`, most of them told by the two heights that they compare."""

import numpy as np

from gradlab.checks.lessons.convexity.violates_chord import violates_chord


def _mistake(name, why, hint):
    return violates_chord.mistake(name, why=why, hint=hint)


def _comparing(above, lambdas_tried=lambda lambdas: lambdas, keep=np.logical_or, start=False):
    """A chord test with a comparison of its own: above(f, a, b, lam, tol) -> True or False."""

    def function(f, a, b, lambdas, tol=1e-9):
        found = np.full(np.shape(f(a)), start)
        for lam in lambdas_tried(lambdas):
            found = keep(found, above(f, a, b, lam, tol))
        return found

    return function


def _chord(f, a, b, lam):
    return (1 - lam) * f(a) + lam * f(b)


def _curve(f, a, b, lam):
    return f((1 - lam) * a + lam * b)


def _above(f, a, b, lam, tol):
    return _curve(f, a, b, lam) > _chord(f, a, b, lam) + tol


def _below(f, a, b, lam, tol):
    return _curve(f, a, b, lam) < _chord(f, a, b, lam) - tol


_REVERSED = (
    "The inequality is reversed",
    "You look for places where the curve lies *below* its chord. A bowl does that everywhere, and that is how it should be.",
    "Which of the two must be higher for a violation: the curve or the chord?",
)
_MIDDLE = (
    "Only the middle is tried",
    "You look at half of the way only. A curve may keep below its chord there and rise above it elsewhere.",
    "What are the lambdas for that you were given?",
)
_ALL = (
    "Violated everywhere instead of anywhere",
    "You ask that the curve lies above its chord at every lambda. One place is enough to prove it not convex.",
    "Which of np.any and np.all fits “at some lambda”?",
)
_TURNED = (
    "Turned round",
    "You say True for chords that are kept. The function is to say True where they are violated.",
    "What should a parabola get?",
)

_mistake(*_REVERSED)(_comparing(_below))
_mistake(*_REVERSED)(_comparing(lambda f, a, b, lam, tol: _curve(f, a, b, lam) < _chord(f, a, b, lam) + tol))
_mistake(*_REVERSED)(_comparing(_below, keep=np.logical_and, start=True))
_mistake(*_MIDDLE)(_comparing(_above, lambda lambdas: [0.5]))
_mistake(*_MIDDLE)(
    _comparing(
        lambda f, a, b, lam, tol: f((a + b) / 2) > (f(a) + f(b)) / 2,
        lambda lambdas: [0.5],
    )
)
_mistake("Only the middle is tried, and reversed", *_MIDDLE[1:])(_comparing(_below, lambda lambdas: [0.5]))
_mistake(*_ALL)(_comparing(_above, keep=np.logical_and, start=True))
_mistake(*_TURNED)(
    _comparing(lambda *args: ~np.asarray(_above(*args), dtype=bool), keep=np.logical_and, start=True)
)
_mistake(*_TURNED)(_comparing(lambda *args: ~np.asarray(_above(*args), dtype=bool)))

_mistake(
    "Only the first lambda",
    "You stop after the first lambda. Is there a return inside your loop?",
    "When may you say False: after one lambda, or after all of them?",
)(_comparing(_above, lambda lambdas: lambdas[:1]))

_mistake(
    "Only the last lambda",
    "Each turn of your loop overwrites what the one before has found, so only the last lambda counts.",
    "How do you keep a True that you have seen once?",
)(_comparing(_above, keep=lambda before, now: now))

_mistake(
    "The last lambda is left out",
    "You never look at the last of the lambdas.",
    "How many turns does your loop make?",
)(_comparing(_above, lambda lambdas: lambdas[:-1]))

_mistake(
    "The first lambda is left out",
    "You never look at the first of the lambdas. Python counts from 0.",
    "How many turns does your loop make?",
)(_comparing(_above, lambda lambdas: lambdas[1:]))

_mistake(
    "No room for rounding",
    "You compare without tol. On a straight line, curve and chord are the same height, and rounding decides which comes out "
    "higher.",
    "By how much must the curve be higher?",
)(_comparing(lambda f, a, b, lam, tol: _curve(f, a, b, lam) > _chord(f, a, b, lam)))

_mistake(
    "Touching counts as a violation",
    "Where the curve touches its chord you say True. A straight line does that everywhere, and it is convex.",
    "Does the definition allow both to be equal?",
)(_comparing(lambda f, a, b, lam, tol: _curve(f, a, b, lam) >= _chord(f, a, b, lam)))

_mistake(
    "Touching counts as a violation",
    "Exactly at tol above the chord you say True. It has to be more than tol.",
    "Which of > and >= says “more than”?",
)(_comparing(lambda f, a, b, lam, tol: _curve(f, a, b, lam) >= _chord(f, a, b, lam) + tol))

_mistake(
    "tol with the wrong sign",
    "You already call it a violation when the curve is a little *below* the chord.",
    "Should tol make it harder or easier to be called a violation?",
)(_comparing(lambda f, a, b, lam, tol: _curve(f, a, b, lam) > _chord(f, a, b, lam) - tol))

_mistake(
    "tol is fixed",
    "Your tolerance is written into the comparison, so the tol that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
)(_comparing(lambda f, a, b, lam, tol: _curve(f, a, b, lam) > _chord(f, a, b, lam) + 1e-9))

_mistake(
    "Any difference counts",
    "You ask whether curve and chord differ. They do for every curved line; which one is higher is the question.",
    "What does np.abs take away?",
)(_comparing(lambda f, a, b, lam, tol: np.abs(_curve(f, a, b, lam) - _chord(f, a, b, lam)) > tol))

_WEIGHTS = (
    "Point and chord do not fit together",
    "Your point and your height on the chord belong to different places: one counts lambda from a, the other from b.",
    "At lambda = 0 both should be at a. Are they?",
)
_mistake(*_WEIGHTS)(_comparing(lambda f, a, b, lam, tol: _curve(f, a, b, lam) > _chord(f, b, a, lam) + tol))
_mistake(*_WEIGHTS)(_comparing(lambda f, a, b, lam, tol: _curve(f, b, a, lam) > _chord(f, a, b, lam) + tol))

_SUM = (
    "The weights do not add up to 1",
    "You add a share of one end to the whole of the other, so at lambda = 1 you are not at b.",
    "Which two factors stand in front of the two ends, and what is their sum?",
)
_mistake(*_SUM)(_comparing(lambda f, a, b, lam, tol: f(a + lam * b) > _chord(f, a, b, lam) + tol))
_mistake(*_SUM)(_comparing(lambda f, a, b, lam, tol: _curve(f, a, b, lam) > f(a) + lam * f(b) + tol))
_mistake(*_SUM)(_comparing(lambda f, a, b, lam, tol: f(a + lam * b) > f(a) + lam * f(b) + tol))
_mistake(*_SUM)(_comparing(lambda f, a, b, lam, tol: f(lam * (b - a)) > _chord(f, a, b, lam) + tol))

_mistake(
    "The middle of the chord for every lambda",
    "Your point moves along with lambda, but you compare it with the mean of the two ends every time.",
    "How high is the chord a quarter of the way from a to b?",
)(_comparing(lambda f, a, b, lam, tol: _curve(f, a, b, lam) > (f(a) + f(b)) / 2 + tol))

_mistake(
    "The middle point for every lambda",
    "You look at the curve half way between a and b every time, while the height on the chord moves with lambda.",
    "At which point does the curve belong to this lambda?",
)(_comparing(lambda f, a, b, lam, tol: f((a + b) / 2) > _chord(f, a, b, lam) + tol))

_mistake(
    "Compared with the higher end",
    "You compare with the higher of the two ends. A curve can keep below that and still rise above the chord.",
    "How high is the straight line *above the point* that you look at?",
)(_comparing(lambda f, a, b, lam, tol: _curve(f, a, b, lam) > np.maximum(f(a), f(b)) + tol))

_mistake(
    "Compared with one end",
    "You compare with the height at a. The chord has another height above every point.",
    "How high is the straight line *above the point* that you look at?",
)(_comparing(lambda f, a, b, lam, tol: _curve(f, a, b, lam) > f(a) + tol))

_mistake(
    "One answer for all chords",
    "You give a single answer for all chords together. Each should get one of its own.",
    "What shape has f(a)? The answer should have the same.",
)(lambda f, a, b, lambdas, tol=1e-9: np.any([_above(f, a, b, lam, tol) for lam in lambdas]))

_mistake(
    "An answer for each lambda",
    "You give an answer for each lambda. One for the chord is asked for: is it violated at any of them?",
    "Along which axis do your lambdas lie, and how do you bring them together?",
)(lambda f, a, b, lambdas, tol=1e-9: np.array([_above(f, a, b, lam, tol) for lam in lambdas]))

_mistake(
    "Together along the wrong axis",
    "You bring the chords together and keep the lambdas apart. It should be the other way round.",
    "What shape has f(a)? The answer should have the same.",
)(
    lambda f, a, b, lambdas, tol=1e-9: np.any(
        np.array([_above(f, a, b, lam, tol) for lam in lambdas]).reshape(len(lambdas), -1), axis=1
    )
)

_mistake(
    "f of the chord",
    "You put the heights of the two ends into f once more. f takes weights, not losses.",
    "The chord lies between f(a) and f(b): how do you go from one to the other?",
)(_comparing(lambda f, a, b, lam, tol: _curve(f, a, b, lam) > f(_in_shape(a, _chord(f, a, b, lam))) + tol))


def _in_shape(weights, values):
    return (
        values if np.ndim(weights) == np.ndim(values) else np.broadcast_to(values[..., None], weights.shape)
    )
