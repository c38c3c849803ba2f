"""The gradebook on a PostgreSQL server: the rows of SQLite, and two graders at once."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from cluster_programs import GRADE, free_port, graded, programs, said, until
from course_copy import run
from gradebook_rows import COMMENTS, GRADES, query
from postgresql_server import PASSWORD, Server, server
from sqlalchemy import create_engine, text
from torture.small_course import hand_in_class, small_course
from traitlets.config import Config

from autograder import database
from autograder.errors import UserError
from autograder.gradebook import back_up, open_gradebook

STUDENTS = 8


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Server]:
    with server() as found:
        yield found


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    built = small_course(tmp_path_factory.mktemp("course"))
    hand_in_class(built, STUDENTS)
    (built / "autograder/work/secret").write_text("of all copies")
    return built


@pytest.fixture(scope="module")
def expected(course, tmp_path_factory):
    """The rows of SQLite."""
    here = Path(shutil.copytree(course, tmp_path_factory.mktemp("sqlite") / "course"))
    done = run(here, *GRADE, "--workers", "2")
    assert done.returncode == 0, done.stderr
    return query(here, GRADES), query(here, COMMENTS)


def at(url: str, course: Path, folder: Path) -> Path:
    """A copy of the course whose gradebook is elsewhere."""
    here = Path(shutil.copytree(course, folder))
    with (here / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.CourseDirectory.db_url = {url!r}\n")
    return here


def rows(postgresql: Server, name: str) -> tuple[list[tuple[object, ...]], ...]:
    return postgresql.do(GRADES, name), postgresql.do(COMMENTS, name)


@pytest.mark.parametrize("same", [False, True], ids=["of different students", "of the same students"])
def test_two_graders_at_once_leave_the_rows_of_sqlite(postgresql, course, expected, tmp_path, same):
    name = "same" if same else "different"
    postgresql.do(f"CREATE DATABASE {name}")
    graders = [at(postgresql.url(name), course, tmp_path / each) for each in ("one", "other")]
    if not same:
        for number, here in enumerate(graders):
            for folder in sorted((here / "autograder/work/submitted").iterdir())[number::2]:
                shutil.rmtree(folder)
    with programs() as started:
        # Neither finds a table: both would make them.
        batches = [started.start(here, *GRADE, "--workers", "1") for here in graders]
        for batch in batches:
            until(lambda batch=batch: batch.poll() is not None)
        assert [batch.returncode for batch in batches] == [0, 0], [said(batch) for batch in batches]
    assert [len(graded(here)) for here in graders] == [STUDENTS if same else STUDENTS // 2] * 2
    assert rows(postgresql, name) == expected
    # And whoever looks again finds that nothing has changed.
    done = run(graders[0], *GRADE)
    assert f"{len(graded(graders[0]))} of {len(graded(graders[0]))} have not changed" in done.stdout
    assert rows(postgresql, name) == expected


def test_what_one_grader_does_alone_another_waits_for(postgresql):
    url, other = postgresql.url("postgres"), create_engine(postgresql.url("postgres"))
    held = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")
    with database.alone(url, "05-momentum", "ada"), other.connect() as connection:
        assert connection.execute(held).scalar() == 1
        with database.alone(url, "05-momentum", "grace"):  # somebody else's
            assert connection.execute(held).scalar() == 2
    with other.connect() as connection:
        assert connection.execute(held).scalar() == 0
    other.dispose()


def waited_for(postgresql: Server) -> int | None:
    """The number of the lock that somebody waits for."""
    found = postgresql.do(
        "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    )
    return found[0][0] if found else None


def test_a_grader_waits_for_another_that_makes_tables_enters_the_lesson_or_records_the_same_student(
    postgresql, course, tmp_path
):
    postgresql.do("CREATE DATABASE waiting")
    url = postgresql.url("waiting")
    here = at(url, course, tmp_path / "course")
    lesson, opening, student = ("05-momentum",), ("opening",), ("05-momentum", "s003")
    with programs() as started, ExitStack() as third, ExitStack() as second, ExitStack() as first:
        for held, what in ((third, student), (second, opening), (first, lesson)):
            held.enter_context(database.alone(url, *what))
        batch = started.start(here, *GRADE, "--workers", "1")
        for held, what in ((first, lesson), (second, opening), (third, student)):
            until(lambda what=what: waited_for(postgresql) == database.lock_number(*what), batch)
            assert "s003" not in graded(here)
            held.close()
        until(lambda: batch.poll() is not None)
        assert batch.returncode == 0, said(batch)
    assert len(graded(here)) == STUDENTS


def trouble(url: str) -> str:
    config = Config()
    config.CourseDirectory.db_url = url
    with pytest.raises(UserError) as raised, open_gradebook(config):
        pass
    words = str(raised.value)
    assert PASSWORD not in words
    assert "\n" not in words
    return words


def test_a_server_that_cannot_be_used_is_one_message_without_the_password(postgresql):
    down = Server(free_port())
    assert "Connection refused" in trouble(down.url("course"))
    assert "Check that the server is running" in trouble(down.url("course"))
    assert "password authentication failed" in trouble(postgresql.url("postgres", password="wrong"))
    assert 'database "nowhere" does not exist' in trouble(postgresql.url("nowhere"))


def test_the_command_itself_says_it_in_one_line(postgresql, course, tmp_path):
    postgresql.do(f"CREATE USER guest PASSWORD '{PASSWORD}'")
    here = at(postgresql.url("postgres", user="guest"), course, tmp_path / "course")
    done = run(here, *GRADE)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: The gradebook postgresql://guest:***@127.0.0.1:")
    assert "permission denied for schema public" in line


def test_a_driver_that_is_not_installed_is_named(monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "psycopg"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    words = trouble("postgresql+psycopg://grader:x@127.0.0.1/course")
    assert "needs a driver that is not installed" in words
    assert "pip install -e '.[scale]'" in words


@pytest.mark.parametrize("url", ["here.db", "oracle9://x", ""])
def test_what_is_no_address_is_said(url):
    assert "is no address of a database" in trouble(url)


def test_backups_of_a_server_are_the_servers(postgresql, tmp_path):
    config = Config()
    config.CourseDirectory.db_url = postgresql.url("postgres")
    assert back_up(config, tmp_path / "backups") is None
    assert not (tmp_path / "backups").exists()
