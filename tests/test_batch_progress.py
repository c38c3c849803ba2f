"""What is seen of a batch while it runs, and where its time went."""

import io

import pytest
from rich.console import Console

from autograder import timing
from autograder.outcome import Outcome, Status
from autograder.progress import WINDOW, Pace, as_dict, shown
from autograder.results import Result


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def result(number: int = 0, status: Status = Status.GRADED, **more: object) -> Result:
    return Result(f"student {number}", Outcome(status), **more)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def run(pace: Pace, clock: Clock, number: int, each: float, **more: object) -> None:
    for _ in range(number):
        clock.now += each
        pace.count(result(**more))


def test_the_rate_and_the_time_that_is_left_are_those_of_what_was_graded(clock):
    pace = Pace(100, clock)
    run(pace, clock, 10, 0.5)
    assert pace.rate == pytest.approx(2)
    assert pace.words() == "2.0 a second, 0:45 left"


def test_slow_lessons_are_told_by_the_minute(clock):
    pace = Pace(12, clock)
    run(pace, clock, 2, 15)
    assert pace.words() == "4 a minute, 2:30 left"


def test_what_has_not_changed_is_done_at_once_and_makes_nothing_look_fast(clock):
    pace = Pace(110, clock)
    run(pace, clock, 90, 0, fresh=False)
    assert pace.words() == ""
    run(pace, clock, 10, 1)
    assert pace.rate == pytest.approx(1)
    assert pace.words() == "1.0 a second, 0:10 left"


def test_the_rate_follows_a_change_and_goes_down_while_nothing_comes(clock):
    pace = Pace(1000, clock)
    run(pace, clock, 100, 0.1)
    run(pace, clock, int(WINDOW), 2)
    assert pace.rate == pytest.approx(0.5, rel=0.1)
    clock.now += 60
    assert pace.rate < 0.25


def test_statuses_are_counted_the_most_frequent_first(clock):
    pace = Pace(10, clock)
    run(pace, clock, 1, 1, status=Status.TIMED_OUT)
    run(pace, clock, 3, 1)
    assert pace.counts() == "3 graded, 1 timed out"


def seen(terminal: bool, results: list[Result]) -> str:
    paper = io.StringIO()
    console = Console(file=paper, force_terminal=terminal, width=100)
    assert list(shown(results, len(results), console)) == results
    return paper.getvalue()


def test_a_pipe_gets_a_plain_line_for_each():
    lines = seen(False, [result(1), result(2, Status.CRASHED)]).splitlines()
    assert lines == ["[1/2] student 1: graded", "[2/2] student 2: crashed"]


def test_a_terminal_gets_a_bar_with_the_counts_below_it():
    words = seen(True, [result(1), result(2, Status.CRASHED)])
    assert "2/2" in words
    assert "1 graded, 1 crashed" in words
    assert "student" not in words


def test_a_name_is_no_markup():
    assert seen(False, [Result("[red]", Outcome(Status.GRADED))]) == "[1/1] [red]: graded\n"


def test_a_line_for_machines_holds_what_the_log_holds():
    line = as_dict(result(1, seconds={"answers": 0.123456}, fresh=False))
    assert (line["status"], line["graded_now"], line["seconds"]) == ("graded", False, {"answers": 0.1235})


def test_the_time_of_a_batch_is_the_sum_of_its_steps_and_counts_nothing_twice():
    measured = {
        "reading": 0.5,
        "restoring": 0.25,
        "answers": 3.0,
        "judging": 1.0,
        "recording": 0.5,
        "all": 9.0,
    }
    results = [result(1, seconds=measured), result(2, seconds=measured)]
    results.append(result(3, seconds=measured, fresh=False))
    assert timing.totals(results) == {"reading": 1.5, "answers": 4.0, "judging": 2.0, "recording": 1.0}


def test_the_table_says_how_long_a_step_took_for_each_and_which_part_of_all_it_was():
    paper = io.StringIO()
    Console(file=paper, width=80).print(timing.table({"answers": 3.0, "recording": 1.0}, 2))
    rows = [line.split() for line in paper.getvalue().splitlines()]
    assert ["answers", "3.0", "1500", "75", "%"] in rows
    assert ["recording", "1.0", "500", "25", "%"] in rows


def test_a_batch_in_which_nothing_was_graded_took_no_time():
    assert timing.totals([result(1, seconds={"answers": 1.0}, fresh=False)]) == {}
