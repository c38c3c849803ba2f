"""Points without work, by rewiring what compares, prints or runs: it must be somebody else's Python that is rewired."""

from hostile.case import Case, cheat

WRONG = "def effective_step(lr, rho):\n    return 0.0 * (lr + rho)\n"
CHECKED = 'any("check(effective_step" in line for line in lines)'


def rewired(name: str, tries: str, how: str, **parts: object) -> Case:
    """A wrong answer, and something that should make it a right one."""
    return cheat(
        name,
        tries,
        answers={"effective_step": f"{how.strip()}\n\n{WRONG}"},
        **{"earns": {"effective_step": 0}, "weak": "one process", **parts},  # type: ignore[arg-type]
    )


CASES = (
    rewired(
        "patched-allclose",
        "makes np.allclose and its like say yes",
        """
import numpy as np
yes = lambda *args, **kwargs: True
np.allclose = np.isclose = np.array_equal = np.array_equiv = yes
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *args, **kwargs: None
np.linalg.norm = lambda *args, **kwargs: 0.0
np.abs = lambda x: np.full(np.shape(x), np.nan)
""",
    ),
    rewired(
        "patched-all",
        "makes all() and any() of everybody say yes",
        """
import builtins
builtins.all = lambda things: True
builtins.any = lambda things: True
""",
    ),
    rewired(
        "patched-random",
        "makes every random number zero, so that zero is the right answer",
        """
import numpy as np
class Zero:
    def __init__(self, *args): pass
    def uniform(self, low=0, high=1, size=None): return np.float64(0) if size is None else np.zeros(size)
    def __getattr__(self, name): return self.uniform
np.random.default_rng = Zero
""",
    ),
    rewired(
        "patched-judge",
        "replaces the comparison in the judge's own module",
        """
import sys
import gradlab.checks.judge
judge = sys.modules["gradlab.checks.judge"]
judge.agree = judge.equal = lambda *args: True
""",
    ),
    rewired(
        "patched-points",
        "makes every verdict print full marks",
        """
from gradlab.checks.verdict import Verdict
Verdict.__repr__ = lambda self: "3"
Verdict._repr_mimebundle_ = lambda self, **kwargs: {"text/plain": "3"}
""",
    ),
    rewired(
        "patched-mro",
        "gives the class of an exercise a reference that is the wrong answer",
        """
from gradlab.checks import exercise
exercise.Exercise.__getattribute__ = lambda self, name: (
    effective_step if name == "reference" else object.__getattribute__(self, name))
""",
    ),
    rewired(
        "own-check", "replaces check by a function that returns full marks", "check = lambda *a, **k: 3.0"
    ),
    rewired(
        "own-check-module",
        "replaces the module from which check is imported",
        """
import sys, types
fake = types.ModuleType("gradlab.checks")
fake.check = lambda *args, **kwargs: 3.0
sys.modules["gradlab.checks"] = fake
check = fake.check
""",
    ),
    rewired(
        "import-hook",
        "hands out a check of its own whenever somebody imports one",
        """
import builtins
real = builtins.__import__
def hooked(name, *args, **kwargs):
    module = real(name, *args, **kwargs)
    if name.startswith("gradlab"):
        module.check = lambda *a, **k: 3.0
    return module
builtins.__import__ = hooked
from gradlab import check
""",
    ),
    rewired(
        "input-transformer",
        "rewrites the source of test cells before they run",
        f"""
def rewrite(lines):
    return ["3.0\\n"] if {CHECKED} else lines
get_ipython().input_transformers_cleanup.append(rewrite)
""",
    ),
    rewired(
        "ast-transformer",
        "rewrites the syntax tree of test cells",
        """
import ast
class Rewrite(ast.NodeTransformer):
    def visit_Call(self, node):
        return ast.Constant(3.0) if getattr(node.func, "id", "") == "check" else node
get_ipython().ast_transformers.append(Rewrite())
""",
    ),
    rewired(
        "compiler",
        "replaces the compiler that compiles the test cells",
        """
shell = get_ipython()
real = shell.transform_cell
shell.transform_cell = lambda source: "3.0" if "check(effective_step" in source else real(source)
""",
    ),
    rewired(
        "run-cell-event",
        "puts its own check in place whenever a cell is about to run",
        """
shell = get_ipython()
shell.events.register("pre_run_cell", lambda *args: shell.user_ns.update(check=lambda *a, **k: 3.0))
""",
    ),
    rewired(
        "displayhook",
        "prints its own partial credit where a result is shown",
        """
import sys
shell = get_ipython()
kind = type(shell.displayhook)
real = kind.compute_format_data
kind.compute_format_data = lambda self, result: ({"text/plain": "3"}, {})
sys.displayhook(3.0)
""",
    ),
    rewired(
        "formatter",
        "makes the formatter of all objects say full marks",
        "get_ipython().display_formatter.format = lambda *args, **kwargs: ({'text/plain': '3'}, {})",
    ),
    rewired(
        "namespace-that-lies",
        "binds check in the namespace again and again, from a thread",
        """
import threading
names = get_ipython().user_ns
def rewrite():
    while True:
        names["check"] = lambda *args, **kwargs: 3.0
threading.Thread(target=rewrite, daemon=True).start()
""",
        batch="slow",
    ),
    rewired(
        "trace",
        "traces the judge and changes what its comparison compares",
        """
import sys
def tracer(frame, event, arg):
    if frame.f_code.co_name == "_agreements" and event == "call":
        frame.f_globals["agree"] = lambda *args: True
    return tracer
sys.settrace(tracer)
get_ipython().events.register("pre_run_cell", lambda *args: sys.settrace(tracer))
""",
    ),
    rewired(
        "ctypes-constants",
        "swaps the judge's code object for one that agrees",
        """
import sys
import gradlab.checks.judge
judge = sys.modules["gradlab.checks.judge"]
judge.agree.__code__ = (lambda one, other, rtol: True).__code__
""",
    ),
    rewired(
        "garbage",
        "finds the judge's functions among all objects and changes them",
        """
import gc, types
def yes(*args, **kwargs): return True
for thing in gc.get_objects():
    if isinstance(thing, types.FunctionType) and thing.__name__ in ("agree", "equal"):
        thing.__code__ = yes.__code__
""",
    ),
    rewired(
        "exit-hook",
        "does it when Python ends, after everything was judged",
        """
import atexit, signal
rewrite = lambda *args: get_ipython().user_ns.update(check=lambda *a, **k: 3.0)
atexit.register(rewrite)
signal.signal(signal.SIGALRM, rewrite)
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
import time; time.sleep(0.1)
""",
    ),
)
