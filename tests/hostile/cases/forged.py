"""Trouble for the grader, by speaking its protocol: every frame is capped, looked at, and believed only as far as it goes."""

from hostile.case import ZERO, Case, cheat

# What the student's code can get hold of: the sockets of the process it runs in, and the form of a frame.
SPEAKING = """
import gc, json, os, socket, struct, time
def sockets():
    return [thing for thing in gc.get_objects() if type(thing) is socket.socket and thing.fileno() >= 0]
def frame(message, blobs=(), sizes=None, text=None):
    text = json.dumps([message, [len(blob) for blob in blobs] if sizes is None else sizes]).encode() if text is None else text
    return struct.pack("!II", len(text), sum(map(len, blobs))) + text + b"".join(blobs)
def say(*args, **kwargs):
    sockets()[-1].sendall(frame(*args, **kwargs))
"""
VIOLATION = "violated the protocol"


def in_a_cell(name: str, tries: str, what: str, **parts: object) -> Case:
    """Says something to the grader from a cell, in the place of what is said when the cell has run."""
    source = f"{SPEAKING.strip()}\n{what.strip()}"
    fixed = {"before": (source,), "earns": ZERO, "status": VIOLATION, "weak": "naive reader", "bites": "cell"}
    return cheat(name, tries, **{**fixed, **parts})  # type: ignore[arg-type]


def in_an_answer(name: str, tries: str, what: str, **parts: object) -> Case:
    """Says something to the judge from a function, in the place of its answer."""
    body = "\n".join(f"    {line}" for line in what.strip().split("\n"))
    source = f"{SPEAKING.strip()}\ndef numerical_gradient(f, w, h=1e-5):\n{body}\n    time.sleep(60)"
    fixed = {
        "answers": {"numerical_gradient": source},
        "earns": {"numerical_gradient": 0},
        "status": VIOLATION,
        "weak": "naive reader",
        "bites": "answer",
    }
    return cheat(name, tries, **{**fixed, **parts})  # type: ignore[arg-type]


def answering(value: str, blobs: str = "[]") -> str:
    """An answer with this value in it."""
    return f'say(["returned", False, ["l", [{value}, ["t", [None, None]], ["d", []]]]], {blobs})'


# One case after the other, as a table.
# fmt: off
CASES = (
    in_a_cell(
        "frame-too-long",
        "announces a frame of 8 GB",
        'sockets()[-1].sendall(struct.pack("!II", 0xffffffff, 0xffffffff))',
        says=("8590 MB is too long",),
    ),
    in_a_cell("frame-of-noise", "sends what is no frame at all", "sockets()[-1].sendall(b'\\xf0' * 100_000)"),
    in_a_cell("frame-deep", "sends JSON a million levels deep", 'say(None, text=b"[" * 1_000_000)', says=("not readable",)),
    in_a_cell("frame-of-a-number", "sends a number where a list belongs", 'say(None, text=b"17")', says=("not readable",)),
    in_a_cell("frame-of-a-dict", "sends a dictionary as its answer", 'say({"cell": 1})', says=("not asked",)),
    in_a_cell("frame-not-a-word", "sends words of another kind", 'say(["cell", 1, None, ["x"]])', says=("no known form",)),
    in_a_cell("frame-sizes", "says that its parts have a negative size", 'say(["cell"], sizes=[-1, 1])', says=("not readable",)),
    in_a_cell("frame-parts", "announces more parts than come", 'say(["cell"], sizes=[5])', says=("other parts",)),
    in_a_cell("frame-long-number", "sends a number of five million digits",
              'say(None, text=b"[[" + b"9" * 5_000_000 + b"], []]")', says=("not readable",)),
    in_a_cell("frame-broken-text", "sends text that is no text", 'say(None, text=b"[\\xff\\xfe]")', says=("not readable",)),
    in_a_cell(
        "answers-in-advance",
        "answers ten questions before they are asked",
        'for _ in range(10): say(["cell", "done", "", ""])',
        says=("not asked",),
    ),
    in_a_cell(
        "says-done-and-hangs",
        "says that it is done, then reads nothing any more while the grader sends",
        'import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))\nfor _ in range(3): say(["cell", "done", "", ""])\n'
        "time.sleep(60)",
        after=(f"#{'x' * 900_000}",),
        change=lambda notebook: notebook["cells"].insert(2, notebook["cells"].pop()),
        batch="slow",
        status="timed out",
        says=("No end within the time",),
    ),
    in_a_cell(
        "files-along",
        "hands the grader two hundred open files",
        'socket.send_fds(sockets()[-1], [frame(["cell", "done", "", ""])], [0] * 200)\nsay(["cell", "done", "", ""])',
        says=("not asked",),
    ),
    in_a_cell(
        "pickle",
        "sends a pickle that runs a program when it is read",
        'import pickle\nclass Run:\n    def __reduce__(self): return os.mkdir, ("$COURSE/pickled-$TOKEN",)\n'
        "content = pickle.dumps(Run())\nsockets()[-1].sendall(struct.pack('!II', len(content), 0) + content)",
        says=("not readable",),
    ),
    in_an_answer("shape-of-nan", "an array with a shape of nan", answering('["a", "<f8", [float("nan")]]', '[b""]'), says=("not readable",)),
    in_an_answer("shape-negative", "an array of negative length", answering('["a", "<f8", [-1]]', '[b""]'), says=("shape",)),
    in_an_answer("shape-of-words", "an array with a shape of words", answering('["a", "<f8", ["1"]]', '[b"12345678"]'), says=("shape",)),
    in_an_answer("shape-overflow", "an array of more entries than there are numbers", answering('["a", "<f8", [1 << 20] * 9]', '[b""]'),
                 says=("too large",)),
    in_an_answer("shape-of-nothing", "an array of sixty million rows of nothing", answering('["a", "|b1", [1 << 20, 0, 64]]', '[b""]'),
                 says=("too large",)),
    in_an_answer("dtype-object", "an array of objects, whose bytes are addresses", answering('["a", "|O", [1]]', '[b"12345678"]'),
                 says=("type of an array",)),
    in_an_answer("dtype-unknown", "an array of a type that is none", answering('["a", "<q99", [1]]', '[b"12345678"]'), says=("type of an array",)),
    in_an_answer("dtype-wide", "an array of words of 100 million letters", answering('["a", "<U99999999", [0]]', '[b""]'), says=("too large",)),
    in_an_answer("bytes-missing", "an array without its bytes", answering('["a", "<f8", [1]]'), says=("no bytes",)),
    in_an_answer("bytes-too-few", "an array with half of its bytes", answering('["a", "<f8", [2]]', '[b"12345678"]'), says=("another size",)),
    in_an_answer("bytes-left", "bytes that belong to no array", answering("1.0", '[b"12345678"]'), says=("more arrays",)),
    in_an_answer("letters-that-are-none", "a word of letters that do not exist", answering('["s", "<U1", []]', r'[b"\xff\xff\xff\xff"]'),
                 says=("cannot be read",)),
    in_an_answer("word-too-long", "a word of a million letters among a hundred thousand empty ones",
                 answering('["l", ["a" * 1_000_000] + [""] * 100_000]'), says=("word is too long",)),
    in_an_answer("too-many-values", "a million values in a list", answering('["l", [0] * 1_000_000]'), says=("too many parts",)),
    in_an_answer("key-of-lists", "a dictionary with lists as keys", answering('["d", [[[1], 2]]]'), says=("dictionary",)),
    in_an_answer("of-no-kind", "a value of a kind that is none", answering('["z", 1]'), says=("no known kind",)),
    in_an_answer("rng-of-nonsense", "a random generator in a state that is none", answering('["g", "zz", "zz", 0, -1]'), says=("random generator",)),
    in_an_answer("callback-of-nobody", "calls a function of the judge's that there is not",
                 'say(["callback", 99, ["l", [["t", []], ["d", []]]]])', says=("no known form",)),
    in_an_answer("callback-of-nonsense", "calls a function of the judge's with no arguments at all",
                 'say(["callback", 0, 5])', says=("no known form",)),
    in_an_answer("argument-exchanged", "says that an argument has become something else",
                 'say(["returned", False, ["l", [1.0, ["t", [None, 5.0]], ["d", []]]]])',
                 says=("something else",)),
    in_an_answer("another-language", "answers with what is no answer", 'say(["verdict", "right", 4])', says=("no known form",)),
    Case(
        "forged-answers",
        "answers twenty times at once, also for the questions to come",
        answers={
            "numerical_gradient": f"{SPEAKING.strip()}\ndef numerical_gradient(f, w, h=1e-5):\n"
            "    for _ in range(20): say(['returned', False, ['l', [0.0, ['t', [None, None]], ['d', []]]]])\n    return 0.0 * w"
        },
        earns={"numerical_gradient": 0},
        status=VIOLATION,
    ),
    Case(
        "drop-by-drop",
        "sends its answer a byte at a time",
        answers={
            "effective_step": f"{SPEAKING.strip()}\ndef effective_step(lr, rho):\n"
            "    for byte in frame(['returned', False, ['l', [0.0, ['t', [None, None]], ['d', []]]]]):\n"
            "        sockets()[-1].sendall(bytes([byte])); time.sleep(0.3)"
        },
        earns={"effective_step": 0},
        status="timed out",
        batch="slow",
    ),
    Case(
        "hundred-thousand-parameters",
        "describes itself with a hundred thousand parameters",
        answers={
            "effective_step": "import inspect\ndef effective_step(*args): return 0.0\neffective_step.__signature__ = inspect.Signature("
            "[inspect.Parameter(f'p{i}', inspect.Parameter.KEYWORD_ONLY, default=0) for i in range(100_000)])"
        },
        earns={"effective_step": 0},
    ),
)
# fmt: on
