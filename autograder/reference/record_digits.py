"""The digits of scikit-learn, by their checksums; and lib/gradlab/data/digits.npz, the copy that is shipped."""

# The engines we compare with are installed only where references are recorded.
# mypy: disable-error-code="import-not-found, import-untyped"

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

ENGINES = ("scikit-learn",)
SHIPPED = Path(__file__).resolve().parents[2] / "lib" / "gradlab" / "data" / "digits.npz"


def record() -> dict[str, Any]:
    """SHA-256 of the images, grey values 0 to 16, and of the labels, each a byte."""
    source = load_digits()
    arrays = {"images": source.data.astype(np.uint8), "labels": source.target.astype(np.uint8)}
    np.savez_compressed(SHIPPED, allow_pickle=False, **arrays)
    return {
        "arrays": {
            name: {"shape": array.shape, "sha256": hashlib.sha256(array.tobytes()).hexdigest()}
            for name, array in arrays.items()
        }
    }
