from io import BytesIO, StringIO

import numpy as np
import pytest
from benchmarks.figure import figure
from benchmarks.pairing import Spread, exponent, quickest, spread, take_turns, three_digits, times_as_fast
from benchmarks.report import in_markdown, in_terminal, page
from benchmarks.result import Result, Table, Target
from PIL import Image
from rich.console import Console

from gradlab.plots import PAPER


class Race:
    """A clock, and contenders that take a second or more of it."""

    def __init__(self):
        self.now, self.log, self.slow = 0.0, [], 1.0

    def clock(self):
        return self.now

    def contender(self, name, seconds):
        def run():
            self.log.append(name)
            self.now += seconds * self.slow

        return run

    def run(self, seconds, **options):
        contenders = {name: self.contender(name, length) for name, length in seconds.items()}
        return take_turns(contenders, clock=self.clock, **options)


def test_everyone_has_a_turn_in_every_round_and_nobody_is_always_first():
    race = Race()
    seconds = race.run({"a": 1.0, "b": 2.0, "c": 4.0}, rounds=3)
    assert seconds == {"a": [1.0] * 3, "b": [2.0] * 3, "c": [4.0] * 3}
    assert "".join(race.log[6:]) == "abcbcacab"


def test_the_first_call_of_everyone_is_not_timed():
    race, lengths = Race(), iter([100.0, 1.0, 1.0, 1.0])

    def compiles_first():
        race.now += next(lengths)

    assert take_turns({"a": compiles_first}, rounds=2, clock=race.clock) == {"a": [1.0, 1.0]}


def test_a_quick_contender_is_called_until_its_turn_has_lasted_long_enough():
    race = Race()
    seconds = race.run({"quick": 0.25, "slow": 3.0}, rounds=1, at_least=1.0)
    assert seconds == {"quick": [0.25], "slow": [3.0]}
    assert race.log[4:] == ["quick"] * 4 + ["slow"]


def test_what_comes_before_a_turn_is_not_timed():
    race, prepared = Race(), []

    def before(name):
        prepared.append(name)
        race.now += 50.0

    assert race.run({"a": 1.0, "b": 2.0}, rounds=1, before=before) == {"a": [1.0], "b": [2.0]}
    assert prepared == ["a", "b", "a", "b"]


def test_a_machine_that_slows_down_changes_the_times_but_not_the_ratio():
    race = Race()

    def ours():
        race.now += race.slow

    def theirs():
        race.now += 3 * race.slow
        race.slow *= 2

    seconds = take_turns({"ours": ours, "theirs": theirs}, rounds=1, clock=race.clock)
    assert times_as_fast(seconds, "ours", "theirs") == Spread(3, 3, 3)


def test_ratios_pair_the_times_of_one_round_and_not_the_medians():
    seconds = {"ours": [1.0, 10.0, 2.0], "theirs": [3.0, 40.0, 4.0]}
    assert times_as_fast(seconds, "ours", "theirs") == Spread(2.5, 3.0, 3.5)


def test_the_quickest_has_the_lowest_median_not_the_lowest_time():
    seconds = {"lucky once": [0.1, 5.0, 5.0], "steady": [2.0, 2.0, 2.0], "not asked": [1.0, 1.0, 1.0]}
    assert quickest(seconds, ["lucky once", "steady"]) == "steady"


def test_a_spread_is_the_median_between_its_quartiles():
    assert spread(range(101)) == Spread(25, 50, 75)
    assert str(Spread(0.98765, 1.0, 1234.5)) == "1 (0.988 to 1,230)"
    assert [three_digits(number) for number in (0.01234, 4.0, -0.0, 98765)] == ["0.0123", "4", "0", "98,800"]


@pytest.mark.parametrize("power", [0, 1, 1.5])
def test_the_exponent_is_the_power_of_the_growth(power):
    sizes = np.array([10.0, 100.0, 1000.0])
    assert exponent(sizes, 7 * sizes**power) == pytest.approx(power, abs=1e-12)


RESULT = Result(
    [
        Table(
            "Times", ["rule", "ns", "how"], [["adam", "1.5", "fast"], ["sgd", "–", "slow"]], "Small is good."
        )
    ],
    [Target("adam", ">= 2x", "2.5x", True), Target("sgd", ">= 2x", "1.5x", False)],
    {"adam": [1.5]},
)


def test_a_result_comes_back_from_another_process_as_it_was():
    text = RESULT.to_json()
    assert "\n" not in text
    assert Result.from_json(text) == RESULT


def test_a_table_is_written_with_its_numbers_to_the_right():
    assert in_markdown(RESULT.tables[0]) == (
        "## Times\n\n| rule | ns | how |\n| :-- | --: | :-- |\n| adam | 1.5 | fast |\n| sgd | – | slow |\n\nSmall is good."
    )


def test_a_table_is_shown_in_the_terminal_with_all_that_it_says():
    shown = StringIO()
    Console(width=80, file=shown).print(in_terminal(RESULT.tables[0]))
    words = [word for word in shown.getvalue().split() if word.strip("─")]
    assert " ".join(words) == "Times rule ns how adam 1.5 fast sgd – slow Small is good."


def test_the_page_says_which_targets_were_reached_and_which_not():
    text = page({"Machine": "a small one"}, [RESULT])
    assert text.startswith("<!-- Written by `make bench`, not by hand. -->\n")
    assert "- **Machine**: a small one" in text
    assert "| adam | >= 2x | 2.5x | yes |\n| sgd | >= 2x | 1.5x | no |" in text


def test_the_figure_is_a_small_picture_on_opaque_paper():
    step = {
        "adam": {"gradlab": 2.0, "torch fused": 1.0, "bandwidth bound": 0.7},
        "momentum": {"gradlab": 1.0},
    }
    png = figure({"one hidden layer": [[1e3, 3.9, 4.0, 4.1], [1e6, 0.8, 0.9, 1.0]]}, step)
    picture = Image.open(BytesIO(png))
    assert len(png) < 100_000
    assert picture.convert("RGBA").getpixel((0, 0)) == (*bytes.fromhex(PAPER[1:]), 255)
