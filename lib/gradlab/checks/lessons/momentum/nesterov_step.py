"""`nesterov_step`: the ball that looks ahead."""

from gradlab import optimizers
from gradlab.checks.exercise import Exercise
from gradlab.checks.lessons.momentum.momentum_step import heavy_ball
from gradlab.checks.lessons.momentum.steps import STEP_ASPECTS


def look_ahead(w, grad, v, lr, rho=0.9):
    """The library's Nesterov momentum in the form of the exercise.

    >>> look_ahead(1.0, 2.0, 0.0, lr=0.1, rho=0.5)
    (np.float64(0.7), np.float64(2.0))
    """
    w, state = optimizers.nesterov(w, grad, optimizers.MomentumState(v), lr=lr, rho=rho)
    return w, state.velocity


nesterov_step = Exercise(
    name="nesterov_step",
    lesson="05-momentum",
    returns=("w", "v"),
    reference=look_ahead,
    aspects=STEP_ASPECTS,
    hints=(
        "The velocity is the heavy ball's, unchanged. Only the line of w is new: what stands in its brackets?",
        "The step is made of two parts: this gradient, and the part rho of the velocity that has just been updated. Add "
        "them, and move w against the sum, lr times as far.",
    ),
    vectorised=True,
)


@nesterov_step.mistake(
    "Plain momentum",
    why="This is the heavy ball: the step does not look ahead.",
    hint="If you did write `grad + rho * v`: is that the new v? With the old one the bracket is the heavy ball's velocity.",
)
def _(w, grad, v, lr, rho=0.9):
    return heavy_ball(w, grad, v, lr, rho)


@nesterov_step.mistake(
    "The look-ahead does not fade",
    why="You add the whole velocity to the gradient; only the share rho of it is still there one step ahead.",
    hint="What stands in front of v inside the bracket?",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * v + grad
    return w - lr * (grad + v), v


@nesterov_step.mistake(
    "The velocity stands in both places",
    why="Your bracket is v + rho * v; its first term should be this step's gradient, without the memory.",
    hint="Read the bracket in the formula of w again: which of its two terms is multiplied by rho, and what is the other?",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * v + grad
    return w - lr * (v + rho * v), v


@nesterov_step.mistake(
    "The rate is missing",
    why="Your step is the whole bracket: lr does not appear in it.",
    hint="What stands in front of the bracket in the formula of w?",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * v + grad
    return w - (grad + rho * v), v


@nesterov_step.mistake(
    "Nothing fades",
    why="You add every gradient in full to the velocity and never let the old ones fade.",
    hint="The line of v is the same as in momentum_step: where does rho stand?",
)
def _(w, grad, v, lr, rho=0.9):
    v = v + grad
    return w - lr * (grad + rho * v), v


@nesterov_step.mistake(
    "The gradient is missing from the step",
    why="Your step is only the coasting part, rho * v; the bracket also holds this step's gradient.",
    hint="Read the bracket in the formula of w again: it is a sum of two.",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * v + grad
    return w - lr * rho * v, v


@nesterov_step.mistake(
    "The gradient is counted twice",
    why="v already holds grad once, and your step adds it to the whole of v without the factor rho.",
    hint="Compare your bracket with the formula, term by term.",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * v + grad
    return w - lr * (rho * grad + v), v


@nesterov_step.mistake(
    "Averaged instead of summed",
    why="You weigh the gradient by 1 - rho inside the velocity; here it is added whole.",
    hint="The line of v is the same as in momentum_step.",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * v + (1 - rho) * grad
    return w - lr * (grad + rho * v), v


@nesterov_step.mistake(
    "History forgotten",
    why="Your velocity starts afresh in every step.",
    hint="The line of v is the same as in momentum_step: where does the old v go?",
)
def _(w, grad, v, lr, rho=0.9):
    return w - lr * (1 + rho) * grad, grad


@nesterov_step.mistake(
    "Uphill",
    why="Your step goes up the slope.",
    hint="The gradient points uphill. Which sign takes you down?",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * v + grad
    return w + lr * (grad + rho * v), v


@nesterov_step.mistake(
    "The old velocity is returned",
    why="Your step is right, but you hand back the v you were given, so nothing is remembered.",
    hint="Which v should the next step start from?",
)
def _(w, grad, v, lr, rho=0.9):
    return w - lr * (grad + rho * (rho * v + grad)), v


@nesterov_step.mistake(
    "The rate is inside the velocity",
    why="You keep lr inside the velocity, as Keras does: the path is the same while lr stays the same, but the v you "
    "hand back is not the one this lesson uses.",
    hint="Here v is a sum of gradients. Where does lr come in?",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * v - lr * grad
    return w - lr * grad + rho * v, v


@nesterov_step.mistake(
    "Returned in the wrong order",
    why="Both values are right, but v comes first.",
    hint="The docstring says in which order they are returned.",
)
def _(w, grad, v, lr, rho=0.9):
    return look_ahead(w, grad, v, lr, rho)[::-1]


@nesterov_step.mistake(
    "rho is fixed at 0.9",
    why="0.9 is written into your formula, so the rho that is passed in changes nothing.",
    hint="Which name should stand where you wrote the number?",
)
def _(w, grad, v, lr, rho=0.9):
    v = 0.9 * v + grad
    return w - lr * (grad + 0.9 * v), v


@nesterov_step.mistake(
    "The bracket is handed back as v",
    why="Your w is right, but you hand back grad + rho * v as the velocity; the bracket belongs to this step only.",
    hint="Which of the two lines of the formula says what v becomes?",
)
def _(w, grad, v, lr, rho=0.9):
    v = grad + rho * (rho * v + grad)
    return w - lr * v, v


@nesterov_step.mistake(
    "The brackets are missing",
    why="lr multiplies the gradient only; the coasting part rho * v enters your step at full length.",
    hint="Which terms stand inside the bracket that lr multiplies?",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * v + grad
    return w - lr * grad + rho * v, v


@nesterov_step.mistake(
    "The brackets are missing",
    why="lr multiplies the gradient only; the coasting part rho * v enters your step at full length.",
    hint="Which terms stand inside the bracket that lr multiplies?",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * v + grad
    return w - lr * grad - rho * v, v
