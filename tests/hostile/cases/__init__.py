"""All cases, by subject."""

from hostile.cases import (
    awkward,
    borrowed,
    ends,
    files,
    forged,
    harm,
    leaks,
    limits,
    lying,
    names,
    relabelled,
    rewired,
    scripts,
)

CASES = tuple(
    case
    for module in (
        rewired,
        lying,
        borrowed,
        relabelled,
        forged,
        harm,
        leaks,
        scripts,
        limits,
        ends,
        awkward,
        files,
        names,
    )
    for case in module.CASES
)
