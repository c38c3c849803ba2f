"""What the course stands on: the same packages everywhere, in versions that were tested."""

import re
import tomllib
from importlib.metadata import version

import pytest
import yaml
from packaging.requirements import Requirement

from autograder.course import ROOT

# conda-forge's matplotlib brings a GUI toolkit along; matplotlib-base is what PyPI calls matplotlib.
CONDA_NAMES = {"matplotlib-base": "matplotlib"}

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
OPTIONAL = PROJECT["optional-dependencies"]
NEEDED = PROJECT["dependencies"] + OPTIONAL["test"] + OPTIONAL["scale"]
EXTRAS = OPTIONAL["browser"]


def ranges(requirements: list[str]) -> dict[str, str]:
    parsed = [Requirement(text) for text in requirements]
    return {CONDA_NAMES.get(r.name, r.name): str(r.specifier) for r in parsed}


def conda_requirements() -> list[str]:
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    *packages, from_pip = listed
    return [entry for entry in packages if entry != "pip"] + [
        entry for entry in from_pip["pip"] if entry != "-e ."
    ]


def locked() -> dict[str, list[str]]:
    pins: dict[str, list[str]] = {}
    for name, pin in re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements.lock").read_text(), flags=re.M):
        pins.setdefault(name, []).append(pin)
    return pins


def test_environment_yml_asks_for_what_pyproject_asks_for():
    conda = ranges(conda_requirements())
    python = conda.pop("python")
    assert python == PROJECT["requires-python"]
    assert conda == ranges(NEEDED)


def test_environment_yml_installs_the_course_itself():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert "-e ." in listed[-1]["pip"]


@pytest.mark.parametrize("requirement", NEEDED)
def test_what_is_installed_is_in_the_tested_range(requirement):
    asked = Requirement(requirement)
    assert version(asked.name) in asked.specifier


@pytest.mark.parametrize("requirement", NEEDED + EXTRAS)
def test_the_lock_pins_every_package_within_its_range(requirement):
    asked = Requirement(requirement)
    pins = locked()[asked.name.lower()]
    assert all(pin in asked.specifier for pin in pins)


def test_the_lock_names_no_index_and_no_path():
    lock = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"https?://|file:|@ |^-", lock, flags=re.M)
    assert "uv pip compile --universal" in lock


def test_both_licences_are_named():
    text = (ROOT / "LICENSE").read_text()
    assert PROJECT["license"] == "BSD-3-Clause AND CC-BY-4.0"
    assert "BSD 3-Clause" in text and "CC BY 4.0" in text and "the gradlab authors" in text
