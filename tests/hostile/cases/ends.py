"""A process that ends, or that cannot be spoken to any more: what was earned before stays, and the status says what happened."""

from hostile.case import NOTHING, ZERO, Case  # noqa: F401

STEP = "def effective_step(lr, rho):\n"
REST = {"momentum_step": 0.0, "numerical_gradient": 0.0}


def in_a_function(name: str, tries: str, body: str, **parts: object) -> Case:
    """Ends Python when the function is called: nothing else is lost."""
    source = STEP + "\n".join(f"    {line}" for line in body.strip().split("\n"))
    fixed = {
        "answers": {"effective_step": source},
        "earns": {"effective_step": 0},
        "status": "crashed",
        "says": ("Python ended in effective_step; the other exercises are judged without it",),
    }
    return Case(name, tries, **{**fixed, **parts})  # type: ignore[arg-type]


def between(name: str, tries: str, source: str, **parts: object) -> Case:
    """Ends Python in a cell after the first exercise: that one is kept."""
    fixed = {
        "earns": REST,
        "status": "crashed",
        "says": ("Not run after it: check_momentum_step, check_numerical_gradient",),
    }
    return Case(name, tries, answers={"momentum_step": source}, **{**fixed, **parts})  # type: ignore[arg-type]


CASES = (
    in_a_function("exit-in-function", "calls os._exit", "import os\nos._exit(0)"),
    in_a_function("abort-in-function", "calls abort", "import os\nos.abort()"),
    in_a_function(
        "segfault-in-function", "reads from address 0", "import ctypes\nreturn ctypes.string_at(0)"
    ),
    in_a_function(
        "kills-itself", "kills its own process", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    ),
    in_a_function(
        "recursion-bomb",
        "lifts the limit of recursion, and recurses",
        "import sys\nsys.setrecursionlimit(10**9)\nclass A:\n    def __getattr__(self, name): return repr(self)\n"
        "    def __repr__(self): return getattr(self, 'x') + repr(self)\nreturn repr(A())",
    ),
    in_a_function(
        "recursion",
        "recurses until Python has enough",
        "return effective_step(lr, rho)",
        status="graded",
        says=(),
    ),
    in_a_function("faulthandler", "asks faulthandler to die", "import faulthandler\nfaulthandler._sigsegv()"),
    in_a_function(
        "sigint-to-all",
        "interrupts every process that it may signal",
        "import os, signal\nfor number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):\n"
        "    try:\n        os.kill(1, number)\n    except OSError:\n        pass\nreturn 0.0",
        status="graded",
        says=(),
    ),
    in_a_function(
        "exit-when-looked-at",
        "ends Python when its signature is asked for",
        "pass",
        answers={
            "effective_step": "import os\nclass Step:\n    def __call__(self, lr, rho): return lr / (1 - rho)\n"
            "    @property\n    def __signature__(self): os._exit(0)\neffective_step = Step()"
        },
    ),
    in_a_function(
        "exit-when-disassembled",
        "raises SystemExit when its code is asked for",
        "pass",
        answers={
            "effective_step": "class Step:\n    def __call__(self, lr, rho): return lr / (1 - rho)\n"
            "    @property\n    def __code__(self): raise SystemExit\neffective_step = Step()"
        },
    ),
    between(
        "exit-in-cell",
        "calls os._exit in a cell",
        "import os\nos._exit(7)",
        says=("Python ended in momentum_step",),
    ),
    between("segfault-in-cell", "reads from address 0 in a cell", "import ctypes\nctypes.string_at(0)"),
    between("hangs-up", "closes the socket to the grader", "import os\nos.closerange(3, 256)"),
    between(
        "shuts-down",
        "shuts the socket down, and stays",
        "import gc, socket, time\nfor thing in gc.get_objects():\n    if type(thing) is socket.socket and thing.fileno() >= 0:\n"
        "        thing.shutdown(socket.SHUT_RDWR)\ntime.sleep(1)",
    ),
    between(
        "closes-everything", "closes every file there is, stdout too", "import os\nos.closerange(0, 256)"
    ),
    between(
        "noise-everywhere",
        "writes into every open file",
        "import os\nfor fd in range(256):\n    try:\n        os.write(fd, b'\\xff' * 1000)\n    except OSError:\n        pass",
        status="violated the protocol",
    ),
    between(
        "old-door",
        "makes a system call by the door of 32 bits",
        "import ctypes, mmap\ncode = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)\n"
        "code.write(bytes([0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3]))\n"
        "ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()",
    ),
    Case(
        "exception-that-cannot-be-shown",
        "raises what hangs when it is asked what it is",
        before=("class Odd(Exception):\n    def __str__(self):\n        while True: pass\nraise Odd",),
        batch="slow",
    ),
    Case(
        "exception-that-exits",
        "raises what ends Python when it is asked what it is",
        before=("class Odd(Exception):\n    def __str__(self):\n        raise SystemExit\nraise Odd",),
    ),
)
