"""`adam_step`: the direction of the first moment, on the scale of the second."""

from gradlab.checks.exercise import Exercise
from gradlab.checks.lessons.adam import moment_mistakes, step_mistakes
from gradlab.checks.lessons.adam.parts import adam
from gradlab.checks.lessons.adam.steps import (
    ANY_SHAPE,
    ARGUMENTS_KEPT,
    FIRST_STEP,
    SEVERAL_STEPS,
    WHERE_EPS_COUNTS,
)

adam_step = Exercise(
    name="adam_step",
    lesson="08-adam",
    returns=("w", "m", "v"),
    reference=adam,
    aspects=(FIRST_STEP, SEVERAL_STEPS, WHERE_EPS_COUNTS, ANY_SHAPE, ARGUMENTS_KEPT),
    hints=(
        "There are four lines: m, v, their corrections, w. Print all of them for the example of the docstring: which is off?",
        "Update m and v with the functions you have. Correct each with its own beta and this step's t. Then move w against the "
        "corrected m, divided by the root of the corrected v plus eps, lr times as far. Return w and the two uncorrected moments.",
    ),
    vectorised=True,
)
adam_step.mistakes.extend([*moment_mistakes.MISTAKES, *step_mistakes.MISTAKES])
