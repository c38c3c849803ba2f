"""Run the benchmark: python -m benchmarks, or with names of parts for some of it."""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console

from benchmarks.figure import figure
from benchmarks.machine import cores
from benchmarks.report import in_terminal, page, targets_table
from benchmarks.result import Result

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
# Where the peers are installed, beside the project's own environment.
REFERENCES = ROOT / ".references" / "bin" / "python"
# Part -> whether it needs the peers.
PARTS = {
    "epoch": True, "step": True, "runs": False, "basins": False, "importing": False, "memory": False, "checks": False,
}  # fmt: skip


def main() -> None:
    """Run the parts that were asked for, print what they found, and after a whole run write it down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", nargs="*", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument(
        "--references", default=str(REFERENCES), help="a Python that has torch, jax and optax"
    )
    asked = parser.parse_args()
    unknown = [part for part in asked.part if part not in PARTS]
    if unknown:
        parser.error(f"There is no part called {unknown[0]!r}. The parts are: {', '.join(PARTS)}.")
    console, started = Console(), time.monotonic()
    machine = json.loads(_run(asked.references, "machine"))
    for name, value in machine.items():
        console.print(f"[bold]{name}[/]: {value}", highlight=False)
    results = {}
    for part in asked.part or PARTS:
        results[part] = Result.from_json(_run(asked.references if PARTS[part] else sys.executable, part))
        for table in results[part].tables:
            console.print(in_terminal(table))
    console.print(in_terminal(targets_table(t for result in results.values() for t in result.targets)))
    if results.keys() == PARTS.keys():
        (DOCS / "bench.md").write_text(page(machine, results.values()), encoding="utf-8")
        (DOCS / "bench.png").write_bytes(figure(results["epoch"].curves, results["step"].curves))
        console.print("Written: docs/bench.md and docs/bench.png.")
    console.print(f"{time.monotonic() - started:.0f} s in all.")


def _run(python: str, part: str) -> str:
    """What `benchmarks.measure` says, in a process of its own."""
    if not Path(python).exists():
        sys.exit(f"error: {python} does not exist. It comes with: make references")
    paths = os.pathsep.join(str(ROOT / folder) for folder in ("tests", "lib"))
    # Both libraries start with all the cores; the parts then set the number of threads themselves.
    environment = os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": str(cores())}
    command = [python, "-m", "benchmarks.measure", part]
    done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"error: the part {part!r} failed; its own words are above.")
    return done.stdout.splitlines()[-1]


if __name__ == "__main__":
    main()
