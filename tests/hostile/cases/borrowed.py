"""Points without work, by handing in what somebody else has written: by every road that leads to an answer."""

from hostile.case import Case, cheat

LIBRARY_STEP = """
def momentum_step(w, grad, v, lr, rho=0.9):
    w, state = momentum(w, grad, State(v), lr=lr, rho=rho)
    return w, state.velocity
"""
# Runs what was found, and takes the function of this name out of it.
FOUND = """
def dig(text):
    names = {"np": __import__("numpy")}
    exec(text[text.index("def momentum("):], names)
    return names
"""


def borrowed(name: str, tries: str, exercise: str, source: str, **parts: object) -> Case:
    """An exercise that is handed in with the answer of the library, or of somebody else."""
    return cheat(
        name,
        tries,
        answers={exercise: source.strip()},
        **{"earns": {exercise: 0}, "weak": "one process", **parts},  # type: ignore[arg-type]
    )


CASES = (
    borrowed(
        "import-reference",
        "imports the reference of the check",
        "effective_step",
        "from gradlab.checks.lessons.momentum.effective_step import effective_step as exercise\n"
        "effective_step = exercise.reference",
        says=(),
    ),
    borrowed(
        "importlib-reference",
        "imports it by name",
        "effective_step",
        """
import importlib
found = importlib.import_module("gradlab.checks.lessons.momentum.effective_step")
def effective_step(lr, rho):
    return found.effective_step.reference(lr, rho)
""",
    ),
    borrowed(
        "find-exercise",
        "asks the library for the exercise",
        "effective_step",
        """
from gradlab.checks import find_exercise
def effective_step(lr, rho):
    return find_exercise("effective_step").reference(lr, rho)
""",
    ),
    borrowed(
        "library-function",
        "hands in the library's own rule",
        "momentum_step",
        "from gradlab.optimizers import MomentumState as State, momentum\n" + LIBRARY_STEP,
        earns={"momentum_step": 0},
    ),
    borrowed(
        "library-later",
        "imports the library's rule only when it is called",
        "momentum_step",
        """
def momentum_step(w, grad, v, lr, rho=0.9):
    from gradlab.optimizers import MomentumState, momentum
    w, state = momentum(w, grad, MomentumState(v), lr=lr, rho=rho)
    return w, state.velocity
""",
    ),
    borrowed(
        "library-gradient",
        "lets the library measure the slope",
        "numerical_gradient",
        """
from gradlab.checks.lessons.gradient_descent.numerical_gradient import central_differences
numerical_gradient = lambda f, w, h=1e-5: central_differences(f, w, h)
""",
    ),
    borrowed(
        "read-source",
        "opens the file of the library beside the module that is there",
        "momentum_step",
        """
import gradlab, pathlib, typing, numpy as np
text = (pathlib.Path(gradlab.__file__).parent / "optimizers" / "velocity.py").read_text()
class State(typing.NamedTuple):
    velocity: object
names = {"__name__": "gradlab.optimizers.velocity"}
exec(compile(text, "velocity", "exec"), names)
def momentum_step(w, grad, v, lr, rho=0.9):
    w, state = names["momentum"](w, grad, names["MomentumState"](v), lr=lr, rho=rho)
    return w, state.velocity
""",
        status="partly graded",
        says=("An answer could not be run: momentum_step", "FileNotFoundError"),
    ),
    borrowed(
        "package-data",
        "asks pkgutil and importlib.resources for the source",
        "momentum_step",
        """
import pkgutil
names = {"__name__": "gradlab.optimizers.velocity"}
exec(pkgutil.get_data("gradlab", "optimizers/velocity.py").decode(), names)
def momentum_step(w, grad, v, lr, rho=0.9):
    w, state = names["momentum"](w, grad, names["MomentumState"](v), lr=lr, rho=rho)
    return w, state.velocity
""",
        status="partly graded",
        says=("An answer could not be run: momentum_step",),
    ),
    borrowed(
        "walk-everything",
        "looks through every folder of the machine for the library",
        "momentum_step",
        """
import glob, sys
places = ["/", "/home/*/", "/root/", "/opt/*/", "/srv/*/", "/work/*/", "/usr/src/*/", "/usr/local/*/", "/tmp/*/", "/mnt/*/",
          "$COURSE/", *(path + "/" for path in sys.path if path)]
found = [path for place in places for path in glob.glob(place + "**/gradlab/optimizers/velocity.py")
         + glob.glob(place + "lib/gradlab/optimizers/velocity.py") + glob.glob(place + "gradlab/optimizers/velocity.py")]
names = {"__name__": "gradlab.optimizers.velocity"}
exec(open(found[0]).read(), names)
def momentum_step(w, grad, v, lr, rho=0.9):
    w, state = names["momentum"](w, grad, names["MomentumState"](v), lr=lr, rho=rho)
    return w, state.velocity
""",
        status="partly graded",
        says=("IndexError",),
    ),
    borrowed(
        "own-path",
        "puts the course on the path, forgets what was imported, and imports again",
        "momentum_step",
        """
import sys, importlib
for name in [name for name in sys.modules if name.startswith("gradlab")]:
    del sys.modules[name]
sys.path[:0] = ["$COURSE/lib", "$COURSE"]
importlib.invalidate_caches()
from gradlab.optimizers import MomentumState as State, momentum
"""
        + LIBRARY_STEP,
    ),
    borrowed(
        "path-files",
        "follows the .pth files of the environment to where the library lies",
        "momentum_step",
        """
import pathlib, site, sys
folders = [pathlib.Path(place) for place in site.getsitepackages() + sys.path if place]
linked = [line for folder in folders for file in folder.glob("*.pth") for line in file.read_text().splitlines()]
sources = [pathlib.Path(place) / "gradlab/optimizers/velocity.py" for place in [*linked, *map(str, folders)]]
names = {"__name__": "gradlab.optimizers.velocity"}
exec(next(path for path in sources if path.is_file()).read_text(), names)
def momentum_step(w, grad, v, lr, rho=0.9):
    w, state = names["momentum"](w, grad, names["MomentumState"](v), lr=lr, rho=rho)
    return w, state.velocity
""",
        status="partly graded",
        says=("StopIteration",),
    ),
    borrowed(
        "remove-finder",
        "takes away whatever withholds the library, and imports",
        "momentum_step",
        """
import sys
sys.meta_path[:] = [finder for finder in sys.meta_path if "scenery" not in type(finder).__module__]
for name in [name for name in sys.modules if name.startswith("gradlab.opt")]:
    del sys.modules[name]
from gradlab.optimizers import MomentumState as State, momentum
"""
        + LIBRARY_STEP,
        status="partly graded",
        says=("ModuleNotFoundError",),
    ),
    borrowed(
        "compiled",
        "unmarshals the compiled library",
        "momentum_step",
        """
import glob, marshal, sys
files = [file for place in [*sys.path, "/grader", "$COURSE/lib"] for file in
         glob.glob(place + "/gradlab/optimizers/__pycache__/velocity*.pyc")]
names = {"__name__": "gradlab.optimizers.velocity"}
exec(marshal.loads(open(files[0], "rb").read()[16:]), names)
def momentum_step(w, grad, v, lr, rho=0.9):
    w, state = names["momentum"](w, grad, names["MomentumState"](v), lr=lr, rho=rho)
    return w, state.velocity
""",
        status="partly graded",
        says=("IndexError",),
    ),
    borrowed(
        "another-python",
        "lets another Python, with the course on its path, compute the answer",
        "effective_step",
        """
import subprocess, sys
def effective_step(lr, rho):
    code = ("import sys; sys.path[:0] = ['$COURSE/lib']; from gradlab.checks import find_exercise; "
            f"print(float(find_exercise('effective_step').reference({float(lr)}, {float(rho)})))")
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout)
""",
    ),
    borrowed(
        "callers-frame",
        "climbs the stack to whoever holds the exercise, and calls its reference",
        "effective_step",
        """
import sys
def effective_step(lr, rho):
    frame = sys._getframe(1)
    while frame is not None and not hasattr(frame.f_locals.get("exercise"), "reference"):
        frame = frame.f_back
    return frame.f_locals["exercise"].reference(lr, rho) if frame else 0.0
""",
    ),
    borrowed(
        "among-all-objects",
        "looks for the reference among all objects of Python",
        "effective_step",
        """
import gc
def effective_step(lr, rho):
    for thing in gc.get_objects():
        if type(thing).__name__ == "Exercise" and thing.name == "effective_step":
            return thing.reference(lr, rho)
    return 0.0
""",
    ),
    borrowed(
        "expected-values",
        "asks the judge what it expects, with the seed from its frame",
        "effective_step",
        """
import sys
def effective_step(lr, rho):
    frame = sys._getframe(1)
    while frame is not None and "caller" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["caller"].exercise.reference(lr, rho) if frame else 0.0
""",
    ),
    borrowed(
        "instructors-notebook",
        "copies the answer from the instructor's notebook",
        "effective_step",
        """
import json
cells = json.load(open("$COURSE/solutions/05-momentum/momentum.ipynb"))["cells"]
exec(next("".join(cell["source"]) for cell in cells if "def effective_step" in "".join(cell["source"])))
""",
        status="partly graded",
        says=("FileNotFoundError",),
        weak="open course",
        bites="points",
    ),
    borrowed(
        "classmates-notebook",
        "copies the answer from another student's submission",
        "effective_step",
        """
import glob, json
for path in glob.glob("$COURSE/autograder/work/*/*/05-momentum/momentum.ipynb"):
    for cell in json.load(open(path))["cells"]:
        if "lr / (1 - rho)" in "".join(cell["source"]):
            exec("".join(cell["source"]))
""",
        status="partly graded",
        says=("Nothing to judge",),
        weak="open course",
        bites="points",
    ),
    borrowed(
        "nearby-notebook",
        "looks for notebooks around the folder that it is run in",
        "effective_step",
        """
import pathlib
text = next(file.read_text() for up in pathlib.Path.cwd().parents for file in up.glob("*/05-momentum/momentum.ipynb")
            if "lr / (1 - rho)" in file.read_text())
import json
exec(next("".join(cell["source"]) for cell in json.loads(text)["cells"] if "lr / (1 - rho)" in "".join(cell["source"])))
""",
        status="partly graded",
        weak="open course",
        bites="points",
    ),
)
