"""What goes wrong in the loop of a training under a budget."""

from itertools import repeat

import numpy as np

from gradlab.checks.lessons.capstone.train import half_cosine, heavy_ball, shuffled, train


def _mistake(name, why, hint, function):
    train.mistake(name, why=why, hint=hint)(function)


def _loop(
    step=None, deal=shuffled, calls=lambda budget, n: budget, at=lambda params, begun: params, ours=False
):
    """A loop with one thing changed: step(params, grads, states, rule, rate, t, budget, n) works on the two lists."""

    def function(params, n, gradient, budget, rng, rule=heavy_ball, rate=half_cosine):
        begun, params, states = list(params), list(params), [None] * len(params)
        batches = deal(n, rng)
        if ours:
            rule, rate = heavy_ball, half_cosine
        for t in range(calls(budget, n)):
            _, grads = gradient(at(params, begun), next(batches))
            (step or _each)(params, grads, states, rule, rate, t, budget, n)
        return params

    return function


def _each(params, grads, states, rule, rate, t, budget, n):
    for i, grad in enumerate(grads):
        params[i], states[i] = rule(params[i], grad, states[i], rate(t, budget))


# --- The loop ------------------------------------------------------------------------------------------------


def _forgets(params, grads, states, rule, rate, t, budget, n):
    for i, grad in enumerate(grads):
        params[i], _ = rule(params[i], grad, None, rate(t, budget))


def _shares(params, grads, states, rule, rate, t, budget, n):
    for i, grad in enumerate(grads):
        # The state of an array of another shape would stop the run: the velocity then starts afresh.
        fits = np.shape(states[0]) in ((), np.shape(grad))
        params[i], states[0] = rule(params[i], grad, states[0] if fits else None, rate(t, budget))


def _with_rate(of):
    def step(params, grads, states, rule, rate, t, budget, n):
        for i, grad in enumerate(grads):
            params[i], states[i] = rule(params[i], grad, states[i], of(rate, t, budget, n))

    return step


def _some(chosen):
    def step(params, grads, states, rule, rate, t, budget, n):
        for i, grad in enumerate(grads):
            if chosen(i, grad):
                params[i], states[i] = rule(params[i], grad, states[i], rate(t, budget))

    return step


def _nothing(params, grads, states, rule, rate, t, budget, n):
    for i, grad in enumerate(grads):
        _, states[i] = rule(params[i], grad, states[i], rate(t, budget))


_mistake(
    "The start is returned",
    "You compute steps and hand back the parameters that you were given: none of the steps is in them.",
    "Where do the weights that rule returns go?",
    _loop(_nothing),
)
_mistake(
    "The states are forgotten",
    "You pass None for the state in every step, so the rule never remembers anything: momentum becomes plain gradient descent.",
    "Where does the second value that rule returns go, and when is it needed?",
    _loop(_forgets),
)
_mistake(
    "One state for all arrays",
    "You keep a single state, so what the rule remembers of W1 is handed to it with b1. Every array needs a memory of its own.",
    "How many states are there, for four arrays?",
    _loop(_shares),
)
_mistake(
    "rule and rate are not used",
    "Your loop follows its own rule and rate even when it is given others. In section 6 all variants would be the same run.",
    "Which two arguments has train after rng, and where does your loop call them?",
    _loop(ours=True),
)
_mistake(
    "The rate of the first step throughout",
    "You ask for the rate once. The schedule then never comes down.",
    "For which t should the rate of the third step be asked?",
    _loop(_with_rate(lambda rate, t, budget, n: rate(0, budget))),
)
_mistake(
    "Steps counted from 1",
    "You count the steps from 1. The schedules of lesson 09 begin at 0.",
    "What is t in the first step?",
    _loop(_with_rate(lambda rate, t, budget, n: rate(t + 1, budget))),
)
_mistake(
    "n instead of the budget in the rate",
    "You hand the number of digits to the rate as its total. The run is as long as the budget.",
    "How many steps has the run in all?",
    _loop(_with_rate(lambda rate, t, budget, n: rate(t, n))),
)
_mistake(
    "A total of your own",
    "The total that your rate is told is a number of your own, and not the budget of this run.",
    "How many steps has the run in all, and which argument says so?",
    _loop(_with_rate(lambda rate, t, budget, n: rate(t, 100))),
)
_mistake(
    "t and total have changed places",
    "You call the rate with the total first.",
    "rate(t, total): which comes first?",
    _loop(_with_rate(lambda rate, t, budget, n: rate(budget, t + 1e-9))),
)
_mistake(
    "Biases are left out",
    "Your W learn and your b stay where they were.",
    "How many arrays are in params, and how many does your loop visit?",
    _loop(_some(lambda i, grad: grad.ndim == 2)),
)
_mistake(
    "Only the first layer learns",
    "You step W1 and b1 and leave the rest as it was.",
    "How many arrays are in params, and how many does your loop visit?",
    _loop(_some(lambda i, grad: i < 2)),
)
_mistake(
    "Only the last layer learns",
    "Only your last array changes. Does the line that steps stand behind the loop over the arrays, instead of in it?",
    "How many arrays are in params, and how many does your loop visit?",
    lambda params, n, gradient, budget, rng, rule=heavy_ball, rate=half_cosine: _loop(
        _some(lambda i, grad: i == len(params) - 1)
    )(params, n, gradient, budget, rng, rule, rate),
)
_mistake(
    "Every gradient at the start",
    "All your gradients are taken at the parameters that you were given, though they have moved since.",
    "At which parameters should the gradient of the second step be taken?",
    _loop(at=lambda params, begun: begun),
)


@train.mistake(
    "The last step is missing",
    why="You return the parameters as they were before the last step.",
    hint="Does your return stand behind the step, or do you keep what was there before it?",
)
def _(params, n, gradient, budget, rng, rule=heavy_ball, rate=half_cosine):
    before, states = params, [None] * len(params)
    for t, batch in zip(range(budget), shuffled(n, rng), strict=False):
        _, grads = gradient(params, batch)
        before, params = params, list(params)
        _each(params, grads, states, rule, rate, t, budget, n)
    return before


@train.mistake(
    "The mean of the path",
    why="You return the average of the parameters over the run. That can be a good idea, but here those after the last step are "
    "asked for, so that the variants of section 6 can be compared.",
    hint="What does the docstring say is returned?",
)
def _(params, n, gradient, budget, rng, rule=heavy_ball, rate=half_cosine):
    params, states, sums = list(params), [None] * len(params), [0.0] * len(params)
    for t, batch in zip(range(budget), shuffled(n, rng), strict=False):
        _each(params, gradient(params, batch)[1], states, rule, rate, t, budget, n)
        sums = [total + w for total, w in zip(sums, params, strict=True)]
    return [total / budget for total in sums]


# --- Budget and batches --------------------------------------------------------------------------------------

_mistake(
    "One gradient too many",
    "Your run asks for one gradient more than the budget holds, and is refused.",
    "How often does `range(budget)` go round, and what stands outside your loop?",
    _loop(calls=lambda budget, n: budget + 1),
)
_mistake(
    "One gradient too few",
    "Your run stops one step early: it asks for one gradient less than the budget holds.",
    "How often does your loop go round for a budget of 1?",
    _loop(calls=lambda budget, n: budget - 1),
)
_mistake(
    "The budget is taken for epochs",
    "Your run goes through all digits `budget` times. The budget counts *gradients*: each batch costs one.",
    "How many gradients does an epoch of 96 digits cost, in batches of 32?",
    _loop(calls=lambda budget, n: budget * max(n // 32, 1)),
)
_mistake(
    "Whole epochs only",
    "Your run stops after the last epoch that fits into the budget as a whole. The rest of the budget is wasted, and where "
    "not one epoch fits, nothing is learnt.",
    "What could your loop count instead of epochs?",
    _loop(calls=lambda budget, n: budget // max(n // 32, 1) * max(n // 32, 1)),
)
_mistake(
    "A single epoch",
    "Your run goes through the digits once, and most of the budget is left over.",
    "What happens in your code when all batches of an epoch have been used?",
    _loop(calls=lambda budget, n: min(budget, max(n // 32, 1))),
)
_mistake(
    "Batches that are too large",
    "You ask for the gradient of all digits at once. A batch may hold 32 of them, and a hundred rough steps beat a few exact ones.",
    "How large may a batch be?",
    _loop(deal=lambda n, rng: repeat(np.arange(n))),
)
_mistake(
    "Batches that are too large",
    "Your batches hold 64 digits, and 32 are allowed.",
    "How large may a batch be?",
    _loop(deal=lambda n, rng: (rng.permutation(n)[:64] for _ in repeat(None))),
)
_mistake(
    "The same batch in every step",
    "Your run looks at the same few digits again and again, and learns those by heart.",
    "Where in your loop is the batch chosen, and what does it depend on?",
    _loop(deal=lambda n, rng: repeat(rng.permutation(n)[:32])),
)


def _in_order(n, rng):
    while True:
        for begin in range(0, max(n - 31, 1), 32):
            yield np.arange(begin, min(begin + 32, n))


_mistake(
    "Not shuffled",
    "You take the digits in the order in which they lie, and they lie sorted by label: a batch holds one kind of digit, and "
    "the network forgets the others meanwhile.",
    "Where does rng come in?",
    _loop(deal=_in_order),
)


def _blocks(n, rng):
    while True:
        for begin in rng.permutation(range(0, max(n - 31, 1), 32)):
            yield np.arange(begin, min(begin + 32, n))


_mistake(
    "Only the batches are shuffled",
    "Your batches come in a random order, but each holds neighbours, and those have the same label.",
    "Which comes first: shuffling, or cutting?",
    _loop(deal=_blocks),
)
_mistake(
    "A seed of its own",
    "You make a generator of your own with a fixed seed, so every run sees the same batches, and several seeds are no more than one.",
    "You were given an rng. Who should draw?",
    _loop(deal=lambda n, rng: shuffled(n, np.random.default_rng(0))),
)
_mistake(
    "Another answer at every call",
    "You draw from somewhere else than the rng that you were given, so a run cannot be repeated.",
    "You were given an rng. Who should draw?",
    _loop(deal=lambda n, rng: shuffled(n, np.random.default_rng())),
)
