"""Hand cases in between honest submissions, grade them, and read what came out."""

import csv
import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from course_copy import environment
from gradebook_rows import GRADES, query

from autograder.seed import student_seed
from gradlab.checks import find_exercise, hidden_seed
from gradlab.checks.judge import judge
from hostile.case import Case
from hostile.lesson import LESSON, NOTEBOOK, POINTS, RIGHT

HONEST = "-honest"
SECRET_IN_ENVIRONMENT = f"hostile{uuid.uuid4().hex}"


@dataclass
class Machine:
    """What an attacker may know of the machine, and the places that a batch may write to.

    Attributes:
        course: a copy that can be lost.
        home, temporary: of the grader.
        words: what stands for the words with a dollar.
        token: by which is found again what was written anywhere.
    """

    course: Path
    home: Path
    temporary: Path
    words: dict[str, str]
    token: str = field(default_factory=lambda: uuid.uuid4().hex)

    def filled(self, text: str) -> str:
        """The text with the words of this machine in it."""
        known = {"$COURSE": str(self.course), "$HOME": str(self.home), "$TOKEN": self.token, **self.words}
        for word in sorted(known, key=len, reverse=True):
            text = text.replace(word, known[word])
        return text

    def environment(self) -> dict[str, str]:
        """For the process that grades: places of its own, and a secret."""
        return environment(self.course) | {
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "PYTHONDONTWRITEBYTECODE": "1",
            "SECRET_TOKEN": SECRET_IN_ENVIRONMENT,
        }


@dataclass
class Graded:
    """What came out for one student."""

    status: str
    points: dict[str, float | None]
    said: str
    feedback: str


def student_of(number: int, case: Case | None) -> str | bytes:
    """Every case stands between two honest students, in the order in which they are graded."""
    if case is None:
        return f"{number:03}{HONEST}"
    return case.student or f"{number:03}-{case.name}"


def notebook_with(released: bytes, case: Case, machine: Machine) -> bytes:
    """The released notebook with what the case puts into it."""
    notebook = json.loads(released)
    answers = {**RIGHT, **case.answers}
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = machine.filled(answers.get(name, "".join(cell["source"])))
        cell["metadata"] = json.loads(json.dumps(cell["metadata"]))
    notebook["cells"][1:1] = [
        _extra(machine.filled(source), f"before{n}") for n, source in enumerate(case.before)
    ]
    notebook["cells"] += [_extra(machine.filled(source), f"after{n}") for n, source in enumerate(case.after)]
    if case.change is not None:
        case.change(notebook)
    content = machine.filled(json.dumps(notebook, indent=1)).encode() + b"\n"
    return case.content(content) if case.content is not None else content


def _extra(source: str, name: str) -> dict[str, object]:
    return {
        "cell_type": "code",
        "source": source,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "id": name,
    }


def hand_in(case: Case, student: str | bytes, machine: Machine) -> None:
    """Put the submission of a case where students hand in."""
    submitted = os.fsencode(machine.course / "autograder/work/submitted")
    folder = Path(os.fsdecode(os.path.join(submitted, os.fsencode(student), LESSON.encode())))  # noqa: PTH118 (a name in bytes)
    folder.mkdir(parents=True)
    path = folder / NOTEBOOK
    if case.place is not None:
        case.place(path)
        return
    released = (machine.course / "course" / LESSON / NOTEBOOK).read_bytes()
    path.write_bytes(notebook_with(released, case, machine))
    if case.beside is not None:
        case.beside(folder)


def honest(number: int) -> Case:
    """A submission that earns everything, and holds words by which it would be recognised elsewhere."""
    return Case(
        "honest", "", answers={"effective_step": f"{RIGHT['effective_step']}  # written by a neighbour"}
    )


def hand_in_class(cases: Sequence[Case], machine: Machine) -> dict[str, Case]:
    """Hand in all cases with honest students around each; the students, as the grader will call them, with their cases."""
    for number in range(0, 2 * len(cases) + 1, 2):
        hand_in(honest(number), f"{number:03}{HONEST}", machine)
    handed = {}
    for number, case in enumerate(cases):
        student = student_of(2 * number + 1, case)
        hand_in(case, student, machine)
        handed[student if isinstance(student, str) else os.fsdecode(student)] = case
    return handed


def grade_command(*words: str) -> list[str]:
    """The command that grades the lesson."""
    return [sys.executable, "-m", "autograder", "grade", LESSON, *words]


def grade(machine: Machine, *words: str, prefix: Sequence[str] = ()) -> subprocess.CompletedProcess[bytes]:
    """Grade the class."""
    return subprocess.run(
        [*prefix, *grade_command(*words)], cwd=machine.course, env=machine.environment(), stdin=subprocess.DEVNULL,
        capture_output=True, timeout=1500, check=False,
    )  # fmt: skip


def results(machine: Machine) -> dict[str, Graded]:
    """What the table of the batch says of each student, and the page that the student gets."""
    work = machine.course / "autograder/work"
    text = (work / f"grades/{LESSON}.csv").read_text(encoding="utf-8")
    found = {}
    for row in csv.DictReader(text.splitlines(keepends=True)):
        student = _from_a_spreadsheet(row["student"])
        page = work / "feedback" / student / LESSON / "momentum.html"
        found[student] = Graded(
            row["status"],
            {name: float(row[name]) if row[name] else None for name in POINTS},
            f"{row['detail']} {row['notes']}",
            page.read_text(encoding="utf-8") if page.is_file() else "",
        )
    return found


def _from_a_spreadsheet(name: str) -> str:
    """A name without the sign that keeps a spreadsheet from running it."""
    return name[1:] if name[:1] == "'" and name[1:2] in tuple("=+-@") else name


def rows_of_neighbours(machine: Machine) -> list[tuple[object, ...]]:
    """The rows of the gradebook on honest students."""
    return [row for row in query(machine.course, GRADES) if str(row[1]).endswith(HONEST)]


def hidden_numbers(machine: Machine, student: str) -> list[float]:
    """The rates with which the hidden check of effective_step calls this student's function."""
    secret = (machine.course / "autograder/work/secret").read_bytes()
    return numbers_asked(hidden_seed("effective_step", student_seed(secret, LESSON, student)))


def numbers_asked(seed: tuple[int, ...]) -> list[float]:
    """The single rates with which the function is called for a seed."""
    seen: list[float] = []

    def watched(lr: object, rho: object) -> object:
        if isinstance(lr, float):
            seen.append(lr)
        return lr / (1 - rho)  # type: ignore[operator]

    judge(find_exercise("effective_step"), watched, seed)
    return seen


def copy_of(course: Path, to: Path) -> Path:
    """A copy of a course, with links as links."""
    shutil.copytree(course, to, symlinks=True)
    return to
