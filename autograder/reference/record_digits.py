"""Write lib/gradlab/data/digits.npz from scikit-learn's copy of the UCI digits, and print its checksum.

Needs scikit-learn, which the project itself does not: python autograder/reference/record_digits.py
"""

# The engines we compare with are installed only where references are recorded.
# mypy: disable-error-code="import-not-found, import-untyped"

import hashlib
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

TARGET = Path(__file__).resolve().parents[2] / "lib" / "gradlab" / "data" / "digits.npz"


def main() -> None:
    """Record the digits."""
    source = load_digits()
    np.savez_compressed(TARGET, images=source.data.astype(np.uint8), labels=source.target.astype(np.uint8))
    print(
        f"{TARGET}: {TARGET.stat().st_size} bytes, SHA-256 {hashlib.sha256(TARGET.read_bytes()).hexdigest()}"
    )


if __name__ == "__main__":
    main()
