"""Harm to others: to grades, submissions, the course and the processes that grade. None of it is in reach."""

from typing import Any

from hostile.case import Case, cheat

# Whatever is tried is tried everywhere and quietly: the case is graded as if it were not there.
QUIETLY = """
import os, sys
def quietly(what, *args, **kwargs):
    try:
        return what(*args, **kwargs)
    except BaseException:
        return None
# Where this is no sandbox, only the process that is there to be harmed is harmed.
SHUT_IN = os.path.isdir("/grader") and os.uname().nodename == "sandbox"
"""


def harm(name: str, tries: str, source: str, bites: str, **parts: Any) -> Case:
    """Something that is done in a cell before the exercises, which are right."""
    return cheat(
        name,
        tries,
        before=(f"{QUIETLY.strip()}\n{source.strip()}",),
        **{"weak": "open course", "bites": bites, **parts},
    )


SQL = """
import sqlite3
def change(words):
    database = sqlite3.connect("$COURSE/autograder/work/gradebook.db", timeout=1)
    database.execute(words); database.commit(); database.close()
"""
KILL = """
import signal
def everyone():
    return range(1, 40_000) if SHUT_IN else [$VICTIM]
"""
PERSIST = "open({place!r}, 'w').write('hostile $TOKEN')"

# One case after the other, as a table.
# fmt: off
CASES = (
    harm("own-points-in-gradebook", "writes its points into the gradebook",
         SQL + "quietly(change, 'UPDATE grade SET manual_score = 312, needs_manual_grade = 0')", "gradebook"),
    harm("others-points-in-gradebook", "sets everybody's points to zero",
         SQL + "quietly(change, 'UPDATE grade SET auto_score = 0')", "gradebook"),
    harm("drops-gradebook", "drops the tables of the gradebook", SQL + "quietly(change, 'DROP TABLE grade')", "gradebook"),
    harm("deletes-gradebook", "deletes the gradebook and its copies",
         "import glob\nfor file in glob.glob('$COURSE/autograder/work/**/*.db', recursive=True):\n    quietly(os.remove, file)",
         "gradebook"),
    harm("locks-gradebook", "locks the gradebook and keeps it locked",
         "import sqlite3\nheld = quietly(sqlite3.connect, '$COURSE/autograder/work/gradebook.db', isolation_level=None)\n"
         "quietly(lambda: held.execute('BEGIN EXCLUSIVE'))", "locked"),
    harm("overwrites-next", "overwrites the submissions that come after it",
         "import glob\nfor file in glob.glob('$COURSE/autograder/work/submitted/*/05-momentum/momentum.ipynb'):\n"
         "    quietly(lambda: open(file, 'w').write('{}'))", "course"),
    harm("overwrites-graded", "overwrites what was graded before",
         "import glob\nfor file in glob.glob('$COURSE/autograder/work/*/*/05-momentum/*'):\n"
         "    quietly(lambda: open(file, 'w').write('{}'))", "course"),
    harm("hands-in-for-others", "makes submissions for students who do not exist",
         "for number in range(50):\n    quietly(os.makedirs, f'$COURSE/autograder/work/submitted/ghost{number}/05-momentum')",
         "course"),
    harm("deletes-course", "deletes the course", "import shutil\nquietly(shutil.rmtree, '$COURSE')", "course"),
    harm("edits-checks", "edits the checks so that later submissions pass",
         "import glob\nfor file in glob.glob('$COURSE/**/judg*.py', recursive=True):\n"
         "    quietly(lambda: open(file, 'a').write('\\n# hostile'))", "course"),
    harm("edits-limits", "lifts the limits in the configuration",
         "quietly(lambda: open('$COURSE/nbgrader_config.py', 'a').write('\\nc.Limits.processes = 10**6'))", "course"),
    harm("edits-run-log", "writes into the log of runs that everyone was graded",
         "quietly(os.makedirs, '$COURSE/autograder/work/runs', exist_ok=True)\n"
         "quietly(lambda: open('$COURSE/autograder/work/runs/05-momentum.jsonl', 'a').write('{}\\n'))", "course"),
    harm("edits-sandbox", "edits the code that runs beside it, for those who come next",
         "import glob\nfor file in glob.glob('/grader/**/*.py', recursive=True) + glob.glob('$COURSE/autograder/inside/*.py'):\n"
         "    quietly(lambda: open(file, 'a').write('\\n# hostile'))", "course"),
    harm("plants-in-home", "plants code that runs whenever its owner starts Python, or a shell",
         "for place in ('.bashrc', '.profile', '.config/hostile'):\n    quietly(os.makedirs, '$HOME/.config', exist_ok=True)\n"
         "    quietly(lambda: open('$HOME/' + place, 'a').write('hostile $TOKEN'))", "home"),
    harm("plants-everywhere", "leaves a file in every place that somebody might read",
         "for place in ('/tmp', '/var/tmp', '/dev/shm', '/cache', '/grader', '/run', '/usr/local/lib', '/etc', '/'):\n"
         "    if SHUT_IN or place in ('/tmp', '/var/tmp'):\n"
         "        quietly(lambda: open(f'{place}/hostile-$TOKEN', 'w').write('here'))", "marker"),
    harm("link-out-of-scratch", "links out of its folder, and writes through the link",
         "quietly(os.symlink, '$COURSE/nbgrader_config.py', 'way-out')\nquietly(lambda: open('way-out', 'a').write('# hostile'))",
         "course"),
    harm("kills-everyone", "sends every signal to every process there is",
         KILL + "for pid in everyone():\n    quietly(os.kill, pid, signal.SIGKILL if pid != os.getpid() else 0)\n"
         "if SHUT_IN:\n    quietly(os.kill, -1, signal.SIGTERM)", "victim"),
    harm("stops-everyone", "stops every process there is, so that the batch waits for ever",
         KILL + "for pid in everyone():\n    quietly(os.kill, pid, signal.SIGSTOP if pid != os.getpid() else 0)\n"
         "if SHUT_IN:\n    quietly(os.kill, -1, signal.SIGCONT)", "victim"),
    harm("kills-by-pidfd", "kills by file descriptors of processes",
         KILL + "for pid in everyone():\n    fd = quietly(os.pidfd_open, pid)\n"
         "    if fd is not None and pid != os.getpid():\n        quietly(signal.pidfd_send_signal, fd, signal.SIGKILL)\n"
         "        os.close(fd)", "victim"),
    harm("kills-from-function", "kills its parents while its answer is judged",
         KILL + "def numerical_gradient_before(f, w, h=1e-5): pass\nfor pid in everyone():\n"
         "    quietly(os.kill, pid, signal.SIGKILL if pid != os.getpid() else 0)", "victim"),
    harm("traces-others", "attaches itself to other processes to change their memory",
         "import ctypes\nlibc = ctypes.CDLL(None)\nfor pid in range(1, 4000) if SHUT_IN else [$VICTIM]:\n"
         "    if pid != os.getpid() and libc.ptrace(16, pid, 0, 0) == 0:\n        os.waitpid(pid, 0)\n"
         "        libc.ptrace(8, pid, 0, 0)\n        break", "victim"),
    harm("lowers-others", "takes the processor from other processes",
         "for pid in range(1, 4000) if SHUT_IN else [$VICTIM]:\n    if pid != os.getpid():\n"
         "        quietly(os.setpriority, os.PRIO_PROCESS, pid, 19)", "priority"),
    harm("daemon", "leaves a process behind that writes when all is over",
         "import time\nif quietly(os.fork) == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(0.5)\n"
         "        quietly(lambda: open('$COURSE/hostile-$TOKEN', 'w').write('later'))\n    os._exit(0)",
         "later"),
    harm("daemon-that-hides", "leaves a process behind that ignores signals and has no parents",
         "import signal, time\nif quietly(os.fork) == 0:\n    os.setsid()\n    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))\n"
         "    if os.fork() == 0:\n        os.closerange(0, 256)\n        time.sleep(600 if SHUT_IN else 2)\n    os._exit(0)",
         "alive"),
    harm("enters-namespaces", "makes namespaces and mounts of its own, to be root in them",
         "import ctypes\nlibc = ctypes.CDLL(None)\nif SHUT_IN:\n    entered = [libc.unshare(flag) for flag in (0x10000000, 0x20000, 0x20000000)]\n"
         "    entered += [libc.mount(b'none', b'/tmp', b'tmpfs', 0, None), libc.umount2(b'/proc', 2), libc.chroot(b'/')]\n"
         "    assert set(entered) == {-1}, entered\n"
         "elif os.fork() == 0:\n    entered = libc.unshare(0x10000000)\n"
         "    open('$COURSE/hostile-$TOKEN', 'w').write(str(entered)) if entered == 0 else None\n    os._exit(0)\nelse:\n    os.wait()",
         "later"),
    harm("runs-programs", "runs another program",
         "import subprocess\nquietly(subprocess.run, ['sh', '-c', 'echo hostile > $COURSE/hostile-$TOKEN'])\n"
         "quietly(os.system, 'echo hostile > $COURSE/hostile-$TOKEN')", "later"),
)
# fmt: on
