"""Sources of answers to the exercises of lesson 02, with a formula left open."""

CHORD = """
    def violates_chord(f, a, b, lambdas, tol=1e-9):
        above = np.zeros(np.shape(f(a)), dtype=bool)
        for lam in {lambdas}:
            curve = {curve}
            chord = {chord}
            above = above | ({above})
        return above
"""
CHORD_PARTS = {
    "lambdas": "lambdas",
    "curve": "f((1 - lam) * a + lam * b)",
    "chord": "(1 - lam) * f(a) + lam * f(b)",
    "above": "curve > chord + tol",
}

HESSIAN = """
    def numerical_hessian(f, w, h=1e-4):
        w, n = np.asarray(w, dtype=float), len(w)
        e = h * np.eye(n)
        H = np.zeros((n, n))
        for i in range(n):
            for j in range(n):
                H[i, j] = {entry}
        return H
"""
FOUR = "f(w + e[i] + e[j]) - f(w + e[i] - e[j]) - f(w - e[i] + e[j]) + f(w - e[i] - e[j])"


def chord(**parts):
    """A chord test with some of its parts replaced."""
    return CHORD.format(**{**CHORD_PARTS, **parts})


def semidefinite(formula):
    """A function of H and tol with this formula."""
    return f"def is_positive_semidefinite(H, tol=1e-6): return {formula}"


def rate(formula):
    """A function of H with this formula of its eigenvalues c."""
    return f"""
        def best_learning_rate(H):
            c = np.linalg.eigvalsh(H)
            return {formula}
    """
