"""Words of a submission, made fit for a table, and what its exceptions say about limits."""

import re

from nbformat import NotebookNode

from autograder.released import name_of


def over_a_limit(ename: str, evalue: str) -> str:
    """Which limit an exception speaks of, in a sentence without an end; nothing where it speaks of none."""
    if ename in ("MemoryError", "_ArrayMemoryError"):
        return "More memory than there is for a submission"
    if "can't start new thread" in evalue or ename == "BlockingIOError":
        return "More processes than there are for a submission"
    for words, what in (
        ("No space left on device", "More or larger files than the scratch folder holds"),
        ("File too large", "A file larger than is allowed"),
        ("Too many open files", "More open files than are allowed"),
    ):
        if words in evalue and ename == "OSError":
            return what
    return ""


def where(cell: NotebookNode) -> str:
    """The name of a cell, or how it begins."""
    if "nbgrader" in cell.metadata:
        return name_of(cell).removeprefix("check_")
    return f"the cell that begins {one_line(cell.source.strip().split(chr(10))[0], 40)!r}"


def one_line(words: str, limit: int = 80) -> str:
    """Words of a submission such that they fit a table."""
    return "".join(sign if sign.isprintable() else " " for sign in words[:limit])


def shorten(ename: str, evalue: str) -> str:
    """An exception in a line; the shell's name for the cell means nothing to anyone."""
    return one_line(re.sub(r"\((?:\d+\.py|<[^>]*>), (line \d+)\)", r"in \1", f"{ename}: {evalue}"))
