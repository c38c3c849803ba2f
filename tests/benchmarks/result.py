"""What a part of the benchmark found, and how it is passed from one process to another."""

import json
from typing import Any, NamedTuple


class Table(NamedTuple):
    """Numbers as text, and under them what they mean."""

    title: str
    header: list[str]
    rows: list[list[str]]
    note: str = ""


class Target(NamedTuple):
    """What was hoped for, and what came out."""

    figure: str
    target: str
    measured: str
    reached: bool


class Result(NamedTuple):
    """What one part of the benchmark found; `curves` is what the figure draws of it."""

    tables: list[Table]
    targets: list[Target]
    curves: dict[str, Any]

    def to_json(self) -> str:
        """The result as a line of text, to be passed from one process to another."""
        return json.dumps(self)

    @classmethod
    def from_json(cls, text: str) -> "Result":
        """The result that `to_json` wrote."""
        tables, targets, curves = json.loads(text)
        return cls([Table(*table) for table in tables], [Target(*target) for target in targets], curves)
