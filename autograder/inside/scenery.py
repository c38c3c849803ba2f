"""What stands for the library while answers are judged: its names, and nothing behind them.

The judge's sandbox does not hold the library, so its answers cannot be handed in, read or hunted for. Notebooks
still import from it, so every name that is asked for is found, and using it raises `WithheldError`.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any, NoReturn

LIBRARY = "gradlab"


class WithheldError(RuntimeError):
    """Something of the library was used while answers are judged."""


def withhold(library: str = LIBRARY) -> None:
    """From now on, find every module of the library that is not there, with every name in it."""
    sys.meta_path.append(_Finder(library))


class Withheld:
    """A name of the library: it can be passed around, and not used."""

    def __init__(self, name: str) -> None:
        self._name = name

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise WithheldError(
            f"{self._name} belongs to the library, which is not there while your answer is judged. "
            "Write the step yourself."
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Withheld(f"{self._name}.{name}")

    __call__ = __getitem__ = __iter__ = __len__ = __enter__ = __bool__ = __array__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __matmul__ = _refuse
    __lt__ = __gt__ = __le__ = __ge__ = __neg__ = __pow__ = __float__ = __int__ = _refuse


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, library: str) -> None:
        self.prefix = f"{library}."

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not fullname.startswith(self.prefix):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _WithheldModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


class _WithheldModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Withheld(f"{self.__name__}.{name}")
