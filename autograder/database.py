"""Where grades are kept: SQLite, in a file that one grader writes; or a PostgreSQL server, on which several work at once."""

import atexit
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from autograder.errors import UserError

_HOW_TO_MEND = {
    "sqlite": "Close other programs that use it, check that you may write there",
    "postgresql": "Check that the server is running, and that user, password and database of "
    "CourseDirectory.db_url are right and may make tables there",
}


def database_of(url: str | URL) -> URL:
    """The parts of a `db_url`; raises UserError where it is none, or what is needed to open it is not installed."""
    try:
        found = make_url(url)
        found.get_dialect().import_dbapi()
    except ImportError as error:
        raise UserError(
            f"The gradebook {shown(url)} needs a driver that is not installed ({error}): pip install -e '.[scale]'."
        ) from error
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise UserError(
            "CourseDirectory.db_url in nbgrader_config.py is no address of a database. Two that are: "
            "sqlite:////home/me/gradebook.db and postgresql://user:password@host/database."
        ) from error
    return found


def shown(url: str | URL) -> str:
    """The address without its password.

    >>> shown("postgresql://ada:secret@db/course")
    'postgresql://ada:***@db/course'
    """
    return make_url(url).render_as_string(hide_password=True)


def how_to_mend(url: str | URL) -> str:
    """What to do where it cannot be used, as the beginning of a sentence."""
    return _HOW_TO_MEND.get(make_url(url).get_backend_name(), _HOW_TO_MEND["postgresql"])


def is_shared(url: str | URL) -> bool:
    """Whether several graders may write at once."""
    return make_url(url).get_backend_name() == "postgresql"


@contextmanager
def alone(url: str | URL, *what: str) -> Iterator[None]:
    """Let one grader at a time do something; others, on whatever machine, wait. SQLite sees to that by itself.

    nbgrader looks whether something is there and makes it if not: two that do so at once would both make it.
    """
    if not is_shared(url):
        yield
        return
    number = lock_number(*what)
    with _locks(make_url(url)).connect() as connection:
        # Of the connection, and so gone with a grader that is ended.
        connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": number})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": number})


def lock_number(*what: str) -> int:
    """What the server calls a lock by: 64 bits."""
    return int.from_bytes(hashlib.sha256("\0".join(what).encode()).digest()[:8], "big", signed=True)


@cache
def _locks(url: URL) -> Engine:
    """Connections beside nbgrader's, which have no transaction open while they wait; kept, as each costs milliseconds."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    atexit.register(engine.dispose)
    return engine
