"""What a hundred thousand submissions would cost, on paper: from what was measured in the same run."""

from collections.abc import Mapping
from typing import Any

from benchmarks.pairing import three_digits
from benchmarks.result import Table

SUBMISSIONS = 100_000
CORES = (2, 16, 64, 256)


def on_paper(reference: Mapping[str, Any], crowd: Mapping[str, Any], writer: Mapping[str, Any]) -> Table:
    """Minutes by the number of cores, and which part is the one that everything waits for."""
    cpu, written = reference["cpu"], writer["seconds"]
    rows = []
    for cores in CORES:
        minutes = SUBMISSIONS * cpu / cores / 60
        for gradebook, seconds in written.items():
            writing = SUBMISSIONS * seconds / 60
            slowest = "the writer" if writing > minutes else "the workers"
            figures = map(three_digits, (minutes, writing, max(minutes, writing)))
            rows.append([f"{cores}", gradebook, *figures, slowest])
    stored = ", ".join(
        f"{name} {three_digits(SUBMISSIONS * size / 1e9)} GB" for name, size in crowd["bytes"].items() if size
    )
    note = (
        f"{SUBMISSIONS:,} submissions of the reference assignment at {three_digits(1000 * cpu)} ms of a core each are "
        f"{three_digits(SUBMISSIONS * cpu / 3600)} hours of one core. Stored: {stored}. Where the writer is what everything "
        "waits for, several graders can work at once on parts of the class, with one gradebook on a PostgreSQL server; what "
        "a server itself can take was not measured."
    )
    header = ["cores", "gradebook", "workers, min", "writer, min", "together, min", "waits for"]
    return Table(f"On paper: {SUBMISSIONS:,} submissions", header, rows, note)
