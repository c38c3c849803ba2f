"""The numbers of the hidden checks: different for each student, the same each time that student is graded."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from autograder.course import WORK
from autograder.errors import UserError


def course_secret(path: Path = WORK / "secret") -> bytes:
    """The secret of this course, made on first use and readable by its owner only.

    Raises UserError when the file can be neither read nor made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".secret-{secrets.token_hex(8)}")
        if not path.exists():
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
            # A link fails where another process was first; its secret is then the course's.
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_bytes()
    except OSError as error:
        raise UserError(
            f"The secret of the hidden checks in {path} cannot be read or made: {error.strerror}."
        ) from error


def student_seed(secret: bytes, lesson: str, student: str) -> str:
    """The seed of one student's hidden checks in one lesson.

    >>> student_seed(b"a", "05-momentum", "ada") == student_seed(b"a", "05-momentum", "grace")
    False
    """
    return hmac.new(secret, f"{lesson}\0{student}".encode(), hashlib.sha256).hexdigest()
