"""Record the references again: python -m autograder.reference, or with names of subjects for some of them.

Needs the packages in requirements.txt, which the project itself does not; `make references` installs them.
"""

import argparse
import importlib
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
SUBJECTS = sorted(script.stem.removeprefix("record_") for script in FOLDER.glob("record_*.py"))


# The last digit of a sum depends on how many threads shared it.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def main() -> None:
    """Run the scripts and write what they return."""
    os.environ.update(ONE_THREAD)
    parser = argparse.ArgumentParser(prog="python -m autograder.reference", description=__doc__)
    parser.add_argument("subject", nargs="*", help=f"of {', '.join(SUBJECTS)}; all by default")
    for subject in parser.parse_args().subject or SUBJECTS:
        target = FOLDER / f"{subject}.json"
        target.write_text(recorded(importlib.import_module(f"{__package__}.record_{subject}")), "utf-8")
        print(f"{target}: {target.stat().st_size} bytes")


def recorded(script: Any) -> str:
    """What a script records, as JSON, after the versions of Python, of its engines and of NumPy."""
    engines = (*script.ENGINES, "numpy")
    versions = {"python": platform.python_version()} | {engine: version(engine) for engine in engines}
    # Arrays, tensors and their scalars all know what they are in plain Python.
    return json.dumps({"versions": versions, **script.record()}, default=lambda array: array.tolist()) + "\n"


if __name__ == "__main__":
    main()
