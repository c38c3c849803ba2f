"""Where the parts of a course lie, and which lessons it has."""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from autograder.errors import UserError

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "autograder" / "work"
SUBMITTED = WORK / "submitted"


@dataclass(frozen=True)
class Lesson:
    """A lesson is one notebook and one nbgrader assignment, e.g. `05-momentum` with `momentum.ipynb`.

    `root` is the folder that holds `solutions/` and `course/`: this repository, unless a test says otherwise.
    """

    name: str
    root: Path = ROOT

    @property
    def topic(self) -> str:
        """The name without its number, which is also the name of the notebook."""
        return self.name.split("-", 1)[1]

    @property
    def source(self) -> Path:
        """The hand-edited master, py:percent text."""
        return self.root / "solutions" / self.name / f"{self.topic}.py"

    @property
    def solution(self) -> Path:
        """The executed notebook with the answers in it."""
        return self.source.with_suffix(".ipynb")

    @property
    def release(self) -> Path:
        """The notebook that learners open."""
        return self.root / "course" / self.name / f"{self.topic}.ipynb"


def lessons(root: Path = ROOT) -> list[Lesson]:
    """All lessons that have a master, in order."""
    folders = sorted((root / "solutions").glob("[0-9][0-9]-*"))
    return [lesson for folder in folders if (lesson := Lesson(folder.name, root)).source.is_file()]


def find_lesson(name: str, root: Path = ROOT) -> Lesson:
    """The lesson called `name`; its number or its topic alone will do.

    >>> find_lesson("momentum").name
    '05-momentum'
    """
    known = {lesson.name: lesson for lesson in lessons(root)}
    for lesson in known.values():
        if name in (lesson.name, lesson.topic, lesson.name.split("-")[0]):
            return lesson
    close = get_close_matches(name, known, n=1, cutoff=0.4)
    hint = f"Did you mean {close[0]}?" if close else f"Known lessons: {', '.join(known) or 'none'}."
    raise UserError(f"There is no lesson called {name!r} in {root / 'solutions'}. {hint}")
