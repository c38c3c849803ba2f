"""One way through the house: lib -> solutions -> course, and lib, solutions -> autograder."""

import ast
import doctest
import importlib
import pkgutil
import subprocess
import sys

import pytest

import gradlab
from autograder.course import ROOT

LIBRARY = sorted((ROOT / "lib" / "gradlab").rglob("*.py"))
# Answers are lists of code that learners write, as long as they are many; what students handed in is not ours.
GRADER = [
    file
    for file in sorted((ROOT / "autograder").rglob("*.py"))
    if not {"answers", "sample_class", "work"} & set(file.parts)
]
MASTERS = sorted((ROOT / "solutions").glob("*/*.py"))
# What the subject is shown and checked with: not to be called by hand, and so without an example for every name.
GROUND = {"checks", "explorers", "plots"}
MODULES = ["gradlab", *(module.name for module in pkgutil.walk_packages(gradlab.__path__, "gradlab."))]


def imported(file):
    """The top-level names of everything that a file imports, at whatever depth."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def public(module):
    """The public functions and classes that are defined in a module, and the public methods of the classes."""
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, node
            for inner in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                    yield f"{node.name}.{inner.name}", inner


def by_path(file):
    return file.relative_to(ROOT).as_posix()


def in_a_new_python(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT / "lib"
    ).stdout


@pytest.mark.parametrize(
    "statement",
    [
        "import gradlab",
        "from gradlab import check, descend, todo",
        "from gradlab.optimizers import momentum",
        "from gradlab.surfaces import ravine",
        "import gradlab; from gradlab.checks import exercises; exercises('05-momentum')",
    ],
)
def test_figures_and_widgets_are_not_loaded_before_they_are_asked_for(statement):
    loaded = in_a_new_python(f"import sys; {statement}; print(*sys.modules)").split()
    assert "gradlab" in loaded
    assert not {"matplotlib", "ipywidgets", "IPython", "pandas"} & set(loaded)


def test_every_public_name_of_the_library_can_be_fetched_and_no_other():
    assert all(getattr(gradlab, name) for name in gradlab.__all__)
    assert dir(gradlab) == sorted(gradlab.__all__)
    with pytest.raises(AttributeError, match="module 'gradlab' has no attribute 'momentun'"):
        gradlab.momentun  # noqa: B018


@pytest.mark.parametrize("file", LIBRARY, ids=by_path)
def test_the_library_knows_nothing_of_the_course_and_of_grading(file):
    allowed = sys.stdlib_module_names | {
        "gradlab", "numpy", "matplotlib", "PIL", "ipywidgets", "contourpy", "rich",
    }  # fmt: skip
    assert imported(file) <= allowed


@pytest.mark.parametrize("file", MASTERS, ids=by_path)
def test_lessons_import_only_the_library_and_what_learners_know(file):
    assert imported(file) <= sys.stdlib_module_names | {"gradlab", "numpy", "matplotlib"}


def test_there_are_lessons_and_modules_to_look_at():
    assert len(MASTERS) >= 2
    assert len(MODULES) == len(LIBRARY)


@pytest.mark.parametrize("file", LIBRARY, ids=by_path)
def test_everything_public_has_a_docstring(file):
    assert ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    assert not [name for name, node in public(file) if not ast.get_docstring(node)]


@pytest.mark.parametrize("file", LIBRARY, ids=by_path)
def test_every_module_with_a_public_function_shows_an_example_that_runs(file):
    # `--doctest-modules` runs the examples; here we see that there are any.
    # The checks of a lesson are declarations; what they are made of is shown in `gradlab.checks`.
    if "lessons" not in file.parts and any(
        isinstance(node, ast.FunctionDef) and "." not in name for name, node in public(file)
    ):
        module = ".".join(file.relative_to(ROOT / "lib").with_suffix("").parts).removesuffix(".__init__")
        tests = doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(module))
        assert any(test.examples for test in tests)


@pytest.mark.parametrize("file", [file for file in LIBRARY if not GROUND & set(file.parts)], ids=by_path)
def test_every_public_name_of_the_subject_shows_an_example(file):
    assert not [name for name, node in public(file) if ">>>" not in ast.get_docstring(node)]


@pytest.mark.parametrize("file", [*LIBRARY, *GRADER], ids=by_path)
def test_no_file_grows_beyond_reading(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 320
    assert "utils" not in file.stem
