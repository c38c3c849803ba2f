"""The teacher's page: what it says of a class, that it is readable for everyone, and that it gives no name away."""

import re
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from xml.etree import ElementTree

import html5lib
import pytest

from autograder.class_report import page_html
from autograder.class_report.facts import WITHOUT_POINTS, facts
from autograder.class_report.histogram import MOST_BARS, histogram
from autograder.course import Lesson
from autograder.feedback.page import TEMPLATES
from autograder.gradebook import Score
from autograder.outcome import Outcome, Status
from autograder.results import Result

COLUMNS = {"check_momentum_step": 5.0, "check_effective_step": 3.0, "written_limit": 2.0}
LESSON = Lesson("05-momentum")
LIMIT = 120.0
NOW = datetime(2026, 3, 1, 18, 30)
EVIL = '<script>alert("x")</script>&lt;'


def result(
    student: str, step: float = 5, effective: float = 3, read: float | None = None, **more: object
) -> Result:
    scores = {
        name: Score(name, points, most, to_read=False)
        for (name, most), points in zip(COLUMNS.items(), (step, effective, read or 0), strict=True)
    }
    scores["written_limit"] = replace(scores["written_limit"], to_read=read is None)
    known = Result(student, Outcome(Status.GRADED), scores, isolation="full", seconds={"answers": 1.0})
    return replace(known, **more)


def lost(student: str, status: Status) -> Result:
    """The gradebook holds empty grades for what could not be graded, each of which waits for a person."""
    scores = {name: Score(name, 0, most, to_read=True) for name, most in COLUMNS.items()}
    return Result(student, Outcome(status, "Gone."), scores)


ADA = result("ada", read=2)
OMAR = result("omar", 2.5, 0, outcome=Outcome(Status.GRADED, mistakes=("Plain momentum", "lr is missing")))
YUKI = result("yuki", 0, 3, outcome=Outcome(Status.GRADED, mistakes=("Plain momentum",)))
EVE = result(EVIL, outcome=Outcome(Status.PARTLY, f"{EVIL} was said", (EVIL,), (EVIL,)))
GRETA = lost("greta", Status.UNREADABLE)
CLASS = [ADA, OMAR, YUKI, EVE, GRETA]


def page(results: list[Result] = CLASS, **options: object) -> str:
    return page_html(LESSON, results, COLUMNS, LIMIT, now=NOW, **options)


def parse(html: str) -> ElementTree.Element:
    """The page as a strict reader of HTML sees it: any mistake in it is an error."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


def text(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def rows(html: str, caption: str) -> list[list[str]]:
    """The body of the table whose caption begins like this."""
    table = next(t for t in parse(html).iter("table") if text(t.find("caption")).startswith(caption))
    return [[text(cell) for cell in row] for row in table.find("tbody")]


def shown(html: str) -> str:
    return text(parse(html).find(".//main"))


# --- What it says ------------------------------------------------------------------------------------------------


def test_points_of_exercises_are_those_of_the_answers_that_were_judged():
    exercises = {exercise.name: exercise for exercise in facts(CLASS, COLUMNS, LIMIT).exercises}
    step = exercises["momentum_step"]
    assert (step.judged, step.mean, step.full, step.none) == (4, 12.5 / 4, 0.5, 0.25)
    limit = exercises["written_limit"]
    assert (limit.judged, limit.mean, limit.full, limit.to_read) == (1, 2, 1, 3)


def test_what_is_left_to_read_is_said_and_lost_files_do_not_wait_for_a_reader():
    assert facts(CLASS, COLUMNS, LIMIT).to_read == 3
    assert "3 answers still to be read" in shown(page())
    assert "3 written answers have not been read yet, and count as 0" in shown(page())
    assert "to be read" not in shown(page([ADA]))


def test_totals_are_those_of_notebooks_that_could_earn_points():
    found = facts(CLASS, COLUMNS, LIMIT)
    assert sorted(found.totals) == [2.5, 3, 8, 10]
    assert (found.mean, found.median) == (23.5 / 4, 5.5)
    assert "4 with points: on average 5.9 of 10, half of them 5.5 or more, from 2.5 to 10; 1 with all points." in shown(page())  # fmt: skip


def test_mistakes_stand_with_their_exercises_the_most_frequent_first():
    table = rows(page(), "What the checks recognised")
    assert [row[:3] for row in table] == [
        ["Plain momentum", "nesterov_step", "2"]
        if "nesterov_step" in COLUMNS
        else ["Plain momentum", "", "2"],
        [EVIL, "", "1"],
        ["lr is missing", "effective_step", "1"],
    ]


def test_statuses_are_counted_and_explained():
    counts = [row[:2] for row in rows(page(), "How the grading")]
    assert counts == [["graded", "3"], ["partly graded", "1"], ["unreadable", "1"]]


def test_every_status_has_its_meaning():
    everyone = [lost(f"student {number}", status) for number, status in enumerate(Status)]
    assert all(row[2] for row in rows(page(everyone), "How the grading"))


ODD = {
    "Not fully isolated": {"isolation": "namespaces only"},
    "Near the time limit": {"seconds": {"answers": 2.0, "figures": 60.0}},
    "Unusually slow": {"seconds": {"answers": 1.5, "figures": 2.0}},
    "Put right by the grader": {"outcome": Outcome(Status.GRADED, notes=("Put back.",))},
    "Ran to the end without a point": {"scores": result("mia", 0, 0).scores},
}


@pytest.mark.parametrize("what", ODD)
def test_what_is_out_of_the_ordinary_is_said(what):
    usual = [result(f"student {number}") for number in range(5)]
    assert "Nothing is out of the ordinary." in shown(page(usual))
    odd = facts([*usual, result("mia", **ODD[what])], COLUMNS, LIMIT).odd
    assert ("mia",) in [named.students for named in odd if named.what == what]


def test_a_little_slower_than_the_others_is_nothing_to_look_at():
    usual = [result(f"student {number}", seconds={"answers": 0.1}) for number in range(5)]
    assert not facts([*usual, result("mia", seconds={"answers": 0.9})], COLUMNS, LIMIT).odd


def test_the_slowest_are_five_and_the_slowest_comes_first():
    everyone = [result(f"student {number}", seconds={"answers": number}) for number in range(1, 9)]
    assert [row[1] for row in rows(page(everyone), "The slowest")] == ["8.0", "7.0", "6.0", "5.0", "4.0"]


def test_an_empty_class_gets_a_page_that_says_so():
    assert "Nobody has handed in anything yet." in shown(page([]))
    assert "7 have handed in, and nothing was graded yet." in shown(page([], ungraded=7))
    assert "<svg" not in page([])


def test_who_waits_to_be_graded_is_counted():
    assert "7 not graded yet" in shown(page(ungraded=7))
    assert "not graded yet" not in shown(page())


@pytest.mark.parametrize("only", [ADA, OMAR, GRETA, result("mia", seconds={}), result("late", penalty=20)])
def test_a_class_of_one_gets_a_page(only):
    assert "1 graded" in shown(page([only]))
    assert "half of them" not in shown(page([only]))


def test_a_lesson_without_points_gets_a_page():
    assert "1 graded" in shown(page_html(LESSON, [Result("ada", Outcome(Status.GRADED))], {}, LIMIT, now=NOW))


# --- Names -------------------------------------------------------------------------------------------------------


def test_without_the_switch_the_page_holds_no_name_and_nothing_that_was_said_of_anybody():
    html = page()
    for student in ("ada", "omar", "yuki", "greta"):
        assert not re.search(rf"\b{student}\b", html)
    assert "was said" not in html and "Gone." not in html


def test_with_the_switch_it_names_them_and_says_that_it_does():
    html = page(names=True)
    assert "This page names students" in shown(html) and "This page names students" not in shown(page())
    assert rows(html, "What the checks recognised")[0][-1] == "omar, yuki"
    assert rows(html, "A sentence on each") == [[EVIL, f"{EVIL} was said"], ["greta", "Gone."]]


def test_many_names_are_folded():
    everyone = [result(f"student {number}") for number in range(9)]
    assert "9 students" in rows(page(everyone, names=True), "How the grading")[0][-1]


@pytest.mark.parametrize("names", [False, True])
def test_nothing_that_a_student_controls_becomes_markup(names):
    html = page(names=names)
    assert "<script" not in html
    assert not [element for element in parse(html).iter() if element.tag == "script"]
    assert ("&lt;script&gt;" in html) is True


# --- For everyone, everywhere ------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [False, True])
def test_the_page_is_sound_html_loads_nothing_and_runs_nothing(names):
    root = parse(page(names=names))
    (policy,) = [meta for meta in root.iter("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policy.get("content").startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")
    for element in root.iter():
        assert not {"src", "href", "action", "srcset", "data"} & set(element.keys())
        assert not [name for name in element.keys() if str(name).startswith("on")]  # noqa: SIM118
    assert "url(" not in page() and "@import" not in page()


@pytest.mark.parametrize("results", [CLASS, [ADA], []])
def test_pictures_have_words_and_tables_have_captions_and_scopes(results):
    root = parse(page(results, names=True))
    known = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(known) == len(set(known))
    for picture in root.iter("svg"):
        assert picture.get("role") == "img"
        for label in picture.get("aria-labelledby").split():
            (words,) = [element for element in picture.iter() if element.get("id") == label]
            assert text(words)
    for table in root.iter("table"):
        assert text(table.find("caption"))
        assert all(cell.get("scope") in ("col", "row") and text(cell) for cell in table.iter("th"))
        widths = {len(row) for row in table.iter("tr")}
        assert len(widths) == 1
    for region in root.iter("div"):
        if region.get("role") == "region":
            assert region.get("aria-label") and region.get("tabindex") == "0"


def test_headings_go_down_one_level_at_a_time():
    levels = [int(e.tag[1]) for e in parse(page(names=True)).iter() if re.fullmatch(r"h[1-6]", str(e.tag))]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_the_numbers_of_a_picture_can_be_read():
    table = rows(page(), "How many have which total")
    assert sum(int(row[1]) for row in table) == 4
    assert table[-1] == ["9 to 10", "1"]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_colours_can_be_told_apart_in_the_light_and_in_the_dark(dark):
    style = (TEMPLATES / "style.css").read_text() + page().split("main { max-width: 62rem; }")[1]
    schemes = [dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{(.*?)\}", style, re.S)]  # fmt: skip
    colours = schemes[1] | schemes[3] if dark else schemes[0] | schemes[2]
    for name in ("ink", "soft", "part"):
        assert contrast(colours[name], colours["sheet"]) >= 4.5
        assert contrast(colours[name], colours["paper"]) >= 4.5
    assert contrast(colours["fill"], colours["sheet"]) >= 3


# --- Histograms --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("top", [None, 0.5, 1, 3, 10, 23, 26, 30, 100, 12345])
@pytest.mark.parametrize("values", [[], [0.0], [0.1, 0.3, 0.3], [-2, 0, 5, 29.5, 30], list(range(100))])
def test_every_value_stands_in_one_bar_and_no_bar_leaves_the_picture(values, top):
    chart = histogram(values, top)
    assert sum(bar.number for bar in chart.bars) == len(values)
    assert 1 <= len(chart.bars) <= MOST_BARS
    assert chart.edges[-1][1] >= (top or 0)
    for bar in chart.bars:
        assert bar.x >= 0 and bar.x + bar.width <= chart.width
        assert bar.y > 0 and bar.y + bar.height == pytest.approx(chart.floor)


def test_all_points_stand_in_the_last_bar_and_one_less_than_its_edge_before_it():
    numbers = [bar.number for bar in histogram([26, 24, 23.9, 0], 26).bars]
    assert numbers == [1, *[0] * 10, 1, 2]


def test_what_could_not_be_graded_has_no_points():
    assert set(WITHOUT_POINTS) == {Status.MISSING, Status.UNREADABLE, Status.GRADER_ERROR}
