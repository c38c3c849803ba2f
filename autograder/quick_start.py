"""Modules that other packages import for uses that are not ours: put off until somebody calls them.

They are three quarters of the time that a command takes to begin. nbgrader imports its extensions of the Jupyter server, and
with them the server; jsonschema imports a grammar of internationalised web addresses, which takes a second to compile.
"""

import importlib
import sys
from types import ModuleType
from typing import Any

# By the package that imports them: the module, and the one function that is taken from it.
PUT_OFF = {
    "jsonschema": {"rfc3987_syntax": "is_valid_syntax"},
    "nbgrader": {
        f"nbgrader.server_extensions.{name}": "load_jupyter_server_extension"
        for name in ("assignment_list", "course_list", "validate_assignment", "formgrader")
    },
}


def put_off() -> None:
    """Put stand-ins where the modules would be; a package that is imported already has the real ones."""
    for package, modules in PUT_OFF.items():
        if package not in sys.modules:
            for name, function in modules.items():
                sys.modules.setdefault(name, _stand_in(name, function))


def _stand_in(name: str, function: str) -> ModuleType:
    """A module with a function that makes way for the real one when it is called."""
    module = ModuleType(name, f"Stands in for {name} until {function} is called.")

    def call(*args: Any, **settings: Any) -> Any:
        if sys.modules.get(name) is module:
            del sys.modules[name]
        return getattr(importlib.import_module(name), function)(*args, **settings)

    setattr(module, function, call)
    return module
