"""gradlab: a hands-on course on optimizing neural networks.

Notebooks use the names below. They are loaded on first use, so that `import gradlab` stays quick and
imports neither matplotlib nor ipywidgets until a figure or an explorer is asked for.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradlab.checks import check
    from gradlab.descent import descend
    from gradlab.progress_bars import progress
    from gradlab.stubs import NotWrittenYet, todo

_HOME = {
    "check": "gradlab.checks",
    "descend": "gradlab.descent",
    "progress": "gradlab.progress_bars",
    "NotWrittenYet": "gradlab.stubs",
    "todo": "gradlab.stubs",
}

__all__ = ["NotWrittenYet", "check", "descend", "progress", "todo"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module 'gradlab' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
