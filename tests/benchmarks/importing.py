"""`import gradlab` in a fresh Python, less the time of a Python that imports nothing."""

import subprocess
import sys

from benchmarks.pairing import spread, take_turns
from benchmarks.result import Result, Table, Target

NOTHING, LIBRARY = "pass", "import gradlab"
STATEMENTS = {
    LIBRARY: "the library",
    "from gradlab import *": "the library, and every name that notebooks take from it",
    "from gradlab.optimizers import adam": "an update rule",
    "from gradlab.training import fit": "training",
    "import numpy": "for comparison: NumPy alone",
    "from gradlab import plots": "for comparison: figures, which wait until they are asked for",
}
HEAVY = ("matplotlib", "ipywidgets")


def measure() -> Result:
    """Every statement in processes of its own, 15 times."""
    statements = (NOTHING, *STATEMENTS)
    seconds = take_turns({code: lambda code=code: in_fresh_python(code) for code in statements}, rounds=15)
    own = {
        code: spread(1e3 * (b - a) for a, b in zip(seconds[NOTHING], seconds[code], strict=True))
        for code in STATEMENTS
    }
    loaded = {code: [name for name in HEAVY if name in modules_after(code)] for code in STATEMENTS}
    rows = [
        [f"`{code}`", what, str(own[code]), ", ".join(loaded[code]) or "none"]
        for code, what in STATEMENTS.items()
    ]
    everything = "from gradlab import *"
    return Result(
        [Table("Importing, in fresh processes", ["statement", "what it brings", "ms", "heavy modules"], rows)],
        [
            Target(f"`{code}`", "< 120 ms, neither matplotlib nor ipywidgets",
                   f"{own[code]} ms, {', '.join(loaded[code]) or 'neither'}", own[code].median < 120 and not loaded[code])
            for code in (LIBRARY, everything)
        ],
        {},
    )  # fmt: skip


def in_fresh_python(code: str) -> str:
    """What `code` prints."""
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def modules_after(code: str) -> list[str]:
    """The modules that are loaded after `code`."""
    return in_fresh_python(f"import sys\n{code}\nprint(*sys.modules)").split()
