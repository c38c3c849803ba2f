"""More of the machine than a submission may have: it is stopped, and the status says at what."""

from typing import Any

from hostile.case import ZERO, Case
from hostile.cases.ends import REST

LIMIT, LATE = "over a limit", "timed out"
STEP = "def effective_step(lr, rho):\n"
BOMB = "it would take this machine down"


def takes(name: str, tries: str, source: str, limit: str, bites: Any = None, **parts: Any) -> Case:
    """Takes too much in a cell; the exercises, which are right, are judged all the same."""
    fixed = {
        "before": (source,),
        "status": LIMIT,
        "says": (limit,),
        "bites": bites,
        "weak": "no limits" if bites else "",
    }
    return Case(name, tries, **{**fixed, **parts})


def hangs(name: str, tries: str, source: str, **parts: Any) -> Case:
    """Does not end, in a cell."""
    fixed = {"before": (source,), "status": LATE, "batch": "slow", "weak": "no limits", "bites": "endless"}
    return Case(name, tries, **{**fixed, **parts})


def hangs_when_called(name: str, tries: str, source: str, **parts: Any) -> Case:
    """Does not end, when it is called: it costs itself only."""
    return Case(
        name,
        tries,
        answers={"effective_step": source},
        earns={"effective_step": 0},
        batch="slow",
        **{"status": LATE, "says": ("No end within the time: effective_step",), **parts},
    )


MEMORY, DISK, FILES = "More memory", "More or larger files", "file larger"
SLEEPERS = "import os, time\nfor _ in range(100):\n    if os.fork() == 0:\n        time.sleep({seconds})\n        os._exit(0)\ntime.sleep(2)"

# One case after the other, as a table.
# fmt: off
CASES = (
    takes("memory-bytes", "asks for 3 GB", "x = bytearray(3 << 30)\nx[::4096] = x[::4096]", MEMORY, "memory"),
    takes("memory-list", "doubles a list until it is stopped", "x = [0] * 1_000_000\nwhile True:\n    x = x + x", MEMORY, dull=BOMB),
    takes("memory-array", "makes an array of 1000 TB", "import numpy as np\nnp.ones((10**7, 10**7))", MEMORY, dull="numpy itself refuses it"),
    takes("memory-map", "maps 3 GB of memory", "import mmap\nx = mmap.mmap(-1, 3 << 30, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)", "allocate memory",
          status="graded", says=(), dull="nothing is taken before it is written to"),
    takes("memory-shared", "shares memory that no limit of one process counts",
          "import mmap\nkept = []\nfor _ in range(3):\n    kept.append(mmap.mmap(-1, 600 << 20))\n    kept[-1][::4096] = bytes(len(kept[-1][::4096]))", "", status="graded", says=(),
          weak="no limits", bites="shared memory"),
    takes("memory-file", "keeps memory in a file that lies nowhere",
          "import os\nfd = os.memfd_create('x')\nfor _ in range(40):\n    os.write(fd, bytes(50 << 20))", "", status="graded", says=(),
          weak="no limits", bites="memfd"),
    takes("memory-processes", "takes as much in three processes as one may have in each",
          "import os, time\npages = bytes(450 << 8)\nx = bytearray(450 << 20)\nx[::4096] = pages\nfor _ in range(3):\n"
          "    if os.fork() == 0:\n        x[::4096] = pages\n        time.sleep(60)\n"
          "        os._exit(0)\ntime.sleep(60)",
          "All processes together took more than", earns=ZERO, dull="four times the limit at once"),
    takes("memory-in-function", "takes it when it is called", "", "", before=(),
          answers={"effective_step": STEP + "    return bytearray(3 << 30)"}, earns={"effective_step": 0}, status="graded", says=(),
          dull="the error is an answer like any other"),
    takes("processes", "starts a hundred processes", SLEEPERS.format(seconds=30), "More", "processes", earns=ZERO),
    takes("fork-bomb", "forks for ever", "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass",
          "", says=(), earns=ZERO, status=LIMIT, or_status="crashed", batch="slow", dull=BOMB),
    takes("fork-bomb-in-function", "forks for ever when it is called", "", "", before=(), says=(), batch="slow",
          answers={"numerical_gradient": "import os\ndef numerical_gradient(f, w, h=1e-5):\n    while True:\n        try:\n"
                   "            os.fork()\n        except OSError:\n            pass"},
          earns={"numerical_gradient": 0}, dull=BOMB),
    takes("threads", "starts three thousand threads",
          "import threading, time\nthreading.stack_size(32_768)\nfor _ in range(3000):\n"
          "    threading.Thread(target=time.sleep, args=(30,), daemon=True).start()\ntime.sleep(2)",
          "More", "threads", earns=ZERO),
    takes("file-large", "writes a file of 20 MB", "open('large', 'wb').write(bytes(20 << 20))", FILES, "file"),
    takes("file-sparse", "makes a file that says it has a terabyte", "open('sparse', 'wb').truncate(1 << 40)", FILES, "file"),
    takes("files-together", "writes files until the disk is full",
          "for number in range(10):\n    open(f'part{number}', 'wb').write(bytes(7 << 20))", DISK, "disk"),
    takes("files-many", "makes ten thousand files", "for number in range(10_000):\n    open(f'{number}', 'w').close()", DISK, "files"),
    takes("files-open", "opens five hundred files", "files = [open('/dev/null') for _ in range(500)]", "More open files", "open files"),
    takes("folders-deep", "makes folders in folders in folders", "import os\nwhile True:\n    os.mkdir('d')\n    os.chdir('d')", DISK,
          dull="as files-many"),
    takes("log-of-everything", "writes 40 MB of temporary files",
          "import tempfile\nfiles = [tempfile.NamedTemporaryFile() for _ in range(10)]\nfor file in files:\n    file.write(bytes(4 << 20)); file.flush()",
          DISK, "temporary"),
    takes("prints-much", "prints 200 MB", "for _ in range(200):\n    print('x' * 1_000_000)", "More output", "output", batch="shown"),
    takes("prints-errors", "writes without end to stderr", "import sys\nfor _ in range(2_000):\n    print('y' * 1000, file=sys.stderr)",
          "More output", "output", batch="shown"),
    takes("shows-much", "displays a hundred thousand things",
          "from IPython.display import display\nfor number in range(50_000):\n    display(number)", "More output", "output", batch="shown"),
    takes("shows-large", "displays a page of 1 MB",
          "from IPython.display import HTML, display\ndisplay(HTML('<p>' + 'z' * 1_000_000))", "More output", "z" * 300_000, weak="stock page", batch="shown"),
    takes("updates-without-end", "updates one display with ever more",
          "from IPython.display import display\nshown = display('', display_id=True)\nfor size in range(40):\n    shown.update('x' * 10_000 * size)",
          "More output", "x" * 300_000, weak="stock page", batch="shown"),
    takes("result-large", "has a result whose form has 1 MB",
          "class Large:\n    def __repr__(self): return 'r' * 1_000_000\nLarge()", "More output", "r" * 300_000, weak="stock page", batch="shown"),
    hangs("loop", "loops for ever", "while True:\n    pass"),
    hangs("loop-that-catches", "catches whatever should end it", "while True:\n    try:\n        while True: pass\n    except:\n        pass"),
    hangs("sleeps", "sleeps", "import time\ntime.sleep(10**6)"),
    hangs("loop-without-signals", "blocks all signals, then loops",
          "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))\nwhile True:\n    pass", earns=ZERO,
          says=("Not run after it",)),
    hangs("loop-with-own-alarm", "handles the alarm itself, then loops",
          "import signal\nsignal.signal(signal.SIGALRM, lambda *args: None)\nsignal.setitimer(signal.ITIMER_REAL, 0)\nwhile True:\n    pass",
          earns=ZERO),
    hangs("power", "computes a number that never ends", "x = 7 ** (7 ** 12)"),
    hangs("regular-expression", "matches for ever", "import re\nre.match('(a|aa)+$', 'a' * 60 + 'b')"),
    hangs("sorts", "sorts what compares for ever", "class Slow:\n    def __lt__(self, other):\n        while True: pass\nsorted([Slow(), Slow()])"),
    hangs("generator-in-cell", "takes the sum of all numbers", "import itertools\nsum(itertools.count())", earns=ZERO),
    hangs("waits-for-itself", "waits for a lock that it holds", "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()"),
    hangs("reads-for-ever", "reads from a pipe into which nobody writes", "import os\none, other = os.pipe()\nos.read(one, 1)"),
    hangs("many-loops", "loops in every one of twenty cells", "while True:\n    pass", before=("while True:\n    pass",) * 20, earns=ZERO,
          says=("Not run after it",)),
    hangs_when_called("loop-in-function", "loops when it is called", STEP + "    while True:\n        pass"),
    hangs_when_called("loop-in-function-that-catches", "loops, and catches whatever should end it",
                      STEP + "    while True:\n        try:\n            while True: pass\n        except BaseException:\n            pass"),
    hangs_when_called("loop-in-function-without-signals", "blocks all signals when it is called",
                      "import signal\n" + STEP + "    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))\n    while True:\n        pass"),
    hangs_when_called("loop-in-generator", "hands back a generator without an end", STEP + "    while True:\n        yield lr", status="graded", says=()),
    hangs_when_called("loop-in-array", "hands back what takes for ever to become an array",
                      "class Slow:\n    def __array__(self, dtype=None, copy=None):\n        while True: pass\n" + STEP + "    return Slow()"),
    hangs_when_called("loop-when-looked-at", "takes for ever to say what it is",
                      "class Step:\n    def __call__(self, lr, rho): return lr / (1 - rho)\n    @property\n    def __signature__(self):\n"
                      "        while True: pass\neffective_step = Step()"),
    Case(
        "freezes-its-parent", "answers rightly, and stops the process that it was forked from",
        answers={"effective_step": "import os, signal, time\nmain = os.getpid()\nsignal.signal(signal.SIGUSR1, lambda *args: time.sleep(600))\n"
                 + STEP + "    os.kill(main, signal.SIGUSR1)\n    return lr / (1 - rho)"},
        earns={**REST}, status=LATE, batch="slow",
    ),
)
# fmt: on
