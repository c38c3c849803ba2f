"""Odd and mostly innocent: graded as if the odd part were not there."""

import copy
from typing import Any

from hostile.case import Case, Notebook, cell_called
from hostile.lesson import RIGHT

STEP = RIGHT["effective_step"]


def above(name: str, tries: str, line: str, **parts: Any) -> Case:
    """A line above the answer, in the same cell."""
    return Case(name, tries, **{"answers": {"effective_step": f"{line}\n{STEP}"}, **parts})


def below(name: str, tries: str, line: str, **parts: Any) -> Case:
    """A line below the answer, in the same cell."""
    return Case(name, tries, **{"answers": {"effective_step": f"{STEP}\n{line}"}, **parts})


def stopped(name: str, tries: str, line: str, says: str, **parts: Any) -> Case:
    """A line above the answer that ends the cell, as it does in Jupyter."""
    fixed = {"earns": {"effective_step": 0}, "status": "partly graded", "says": (says,)}
    return above(name, tries, line, **{**fixed, **parts})


def odd(name: str, tries: str, change: Any, **parts: Any) -> Case:
    """A notebook that was edited oddly."""
    return Case(name, tries, change=change, **parts)


def pasted(notebook: Notebook) -> None:
    notebook["cells"] += [{**copy.deepcopy(cell), "id": f"{cell['id']}-copy"} for cell in notebook["cells"]]


def pasted_stub(notebook: Notebook) -> None:
    stub = copy.deepcopy(cell_called(notebook, "effective_step"))
    stub["source"] = (
        'def effective_step(lr, rho):\n    """What a learner writes."""\n    todo()  # replace this line with your code'
    )
    notebook["cells"].append({**stub, "id": "pasted"})


def backwards(notebook: Notebook) -> None:
    notebook["cells"].reverse()


def without(*names: str) -> Any:
    def change(notebook: Notebook) -> None:
        for name in names:
            notebook["cells"].remove(cell_called(notebook, name))

    return change


def retyped(notebook: Notebook) -> None:
    cell = cell_called(notebook, "momentum_step")
    cell["metadata"] = {}


def nonsense_metadata(notebook: Notebook) -> None:
    for number, cell in enumerate(notebook["cells"]):
        marks = cell["metadata"].get("nbgrader", {})
        cell["metadata"] = {
            "nbgrader": {**marks, "points": "many", "grade": [1], "locked": {}, "schema_version": "x"},
            "tags": number,
        }
        cell["execution_count"], cell["outputs"] = "five", [{"output_type": 7}, None, "x"]
        cell["id"] = number
    notebook["metadata"] = {"kernelspec": [1, 2], "language_info": "python", "widgets": "none"}


def all_kinds(notebook: Notebook) -> None:
    for cell in notebook["cells"]:
        cell["cell_type"] = {"code": "raw"}.get(cell["cell_type"], "heading")


def lines_as_list(notebook: Notebook) -> None:
    for cell in notebook["cells"]:
        cell["source"] = [*cell["source"].splitlines(keepends=True), 7, None]


def kernel(name: Any) -> Any:
    return lambda notebook: notebook["metadata"].update(
        kernelspec={"name": name, "display_name": "?", "language": "cobol"}
    )


def foreign(notebook: Notebook) -> None:
    cells = [
        "not json at all",
        7,
        None,
        {},
        {"cell_type": "code"},
        {"cell_type": "code", "source": "x = 1", "metadata": {"nbgrader": 5}},
    ]
    notebook["cells"] += [
        *cells,
        {
            "cell_type": "markdown",
            "source": "text",
            "metadata": {"nbgrader": {"grade_id": "foreign", "grade": True}},
        },
    ]


def many_cells(notebook: Notebook) -> None:
    notebook["cells"] += [
        {"cell_type": "markdown", "source": f"note {n}", "metadata": {}} for n in range(3_000)
    ]


def large_outputs(notebook: Notebook) -> None:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "z" * 3_000_000}]


def deep_metadata(notebook: Notebook) -> None:
    deep: Any = {}
    for _ in range(400):
        deep = {"deeper": deep}
    notebook["metadata"]["deep"] = deep


# One case after the other, as a table.
# fmt: off
CASES = (
    above("shell-escape", "installs a package above the answer", "!pip install numpy"),
    above("shell-escape-magic", "installs it by a magic", "%pip install numpy"),
    above("shell-assignment", "asks the shell for a list of files", "files = !ls"),
    above("matplotlib-widget", "asks for a figure that the grader cannot draw", "%matplotlib widget"),
    above("autoreload", "loads an extension", "%load_ext autoreload\n%autoreload 2"),
    above("timed-cell", "measures the cell that holds the answer", "%%time"),
    above("top-level-await", "awaits at the top level", "import asyncio\nawait asyncio.sleep(0)"),
    above("asyncio-run", "runs a loop of its own", "import asyncio\nasync def nothing(): pass\nasyncio.run(nothing())"),
    above("quits", "calls quit()", "quit()"),
    above("exits-quietly", "says exit", "exit"),
    above("resets", "resets the notebook", "%reset -f", earns={"numerical_gradient": 0}),
    above("changes-directory", "goes somewhere else", "import os\nos.chdir('/')"),
    above("closes-stdout", "closes stdout", "import sys\nsys.stdout.close()", batch="shown"),
    above("no-stdout", "has no stdout", "import sys\nsys.stdout = sys.stderr = None", batch="shown"),
    above("warns", "warns, and writes to stderr", "import sys, warnings\nwarnings.warn('old')\nprint('careful', file=sys.stderr)"),
    above("warnings-are-errors", "turns warnings into errors", "import warnings\nwarnings.simplefilter('error')"),
    above("strict-numpy", "makes numpy raise", "import numpy as np\nnp.seterr(all='raise')"),
    above("pool", "maps over a pool of processes", "import multiprocessing\nwith multiprocessing.Pool(2) as pool:\n    pool.map(abs, [1, 2])"),
    above("thread", "starts a thread and waits for it", "import threading\nthread = threading.Thread(target=print)\nthread.start(); thread.join()"),
    above("draws", "draws a figure", "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()", batch="shown"),
    above("reads-stdin", "reads what nobody types, by the file", "import sys\nsys.stdin.read()"),
    above("debugger-on", "turns the debugger on", "%pdb on"),
    above("writes-files", "writes a file and reads it", "open('x.txt', 'w').write('1'); assert open('x.txt').read() == '1'"),
    above("uses-home", "writes into its home", "import pathlib\n(pathlib.Path.home() / 'x').write_text('1')"),
    above("random-global", "seeds and draws random numbers", "import numpy as np, random\nnp.random.seed(1); np.random.rand(3); random.random()"),
    below("shadows-later", "calls numbers by the names of modules and checks, later", "", after=("np = 5\ncheck = lr = rho = effective_step = None",)),
    below("clears-output", "counts up in one place", "from IPython.display import clear_output\nfor number in range(400):\n"
          "    clear_output(wait=True)\n    print('x' * 1000, number)", batch="shown"),
    below("prints-in-function", "prints while it answers", "", answers={"effective_step": STEP.replace("    return", "    print('here')\n    return")}),
    below("own-check-call", "calls the check by itself, with words", "check(effective_step, hint=True); print(check(effective_step))"),
    below("deletes-names", "deletes what it no longer needs", "del np", earns={"numerical_gradient": 0}),
    stopped("input", "asks for input, which nobody gives", "rate = input('lr?')", "EOFError"),
    stopped("getpass", "asks for a password", "import getpass\ngetpass.getpass()", "EOFError"),
    stopped("breakpoint", "stops in the debugger", "breakpoint()", "BdbQuit"),
    stopped("sys-exit", "exits", "import sys\nsys.exit(1)", "Nothing to judge"),
    stopped("missing-package", "imports a package that is not there", "import tensorflow", "ModuleNotFoundError"),
    stopped("syntax-error", "cannot be read", "def broken(:", "SyntaxError"),
    Case("input-in-function", "asks for input when it is called", answers={"effective_step": "def effective_step(lr, rho):\n    return float(input())"},
         earns={"effective_step": 0}),
    Case("returns-too-much", "answers with a table of all products, by mistake",
         answers={"numerical_gradient": "def numerical_gradient(f, w, h=1e-5):\n    return np.zeros((3000, 3000))"},
         earns={"numerical_gradient": 0}),
    Case("returns-a-long-list", "answers with a list of half a million numbers",
         answers={"numerical_gradient": "def numerical_gradient(f, w, h=1e-5):\n    return [0.0] * 500_000"},
         earns={"numerical_gradient": 0}),
    Case("unwritten", "is not written yet", answers={"effective_step": "def effective_step(lr, rho):\n    todo()"}, earns={"effective_step": 0},
         says=("Not written: effective_step",)),
    Case("not-a-function", "calls a number by the name of the function", answers={"effective_step": "effective_step = 0.2"},
         earns={"effective_step": 0}, status="partly graded", says=("no function",)),
    Case("wide-cell", "pastes a megabyte of data into a cell", after=(f"data = '{'7' * 1_200_000}'",), status="over a limit",
         says=("too long to be run",)),
    odd("pasted", "all cells are there twice", pasted, says=("several copies",)),
    odd("pasted-stub", "an untouched copy of an answer stands at the end", pasted_stub, says=("several copies",)),
    odd("backwards", "all cells in the opposite order", backwards, says=("moved behind",)),
    odd("no-tests", "without its tests", without("check_effective_step", "check_momentum_step"), says=("missing, and were put back",)),
    odd("no-setup", "without its first cell", without("setup"), says=("put back",)),
    odd("no-answer", "without one answer", without("effective_step"), earns={"effective_step": 0}, says=("put back without an answer",)),
    odd("retyped", "with an answer retyped in a cell of its own", retyped, says=("deleted; the last cell that defines",)),
    odd("no-cells", "without any cell", lambda notebook: notebook["cells"].clear(),
        earns=dict.fromkeys(RIGHT, 0.0), says=("missing",)),
    odd("nonsense-metadata", "with metadata of all the wrong types", nonsense_metadata),
    odd("all-kinds", "with cells of other kinds", all_kinds, says=("another type",)),
    odd("lines-as-list", "with its source as a list, and numbers in it", lines_as_list),
    odd("unknown-kernel", "for a kernel that nobody has", kernel("cobol")),
    odd("kernel-of-lists", "for a kernel that is no word", kernel([1])),
    odd("no-kernel", "without any metadata", lambda notebook: notebook.update(metadata={})),
    odd("foreign-cells", "with things among its cells that are none", foreign),
    odd("many-cells", "with three thousand more cells", many_cells),
    odd("large-outputs", "with 20 MB of outputs", large_outputs),
    odd("deep-metadata", "with metadata four hundred levels deep", deep_metadata),
    odd("newer-format", "in a format of tomorrow", lambda notebook: notebook.update(nbformat_minor=99)),
)
# fmt: on
