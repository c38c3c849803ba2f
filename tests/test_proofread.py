"""The proofreader: silent about a good lesson, and one sentence about each thing that is wrong with another."""

import base64
import copy
import inspect
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_notebook, new_output

from autograder import proofread
from autograder.__main__ import main
from autograder.course import Lesson
from autograder.masters import read_master
from autograder.proofread import RULES, Page, minutes
from autograder.proofread.names import names_of

EXERCISE = '''# %% [markdown]
# ### Exercise {n}: `{name}`

# %% nbgrader={{"grade_id": "{name}", "solution": true}}
def {name}(number):
    """What it says."""
    ### BEGIN SOLUTION
    return number + {n}
    ### END SOLUTION

# %% nbgrader={{"grade_id": "check_{name}", "grade": true, "points": 2}}
check({name})
### BEGIN HIDDEN TESTS
check({name}, hidden=True)
### END HIDDEN TESTS

# %%
{name}(factor)
'''
GOOD = (
    """# %% [markdown]
# # 01 · Tiny
#
# **Why is it small?**
#
# When you are done, you can
#
# - add a number.
#
# **Time:** about 30 minutes. **Builds on:** [00 · Before](../00-before/before.ipynb).

# %%
from gradlab import check, progress, todo

factor = 3

# %% [markdown]
# ## 1. See it first
#
# Section 2 tells more. *Predict:* what is it?
#
# > **Conventions.** Others begin to count from 1.

# %%
[factor for _ in range(2)]

"""
    + "\n".join(EXERCISE.format(n=n, name=name) for n, name in enumerate(["one", "two", "three"], start=1))
    + """
# %% [markdown]
# ## 2. What you should have seen
#
# ### Written question (2 points)
#
# Why?

# %% [markdown] nbgrader={"grade_id": "written_why", "grade": true, "solution": true, "points": 2}
# **Rubric.** One point each:
#
# 1. This.
# 2. That.

# %% [markdown]
# ## Where to read on
#
# - A, 1901.
# - B, 1902.
# - C, 2003.
#
# The [next lesson](../02-after/after.ipynb#More-of-it) comes after lesson 01.

# %%
progress("01-tiny")
"""
)
FIGURE = '<figure><img alt="{alt}" src="data:image/png;base64,{data}"/></figure>'


def figure(alt: str = "A line that falls.", size: int = 10) -> NotebookNode:
    html = FIGURE.format(alt=alt, data=base64.b64encode(b"x" * size).decode())
    return new_output("execute_result", data={"text/html": html}, execution_count=2)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with a lesson before the tiny one and a lesson after it."""
    folder = tmp_path_factory.mktemp("course")
    for lesson in (Lesson("00-before", folder), Lesson("01-tiny", folder), Lesson("02-after", folder)):
        for path in (lesson.solution, lesson.release):
            path.parent.mkdir(parents=True)
            more = nbformat.v4.new_markdown_cell("# 02\n\n## More of it", id="more")
            nbformat.write(new_notebook(cells=[more]), path)
        lesson.source.write_text("")
    return folder


def page_of(root: Path, master: str) -> Page:
    lesson = Lesson("01-tiny", root)
    lesson.source.write_text(master, encoding="utf-8")
    solution = read_master(lesson.source, root)
    released = copy.deepcopy(solution)
    code = [cell for cell in solution.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code, start=1):
        cell.execution_count = count
    code[1].outputs = [figure()]
    course = tuple(Lesson(name, root) for name in ("00-before", "01-tiny", "02-after"))
    return Page(lesson, solution, released, course)


def complaints(page: Page) -> list[str]:
    return [f"{rule.__name__}: {complaint}" for rule in RULES for complaint in rule(page)]


def test_a_good_lesson_is_let_pass(root):
    assert complaints(page_of(root, GOOD)) == []


@pytest.mark.parametrize(
    "before, after, complaint",
    [
        ("# # 01 · Tiny", "# # Tiny", "the first line is not its title"),
        ("**Why is it small?**", "**It is small.**", "asks no question"),
        ("- add a number", "add a number", "does not say what one can do"),
        ("**Builds on:**", "Builds on", "does not say what the lesson builds on"),
        (
            "about 30 minutes",
            "about 90 minutes",
            "it says that it takes about 90 minutes, and it takes about 30",
        ),
        ("**Time:** about 30 minutes.", "", "does not say how long it takes"),
        ("# ## 1. See it first", "# # 1. See it first", "has a second title, '1. See it first'"),
        ("# ## 1. See it first", "# ### 1. See it first", "goes from level 1 to level 3"),
        ("# ## 2. What you", "# ## 3. What you", "the sections are numbered 1, 3"),
        ("# ### Exercise 2: `two`", "# ### Exercise 3: `two`", "the exercises are numbered 1, 3, 3"),
        ("# ### Exercise 2: `two`", "# ### Exercise 2: `too`", "no heading ### Exercise 2: `two`"),
        ("*Predict:*", "Then:", "asks for no prediction"),
        ("> **Conventions.**", "> Note.", "there is no box"),
        (EXERCISE.format(n=3, name="three"), "", "it has 2 exercises"),
        ("check(two)\n", "two(1)\n", "below two does not check it"),
        ("check(two, hidden=True)", "two(1)", "the check of two has no hidden part"),
        ("\ntwo(factor)", "\nfactor + 1", "no cell uses two"),
        ("\nthree(factor)", "\nfactor + 1", "no cell uses three"),
        (
            "Written question (2 points)",
            "Written question (3 points)",
            "no heading ### Written question 1 (2",
        ),
        ("**Rubric.**", "Rubric", "written_why has no rubric"),
        ("# 2. That.\n", "", "has fewer lines than points"),
        (
            "# ## 2. What you should have seen",
            "# ## 2. Sum",
            "there is no section 'What you should have seen'",
        ),
        ("# ## Where to read on", "# ## Books", "there is no section 'Where to read on'"),
        ("# - C, 2003.\n", "# - C.\n", "fewer than three works"),
        ('progress("01-tiny")', "factor + 1", "does not call progress"),
        ("Section 2 tells more", "See section 4", "speaks of section 4, which there is not"),
        ("Section 2 tells more", "See section 7 of lesson 02", "section 7 of lesson 02, which there is not"),
        ("comes after lesson 01", "comes after lesson 77", "speaks of lesson 77, which there is not"),
        ("One point each", "**One** for 2**4", "writes 2**4 outside of code"),
        (
            "before.ipynb",
            "befor.ipynb",
            "../00-before/befor.ipynb, which is not there from solutions/01-tiny",
        ),
        ("before.ipynb", "befor.ipynb", "it does not link to the lesson before it"),
        (
            "../02-after/after.ipynb#More-of-it",
            "#Where-to-read-on",
            "it does not link to the lesson after it",
        ),
        ("#More-of-it", "#Less-of-it", "there is no such heading"),
        ("*Predict:* what", "![](a.png) *Predict:* what", "has a picture without a text alternative"),
        ("[factor for", "[fakt for", "uses 'fakt', which no cell above it binds"),
        ("return number + 1", "return number + late", "uses 'late', which no cell above it binds"),
        (
            "factor = 3",
            "factor, a = np.random.default_rng(0), 1",
            "cell 4 goes on with the generator 'factor'",
        ),
        ("\ntwo(factor)", "\nfactor = two(factor)", "uses 'factor', which cell 12 binds anew"),
    ],
)
def test_a_fault_is_named(root, before, after, complaint):
    assert before in GOOD
    found = complaints(page_of(root, GOOD.replace(before, after)))
    assert any(complaint in line for line in found), found


def error(page: Page) -> None:
    page.solution.cells[1].outputs = [new_output("error", ename="E", evalue="boom", traceback=[])]


def warning(page: Page) -> None:
    page.solution.cells[1].outputs = [new_output("stream", name="stderr", text="careful")]


def out_of_order(page: Page) -> None:
    page.solution.cells[3].execution_count = 7


def studied(page: Page) -> None:
    page.released.cells[1].execution_count = 1


def bare_picture(page: Page) -> None:
    page.solution.cells[3].outputs = [new_output("display_data", data={"image/png": "eHg="})]


def speechless(page: Page) -> None:
    page.solution.cells[3].outputs = [figure(alt="A figure")]


def speechless_drawing(page: Page) -> None:
    page.solution.cells[3].outputs = [
        new_output("display_data", data={"text/html": "<svg role='img'></svg>"})
    ]


def heavy(page: Page) -> None:
    page.solution.cells[3].outputs = [figure(size=60_001)]


def heaviest(page: Page) -> None:
    page.solution.cells[3].outputs = [new_output("stream", name="stdout", text="x" * 1_500_000)]


@pytest.mark.parametrize(
    "spoil, complaint",
    [
        (error, "cell 2 complains: boom"),
        (warning, "cell 2 complains: careful"),
        (out_of_order, "cell 4 was run as number 7, and is number 2"),
        (studied, "cell 2 of the student notebook has been run"),
        (bare_picture, "cell 4 shows a bare picture"),
        (speechless, "cell 4 has a picture that says only 'A figure'"),
        (speechless_drawing, "cell 4 has a picture that says only ''"),
        (heavy, "cell 4 has a figure of 60 kB"),
        (heaviest, "the notebook has 1.5 MB"),
    ],
)
def test_a_fault_of_the_outputs_is_named(root, spoil, complaint):
    page = page_of(root, GOOD)
    spoil(page)
    assert any(complaint in line for line in complaints(page))


def test_the_time_counts_words_and_tasks_but_no_code_tables_and_formulas(root):
    before = minutes(page_of(root, GOOD).released)
    assert minutes(page_of(root, GOOD.replace("tells more", "word " * 600)).released) == before + 5
    unread = "`" + "word " * 600 + "` $" + "w " * 600 + "$\n#\n# | " + "word " * 600 + "|\n#\n# "
    assert minutes(page_of(root, GOOD.replace("tells more", unread)).released) == before
    assert minutes(page_of(root, GOOD.replace(EXERCISE.format(n=3, name="three"), "")).released) <= before - 5


@pytest.mark.parametrize(
    "source, taken",
    [
        ("a = b", {"b"}),
        ("a += 1", {"a"}),
        ("a = 1\na += 1", set()),
        ("for i in range(3): x = i\nprint(x)", {"range", "print"}),
        ("def f(x): return g(x)\ndef g(x): return x", set()),
        ("def f():\n    def inner(): return far\n    return inner", {"far"}),
        ("class A:\n    size = far", {"far"}),
        ("import a.b as c\nc(d)", {"d"}),
        ("[x for x in xs if x > low]", {"xs", "low"}),
        ("lambda x: x + far", {"far"}),
    ],
)
def test_the_names_that_a_cell_takes_from_elsewhere(source, taken):
    assert names_of(source).taken == taken


def test_every_rule_says_what_it_asks_for():
    assert all(inspect.getdoc(rule) for rule in RULES)


def test_the_verb_names_the_lesson_and_what_it_lacks(root, monkeypatch, capsys):
    page = page_of(root, GOOD.replace("about 30 minutes", "about 90 minutes"))
    nbformat.write(page.solution, page.lesson.solution)
    nbformat.write(page.released, page.lesson.release)
    monkeypatch.setattr(proofread, "lessons", lambda: [page.lesson])
    assert main(["proofread"]) == 2
    said = capsys.readouterr()
    assert said.out.startswith("01-tiny")
    assert "it says that it takes about 90 minutes, and it takes about 30" in said.out
    assert "1 of 1 lessons are not finished" in said.err


def test_a_lesson_that_was_never_built_is_one_message(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(proofread, "lessons", lambda: [Lesson("01-tiny", tmp_path)])
    assert main(["proofread"]) == 2
    assert (
        "solutions/01-tiny/tiny.ipynb is missing. Run `make build LESSON=01-tiny`" in capsys.readouterr().err
    )
