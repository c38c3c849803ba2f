"""The audit finds what it looks for: a check that lets something through falls short."""

import json
import subprocess
import sys

import pytest

from autograder import audit
from autograder.__main__ import main
from autograder.answers import answers
from autograder.answers.audit import Audit, audit_exercise, named_share
from autograder.answers.cells import cell
from autograder.answers.mutants import mutants
from autograder.answers.published import PUBLISHED
from autograder.course import ROOT, Lesson
from gradlab.checks import LESSONS, exercises, find_exercise
from gradlab.checks.exercise import Aspect, Sight
from gradlab.optimizers import AdamState, RmspropState, adam, rmsprop

ALL = [exercise.name for lesson in LESSONS for exercise in exercises(lesson)]


@pytest.fixture(scope="module")
def audits():
    """From a process of its own: the audit forks itself onto all cores, and this one may have threads."""
    command = [sys.executable, "-m", "autograder", "audit", "--seeds", "5", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert not done.stderr
    return [Audit(**found) for found in json.loads(done.stdout)]


def test_no_check_of_the_course_falls_short(audits):
    assert [audit.exercise for audit in audits] == ALL
    assert {audit.exercise: audit for audit in audits if audit.falls_short} == {}


def test_nearly_every_mistake_is_called_by_its_own_name(audits):
    assert named_share(audits) >= audit.NAMED


def test_every_mistake_of_a_lesson_is_called_by_its_own_name(audits):
    names = {audit.exercise: {m.name for m in find_exercise(audit.exercise).mistakes} for audit in audits}
    misnamed = [line.rpartition(": ") for audit in audits for line in audit.misnamed
                if line.rpartition(": ")[0] in names[audit.exercise]]  # fmt: skip
    # Where rounding decides, the second call may round the other way.
    assert [line for line in misnamed if line[2] != "Another answer at every call"] == []


def test_every_exercise_has_mistakes_variants_and_mutants(audits):
    for found in audits:
        assert found.mistakes >= 15, found.exercise
        assert found.variants >= 4, found.exercise
        if Lesson(find_exercise(found.exercise).lesson).solution.is_file():
            assert found.mutants >= 3, found.exercise


@pytest.fixture
def weak(monkeypatch):
    """`effective_step`, checked by nothing but its first aspect."""
    exercise = find_exercise("effective_step")

    def weakened(*aspects):
        monkeypatch.setattr(
            "autograder.answers.audit.find_exercise", lambda name: replaced(exercise, aspects)
        )
        return audit_exercise("effective_step", seeds=2)

    return weakened


def replaced(exercise, aspects):
    return type(exercise)(**{**vars(exercise), "aspects": aspects})


def test_a_check_that_looks_at_one_call_lets_mutants_through(weak):
    def at_one_point(function, rng):
        yield Sight("Here", "the step", function(0.5, 0.5))

    found = weak(Aspect("one call", 1, at_one_point))
    assert "return lr / (1 - rho) -> return lr / (1 % rho)" not in found.survivors
    assert found.survivors and found.accepted_mistakes and found.falls_short


def test_a_check_that_asks_for_too_much_refuses_right_answers(weak):
    def exactly(function, rng):
        yield Sight("Here", "the step", function(0.1, 0.3))

    found = weak(Aspect("to the last bit", 1, exactly, rtol=0.0))
    assert found.refused_variants and found.falls_short


def test_what_is_listed_as_equivalent_and_is_not_met_falls_short(monkeypatch):
    known = answers("05-momentum")
    stale = {**known.equivalent, "effective_step": {"return 1 -> return 2": "not met"}}
    monkeypatch.setattr("autograder.answers.audit.answers", lambda lesson: known._replace(equivalent=stale))
    found = audit_exercise("effective_step", seeds=1)
    assert found.stale == ["return 1 -> return 2"] and found.falls_short


def test_every_operator_finds_its_place():
    found = mutants("def f(x):\n    for i in range(3):\n        x = x + 1 if x < 2 else -x\n    return x")
    changed = {label.split(" -> ")[1] for label in found}
    assert "x = x - 1 if x < 2 else -x" in changed
    assert "x = x + 1 if x <= 2 else -x" in changed
    assert "for i in []:" in changed
    assert "for i in range( 4):" in changed


def test_the_verb_prints_the_table_and_writes_it_and_its_json(capsys, tmp_path):
    report = tmp_path / "audit.txt"
    assert main(["audit", "effective_step", "--seeds", "2", "--report", str(report)]) == 0
    printed = capsys.readouterr().out
    assert "effective_step" in printed and "100.00%" in printed
    assert report.read_text(encoding="utf-8").split() == printed.split()
    assert main(["audit", "effective_step", "--seeds", "1", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["exercise"] == "effective_step" and found["survivors"] == []


def test_the_verb_fails_where_a_check_falls_short(monkeypatch, capsys):
    monkeypatch.setattr("autograder.audit.audit_all", lambda names, seeds: [Audit("x", survivors=["a -> b"], variants=4, mutants=3, seconds=[0.1])])  # fmt: skip
    with pytest.raises(SystemExit) as stopped:
        main(["audit", "--seeds", "1"])
    assert stopped.value.code == 1
    assert "x: a -> b" in capsys.readouterr().out


def test_an_unknown_exercise_is_answered_with_those_there_are(capsys):
    assert main(["audit", "momentun_step"]) == 2
    assert "no exercise or lesson called 'momentun_step'" in capsys.readouterr().err


def test_the_published_cases_are_those_that_were_published():
    cases = {(case.course.split(",")[0], case.exercise): case.args for case in PUBLISHED}
    w, grad, m, v, t, lr, beta1, beta2, eps = cases["Stanford CS231n", "adam_step"]
    after, state = adam(w, grad, AdamState(m, v, t - 1), lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    assert after[0] == pytest.approx([-0.40094747, -0.34836187, -0.29577703, -0.24319299, -0.19060977])
    assert state.first_moment[0, 1] == pytest.approx(0.49947368)
    w, grad, s, lr, rho, eps = cases["Stanford CS231n", "rmsprop_step"]
    after, state = rmsprop(w, grad, RmspropState(s), lr=lr, rho=rho, eps=eps)
    assert after[-1] == pytest.approx([0.38739248, 0.43947102, 0.49155973, 0.54365823, 0.59576619])
    assert state.mean_of_squares[0, 0] == pytest.approx(0.5976)
    w, grad, *_ = cases["DeepLearning.AI", "momentum_step"]
    assert 0.1 * grad[0, :2] == pytest.approx([-0.11006192, 0.11447237])
    assert w[0, 0] == pytest.approx(1.62434536)


def test_a_published_check_passes_the_right_answer_and_overlooks_writing_into_the_callers_arrays():
    exercise = find_exercise("momentum_step")
    writes = cell("def momentum_step(w, grad, v, lr, rho=0.9): v *= rho; v += grad; w -= lr * v; return w, v")
    for case in PUBLISHED:
        if case.exercise == "momentum_step":
            assert case.passes(exercise, exercise.reference)
            assert case.passes(exercise, writes)
            assert not case.passes(exercise, lambda w, grad, v, lr, rho: (w, v))
