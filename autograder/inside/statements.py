"""Run a cell for the sake of the names that it defines."""

import ast
import asyncio
import contextlib
import inspect
import linecache
from collections.abc import Iterator
from typing import Any

from autograder.inside.scenery import WithheldError

# What a released cell is run for: everything else in it shows something, and nobody looks while answers are judged.
_DEFINES = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def run_statements(shell: Any, source: str, *, definitions_only: bool = False) -> None:
    """Run a cell statement by statement in the shell's names, as a notebook would.

    What uses the withheld library is passed over, so that a line that draws a figure costs nobody the function
    below it. Any other exception ends the cell, as in a notebook, and is raised.

    Args:
        shell: an IPython shell, which knows magics and keeps the names.
        source: the cell.
        definitions_only: run imports, definitions and constants only.
    """
    code, tree = _read(shell, source)
    name = shell.compile.cache(code, shell.execution_count, raw_code=source)
    shell.execution_count += 1
    linecache.checkcache(name)
    for statement in _wanted(tree, definitions_only):
        _run_one(shell, statement, name)


def _read(shell: Any, source: str) -> tuple[str, ast.Module]:
    """A cell as Python and its tree. Nearly all are Python as they stand; to look for magics takes longer than to run them."""
    if "In [" not in source:  # a prompt that was copied along reads like an annotation
        with contextlib.suppress(SyntaxError, ValueError, MemoryError, RecursionError):
            return source, ast.parse(source)
    code = shell.transform_cell(source)
    return code, ast.parse(code)


def _wanted(tree: ast.Module, definitions_only: bool) -> Iterator[ast.stmt]:
    for statement in tree.body:
        if not definitions_only or isinstance(statement, _DEFINES) or _is_constant(statement):
            yield statement


def _is_constant(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Assign):
        return False
    try:
        ast.literal_eval(statement.value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _run_one(shell: Any, statement: ast.stmt, name: str) -> None:
    module = ast.Module([statement], type_ignores=[])
    with shell.compile.extra_flags(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT):
        compiled = shell.compile(module, name, "exec")
    try:
        # A statement with `await` in it gives a coroutine, as it does in Jupyter.
        waiting = eval(compiled, shell.user_ns)
        if inspect.iscoroutine(waiting):
            asyncio.run(waiting)
    except WithheldError:
        return
