"""The mistakes in `classify_critical_point` that have a name."""

import numpy as np

from gradlab.checks.lessons.local_optima.classify_critical_point import (
    classify,
    classify_critical_point,
    kind,
)


def _mistake(name, why, hint):
    return classify_critical_point.mistake(name, why=why, hint=hint)


def _judging(choose, curvatures_of=np.linalg.eigvalsh, tolerance=lambda tol, curvatures: tol):
    """A wrong answer by a choice of its own: choose(up, down, flat) -> words."""

    def function(H, tol=1e-6):
        curvatures = curvatures_of(H)
        t = tolerance(tol, curvatures)
        up, down = curvatures > t, curvatures < -t
        return choose(up, down, ~up & ~down)

    return function


def _right(up, down, flat):
    return kind(up, down)


def _words(*cases, otherwise):
    return np.select([case for case, _ in cases], [word for _, word in cases], otherwise)


def _all(rows):
    return rows.all(axis=-1)


def _any(rows):
    return rows.any(axis=-1)


_mistake(
    "A zero gradient taken for a minimum",
    "You call every such point a minimum. The slope is zero on a hilltop and in the middle of a saddle too.",
    "What do the curvatures say that the slope does not?",
)(_judging(lambda up, down, flat: np.full(up.shape[:-1], "minimum")))

_mistake(
    "Only the diagonal",
    "You look at the diagonal of H, the curvatures along the axes. A surface may bend up along both axes and down between "
    "them: [[1, 3], [3, 1]] does.",
    "Which function of lesson 02 gives the curvatures in the directions that matter?",
)(_judging(_right, curvatures_of=lambda H: np.diagonal(H, axis1=-2, axis2=-1)))

_mistake(
    "The entries of H instead of its curvatures",
    "You compare the entries of H with zero; their signs say little about which way the surface bends.",
    "Which numbers of a matrix are its curvatures?",
)(_judging(_right, curvatures_of=lambda H: np.reshape(H, (*np.shape(H)[:-2], -1))))

_mistake(
    "Sizes without signs",
    "Your curvatures have lost their signs (an absolute value, or singular values), so nothing ever bends down.",
    "What tells up from down?",
)(_judging(_right, curvatures_of=lambda H: np.abs(np.linalg.eigvalsh(H))))

_mistake(
    "Minimum and maximum swapped",
    "Where every curvature is positive the surface bends upwards all round. You call that a maximum.",
    "w**2 has the second derivative 2. What is its point at 0?",
)(
    _judging(
        lambda up, down, flat: kind(down, up),
    )
)

_mistake(
    "Flat taken for a saddle",
    "You call a point a saddle because a curvature is zero. A saddle bends up in one direction and down in another; where one is "
    "flat and none goes the other way, the Hessian leaves it open.",
    "w1**2 + w2**4 has a curvature of 0. Is its lowest point a saddle?",
)(
    _judging(
        lambda up, down, flat: _words((_all(up), "minimum"), (_all(down), "maximum"), otherwise="saddle"),
    )
)

for _else in ("degenerate", "minimum", "maximum"):
    _mistake(
        "Flat taken for a saddle",
        "You call a point a saddle when a curvature is zero, and you miss those that do bend up in one direction and down in "
        "another.",
        "What two things must a surface do at once at a saddle?",
    )(
        _judging(
            lambda up, down, flat, other=_else: _words(
                (_any(flat), "saddle"), (_all(up), "minimum"), (_all(down), "maximum"), otherwise=other
            ),
        )
    )

_mistake(
    "A flat direction hides the saddle",
    "One flat direction makes you say degenerate, though the surface goes up in one direction and down in another, which settles "
    "it.",
    "In which order do you ask your questions?",
)(
    _judging(
        lambda up, down, flat: np.where(_any(flat), "degenerate", kind(up, down)),
    )
)

_mistake(
    "Flat directions are passed over",
    "Where nothing bends down you say minimum, although some direction is flat: w1**2 + w2**3 goes down there.",
    "Must every curvature be above tol, or only none below -tol?",
)(
    _judging(
        lambda up, down, flat: _words((_all(~down), "minimum"), (_all(~up), "maximum"), otherwise="saddle"),
    )
)

_mistake(
    "Flat directions are passed over",
    "Where nothing bends down you say minimum, although some direction is flat: w1**2 + w2**3 goes down there.",
    "Must every curvature be above tol, or only none below -tol?",
)(
    _judging(
        lambda up, down, flat: _words(
            (_all(flat), "degenerate"), (_all(~down), "minimum"), (_all(~up), "maximum"), otherwise="saddle"
        ),
    )
)

_mistake(
    "One curvature is enough for you",
    "A single positive curvature makes you say minimum. All of them must be.",
    "any, or all?",
)(
    _judging(
        lambda up, down, flat: _words((_any(up), "minimum"), (_any(down), "maximum"), otherwise="degenerate"),
    )
)

_mistake(
    "Hilltops are called saddles",
    "You call a point a saddle as soon as one curvature is negative. Where all are, it is a hilltop.",
    "What must a saddle have besides a way down?",
)(
    _judging(
        lambda up, down, flat: _words((_any(down), "saddle"), (_all(up), "minimum"), otherwise="degenerate"),
    )
)

_mistake(
    "Bowls are called saddles",
    "You call a point a saddle as soon as one curvature is positive. Where all are, it is the bottom of a bowl.",
    "What must a saddle have besides a way up?",
)(
    _judging(
        lambda up, down, flat: _words((_any(up), "saddle"), (_all(down), "maximum"), otherwise="degenerate"),
    )
)

_mistake(
    "tol is not used",
    "You compare with exactly 0. A curvature that should be 0 comes out as 1e-17 or so, and is then taken at its word.",
    "From where to where does a curvature count as flat?",
)(_judging(_right, tolerance=lambda tol, curvatures: 0.0))

_mistake(
    "tol is fixed at 1e-6",
    "1e-6 is written into your function, so the tol that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
)(_judging(_right, tolerance=lambda tol, curvatures: 1e-6))

_mistake(
    "tol counts from the largest curvature",
    "You multiply tol by the largest curvature. That is a sensible idea; here tol is a curvature itself.",
    "From where to where does a curvature count as flat?",
)(_judging(_right, tolerance=lambda tol, curvatures: tol * np.abs(curvatures).max(axis=-1, keepdims=True)))

_mistake(
    "Only the sum of the curvatures",
    "You look at the sum of the curvatures (the trace) or at their mean. A steep rise hides a gentle fall in it.",
    "Must every curvature be positive at a minimum, or their sum?",
)(_judging(_right, curvatures_of=lambda H: np.linalg.eigvalsh(H).mean(axis=-1, keepdims=True)))


def _by_determinant(hill):
    def function(H, tol=1e-6):
        H = np.asarray(H)
        determinant, corner = np.linalg.det(H), H[..., 0, 0]
        return _words(
            (np.abs(determinant) <= tol, "degenerate"),
            (determinant < 0, "saddle"),
            (corner > 0, "minimum"),
            otherwise=hill,
        )

    return function


for _hill in ("maximum", "minimum"):
    _mistake(
        "Only the determinant",
        "You decide by the determinant, the product of the curvatures. Two negative ones make it positive, and from three weights on "
        "its sign says neither minimum nor saddle.",
        "Three curvatures -1, -1 and 2: what is their product, and what is the point?",
    )(_by_determinant(_hill))


@classify_critical_point.mistake(
    "Unsorted curvatures",
    why="You take the first and the last curvature for the smallest and the largest. np.linalg.eig does not sort them.",
    hint="Which function is made for symmetric matrices, and sorts?",
)
def _(H, tol=1e-6):
    values = np.linalg.eig(H)[0].real
    first, last = values[..., 0], values[..., -1]
    return _words(
        (first > tol, np.where(last < -tol, "saddle", "minimum")),
        (last < -tol, np.where(first > tol, "saddle", "maximum")),
        ((first < -tol) & (last > tol), "saddle"),
        otherwise="degenerate",
    )


def _worded(minimum, maximum, saddle, degenerate):
    words = {"minimum": minimum, "maximum": maximum, "saddle": saddle, "degenerate": degenerate}
    return lambda H, tol=1e-6: np.vectorize(words.get, otypes=["U20"])(classify(H, tol))


for _other in [
    ("Minimum", "Maximum", "Saddle", "Degenerate"),
    ("minimum", "maximum", "saddle point", "degenerate"),
    ("min", "max", "saddle", "degenerate"),
    ("local minimum", "local maximum", "saddle point", "degenerate"),
    ("minimum", "maximum", "saddle", "flat"),
]:
    _mistake(
        "Other words than asked for",
        "You tell the cases apart, and call one of them by another word.",
        'The words are "minimum", "maximum", "saddle" and "degenerate", letter by letter.',
    )(_worded(*_other))
