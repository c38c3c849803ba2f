"""`momentum_step`: the heavy ball."""

from gradlab import optimizers
from gradlab.checks.exercise import Exercise
from gradlab.checks.lessons.momentum.steps import STEP_ASPECTS


def heavy_ball(w, grad, v, lr, rho=0.9):
    """The library's momentum in the form of the exercise.

    >>> heavy_ball(1.0, 2.0, 4.0, lr=0.1, rho=0.5)
    (np.float64(0.6), np.float64(4.0))
    """
    w, state = optimizers.momentum(w, grad, optimizers.MomentumState(v), lr=lr, rho=rho)
    return w, state.velocity


momentum_step = Exercise(
    name="momentum_step",
    lesson="05-momentum",
    returns=("w", "v"),
    reference=heavy_ball,
    aspects=STEP_ASPECTS,
    hints=(
        "There are two lines in the formula, one for v and one for w. Work the example of the docstring by hand, then print "
        "your v and your w for it: which of the two is off?",
        "First make the new velocity: of the old one keep the share rho, and add the whole gradient. Then move w "
        "against the new velocity, lr times as far. Return both.",
    ),
    vectorised=True,
)


@momentum_step.mistake(
    "History forgotten",
    why="Your velocity starts afresh in every step, so this is plain gradient descent.",
    hint="The second step should still feel the first: where does the old v go in your code?",
)
def _(w, grad, v, lr, rho=0.9):
    return w - lr * grad, grad


@momentum_step.mistake(
    "History forgotten",
    why="Your velocity is rebuilt from this step's gradient alone, so this is gradient descent with a smaller rate.",
    hint="The second step should still feel the first: where does the old v go in your code?",
)
def _(w, grad, v, lr, rho=0.9):
    v = (1 - rho) * grad
    return w - lr * v, v


@momentum_step.mistake(
    "History forgotten",
    why="Your velocity is this step's gradient times lr and nothing else, so this is plain gradient descent.",
    hint="The second step should still feel the first: where does the old v go in your code?",
)
def _(w, grad, v, lr, rho=0.9):
    v = -lr * grad
    return w + v, v


@momentum_step.mistake(
    "Averaged instead of summed",
    why="You weigh the gradient by 1 - rho. That is a moving average; the heavy ball adds the whole gradient, so with "
    "rho = 0.9 your steps are 10 times too short.",
    hint="Look at what stands in front of grad in the formula of v.",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * v + (1 - rho) * grad
    return w - lr * v, v


@momentum_step.mistake(
    "rho on the wrong term",
    why="You shrink the new gradient and keep all of the old velocity, which then grows without bound.",
    hint="Which of the two should fade from step to step: the memory or the news?",
)
def _(w, grad, v, lr, rho=0.9):
    v = v + rho * grad
    return w - lr * v, v


@momentum_step.mistake(
    "rho on both terms",
    why="You multiply the new gradient by rho as well, so every step is shorter than it should be by that factor.",
    hint="Only what is old should fade. What do your brackets hold?",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * (v + grad)
    return w - lr * v, v


@momentum_step.mistake(
    "Nothing fades",
    why="You add every gradient in full and never let the old ones fade, so the ball has no friction at all.",
    hint="Where does rho stand in the formula of v?",
)
def _(w, grad, v, lr, rho=0.9):
    v = v + grad
    return w - lr * v, v


@momentum_step.mistake(
    "rho and 1 - rho swapped",
    why="You keep only 1 - rho of the velocity, so with rho = 0.9 nine tenths of the memory is lost in every step.",
    hint="rho is the share that is kept. Which factor stands in front of v?",
)
def _(w, grad, v, lr, rho=0.9):
    v = (1 - rho) * v + rho * grad
    return w - lr * v, v


@momentum_step.mistake(
    "rho and 1 - rho swapped",
    why="You keep only 1 - rho of the velocity, so with rho = 0.9 nine tenths of the memory is lost in every step.",
    hint="rho is the share that is kept. Which factor stands in front of v?",
)
def _(w, grad, v, lr, rho=0.9):
    v = (1 - rho) * v + grad
    return w - lr * v, v


@momentum_step.mistake(
    "Uphill",
    why="Your step goes up the slope: the velocity is added to w.",
    hint="The gradient points uphill. Which sign takes you down?",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * v + grad
    return w + lr * v, v


@momentum_step.mistake(
    "Two signs cancel",
    why="Your velocity already carries the minus sign, and then you subtract it: minus times minus climbs the hill.",
    hint="Either v collects the gradients and is subtracted, or it collects the steps and is added.",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * v - lr * grad
    return w - v, v


@momentum_step.mistake(
    "The velocity points downhill",
    why="Your velocity collects the gradients with a minus sign (`v = rho * v - grad; w = w + lr * v`). The path is the "
    "same, but the v you hand back has the other sign than the one this lesson uses.",
    hint="Here v is a sum of gradients. Where does the minus sign stand in the formula?",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * v - grad
    return w + lr * v, v


@momentum_step.mistake(
    "The rate is inside the velocity",
    why="You keep lr inside the velocity (`v = rho * v - lr * grad; w = w + v`), as Keras does. It walks the same path "
    "while lr stays the same, but the v you hand back is not the one this lesson uses.",
    hint="Here v is a sum of gradients. Where does lr come in?",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * v - lr * grad
    return w + v, v


@momentum_step.mistake(
    "The rate is inside the velocity",
    why="You keep lr inside the velocity (`v = rho * v + lr * grad; w = w - v`). It walks the same path while lr stays "
    "the same, but the v you hand back is not the one this lesson uses.",
    hint="Here v is a sum of gradients. Where does lr come in?",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * v + lr * grad
    return w - v, v


@momentum_step.mistake(
    "The rate is applied twice",
    why="lr is in your velocity and once more in your step, so the steps scale with lr squared.",
    hint="Count the places where lr stands in the formula.",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * v + lr * grad
    return w - lr * v, v


@momentum_step.mistake(
    "The rate is missing",
    why="Your step is the whole velocity: lr does not appear in it.",
    hint="What stands in front of v in the formula of w?",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * v + grad
    return w - v, v


@momentum_step.mistake(
    "The step does not use the velocity",
    why="Your velocity is right, but the step is made of this gradient alone, so the memory has no effect.",
    hint="What does the formula of w subtract: lr times what?",
)
def _(w, grad, v, lr, rho=0.9):
    return w - lr * grad, rho * v + grad


@momentum_step.mistake(
    "Stepped before the velocity was updated",
    why="You move with the old velocity and update it afterwards, so every gradient takes effect one step late.",
    hint="Which of the two lines of the formula comes first?",
)
def _(w, grad, v, lr, rho=0.9):
    return w - lr * v, rho * v + grad


@momentum_step.mistake(
    "The old velocity is returned",
    why="Your step is right, but you hand back the v you were given, so nothing is remembered.",
    hint="Which v should the next step start from?",
)
def _(w, grad, v, lr, rho=0.9):
    return w - lr * (rho * v + grad), v


@momentum_step.mistake(
    "Nesterov instead of the heavy ball",
    why="You look one step ahead: your first step is already 1 + rho times too long. That is Nesterov's rule, a later exercise.",
    hint="The plain heavy ball moves by lr * v and nothing else.",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * v + grad
    return w - lr * (grad + rho * v), v


@momentum_step.mistake(
    "The new gradient is left out",
    why="Your velocity only fades: the gradient of this step never enters it.",
    hint="What is added to rho * v?",
)
def _(w, grad, v, lr, rho=0.9):
    v = rho * v
    return w - lr * v, v


@momentum_step.mistake(
    "Returned in the wrong order",
    why="Both values are right, but v comes first.",
    hint="The docstring says in which order they are returned.",
)
def _(w, grad, v, lr, rho=0.9):
    return heavy_ball(w, grad, v, lr, rho)[::-1]


@momentum_step.mistake(
    "rho is fixed at 0.9",
    why="0.9 is written into your formula, so the rho that is passed in changes nothing.",
    hint="Which name should stand where you wrote the number?",
)
def _(w, grad, v, lr, rho=0.9):
    v = 0.9 * v + grad
    return w - lr * v, v
