"""The feedback page: what it tells, what it keeps to itself, and that nothing in it runs."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import html5lib
import pytest
from hostile_markup import AWAY, RUN
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveAutoGrades, SaveCells
from reading_back import MATH, TAGS, faults_of
from shown_notebooks import graded_notebook, hostile_notebook, marked
from traitlets.config import Config

from autograder import gradebook
from autograder.course import Lesson
from autograder.feedback import FeedbackExporter, page, plain_page
from autograder.feedback.grades import Grades, read_grades
from autograder.feedback.page import page_html
from autograder.harmless import clean_notebook
from autograder.outcome import Outcome, Status
from autograder.released import course_config
from autograder.restore import add_notes

FRAME = {"html", "head", "meta", "title", "style", "body", "main", "header", "section", "aside", "b"}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook in which the notebook has been graded; tests copy it."""
    path = tmp_path_factory.mktemp("filled") / "gradebook.db"
    config = course_config()
    config.CourseDirectory.db_url = f"sqlite:///{path}"
    lesson, names = Lesson("05-momentum"), gradebook.resources_for(Lesson("05-momentum"), "ada", config)
    with gradebook.open_gradebook(config) as opened:
        opened.update_or_create_assignment("05-momentum")
        SaveCells(config=config)(graded_notebook(), names)
        gradebook.enter_submission(opened, lesson, "ada", None)
        SaveAutoGrades(config=config)(graded_notebook(), names)
    return path


@pytest.fixture
def config(filled: Path, tmp_path: Path) -> Config:
    shutil.copy(filled, tmp_path)
    found = course_config()
    found.CourseDirectory.db_url = f"sqlite:///{tmp_path / filled.name}"
    return found


@pytest.fixture
def resources(config: Config) -> dict[str, Any]:
    return gradebook.resources_for(Lesson("05-momentum"), "ada", config)


@pytest.fixture
def book(config: Config) -> Iterator[Gradebook]:
    with Gradebook(config.CourseDirectory.db_url) as opened:
        yield opened


def words_of(html: str) -> str:
    """What a reader sees."""
    body = html5lib.parse(html, namespaceHTMLElements=False).find("body")
    return " ".join(" ".join(body.itertext()).split())


# --- What it tells --------------------------------------------------------------------------------------------


def test_it_tells_points_mistakes_and_comments(book, config, resources):
    comment = book.find_comment("written_limit", "momentum", "05-momentum", "ada")
    comment.manual_comment = "Well *put*: $a^2$."
    book.find_submission_notebook("momentum", "05-momentum", "ada").late_submission_penalty = 0.5
    book.db.commit()
    html = page(graded_notebook(), resources, config)
    words = words_of(html)
    assert words.startswith("ada 05 · Momentum 0.5 of 6 points , 3 still to be read")
    assert "momentum_limit 1 of 3 1 - rho instead of 1 + rho" in words
    assert "written_limit to be read" in words
    assert "Handed in late −0.5" in words
    assert "Comment Well put : a 2 ." in words
    assert "<em>put</em>" in html
    assert html.count("<math") == 3


def test_an_exercise_stands_open_with_its_question_and_the_lesson_is_folded(config, resources):
    tree = html5lib.parse(page(graded_notebook(), resources, config), namespaceHTMLElements=False)
    exercise = next(section for section in tree.iter("section") if section.get("class") == "exercise")
    words = " ".join("".join(exercise.itertext()).split())
    assert words.startswith(
        "momentum_limit1 of 3 Exercise 1 Write momentum_limit. def momentum_limit(L, rho)"
    )
    folded = [detail for detail in tree.iter("details") if detail.get("class") == "between"]
    assert [detail.get("open") for detail in folded] == [None, ""]
    assert "with an error" in "".join(folded[1].itertext())


def test_links_on_top_lead_to_the_exercises(config, resources):
    html = page(graded_notebook(), resources, config)
    targets = re.findall(r'<a href="#([^"]+)"', html)
    assert {"check_momentum_limit", "written_limit", "top"} <= set(targets)
    assert all(html.count(f'id="{target}"') == 1 for target in targets)


def test_of_two_verdicts_with_the_same_points_the_one_that_says_more_is_shown(config, resources):
    html = page(graded_notebook(), resources, config)
    assert html.count("gradlab-verdict") == 1
    assert "Try it yourself" in html


def test_notes_of_the_grader_come_first_and_quote_safely(config, resources):
    notebook = graded_notebook()
    add_notes(
        notebook,
        [f"An answer could not be run: x (ValueError: <img src=x onerror={RUN}>) [x](javascript:{RUN})."],
    )
    html = page(notebook, resources, config)
    assert "<img" not in html
    assert f"(ValueError: <img src=x onerror={RUN}>) [x](javascript:{RUN})." in words_of(html)
    assert html.index("Notes from the grader") < html.index('class="exercise"')


def test_it_is_made_for_light_and_dark(config, resources):
    html = page(graded_notebook(), resources, config)
    assert "prefers-color-scheme: dark" in html
    assert '<meta name="color-scheme" content="light dark">' in html


def test_someone_the_gradebook_does_not_know_gets_a_page_without_points(book, config, resources):
    resources["nbgrader"]["student"] = "nobody"
    assert read_grades(book, "05-momentum", "momentum", "nobody") == Grades()
    assert words_of(page(graded_notebook(), resources, config)).startswith(
        "nobody 05 · Momentum There are no points in this lesson."
    )


@pytest.mark.parametrize("status", [Status.MISSING, Status.UNREADABLE, Status.GRADER_ERROR])
def test_where_nothing_was_graded_the_page_says_why(status):
    html = plain_page(
        Lesson("05-momentum"),
        f"<img src=x onerror={RUN}>",
        Outcome(status, f"The file <script>{RUN}</script> is cut off."),
    )
    assert f"The file <script>{RUN}</script> is cut off." in words_of(html)
    assert page_faults(html) == []


# --- What it keeps to itself ----------------------------------------------------------------------------------


def test_hidden_tests_are_not_in_it(config, resources):
    html = page(graded_notebook(), resources, config)
    assert "hidden=True" not in html
    assert "HIDDEN" not in html


def test_what_hidden_tests_let_slip_is_not_in_it(config, resources):
    notebook = graded_notebook()
    test = notebook.cells[4]
    test.outputs = [
        new_output("stream", text="called with 0.7311\n"),
        new_output("display_data", data={"text/plain": "called with 0.7311"}),
        new_output(
            "error",
            ename="AssertionError",
            evalue="\nArrays are not equal\n x: array(0.7311)",
            traceback=["----> 2 check(momentum_limit, hidden=True)", "AssertionError: x: array(0.7311)"],
        ),
    ]
    html = page(notebook, resources, config)
    assert "0.7311" not in html
    assert "hidden=True" not in html
    assert "A test of this cell did not pass: AssertionError." in words_of(html)


def test_what_the_grader_says_of_a_graded_cell_stays(config, resources):
    notebook = graded_notebook()
    sentence = "NameError: momentum_limit is not defined."
    notebook.cells[4].outputs = [
        new_output("error", ename="NameError", evalue="momentum_limit is not defined.", traceback=[sentence])
    ]
    assert sentence in words_of(page(notebook, resources, config))


def test_a_test_that_everybody_can_read_keeps_its_message_but_not_the_paths(config, resources):
    notebook = graded_notebook()
    test = notebook.cells[4]
    test.source = "assert momentum_limit(1, 0) == 2"
    test.outputs = [
        new_output("stream", text="hello"),
        new_output(
            "error",
            ename="AssertionError",
            evalue="not 2",
            traceback=["File /home/x/y.py:3", "AssertionError"],
        ),
    ]
    words = words_of(page(notebook, resources, config))
    assert "AssertionError: not 2" in words
    assert "hello" in words
    assert "/home/x" not in words


# --- That nothing in it runs ----------------------------------------------------------------------------------


def page_faults(html: str) -> list[str]:
    """What is wrong with a whole page, apart from the few attributes that its own frame has."""
    assert "<!--" not in html
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    found = [fault for element in tree.iter() for fault in faults_of(element, TAGS | MATH | FRAME)]
    ours = re.compile(
        r"<img src='data:image/svg\+xml;base64,.*|<(h2|header) id>|<meta (charset|http-equiv|name|content)>|<(\w+) class='[a-z -]*'>|<div aria-hidden>"
    )
    return [fault for fault in found if not ours.fullmatch(fault)]


def test_a_page_of_attacks_holds_none(config, resources):
    notebook = hostile_notebook()
    notebook.cells += graded_notebook().cells
    html = page(notebook, resources, config)
    assert page_faults(html) == []
    assert "<script" not in html
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    assert len(list(tree.iter("style"))) == 1
    assert [
        a.get("href") for a in tree.iter("a") if not re.match(r"#|https?://|mailto:|None", str(a.get("href")))
    ] == []


@pytest.mark.parametrize(
    "name", [f"<img src=x onerror={RUN}>", '"><script>', "{{ 7 * 7 }}", "ada & bob", "</title><script>"]
)
def test_the_names_of_students_and_cells_are_words(name):
    cell = marked(new_code_cell("1"), name, points=1)
    html = page_html(clean_notebook(new_notebook(cells=[cell])), "05-momentum", name, Grades())
    assert page_faults(html) == []
    assert words_of(html).startswith(name)


@pytest.mark.parametrize("make", ["graded", "plain"])
def test_the_policy_stands_before_everything_it_is_to_hold_for(make, config, resources):
    html = (
        page(graded_notebook(), resources, config)
        if make == "graded"
        else plain_page(Lesson("05-momentum"), "ada", Outcome(Status.MISSING))
    )
    head = html[: html.index("<title>")]
    assert (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
        in head
    )
    assert not re.search(r"<(style|link|script|base)", head)
    assert not re.search(r"@import|url\(", html)


def test_a_comment_is_cleaned_like_everything_else(book, config, resources):
    comment = book.find_comment("written_limit", "momentum", "05-momentum", "ada")
    comment.manual_comment = f"<img src={AWAY}/x.png onerror={RUN}> [x](javascript:{RUN})"
    book.db.commit()
    assert page_faults(page(graded_notebook(), resources, config)) == []


def test_nbgrader_writes_the_same_page(config, resources):
    converter = GenerateFeedback(coursedir=CourseDirectory(config=config), config=config)
    assert converter.exporter_class is FeedbackExporter
    assert converter.preprocessors == []
    exporter = converter.exporter_class(parent=converter, config=converter.config)
    html, _ = exporter.from_notebook_node(graded_notebook(), resources=resources)
    assert html == page(graded_notebook(), resources, config)
    assert exporter.file_extension == ".html"
