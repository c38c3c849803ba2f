"""Feedback pages in a real browser: attacks do nothing, and the pages can be read, on light and on dark."""

from pathlib import Path

import hostile_markup
import pytest
from shown_notebooks import graded_notebook, hostile_notebook
from watching import Watch, provoke

from autograder.course import Lesson
from autograder.feedback.grades import Grades
from autograder.feedback.hidden import hide_tests
from autograder.feedback.page import page_html, plain_page
from autograder.gradebook import Score
from autograder.harmless import clean_notebook
from autograder.outcome import Outcome, Status
from autograder.released import course_config

NAME = f"<img src=x onerror={hostile_markup.RUN}>"
GRADES = Grades(
    {
        "check_momentum_limit": Score("check_momentum_limit", 1, 3, to_read=False),
        "written_limit": Score("written_limit", 0, 3, to_read=True),
    },
    {"written_limit": f"Look at $\\rho$ again. <script>{hostile_markup.RUN}</script>"},
    penalty=0.5,
)
LESSON = Lesson("05-momentum")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Feedback pages: of attacks and of honest work together, of honest work, and of a file that could not be read."""
    folder = tmp_path_factory.mktemp("pages")
    attacks = hostile_notebook()
    attacks.cells += graded_notebook().cells
    made = {
        "attacks": page_html(
            hide_tests(clean_notebook(attacks), course_config()), "05-momentum", NAME, GRADES
        ),
        "work": page_html(
            hide_tests(clean_notebook(graded_notebook()), course_config()), "05-momentum", "Ada", GRADES
        ),
        "unreadable": plain_page(
            LESSON, NAME, Outcome(Status.UNREADABLE, f"<script>{hostile_markup.RUN}</script>")
        ),
    }
    for name, html in made.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


def test_the_attacks_bite_where_nothing_stands_in_their_way(chromium):
    biting = []
    page = chromium.new_page()
    for name, html in hostile_markup.HTML.items():
        watch = Watch(page, "about:blank")
        page.goto("about:blank")
        page.set_content(html.encode("utf-8", "replace").decode(), wait_until="commit")
        page.wait_for_timeout(40)
        try:
            biting += [name] if watch.result() else []
        except Exception:  # the page was led elsewhere while we asked
            biting.append(name)
        page.close()
        page = chromium.new_page()
    page.close()
    assert len(biting) > 45, sorted(hostile_markup.HTML.keys() - set(biting))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["attacks", "work", "unreadable"])
def test_a_feedback_page_does_nothing_but_be_read(chromium, pages, name, scheme, shots):
    page = chromium.new_page(color_scheme=scheme, viewport={"width": 1000, "height": 900})
    address = pages[name].as_uri()
    watch = Watch(page, address)
    page.goto(address)
    if shots:
        page.screenshot(path=shots / f"feedback-{name}-{scheme}.png", full_page=name != "attacks")
    provoke(page)
    assert watch.result() == []
    assert page.url.split("#")[0] == address
    page.close()


def test_no_output_covers_what_is_ours(chromium, pages):
    page = chromium.new_page(viewport={"width": 1000, "height": 900})
    page.goto(pages["attacks"].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    ours = page.locator(
        "header h1, header .total, .summary td, .exercise > h2, .comment h3, .between > summary"
    )
    covered = ours.evaluate_all(
        """elements => elements.filter(element => {
            element.scrollIntoView({block: 'center', behavior: 'instant'});
            const box = element.getBoundingClientRect();
            const found = document.elementFromPoint(box.left + 4, box.top + box.height / 2);
            return !(found && (element.contains(found) || found.contains(element)));
        }).map(element => element.outerHTML.slice(0, 80))"""
    )
    assert covered == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_on_a_feedback_page_can_be_read(chromium, pages, scheme):
    """The contrast of each text with the ground it stands on, as WCAG counts it: at least 4.5."""
    page = chromium.new_page(color_scheme=scheme)
    page.goto(pages["work"].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    faint = page.evaluate(
        """() => {
            const parts = colour => (colour.match(/[\\d.]+/g) || []).map(Number);
            const light = colour => parts(colour).slice(0, 3).map(v => v / 255)
                .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
                .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
            const ground = element => {
                for (; element; element = element.parentElement) {
                    const colour = getComputedStyle(element).backgroundColor, alpha = parts(colour)[3];
                    if (alpha === undefined || alpha > .5) return colour;
                }
            };
            const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
            const found = [];
            while (walker.nextNode()) {
                const element = walker.currentNode.parentElement;
                if (!walker.currentNode.data.trim() || element.closest('.gradlab-verdict')) continue;
                const pair = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => b - a);
                const contrast = (pair[0] + .05) / (pair[1] + .05);
                if (contrast < 4.5) found.push(`${contrast.toFixed(1)}: ${walker.currentNode.data.trim().slice(0, 40)}`);
            }
            return found;
        }"""
    )
    assert faint == []
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (int(ground.split("(")[1].split(",")[0]) < 80) == (scheme == "dark")
    page.close()


def test_formulas_are_set_without_a_script(chromium, pages):
    page = chromium.new_page()
    page.goto(pages["work"].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    formula = page.locator("math:has(msup)").first.bounding_box()
    assert formula["width"] > 10
    assert formula["height"] > 10
    assert page.locator("math:has(msup) mn").first.bounding_box()["y"] < formula["y"] + 4
    page.close()
