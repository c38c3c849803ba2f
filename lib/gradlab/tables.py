"""Small tables of results, readable on light and dark, as HTML and as plain text."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any


@dataclass(frozen=True)
class Table:
    """A table as notebooks show it; `print(table)` shows the same as text.

    Attributes:
        header: a name for each column.
        rows: the cells, already as text.
        caption: the line above it, or an empty string.

    >>> Table(("rule", "steps"), (("momentum", "12"),), "A race")
    A race
    rule      steps
    momentum     12
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""

    def __repr__(self) -> str:
        widths = [max(map(len, column)) for column in zip(self.header, *self.rows, strict=True)]

        def line(cells: tuple[str, ...]) -> str:
            first, *others = (
                cell.ljust(width) if i == 0 else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
            )
            return "  ".join([first, *others]).rstrip()

        lines = [self.caption] if self.caption else []
        return "\n".join([*lines, line(self.header), *map(line, self.rows)])

    def _repr_html_(self) -> str:
        def row(cells: tuple[str, ...], tag: str) -> str:
            return "".join(
                f'<{tag} style="text-align:{"left" if i == 0 else "right"};padding:.25em 1em .25em .2em">{escape(cell)}</{tag}>'
                for i, cell in enumerate(cells)
            )

        head = f'<tr style="border-bottom:1px solid #888888">{row(self.header, "th")}</tr>'
        body = "".join(f"<tr>{row(cells, 'td')}</tr>" for cells in self.rows)
        # Not a <caption>: that would be broken to the width of the table.
        caption = (
            f'<div style="font-weight:600;margin:.5em 0 .2em">{escape(self.caption)}</div>'
            if self.caption
            else ""
        )
        body = f"<thead>{head}</thead><tbody>{body}</tbody>"
        return f'{caption}<table style="border-collapse:collapse;margin:.2em 0 .6em">{body}</table>'


def table(header: Sequence[str], rows: Sequence[Sequence[Any]], caption: str = "") -> Table:
    """A table from anything that prints: floats with four significant digits, all else as it is.

    Raises:
        ValueError: for a row that has not as many cells as the header.

    >>> table(["rule", "steps"], [["gradient descent", 41], ["momentum", 12.0]])
    rule              steps
    gradient descent     41
    momentum             12
    """
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"Every row needs {len(header)} cells, one for each column; got {list(row)}.")
    return Table(tuple(header), tuple(tuple(_cell(cell) for cell in row) for row in rows), caption)


def _cell(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
