"""Run the benchmark of grading: python -m benchmarks.grading, or with names of parts for some of it."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from benchmarks.grading.crowd import crowd
from benchmarks.grading.idle import idle
from benchmarks.grading.otter import otter
from benchmarks.grading.paper import on_paper
from benchmarks.grading.speed import every_lesson, reference
from benchmarks.grading.workers import workers
from benchmarks.grading.writer import writer
from benchmarks.machine import machine
from benchmarks.report import in_terminal, page, targets_table
from benchmarks.result import Result

DOCS = Path(__file__).resolve().parents[3] / "docs"
PARTS: dict[str, Callable[[Path], Result]] = {
    "reference": reference, "otter": otter, "crowd": crowd, "workers": workers, "writer": writer, "idle": idle, "lessons": every_lesson,
}  # fmt: skip


def _measured(part: str) -> Result:
    folder = Path(tempfile.mkdtemp(prefix="gradlab-bench-"))
    try:
        return PARTS[part](folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Run the parts that were asked for and print what they found; all of them are written down, as far as they came."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grading", description=__doc__)
    parser.add_argument("part", nargs="*", help=f"of {', '.join(PARTS)}; all by default")
    asked = parser.parse_args()
    unknown = [part for part in asked.part if part not in PARTS]
    if unknown:
        parser.error(f"There is no part called {unknown[0]!r}. The parts are: {', '.join(PARTS)}.")
    console, started = Console(), time.monotonic()
    here = {
        name: words
        for name, words in machine(("nbgrader", "nbclient", "distributed")).items()
        if name != "Threads"
    }
    for name, value in here.items():
        console.print(f"[bold]{name}[/]: {value}", highlight=False)
    results: dict[str, Result] = {}
    try:
        for part in asked.part or PARTS:
            results[part] = _measured(part)
            for table in results[part].tables:
                console.print(in_terminal(table))
    except KeyboardInterrupt:
        console.print(f"Stopped; measured so far: {', '.join(results) or 'nothing'}.")
    found = {part: result.curves for part, result in results.items()}
    if {"reference", "crowd", "writer"} <= found.keys():
        paper = on_paper(found["reference"], found["crowd"], found["writer"])
        results["paper"] = Result([paper], [], {})
        console.print(in_terminal(paper))
    console.print(in_terminal(targets_table(t for result in results.values() for t in result.targets)))
    if not asked.part and results:
        (DOCS / "bench-grading.md").write_text(
            page(here, results.values(), "make bench-grading", "How fast grading is"), encoding="utf-8"
        )
        console.print("Written: docs/bench-grading.md.")
    console.print(f"{time.monotonic() - started:.0f} s in all.")


if __name__ == "__main__":
    sys.exit(main())
