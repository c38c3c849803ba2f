"""Answers to the exercises of lesson 03."""

from types import ModuleType

from autograder.answers.local_optima import basin_map, classify_critical_point, multi_start, perturbed_descent

_ANSWERS = {
    "classify_critical_point": classify_critical_point,
    "multi_start": multi_start,
    "basin_map": basin_map,
    "perturbed_descent": perturbed_descent,
}


def _sources(module: ModuleType, bodies: dict[str, str]) -> dict[str, str]:
    return {label: module.FIRST_LINE + body.rstrip() for label, body in bodies.items()}


RIGHT = {name: _sources(module, module.RIGHT) for name, module in _ANSWERS.items()}

WRONG = {name: _sources(module, module.WRONG) for name, module in _ANSWERS.items()}

EQUIVALENT = {"perturbed_descent": perturbed_descent.EQUIVALENT}
