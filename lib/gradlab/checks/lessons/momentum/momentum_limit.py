"""`momentum_limit`: the learning rate at which momentum begins to diverge."""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Aspect, Exercise, Function, Sight


def _curvatures(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for rho in (0.5, 0.9, round(rng.uniform(0.1, 0.8), 2)):
        L = round(rng.uniform(0.5, 8), 1)
        yield Sight(f"For L = {L:g} and rho = {rho:g},", "the limit", function(L, rho))


def _plain_limit(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    yield Sight("With rho = 0", "the limit", function(round(rng.uniform(2.5, 8), 1), 0.0))


def _limits_as_arrays(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    yield Sight("For an array of rho,", "the limit", function(4.0, rng.uniform(0.1, 0.95, 5).round(2)))
    L, rhos = rng.uniform(0.5, 8, (3, 1)).round(1), rng.uniform(0.1, 0.95, 4).round(2)
    yield Sight("For a table of L and rho,", "the limit", function(L, rhos))
    yield Sight("After the call,", "the L you were given", L)
    yield Sight("After the call,", "the rho you were given", rhos)


momentum_limit = Exercise(
    name="momentum_limit",
    lesson="05-momentum",
    returns=("the limit",),
    reference=lambda L, rho: 2 * (1 + rho) / L,
    hints=(
        "Try the two cases you know: rho = 0 must give 2 / L, and a larger rho a larger limit.",
        "Take the limit without momentum, and make it larger by the factor one plus rho.",
    ),
    vectorised=True,
    aspects=(
        Aspect("no momentum: 2 / L", 1, _plain_limit),
        Aspect("numbers", 1, _curvatures),
        Aspect("arrays", 1, _limits_as_arrays),
    ),
)


@momentum_limit.mistake(
    "The limit of plain gradient descent",
    why="2 / L is the limit without momentum; a rolling ball stands larger rates.",
    hint="Which factor does the derivation add?",
)
def _(L, rho):
    return 2 / L


@momentum_limit.mistake(
    "The brackets are missing",
    why="Python multiplies and divides before it adds, so `2 * 1 + rho / L` is 2 plus a little.",
    hint="What has to be worked out first?",
)
def _(L, rho):
    return 2 * 1 + rho / L


@momentum_limit.mistake(
    "1 - rho instead of 1 + rho",
    why="Your limit falls with more momentum; on the heat map the stable region grows.",
    hint="Put rho = 0.5 and lr = 0.6 into the ravine: does that run diverge?",
)
def _(L, rho):
    return 2 * (1 - rho) / L


@momentum_limit.mistake(
    "The 2 is missing",
    why="You give half of the limit: with rho = 0 it should be 2 / L.",
    hint="Where does plain gradient descent begin to diverge?",
)
def _(L, rho):
    return (1 + rho) / L


@momentum_limit.mistake(
    "The effective step was used",
    why="You divide by 1 - rho, as the effective step does. That is for gradients that agree; on the edge they quarrel, "
    "and your limit is too high: with rho = 0.9 it would be 20 / L.",
    hint="Where in section 3 do gradients of alternating sign end, and what stands below the line there?",
)
def _(L, rho):
    return 2 / (L * (1 - rho))


@momentum_limit.mistake(
    "Multiplied by L",
    why="Your limit grows with the curvature; steeper surfaces need smaller rates.",
    hint="On which side of the fraction does L stand?",
)
def _(L, rho):
    return 2 * (1 + rho) * L


@momentum_limit.mistake(
    "The limit of Nesterov's rule",
    why="2 (1 + rho) / (L (1 + 2 rho)) is where Nesterov's momentum begins to diverge (section 7).",
    hint="On the edge, how long is a step of the heavy ball: lr * v with which v?",
)
def _(L, rho):
    return 2 * (1 + rho) / (L * (1 + 2 * rho))
