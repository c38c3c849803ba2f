"""The doctor breaks into every layer that is not there, and into none that is."""

import shutil
from argparse import Namespace
from dataclasses import fields, replace

import pytest

from autograder import doctor
from autograder.errors import UserError
from autograder.sandbox import opening
from autograder.sandbox.limits import Limits
from autograder.sandbox.probes import Attempts, Probe, Verdict, probes, surroundings
from autograder.sandbox.zygotes import Isolation

FULL = Isolation(bubblewrap=True, namespaces=True, landlock=True, seccomp=True)
LIMITS = Limits()


@pytest.fixture(scope="module")
def attempts(tmp_path_factory):
    with surroundings(tmp_path_factory.mktemp("around")) as around:
        attempts = Attempts(FULL, LIMITS, around)
        yield attempts
        attempts.close()


def test_every_layer_and_every_limit_of_a_kernel_has_an_attempt():
    tried = {probe.layer for probe in probes(LIMITS)}
    assert tried == {field.name for field in fields(Isolation)} | {"limits", "library"}


@pytest.mark.parametrize("probe", probes(LIMITS), ids=lambda probe: probe.tries)
def test_an_attempt_succeeds_without_its_layer_and_fails_with_it(probe, attempts):
    assert attempts.verdict(probe) is Verdict.HELD


@pytest.mark.parametrize(
    ("probe", "verdict"),
    [
        (Probe("seccomp", "print", "through()"), Verdict.BROKEN),
        (Probe("bubblewrap", "divide by zero", "1 / 0"), Verdict.TOOTHLESS),
        (Probe("limits", "write into its scratch folder", "open('mine', 'w').close()\nthrough()"), Verdict.BROKEN),
    ],
    ids=lambda value: getattr(value, "tries", str(value)),
)  # fmt: skip
def test_it_knows_a_wall_with_a_hole_and_an_attempt_that_proves_nothing(probe, verdict, attempts):
    assert attempts.verdict(probe) is verdict


def test_a_layer_that_does_not_hold_is_called_by_what_gets_through(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "probes", lambda _: [Probe("limits", "count to three", "through()")])
    with pytest.raises(UserError, match="does not hold what it should: count to three"):
        doctor.run(Namespace())
    assert "got through" in capsys.readouterr().out


def test_a_missing_layer_is_named_with_what_to_do(monkeypatch, capsys):
    offered = replace(opening.offered(), landlock=False)
    monkeypatch.setattr(opening, "offered", lambda: offered)
    monkeypatch.setattr(doctor, "probes", lambda _: [Probe("landlock", "not to be tried", "through()")])
    with pytest.raises(UserError, match=r"Without landlock: The kernel has no Landlock: Linux 5\.13"):
        doctor.run(Namespace())
    said = capsys.readouterr().out
    assert "Isolation: without landlock." in said
    assert "not to be tried" not in said


def test_without_bubblewrap_it_says_how_to_install_it(monkeypatch):
    which = shutil.which
    monkeypatch.setattr(
        shutil, "which", lambda name, **rest: None if name == "bwrap" else which(name, **rest)
    )
    with pytest.raises(UserError, match=r"bubblewrap is missing\. Install bubblewrap \(Debian"):
        doctor.run(Namespace())
