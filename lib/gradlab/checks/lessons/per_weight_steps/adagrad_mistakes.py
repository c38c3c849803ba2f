"""The mistakes of `adagrad_step`, most of them told by its two formulas."""

import numpy as np

from gradlab.checks.lessons.per_weight_steps.adagrad_step import adagrad_step, own_history


def _mistake(name, why, hint):
    return adagrad_step.mistake(name, why=why, hint=hint)


def _formulas(new_s, new_w, default=1e-7):
    """A step from two formulas: new_s(s, g, lr, eps), and new_w(w, g, s, lr, eps) with the new s."""

    def function(w, grad, s, lr, eps=default):
        w, g = np.asarray(w), np.asarray(grad)
        s = new_s(np.asarray(s), g, lr, eps)
        return new_w(w, g, s, lr, eps), s

    return function


def _summed(s, g, lr, eps):
    """s as it should be."""
    return s + g**2


def _moved(w, g, s, lr, eps):
    """w as it should be."""
    return w - lr * g / (np.sqrt(s) + eps)


for _forgetting in (
    _formulas(lambda s, g, lr, eps: g**2, _moved),
    _formulas(lambda s, g, lr, eps: g**2, lambda w, g, s, lr, eps: w - lr * g / np.sqrt(s + eps)),
    _formulas(lambda s, g, lr, eps: g**2, lambda w, g, s, lr, eps: w - lr * g / np.sqrt(s)),
):
    _mistake(
        "History forgotten",
        "Your s is the square of this gradient alone, so every weight moves by about lr in every step and never slows down.",
        "s is a running sum. Where does the old s go in your code?",
    )(_forgetting)

for _rho in (0.5, 0.9, 0.95, 0.99, 0.999):
    _mistake(
        "A fading average instead of a sum",
        "You let the old squares fade. That is RMSProp, the next lesson; AdaGrad adds every square in full and forgets nothing.",
        "Which factors stand in front of s and of grad**2 in the formula?",
    )(_formulas(lambda s, g, lr, eps, rho=_rho: rho * s + (1 - rho) * g**2, _moved))
    _mistake(
        "A fading average instead of a sum",
        "You let the old squares fade. AdaGrad forgets nothing.",
        "Which factor stands in front of s in the formula?",
    )(_formulas(lambda s, g, lr, eps, rho=_rho: rho * s + g**2, _moved))

for _divisor in (lambda s, eps: s + eps, lambda s, eps: s):
    _mistake(
        "The root is missing",
        "You divide by the sum of squares itself. Its unit is that of the gradient squared, so your steps explode where gradients "
        "are small.",
        "What must be done to s before it can be compared with a gradient?",
    )(_formulas(_summed, lambda w, g, s, lr, eps, divisor=_divisor: w - lr * g / divisor(s, eps)))

_mistake(
    "eps inside the root",
    "You add eps under the root, as Keras and optax do. With the usual tiny eps the two hardly differ, but here the formula is "
    "sqrt(s) + eps.",
    "Is eps added to s, or to its root?",
)(_formulas(_summed, lambda w, g, s, lr, eps: w - lr * g / np.sqrt(s + eps)))

_mistake(
    "eps becomes part of s",
    "You add eps to the s that you hand back, so it piles up step by step.",
    "In which of the two lines of the formula does eps stand?",
)(_formulas(lambda s, g, lr, eps: s + g**2 + eps, lambda w, g, s, lr, eps: w - lr * g / np.sqrt(s)))

_mistake(
    "eps becomes part of s",
    "You add eps to the s that you hand back, so it piles up step by step.",
    "In which of the two lines of the formula does eps stand?",
)(_formulas(lambda s, g, lr, eps: s + g**2 + eps, _moved))

_mistake(
    "eps only in case of need",
    "You divide by the larger one of the root and eps; the formula adds the two.",
    "With a root of 0.3 and eps = 0.1, what is the gradient divided by?",
)(_formulas(_summed, lambda w, g, s, lr, eps: w - lr * g / np.maximum(np.sqrt(s), eps)))

_mistake(
    "No eps",
    "A weight whose gradient has always been 0 gives 0/0 here, which is nan, and a nan never goes away.",
    "What keeps the root away from zero in the formula?",
)(_formulas(_summed, lambda w, g, s, lr, eps: w - lr * g / np.sqrt(s)))

_mistake(
    "No eps, no root",
    "You divide by the sum of squares itself, and by 0 where a gradient has always been 0.",
    "Two things happen to s before it divides. Which are they?",
)(_formulas(_summed, lambda w, g, s, lr, eps: np.where(s > 0, w - lr * g / np.where(s > 0, s, 1), w)))

for _total in (
    lambda g: np.sum(g**2),
    lambda g: np.mean(g**2),
    np.linalg.norm,
    lambda g: np.sum(g**2, axis=-1, keepdims=True) if np.ndim(g) else g**2,
):
    _mistake(
        "One sum for all weights",
        "You add up the squares of all weights to one number, so all of them get the same rate: the whole point is lost.",
        "How many numbers does s hold, for three weights?",
    )(_formulas(lambda s, g, lr, eps, total=_total: s + total(g), _moved))

_mistake(
    "One sum for all weights",
    "You divide all weights by the length of s as a whole, so all of them get the same rate.",
    "Which entry of s belongs to w[0]?",
)(_formulas(_summed, lambda w, g, s, lr, eps: w - lr * g / (np.sqrt(np.sum(s)) + eps)))

_mistake(
    "The sizes are summed, not the squares",
    "You add the size of the gradient to s, without squaring it.",
    "What happens to a gradient before it enters s?",
)(_formulas(lambda s, g, lr, eps: s + np.abs(g), _moved))

_mistake(
    "The sizes are summed, and no root",
    "You add the sizes of the gradients and divide by their sum. It has the right unit, but it grows like t where the root of "
    "squares grows like the root of t.",
    "Which two operations, a square and its undoing, stand in the formula?",
)(_formulas(lambda s, g, lr, eps: s + np.abs(g), lambda w, g, s, lr, eps: w - lr * g / (s + eps)))

_mistake(
    "The gradients are summed, not their squares",
    "You add the gradient to s with its sign, so slopes to the left and to the right cancel, and a root of less than 0 is nan.",
    "What happens to a gradient before it enters s?",
)(_formulas(lambda s, g, lr, eps: s + g, _moved))

_mistake(
    "Squared after the sum",
    "You add first and square afterwards.",
    "What is squared in the formula: the gradient, or the sum?",
)(_formulas(lambda s, g, lr, eps: (s + g) ** 2, _moved))

_mistake(
    "The root is kept",
    "You hand the root back as s, and so the next step adds a square to a root.",
    "Which of the two lines of the formula says what s becomes?",
)(lambda w, grad, s, lr, eps=1e-7: (own_history(w, grad, s, lr, eps)[0], np.sqrt(s + np.asarray(grad) ** 2)))

_mistake(
    "The old s is returned",
    "Your step is right, but you hand back the s you were given, so nothing is remembered.",
    "Which s should the next step start from?",
)(lambda w, grad, s, lr, eps=1e-7: (own_history(w, grad, s, lr, eps)[0], s))

_mistake(
    "Stepped before s was updated",
    "You divide by the old s and update it afterwards. At the start that is a division by eps: a step of a million times lr.",
    "Which of the two lines of the formula comes first?",
)(lambda w, grad, s, lr, eps=1e-7: (_moved(w, grad, np.asarray(s), lr, eps), s + np.asarray(grad) ** 2))

_mistake(
    "The step uses this gradient alone",
    "You sum up s, but divide by the size of this gradient, so the history has no effect on the step.",
    "What stands under the root in the formula of w?",
)(_formulas(_summed, lambda w, g, s, lr, eps: w - lr * g / (np.abs(g) + eps)))

_mistake(
    "This gradient enters twice",
    "You add grad**2 to s once in its own line and once more under the root.",
    "Count the places where grad**2 stands in the formula.",
)(_formulas(_summed, lambda w, g, s, lr, eps: w - lr * g / (np.sqrt(s + g**2) + eps)))

_mistake(
    "Multiplied instead of divided",
    "You multiply by the root, so the steepest weights get the longest steps.",
    "Should a weight with a large history get a smaller or a larger step?",
)(_formulas(_summed, lambda w, g, s, lr, eps: w - lr * g * (np.sqrt(s) + eps)))

_mistake(
    "The gradient is missing from the step",
    "Your step is lr divided by the root, always in the same direction.",
    "Read the line of w again: what is it that is divided?",
)(_formulas(_summed, lambda w, g, s, lr, eps: w - lr / (np.sqrt(s) + eps)))

_mistake(
    "Only the sign of the gradient",
    "You use the sign of the gradient; its size matters too.",
    "Read the line of w again: what is it that is divided?",
)(_formulas(_summed, lambda w, g, s, lr, eps: w - lr * np.sign(g) / (np.sqrt(s) + eps)))

_mistake(
    "The square of the gradient in the step",
    "You square the gradient in the step too, so it has lost its sign and its unit.",
    "In which of the two lines does a square stand?",
)(_formulas(_summed, lambda w, g, s, lr, eps: w - lr * g**2 / (np.sqrt(s) + eps)))

_mistake(
    "The brackets are missing",
    "Python divides before it adds, so eps is added to w.",
    "What has to be worked out before the division?",
)(_formulas(_summed, lambda w, g, s, lr, eps: w - lr * g / np.sqrt(s) + eps))

_mistake(
    "Uphill",
    "You add the step, so it goes up the slope.",
    "The gradient points uphill. Which sign takes you down?",
)(_formulas(_summed, lambda w, g, s, lr, eps: w + lr * g / (np.sqrt(s) + eps)))

_mistake(
    "The rate is missing",
    "lr does not appear in your step.",
    "What stands in front of the gradient in the formula of w?",
)(_formulas(_summed, lambda w, g, s, lr, eps: w - g / (np.sqrt(s) + eps)))

_mistake(
    "The rate is applied twice",
    "lr stands in your step twice, so the steps scale with lr squared.",
    "Count the places where lr stands in the formula.",
)(_formulas(_summed, lambda w, g, s, lr, eps: w - lr**2 * g / (np.sqrt(s) + eps)))

_mistake(
    "The rate is inside the sum",
    "You add the squares of lr * grad, so s depends on lr, and lr cancels from the step.",
    "What is summed up in s: gradients, or steps?",
)(_formulas(lambda s, g, lr, eps: s + (lr * g) ** 2, _moved))

_mistake(
    "The old w is lost",
    "You return the step alone, not the place it leads to.",
    "From where is the step taken?",
)(_formulas(_summed, lambda w, g, s, lr, eps: -lr * g / (np.sqrt(s) + eps)))

for _default in (1e-10, 1e-8, 1e-6, 1e-5, 1e-3):
    _mistake(
        "Another default for eps",
        "With eps left out your step is another one: the first line of the exercise says eps=1e-7.",
        "Copy the first line of the exercise again.",
    )(_formulas(_summed, _moved, default=_default))

_mistake(
    "eps is fixed at 1e-7",
    "1e-7 is written into your formula, so the eps that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
)(lambda w, grad, s, lr, eps=1e-7: own_history(w, grad, s, lr))


@adagrad_step.mistake(
    "Returned in the wrong order",
    why="Both values are right, but s comes first.",
    hint="The docstring says in which order they are returned.",
)
def _(w, grad, s, lr, eps=1e-7):
    # By its formulas: where s and w have changed places, the library refuses an s below 0.
    s = _summed(s, grad, lr, eps)
    return s, _moved(w, grad, s, lr, eps)
