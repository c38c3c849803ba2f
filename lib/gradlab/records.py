"""A learner's own records, kept between sessions: the best points of every exercise, and the hints opened so far."""

import json
import os
from pathlib import Path


def home() -> Path:
    """The folder for a learner's own records: GRADLAB_HOME, else ~/.gradlab.

    >>> from unittest.mock import patch
    >>> with patch.dict(os.environ, GRADLAB_HOME="somewhere"):
    ...     print(home())
    somewhere
    """
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
    if points >= best.get(exercise, -1.0):
        _write("progress.json", best | {exercise: points})


def recorded() -> dict[str, float]:
    """The best points of each exercise tried so far; empty where there is no readable record.

    >>> from tempfile import TemporaryDirectory
    >>> from unittest.mock import patch
    >>> with TemporaryDirectory() as folder, patch.dict(os.environ, GRADLAB_HOME=folder):
    ...     recorded()
    {}
    """
    return _read("progress.json")


def record_hints(exercise: str, opened: int) -> None:
    """Remember how many hints of an exercise are open.

    >>> from tempfile import TemporaryDirectory
    >>> from unittest.mock import patch
    >>> with TemporaryDirectory() as folder, patch.dict(os.environ, GRADLAB_HOME=folder):
    ...     record_hints("momentum_step", 2)
    ...     hints_opened("momentum_step"), hints_opened("nesterov_step")
    (2, 0)
    """
    _write("hints.json", _read("hints.json") | {exercise: opened})


def hints_opened(exercise: str) -> int:
    """How many hints of an exercise are open; 0 where there is no readable record.

    >>> from tempfile import TemporaryDirectory
    >>> from unittest.mock import patch
    >>> with TemporaryDirectory() as folder, patch.dict(os.environ, GRADLAB_HOME=folder):
    ...     hints_opened("momentum_step")
    0
    """
    return int(_read("hints.json").get(exercise, 0))


def _read(name: str) -> dict[str, float]:
    try:
        numbers = json.loads((home() / name).read_text())
    except (OSError, ValueError):
        return {}
    if not isinstance(numbers, dict):
        return {}
    return {str(key): number for key, number in numbers.items() if isinstance(number, int | float)}


def _write(name: str, numbers: dict[str, float]) -> None:
    file = home() / name
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}.tmp")
        draft.write_text(json.dumps(numbers, indent=1, sort_keys=True))
        draft.replace(file)
    except OSError:
        return
