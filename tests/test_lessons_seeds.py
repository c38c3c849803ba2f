"""The seeds of the course: each is in the table at the end of the tour, and in the lesson to which the table leads."""

import re
from typing import NamedTuple

import pytest

from autograder.course import find_lesson
from autograder.proofread import read_page
from autograder.proofread.page import TOUR, headings, numbered


class Seed(NamedTuple):
    """What must be taught, and where.

    Attributes:
        said: how the table of the tour calls it.
        lesson: the number of the lesson.
        words: what that lesson says of it, as regular expressions.
    """

    said: str
    lesson: str
    words: tuple[str, ...]


SEEDS = (
    Seed("why networks need optimization", "01", ("what optimization means here, and why it is needed",)),
    Seed("the loss", "01", ("mean squared error", "its \\*loss\\*")),
    Seed("iterative", "01", ("\\*iterative\\*", "take a step, and do it again")),
    Seed("gradient descent", "01", ("## 5. Walk", "`gradient_descent`")),
    Seed("stochastic", "01", ("stochastic gradient descent",)),
    Seed("mini-batches", "01", ("mini-batch", "`minibatches`")),
    Seed("batch sizes 32, 64 and 128", "01", ("128, 64 and 32", "Batches of 32, 64 or 128")),
    Seed(
        "a learning rate that is too small, or too large",
        "01",
        ("Too small wastes", "too large ruins", "2/L"),
    ),
    Seed("convex", "02", ("is called \\*\\*convex\\*\\* if",)),
    Seed("non-convex", "02", ("\\*non-convex\\*", "Why a network cannot be convex")),
    Seed("local optima", "03", ("global minimum", "\\*\\*local\\*\\*")),
    Seed("saddle points", "03", ("a \\*\\*saddle\\*\\*", "more saddles")),
    Seed("flat regions", "03", ("## 6. Flat land", "plateau")),
    Seed("why a good local minimum is enough", "03", ("a local minimum of low loss is good enough",)),
    Seed("initialization, the starting point", "04", ("Every descent has a starting point",)),
    Seed("small normal weights", "04", ("Normal weights that keep the size", "Std 0.01")),
    Seed("$1/\\sqrt{n}$", "04", (r"\\sigma = \\frac\{1\}\{\\sqrt\{n\}\}",)),
    Seed("neurons that differ", "04", ("Different neurons", "Equal weights never part")),
    Seed("Xavier's weights for sigmoid and tanh", "04", ("Xavier Glorot", "sigmoid", "Xavier for tanh")),
    Seed("He's for ReLU", "04", ("Kaiming He", "ReLU halves the mean square")),
    Seed("a history of gradients", "05", ("Give it a history",)),
    Seed("faster where they agree", "05", ("Agreement adds up",)),
    Seed("steadier where they fluctuate", "05", ("fluctuate", "Quarrel cancels")),
    Seed("ravines", "05", ("Below lies a ravine",)),
    Seed("saddle points", "05", ("past saddles", "A \\*saddle\\* is flat in the middle")),
    Seed("a step size for each weight", "06", ("A rate for every weight",)),
    Seed("AdaGrad", "06", ("This is \\*\\*AdaGrad\\*\\*",)),
    Seed("how its rate dies", "06", ("The rate that dies",)),
    Seed("RMSProp", "07", ("## 3. RMSProp", "An average that forgets")),
    Seed("Adam", "08", ("you have \\*\\*Adam\\*\\*",)),
    Seed("bias correction", "08", ("`bias_correction`", "\\*bias correction\\*")),
    Seed("default hyper-parameters", "08", ("hyper-parameter", "0.9 and 0.999", "0.0005 and 0.0001")),
    Seed("step decay", "09", ("A staircase", "`step_decay`")),
    Seed("exponential decay", "09", ("`exponential_decay`",)),
    Seed("reducing the rate on a plateau", "09", ("`reduce_on_plateau`",)),
    Seed("L2", "10", ("`l2_penalty`",)),
    Seed("L1", "10", ("`l1_penalty`", "`soft_threshold`")),
    Seed("dropout", "10", ("This is \\*\\*dropout\\*\\*", "`dropout_forward`")),
    Seed("batch normalization", "11", ("This is \\*\\*batch normalization\\*\\*",)),
    Seed("how the loss surface changes with the data", "12", ("another landscape",)),
    Seed("representative training and test sets", "12", ("representative",)),
)


@pytest.fixture(scope="module")
def table() -> list[str]:
    """The rows of the table in the last section of the tour."""
    prose = [cell for _, cell in numbered(read_page(find_lesson(TOUR)).solution, "markdown")]
    assert headings(prose[-1])[-1] == (2, "7. What is where")
    return [line for line in prose[-1].source.partition("## 7.")[2].split("\n") if line.startswith("| ")][1:]


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: f"{seed.lesson} {seed.said}")
def test_a_seed_is_in_the_table_and_in_its_lesson(seed: Seed, table: list[str]):
    lesson = find_lesson(seed.lesson)
    link = f"[{seed.lesson}](../{lesson.name}/{lesson.solution.name}) |"
    rows = [row for row in table if row.endswith(link)]
    assert any(re.search(rf"(?<![\w-]){re.escape(seed.said)}(?![\w-])", row) for row in rows)
    text = " ".join(" ".join(cell.source for cell in read_page(lesson).solution.cells).split())
    assert [words for words in seed.words if not re.search(words, text)] == []


def test_every_row_of_the_table_holds_a_seed(table: list[str]):
    for row in table:
        assert any(seed.said in row and f"[{seed.lesson}](" in row for seed in SEEDS)
