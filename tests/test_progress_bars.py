import re

import pytest

from gradlab import progress
from gradlab.checks import LESSONS, exercises
from gradlab.records import record


def shown(lesson=None):
    return repr(progress(lesson)).splitlines()


def test_before_the_first_check_nothing_is_filled():
    first, *exercise_lines = shown("05-momentum")
    assert first == "05-momentum        ........................ 0 of 20"
    assert [line.split()[0] for line in exercise_lines] == [e.name for e in exercises("05-momentum")]


def test_a_warm_up_without_marks_is_done_or_to_do():
    assert shown("00-start-here")[0].endswith(" to do")
    record("rosenbrock", 1)
    assert shown("00-start-here")[0].endswith(" to do")
    record("rosenbrock", 2)
    assert shown("00-start-here")[0] == "00-start-here      ######################## done"


def test_points_fill_the_bar_of_their_lesson():
    record("momentum_step", 5)
    record("nesterov_step", 5)
    first, *exercise_lines = shown("05-momentum")
    assert first == "05-momentum        ############............ 10 of 20"
    assert any(re.fullmatch(r"  momentum_step +5 of 5", line) for line in exercise_lines)
    assert any(re.fullmatch(r"  effective_step +0 of 3", line) for line in exercise_lines)


def test_a_record_above_what_an_exercise_is_worth_counts_no_more_than_that():
    record("momentum_step", 500)
    assert shown("05-momentum")[0].endswith("5 of 20")


def test_without_a_name_every_lesson_is_shown():
    assert [line.split()[0] for line in shown() if not line.startswith(" ")] == list(LESSONS)


def test_html_shows_a_bar_with_a_description_for_every_lesson():
    record("effective_step", 3)
    html = progress()._repr_html_()
    assert html.count('role="img"') == len(LESSONS)
    assert 'aria-label="05-momentum: 3 of 20"' in html
    assert "width:15%" in html


def test_an_unknown_lesson_is_answered_with_the_known_ones():
    with pytest.raises(ValueError, match=r"There is no lesson called '5'\. The lessons are: 00-start-here"):
        progress("5")
