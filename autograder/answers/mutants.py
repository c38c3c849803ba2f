"""Every small change that a mutation-testing library can make to a solution: the check must see each of them."""

import difflib
from collections.abc import Iterator

from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.operators.provider import OperatorProvider


def mutants(source: str) -> dict[str, str]:
    """What changed -> the changed source, for every operator of Cosmic Ray at every place in `source`.

    >>> found = mutants("def double(x):\\n    return 2 * x")
    >>> found["return 2 * x -> return 2 / x"]
    'def double(x):\\n    return 2 / x'
    """
    found: dict[str, str] = {}
    for operator in _operators():
        occurrence = 0
        while (changed := mutate_code(source, operator, occurrence)) is not None:
            occurrence += 1
            if changed != source:
                found.setdefault(_difference(source, changed), changed)
    return found


def _operators() -> Iterator[Operator]:
    # Left out are the two that want names of variables: they put random numbers in their place, which no check
    # could overlook, and fail on a line as plain as `x = y`.
    provider = OperatorProvider()
    return (provider[label]() for label in provider if not provider[label].arguments())


def _difference(before: str, after: str) -> str:
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    old, new = (
        (" ".join(line[2:].split()) for line in lines if line.startswith("- ")),
        (" ".join(line[2:].split()) for line in lines if line.startswith("+ ")),
    )
    return f"{' / '.join(old)} -> {' / '.join(new)}"
