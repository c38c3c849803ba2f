"""What a benchmark found, as tables for the terminal and for docs/bench.md."""

from collections.abc import Iterable, Mapping

from rich import box
from rich.table import Table as RichTable
from rich.text import Text

from benchmarks.result import Result, Table, Target


def targets_table(targets: Iterable[Target]) -> Table:
    """All targets in one table, reached or not."""
    rows = [[t.figure, t.target, t.measured, "yes" if t.reached else "no"] for t in targets]
    return Table("Targets", ["figure", "target", "measured", "reached"], rows)


def in_terminal(table: Table) -> RichTable:
    """A table for the terminal."""
    drawn = RichTable(
        title=table.title, title_justify="left", title_style="bold", caption=table.note or None,
        caption_justify="left", box=box.SIMPLE_HEAD,
    )  # fmt: skip
    for i, name in enumerate(table.header):
        drawn.add_column(name, justify="right" if i and is_number_column(table, i) else "left")
    for row in table.rows:
        drawn.add_row(*map(Text, row))
    return drawn


def in_markdown(table: Table) -> str:
    """A table for a page of documentation."""
    marks = ["--:" if i and is_number_column(table, i) else ":--" for i in range(len(table.header))]
    lines = [table.header, marks, *table.rows]
    grid = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return "\n\n".join(part for part in (f"## {table.title}", grid, table.note) if part)


def page(
    machine: Mapping[str, str],
    results: Iterable[Result],
    command: str = "make bench",
    title: str = "How fast it is",
) -> str:
    """The whole report as Markdown, with the command that writes it."""
    found = list(results)
    parts = [
        f"<!-- Written by `{command}`, not by hand. -->\n# {title}",
        "Ratios are medians, with their quartiles, of paired times: all contenders take turns, and only "
        "times from the same round are compared. A ratio of 2 means that gradlab took half the time.",
        "\n".join(f"- **{name}**: {value}" for name, value in machine.items()),
        in_markdown(targets_table(target for result in found for target in result.targets)),
        *(in_markdown(table) for result in found for table in result.tables),
    ]
    return "\n\n".join(parts) + "\n"


def is_number_column(table: Table, index: int) -> bool:
    """Whether a column holds numbers, which are set to the right."""
    cells = [row[index] for row in table.rows]
    return all(cell[:1].isdigit() or cell.startswith(("-", "–")) for cell in cells)
