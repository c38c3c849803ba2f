"""A learner's own records: the best points of every exercise, kept between sessions."""

import json
import os
from pathlib import Path


def home() -> Path:
    """The folder for a learner's own records: GRADLAB_HOME, else ~/.gradlab."""
    return Path(os.environ.get("GRADLAB_HOME") or Path.home() / ".gradlab")


def record(exercise: str, points: float) -> None:
    """Remember the points of an exercise if they are the best so far.

    A folder that cannot be written is no reason to interrupt a lesson: the points then last for nothing but
    this call.

    >>> from tempfile import TemporaryDirectory
    >>> from unittest.mock import patch
    >>> with TemporaryDirectory() as folder, patch.dict(os.environ, GRADLAB_HOME=folder):
    ...     record("momentum_step", 4.0)
    ...     record("momentum_step", 2.0)
    ...     print(recorded())
    {'momentum_step': 4.0}
    """
    best = recorded()
    if points < best.get(exercise, -1.0):
        return
    best[exercise] = points
    file = home() / "progress.json"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}.tmp")
        draft.write_text(json.dumps(best, indent=1, sort_keys=True))
        draft.replace(file)
    except OSError:
        return


def recorded() -> dict[str, float]:
    """The best points of each exercise tried so far; empty where there is no readable record."""
    try:
        best = json.loads((home() / "progress.json").read_text())
    except (OSError, ValueError):
        return {}
    if not isinstance(best, dict):
        return {}
    return {str(name): float(points) for name, points in best.items() if isinstance(points, int | float)}
