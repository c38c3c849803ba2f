"""What a verdict looks like: to nbgrader, to the grade book, and in a notebook."""

import re
from html.parser import HTMLParser

import pytest
from IPython.core.formatters import DisplayFormatter
from nbgrader.utils import get_partial_grade

from autograder.answers.cells import cell
from gradlab import check
from gradlab.checks import find_exercise
from gradlab.checks.verdict import VERDICT_MIME

RIGHT = """
    def momentum_step(w, grad, v, lr, rho=0.9):
        v = rho * v + grad
        return w - lr * v, v
"""
RIGHT_LIMIT = "def momentum_limit(L, rho): return 2 * (1 + rho) / L"
WRONG_LIMIT = "def momentum_limit(L, rho): return 3 * (1 + rho) / L"
NAMED_LIMIT = "def momentum_limit(L, rho): return 2 * (1 - rho) / L"


def limit(body):
    """`check(momentum_limit)` for a body of one or more lines."""
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    return check(cell(f"def momentum_limit(L, rho):\n{lines}"))


def told(verdict):
    """What is shown, without the marks of HTML."""
    return re.sub(r"<[^>]+>", "", verdict._repr_html_().replace("<br>", "\n"))


# --- For machines ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("source", "points"), [(RIGHT_LIMIT, 3), (NAMED_LIMIT, 1), (WRONG_LIMIT, 0)])
def test_nbgrader_reads_the_points_from_the_plain_text(source, points):
    shown, _ = DisplayFormatter().format(check(cell(source)))
    assert get_partial_grade({"data": shown}, 3) == points


def test_the_payload_holds_what_a_grade_book_needs():
    shown, _ = DisplayFormatter().format(check(cell(NAMED_LIMIT)))
    assert shown[VERDICT_MIME] == {
        "exercise": "momentum_limit",
        "points": 1,
        "max_points": 3,
        "outcome": "wrong",
        "aspects": [
            {"name": "no momentum: 2 / L", "points": 1, "max_points": 1},
            {"name": "numbers", "points": 0, "max_points": 1},
            {"name": "arrays", "points": 0, "max_points": 1},
        ],
        "mistakes": ["1 - rho instead of 1 + rho"],
    }
    assert set(shown) == {"text/plain", "text/html", VERDICT_MIME}


# --- HTML -----------------------------------------------------------------------------------------------------


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.open, self.seen, self.attributes = [], set(), set()
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


INJECTIONS = {
    "in the text of an error": "raise ValueError('<script>alert(1)</script>')",
    "in the line that fails": "raise ValueError  # <img src=x onerror=alert(1)>",
    "in the name of a type": "return type('<script>x</script>', (), {})()",
    "between backquotes": "raise ValueError('`<b>`</code><script>`')",
    "over several lines": "raise ValueError('one\\n<i>two</i>')",
}


@pytest.mark.parametrize("body", INJECTIONS.values(), ids=INJECTIONS)
def test_what_the_learners_code_says_is_text_and_never_markup(body):
    html = limit(body)._repr_html_()
    tags = Tags(html)
    assert tags.seen <= {"div", "span", "b", "code", "br", "pre"}
    assert tags.attributes <= {"style", "class"}
    assert "&lt;" in html


@pytest.mark.parametrize("source", [RIGHT, RIGHT_LIMIT, NAMED_LIMIT, WRONG_LIMIT])
def test_the_html_is_well_formed_and_says_what_the_text_says(source):
    verdict = check(cell(source))
    tags = Tags(verdict._repr_html_())
    assert not tags.open
    html = told(verdict)
    assert f"{verdict.exercise}: {verdict.points:g} of {verdict.max_points:g} points" in html
    for aspect in verdict.aspects:
        assert f"{'✓' if aspect.points else '✗'} {aspect.name}" in html
    for mistake in verdict.mistakes:
        assert mistake in html


def test_code_in_an_explanation_is_set_as_code():
    verdict = check(
        cell("def momentum_step(w, grad, v, lr, rho=0.9): v *= rho; v += grad; w -= lr * v; return w, v")
    )
    assert "<code>*=</code>" in verdict._repr_html_()


def test_no_hint_gives_the_formula_away():
    for name in ("effective_step", "momentum_limit"):
        formula = {"effective_step": "lr / (1 - rho)", "momentum_limit": "2 * (1 + rho) / L"}[name]
        assert all(formula not in m.hint + m.why for m in find_exercise(name).mistakes)
