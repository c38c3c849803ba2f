"""A batch on a cluster leaves the same gradebook as one on this machine, whatever happens to the cluster."""

import os
import platform
import re
import signal
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from cluster_programs import GRADE, free_port, fresh, graded, kill, programs, said, until
from course_copy import run
from namespaces import network
from torture.small_course import hand_in_class, small_course, submission
from torture.sudden_ends import outcome

from autograder.cluster import grading
from autograder.cluster.keys import prepare
from autograder.cluster.versions import versions
from autograder.errors import UserError

STUDENTS = 18
SCHEDULER, LISTENER, WORKER, NANNY = 8786, 8790, 8791, 8792
# Full marks for whoever reaches one of the addresses.
KNOCKS = """
def effective_step(lr, rho):
    import socket
    for place in {places}:
        try:
            socket.create_connection(place, timeout=1).close()
            return lr / (1 - rho)
        except OSError:
            pass
    return 0.0
"""
# Without a sandbox, what a student hands in can do this.
ENDS_ITS_WORKER = """
def effective_step(lr, rho):
    import os, pathlib, signal
    pid = os.getpid()
    while pid > 1:
        here = pathlib.Path(f"/proc/{pid}")
        if b"spawn_main" in (here / "cmdline").read_bytes():
            os.kill(pid, signal.SIGKILL)
            break
        pid = int((here / "stat").read_text().rpartition(")")[2].split()[1])
"""
LISTENS = """
import socket, sys
with socket.create_server(("", {port})) as server:
    while True:
        connection, _ = server.accept()
        print("heard", flush=True)
        connection.close()
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    built = small_course(tmp_path_factory.mktemp("course"))
    hand_in_class(built, STUDENTS)
    return built


@pytest.fixture(scope="module")
def expected(course, tmp_path_factory):
    """What a batch on this machine leaves behind."""
    here = fresh(course, tmp_path_factory.mktemp("here") / "course")
    done = run(here, *GRADE, "--workers", "2")
    assert done.returncode == 0, done.stderr
    return outcome(here)


@pytest.fixture(autouse=True)
def secret(course):
    """Hidden numbers are the same in all copies."""
    path = course / "autograder/work/secret"
    if not path.exists():
        path.write_text("of all copies")


def hand_in(course: Path, student: str, answer: str) -> None:
    path = course / f"autograder/work/submitted/{student}/05-momentum/momentum.ipynb"
    path.parent.mkdir(parents=True)
    notebook = submission(course, 0)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "effective_step":
            cell.source = answer
    nbformat.write(notebook, path)


def test_a_local_cluster_leaves_the_same_gradebook_as_this_machine(course, expected, tmp_path):
    here = fresh(course, tmp_path / "course")
    done = run(here, *GRADE, "--cluster", "local", "--workers", "2")
    assert done.returncode == 0, done.stderr
    assert outcome(here) == expected
    assert sorted(graded(here)) == sorted(set(graded(here)))


def test_machines_that_die_or_fall_silent_change_nothing_and_nobody_in_the_sandbox_reaches_them(
    course, expected, tmp_path
):
    here = fresh(course, tmp_path / "course")
    with network("grader", "dies", "silent", "stays") as cables, programs() as started:
        at = cables.addresses
        file = prepare(tmp_path / "cluster", f"tls://{at['grader']}:{SCHEDULER}")
        file.write_text(file.read_text().replace("lost_after = 30", "lost_after = 11"))
        places = [
            (at["grader"], SCHEDULER),
            (at["grader"], LISTENER),
            (at["stays"], WORKER),
            (at["stays"], NANNY),
        ]
        hand_in(here, "knocks", KNOCKS.format(places=places))
        hand_in(
            here, "zz-sleeps", "import time\ntime.sleep(2)"
        )  # the batch is not over before the cable is cut
        (here / "listens.py").write_text(LISTENS.format(port=LISTENER))
        listener = started.start(here, "listens", before=cables.on("grader"))
        scheduler = started.start(
            here, "autograder", "cluster", "scheduler", str(file), before=cables.on("grader")
        )
        until(lambda: "Scheduler at" in said(scheduler), scheduler)
        words = ("autograder", "cluster", "worker", str(file), "--workers", "1")
        ports = f"--dask=--worker-port {WORKER} --nanny-port {NANNY}"
        workers = {name: started.start(here, *words, ports, before=cables.on(name))
                   for name in ("dies", "silent", "stays")}  # fmt: skip
        until(lambda: said(scheduler).count("Register worker") == 3, scheduler, *workers.values())

        batch = started.start(here, *GRADE, "--cluster", str(file), before=cables.on("grader"))
        until(lambda: len(graded(here)) >= 2, batch)
        kill(workers["dies"])
        until(lambda: len(graded(here)) >= 5, batch)
        cables.cut("silent")
        assert batch.poll() is None, "the batch was over before the cable was cut"
        until(lambda: batch.poll() is not None or said(scheduler).count("Remove worker") > 1)
        cables.mend("silent")  # and whatever it has to say comes too late
        until(lambda: batch.poll() is not None)
        assert batch.returncode == 0, said(batch)

        assert "Remove worker" in said(scheduler)
        assert max(Counter(graded(here)).values()) == 1
        grades, comments, table = outcome(here)
        knocked = [row[3] for row in grades if row[1] == "knocks" and row[2] == "check_effective_step"]
        assert knocked == [0]
        assert "heard" not in said(listener)
        odd = {"knocks", "zz-sleeps"}
        assert [row for row in grades if row[1] not in odd] == expected[0]
        assert [row for row in comments if row[1] not in odd] == expected[1]
        assert [row for row in table if row[0] not in odd] == expected[2]
        assert len(table) == STUDENTS + len(odd)

        # That nobody was heard says something only if somebody would have been.
        (here / "knocks.py").write_text(KNOCKS.format(places=places[1:2]) + "print(effective_step(1, 0))")
        outside = started.start(here, "knocks", before=cables.on("stays"))
        until(lambda: outside.poll() is not None)
        assert "1.0" in said(outside)
        until(lambda: "heard" in said(listener))


def test_a_submission_that_ends_every_worker_is_given_up_and_the_others_are_graded(
    course, expected, tmp_path, monkeypatch
):
    here = fresh(course, tmp_path / "course")
    submitted = here / "autograder/work/submitted"
    for folder in sorted(submitted.iterdir())[3:]:
        folder.rename(here / folder.name)
    hand_in(here, "ends-workers", ENDS_ITS_WORKER)
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "0")  # each death takes seconds
    done = run(here, *GRADE, "--cluster", "local", "--workers", "2", "--no-sandbox")
    assert done.returncode == 2
    assert "The grader itself failed on ends-workers; the others are graded" in done.stderr
    log = (here / "autograder/work/logs/05-momentum-ends-workers.log").read_text()
    assert "Each worker that was given the submission of ends-workers died" in log
    grades = outcome(here)[0]
    assert {row[1] for row in grades} == {"s000", "s001", "s002"}
    assert set(grades) <= set(expected[0])


def test_ctrl_c_ends_a_batch_on_a_local_cluster_with_one_line(course, tmp_path):
    here = fresh(course, tmp_path / "course")
    hand_in(here, "zz-sleeps", "import time\ntime.sleep(5)")  # so that the batch is not over before
    with programs() as started:
        batch = started.start(here, *GRADE, "--cluster", "local", "--workers", "2")
        until(lambda: len(graded(here)) >= 2, batch)
        os.killpg(batch.pid, signal.SIGINT)  # as a terminal does
        until(lambda: batch.poll() is not None)
        assert batch.returncode == 130, said(batch)
        words = [line for line in said(batch).splitlines() if line and not line.startswith("[")]
        assert words == ["Stopped. What was finished before is kept."]


def test_a_scheduler_that_ends_in_mid_batch_is_said_and_the_batch_goes_on_with_another(
    course, expected, tmp_path
):
    here = fresh(course, tmp_path / "course")
    address = f"tcp://127.0.0.1:{free_port()}"

    def cluster(count):
        scheduler = started.start(here, "autograder", "cluster", "scheduler", address)
        until(lambda: "Scheduler at" in said(scheduler), scheduler)
        started.start(here, "autograder", "cluster", "worker", address, "--workers", str(count))
        return scheduler

    with programs() as started:
        scheduler = cluster(2)
        batch = started.start(here, *GRADE, "--cluster", address)
        until(lambda: len(graded(here)) >= 2, batch)
        kill(scheduler)
        until(lambda: batch.poll() is not None)
        assert batch.returncode == 2
        (last,) = (line for line in said(batch).splitlines() if not line.startswith("["))
        assert last.startswith(f"error: The scheduler {address} was lost in the middle of the batch")
        assert "What was graded before is kept" in last
        cluster(1)
        done = run(here, *GRADE, "--cluster", address)
        assert done.returncode == 0, done.stderr
    assert outcome(here) == expected
    assert max(Counter(graded(here)).values()) == 1


def test_workers_that_are_not_like_the_grader_are_named_before_anything_is_graded(course, tmp_path):
    here, other = fresh(course, tmp_path / "course"), fresh(course, tmp_path / "other")
    with (other / "lib/gradlab/checks/observation.py").open("a") as file:
        file.write("\n# Another state.\n")
    file = prepare(tmp_path / "cluster", f"tcp://127.0.0.1:{free_port()}")
    file.write_text(file.read_text().replace("wait = 30", "wait = 2"))
    grade = (*GRADE, "--cluster", str(file))
    with programs() as started:
        done = run(here, *grade)
        assert done.returncode == 2
        assert re.search(r"error: The scheduler tcp://\S+ cannot be reached: .*Is it running", done.stderr)

        scheduler = started.start(here, "autograder", "cluster", "scheduler", str(file))
        until(lambda: "Scheduler at" in said(scheduler), scheduler)
        done = run(here, *grade)
        assert done.returncode == 2
        assert re.search(
            r"error: The scheduler tcp://\S+ has no workers, and none came within 2 s", done.stderr
        )

        file.write_text(file.read_text().replace("wait = 2", "wait = 60"))
        words = ("autograder", "cluster", "worker", str(file), "--workers", "1")
        started.start(other, *words)
        started.start(here, *words, "--dask=--nthreads 2")
        until(lambda: said(scheduler).count("Register worker") == 2, scheduler)
        done = run(here, *grade)
        assert done.returncode == 2
        assert re.search(r"gradlab and autograder is \w{12} there and \w{12} here", done.stderr)
        assert "threads is 2 there and 1 here" in done.stderr
        assert len(re.findall(r"tcp://127.0.0.1:\d+ on \S+: ", done.stderr)) == 2
        assert not graded(here)


def test_who_has_not_the_certificates_of_a_cluster_is_turned_away(course, tmp_path):
    address = f"tls://127.0.0.1:{free_port()}"
    ours, others = prepare(tmp_path / "ours", address), prepare(tmp_path / "others", address)
    with programs() as started:
        scheduler = started.start(course, "autograder", "cluster", "scheduler", str(ours))
        until(lambda: "Scheduler at" in said(scheduler), scheduler)
        for where in (str(others), address, address.replace("tls", "tcp")):
            with pytest.raises(UserError, match=r"cannot be reached: .*with which certificates"):
                grading.Cluster(where, 1).client()
        assert "Receive client connection" not in said(scheduler)


def no_sandbox(setting, job):
    raise UserError("No sandbox.")


def test_a_worker_that_comes_later_is_compared_too(monkeypatch):
    import distributed  # noqa: PLC0415 (a second, which only this test is worth)

    there = SimpleNamespace(name="", state=SimpleNamespace(nthreads=1))
    monkeypatch.setattr(distributed, "get_worker", lambda: there)
    monkeypatch.setattr(grading, "_prepare_once", lambda name: None)
    monkeypatch.setattr(grading, "work", lambda setting, job: "graded")
    assert grading.grade_here(versions(), None, None) == "graded"
    monkeypatch.setattr(grading, "work", no_sandbox)
    with pytest.raises(UserError, match=f"On the worker {platform.node()}: No sandbox."):
        grading.grade_here(versions(), None, None)
    with pytest.raises(UserError, match=r"may not grade: numpy is .* there and 1.0 here"):
        grading.grade_here({**versions(), "numpy": "1.0"}, None, None)
