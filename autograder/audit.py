"""Prove the checks: every mistake rejected and named, every right answer accepted, every mutant killed.

For each exercise the audit judges its named mistakes, the mistakes of form that any function can have, right answers
in several styles, wrong answers without a name, and every mutant of the solution. All of them are judged by the
visible check and again with the numbers of other seeds, as hidden checks draw them.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from autograder.answers.audit import SEEDS, Audit, audit_all, named_share
from autograder.errors import UserError
from autograder.table import WIDE
from gradlab.checks import NAMES

NAMED = 0.95

HEADINGS = (
    "mistakes\nrejected",
    "named",
    "variants\naccepted",
    "mutants\nkilled",
    "equi-\nvalent",
    "agreement",
    "median\nms",
    "max\nms",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m autograder audit`."""
    parser.add_argument("exercise", nargs="*", help="exercises or lessons to audit; all without it")
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"seeds to compare (default {SEEDS})")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="write what is printed to a text file too"
    )


def run(args: argparse.Namespace) -> None:
    """Audit, print the table, and end with status 1 where the checks fall short."""
    audits = audit_all(_chosen(args.exercise), args.seeds)
    if args.json:
        print(json.dumps([asdict(audit) for audit in audits], indent=1))
    else:
        text = show(audits, args.seeds)
        if args.report:
            args.report.write_text(text, encoding="utf-8")
    if any(audit.falls_short for audit in audits) or named_share(audits) < NAMED:
        sys.exit(1)


def _chosen(words: list[str]) -> list[str]:
    every = {name: lesson for lesson, names in NAMES.items() for name in names}
    if not words:
        return list(every)
    unknown = [word for word in words if word not in every and word not in NAMES]
    if unknown:
        raise UserError(
            f"There is no exercise or lesson called {unknown[0]!r}. Exercises: {', '.join(every)}."
        )
    return [name for name, lesson in every.items() if name in words or lesson in words]


def show(audits: list[Audit], seeds: int) -> str:
    """Print the table, and below it everything that is not as it must be; and return the text of it."""
    console = Console(record=True)
    if not console.is_terminal:
        console = Console(record=True, width=WIDE)
    table = Table(box=box.SIMPLE_HEAD, caption=f"{seeds} hidden seeds; processor time of the visible check")
    table.add_column("exercise", no_wrap=True)
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    for audit in audits:
        table.add_row(audit.exercise, *_row([audit]), style="red" if audit.falls_short else "")
    table.add_section()
    table.add_row("all", *_row(audits))
    console.print(table)
    _show_others(console, audits)
    for title, attribute in [
        ("Mistakes that got full marks", "accepted_mistakes"),
        ("Mistakes called by another name", "misnamed"),
        ("Right answers that lost points", "refused_variants"),
        ("Mutants that survived", "survivors"),
        ("Listed as equivalent, but not met", "stale"),
        ("Hidden numbers that disagree with the visible ones", "disagreements"),
    ]:
        found = [f"{audit.exercise}: {what}" for audit in audits for what in getattr(audit, attribute)]
        if found:
            console.print(f"{title}:", style="bold")
            for line in found[:40]:
                console.print(f"  {line}", markup=False, highlight=False)
            if len(found) > 40:
                console.print(f"  and {len(found) - 40} more")
    if any(audit.equivalent for audit in audits):
        console.print("Equivalent mutants:", style="bold")
    for audit in audits:
        for label, reason in audit.equivalent.items():
            console.print(f"  {audit.exercise}: {label}: {reason}", markup=False, highlight=False)
    lines = console.export_text().splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _show_others(console: Console, audits: list[Audit]) -> None:
    table = Table(
        box=box.SIMPLE_HEAD, caption="The same wrong answers, judged by the cases that others publish"
    )
    table.add_column("exercise", no_wrap=True)
    table.add_column("check")
    table.add_column("wrong answers rejected", justify="right")
    for audit in audits:
        for course, passing in audit.passing_elsewhere.items():
            table.add_row(audit.exercise, course, f"{audit.wrong - passing}/{audit.wrong}")
        if audit.passing_elsewhere:
            all_wrong = audit.wrong + len(audit.accepted_mistakes) + len(audit.survivors)
            table.add_row(audit.exercise, "gradlab", f"{audit.wrong}/{all_wrong}", end_section=True)
    if table.row_count:
        console.print(table)


def _row(audits: list[Audit]) -> tuple[str, ...]:
    def total(count: Callable[[Audit], int]) -> int:
        return sum(map(count, audits))

    times = [1000 * seconds for audit in audits for seconds in audit.seconds]
    wrong, verdicts = total(lambda a: a.mistakes), total(lambda a: a.verdicts)
    named = total(lambda a: a.mistakes - a.nameless)
    accepted, misnamed = total(lambda a: len(a.accepted_mistakes)), total(lambda a: len(a.misnamed))
    variants, refused = total(lambda a: a.variants), total(lambda a: len(a.refused_variants))
    made, alive = total(lambda a: a.mutants - len(a.equivalent)), total(lambda a: len(a.survivors))
    agreeing = verdicts - total(lambda a: len(a.disagreements))
    return (
        f"{wrong - accepted}/{wrong}",
        f"{named - misnamed}/{named}",
        f"{variants - refused}/{variants}",
        f"{made - alive}/{made}",
        str(total(lambda a: len(a.equivalent))),
        f"{agreeing / verdicts:.2%}" if verdicts else "–",
        f"{statistics.median(times):.1f}",
        f"{max(times):.0f}",
    )
