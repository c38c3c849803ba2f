"""Hostile and odd submissions, each between two honest ones: what they earn, what is said, and that nobody else notices.

Every cheat is also run against a grader without the protection in question, where it must succeed.
"""

import compileall
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import matplotlib as mpl
import pytest

from autograder.course import Lesson
from autograder.released import released_notebook
from autograder.seed import course_secret, student_seed
from gradlab.checks import VISIBLE_SEED
from hostile.batch import (
    HONEST,
    SECRET_IN_ENVIRONMENT,
    Graded,
    Machine,
    copy_of,
    grade,
    hand_in,
    hand_in_class,
    hidden_numbers,
    honest,
    numbers_asked,
    results,
    rows_of_neighbours,
)
from hostile.bites import bites, is_unharmed, victim
from hostile.case import Case
from hostile.cases import CASES
from hostile.cases.files import CLOSED
from hostile.lesson import LESSON, POINTS, be_patient, build_course
from hostile.surroundings import Listeners, adopting, digest, marked, nothing_left
from hostile.users import as_ordinary_user

# A batch is asked for these only; the others wait less for each other if they run beside one another.
WORKERS = {"quick": "2", "slow": "4", "shown": "2"}
MADE_BY_GRADING = tuple(
    f"autograder/work/{part}"
    for part in ("gradebook", "autograded", "feedback", "grades", "runs", "reports", "backups", "logs")
)


@dataclass
class Batch:
    """A batch after it was graded, and what was seen around it."""

    machine: Machine
    cases: dict[str, Case]
    results: dict[str, Graded]
    done: subprocess.CompletedProcess[bytes]
    rows: list[tuple[object, ...]]
    heard: list[str]
    unharmed: bool
    before: dict[str, str]
    after: dict[str, str]


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """The course with the lesson that is attacked, nobody's work in it, and its secret."""
    course = build_course(tmp_path_factory.mktemp("built") / "course")
    work = course / "autograder/work"
    course_secret(work / "secret")
    compileall.compile_dir(course / "lib", quiet=1)  # as an installed library is
    return course


@pytest.fixture(scope="module")
def listeners(tmp_path_factory) -> Iterator[Listeners]:
    listening = Listeners(tmp_path_factory.mktemp("sockets"))
    yield listening
    listening.close()


def machine_in(folder: Path, course: Path, listeners: Listeners, pid: int = 0, address: int = 0) -> Machine:
    """A machine of its own for a batch or a case: a copy of the course, a home, a place for temporary files."""
    home, temporary = folder / "home", folder / "temporary"
    fonts = home / ".config/matplotlib"
    temporary.mkdir(parents=True)
    fonts.mkdir(parents=True)
    for found in Path(mpl.get_cachedir()).glob("fontlist-*.json"):
        shutil.copy(found, fonts)
    words = {
        "$PORT": str(listeners.port),
        "$SOCKET": listeners.path,
        "$ABSTRACT": listeners.abstract,
        "$VICTIM": str(pid),
        "$ADDRESS": str(address),
    }
    return Machine(copy_of(course, folder / "course"), home, temporary, words)


def graded_batch(folder: Path, built: Path, listeners: Listeners, name: str) -> Batch:
    """Grade the cases of a batch, and look around before and after."""
    cases = [case for case in CASES if case.batch == name]
    heard = len(listeners.heard)
    with ExitStack() as stack:
        process, address = stack.enter_context(victim())
        machine = machine_in(folder, built, listeners, process.pid, address)
        if name != "slow":
            be_patient(machine.course, 30)
        handed = hand_in_class(cases, machine)
        before = digest(machine.course, MADE_BY_GRADING)
        stack.enter_context(nothing_left())
        words = ["--workers", WORKERS[name]] + ["--no-figures"] * (name != "shown")
        done = grade(machine, *words)
        assert done.returncode == 0, done.stderr.decode(errors="replace")[-3000:]
        return Batch(
            machine, handed, results(machine), done, rows_of_neighbours(machine), listeners.heard[heard:],
            is_unharmed(process), before, digest(machine.course, MADE_BY_GRADING),
        )  # fmt: skip


@pytest.fixture(scope="module")
def batches(built, listeners, tmp_path_factory) -> dict[str, Batch]:
    """All batches, graded one after the other."""
    return {name: graded_batch(tmp_path_factory.mktemp(name), built, listeners, name) for name in WORKERS}


@pytest.fixture(scope="module")
def undisturbed(built, listeners, tmp_path_factory) -> Machine:
    """A few honest students, graded alone."""
    machine = machine_in(tmp_path_factory.mktemp("undisturbed"), built, listeners)
    for number in range(3):
        hand_in(honest(number), f"{2 * number:03}{HONEST}", machine)
    done = grade(machine, "--no-figures", "--no-feedback")
    assert done.returncode == 0, done.stderr
    return machine


def shown(student: str) -> str:
    """The name under which a student stands in the table."""
    return (
        "".join(sign if sign.isprintable() else "?" for sign in student[:80])
        if not student.isprintable()
        else student
    )


def expect(case: Case, graded: Graded, machine: Machine, student: str) -> None:
    """Hold what came out against what should."""
    assert graded.points == case.points, (graded.status, graded.said)
    assert graded.status in (case.status, case.or_status or case.status), graded.said
    for words in case.says:
        assert words in graded.said
    page, tags = graded.feedback.lower(), "".join(tags_of(graded.feedback)).lower()
    secret = (machine.course / "autograder/work/secret").read_text()
    for words in case.hides:
        match words:
            case "$SECRET":
                kept = [SECRET_IN_ENVIRONMENT]
            case "$COURSE_SECRET":
                kept = [secret]
            case "$SEED":
                kept = [student_seed(secret.encode(), LESSON, student)]
            case "$HIDDEN":
                kept = [f"seen:{number!r}" for number in only_hidden(machine, student)]
            case "$HIDDEN_":
                kept = [f"saw_{number}".replace(".", "_") for number in only_hidden(machine, student)]
            case _:
                kept = [machine.filled(words)]
        for word in kept:
            inside = word.removeprefix("<>")
            # 0.5 does not stand in 0.53.
            assert not re.search(rf"{re.escape(inside.lower())}(?!\d)", page if inside == word else tags), (
                word
            )


def tags_of(page: str) -> list[str]:
    """The tags of a page as they were written, without the text between them."""
    found: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            found.append(self.get_starttag_text() or "")

    Tags().feed(page)
    return found


def only_hidden(machine: Machine, student: str) -> list[float]:
    """Numbers of the hidden check that the visible one does not have."""
    visible = set(numbers_asked(VISIBLE_SEED))
    return [number for number in hidden_numbers(machine, student) if number not in visible]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_earns_what_it_deserves_and_its_status_says_why(case, batches):
    batch = batches[case.batch]
    student = next(student for student, handed in batch.cases.items() if handed is case)
    expect(case, batch.results[shown(student)], batch.machine, student)


@pytest.mark.parametrize("name", WORKERS)
def test_neighbours_get_full_marks_and_the_rows_of_an_undisturbed_gradebook(name, batches, undisturbed):
    batch = batches[name]
    honest_ones = {student: one for student, one in batch.results.items() if student.endswith(HONEST)}
    assert len(honest_ones) == len(batch.cases) + 1
    assert {(one.status, *one.points.items()) for one in honest_ones.values()} == {
        ("graded", *POINTS.items())
    }
    by_cell = {row[2]: row for row in rows_of_neighbours(undisturbed)}
    assert len(by_cell) == len(POINTS)
    assert batch.rows == [(row[0], row[1], *by_cell[row[2]][2:]) for row in batch.rows]
    assert len(batch.rows) == len(POINTS) * len(honest_ones)


@pytest.mark.parametrize("name", WORKERS)
def test_nothing_was_written_but_what_grading_writes(name, batches):
    batch = batches[name]
    assert batch.after == batch.before
    assert (
        marked(batch.machine.token, batch.machine.course, batch.machine.home, batch.machine.temporary) == []
    )
    assert [path for path in batch.machine.temporary.iterdir() if not path.name.startswith("tmp")] == []
    graded_students = {path.name for path in (batch.machine.course / "autograder/work/autograded").iterdir()}
    assert graded_students <= set(batch.results)
    assert all(
        "hostile" not in path.read_text(errors="replace")
        for path in batch.machine.home.rglob("*")
        if path.is_file()
    )


@pytest.mark.parametrize("name", WORKERS)
def test_nobody_was_called_and_nobody_was_harmed(name, batches):
    assert batches[name].heard == []
    assert batches[name].unharmed


@pytest.mark.parametrize("name", WORKERS)
def test_every_layer_was_there(name, batches):
    assert b"Isolation: full." in batches[name].done.stdout


@pytest.mark.parametrize("case", [case for case in CASES if case.weak], ids=lambda case: case.name)
def test_a_cheat_succeeds_where_the_protection_is_missing(case, undisturbed, listeners, tmp_path):
    released = released_notebook(Lesson(LESSON, undisturbed.course))
    with victim() as (process, address), adopting():
        machine = machine_in(tmp_path, undisturbed.course, listeners, process.pid, address)
        assert bites(case, machine, released, listeners, process)


def test_the_corpus_is_as_large_as_it_should_be_and_every_cheat_has_a_weakened_grader():
    assert len({case.name for case in CASES}) == len(CASES) >= 90
    for case in CASES:
        assert (
            bool(case.weak) or case.status != "graded" or not case.before or case.dull or case.earns == {}
        ), case.name
    assert all(case.dull or case.weak or not case.name.startswith(("memory", "fork")) for case in CASES)


# A few of every kind. What an ordinary user grades has other walls behind it: real limits on processes, rights of files.
REPRESENTATIVE = [
    case
    for case in (*CASES, *CLOSED)
    if case in CLOSED
    or case.name in {
        "patched-allclose", "array-that-lies", "input-transformer", "import-reference", "walk-everything", "classmates-notebook",
        "frame-too-long", "dtype-object", "pickle", "own-points-in-gradebook", "overwrites-next", "deletes-course",
        "kills-everyone", "daemon-that-hides", "enters-namespaces", "runs-programs", "plants-everywhere", "connects",
        "abstract-socket", "processes", "threads", "fork-bomb", "memory-bytes", "memory-processes", "memory-shared", "file-large", "files-many",
        "loop", "exit-in-cell", "kills-itself", "pool", "shell-escape", "pasted", "half", "a-pipe", "link-to-secret",
        "name-of-bytes",
    }
]  # fmt: skip


def test_an_ordinary_user_is_as_safe(built, undisturbed, listeners):
    with ExitStack() as stack:
        user = stack.enter_context(as_ordinary_user())
        process, address = stack.enter_context(victim())
        machine = machine_in(user.folder, built, listeners, process.pid, address)
        be_patient(machine.course, 10)
        handed = hand_in_class(REPRESENTATIVE, machine)
        user.own(machine.course, machine.home, machine.temporary)
        before = digest(machine.course, MADE_BY_GRADING)
        stack.enter_context(nothing_left())
        heard = len(listeners.heard)
        done = grade(machine, "--workers", "2", "--no-figures", prefix=user.command())
        print(user.says)
        assert done.returncode == 0, done.stderr.decode(errors="replace")[-3000:]
        assert b"Isolation: full." in done.stdout
        found = results(machine)
        for student, case in handed.items():
            expect(case, found[shown(student)], machine, student)
        honest_ones = [one for student, one in found.items() if student.endswith(HONEST)]
        assert {(one.status, *one.points.items()) for one in honest_ones} == {("graded", *POINTS.items())}
        assert digest(machine.course, MADE_BY_GRADING) == before
        assert marked(machine.token, machine.course, machine.home, machine.temporary) == []
        assert listeners.heard[heard:] == []
        assert is_unharmed(process)
