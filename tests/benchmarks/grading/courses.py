"""Courses to be graded for the benchmark: ours, and nbgrader as it comes with the same notebooks."""

import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
from course_copy import copy_course, environment, run

# nbgrader's own steps, none of ours.
STOCK_CONFIG = """
from pathlib import Path
work = Path(__file__).resolve().parent / "autograder" / "work"
c = get_config()
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "course"
c.CourseDirectory.submitted_directory = "autograder/work/submitted"
c.CourseDirectory.autograded_directory = "autograder/work/autograded"
c.CourseDirectory.feedback_directory = "autograder/work/feedback"
c.CourseDirectory.db_url = f"sqlite:///{work / 'gradebook.db'}"
c.ClearSolutions.code_stub = {"python": "todo()  # replace this line with your code"}
c.ClearSolutions.text_stub = "*Write your answer here.*"
c.ExecutePreprocessor.timeout = 120
"""
REFERENCE = "05-momentum"
_SETUP = """
# %% nbgrader={"grade_id": "setup", "locked": true}
import matplotlib.pyplot as plt
import numpy as np

from gradlab import check, todo
"""
_FIGURE = """
# %%
points, v = [np.array([1.0, 1.0])], np.zeros(2)
for _ in range(60):
    w, v = momentum_step(points[-1], points[-1] * [1.0, 20.0], v, lr=0.02)
    points.append(w)
plt.plot(*np.array(points).T, "o-")
plt.title("A heavy ball")
plt.show()
"""
# The five exercises of a reference assignment: what learners write, right and wrong, and the points.
ANSWERS = {
    "momentum_step": (
        "momentum_step(w, grad, v, lr, rho=0.9)",
        "    v = rho * v + grad\n    return w - lr * v, v",
        "    v = rho * v + (1 - rho) * grad\n    return w - lr * v, v",
        5,
    ),
    "effective_step": (
        "effective_step(lr, rho)",
        "    return lr / (1 - rho)",
        "    return lr * (1 - rho)",
        3,
    ),
    "momentum_limit": (
        "momentum_limit(L, rho)",
        "    return 2 * (1 + rho) / L",
        "    return 2 * (1 - rho) / L",
        3,
    ),
    "exponential_average": (
        "exponential_average(values, beta=0.9)",
        "    averages = np.array(values, dtype=float)\n    average = np.zeros(averages.shape[1:])\n"
        "    for t, value in enumerate(averages):\n        average = beta * average + (1 - beta) * value\n"
        "        averages[t] = average\n    return averages",
        "    averages = np.array(values, dtype=float)\n    average = np.zeros(averages.shape[1:])\n"
        "    for t, value in enumerate(averages):\n        average = beta * average + value\n"
        "        averages[t] = average\n    return averages",
        4,
    ),
    "nesterov_step": (
        "nesterov_step(w, grad, v, lr, rho=0.9)",
        "    v = rho * v + grad\n    return w - lr * (grad + rho * v), v",
        "    v = rho * v + grad\n    return w - lr * v, v",
        5,
    ),
}


@dataclass(frozen=True)
class Sides:
    """The same lesson and the same submissions, to be graded by us and by nbgrader as it comes."""

    ours: Path
    stock: Path


def reference_master(figure: bool = True) -> str:
    """The text of an assignment with five exercises and, if wanted, one figure."""
    cells = [_SETUP]
    for name, (signature, body, _, points) in ANSWERS.items():
        cells.append(
            f'\n# %% nbgrader={{"grade_id": "{name}", "solution": true}}\ndef {signature}:\n    """What a learner writes."""\n'
            f"    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION\n"
            f'\n# %% nbgrader={{"grade_id": "check_{name}", "grade": true, "points": {points}}}\ncheck({name})\n'
            f"### BEGIN HIDDEN TESTS\ncheck({name}, hidden=True)\n### END HIDDEN TESTS\n"
        )
    return "".join([*cells, _FIGURE] if figure else cells)


def reference_course(folder: Path) -> Path:
    """A course with the reference assignment in the place of all lessons, built, and nothing handed in."""
    course = copy_course(folder)
    for part in ("solutions", "course"):
        for lesson in (course / part).glob("[0-9]*"):
            shutil.rmtree(lesson)
    master = course / "solutions" / REFERENCE / "momentum.py"
    master.parent.mkdir()
    master.write_text(reference_master(), encoding="utf-8")
    must(course, "autograder", "build", REFERENCE)
    shutil.rmtree(course / "autograder/work")
    return course


def sides(course: Path, folder: Path, lesson: str) -> Sides:
    """Two copies of a built course; the second has nbgrader's own configuration, and knows the lesson."""
    for name in ("ours", "stock"):
        shutil.copytree(course, folder / name)
    stock = folder / "stock"
    (stock / "nbgrader_config.py").write_text(STOCK_CONFIG, encoding="utf-8")
    (stock / "autograder/work").mkdir(exist_ok=True)
    must(stock, "nbgrader", "generate_assignment", lesson, "--force")
    return Sides(folder / "ours", stock)


def hand_in(course: Path, count: int, before: str = "") -> None:
    """Let students hand in the reference assignment; a third of the answers are wrong.

    Args:
        course: where.
        count: how many students.
        before: a line that stands in their first answer.
    """
    released = json.loads((course / "course" / REFERENCE / "momentum.ipynb").read_text(encoding="utf-8"))
    for number in range(count):
        for place, (name, (signature, right, wrong, _)) in enumerate(ANSWERS.items()):
            body = wrong if (number + place) % 3 == 0 else right
            cell = next(
                cell
                for cell in released["cells"]
                if cell["metadata"].get("nbgrader", {}).get("grade_id") == name
            )
            cell["source"] = f"{before if place == 0 else ''}def {signature}:\n{body}\n# {number}"
        put(course, f"s{number:05}", REFERENCE, nbformat.writes(nbformat.from_dict(released)))


def put(course: Path, student: str, lesson: str, content: str) -> None:
    """Put a notebook where students hand in."""
    path = course / f"autograder/work/submitted/{student}/{lesson}/{lesson.split('-', 1)[1]}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def must(course: Path, *words: str) -> str:
    """Run `python -m WORDS` in a course; it has to work."""
    done = run(course, *words)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@dataclass(frozen=True)
class Cost:
    """What a command took, in seconds: by the clock, and of all processors of the machine."""

    wall: float
    cpu: float

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.wall - other.wall, self.cpu - other.cpu)

    def __truediv__(self, count: int) -> "Cost":
        return Cost(self.wall / count, self.cpu / count)


def cost(course: Path, *words: str) -> Cost:
    """What `python -m WORDS` takes."""
    before, started = busy(), time.perf_counter()
    must(course, *words)
    return Cost(time.perf_counter() - started, busy() - before)


def busy() -> float:
    """Seconds that all processors of this machine have worked, whoever for: forks that nobody waits for count too."""
    user, nice, system, _, _, irq, softirq, *_ = map(
        int, Path("/proc/stat").read_text().split("\n")[0].split()[1:]
    )
    return (user + nice + system + irq + softirq) / 100


def popen(course: Path, *words: str) -> "subprocess.Popen[str]":
    """Start `python -m WORDS` in a course; its progress is not shown."""
    return subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=course,
        env=environment(course),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
