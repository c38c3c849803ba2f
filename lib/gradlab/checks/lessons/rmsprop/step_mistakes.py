"""What goes wrong in a step of RMSProp."""

import numpy as np

from gradlab.checks.lessons.rmsprop.rmsprop_step import by_the_book, rmsprop_step


def _mistake(name, why, hint, update, step=None):
    """A wrong rule from its two formulas: update(s, grad, rho) and step(w, grad, s, lr, eps, old s)."""

    def right_step(w, grad, s, lr, eps, old):
        return w - lr * grad / np.sqrt(s + eps)

    def function(w, grad, s, lr, rho=0.9, eps=1e-8):
        grad = np.asarray(grad)
        new = update(s, grad, rho)
        return (step or right_step)(w, grad, new, lr, eps, s), new

    rmsprop_step.mistake(name, why=why, hint=hint)(function)


def _mean(s, grad, rho):
    return rho * s + (1 - rho) * grad**2


_mistake(
    "Summed as in AdaGrad",
    "You add every square in full and forget nothing. That is AdaGrad: the sum only grows, and the rate dies.",
    "Which share of the old s is kept, and which share of the new square is added?",
    lambda s, grad, rho: s + grad**2,
)
_mistake(
    "Summed as in AdaGrad",
    "This is the AdaGrad of lesson 06: every square is added in full, nothing is forgotten, and the rate dies.",
    "Which share of the old s is kept, and which share of the new square is added?",
    lambda s, grad, rho: s + grad**2,
    lambda w, grad, s, lr, eps, old: w - lr * grad / (np.sqrt(s) + eps),
)
_mistake(
    "Summed with fading",
    "You let the old s fade and add the new square in full. With rho = 0.9 that makes s ten times too large.",
    "The shares of an average add up to 1. Do yours?",
    lambda s, grad, rho: rho * s + grad**2,
)
_mistake(
    "rho and 1 - rho swapped",
    "You keep only 1 - rho of the old s, so with rho = 0.9 the memory is about one step long: mostly noise.",
    "rho is the share that is kept. Which factor stands in front of s?",
    lambda s, grad, rho: (1 - rho) * s + rho * grad**2,
)
_mistake(
    "History forgotten",
    "Your s is made of this gradient alone, so each step has the same length whatever came before.",
    "Where does the old s go in your code?",
    lambda s, grad, rho: (1 - rho) * grad**2,
)
_mistake(
    "History forgotten",
    "Your s is this gradient's square alone, so each step has length lr whatever came before.",
    "Where does the old s go in your code?",
    lambda s, grad, rho: grad**2,
)
_mistake(
    "The gradient is not squared",
    "You average the gradients instead of their squares. The root of a negative average is nan.",
    "What is done to the gradient before it goes into s?",
    lambda s, grad, rho: rho * s + (1 - rho) * grad,
)
_mistake(
    "Absolute value instead of square",
    "You average the sizes of the gradients instead of their squares; their root has the wrong unit.",
    "What does the formula do to the gradient in the line of s?",
    lambda s, grad, rho: rho * s + (1 - rho) * np.abs(grad),
)
_mistake(
    "The bracket is squared",
    "You square the share 1 - rho together with the gradient, so each square counts too little.",
    "What does the exponent belong to?",
    lambda s, grad, rho: rho * s + ((1 - rho) * grad) ** 2,
)
_mistake(
    "One rate for all weights",
    "np.dot multiplies the gradient with itself and adds everything up, so all weights share one rate, and the point is lost.",
    "Each weight has an s of its own. What squares an array entry by entry?",
    lambda s, grad, rho: rho * s + (1 - rho) * np.dot(grad, grad),
)
for total in (np.sum, np.mean):
    _mistake(
        "One rate for all weights",
        "You put the squares of all weights into one number, so all of them share one rate, and the point is lost.",
        "Each weight has an s of its own. Is there a sum, a mean or a norm in your code?",
        lambda s, grad, rho, total=total: rho * s + (1 - rho) * total(grad**2),
    )
_mistake(
    "The root is missing",
    "You divide by s itself. A gradient of 0.01 then makes a step a hundred times too long, one of 100 a hundred times too short.",
    "s is in the unit of a squared gradient. What turns it back into the unit of a gradient?",
    _mean,
    lambda w, grad, s, lr, eps, old: w - lr * grad / (s + eps),
)
_mistake(
    "Uphill",
    "Your step goes up the slope.",
    "The gradient points uphill. Which sign takes you down?",
    _mean,
    lambda w, grad, s, lr, eps, old: w + lr * grad / np.sqrt(s + eps),
)
_mistake(
    "The rate is missing",
    "lr does not appear in your step.",
    "What stands in front of the gradient in the formula of w?",
    _mean,
    lambda w, grad, s, lr, eps, old: w - grad / np.sqrt(s + eps),
)
_mistake(
    "Divided by the old average",
    "You divide by the s you were given. From zero the first step is then lr * grad / sqrt(eps), a leap.",
    "Which of the two lines of the formula comes first?",
    _mean,
    lambda w, grad, s, lr, eps, old: w - lr * grad / np.sqrt(old + eps),
)
_mistake(
    "eps is missing",
    "Nothing keeps the root from being zero: a weight whose gradient has always been 0 gives 0/0.",
    "Which number of the formula have you not used?",
    _mean,
    lambda w, grad, s, lr, eps, old: w - lr * grad / np.sqrt(s),
)
_mistake(
    "eps stands beside the fraction",
    "You add eps to the finished fraction instead of to what you divide by (check the brackets).",
    "What does the root end with, and what does the fraction end with?",
    _mean,
    lambda w, grad, s, lr, eps, old: w - lr * grad / np.sqrt(s) + eps,
)
_mistake(
    "eps stands beside the fraction",
    "You add eps to the finished fraction instead of to what you divide by (check the brackets).",
    "What does the root end with, and what does the fraction end with?",
    _mean,
    lambda w, grad, s, lr, eps, old: w - lr * (grad / np.sqrt(s) + eps),
)
_mistake(
    "eps on both sides of the root",
    "You add eps inside the root and once more behind it. One place is enough.",
    "How often does eps stand in the formula?",
    _mean,
    lambda w, grad, s, lr, eps, old: w - lr * grad / (np.sqrt(s + eps) + eps),
)
_mistake(
    "Multiplied instead of divided",
    "You multiply by the root, so steep directions get the longest steps: the opposite of the idea.",
    "Should a weight with large gradients get a larger rate or a smaller one?",
    _mean,
    lambda w, grad, s, lr, eps, old: w - lr * grad * np.sqrt(s + eps),
)
_mistake(
    "The gradient is left out of the step",
    "Your step is the rate alone: which way is downhill no longer enters.",
    "What stands above the root in the formula?",
    _mean,
    lambda w, grad, s, lr, eps, old: w - lr / np.sqrt(s + eps),
)


@rmsprop_step.mistake(
    "1 - rho in the step as well",
    why="You put 1 - rho into the step as well as into s. It belongs to the average only.",
    hint="In which of the two lines does rho stand?",
)
def _(w, grad, s, lr, rho=0.9, eps=1e-8):
    s = rho * s + (1 - rho) * np.square(grad)
    return w - (1 - rho) * lr * grad / np.sqrt(s + eps), s


@rmsprop_step.mistake(
    "The old average is returned",
    why="Your step is right, but you hand back the s you were given, so nothing is remembered.",
    hint="Which s should the next step start from?",
)
def _(w, grad, s, lr, rho=0.9, eps=1e-8):
    return w - lr * grad / np.sqrt(rho * s + (1 - rho) * np.square(grad) + eps), s


@rmsprop_step.mistake(
    "rho is fixed at 0.9",
    why="Your average uses 0.9 whatever rho is passed in: it is written into your formula, or rho is not handed on to "
    "moving_average_of_squares.",
    hint="Where does the rho of the first line appear in your code?",
)
def _(w, grad, s, lr, rho=0.9, eps=1e-8):
    return by_the_book(w, grad, s, lr, 0.9, eps)


@rmsprop_step.mistake(
    "eps is fixed",
    why="A number of your own stands where eps belongs, so the eps that is passed in changes nothing.",
    hint="Which name should stand where you wrote the number?",
)
def _(w, grad, s, lr, rho=0.9, eps=1e-8):
    return by_the_book(w, grad, s, lr, rho, 1e-8)


@rmsprop_step.mistake(
    "Corrected as in Adam",
    why="You divide s by 1 - rho before the root, as Adam does in its first step. RMSProp leaves its average as it is.",
    hint="The first step of RMSProp is longer than lr. Does the formula do anything about that?",
)
def _(w, grad, s, lr, rho=0.9, eps=1e-8):
    s = rho * s + (1 - rho) * np.square(grad)
    return w - lr * grad / np.sqrt(s / (1 - rho) + eps), s


@rmsprop_step.mistake(
    "Returned in the wrong order",
    why="Both values are right, but s comes first.",
    hint="The docstring says in which order they are returned.",
)
def _(w, grad, s, lr, rho=0.9, eps=1e-8):
    # By its formulas: where s and w have changed places, the library refuses an s below 0.
    s = rho * s + (1 - rho) * np.square(grad)
    return s, w - lr * grad / np.sqrt(s + eps)


@rmsprop_step.mistake(
    "The root is remembered",
    why="Your step is right, but you hand back the root of s; the next average would mix squares into it.",
    hint="Is the s that the next step starts from an average of squares, or its root?",
)
def _(w, grad, s, lr, rho=0.9, eps=1e-8):
    root = np.sqrt(rho * s + (1 - rho) * np.square(grad) + eps)
    return w - lr * grad / root, root


@rmsprop_step.mistake(
    "eps is remembered",
    why="Your step is right, but the s that you hand back has eps in it, and the next one will have it twice.",
    hint="In which of the two lines of the formula does eps stand?",
)
def _(w, grad, s, lr, rho=0.9, eps=1e-8):
    s = rho * s + (1 - rho) * np.square(grad) + eps
    return w - lr * grad / np.sqrt(s), s
