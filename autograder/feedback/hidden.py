"""What a learner may not see: hidden tests, and what they let slip in outputs and error messages."""

import re

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade, is_solution
from traitlets.config import Config

from gradlab.checks.verdict import VERDICT_MIME


class HideTests(ClearHiddenTests):
    """Take the hidden tests out of what learners see: their text, and what was printed or raised while they ran.

    Of a cell with hidden tests the result stays, which is the feedback of its check, and of an error its name: a
    failed `assert_allclose` says what it expected, and a learner's function can print what it was called with.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Clear one cell."""
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
            has_hidden = self.begin_test_delimeter in cell.source
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
            if has_hidden:
                cell.outputs = [output for output in cell.outputs if _is_told(output)]
            for output in cell.outputs:
                if output.output_type == "error":
                    _shorten(output, has_hidden)
        return cell, resources


def _is_told(output: NotebookNode) -> bool:
    """Whether an output is a result, a verdict of a check, or says that something went wrong."""
    return output.output_type in ("execute_result", "error") or VERDICT_MIME in output.get("data", {})


def _shorten(error: NotebookNode, has_hidden: bool) -> None:
    """Take away the traceback, which quotes the tests; and the words, unless they are the grader's own sentence."""
    sentence = f"{error.ename}: {error.evalue}"
    if has_hidden and error.traceback != [sentence]:
        name = re.sub(r"\W.*", "", error.ename, flags=re.DOTALL)[:60] or "an error"
        sentence = error.evalue = f"A test of this cell did not pass: {name}."
    error.traceback = [sentence]


def hide_tests(notebook: NotebookNode, config: Config) -> NotebookNode:
    """The notebook, changed in place, without what learners may not see; `config` has the marks of hidden tests."""
    hidden: NotebookNode = HideTests(config=config)(notebook, {})[0]  # type: ignore[no-untyped-call]
    return hidden
