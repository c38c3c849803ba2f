"""`make torture`: 60 sudden ends in batches of 40, 10 000 mutated notebooks, 100 000 mutated frames."""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from torture.fuzzing import fuzz_frames, fuzz_notebooks
from torture.sudden_ends import torture


def main() -> None:
    """Do it all, or less, and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m torture", description=__doc__)
    parser.add_argument("--points", type=int, default=60)
    parser.add_argument("--students", type=int, default=40)
    parser.add_argument("--notebooks", type=int, default=10_000)
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        if asked.frames:
            say("mutated frames", fuzz_frames(asked.frames, asked.seed))
        if asked.notebooks:
            say("mutated notebooks", fuzz_notebooks(Path(folder) / "fuzz", asked.notebooks, asked.seed))
        if asked.points:
            say("sudden ends", torture(Path(folder) / "ends", asked.points, asked.students, asked.seed))
    print(f"{time.monotonic() - started:.0f} s in all.")


def say(what: str, counts: Counter[str]) -> None:
    """One line: what, and how often which ending."""
    listed = ", ".join(f"{name} {count}" for name, count in counts.most_common())
    print(f"{what}: {sum(counts.values())} ({listed})", flush=True)


if __name__ == "__main__":
    sys.exit(main())
