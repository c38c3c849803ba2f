"""Wrong answers to the exercises of lesson 02 that have no name among the mistakes."""

from autograder.answers.convexity.sources import FOUR, HESSIAN, chord, rate, semidefinite

WRONG = {
    "violates_chord": {
        "every other lambda": chord(lambdas="lambdas[::2]"),
        "nine lambdas of its own": chord(lambdas="np.linspace(0.1, 0.9, 9)"),
        "the ends only": chord(lambdas="[0, 1]"),
        "lambda squared": chord(chord="(1 - lam**2) * f(a) + lam**2 * f(b)"),
        "a chord around the ends": chord(chord="lam * f(a) + lam * f(b)"),
        "minus instead of plus": chord(curve="f((1 - lam) * a - lam * b)"),
        "the lower end": chord(chord="np.minimum(f(a), f(b))"),
        "tol as a share": chord(above="curve > chord * (1 + tol)"),
        "twice above": chord(above="curve > 2 * chord + tol"),
        "the slope at a": chord(above="curve < f(a) + lam * (f(b) - f(a)) - tol"),
        "only between single weights": """
            def violates_chord(f, a, b, lambdas, tol=1e-9):
                points = a + np.asarray(lambdas)[:, None] * (np.atleast_1d(b) - a)
                chord = f(a) + np.asarray(lambdas)[:, None] * (np.atleast_1d(f(b)) - f(a))
                found = (f(points) > chord + tol).any(axis=0)
                return found if np.ndim(a) else found[0]
        """,
        "stops at the first that keeps": """
            def violates_chord(f, a, b, lambdas, tol=1e-9):
                above = np.ones(np.shape(f(a)), dtype=bool)
                for lam in lambdas:
                    now = f(a + lam * (b - a)) > f(a) + lam * (f(b) - f(a)) + tol
                    if not np.any(now):
                        return now
                    above = above & now
                return above
        """,
        "never": "def violates_chord(f, a, b, lambdas, tol=1e-9): return np.zeros(np.shape(f(a)), dtype=bool)",
        "changes a": """
            def violates_chord(f, a, b, lambdas, tol=1e-9):
                above, start, fa, fb = np.zeros(np.shape(f(a)), dtype=bool), np.array(a), f(a), f(b)
                for lam in lambdas:
                    a *= 0
                    a += (1 - lam) * start + lam * b
                    above = above | (f(a) > (1 - lam) * fa + lam * fb + tol)
                return above
        """,
    },
    "numerical_hessian": {
        label: HESSIAN.format(entry=entry)
        for label, entry in {
            "a step of 1 on the way": f"({FOUR.replace('e[j]', 'e[j] / h')}) / (4 * h)",
            "rounded": f"round(({FOUR}) / (4 * h**2), 2)",
            "absolute": f"abs({FOUR}) / (4 * h**2)",
            "the sign turned off the diagonal": f"({FOUR}) / (4 * h**2) * (1 if i == j else -1)",
            "doubled off the diagonal": f"({FOUR}) / (4 * h**2) * (1 if i == j else 2)",
            "three points everywhere": "(f(w + e[i]) - 2 * f(w) + f(w - e[j])) / h**2",
            "backward along j": "(f(w + e[i]) - f(w - e[i]) - f(w + e[i] - e[j]) + f(w - e[i] - e[j])) / (2 * h**2)",
            "divided by the weights": f"({FOUR}) / (4 * h**2) / w[i]",
            "the identity": "1.0 if i == j else 0.0",
            "zero": "0.0",
            "cut to whole numbers": f"int(({FOUR}) / (4 * h**2))",
        }.items()
    }
    | {
        "the gradient in every row": """
            def numerical_hessian(f, w, h=1e-4):
                g = np.array([(f(w + e) - f(w - e)) / (2 * h) for e in h * np.eye(len(w))])
                return np.tile(g, (len(w), 1))
        """,
        "flattened": HESSIAN.format(entry=f"({FOUR}) / (4 * h**2)").replace(
            "return H", "return H.ravel()"
        ),
        "steps in place, taken back": """
            def numerical_hessian(f, w, h=1e-4):
                H = np.zeros((len(w), len(w)))
                for i in range(len(w)):
                    for j in range(len(w)):
                        for s in (1, -1):
                            for t in (1, -1):
                                w[i] += s * h
                                w[j] += t * h
                                H[i, j] += s * t * f(w) / (4 * h**2)
                                w[i] -= s * h * 0.5
                                w[j] -= t * h
                return H
        """,
        "a mutable step": """
            def numerical_hessian(f, w, h=1e-4):
                w = np.asarray(w)
                e = (h * np.eye(len(w))).astype(w.dtype)
                return np.array([
                    [(f(w + p + q) - f(w + p - q) - f(w - p + q) + f(w - p - q)) / (4 * h**2) for q in e] for p in e
                ])
        """,
    },
    "is_positive_semidefinite": {
        label: semidefinite(formula)
        for label, formula in {
            "always": "np.ones(np.shape(H)[:-2], dtype=bool)",
            "never": "np.zeros(np.shape(H)[:-2], dtype=bool)",
            "symmetric": "np.all(np.isclose(H, np.swapaxes(H, -1, -2)), axis=(-2, -1))",
            "the second smallest": "np.linalg.eigvalsh(H)[..., min(1, len(H) - 1)] >= -tol",
            "the mean": "np.linalg.eigvalsh(H).mean(axis=-1) >= -tol",
            "the largest outweighs the smallest": "np.linalg.eigvalsh(H)[..., -1] >= -np.linalg.eigvalsh(H)[..., 0]",
            "dominant diagonal": "np.all(2 * np.diagonal(H, axis1=-2, axis2=-1) >= np.abs(H).sum(-1) - tol, axis=-1)",
            "squared": "np.linalg.eigvalsh(H @ H)[..., 0] >= -tol",
            "tol twice": "np.linalg.eigvalsh(H)[..., 0] >= -4 * tol",
            "tol as a share": "np.linalg.eigvalsh(H)[..., 0] >= -tol * np.linalg.eigvalsh(H)[..., -1]",
            "tol left out is 0.1": "np.linalg.eigvalsh(H)[..., 0] >= (-tol if tol != 1e-6 else -0.1)",
            "the first matrix of a stack": "np.linalg.eigvalsh(np.reshape(H, (-1, *np.shape(H)[-2:])))[0, 0] >= -tol",
        }.items()
    }
    | {
        "by Cholesky": """
            def is_positive_semidefinite(H, tol=1e-6):
                try:
                    np.linalg.cholesky(H)
                    return True
                except np.linalg.LinAlgError:
                    return False
        """,
        "by Cholesky, shifted in place": """
            def is_positive_semidefinite(H, tol=1e-6):
                if H.ndim > 2:
                    return np.array([is_positive_semidefinite(one, tol) for one in H])
                H += (tol + 1e-12) * np.eye(len(H))
                try:
                    np.linalg.cholesky(H)
                    return True
                except np.linalg.LinAlgError:
                    return False
        """,
        "eight directions": """
            def is_positive_semidefinite(H, tol=1e-6):
                rng, n = np.random.default_rng(0), H.shape[-1]
                d = np.concatenate([np.eye(n), rng.normal(size=(2, n))])
                return np.all(np.einsum("ki,...ij,kj->...k", d, H, d) >= -tol, axis=-1)
        """,
    },
    "best_learning_rate": {
        formula: rate(formula)
        for formula in (
            "2 / (c[..., -1] + c[..., 0])**2", "4 / (c[..., -1] + c[..., 0])", "2 / (c[..., -1] + 1)",
            "1.9 / c[..., -1]", "-2 / (c[..., -1] + c[..., 0])", "2 / (c[..., -1] + np.median(c, axis=-1))",
            "np.round(2 / (c[..., -1] + c[..., 0]), 3)", "2 / np.sqrt(c[..., -1]**2 + c[..., 0]**2)",
            "2 // (c[..., -1] + c[..., 0])", "2 / c[..., -1] - 2 / c[..., 0]", "2 / np.trace(H)",
            "2 / (H[..., 0, 0] + H[..., -1, -1])", "2 / (H[..., 0, 0] + H[..., 1, 1])",
        )
    }
    | {
        "by the inverse": "def best_learning_rate(H): return 2 * np.linalg.inv(H)",
        "two weights only": "def best_learning_rate(H): return 2 / (H[0, 0] + H[1, 1])",
        "H overwritten": """
            def best_learning_rate(H):
                H *= 0.5
                c = np.linalg.eigvalsh(H)
                return 1 / (c[..., -1] + c[..., 0])
        """,
    },
    "contraction_factor": {
        formula: f"def contraction_factor(kappa): return {formula} + 0 * kappa"
        for formula in (
            "kappa / (kappa + 1)", "(kappa - 2) / (kappa + 2)", "1 - 1 / (kappa + 1)", "np.exp(-2 / kappa)",
            "1 - np.sqrt(1 / kappa)", "(kappa**2 - 1) / (kappa**2 + 1)", "abs(1 - kappa) / kappa", "0.9",
            "np.round((kappa - 1) / (kappa + 1), 3)", "np.max((kappa - 1) / (kappa + 1))", "np.log(kappa)",
            "(kappa - 1) / (np.max(kappa) + 1)",
        )
    }
    | {"kappa overwritten": "def contraction_factor(kappa):\n    kappa -= 1\n    return kappa / (kappa + 2)"},
}  # fmt: skip
