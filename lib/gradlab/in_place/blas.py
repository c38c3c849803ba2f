"""A multiple of one array added to another, by the BLAS that NumPy brings along for its matrix products.

NumPy itself needs two operations for it, and room for what lies between them; BLAS's `axpy` needs one pass. A step of
gradient descent is nothing else. NumPy offers `axpy` nowhere: it is called by its name in the library that lies in
NumPy's wheel, and where there is no such library the two operations remain.

Source: C. L. Lawson et al., Basic Linear Algebra Subprograms for Fortran Usage, ACM TOMS 5 (1979).
"""

import ctypes
import functools
from pathlib import Path
from typing import Any

import numpy as np

from gradlab.arguments import Array

_AXPY: dict[str, tuple[str, Any]] = {
    "f": ("scipy_cblas_saxpy64_", ctypes.c_float),
    "d": ("scipy_cblas_daxpy64_", ctypes.c_double),
}


def has_axpy(dtype: np.dtype[Any]) -> bool:
    """Whether `axpy` can be called for arrays of float32 or float64.

    >>> has_axpy(np.dtype("float16"))
    False
    """
    return dtype.char in _AXPY and _axpy(dtype.char) is not None


def axpy(a: float, x: Array, y: Array) -> None:
    """``y += a * x`` in place; where the processor can, each rounded once. NumPy's warning of an overflow is not given.

    Args:
        a: one number.
        x: shape (n,), in one piece. May be `y` itself.
        y: shape (n,), in one piece, of the dtype of `x`, for which `has_axpy` must be true.

    >>> y = np.ones(2)
    >>> if has_axpy(y.dtype):
    ...     axpy(-0.5, np.array([1.0, 2.0]), y)
    ... else:
    ...     y -= 0.5 * np.array([1.0, 2.0])
    >>> y
    array([0.5, 0. ])
    """
    _axpy(y.dtype.char)(y.size, a, x.ctypes.data, 1, y.ctypes.data, 1)


@functools.cache
def _axpy(char: str) -> Any:
    """BLAS's function for one type of numbers; None where NumPy was built with another library."""
    name, number = _AXPY[char]
    package = Path(np.__file__).parent
    for path in (*package.parent.glob("numpy.libs/*openblas64_*"), *package.glob(".dylibs/*openblas64_*")):
        try:
            function = getattr(ctypes.CDLL(str(path)), name)
        except (OSError, AttributeError):
            continue
        length, step, array = ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p
        function.argtypes, function.restype = [length, number, array, step, array, step], None
        return function
    return None
