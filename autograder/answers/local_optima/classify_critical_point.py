"""Answers to `classify_critical_point`, as bodies of the function."""

FIRST_LINE = "def classify_critical_point(H, tol=1e-6):"

RIGHT = {
    "by select": """
        curvatures = np.linalg.eigvalsh(H)
        up, down = curvatures > tol, curvatures < -tol
        kinds = [up.all(axis=-1), down.all(axis=-1), up.any(axis=-1) & down.any(axis=-1)]
        return np.select(kinds, ["minimum", "maximum", "saddle"], "degenerate")
    """,
    "by the smallest and the largest": """
        curvatures = np.linalg.eigvalsh(H)
        low, high = curvatures[..., 0], curvatures[..., -1]
        word = np.where(low > tol, "minimum", "degenerate")
        word = np.where(high < -tol, "maximum", word)
        return np.where((low < -tol) & (high > tol), "saddle", word)
    """,
    "one matrix at a time": """
        H = np.asarray(H)
        if H.ndim > 2:
            return np.array([classify_critical_point(one, tol) for one in H])
        curvatures = np.linalg.eigvalsh(H)
        if min(curvatures) > tol:
            return "minimum"
        if max(curvatures) < -tol:
            return "maximum"
        if min(curvatures) < -tol and max(curvatures) > tol:
            return "saddle"
        return "degenerate"
    """,
    "by counting": """
        curvatures = np.linalg.eigvalsh(H)
        n = curvatures.shape[-1]
        ups, downs = np.sum(curvatures > tol, axis=-1), np.sum(curvatures < -tol, axis=-1)
        words = np.array(["degenerate", "minimum", "maximum", "saddle"])
        return words[np.where(ups == n, 1, np.where(downs == n, 2, np.where((ups > 0) & (downs > 0), 3, 0)))]
    """,
    "by signs, with eig": """
        signs = np.linalg.eig(np.asarray(H, dtype=float))[0].real
        signs = np.sign(signs) * (np.abs(signs) > tol)
        low, high = signs.min(axis=-1), signs.max(axis=-1)
        kinds = [low == 1, high == -1, low * high == -1]
        return np.select(kinds, ["minimum", "maximum", "saddle"], default="degenerate")
    """,
}


def _decided(curvatures: str, up: str, down: str, words: str = "minimum maximum saddle degenerate") -> str:
    """A classification from other curvatures, or from other answers to up and down."""
    minimum, maximum, saddle, degenerate = words.split()
    return f"""
        H = np.asarray(H)
        c = {curvatures}
        up, down = {up}, {down}
        kinds = [up.all(axis=-1), down.all(axis=-1), up.any(axis=-1) & down.any(axis=-1)]
        return np.select(kinds, ["{minimum}", "{maximum}", "{saddle}"], "{degenerate}")
    """


_EIGENVALUES = "np.linalg.eigvalsh(H)"

# Wrong, and without a name of their own.
WRONG = {
    "a border of its own": _decided(_EIGENVALUES, "c > 1e-3", "c < -1e-3"),
    "tol on one side": _decided(_EIGENVALUES, "c > tol", "c < 0"),
    "tol on the other side": _decided(_EIGENVALUES, "c > 0", "c < -tol"),
    "tol with the wrong sign": _decided(_EIGENVALUES, "c > -tol", "c < tol"),
    "tol squared": _decided(_EIGENVALUES, "c > tol**2", "c < -tol**2"),
    "the border belongs to up": _decided(_EIGENVALUES, "c >= tol", "c < -tol"),
    "only one triangle": _decided("np.linalg.eigvalsh(np.triu(H))", "c > tol", "c < -tol"),
    "the lengths of the rows": _decided(
        "np.linalg.norm(H, axis=-1) * np.sign(H[..., 0])", "c > tol", "c < -tol"
    ),
    "the sums of the rows": _decided("H.sum(axis=-1)", "c > tol", "c < -tol"),
    "two curvatures only": _decided("np.linalg.eigvalsh(H)[..., :2]", "c > tol", "c < -tol"),
    "the curvatures of the square": _decided("np.linalg.eigvalsh(H @ H)", "c > tol", "c < -tol"),
    "the corner decides": _decided("H[..., :1, 0]", "c > tol", "c < -tol"),
    "saddle and degenerate swapped": _decided(
        _EIGENVALUES, "c > tol", "c < -tol", "minimum maximum degenerate saddle"
    ),
    "maximum and saddle swapped": _decided(
        _EIGENVALUES, "c > tol", "c < -tol", "minimum saddle maximum degenerate"
    ),
    "whatever it is, a saddle": """
        return np.full(np.shape(H)[:-2], "saddle")
    """,
    "a truth, not a word": """
        return np.linalg.eigvalsh(H).min(axis=-1) > tol
    """,
    "the number of ways down": """
        return np.sum(np.linalg.eigvalsh(H) < -tol, axis=-1)
    """,
    "Cholesky": """
        try:
            np.linalg.cholesky(H)
            return "minimum"
        except np.linalg.LinAlgError:
            return "saddle"
    """,
    "two weights only": """
        (a, b), (c, d) = H
        low, high = np.linalg.eigvalsh([[a, b], [c, d]])
        return "minimum" if low > tol else "maximum" if high < -tol else "saddle" if low * high < 0 else "degenerate"
    """,
    "a border too wide for a saddle": """
        c = np.linalg.eigvalsh(H)
        low, high = c[..., 0], c[..., -1]
        return np.select([low > tol, high < -tol, low * high < -tol], ["minimum", "maximum", "saddle"], "degenerate")
    """,
    "H is scaled in place": """
        H /= np.abs(H).max()
        low, high = np.linalg.eigvalsh(H)[..., 0], np.linalg.eigvalsh(H)[..., -1]
        return np.select([low > tol, high < -tol, (low < -tol) & (high > tol)], ["minimum", "maximum", "saddle"], "degenerate")
    """,
}
