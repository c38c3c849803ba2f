"""Say what the lessons still lack: in their shape, their links, their figures, their names and their stated times.

`build` refuses what would release an answer or cannot be graded; a lesson that is half written can be built and looked
at all the same. What every finished lesson has to have is written down here, and the tests hold every lesson to it.
"""

import argparse

from autograder.course import find_lesson, lessons
from autograder.errors import UserError
from autograder.proofread.exercises import (
    checks_every_exercise,
    has_a_written_question,
    has_enough_exercises,
    uses_every_exercise,
)
from autograder.proofread.links import leads_somewhere, leads_to_its_neighbours
from autograder.proofread.names import keeps_no_hidden_state
from autograder.proofread.outputs import is_small, runs_in_order, says_what_figures_show
from autograder.proofread.page import Page, Rule, read_page
from autograder.proofread.reading_time import minutes, states_its_time
from autograder.proofread.structure import (
    asks_for_a_prediction,
    ends_well,
    means_its_stars,
    nests_its_headings,
    opens_well,
    refers_to_what_there_is,
    tells_conventions,
)

__all__ = ["RULES", "Page", "Rule", "minutes", "read_page"]

RULES: tuple[Rule, ...] = (
    opens_well,
    states_its_time,
    nests_its_headings,
    asks_for_a_prediction,
    tells_conventions,
    has_enough_exercises,
    checks_every_exercise,
    uses_every_exercise,
    has_a_written_question,
    ends_well,
    means_its_stars,
    refers_to_what_there_is,
    leads_somewhere,
    leads_to_its_neighbours,
    runs_in_order,
    says_what_figures_show,
    is_small,
    keeps_no_hidden_state,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `[LESSON ...]`."""
    parser.add_argument(
        "lessons", nargs="*", metavar="LESSON", help="name, number or topic of a lesson; all by default"
    )


def run(args: argparse.Namespace) -> None:
    """Say what each lesson lacks."""
    chosen = [find_lesson(name) for name in args.lessons] or lessons()
    lacking = 0
    for lesson in chosen:
        for path in (lesson.solution, lesson.release):
            if not path.is_file():
                raise UserError(
                    f"{path.relative_to(lesson.root)} is missing. Run `make build LESSON={lesson.name}` first."
                )
        page = read_page(lesson)
        complaints = [complaint for rule in RULES for complaint in rule(page)]
        print(f"{lesson.name:26} about {minutes(page.released)} minutes")
        print("".join(f"  {complaint}\n" for complaint in complaints), end="")
        lacking += bool(complaints)
    if lacking:
        raise UserError(
            f"{lacking} of {len(chosen)} lessons are not finished. Mend the masters, then build them again."
        )
