# %% [markdown]
# # 00 · Start here
#
# **How do you find the lowest point of a landscape that you cannot see?**
#
# That is what training a neural network comes down to. Where you stand is the network's *weights*; the height there is its
# *loss*, how wrong the network is; the landscape as a whole is called the **loss surface**; and all that you can feel is the
# slope under your feet. This course is about walking well.
#
# In the next ten minutes you will do once everything that every lesson does: read, predict, move a slider, write a line
# of code, have it checked, and see it at work. When you are done, you can
#
# - run a cell, and read what a check tells you,
# - say what a loss surface is, and why its lowest point can be hard to reach,
# - hand in a lesson, if you are in a class.
#
# **Time:** about 10 minutes. **Builds on:** a little Python and NumPy.

# %% [markdown]
# ## 1. A notebook is made of cells
#
# Click into the grey cell below and press **Shift + Enter**. That runs it, and moves on to the next. Run the cells from top
# to bottom; if you get lost, choose *Run → Restart Kernel and Run All Cells* in the menu: it stops, politely, where your next
# line is wanted.

# %%
from gradlab import check, descend, progress, todo
from gradlab.explorers import Prediction, momentum_explorer
from gradlab.optimizers import gradient_descent, momentum
from gradlab.plots import contours, curves, panels
from gradlab.surfaces import bowl
from gradlab.surfaces import rosenbrock as valley

# %% [markdown]
# ## 2. See it first
#
# Here is the simplest landscape there is, a bowl: $w_1^2 + w_2^2$, the loss of two weights. A ball starts at the upper left and
# takes one step after another downhill. Read the picture like a map: blue is low, yellow is high, the star is the lowest
# point. How far the ball moves in each step is set by the **learning rate**: the step is the rate
# times the slope.
#
# Every explorer in this course has a goal, and asks you to commit yourself before it lets go of its sliders. Being wrong is
# the useful part.
#
# **Your goal:** a loss below 0.001, for good, in **under 10 steps**. (Leave `rho` at 0; it is the subject of lesson 05.)

# %%
edge = descend(bowl, bowl.start, gradient_descent, steps=20, lr=1.0)

momentum_explorer(
    bowl,
    within=10,
    steps=40,
    lr=0.1,
    prediction=Prediction(
        question="At rate 0.1 the ball creeps. What will it do at rate 1.0?",
        options=("arrive sooner", "jump to and fro for ever", "fly out of the bowl"),
        reveal="At 1.0 it jumps from wall to wall: its loss is "
        f"{edge.losses[0]:.2f} at the start and {edge.losses[-1]:.2f} after 20 steps. "
        "A longer step is not always a better one.",
    ),
)

# %% [markdown]
# Did you find a rate that arrives in a single step? It is 0.5: there the step is exactly as long as the way to the bottom. And
# just above 1 every jump is longer than the last, and the ball flies out.
#
# ## 3. Write it
#
# Not every landscape is a bowl. This one has been used to embarrass optimizers since 1960; it is named after Howard
# Rosenbrock, and it is a bent valley with a floor that is almost flat:
#
# $$(1 - w_1)^2 + 100\,(w_2 - w_1^2)^2$$
#
# By hand: at $w_1 = 0$, $w_2 = 2$ the first bracket is 1, the second is 2, so the loss is $1 + 100 \cdot 4 = 401$. Where would
# it be zero? Both brackets must vanish: $w_1 = 1$ and then $w_2 = 1$.
#
# Now you. Put your line in place of `todo()`, run the cell, and run the check below it. **This is a warm-up: no points, no
# grade.** Do get it wrong once, on purpose. Leave out the 100, say, and see what the check has to say about it.


# %% nbgrader={"grade_id": "rosenbrock", "solution": true}
def rosenbrock(w1, w2):
    """The Rosenbrock loss (1 - w1)**2 + 100 * (w2 - w1**2)**2.

    w1, w2  numbers, or arrays of the same shape (NumPy then does all points at once)

    Returns the loss: a number, or an array of that shape.

    Example: rosenbrock(0.0, 2.0) is 401.0.
    """
    ### BEGIN SOLUTION
    return (1 - w1) ** 2 + 100 * (w2 - w1**2) ** 2
    ### END SOLUTION


# %%
check(rosenbrock)

# %% [markdown]
# A check looks at several sides of your function, and lists each with a mark. When something is wrong it shows the first
# number that differs, with the call that produces it, so that you can try it yourself; and when your answer is that of a
# mistake it knows, it tells you its name and asks you a question about it. It never shows the solution. You may run it as often
# as you like. If that is not enough, `check(rosenbrock, hint=True)` opens one hint after another, each says a
# little more, and none costs a point.
#
# ## 4. See it at work
#
# Two balls roll down this valley. Both feel nothing but the slope under them; one of them also remembers a little of where it
# came from. The loss of each, on the right, is computed by the function *you* wrote. *Predict:* do they find the floor of the
# valley? And do they find the star?

# %%
careful = descend(valley, valley.start, gradient_descent, steps=400, lr=0.001)
heavy = descend(valley, valley.start, momentum, steps=400, lr=0.001, rho=0.9)
yours = {
    "plain gradient descent": rosenbrock(*careful.points.T),
    "with memory (lesson 05)": rosenbrock(*heavy.points.T),
}
patient = descend(valley, valley.start, gradient_descent, steps=6000, lr=0.001)
as_low = (patient.losses < heavy.losses[-1]).argmax()

panels(
    contours(valley, {"plain": careful.points, "with memory": heavy.points}),
    curves(yours, xlabel="steps", ylabel="your loss", log=True),
    widths=(3, 2),
    alt="Left: a bent valley. The plain path drops to the floor and hardly moves on; the "
    "one with memory zigzags down to the floor and follows its bend almost to the star. "
    "Right: the loss of the second falls far lower.",
    caption=f"After 400 steps the loss is {yours['plain gradient descent'][-1]:.2g} "
    f"without memory and {yours['with memory (lesson 05)'][-1]:.2g} with it. To come as low, "
    f"the first would need {as_low} steps. (Only every eighth step is marked.)",
)

# %% [markdown]
# Both find the floor, and neither has reached the star after 400 steps; but the one that remembers is close, while the other
# needs thousands of steps to come as near. Finding the valley is easy. Following it is the art, and most of this course is about it.

# %% [markdown]
# ## 5. What comes next
#
# Each lesson takes one idea and ends on a real network that reads handwritten digits. They build on each other, but each says in
# its first lines what it needs, so you may start where you like.
#
# | lesson | its question |
# |:--|:--|
# | **00 · Start here** | How do you find the lowest point of a landscape that you cannot see? |
# | [**01 · Gradient descent**](../01-gradient-descent/gradient-descent.ipynb) | Which way do you go, and how long a step do you dare? |
# | [**02 · Convexity**](../02-convexity/convexity.ipynb) | When may you be sure that this is the lowest place of all? |
# | [**03 · Local optima**](../03-local-optima/local-optima.ipynb) | Which valley do you end up in, and does it matter? |
# | [**04 · Initialization**](../04-initialization/initialization.ipynb) | Why does a network with larger layers blow up before its first step? |
# | [**05 · Momentum**](../05-momentum/momentum.ipynb) | Why does a heavy ball get down the valley first? |
# | [**06 · A step size for every weight**](../06-per-weight-steps/per-weight-steps.ipynb) | How can each weight find a learning rate of its own? |
# | [**07 · RMSProp**](../07-rmsprop/rmsprop.ipynb) | What must a weight forget? |
# | [**08 · Adam**](../08-adam/adam.ipynb) | What happens when one rule remembers which way *and* how far? |
# | [**09 · Schedules**](../09-schedules/schedules.ipynb) | Why does a loss that has stopped falling drop when the steps become shorter? |
# | [**10 · Regularization**](../10-regularization/regularization.ipynb) | Why can a network get better at its training digits and worse at all the others? |
# | [**11 · Batch normalization**](../11-batch-normalization/batch-normalization.ipynb) | What if every layer could count on what it is handed? |
# | [**12 · Shifting surfaces**](../12-shifting-surfaces/shifting-surfaces.ipynb) | You have walked down to the lowest point. Lowest for whom? |
# | [**13 · Capstone**](../13-capstone/capstone.ipynb) | A hundred gradients: how good a classifier can you train, and which of the things that you have learnt made it so? |
#
# ## 6. How to hand in
#
# *Studying on your own?* There is nothing to hand in. Your checks are your grade, and the bar at the end of each lesson
# remembers how far you have come.
#
# *In a class?* Save the notebook (Ctrl + S, or Cmd + S) and give your instructor the file, with its name unchanged: for
# lesson 05 that is `momentum.ipynb`. Your functions are then checked again, by the same rules with other numbers. You can
# count on three things:
#
# - A function that follows the formula passes there too: the numbers are others, the rules are the same.
# - Cells marked as tests come back as they were released, so it does no harm if you changed or deleted one.
# - Do not rename a function that an exercise asks for: the check finds it by its name.
#
# ## 7. What is where
#
# Looking for something in particular?
#
# | you want to know about | lesson |
# |:--|:--|
# | why networks need optimization; the loss; training as an iterative loop | [01](../01-gradient-descent/gradient-descent.ipynb) |
# | gradient descent: with all data, stochastic, in mini-batches; batch sizes 32, 64 and 128 | [01](../01-gradient-descent/gradient-descent.ipynb) |
# | a learning rate that is too small, or too large | [01](../01-gradient-descent/gradient-descent.ipynb) |
# | convex and non-convex losses | [02](../02-convexity/convexity.ipynb) |
# | local optima, saddle points, flat regions; why a good local minimum is enough | [03](../03-local-optima/local-optima.ipynb) |
# | initialization, the starting point: small normal weights, $1/\sqrt{n}$ for $n$ inputs, neurons that differ | [04](../04-initialization/initialization.ipynb) |
# | Xavier's weights for sigmoid and tanh, He's for ReLU | [04](../04-initialization/initialization.ipynb) |
# | momentum, a history of gradients: faster where they agree, steadier where they fluctuate; ravines, saddle points | [05](../05-momentum/momentum.ipynb) |
# | a step size for each weight; AdaGrad, and how its rate dies | [06](../06-per-weight-steps/per-weight-steps.ipynb) |
# | RMSProp | [07](../07-rmsprop/rmsprop.ipynb) |
# | Adam: its bias correction, its default hyper-parameters; AdamW | [08](../08-adam/adam.ipynb) |
# | step decay, exponential decay, cosine decay, reducing the rate on a plateau | [09](../09-schedules/schedules.ipynb) |
# | over-fitting; L2, L1, dropout, early stopping | [10](../10-regularization/regularization.ipynb) |
# | batch normalization | [11](../11-batch-normalization/batch-normalization.ipynb) |
# | how the loss surface changes with the data; representative training and test sets | [12](../12-shifting-surfaces/shifting-surfaces.ipynb) |

# %%
progress()
