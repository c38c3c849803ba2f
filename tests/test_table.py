"""What a person reads of a batch: points, what waits for a reader, and what could not be graded."""

import csv
import io

from rich.console import Console

from autograder.gradebook import Score
from autograder.outcome import Outcome, Status
from autograder.results import Result
from autograder.table import as_csv, show

COLUMNS = {"check_step": 5.0, "essay": 3.0}


def result(student: str, outcome: Outcome, step: float = 5, **essay: object) -> Result:
    read = {"points": 0.0, "max_points": 3.0, "to_read": True, **essay}
    return Result(
        student,
        outcome,
        {"check_step": Score("check_step", step, 5, to_read=False), "essay": Score("essay", **read)},
    )


ADA = result("ada", Outcome(Status.GRADED))
OMAR = result("omar", Outcome(Status.GRADED, mistakes=("Plain momentum", "Uphill, twice")), step=0.5)
DIEGO = result("diego", Outcome(Status.MISSING, "Nothing was found."))
EVE = result("=cmd()", Outcome(Status.PARTLY, '+1, "quoted"\nand on', notes=("@note",)))


def lines(*results: Result) -> list[list[str]]:
    return list(csv.reader(as_csv(results, COLUMNS).splitlines(keepends=True)))[1:]


def printed(width: int, *results: Result) -> str:
    paper = io.StringIO()
    show(Console(width=width, file=paper), list(results), COLUMNS)
    return paper.getvalue()


def test_an_answer_that_waits_for_a_reader_is_no_zero():
    assert lines(ADA) == [["ada", "5", "to read", "5", "graded", "", "", ""]]


def test_an_answer_that_was_read_counts():
    assert lines(result("ada", Outcome(Status.GRADED), points=2.5, to_read=False))[0][2:4] == ["2.5", "7.5"]


def test_a_late_submission_loses_its_penalty():
    late = Result("ada", Outcome(Status.GRADED), ADA.scores, penalty=2)
    assert lines(late)[0][3] == "3"


def test_a_missing_notebook_is_no_zero():
    assert lines(DIEGO) == [["diego", "", "", "", "missing", "", "Nothing was found.", ""]]
    assert "0" not in printed(150, DIEGO).split("diego")[1]


def test_the_csv_quotes_what_needs_it_and_holds_no_formula():
    (row,) = lines(EVE)
    assert row == ["'=cmd()", "5", "to read", "5", "partly graded", "", '\'+1, "quoted"\nand on', "'@note"]


def test_named_mistakes_stand_in_the_table_or_below_it_where_that_is_too_wide():
    assert "0.5 to read" in " ".join(printed(150, OMAR).split())
    for width in (90, 150):
        assert "Plain momentum, Uphill, twice" in printed(width, OMAR)


def test_brackets_in_a_name_are_no_markup():
    assert "[red]eve[/red]" in printed(150, result("[red]eve[/red]", Outcome(Status.GRADED)))
