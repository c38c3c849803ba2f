"""Feed the grader mutated notebooks, and the judge mutated frames."""

import json
import random
import socket
import threading
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
import numpy as np

from autograder.course import Lesson
from autograder.inside.values import pack, unpack
from autograder.inside.wire import ClosedError, LateError, ProtocolError, receive
from autograder.outcome import Status
from autograder.released import released_notebook
from autograder.sandbox.limits import Limits
from autograder.sandbox.remote import NoFunctionError, RemoteFunction
from autograder.worker import Job, setting_for, work
from gradlab.checks import VISIBLE_SEED, find_exercise
from gradlab.checks.judge import judge
from torture.mutation import mutated, mutated_frame
from torture.small_course import small_course, submission


def fuzz_notebooks(folder: Path, count: int, seed: int = 0, workers: int = 2) -> Counter[str]:
    """Grade `count` mutated notebooks; AssertionError where the grader fails. Counts the statuses."""
    course = small_course(folder)
    released = released_notebook(Lesson("05-momentum", course))
    limits = Limits(cell_seconds=5, notebook_seconds=20)
    setting = setting_for("05-momentum", released, limits, figures=False)
    whole = [nbformat.writes(submission(course, number)).encode() for number in range(12)]
    rng = random.Random(seed)
    jobs = [Job(f"s{number}", mutated(rng.choice(whole), rng), "seed") for number in range(count)]
    statuses: Counter[str] = Counter()
    with ProcessPoolExecutor(workers) as pool:
        for job, done in zip(jobs, pool.map(work, [setting] * count, jobs, chunksize=20), strict=True):
            assert done.outcome.status is not Status.GRADER_ERROR, (done.log, job.content[:2000])
            assert isinstance(done.outcome.status, Status)
            statuses[done.outcome.status] += 1
    return statuses


# What an honest process says: its description, and answers to whatever it is asked.
_WORDS = [
    ["function", True, True, [["lr", 1, False], ["rho", 1, False]], False, [], "function"],
    ["returned", False, ["l", [["a", "<f8", [2]], ["t", [None, None]], ["d", []]]]],
    ["returned", True, ["l", [["s", "<f8", []], ["t", [None, None]], ["d", []]]]],
    ["raised", "error", "Your code stopped with ValueError: no", False],
    ["callback", 0, ["l", [["t", [1.5]], ["d", []]]]],
]


def fuzz_frames(count: int, seed: int = 0) -> Counter[str]:
    """Read `count` mutated frames, alone and as answers to the judge; only the protocol's own errors come out."""
    rng = random.Random(seed)
    endings: Counter[str] = Counter()
    for number in range(count):
        frame = mutated_frame(_frame(rng.choice(_WORDS), rng), rng)
        endings[_judged(frame, rng) if number % 50 == 0 else _read(frame)] += 1
    return endings


def _frame(words: object, rng: random.Random) -> bytes:
    blobs = [np.full(2, rng.random()).tobytes()] if '"a"' in json.dumps(words) else []
    blobs += [np.float64(1).tobytes()] if '"s"' in json.dumps(words) else []
    sizes = [len(blob) for blob in blobs]
    text = json.dumps([words, sizes]).encode()
    return len(text).to_bytes(4, "big") + sum(sizes).to_bytes(4, "big") + text + b"".join(blobs)


def _read(frame: bytes) -> str:
    here, there = socket.socketpair()
    with here, there:
        there.sendall(frame)
        there.shutdown(socket.SHUT_WR)
        try:
            message, blobs = receive(here)
            unpack(message[2], blobs, lambda *_: None)
        except (ProtocolError, ClosedError) as error:
            return type(error).__name__
        except (TypeError, IndexError, KeyError):
            return "no message"  # `receive` gives any JSON; its readers look at the form
    return "read"


def _judged(frame: bytes, rng: random.Random) -> str:
    """Judge a process that describes itself properly, then answers with this frame."""
    here, there = socket.socketpair()

    def answer() -> None:
        with there:
            try:
                there.sendall(_frame(_WORDS[0], rng) if rng.random() < 0.9 else frame)
                while there.recv(1 << 16):
                    there.sendall(frame)
            except OSError:
                return

    thread = threading.Thread(target=answer)
    thread.start()
    exercise = find_exercise("effective_step")
    try:
        verdict = judge(exercise, RemoteFunction(exercise.name, here, 0.2), VISIBLE_SEED)
        assert pack(verdict.points, lambda value: (0, "")) is not None
        assert verdict.points < exercise.max_points
        return f"judged {verdict.outcome}"
    except (ProtocolError, ClosedError, LateError, NoFunctionError) as error:
        return f"judged {type(error).__name__}"
    finally:
        here.close()
        thread.join()
