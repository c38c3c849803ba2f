"""The reference assignment in the format of otter-grader, in its fastest mode: no container, one process for all notebooks."""

import json
import os
import subprocess
from pathlib import Path

from benchmarks.grading.courses import ANSWERS, REFERENCE, Cost, busy, cost, hand_in, reference_course
from benchmarks.pairing import spread, three_digits
from benchmarks.result import Result, Table

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ROOT / ".otter" / "bin" / "python"
OURS, THEIRS, ROUNDS = (2, 42), 8, 3
# Run by the Python that has otter-grader: one warm-up, then one line with the seconds of all others.
_GRADE = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
from pathlib import Path
from otter.execute import grade_notebook
tests = sorted(map(str, Path("tests").glob("*.py")))
notebooks = sorted(map(str, Path("notebooks").glob("*.ipynb")))
def grade(notebook):
    return grade_notebook(notebook, tests_glob=tests, test_dir="tests").total
grade(notebooks[0])
before = time.perf_counter()
points = [grade(notebook) for notebook in notebooks[1:]]
print(json.dumps([time.perf_counter() - before, points]))
"""


def otter(folder: Path) -> Result:
    """Wall seconds of one more submission, theirs and ours in turns."""
    assert PYTHON.exists(), "otter-grader is not installed: run this by make bench-grading"
    course = reference_course(folder / "course")
    few, many = _with(course, folder / "few", OURS[0]), _with(course, folder / "many", OURS[1])
    theirs = _their_format(many, folder / "otter")
    words = ("autograder", "grade", REFERENCE, "--force")
    ours, other = [], []
    for turn in range(ROUNDS):
        for side in ("ours", "otter") if turn % 2 == 0 else ("otter", "ours"):
            if side == "ours":
                ours.append((cost(many, *words) - cost(few, *words)) / (OURS[1] - OURS[0]))
            else:
                other.append(_graded(theirs, course))
    rows = [
        ["otter-grader", *(three_digits(1000 * spread(getattr(one, what) for one in other).median) for what in ("wall", "cpu")), "–", "–"],
        ["ours", *(three_digits(1000 * spread(getattr(one, what) for one in ours).median) for what in ("wall", "cpu")),
         *(str(spread(getattr(b, what) / getattr(a, what) for a, b in zip(ours, other, strict=True))) for what in ("wall", "cpu"))],
    ]  # fmt: skip
    note = (
        f"One more submission of the reference assignment; medians of {ROUNDS} rounds. Otter runs in one process, without a container and "
        "without a feedback page; ours in the full sandbox, with the page."
    )
    header = ["grader", "wall, ms", "CPU, ms", "times as fast", "times less CPU"]
    return Result([Table("Against otter-grader", header, rows, note)], [], {})


def _with(course: Path, to: Path, students: int) -> Path:
    subprocess.run(["cp", "-r", course, to], check=True)
    hand_in(to, students)
    return to


def _their_format(course: Path, folder: Path) -> Path:
    """The submissions without our tests, and a test file for each exercise."""
    (folder / "tests").mkdir(parents=True)
    (folder / "notebooks").mkdir()
    for name, (*_, points) in ANSWERS.items():
        cases = [
            {"code": f">>> check({name}{more})\n{points}", "hidden": hidden, "locked": False}
            for hidden, more in ((False, ""), (True, ", hidden=True"))
        ]
        suites = [{"cases": cases, "scored": True, "setup": "", "teardown": "", "type": "doctest"}]
        test = {"name": name, "points": points, "suites": suites}
        (folder / f"tests/{name}.py").write_text(f"OK_FORMAT = True\ntest = {test!r}\n", encoding="utf-8")
    submitted = sorted((course / "autograder/work/submitted").glob("*/*/*.ipynb"))
    for number, path in enumerate(submitted[: THEIRS + 1]):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["cells"] = [
            cell for cell in notebook["cells"] if not "".join(cell["source"]).startswith("check(")
        ]
        (folder / f"notebooks/{number:03}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return folder


def _graded(folder: Path, course: Path) -> Cost:
    environment = os.environ | {"PYTHONPATH": str(course / "lib")}
    before = busy()
    done = subprocess.run(
        [PYTHON, "-c", _GRADE], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    seconds, points = json.loads(done.stdout.splitlines()[-1])
    assert len(points) == THEIRS and any(points), points
    # Its start and one notebook to warm up are in what the processors did, and not in the seconds.
    return Cost(seconds / THEIRS, (busy() - before) / (THEIRS + 1))
