"""Processes that grade on this machine: kept warm, replaced when one is lost, and never waiting for a neighbour."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import engine
from autograder.engine import Processes, grade_jobs
from autograder.errors import UserError
from autograder.outcome import Outcome, Status
from autograder.worker import Done, Job, Setting

SETTING = Setting("05-momentum", "{}")


def job(student: str, wish: str = "") -> Job:
    return Job(student, wish.encode(), "seed")


def as_wished(setting: Setting, asked: Job) -> Done:
    """In the place of the real work: wait for a file, or end this process unless a file is there."""
    wish, _, path = asked.content.decode().partition(" ")
    file = Path(path)
    while wish == "wait" and not file.exists():
        time.sleep(0.01)
    if wish == "die" and not file.exists():
        file.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if wish == "die-always":
        os.kill(os.getpid(), signal.SIGKILL)
    return Done(asked.student, None, Outcome(Status.GRADED), str(os.getpid()))


def refuse(setting: Setting) -> None:
    raise UserError("There is no sandbox here.")


@pytest.fixture(autouse=True)
def _work(monkeypatch):
    monkeypatch.setattr(engine, "work", as_wished)


def test_workers_are_kept_from_one_batch_to_the_next():
    with Processes(1) as workers:
        first, second = (list(grade_jobs([job("ada")], SETTING, workers)) for _ in range(2))
    assert first[0].isolation == second[0].isolation != str(os.getpid())


def test_a_job_that_comes_later_does_not_wait_for_one_that_hangs(tmp_path):
    file = tmp_path / "go on"

    def jobs() -> Iterator[Job | None]:
        yield job("felix", f"wait {file}")
        yield None  # felix runs, and there is nothing more just now
        yield job("ada")
        while True:
            yield None

    with Processes(2) as workers:
        results = grade_jobs(jobs(), SETTING, workers)
        assert next(results).student == "ada"
        file.touch()
        assert [done.student for done in results] == ["felix"]


def test_what_a_lost_worker_had_is_graded_by_another_and_the_rest_goes_on(tmp_path):
    jobs = [job("ada"), job("igor", f"die {tmp_path / 'once'}"), *(job(f"student {n}") for n in range(20))]
    with Processes(1) as workers:
        done = sorted(one.student for one in grade_jobs(jobs, SETTING, workers))
        assert done == sorted(one.student for one in jobs)
        assert [one.student for one in grade_jobs([job("zara")], SETTING, workers)] == ["zara"]


def test_workers_that_are_lost_again_and_again_are_given_up_with_the_names_of_who_they_had():
    with Processes(1) as workers, pytest.raises(UserError, match="that grade igor are ended again and again"):
        list(grade_jobs([job("igor", "die-always")], SETTING, workers))


def test_what_is_missing_is_said_before_anything_arrives(monkeypatch):
    monkeypatch.setattr(engine, "warm", refuse)
    with Processes(1) as workers, pytest.raises(UserError, match="There is no sandbox here"):
        workers.warm(SETTING)


def test_without_a_job_no_process_is_started():
    before = engine.multiprocessing.active_children()
    assert list(grade_jobs([], SETTING, 2)) == []
    assert engine.multiprocessing.active_children() == before


def test_an_end_from_outside_ends_workers_that_hang(tmp_path):
    with pytest.raises(KeyboardInterrupt), Processes(1) as workers:
        results = grade_jobs([job("ada"), job("felix", f"wait {tmp_path / 'never'}")], SETTING, workers)
        next(results)
        raise KeyboardInterrupt
    assert engine.multiprocessing.active_children() == []


def test_who_is_to_stop_does_so_although_all_that_may_be_out_is_out_and_hangs(tmp_path):
    jobs = [job("ada"), *(job(f"felix {n}", f"wait {tmp_path / 'never'}") for n in range(20))]
    with pytest.raises(KeyboardInterrupt), Processes(1) as workers:
        results = grade_jobs(jobs, SETTING, workers)
        next(results)
        workers.stopping.set()
        next(results)
    assert engine.multiprocessing.active_children() == []
