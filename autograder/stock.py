"""The step of `nbgrader autograde` and of the Formgrader in which a notebook is run: the same sandbox, the same judge."""

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors.base import NbGraderPreprocessor

from autograder.course import find_lesson
from autograder.execution import Order, run_notebook
from autograder.outcome import Status, outcome_of
from autograder.released import released_notebook, shown_sources
from autograder.restore import add_notes
from autograder.sandbox.limits import Limits
from autograder.sandbox.opening import open_sandboxes
from autograder.seed import course_secret, student_seed


class Execute(NbGraderPreprocessor):
    """In place of nbgrader's Execute: nothing is run in a kernel, and no hidden test enters the student's process."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Run one restored notebook, and write what the judge says into its graded cells."""
        names = resources["nbgrader"]
        released = released_notebook(find_lesson(names["assignment"]))
        seed = student_seed(course_secret(), names["assignment"], names["student"])
        sandboxes = open_sandboxes(Limits(config=self.config))
        try:
            order = Order(nb, shown_sources(released), seed)
            outcome = outcome_of(run_notebook(order, sandboxes.zygotes, sandboxes.limits), [])
        finally:
            sandboxes.close()
        said = [] if outcome.status is Status.GRADED else [f"Status: {outcome.status}. {outcome.detail}"]
        if said or outcome.notes:
            add_notes(nb, [*said, *outcome.notes])
        return nb, resources
