"""`effective_step`: how long a step becomes."""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Aspect, Exercise, Function, Sight


def _rates(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for rho in (0.5, 0.9, 0.99, round(rng.uniform(0.1, 0.8), 2)):
        lr = round(rng.uniform(0.05, 0.5), 2)
        yield Sight(f"For lr = {lr:g} and rho = {rho:g},", "the step", function(lr, rho))


def _without_momentum(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    lr = round(rng.uniform(0.05, 0.5), 2)
    yield Sight("With rho = 0", "the step", function(lr, 0.0))


def _rates_as_arrays(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    yield Sight("For an array of rho,", "the step", function(0.1, rng.uniform(0.1, 0.95, 5).round(2)))
    rates, rhos = rng.uniform(0.05, 0.5, (3, 1)).round(2), rng.uniform(0.1, 0.95, 4).round(2)
    yield Sight("For a table of lr and rho,", "the step", function(rates, rhos))
    yield Sight("After the call,", "the lr you were given", rates)
    yield Sight("After the call,", "the rho you were given", rhos)


effective_step = Exercise(
    name="effective_step",
    lesson="05-momentum",
    returns=("the step",),
    reference=lambda lr, rho: lr / (1 - rho),
    hints=(
        "Where does the velocity stop growing? There, the new v and the old v are the same number.",
        "The steps grow by the sum of everything that is kept: divide the rate by the share of the velocity that is lost in each step.",
    ),
    vectorised=True,
    aspects=(
        Aspect("no momentum, no change", 1, _without_momentum),
        Aspect("numbers", 1, _rates),
        Aspect("arrays", 1, _rates_as_arrays),
    ),
)


@effective_step.mistake(
    "lr is missing",
    why="You return how many times longer the step becomes, not how long it is.",
    hint="A rate of zero should give a step of zero. Does yours?",
)
def _(lr, rho):
    return 1 / (1 - rho)


@effective_step.mistake(
    "The brackets are missing",
    why="Python divides before it subtracts, so `lr / 1 - rho` is lr minus rho.",
    hint="What has to be worked out first?",
)
def _(lr, rho):
    return lr / 1 - rho


@effective_step.mistake(
    "Only the first two terms",
    why="You add one echo of the gradient; the sum goes on: 1 + rho + rho**2 + ...",
    hint="What does the whole geometric series come to?",
)
def _(lr, rho):
    return lr * (1 + rho)


@effective_step.mistake(
    "Multiplied instead of divided",
    why="Your step gets shorter with more momentum; equal gradients should add up to a longer one.",
    hint="The sum v solves v = rho * v + 1. What is v?",
)
def _(lr, rho):
    return lr * (1 - rho)


@effective_step.mistake(
    "Divided by rho",
    why="You divide by the share that is kept; the sum is governed by the share that is lost.",
    hint="The sum v solves v = rho * v + 1. What is v?",
)
def _(lr, rho):
    return lr / rho


@effective_step.mistake(
    "The formula of quarrelling gradients",
    why="lr / (1 + rho) is where gradients of alternating sign end; here they agree.",
    hint="With equal gradients, do the terms of the sum have alternating signs?",
)
def _(lr, rho):
    return lr / (1 + rho)


@effective_step.mistake(
    "Momentum is ignored",
    why="You return lr itself, the step without any momentum.",
    hint="What does the velocity grow to when every gradient is 1?",
)
def _(lr, rho):
    return lr
