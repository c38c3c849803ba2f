"""`python -m autograder sample LESSON`: hand in the sample class, a few small submissions of every kind.

Each student is one file of answers in `sample_class/<lesson>/`, poured into the notebook as it is released
now. A line `# Damage: cut_off` in it says what happened to the file on its way to us.
"""

import argparse
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from autograder.course import SUBMITTED, Lesson, find_lesson
from autograder.errors import UserError

SAMPLE_CLASS = Path(__file__).resolve().parent / "sample_class"


@dataclass(frozen=True)
class HandedIn:
    """A file as it arrives."""

    name: str
    content: bytes


# --- What can happen to a notebook while it is edited -------------------------------------------------------


def delete_tests(notebook: NotebookNode) -> None:
    """Somebody tidies up and deletes every test cell."""
    notebook.cells = [cell for cell in notebook.cells if not is_grade(cell) or is_solution(cell)]


def edit_tests(notebook: NotebookNode) -> None:
    """Somebody turns the tests into comments, and raises what they are worth."""
    for cell in notebook.cells:
        if is_grade(cell) and not is_solution(cell):
            cell.source = f"# {cell.source}"
            cell.metadata.nbgrader.points = 100


def paste_answers_below(notebook: NotebookNode) -> None:
    """Somebody copies each answer cell, breaks the upper copy and goes on working in the lower one."""
    for cell in [cell for cell in notebook.cells if is_solution(cell) and cell.cell_type == "code"]:
        draft = deepcopy(cell)
        draft.id = f"{cell.id}-draft"
        draft.source = cell.source.replace("return", "return 0 *", 1)
        notebook.cells.insert(notebook.cells.index(cell), draft)


def forget_a_colon(notebook: NotebookNode) -> None:
    """Somebody leaves out the colon behind the first `def`."""
    first = next(cell for cell in notebook.cells if is_solution(cell) and cell.cell_type == "code")
    first.source = re.sub(r":$", "", first.source, count=1, flags=re.MULTILINE)


def retype_answers(notebook: NotebookNode) -> None:
    """Somebody deletes the answer cells and writes the answers into new ones."""
    for cell in notebook.cells:
        if is_solution(cell) and cell.cell_type == "code":
            cell.metadata = NotebookNode()


# --- What can happen to a file ------------------------------------------------------------------------------


def cut_off(file: HandedIn) -> HandedIn:
    """The disk was full: the second half is missing."""
    return HandedIn(file.name, file.content[: len(file.content) // 2])


def empty(file: HandedIn) -> HandedIn:
    """The upload failed: nothing arrived."""
    return HandedIn(file.name, b"")


def rename(file: HandedIn) -> HandedIn:
    """The browser saved a second download under another name."""
    return HandedIn(file.name.replace(".ipynb", " (1).ipynb"), file.content)


def save_on_windows(file: HandedIn) -> HandedIn:
    """An old editor saved it: a byte order mark, Windows line ends, no newline at the end."""
    return HandedIn(file.name, b"\xef\xbb\xbf" + file.content.strip().replace(b"\n", b"\r\n"))


def print_to_pdf(file: HandedIn) -> HandedIn:
    """A printed page under the name of the notebook."""
    return HandedIn(file.name, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)))


EDITS: dict[str, Callable[[NotebookNode], None]] = {
    edit.__name__: edit
    for edit in (delete_tests, edit_tests, paste_answers_below, forget_a_colon, retype_answers)
}
ACCIDENTS: dict[str, Callable[[HandedIn], HandedIn]] = {
    accident.__name__: accident for accident in (cut_off, empty, rename, save_on_windows, print_to_pdf)
}


# --- Handing in ---------------------------------------------------------------------------------------------


def sample_students(lesson: Lesson) -> list[Path]:
    """The files of answers for a lesson; raises UserError when it has none."""
    students = sorted((SAMPLE_CLASS / lesson.name).glob("*.py"))
    if not students:
        known = ", ".join(sorted(folder.name for folder in SAMPLE_CLASS.iterdir() if folder.is_dir()))
        raise UserError(f"There is no sample class for {lesson.name}. There is one for: {known}.")
    return students


def hand_in(answers: str, release: NotebookNode, name: str) -> HandedIn:
    """The released notebook with a student's answers in it, and with what happened to it afterwards."""
    notebook = deepcopy(release)
    for exercise, answer in answers_in(answers).items():
        cell = next(
            cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == exercise
        )
        cell.source = answer if cell.cell_type == "code" else _without_comment_signs(answer)
    damages = re.findall(r"^# Damage: (\w+)$", answers, re.MULTILINE)
    for damage in damages:
        if damage in EDITS:
            EDITS[damage](notebook)
    file = HandedIn(name, f"{nbformat.writes(notebook)}\n".encode())
    for damage in damages:
        if damage in ACCIDENTS:
            file = ACCIDENTS[damage](file)
    return file


def answers_in(text: str) -> dict[str, str]:
    r"""The cells of a file of answers, by exercise.

    >>> answers_in("# Damage: empty\n\n# %% a\nx = 1\n\n# %% b\ny = 2\n")
    {'a': 'x = 1', 'b': 'y = 2'}
    """
    _, *pieces = re.split(r"^# %% (\w+)\n", text, flags=re.MULTILINE)
    return {name: source.strip("\n") for name, source in zip(pieces[::2], pieces[1::2], strict=True)}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which lesson."""
    parser.add_argument("lesson", help="a lesson, e.g. 05-momentum, or its number or topic alone")
    parser.add_argument(
        "--force", action="store_true", help="overwrite submissions that are not from the sample"
    )


def run(args: argparse.Namespace) -> None:
    """Write the sample submissions, or nothing at all where one would overwrite somebody's work."""
    lesson = find_lesson(args.lesson)
    students = sample_students(lesson)
    if not lesson.release.is_file():
        raise UserError(f"{lesson.release} is missing. Run `python -m autograder build {lesson.name}` first.")
    foreign = [file.stem for file in students if not _is_ours(file.stem, lesson)]
    if foreign and not args.force:
        raise UserError(
            f"{SUBMITTED} holds submissions to {lesson.name} that are not from the sample: "
            f"{', '.join(foreign)}. Nothing was written. Move them away, or overwrite them with --force."
        )
    release = nbformat.read(lesson.release, as_version=4)
    for file in students:
        handed_in = hand_in(file.read_text(encoding="utf-8"), release, lesson.release.name)
        _deliver(handed_in, file.stem, lesson)
    print(f"Handed in {len(students)} sample submissions to {lesson.name} in {SUBMITTED}")


def _deliver(file: HandedIn, student: str, lesson: Lesson) -> None:
    folder = SUBMITTED / student / lesson.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / file.name).write_bytes(file.content)
    _receipt(student, lesson).write_text(json.dumps(_fingerprints(folder)), encoding="utf-8")


def _is_ours(student: str, lesson: Lesson) -> bool:
    """Whether a folder is free, or holds exactly what an earlier sample wrote there."""
    found, receipt = _fingerprints(SUBMITTED / student / lesson.name), _receipt(student, lesson)
    return not found or (receipt.is_file() and json.loads(receipt.read_text(encoding="utf-8")) == found)


def _receipt(student: str, lesson: Lesson) -> Path:
    return SUBMITTED / student / f".sample-{lesson.name}.json"


def _fingerprints(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def _without_comment_signs(text: str) -> str:
    return "\n".join(line.removeprefix("#").removeprefix(" ") for line in text.splitlines())
