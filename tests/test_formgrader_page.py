"""The page of nbgrader's Formgrader, as it is set up here: what it shows is harmless, and only its own scripts run."""

import re

import html5lib
import pytest
from hostile_markup import RUN
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from reading_back import MATH, TAGS, faults_of
from shown_notebooks import graded_notebook, hostile_notebook

from autograder.released import course_config


def formgrader_page(notebook: NotebookNode, **settings: object) -> str:
    """What nbgrader's handler shows, as in its FormgradeExtension."""
    config = course_config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.update(settings)
    resources = {
        "assignment_id": "05-momentum", "notebook_id": "momentum", "submission_id": "0" * 32, "index": 0, "total": 1,
        "base_url": "/base", "student": f"<script>{RUN}</script>", "last_name": None, "first_name": None,
        "notebook_path": "x/momentum.ipynb",
    }  # fmt: skip
    return str(HTMLExporter(config=config).from_notebook_node(notebook, resources=resources)[0])


def notebook_part(html: str) -> list[str]:
    """Faults in what is shown of the notebook."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    inside = next(element for element in tree.iter("div") if element.get("id") == "notebook-container")
    found = [fault for element in inside.iter() for fault in faults_of(element, TAGS | MATH | {"main"})]
    return [
        fault
        for fault in found
        if not re.match(r"<\w+ (class=|id>|type>)|<div tabindex>|<img src='data:image/svg", fault)
    ]


@pytest.mark.parametrize("layer", ["both", "cleaned notebook", "filters"])
def test_the_formgrader_shows_a_notebook_of_attacks_without_one(layer):
    notebook = hostile_notebook()
    for cell in notebook.cells:
        cell.metadata = {}
    notebook.metadata = {}
    if layer == "filters":  # what stops nbconvert, and what it puts into the page itself
        notebook.cells = [cell for cell in notebook.cells if "attachment:" not in cell.source][:-1]
    settings = {"both": {}, "cleaned notebook": {"filters": {}}, "filters": {"preprocessors": []}}[layer]
    html = formgrader_page(notebook, **settings)
    found = notebook_part(html)
    if layer == "filters":  # a picture that is none is a broken picture
        found = [fault for fault in found if not re.match(r"<img src=['\"]data:image/png;base64,", fault)]
    if layer == "cleaned notebook":  # nbconvert's own Markdown has links to its headings and boxes for tasks
        found = [fault for fault in found if not re.match(r"<input|<a href='#|a comment: [^<>]*$", fault)]
    assert found == []


def test_the_formgraders_page_has_a_policy_that_names_its_own_scripts():
    html = formgrader_page(graded_notebook())
    policy = re.search(r"""content="(default-src [^"]*)"|<meta content="([^"]*)" http""", html)
    words = policy[1] or policy[2]
    nonce = re.search(r"'nonce-(\w{32})'", words)[1]
    assert "script-src 'nonce-" in words
    assert "unsafe-inline' 'nonce" not in words
    scripts = re.findall(r"<script[^>]*>", html)
    assert len(scripts) >= 10
    assert all(f'nonce="{nonce}"' in script for script in scripts)
    assert html.index("Content-Security-Policy") < html.index("<script")
    assert "cdnjs" not in html
    assert nonce not in formgrader_page(graded_notebook())


def test_the_formgrader_shows_names_as_words():
    html = formgrader_page(graded_notebook())
    assert f"<script>{RUN}</script>" not in html
    assert f"&lt;script&gt;{RUN}&lt;/script&gt;" in html


def test_the_formgrader_still_has_what_is_needed_for_grading():
    html = formgrader_page(graded_notebook())
    assert 'id="written_limit"' in html
    assert 'id="written_limit-comment"' in html
    assert "<math" in html
    assert "gradlab-verdict" in html
