"""Turn the masters in `solutions/` into executed solutions beside them and student notebooks in `course/`."""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course import ROOT, Lesson, find_lesson, lessons
from autograder.errors import UserError
from autograder.files import write_atomically
from autograder.generate import generate, is_studied
from autograder.masters import read_master
from autograder.prove import prove_release
from autograder.released import course_config, release
from autograder.run_solution import run_solution

LARGE = 1_500_000  # bytes; above it, opening the notebook and reading its diff become slow


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `[LESSON ...] [--check]`."""
    parser.add_argument(
        "lessons", nargs="*", metavar="LESSON", help="name, number or topic of a lesson; all by default"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; say which files are not what their masters give"
    )


def run(args: argparse.Namespace) -> None:
    """Build, or check, the lessons that are named."""
    chosen = [find_lesson(name) for name in args.lessons] or lessons()
    if not chosen:
        raise UserError(
            f"There is no master in {ROOT / 'solutions'}. A lesson begins with solutions/NN-topic/topic.py."
        )
    if args.check:
        stale = [path for lesson in chosen for path in stale_files(lesson)]
        stale += [] if args.lessons else orphans(ROOT)
        if stale:
            names = "\n  ".join(path.relative_to(ROOT).as_posix() for path in stale)
            raise UserError(
                f"Not what the masters give:\n  {names}\nRun `make build`; delete what belongs to no lesson."
            )
        print(f"{len(chosen)} lessons are what their masters give.")
        return
    for lesson in chosen:
        refuse_studied(lesson)
    for lesson in chosen:
        print(f"{lesson.name:24}", end="", flush=True)
        started = time.perf_counter()
        try:
            size = build_lesson(lesson)
        finally:
            print(f" {time.perf_counter() - started:5.1f} s")
        if size > LARGE:
            print(
                f"warning: {lesson.solution} has {size / 1e6:.1f} MB; keep it under 1.5 MB.", file=sys.stderr
            )


def build_lesson(lesson: Lesson) -> int:
    """Execute the master and release it; the size of the executed notebook in bytes.

    Either all files of the lesson are new afterwards, or, when UserError is raised, none.
    """
    refuse_studied(lesson)
    notebook = run_solution(read_master(lesson.source, lesson.root), lesson)
    prove_release(lesson, notebook, release(deepcopy(notebook), course_config(lesson.root)))
    files = generate(lesson, notebook, gradebook=True)
    executed = notebook_bytes(notebook)
    write_atomically(lesson.solution, executed)
    for name, content in files.items():
        write_atomically(lesson.release.parent / name, content)
    return len(executed)


def stale_files(lesson: Lesson) -> list[Path]:
    """The generated files of a lesson that are missing or not what its master gives.

    A student notebook and the files beside it are compared byte for byte; a solution without its outputs,
    for these are what nbval compares.
    """
    master = read_master(lesson.source, lesson.root)
    expected = {
        lesson.release.parent / name: content
        for name, content in generate(lesson, master, gradebook=False).items()
    }
    stale = [path for path, content in expected.items() if not path.is_file() or path.read_bytes() != content]
    return stale if _cells_of(lesson.solution) == notebook_bytes(master) else [lesson.solution, *stale]


def orphans(root: Path) -> list[Path]:
    """Notebooks in `solutions/` and `course/` that no master gives."""
    given = {path for lesson in lessons(root) for path in (lesson.solution, lesson.release)}
    found = (path for part in ("solutions", "course") for path in sorted((root / part).glob("*/*.ipynb")))
    return [path for path in found if path not in given]


def refuse_studied(lesson: Lesson) -> None:
    """Raise UserError when building would overwrite what a learner wrote into `course/`."""
    if lesson.release.is_file() and is_studied(lesson.release):
        study = lesson.root / "study" / lesson.name
        raise UserError(
            f"{lesson.release} holds somebody's work, and building would overwrite it. "
            f"Move it into {study}, where building never writes, or delete it; then build again."
        )


def notebook_bytes(notebook: NotebookNode) -> bytes:
    """The notebook as it is written to disk."""
    return f"{nbformat.writes(notebook)}\n".encode()


def _cells_of(solution: Path) -> bytes:
    """An executed notebook as if it had never run; empty when it cannot be read."""
    try:
        notebook = nbformat.read(solution, as_version=4)
    except (OSError, ValueError, AttributeError, nbformat.ValidationError):
        return b""
    for cell in _code_cells(notebook.cells):
        cell.outputs, cell.execution_count = [], None
    return notebook_bytes(notebook)


def _code_cells(cells: Iterable[NotebookNode]) -> Iterator[NotebookNode]:
    return (cell for cell in cells if cell.cell_type == "code")
