"""Points without work, by handing back what says of itself that it is right: only plain values may cross."""

from hostile.case import Case, cheat


def lying(name: str, tries: str, source: str, **parts: object) -> Case:
    """A function whose answers lie."""
    return cheat(
        name,
        tries,
        answers={"effective_step": source.strip()},
        **{"earns": {"effective_step": 0}, "weak": "plain asserts", **parts},  # type: ignore[arg-type]
    )


CASES = (
    lying(
        "array-that-lies",
        "an ndarray subclass whose comparisons and functions say yes",
        """
import numpy as np
class Liar(np.ndarray):
    def __array_function__(self, function, types, args, kwargs): return True
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs): return np.True_
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
def effective_step(lr, rho):
    return np.zeros(()).view(Liar)
""",
    ),
    lying(
        "equals-everything",
        "an object that equals everything and is as close as you like",
        """
class Yes:
    def __eq__(self, other): return True
    def __bool__(self): return True
    def __sub__(self, other): return 0.0
    def __array__(self, dtype=None, copy=None):
        import numpy as np
        return np.zeros(())
    __rsub__ = __sub__
    def __getattr__(self, name):
        if name.startswith("__"): raise AttributeError(name)
        return self
    def __call__(self, *args, **kwargs): return self
def effective_step(lr, rho):
    return Yes()
""",
    ),
    lying(
        "any",
        "unittest's ANY, which equals everything",
        "from unittest.mock import ANY\ndef effective_step(lr, rho):\n    return ANY",
    ),
    lying(
        "float-that-lies",
        "a float that equals every number",
        """
class Close(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
def effective_step(lr, rho):
    return Close(0.0)
""",
    ),
    lying(
        "nan",
        "a nan, which is not further away than any tolerance",
        "def effective_step(lr, rho):\n    return float('nan')",
    ),
    lying(
        "masked",
        "numpy's masked, which compares to nothing at all",
        "import numpy as np\ndef effective_step(lr, rho):\n    return np.ma.masked",
    ),
    lying(
        "objects",
        "an array of objects that equal everything",
        """
import numpy as np
class Yes:
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    def __abs__(self): return 0.0
    __rsub__ = __sub__
def effective_step(lr, rho):
    answer = np.empty((), dtype=object)
    answer[()] = Yes()
    return answer
""",
    ),
    lying(
        "two-faced-array",
        "an object that is an array only when it is looked at, and then what was asked for",
        """
import sys
class Mirror:
    def __array__(self, dtype=None, copy=None):
        import numpy as np
        frame = sys._getframe(1)
        while frame is not None and "desired" not in frame.f_locals:
            frame = frame.f_back
        return np.asarray(frame.f_locals["desired"] if frame else 0.0)
def effective_step(lr, rho):
    return Mirror()
""",
    ),
    lying(
        "proxy",
        "a proxy that passes every question on to whoever asks",
        """
class Proxy:
    def __class_getitem__(cls, item): return cls
    @property
    def __class__(self): return float
    def __eq__(self, other): return True
    def __float__(self): return 0.0
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
def effective_step(lr, rho):
    return Proxy()
""",
    ),
    lying(
        "changed-arguments",
        "changes what it was given to what it answers, before the expected answer is computed from it",
        """
import numpy as np
def effective_step(lr, rho):
    for given in (lr, rho):
        if isinstance(given, np.ndarray):
            given[...] = 0.0
    return np.zeros(np.broadcast(lr, rho).shape)[()]
""",
    ),
    lying(
        "generator",
        "deals out answers until one fits",
        """
class Deal:
    def __init__(self): self.turn = 0
    def __iter__(self): return self
    def __next__(self): self.turn += 1; return self.turn / 100
    def __eq__(self, other): return any(abs(value - other) < 0.01 for value in self)
    def __sub__(self, other): return 0.0
def effective_step(lr, rho):
    return Deal()
""",
    ),
    lying(
        "callable",
        "hands back a function of which everybody may think what he likes",
        """
def answer(*args): return True
class Callable:
    __call__ = __eq__ = lambda self, *args: True
    __sub__ = lambda self, other: 0.0
def effective_step(lr, rho):
    return Callable()
""",
    ),
)
