"""Leaks: of secrets, hidden numbers, other people's work, and out over the network."""

from typing import Any

from hostile.case import Case, cheat
from hostile.cases.harm import QUIETLY


def leak(name: str, tries: str, source: str, bites: str = "printed", **parts: Any) -> Case:
    """Something that is printed by a cell, and so would stand in the feedback."""
    cells = (f"{QUIETLY.strip()}\n{source.strip()}",)
    fixed = {"weak": "open course", "bites": bites, "hides": ("$SECRET",), "batch": "shown", "before": cells}
    return cheat(name, tries, **{**fixed, **parts})


def call(name: str, tries: str, source: str, **parts: Any) -> Case:
    """Something that opens a connection."""
    return leak(name, tries, source, **{"bites": "connection", "hides": (), "batch": "quick", **parts})


# What was asked so far, kept where another function, in another fork, can read it.
KEEP = "import json, os\nHERE = os.path.join(os.environ.get('TMPDIR', '.'), 'seen')\n"
KEEPS = (
    KEEP + "seen = []\ndef effective_step(lr, rho):\n    seen.append(repr(lr))\n"
    "    open(HERE, 'a').write(f'seen:{lr!r} ')\n    return lr / (1 - rho)"
)
QUOTES = KEEP + "def momentum_step(w, grad, v, lr, rho=0.9):\n    raise ValueError(open(HERE).read()[-1500:])"

# One case after the other, as a table.
# fmt: off
CASES = (
    leak("environment", "prints the environment", "print(dict(os.environ))"),
    leak("environment-of-others", "prints the environments of all processes",
         "import glob\nfor file in glob.glob('/proc/*/environ') if SHUT_IN else ['/proc/$VICTIM/environ']:\n"
         "    print(quietly(lambda: open(file, 'rb').read()))"),
    leak("memory-of-others", "reads the memory of other processes",
         "import ctypes\nclass Part(ctypes.Structure):\n    _fields_ = [('at', ctypes.c_void_p), ('size', ctypes.c_size_t)]\n"
         "libc = ctypes.CDLL(None)\nfor pid in range(1, 4000) if SHUT_IN else [$VICTIM]:\n"
         "    buffer = ctypes.create_string_buffer(64)\n    mine = Part(ctypes.addressof(buffer), 64)\n"
         "    if libc.process_vm_readv(pid, ctypes.byref(mine), 1, ctypes.byref(Part($ADDRESS, 64)), 1, 0) > 0 and pid != os.getpid():\n"
         "        print(buffer.raw)"),
    leak("course-secret", "prints the secret from which hidden numbers are made",
         "print(quietly(lambda: open('$COURSE/autograder/work/secret').read()))", hides=("$COURSE_SECRET",), bites="$COURSE_SECRET"),
    leak("hidden-tests", "prints the hidden tests of the instructor's notebook",
         "print(quietly(lambda: open('$COURSE/solutions/05-momentum/momentum.ipynb').read()))", hides=("hidden=true",),
         bites="hidden=True"),
    leak("history", "prints what was run, hidden tests included",
         "get_ipython().events.register('post_run_cell', lambda *args: print(In, _ih, get_ipython().user_ns.get('_i')))",
         hides=("hidden=true",), bites="hidden=True"),
    leak("seed", "prints the seed of its hidden numbers", "print(quietly(lambda: os.environ['GRADLAB_SEED']))",
         hides=("$SEED",), bites="$SEED"),
    leak("others-work", "prints what other students handed in",
         "import glob\nfor file in glob.glob('$COURSE/autograder/work/submitted/*/*/*'):\n    print(quietly(lambda: open(file).read()))",
         hides=("written by a neighbour",), bites="written by a neighbour"),
    leak("system-files", "prints files of the system", "print(quietly(lambda: open('/etc/passwd').read()))",
         hides=("root:x:0",), bites="root:"),
    leak("open-files", "reads from every open file",
         "for fd in range(3, 256):\n    quietly(os.set_blocking, fd, False)\n    quietly(os.lseek, fd, 0, 0)\n"
         "    print(quietly(os.read, fd, 10_000))", hides=("$COURSE_SECRET",), bites="$COURSE_SECRET"),
    leak("machine", "prints what there is to know of the machine",
         "print(os.uname(), quietly(os.listdir, '$COURSE'), quietly(lambda: open('/proc/cpuinfo').read()[:200]), quietly(os.getlogin))",
         hides=("nbgrader_config",), bites="nbgrader_config"),
    cheat("quotes-hidden-numbers", "writes hidden numbers down in one exercise, quotes them in the error of the next, and prints them",
          answers={"effective_step": KEEPS, "momentum_step": QUOTES}, earns={"momentum_step": 0}, hides=("$HIDDEN",), batch="shown",
          after=(KEEP + "print(open(HERE).read())",), weak="one process", bites="hidden numbers"),
    cheat("type-named-like-hidden-numbers", "hands back an object whose class has hidden numbers in its name",
          answers={"effective_step": "def effective_step(lr, rho):\n    return type(f'saw_{lr}'.replace('.', '_'), (), {})()"},
          earns={"effective_step": 0}, hides=("$HIDDEN_",), weak="one process", bites="hidden numbers in names"),
    call("connects", "connects to a port of this machine",
         "import socket\nquietly(socket.create_connection, ('127.0.0.1', $PORT), 1)"),
    call("connects-ipv6", "connects to it by its other address", "import socket\nquietly(socket.create_connection, ('::ffff:127.0.0.1', $PORT), 1)"),
    call("fetches", "fetches a page", "import urllib.request\nquietly(urllib.request.urlopen, 'http://127.0.0.1:$PORT/', timeout=1)"),
    call("resolves", "asks for a name, and so tells it",
         "import socket\nprint(quietly(socket.getaddrinfo, 'localhost', $PORT))\nquietly(socket.create_connection, ('localhost', $PORT), 1)"),
    call("datagram", "sends a datagram", "import socket\nquietly(lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b'here', ('127.0.0.1', $PORT)))",
         bites="datagram"),
    call("unix-socket", "connects to a unix socket", "import socket\nquietly(lambda: socket.socket(socket.AF_UNIX).connect('$SOCKET'))"),
    call("abstract-socket", "connects to a unix socket that lies in no folder",
         "import socket\nquietly(lambda: socket.socket(socket.AF_UNIX).connect('\\0$ABSTRACT'))"),
    call("pair-of-sockets", "sends from one of a pair of sockets to somebody else's",
         "import socket\none, other = socket.socketpair(type=socket.SOCK_DGRAM)\nquietly(one.sendto, b'here', '\\0$ABSTRACT-datagram')\n"
         "quietly(one.sendto, b'here', '$SOCKET-datagram')", bites="datagram"),
    call("own-grader-socket", "takes the socket to the grader for something else",
         "import gc, socket\nif SHUT_IN:\n    for thing in gc.get_objects():\n        if type(thing) is socket.socket and thing.fileno() >= 0:\n"
         "            quietly(thing.connect, '$SOCKET')\nelse:\n    quietly(lambda: socket.socket(socket.AF_UNIX).connect('$SOCKET'))"),
    call("from-a-function", "connects while its answer is judged",
         "pass", before=(), answers={"effective_step": "import socket\ndef effective_step(lr, rho):\n    try:\n"
         "        socket.create_connection(('127.0.0.1', $PORT), 1)\n    except OSError:\n        pass\n    return lr / (1 - rho)"},
         ),
)
# fmt: on
