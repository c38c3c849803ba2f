"""No hidden state: whichever cell is run again, it sees what it saw the first time."""

import ast
import builtins
import symtable
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from autograder.proofread.page import Page, numbered


class Names(NamedTuple):
    """The names of a cell: those that it binds, and those that it takes from the cells above."""

    bound: set[str]
    taken: set[str]


def keeps_no_hidden_state(page: Page) -> Iterator[str]:
    """A name is bound before it is used, and never bound anew once a cell below has used it.

    That a function is called only after the names in it are there, as it happens, is not enough: they have to be there
    when the cell that defines it ends. And no cell goes on with the random numbers of another.
    """
    cells = [(place, names_of(cell.source)) for place, cell in numbered(page.solution, "code")]
    bound_in: dict[str, list[int]] = defaultdict(list)
    for number, (_, names) in enumerate(cells):
        for name in names.bound:
            bound_in[name].append(number)
    generators = {name for _, cell in numbered(page.solution, "code") for name in _generators(cell.source)}
    for number, (place, names) in enumerate(cells):
        for name in sorted(names.taken & generators):
            yield f"{place} goes on with the generator {name!r}, which gives other numbers when it is run twice"
        for name in sorted(names.taken - set(dir(builtins))):
            if not any(other < number for other in bound_in[name]):
                yield f"{place} uses {name!r}, which no cell above it binds"
            for later in (other for other in bound_in[name] if other >= number):
                yield f"{place} uses {name!r}, which {cells[later][0]} binds anew: run twice, it sees two things"


def names_of(source: str) -> Names:
    """The names that a cell binds at its top level, and those that it takes from elsewhere, functions included.

    >>> names = names_of("def double(x):\\n    return factor * x\\ny = [double(k) for k in data]")
    >>> sorted(names.bound), sorted(names.taken)
    (['double', 'y'], ['data', 'factor'])
    >>> names_of("count = count + 1").taken
    {'count'}
    """
    bound: set[str] = set()
    taken: set[str] = set()
    in_functions: set[str] = set()
    for part in _in_order(ast.parse(source)):
        table = symtable.symtable(ast.unparse(part), "cell", "exec")
        here = {symbol.get_name() for symbol in table.get_symbols() if _binds(symbol)}
        used = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
        looked_up = _globals(table)
        # A function looks its names up when it is called, which may be further down in the cell.
        if isinstance(part, ast.FunctionDef | ast.ClassDef):
            in_functions |= looked_up
        else:
            used |= looked_up
        taken |= used - here - bound
        bound |= here
    return Names(bound, taken | (in_functions - bound))


def _in_order(module: ast.Module) -> Iterator[ast.AST]:
    """The statements of a cell; of an assignment its right side first, since that is looked at first."""
    for statement in module.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value:
            yield statement.value
        elif isinstance(statement, ast.AugAssign):
            yield ast.BinOp(_read(statement.target), statement.op, statement.value)
        yield statement


def _read(target: ast.expr) -> ast.expr:
    """The target of an assignment, as an expression that is read."""
    return ast.parse(ast.unparse(target), mode="eval").body


def _generators(source: str) -> Iterator[str]:
    """The names that a cell binds to a generator of random numbers."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = zip(*map(_parts, (target, node.value)), strict=False)
                yield from (ast.unparse(name) for name, value in pairs if _is_generator(value))


def _parts(expression: ast.expr) -> list[ast.expr]:
    return expression.elts if isinstance(expression, ast.Tuple) else [expression]


def _is_generator(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func).endswith("default_rng")


def _binds(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def _globals(table: symtable.SymbolTable) -> set[str]:
    """The names that functions, classes and comprehensions look up outside themselves, at whatever depth."""
    found: set[str] = set()
    for inner in table.get_children():
        found |= {s.get_name() for s in inner.get_symbols() if s.is_referenced() and s.is_global()}
        found |= _globals(inner)
    return found
