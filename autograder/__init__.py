"""What instructors and CI run: build the notebooks, grade what is handed in. Never imported by a notebook."""

import os
import sys
from pathlib import Path

# nbgrader calls alembic by name, and the environment of this Python need not be the activated one.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
