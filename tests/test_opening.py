"""Sandboxes open with every layer that holds; one that does not is left out, and nothing stays open behind it."""

import pytest

from autograder.errors import UserError
from autograder.sandbox import opening
from autograder.sandbox.limits import Limits
from autograder.sandbox.opening import HOW_TO_INSTALL, NO_ISOLATION, layers_that_hold, open_sandboxes
from autograder.sandbox.zygotes import Isolation

EVERY_LAYER = Isolation(bubblewrap=True, namespaces=True, landlock=True, seccomp=True)
LIMITS = Limits()


class Machine:
    """A machine on which some layers break, in the words of a fork that could not put them up."""

    def __init__(self, breaks: dict[str, str], starts: bool = True) -> None:
        self.breaks, self.starts = breaks, starts
        self.opened: list[Zygote] = []

    def zygote(self, role, limits, isolation, core):
        self.opened.append(Zygote(self, role, isolation))
        return self.opened[-1]


class Zygote:
    """Stands for a sandbox and for its forks."""

    def __init__(self, machine: Machine, role: str, isolation: Isolation) -> None:
        self.machine, self.role, self.isolation, self.closed = machine, role, isolation, False

    def wait(self):
        if not self.machine.starts:
            raise UserError("The sandbox could not be started: bwrap: No permissions.")

    def fork(self):
        return self

    def what_is_broken(self):
        broken = (said for layer, said in self.machine.breaks.items() if getattr(self.isolation, layer))
        return next(broken, "")

    def close(self):
        self.closed = True


@pytest.fixture
def machine(monkeypatch):
    """Puts a machine in the place of this one."""

    def put(breaks=(), *, offered=EVERY_LAYER, starts=True):
        put_up = Machine(dict(breaks), starts)
        monkeypatch.setattr(opening, "Sandbox", put_up.zygote)
        monkeypatch.setattr(opening, "offered", lambda: offered)
        return put_up

    return put


@pytest.mark.parametrize(
    ("breaks", "missing"),
    [
        ({}, set()),
        ({"landlock": "landlock: Operation not supported"}, {"landlock"}),
        ({"seccomp": "seccomp: Invalid argument"}, {"seccomp"}),
        ({"namespaces": "unshare: Operation not permitted"}, {"namespaces"}),
        ({"landlock": "landlock is not there any more", "seccomp": "seccomp: Invalid argument"}, {"landlock", "seccomp"}),
    ],
    ids=["none", "landlock", "seccomp", "namespaces", "two"],
)  # fmt: skip
def test_layers_that_do_not_hold_are_left_out_and_the_others_stay(machine, breaks, missing):
    here = machine(breaks)
    opened = open_sandboxes(LIMITS)
    assert {layer for layer in vars(EVERY_LAYER) if not getattr(opened.isolation, layer)} == missing
    assert set(opened.zygotes) == {"answer", "show"}
    assert [zygote.closed for zygote in here.opened] == [True, True] * len(breaks) + [False, False]
    opened.close()
    assert all(zygote.closed for zygote in here.opened)


@pytest.mark.parametrize(
    "parts",
    [
        {"breaks": {"bubblewrap": "a process did not begin"}},
        {"starts": False},
        {"offered": NO_ISOLATION},
    ],
    ids=["no process begins", "bubblewrap does not start", "no bubblewrap"],
)
def test_a_machine_that_shuts_nobody_in_is_told_what_to_install(machine, parts):
    here = machine(**parts)
    with pytest.raises(UserError) as told:
        open_sandboxes(LIMITS)
    assert HOW_TO_INSTALL in str(told.value) and "--no-sandbox" in str(told.value)
    assert layers_that_hold(LIMITS) == NO_ISOLATION
    assert all(zygote.closed for zygote in here.opened)


def test_who_does_without_a_sandbox_gets_none(machine):
    here = machine()
    assert open_sandboxes(LIMITS, figures=False, sandbox=False).isolation == NO_ISOLATION
    assert [zygote.role for zygote in here.opened] == ["answer"]


def test_to_look_which_layers_hold_leaves_nothing_open(machine):
    here = machine({"seccomp": "seccomp: Invalid argument"})
    assert layers_that_hold(LIMITS) == Isolation(
        bubblewrap=True, namespaces=True, landlock=True, seccomp=False
    )
    assert all(zygote.closed for zygote in here.opened)
