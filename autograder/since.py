"""`--since WHEN`: which submissions were handed in or changed lately."""

import math
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autograder.errors import UserError
from autograder.gradebook import handed_in_at
from autograder.submission import Submission

_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([mhdw])")
_UNIT = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def moment(words: str, now: datetime) -> datetime:
    """The moment that a person means: a span before now, or a date or time of ISO 8601, local where no zone is given.

    Raises UserError for anything else, and for what is still to come.

    >>> moment("90m", datetime(2026, 3, 1, 12, tzinfo=UTC)).isoformat()
    '2026-03-01T10:30:00+00:00'
    """
    try:
        span = _SPAN.fullmatch(words.strip())
        if span:
            return now - timedelta(**{_UNIT[span[2]]: float(span[1])})
        then = datetime.fromisoformat(words.strip()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UserError(
            f"--since {words!r} is no moment. Give a span, such as 30m, 2h, 3d or 1w, "
            "or a date with or without a time, such as 2026-03-01 or 2026-03-01T18:00."
        ) from error
    if then > now:
        raise UserError(f"--since {words!r} is still to come: nothing can have been handed in after it.")
    return then


def is_since(submission: Submission, then: datetime) -> bool:
    """Whether a submission was handed in, by its timestamp, or changed, by its files, at `then` or later."""
    handed_in, _ = handed_in_at(submission.folder)  # UTC, as nbgrader writes it
    if handed_in is not None and handed_in.replace(tzinfo=UTC) >= then:
        return True
    return _changed_at(submission) >= then.timestamp()


def _changed_at(submission: Submission) -> float:
    """When its notebook was written or, where there is none, when something in its folder was added or taken away."""
    written = _written(submission.notebook)
    return _written(submission.folder) if written == -math.inf else written


def _written(path: Path) -> float:
    try:
        # A copy may keep the time at which its original was written; when it came here is in the other time.
        status = path.lstat()
        return max(status.st_mtime, status.st_ctime)
    except (FileNotFoundError, NotADirectoryError):
        return -math.inf
    except OSError:  # what cannot be looked at is better read once too often
        return math.inf
