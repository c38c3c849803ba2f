"""Shut a forked process in: the layers of Linux that no library wraps whole, in one place, each with its reason.

Bubblewrap has built the outer wall around the zygote: no network, a read-only system, no course folder. What is
done here parts one submission from the next, which share that wall, and takes away what nobody's homework needs:

- *namespaces* (user, pid, mount, ipc): a submission sees neither the processes nor the files of its neighbours, and
  when its first process ends, the kernel ends all the others that it has started.
- *a scratch folder* of its own and a place for shared memory, both of limited size; `/proc` is covered.
- *rlimits*: memory, processes, open files, size of a file, processor time, no core dumps.
- *no new privileges, no capabilities*: nothing in there can become more than it is.
- *Landlock*: even if a mount were overlooked, only the scratch folder can be written to.
- *seccomp*: a list of system calls that are refused, compiled outside by libseccomp (`autograder.sandbox.syscalls`).

The calls are made through ctypes because Python wraps `unshare` only since 3.12 and the others not at all; the bindings
on PyPI import too much for a process that is forked thousands of times. Sources: the manual pages unshare(2),
user_namespaces(7), prctl(2), seccomp(2), capset(2), landlock(7).
"""

import ctypes
import os
import resource
import signal
import struct
from dataclasses import dataclass
from pathlib import Path

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 0x20000, 0x8000000, 0x10000000, 0x20000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_RDONLY, MS_REC, MS_PRIVATE = 2, 4, 8, 1, 0x4000, 0x40000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 24, 38
SECCOMP_MODE_FILTER = 2
SYS_CAPSET = {"x86_64": 126, "aarch64": 91}
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
LANDLOCK_PATH_BENEATH = 1
# Rights of Landlock's first version: execute, write, read file and folder, and then all that change a folder.
READING = 0b1101
EVERYTHING = (1 << 13) - 1
# Signals and abstract sockets stay within the submission, from version 6 on.
SCOPES = 0b11

# Where processes of one submission meet: the locks of a pool of workers lie there.
SHARED_MEMORY = "/dev/shm"
# What the zygote wrote while it imported; no fork needs it.
CACHE = "/cache"

_libc = ctypes.CDLL(None, use_errno=True)


class ConfinementError(OSError):
    """A layer that this machine was said to offer could not be put up."""


@dataclass(frozen=True)
class Walls:
    """Which layers to put up, and how high.

    Attributes:
        namespaces: whether to part this process from its neighbours.
        landlock: whether to forbid writing outside the scratch folder once more.
        seccomp: a compiled filter; empty for none.
        memory: bytes of address space for one process.
        processes: how many tasks, threads included, may live at once.
        files: how many files the scratch folder may hold, and how many may be open.
        file_size: bytes of the largest file.
        disk: bytes of the scratch folder.
        cpu: seconds of processor time for one process.
    """

    namespaces: bool
    landlock: bool
    seccomp: bytes
    memory: int
    processes: int
    files: int
    file_size: int
    disk: int
    cpu: int


def own_process_numbers() -> None:
    """Go on in a fork that is the first of its own process numbers, and may give its own forks such numbers too.

    The process that was there before does nothing but wait for it. Raises ConfinementError where the machine does not
    allow it.
    """
    _enter_user_namespace(CLONE_NEWPID)
    child = os.fork()
    if child:
        os.closerange(3, 4096)  # whoever talks to the fork learns at once when that is gone
        os.waitpid(child, 0)
        os._exit(0)
    _check("pdeathsig", _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))


def fork_apart() -> int:
    """`os.fork`, with a child that is the first of its own process numbers: whom it starts ends with it.

    Raises ConfinementError where the machine does not allow it.
    """
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    try:
        _check("unshare", _libc.unshare(CLONE_NEWPID))
        child = os.fork()
        if child:
            _check("setns", _libc.setns(own, CLONE_NEWPID))
        return child
    finally:
        os.close(own)


def part_from_neighbours() -> None:
    """Enter new namespaces of users, mounts and shared memory; raises ConfinementError where that is not allowed."""
    _enter_user_namespace(CLONE_NEWNS | CLONE_NEWIPC)


def _enter_user_namespace(others: int) -> None:
    uid, gid = os.getuid(), os.getgid()
    _check("unshare", _libc.unshare(CLONE_NEWUSER | others))
    # The same numbers inside as outside: files of the scratch folder belong to someone.
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def shut_in(walls: Walls, scratch: str) -> None:
    """Put up the walls around this process, which is the first of its namespaces; there is no way back."""
    if walls.namespaces:
        _mount("none", "/", None, MS_REC | MS_PRIVATE, None)
        for place in (scratch, SHARED_MEMORY):
            _mount("tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
                   f"size={walls.disk},nr_inodes={walls.files},mode=0700")  # fmt: skip
        # Every process of the neighbours could be seen in /proc, and what they leave for the next in the cache.
        for place in ("/proc", CACHE):
            _mount(
                "tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, "size=0,nr_inodes=1"
            )
    os.chdir(scratch)
    _limit(walls)
    _check("no_new_privs", _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    if walls.namespaces:
        _drop_capabilities()
    if walls.landlock:
        _restrict_writing(scratch)
    _check("dumpable", _libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
    if walls.seccomp:
        _filter_calls(walls.seccomp)


def landlock_version() -> int:
    """The version of Landlock that the kernel offers; 0 without it."""
    return max(0, int(_libc.syscall(LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)))


def _limit(walls: Walls) -> None:
    limits = {
        resource.RLIMIT_AS: walls.memory,
        resource.RLIMIT_DATA: walls.memory,  # the grader has set one of its own
        resource.RLIMIT_FSIZE: walls.file_size,
        resource.RLIMIT_NOFILE: min(walls.files, 256),
        resource.RLIMIT_CPU: walls.cpu,
        resource.RLIMIT_CORE: 0,
    }
    if walls.namespaces:  # elsewhere it counts everything that this user runs
        limits[resource.RLIMIT_NPROC] = walls.processes
    for kind, value in limits.items():
        resource.setrlimit(kind, (value, value))


def _drop_capabilities() -> None:
    for capability in range(64):
        if _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break
    header, nothing = struct.pack("Ii", 0x20080522, 0), bytes(24)
    number = SYS_CAPSET.get(os.uname().machine)
    if number is not None:
        _check("capset", _libc.syscall(number, header, nothing))


def _restrict_writing(scratch: str) -> None:
    version = landlock_version()
    if version == 0:
        raise ConfinementError("landlock is not there any more")
    attributes = struct.pack("QQQ", EVERYTHING, 0, SCOPES) if version >= 6 else struct.pack("Q", EVERYTHING)
    ruleset = _check(
        "landlock", _libc.syscall(LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    )
    try:
        places = [("/", READING), (scratch, EVERYTHING & ~1), ("/dev/null", 0b110)]
        if Path(SHARED_MEMORY).is_dir():
            places.append((SHARED_MEMORY, EVERYTHING & ~1))
        for place, rights in places:
            folder = os.open(place, os.O_PATH | os.O_CLOEXEC)
            rule = struct.pack("=Qi", rights, folder)
            _check("landlock", _libc.syscall(LANDLOCK_ADD, ruleset, LANDLOCK_PATH_BENEATH, rule, 0))
            os.close(folder)
        _check("landlock", _libc.syscall(LANDLOCK_RESTRICT, ruleset, 0))
    finally:
        os.close(ruleset)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _filter_calls(filter_: bytes) -> None:
    # Eight bytes an instruction.
    program = _Program(len(filter_) // 8, filter_)
    _check("seccomp", _libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0))


def _mount(source: str, target: str, kind: str | None, flags: int, options: str | None) -> None:
    texts = [text.encode() if text is not None else None for text in (source, target, kind)]
    data = options.encode() if options is not None else None
    _check(f"mount {target}", _libc.mount(*texts, ctypes.c_ulong(flags), data))


def _check(what: str, result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise ConfinementError(number, f"{what}: {os.strerror(number)}")
    return result
